"""Doing something else than a ruling says has a name of its own: 改判 is what an appeal brings about."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rulings", "0003_quantity")]

    operations = [
        migrations.AlterModelOptions(
            name="override",
            options={"ordering": ["id"], "verbose_name": "不按裁定处理", "verbose_name_plural": "不按裁定处理"},
        ),
    ]
