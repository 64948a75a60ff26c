"""A house with three people, a customer, a complaint, and servers of our own on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def house(db: None, clock: Any, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """The agent 林悦 handles, the supervisor 周明 leads, 王芳 is the customer."""
    from tests.integrations.house import complaint_playbook, make_house

    from tuoshan.cases import calendars, library

    settings.DATA_DIR = tmp_path
    settings.PUBLIC_URL = "https://service.example.cn"
    settings.EMAIL_HOST = ""
    settings.ROOT_URLCONF = "tests.integrations.urls"
    calendars.forget()
    playbook, fragments = complaint_playbook()
    with library.using(playbook, fragments=fragments):
        yield make_house()
    calendars.forget()


@dataclass
class Gateway:
    """An HTTP gateway: answers what stands in `answers`, one after the other, then the last for ever."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {"code": 0, "id": "m-1"})])
    calls: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway for short messages that listens on loopback."""
    made = Gateway()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            text = self.rfile.read(length).decode()
            made.calls.append({"path": self.path, "headers": dict(self.headers), "body": text})
            status, answer = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    yield made
    server.shutdown()
    server.server_close()


class Post:
    """What an SMTP server took, and what it says to recipients."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.says = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import email
        from email import policy

        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A real SMTP server on loopback, configured."""
    import socket

    from aiosmtpd.controller import Controller

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Post()
    server = Controller(made, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "妥善客服 <service@example.cn>"
    yield made
    server.stop()


@pytest.fixture
def work() -> Callable[[], int]:
    """Do everything that is due now."""
    from tuoshan.agenda.worker import drain

    return drain
