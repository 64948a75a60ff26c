"""The roles and the first party map."""

from django.db import migrations

from tuoshan.parties import seeds


def plant(apps, schema_editor):
    seeds.plant(apps)


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop, elidable=False)]
