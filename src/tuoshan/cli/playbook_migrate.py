"""`tuoshan playbook migrate`: bring open cases over to the version of their playbook that is in use."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from tuoshan.cli import playbook
from tuoshan.cli.ready import ready

SHOWN = 20
"""So many numbers of cases that stay are told for each reason."""


def migrate(
    key: Annotated[str, typer.Argument(help="Key of the playbook, such as complaint.")],
    states: Annotated[list[str] | None, typer.Option("--state", help="old=new, for a state of another name.")] = None,
    tasks: Annotated[list[str] | None, typer.Option("--task", help="old=new, for a task of another name.")] = None,
    by: Annotated[str, typer.Option(help="User name of the administrator who decided it; none: the system.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
) -> None:
    """Bring open cases over to the version in use; clocks keep their start. Ends with 1 while cases stayed behind.

    A case stays with the version it began with until this is asked for. Broken off, ask again: it goes on.
    """
    ready()
    from rich.console import Console
    from rich.progress import Progress

    from tuoshan.cases import library, migrating
    from tuoshan.core.migrating import Names
    from tuoshan.parties.models import Person

    names = Names(_pairs("--state", states or ()), _pairs("--task", tasks or ()))
    try:
        way = migrating.Way(library.current(key), names)
    except library.PlaybookUnknown:
        raise typer.BadParameter(f"there is no playbook {key}; known: {', '.join(library.keys())}") from None
    person = Person.objects.filter(username=by, is_active=True, roles__key="administrator").first() if by else None
    if by and person is None:
        raise typer.BadParameter(f"there is no administrator {by}")
    waiting = migrating.waiting(way)
    typer.echo(f"{key} {waiting.playbook.version} ({waiting.playbook.hash[:8]}): {waiting.many} open cases on others")
    for name, many in (*waiting.states.items(), *((f"task {one}", n) for one, n in waiting.tasks.items())):
        typer.echo(f"  {name}: {many}")
    for name in waiting.unmapped(names):
        typer.echo(f"! {name} has no place in this version: give --state or --task, or its cases stay", err=True)
    brought = migrating.Brought()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        shown = bar.add_task("cases", total=waiting.many)
        for brought in migrating.run(way, person.pk if person else None, dry=dry_run):
            bar.update(shown, completed=brought.moved + len(brought.stayed))
    would = "would be " if dry_run else ""
    typer.echo(f"{brought.moved} {would}brought over, {brought.clocks} of them with another due moment")
    for reason, many in brought.reasons.most_common():
        numbers = [number for number, why in brought.stayed.items() if why == reason]
        more = "" if many <= SHOWN else " …"
        typer.echo(f"{many} stay, {reason}: {' '.join(numbers[:SHOWN])}{more}", err=True)
    raise typer.Exit(1 if brought.stayed else 0)


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in given:
        old, sign, new = (part.strip() for part in text.partition("="))
        if not (old and sign and new):
            raise typer.BadParameter(f"{option} {text!r}: write old=new")
        found[old] = new
    return found


def register(parent: typer.Typer) -> None:
    """Add the command to those of playbooks, which need no database."""
    playbook.app.command()(migrate)
