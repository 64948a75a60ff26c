"""Which cases ended early, and when: their last clocks count in no report."""

from django.db import migrations, models

from tuoshan.cases.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insight", "0003_read_in_the_index")]

    operations = [
        AddIndexBeside(
            model_name="casefigures",
            index=models.Index(
                fields=["id", "closed_at"], condition=models.Q(("end_kind", "early")), name="insight_gone"
            ),
        ),
    ]
