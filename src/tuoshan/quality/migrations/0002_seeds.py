from typing import Any

from django.db import migrations

from tuoshan.quality import seeds


def plant(apps: Any, editor: Any) -> None:
    seeds.plant(apps)


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
