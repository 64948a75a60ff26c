# ruff: noqa: E501 – a Chinese sign counts as two columns
"""`tuoshan first-administrator`: the one-time link that lets the first person in."""

import typer

from tuoshan.cli.ready import ready

NOBODY = "还没有管理员。请在七天内打开这个一次性链接： / No administrator yet. Open this one-time link within seven days:"
POINTER = (
    "还没有管理员：运行 tuoshan first-administrator，得到设立第一位管理员的一次性链接。 / "
    "No administrator yet: tuoshan first-administrator gives the one-time link that makes the first."
)


def first_administrator() -> None:
    """Print the one-time link that makes the first administrator. Refuses once somebody administers.

    Every call makes another link; each is good for seven days, and the first one used ends them all.
    """
    ready()
    from tuoshan.parties import first_admin

    if first_admin.is_administered():
        typer.echo(
            "已经有管理员：其他账号由管理员在“设置”里建立。 / "
            "Somebody administers this system already; they make the other accounts under Settings.",
            err=True,
        )
        raise typer.Exit(1)
    for line in link_lines():
        typer.echo(line)


def link_lines() -> list[str]:
    """A new one-time link in words; nothing once somebody administers."""
    from tuoshan.parties import first_admin

    if first_admin.is_administered():
        return []
    return ["", f"  {NOBODY}", f"  {first_admin.make_link()}", ""]


def pointer() -> list[str]:
    """Where the first administrator's link is got, for as long as nobody administers."""
    from tuoshan.parties import first_admin

    return [] if first_admin.is_administered() else [POINTER]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("first-administrator")(first_administrator)
