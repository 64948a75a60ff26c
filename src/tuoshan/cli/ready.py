"""Every command that works on the database begins here: Django's start, then whether database and keys are right."""

import typer

from tuoshan import keys


def ready(*, only_reads: bool = False) -> None:
    """Set Django up. Ends the command with what is wrong and what to do, in both languages, where the database has no
    tables or cannot be reached, or the keys do not fit what it holds.

    One that `only_reads` makes no keys and writes no proof of them.
    """
    if only_reads:
        keys.only_read()
    import django

    django.setup()
    from tuoshan.readiness import checks

    wrong = checks.obstacle() if only_reads else checks.prove()
    if wrong:
        typer.echo(wrong, err=True)
        raise typer.Exit(1)
