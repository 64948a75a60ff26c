"""Filters that people keep: whose they are, what they find, and how many cases that is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import queries
from tuoshan.cases.models import Case, SavedFilter
from tuoshan.insight import search, wording
from tuoshan.insight.conditions import Conditions
from tuoshan.parties.permissions import LEADS

PREFIX = "filter-"
TITLE_LENGTH = 60
BY_DUE = ("queue_at", "id")


def visible(person: Any) -> "QuerySet[SavedFilter]":
    """The person's own filters and those shared with everybody."""
    return SavedFilter.objects.filter(Q(person_id=person.pk) | Q(person_id=None)).order_by("position", "id")


def may_change(person: Any, kept: SavedFilter) -> bool:
    """One's own; shared ones by supervisors and above."""
    return kept.person_id == person.pk or (kept.person_id is None and may_share(person))


def may_share(person: Any) -> bool:
    return not LEADS.isdisjoint(person.role_keys())


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter as a list shows it."""

    pk: int
    slug: str
    title: str
    person_id: int | None


def listed(person: Any) -> list[tuple[Kept, bool]]:
    """Every filter that the person sees, and whether they may change it."""
    return [
        (Kept(row.pk, f"{PREFIX}{row.pk}", row.title, row.person_id), may_change(person, row))
        for row in visible(person)
    ]


def is_filter(name: str) -> bool:
    return name.startswith(PREFIX) and name[len(PREFIX) :].isdecimal()


def by_name(person: Any, name: str) -> SavedFilter:
    """The filter of a queue's name. Raises Http404 for another's, and where there is none."""
    kept = visible(person).filter(pk=int(name[len(PREFIX) :])).first() if is_filter(name) else None
    if kept is None:
        raise Http404
    return kept


def exists(person: Any, name: str) -> bool:
    """Whether the person has a filter of this queue's name."""
    return visible(person).filter(pk=int(name[len(PREFIX) :])).exists()


def counted(person: Any, conditions: Conditions) -> tuple[int, bool]:
    """How many cases there are, up to 999, and whether there are more."""
    wanted = wording.read(conditions.q)
    if wanted:
        return queries.capped_count(search.matching(person, conditions, wanted))
    return queries.capped_count(search.cases(person, conditions))


def count_text(person: Any, conditions: Conditions) -> str:
    found, more = counted(person, conditions)
    return f"{found}+" if more else str(found)


def keep(person: Any, conditions: Conditions, title: str, *, shared: bool) -> SavedFilter | None:
    """Keep conditions under a name, for everybody where that is asked for and allowed; None without name or conditions.
    """
    plain = title.strip()[:TITLE_LENGTH]
    if not plain or conditions.is_empty:
        return None
    with write_transaction():
        return SavedFilter.objects.create(
            person_id=None if shared and may_share(person) else person.pk, title=plain,
            conditions=conditions.to_text(), position=visible(person).count(), created_at=clock.now(),
        )  # fmt: skip


def nothing_to_keep() -> str:
    """Why nothing was kept."""
    return _("请给筛选起个名字，并至少选一个条件。")


def change(person: Any, kept: SavedFilter, title: str, *, shared: bool) -> None:
    """Another name (an empty one changes nothing), for everybody or for oneself alone."""
    with write_transaction():
        kept.title = title.strip()[:TITLE_LENGTH] or kept.title
        if may_share(person):
            kept.person_id = None if shared else person.pk
        kept.save(update_fields=["title", "person_id"])


def remove(kept: SavedFilter) -> None:
    """Forget it."""
    with write_transaction():
        kept.delete()


def changeable(person: Any, name: str) -> SavedFilter:
    """The filter of a queue's name that the person may change. Raises Http404 for every other."""
    kept = by_name(person, name)
    if not may_change(person, kept):
        raise Http404
    return kept


def found(person: Any, kept: SavedFilter, cursor: str = "", size: int = 40) -> tuple[list[Case], str]:
    """A page of its cases and the next cursor: what is due first where only open cases are asked for.

    Raises CursorBroken.
    """
    conditions = Conditions.from_text(kept.conditions)
    if conditions.q:
        hits = search.find(person, conditions, cursor, size)
        return [hit.case for hit in hits.hits], hits.next
    order = BY_DUE if conditions.state == "open" else search.BY_CREATION
    page = queries.page(search.cases(person, conditions).order_by(*order), cursor, size)
    return page.rows, page.next
