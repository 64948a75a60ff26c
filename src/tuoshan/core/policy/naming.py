"""Names and values of a pack as findings tell them: by what they are called, with the name that the text has beside it
for whoever edits that."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import Pack, Row, Table
from tuoshan.core.policy.tracing import label_of


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
