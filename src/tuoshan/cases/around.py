"""What surrounds a decision, answered from the database: the kernel's `Around` for one case."""

from datetime import datetime
from decimal import Decimal

from tuoshan.cases import calendars, neighbours, same_subject
from tuoshan.cases.rows import Row
from tuoshan.core import judging, line
from tuoshan.core.case import Assignment, CaseState, TaskRun
from tuoshan.core.playbook import Playbook
from tuoshan.core.work import Work
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
        barred = frozenset(int(person) for person in line.barred(self.playbook, case, party) if person.isdecimal())
        return neighbours.choose(party, seen, barred, deciding)

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        """Whoever stands in for somebody excluded does not count for it; in their own right they do."""
        return bool(neighbours.persons_for(party, self.row.seen_as(self.playbook, case), excluding))

    def about(self, query: str, case: CaseState) -> Decimal:
        return same_subject.answer(query, self.playbook, case, self.row.pk)


def decides_at_first_hand(playbook: Playbook, case: CaseState, name: str) -> bool:
    """Whether this action makes its taker the handler: it gives a case that nobody has to somebody, and does not ask
    to whom.
    """
    action = playbook.actions.get(name)
    if action is None or HANDLER in case.assigned or any(item.name == HANDLER for item in action.form):
        return False
    return any(verb.name == "assign" and HANDLER in (verb.target, *verb.arguments) for verb in action.do)


def kept_out(playbook: Playbook, row: Row, party: str, now: datetime, run: TaskRun | None = None) -> frozenset[str]:
    """Whom `not_by` keeps out of what is this party's to do in the case now (see `judging.kept_out`)."""
    return judging.kept_out(Work(playbook, row.state, now, CaseAround(playbook, row, now)), party, run)
