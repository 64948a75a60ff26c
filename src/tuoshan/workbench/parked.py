"""What gave up and waits for a person; and whether the workers live and keep up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.cases.models import Case
from tuoshan.identifiers import is_id
from tuoshan.office import parked as jobs
from tuoshan.office.parked import lag, title_of, workers
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench import turning
from tuoshan.workbench.answers import say

PAGE = 50


@permitted("workbench.parked")
@require_safe
def parked(request: HttpRequest) -> HttpResponse:
    """The parked items, the newest first, and the workers."""
    now = clock.now()
    found = claiming.parked()
    page, turns = turning.page(request, found, PAGE)
    items = page.rows
    cases = Case.objects.defer("snapshot").in_bulk({item.case_id for item in items if item.case_id})
    context = {
        "rows": [{"item": item, "title": title_of(item), "case": cases.get(item.case_id or 0)} for item in items],
        "count": found.order_by().count(),
        "workers": workers(now),
        "lag": lag(now).total_seconds(),
        "waiting": Item.objects.filter(done_at__isnull=True, parked_at__isnull=True, due_at__lte=now).count(),
        "may_act": allowed(request.user, "workbench.parked_retry"),
        "read_at": now,
        **turns,
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "workbench/parked/list.html" if fragment else "workbench/parked/page.html", context)


@permitted("workbench.parked_retry")
@require_POST
def parked_retry(request: HttpRequest) -> HttpResponse:
    """Put one (`id`) or all (`all`) back, with all their attempts."""
    ids = [int(text) for text in request.POST.getlist("id") if is_id(text)]
    count = jobs.retry(None if "all" in request.POST else ids)
    said = ngettext("%(n)d 项已放回，马上重试", "%(n)d 项已放回，马上重试", count) % {"n": count}
    return _answer(request, said if count else _("这一项已经不在停住的任务里了"), "ok" if count else "warn")


@permitted("workbench.parked_drop")
@require_POST
def parked_drop(request: HttpRequest) -> HttpResponse:
    """Give one item up, with a reason that stays with it and in its case."""
    text = request.POST.get("id", "")
    done, said = jobs.drop(request.user, int(text) if is_id(text) else 0, request.POST.get("reason", ""))
    if done == "done":
        return _answer(request, said, "ok")
    return _answer(request, said, "warn") if done == "gone" else _answer(request, said, "late", 422)


def _answer(request: HttpRequest, text: str, kind: str, status: int = 200) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return say(text, kind=kind, status=status, changed="parked-changed")
    return redirect("workbench:parked")


urlpatterns = [
    path("parked", parked, name="parked"),
    path("parked/retry", parked_retry, name="parked_retry"),
    path("parked/drop", parked_drop, name="parked_drop"),
]
