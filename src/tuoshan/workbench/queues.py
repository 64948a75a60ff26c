"""Queues: the list on the left of the desk, its counts in the rail, the way from one case to the next."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tuoshan import clock
from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.cases.queries import CursorBroken
from tuoshan.identifiers import is_id
from tuoshan.office import filters as kept
from tuoshan.office import queues as office
from tuoshan.office.queues import NAMES, REPLIED, title_of
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench import filters
from tuoshan.workbench.addresses import address
from tuoshan.workbench.cards import Card, cards
from tuoshan.workbench.landing import claims

PAGE = 40
MOST_ANEW = 400
OWN = ("mine", REPLIED, "tasks", "watched")
"""`REPLIED` is what customers have answered in one's own cases; the others are conditions on cases alone."""
SHARED = (
    "unassigned",
    "overdue",
    "due_today",
    "urgent",
    "appeals",
    "waiting_customer",
    "paused",
    "held",
    "open",
    "closed",
)
ICONS = {
    "mine": "inbox", REPLIED: "chat", "tasks": "clip", "watched": "star", "unassigned": "layers", "overdue": "alert",
    "due_today": "clock", "urgent": "flag", "appeals": "gavel", "waiting_customer": "user", "paused": "pause",
    "held": "lock", "open": "box", "closed": "check",
}  # fmt: skip
COOKIE = "tuoshan_queue"
ROWS_COOKIE = "tuoshan_queue_rows"
"""How long the list was from which a case was opened: `mine:80`."""
NO_CLAIMS = "mine without claiming"
EMPTY = {
    "mine": (gettext_lazy("您手上没有待处理的工单。"), gettext_lazy("可以到“待分派”里领取。"), "unassigned"),
    NO_CLAIMS: (
        gettext_lazy("您手上没有待处理的工单。"),
        gettext_lazy("交给您的工单会出现在这里；要您完成的事在“我的待办”里。"),
        "tasks",
    ),
    REPLIED: (gettext_lazy("客户的回复您都看过了。"), "", ""),
    "tasks": (gettext_lazy("没有等您完成的待办。"), "", ""),
    "unassigned": (gettext_lazy("没有等待分派的工单。"), "", ""),
    "overdue": (gettext_lazy("没有超时的工单。"), "", ""),
}


def rail_groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The two groups of queues with their exact counts."""
    counts = office.counts(request.user, tuple(name for name in (*OWN, *SHARED) if name != "closed"))
    here = getattr(request, "queue_name", "")
    return [
        {"title": _("我的工作"), "items": [_item(name, counts, here) for name in OWN]},
        {"title": _("队列"), "items": [_item(name, counts, here) for name in SHARED]},
        *filters.rail_group(request, here),
    ]


def _item(name: str, counts: dict[str, int], here: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title_of(name),
        "href": address("workbench:queue", name),
        "icon": ICONS.get(name, "dot"),
        "count": counts.get(name, 0),
        "alarm": name == "overdue" and counts.get(name, 0) > 0,
        "current": name == here,
    }


def pane(
    request: HttpRequest, name: str, *, size: int, current: Case | None = None, cursor: str = "", before: int = 0
) -> dict[str, Any]:  # fmt: skip
    """What the list pane shows: one page of the queue, with `before` rows above it. Raises Http404 for an unknown queue
    or cursor."""
    made = _pane(request, name, current, cursor, size)
    shown = before + len(made["rows"])
    return {**made, "shown": shown, "back": f"{name}&rows={shown}" if shown > PAGE else name}


def _pane(request: HttpRequest, name: str, current: Case | None, cursor: str, size: int) -> dict[str, Any]:
    if kept.is_filter(name):
        shown = filters.pane(request, name, current=current, cursor=cursor, size=size)
        return {**shown, "bulk": allowed(request.user, "workbench.bulk")}
    if name not in NAMES:
        raise Http404
    try:
        page = office.page(name, request.user, cursor, size)
    except CursorBroken as error:
        raise Http404 from error
    rows: list[Card] = cards(page.rows, request.user)
    empty = EMPTY.get(
        NO_CLAIMS if name == "mine" and not claims(request.user) else name, (_("这个队列里没有工单。"), "", "")
    )
    return {
        "name": name,
        "title": title_of(name),
        "rows": rows,
        "current": current.pk if current else 0,
        "bulk": allowed(request.user, "workbench.bulk"),
        "next": page.next,
        "empty": {
            "text": empty[0],
            "hint": empty[1],
            "href": address("workbench:queue", empty[2]) if empty[2] else "",
            "action": _("去领取") if empty[2] == "unassigned" else title_of(empty[2]) if empty[2] else "",
        },
    }


def remembered(request: HttpRequest) -> str:
    """The queue from which the person last came, so that a case page shows the same list."""
    name = request.GET.get("queue") or request.COOKIES.get(COOKIE, "mine")
    if kept.is_filter(name):
        return name if kept.exists(request.user, name) else "mine"
    return name if name in NAMES else "mine"


def remembered_rows(request: HttpRequest, name: str) -> int:
    """How many rows of this queue the person had before them when they opened the case."""
    known, _sign, number = request.COOKIES.get(ROWS_COOKIE, "").rpartition(":")
    said = _number(request, "rows") or (_digits(number) if known == name else 0)
    return min(max(said, PAGE), MOST_ANEW)


def remember_rows(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Keep it, so that the list stays as long when the case's page is made again."""
    if _number(request, "rows"):
        length = f"{name}:{remembered_rows(request, name)}"
        response.set_cookie(
            ROWS_COOKIE, length, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )  # fmt: skip


@permitted("workbench.queue")
@require_safe
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """One queue; asked for with a cursor, the rows that follow; with `list`, its list beside an open case anew."""
    if "list" in request.GET:
        return _list_anew(request, name)
    cursor = request.GET.get("cursor", "")
    shown = pane(request, name, size=PAGE, cursor=cursor, before=_number(request, "rows") if cursor else 0)
    request.queue_name = name  # type: ignore[attr-defined]
    if cursor:
        return render(request, "workbench/queues/rows.html", {"pane": shown})
    response = render(request, "workbench/queues/page.html", {"pane": shown})
    response.set_cookie(COOKIE, name, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    response.delete_cookie(ROWS_COOKIE, samesite="Lax")
    _stay_signed_in(request)
    return response


def _stay_signed_in(request: HttpRequest) -> None:
    """The session ends so long after the last look at a list. It is written once an hour, not with every list: that
    would be a commit to wait for on each page that only reads."""
    hour = int(clock.now().timestamp()) // 3600
    if request.session.get("hour") != hour:
        request.session["hour"] = hour


def _list_anew(request: HttpRequest, name: str) -> HttpResponse:
    """As many rows as the reader has before them (`rows`), with the open case (`current`, its id) marked."""
    current = queries.reachable(request.user).filter(pk=_number(request, "current")).first()
    size = min(max(_number(request, "rows"), PAGE), MOST_ANEW)
    return render(request, "workbench/queues/pane.html", {"pane": pane(request, name, current=current, size=size)})


def _number(request: HttpRequest, name: str) -> int:
    return _digits(request.GET.get(name, ""))


def _digits(text: str) -> int:
    return int(text) if is_id(text) else 0


@permitted("workbench.queue_counts")
@require_safe
def queue_counts(request: HttpRequest) -> HttpResponse:
    """The rail with the exact counts, as it stands on the page at `at` with the queue `queue` open."""
    request.queue_name = request.GET.get("queue", "")  # type: ignore[attr-defined]
    request.rail_path = request.GET.get("at", "")  # type: ignore[attr-defined]
    return render(request, "workbench/queues/counts.html")


urlpatterns = [
    path("queue/counts", queue_counts, name="queue_counts"),
    path("queue/<slug:name>", queue, name="queue"),
]
