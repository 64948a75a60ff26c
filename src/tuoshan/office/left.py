"""Who is left to act where `not_by` keeps some from it, asked for many cases with few queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tuoshan.cases import library
from tuoshan.cases.around import CaseAround
from tuoshan.cases.models import Case, Task
from tuoshan.cases.possible import row_of
from tuoshan.cases.rows import Row
from tuoshan.core import judging
from tuoshan.core.case import CaseState, TaskRun
from tuoshan.core.playbook import Playbook
from tuoshan.core.work import Work
from tuoshan.parties.holding import CaseFacts, Known, able
from tuoshan.parties.models import OrgUnit


class OneOfMany(CaseAround):
    """What surrounds a decision on a case among others: people are looked up once for all of them."""

    def __init__(self, playbook: Playbook, row: Row, now: datetime, facts: CaseFacts, known: Known) -> None:
        super().__init__(playbook, row, now)
        self._facts = facts
        self._known = known

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return bool(able(party, self._facts, self._known, excluding))


class Many:
    """Several cases as they stand now, with what holding a party depends on in each."""

    def __init__(self, cases: Iterable[Case], now: datetime) -> None:
        self.now = now
        self.rows: Mapping[int, Row] = {case.pk: row_of(case) for case in cases}
        self.facts: Mapping[int, CaseFacts] = _facts(self.rows.values())
        self._known = Known(now)

    def playbook(self, case_id: int) -> Playbook:
        """The process that the case is pinned to."""
        return library.pinned(self.rows[case_id].playbook, self.rows[case_id].playbook_hash)

    def around(self, case_id: int) -> CaseAround:
        """What surrounds a decision on this one of them."""
        return OneOfMany(self.playbook(case_id), self.rows[case_id], self.now, self.facts[case_id], self._known)

    def answering(self, case_id: int, party: str, run: TaskRun | None = None) -> frozenset[str]:
        """The parties that do what is this party's to do: itself, or those up the line where nobody of it is left."""
        work = Work(self.playbook(case_id), self.rows[case_id].state, self.now, self.around(case_id))
        return judging.answering(work, party, run)


def _facts(rows: Iterable[Row]) -> dict[int, CaseFacts]:
    """What holding depends on, for all of them with two queries."""
    found = list(rows)
    paths = dict(OrgUnit.objects.filter(pk__in={row.unit_id for row in found}).values_list("pk", "path"))
    tasks: dict[int, list[tuple[int | None, int | None]]] = {}
    given = Task.objects.filter(case_id__in=[row.pk for row in found])
    for case_id, unit_id, person_id in given.values_list("case_id", "unit_id", "person_id"):
        tasks.setdefault(case_id, []).append((unit_id, person_id))
    made = {}
    for row in found:
        mine = tasks.get(row.pk, [])
        made[row.pk] = CaseFacts(
            playbook=row.playbook,
            unit_path=paths.get(row.unit_id or 0, ""),
            handler_id=row.handler_id,
            registrant_id=row.registrant_id,
            assigned={party: int(pk) for party, pk in row.state.assigned.items() if pk.isdigit()},
            task_units=frozenset(unit for unit, _ in mine if unit),
            task_persons=frozenset(person for _, person in mine if person),
        )
    return made
