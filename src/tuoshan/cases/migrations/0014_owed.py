"""Ended cases that still owe something by a moment are found in the order of that moment."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0013_clocks_by_party")]

    operations = [
        AddIndexBeside(
            model_name="case",
            index=models.Index(
                fields=["queue_at", "id"], condition=models.Q(("due_at__isnull", False), ("ended", True)),
                name="cases_owed",
            ),
        ),
    ]  # fmt: skip
