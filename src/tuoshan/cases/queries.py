"""What screens and the API ask about cases: reach, queues, counts, pages.

Every queue is a range of a partial index and is paged by key, so its cost does not grow with the table.
`paused__in=[True]`, `held__gt=""` and `queue_at__gt=LONG_AGO` say equality and range in the form that SQLite looks up
in an index; a bare truth value or an inequality it would scan for.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.cases import library, neighbours, paging, prepared, tally
from tuoshan.cases.around import CaseAround
from tuoshan.cases.clock_views import ClockView, clock_views
from tuoshan.cases.meanings import appeal_states
from tuoshan.cases.models import IS_OPEN, Case, Task, Watch
from tuoshan.cases.paging import BY_DUE, LARGEST_PAGE, CursorBroken, Page, merged, page
from tuoshan.cases.rows import Row
from tuoshan.cases.tally import AS, BY_DEPARTMENT, Asked, asked_of_each
from tuoshan.core.work import Work

__all__ = [
    "QUEUES",
    "CursorBroken",
    "Page",
    "Queue",
    "can_reach",
    "capped_count",
    "clocks",
    "count",
    "counts",
    "first_page",
    "page",
    "queue",
    "reachable",
    "watchers",
    "within_reach",
]

MOST_COUNTED = 999
MOST_MERGED = 40
"""Of so many units at most a page is put together from the first of each."""
WALKED = 100
"""Cases of a page and some more, found by going through a queue in its order."""
CLOSED_SHOWN = timedelta(days=30)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
BY_CLOSED = ("-closed_at", "-id")
BY_AGE = ("id",)
BY_HOLD = ("held", "id")

Condition = Callable[[Any, datetime], Q]
Tallied = Callable[[datetime], Asked]


@dataclass(frozen=True, slots=True)
class Queue:
    """A built-in queue. `own` ones show a person's own cases, wherever these lie; `tallied` says how the others are
    counted without looking at the cases (`tally`), and whether ended cases that still owe something by then (an
    authority's reply after the customer has withdrawn) stand among those of `condition`."""

    name: str
    title: Any
    condition: Condition
    order: tuple[str, ...] = BY_DUE
    own: bool = False
    tallied: Tallied | None = None

    def owing(self, now: datetime) -> Q | None:
        """The ended cases that stand in it; none where it holds only those of `condition`."""
        asked = self.tallied(now) if self.tallied else None
        return asked.owing if asked and asked.owed else None


def end_of_today(now: datetime) -> datetime:
    """The coming midnight of the company's zone, in which "today" ends."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)


def _mine(person: Any, now: datetime) -> Q:
    return Q(ended=False, handler_id=person.pk)


def _due_today(person: Any, now: datetime) -> Q:
    return Q(ended=False, queue_at__gte=now, queue_at__lt=end_of_today(now))


def _my_tasks(person: Any, now: datetime) -> Q:
    """Cases with an open task of this person, or of the unit this person works in; an owed one outlives its case."""
    own = IS_OPEN & Q(person_id=person.pk)  # said of each way anew: then each is a range of its partial index
    unit = getattr(person, "unit_id", None)
    if unit is not None:
        own |= IS_OPEN & Q(unit_id=unit)
    department = getattr(getattr(person, "unit", None), "department", "")
    if department:
        own |= IS_OPEN & Q(department=department, person_id=None)
    return Q(id__in=Task.objects.filter(own).values("case_id"))


def _watched(person: Any, now: datetime) -> Q:
    return Q(id__in=Watch.objects.filter(person_id=person.pk).values("case_id"))


def _with(flag: str) -> Tallied:
    return lambda now: Asked(flag)


QUEUES: Mapping[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("mine", _("我的工单"), _mine, own=True),
        Queue("tasks", _("我的待办"), _my_tasks, own=True),
        Queue(
            "unassigned", _("待分派"), lambda person, now: Q(ended=False, handler_id=None), tallied=_with("n")
        ),
        Queue(
            "overdue", _("已超时"), lambda person, now: Q(ended=False, queue_at__lt=now),
            tallied=lambda now: Asked(until=now, owed=True),
        ),
        Queue(
            "due_today", _("今日到期"), _due_today,
            tallied=lambda now: Asked(since=now, until=end_of_today(now), owed=True),
        ),
        Queue(
            "waiting_customer", _("待客户"), lambda person, now: Q(ended=False, waits_for="customer"),
            tallied=_with("c"),
        ),
        Queue(
            "paused", _("计时暂停"), lambda person, now: Q(ended=False, paused__in=[True]), BY_AGE, tallied=_with("p")
        ),
        Queue("held", _("已中止"), lambda person, now: Q(ended=False, held__gt=""), BY_HOLD, tallied=_with("h")),
        Queue("urgent", _("紧急"), lambda person, now: Q(ended=False, grade="urgent"), tallied=_with("u")),
        Queue(
            "appeals", _("申诉"), lambda person, now: Q(ended=False, state__in=appeal_states()),
            tallied=lambda now: Asked(states=tuple(appeal_states())),
        ),
        Queue("watched", _("关注的"), _watched, BY_AGE, own=True),
        Queue(
            "open", _("全部未结"), lambda person, now: Q(ended=False, queue_at__gt=LONG_AGO),
            tallied=lambda now: Asked(),
        ),
        Queue(
            "closed", _("近期结案"), lambda person, now: Q(ended=True, closed_at__gte=now - CLOSED_SHOWN), BY_CLOSED,
            tallied=lambda now: Asked(since=now - CLOSED_SHOWN, closed=True),
        ),
    )
}  # fmt: skip


def reachable(person: Any) -> "QuerySet[Case]":
    """Every case that the person may see. The snapshot is left out until it is asked for."""
    condition = neighbours.case_filter(person)
    cases = Case.objects.defer("snapshot")
    return cases if condition is None else cases.filter(condition)


def within_reach(person: Any, cases: "QuerySet[Case]") -> "QuerySet[Case]":
    """The cases of an ordered query set that the person may see, for `page` to read in that order.

    The first of each unit, with the single cases reached otherwise; where there are too many units or none, going
    through all of them in their order.
    """
    reach = neighbours.case_filter(person)
    if not reach:
        return cases
    seen = tally.sight(person)
    if seen is None or seen.kind == BY_DEPARTMENT or len(seen.scopes or ()) > MOST_MERGED:
        return cases.filter(asked_of_each(neighbours.nearby(person)))
    ways = [Q(unit_id=number) for number in sorted(neighbours.units_within(person))]
    if seen.others:  # open and closed cases are looked up in different indexes
        ways.append(tally.reached_otherwise(seen, Q(ended=False), Q(ended=True)))
    return merged(cases.filter(reach), cases, ways)


def can_reach(person: Any, case: Any) -> bool:
    """Whether the person may see this case."""
    return neighbours.reaches(person, case)


def queue(name: str, person: Any, *, now: datetime | None = None, **conditions: Any) -> "QuerySet[Case]":
    """A built-in queue in its order, for `page`. `conditions` narrow it by columns. Raises KeyError."""
    known = QUEUES[name]
    moment = now or clock.now()
    condition, owing = known.condition(person, moment), known.owing(moment)
    cases = Case.objects.defer("snapshot").order_by(*known.order).filter(**conditions)
    reach = None if known.own else neighbours.case_filter(person)
    if not reach:
        if owing is None:
            return cases.filter(condition)
        return merged(cases.filter(condition | owing), cases, [condition, owing])
    looked_up = _in_each_way(condition, reach)
    if owing is not None:
        looked_up |= _in_each_way(owing, reach)
    seen = tally.sight(person)
    if seen is None or known.tallied is None:
        return cases.filter(looked_up)
    asked = known.tallied(moment)
    ways = [condition & way for way in _through(asked, seen, person).values()]
    if seen.others:
        ways.append(tally.reached_otherwise(seen, condition))
    if owing is not None:
        ways.append(owing & seen.each())
    return merged(cases.filter(looked_up), cases, ways)


def first_page(name: str, person: Any, size: int = 50, *, now: datetime | None = None) -> Page[Case]:
    """The first page of a built-in queue, by statements that are put together once. Raises KeyError."""
    known = QUEUES[name]
    moment = now or clock.now()
    size = max(1, min(size, LARGEST_PAGE))
    seen, identity = tally.sight(person), neighbours.identity(person)
    if known.tallied is None or seen is None or identity is None:
        return page(queue(name, person, now=moment), "", size)
    asked = known.tallied(moment)
    holed, moments = tally.with_holes(asked)
    condition = known.condition(person, moment) if asked.kind == AS else holed.condition
    everything = seen is tally.EVERYWHERE
    found = {"all": Q()} if everything else _through(asked, seen, person)
    ways: dict[Hashable, Callable[[], Q]] = {way: partial(condition.__and__, one) for way, one in found.items()}
    if seen.others:
        ways["otherwise"] = partial(tally.reached_otherwise, seen, condition)
    if asked.owed:
        ways["owed"] = lambda: holed.owing & seen.each()
    key = ("first page", name, asked.states, size, None if everything else identity)
    statements = [
        [
            prepared.kept((*key, number, way), partial(_first_of, known.order, one, band, size))
            for way, one in ways.items()
        ]
        for number, band in enumerate(paging.bands_of(known.order))
    ]
    bands = ((one.instances(Case, moments) for one in band) for band in statements)
    return paging.first_page(bands, known.order, size)


def _first_of(order: tuple[str, ...], condition: Callable[[], Q], band: Q, size: int) -> "QuerySet[Case]":
    return Case.objects.defer("snapshot").order_by(*order).filter(condition()).filter(band)[: size + 1]


def _through(asked: Asked, seen: tally.Sight, person: Any) -> dict[Hashable, Q]:
    """How a page is filled with cases of the way that the tally knows, each part by a name that says it for this
    reach; not at all where it knows of none."""
    sizes = tally.Sizes(seen)
    if asked.kind == AS and not sizes.within(asked):
        return {}
    if seen.kind != BY_DEPARTMENT:
        return _through_units(asked, sizes, person)
    looked_up = max(tally.looked_up(seen), WALKED)
    if _passed_by(asked, sizes) <= looked_up:
        return {"near": asked_of_each(seen.near)}
    return {"known": seen.known}


def _through_units(asked: Asked, sizes: tally.Sizes, person: Any) -> dict[Hashable, Q]:
    """How a page is filled with cases of the person's units: unit by unit, each in the order of its index, or going
    through the whole queue where that holds fewer cases of other units than the units hold of other queues."""
    units = sorted(neighbours.units_within(person))
    in_order = asked.kind != AS or asked == Asked()
    if len(units) <= MOST_MERGED and (in_order or _passed_by(asked, sizes) > sizes.within(Asked())):
        return {number: Q(unit_id=number) for number in units}
    return {"units": asked_of_each(Q(unit_id__in=units))}


def _passed_by(asked: Asked, sizes: tally.Sizes) -> float:
    """About how many cases are passed by until a page is full of those in reach, going through the whole queue."""
    return sizes.within(asked, everywhere=True) * min(WALKED / max(sizes.within(asked), 1), 1)


def _in_each_way(condition: Q, reach: Q) -> Q:
    """Both, the condition said anew in each way of reaching a case: so each is a range of a partial index."""
    if reach.connector != Q.OR:
        return condition & reach
    within = Q()
    for way in reach.children:
        within |= condition & (way if isinstance(way, Q) else Q(way))
    return within


def count(name: str, person: Any, *, now: datetime | None = None) -> int:
    """How many cases the queue holds, exactly."""
    return counts(person, (name,), now=now)[name]


def counts(
    person: Any,
    names: tuple[str, ...] = tuple(QUEUES),
    *,
    now: datetime | None = None,
    more: "Mapping[str, Callable[[], QuerySet[Any]]]" = MappingProxyType({}),
) -> dict[str, int]:
    """The exact counts of several queues, and of `more` lists of this person's, at one moment: one statement."""
    moment = now or clock.now()
    seen = tally.sight(person)
    asked: dict[str, Asked] = {}
    listed: dict[str, Callable[[], QuerySet[Any]]] = {}
    for name in names:
        known = QUEUES[name]
        if seen is None or known.tallied is None:
            listed[name] = partial(queue, name, person, now=moment)
        else:
            asked[name] = known.tallied(moment)
    identity = None if seen is None else neighbours.identity(person)
    found = tally.counted(asked, seen or tally.NOWHERE, {**listed, **more}, identity)
    return {name: found[name] for name in (*names, *more)}


def capped_count(queryset: "QuerySet[Any]", most: int = MOST_COUNTED) -> tuple[int, bool]:
    """How many rows a free filter finds, counted up to a bound, and whether there are more (999+)."""
    found = queryset.order_by()[: most + 1].count()
    return min(found, most), found > most


def clocks(case: Case) -> list[ClockView]:
    """Every clock of a case with its explanation: running ones by due moment, then ended ones."""
    row = Row.of(case)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    now = clock.now()
    return clock_views(playbook, row.state, Work(playbook, row.state, now, CaseAround(playbook, row, now)))


def watchers(case_id: int) -> list[int]:
    """The persons who watch a case."""
    return list(Watch.objects.filter(case_id=case_id).order_by("since").values_list("person_id", flat=True))
