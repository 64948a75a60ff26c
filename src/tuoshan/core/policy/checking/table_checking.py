"""What is proved of tables: no question without an answer, none with two, no row for nothing.

Tables are tried class by class, not fact by fact: a column's values are cut where its cells cut them, so that a few
dozen combinations stand for all. What cannot happen (`never`, a fact outside its `asked_if`) is left out.
"""

from __future__ import annotations

from tuoshan.core.policy.checking.pack_findings import DEAD, GAP, OVERLAP, Found, place_of
from tuoshan.core.policy.checking.trying import Trial
from tuoshan.core.policy.engine.compiled import CompiledTable
from tuoshan.core.policy.pack import Table
from tuoshan.core.policy.words.naming import row_called


def check_tables(found: Found) -> None:
    for table in found.pack.tables.values():
        _table(found, table)
    _conditions(found)


def _table(found: Found, table: Table) -> None:
    where = f"tables.{table.name}"
    if not table.rows:
        found.note(GAP, table.line, where, "没有任何行", "has no rows", "写上行", "give it rows")
        return
    trial = Trial(found.pack, CompiledTable(table))
    if table.hit != "collect" and (gap := trial.gap()) is not None:
        case = gap.told(found.pack)
        found.note(GAP, table.line, where, f"没有一行适用于：{case.zh}", f"no row holds for: {case.en}",
                   "补一行，或写不带条件的最后一行", "add a row, or a last row without cells")  # fmt: skip
    if table.hit == "unique" and (both := trial.overlap()) is not None:
        case, first = both[0].told(found.pack), row_called(table, both[1])
        other = both[2]
        found.note(OVERLAP, other.line, f"{where}.rows.{other.name}",
                   f"与{first.zh}同时适用于：{case.zh}", f"holds together with {first.en} for: {case.en}",
                   "让两行互斥，或用 hit: first", "make them exclude each other, or use hit: first")  # fmt: skip
    taker = next((row for row in table.rows[:-1] if table.hit == "first" and not any(row.cells)), None)
    if taker is not None:
        first = row_called(table, taker)
        found.note(DEAD, taker.line, f"{where}.rows.{taker.name}",
                   f"{first.zh}没有条件，什么都归它，后面的行永远轮不到",
                   f"{first.en} has no cells and takes everything: no row behind it can ever hit",
                   "给它写上条件，或移到最后", "give it cells, or move it to the end")  # fmt: skip
        return
    for row in trial.dead():
        found.note(DEAD, row.line, f"{where}.rows.{row.name}", "永远轮不到这一行", "this row can never hit",
                   "删除它，或移到更前面", "remove it, or move it up")  # fmt: skip
    if trial.too_wide:
        found.note(GAP, table.line, where, "列太多，无法逐一验证", "is too wide to be proved",
                   "拆成两张表", "split it into two tables")  # fmt: skip


def _conditions(found: Found) -> None:
    """What is asked for beside a remedy stands for nothing where the book never gives that remedy."""
    rows = [(table, row) for table in found.pack.tables.values() for row in table.rows]
    given = {one.what for _table, row in rows for one in row.findings if one.kind == "right"}
    for table, row in rows:
        for one in row.findings:
            if one.kind == "for" and not (given if one.what == "all" else one.what in given):
                found.note(DEAD, one.line, place_of(table, row),
                           f"本规定从不给“{one.what}”，这里的条件用不上", f"this book never gives '{one.what}'",
                           "删除它，或改成给的方案", "remove it, or name a remedy that is given")  # fmt: skip
