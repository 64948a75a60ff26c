"""What reports count of ended clocks, read in the index alone; the late ones by themselves."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0006_open_by_department")]

    operations = [
        AddIndexBeside(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["ended_at", "name", "outcome", "party", "kind", "case_id"],
                name="cases_deadline_met",
            ),
        ),
        AddIndexBeside(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("outcome", "late")),
                fields=["ended_at", "party", "kind", "case_id"],
                name="cases_deadline_late",
            ),
        ),
        migrations.RemoveIndex(model_name="deadline", name="cases_deadline_ended"),
    ]
