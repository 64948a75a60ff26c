"""`tuoshan run`: everything in one command, on one machine."""

import json
import os
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from tuoshan.cli.processes import turn_into
from tuoshan.cli.ready import ready
from tuoshan.present import present


def run(
    demo: Annotated[bool, typer.Option(help="Fill an empty database with a demo company.")] = False,
    port: Annotated[int, typer.Option(help="Port; default TUOSHAN_PORT, or the next free one.")] = 0,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show each request here instead of in a file.")] = False,
) -> None:
    """Migrate, then run web and worker together until Ctrl+C."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    from tuoshan.settings import CONFIG

    wanted = port or CONFIG.port
    chosen = free_port(CONFIG.address, wanted)
    if chosen != wanted:
        typer.echo(f"端口 {wanted} 已被占用，改用 {chosen} / Port {wanted} is taken; using {chosen}")
    # Links that are sent name the port: those of web and worker, and of the demo that is made here.
    os.environ["TUOSHAN_PORT"] = str(chosen)
    CONFIG.port = chosen
    address = settings.PUBLIC_URL = CONFIG.base_url
    typer.echo("准备数据库 / Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    ready()
    for line in first_steps(demo=demo):
        typer.echo(line)
    if not verbose and sys.stderr.isatty() and (log := apart(CONFIG.data_dir, CONFIG.request_log)):
        typer.echo(f"  请求日志在 / Requests are logged in {log}  (--verbose: 在此显示 / shown here)")
    commands = {"web": ["serve", "--port", str(chosen), "--quiet"]}
    if present("tuoshan.cli.worker"):
        commands["worker"] = ["worker"]
    plan = {"commands": commands, "address": CONFIG.address, "port": chosen, "url": address}
    turn_into("tuoshan.cli.processes", json.dumps(plan))


def apart(folder: Path, already: str) -> str:
    """Let the web server write the lines of requests to a file of this run, so that the logins stay in sight.

    Returns the file; empty where the settings name one already.
    """
    if already:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "requests.log"
    log.write_text("", encoding="utf-8")
    os.environ["TUOSHAN_REQUEST_LOG"] = str(log)
    return str(log)


def first_steps(*, demo: bool) -> list[str]:
    """What a person needs to get in: the demo's logins, or a one-time link that makes the administrator."""
    if not present("tuoshan.cli.demo"):
        return []
    lines: list[str] = import_module("tuoshan.cli.demo").first_steps(demo=demo)
    return lines


def free_port(address: str, wanted: int) -> int:
    """`wanted`, or the next port after it that nobody listens on. Raises SystemExit when twenty are taken."""
    for port in range(wanted, wanted + 20):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    raise SystemExit(f"tuoshan: ports {wanted}–{wanted + 19} at {address} are all taken; choose one with --port")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)
