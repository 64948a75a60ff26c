"""README's section on PostgreSQL with several nodes, followed in an empty place: somebody gets in."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from tests.cli.places import Place

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"^## [^\n]*PostgreSQL.*?^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEYS = ("TUOSHAN_SECRET_KEY", "TUOSHAN_FIELD_KEYS", "TUOSHAN_INDEX_KEY")
PASSWORD = "maijing-first-77"
GIVEN_HERE = {"TUOSHAN_DATABASE_URL", "TUOSHAN_DATA_DIR"}
"""What a test cannot take as it stands: there is no host `db` here, and no /srv."""


def steps(readme: str) -> list[str]:
    """The lines of the section, without what is said about them."""
    [block] = SECTION.findall((ROOT / readme).read_text(encoding="utf-8"))
    return [line.partition("#")[0].strip() for line in block.splitlines()]


def test_both_languages_say_the_same_steps() -> None:
    assert steps("README.md") == steps("README.zh-CN.md")


class Browser:
    """Somebody who reaches a node through the proxy that speaks TLS; keeps what they are given."""

    def __init__(self, port: int, public: str) -> None:
        self.public = public
        self.cookies: dict[str, str] = {}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)

    def _ask(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {
            "Host": urlsplit(self.public).netloc, "X-Forwarded-Host": urlsplit(self.public).netloc,
            "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Referer": f"{self.public}{path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        answer = self.client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]
        self.cookies |= dict(answer.cookies.items())
        return answer

    def read(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Fill in the form that stands there."""
        token = CSRF.search(self.read(path).text)
        assert token is not None, path
        return self._ask("POST", path, data={"csrfmiddlewaretoken": token[1], **fields})


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, "nodes")


@pytest.fixture
def served(place: Place, port: int) -> Iterator[list[str]]:
    """Where the walk puts the words of `serve`; what it began ends with the test."""
    begun: list[subprocess.Popen[bytes]] = []

    class Serving(list[str]):
        def append(self, words: str) -> None:
            super().append(words)
            command = [sys.executable, "-m", *words.split(), "--address", "127.0.0.1", "--port", str(port)]
            begun.append(subprocess.Popen(command, env=place.environment))

    yield Serving()
    for one in begun:
        one.terminate()
        one.wait(timeout=30)


@pytest.mark.network
def test_who_follows_the_readme_gets_in(place: Place, port: int, served: list[str]) -> None:
    told: dict[str, str] = {}
    for step in steps("README.md"):
        if step.startswith("export "):
            _export(place, step, told)
        elif step == "tuoshan serve":
            served.append(step)
        elif step == "tuoshan worker":
            place.run("worker", "--until-idle")
        else:
            words = step.removeprefix("tuoshan ")
            told[words] = place.run(*words.split()).stdout
    assert len(set(map(place.environment.get, KEYS))) == 3
    assert not (place.data / "keys").exists(), "the keys stand in the environment alone"
    assert "tuoshan first-administrator" in told["migrate"], "it says how to go on"
    public = place.environment["TUOSHAN_PUBLIC_URL"]
    [link] = re.findall(rf"{re.escape(public)}/\S+", told["first-administrator"])
    browser = Browser(port, public)
    _wait_for(browser)
    form = link.removeprefix(public)
    made = browser.send(
        form, company="麦鲸百货", display_name="管系统", username="admin", password1=PASSWORD, password2=PASSWORD
    )
    assert made.status_code == 302, made.text
    assert browser.read(form).status_code == 410, "it works once"
    _signs_in(browser, made.headers["Location"].partition("?")[0])
    refused = place.run("first-administrator", ends=1)
    assert "已经有管理员" in refused.stderr and "administers this system already" in refused.stderr
    assert not refused.stdout
    assert "first-administrator" not in place.run("migrate").stdout


def _export(place: Place, step: str, told: dict[str, str]) -> None:
    """Set the variables as the line says, each `…` filled in from what was printed before."""
    printed = dict(line.split("=", 1) for line in told["keys environment"].splitlines())
    for name, value in (part.split("=", 1) for part in step.split()[1:]):
        if name not in GIVEN_HERE:
            place.environment[name] = printed[name] if value == "…" else value


def _wait_for(browser: Browser) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            assert browser.read("/healthz").status_code == 200
            return
        except httpx.ConnectError:
            time.sleep(0.2)
    raise AssertionError("nobody answers")


def _signs_in(browser: Browser, sign_in: str) -> None:
    assert browser.read("/").status_code == 302, "not signed in yet"
    done = browser.send(sign_in, login="admin", password=PASSWORD)
    assert done.status_code == 302, done.text
    inside = browser.read(done.headers["Location"])
    while inside.status_code == 302:
        inside = browser.read(inside.headers["Location"])
    assert inside.status_code == 200 and "管系统" in inside.text


def test_keys_for_the_environment_are_whole_new_and_stored_nowhere(tmp_path: Path) -> None:
    place = Place(tmp_path, "unread")
    place.environment["TUOSHAN_DATA_DIR"] = str(tmp_path / "never-made")
    first, second = place.run("keys", "environment"), place.run("keys", "environment")
    made = dict(line.split("=", 1) for line in first.stdout.splitlines())
    assert tuple(made) == KEYS
    Fernet(made["TUOSHAN_FIELD_KEYS"])
    assert all(len(key) >= 32 and re.fullmatch(r"[\w=-]+", key) for key in made.values()), "no shell minds them"
    assert not set(made.values()) & {line.split("=", 1)[1] for line in second.stdout.splitlines()}
    assert "没有存到任何地方" in first.stderr and "Stored nowhere" in first.stderr
    assert not (tmp_path / "never-made").exists()


def test_before_any_table_it_says_what_comes_first(tmp_path: Path) -> None:
    refused = Place(tmp_path, "empty").run("first-administrator", ends=1)
    assert "tuoshan migrate" in refused.stderr and "没有表" in refused.stderr


def test_a_lost_link_is_had_again_and_the_first_one_used_ends_them_all(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.test import Client

    from tuoshan.cli.administrator import first_administrator
    from tuoshan.parties.models import Person

    links = []
    for _ in range(2):
        first_administrator()
        links += re.findall(r"http\S+", capsys.readouterr().out)
    lost, again = (urlsplit(link).path for link in links)
    assert lost != again
    fields = {"company": "麦鲸百货", "display_name": "管系统", "username": "admin"}
    assert Client().post(again, {**fields, "password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert Person.objects.get().username == "admin"
    assert Client().get(lost).status_code == 410
