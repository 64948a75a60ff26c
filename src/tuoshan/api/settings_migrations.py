"""Settings: the open cases of a playbook brought over to another version, tried first, then started."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan.api.application import Id, gives
from tuoshan.api.formwork import judged, posted
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit
from tuoshan.cases import migration_runs
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.migrating import Way
from tuoshan.cases.models import MigrationRun
from tuoshan.office.settings import migrating
from tuoshan.office.settings.migrating import MapForm
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["settings"])


class PlaybookVersionOut(Schema):
    """A version of the playbook; `kept`: it can still be read, and gone over to."""

    hash: str
    title: str
    open: int
    in_use: bool
    kept: bool


class NameLostOut(Schema):
    """A state or a task that the new version does not have, in how many open cases; `same_title`: what bears its title
    there, if one does."""

    name: str
    title: str
    open: int
    same_title: str


class MigrationIn(Schema):
    """From which version (its hash; none: every other one) to which (none: the one in use), old name → new name."""

    from_hash: str = ""
    to_hash: str = ""
    states: dict[str, str] = {}
    tasks: dict[str, str] = {}


class StayReasonOut(Schema):
    """Why some cases stay, and how many."""

    because: str
    title: str
    number: int


class MigrationOut(Schema):
    """A run. `status`: trying, tried (nothing is written yet), running, done, stopped. Ids are texts.

    `moved` (of them `clocks` with another due moment) and `stayed` are of the trial until it is started.
    """

    id: str
    playbook: str
    from_hash: str
    to_hash: str
    states: dict[str, str]
    tasks: dict[str, str]
    status: str
    total: int
    looked_at: int
    moved: int
    clocks: int
    stayed: int
    reasons: list[StayReasonOut]
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class MigrationWayOut(Schema):
    """What would be brought over: how many open cases wait, and what has to be named for them.

    `states` and `tasks` are what may be named; without a name the cases stay on their version.
    """

    playbook: str
    from_hash: str
    to_hash: str
    waiting: int
    versions: list[PlaybookVersionOut]
    lost_states: list[NameLostOut]
    lost_tasks: list[NameLostOut]
    states: dict[str, str]
    tasks: dict[str, str]
    runs: list[MigrationOut]


class CaseStayedOut(Schema):
    """A case that stays, and why."""

    number: str
    title: str
    because: str
    why: str


class StayedPage(Schema):
    """One page; hand `next` back as `cursor` for the one after."""

    cases: list[CaseStayedOut]
    next: str


def _out(run: MigrationRun, stayed: Sequence[migrating.Reason] | None = None) -> dict[str, Any]:
    """`stayed`: why cases did, where it was read already."""
    names = (
        "playbook", "from_hash", "to_hash", "states", "tasks", "status", "total", "looked_at", "moved", "clocks",
        "stayed", "asked_at", "started_at", "ended_at",
    )  # fmt: skip
    why = migrating.reasons([run])[run.pk] if stayed is None else stayed
    reasons = [{"because": one.because, "title": one.title, "number": one.number} for one in why]
    return {name: getattr(run, name) for name in names} | {"id": str(run.pk), "reasons": reasons}


def _way(key: str, from_hash: str, to_hash: str) -> Way:
    try:
        return migrating.way(key, from_hash, to_hash)
    except PlaybookUnknown as error:
        raise Http404 from error


def _going_on(run: MigrationRun) -> Problem:
    return Problem(409, "going_on", str(migrating.GOING_ON), facts={"id": str(run.pk)})


@router.get("/migrations/{key}", response=gives(MigrationWayOut), url_name="migration_way", summary="Versions in use")
@api_permitted("api.migration_way")
def migration_way(request: HttpRequest, key: str, from_hash: str = "", to_hash: str = "") -> dict[str, Any]:
    """The versions of a playbook that open cases go by, what another one no longer has, and the last twenty runs."""
    chosen = _way(key, from_hash, to_hash)
    form = MapForm(chosen=chosen)
    runs = migrating.runs(key)[: migrating.SHOWN_RUNS]
    stayed = migrating.reasons(runs)
    return {
        "playbook": key, "from_hash": chosen.origin, "to_hash": chosen.to.hash, "waiting": form.ahead.many,
        "versions": [
            {"hash": one.hash, "title": one.title, "open": one.open, "in_use": one.in_use, "kept": one.is_kept}
            for one in migrating.versions(key)
        ],
        "lost_states": [_lost(form, "state", one) for one in form.ahead.states],
        "lost_tasks": [_lost(form, "task", one) for one in form.ahead.tasks],
        "states": migrating.states_to_choose(chosen.to), "tasks": migrating.tasks_to_choose(chosen.to),
        "runs": [_out(run, stayed[run.pk]) for run in runs],
    }  # fmt: skip


def _lost(form: MapForm, kind: str, one: migrating.Lost) -> dict[str, Any]:
    same = str(form.fields[f"{kind}-{one.name}"].initial)
    return {"name": one.name, "title": one.title, "open": one.open, "same_title": same}


@router.post("/migrations/{key}", response=gives(MigrationOut, 201), url_name="migration_try", summary="Try it")
@api_permitted("api.migration_try")
@repeatable
def migration_try(request: HttpRequest, key: str, body: MigrationIn) -> tuple[int, dict[str, Any]]:
    """A dry run over all cases concerned, by a worker; nothing is written into a case. Read it until it is `tried`."""
    chosen = _way(key, body.from_hash, body.to_hash)
    form: MapForm = judged(MapForm(_named(chosen, body), chosen=chosen))
    try:
        run = migrating.try_out(request, Way(chosen.to, form.names(), chosen.origin))
    except migration_runs.GoingOn as other:
        raise _going_on(other.run) from other
    return 201, _out(get_object_or_404(MigrationRun, pk=run.pk))


def _named(chosen: Way, body: MigrationIn) -> Any:
    """The fields of the form for what the body says. Raises Problem 422 for a name that is not gone."""
    given = {f"state-{old}": new for old, new in body.states.items()}
    given |= {f"task-{old}": new for old, new in body.tasks.items()}
    unknown = given.keys() - MapForm(chosen=chosen).fields.keys()
    if unknown:
        raise invalid({name: [_("新版本里有这一项，或原来就没有，不能改叫别的。")] for name in sorted(unknown)})
    return posted(given)


@router.get("/migrations/runs/{pk}", response=gives(MigrationOut), url_name="migration_read", summary="Progress")
@api_permitted("api.migration_read")
def migration_read(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """How far a trial or a run has come, and what came of it."""
    return _out(get_object_or_404(MigrationRun, pk=pk))


@router.get(
    "/migrations/runs/{pk}/stayed", response=gives(StayedPage), url_name="migration_stayed", summary="Cases that stay"
)
@api_permitted("api.migration_stayed")
def migration_stayed(
    request: HttpRequest, pk: Id, because: str = "", cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """Those of one reason, or all of them."""
    page = page_of(migrating.stayed(get_object_or_404(MigrationRun, pk=pk), because), cursor, limit)
    names = ("number", "title", "because", "why")
    cases = [{name: getattr(one, name) for name in names} for one in migrating.told(page.rows)]
    return {"cases": cases, "next": page.next}


@router.post(
    "/migrations/runs/{pk}/start", response=gives(MigrationOut), url_name="migration_start", summary="Bring over"
)
@api_permitted("api.migration_start")
@repeatable
def migration_start(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Do what was tried, or go on after a stop; a worker does it. Started twice, each case is brought over once."""
    try:
        migrating.start(request, get_object_or_404(MigrationRun, pk=pk))
    except migration_runs.GoingOn as other:
        raise _going_on(other.run) from other
    except migration_runs.NotTried as error:
        raise Problem(409, "not_tried", str(migrating.NOT_TRIED)) from error
    return _out(get_object_or_404(MigrationRun, pk=pk))


@router.post("/migrations/runs/{pk}/stop", response=gives(MigrationOut), url_name="migration_stop", summary="Stop")
@api_permitted("api.migration_stop")
@repeatable
def migration_stop(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What was brought over stays so."""
    migration_runs.stop(get_object_or_404(MigrationRun, pk=pk))
    return _out(get_object_or_404(MigrationRun, pk=pk))
