"""Erasing a customer erases the files of their cases: what stays of them, where it is said, and what is not touched."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from tests.api.callers import Caller
from tests.documents import samples
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk, moment

from tuoshan.cases import service, verifying
from tuoshan.documents import evidence, storage
from tuoshan.documents.models import Evidence
from tuoshan.office import papers
from tuoshan.parties import customers as people

__all__ = ["desk", "work"]

SHARED = samples.pdf(b"the same sheet")


def attach(case: Any, content: bytes, name: str, **more: Any) -> Evidence:
    """A file of the case, as the step that took it records it."""
    given = {"actor_kind": "customer", "actor_id": None, "kind": "photo", "note": "", **more}
    row = evidence.accept(
        file=ContentFile(content, name=name), case_id=case.pk, upload_token=None, now=moment(), **given
    )
    assert isinstance(row, Evidence), row
    actor = service.ActingAs("customer", None) if given["actor_kind"] == "customer" else service.ActingAs.by_system()
    assert service.add_evidence(case_id=case.pk, actor=actor, evidence=[row.pk]).accepted
    return row


@pytest.fixture
def held(desk: Any, work: Any) -> Any:
    """A case with a photo of the customer's, a colleague's file, the slip; and another customer's with a same file."""
    case = desk.house.complaint(channel="counter")
    work()
    slip = Evidence.objects.get(case_id=case.pk, actor_kind="system")
    photo = attach(case, samples.image("JPEG"), "王芳家的杯子.jpg")
    own = attach(
        case, SHARED, "王芳的合同.pdf", actor_kind="person", actor_id=desk.people["agent"].pk, kind="contract",
        note="电话里说的",
    )  # fmt: skip
    other = desk.house.complaint(customer_id=people.find_or_make("13911112222", "李四").customer.pk)
    theirs = attach(other, SHARED, "李四的合同.pdf", kind="contract")
    assert own.stored_hash == theirs.stored_hash
    return desk.read(case), other, {"photo": photo, "own": own, "slip": slip, "theirs": theirs}


def erase(desk: Any) -> None:
    answer = desk.client("admin").post(f"/customers/{desk.house.customer.pk}/erase", {"sure": "1"})
    assert answer.status_code == 302


def verified(*cases: Any) -> list[str]:
    found = [*verifying.verify(case_ids=[case.pk for case in cases]), *verifying.verify_files()]
    return [str(fault) for fault in found]


def test_names_notes_and_contents_go_and_the_chain_stays_whole(desk: Any, held: Any, work: Any) -> None:
    case, other, rows = held
    client = desk.client("lead")
    small = storage.thumbnail_path_of(rows["photo"].stored_hash)
    assert small.is_file() and client.get(f"/evidence/{rows['photo'].pk}").status_code == 200
    erase(desk)
    assert verified(case, other) == []
    case = desk.read(case)
    for name in ("photo", "own", "slip"):
        row = Evidence.objects.get(pk=rows[name].pk)
        assert (row.original_name, row.note) == ("", "") and row.erased_at is not None, name
        for who in ("lead", "auditor", "agent"):
            assert desk.client(who).get(f"/evidence/{row.pk}").status_code == 404, (name, who)
            assert desk.client(who).get(f"/evidence/{row.pk}/thumbnail").status_code == 404, (name, who)
    work()
    assert not small.exists()
    assert not any(storage.path_of(rows[name].stored_hash).exists() for name in ("photo", "slip"))
    assert desk.read(case).head_hash == case.head_hash and verified(case, other) == []
    work()
    assert Evidence.objects.filter(case_id=case.pk).count() == 3, "no slip is kept again"


def test_another_customers_file_of_the_same_content_stays_readable(desk: Any, held: Any, work: Any) -> None:
    _case, other, rows = held
    erase(desk)
    work()
    answer = desk.client("lead").get(f"/evidence/{rows['theirs'].pk}")
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == SHARED
    assert "李四的合同.pdf" in desk.client("lead").get(f"/case/{other.number}").content.decode()


def test_case_page_api_and_archive_say_that_it_was_erased(desk: Any, held: Any, work: Any) -> None:
    case, _other, rows = held
    erase(desk)
    work()
    page = desk.client("agent").get(f"/case/{case.number}").content.decode()
    assert page.count("已随客户删除") >= 3 and rows["photo"].stored_hash in page
    assert "王芳" not in page and f"/evidence/{rows['photo'].pk}" not in page
    caller = Caller(desk.people["agent"], "read")
    told = {one["id"]: one for one in caller.get(f"/cases/{case.number}/evidence")}
    assert set(told) == {str(rows[name].pk) for name in ("photo", "own", "slip")}
    for one in told.values():
        assert (one["name"], one["url"]) == ("", "") and one["erased_at"] and one["sha256"]
    story = caller.get(f"/cases/{case.number}/timeline")["entries"]
    assert str(rows["photo"].pk) in [number for entry in story for number in entry["evidence"]]
    caller.get(f"/cases/{case.number}/evidence/{rows['photo'].pk}/file", expect=404)
    paper = papers.archive_data(desk.read(case), desk.people["lead"], "zh-hans")
    assert [line.name for line in paper.record.evidence] == ["已随客户删除"] * 3 and paper.pictures == ()
    assert {line.fingerprint for line in paper.record.evidence} == {
        rows[name].stored_hash for name in ("photo", "own", "slip")
    }
    assert papers.paper(desk.read(case), "archive", desk.people["lead"], language="zh-hans").startswith(b"%PDF")


def test_an_erasure_that_fails_loses_no_file(desk: Any, held: Any, work: Any, monkeypatch: Any) -> None:
    case, _other, rows = held

    def fails(customer: Any) -> None:
        raise RuntimeError("no room on the disk")

    monkeypatch.setattr(people, "_cleaners", [*people._cleaners, fails])
    with pytest.raises(RuntimeError):
        people.erase(desk.house.customer)
    work()
    assert desk.client("lead").get(f"/evidence/{rows['photo'].pk}").status_code == 200
    assert "王芳家的杯子.jpg" in desk.client("lead").get(f"/case/{case.number}").content.decode()
    assert verified(case) == []


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "照片、视频和文件删除"), ("en", "Photos, videos and files")]
)
def test_the_screen_names_files_among_what_goes(desk: Any, language: str, said: str) -> None:
    desk.complaint()
    client = desk.client("admin")
    client.cookies["tuoshan_language"] = language
    assert said in client.get(f"/customers/{desk.house.customer.pk}/erase").content.decode()
