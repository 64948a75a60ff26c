"""`tuoshan verify`: prove that what is stored is what happened."""

import sys
from typing import Annotated

import typer


def verify(
    number: Annotated[str, typer.Argument(help="One case, by its number; none: every case.")] = "",
    sample: Annotated[int, typer.Option(help="So many cases, chosen by chance.", min=0)] = 0,
    files: Annotated[bool, typer.Option(help="Read every stored piece of evidence as well.")] = True,
) -> None:
    """Replay every case and compare. Ends with 0 when all is well, with 1 when there are faults."""
    import django

    django.setup()
    from rich.console import Console
    from rich.progress import Progress

    from tuoshan.cases import verifying
    from tuoshan.cases.models import Case
    from tuoshan.core.numbering import MisheardNumber, parse_number

    chosen = None
    if number:
        try:
            chosen = list(Case.objects.filter(number=parse_number(number)).values_list("id", flat=True))
        except MisheardNumber as error:
            raise typer.BadParameter(error.reason_en) from None
        if not chosen:
            raise typer.BadParameter(f"there is no case {number}")
    total = len(chosen) if chosen else min(sample, Case.objects.count()) if sample else Case.objects.count()
    faults = 0
    state = verifying.Tally()
    errors = Console(stderr=True)
    with Progress(console=errors, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("cases", total=total)

        def show(tally: verifying.Tally) -> None:
            state.cases, state.events = tally.cases, tally.events
            bar.update(task, completed=tally.cases)

        for fault in verifying.verify(case_ids=chosen, sample=sample, progress=show):
            faults += 1
            typer.echo(str(fault))
    if files and not chosen and not sample:
        for fault in verifying.verify_files():
            faults += 1
            typer.echo(str(fault))
    typer.echo(f"{state.cases} cases, {state.events} events, {faults} faults", err=bool(faults))
    raise typer.Exit(1 if faults else 0)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)
