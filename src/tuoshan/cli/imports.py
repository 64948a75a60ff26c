"""`tuoshan import cases FILE` and `… orders FILE`: the same imports as on the desk, with a progress bar."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuoshan.cli.ready import ready

if TYPE_CHECKING:
    from tuoshan.intake.imports.mapping import Target
    from tuoshan.intake.imports.order_rows import OrderMaker
    from tuoshan.intake.imports.records import Maker
    from tuoshan.intake.imports.tally import Tally

MOST_REMARKED = 50

command = typer.Typer(no_args_is_help=True, help="从表格导入 / Bring cases and orders in from spreadsheets.")


@command.callback()
def group() -> None:
    """Bring cases and orders in from spreadsheets."""


File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV (also .gz) or Excel.")]
Columns = Annotated[
    list[str] | None, typer.Option("--map", help="TARGET=COLUMN, to correct the guess; TARGET= leaves it out.")
]
Only = Annotated[list[str] | None, typer.Option("--only", help="COLUMN=VALUE: take only rows that say so.")]
DryRun = Annotated[bool, typer.Option(help="Judge every row and write nothing.")]
Errors = Annotated[
    Path | None,
    typer.Option(help="Where the bad rows go (.xlsx); default: this folder, of a dry run nowhere. Never overwrites."),
]
Person = Annotated[str, typer.Option(help="Username of who imports.")]
English = Annotated[bool | None, typer.Option("--en/--zh", help="Language of the bad rows' reasons.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the mapping is right.")]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with its columns as they are to be read, shown to whoever imports."""

    path: Path
    columns: list[str]
    chosen: dict[str, str]
    conditions: dict[str, str]
    console: Any


@command.command()
def cases(
    file: File,
    column: Columns = None,
    only: Only = None,
    playbook: Annotated[str, typer.Option(help="Which process the rows are cases of.")] = "complaint",
    live: Annotated[bool, typer.Option("--live/--history", help="New cases with clocks, or closed ones.")] = False,
    dry_run: DryRun = False,
    person: Person = "",
    unit: Annotated[str, typer.Option(help="Code of the cases' org unit; else the company's default.")] = "",
    errors: Errors = None,
    en: English = None,
    yes: Yes = False,
) -> None:
    """Import cases. A table imported twice is not doubled; bad rows go to a spreadsheet of their own."""
    ready(only_reads=dry_run)
    from tuoshan.cases import library
    from tuoshan.intake.imports import desk, mapping
    from tuoshan.intake.imports.cells import unit_id
    from tuoshan.intake.imports.records import Maker

    table = _read(file, column, only, mapping.TARGETS)
    if playbook not in library.everything():
        known = ", ".join(sorted(library.everything()))
        raise typer.BadParameter(f"没有流程 {playbook} / There is no playbook {playbook}: {known}")
    unit_number = unit_id(unit) if unit else None
    if unit and unit_number is None:
        raise typer.BadParameter(f"没有门店或部门 {unit} / There is no org unit {unit}")
    own_numbers = "key" in table.chosen.values()
    maker = Maker(
        table.chosen, library.current(playbook), _acting(person), "numbered" if own_numbers else "rows", live,
        unit_number, conditions=table.conditions,
    )  # fmt: skip
    _refuse(lambda: desk.cannot_begin(maker))
    for note in _bilingual(lambda: desk.notes_of(maker)):
        table.console.print(f"  {note}", highlight=False, markup=False)
    taken = ("可以建单", "would be taken") if dry_run else ("已建单", "taken")
    _import(table, maker, taken, dry_run=dry_run, errors=errors, en=en, yes=yes)


@command.command()
def orders(
    file: File, column: Columns = None, only: Only = None, dry_run: DryRun = False, person: Person = "",
    errors: Errors = None, en: English = None, yes: Yes = False,
) -> None:  # fmt: skip
    """Import orders, a row for each of their lines. Told again they are renewed, not doubled; no case is made."""
    ready(only_reads=dry_run)
    from tuoshan.intake.imports import mapping
    from tuoshan.intake.imports.order_rows import OrderMaker

    table = _read(file, column, only, mapping.ORDER_TARGETS)
    maker = OrderMaker(table.chosen, conditions=table.conditions, person=_acting(person).person)
    taken = ("可以写入", "would be written") if dry_run else ("已写入", "written")
    _import(table, maker, taken, dry_run=dry_run, errors=errors, en=en, yes=yes)


def _read(file: Path, column: list[str] | None, only: list[str] | None, targets: "tuple[Target, ...]") -> _Table:
    """The table's headings and what they mean, as guessed and corrected. Raises BadParameter."""
    from rich.console import Console

    from tuoshan.intake.imports import mapping, tables
    from tuoshan.intake.imports.tables import TableRefused

    console = Console(stderr=True, width=None if sys.stderr.isatty() else 200)
    try:
        columns = tables.headings(file)
    except TableRefused as refused:
        raise _wrong(refused) from None
    chosen = _corrected(mapping.guess(columns, targets), column or [], columns)
    conditions = _conditions(only or [], columns)
    titles = {target.name: target.title for target in targets}
    for name, target in chosen.items():
        console.print(f"  {name} → {_both(titles.get(target, '—'))}", highlight=False, markup=False)
    for name, value in conditions.items():
        console.print(f"  只导入 / Only: {name} = {value}", highlight=False, markup=False)
    _refuse(lambda: mapping.problems(chosen, targets))
    return _Table(file, columns, chosen, conditions, console)


def _import(
    table: _Table, maker: "Maker | OrderMaker", taken: tuple[str, str], *, dry_run: bool, errors: Path | None,
    en: bool | None, yes: bool,
) -> None:  # fmt: skip
    """Judge or take the rows with a bar, write the bad ones, say what came of it. Exits with 1 for bad rows."""
    from django.conf import settings
    from django.utils.translation import override
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from tuoshan import identifiers
    from tuoshan.intake.imports import desk, reports, running, tables
    from tuoshan.intake.imports.tables import TableRefused
    from tuoshan.intake.imports.tally import Tally

    if not (yes or dry_run) and not typer.confirm("按这样的列导入？ / Import with these columns?", err=True):
        raise typer.Abort
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=table.console,
    )  # fmt: skip
    tally, ended, number = Tally(), False, identifiers.next_id()
    try:
        total = tables.count(table.path)
        with bar:
            task = bar.add_task("行 / rows", total=total)

            def show(so_far: Tally) -> None:
                nonlocal tally
                tally = so_far
                bar.update(task, completed=tally.read)

            rows = tables.rows(table.path)
            if dry_run:
                tally = running.dry_run(rows, maker, show)
            else:
                tally = running.run(rows, maker, progress=show, kept_as=number)
        ended = True
    except TableRefused as refused:
        raise _wrong(refused) from None
    finally:
        if tally.read and not dry_run:
            desk.record(number, table.path, table.columns, maker, tally, ended=ended)
    if tally.bad and (errors or not dry_run):
        where = _free(errors or Path(f"{table.path.name.partition('.')[0]}-errors.xlsx"))
        with override(settings.LANGUAGE_CODE if en is None else "en" if en else "zh-hans"):
            reports.write_errors(where, table.columns, tally.bad)
        table.console.print(f"待修改的行在 / Rows to mend are in: {where}", highlight=False, markup=False)
    for remark in tally.remarks[:MOST_REMARKED]:
        table.console.print(f"  {remark.row.number}: {_both(remark.why)}", highlight=False, markup=False)
    for line in _outcome(tally, taken, chosen=bool(table.conditions)):
        typer.echo(line)
    raise typer.Exit(1 if tally.bad else 0)


def _free(wanted: Path) -> Path:
    """The path itself, else with the first number under which nothing lies yet: earlier rows to mend are kept."""
    number, found = 2, wanted
    while found.exists():
        number, found = number + 1, wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return found


def _outcome(tally: "Tally", taken: tuple[str, str], *, chosen: bool) -> list[str]:
    zh, en = taken
    bad = len(tally.bad)
    passed = tally.read - tally.taken - tally.known - bad
    zh_passed, en_passed = (f"，不在所选之内 {passed}", f", {passed} not chosen") if chosen else ("", "")
    return [
        f"{tally.read} 行：{zh} {tally.taken}，以前已有 {tally.known}，待修改 {bad}{zh_passed}",
        f"{tally.read} rows: {tally.taken} {en}, {tally.known} known already, {bad} bad{en_passed}",
    ]


def _both(said: object) -> str:
    """In Chinese and in English, once where they are the same."""
    from django.utils.translation import override

    with override("zh-hans"):
        zh = str(said)
    with override("en"):
        en = str(said)
    return zh if zh == en else f"{zh} / {en}"


def _wrong(refused: object) -> typer.BadParameter:
    return typer.BadParameter(_both(refused))


def _refuse(problems: Callable[[], list[str]]) -> None:
    """End with what is wrong, in both languages."""
    said = _bilingual(problems)
    if said:
        raise typer.BadParameter(" ".join(said))


def _bilingual(sentences: Callable[[], list[str]]) -> list[str]:
    """Each sentence in Chinese and in English."""
    from django.utils.translation import override

    with override("zh-hans"):
        zh = sentences()
    with override("en"):
        en = sentences()
    return [f"{one} / {other}" for one, other in zip(zh, en, strict=True)]


def _conditions(only: list[str], columns: list[str]) -> dict[str, str]:
    """`COLUMN=VALUE` as column → value. Raises BadParameter for a column that the table does not have."""
    found = {}
    for item in only:
        name, equals, value = item.partition("=")
        if not equals or name not in columns:
            raise typer.BadParameter(_no_column(item if not equals else name, columns))
        found[name] = value.strip()
    return found


def _no_column(name: str, columns: list[str]) -> str:
    return f"没有这一列 / There is no column: {name}. {', '.join(columns)}"


def _corrected(guessed: dict[str, str], corrections: list[str], columns: list[str]) -> dict[str, str]:
    """The guess with `TARGET=COLUMN` corrections."""
    for correction in corrections:
        target, _equals, name = correction.partition("=")
        target, name = target.strip(), name.strip()
        if name and name not in columns:
            raise typer.BadParameter(_no_column(name, columns))
        guessed = {known: "" if found == target else found for known, found in guessed.items()}
        if name:
            guessed[name] = target
    return guessed


def _acting(username: str) -> Any:
    from tuoshan.cases.acting import ActingAs
    from tuoshan.parties.models import Person

    if not username:
        return ActingAs.by_system()
    person = Person.objects.filter(username__iexact=username).first()
    if person is None:
        raise typer.BadParameter(f"没有叫 {username} 的人 / There is nobody called {username}")
    return ActingAs("person", None, person)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(command, name="import")
