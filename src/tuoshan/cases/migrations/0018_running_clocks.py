"""Reports count the clocks that run late without reading each of them: the index tells all that is asked."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0017_kept_answers")]

    operations = [
        AddIndexBeside(
            model_name="deadline",
            index=models.Index(
                fields=["due_at", "name", "party", "kind", "case_id"],
                condition=models.Q(ended_at__isnull=True),
                name="cases_deadline_open",
            ),
        ),
        migrations.RemoveIndex(model_name="deadline", name="cases_deadline_running"),
    ]
