"""What a condition asks for, in words: of every step of the shipped processes, in both languages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override
from tests.workbench.deskhouse import desk
from tests.workbench.test_barred_buttons import page_of, reasons

from tuoshan.cases import library, refusals, unmet
from tuoshan.core.case import Refusal
from tuoshan.core.conditions import compile_expression

__all__ = ["desk"]

SHIPPED = ("complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return")
CAME_BEFORE = re.compile(r"times\.\w+ > 0")

PLANNED = (
    "“上门日期”不能是节假日，或者“店铺类型”须为“专卖店”，或者“商场同意节假日施工”须为“是”。",
    "“Visit on” must not fall on a public holiday, or “Kind of shop” must be “Standalone shop”, or “The mall allows"
    " work on a holiday” must be “Yes”.",
)
PAID_AGAIN = ("“原路退款”的结果须是“退款失败”。", "“Pay it back” must have ended with “Payment failed”.")
APPLIED_AGAIN = ("须在“售后有效期截止”之前办理。", "It has to be done before “After-sales window ends”.")
BELOW_THE_LAW = (
    "已经记录了“不按裁定处理，低于法定”，这个决定和理由都保留，所以这一步不能做；要照这个决定办，请没有参与的同事在“调查中”"
    "或“待拟方案”时做“批准低于法定的不予支持”。",
    "“Departure below the law” was recorded and stays with its reason, so this step is not possible; to do as was"
    " decided, ask a colleague who had no part in it for “Approve a refusal below the law”, which is done in"
    " “Investigating” or “Proposal due”.",
)
SAID: dict[str, tuple[str, str]] = {
    "complaint no_agreement": ("要先有“客户不同意”，才能做这一步。", "This comes only after “The customer disagrees”."),
    "complaint unsolved": ("要先有“已执行”，才能做这一步。", "This comes only after “Carried out”."),
    "complaint offer_again": ("要先有“提出方案”，才能做这一步。", "This comes only after “Propose”."),
    "complaint upgrade": (
        "“等级”须为“一般”，或者“等级”须为“重要”且“提高到”须为“紧急”。",
        "“Grade” must be “Normal”, or “Grade” must be “Important” and “Raise it to” must be “Urgent”.",
    ),
    "complaint downgrade": (
        "“等级”须为“紧急”，或者“等级”须为“重要”且“降低到”须为“一般”。",
        "“Grade” must be “Urgent”, or “Grade” must be “Important” and “Lower it to” must be “Normal”.",
    ),
    "complaint clarify_told": (
        "要有还没完成的待办“请客户说明”。",
        "This is possible only while the task “The customer to tell us more” is open.",
    ),
    "complaint rate_told": (
        "要有还没完成的待办“满意度评价”。",
        "This is possible only while the task “Rating by the customer” is open.",
    ),
    "complaint reply_waived": (
        "要有还没完成的待办“书面答复机关”。",
        "This is possible only while the task “Written reply to the authority” is open.",
    ),
    "complaint go_on": ("要等“请客户说明”超时。", "This is possible once “The customer to tell us more” is late."),
    **{f"complaint {step}": BELOW_THE_LAW for step in ("unfounded", "not_upheld")},
    "complaint not_upheld_below": (
        "要先有“不按裁定处理，低于法定”，才能做这一步。", "This comes only after “Departure below the law”.",
    ),
    "complaint appeal": (
        "已经有过“申诉”，要在它之后又有了“不予支持”、“调查后不予支持”、“批准低于法定的不予支持”、“协商不成，告知结论”"
        "或“已执行”，才能再做一次。须在“待客户确认”后 30 天内办理。",
        "“Appeal” was taken already; it can be taken once more after “Not upheld”, “Not upheld after inquiry”, “Approve"
        " a refusal below the law”, “No agreement” or “Carried out” has come since. It has to be done within 30 days of"
        " “Waiting for the customer to confirm”.",
    ),
    "complaint reopen": (
        "须在“已结案归档”后 30 天内办理，或者须在“已撤回”后 30 天内办理。",
        "It has to be done within 30 days of “Closed and archived”, or it has to be done within 30 days of"
        " “Withdrawn”.",
    ),
    **{
        f"{book} keep": ("要先有“承诺时间”，才能做这一步。", "This comes only after “Promise a time”.")
        for book in SHIPPED
    },
    "facility_repair approve": ("“位置”不能是“橱窗”。", "“Where” must not be “Shop window”."),
    "facility_repair to_image": ("“位置”须为“橱窗”。", "“Where” must be “Shop window”."),
    "facility_repair plan": (f"“外地门店”须为“否”。{PLANNED[0]}", f"“Out of town” must be “No”. {PLANNED[1]}"),
    "facility_repair local": (f"“外地门店”须为“是”。{PLANNED[0]}", f"“Out of town” must be “Yes”. {PLANNED[1]}"),
    "pinduoduo_refund pay_again": PAID_AGAIN,
    "pinduoduo_return pay_again": PAID_AGAIN,
    "pinduoduo_refund reapply": APPLIED_AGAIN,
    "pinduoduo_return reapply": APPLIED_AGAIN,
}  # fmt: skip


def conditions() -> dict[str, tuple[Any, str]]:
    """Every condition of an action that somebody takes, as the shipped files stand."""
    return {
        f"{key} {action.name}": (book, action.condition.text)
        for key in SHIPPED for book in [library.current(key)]
        for action in book.actions.values() if action.condition is not None and not action.automatic
    }  # fmt: skip


@pytest.mark.django_db
def test_every_condition_of_a_step_says_what_it_asks_for() -> None:
    told = {}
    for name, (book, text) in conditions().items():
        refusal = Refusal("condition_false", {"condition": text})
        with override("zh-hans"):
            chinese = refusals.sentence(refusal, book)
        with override("en"):
            told[name] = (chinese, refusals.sentence(refusal, book))
    assert told == SAID


def said(text: str, book: str = "complaint", **more: Any) -> str:
    with override("zh-hans"):
        return unmet.sentence({"condition": text, **more}, library.current(book))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grade in ['important', 'urgent']", "“等级”须为“重要”或“紧急”。"),
        ("!(grade == 'urgent')", "“等级”不能是“紧急”。"),
        ("!(grade in ['urgent', 'important'] || times.appeal > 0)", "“等级”不能是“紧急”或“重要”且不能已经有过“申诉”。"),
        ("amount > 100", "“退款与补偿合计”须大于 100 元。"),
        ("!(amount > 100)", "“退款与补偿合计”不能超过 100 元。"),
        ("100 >= amount", "“退款与补偿合计”不能超过 100 元。"),
        ("refund_amount <= amount", "“其中退还货款”不能超过“退款与补偿合计”。"),
        ("has(why)", "要先填写“告知客户的理由”。"),
        ("why != null", "要先填写“告知客户的理由”。"),
        ("task.inquire.open == 0", "要先完成待办“部门调查”。"),
        ("on.propose > on.disagree", "“提出方案”须在“客户不同意”之后。"),
        ("now >= on.propose + hours(2)", "须在“提出方案”后过了 2 小时再办理。"),
        ("lesson_needed", "“需要整改”须为“是”。"),
        ("total(amount) <= 50", ""),
        ("grade == 'urgent' || total(amount) <= 50", ""),
        ("grade == 'urgent' && total(amount) <= 50", "“等级”须为“紧急”。"),
    ],
)
def test_other_conditions_are_told_by_the_same_rules(text: str, expected: str) -> None:
    compile_expression(text)
    assert said(text) == expected


@pytest.mark.django_db
def test_what_is_told_is_what_is_missing() -> None:
    text = library.current("facility_repair").actions["plan"].condition.text  # type: ignore[union-attr]
    holiday = [text.index(part) + 1 for part in ("== 'standalone'", "has(", "mall_allows)")]
    assert said(text, "facility_repair", false=[2, *holiday]) == PLANNED[0], "the shop is not out of town"
    assert said(text, "facility_repair", false=holiday) == f"“外地门店”须为“否”。{PLANNED[0]}"
    assert said(text, "facility_repair", false=[text.index("is_holiday") + 1]) == "“外地门店”须为“否”。"


@pytest.mark.django_db
def test_the_desk_says_until_when_it_could_be_done(desk: Any, clock: Any) -> None:
    from tuoshan.agenda.worker import drain
    from tuoshan.cases import service

    case = desk.accepted()
    done = service.act(case_id=case.pk, action="withdraw", actor=desk.customer(case))
    assert done.accepted, done.refusal
    clock.advance(timedelta(days=31))
    drain()
    told = reasons(page_of(desk, "agent", desk.read(case)))
    assert re.search(r"重新处理：须在“已撤回”后的期限内办理，即 \d{4}-\d\d-\d\d \d\d:\d\d 之前。", told), told
    assert "已结案" not in told, "that time never began"
    english = reasons(page_of(desk, "agent", desk.read(case), "en"))
    assert re.search(r"It has to be done within its time from “Withdrawn”, by \d{4}", english), english


def test_a_departure_from_a_ruling_is_called_by_its_words() -> None:
    data = {"condition": "times.ruling_below_law == 0"}
    with override("zh-hans"):
        assert unmet.sentence(data, library.current("complaint")) == BELOW_THE_LAW[0]
    with override("en"):
        said = unmet.sentence(data, library.current("complaint"))
    assert said == BELOW_THE_LAW[1]


def test_what_was_done_already_is_said_as_what_it_is() -> None:
    known = said("times.appeal == 0", false=[0])
    assert known == "已经有过“申诉”，所以这一步不能再做。"
