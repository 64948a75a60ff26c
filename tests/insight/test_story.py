"""One story, told to each audience: staff, supervisors, the person whose page it is."""

from typing import Any

import pytest
from django.utils.translation import override
from tests.portal import house

from tuoshan.cases import library, service
from tuoshan.cases.models import Case, Words
from tuoshan.insight.story import Audience, Entry, Story

pytestmark = pytest.mark.django_db
FINDING = "门店导购王某态度恶劣"


def told(case: Case, audience: Audience) -> list[Entry]:
    return Story(case, library.pinned(case.playbook, case.playbook_hash), audience).entries()


def all_of(entries: list[Entry]) -> str:
    """Every word that an audience reads."""
    parts: list[str] = []
    for one in entries:
        parts += [one.who, one.title, one.text, one.channel, one.for_whom]
        parts += [text for chip in one.chips for text in chip]
        parts += [text for detail in one.details for text in (detail.label, detail.value)]
        parts += [item.original_name for item in one.evidence]
    return " ".join(parts)


def supervisor() -> Any:
    """Somebody who sees findings against a person, as a party who may correct."""
    from tuoshan.parties.models import Person, Role

    Role.objects.get_or_create(key="supervisor", defaults={"title_zh": "客服主管", "title_en": "Supervisor"})
    person = Person.objects.create_user("lin", "a long password", roles=("supervisor",))
    return service.ActingAs("person", person.pk, person, frozenset({"lead"}))


@pytest.fixture
def case() -> Case:
    case = house.accepted(house.begin("洗衣机漏水", wish="换一台"))
    service.note(case_id=case.pk, actor=house.staff("handler"), text="内部备注")
    service.call(case_id=case.pk, actor=house.staff("handler"), text="通话记录")
    service.message(case_id=case.pk, actor=house.staff("handler"), text="明早上门", channel="sms")
    case = house.proposed(case, finding=FINDING)
    fixed = service.correct(
        case_id=case.pk, values={"finding_person": f"{FINDING}，更正", "wish": "退款"}, actor=supervisor(),
        reason="写错了",
    )  # fmt: skip
    assert fixed.refusal is None, fixed.refusal
    house.deliver()
    return house.fresh(case)


SUPERVISOR, AGENT = (Audience(viewer=object(), findings=findings) for findings in (True, False))


def test_staff_read_every_step_note_and_call_with_what_was_filled_in(case: Case) -> None:
    entries = told(case, AGENT)
    words = all_of(entries)
    for text in ("洗衣机漏水", "客户诉求", "换一台", "内部备注", "通话记录", "明早上门", "提出方案", "更正了登记内容"):
        assert text in words, text
    assert [one.kind for one in entries if one.text in ("内部备注", "通话记录", "明早上门")] == ["note", "call", "out"]
    assert [one.at for one in entries] == sorted(one.at for one in entries)
    assert "换一台 → 退款" in words


def test_a_finding_against_a_person_is_told_to_supervisors_alone(case: Case) -> None:
    shown = all_of(told(case, SUPERVISOR))
    assert FINDING in shown and f"{FINDING} → {FINDING}，更正" in shown
    for audience in (AGENT, Audience.customer(), Audience.customer((house.person().pk, "周敏"))):
        words = all_of(told(case, audience))
        assert FINDING not in words and "涉及人员及事实" not in words


def test_the_role_decides_who_is_a_supervisor() -> None:
    from tuoshan.parties import seeds
    from tuoshan.parties.models import Person

    seeds.plant()
    shown = ("supervisor", "manager", "administrator", "auditor")
    hidden = ("agent", "store_clerk", "store_manager", "investigator", "finance")
    made = {role: Person.objects.create_user(role, "x", roles=(role,)) for role in (*shown, *hidden)}
    assert {role for role, person in made.items() if Audience.staff(person).findings} == {*shown}


def test_the_customer_reads_their_own_words_messages_for_them_and_states_as_they_are_put_to_them(case: Case) -> None:
    entries = told(case, Audience.customer((house.person().pk, "周敏")))
    words = all_of(entries)
    for text in ("洗衣机漏水", "您希望怎么处理", "明早上门", "请您确认处理方案", "我们已收到，正在核对"):
        assert text in words, text
    for text in ("内部备注", "通话记录", "提出方案", "更正", "待受理", "客户诉求", "写错了", "根本原因"):
        assert text not in words, text
    assert {one.kind for one in entries} == {"in", "out", "event"}
    assert [one.who for one in entries if one.text == "明早上门"] == ["周敏"]
    steps = [one.text for one in entries if one.kind == "event"]
    assert len(steps) == len(set(steps)) or all(a != b for a, b in zip(steps, steps[1:], strict=False))


def test_words_that_were_erased_are_an_ellipsis_for_everybody(case: Case, clock: Any) -> None:
    Words.objects.filter(case_id=case.pk).update(text="", erased_at=clock())
    for audience in (SUPERVISOR, Audience.customer()):
        words = all_of(told(case, audience))
        assert "洗衣机漏水" not in words and "…" in words


def test_a_repair_is_told_with_the_applicant_for_its_person() -> None:
    from tests.portal.test_case_page import do
    from tests.portal.test_other_processes import completed, planned, repair

    case = completed(planned(repair()))
    assert do(house.opened(case), case, "accept").status_code == 302
    entries = told(house.fresh(case), AGENT)
    accepted = next(one for one in entries if one.text == "验收合格")
    assert accepted.who == "报修人" and entries[0].text == "收银台射灯不亮"
    assert any(one.kind == "out" and "请在" in one.text and "换灯珠三只" in one.text for one in entries)


def test_a_customers_link_leaves_no_spaces_behind_and_nothing_else_loses_its_own() -> None:
    from tuoshan.insight.told_to_staff import without_links

    told = without_links("查看进度 https://s.example.cn/portal/l/abc ，备注 （自提） 不变。")
    assert told == "查看进度（客户专用链接），备注 （自提） 不变。"
    with override("en"):
        assert without_links("查看进度 https://s.example.cn/portal/l/abc ，谢谢") == "查看进度（客户专用链接），谢谢"
        told = without_links("Follow it at https://s.example.cn/portal/l/abc or call us.")
    assert told == "Follow it at (the customer's own link) or call us."
