"""Whoever works for a department or a unit finds the cases in which their house's party had a clock."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0012_migration_runs")]

    operations = [
        AddIndexBeside(
            model_name="deadline", index=models.Index(fields=["party", "case_id"], name="cases_deadline_party")
        ),
    ]
