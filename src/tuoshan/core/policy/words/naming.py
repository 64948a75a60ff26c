"""Names and values of a pack as findings tell them: by what they are called, with the name that the text has beside it
for whoever edits that."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Pack, Row, Table, example_title


def named(pack: Pack, name: str) -> Wording:
    """`鞋类（shoe_kind）`; the bare name where it is called nothing."""
    label = label_of(pack, name)
    if not label.zh or name.startswith("clause "):
        return Wording(label.zh or name, label.en or name)
    return Wording(f"{label.zh}（{name}）", f"{label.en} ({name})")


def value_called(pack: Pack, name: str, value: object) -> Wording:
    """`布鞋（cloth）`, `是`, `5 厘米`."""
    if isinstance(value, bool):
        return Wording("是", "yes") if value else Wording("否", "no")
    fact = pack.facts.get(name)
    if isinstance(value, Decimal):
        figure, unit = number_text(value), fact.field.unit if fact is not None else Wording("", "")
        return Wording(f"{figure} {unit.zh}".rstrip(), f"{figure} {unit.en}".rstrip())
    text = str(value)
    titles = {one.value: one.title for one in fact.field.choices} if fact is not None else {}
    title = titles.get(text) or pack.labels.get(text)
    if title is None or not title.zh:
        return Wording(text, text)
    return Wording(f"{title.zh}（{text}）", f"{title.en} ({text})")


def told(pack: Pack, values: Mapping[str, object]) -> Wording:
    """A combination of values: `鞋类（shoe_kind）：布鞋（cloth）；…`; anything where it has none."""
    parts = [(named(pack, name), value_called(pack, name, value)) for name, value in values.items()]
    if not parts:
        return Wording("任何情况", "anything")
    return Wording("；".join(f"{name.zh}：{value.zh}" for name, value in parts),
                   "; ".join(f"{name.en}: {value.en}" for name, value in parts))  # fmt: skip


def row_called(table: Table, row: Row) -> Wording:
    """`第 3 行（others）`."""
    number = next((place for place, one in enumerate(table.rows, 1) if one is row), 0)
    return Wording(f"第 {number} 行（{row.name}）", f"row {number} ({row.name})")


def place_told(pack: Pack, where: str) -> Wording:
    """Of what a finding speaks: `《修理》第 2 行（glue_small） 开胶长度（opening_cm）`; else as it is."""
    part, _dot, rest = where.partition(".")
    if part == "tables" and (table := pack.tables.get(rest.partition(".")[0])) is not None:
        return _in_table(pack, table, rest.removeprefix(table.name))
    if part == "clauses":
        return Wording(f"条款 {rest}", f"clause {rest}")
    if part == "examples" and rest:
        title = example_title(rest)
        return Wording(f"例子“{title.zh}”", f"example '{title.en}'")
    name, _dot, more = rest.partition(".")
    if part in ("facts", "values", "settings") and name:
        called = named(pack, name)
        return Wording(f"{called.zh} {more}".rstrip(), f"{called.en} {more}".rstrip())
    return Wording(where, where)


def _in_table(pack: Pack, table: Table, rest: str) -> Wording:
    title = Wording(f"《{table.title.zh or table.name}》", f"'{table.title.en or table.name}'")
    inside = rest.removeprefix(".rows.")
    rows = [row for row in table.rows if inside == row.name or inside.startswith(f"{row.name}.")]
    if inside == rest or not rows:
        return title
    row = max(rows, key=lambda one: len(one.name))
    number, column = row_called(table, row), inside.removeprefix(row.name).removeprefix(".")
    known = {one.name for one in table.columns} | {one.name for one in table.outputs}
    called = named(pack, column) if column in known else Wording(column, column)
    return Wording(f"{title.zh}{number.zh} {called.zh}".rstrip(), f"{title.en}, {number.en} {called.en}".rstrip())
