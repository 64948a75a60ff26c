"""Check 13: money leaves only where somebody entitled has decided so."""

from __future__ import annotations

from collections.abc import Iterable

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.flow import LICENCE
from tuoshan.core.playbook import Action, Verb

MOVES_MONEY = ("carry_out", "book")


def check_money(desk: Desk) -> None:
    """13. `carry_out` and `book` stand only behind an approver, a limit, a platform's award or a deemed consent.

    On every path to them one of these must have come after the amount was last changed: an action with tiers
    (`by: {table, of}`); one whose `as_soon_as` or `if` compares an amount with a table; one done by a party outside the
    company other than the customer, or recorded with evidence while such a party is waited for; or one that
    names the `source` of the right to it, as a deemed consent must. A playbook without amounts moves none.
    """
    flow, book = desk.flow, desk.playbook
    if not flow.money:
        return
    for name, action in book.actions.items():
        if not _moves_money(action.do):
            continue
        bare = [state for state in flow.sources(action) if state in flow.must and not _licensed(desk, action, state)]
        if bare:
            _note(desk, f"actions.{name}.do", action.line, action.name, ", ".join(bare))
    for name, task in book.tasks.items():
        verbs = [verb for each in task.do.values() for verb in each]
        if not _moves_money(verbs) or task.party in _approvers(desk):
            continue
        bare = [
            state for state in sorted(flow.may_open[name])
            if state in flow.must and LICENCE not in flow.throughout(state)
        ]  # fmt: skip
        if bare:
            _note(desk, f"tasks.{name}.do", task.line, name, ", ".join(bare))


def _moves_money(verbs: Iterable[Verb]) -> bool:
    return any(verb.name in MOVES_MONEY for verb in verbs)


def _licensed(desk: Desk, action: Action, state: str) -> bool:
    flow = desk.flow
    if flow.licenses(action, state):
        return True
    return LICENCE in flow.throughout(state) and not flow.changes_money(action)


def _approvers(desk: Desk) -> set[str]:
    found: set[str] = set()
    for table in desk.playbook.tables.values():
        tiers = table.get("tiers") if isinstance(table, dict) else None
        for tier in tiers or ():
            if isinstance(tier, list) and len(tier) == 2:
                found.add(str(tier[1]))
    return found


def _note(desk: Desk, where: str, line: int, name: str, states: str) -> None:
    desk.note(
        13, where, line, f"从 {states} 经“{name}”动用资金，而之前没有审批、额度、平台裁决或有出处的默示同意",
        f"'{name}' moves money from {states} without an approver, a limit, an award or a deemed consent before it",
        "让每条路径先经过 by: {table, of}、带额度表的条件，或写明 source",
        "lead every path through by: {table, of} or a condition with a limit table, or name the source",
    )  # fmt: skip
