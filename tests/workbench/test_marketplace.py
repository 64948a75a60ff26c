"""The marketplace's cases at our desk: the merchant is us, so what the merchant owes is our clock everywhere."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.insight.house import House
from tests.portal.house import proof
from tests.workbench.shippedhouse import NOW, client, house

from tuoshan.agenda.worker import drain
from tuoshan.cases import service
from tuoshan.cases.models import Case, Deadline, Message
from tuoshan.insight import indexing
from tuoshan.integrations.models import Notification
from tuoshan.parties import customers
from tuoshan.parties.models import Person

__all__ = ["house"]

STORE = frozenset({"staff", "applicant", "store_head"})


def request(house: House, playbook: str = "pinduoduo_refund", *, unit: str = "service", **values: Any) -> Case:
    """A customer's request on the marketplace, entered at our desk by 陈."""
    given = {
        "order_no": "P-1", "platform_no": "PDD-77", "refund_reason": "quality",
        "amount_paid": Decimal("59.90"), "amount": Decimal("59.90"), "shipped": True,
        "window_end": NOW + timedelta(days=30), **values,
    }  # fmt: skip
    given |= {"ship_by": NOW - timedelta(days=3)} if playbook == "pinduoduo_refund" else {"special_goods": False}
    outcome = service.register(
        playbook=playbook, actor=service.ActingAs.by_person(house.fresh("chen")), channel="marketplace",
        customer_id=customers.find_or_make("13800138000", "王女士").customer.pk, unit_id=house.units[unit].pk,
        title="杯子碎了", values=given,
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    return Case.objects.get(pk=outcome.case_id)


def read(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def numbers(text: str, *cases: Case) -> list[bool]:
    return [case.number in text for case in cases]


def warnings(name: str) -> list[str]:
    person = Person.objects.get(username=name)
    return [note.sentence() for note in Notification.objects.filter(what="due_soon", person_id=person.pk)]


@pytest.mark.parametrize("playbook", ["pinduoduo_refund", "pinduoduo_return"])
def test_the_merchants_hours_stand_in_our_queues_and_are_warned_of(house: House, playbook: str, clock: Any) -> None:
    case = request(house, playbook)
    assert (case.state, case.waits_for, case.due_name) == ("merchant", "merchant", "merchant")
    assert case.due_at == case.queue_at == NOW + timedelta(hours=48) and not case.overdue
    desk, lead = client(house, "chen"), client(house, "lin")
    assert numbers(desk.get("/queue/due_today").content.decode(), case) == [False]
    clock.advance(timedelta(hours=35, minutes=59))
    drain()
    assert warnings("chen") == []
    assert numbers(lead.get("/board/tomorrow").content.decode(), case) == [True]  # 3 March: due on the 4th at 09:00
    clock.advance(timedelta(minutes=2))
    drain()
    assert [one.partition("：")[0] for one in warnings("chen")] == ["“待商家处理”将在 3月4日 09:00 到期"]
    clock.advance(timedelta(hours=9))
    drain()
    assert len(warnings("chen")) == 2
    assert numbers(desk.get("/queue/due_today").content.decode(), case) == [True]
    clock.advance(timedelta(hours=3))  # the moment has passed, and the worker has not yet run
    assert numbers(desk.get("/queue/overdue").content.decode(), case) == [True]
    assert read(case).queue_at < clock()


@pytest.mark.parametrize("playbook", ["pinduoduo_refund", "pinduoduo_return"])
def test_an_application_after_the_window_ends_at_once_and_silence_pays_nothing(
    house: House, playbook: str, clock: Any
) -> None:
    """The last moment is inside; a microsecond later is not, unless it was applied for in time and entered later."""
    moment = timedelta(microseconds=1)
    late = request(house, playbook, window_end=clock() - moment)
    inside = request(house, playbook, window_end=clock())
    entered_later = request(house, playbook, window_end=clock() - moment, applied_at=clock() - moment)
    assert (late.state, late.ended, late.due_at) == ("too_late", True, None)
    assert inside.state == entered_later.state == "merchant"
    drain()
    (told,) = Message.objects.filter(case_id=late.pk, direction="out").values_list("text", flat=True)
    assert "已过售后有效期" in told
    clock.advance(timedelta(hours=49))
    drain()
    assert read(late).state == "too_late"
    assert read(inside).state == read(entered_later).state == "refunding"


def test_a_refund_by_silence_is_a_missed_clock_of_ours(house: House, clock: Any) -> None:
    """陈 lets 48 hours pass in one case and agrees in time in another: one of two clocks was missed."""
    from tests.insight.test_reports import agree, report, tiles

    silent, answered = request(house), request(house)
    clock.advance(timedelta(hours=47))
    done = service.act(
        case_id=answered.pk, action="agree", actor=service.ActingAs.by_person(house.fresh("chen")), values={}
    )
    assert done.accepted, done.refusal
    clock.advance(timedelta(hours=2))
    drain()
    indexing.catch_up(clock())
    assert read(silent).state == "refunding"
    ended = dict(Deadline.objects.filter(name="merchant").values_list("case_id", "outcome"))
    assert ended == {silent.pk: "late", answered.pk: "kept"}
    made = report(house, "clocks")
    rows = {row[0].value: (row[1].value, row[2].value, row[3].value) for row in made.tables[0].rows}
    assert rows["待商家处理"] == (1, 1, 50.0), rows  # kept, late, kept in percent
    assert tiles(report(house, "overview"))["late"] == 1
    assert agree(house, made) > 0


def test_a_clock_that_was_only_timed_anew_was_neither_kept_nor_missed(house: House, clock: Any) -> None:
    """The platform's moment is recorded twice, then the merchant answers: one clock was kept, and it is that one."""
    from tests.insight.test_reports import agree, report

    case = request(house)

    def step(action: str, **values: Any) -> None:
        clock.advance(timedelta(hours=1))
        actor = service.ActingAs.by_person(house.fresh("chen"))
        done = service.act(case_id=case.pk, action=action, actor=actor, values=values)
        assert done.accepted, done.refusal

    def rows() -> dict[Any, Any]:
        drain()
        return {row[0].value: (row[1].value, row[2].value) for row in report(house, "clocks").tables[0].rows}

    step("timed", answer_by=NOW + timedelta(hours=20))
    step("timed", answer_by=NOW + timedelta(hours=40))
    assert rows() == {}
    step("agree")
    assert rows() == {"待商家处理（平台时限）": (1, 0)}
    assert agree(house, report(house, "clocks")) > 0
    answered_after(house, case, seconds=3 * 3600, kept=True, clock=clock)


def test_what_the_customer_owes_the_platform_is_no_clock_of_ours(house: House, clock: Any) -> None:
    case = request(house, "pinduoduo_return")
    for action, values in (("agree", {"return_address": "杭州 1 号", "return_to": "仓库 0571"}),):
        done = service.act(
            case_id=case.pk, action=action, actor=service.ActingAs.by_person(house.fresh("chen")), values=values
        )
        assert done.accepted, done.refusal
    case = read(case)
    assert (case.state, case.waits_for, case.due_at) == ("await_return", "customer", None)
    clock.advance(timedelta(days=6, hours=1))
    drain()
    assert warnings("chen") == [] and not read(case).overdue
    assert numbers(client(house, "chen").get("/queue/overdue").content.decode(), case) == [False]


def answered_after(house: House, case: Case, *, seconds: int, kept: bool, clock: Any) -> None:
    """The stored figures of the case, and the report over it alone."""
    from tests.insight.test_reports import report, tiles

    from tuoshan.insight.models import CaseFigures

    indexing.catch_up(clock())
    found = CaseFigures.objects.get(pk=case.pk)
    assert (found.response_seconds, found.response_kept) == (seconds, kept)
    made = tiles(report(house, "overview", playbook=case.playbook))
    assert (made["response_seconds_50"], made["response_kept"]) == (seconds, 100.0 if kept else 0.0)


def test_the_first_answer_to_a_return_is_the_merchants(house: House, clock: Any) -> None:
    """Silent for 48 hours: the system answered in our place, one minute after they were over, and that is late."""
    case = request(house, "pinduoduo_return")
    clock.advance(timedelta(hours=48, minutes=1))
    drain()
    answered_after(house, case, seconds=48 * 3600 + 60, kept=False, clock=clock)


def test_who_withdraws_was_not_answered(house: House, clock: Any) -> None:
    from tuoshan.insight.models import CaseFigures

    case = request(house)
    clock.advance(timedelta(hours=1))
    done = service.act(
        case_id=case.pk, action="withdraw", actor=service.ActingAs.by_customer(case.customer_id),
        values={"reason": "不退了"},
    )  # fmt: skip
    assert done.accepted, done.refusal
    indexing.catch_up(clock())
    assert CaseFigures.objects.get(pk=case.pk).response_seconds is None


def test_the_first_answer_to_a_repair_is_the_store_managers(house: House, clock: Any) -> None:
    """Asked for on Monday at 09:00, approved three hours later; it was due on Tuesday at the close of business."""
    asked = service.register(
        playbook="facility_repair", actor=service.ActingAs("person", house.people["ma"].pk, house.people["ma"], STORE),
        channel="counter", customer_id=None, unit_id=house.units["store1"].pk, title="射灯不亮",
        values={"category": "1", "what_broken": "射灯不亮", "place": "inside", "store_type": "mall",
                "out_of_town": False},
    )  # fmt: skip
    assert asked.accepted, asked.refusal
    clock.advance(timedelta(hours=3))
    done = service.act(
        case_id=asked.case_id, action="approve",
        actor=service.ActingAs("person", house.people["ma"].pk, house.people["ma"], STORE),
        values={"scope": "换灯", "kind": "simple", "damage_by": "wear"},
    )  # fmt: skip
    assert done.accepted, done.refusal
    answered_after(house, Case.objects.get(), seconds=3 * 3600, kept=True, clock=clock)


def test_the_first_answer_to_a_refund_is_the_merchants(house: House, clock: Any) -> None:
    """Applied for at 09:00 with 30 hours given by the platform, refused after five hours: kept."""
    case = request(house, merchant_due=NOW + timedelta(hours=30))
    assert case.state == "merchant_timed"
    clock.advance(timedelta(hours=5))
    done = service.act(
        case_id=case.pk, action="reject", actor=service.ActingAs.by_person(house.fresh("chen")),
        values={"refuse_reason": "已签收三十天"}, evidence=[proof(case)],
    )  # fmt: skip
    assert done.accepted, done.refusal
    answered_after(house, case, seconds=5 * 3600, kept=True, clock=clock)


def test_a_refund_taken_as_agreed_was_answered_late(house: House, clock: Any) -> None:
    case = request(house)
    clock.advance(timedelta(hours=48, minutes=1))
    drain()
    answered_after(house, case, seconds=48 * 3600 + 60, kept=False, clock=clock)


def test_the_platforms_moment_typed_in_at_the_desk(house: House) -> None:
    """A moment that cannot be read is refused and kept as typed, one that is past is due now, a good one rules."""
    desk = client(house, "chen")
    given = {
        "key": "r1", "customer-phone": "13800138000", "order_no": "P-1", "platform_no": "PDD-77",
        "amount_paid": "59.90",
        "amount": "59.90",
        "refund_reason": "quality", "shipped": "yes", "ship_by_0": "2026-02-27", "ship_by_1": "09:00",
        "window_end_0": "2026-04-01", "window_end_1": "09:00", "merchant_due_0": "4 March", "merchant_due_1": "8h",
    }  # fmt: skip
    refused = desk.post("/register/pinduoduo_refund", given)
    text = refused.content.decode()
    assert refused.status_code == 422 and not Case.objects.exists()
    assert 'value="4 March"' in text and 'value="8h"' in text and 'value="PDD-77"' in text
    summary = text.partition('role="alert"')[2].partition("</ul>")[0]
    assert '<a class="link" href="#id_merchant_due_0">平台显示的商家处理截止时间</a>' in summary
    half = desk.post("/register/pinduoduo_refund", given | {"merchant_due_0": "2026-03-04", "merchant_due_1": ""})
    assert half.status_code == 422 and not Case.objects.exists()
    good = given | {"merchant_due_0": "2026-03-03", "merchant_due_1": "15:30"}
    assert desk.post("/register/pinduoduo_refund", good).status_code == 302
    case = Case.objects.get()
    running = Deadline.objects.get(case_id=case.pk, ended_at=None)
    assert (case.state, running.name) == ("merchant_timed", "merchant_timed")
    assert running.due_at == datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    past = given | {"key": "r2", "merchant_due_0": "2026-03-01", "merchant_due_1": "09:00"}
    assert desk.post("/register/pinduoduo_refund", past).status_code == 302
    late = Case.objects.latest("id")
    assert late.state == "merchant_timed" and late.due_at == NOW


def test_a_repair_done_in_time_and_recorded_in_the_evening_was_in_time(house: House, clock: Any) -> None:
    """Received on Monday at 09:00, to be finished by Thursday 18:00; done on Thursday at 16:00, recorded at 20:00."""
    ours = service.ActingAs("person", house.people["ma"].pk, house.people["ma"], STORE | {"engineering"})
    asked = service.register(
        playbook="facility_repair", actor=ours, channel="counter", customer_id=None, unit_id=house.units["store1"].pk,
        title="射灯不亮",
        values={"category": "1", "what_broken": "射灯不亮", "place": "inside", "store_type": "mall",
                "out_of_town": False},
    )  # fmt: skip
    case = Case.objects.get(pk=asked.case_id)

    def act(action: str, *, evidence: Any = (), at: datetime | None = None, **values: Any) -> Any:
        return service.act(case_id=case.pk, action=action, actor=ours, values=values, evidence=list(evidence), at=at)

    plan = {"visit_on": date(2026, 3, 5), "worker": "钟师傅", "dirty_work": False}
    for action, values in (
        ("approve", {"scope": "换灯", "kind": "simple", "damage_by": "wear"}), ("receive", {}), ("plan", plan),
    ):  # fmt: skip
        assert act(action, **values).accepted
    clock.advance(timedelta(days=3, hours=11))
    drain()
    assert Deadline.objects.get(case_id=case.pk, name="finished").due_at == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    done = act(
        "complete", evidence=[proof(case)], at=clock() - timedelta(hours=4), work_done="更换灯珠", cost=Decimal(45)
    )
    assert done.accepted, done.refusal
    assert Deadline.objects.get(case_id=case.pk, name="finished").outcome == "kept"
    checking = Deadline.objects.get(case_id=case.pk, name="checking", ended_at=None)
    assert checking.started_at == clock(), "the shop has its two days from when it was told"


UNPROMISED = "没有答复时限：平台按自己的时限处理，我方不作承诺"


def test_no_answer_is_promised_where_the_platform_decides(house: House) -> None:
    desk, address = client(house, "chen"), "/register/pinduoduo_refund/beside"
    day = {f"{name}_0": "2026-03-04" for name in ("ship_by", "window_end")}
    day |= {f"{name}_1": "09:00" for name in ("ship_by", "window_end")}
    typed = {
        "order_no": "P-1", "platform_no": "PDD-77", "refund_reason": "quality",
        "amount_paid": "59.90", "amount": "59.90",
    }  # fmt: skip

    def foot(**values: str) -> str:
        return str(desk.post(address, values).content.decode())

    assert "填写完整后显示答复时限" in foot() and "前得到答复" not in foot()
    assert "填写完整后显示答复时限" in foot(**typed)
    assert UNPROMISED in foot(**typed, **day, shipped="no")
    assert "前得到答复" in foot(**typed, **day, shipped="yes")
    case = request(house, shipped=False)
    assert case.state == "merchant", "the time to ship it is over"
    outcome = service.register(
        playbook="pinduoduo_refund", actor=service.ActingAs.by_person(house.fresh("chen")), channel="marketplace",
        customer_id=None, unit_id=house.units["service"].pk, title="没发货",
        values={
            **typed, "amount_paid": Decimal("59.90"), "amount": Decimal("59.90"), "shipped": False,
            "ship_by": NOW + timedelta(days=2), "window_end": NOW + timedelta(days=30),
        },
    )  # fmt: skip
    page = desk.get(f"/registered/{outcome.number}").content.decode()
    assert Case.objects.get(pk=outcome.case_id).state == "platform" and UNPROMISED in page
