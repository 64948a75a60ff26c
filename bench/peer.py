"""The same work on django-helpdesk, in an environment of its own: create, list, one ticket, search, escalation."""

import json
import os
import subprocess
import tempfile
import venv
from pathlib import Path
from typing import Any

from bench.web import Client, Running, at_once, free_port, percentiles, wait_for
from bench.words import texts

from bench import places

NAME = "django-helpdesk"
HOME = places.OUT / "peer-venv"
LIST_LENGTH = 40
OURS_AT = "100000"


def measure(ours: dict[str, Any], tickets: int = 100_000, escalated: int = 5_000, turns: int = 5) -> dict[str, Any]:
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
        "lines": _lines(found, ours.get("sqlite")),
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


def _lines(found: dict[str, Any], ours: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    escalation = found["escalation"]
    each = escalation["seconds"] / max(escalation["escalated"], 1) * 1000
    at = ours["sizes"].get(OURS_AT) or list(ours["sizes"].values())[-1] if ours else None

    def wait(one: dict[str, float]) -> str:
        return f"p50 {one['p50_ms']:.0f} ms, p95 {one['p95_ms']:.0f} ms"

    return [
        (
            "create over HTTP, 4 clients", f"{found['create']['per_second']:,.0f}/s",
            f"{ours['http']['clients_4']['per_second']:,.0f}/s" if ours else "",
        ),
        (
            f"list, {LIST_LENGTH} rows", wait(found["list"]),
            f"{wait(at['pages']['lead']['queue'])}, whole page" if at else "",
        ),
        ("one ticket or case, whole page", wait(found["detail"]), wait(at["pages"]["lead"]["case"]) if at else ""),
        ("search 退货", wait(found["search"]), f"{wait(at['search']['lead_common'])}, query and rows" if at else ""),
        (
            f"escalation of {escalation['escalated']:,} that are due", f"{each:.2f} ms each",
            f"{1000 / at['firing']['per_second']:.2f} ms each" if at else "",
        ),
    ]  # fmt: skip
