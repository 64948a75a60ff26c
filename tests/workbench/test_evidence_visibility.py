"""Who sees what is attached to a step: the customer when the step writes to them, supervisors alone when it names
a person, and otherwise whoever works on the case."""

import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.workbench.deskhouse import desk, moment

__all__ = ["desk"]


def picture(name: str = "杯底.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def opened(desk: Any, who: str, address: str) -> tuple[dict[str, str], str]:
    """The hidden fields of a form as a browser would send them, and the page."""

    text = desk.htmx(who, "get", address).content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(seq|key|upload_token|task)" value="([^"]*)"', text))
    return found, text


def attach(desk: Any, who: str, token: str) -> Any:
    from tuoshan.documents.models import Evidence

    answer = desk.client(who).post("/evidence/upload", {"file": picture(), "token": token})
    assert answer.status_code == 201, answer.content
    return Evidence.objects.get(id=int(answer.json()["id"]))


def box(text: str, name: str) -> str:
    """`on`, `off`, or nothing when the form has no such box."""

    found = re.search(rf'<input type="checkbox"[^>]*name="{name}"[^>]*>', text)
    return "" if found is None else "on" if " checked" in found[0] else "off"


def customer_files(case: Any) -> list[int]:
    """What the customer's own page lists, and lets be opened."""
    from django.test import Client

    from tuoshan.documents.models import Evidence
    from tuoshan.knowledge.links import case_link

    link, client = case_link(case.pk), Client()
    assert client.get(link[link.index("/portal/") :]).status_code == 302
    page = client.get(f"/portal/case/{case.number}").content.decode()
    listed = [int(number) for number in re.findall(r'id="evidence-(\d+)"', page)]
    for number in Evidence.objects.filter(case_id=case.pk).values_list("id", flat=True):
        answer = client.get(f"/evidence/{number}")
        assert (answer.status_code == 200) == (number in listed), number
    return listed


@pytest.fixture
def answering(desk: Any) -> Any:
    """A case about to be answered "not upheld", whose message promises the evidence at the link."""
    case = desk.accepted()
    return case, f"/case/{case.number}/do/act/not_upheld"


def test_what_a_step_shows_the_customer_is_seen_by_the_customer(desk: Any, answering: Any) -> None:
    case, address = answering
    hidden, text = opened(desk, "agent", address)
    assert box(text, "visible_to_customer") == "on"
    assert box(text, "supervisors_only") == ""
    row = attach(desk, "agent", hidden["upload_token"])
    assert not row.visible_to_customer
    answer = desk.htmx("agent", "post", address, hidden | {"why": "杯子完好", "visible_to_customer": "1"})
    assert answer.status_code == 204, answer.content.decode()
    row.refresh_from_db()
    assert row.case_id == case.pk
    assert row.visible_to_customer
    assert customer_files(case) == [row.id]


def test_evidence_that_the_message_promises_cannot_all_be_kept_in_the_house(desk: Any, answering: Any) -> None:
    case, address = answering
    hidden, _text = opened(desk, "agent", address)
    row = attach(desk, "agent", hidden["upload_token"])
    refused = desk.htmx("agent", "post", address, hidden | {"why": "杯子完好"})
    assert refused.status_code == 422 and "请至少附一份对方可见的" in refused.content.decode()
    assert desk.read(case).state == case.state and customer_files(case) == []
    again = hidden | {"key": "another-key", "why": "杯子完好", "visible_to_customer": "1"}
    assert desk.htmx("agent", "post", address, again).status_code == 204
    assert customer_files(case) == [row.id]


def test_a_refusal_at_the_desk_shows_what_it_rests_on(desk: Any) -> None:
    from tuoshan.catalog.models import Category

    case, category = desk.complaint(), Category.objects.filter(parent__isnull=False).first()
    assert category is not None
    address = f"/case/{case.number}/do/act/unfounded"
    hidden, _text = opened(desk, "agent", address)
    row = attach(desk, "agent", hidden["upload_token"])
    said = hidden | {"category": str(category.pk), "why": "杯子完好"}
    refused = desk.htmx("agent", "post", address, said)
    assert refused.status_code == 422 and "请至少附一份对方可见的" in refused.content.decode()
    assert desk.read(case).state == "received"
    shown = desk.htmx("agent", "post", address, said | {"key": "another-key", "visible_to_customer": "1"})
    assert shown.status_code == 204, shown.content.decode()
    assert customer_files(case) == [row.id]


def test_a_box_left_empty_keeps_the_file_in_the_house(desk: Any) -> None:
    case = desk.accepted()
    address = f"/case/{case.number}/do/act/contact"
    hidden, text = opened(desk, "agent", address)
    assert box(text, "visible_to_customer") == "on"
    row = attach(desk, "agent", hidden["upload_token"])
    said = hidden | {"said": "已说明进展", "next_step": "明天上午联系您"}
    assert desk.htmx("agent", "post", address, said).status_code == 204
    row.refresh_from_db()
    assert row.case_id == case.pk
    assert not row.visible_to_customer
    assert customer_files(case) == []


def test_a_step_that_writes_to_nobody_shows_nothing_unless_asked(desk: Any) -> None:
    case = desk.accepted()
    _hidden, text = opened(desk, "agent", f"/case/{case.number}/do/act/propose")
    assert box(text, "visible_to_customer") == "off"


def test_a_finding_against_a_person_is_for_supervisors_alone(desk: Any) -> None:
    from tuoshan.cases.models import Task

    case = desk.inquiring()
    task = Task.objects.get(case_id=case.pk, name="inquire")
    address = f"/case/{case.number}/do/task/inquire?task={quote(task.key)}"
    hidden, text = opened(desk, "qa", address)
    assert box(text, "visible_to_customer") == "off"
    assert box(text, "supervisors_only") == "off"
    row = attach(desk, "qa", hidden["upload_token"])
    given = hidden | {
        "cause": "material-faulty", "liable": "product", "finding": "杯底有裂纹", "outcome": "done",
        "supervisors_only": "1", "visible_to_customer": "1",
    }  # fmt: skip
    answer = desk.htmx("qa", "post", address, given)
    assert answer.status_code == 204, answer.content.decode()
    row.refresh_from_db()
    assert (row.case_id, row.supervisors_only, row.visible_to_customer) == (case.pk, True, False)
    assert customer_files(case) == []
    assert desk.client("lead").get(f"/evidence/{row.id}").status_code == 200
    assert desk.client("agent").get(f"/evidence/{row.id}").status_code == 404


def test_only_a_form_that_names_a_person_can_hide_its_files(desk: Any, answering: Any) -> None:
    _case, address = answering
    hidden, _text = opened(desk, "agent", address)
    row = attach(desk, "agent", hidden["upload_token"])
    given = hidden | {"why": "杯子完好", "visible_to_customer": "1", "supervisors_only": "1"}
    assert desk.htmx("agent", "post", address, given).status_code == 204
    row.refresh_from_db()
    assert (row.supervisors_only, row.visible_to_customer) == (False, True)


def test_a_refused_step_gives_its_files_back_and_the_next_choice_counts(desk: Any, answering: Any) -> None:
    from tuoshan.documents import evidence

    case, address = answering
    hidden, _text = opened(desk, "agent", address)
    row = attach(desk, "agent", hidden["upload_token"])
    old = hidden | {"seq": str(int(hidden["seq"]) - 1), "why": "杯子完好"}
    again = desk.htmx("agent", "post", address, old)
    assert again.status_code == 409
    holder = f"person:{desk.people['agent'].pk}"
    assert [one.id for one in evidence.of_draft(hidden["upload_token"], (holder,))] == [row.id]
    assert box(again.content.decode(), "visible_to_customer") == "off"
    new = hidden | {"key": "another-key", "why": "杯子完好", "visible_to_customer": "1"}
    assert desk.htmx("agent", "post", address, new).status_code == 204
    row.refresh_from_db()
    assert (row.case_id, row.visible_to_customer) == (case.pk, True)


def test_files_of_a_step_that_the_rules_refuse_are_listed_again(desk: Any) -> None:
    from tuoshan.cases import service
    from tuoshan.documents import drafts, evidence

    case = desk.inquiring()
    token = drafts.new_upload_token()
    row = attach(desk, "agent", token)
    outcome = service.act(
        case_id=case.pk, action="not_upheld", actor=service.ActingAs.by_person(desk.people["agent"]),
        values={"why": "杯子完好"}, upload_token=token,
    )  # fmt: skip
    assert not outcome.accepted
    assert [one.id for one in evidence.of_draft(token)] == [row.id]


def test_what_a_case_has_taken_keeps_its_mark(desk: Any) -> None:
    from django.core.files.base import ContentFile

    from tuoshan.documents import drafts, evidence

    token = drafts.new_upload_token()
    row = evidence.accept(
        file=ContentFile(picture().read(), name="a.png"), case_id=None, upload_token=token, actor_kind="person",
        actor_id=1, kind="photo", now=moment(),
    )  # fmt: skip
    assert evidence.mark_draft(token, visible_to_customer=True) == 1
    case = desk.complaint()
    evidence.bind(token, case.pk)
    assert evidence.mark_draft(token, visible_to_customer=False) == 0
    assert evidence.mark_draft("forged", visible_to_customer=True) == 0
    row.refresh_from_db()
    assert row.visible_to_customer


def test_files_are_sent_by_whoever_uploaded_them_and_by_nobody_else(desk: Any) -> None:
    case = desk.complaint()
    address = f"/case/{case.number}/do/act/ask_more"
    hidden, _text = opened(desk, "agent", address)
    row = attach(desk, "agent", hidden["upload_token"])
    sent = {"missing": "请拍一下底部编号", "key": "k", "seq": str(case.seq), "upload_ids": str(row.pk)}
    other = desk.htmx("colleague", "post", address, {**sent, "upload_token": hidden["upload_token"]})
    assert other.status_code == 422 and "有 1 个上传的文件已过保存时间" in other.content.decode()
    assert "请拍一下底部编号" in other.content.decode()
    assert hidden["upload_token"] not in other.content.decode(), "the form gets a token of its own"
    later = desk.client("agent")  # signed in anew
    answer = later.post(address, {**sent, "upload_token": hidden["upload_token"]}, headers={"HX-Request": "true"})
    assert answer.status_code == 204, answer.content.decode()
    row.refresh_from_db()
    assert row.case_id == case.pk


def test_a_swept_file_is_said_before_the_step_is_taken(desk: Any) -> None:
    from tuoshan.documents import evidence

    case = desk.complaint()
    address = f"/case/{case.number}/do/act/ask_more"
    hidden, _text = opened(desk, "agent", address)
    number = attach(desk, "agent", hidden["upload_token"]).pk
    assert evidence.remove_draft(hidden["upload_token"], number, (f"person:{desk.people['agent'].pk}",))
    sent = {"missing": "请拍一下底部编号", "seq": str(case.seq), **hidden, "upload_ids": str(number)}
    answer = desk.htmx("agent", "post", address, sent)
    assert answer.status_code == 422 and "已过保存时间" in answer.content.decode()
    assert desk.read(case).seq == case.seq
    del sent["upload_ids"]  # the form given back shows no file any more
    assert desk.htmx("agent", "post", address, {**sent, "key": "k2"}).status_code == 204
    assert not evidence.Evidence.objects.exists()
