from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_rows_chosen"),
    ]

    operations = [
        migrations.CreateModel(
            name="Imported",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("run_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "intake_imported",
                "indexes": [models.Index(fields=["run_id", "case_id"], name="intake_imported_run")],
            },
        ),
    ]
