"""A product is in use or not: what is no longer sold may still be complained of. Words alone, no table is touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_seeds")]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="启用"),
        ),
    ]
