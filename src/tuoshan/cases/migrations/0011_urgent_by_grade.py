"""Nobody's cases, channels and processes have indexes of their own, and those of urgent cases name the grade too: a
database without statistics chooses them for it."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

_OPEN = models.Q(("ended", False))
_OPEN_AND_URGENT = models.Q(("ended", False), ("grade", "urgent"))


def _beside(name: str, condition: models.Q, *fields: str) -> AddIndexBeside:
    index = models.Index(condition=condition, fields=[*fields, "queue_at", "id"], name=name)
    return AddIndexBeside(model_name="case", index=index)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0010_urgent_first")]

    operations = [
        _beside("cases_unassigned", _OPEN & models.Q(handler_id=None)),
        _beside("cases_unassigned_urgent", _OPEN & models.Q(handler_id=None, grade="urgent")),
        _beside("cases_open_channel", _OPEN, "channel"),
        _beside("cases_open_playbook", _OPEN, "playbook"),
        _beside("cases_urgent_of_handler", _OPEN_AND_URGENT, "grade", "handler_id"),
        _beside("cases_urgent_of_unit", _OPEN_AND_URGENT, "grade", "unit_id"),
        _beside("cases_urgent_of_category", _OPEN_AND_URGENT, "grade", "category_id"),
        _beside("cases_urgent_of_channel", _OPEN_AND_URGENT, "grade", "channel"),
        _beside("cases_urgent_of_playbook", _OPEN_AND_URGENT, "grade", "playbook"),
        migrations.RemoveIndex(model_name="case", name="cases_urgent_handler"),
        migrations.RemoveIndex(model_name="case", name="cases_urgent_unit"),
    ]
