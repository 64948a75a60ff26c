"""Merging at the desk: what is offered, what may be typed, what is refused, and undoing it."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk, triggers

__all__ = ["desk"]

pytestmark = pytest.mark.django_db

BROKEN = "收到的玻璃花瓶碎成三块，外箱也湿了"


def _registered(desk: Any, text: str, phone: str, unit: Any = None, **values: Any) -> Any:
    """A complaint by a customer of its own."""
    from tuoshan.cases.models import Case
    from tuoshan.cases.service import ActingAs
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact, register_complaint

    made = register_complaint(
        values={"what_happened": text, **values}, contact=Contact(phone=phone, name="王女士"), came=Came("hotline"),
        actor=ActingAs.by_person(desk.people["agent"]), unit_id=unit.pk if unit else None,
    )  # fmt: skip
    return Case.objects.get(pk=made.outcome.case_id)


@pytest.fixture
def two(desk: Any) -> tuple[Any, Any]:
    """The same matter, told by two customers."""
    return _registered(desk, BROKEN, "13900000001"), _registered(desk, f"{BROKEN}。", "13900000002")


def _page(desk: Any, case: Any, who: str = "agent") -> str:
    answer = desk.htmx(who, "get", f"/case/{case.number}/merge")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_likely_duplicates_are_offered_whoever_the_customer_is(desk: Any, two: tuple[Any, Any]) -> None:
    this, same = two
    other = _registered(desk, "客服态度生硬，一直不回电话给我", "13900000003")
    theirs = _registered(desk, "想问一下发票什么时候寄出来", "13900000001")
    by_order = [_registered(desk, text, phone, order_no="JD-77") for text, phone in
                (("尺码不对想换一双大一点的鞋", "13900000004"), ("快递放在门口被人拿走", "13900000005"))]  # fmt: skip
    page = _page(desk, this)
    assert f'value="{same.number}"' in page and f'value="{theirs.number}"' in page
    assert "内容" in page and "同一客户" in page
    for case in (this, other, *by_order):
        assert f'value="{case.number}"' not in page
    assert 'name="number"' in page
    assert f'value="{by_order[1].number}"' in _page(desk, by_order[0])
    assert 'name="number"' in _page(desk, other)


def test_what_lies_beyond_reach_is_neither_offered_nor_found(desk: Any, two: tuple[Any, Any]) -> None:
    from tuoshan.parties.models import OrgUnit, Person

    this, same = two
    stores = [OrgUnit.objects.create(code=code, name_zh=code, kind="store", parent=desk.qa.parent) for code in "ab"]
    for case, store in zip(two, stores, strict=True):
        type(case).objects.filter(pk=case.pk).update(unit_id=store.pk)
    clerk = Person.objects.create_user("clerk", "x", roles=("store_clerk",), unit=stores[0], display_name="店员")
    desk.people["clerk"] = clerk
    assert same.number not in _page(desk, this, "clerk")
    answer = desk.htmx("clerk", "post", f"/case/{this.number}/merge", {"number": same.number})
    assert answer.status_code == 422 and "没有找到" in answer.content.decode()
    for address in ("merge", "unmerge"):
        assert desk.htmx("clerk", "post", f"/case/{same.number}/{address}", {"number": this.number}).status_code == 404
    assert desk.read(this).merged_into_id is None and desk.read(same).merged_into_id is None


def test_a_case_is_merged_by_choice_or_by_number_and_undone(desk: Any, two: tuple[Any, Any]) -> None:
    from tuoshan.cases.models import Event, Message

    this, main = two
    typed = f" {main.number.lower().replace('-', ' ')} "
    for given in ({"into": main.number}, {"number": typed}, {"into": "TS", "number": main.number}):
        data = {**given, "reason": "同一件事", "key": repr(given)}
        for _ in range(2):
            answer = desk.htmx("agent", "post", f"/case/{this.number}/merge", data)
            assert answer.status_code == 204, answer.content.decode()[:500]
            assert triggers(answer)["banner"] == {"kind": "ok", "text": f"已并入 {main.number}，可以撤销"}
        assert (desk.read(this).merged_into_id, desk.read(this).held) == (main.pk, "merged")
        page = desk.client("agent").get(f"/case/{this.number}").content.decode()
        assert f"/case/{this.number}/unmerge" in page
        undone = desk.htmx("agent", "post", f"/case/{this.number}/unmerge")
        assert undone.status_code == 204 and triggers(undone)["banner"]["kind"] == "ok"
        assert (desk.read(this).merged_into_id, desk.read(this).held) == (None, "")
    assert Event.objects.filter(case_id=this.pk, kind="hold").count() == 3
    assert set(Message.objects.filter(case_id=this.pk, direction="note").values_list("text", flat=True)) == {"同一件事"}


def test_an_undo_of_what_is_not_merged_is_refused_aloud(desk: Any, two: tuple[Any, Any]) -> None:
    this, _ = two
    refused = desk.htmx("agent", "post", f"/case/{this.number}/unmerge")
    banner = triggers(refused)["banner"]
    assert banner["kind"] == "late" and "这一步现在不能做" in banner["text"] and "已撤销" not in banner["text"]
    plain = desk.client("agent").post(f"/case/{this.number}/unmerge", follow=True).content.decode()
    assert "这一步现在不能做" in plain and desk.read(this).seq == this.seq


def test_a_refused_merge_keeps_what_was_typed(desk: Any, two: tuple[Any, Any]) -> None:
    from tuoshan.cases import service
    from tuoshan.cases.service import ActingAs
    from tuoshan.core.numbering import format_number

    this, main = two
    third = _registered(desk, "想问一下发票什么时候寄出来", "13900000003")
    lead = ActingAs.by_person(desk.people["lead"])
    assert service.merge(case_id=third.pk, into_id=main.pk, actor=lead).accepted
    closed = _registered(desk, "想问一下保修期有多久呢", "13900000004")
    type(closed).objects.filter(pk=closed.pk).update(ended=True)
    other = _registered(desk, "门店的灯坏了两盏请来看看", "13900000005")
    type(other).objects.filter(pk=other.pk).update(playbook="facility_repair")
    wrong = main.number[:-1] + str((int(main.number[-1]) + 1) % 10)
    for number, why in (
        ("", "请选择一个工单"), (wrong, "编号有一位不对"), (format_number(2026, 1, 1), "没有找到"),
        (this.number, "不能把工单并入它自己"),
        (third.number, "已并入别的工单"), (closed.number, "已经结束"), (other.number, "只能并入同一种流程"),
    ):  # fmt: skip
        data = {"number": number, "reason": "客户说是同一件", "key": "k"}
        answer = desk.htmx("agent", "post", f"/case/{this.number}/merge", data)
        page = answer.content.decode()
        assert answer.status_code == 422 and why in page and 'role="alert"' in page, number
        assert 'value="客户说是同一件"' in page and f'name="number" class="input w-full" value="{number}"' in page
    assert desk.read(this).merged_into_id is None
    chosen = desk.htmx("agent", "post", f"/case/{this.number}/merge", {"into": main.number, "number": "TS"})
    assert f'value="{main.number}" checked' in chosen.content.decode()


@pytest.mark.parametrize("who", ["auditor", "finance", "qa"])
def test_who_may_not_merge_is_kept_out(desk: Any, two: tuple[Any, Any], who: str) -> None:
    from tuoshan.cases import service
    from tuoshan.cases.service import ActingAs

    this, main = two
    for method in ("get", "post"):
        assert desk.htmx(who, method, f"/case/{this.number}/merge", {"number": main.number}).status_code == 403
    assert desk.read(this).merged_into_id is None
    service.merge(case_id=this.pk, into_id=main.pk, actor=ActingAs.by_person(desk.people["agent"]))
    assert desk.htmx(who, "post", f"/case/{this.number}/unmerge").status_code == 403
    assert desk.read(this).merged_into_id == main.pk
