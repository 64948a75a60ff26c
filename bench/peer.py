"""The same work on django-helpdesk, in an environment of its own: create, list, one ticket, search, escalation."""

import json
import os
import subprocess
import tempfile
import venv
from pathlib import Path
from typing import Any

from bench.database import ESCALATED, ESCALATED_AMONG
from bench.web import Client, Running, at_once, free_port, percentiles, wait_for
from bench.words import COMMON, texts

from bench import places

NAME = "django-helpdesk"
HOME = places.OUT / "peer-venv"
LIST_LENGTH = 40
OURS_AT = str(ESCALATED_AMONG)


def measure(
    ours: dict[str, Any], tickets: int = ESCALATED_AMONG, escalated: int = ESCALATED, turns: int = 5
) -> dict[str, Any]:
    """Figures of the peer and, beside them, ours on SQLite from the same run."""
    python = _installed()
    with tempfile.TemporaryDirectory(dir=places.OUT) as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TUOSHAN_", "DJANGO_"))},
            "PEER_DATABASE": str(Path(folder) / "peer.sqlite3"), "PYTHONUTF8": "1",
        }  # fmt: skip
        filled = _child(python, environment, "fill", tickets)
        found = _pages(python, environment, filled, turns)
        found["escalation"] = _child(python, environment, "escalate", escalated)
    return {
        "name": NAME, "version": _version(python), "tickets": tickets, "found": found,
        "lines": lines_of(found, ours),
    }  # fmt: skip


def _installed() -> Path:
    """The peer's interpreter; made once from requirements/bench.txt. Raises subprocess.CalledProcessError."""
    python = HOME / "bin" / "python"
    if not (HOME / ".installed").exists():
        venv.create(HOME, with_pip=True, clear=True)
        pins = str(places.ROOT / "requirements" / "bench.txt")
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", pins],
            check=True,
        )
        (HOME / ".installed").touch()
    return python


def _version(python: Path) -> str:
    asked = f"import importlib.metadata as m; print(m.version('{NAME}'))"
    return subprocess.run([str(python), "-c", asked], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _child(python: Path, environment: dict[str, str], what: str, many: int) -> dict[str, Any]:
    done = subprocess.run(
        [str(python), "-m", "bench.peer_site.fill", what, str(many)], cwd=places.ROOT, env=environment,
        input=json.dumps(texts()), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _pages(python: Path, environment: dict[str, str], filled: dict[str, Any], turns: int) -> dict[str, Any]:
    port = free_port()
    command = [
        str(python), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "2", "--no-access-log", "--log-level", "warning",
        "bench.peer_site.wsgi:application",
    ]  # fmt: skip
    server = Running(port, {"web": subprocess.Popen(command, cwd=places.ROOT, env=environment)})
    try:
        wait_for(port, "/login/")
        cookie = {"Cookie": f"sessionid={filled['session']}"}
        desk = Client(port, cookie)

        def table(query: str) -> str:
            return f"/datatables_ticket_list/{query}?draw=1&start=0&length={LIST_LENGTH}&order[0][column]=0"

        found = {
            "list": percentiles([desk.get(table(filled["list"]))[0] for _ in range(turns)]),
            "search": percentiles([desk.get(table(filled["search"]))[0] for _ in range(turns)]),
            "detail": percentiles([desk.get(f"/tickets/{number}/")[0] for number in filled["ids"][: turns * 8]]),
        }
        clients = [Client(port, cookie) for _ in range(4)]

        def create(client: Client, number: int) -> float:
            body = {
                "queue": filled["queue"], "title": f"投诉 {number}", "description": "这件商品用了三天就坏了。",
                "submitter_email": f"customer{number}@maijing.example", "priority": 3,
            }  # fmt: skip
            return client.post("/api/tickets/", body)

        create(clients[0], 0)
        found["create"] = at_once(clients, turns * 40, create)
        return found
    finally:
        server.stop()


def _wait(one: dict[str, float]) -> str:
    return f"p50 {one['p50_ms']:.0f} ms, p95 {one['p95_ms']:.0f} ms"


def _searched(at: dict[str, Any] | None) -> str:
    """Empty where ours was not asked over HTTP, as in older results."""
    page = at["pages"]["lead"].get("search") if at else None
    return f"{_wait(page)}, whole page" if page else ""


def _fired(at: dict[str, Any] | None) -> str:
    """Empty where ours did not fire as many, as in older results."""
    one = at.get("firing_as_peer") if at else None
    return f"{1000 / one['per_second']:.2f} ms each, {one['due']:,} due among {one['among']:,}" if one else ""


def lines_of(found: dict[str, Any], every: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, the peer's figure, ours on SQLite), for the same work on both sides; ours empty where it was not done."""
    ours = every.get("sqlite")
    escalation = found["escalation"]
    each = escalation["seconds"] / max(escalation["escalated"], 1) * 1000
    at = ours["sizes"].get(OURS_AT) or list(ours["sizes"].values())[-1] if ours else None

    return [
        (
            "create over HTTP, 4 clients", f"{found['create']['per_second']:,.0f}/s",
            f"{ours['http']['clients_4']['per_second']:,.0f}/s" if ours else "",
        ),
        (
            f"list, {LIST_LENGTH} rows", _wait(found["list"]),
            f"{_wait(at['pages']['lead']['queue'])}, whole page" if at else "",
        ),
        ("one ticket or case, whole page", _wait(found["detail"]), _wait(at["pages"]["lead"]["case"]) if at else ""),
        (f"search {COMMON}, over HTTP", _wait(found["search"]), _searched(at)),
        (f"escalation of {escalation['escalated']:,} that are due", f"{each:.2f} ms each", _fired(at)),
    ]  # fmt: skip
