"""`tuoshan serve`: the web server alone."""

from typing import Annotated

import typer


def serve(
    address: Annotated[str, typer.Option(help="Address to listen on; default TUOSHAN_ADDRESS.")] = "",
    port: Annotated[int, typer.Option(help="Port; default TUOSHAN_PORT.")] = 0,
    processes: Annotated[int, typer.Option(help="Web processes; default TUOSHAN_WEB_PROCESSES.")] = 0,
    threads: Annotated[int, typer.Option(help="Request threads per process; default TUOSHAN_WEB_THREADS.")] = 0,
) -> None:
    """Answer screens, portal and API. Migrate the database first (`tuoshan migrate`, or `tuoshan run`)."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from tuoshan.settings import CONFIG

    Granian(
        "tuoshan.wsgi:application",
        address=address or CONFIG.address,
        port=port or CONFIG.port,
        interface=Interfaces.WSGI,
        workers=processes or CONFIG.web_processes,
        blocking_threads=threads or CONFIG.web_threads,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
