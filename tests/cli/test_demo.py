"""`tuoshan demo` and `tuoshan run --demo`: a company to look at, made anew when asked, kept when not."""

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest
from tests.cli.places import Place
from tests.cli.test_run import Running

from tuoshan.demo.logins import LOGINS, PASSWORD

SMALL = ("--scale", "0.02")
NUMBERS = "from tuoshan.cases.models import Case; print(sorted(Case.objects.values_list('number')))"
NEWCOMERS = "from tuoshan.parties.models import Person; print(Person.objects.filter(username='newcomer').count())"
COUNT = "from tuoshan.cases.models import Case; print(Case.objects.count())"
HEADS = "from tuoshan.cases.models import Case; print(sorted(Case.objects.values_list('number', 'head_hash')))"
REAL = """
from tuoshan.parties.models import OrgUnit, Person
root = OrgUnit.objects.create(code='hq', name_zh='真的公司', kind='company')
Person.objects.create_user('real', 'x', roles=('agent',), unit=root, display_name='真人')
"""


@pytest.fixture
def unused_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def logins_shown(said: str) -> bool:
    """Every account with what it is in both languages, and the password that they share."""
    return all(name in said and zh in said and en in said for name, zh, en in LOGINS) and PASSWORD in said


@pytest.mark.slow
def test_a_demo_is_made_anew_only_when_asked(tmp_path: Path) -> None:
    place = Place(tmp_path, "demo_anew")
    made = place.run("demo", *SMALL)
    assert logins_shown(made.stdout)
    assert "生成演示公司" in made.stdout and "Making the demo company" in made.stdout
    many = int(place.python(COUNT))
    assert many > 0 and f"{many} 件工单" in made.stdout and f"{many} cases" in made.stdout
    heads = place.python(HEADS)
    refused = place.run("demo", *SMALL, ends=1)
    assert "演示未生成" in refused.stderr and "No demo" in refused.stderr
    assert place.python(HEADS) == heads
    kept = place.data / "evidence" / "left-over.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("x")
    assert logins_shown(place.run("demo", "--reset", *SMALL, "--seed", "4").stdout)
    assert place.python(HEADS) != heads and not kept.exists()
    place.run("verify")


def test_a_company_that_is_no_demo_is_never_emptied(tmp_path: Path) -> None:
    place = Place(tmp_path, "demo_real")
    place.run("migrate")
    place.python(REAL)
    refused = place.run("demo", "--reset", ends=2)
    assert "不会清空" in refused.stderr and "is not emptied" in refused.stderr
    assert place.python("from tuoshan.parties.models import Person; print(Person.objects.count())") == "1"


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts the processes of a session by /proc")
def test_a_run_with_the_demo_lets_everybody_in_and_a_second_one_keeps_what_they_did(
    tmp_path: Path, unused_port: int, on_postgres: bool
) -> None:
    place = Place(tmp_path, "demo_run")
    if on_postgres:  # the whole demo takes minutes on a slow machine: the first start makes it on SQLite alone
        place.run("demo", *SMALL)
    environment = {key: value for key, value in place.environment.items() if key.startswith("TUOSHAN_")}
    numbers = ""
    for start in ("first", "second"):
        running = Running(place.data, unused_port, "--demo", within=600.0, **environment)
        try:
            address = running.address()
            assert httpx.get(f"{address}/healthz", trust_env=False, timeout=30).status_code == 200
            assert logins_shown(running.said)
            assert ("生成演示公司" in running.said) == (start == "first" and not on_postgres), running.said
            os.killpg(running.process.pid, signal.SIGINT)
            assert running.process.wait(timeout=60) == 0 and running.others() == []
        finally:
            running.end()
        if start == "first":
            place.python(REAL.replace("'hq'", "'extra'").replace("'real'", "'newcomer'"))
            numbers = place.python(NUMBERS)
    assert place.python(NUMBERS) == numbers != "[]"
    assert place.python(NEWCOMERS) == "1"
