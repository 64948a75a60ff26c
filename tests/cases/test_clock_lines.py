"""Every clock says how its due moment came about: counted ones, named moments, promises; running, stopped and ended."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import override
from tests.insight.house import House
from tests.workbench.shippedhouse import client, house

from tuoshan.cases import queries, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.clock_views import ClockView
from tuoshan.cases.models import Case

__all__ = ["house"]
REQUEST = {
    "category": "light", "what_broken": "灯不亮", "place": "inside", "store_type": "mall", "out_of_town": False,
}  # fmt: skip
APPROVED = {"scope": "换灯", "kind": "simple", "damage_by": "wear"}


PARTIES = frozenset(
    {"store_head", "engineering", "engineering_lead", "applicant", "handler", "staff", "lead", "service_desk"}
)


def act(house: House, case: Case, action: str, **values: Any) -> None:
    actor = ActingAs("person", house.people["lin"].pk, house.people["lin"], PARTIES)
    taken = service.act(case_id=case.pk, action=action, actor=actor, values=values)
    assert taken.accepted, (action, taken.refusal)


def received(house: House) -> Case:
    """A repair of three working days, received on Monday 2 March 2026 at 09:00."""
    actor = ActingAs("person", house.people["lin"].pk, house.people["lin"], PARTIES)
    made = service.register(
        playbook="facility_repair", actor=actor, values=REQUEST, channel="hotline", customer_id=None,
        unit_id=house.units["store1"].pk,
    )  # fmt: skip
    assert made.accepted, made.refusal
    case = Case.objects.get(pk=made.case_id)
    act(house, case, "approve", **APPROVED)
    act(house, case, "receive")
    return case


def clock_of(case: Case, name: str) -> ClockView:
    return next(view for view in queries.clocks(Case.objects.get(pk=case.pk)) if view.name == name)


def test_a_reckoned_moment_tells_its_sum_while_it_runs_and_when_it_has_ended(house: House, clock: Any) -> None:
    case = received(house)
    told = [
        "根据“接单”的时间、“维修难度”、“共延长几个工作日”算出。",
        "自 2026-03-02 09:00 起算。",
        "加 3 个工作日，到 2026-03-05 18:00。",
        "2026-03-05 18:00 到期。",
    ]
    assert list(clock_of(case, "finished").lines) == told
    page = client(house, "lin").get(f"/case/{case.number}").content.decode()
    assert page.count("怎么算出来的") == page.count("clock-head") > 1
    act(house, case, "extend", extra_days=2, reason="等配件")
    act(house, case, "plan", visit_on=date(2026, 3, 4), worker="张师傅", dirty_work=True)
    assert list(clock_of(case, "protect").lines) == [
        "时间按填写的“上门日期”", "只有日期时，算到当日 24:00。", "2026-03-04 24:00 到期。",
    ]  # fmt: skip
    assert any("加 5 个工作日" in line for line in clock_of(case, "finished").lines)
    act(house, case, "withdraw")
    ended = clock_of(case, "finished")
    assert ended.ended and ended.lines[0] == told[0] and ended.lines[-1] == "2026-03-09 18:00 到期。"
    page = client(house, "lin").get(f"/case/{case.number}").content.decode()
    assert page.count("怎么算出来的") == page.count("clock-head") > 2 and "2026-03-02 09:00 结束。" in page


def test_where_what_it_read_has_changed_since_the_sum_is_left_out(house: House) -> None:
    from tuoshan.cases import calendars

    case = received(house)
    calendars.set_table(
        playbook="facility_repair", name="facility_days", value={"simple": 5, "complex": 9},
        valid_from=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    view = clock_of(case, "finished")
    assert [line[:2] for line in view.lines] == ["根据", "20"] and view.lines[-1] == "2026-03-05 18:00 到期。"


def test_a_promise_says_what_it_goes_by_and_when_it_is_due(house: House) -> None:
    case = received(house)
    at = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    act(house, case, "promise", promised_at=at, promised_what="回电")
    assert list(clock_of(case, "promised").lines) == ["时间按填写的“承诺的时间”", "2026-03-03 15:30 到期。"]
    with override("en"):
        first, last = clock_of(case, "promised").lines
        assert first.startswith("The moment entered as") and last == "Due at 2026-03-03 15:30."


def test_what_stands_still_says_since_when_and_no_moment(house: House, clock: Any) -> None:
    case = house.lodge("屏幕坏了")
    clock.advance(timedelta(minutes=30))
    house.act(case, "ask_more", missing="照片")
    still = [view for view in queries.clocks(Case.objects.get(pk=case.pk)) if view.open and view.due is None]
    assert still
    for view in still:
        assert view.lines[-1] == "自 2026-03-02 09:30 起停住，继续计时后再定到期时间。"
        assert not any("到期。" in line for line in view.lines)
