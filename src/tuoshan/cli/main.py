"""The `tuoshan` command: each group of commands is one module with `register(app)`."""

import os
from importlib import import_module

import typer

from tuoshan.present import present

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoshan.settings")

app = typer.Typer(
    name="tuoshan",
    help="妥善：售后与投诉处理 / after-sales service and complaints.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

MODULES = (
    "run",
    "serve",
    "database",
    "administrator",
    "worker",
    "demo",
    "imports",
    "playbook",
    "playbook_migrate",
    "policy",
    "policy_diff",
    "verify",
    "backup",
    "keys",
    "mail",
    "export",
)

for _name in MODULES:
    if present(f"tuoshan.cli.{_name}"):
        import_module(f"tuoshan.cli.{_name}").register(app)


@app.command()
def version() -> None:
    """Print the version."""
    from tuoshan import __version__

    typer.echo(__version__)
