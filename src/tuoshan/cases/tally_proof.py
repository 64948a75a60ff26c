"""Whether the tally says what the cases say, all of them counted in one moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tuoshan.cases import tally, tally_triggers
from tuoshan.cases.tally_triggers import AS, BY_DEPARTMENT, DUE
from tuoshan.cases.verifying import one_moment

Cell = tuple[int, str, str]
"""Kind, scope, and what is told of the cases that stand in it."""

_FLAGS = {
    "n": ("无人处理", "nobody has it"),
    "c": ("等客户", "the customer is awaited"),
    "p": ("时限暂停", "paused"),
    "h": ("搁置", "held"),
    "u": ("紧急", "urgent"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of the tally that is not what the cases say; `cell` None: nothing keeps it up to date any more."""

    cell: Cell | None
    stored: int = 0
    right: int = 0

    def __str__(self) -> str:
        if self.cell is None:
            return "计数：数据库里负责计数的触发器不见了 / tally: the triggers that keep it are gone from the database"
        (place_zh, place_en), (what_zh, what_en) = _place(self.cell), _what(self.cell)
        return (
            f"计数：{place_zh}，{what_zh}：记着 {self.stored}，实际 {self.right} / "
            f"tally: {place_en}, {what_en}: is {self.stored}, not {self.right}"
        )


def _place(cell: Cell) -> tuple[str, str]:
    kind, scope, _what = cell
    if kind >= BY_DEPARTMENT:
        return f"部门 {scope}", f"department {scope}"
    return ("无单位", "no unit") if scope == "0" else (f"单位 {scope}", f"unit {scope}")


def _what(cell: Cell) -> tuple[str, str]:
    kind, _scope, what = cell
    if kind % BY_DEPARTMENT == AS:
        state, _blank, flags = what.partition(" ")
        told = [_FLAGS[sign] for sign in flags if sign in _FLAGS]
        more_zh, more_en = "".join(f"、{zh}" for zh, _ in told), "".join(f", {en}" for _, en in told)
        return f"未结 {state}{more_zh}", f"open in {state}{more_en}"
    if kind % BY_DEPARTMENT == DUE:
        return (f"到期于 {what} 时（UTC）", f"due in the hour {what} UTC") if what else ("早已到期", "due long ago")
    return (f"结案于 {what}（UTC）", f"closed on {what} UTC") if what else ("早已结案", "closed long ago")


def differences(now: datetime) -> Iterator[Difference]:
    """Every cell that is not what the cases say. Counts all cases in a few statements; writers do not wait."""
    limits = tally.folded_before(now)

    def cells(cursor: Any) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for kind, scope, what, n in cursor.fetchall():
            limit = limits.get(kind % BY_DEPARTMENT, "")
            cell = (int(kind), str(scope), "" if what < limit else str(what))
            found[cell] = found.get(cell, 0) + int(n)
        return found

    right: dict[Cell, int] = {}
    with one_moment() as cursor:
        armed = tally_triggers.is_armed(cursor, connection.vendor)
        for statement in tally_triggers.counting(connection.vendor):
            cursor.execute(statement)
            right |= cells(cursor)
        cursor.execute("SELECT kind, scope, what, sum(n) FROM cases_tally GROUP BY kind, scope, what")
        stored = cells(cursor)
    if not armed:
        yield Difference(None)
    for cell in sorted({*right, *stored}):
        if right.get(cell, 0) != stored.get(cell, 0):
            yield Difference(cell, stored.get(cell, 0), right.get(cell, 0))
