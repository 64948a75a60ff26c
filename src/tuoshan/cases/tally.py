"""Counts that stay exact and cost the same at any number of cases.

Triggers keep numbers of cases by unit and by department (`tally_triggers`); a count is the sum of a few cells.
What no cell can know is counted where it lies: the part of an hour at the edge of a period, and the few cases
that somebody reaches in another way than through their units or department. All of it is read in one statement,
so that a count is of one moment.

    tally.counts(person, ("open", "overdue"), now)
    tally.fold(now)      # by the worker, now and then
    tally.recount()      # after something wrote past the triggers
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models import Case as If
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.db.models.lookups import Exact

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import neighbours, prepared, tally_triggers
from tuoshan.cases.models import Case, Tally, Task
from tuoshan.cases.models.case import OWED
from tuoshan.cases.prepared import Hole
from tuoshan.cases.tally_triggers import AS, BY_DEPARTMENT, CLOSED, DUE

__all__ = [
    "AS",
    "BY_DEPARTMENT",
    "NOWHERE",
    "Asked",
    "Sight",
    "Sizes",
    "beside",
    "counted",
    "fold",
    "folded_before",
    "looked_up",
    "reached_otherwise",
    "recount",
    "sight",
    "with_holes",
]

HOUR, DAY = "%Y-%m-%d %H", "%Y-%m-%d"
EDGE, BESIDE = 90, 91
"""The kinds of a number that belongs to one count, and of one told by sort and by the counts of spans it belongs to."""
FOLDED_AFTER = {DUE: timedelta(days=2), CLOSED: timedelta(days=60)}
"""Cells older than this are asked for only together, so they become one: the cell without a name."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a person reaches cases, cut in two: the way that the tally knows, and all the others.

    `kind` is 0 for units and 10 for a department; `scopes` None means every unit. `known` are the same cases as a
    condition, `near` as one that is asked of a case at hand. `others` are the other ways, which may hold some of the
    same cases. `each` makes the condition of all the ways together, to be asked of a case at hand.
    """

    kind: int
    scopes: tuple[str, ...] | None
    known: Q
    near: Q
    others: tuple[Q, ...]
    each: Callable[[], Q]


NOWHERE = Sight(0, (), Q(pk__in=()), Q(pk__in=()), (), partial(Q, pk__in=()))
EVERYWHERE = Sight(0, None, Q(), Q(), (), Q)


def sight(person: Any) -> Sight | None:
    """The person's reach for the tally; None where it knows none of the ways."""
    ways = neighbours.ways(person)
    if not ways:
        return EVERYWHERE
    units = ways.get("units")
    if units is not None:
        numbers = sorted(neighbours.units_within(person))
        others = tuple(way for name, way in ways.items() if name != "units")
        return Sight(0, tuple(map(str, numbers)), units, units, others, partial(_each, person))
    departments = sorted(neighbours.departments(person))
    if not departments:
        return None
    tasks = Task.objects.order_by()
    known = Q(id__in=tasks.filter(department=departments[0]).values("case_id"))
    near = Q(Exists(tasks.filter(department=departments[0], case_id=OuterRef("pk"))))
    rest = [way for name, way in ways.items() if name != "departments"]
    rest += [Q(id__in=tasks.filter(department=one).values("case_id")) for one in departments[1:]]
    return Sight(BY_DEPARTMENT, (departments[0],), known, near, tuple(rest), partial(_each, person))


def _each(person: Any) -> Q:
    return asked_of_each(neighbours.nearby(person))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue counts: open cases of sorts (`flag`, `states`) or due in a span, or cases closed in one. With
    `owed`, ended cases too that still owe something in the span.
    """

    flag: str = ""
    states: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    closed: bool = False
    owed: bool = False

    @property
    def kind(self) -> int:
        return CLOSED if self.closed else DUE if self.since or self.until else AS

    @property
    def condition(self) -> Q:
        """Open cases due, or cases closed, in the span."""
        return Q(ended=self.closed) & self._within("closed_at" if self.closed else "queue_at")

    @property
    def owing(self) -> Q:
        """Ended cases that owe something in the span."""
        return OWED & self._within("queue_at")

    def _within(self, column: str) -> Q:
        limits = {f"{column}__gte": self.since, f"{column}__lt": self.until}
        return Q(**{name: limit for name, limit in limits.items() if limit is not None})

    def has(self, what: str) -> bool:
        """Whether the cell of a sort belongs to it."""
        state, _space, flags = what.rpartition(" ")
        return (not self.flag or self.flag in flags) and (self.states is None or state in self.states)


def counted(
    asked: Mapping[str, Asked],
    seen: Sight,
    more: "Mapping[str, Callable[[], QuerySet[Any]]]" = MappingProxyType({}),
    identity: Hashable = None,
) -> dict[str, int]:
    """The exact numbers, and in the same statement those of `more`. `identity` is all that `seen` and `more` are made
    of; without it nothing is kept for the next time."""
    if not (asked or more):
        return {}
    spans = [(name, one) for name, one in asked.items() if one.kind != AS]
    plain = any(one.kind == AS for one in asked.values())

    def make() -> "QuerySet[Any]":
        arms = _arms([one for _name, one in spans], seen, plain=plain)
        arms += [_row(found(), EDGE, len(spans) + place, Count("pk")) for place, found in enumerate(more.values())]
        return arms[0].union(*arms[1:], all=True) if arms[1:] else arms[0]

    shape = (plain, *((one.closed, one.owed, one.since is None, one.until is None) for _name, one in spans), *more)
    key = ("counts", identity, seen.kind, seen.scopes, len(seen.others), shape)
    statement = prepared.Prepared.of(make()) if identity is None else prepared.kept(key, make)
    names = [name for name, _one in spans] + list(more)
    moments: dict[str, Any] = {}
    for number, (_name, one) in enumerate(spans):
        moments |= _moments(number, one)
    found: dict[str, int] = defaultdict(int)
    for kind, what, n in statement.rows(moments):
        if kind == AS:
            for name, one in asked.items():
                if one.kind == AS and one.has(what):
                    found[name] += n
        elif kind == BESIDE:
            sort, _bar, numbers = what.rpartition("|")
            for name in [name for name, one in asked.items() if one.kind == AS and one.has(sort)]:
                found[name] += n
            for number in numbers.split():
                found[names[int(number)]] += n
        else:
            found[names[int(what)]] += n or 0
    return {name: found[name] for name in (*asked, *more)}


def _arms(spans: Sequence[Asked], seen: Sight, *, plain: bool) -> "list[QuerySet[Any]]":
    """What the statement is made of, with holes for all moments."""
    arms = [_cells(seen, AS)] if plain else []
    holed = [_holed(number, one) for number, one in enumerate(spans)]
    for number, one in enumerate(holed):
        arms.append(_cells(seen, one.kind, one, number))
        arms += _edges(seen, one, number)
        if one.owed:  # no cell knows them, and an index holds them alone
            arms.append(_row(Case.objects.filter(one.owing & seen.each()), EDGE, number, Count("pk")))
    if not seen.others:
        return arms
    of_open = {number: one for number, one in enumerate(holed) if not one.closed}
    if plain or of_open:
        arms.append(_open_beside(seen, of_open))
    for number, one in enumerate(holed):
        if one.closed:
            arms.append(_row(beside(seen, one.condition), EDGE, number, Count("pk")))
    return arms


class Sizes:
    """About how many cases there are, edges left out; for choosing a way to find them. Sorts are read once."""

    def __init__(self, seen: Sight) -> None:
        self.seen = seen
        self._sorts: dict[bool, list[tuple[Any, ...]]] = {}

    def within(self, asked: Asked, *, everywhere: bool = False) -> int:
        """Of the way that the tally knows, or of all cases."""
        seen = EVERYWHERE if everywhere else self.seen
        if asked.kind != AS:
            return sum(n or 0 for _arm, _what, n in _cells(seen, asked.kind, asked))
        if everywhere not in self._sorts:
            statement = prepared.kept(("sorts", seen.kind, seen.scopes), lambda: _cells(seen, AS))
            self._sorts[everywhere] = statement.rows({})
        return sum(n for _arm, what, n in self._sorts[everywhere] if asked.has(what))


def looked_up(seen: Sight) -> int:
    """About how many cases are looked up when one begins with a department: all that it was ever asked about."""
    cells = Tally.objects.filter(kind__in=(AS + BY_DEPARTMENT, CLOSED + BY_DEPARTMENT), scope__in=seen.scopes or ())
    return int(cells.aggregate(n=Sum("n"))["n"] or 0)


def _row(found: "QuerySet[Any]", kind: int, what: int, total: Any) -> "QuerySet[Any]":
    """One arm: what it is, for which count, how many."""
    named: QuerySet[Any] = found.order_by().annotate(arm=Value(kind), about=Value(str(what), output_field=CharField()))
    return _three(named.values("arm", "about").annotate(total=total), "about")


def _three(found: "QuerySet[Any]", what: str) -> "QuerySet[Any]":
    rows: QuerySet[Any] = found.values_list("arm", what, "total")
    return rows


def _cells(seen: Sight, kind: int, span: Asked | None = None, number: int = 0) -> "QuerySet[Any]":
    cells = Tally.objects.filter(kind=kind + seen.kind)
    if seen.scopes is not None:
        cells = cells.filter(scope__in=seen.scopes)
    if span is None:
        named: QuerySet[Any] = cells.order_by().annotate(arm=Value(AS))
        return _three(named.values("arm", "what").annotate(total=Sum("n")), "what")
    if span.since is not None:
        cells = cells.filter(what__gt=_cell_of(kind, span.since))
    if span.until is not None:
        cells = cells.filter(what__lt=_cell_of(kind, span.until))
    elif span.since is None:
        raise ValueError("a span has a beginning or an end")
    return _row(cells, EDGE, number, Sum("n"))


def _cell_of(kind: int, moment: Any) -> Any:
    if isinstance(moment, Hole):
        return Hole(f"cell of {moment.name}", CharField())
    return moment.astimezone(UTC).strftime(DAY if kind == CLOSED else HOUR)


def _edges(seen: Sight, span: Asked, number: int) -> "list[QuerySet[Any]]":
    """The cells in which the span begins and ends, counted in the cases themselves."""
    ends = [(span.since, _hole(number, "first until"))] if span.since else []
    ends += [(_hole(number, "last since"), span.until)] if span.until else []
    parts = [Asked(since=since, until=until, closed=span.closed).condition for since, until in ends]
    return [_row(Case.objects.filter(part & seen.near), EDGE, number, Count("pk")) for part in parts]


def _hole(number: int, name: str) -> Any:
    return Hole(f"{number} {name}", DateTimeField())


def with_holes(asked: Asked) -> tuple[Asked, dict[str, Any]]:
    """The same with holes for its moments, and what stands in them."""
    return _holed(0, asked), _moments(0, asked) if asked.kind != AS else {}


def _holed(number: int, one: Asked) -> Asked:
    """The same with holes for its moments; `_moments` fills them."""
    return replace(
        one, since=_hole(number, "since") if one.since else None, until=_hole(number, "until") if one.until else None
    )


def _moments(number: int, one: Asked) -> dict[str, Any]:
    """What stands in the holes of a span. Where it begins and ends in the same cell, that is counted once."""
    found: dict[str, Any] = {}
    first_until = None
    if one.since is not None:
        first_until = _beginning(one.since, one.kind) + (timedelta(days=1) if one.closed else timedelta(hours=1))
        first_until = min(first_until, one.until) if one.until else first_until
        found |= {"since": one.since, "first until": first_until}
    if one.until is not None:
        begin = _beginning(one.until, one.kind)
        found |= {"until": one.until, "last since": max(begin, first_until) if first_until else begin}
    ends = [name for name in ("since", "until") if name in found]
    cells = {f"cell of {number} {name}": _cell_of(one.kind, found[name]) for name in ends}
    return {f"{number} {name}": moment for name, moment in found.items()} | cells


def _beginning(moment: datetime, kind: int) -> datetime:
    whole = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole.replace(hour=0) if kind == CLOSED else whole


def reached_otherwise(seen: Sight, *conditions: Q) -> Q:
    """The cases that fulfil any of the conditions and that the person reaches in another way than the tally knows.

    Each condition is looked up in each way by itself, as each is a range of an index.
    """
    first, *more = (
        Case.objects.filter(_in_both(condition, way)).order_by().values("pk")
        for condition in conditions for way in seen.others
    )  # fmt: skip
    return Q(pk__in=first.union(*more) if more else first)


def _in_both(condition: Q, way: Q) -> Q:
    """Both. Cases that are told by their tasks are few: SQLite, which keeps no statistics, would rather go through all
    that fulfil the condition."""
    by_task = any(isinstance(one, tuple) and one[0] == "id__in" for one in way.children)
    return (asked_of_each(condition) if by_task and connection.vendor == "sqlite" else condition) & way


def asked_of_each(condition: Q) -> Q:
    """The condition in a form by which no index would be chosen, so that the one of the order is."""
    met = If(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return Q(Exact(met, Value(True)))


def beside(seen: Sight, *conditions: Q) -> "QuerySet[Case]":
    """Those of them that the tally does not know."""
    return Case.objects.filter(~seen.near, reached_otherwise(seen, *conditions))


def _open_beside(seen: Sight, spans: Mapping[int, Asked]) -> "QuerySet[Any]":
    """Open cases that the tally does not know, gone through once: by the cell in which the triggers put them, a bar,
    and the numbers of the spans in which they are due. A database plans one such search as long as it runs ten."""
    sort = RawSQL(tally_triggers.sort("cases_case"), (), output_field=CharField())  # noqa: S611
    due = [If(When(one.condition, then=Value(f"{number} ")), default=Value("")) for number, one in spans.items()]
    cases: QuerySet[Any] = beside(seen, Q(ended=False)).order_by()
    named = cases.annotate(arm=Value(BESIDE), what=Concat(sort, Value("|"), *due, output_field=CharField()))
    return _three(named.values("arm", "what").annotate(total=Count("pk")), "what")


# -- keeping it ----------------------------------------------------------------------------------------------------

_FOLD_POSTGRESQL = """
WITH crowded AS (
    SELECT kind, scope, cell FROM (SELECT kind, scope, what, n, {cell} AS cell FROM cases_tally) AS every
    GROUP BY kind, scope, cell HAVING count(*) > 1 OR sum(n) = 0 OR max(what) <> cell
), gone AS (
    DELETE FROM cases_tally AS old USING crowded
    WHERE old.kind = crowded.kind AND old.scope = crowded.scope AND {cell_of_old} = crowded.cell
    RETURNING old.kind, old.scope, crowded.cell, old.n
)
INSERT INTO cases_tally (kind, scope, what, part, n)
SELECT kind, scope, cell, nextval('cases_tally_part'), sum(n) FROM gone GROUP BY kind, scope, cell HAVING sum(n) <> 0
"""
_FOLD_SQLITE = (
    "INSERT INTO cases_tally (kind, scope, what, part, n) SELECT kind, scope, '', 0, sum(n) FROM cases_tally "
    "WHERE what <> '' AND {cell} = '' GROUP BY kind, scope "
    "ON CONFLICT (kind, scope, what, part) DO UPDATE SET n = n + excluded.n",
    "DELETE FROM cases_tally WHERE n = 0 OR (what <> '' AND {cell} = '')",
)


def folded_before(now: datetime) -> dict[int, str]:
    """Of each kind that is folded: cells before this one are no longer told apart."""
    return {kind: _cell_of(kind, now - after) for kind, after in FOLDED_AFTER.items()}


def fold(now: datetime) -> None:
    """Make one row of the many of a cell, and one cell of those long past.

    In one statement on PostgreSQL: each row is taken by one folder alone, and a reader sees either all of them or
    their sum.
    """
    limits = folded_before(now)
    tests = " ".join(
        f"WHEN {{0}}kind IN ({kind}, {kind + BY_DEPARTMENT}) AND {{0}}what < '{limit}' THEN ''"
        for kind, limit in limits.items()
    )
    cell = f"CASE {tests} ELSE {{0}}what END"
    postgresql = connection.vendor == "postgresql"
    statements = (_FOLD_POSTGRESQL,) if postgresql else _FOLD_SQLITE
    with write_transaction() as cursor:
        for statement in statements:
            cursor.execute(statement.format(cell=cell.format(""), cell_of_old=cell.format("old.")))


def recount() -> None:
    """Count every case anew, and from now on: triggers that are gone are put back. Writers wait meanwhile."""
    with write_transaction() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE cases_case, cases_task IN SHARE ROW EXCLUSIVE MODE")
        if not tally_triggers.is_armed(cursor, connection.vendor):
            tally_triggers.arm(cursor, connection.vendor)
        tally_triggers.count_anew(cursor, connection.vendor)


def keep_armed(**_signal: Any) -> None:
    """After migrations: SQLite drops triggers with a table that is built anew, and what was written meanwhile is
    counted again."""
    with connection.cursor() as cursor:
        if "cases_tally" not in connection.introspection.table_names(cursor):
            return
        if tally_triggers.is_armed(cursor, connection.vendor):
            return
    with write_transaction() as cursor:
        tally_triggers.arm(cursor, connection.vendor)
        tally_triggers.count_anew(cursor, connection.vendor)
