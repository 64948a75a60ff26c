"""An empty table: what of the customer's the handler has not seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CustomerReply",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("seq", models.IntegerField(default=0)),
                ("read_seq", models.IntegerField(default=0)),
                ("replies", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "integrations_customer_reply"},
        ),
    ]
