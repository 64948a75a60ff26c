"""`tuoshan worker`: fires deadlines and delivers effects."""

from typing import Annotated

import typer

from tuoshan.cli.ready import ready


def worker(
    until_idle: Annotated[bool, typer.Option(help="End when nothing is due any more.")] = False,
    batch: Annotated[int, typer.Option(help="Cases in one transaction; 0: as fits the database.")] = 0,
    name: Annotated[
        str, typer.Option(help="Name shown on the workers' screen; default host, process and chance.")
    ] = "",
) -> None:
    """Work off the agenda until Ctrl+C or SIGTERM. Any number of them may run on PostgreSQL."""
    ready()
    from tuoshan.agenda.worker import run

    counts = run(name=name, batch=batch, until_idle=until_idle)
    typer.echo(f"done {counts['done']}, failed {counts['failed']}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)
