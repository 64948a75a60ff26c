"""The navigation rail: which groups and items a person sees, with counts that stay right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.integrations import notifying
from tuoshan.office import absences
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, may_change, name_of
from tuoshan.workbench.addresses import address
from tuoshan.workbench.queues import rail_groups

Count = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rail. `count` is asked only for those who may open it; `alarm` shows it in red."""

    title: Any
    url_name: str
    icon: str
    arguments: tuple[str, ...] = ()
    count: Count | None = None
    alarm: bool = False


FIRST = [Item(_("登记新工单"), "workbench:register", "plus")]
"""Above everything: somebody is on the phone."""
LEADING = [Item(_("主管看板"), "workbench:board", "trend")]
"""Below one's own queues, above the shared ones: no scrolling to what supervisors look at all day."""
GROUPS: list[tuple[Any, list[Item]]] = [
    (
        _("工作台"),
        [
            Item(_("裁定台"), "workbench:rulings", "scale"),
            Item(_("部门待办"), "workbench:tasks", "clip"),
            Item(_("待回访"), "workbench:follow_ups", "phone"),
            Item(_("统计报表"), "workbench:reports", "chart"),
            Item(_("整改"), "workbench:lessons", "bulb"),
        ],
    ),
    (
        _("工具"),
        [
            Item(_("查找"), "workbench:search", "search"),
            Item(_("客户资料"), "workbench:customers", "users"),
            Item(_("流程图"), "workbench:playbooks", "flow"),
            Item(_("规则包"), "workbench:rule_books", "book"),
            Item(_("导入"), "workbench:import_upload", "upload"),
            Item(_("外发信箱"), "workbench:mailbox", "mail"),
            Item(_("停住的任务"), "workbench:parked", "alert"),
            Item(_("设置"), "workbench:settings_home", "gear"),
        ],
    ),
]
"""Queues come from `queues.rail_items`, above these."""


def rail(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `rail`, read only where a page shows it, and `may_change`: whether the reader may send the
    forms of this screen, or only looks at it.
    """
    return {
        "may_change": SimpleLazyObject(lambda: _may_change(request)),
        "rail": SimpleLazyObject(lambda: groups_for(request)),
        "bell": SimpleLazyObject(lambda: _bell(request)),
        "away": SimpleLazyObject(lambda: _away(request)), "palette_search_url": "/palette",
    }


def _may_change(request: HttpRequest) -> bool:
    here = request.resolver_match
    return here is not None and may_change(request.user, name_of(here.view_name))


def _away(request: HttpRequest) -> dict[str, Any] | None:
    """The reader's own absence, for the banner with which they end it; None for who is there."""
    if not allowed(request.user, "workbench.absence_end"):
        return None
    now, person = clock.now(), cast(Person, request.user)
    absence = absences.giving_way(person, now)
    return {"pk": absence.pk, "why": absences.why_kept(absence)} if absence is not None else None


def _bell(request: HttpRequest) -> dict[str, Any] | None:
    """The way to the notifications with the number of unread ones; None for nobody in particular."""
    if not request.user.is_authenticated:
        return None
    try:
        href = address("workbench:notifications")
    except NoReverseMatch:
        return None
    unread = notifying.unread_count(int(request.user.pk or 0))
    return {"href": href, "unread": unread, "count": "workbench/notices/count.html"}


def groups_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the signed-in person with resolved addresses; an area that is not there is left out."""
    if not request.user.is_authenticated:
        return []
    groups = rail_groups(request)
    first, leading = ([one for item in items if (one := _shown(request, item))] for items in (FIRST, LEADING))
    groups[0]["items"] = [*first, *groups[0]["items"], *leading]
    for title, items in GROUPS:
        shown = [found for item in items if (found := _shown(request, item))]
        if shown:
            groups.append({"title": title, "items": shown})
    return groups


def _shown(request: HttpRequest, item: Item) -> dict[str, Any] | None:
    try:
        href = address(item.url_name, *item.arguments)
    except NoReverseMatch:
        return None
    if not allowed(request.user, name_of(item.url_name)):
        return None
    count = item.count(request.user) if item.count else 0
    here = getattr(request, "rail_path", request.path)
    current = here == href or (len(href) > 1 and here.startswith(href.rstrip("/") + "/"))
    return {
        "title": item.title, "href": href, "icon": item.icon, "count": count, "alarm": item.alarm and count > 0,
        "current": current,
    }  # fmt: skip
