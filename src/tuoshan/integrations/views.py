"""The notification list and its count, for the rail to poll; the workbench puts them into its pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tuoshan import clock
from tuoshan.integrations import notice_words, notifying
from tuoshan.integrations.models import Notification
from tuoshan.parties.permissions import permitted

SHOWN = 30


def _me(request: HttpRequest) -> int:
    """The number of who is signed in; the permission table has let nobody else in."""
    return int(request.user.pk or 0)


@never_cache
@permitted("workbench.notifications")
def notifications(request: HttpRequest) -> HttpResponse:
    """`?count` gives the little number alone (204 when it has not changed from `?was=`), else the list."""
    person_id = _me(request)
    if "count" in request.GET:
        unread = notifying.unread_count(person_id)
        if request.GET.get("was") == str(unread):
            return HttpResponse(status=204)
        return render(request, "integrations/unread.html", {"unread": unread})
    found = notifying.of_person(person_id, unread="unread" in request.GET)
    before = request.GET.get("before", "")
    if before.isdigit():
        last = Notification.objects.filter(id=int(before), person_id=person_id).first()
        found = found.filter(at__lt=last.at) if last else found.none()
    notes = list(found[: SHOWN + 1])
    notice_words.with_cases(notes)
    rows = [(note, notice_words.sentence(note), notice_words.address(note)) for note in notes[:SHOWN]]
    context = {
        "rows": rows,
        "more": notes[SHOWN - 1].id if len(notes) > SHOWN else None,
        "unread_only": "unread" in request.GET,
    }
    return render(request, "integrations/notices.html", context)


@require_POST
@permitted("workbench.notification_read")
def notification_read(request: HttpRequest) -> HttpResponse:
    """Mark `id`s, or with `all` everything, as read; answers with the new count."""
    chosen = [int(text) for text in request.POST.getlist("id") if text.isdigit()]
    notifying.mark_read(_me(request), None if "all" in request.POST else chosen, now=clock.now())
    if not request.headers.get("HX-Request"):
        return redirect("workbench:notifications")
    answer = render(request, "integrations/unread.html", {"unread": notifying.unread_count(_me(request))})
    answer["HX-Trigger"] = "notifications-read"
    return answer


urlpatterns = [
    path("notifications", notifications, name="notifications"),
    path("notifications/read", notification_read, name="notification_read"),
]
"""For the workbench's area `notices` to take over under its own namespace."""
