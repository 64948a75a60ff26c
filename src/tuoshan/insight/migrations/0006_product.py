"""Cases are counted by product."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_stopped_by_the_kernel")]

    operations = [
        migrations.AddField(
            model_name="casefigures", name="product_id", field=models.BigIntegerField(null=True)
        ),
    ]  # fmt: skip
