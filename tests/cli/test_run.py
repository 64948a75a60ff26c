"""`tuoshan run`: one command, one process group that ends as one; the link for the first administrator."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.network
WITHIN = 60.0
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Running:
    """`tuoshan run` on the SQLite database of a folder (or what `settings` name), with what it says."""

    def __init__(self, folder: Path, port: int, *more: str, within: float = WITHIN, **settings: str) -> None:
        self.within = within
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TUOSHAN_")}
        environment |= {"TUOSHAN_DATA_DIR": str(folder), "TUOSHAN_LOG_LEVEL": "ERROR", "PYTHONUNBUFFERED": "1"}
        environment |= settings
        self.said_to = folder / "said.txt"
        with self.said_to.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tuoshan", "run", "--port", str(port), *more], env=environment, stdout=said,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.said_to.read_text(encoding="utf-8")

    def address(self) -> str:
        """Where it answers, once it says so."""
        limit = time.monotonic() + self.within
        while time.monotonic() < limit:
            if found := re.search(r"Tuoshan: (\S+)", self.said):
                return found[1]
            assert self.process.poll() is None, self.said
            time.sleep(0.1)
        raise AssertionError(f"no address within {self.within} s: {self.said}")

    def others(self) -> list[int]:
        """Processes of its session besides the first one."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self.process.pid and fields[0] != "Z":
                        found.append(int(entry.name))
        return [pid for pid in found if pid != self.process.pid]

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody listens already."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts the processes of a session by /proc")
def test_an_empty_start_gives_a_link_and_an_interrupt_ends_everything(tmp_path: Path, taken: int) -> None:
    running = Running(tmp_path, taken)
    try:
        address = running.address()
        assert str(taken) in running.said, "it says that the port is taken"
        assert not address.endswith(f":{taken}")
        _become_administrator(re.search(rf"{address}/\S+", running.said)[0])  # type: ignore[index]
        assert len(running.others()) >= 3, "granian, a web process, the worker"
        told = f"TUOSHAN_PORT={address.rpartition(':')[2]}".encode()
        assert all(told in Path(f"/proc/{pid}/environ").read_bytes() for pid in running.others()), "links name it"
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.process.wait(timeout=30) == 0
        assert running.others() == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)
    finally:
        running.end()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts the processes of a session by /proc")
@pytest.mark.parametrize("everyone", [True, False], ids=["Ctrl+C", "SIGTERM to the first process"])
def test_a_stop_waits_for_what_is_under_way_and_for_no_open_connection(
    tmp_path: Path, taken: int, everyone: bool
) -> None:
    running = Running(tmp_path, taken)
    try:
        place = httpx.URL(running.address())
        with _browser(place) as idle, _browser(place) as kept, _browser(place) as sending:
            kept.sendall(f"GET /portal/ HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode())
            assert kept.recv(12) == b"HTTP/1.1 200"
            body = b"x" * 50_000
            head = f"POST /evidence/discard HTTP/1.1\r\nHost: {place.host}\r\nContent-Length: {len(body)}\r\n"
            sending.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:9])
            time.sleep(0.5)
            begun = time.monotonic()
            if everyone:
                os.killpg(running.process.pid, signal.SIGINT)
            else:
                running.process.terminate()
            time.sleep(2)
            assert running.process.poll() is None, "somebody is still sending"
            sending.sendall(body[9:])
            assert sending.recv(12) == b"HTTP/1.1 403", "answered, though refused: it has no token"
            assert running.process.wait(timeout=20) == 0
            assert time.monotonic() - begun < 2 + 3
            assert running.others() == [] and idle.fileno() > 0
    finally:
        running.end()


def _browser(place: httpx.URL) -> socket.socket:
    """A connection as a browser opens several of and keeps."""
    made = socket.create_connection((place.host, place.port or 80), timeout=20)
    made.settimeout(20)
    return made


def _become_administrator(link: str) -> None:
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as client:
        form = client.get(link)
        assert form.status_code == 200
        token = CSRF.search(form.text)
        assert token is not None
        done = client.post(str(form.url), data={
            "csrfmiddlewaretoken": token[1], "company": "麦鲸百货", "display_name": "管系统", "username": "admin",
            "password1": "maijing-first-77", "password2": "maijing-first-77",
        })  # fmt: skip
        assert done.status_code == 200
        assert client.get(link).status_code != 200 or CSRF.search(client.get(link).text) is None, "it works once"


def test_a_run_at_a_terminal_begins_a_log_of_requests_unless_the_settings_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.cli.run import apart

    monkeypatch.setenv("TUOSHAN_REQUEST_LOG", "")
    assert apart(tmp_path, "elsewhere.log") == "" and os.environ["TUOSHAN_REQUEST_LOG"] == ""
    log = tmp_path / "new" / "requests.log"
    assert apart(log.parent, "") == str(log) == os.environ["TUOSHAN_REQUEST_LOG"]
    log.write_text("yesterday's", encoding="utf-8")
    apart(log.parent, "")
    assert log.read_text(encoding="utf-8") == ""
