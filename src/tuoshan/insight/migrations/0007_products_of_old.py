"""The product of every case that is counted already: some thousands at a time, so that others can write meanwhile."""

from typing import Any

from django.db import migrations

AT_ONCE = 5000


def fill(registry: Any, editor: Any) -> None:
    """Again harmless: what is filled is filled with the same."""
    cases = registry.get_model("cases", "Case").objects.filter(product_id__isnull=False).order_by("id")
    last = 0
    with editor.connection.cursor() as cursor:
        while True:
            ids = list(cases.filter(id__gt=last).values_list("id", flat=True)[:AT_ONCE])
            if not ids:
                return
            cursor.execute(
                "UPDATE insight_figures SET product_id = (SELECT product_id FROM cases_case "
                "WHERE cases_case.id = insight_figures.id) WHERE id > %s AND id <= %s",
                [last, ids[-1]],
            )
            last = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insight", "0006_product"), ("cases", "0015_by_product")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
