"""What a changed calendar or table would move of the clocks that run already, and having them moved."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuoshan.office.settings import recomputing
from tuoshan.office.settings.moved_clocks import Moved
from tuoshan.office.settings.recomputing import Subject, SubjectUnknown
from tuoshan.parties.permissions import permitted


@permitted("workbench.settings_recompute")
@require_http_methods(["GET", "HEAD", "POST"])
def recompute(request: HttpRequest, subject: str) -> HttpResponse:
    """First what would move; asked to, a run that shows how far it has come."""
    try:
        found = recomputing.subject_of(subject)
    except SubjectUnknown as error:
        raise Http404 from error
    if request.method == "POST":
        recomputing.start(request, found)
        messages.success(request, _("已开始重新推算。可以离开这个页面，推算会继续。"))
        return redirect("workbench:settings_recompute", found.text)
    run = recomputing.latest(found)
    going_on = run is not None and run.ended_at is None
    moved: tuple[list[Moved], int] = ([], 0) if going_on else found.moved()
    passed = recomputing.passed_over(run) if run is not None else []
    context = {
        "subject": found, "run": run, "moved": moved[0], "more": moved[1], "back": _back(found),
        "passed_over": passed, "passed_more": run.passed - len(passed) if run is not None else 0,
    }  # fmt: skip
    part = "recomputation.html" if request.headers.get("HX-Request") and going_on else "recompute.html"
    response = render(request, f"workbench/settings/{part}", context)
    if request.headers.get("HX-Request") and not going_on:
        response["HX-Refresh"] = "true"
    return response


def _back(subject: Subject) -> str:
    name = "workbench:settings_table" if subject.limits else "workbench:settings_calendar"
    return reverse(name, args=subject.parts[1:])


urlpatterns: list[URLPattern] = [path("settings/recompute/<path:subject>", recompute, name="settings_recompute")]
