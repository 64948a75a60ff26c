"""`tuoshan migrate`: bring the database to this version."""

import typer

from tuoshan import keys


def migrate() -> None:
    """Create or update the tables. Safe to run twice; run it once before new web nodes start."""
    keys.only_read()
    import django
    from django.core.management import call_command

    django.setup()
    from tuoshan.cli.administrator import pointer

    call_command("migrate", verbosity=1, interactive=False)
    for line in pointer():
        typer.echo(line)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)
