"""`tuoshan demo`: fill an empty database with an invented company and its three months of cases."""

import sys
import unicodedata
from typing import Annotated

import typer

from tuoshan.cli.ready import ready
from tuoshan.demo.logins import LOGINS, PASSWORD


def demo(
    seed: Annotated[int, typer.Option(help="The same seed and day give the same company.")] = 20,
    scale: Annotated[float, typer.Option(help="Share of the usual 500 cases.", min=0.02, max=20)] = 1.0,
    reset: Annotated[bool, typer.Option(help="Empty a database that holds a demo, then make it anew.")] = False,
) -> None:
    """Make the demo company. Refuses a database that already holds people or cases."""
    import django
    from django.core.management import call_command

    django.setup()
    from tuoshan.demo import resetting

    if reset:
        try:
            resetting.reset()
        except resetting.NotResettable as error:
            raise typer.BadParameter(str(error)) from None
    call_command("migrate", verbosity=0, interactive=False)
    ready()
    if not _make(seed, scale):
        typer.echo(
            "演示未生成：数据库里已经有人员或工单。 / No demo: the database already holds people or cases.", err=True
        )
        raise typer.Exit(1)
    for line in login_lines():
        typer.echo(line)


def _make(seed: int, scale: float) -> bool:
    """Make it with a bar that moves; False when the database is not empty."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from tuoshan.demo import making

    if not making.is_empty():
        return False
    typer.echo("生成演示公司（约一至两分钟） / Making the demo company (one to two minutes) …")
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("演示公司的三个月 / three months of the demo company", total=1.0)
        made = making.make(seed=seed, scale=scale, seen=lambda share: bar.update(task, completed=share))
    typer.echo(f"  {made.cases} 件工单，{made.open_cases} 件未结 / {made.cases} cases, {made.open_cases} of them open")
    for failure in made.failures:
        typer.echo(f"  ! {failure}", err=True)
    return True


def first_steps(*, demo: bool) -> list[str]:
    """What `tuoshan run` prints: the demo's logins, or the one-time link that makes the administrator.

    With `demo` an empty database is filled first, and a demo whose making was broken off is made anew; one that
    holds anything else is left as it is.
    """
    from tuoshan.cli.administrator import link_lines
    from tuoshan.demo import making

    if demo and making.is_unfinished():
        from django.core.management import call_command

        from tuoshan.demo import resetting

        resetting.reset()
        call_command("migrate", verbosity=0, interactive=False)
    if demo and making.is_empty():
        _make(making.SEED, 1.0)
    if making.is_demo():
        return login_lines()
    return link_lines()


def login_lines() -> list[str]:
    """One account per role, with the password that they share."""
    wide = max(_width(f"{zh}") for _name, zh, _en in LOGINS)
    rows = [f"    {name:<10} {zh}{' ' * (wide - _width(zh))}  {en}" for name, zh, en in LOGINS]
    return ["", f"  演示账号，密码都是 / Demo accounts, the password of all: {PASSWORD}", *rows, ""]


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)
