"""`tuoshan serve`: the web server alone."""

import json
from typing import Annotated

import typer

from tuoshan.cli.processes import turn_into
from tuoshan.cli.ready import ready


def serve(
    address: Annotated[str, typer.Option(help="Address to listen on; default TUOSHAN_ADDRESS.")] = "",
    port: Annotated[int, typer.Option(help="Port; default TUOSHAN_PORT.")] = 0,
    processes: Annotated[int, typer.Option(help="Web processes; default TUOSHAN_WEB_PROCESSES.")] = 0,
    threads: Annotated[int, typer.Option(help="Request threads per process; default TUOSHAN_WEB_THREADS.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", hidden=True)] = False,
) -> None:
    """Answer screens, portal and API. Migrate the database first (`tuoshan migrate`, or `tuoshan run`)."""
    ready()
    from tuoshan.settings import CONFIG

    plan = {
        "address": address or CONFIG.address,
        "port": port or CONFIG.port,
        "workers": processes or CONFIG.web_processes,
        "blocking_threads": threads or CONFIG.web_threads,
    }
    if not quiet:
        at = CONFIG.model_copy(update={"address": plan["address"], "port": plan["port"]}).base_url
        typer.echo(f"妥善正在启动，地址 {at} / Tuoshan starts at {at}")
    turn_into("tuoshan.cli.listening", json.dumps(plan))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
