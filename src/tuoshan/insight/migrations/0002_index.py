"""The full-text index itself, which is another thing on each database."""

from typing import Any

from django.db import migrations


def create(registry: Any, editor: Any) -> None:
    from tuoshan.insight import index

    with editor.connection.cursor() as cursor:
        index.create(cursor)


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
