"""Notifications in the app: the list, and the bell with its count."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock
from tuoshan.identifiers import is_id
from tuoshan.integrations import notice_words, notifying
from tuoshan.integrations.models import Notification
from tuoshan.parties.account import NOTICES
from tuoshan.parties.permissions import permitted

SHOWN = 40
PLACES = ("bell-rail", "bell-top")
"""Where the count stands: in the rail, and on a phone in the top bar."""
ICONS = {
    "assigned": "inbox", "due_soon": "clock", "overdue": "alert", "escalated": "flag", "customer_replied": "chat",
    "passed_on": "user", "approval": "check", "watched": "star", "mentioned": "note", "undelivered": "mail",
    "lesson": "bulb",
}  # fmt: skip


def _me(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


@never_cache
@permitted("workbench.notifications")
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The list, unread ones first; `?count` gives the little number alone (204 when it is still `?was`)."""
    person_id = _me(request)
    if "count" in request.GET:
        unread = notifying.unread_count(person_id)
        if request.GET.get("was") == str(unread):
            return HttpResponse(status=204)
        place = request.GET["count"] if request.GET["count"] in PLACES else PLACES[0]
        return render(request, "workbench/notices/count.html", {"unread": unread, "place": place})
    kind = request.GET.get("kind", "")
    if kind and kind not in ICONS:
        raise Http404
    unread_notes = _list(person_id, kind, unread=True)
    read_notes = _list(person_id, kind, unread=False)
    before = request.GET.get("before", "")
    if is_id(before):
        last = Notification.objects.filter(id=int(before), person_id=person_id).first()
        unread_notes = unread_notes.none()
        read_notes = read_notes.filter(at__lt=last.at) if last else read_notes.none()
    new, old = list(unread_notes[:200]), list(read_notes[: SHOWN + 1])
    context = {
        "unread_rows": _rows(new),
        "read_rows": _rows(old[:SHOWN]),
        "more": old[SHOWN - 1].id if len(old) > SHOWN else None,
        "older": bool(before),
        "kind": kind,
        "kinds": NOTICES,
    }
    return render(request, "workbench/notices/page.html", context)


def _list(person_id: int, kind: str, *, unread: bool) -> Any:
    found = Notification.objects.filter(person_id=person_id, in_app=True, read_at__isnull=unread)
    return (found.filter(what=kind) if kind else found).order_by("-at", "-id")


def _rows(notes: list[Notification]) -> list[dict[str, Any]]:
    notice_words.with_cases(notes)
    return [
        {
            "note": note,
            "text": notice_words.sentence(note),
            "href": notice_words.address(note),
            "icon": ICONS.get(note.what, "bell"),
        }
        for note in notes
    ]


@permitted("workbench.notification_read")
@require_POST
def notification_read(request: HttpRequest) -> HttpResponse:
    """Mark `id`s, or with `all` everything, as read, and show the list again; with `go`, lead to it instead."""
    chosen = [int(text) for text in request.POST.getlist("id") if is_id(text)]
    notifying.mark_read(_me(request), None if "all" in request.POST else chosen, now=clock.now())
    if "go" in request.POST and chosen:
        note = Notification.objects.filter(id=chosen[0], person_id=_me(request)).first()
        address = notice_words.address(note) if note is not None else ""
        if address:
            return redirect(address)
    return redirect("workbench:notifications")


urlpatterns = [
    path("notifications", notifications, name="notifications"),
    path("notifications/read", notification_read, name="notification_read"),
]
