"""The tables of a rule book in words: conditions by the labels of their facts, conclusions as sentences."""

from dataclasses import dataclass

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.cells import Among, Cell
from tuoshan.core.policy.pack import BEARERS, REMEDIES, Amount, Finding, Pack, Row, Table
from tuoshan.core.policy.tracing import label_of

VERBS = {
    "right": Wording("可以", "due:"), "floor": Wording("至少", "at least:"), "no_right": Wording("不支持", "not due:"),
    "outside": Wording("不涉及", "outside of this book:"), "extra": Wording("另付", "on top:"),
    "deduct": Wording("扣减", "taken off:"), "freight": Wording("运费", "freight:"), "risk": Wording("风险", "risk:"),
    "proof": Wording("举证", "proof:"), "period": Wording("保修期", "period:"),
    "deadline": Wording("时限", "time limit:"),
    "limit": Wording("上限", "limit:"), "pays": Wording("费用", "cost:"), "duty": Wording("须告知", "duty:"),
    "note": Wording("说明", "note:"),
}  # fmt: skip
LEGS = {"out": Wording("发出", "out"), "back": Wording("退回", "back")}
EVERYTHING = Wording("全部要求", "everything")


@dataclass(frozen=True)
class RowToRead:
    name: str
    conditions: list[str]
    conclusions: list[str]
    clauses: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class TableToRead:
    name: str
    title: str
    hit: str
    rows: list[RowToRead]


def tables_to_read(pack: Pack, language: str) -> list[TableToRead]:
    """All tables of a pack, in order."""
    return [
        TableToRead(
            table.name, table.title.in_language(language), table.hit,
            [_row(pack, table, row, language) for row in table.rows],
        )
        for table in pack.tables.values()
    ]  # fmt: skip


def _row(pack: Pack, table: Table, row: Row, language: str) -> RowToRead:
    conditions = [
        _condition(pack, column.name, cell, language)
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell is not None and not column.name.startswith("clause ")
    ]
    outputs = [
        f"{pack.labels[name].in_language(language) if name in pack.labels else name}{_colon(language)}"
        f"{_output(pack, value, language)}"
        for name, value in row.outputs.items()
    ]
    said = [_finding(one, language) for one in row.findings]
    return RowToRead(row.name, conditions, [*outputs, *said], row.clauses, row.because.in_language(language))


def _condition(pack: Pack, name: str, cell: Cell, language: str) -> str:
    label = label_of(pack, name).in_language(language) or name
    if not isinstance(cell, Among):
        return f"{label} {cell.text}"
    if cell.values <= {True, False}:
        yes = True in cell.values
        answer = Wording("是" if yes else "否", "yes" if yes else "no").in_language(language)
        return f"{label}{_colon(language)}{answer}"
    fact = pack.facts.get(name)
    titles = (
        {one.value: one.title.in_language(language) for one in fact.field.choices}
        if fact
        else {label: words.in_language(language) for label, words in pack.labels.items()}
    )
    negative = cell.text.startswith("not ")
    named = [part.strip() for part in cell.text.removeprefix("not ").split(",")]
    shown = Wording("、", ", ").in_language(language).join(titles.get(part, part) for part in named)
    without = Wording("非", "not ").in_language(language) if negative else ""
    return f"{label}{_colon(language)}{without}{shown}"


def _colon(language: str) -> str:
    return ": " if language.startswith("en") else "："


def _output(pack: Pack, value: object, language: str) -> str:
    if isinstance(value, Amount):
        label = label_of(pack, str(value.of))
        return label.in_language(language) or str(value.of)
    if isinstance(value, bool):
        return Wording("是" if value else "否", "yes" if value else "no").in_language(language)
    known = pack.labels.get(str(value))
    return known.in_language(language) if known else str(value)


def _finding(finding: Finding, language: str) -> str:
    known = REMEDIES.get(finding.what) or BEARERS.get(finding.what) or LEGS.get(finding.what)
    what = EVERYTHING.in_language(language) if finding.what == "all" else (
        known.in_language(language) if known else finding.what
    )  # fmt: skip
    bearer = BEARERS.get(str(finding.words.get("by", "")))
    parts = [VERBS[finding.kind].in_language(language), what, bearer.in_language(language) if bearer else ""]
    parts += [
        value.in_language(language) if isinstance(value, Wording) else str(value)
        for name, value in finding.words.items() if name in ("text", "what", "within", "silent") and value
    ]  # fmt: skip
    parts += [f"{name} = {amount.of}" for name, amount in finding.amounts.items()]
    return " ".join(part for part in parts if part)
