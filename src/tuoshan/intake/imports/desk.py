"""Imports from the desk: take the file in, remember what was confirmed, work it off in pieces by the agenda."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction, writing
from tuoshan.cases import library
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import words
from tuoshan.intake.imports import mapping, reports, running, shelf, tables
from tuoshan.intake.imports.order_rows import OrderMaker
from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.records import Maker
from tuoshan.intake.imports.tables import Row, TableRefused
from tuoshan.intake.imports.tally import Bad, Tally
from tuoshan.intake.models import Imported, ImportRun
from tuoshan.parties.models import Person
from tuoshan.secrets import mask_name, mask_phone

LARGEST_BYTES = 200 * 1024 * 1024
FIRST = "complaint"
PIECE = 1000
KEPT = timedelta(days=30)
MOST_REPORTED = 50_000
MOST_REMARKED = 1000
FILE_GONE = gettext_noop("导入的文件已经不在，请重新上传。已经建单的行不会重复。")
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
        raise TableRefused(gettext_noop("“%(name)s”不是 CSV 或 Excel 文件。"), name=name)
    if (file.size or 0) > LARGEST_BYTES:
        raise TableRefused(gettext_noop("“%(name)s”超过 200 MB，请分开导入。"), name=name)
    stored = folder() / f"{identifiers.token(12)}{ending}"
    digest = hashlib.sha256()
    with stored.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    try:
        columns = tables.headings(stored)
        total, sample = shelf.keep(stored)
    except TableRefused:
        shelf.forget(stored)
        raise
    playbook = mapping.ORDERS if mapping.tells_orders(columns) else FIRST
    return ImportRun.objects.create(
        person_id=person.pk, file_name=name[:200], stored_name=stored.name, source=digest.hexdigest()[:16],
        unit_id=person.unit_id, columns=columns, mapping=mapping.guess(columns, mapping.targets_of(playbook)),
        playbook=playbook, sample=sample, rows=total, created_at=clock.now(),
    )  # fmt: skip


def maker_of(run: ImportRun) -> Maker | OrderMaker:
    """How this import turns rows into orders, or into cases; a table with numbers of its own is known again under any
    file name.
    """
    if run.of_orders:
        return OrderMaker(run.mapping, conditions=run.only)
    person = Person.objects.filter(pk=run.person_id).first()
    own_numbers = "key" in run.mapping.values()
    source = "numbered" if own_numbers else "rows"
    acting = ActingAs("person", None, person) if person else ActingAs.by_system()
    return Maker(
        run.mapping, library.current(run.playbook), acting, source, run.live, run.unit_id, conditions=run.only
    )  # fmt: skip


def record(
    number: int, path: Path, columns: list[str], maker: Maker | OrderMaker, tally: Tally, *, ended: bool
) -> ImportRun:
    """Keep what an import from the command line came to, so that it stands among those of the desk; its table is not
    kept. `number` is the id that its cases know it by; `ended` unless it was broken off.
    """
    now = clock.now()
    status = ImportRun.Status.DONE if ended else ImportRun.Status.STOPPED
    person = maker.acting.person if isinstance(maker, Maker) else maker.person
    run = ImportRun(
        id=number, person_id=person.pk if person else 0, file_name=path.name[:200], playbook=mapping.ORDERS,
        columns=columns, mapping=dict(maker.mapping), only=dict(maker.conditions), status=status, rows=tally.read,
        position=tally.read, taken=tally.taken, known=tally.known, refused=_told_of([], tally),
        created_at=now, finished_at=now,
    )  # fmt: skip
    if isinstance(maker, Maker):
        run.playbook, run.live, run.unit_id = maker.playbook.key, maker.live, maker.default_unit
    with writing():
        run.save(force_insert=True)
    return run


def confirm(
    run: ImportRun, columns: Mapping[str, str], playbook: str, *, live: bool, only: Mapping[str, str] | None = None
) -> list[str]:
    """Take the meaning of the columns (heading → target, empty: not used) as confirmed and do the dry run.

    `only` is column → value: the rows to import at all. The rows are cases of the process, or orders where it is
    `mapping.ORDERS`. Gives what is wrong, in words; then nothing is kept.
    """
    run.mapping = {name: columns.get(name, "") for name in run.columns}
    run.playbook, run.live = playbook, live and playbook != mapping.ORDERS
    run.only = {name: value.strip() for name, value in (only or {}).items()}
    problems = mapping.problems(run.mapping, mapping.targets_of(playbook))
    problems += mapping.unknown_columns(columns, run.columns) + mapping.unknown_columns(run.only, run.columns)
    if not run.of_orders and playbook not in library.everything():
        problems.append(_("没有这个流程。"))
    else:
        problems += cannot_begin(maker_of(run))
    if not problems:
        run.save()
        check(run)
    return problems


def cannot_begin(maker: Maker | OrderMaker) -> list[str]:
    """Why no row of a table can become a case of this process."""
    if isinstance(maker, OrderMaker):
        return []
    title = words(maker.playbook.title)
    lacking = [words(item.label) for item in maker.not_given()]
    problems = []
    if lacking:
        facts = {"playbook": title, "fields": _("、").join(lacking)}
        problems.append(_("“%(playbook)s”的新工单还要填：%(fields)s。没有相应的列，只能作为历史导入。") % facts)
    return problems


def check(run: ImportRun) -> ImportRun:
    """The dry run: judge every row, keep what is wrong."""
    tally = running.dry_run((row for row, _place in shelf.from_place(path_of(run))), maker_of(run))
    run.taken, run.known, run.position, run.place, run.problem = tally.taken, tally.known, 0, 0, ""
    run.refused = _told_of([], tally)
    run.status = ImportRun.Status.CHECKED
    run.save()
    return run


def start(run: ImportRun) -> ImportRun:
    """Hand the import to the agenda, from where it was stopped, if it was; doing it twice starts it once."""
    now = clock.now()
    with write_transaction():
        if run.status != ImportRun.Status.STOPPED:
            run.position, run.place, run.taken, run.known, run.refused = 0, 0, 0, 0, []
        run.status, run.finished_at = ImportRun.Status.RUNNING, None
        run.save()
        claiming.put(kind="job", name="import", key=f"import:{run.pk}", due_at=now, payload={"run": str(run.pk)})
    return run


def work_off(item: Item, now: datetime) -> datetime | None:
    """One piece of the import; asks to be called again at once until the table ends."""
    run = ImportRun.objects.filter(pk=int(item.data["run"])).first()
    if run is None or run.status != ImportRun.Status.RUNNING:
        return None
    try:
        tally = running.run(_piece(run), maker_of(run), kept_as=run.pk)
    except (TableRefused, OSError):
        run.status, run.problem, run.finished_at = ImportRun.Status.FAILED, FILE_GONE, now
        run.save(update_fields=["status", "problem", "finished_at"])
        return None
    run.position += tally.read
    run.taken += tally.taken
    run.known += tally.known
    changed = ["position", "place", "taken", "known"]
    if tally.bad or tally.remarks:
        run.refused = _told_of(run.refused, tally)
        changed.append("refused")
    run.save(update_fields=changed)  # not the status: it may have been stopped meanwhile
    if tally.read < PIECE:
        running_still = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING)
        running_still.update(status=ImportRun.Status.DONE, finished_at=now)
        return None
    return now


def _piece(run: ImportRun) -> Iterator[Row]:
    """The next rows of the import; `run.place` moves on as they are read."""
    for row, place in islice(shelf.from_place(path_of(run), run.place), PIECE):
        run.place = place
        yield row


def stop(run: ImportRun) -> None:
    """What was taken stays; the rest is not imported."""
    ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING).update(
        status=ImportRun.Status.STOPPED, finished_at=clock.now()
    )


_MASKS: dict[str, Callable[[str], str]] = {"name": mask_name, "phone": mask_phone}


def report(run: ImportRun, *, masked: bool = False) -> Path:
    """The bad rows as a spreadsheet of their own. `masked`, for who only reads: names and phones are, and columns that
    are not imported, of which nobody said what they hold, are left out.
    """
    made = _report_of(run, masked)
    columns = [name for name in run.columns if run.mapping.get(name)] if masked else list(run.columns)
    hide = {name: _MASKS[target] for name, target in run.mapping.items() if target in _MASKS} if masked else {}
    bad = (Bad(Row(item["number"], _cells(item, hide)), _why(item, masked)) for item in run.bad)
    reports.write_errors(made, columns, bad)
    return made


def _cells(item: dict[str, Any], hide: Mapping[str, Callable[[str], str]]) -> dict[str, str]:
    cells: dict[str, str] = item["cells"]
    return cells | {name: mask(cells.get(name, "")) for name, mask in hide.items()}


def _report_of(run: ImportRun, masked: bool) -> Path:
    return folder() / f"{run.pk}-errors{'-masked' if masked else ''}.xlsx"


def sweep(now: datetime) -> int:
    """Remove the files of imports that ended long ago; the record of them stays."""
    old = ImportRun.objects.filter(created_at__lt=now - KEPT).exclude(stored_name="", refused=[])
    for run in old:
        if run.stored_name:
            shelf.forget(path_of(run))
        for masked in (False, True):
            _report_of(run, masked).unlink(missing_ok=True)
    return old.update(stored_name="", sample=[], refused=[])


def forget_person(phone: str, email: str) -> None:
    """Somebody is erased: tables that are worked off go with their reports, as any of them may name the person, and so
    do bad rows with this telephone number (its digits, without the country) or mail address. A table that is still
    to be worked off stays until `sweep`.
    """
    kept = ImportRun.objects.filter(status=ImportRun.Status.DONE).exclude(stored_name="", refused=[])
    for run in kept:
        if run.stored_name:
            shelf.forget(path_of(run))
        for masked in (False, True):
            _report_of(run, masked).unlink(missing_ok=True)
        run.stored_name, run.sample = "", []
        run.refused = [item for item in run.refused if not _names(item["cells"].values(), phone, email)]
        run.save(update_fields=["stored_name", "sample", "refused"])


def _names(cells: Iterable[str], phone: str, email: str) -> bool:
    return any(
        (phone and phone in "".join(sign for sign in cell if sign.isdigit())) or (email and email in cell.lower())
        for cell in cells
    )


def _told_of(before: list[dict[str, Any]], tally: Tally) -> list[dict[str, Any]]:
    """What is kept of the rows so far, with what has come: bad rows, and remarks on rows that were taken."""
    bad = [item for item in before if not item.get("taken")] + [_kept(bad) for bad in tally.bad]
    remarks = [item for item in before if item.get("taken")]
    remarks += [_kept(one) | {"cells": {}, "taken": True} for one in tally.remarks]
    return bad[:MOST_REPORTED] + remarks[:MOST_REMARKED]


def _kept(bad: Bad) -> dict[str, Any]:
    return {"number": bad.row.number, "cells": bad.row.cells, "why": bad.why.to_json()}


def bad_rows(run: ImportRun, most: int, *, masked: bool = False) -> list[tuple[int, str]]:
    """The first bad rows: number, and why, in the language in force; `masked` for who only reads."""
    return [(item["number"], str(_why(item, masked))) for item in run.bad[:most]]


def remarks(run: ImportRun, most: int) -> list[tuple[int, str]]:
    """Rows that were taken, or can be, of which not everything was taken over: number, and what."""
    return [(item["number"], str(Reason.from_json(item["why"]))) for item in run.remarks[:most]]


def notes(run: ImportRun) -> list[str]:
    """What holds for the whole table, in words."""
    return notes_of(maker_of(run))


def notes_of(maker: Maker | OrderMaker) -> list[str]:
    """Columns that the process has no place for."""
    if isinstance(maker, OrderMaker):
        return []
    columns = maker.of_no_use()
    if not columns:
        return []
    facts = {"columns": _("、").join(f"“{name}”" for name in columns), "playbook": words(maker.playbook.title)}
    return [_("“%(playbook)s”登记时没有这几项，不会写入：%(columns)s。") % facts]


def _why(item: dict[str, Any], masked: bool) -> Reason:
    reason = Reason.from_json(item["why"])
    return reason.with_facts(_masked) if masked else reason


def _masked(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**facts, "phone": mask_phone(str(facts["phone"]))} if "phone" in facts else facts


def has_cases(run: ImportRun) -> bool:
    """Whether any case is known to be of this import; of those from before that was kept none is."""
    return Imported.objects.filter(run_id=run.pk).exists()


def by_whom(runs: Iterable[ImportRun]) -> dict[int, str]:
    """The names of those who imported; the command line, in nobody's name, is not among them."""
    return {pk: str(person) for pk, person in Person.objects.in_bulk({run.person_id for run in runs}).items()}


def is_running() -> str:
    """Why its columns cannot be changed."""
    return _("正在导入，请先停止。")


def not_checked() -> str:
    """Why it cannot begin."""
    return _("请先确认各列并试算。")
