"""Bringing the open cases of a playbook over to another version: chosen, tried, started, and what stayed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuoshan.cases import migration_runs, queries
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.migrating import Way
from tuoshan.cases.models import MigrationRun
from tuoshan.cases.queries import CursorBroken
from tuoshan.office.settings import migrating as office
from tuoshan.office.settings.migrating import MapForm
from tuoshan.parties.permissions import allowed, permitted

PAGE = 50


def _way(key: str, given: Any) -> Way:
    try:
        return office.way(key, given.get("from", ""), given.get("to", ""))
    except PlaybookUnknown as error:
        raise Http404 from error


def _back(request: HttpRequest, key: str) -> dict[str, Any]:
    """Where the way back leads: to the files, for those who may open them."""
    if allowed(request.user, "workbench.settings_playbooks"):
        return {"href": reverse("workbench:settings_playbooks"), "title": _("流程文件")}
    return {"href": reverse("workbench:playbook_diagram", args=[key]), "title": _("流程图")}


@permitted("workbench.settings_migrations")
@require_safe
def migrations(request: HttpRequest, key: str) -> HttpResponse:
    """Which versions open cases go by, what the new one no longer has, and what was done before."""
    chosen = _way(key, request.GET)
    return _page(request, chosen, MapForm(chosen=chosen))


def _page(request: HttpRequest, chosen: Way, form: MapForm, status: int = 200) -> HttpResponse:
    key, known = chosen.to.key, office.versions(chosen.to.key)
    context = {
        "playbook": chosen.to, "title": words(chosen.to.title), "form": form, "chosen": chosen,
        "versions": known, "targets": [one for one in known if one.is_kept],
        "origins": [one for one in known if one.open and one.hash != chosen.to.hash],
        "going_on": migration_runs.going_on(key),
        "may_start": allowed(request.user, "workbench.settings_migration_start"), "back": _back(request, key),
        "runs": office.titled(office.runs(key)[:office.SHOWN_RUNS]),
    }  # fmt: skip
    return render(request, "workbench/settings/migrations.html", context, status=status)


@permitted("workbench.settings_migration_try")
@require_POST
def migration_try(request: HttpRequest, key: str) -> HttpResponse:
    """A trial, which writes nothing into a case."""
    chosen = _way(key, request.POST)
    form = MapForm(request.POST, chosen=chosen)
    if not form.is_valid():
        return _page(request, chosen, form, 422)
    try:
        run = office.try_out(request, Way(chosen.to, form.names(), chosen.origin))
    except migration_runs.GoingOn as other:
        return _other(request, other.run)
    return redirect("workbench:settings_migration", run.pk)


def _other(request: HttpRequest, run: MigrationRun) -> HttpResponse:
    messages.warning(request, office.GOING_ON)
    return redirect("workbench:settings_migration", run.pk)


@permitted("workbench.settings_migration")
@require_safe
def migration(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a trial or a run has come; at its end what came of it, with the cases that stay, page by page."""
    run = get_object_or_404(MigrationRun, pk=pk)
    asks_again = bool(request.headers.get("HX-Request"))
    (named,) = office.titled([run])
    context: dict[str, Any] = {"run": run, "from_title": named.origin, "to_title": named.target}
    if asks_again and run.is_going_on:
        return render(request, "workbench/settings/migration_progress.html", context)
    because = request.GET.get("because", "")
    try:
        page = queries.page(office.stayed(run, because), request.GET.get("cursor", ""), PAGE)
    except CursorBroken as error:
        raise Http404 from error
    context |= {
        "title": office.title(run), "mapped": office.mapped(run),
        "reasons": office.reasons([run])[run.pk], "because": because, "rows": office.told(page.rows),
        "next_url": _turn(because, page.next), "previous_url": _turn(because, page.previous),
        "may_start": allowed(request.user, "workbench.settings_migration_start"),
    }  # fmt: skip
    response = render(request, "workbench/settings/migration.html", context)
    if asks_again:
        response["HX-Refresh"] = "true"
    return response


def _turn(because: str, cursor: str) -> str:
    return f"?because={because}&cursor={cursor}" if cursor else ""


@permitted("workbench.settings_migration_start")
@require_POST
def migration_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what was tried, or go on after a stop. A second time does nothing."""
    run = get_object_or_404(MigrationRun, pk=pk)
    try:
        office.start(request, run)
    except migration_runs.GoingOn as other:
        return _other(request, other.run)
    except migration_runs.NotTried:
        messages.warning(request, office.NOT_TRIED)
    return redirect("workbench:settings_migration", run.pk)


@permitted("workbench.settings_migration_stop")
@require_POST
def migration_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a trial or a run; what was brought over stays so."""
    run = get_object_or_404(MigrationRun, pk=pk)
    migration_runs.stop(run)
    return redirect("workbench:settings_migration", run.pk)


urlpatterns: list[URLPattern] = [
    path("settings/playbooks/<slug:key>/migrations", migrations, name="settings_migrations"),
    path("settings/playbooks/<slug:key>/migrations/try", migration_try, name="settings_migration_try"),
    path("settings/migrations/<int:pk>", migration, name="settings_migration"),
    path("settings/migrations/<int:pk>/start", migration_start, name="settings_migration_start"),
    path("settings/migrations/<int:pk>/stop", migration_stop, name="settings_migration_stop"),
]
