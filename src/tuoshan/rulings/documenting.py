"""The rule books as a page that a lawyer or a manager can read; made from the packs, never by hand."""

from collections.abc import Iterable, Iterator

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import (
    BEARERS,
    LAYER_TITLES,
    REMEDIES,
    Amount,
    Clause,
    Finding,
    InForce,
    Pack,
    Row,
    Table,
    needs_of,
)
from tuoshan.core.policy.wording import needs_words

HEAD = """# Rule books · 规则包

Made by `tuoshan policy document`; do not edit. What a word of a table means: [policies.md](policies.md). Every ruling
names the clauses that it rests on by the names used here. **暂定 provisional** marks what is not certain and why.

每条规则一行：满足左边的条件，就得出右边的结论。条款名即裁定中引用的依据。
"""


def document(packs: Iterable[Pack]) -> str:
    """All packs as Markdown, both languages."""
    chosen = list(packs)
    parts = [HEAD, "| 规则包 | layer | source | clauses |\n| --- | --- | --- | --- |"]
    parts[-1] += "".join(
        f"\n| [{_both(pack.title)}](#{pack.name}) | {_both(LAYER_TITLES[pack.layer])} | {_both(pack.source)}"
        f" | {len(pack.clauses)} |"
        for pack in chosen
    )
    return "\n".join([*parts, "", *(line for pack in chosen for line in _pack(pack))]) + "\n"


def _both(words: Wording) -> str:
    return " / ".join(part for part in (words.zh, words.en) if part).replace("|", "\\|")


def _pack(pack: Pack) -> Iterator[str]:
    yield f'\n<a id="{pack.name}"></a>\n## {_both(pack.title)}\n'
    applies = f"`{pack.applies}`" if pack.applies is not None else "always"
    yield f"`{pack.key}` · {_both(LAYER_TITLES[pack.layer])} · {_both(pack.source)}"
    yield f"applies: {applies}{_dates(pack.in_force)}\n"
    yield "### 条款 Clauses\n"
    for clause in pack.clauses.values():
        yield _clause(pack, clause)
    for setting in pack.settings.values():
        yield f"- `{setting.name}` = {setting.value}: {_both(setting.label)}{_doubt(setting.provisional)}"
    for table in pack.tables.values():
        yield from _table(pack, table)


def _dates(dates: InForce | None) -> str:
    if dates is None:
        return ""
    begins = f" from {dates.begins}" if dates.begins else ""
    until = f" until {dates.until}" if dates.until else ""
    return f" · in force by `{dates.by}`{begins}{until}"


def _doubt(why: Wording) -> str:
    return f" **暂定 provisional**: {_both(why)}" if why.zh else ""


def _above(clause: Clause) -> str:
    if not clause.overridden_by:
        return ""
    return f" **列明而不适用 stated, not applied**: {', '.join(clause.overridden_by)}"


def _clause(pack: Pack, clause: Clause) -> str:
    rows = [
        f"{table.name}.{row.name}" for table in pack.tables.values() for row in table.rows
        if clause.name in (*row.clauses, *row.stated)
    ]  # fmt: skip
    told = f"{_both(clause.text)}{_dates(clause.in_force)}{_doubt(clause.provisional)}{_above(clause)}"
    return f"- **{clause.name}** {told} ({', '.join(rows)})"


def _table(pack: Pack, table: Table) -> Iterator[str]:
    yield f"\n### {_both(table.title)}\n"
    yield f"`{table.name}`, hit: {table.hit}\n"
    yield "| row | if | then | clauses |\n| --- | --- | --- | --- |"
    for row in table.rows:
        yield f"| {row.name} | {_conditions(table, row)} | {_conclusions(row)} | {', '.join(row.clauses)} |"


def _conditions(table: Table, row: Row) -> str:
    cells = [
        f"{column.name} {cell.text}"
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell is not None and not column.name.startswith("clause ")
    ]
    return "; ".join(cells).replace("|", "\\|") or "–"


def _conclusions(row: Row) -> str:
    outputs = [f"{name} = {_output(value)}" for name, value in row.outputs.items()]
    found = [*outputs, *(_finding(one) for one in row.findings)]
    if row.because.zh:
        found.append(_both(row.because))
    return "; ".join(found).replace("|", "\\|") or "–"


def _output(value: object) -> str:
    of = getattr(value, "of", None)
    if of is not None:
        return str(of)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _amount(amount: Amount) -> str:
    """A formula with its floor and its cap."""
    named = (("at least", amount.at_least), ("at most", amount.at_most))
    bounds = ", ".join(f"{words} {bound}" for words, bound in named if bound is not None)
    return f"{amount.of} ({bounds})" if bounds else str(amount.of)


def _finding(finding: Finding) -> str:
    named = REMEDIES.get(finding.what) or BEARERS.get(finding.what)
    what = _both(named) if named else finding.what
    figures = ", ".join(f"{name} {_amount(amount)}" for name, amount in finding.amounts.items())
    words = ", ".join(
        _both(value) if isinstance(value, Wording) else str(value)
        for name, value in finding.words.items()
        if name in ("by", "text", "what", "within", "silent") and value
    )
    needs = f"**needs** {_both(needs_words(names))}" if (names := needs_of(finding)) else ""
    when = f" if {finding.condition}" if finding.condition is not None else ""
    verb = finding.kind.partition("_after")[0]
    return " ".join(part for part in (f"**{verb}**", what, figures, words, needs) if part) + when
