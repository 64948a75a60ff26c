"""What surrounds a decision, answered from the database: the kernel's `Around` for one case."""

from datetime import datetime
from decimal import Decimal

from tuoshan.cases import calendars, neighbours, same_subject
from tuoshan.cases.rows import Row
from tuoshan.core.case import Assignment, CaseState
from tuoshan.core.playbook import Playbook
from tuoshan.core.worktime import WorkCalendar

HANDLER = "handler"


class CaseAround:
    """Calendars, company tables, and people for one case that is being decided on."""

    def __init__(self, playbook: Playbook, row: Row, now: datetime, deciding: int | None = None) -> None:
        """`deciding` is the person whose own decision makes them the handler (`decides_at_first_hand`)."""
        self.playbook = playbook
        self.deciding = deciding
        self.row = row
        self.now = now

    def calendar(self, name: str) -> WorkCalendar:
        return calendars.calendar(name, self.now)

    def table(self, name: str) -> object:
        return calendars.table(self.playbook.key, name, self.now)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        """Asked while the decision is being written, hence with the case as it has become by now.

        Whoever could not take the party's steps, having taken the one that `not_by` names, is not given the case.
        """
        deciding = self.deciding if party == HANDLER else None
        seen = self.row.seen_as(self.playbook, case)
        return neighbours.choose(party, seen, barred(self.playbook, case, party), deciding)

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        persons = neighbours.persons_for(party, self.row.seen_as(self.playbook, case))
        return any(str(person.pk) not in excluding for person in persons)

    def about(self, query: str, case: CaseState) -> Decimal:
        return same_subject.answer(query, self.playbook, case, self.row.pk)


def decides_at_first_hand(playbook: Playbook, case: CaseState, name: str) -> bool:
    """Whether this action, taken where every case begins, decides it without asking who shall handle it."""
    action = playbook.actions.get(name)
    if action is None or case.state != playbook.start or any(item.name == HANDLER for item in action.form):
        return False
    return any(verb.name == "assign" and HANDLER in (verb.target, *verb.arguments) for verb in action.do)


def barred(playbook: Playbook, case: CaseState, party: str) -> frozenset[int]:
    """The persons whom `not_by` keeps out of what this party does: the first decider of the review, say."""
    steps = [action for action in playbook.actions.values() if party in action.by]
    traces = [case.actions.get(name) or case.actions.get(f"task.{name}") for step in steps for name in step.not_by]
    return frozenset(int(person) for trace in traces if trace for person in trace.by if person.isdecimal())
