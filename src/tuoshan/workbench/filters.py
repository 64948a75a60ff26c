"""Filters that people keep: each stands in the rail as a queue, `/queue/filter-<id>`, with a count up to 999+."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tuoshan.cases import queries
from tuoshan.cases.models import Case, SavedFilter
from tuoshan.insight import search, wording
from tuoshan.insight.conditions import Conditions
from tuoshan.parties.permissions import LEADS
from tuoshan.workbench.cards import cards

PREFIX = "filter-"
MOST_SHOWN = 15
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


def rail_group(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """The group of saved filters in the rail; none where nobody has kept one."""
    items = []
    for kept in visible(request.user)[:MOST_SHOWN]:
        name = f"{PREFIX}{kept.pk}"
        count = count_text(request.user, Conditions.from_text(kept.conditions))
        items.append(
            {
                "name": name, "title": kept.title, "href": reverse("workbench:queue", args=[name]), "icon": "filter",
                "count": "" if count == "0" else count, "alarm": False, "current": name == here,
            }
        )  # fmt: skip
    return [{"title": _("我的筛选"), "items": items}] if items else []


def pane(request: HttpRequest, name: str, *, current: Case | None = None, cursor: str = "") -> dict[str, Any]:
    """What the list pane shows of a saved filter: what is due first where only open cases are asked for."""
    kept = by_name(request.user, name)
    conditions = Conditions.from_text(kept.conditions)
    try:
        if conditions.q:
            page = search.find(request.user, conditions, cursor, 40)
            rows, following = [hit.case for hit in page.hits], page.next
        else:
            order = BY_DUE if conditions.state == "open" else search.BY_CREATION
            found = queries.page(search.cases(request.user, conditions).order_by(*order), cursor, 40)
            rows, following = found.rows, found.next
    except queries.CursorBroken as error:
        raise Http404 from error
    return {
        "name": name, "title": kept.title, "rows": cards(rows, request.user), "next": following,
        "current": current.pk if current else 0, "tools": "workbench/searching/filter_tools.html",
        "filter": kept, "search_href": reverse("workbench:search") + conditions.address(),
        "empty": {"text": _("没有符合这个筛选的工单。"), "hint": "", "href": "", "action": ""},
    }  # fmt: skip
