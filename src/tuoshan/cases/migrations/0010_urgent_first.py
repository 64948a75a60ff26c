"""The urgent cases of a handler, of nobody and of a unit in the order of what is due, without the many others."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside

_OPEN_AND_URGENT = models.Q(("ended", False), ("grade", "urgent"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0009_passed_over")]

    operations = [
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                condition=_OPEN_AND_URGENT, fields=["handler_id", "queue_at", "id"], name="cases_urgent_handler"
            ),
        ),
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                condition=_OPEN_AND_URGENT, fields=["unit_id", "queue_at", "id"], name="cases_urgent_unit"
            ),
        ),
    ]
