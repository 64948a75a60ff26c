"""What is proved of clauses: each is cited and in force, names its article, and what says something cites one."""

from __future__ import annotations

from datetime import date

from tuoshan.core.policy.checking.pack_findings import CLAUSES, NAMES, Found, place_of
from tuoshan.core.policy.pack import BY_LAW, InForce, Row, Table
from tuoshan.core.reading.findings import did_you_mean


def check_clauses(found: Found) -> None:
    pack = found.pack
    rows = [row for table in pack.tables.values() for row in table.rows]
    cited = {name for row in rows for name in row.clauses}
    stated = {name for row in rows for name in row.stated}
    cited |= stated
    for clause in pack.clauses.values():
        if clause.name not in cited:
            found.note(CLAUSES, clause.line, f"clauses.{clause.name}", "没有任何行引用它", "is cited by no row",
                       "让它起作用，或删除", "let a row cite it, or remove it")  # fmt: skip
        elif clause.overridden_by and clause.name not in stated:
            found.note(CLAUSES, clause.line, f"clauses.{clause.name}", "另有条款在它之上，却没有行说它不适用",
                       "has a clause above it, and no row says that it is not applied",
                       "在行里写 then: {stated: …}，或删除 overridden_by",
                       "let a row say then: {stated: …}, or remove overridden_by")  # fmt: skip
        if pack.layer in BY_LAW and not clause.article.zh:
            found.note(CLAUSES, clause.line, f"clauses.{clause.name}", "没有写依据的是哪部法律哪一条",
                       "does not say which law and article it is",
                       "写上 article: 消法第24条 / Consumer Law 24；不出自哪一条的写 article: 无 / none",
                       "write article: 消法第24条 / Consumer Law 24, or article: 无 / none where it is of none"
                       )  # fmt: skip
        dates, whole = clause.in_force, pack.in_force
        if dates and whole and dates.by == whole.by and not _overlap(dates, whole):
            found.note(CLAUSES, clause.line, f"clauses.{clause.name}", "在本版本有效期内从不生效",
                       "is never in force while this version is", "改正日期", "mend the dates")  # fmt: skip
    for table in pack.tables.values():
        for row in table.rows:
            _stated(found, table, row)
            if any(one.kind != "note" for one in row.findings) and not row.clauses and not row.stated:
                found.note(CLAUSES, row.line, place_of(table, row), "有结论而没有条款",
                           "says something and cites no clause", "写上 clause", "give it a clause")  # fmt: skip


def _stated(found: Found, table: Table, row: Row) -> None:
    """What is stated and not applied says what stands above it, and is not applied by the same row."""
    where = place_of(table, row)
    for name in row.stated:
        clause = found.pack.clauses.get(name)
        if clause is None:
            zh, en = did_you_mean(name, found.pack.clauses)
            found.note(NAMES, row.line, where, f"没有条款“{name}”", f"there is no clause '{name}'", zh, en)
        elif not clause.overridden_by:
            found.note(CLAUSES, clause.line, f"clauses.{name}", "只列明、不适用，却没有说依据哪一条",
                       "is stated and not applied, and does not say what stands above it",
                       "写上 overridden_by: consumer_law.REG18",
                       "write overridden_by: consumer_law.REG18")  # fmt: skip
        elif name in row.clauses:
            found.note(CLAUSES, row.line, where, f"既适用又不适用“{name}”",
                       f"both applies and does not apply {name}",
                       "从 clause 或 stated 中删除", "take it out of clause, or out of stated")  # fmt: skip


def _overlap(one: InForce, other: InForce) -> bool:
    latest = max(one.begins or date.min, other.begins or date.min)
    return latest < min(one.until or date.max, other.until or date.max)
