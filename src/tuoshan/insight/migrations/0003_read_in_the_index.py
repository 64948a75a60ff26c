"""Indexes in which reports find all that they count; the narrower ones before them go."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

COUNTED_BY = ("category_id", "playbook", "channel", "cause", "liable", "handler_id")
OPEN = models.Q(("ended", False))


def of(moment: str, *counted: str, name: str) -> tuple[models.Index, models.Index]:
    happened = models.Q((f"{moment}__isnull", False))
    return (
        models.Index(fields=[moment, "unit_id", *counted], condition=happened, name=f"insight_{name}"),
        models.Index(fields=["unit_id", moment, *counted], condition=happened, name=f"insight_unit_{name}"),
    )


NEW = (
    models.Index(fields=["created_at", "unit_id", *COUNTED_BY], name="insight_registered"),
    models.Index(fields=["unit_id", "created_at", *COUNTED_BY], name="insight_unit_registered"),
    models.Index(condition=OPEN, fields=["created_at", "unit_id", "ended"], name="insight_waiting"),
    models.Index(condition=OPEN, fields=["unit_id", "created_at", "ended"], name="insight_unit_waiting"),
    *of("closed_at", "handler_id", "created_at", "ended", name="ended"),
    *of("responded_at", "response_kept", "response_seconds", name="answered"),
    *of("resolved_at", "resolution_seconds", "handler_id", name="solved"),
    *of("scored_at", "score", "handler_id", name="rated"),
    *of("reopened_at", name="taken_up"),
    *of("appealed_at", name="appeals"),
)
OLD = (
    "insight_created", "insight_unit_created", "insight_closed", "insight_responded", "insight_resolved",
    "insight_scored", "insight_reopened", "insight_appealed", "insight_open",
)  # fmt: skip


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insight", "0002_index"), ("cases", "0006_open_by_department")]

    operations = [
        *(AddIndexBeside(model_name="casefigures", index=index) for index in NEW),
        *(migrations.RemoveIndex(model_name="casefigures", name=name) for name in OLD),
    ]
