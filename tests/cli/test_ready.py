"""No command works on a database with keys that are not its own, or without tables; and it makes no keys on the way."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.places import Place, seed

OTHER_KEYS = {
    "TUOSHAN_SECRET_KEY": "another-secret-key-of-forty-eight-signs-or-so-here",
    "TUOSHAN_FIELD_KEYS": "another field key",
    "TUOSHAN_INDEX_KEY": "another index key",
}
READ_OR_WORK = (
    ("worker", "--until-idle"), ("serve",), ("verify",), ("export", "cases", "--out", "x.xlsx"),
    ("keys", "rotate"), ("first-administrator",), ("playbook", "migrate", "complaint"), ("reindex",),
)  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A few cases with keys in DATA_DIR/keys, worked on once, so that their proof is there."""
    place = Place(tmp_path_factory.mktemp("ready"), "ready")
    seed(place)
    place.run("worker", "--until-idle")
    return place


class With:
    """A place's environment for a while."""

    def __init__(self, place: Place, **variables: str) -> None:
        self.place, self.variables, self.before = place, variables, dict(place.environment)

    def __enter__(self) -> Place:
        self.place.environment.update(self.variables)
        return self.place

    def __exit__(self, *_error: object) -> None:
        self.place.environment = self.before


@pytest.mark.parametrize("command", READ_OR_WORK, ids=lambda command: command[0])
def test_keys_that_do_not_fit_end_it_in_words(company: Place, command: tuple[str, ...]) -> None:
    with With(company, **OTHER_KEYS):
        refused = company.run(*command, ends=1)
    assert "与数据库不符" in refused.stderr and "do not fit the database" in refused.stderr
    assert "tuoshan keys adopt" in refused.stderr and "TUOSHAN_FIELD_KEYS" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("variable", list(OTHER_KEYS))
def test_one_wrong_key_is_enough(company: Place, variable: str) -> None:
    with With(company, **{variable: OTHER_KEYS[variable]}):
        refused = company.run("worker", "--until-idle", ends=1)
    assert ("index key does not fit" in refused.stderr) is (variable == "TUOSHAN_INDEX_KEY")
    is_signing = variable == "TUOSHAN_SECRET_KEY"
    assert ("签名密钥（TUOSHAN_SECRET_KEY）与数据库不符" in refused.stderr) is is_signing
    assert ("everybody signs in anew; no data is lost" in refused.stderr) is is_signing


def test_a_node_without_the_keys_makes_none(company: Place, tmp_path: Path) -> None:
    with With(company, TUOSHAN_DATA_DIR=str(tmp_path), TUOSHAN_DATABASE_URL=_database(company)):
        for command in READ_OR_WORK[:3]:
            refused = company.run(*command, ends=1)
            assert "缺少密钥" in refused.stderr and "There is no TUOSHAN_SECRET_KEY" in refused.stderr, command
    assert not (tmp_path / "keys").exists()


def test_a_command_that_reads_makes_no_keys(tmp_path: Path) -> None:
    place = Place(tmp_path, "read")
    place.run("migrate")
    place.run("verify")
    place.run("keys", "list")
    assert not (place.data / "keys" / "fields").exists()
    place.run("worker", "--until-idle")
    assert {"fields", "index", "secret"} <= {path.name for path in (place.data / "keys").iterdir()}


def _database(place: Place) -> str:
    return place.environment.get("TUOSHAN_DATABASE_URL") or f"sqlite:///{place.data / 'tuoshan.sqlite3'}"


PROOF = "from tuoshan.readiness.models import KeyProof"
FORGET = f"{PROOF}; KeyProof.objects.all().delete()"
PROOFS = f"{PROOF}; print(KeyProof.objects.count())"


def test_a_database_from_before_gets_its_proof_from_who_can_read_it(company: Place) -> None:
    company.python(FORGET)
    with With(company, **OTHER_KEYS):
        assert "do not fit" in company.run("worker", "--until-idle", ends=1).stderr
    index = {"TUOSHAN_INDEX_KEY": OTHER_KEYS["TUOSHAN_INDEX_KEY"]}
    with With(company, **index):
        assert "index key does not fit" in company.run("worker", "--until-idle", ends=1).stderr
    company.run("verify")
    assert company.python(PROOFS) == "0", "who only reads writes nothing"
    company.run("worker", "--until-idle")
    assert company.python(PROOFS) == "3"


def test_a_database_from_before_gets_the_proof_of_the_key_that_signs_at_its_next_start(tmp_path: Path) -> None:
    place = Place(tmp_path, "unsigned")
    seed(place)
    place.run("worker", "--until-idle")
    place.python(f"{PROOF}; KeyProof.objects.filter(kind='signing').delete()")
    other = {"TUOSHAN_SECRET_KEY": OTHER_KEYS["TUOSHAN_SECRET_KEY"]}
    with With(place, **other):
        place.run("verify")
        assert place.python(PROOFS) == "2", "who only reads proves none"
    place.run("worker", "--until-idle")
    assert place.python(PROOFS) == "3"
    with With(place, **other):
        for command in (("verify",), ("serve",), ("worker", "--until-idle")):
            assert "signing key (TUOSHAN_SECRET_KEY) does not fit" in place.run(*command, ends=1).stderr
        place.run("keys", "adopt", "--yes")
        place.run("worker", "--until-idle")
        assert "0 faults" in place.run("verify").stdout, "nothing else is lost with it"
    assert "tuoshan keys adopt" in place.run("worker", "--until-idle", ends=1).stderr


def test_a_new_key_that_signs_comes_to_every_node_in_turn(tmp_path: Path) -> None:
    place = Place(tmp_path, "signing")
    given = {"TUOSHAN_FIELD_KEYS": "f", "TUOSHAN_INDEX_KEY": "i"}

    def starts(keys: str) -> bool:
        with With(place, **given, TUOSHAN_SECRET_KEY=keys):
            try:
                place.run("worker", "--until-idle")
            except AssertionError as refused:
                assert "签名密钥" in str(refused)
                return False
        return True

    with With(place, **given, TUOSHAN_SECRET_KEY="old"):
        seed(place)
    assert starts("old") and not starts("new")
    assert starts("old,new"), "behind the old one on each node"
    assert starts("old") and starts("new,old"), "then before it, on one node after the other"
    assert starts("old,new") and starts("new,old")
    assert not starts("old"), "it would not believe what the others sign"
    assert starts("new") and not starts("other,old")


def test_a_retired_key_that_signed_is_the_databases_no_more(tmp_path: Path) -> None:
    place = Place(tmp_path, "retired")
    seed(place)
    place.run("worker", "--until-idle")
    old = (place.data / "keys" / "secret").read_text(encoding="ascii").strip()
    place.run("keys", "new", "signing")
    place.run("keys", "retire", "signing")
    place.run("worker", "--until-idle")
    (place.data / "keys" / "secret").write_text(old, encoding="ascii")
    assert "签名密钥" in place.run("worker", "--until-idle", ends=1).stderr


def test_rotation_with_several_keys_leaves_no_node_behind_that_knows_only_the_old(tmp_path: Path) -> None:
    place = Place(tmp_path, "rotating")
    old, new = {"TUOSHAN_SECRET_KEY": "s", "TUOSHAN_INDEX_KEY": "i", "TUOSHAN_FIELD_KEYS": "old"}, "new"
    with With(place, **old):
        seed(place)
        place.run("worker", "--until-idle")
    with With(place, **old | {"TUOSHAN_FIELD_KEYS": f"old,{new}"}):
        place.run("worker", "--until-idle")
    with With(place, **old):
        place.run("worker", "--until-idle")
    with With(place, **old | {"TUOSHAN_FIELD_KEYS": f"{new},old"}):
        place.run("worker", "--until-idle")
        with With(place, TUOSHAN_FIELD_KEYS="old"):
            assert "do not fit" in place.run("worker", "--until-idle", ends=1).stderr, "it could not read the new"
        with With(place, TUOSHAN_FIELD_KEYS=new):
            assert "do not fit" in place.run("worker", "--until-idle", ends=1).stderr, "nothing is rotated yet"
        place.run("keys", "rotate")
    with With(place, **old | {"TUOSHAN_FIELD_KEYS": new}):
        place.run("worker", "--until-idle")
        assert "0 faults" in place.run("verify").stdout


def test_lost_keys_are_given_up_by_name(tmp_path: Path) -> None:
    place = Place(tmp_path, "lost")
    seed(place)
    place.run("worker", "--until-idle")
    with With(place, **OTHER_KEYS):
        place.run("worker", "--until-idle", ends=1)
        place.run("keys", "adopt", "--yes")
        place.run("worker", "--until-idle")
    assert "do not fit" in place.run("worker", "--until-idle", ends=1).stderr


@pytest.mark.parametrize("command", [("serve",), ("worker", "--until-idle"), ("verify",)], ids=lambda one: one[0])
def test_without_tables_it_says_what_comes_first(tmp_path: Path, command: tuple[str, ...]) -> None:
    refused = Place(tmp_path, "bare").run(*command, ends=1)
    assert "请先运行 tuoshan migrate" in refused.stderr and "run tuoshan migrate first" in refused.stderr


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    place = Place(tmp_path, "away")
    place.environment["TUOSHAN_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    refused = place.run("worker", "--until-idle", ends=1)
    assert "连不上数据库" in refused.stderr and "cannot be reached" in refused.stderr
    assert not (place.data / "keys").exists(), "it may hold cases"


@pytest.mark.network
def test_serve_prints_its_address_and_its_health_says_why_not(tmp_path: Path) -> None:
    place = Place(tmp_path, "health")
    place.run("migrate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path / "said.txt"
    with said.open("wb") as file:
        web = subprocess.Popen(
            [sys.executable, "-m", "tuoshan", "serve", "--port", str(port)],
            env=place.environment | {"PYTHONUNBUFFERED": "1"}, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        assert _health(port).status_code == 200
        assert f"http://127.0.0.1:{port}" in said.read_text(encoding="utf-8")
        place.python(f"{PROOF}; KeyProof.objects.filter(kind='index').update(mark='x')")
        wrong = _health(port)
        assert wrong.status_code == 503 and "index key does not fit" in wrong.text and "密钥" in wrong.text
        place.python("from django.db import connection; connection.cursor().execute('DROP TABLE readiness_keyproof')")
        wrong = _health(port)
        assert wrong.status_code == 503 and "run tuoshan migrate first" in wrong.text
    finally:
        web.terminate()
        web.wait(timeout=30)


def _health(port: int) -> httpx.Response:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=30)
        except httpx.ConnectError:
            time.sleep(0.2)
    raise AssertionError("nobody answers")


def test_another_server_gets_an_application_that_says_why(company: Place) -> None:
    ask = (
        "from tuoshan.wsgi import application; told = []; "
        "body = b''.join(application({}, lambda status, headers: told.append(status))); "
        "print(told[0], body.decode())"
    )
    with With(company, **OTHER_KEYS):
        told = company.python(ask)
    assert told.startswith("503") and "do not fit the database" in told
