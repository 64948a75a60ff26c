"""The follow-up call: whom to call, three tries, and what a refusal leaves."""

from datetime import timedelta
from typing import Any


def to_be_called(house: Any, work: Any, clock: Any) -> Any:
    """The case of a customer who never added what was asked for; the agent has it."""
    from tuoshan.cases.models import Case

    case = house.complaint()
    assert house.act(case, "claim", handler=str(house.agent.pk)).accepted
    house.act(case, "ask_more", missing="照片")
    clock.advance(timedelta(days=16))
    work()
    return Case.objects.get(id=case.id)


def test_three_tries_then_the_case_may_be_closed(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import follow_up
    from tuoshan.parties.models import Person

    case = to_be_called(house, work, clock)
    assert case.state == "follow_up"
    handler = Person.objects.get(pk=house.agent.pk)
    assert case.handler_id == handler.pk
    (found,) = follow_up.due(handler)
    assert (found.id, found.tries, found.next_at) == (case.id, 0, None)  # type: ignore[attr-defined]
    later = clock() + timedelta(hours=4)
    for number in (1, 2):
        outcome = follow_up.record_call(
            case_id=case.id,
            person=handler,
            result="not_reached",
            words=f"第 {number} 次无人接听",
            now=clock(),
            next_at=later,
        )
        assert outcome.accepted
    (found,) = follow_up.due(handler)
    assert (found.tries, found.next_at) == (2, later)  # type: ignore[attr-defined]
    refused = follow_up.record_call(case_id=case.id, person=handler, result="not_reached", words="仍无人", now=clock())
    assert refused.refusal is not None  # the handler's report is due first
    assert len(follow_up.calls(case.id)) == 2


def test_somebody_erased_is_not_called_a_second_time(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import follow_up
    from tuoshan.cases.models import Case
    from tuoshan.parties import customers
    from tuoshan.parties.models import Person

    case = to_be_called(house, work, clock)
    assert follow_up.left(case, []) == follow_up.TRIES
    customers.erase(house.customer)
    case = Case.objects.get(id=case.id)
    assert follow_up.left(case, []) == 1
    handler = Person.objects.get(pk=house.agent.pk)
    refused = follow_up.record_call(case_id=case.id, person=handler, result="not_reached", words="已删除", now=clock())
    assert refused.refusal is not None and refused.refusal.because != "customer_erased", "the report is due first"
    assert follow_up.calls(case.id) == [], "no call is kept that others would follow"


def test_a_renamed_state_keeps_its_calls_in_the_list(house: Any, work: Any, clock: Any) -> None:
    """Cases that began before the renaming, and those that begin after it; likewise the queue of appeals."""
    import re

    from tuoshan.care import follow_up
    from tuoshan.cases import library, meanings
    from tuoshan.cases.models import Case
    from tuoshan.core.reading import read_playbook
    from tuoshan.parties.models import Person

    def silent() -> Case:
        case = house.complaint()
        assert house.act(case, "claim", handler=str(house.agent.pk)).accepted
        house.act(case, "ask_more", missing="照片")
        clock.advance(timedelta(days=16))
        work()
        return Case.objects.get(id=case.id)

    before = silent()
    text = library.current("complaint").text
    for old, new in (("follow_up", "call_back"), ("appealed", "contested")):
        text = re.sub(rf"\b{old}\b", new, text)
    common = {"common": (library.PACKAGED / library.FRAGMENTS / "common.yaml").read_text(encoding="utf-8")}
    renamed, _findings = read_playbook(text, "complaint.yaml", common)
    assert renamed is not None
    handler = Person.objects.get(pk=house.agent.pk)
    with library.using(renamed, fragments=common):
        after = silent()
        assert (before.state, after.state) == ("follow_up", "call_back")
        assert {case.pk for case in follow_up.due(handler)} == {before.pk, after.pk}
        assert follow_up.is_due(before) and follow_up.is_due(after)
        assert meanings.appeal_states() == ["appealed", "contested"]
