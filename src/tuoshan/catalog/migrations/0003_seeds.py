"""The first categories."""

from django.db import migrations

from tuoshan.catalog import seeds


def plant(apps, schema_editor):
    seeds.plant(apps)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop, elidable=False)]
