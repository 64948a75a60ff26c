"""The case on paper: record, file for the archive, letter with the decision; what stands there, and for whom."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from tests.documents import samples
from tests.workbench.deskhouse import desk

from tuoshan import clock as product_clock
from tuoshan.cases import service
from tuoshan.documents import evidence
from tuoshan.office import papers

__all__ = ["desk"]

NOTE, FINDING, ROOT = "内部备注：客户很着急", "某员工说了粗话", "批次里胶水不合格"


def read(desk: Any, who: str) -> Any:
    return desk.Person.objects.get(pk=desk.people[who].pk)


def noted(desk: Any) -> Any:
    """With a note, and a proposal that names a person and waits for approval."""
    case = desk.accepted()
    actor = service.ActingAs.by_person(read(desk, "agent"))
    service.note(case_id=case.pk, actor=actor, text=NOTE)
    done = desk.house.act(
        case, "propose", cause="goods", root_cause=ROOT, liable="person", finding_person=FINDING, remedies=["refund"],
        remedy_steps="全额退款并致歉", amount=Decimal(3000),
        refund_amount=Decimal(3000), amount_paid=Decimal(3000), carry_out_by=date(2026, 3, 20),
    )  # fmt: skip
    assert done.accepted, done.refusal
    return desk.read(case)


def not_upheld(desk: Any) -> Any:
    case = desk.house.complaint()
    taken = evidence.accept(
        file=ContentFile(samples.image("JPEG"), name="a.jpg"), case_id=case.pk, upload_token=None,
        actor_kind="person", actor_id=desk.people["agent"].pk, kind="photo", now=product_clock.now(),
        visible_to_customer=True,
    )  # fmt: skip
    done = service.act(
        case_id=case.pk, action="unfounded", actor=service.ActingAs.by_person(read(desk, "agent")),
        values={"category": "1", "why": "照片显示杯子在使用中摔落"}, evidence=[taken.pk],  # type: ignore[union-attr]
    )  # fmt: skip
    assert done.accepted, done.refusal
    return desk.read(case)


def test_the_record_has_the_case_and_the_file_has_all_of_it(desk: Any) -> None:
    case = noted(desk)
    record = papers.record_data(case, read(desk, "agent"), "zh-hans")
    whole = papers.archive_data(case, read(desk, "agent"), "zh-hans")
    assert record.complaint == "收到的杯子碎了" and ("客户", "王芳") in record.particulars
    assert any("提出方案" in line.what for line in record.timeline)
    assert NOTE not in repr(record) and any(NOTE in line.what for line in whole.conversation)
    assert ROOT in repr(record.findings) and whole.chain_head == case.head_hash


def test_a_finding_against_a_person_is_printed_for_supervisors_alone(desk: Any) -> None:
    case = noted(desk)
    for who, shown in (("agent", False), ("lead", True), ("manager", True), ("auditor", True), ("finance", False)):
        for made in (papers.record_data, papers.archive_data):
            assert (FINDING in repr(made(case, read(desk, who), "zh-hans"))) is shown, (who, made)


def test_who_only_reads_prints_contact_data_masked(desk: Any) -> None:
    case = noted(desk)
    assert "13800138000" in repr(papers.archive_data(case, read(desk, "agent"), "zh-hans"))
    masked = repr(papers.archive_data(case, read(desk, "auditor"), "zh-hans"))
    assert "13800138000" not in masked and "138****8000" in masked


def test_the_letter_tells_why_and_nothing_internal(desk: Any) -> None:
    case = not_upheld(desk)
    service.note(case_id=case.pk, actor=service.ActingAs.by_person(read(desk, "agent")), text=NOTE)
    letter = papers.letter_data(desk.read(case), "zh-hans")
    assert (letter.verdict, letter.reasons, letter.remedies) == ("不予支持", ("照片显示杯子在使用中摔落",), ())
    assert letter.customer == "王芳" and letter.complaint == "收到的杯子碎了" and letter.evidence == ("照片 × 1",)
    assert letter.appeal_until is not None and (letter.appeal_until - letter.decided_at).days == 30
    assert NOTE not in repr(letter)


def test_the_letter_with_a_remedy_comes_once_it_is_approved_and_names_no_person(desk: Any) -> None:
    case = noted(desk)
    with pytest.raises(papers.NoDecision):
        papers.letter_data(case, "zh-hans")
    done = desk.house.act(case, "approve", read(desk, "manager"))
    if not done.accepted:
        done = desk.house.act(case, "approve", read(desk, "lead"))
    assert done.accepted, done.refusal
    letter = papers.letter_data(desk.read(case), "zh-hans")
    assert (letter.verdict, letter.remedies[0]) == ("我们的处理方案", "全额退款并致歉")
    assert "3,000.00" in repr(letter.remedies)
    assert not any(part in repr(letter) for part in (NOTE, FINDING, ROOT))


def test_a_decision_that_is_set_aside_is_told_by_no_letter(desk: Any) -> None:
    case = not_upheld(desk)
    appealed = service.act(
        case_id=case.pk, action="appeal", actor=desk.customer(case), values={"appeal_reason": "我没有摔过"}
    )
    assert appealed.accepted, appealed.refusal
    assert papers.letter_data(desk.read(case), "zh-hans").appeal_until is None
    reviewer = service.ActingAs("person", desk.people["manager"].pk, None, frozenset({"reviewer"}))
    done = service.act(case_id=case.pk, action="overturn", actor=reviewer, values={"review_why": "照片不足以证明"})
    assert done.accepted, done.refusal
    with pytest.raises(papers.NoDecision):
        papers.letter_data(desk.read(case), "zh-hans")


def test_who_may_print_and_that_it_is_a_paper(desk: Any) -> None:
    case, open_case = not_upheld(desk), desk.complaint()
    for kind in papers.KINDS:
        address = f"/case/{case.number}/paper/{kind}"
        answer = desk.client("agent").get(address)
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
        assert "no-store" in answer["Cache-Control"]
        assert Client().get(address).status_code == 302
    agent = desk.client("agent")
    assert agent.get(f"/case/{open_case.number}/paper/letter").status_code == 404
    assert agent.get(f"/case/{open_case.number}/paper/poem").status_code == 404
    assert f"/case/{case.number}/paper/letter" in agent.get(f"/case/{case.number}").content.decode()
    page = agent.get(f"/case/{open_case.number}").content.decode()
    assert "/paper/archive" in page and "/paper/record" in page and "/paper/letter" not in page
    assert "/paper/archive" in desk.client("auditor").get(f"/case/{case.number}").content.decode()
    assert desk.client("qa").get(f"/case/{case.number}/paper/archive").status_code == 404, "outside their reach"
