"""What waits for a department, without the many that it has done."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0005_tally")]

    operations = [
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("status", "open")),
                fields=["department", "person_id", "case_id"],
                name="cases_task_open_department",
            ),
        ),
    ]
