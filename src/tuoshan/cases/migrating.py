"""Open cases brought over to another version of their playbook, one transaction a case.

Broken off and asked for again it goes on: a case that was brought over is no longer among those waiting.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

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
from tuoshan.core.timing import REFUSED_ELSE
from tuoshan.core.worktime import CalendarError

Keep = Callable[[Change | None, Refusal | None], None]

EFFECTS = "effects_pending"
"""A message or a payment of the old version is still on its way: the case is taken when it has arrived."""
GONE = "playbook_gone"
UNMAPPED, UNCLEAR, ENDED = "unmapped", "not_reckoned", "ended"
AT_ONCE = 500


@dataclass(frozen=True)
class Way:
    """To which version, what is called otherwise there, and from which (its hash; none: from every other one)."""

    to: Playbook
    names: Names = field(default_factory=Names)
    origin: str = ""

    def cases(self) -> "QuerySet[Case]":
        """The open cases that go this way."""
        found = Case.objects.filter(playbook=self.to.key, ended=False).exclude(playbook_hash=self.to.hash).order_by()
        return found.filter(playbook_hash=self.origin) if self.origin else found


@dataclass
class Waiting:
    """The open cases on a way: how many in each state and with each open task, and what has no name yet."""

    playbook: Playbook
    many: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, int] = field(default_factory=dict)

    def unmapped(self, names: Names) -> list[str]:
        """States and tasks that neither the new version nor the map knows: their cases would stay where they are."""
        known = self.playbook.states
        lost = [one for one in self.states if (new := names.states.get(one, one)) not in known or known[new].end]
        tasks = (one for one in self.tasks if one != REFUSED_ELSE)
        return [*lost, *(one for one in tasks if names.tasks.get(one, one) not in self.playbook.tasks)]


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


def waiting(way: Way) -> Waiting:
    """What a run would look at."""
    cases = way.cases()
    states = {row["state"]: row["n"] for row in cases.values("state").annotate(n=Count("id")).order_by("state")}
    tasks = Task.objects.filter(status="open", case_id__in=cases.values("id"))
    named = {row["name"]: row["n"] for row in tasks.values("name").annotate(n=Count("case_id")).order_by("name")}
    return Waiting(way.to, sum(states.values()), states, named)


def run(way: Way, person_id: int | None, *, dry: bool = False) -> Iterator[Brought]:
    """Take one case after the other; what has come of it so far after each. `dry` writes nothing."""
    library.ensure_stored(way.to)
    found, batch = Brought(), str(identifiers.next_id())
    for pk, number in _numbers(way):
        change, stays = writing.repeated(partial(bring, pk, way, person_id, batch, dry))
        if stays is not None:
            found.stayed[number] = _reason(stays)
        elif change is not None:
            found.moved += 1
            found.clocks += has_another_end(change)
        yield found


def _numbers(way: Way) -> Iterator[tuple[int, str]]:
    """The cases on other versions, by id, read some at a time: they leave the list as they are brought over."""
    after, rows = 0, way.cases().order_by("pk").values_list("pk", "number")
    while page := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        yield from page
        after = page[-1][0]


def has_another_end(change: Change) -> bool:
    """Whether a clock that runs will end at another moment now."""
    before, now = change.before.clocks if change.before else {}, change.decision.case.clocks
    return any(now[key].due != one.due for key, one in before.items() if one.running)


def bring(
    pk: int, way: Way, person_id: int | None, batch: str, dry: bool, keep: Keep | None = None
) -> tuple[Change | None, Refusal | None]:
    """One case: what was decided, or why it stays; neither, where it does not go this way any more.

    `keep` is called in the same transaction, for what is to be written down with it.
    """
    with write_transaction() as cursor:
        change, stays = _judged(cursor, pk, way, person_id, batch)
        if change is not None and not dry:
            flush(cursor, [change])
            cursor.execute("UPDATE cases_case SET playbook_hash = %s WHERE id = %s", [way.to.hash, pk])
        if keep is not None:
            keep(change, stays)
        return change, stays


def _judged(
    cursor: Any, pk: int, way: Way, person_id: int | None, batch: str
) -> tuple[Change | None, Refusal | None]:
    row = writing.load(cursor, [pk]).get(pk)
    if row is None:
        raise CaseUnknown(pk)
    if row.playbook_hash == way.to.hash or way.origin not in ("", row.playbook_hash):
        return None, None
    try:
        before = library.pinned(row.playbook, row.playbook_hash)
    except library.PlaybookUnknown:
        return None, Refusal(GONE)
    cursor.execute(sql.OPEN_EFFECTS, [pk])
    if cursor.fetchone():
        return None, Refusal(EFFECTS)
    acting = ActingAs("person" if person_id else "system", person_id, parties=frozenset({ADMINISTRATOR}))
    actor = actor_in(acting, row, before, row.state, ())
    now = clock.now()
    try:
        decision = migrate(before, way.to, row.state, way.names, actor, now, CaseAround(way.to, row, now), batch)
    except CalendarError:
        return None, Refusal(UNCLEAR)
    if decision.refusal is not None:
        return None, decision.refusal if decision.refusal.because != ENDED else None
    return Change(row, way.to, row.state, decision, max(now, decision.events[0].at), Order("migrate", acting)), None


def _reason(refusal: Refusal) -> str:
    if refusal.because != UNMAPPED:
        return refusal.because
    lost = [str(refusal.data.get("state", "")), *refusal.data.get("tasks", ()), str(refusal.data.get("hold", ""))]
    return f"{UNMAPPED}: " + ", ".join(name for name in lost if name)
