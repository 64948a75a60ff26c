"""Freezing a case, letting it go on, and taking the last step back, at the desk: by whom it is, and by nobody else."""

import re
from typing import Any

import pytest
from tests.workbench.deskhouse import desk

__all__ = ["desk"]
GROUND = {"hold_ground": "court", "hold_note": "（2026）京01民初 8 号"}


def hidden(desk: Any, who: str, address: str) -> dict[str, str]:
    """The fields that a browser sends back unseen."""
    answer = desk.htmx(who, "get", address)
    assert answer.status_code == 200, answer.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(seq|key|upload_token|task)" value="([^"]*)"',
                           answer.content.decode()))  # fmt: skip


def sent(desk: Any, who: str, address: str, **values: str) -> Any:
    return desk.htmx(who, "post", address, hidden(desk, who, address) | values)


def page(desk: Any, who: str, case: Any) -> str:
    return str(desk.client(who).get(f"/case/{case.number}").content.decode())


def denied(desk: Any, who: str, address: str, **values: str) -> str:
    """The form is not offered, and sent all the same it is refused in words."""
    assert desk.htmx(who, "get", address).status_code == 404
    answer = desk.htmx(who, "post", address, values)
    assert answer.status_code == 409
    return str(answer.content.decode())


@pytest.fixture
def case(desk: Any) -> Any:
    return desk.accepted()


def test_a_lead_freezes_a_case_and_lets_it_go_on(desk: Any, case: Any) -> None:
    hold, release = (f"/case/{case.number}/do/{step}/suspended" for step in ("hold", "release"))
    assert sent(desk, "lead", hold, **GROUND).status_code == 204
    assert desk.read(case).held == "suspended" and release in page(desk, "lead", case)
    assert desk.htmx("lead", "get", hold).status_code == 404
    refused = desk.house.act(case, "propose")
    assert refused.refusal is not None and refused.refusal.because == "on_hold"
    assert sent(desk, "lead", release).status_code == 204
    assert desk.read(case).held == "" and release not in page(desk, "lead", case)


def test_a_freeze_needs_its_ground(desk: Any, case: Any) -> None:
    answer = sent(desk, "lead", f"/case/{case.number}/do/hold/suspended", hold_note="没有写依据")
    assert answer.status_code == 422 and "没有写依据" in answer.content.decode()
    assert desk.read(case).held == ""


def test_an_agent_neither_freezes_nor_lets_go_on(desk: Any, case: Any) -> None:
    hold, release = (f"/case/{case.number}/do/{step}/suspended" for step in ("hold", "release"))
    assert hold not in page(desk, "agent", case) and hold in page(desk, "lead", case)
    denied(desk, "agent", hold, **GROUND)
    assert desk.read(case).held == ""
    sent(desk, "lead", hold, **GROUND)
    denied(desk, "agent", release)
    assert desk.read(case).held == "suspended"


def test_the_last_step_is_taken_back_by_a_lead_alone(desk: Any) -> None:
    case = desk.proposed(amount="300")
    back = f"/case/{case.number}/do/act/step_back"
    denied(desk, "agent", back, reason="金额有误")
    assert desk.read(case).state == "approving"
    assert sent(desk, "lead", back).status_code == 422
    assert sent(desk, "lead", back, reason="金额有误").status_code == 204
    assert desk.read(case).state == "proposing" and "金额有误" in page(desk, "lead", case)
