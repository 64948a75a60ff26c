"""Runs that reckon running clocks anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_met_clocks")]

    operations = [
        migrations.CreateModel(
            name="Recomputation",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=120)),
                ("playbooks", models.TextField()),
                ("limits", models.BooleanField(default=False)),
                ("person_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("after_id", models.BigIntegerField(default=0)),
                ("looked_at", models.IntegerField(default=0)),
                ("moved", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "cases_recomputation",
                "indexes": [models.Index(fields=["subject", "-asked_at"], name="cases_recomputation_subject")],
            },
        ),
    ]
