"""`tuoshan import cases FILE`: the same import as on the desk, with a progress bar."""

from pathlib import Path
from typing import Annotated, Any

import typer

command = typer.Typer(no_args_is_help=True, help="Bring cases in from spreadsheets.")


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
    unit: Annotated[str, typer.Option(help="Code of the org unit that the cases belong to.")] = "",
    errors: Annotated[Path | None, typer.Option(help="Where the bad rows go (.xlsx); default: this folder.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the mapping is right.")] = False,
) -> None:
    """Import cases. A table imported twice is not doubled; bad rows go to a spreadsheet of their own."""
    import django

    django.setup()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from tuoshan.cases import library
    from tuoshan.intake.imports import mapping, reports, running, tables
    from tuoshan.intake.imports.records import Maker, unit_id
    from tuoshan.intake.imports.tables import TableRefused

    console = Console(stderr=True)
    try:
        columns = tables.headings(file)
    except TableRefused as refused:
        raise typer.BadParameter(str(refused)) from None
    chosen = _corrected(mapping.guess(columns), column or [], columns)
    for name, target in chosen.items():
        console.print(f"  {name} → {target or '—'}", highlight=False)
    wrong = mapping.problems(chosen)
    if wrong:
        raise typer.BadParameter(" ".join(wrong))
    if not (yes or dry_run) and not typer.confirm("Import with these columns?"):
        raise typer.Abort
    conditions = dict(item.partition("=")[::2] for item in only or [])
    unit_number = unit_id(unit) if unit else None
    if unit and unit_number is None:
        raise typer.BadParameter(f"there is no org unit {unit}")
    own_numbers = "key" in chosen.values()
    maker = Maker(
        library.current(playbook), _acting(person), chosen, "numbered" if own_numbers else "rows", live, unit_number,
        conditions=conditions,
    )  # fmt: skip
    total = tables.count(file)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    with bar:
        task = bar.add_task("rows", total=total)

        def show(tally: running.Tally) -> None:
            bar.update(task, completed=tally.read)

        tally = running.dry_run(file, maker, show) if dry_run else running.run(file, maker, progress=show)
        bar.update(task, completed=total)
    if tally.bad:
        where = errors or Path(f"{file.name.partition('.')[0]}-errors.xlsx")
        reports.write_errors(where, columns, tally.bad)
        console.print(f"{len(tally.bad)} bad rows: {where}")
    word = "would be taken" if dry_run else "taken"
    typer.echo(f"{tally.read} rows, {tally.taken} {word}, {tally.known} known already, {len(tally.bad)} bad")
    raise typer.Exit(1 if tally.bad else 0)


def _corrected(guessed: dict[str, str], corrections: list[str], columns: list[str]) -> dict[str, str]:
    """The guess with `TARGET=COLUMN` corrections."""
    for correction in corrections:
        target, _, name = correction.partition("=")
        if name and name not in columns:
            raise typer.BadParameter(f"there is no column {name}; there are: {', '.join(columns)}")
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
        raise typer.BadParameter(f"there is nobody called {username}")
    return ActingAs("person", None, person)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(command, name="import")
