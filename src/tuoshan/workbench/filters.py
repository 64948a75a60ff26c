"""Filters that people keep: each stands in the rail as a queue, `/queue/filter-<id>`, with a count up to 999+."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.insight.conditions import Conditions
from tuoshan.office.filters import PREFIX, by_name, count_of_kept, count_text, found, visible
from tuoshan.workbench.cards import cards

MOST_SHOWN = 15


def rail_group(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """The group of saved filters in the rail; none where nobody has kept one."""
    items = []
    for kept in visible(request.user)[:MOST_SHOWN]:
        name = f"{PREFIX}{kept.pk}"
        count = count_text(count_of_kept(request.user, kept))
        items.append(
            {
                "name": name, "title": kept.title, "href": reverse("workbench:queue", args=[name]), "icon": "filter",
                "count": "" if count == "0" else count, "alarm": False, "current": name == here,
            }
        )  # fmt: skip
    return [{"title": _("我的筛选"), "items": items}] if items else []


def pane(
    request: HttpRequest, name: str, *, size: int, current: Case | None = None, cursor: str = ""
) -> dict[str, Any]:  # fmt: skip
    """What the list pane shows of a saved filter: what is due first where only open cases are asked for."""
    kept = by_name(request.user, name)
    conditions = Conditions.from_text(kept.conditions)
    try:
        rows, following = found(request.user, kept, cursor, size)
    except queries.CursorBroken as error:
        raise Http404 from error
    return {
        "name": name, "title": kept.title, "rows": cards(rows, request.user), "next": following,
        "current": current.pk if current else 0, "tools": "workbench/searching/filter_tools.html",
        "filter": kept, "search_href": reverse("workbench:search") + conditions.address(),
        "empty": {"text": _("没有符合这个筛选的工单。"), "hint": "", "href": "", "action": ""},
    }  # fmt: skip
