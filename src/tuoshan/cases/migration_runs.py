"""Open cases brought over to another version by a job, some at a time: tried first, then started.

Each case commits together with how far the run has come, so a kill anywhere loses and repeats nothing, and of two
workers that take the same run only one gets each case.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError
from django.db.models import F

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, migrating, writing
from tuoshan.cases.flushing import Change
from tuoshan.cases.migrating import UNMAPPED, Way
from tuoshan.cases.models import MigrationRun, StayedCase
from tuoshan.core.case import Refusal
from tuoshan.core.migrating import Names

JOB = "migrate_cases"
AT_ONCE = 100
TRIALS_KEPT = timedelta(days=30)
Status = MigrationRun.Status


class GoingOn(Exception):
    """Another run of this playbook is going on: `run`."""

    def __init__(self, run: MigrationRun) -> None:
        super().__init__(str(run))
        self.run = run


class NotTried(Exception):
    """Its trial has not come to its end, so it cannot be started."""


class _Overtaken(Exception):
    """It was stopped, or another worker has taken this case."""


def try_out(way: Way, person_id: int) -> MigrationRun:
    """Begin a trial, which writes nothing into a case; the same one, where it is going on already. Raises GoingOn."""
    library.ensure_stored(way.to)
    try:
        with write_transaction():
            run = MigrationRun.objects.create(
                playbook=way.to.key, from_hash=way.origin, to_hash=way.to.hash, states=dict(way.names.states),
                tasks=dict(way.names.tasks), status=Status.TRYING, person_id=person_id, asked_at=clock.now(),
                total=way.cases().count(),
            )  # fmt: skip
            _hand_over(run)
            return run
    except IntegrityError:
        other = going_on(way.to.key)
        if other is None:
            raise
        if other.status == Status.TRYING and _is_the_same(other, way):
            return other
        raise GoingOn(other) from None


def start(run: MigrationRun, person_id: int) -> bool:
    """Do what was tried, or go on after a stop; False where it was started before. Raises GoingOn, NotTried."""
    now = clock.now()
    try:
        with write_transaction():
            row = MigrationRun.objects.filter(pk=run.pk)
            begun = row.filter(status=Status.TRIED).update(
                status=Status.RUNNING, person_id=person_id, started_at=now, ended_at=None, after_id=0, moved=0,
                clocks=0, stayed=0, total=way_of(run).cases().count(),
            )  # fmt: skip
            if begun:
                StayedCase.objects.filter(run_id=run.pk).delete()
            else:
                stopped = row.filter(status=Status.STOPPED, started_at__isnull=False)
                begun = stopped.update(status=Status.RUNNING, person_id=person_id, ended_at=None)
            run.refresh_from_db()
            if begun:
                _hand_over(run)
    except IntegrityError:
        other = going_on(run.playbook)
        if other is None:
            raise
        raise GoingOn(other) from None
    if not run.was_started:
        raise NotTried
    return bool(begun)


def stop(run: MigrationRun) -> None:
    """What was brought over stays so; the rest stays where it is."""
    going = MigrationRun.objects.filter(pk=run.pk, status__in=MigrationRun.GOING_ON)
    with write_transaction():
        going.update(status=Status.STOPPED, ended_at=clock.now())


def going_on(key: str) -> MigrationRun | None:
    """The run of this playbook that has not come to its end."""
    return MigrationRun.objects.filter(playbook=key, status__in=MigrationRun.GOING_ON).first()


def way_of(run: MigrationRun) -> Way:
    """What was asked for. Raises library.PlaybookUnknown when the version cannot be read any more."""
    return Way(library.pinned(run.playbook, run.to_hash), Names(run.states, run.tasks), run.from_hash)


def _is_the_same(run: MigrationRun, way: Way) -> bool:
    asked = (run.to_hash, run.from_hash, run.states, run.tasks)
    return asked == (way.to.hash, way.origin, dict(way.names.states), dict(way.names.tasks))


def _hand_over(run: MigrationRun) -> None:
    key = f"{JOB}:{run.pk}:{identifiers.next_id()}"
    claiming.put(kind="job", name=JOB, key=key, due_at=clock.now(), payload={"run": str(run.pk)})


def take_some(item: Item, now: datetime) -> datetime | None:
    """One step of a run; the moment of the next one, None at the end."""
    run = MigrationRun.objects.filter(pk=int(item.data["run"]), status__in=MigrationRun.GOING_ON).first()
    if run is None:
        return None
    way, dry = way_of(run), run.status == Status.TRYING
    ids = list(way.cases().filter(pk__gt=run.after_id).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        keep = partial(_keep, run, pk)
        try:
            writing.repeated(partial(migrating.bring, pk, way, run.person_id, str(run.pk), dry, keep))
        except _Overtaken:
            return now
        run.after_id = pk
    if len(ids) == AT_ONCE:
        return now
    with write_transaction():
        MigrationRun.objects.filter(pk=run.pk, status=run.status).update(
            status=Status.TRIED if dry else Status.DONE, ended_at=now
        )
    return None


def _keep(run: MigrationRun, pk: int, change: Change | None, stays: Refusal | None) -> None:
    """Count the case, in its own transaction. Raises _Overtaken."""
    row = MigrationRun.objects.filter(pk=run.pk, status=run.status, after_id=run.after_id)
    counted = row.update(
        after_id=pk, moved=F("moved") + int(change is not None), stayed=F("stayed") + int(stays is not None),
        clocks=F("clocks") + int(change is not None and migrating.has_another_end(change)),
    )  # fmt: skip
    if not counted:
        raise _Overtaken
    if stays is not None:
        StayedCase.objects.create(run_id=run.pk, case_id=pk, because=stays.because, lost=_lost(stays))


def _lost(stays: Refusal) -> Mapping[str, object]:
    return dict(stays.data) if stays.because == UNMAPPED else {}


def forget_trials(now: datetime) -> None:
    """Trials of long ago that were never started; what was done is kept."""
    old = MigrationRun.objects.filter(started_at__isnull=True, asked_at__lt=now - TRIALS_KEPT)
    ids = list(old.exclude(status=Status.TRYING).values_list("pk", flat=True))
    StayedCase.objects.filter(run_id__in=ids).delete()
    MigrationRun.objects.filter(pk__in=ids).delete()
