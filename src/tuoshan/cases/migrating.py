"""Open cases brought over to the version of their playbook that is in use, one transaction a case.

Broken off and asked for again it goes on: a case that was brought over is no longer among those waiting.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Count, QuerySet

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, sql, writing
from tuoshan.cases.acting import ActingAs, actor_in
from tuoshan.cases.around import CaseAround
from tuoshan.cases.flushing import Change, flush
from tuoshan.cases.models import Case, Task
from tuoshan.cases.orders import CaseUnknown, Order
from tuoshan.core.case import Refusal
from tuoshan.core.migrating import Names, migrate
from tuoshan.core.playbook import Playbook
from tuoshan.core.recomputing import ADMINISTRATOR

EFFECTS = "effects_pending"
"""A message or a payment of the old version is still on its way: the case is taken when it has arrived."""
GONE = "playbook_gone"
AT_ONCE = 500


@dataclass
class Waiting:
    """The open cases on other versions: how many in each state and with each open task, and what has no name yet."""

    playbook: Playbook
    many: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, int] = field(default_factory=dict)

    def unmapped(self, names: Names) -> list[str]:
        """States and tasks that neither the new version nor the map knows: their cases would stay where they are."""
        known = self.playbook.states
        lost = [one for one in self.states if (new := names.states.get(one, one)) not in known or known[new].end]
        return [*lost, *(one for one in self.tasks if names.tasks.get(one, one) not in self.playbook.tasks)]


@dataclass
class Brought:
    """What came of a run: cases brought over, and those that stayed, by reason, with their numbers."""

    moved: int = 0
    clocks: int = 0
    """Cases of which a clock has another end now."""
    stayed: dict[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(self.stayed.values())


def waiting(key: str) -> Waiting:
    """What a run would look at. Raises library.PlaybookUnknown."""
    playbook = library.current(key)
    cases = _others(playbook)
    states = {row["state"]: row["n"] for row in cases.values("state").annotate(n=Count("id")).order_by("state")}
    tasks = Task.objects.filter(status="open", case_id__in=cases.values("id"))
    named = {row["name"]: row["n"] for row in tasks.values("name").annotate(n=Count("case_id")).order_by("name")}
    return Waiting(playbook, sum(states.values()), states, named)


def _others(playbook: Playbook) -> "QuerySet[Case]":
    return Case.objects.filter(playbook=playbook.key, ended=False).exclude(playbook_hash=playbook.hash).order_by()


def run(key: str, names: Names, person_id: int | None, *, dry: bool = False) -> Iterator[Brought]:
    """Take one case after the other; what has come of it so far after each. `dry` writes nothing."""
    playbook = library.current(key)
    library.ensure_stored(playbook)
    found, batch = Brought(), str(identifiers.next_id())
    for pk, number in _numbers(playbook):
        change, why = writing.repeated(partial(_one, pk, playbook, names, person_id, batch, dry))
        if why:
            found.stayed[number] = why
        elif change is not None:
            found.moved += 1
            found.clocks += _has_another_end(change)
        yield found


def _numbers(playbook: Playbook) -> Iterator[tuple[int, str]]:
    """The cases on other versions, by id, read some at a time: they leave the list as they are brought over."""
    after, rows = 0, _others(playbook).order_by("pk").values_list("pk", "number")
    while page := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        yield from page
        after = page[-1][0]


def _has_another_end(change: Change) -> bool:
    before, now = change.before.clocks if change.before else {}, change.decision.case.clocks
    return any(now[key].due != one.due for key, one in before.items() if one.running)


def _one(
    pk: int, playbook: Playbook, names: Names, person_id: int | None, batch: str, dry: bool
) -> tuple[Change | None, str]:
    """One case: what was decided, or why it stays."""
    with write_transaction() as cursor:
        row = writing.load(cursor, [pk]).get(pk)
        if row is None:
            raise CaseUnknown(pk)
        if row.playbook_hash == playbook.hash:
            return None, ""
        try:
            before = library.pinned(row.playbook, row.playbook_hash)
        except library.PlaybookUnknown:
            return None, GONE
        cursor.execute(sql.OPEN_EFFECTS, [pk])
        if cursor.fetchone():
            return None, EFFECTS
        acting = ActingAs("person" if person_id else "system", person_id, parties=frozenset({ADMINISTRATOR}))
        actor = actor_in(acting, row, before, row.state, ())
        now = clock.now()
        decision = migrate(before, playbook, row.state, names, actor, now, CaseAround(playbook, row, now), batch)
        if decision.refusal is not None:
            return None, _reason(decision.refusal)
        change = Change(row, playbook, row.state, decision, max(now, decision.events[0].at), Order("migrate", acting))
        if not dry:
            flush(cursor, [change])
            cursor.execute("UPDATE cases_case SET playbook_hash = %s WHERE id = %s", [playbook.hash, pk])
        return change, ""


def _reason(refusal: Refusal) -> str:
    if refusal.because != "unmapped":
        return refusal.because
    lost = [str(refusal.data.get("state", "")), *refusal.data.get("tasks", ()), str(refusal.data.get("hold", ""))]
    return "unmapped: " + ", ".join(name for name in lost if name)
