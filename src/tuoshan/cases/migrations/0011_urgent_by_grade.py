"""The indexes of urgent cases name the grade too: a database without statistics chooses them for it."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

_OPEN_AND_URGENT = models.Q(("ended", False), ("grade", "urgent"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0010_urgent_first")]

    operations = [
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                condition=_OPEN_AND_URGENT, fields=["grade", "handler_id", "queue_at", "id"],
                name="cases_urgent_of_handler",
            ),
        ),
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                condition=_OPEN_AND_URGENT, fields=["grade", "unit_id", "queue_at", "id"],
                name="cases_urgent_of_unit",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_urgent_handler"),
        migrations.RemoveIndex(model_name="case", name="cases_urgent_unit"),
    ]
