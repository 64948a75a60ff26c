"""Filters that people keep: whose they are, what they find, and how many cases that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import queries
from tuoshan.cases.models import Case, SavedFilter
from tuoshan.identifiers import is_id
from tuoshan.insight import search, wording
from tuoshan.insight.conditions import Conditions
from tuoshan.parties.permissions import LEADS

PREFIX = "filter-"
TITLE_LENGTH = 60
BY_DUE = ("queue_at", "id")
TITLES = {
    "state": gettext_lazy("状态"), "category": gettext_lazy("类别"), "unit": gettext_lazy("单位"),
    "product": gettext_lazy("商品"), "handler": gettext_lazy("经办人"), "imported": gettext_lazy("导入"),
    "history": gettext_lazy("历史工单"), "since": gettext_lazy("登记日期"),
    "until": gettext_lazy("登记日期"), "from": gettext_lazy("登记日期"), "to": gettext_lazy("登记日期"),
}  # fmt: skip
"""The conditions that can be misunderstood, as the search names them."""
_log = structlog.get_logger(__name__)


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
    return name.startswith(PREFIX) and is_id(name[len(PREFIX) :])


def by_name(person: Any, name: str) -> SavedFilter:
    """The filter of a queue's name. Raises Http404 for another's, and where there is none."""
    kept = visible(person).filter(pk=int(name[len(PREFIX) :])).first() if is_filter(name) else None
    if kept is None:
        raise Http404
    return kept


def exists(person: Any, name: str) -> bool:
    """Whether the person has a filter of this queue's name."""
    return is_filter(name) and visible(person).filter(pk=int(name[len(PREFIX) :])).exists()


def counted(person: Any, conditions: Conditions) -> tuple[int, bool]:
    """How many cases there are, up to 999, and whether there are more."""
    wanted = wording.read(conditions.q)
    if wanted:
        entries = search.matching(person, conditions, wanted)
        known, more = queries.capped_count(entries)
        return known + search.not_indexed_yet(person, conditions, wanted, entries), more
    return queries.capped_count(search.cases(person, conditions))


def count_of_kept(person: Any, kept: SavedFilter) -> tuple[int, bool] | None:
    """The same for a kept filter. None where its conditions cannot be counted: one filter that fails, logged, is not
    to close the pages of everybody who has it beside them.
    """
    try:
        return counted(person, Conditions.from_text(kept.conditions))
    except Exception:
        _log.exception("filter_not_counted", filter=kept.pk)
        return None


def count_text(found: tuple[int, bool] | None) -> str:
    """A count in a list or the rail; a dash where it failed."""
    if found is None:
        return "—"
    return f"{found[0]}+" if found[1] else str(found[0])


class NotKept(ValueError):
    """Why a filter was not kept, in words."""


def keep(person: Any, given: Mapping[str, Any], title: str, *, shared: bool) -> SavedFilter:
    """Keep conditions, as an address gives them, under a name, for everybody where that is asked for and allowed.

    Raises NotKept without a name or conditions, and where one of them was not understood: kept without it, the filter
    would find more than was meant.
    """
    conditions = Conditions.read(given)
    if odd := conditions.left_out_of(given):
        names = _("、").join(str(TITLES[name]) for name in odd)
        raise NotKept(_("看不懂这些条件：%(names)s。请重新选择后再保存。") % {"names": names})
    plain = title.strip()[:TITLE_LENGTH]
    if not plain or conditions.is_empty:
        raise NotKept(_("请给筛选起个名字，并至少选一个条件。"))
    with write_transaction():
        return SavedFilter.objects.create(
            person_id=None if shared and may_share(person) else person.pk, title=plain,
            conditions=conditions.to_text(), position=visible(person).count(), created_at=clock.now(),
        )  # fmt: skip


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
