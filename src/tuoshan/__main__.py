"""`python -m tuoshan`: the same as the `tuoshan` command."""

from tuoshan.cli.main import app

app()
