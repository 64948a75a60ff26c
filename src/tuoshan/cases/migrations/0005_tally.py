"""The tally, its triggers, and the first count: in one transaction, so that nothing is written between them."""

from typing import Any

from django.db import migrations, models


def begin(registry: Any, editor: Any) -> None:
    from tuoshan.cases import tally_triggers

    with editor.connection.cursor() as cursor:
        tally_triggers.arm(cursor, editor.connection.vendor)
        tally_triggers.count_anew(cursor, editor.connection.vendor)


def end(registry: Any, editor: Any) -> None:
    from tuoshan.cases import tally_triggers

    with editor.connection.cursor() as cursor:
        tally_triggers.disarm(cursor, editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_done_by")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "scope", "what", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.SmallIntegerField()),
                ("scope", models.CharField(max_length=70)),
                ("what", models.CharField(max_length=80)),
                ("part", models.BigIntegerField()),
                ("n", models.IntegerField()),
            ],
            options={"db_table": "cases_tally"},
        ),
        migrations.RunPython(begin, end),
    ]
