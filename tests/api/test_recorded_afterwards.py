"""What was done in time and is recorded afterwards, over the API and at the desk: where the playbook lets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.api.callers import Caller
from tests.integrations.house import make_house
from tests.workbench.deskhouse import Desk

from tuoshan import clock as product_clock
from tuoshan.cases import calendars, library
from tuoshan.core.reading import read_playbook

PROMISED = timedelta(hours=4)
ASKED = "if: times.promise > 0}"


@pytest.fixture
def desk(db: None, clock: Any, settings: Any, tmp_path: Path) -> Iterator[Desk]:
    """The complaint, in which a kept promise may be recorded afterwards."""
    settings.DATA_DIR = tmp_path
    calendars.forget()
    fragments = {
        path.stem: path.read_text(encoding="utf-8") for path in (library.PACKAGED / library.FRAGMENTS).glob("*.yaml")
    }
    assert fragments["common"].count(ASKED) == 1
    fragments["common"] = fragments["common"].replace(ASKED, "if: times.promise > 0, backdate: true}")
    text = (library.PACKAGED / "complaint.yaml").read_text(encoding="utf-8")
    playbook, findings = read_playbook(text, "complaint.yaml", fragments)
    assert playbook is not None, findings
    with library.using(playbook, fragments=fragments):
        yield Desk(make_house())
    calendars.forget()


@pytest.fixture
def promised(desk: Desk, clock: Any) -> Any:
    """A case with a promise for 13:00; it is 14:00 now."""
    case = desk.accepted()
    begun = product_clock.now()
    done = desk.house.act(case, "promise", promised_at=begun + PROMISED, promised_what="回电")
    assert done.accepted, done.refusal
    clock.advance(timedelta(hours=5))
    return desk.read(case)


def ago(hours: int) -> str:
    return (product_clock.now() - timedelta(hours=hours)).isoformat()


def clock_of(program: Caller, number: str) -> Any:
    return next(one for one in program.get(f"/cases/{number}/clocks") if one["name"] == "promised")


def test_a_promise_kept_in_time_and_recorded_afterwards_counts_as_kept(desk: Desk, promised: Any) -> None:
    agent = Caller(desk.people["agent"], "write")
    path = f"/cases/{promised.number}"
    offered = {one["name"]: one["backdate"] for one in agent.get(f"{path}/possible") if one["kind"] == "act"}
    assert offered["keep"] is True and set(offered.values()) == {True, False}
    body = {"values": {"kept_how": "已回电"}, "at": ago(2)}
    agent.post(f"{path}/actions/keep", body, key="k")
    told = clock_of(agent, promised.number)
    assert (told["standing"], told["recorded_late"]) == ("kept", True)
    assert agent.post(f"{path}/actions/keep", body, key="k")["replayed"]
    otherwise = agent.post(f"{path}/actions/keep", {**body, "at": ago(3)}, key="k", expect=409)
    assert otherwise["code"] == "key_used_otherwise"
    page = desk.client("agent").get(f"/case/{promised.number}").content.decode()
    assert "实际发生于" in page and "按时完成，事后补记" in page


def test_without_that_moment_it_is_late(desk: Desk, promised: Any) -> None:
    agent = Caller(desk.people["agent"], "write")
    agent.post(f"/cases/{promised.number}/actions/keep", {"values": {}})
    told = clock_of(agent, promised.number)
    assert (told["standing"], told["recorded_late"]) == ("ended_late", False)


@pytest.mark.parametrize(
    ("action", "hours", "code", "words"),
    [
        ("claim", 2, "not_backdated", "is recorded at the present moment"),
        ("keep", -1, "moment_ahead", "cannot have happened after now"),
        ("keep", 6, "moment_before_case", "cannot have happened before the case began"),
    ],
)
def test_an_earlier_moment_has_its_limits(
    action: str, hours: int, code: str, words: str, desk: Desk, promised: Any
) -> None:
    agent = Caller(desk.people["agent"], "write", language="en")
    values = {"handler": str(desk.people["agent"].pk), "taken_because": "补记"} if action == "claim" else {}
    body = {"values": values, "at": ago(hours)}
    refused = agent.post(f"/cases/{promised.number}/actions/{action}", body, expect=422)
    assert refused["code"] == code and words in refused["detail"]
    assert clock_of(agent, promised.number)["standing"] == "late" and desk.read(promised).seq >= promised.seq


def test_tasks_and_freezes_are_recorded_now(desk: Desk, promised: Any) -> None:
    lead = Caller(desk.people["lead"], "write")
    for path in ("tasks/site_visit%231", "holds/suspended"):
        refused = lead.post(f"/cases/{promised.number}/{path}", {"at": ago(2)}, expect=422)
        assert refused["facts"]["fields"]["at"]
    assert desk.read(promised).held == ""


def form(desk: Desk, address: str) -> tuple[dict[str, str], str]:
    text = desk.htmx("agent", "get", address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(seq|key)" value="([^"]*)"', text)), text


def test_the_desk_asks_for_it_where_the_playbook_does_and_keeps_what_was_typed(desk: Desk, promised: Any) -> None:
    address = f"/case/{promised.number}/do/act"
    assert "happened-at" not in form(desk, f"{address}/transfer")[1]
    hidden, text = form(desk, f"{address}/keep")
    assert "实际发生时间" in text and 'name="happened-at_0"' in text
    tomorrow = {"happened-at_0": "2026-03-03", "happened-at_1": "09:00", "kept_how": "已回电"}
    for moment, words in ((tomorrow, "不能晚于现在"), (tomorrow | {"happened-at_0": "31/31"}, "happened-at")):
        refused = desk.htmx("agent", "post", f"{address}/keep", hidden | moment)
        assert refused.status_code == 422 and words in refused.content.decode()
        assert "已回电" in refused.content.decode()
    noon = {"happened-at_0": "2026-03-02", "happened-at_1": "12:00", "kept_how": "已回电"}
    assert desk.htmx("agent", "post", f"{address}/keep", hidden | noon).status_code == 204
    told = clock_of(Caller(desk.people["agent"], "read"), promised.number)
    assert (told["standing"], told["recorded_late"]) == ("kept", True)
