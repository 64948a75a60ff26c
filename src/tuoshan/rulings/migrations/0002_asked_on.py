"""The day on which a ruling was asked gets a column, so that holding a book against many rulings reads no results."""

import json
from datetime import date
from typing import Any

from django.db import migrations, models

AT_ONCE = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    """From what was kept, some at a time, so that nobody waits; rows that come meanwhile bring their own."""
    kept = apps.get_model("rulings", "KeptRuling").objects.using(schema_editor.connection.alias)
    last = 0
    while rows := list(kept.filter(asked_on=None, pk__gt=last).order_by("pk").only("pk", "result")[:AT_ONCE]):
        for row in rows:
            row.asked_on = date.fromisoformat(json.loads(row.result)["today"])
        kept.bulk_update(rows, ["asked_on"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("rulings", "0001_initial")]
    operations = [
        migrations.AddField(
            "keptruling", "asked_on",
            models.DateField(help_text="the day on which it was asked; `result` names it too", null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]  # fmt: skip
