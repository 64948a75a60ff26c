"""`tuoshan import cases FILE`: the same import as on the desk, with a progress bar."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tuoshan.intake.imports.tally import Tally

MOST_REMARKED = 50

command = typer.Typer(no_args_is_help=True, help="从表格导入 / Bring cases in from spreadsheets.")


@command.callback()
def group() -> None:
    """Bring cases in from spreadsheets."""


@command.command()
def cases(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV (also .gz) or Excel.")],
    column: Annotated[
        list[str] | None, typer.Option("--map", help="TARGET=COLUMN, to correct the guess; TARGET= leaves it out.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="COLUMN=VALUE: take only rows that say so.")] = None,
    playbook: Annotated[str, typer.Option(help="Which process the rows are cases of.")] = "complaint",
    live: Annotated[bool, typer.Option("--live/--history", help="New cases with clocks, or closed ones.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Judge every row and write nothing.")] = False,
    person: Annotated[str, typer.Option(help="Username of who imports.")] = "",
    unit: Annotated[str, typer.Option(help="Code of the cases' org unit; else the company's default.")] = "",
    errors: Annotated[Path | None, typer.Option(help="Where the bad rows go (.xlsx); default: this folder.")] = None,
    en: Annotated[bool | None, typer.Option("--en/--zh", help="Language of the bad rows' reasons.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the mapping is right.")] = False,
) -> None:
    """Import cases. A table imported twice is not doubled; bad rows go to a spreadsheet of their own."""
    import django

    django.setup()
    from django.conf import settings
    from django.utils.translation import override
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from tuoshan.cases import library
    from tuoshan.intake.imports import desk, mapping, reports, running, tables
    from tuoshan.intake.imports.cells import unit_id
    from tuoshan.intake.imports.records import Maker
    from tuoshan.intake.imports.tables import TableRefused

    console = Console(stderr=True, width=None if sys.stderr.isatty() else 200)
    try:
        columns = tables.headings(file)
    except TableRefused as refused:
        raise _wrong(refused) from None
    chosen = _corrected(mapping.guess(columns), column or [], columns)
    conditions = _conditions(only or [], columns)
    titles = {target.name: target.title for target in mapping.TARGETS}
    for name, target in chosen.items():
        console.print(f"  {name} → {_both(titles.get(target, '—'))}", highlight=False, markup=False)
    for name, value in conditions.items():
        console.print(f"  只导入 / Only: {name} = {value}", highlight=False, markup=False)
    _refuse(lambda: mapping.problems(chosen))
    if playbook not in library.everything():
        known = ", ".join(sorted(library.everything()))
        raise typer.BadParameter(f"没有流程 {playbook} / There is no playbook {playbook}: {known}")
    unit_number = unit_id(unit) if unit else None
    if unit and unit_number is None:
        raise typer.BadParameter(f"没有门店或部门 {unit} / There is no org unit {unit}")
    own_numbers = "key" in chosen.values()
    maker = Maker(
        chosen, library.current(playbook), _acting(person), "numbered" if own_numbers else "rows", live, unit_number,
        conditions=conditions,
    )  # fmt: skip
    _refuse(lambda: desk.cannot_begin(maker))
    for note in _bilingual(lambda: desk.notes_of(maker)):
        console.print(f"  {note}", highlight=False, markup=False)
    if not (yes or dry_run) and not typer.confirm("按这样的列导入？ / Import with these columns?", err=True):
        raise typer.Abort
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    try:
        total = tables.count(file)
        with bar:
            task = bar.add_task("行 / rows", total=total)

            def show(tally: "Tally") -> None:
                bar.update(task, completed=tally.read)

            rows = tables.rows(file)
            tally = running.dry_run(rows, maker, show) if dry_run else running.run(rows, maker, progress=show)
    except TableRefused as refused:
        raise _wrong(refused) from None
    if tally.bad:
        where = errors or Path(f"{file.name.partition('.')[0]}-errors.xlsx")
        with override(settings.LANGUAGE_CODE if en is None else "en" if en else "zh-hans"):
            reports.write_errors(where, columns, tally.bad)
        console.print(f"待修改的行在 / Rows to mend are in: {where}", highlight=False, markup=False)
    for remark in tally.remarks[:MOST_REMARKED]:
        console.print(f"  {remark.row.number}: {_both(remark.why)}", highlight=False, markup=False)
    for line in _outcome(tally, dry_run=dry_run, chosen=bool(conditions)):
        typer.echo(line)
    raise typer.Exit(1 if tally.bad else 0)


def _outcome(tally: "Tally", *, dry_run: bool, chosen: bool) -> list[str]:
    zh, en = ("可以建单", "would be taken") if dry_run else ("已建单", "taken")
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
        return ActingAs("system", parties=frozenset({"system"}))
    person = Person.objects.filter(username__iexact=username).first()
    if person is None:
        raise typer.BadParameter(f"没有叫 {username} 的人 / There is nobody called {username}")
    return ActingAs("person", None, person)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(command, name="import")
