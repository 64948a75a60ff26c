"""Bulk actions: what all allow, one batch, outcomes by case, a double press acts once."""

from typing import Any

from tests.workbench.deskhouse import desk, triggers

__all__ = ["desk"]


def choices(desk: Any, who: str, cases: list[Any]) -> str:
    return str(desk.htmx(who, "get", "/bulk", {"case": [case.number for case in cases]}).content.decode())


def test_only_what_every_case_allows_is_offered(desk: Any) -> None:
    new, accepted = desk.complaint(), desk.accepted()
    one = choices(desk, "agent", [accepted])
    assert "do=transfer" in one
    assert "do=upgrade" in one
    both = choices(desk, "lead", [new, accepted])
    assert "do=transfer" in both
    assert "do=upgrade" not in both
    assert "do=note" in both


def test_cases_are_handed_over_together(desk: Any) -> None:
    from tuoshan.cases.models import BatchMember

    cases = [desk.accepted(), desk.accepted()]
    numbers = [case.number for case in cases]
    form = desk.htmx("lead", "get", "/bulk/form", {"do": "transfer", "case": numbers}).content.decode()
    assert "在办 0/20" in form
    data = {
        "do": "transfer", "case": numbers, "batch": "4711", "handler": str(desk.people["colleague"].pk),
        "reason": "排班调整",
    }  # fmt: skip
    answer = desk.htmx("lead", "post", "/bulk/run", data)
    assert answer.status_code == 200
    assert "2 件已完成" in answer.content.decode()
    assert triggers(answer) == {"unpick": numbers, "decided": True}
    assert [desk.read(case).handler_id for case in cases] == [desk.people["colleague"].pk] * 2
    seqs = [desk.read(case).seq for case in cases]
    again = desk.htmx("lead", "post", "/bulk/run", data)
    assert "2 件已完成" in again.content.decode()
    assert [desk.read(case).seq for case in cases] == seqs
    assert BatchMember.objects.filter(batch_id=4711, outcome="done").count() == 2


def test_cases_are_taken_together_and_what_somebody_has_asks_why(desk: Any) -> None:
    colleague = desk.people["colleague"]
    free, held = desk.complaint(), desk.accepted()
    alone = desk.htmx("colleague", "get", "/bulk/form", {"do": "claim", "case": [free.number]}).content.decode()
    assert 'name="taken_because"' not in alone
    numbers = [free.number, held.number]
    form = desk.htmx("colleague", "get", "/bulk/form", {"do": "claim", "case": numbers}).content.decode()
    assert 'name="taken_because"' in form and f'<option value="{colleague.pk}" selected' in form
    data = {"do": "claim", "case": numbers, "batch": "4712", "handler": str(colleague.pk)}
    assert desk.htmx("colleague", "post", "/bulk/run", data).status_code == 422
    assert desk.read(free).handler_id is None
    done = desk.htmx("colleague", "post", "/bulk/run", data | {"taken_because": "分片调整"})
    assert "2 件已完成" in done.content.decode()
    assert [desk.read(case).handler_id for case in (free, held)] == [colleague.pk] * 2


def test_those_refused_are_listed_with_their_reason(desk: Any) -> None:
    case, ended = desk.accepted(), desk.accepted()
    desk.house.act(ended, "withdraw", desk.customer(ended), reason="不要了")
    data = {
        "do": "transfer", "case": [case.number, ended.number], "handler": str(desk.people["colleague"].pk),
        "reason": "换人",
    }  # fmt: skip
    answer = desk.htmx("lead", "post", "/bulk/run", data)
    assert triggers(answer)["unpick"] == [case.number], "what was refused stays picked"
    text = answer.content.decode()
    assert "1 件已完成" in text
    assert "1 件没有做成" in text
    assert ended.number in text
    assert "这一步现在不能做" in text


def test_an_empty_form_comes_back_with_what_is_missing(desk: Any) -> None:
    case = desk.accepted()
    answer = desk.htmx("lead", "post", "/bulk/run", {"do": "transfer", "case": [case.number], "reason": "换人"})
    assert answer.status_code == 422
    assert "换人" in answer.content.decode()


def test_a_note_and_watching_together(desk: Any) -> None:
    from tuoshan.cases.models import Message, Watch

    cases = [desk.complaint(), desk.accepted()]
    numbers = [case.number for case in cases]
    data = {"do": "note", "case": numbers, "text": "同一批次，一并处理", "batch": "99"}
    desk.htmx("agent", "post", "/bulk/run", data)
    desk.htmx("agent", "post", "/bulk/run", data)
    assert [one.text for one in Message.objects.filter(direction="note")] == ["同一批次，一并处理"] * 2
    desk.htmx("agent", "post", "/bulk/run", {"do": "watch", "case": numbers})
    desk.htmx("agent", "post", "/bulk/run", {"do": "watch", "case": numbers})
    assert Watch.objects.filter(person_id=desk.people["agent"].pk).count() == 2


def test_cases_out_of_reach_are_not_touched(desk: Any) -> None:
    case = desk.accepted()
    answer = desk.htmx("qa", "post", "/bulk/run", {"do": "note", "case": [case.number], "text": "x"})
    assert "已完成" not in answer.content.decode()
    assert desk.read(case).seq == case.seq


def test_the_queue_lets_rows_be_picked(desk: Any) -> None:
    desk.complaint()
    text = desk.client("agent").get("/queue/unassigned").content.decode()
    assert "data-bulk" in text
    assert "data-pick " in text
    assert "data-pick " not in desk.client("auditor").get("/queue/unassigned").content.decode()


def test_picked_cases_are_put_to_one_improvement_by_those_who_lead(desk: Any) -> None:
    from tests.workbench.deskhouse import moment

    from tuoshan.quality import lessons
    from tuoshan.quality.models import Lesson

    first, second, third = desk.complaint(), desk.complaint(), desk.complaint()
    numbers = [second.number, third.number]
    assert "登记整改" in desk.htmx("lead", "get", "/lessons/link", {"case": numbers}).content.decode()
    made = lessons.make(
        what="换更厚的内衬", case_ids=[first.pk], now=moment(), owner_id=desk.people["lead"].pk, due_on=moment().date()
    )
    assert "/lessons/link" in choices(desk, "lead", [second, third])
    assert "/lessons/link" not in choices(desk, "agent", [second, third])
    form = desk.htmx("lead", "get", "/lessons/link", {"case": numbers}).content.decode()
    assert "换更厚的内衬" in form
    assert all(f"case={number}" in form for number in numbers), "a new one is made from the same cases"
    assert desk.htmx("lead", "post", "/lessons/link", {"case": numbers}).status_code == 422
    for _ in range(2):  # pressed twice
        answer = desk.htmx("lead", "post", "/lessons/link", {"case": numbers, "lesson": made.pk})
        assert triggers(answer)["unpick"] == numbers
        assert answer.status_code == 200 and "2 件工单已归入" in answer.content.decode()
    assert sorted(lessons.cases_of(made)) == sorted([first.pk, second.pk, third.pk])
    Lesson.objects.filter(pk=made.pk).update(status=Lesson.Status.DONE)
    assert desk.htmx("lead", "post", "/lessons/link", {"case": numbers, "lesson": made.pk}).status_code == 422
    assert desk.htmx("agent", "post", "/lessons/link", {"case": numbers, "lesson": made.pk}).status_code == 403


def test_an_improvement_is_begun_from_the_case_itself_by_those_who_lead(desk: Any) -> None:
    from tests.workbench.deskhouse import moment

    from tuoshan.quality import lessons

    case, other = desk.accepted(), desk.accepted()
    made = lessons.make(
        what="换更厚的内衬", case_ids=[other.pk], now=moment(), owner_id=desk.people["lead"].pk, due_on=moment().date()
    )
    address = f"/lessons/link?case={case.number}"
    assert address in desk.client("lead").get(f"/case/{case.number}").content.decode()
    assert "/lessons/link" not in desk.client("agent").get(f"/case/{case.number}").content.decode()
    client = desk.client("lead")
    opened = {"HX-Request": "true", "HX-Target": "do-lesson"}
    form = client.get(address, headers=opened).content.decode()
    assert "这件工单" in form and f"/lessons/new?case={case.number}" in form and 'data-closes="do-lesson"' in form
    answer = client.post("/lessons/link", {"case": [case.number], "lesson": made.pk}, headers=opened)
    assert answer.status_code == 200 and sorted(lessons.cases_of(made)) == sorted([case.pk, other.pk])
    assert "换更厚的内衬" in client.get(f"/lessons/{made.pk}").content.decode()
