"""Causes are counted by the field that each process names: what was counted before is counted anew in the background."""

from typing import Any

from django.db import migrations

from tuoshan import clock

AGAIN = "again"


def again(apps: Any, editor: Any) -> None:
    if apps.get_model("insight", "Entry").objects.exists():
        progress = apps.get_model("insight", "Progress")
        progress.objects.update_or_create(name=AGAIN, defaults={"case_id": 0, "at": clock.now()})


class Migration(migrations.Migration):
    dependencies = [("insight", "0009_orders_are_found")]

    operations = [migrations.RunPython(again, migrations.RunPython.noop)]
