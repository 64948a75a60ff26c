from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_paused_and_held")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["department", "case_id"], name="cases_task_department"),
        ),
    ]
