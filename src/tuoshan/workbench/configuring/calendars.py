"""Working calendars: shifts of the week with their breaks, holidays and make-up days, and what a change moves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock
from tuoshan.cases import calendars as stored
from tuoshan.cases.models import Calendar, Deadline
from tuoshan.core.official_days import load_official_days
from tuoshan.core.worktime import CalendarError
from tuoshan.office.settings import recording
from tuoshan.office.settings.calendar_use import names
from tuoshan.office.settings.calendars import (
    NewForm,
    NoticeForm,
    WeekForm,
    content_of,
    make,
    remove,
    store,
    summary,
    title_of,
    tried,
    why_it_stays,
)
from tuoshan.office.settings.moved_clocks import Moved
from tuoshan.parties.permissions import allowed, permitted


@permitted("workbench.settings_calendars")
@require_safe
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar with its week and what is provisional."""
    now = clock.now()
    context = {
        "calendars": [summary(name, now) for name in names()],
        "provisional": Deadline.objects.filter(ended_at__isnull=True, provisional=True).count(),
        "changes": recording.changes("calendars"),
        "may_make": allowed(request.user, "workbench.settings_calendar_make"),
    }  # fmt: skip
    return render(request, "workbench/settings/calendars.html", context)


@permitted("workbench.settings_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, name: str) -> HttpResponse:
    """One calendar: look, try a change, store it as a new version."""
    now = clock.now()
    if name not in names():
        raise Http404
    form = WeekForm(request.POST or None, name=name, content=content_of(name, now))
    if request.method == "POST" and form.is_valid():
        return _try_or_store(request, name, form, "week")
    return _page(request, name, {"form": form}, 422 if form.errors else 200)


@permitted("workbench.settings_calendar_notice")
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, name: str) -> HttpResponse:
    """Install a year's notice as a new version."""
    now = clock.now()
    if name not in names():
        raise Http404
    form = NoticeForm(request.POST or None, content=content_of(name, now), initial={"year": now.year + 1})
    if request.method == "POST" and form.is_valid():
        return _try_or_store(request, name, form, "notice")
    return _page(request, name, {"notice_form": form}, 422 if form.errors else 200)


@permitted("workbench.settings_calendar_make")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_make(request: HttpRequest) -> HttpResponse:
    """A new calendar, which playbooks may name from then on."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = make(request, form).name
        except CalendarError as error:
            form.add_error(None, _("这样的日历算不出时间：%(what)s") % {"what": error})
        else:
            messages.success(request, _("日历已建好。流程文件里写 calendar: %(name)s 就按它计时。") % {"name": name})
            return redirect("workbench:settings_calendar", name)
    context = {"form": form, "back": reverse("workbench:settings_calendars")}
    return render(request, "workbench/settings/calendar_new.html", context, status=422 if form.errors else 200)


@permitted("workbench.settings_calendar_remove")
@require_POST
def calendar_remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a calendar away that nothing uses."""
    if name not in names():
        raise Http404
    title = title_of(name)
    if not remove(request, name):
        messages.error(request, why_it_stays(name))
        return redirect("workbench:settings_calendar", name)
    messages.success(request, _("日历“%(title)s”已删除。") % {"title": title})
    return redirect("workbench:settings_calendars")


def _try_or_store(request: HttpRequest, name: str, form: WeekForm | NoticeForm, kind: str) -> HttpResponse:
    """First what it would move, then, when asked to, the new version."""
    try:
        if "store" not in request.POST:
            trial = tried(name, form)
            shown = {_form_key(kind): form, "preview": trial.preview, "moved": trial.moved, "more": trial.more}
            return _page(request, name, {**shown, "tried": kind})
        valid_from = store(request, name, form)
    except CalendarError as error:
        form.add_error(None, _("这样的日历算不出时间：%(what)s") % {"what": error})
        return _page(request, name, {_form_key(kind): form}, 422)
    messages.success(request, _("日历已保存为新版本，从现在起开始的时限按它计算。") if valid_from <= clock.now() else
                     _("日历已保存，将从 %(day)s 起使用。") % {"day": form.cleaned_data.get("valid_from")})  # fmt: skip
    return redirect("workbench:settings_calendar", name)


def _form_key(kind: str) -> str:
    return "form" if kind == "week" else "notice_form"


def _page(request: HttpRequest, name: str, more: dict[str, Any], status: int = 200) -> HttpResponse:
    now = clock.now()
    content = content_of(name, now)
    made = stored.calendar(name, now)
    shown: dict[str, Any] = {"moved": list[Moved](), "tried": ""}
    official = load_official_days()
    days = [
        (day, override) for day, override in sorted(made.overrides.items())
        if day.year in (now.year, now.year + 1)
    ]  # fmt: skip
    context = shown | {
        "name": name, "summary": summary(name, now), "official": official,
        "form": WeekForm(name=name, content=content),
        "notice_form": NoticeForm(content=content, initial={"year": now.year + 1}),
        "follows_notice": made.official_years is not None, "special_days": days,
        "versions": Calendar.objects.filter(name=name).order_by("-version")[:8], "moment": now,
        "back": reverse("workbench:settings_calendars"), "changes": recording.changes("calendars", name),
        "may_remove": allowed(request.user, "workbench.settings_calendar_remove"),
    } | more  # fmt: skip
    return render(request, "workbench/settings/calendar.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("settings/calendars/", calendars, name="settings_calendars"),
    path("settings/calendars/new", calendar_make, name="settings_calendar_make"),
    path("settings/calendars/<slug:name>", calendar, name="settings_calendar"),
    path("settings/calendars/<slug:name>/notice", notice, name="settings_calendar_notice"),
    path("settings/calendars/<slug:name>/remove", calendar_remove, name="settings_calendar_remove"),
]
