"""Imports from the desk: take the file in, remember what was confirmed, work it off in pieces by the agenda."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library
from tuoshan.cases.acting import ActingAs
from tuoshan.intake.imports import mapping, reports, running, tables
from tuoshan.intake.imports.records import Maker
from tuoshan.intake.imports.running import Bad
from tuoshan.intake.imports.tables import Row, TableRefused
from tuoshan.intake.models import ImportRun
from tuoshan.parties.models import Person

LARGEST_BYTES = 200 * 1024 * 1024
PIECE = 1000
SAMPLED = 5
KEPT = timedelta(days=30)
MOST_REPORTED = 50_000
ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".xls", ".ods")


def folder() -> Path:
    """Where uploaded spreadsheets lie while they are needed."""
    found = Path(settings.DATA_DIR) / "imports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def path_of(run: ImportRun) -> Path:
    """The stored spreadsheet."""
    return folder() / run.stored_name


def take_in(file: "UploadedFile[Any]", person: Person) -> ImportRun:
    """Store the file, read its headings and guess the mapping. Raises TableRefused."""
    name = Path(file.name or "").name
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), "")
    if not ending:
        raise TableRefused(_("“%(name)s”不是 CSV 或 Excel 文件。") % {"name": name})
    if (file.size or 0) > LARGEST_BYTES:
        raise TableRefused(_("“%(name)s”超过 200 MB，请分开导入。") % {"name": name})
    stored = folder() / f"{identifiers.token(12)}{ending}"
    digest = hashlib.sha256()
    with stored.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    try:
        columns = tables.headings(stored)
        sample = [row.cells for row, _n in zip(tables.rows(stored), range(SAMPLED), strict=False)]
        total = tables.count(stored)
    except TableRefused:
        stored.unlink(missing_ok=True)
        raise
    return ImportRun.objects.create(
        person_id=person.pk, file_name=name[:200], stored_name=stored.name, source=digest.hexdigest()[:16],
        unit_id=person.unit_id, columns=columns, mapping=mapping.guess(columns), sample=sample, rows=total,
        created_at=clock.now(),
    )  # fmt: skip


def maker_of(run: ImportRun) -> Maker:
    """How this import turns rows into cases. A table with numbers of its own is known again under any file name."""
    person = Person.objects.get(pk=run.person_id)
    own_numbers = "key" in run.mapping.values()
    source = "numbered" if own_numbers else "rows"
    acting = ActingAs("person", None, person)
    return Maker(library.current(run.playbook), acting, run.mapping, source, run.live, run.unit_id)


def confirm(run: ImportRun, columns: Mapping[str, str], playbook: str, *, live: bool) -> list[str]:
    """Take the meaning of the columns (heading → target, empty: not used) as confirmed and do the dry run.

    Gives what is wrong with them, in words; then nothing is kept.
    """
    run.mapping = {name: columns.get(name, "") for name in run.columns}
    run.playbook, run.live = playbook, live
    problems = mapping.problems(run.mapping)
    if playbook not in library.everything():
        problems.append(_("没有这个流程。"))
    if not problems:
        run.save()
        check(run)
    return problems


def check(run: ImportRun) -> ImportRun:
    """The dry run: judge every row, keep what is wrong."""
    tally = running.dry_run(path_of(run), maker_of(run))
    run.taken, run.known, run.position = tally.taken, tally.known, 0
    run.refused = [_kept(bad) for bad in tally.bad[:MOST_REPORTED]]
    run.status = ImportRun.Status.CHECKED
    run.save()
    return run


def start(run: ImportRun) -> ImportRun:
    """Hand the import to the agenda; doing it twice starts it once."""
    now = clock.now()
    with write_transaction():
        run.status, run.position, run.taken, run.known, run.refused = ImportRun.Status.RUNNING, 0, 0, 0, []
        run.save()
        claiming.put(kind="job", name="import", key=f"import:{run.pk}", due_at=now, payload={"run": str(run.pk)})
    return run


def work_off(item: Item, now: datetime) -> datetime | None:
    """One piece of the import; asks to be called again at once until the table ends."""
    run = ImportRun.objects.filter(pk=int(item.data["run"])).first()
    if run is None or run.status != ImportRun.Status.RUNNING:
        return None
    try:
        tally = running.run(path_of(run), maker_of(run), skip=run.position, most=PIECE)
    except (TableRefused, OSError) as error:
        run.status, run.problem, run.finished_at = ImportRun.Status.FAILED, str(error)[:300], now
        run.save()
        return None
    run.position += tally.read
    run.taken += tally.taken
    run.known += tally.known
    run.refused = [*run.refused, *(_kept(bad) for bad in tally.bad)][:MOST_REPORTED]
    if tally.read < PIECE:
        run.status, run.finished_at = ImportRun.Status.DONE, now
    run.save()
    return now if run.status == ImportRun.Status.RUNNING else None


def stop(run: ImportRun) -> None:
    """What was taken stays; the rest is not imported."""
    ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING).update(
        status=ImportRun.Status.STOPPED, finished_at=clock.now()
    )


def report(run: ImportRun) -> Path:
    """The bad rows as a spreadsheet of their own."""
    made = folder() / f"{run.pk}-errors.xlsx"
    bad = (Bad(Row(item["number"], item["cells"]), item["why"]) for item in run.refused)
    reports.write_errors(made, list(run.columns), bad)
    return made


def sweep(now: datetime) -> int:
    """Remove the files of imports that ended long ago; the record of them stays."""
    old = ImportRun.objects.filter(created_at__lt=now - KEPT).exclude(stored_name="")
    for run in old:
        path_of(run).unlink(missing_ok=True)
        (folder() / f"{run.pk}-errors.xlsx").unlink(missing_ok=True)
    return old.update(stored_name="", sample=[], refused=[])


def _kept(bad: Bad) -> dict[str, Any]:
    return {"number": bad.row.number, "cells": bad.row.cells, "why": bad.why}


def is_running() -> str:
    """Why its columns cannot be changed."""
    return _("正在导入，请先停止。")


def not_checked() -> str:
    """Why it cannot begin."""
    return _("请先确认各列并试算。")
