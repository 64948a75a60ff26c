"""A file of the wrong case is taken out again: by leads, with a reason, hidden from all but auditors, never undone."""

from typing import Any

import pytest
from tests.api.callers import Caller
from tests.documents import samples
from tests.workbench.deskhouse import desk
from tests.workbench.test_barred_buttons import appealed
from tests.workbench.test_erased_files import attach, erase, verified
from tests.workbench.test_evidence_visibility import customer_files
from tests.workbench.test_first_decision import panel

from tuoshan.cases.models import Event, Message
from tuoshan.documents import storage
from tuoshan.documents.models import Evidence
from tuoshan.office import papers

__all__ = ["appealed", "desk"]

WHY = "传错了工单，是另一位客户的"


@pytest.fixture
def wrong(desk: Any) -> Any:
    """A case with a file that belongs to another one, which the customer sees too."""
    case = desk.complaint()
    return case, attach(case, samples.image("JPEG"), "李四的身份证.jpg", kind="photo")


def remove(desk: Any, who: str, case: Any, row: Evidence, **values: Any) -> Any:
    return desk.htmx(who, "post", f"/case/{case.number}/evidence/{row.pk}/remove", {"reason": WHY} | values)


def removed(row: Evidence) -> bool:
    return Evidence.objects.get(pk=row.pk).removed_at is not None


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead", True), ("manager", True), ("admin", True), ("agent", False), ("qa", False), ("finance", False),
        ("auditor", False),
    ],
)  # fmt: skip
def test_leads_alone_remove(desk: Any, wrong: Any, who: str, may: bool) -> None:
    case, row = wrong
    address = f"/case/{case.number}/evidence/{row.pk}/remove"
    page = desk.client(who).get(f"/case/{case.number}")
    assert (address in page.content.decode()) is may
    assert desk.htmx(who, "get", address).status_code == (200 if may else 403)
    assert remove(desk, who, case, row).status_code == (204 if may else 403)
    assert removed(row) is may
    assert Event.objects.filter(case_id=case.pk, name="evidence_removed").count() == int(may)


def test_a_reason_is_asked_for_and_what_was_sent_twice_removes_once(desk: Any, wrong: Any) -> None:
    case, row = wrong
    answer = remove(desk, "lead", case, row, reason="  ")
    assert answer.status_code == 422 and "请写明为什么移除" in answer.content.decode() and not removed(row)
    assert [remove(desk, "lead", case, row, key="k-1").status_code for _turn in range(2)] == [204, 204]
    assert remove(desk, "lead", case, row, key="k-2").status_code == 404
    assert desk.htmx("lead", "get", f"/case/{case.number}/evidence/{row.pk}/remove").status_code == 404
    assert Event.objects.filter(case_id=case.pk, name="evidence_removed").count() == 1
    assert Message.objects.filter(case_id=case.pk, direction="note").count() == 1


def test_a_file_of_another_case_is_not_removed_from_here(desk: Any, wrong: Any) -> None:
    _case, row = wrong
    other = desk.complaint()
    assert remove(desk, "lead", other, row).status_code == 404
    Caller(desk.people["lead"], "write").post(
        f"/cases/{other.number}/evidence/{row.pk}/removal", {"reason": WHY}, expect=404
    )
    assert not removed(row) and not Event.objects.filter(name="evidence_removed").exists()


def test_it_is_hidden_from_customer_and_colleagues_and_provable_for_auditors(desk: Any, wrong: Any) -> None:
    case, row = wrong
    assert customer_files(case) == [row.pk]
    assert remove(desk, "lead", case, row).status_code == 204
    assert customer_files(case) == []
    for who in ("agent", "lead", "manager", "admin"):
        client = desk.client(who)
        assert client.get(f"/evidence/{row.pk}").status_code == 404, who
        assert client.get(f"/evidence/{row.pk}/thumbnail").status_code == 404, who
        page = client.get(f"/case/{case.number}").content.decode()
        assert "李四" not in page and f'href="/evidence/{row.pk}"' not in page, who
        assert "已移除" in page and "移除了凭证" in page and WHY in page and row.stored_hash in page, who
    auditor = desk.client("auditor")
    assert auditor.get(f"/evidence/{row.pk}").status_code == 200
    page = auditor.get(f"/case/{case.number}").content.decode()
    assert f'href="/evidence/{row.pk}"' in page and "已移除" in page
    assert storage.path_of(row.stored_hash).is_file() and verified(case) == []


def test_the_papers_name_it_as_removed_and_print_it_no_more(desk: Any, wrong: Any) -> None:
    case, row = wrong
    assert len(papers.archive_data(case, desk.people["lead"], "zh-hans").pictures) == 1
    remove(desk, "lead", case, row)
    paper = papers.archive_data(desk.read(case), desk.people["lead"], "zh-hans")
    assert [line.name for line in paper.record.evidence] == ["已移除"] and paper.pictures == ()


def test_what_was_decided_on_it_stands_and_lists_it_as_removed(desk: Any, appealed: Any) -> None:
    decided = Event.objects.get(case_id=appealed.pk, name="unfounded")
    row = Evidence.objects.get(case_id=appealed.pk)
    assert str(row.pk) in decided.body
    form = desk.htmx("lead", "get", f"/case/{appealed.number}/evidence/{row.pk}/remove").content.decode()
    assert "不予支持" in form and "决定和完成的待办不变" in form
    assert remove(desk, "manager", appealed, row).status_code == 204
    shown = panel(desk.client("lead").get(f"/case/{appealed.number}").content.decode())
    assert "不予支持" in shown and "已移除" in shown and row.stored_hash in shown
    assert Event.objects.get(case_id=appealed.pk, name="unfounded").hash == decided.hash
    assert desk.read(appealed).state == appealed.state and verified(appealed) == []


def test_whoever_decided_with_it_leaves_it_to_another_lead(desk: Any, appealed: Any) -> None:
    row = Evidence.objects.get(case_id=appealed.pk)
    form = desk.htmx("both", "get", f"/case/{appealed.number}/evidence/{row.pk}/remove").content.decode()
    assert "由另一位主管办理" in form and 'type="submit"' not in form
    assert remove(desk, "both", appealed, row).status_code == 422
    program = Caller(desk.people["both"], "write")
    answer = program.post(f"/cases/{appealed.number}/evidence/{row.pk}/removal", {"reason": WHY}, expect=409)
    assert answer["code"] == "own_decision" and not removed(row)
    assert remove(desk, "lead", appealed, row).status_code == 204 and removed(row)


def test_programs_remove_with_the_same_rights(desk: Any, wrong: Any) -> None:
    case, row = wrong
    path = f"/cases/{case.number}/evidence/{row.pk}/removal"
    for who in ("agent", "finance", "auditor"):
        Caller(desk.people[who], "write").post(path, {"reason": WHY}, expect=403)
    lead = Caller(desk.people["lead"], "write")
    Caller(desk.people["lead"], "read").post(path, {"reason": WHY}, expect=403)
    for nothing in ({}, {"reason": ""}, {"reason": "  "}):
        lead.post(path, nothing, expect=422)
    assert not removed(row)
    first = lead.post(path, {"reason": WHY}, key="r-1")
    assert first["events"] == ["record:evidence_removed"] and not first["replayed"]
    assert lead.post(path, {"reason": WHY}, key="r-1")["replayed"]
    lead.post(path, {"reason": WHY}, key="r-2", expect=404)
    for who, opens in (("lead", False), ("agent", False), ("auditor", True)):
        caller = Caller(desk.people[who], "read")
        (told,) = caller.get(f"/cases/{case.number}/evidence")
        assert told["removed_at"] and not told["erased_at"] and bool(told["name"]) is bool(told["url"]) is opens, who
        caller.get(f"/cases/{case.number}/evidence/{row.pk}/file", expect=200 if opens else 404)
    assert Message.objects.get(case_id=case.pk, direction="note").text == WHY


def test_erasing_the_customer_erases_what_was_removed_too(desk: Any, wrong: Any) -> None:
    case, row = wrong
    remove(desk, "lead", case, row)
    erase(desk)
    assert desk.client("auditor").get(f"/evidence/{row.pk}").status_code == 404
    page = desk.client("auditor").get(f"/case/{case.number}").content.decode()
    assert "已随客户删除" in page and WHY not in page
    assert verified(case) == []
