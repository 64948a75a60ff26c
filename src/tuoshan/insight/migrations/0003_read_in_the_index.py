"""Indexes in which reports find all that they count; the narrower ones before them go."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

NEW = (
    models.Index(
        fields=["created_at", "unit_id", "category_id", "playbook", "channel", "cause", "liable"],
        name="insight_registered",
    ),
    models.Index(
        fields=["unit_id", "created_at", "category_id", "playbook", "channel", "cause", "liable"],
        name="insight_unit_registered",
    ),
    models.Index(
        condition=models.Q(("closed_at__isnull", False)),
        fields=["closed_at", "unit_id", "handler_id"],
        name="insight_ended",
    ),
    models.Index(
        condition=models.Q(("closed_at__isnull", False)), fields=["unit_id", "closed_at"], name="insight_unit_ended"
    ),
    models.Index(
        condition=models.Q(("responded_at__isnull", False)),
        fields=["responded_at", "unit_id", "response_kept", "response_seconds"],
        name="insight_answered",
    ),
    models.Index(
        condition=models.Q(("ended", False)), fields=["created_at", "unit_id", "ended"], name="insight_waiting"
    ),
    models.Index(
        condition=models.Q(("ended", False)), fields=["unit_id", "created_at", "ended"], name="insight_unit_waiting"
    ),
)
OLD = ("insight_created", "insight_unit_created", "insight_closed", "insight_responded", "insight_open")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insight", "0002_index"), ("cases", "0006_open_by_department")]

    operations = [
        *(AddIndexBeside(model_name="casefigures", index=index) for index in NEW),
        *(migrations.RemoveIndex(model_name="casefigures", name=name) for name in OLD),
    ]
