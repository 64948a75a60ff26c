"""A promise that ends while nobody works: acknowledgment, slip, screens and API say so kindly, and it stays."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import override
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

SOONER = "我们会争取在此之前的工作时间（09:00–18:00）内答复。"


def at(clock: Any, text: str) -> None:
    clock.move_to(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")))


def test_what_the_customer_is_told_is_true_and_the_promise_stays(desk: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.cases.possible import row_of
    from tuoshan.intake.registering import promise_of
    from tuoshan.integrations.printing import slip_data
    from tuoshan.knowledge import templates, wording
    from tuoshan.knowledge.case_values import of_case
    from tuoshan.portal import showing

    at(clock, "2026-03-03T02:17")
    case, now = desk.complaint(), clock()
    assert promise_of(case).due == now + timedelta(hours=24)
    said = of_case(case).values("zh-hans", {"due", "sooner"})
    assert (said["due"], said["sooner"]) == ("3月4日 02:17", "，并争取在此之前的工作时间（09:00–18:00）内答复")
    assert ", and aim to answer sooner" in of_case(case).values("en", {"sooner"})["sooner"]
    book = library.current("complaint")
    for language, told in (
        ("zh-hans", "我们会在 3月4日 02:17 前与您联系，并争取在此之前的工作时间（09:00–18:00）内答复。"),
        ("en", "by 4 March, 02:17, and aim to answer sooner, within our working hours (09:00–18:00). Follow"),
    ):
        text = templates.text_for(book, "registered", language=language, channel="sms")
        assert told in wording.fill(text.body, of_case(case).values(language))
    assert slip_data(case, language="zh-hans").sooner == SOONER
    with override("zh-hans"):
        [chip] = showing.promises(book, row_of(case).state, now)
    assert (chip.text, chip.sooner) == ("最迟 明天 02:17 前给您答复", SOONER)
    page = desk.client("agent").get(reverse("workbench:registered", args=[case.number])).content.decode()
    assert "2026-03-04 02:17" in page and SOONER in page

    at(clock, "2026-03-03T18:30")
    assert slip_data(case, language="zh-hans").sooner == "", "no working time is left before it"


def test_in_working_hours_nothing_is_added(desk: Any, clock: Any) -> None:
    from tuoshan.integrations.printing import slip_data
    from tuoshan.knowledge.case_values import of_case

    at(clock, "2026-03-03T10:00")
    case = desk.complaint()
    assert of_case(case).values("zh-hans", {"sooner"})["sooner"] == slip_data(case, language="zh-hans").sooner == ""


def test_whoever_registers_reads_it_before_saving_and_a_program_too(desk: Any, clock: Any) -> None:
    from tests.api.callers import Caller

    at(clock, "2026-03-03T02:17")
    page = desk.htmx("agent", "post", reverse("workbench:register_duplicates", args=["complaint"]), {})
    assert SOONER in page.content.decode()
    found = Caller(desk.people["agent"], "write").post("/register/look", {"playbook": "complaint", "values": {}})
    assert found["sooner"] == SOONER
