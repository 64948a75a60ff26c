"""What surrounds a decision, answered from the database: the kernel's `Around` for one case."""

from datetime import datetime

from tuoshan.cases import calendars, neighbours
from tuoshan.cases.rows import Row
from tuoshan.core.case import Assignment, CaseState
from tuoshan.core.playbook import Playbook
from tuoshan.core.worktime import WorkCalendar


class CaseAround:
    """Calendars, company tables, and people for one case that is being decided on."""

    def __init__(self, playbook: Playbook, row: Row, now: datetime) -> None:
        self.playbook = playbook
        self.row = row
        self.now = now

    def calendar(self, name: str) -> WorkCalendar:
        return calendars.calendar(name, self.now)

    def table(self, name: str) -> object:
        return calendars.table(self.playbook.key, name, self.now)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        """Asked while the decision is being written, hence with the case as it has become by now."""
        return neighbours.choose(party, self.row.seen_as(self.playbook, case))

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        persons = neighbours.persons_for(party, self.row.seen_as(self.playbook, case))
        return any(str(person.pk) not in excluding for person in persons)
