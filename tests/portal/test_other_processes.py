"""The same page for the other trades: a platform's refunds for their customer, a repair for whoever asked for it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.portal import house
from tests.portal.test_case_page import do

from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Event, Task
from tuoshan.parties.customers import find_or_make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def refund(playbook: str, **more: Any) -> Case:
    customer = find_or_make(house.PHONE, "王女士").customer
    outcome = service.register(
        playbook=playbook, actor=ActingAs.by_system(), channel="marketplace", customer_id=customer.pk, unit_id=None,
        values={
            "order_no": "P-1", "platform_no": "PDD-77", "refund_reason": "quality", "explanation": "收到就是坏的",
            "amount_paid": Decimal("59.90"), "amount": Decimal("59.90"), "shipped": True,
            "window_end": NOW + timedelta(days=30), **more,
        },
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    return house.fresh(outcome.case_id)


@pytest.mark.parametrize(
    ("playbook", "more"),
    [("pinduoduo_refund", {"ship_by": NOW - timedelta(days=3)}), ("pinduoduo_return", {"special_goods": False})],
)
def test_a_platform_case_is_followed_and_answered(playbook: str, more: dict[str, Any], clock: Any) -> None:
    case = refund(playbook, **more)
    page = house.page_of(case)
    assert case.state == "merchant" and "商家须在 48 小时内处理" in page and "收到就是坏的" in page
    outcome = service.act(
        case_id=case.pk, action="reject", actor=house.staff("merchant"), values={"refuse_reason": "已过质保"},
        evidence=[house.proof(case)],
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    case = house.fresh(case)
    client = house.opened(case)
    page = house.page_of(case, client)
    assert "请在 7 天内修改申请或申请平台介入" in page
    assert "请您在 3月9日 09:00 前答复" in page and "到时没有收到您的答复：已关闭" in page
    assert 'value="59.90"' in page  # what is known stands in the form
    more_than_paid = do(client, case, "resubmit", page, refund_reason="quality", explanation="附上照片", amount="59.91")
    said = more_than_paid.content.decode()
    assert more_than_paid.status_code == 422 and "最多 59.90 元：不能超过“实付金额”" in said
    assert "附上照片" in said and 'value="59.91"' in said, "what was typed is kept"
    answer = do(client, case, "resubmit", page, refund_reason="quality", explanation="附上照片", amount="49.90")
    assert answer.status_code == 302, answer.content.decode()
    assert house.fresh(case).state == "merchant"
    page = house.page_of(case, client)
    assert "附上照片" in page and "49.90 元" in page
    do(client, case, "withdraw", page, reason="算了")
    assert house.fresh(case).ended


# -- the platform's two: followed, answered, escalated, sent back, paid --------------------------------------------


def rejected(case: Case) -> Case:
    return house.take(case, "reject", "merchant", values={"refuse_reason": "已过质保"}, evidence=[house.proof(case)])


def track(case: Case, phone: str) -> Client:
    """A browser that found the case by number and phone."""
    client = Client()
    answer = client.post("/portal/track", {"number": case.number, "phone": phone})
    assert (answer.status_code, answer["Location"]) == (302, f"/portal/case/{case.number}"), answer.content.decode()
    return client


def paid(case: Case) -> Case:
    task = Task.objects.get(case_id=case.pk, name="refund", status="open")
    outcome = service.complete_task(
        case_id=case.pk, task_key=task.key, actor=house.staff("payer"), values={"pay_note": "流水 8812"},
        evidence=[house.proof(case, kind="voucher")], outcome="settled",
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    house.deliver()
    return house.fresh(case)


def test_refund_only_from_the_request_to_the_money(clock: Any) -> None:
    case = refund("pinduoduo_refund", ship_by=NOW - timedelta(days=3))
    client = track(case, house.PHONE)
    page = house.page_of(case, client)
    for text in ("商家须在 3月4日 09:00 前处理", "退款", "收到就是坏的"):
        assert text in page, text
    assert "平台处理" not in page  # most requests never come before the platform
    case = rejected(case)
    page = house.page_of(case, client)
    assert "商家的理由" in page and "已过质保" in page and "请您在 3月9日 09:00 前答复" in page
    assert do(client, case, "escalate", page, explanation="请平台看视频").status_code == 302
    page = house.page_of(case, client)
    assert house.fresh(case).state == "platform" and "请平台看视频" in page and "平台正在处理" in page
    case = house.take(case, "award", "platform", values={"platform_says": "支持退款", "amount": Decimal("59.90")})
    page = house.page_of(case, client)
    assert "我们的退款同事须在 明天 09:00 前处理" in page and "退款经办" not in page
    case = paid(case)
    page = house.page_of(case, client)
    assert case.ended and "退款成功" in page and "已退款 59.90 元" in page
    assert 'name="name" value="withdraw"' not in page


def test_refund_only_closed_by_silence_and_applied_for_again(clock: Any) -> None:
    case = rejected(refund("pinduoduo_refund", ship_by=NOW - timedelta(days=3)))
    clock.advance(timedelta(days=7, seconds=1))
    house.deliver()
    case = house.fresh(case)
    client = track(case, house.PHONE)
    page = house.page_of(case, client)
    assert case.state == "overdue" and "已关闭，有效期内可重新申请" in page and "重新申请退款" in page
    assert "商家发货了吗" in page and "是否已发货" not in page
    refused = do(client, case, "reapply", page, refund_reason="quality", amount="", shipped="yes")
    assert refused.status_code == 422 and house.fresh(case).state == "overdue"
    answer = do(client, case, "reapply", page, refund_reason="quality", amount="59.90", shipped="yes")
    assert answer.status_code == 302 and house.fresh(case).state == "merchant"
    assert "商家须在 3月11日 09:00 前处理" in house.page_of(case, client)
    clock.advance(timedelta(hours=49))
    house.deliver()
    assert house.fresh(case).state == "refunding"  # the merchant's silence


def test_return_and_refund_with_the_goods_sent_back(clock: Any) -> None:
    case = refund("pinduoduo_return", special_goods=False)
    assert "退货与退款" in house.page_of(case)  # the next phase, as the playbook calls it
    case = house.take(
        case, "agree", "merchant", values={"return_address": "杭州市滨江区 1 号", "return_to": "仓库 057188880000"}
    )
    house.deliver()
    client = track(case, house.PHONE)
    page = house.page_of(case, client)
    for text in (
        "杭州市滨江区 1 号",
        "仓库 057188880000",
        "请您在 3月9日 09:00 前答复",
        "到时没有收到您的答复：已关闭",
    ):
        assert text in page, text
    assert do(client, case, "sent", page, carrier="", tracking_no="").status_code == 422
    assert do(client, case, "sent", page, carrier="顺丰", tracking_no="SF123").status_code == 302
    page = house.page_of(case, client)
    assert house.fresh(case).state == "inspect" and "SF123" in page and "商家须在 3月9日 09:00 前处理" in page
    case = paid(house.take(house.fresh(case), "confirm", "merchant"))
    assert case.ended and "退款成功" in house.page_of(case, client)


def test_return_and_refund_taken_back_and_asked_for_again(clock: Any) -> None:
    case = refund("pinduoduo_return", special_goods=False)
    client = track(case, house.PHONE)
    assert do(client, case, "withdraw", reason="先不退了").status_code == 302
    page = house.page_of(case, client)
    assert house.fresh(case).ended and "您已撤回，本件不再处理" in page
    assert do(client, case, "reapply", page, refund_reason="damaged", amount="59.90").status_code == 302
    assert house.fresh(case).state == "merchant"


# -- a repair in a shop: its page is for whoever asked for it ------------------------------------------------------


def repair(**more: Any) -> Case:
    """A clerk of a shop asks for a repair, signed in at the desk."""
    clerk = house.person()
    clerk.phone = house.PHONE
    clerk.save()
    outcome = service.register(
        playbook="facility_repair", actor=house.staff("staff", "applicant"), channel="counter", customer_id=None,
        unit_id=None, title="射灯不亮",
        values={
            "category": "1", "what_broken": "收银台射灯不亮", "place": "inside", "store_type": "mall",
            "out_of_town": False, **more,
        },
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    return house.fresh(outcome.case_id)


def planned(case: Case, *, dirty: bool = False) -> Case:
    case = house.take(case, "approve", "store_head", values={"scope": "换灯", "kind": "simple", "damage_by": "wear"})
    case = house.take(case, "receive", "engineering")
    values = {"visit_on": date(2026, 3, 4), "worker": "陈师傅", "dirty_work": dirty}
    return house.take(case, "plan", "engineering", values=values)


def completed(case: Case) -> Case:
    photo = [house.proof(case)]
    case = house.take(
        case, "complete", "engineering", values={"work_done": "换灯珠三只", "cost": Decimal(60)}, evidence=photo
    )
    house.deliver()
    return case


def test_the_applicant_follows_a_repair_and_accepts_it(clock: Any) -> None:
    case = repair()
    client = track(case, house.PHONE)
    page = house.page_of(case, client)
    for text in (
        "已提交，等门店负责人审批",
        "门店负责人须在 明天 18:00 前处理",
        "收银台射灯不亮",
        "接单与排期",
        "维修与验收",
    ):
        assert text in page, text
    case = planned(case, dirty=True)
    house.deliver()
    page = house.page_of(case, client)
    assert "已排期施工" in page and "维修最迟 3月5日 18:00 前完成" in page and "给您答复" not in page
    assert "安排在 2026年3月4日 上门施工" in page and "衣物和货品已遮挡好" in page
    assert do(client, case, "protect", page).status_code == 302
    case = completed(house.fresh(case))
    page = house.page_of(case, client)
    for text in (
        "已完工，请您验收",
        "换灯珠三只",
        "请您在 3月4日 18:00 前答复",
        "到时没有收到您的答复：已验收，报修完成",
    ):
        assert text in page, text
    assert do(client, case, "redo", page, what_wrong="").status_code == 422
    assert do(client, case, "redo", page, what_wrong="还有一只不亮").status_code == 302
    page = house.page_of(case, client)
    assert "正在返修" in page and "还有一只不亮" in page and "工程设计部须在 3月5日 18:00 前处理" in page
    case = house.take(
        house.fresh(case), "completed_again", "engineering", values={"work_done": "再换一只", "cost": Decimal(0)},
        evidence=[house.proof(case, name="again.jpg")],
    )  # fmt: skip
    assert do(client, case, "accept").status_code == 302
    case = house.fresh(case)
    assert case.state == "done_well" and "已验收，报修完成" in house.page_of(case, client)
    event = Event.objects.filter(case_id=case.pk, name="accept").get()
    assert event.actor_kind == "customer"  # known by link or phone, not by signing in


def test_what_was_refused_is_said_with_its_reason_and_a_repair_is_withdrawn() -> None:
    case = house.take(repair(), "incomplete", "store_head", values={"missing": "缺照片和尺寸"})
    house.deliver()
    page = house.page_of(case, track(case, house.PHONE))
    assert "未受理，请看说明" in page and 'id="told"' in page and page.count("缺照片和尺寸") == 2
    assert "<strong>门店设施报修</strong>" in page and "客服中心" not in page
    case = repair(what_broken="门关不上")
    client = house.opened(case)
    assert do(client, case, "withdraw", reason="自己修好了").status_code == 302
    assert house.fresh(case).end_kind == "early" and "您已撤回" in house.page_of(case, client)


def test_a_repair_opens_only_to_the_phone_of_whoever_asked() -> None:
    case, mine = repair(), house.begin(phone=house.OTHER_PHONE)
    for phone in (house.OTHER_PHONE, "13700000000"):
        assert Client().post("/portal/track", {"number": case.number, "phone": phone}).status_code == 422
    # A colleague's own phone opens none of the customers' cases that they registered.
    assert Case.objects.filter(pk=mine.pk).update(registrant_id=house.person().pk) == 1
    assert Client().post("/portal/track", {"number": mine.number, "phone": house.PHONE}).status_code == 422
    house.person().__class__.objects.filter(pk=house.person().pk).update(is_active=False)
    assert Client().post("/portal/track", {"number": case.number, "phone": house.PHONE}).status_code == 422


@pytest.mark.parametrize("name", ["approve", "to_image", "receive", "plan", "deliberate", "claim", "extend"])
def test_steps_of_colleagues_are_not_the_applicants(name: str) -> None:
    case = repair()
    client = house.opened(case)
    sent = {"kind": "act", "name": name, "key": "k", f"{name}-scope": "x", f"{name}-reason": "x"}
    assert client.post(f"/portal/case/{case.number}/act", sent).status_code == 409
    assert house.fresh(case).state == "requested" and name not in house.page_of(case, client).split("<main")[1]


def test_the_desk_writes_to_the_applicants_page() -> None:
    from django.conf import settings

    from tuoshan.parties import seeds
    from tuoshan.parties.models import OrgUnit, Person

    seeds.plant()
    case = repair()
    unit = OrgUnit.objects.filter(parent=None).first()
    lead = Person.objects.create_user("zhuguan", "x", roles=("supervisor", "administrator"), unit=unit)
    desk = Client()
    desk.force_login(lead, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = desk.get(f"/case/{case.number}").content.decode()
    assert "回复：报修人" in page and "回复客户" not in page
    form = desk.get(f"/case/{case.number}/message").content.decode()
    assert "写在对方的查询页面上" in form and 'id="write-channel"' not in form
    sent = desk.post(f"/case/{case.number}/message", {"text": "下午两点到", "channel": "portal", "key": "m1"})
    assert sent.status_code in (200, 204, 302), sent.status_code
    house.deliver()
    assert "下午两点到" in house.page_of(case)


def test_a_repair_is_promised_as_a_repair_in_both_languages_and_late_too(clock: Any) -> None:
    case = planned(repair(), dirty=True)
    client = track(case, house.PHONE)
    client.cookies["tuoshan_language"] = "en"
    page = house.page_of(case, client)
    assert "The repair is finished by 5 March, 18:00" in page and "You hear" not in page
    clock.advance(timedelta(days=4))
    client = track(case, house.PHONE)
    client.cookies["tuoshan_language"] = "en"
    assert "The repair was to be finished by 5 March, 18:00; it is late" in house.page_of(case, client)
    del client.cookies["tuoshan_language"]
    assert "维修原定 3月5日 18:00 前完成，已经晚了" in house.page_of(case, client)
