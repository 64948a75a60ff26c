"""Steps that are a person's own but forbidden now stand on the case, greyed, with the reason in plain words."""

import re
from typing import Any

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401

pytestmark = pytest.mark.django_db

FIRST = "您参与了第一次决定，申诉要由另一位同事复核。"


def button(page: str, name: str) -> str:
    """The opening tag of the button that opens this action's form; empty where there is none."""
    found = re.search(rf'<button[^>]*data-opens="do-act-{name}"[^>]*>', page)
    return found[0] if found else ""


def page_of(house: Any, who: str, case: Any, language: str = "zh-hans") -> str:
    client = house.client(who)
    client.cookies["tuoshan_language"] = language
    answer = client.get(f"/case/{case.number}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def reasons(page: str) -> str:
    found = re.search(r'<ul[^>]*id="barred">(.*?)</ul>', page, re.S)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


@pytest.fixture
def appealed(desk: Any) -> Any:  # noqa: F811
    """Not upheld by somebody at the desk who is a supervisor as well; the customer appeals."""
    from tests.portal.house import proof

    from tuoshan.cases import service
    from tuoshan.parties.models import Person

    unit = desk.people["lead"].unit
    person = Person.objects.create_user("duo", "x", roles=("agent", "supervisor"), unit=unit, display_name="多面手")
    desk.people["both"] = person
    case = desk.complaint()
    done = service.act(
        case_id=case.pk, action="unfounded", values={"category": "1", "why": "须手洗"},
        evidence=[proof(case, visible=True)],
        actor=service.ActingAs("person", person.pk, person, frozenset({"service_desk"})),
    )  # fmt: skip
    assert done.accepted, done.refusal
    done = service.act(case_id=case.pk, action="appeal", actor=desk.customer(case), values={"appeal_reason": "没写"})
    assert done.accepted, done.refusal
    return desk.read(case)


def test_who_decided_first_sees_both_decisions_greyed_with_the_reason(desk: Any, appealed: Any) -> None:  # noqa: F811
    page = page_of(desk, "both", appealed)
    for name in ("uphold", "overturn"):
        assert " disabled" in button(page, name) and 'aria-describedby="barred"' in button(page, name)
        assert "data-key" not in button(page, name)
    assert reasons(page).strip() == f"维持原结论、改判：{FIRST}"
    english = page_of(desk, "both", appealed, "en")
    assert "Uphold, Overturn: You took part in the first decision" in reasons(english)


def test_another_reviewer_may_press_them_and_others_do_not_see_them(desk: Any, appealed: Any) -> None:  # noqa: F811
    page = page_of(desk, "lead", appealed)
    assert button(page, "overturn") and " disabled" not in button(page, "overturn") and not reasons(page)
    for who in ("agent", "auditor", "finance"):
        answer = desk.client(who).get(f"/case/{appealed.number}")
        assert answer.status_code != 200 or not button(answer.content.decode(), "overturn")


def test_the_appeal_is_not_assigned_to_whoever_decided_first(desk: Any, appealed: Any) -> None:  # noqa: F811
    import json

    from tuoshan.core.case import CaseState

    state = CaseState.from_json(json.loads(appealed.snapshot))
    assert state.assigned["reviewer"] not in ("", str(desk.people["both"].pk))


def test_pressed_all_the_same_it_is_refused_in_the_same_words(desk: Any, appealed: Any) -> None:  # noqa: F811
    address = f"/case/{appealed.number}/do/act/overturn"
    answer = desk.client("both").post(address, {"review_why": "还是我", "seq": str(appealed.seq), "key": "k"})
    assert answer.status_code == 422 and FIRST in answer.content.decode()
    assert desk.read(appealed).state == "appealed"


@pytest.mark.parametrize(
    ("amount", "mine", "theirs", "who"), [("400", "lead", "manager", "客服主管"), ("3000", "manager", "lead", "经理")]
)
def test_an_amount_that_is_another_approvers_is_said(
    desk: Any, amount: str, mine: str, theirs: str, who: str  # noqa: F811
) -> None:  # fmt: skip
    case = desk.proposed(amount)
    page = page_of(desk, mine, case)
    assert " disabled" not in button(page, "approve") and not reasons(page)
    page = page_of(desk, theirs, case)
    assert " disabled" in button(page, "approve")
    assert f"批准、退回修改：按金额，这一步由{who}决定。" in reasons(page)
    assert not button(page_of(desk, "agent", case), "approve")


def test_an_open_task_in_the_way_is_named(desk: Any) -> None:  # noqa: F811
    page = page_of(desk, "agent", desk.inquiring())
    found = re.search(r'<button[^>]*data-opens="do-act-not_upheld"[^>]*>.*?</button>', page, re.S)
    assert found and " disabled" in found[0]
    assert "还有待办没有完成：部门调查" in page


@pytest.mark.parametrize("who", ["agent", "other"])
def test_who_turns_a_case_down_at_first_hand_is_its_handler(desk: Any, who: str) -> None:  # noqa: F811
    import json

    from tests.portal.house import proof

    from tuoshan.cases import service
    from tuoshan.core.case import CaseState
    from tuoshan.parties.models import Person

    if who == "other":
        unit = desk.people["agent"].unit
        desk.people["other"] = Person.objects.create_user("other", "x", roles=("agent",), unit=unit)
    case = desk.complaint()
    done = service.act(
        case_id=case.pk, action="unfounded", values={"category": "1", "why": "须手洗"},
        evidence=[proof(case, visible=True)],
        actor=service.ActingAs.by_person(desk.people[who]),
    )  # fmt: skip
    assert done.accepted, done.refusal
    state = CaseState.from_json(json.loads(desk.read(case).snapshot))
    assert state.assigned["handler"] == str(desk.people[who].pk)
