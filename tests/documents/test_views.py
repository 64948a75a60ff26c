"""Who gets a file, how it is sent, and what an upload answers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.test import RequestFactory
from PIL import Image
from tests.documents import samples
from tests.documents.conftest import NOW

from tuoshan.cases import upload_holders
from tuoshan.documents import access, drafts, evidence, views

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.urls")]


@dataclass
class Staff:
    """A person as far as access looks at one."""

    pk: int = 3
    keys: frozenset[str] = frozenset({"agent"})
    is_authenticated: bool = True
    is_active: bool = True
    cases: frozenset[int] = field(default_factory=lambda: frozenset({7}))

    def role_keys(self) -> frozenset[str]:
        return self.keys


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    clock.move_to(NOW)
    monkeypatch.setattr(access, "reaches", lambda person, case_id: case_id in person.cases)


class Session(dict[str, Any]):
    session_key = "one-session"


def ask(user: Any = None, session: dict[str, Any] | None = None, **headers: str) -> HttpRequest:
    query = {"token": headers.pop("token")} if "token" in headers else {}
    if "download" in headers:
        query["download"] = headers.pop("download")
    request = RequestFactory().get("/", query, headers={key.replace("_", "-"): text for key, text in headers.items()})
    request.user = user or AnonymousUser()
    request.session = Session(session or {})  # type: ignore[assignment]
    return request


def status(request: HttpRequest, evidence_id: int) -> int:
    try:
        return views.serve(request, evidence_id).status_code
    except Http404:
        return 404


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined,arg-type]


def test_staff_see_what_is_within_their_reach(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.pdf(), "a.pdf", case_id=7)
    assert status(ask(Staff()), row.id) == 200
    assert status(ask(Staff(cases=frozenset({8}))), row.id) == 404
    assert status(ask(Staff(is_active=False)), row.id) == 404
    assert status(ask(), row.id) == 404
    assert status(ask(Staff()), row.id + 1) == 404


def test_findings_against_a_person_are_for_supervisors(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.pdf(), "a.pdf", case_id=7, supervisors_only=True, visible_to_customer=True)
    assert status(ask(Staff()), row.id) == 404
    assert status(ask(session={"portal_cases": [7]}), row.id) == 404
    for role in ("supervisor", "manager", "administrator", "auditor"):
        assert status(ask(Staff(keys=frozenset({role}))), row.id) == 200, role
    for role in ("agent", "store_manager", "investigator", "finance"):
        assert status(ask(Staff(keys=frozenset({role}))), row.id) == 404, role
    assert status(ask(Staff(keys=frozenset({"supervisor"}), cases=frozenset())), row.id) == 404


def test_customers_see_what_is_shown_to_them_in_their_own_case(hand_in: Callable[..., Any]) -> None:
    shown = hand_in(samples.pdf(b"1"), "a.pdf", case_id=7, visible_to_customer=True)
    hidden = hand_in(samples.pdf(b"2"), "b.pdf", case_id=7)
    assert status(ask(session={"portal_cases": [7]}), shown.id) == 200
    assert status(ask(session={"portal_cases": ["7"]}), shown.id) == 200
    assert status(ask(session={"portal_cases": [8]}), shown.id) == 404
    assert status(ask(session={"portal_cases": [7]}), hidden.id) == 404


def test_a_draft_is_seen_with_its_token_alone(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token()
    row = hand_in(samples.pdf(), "a.pdf", case_id=None, upload_token=token, actor_kind="customer", actor_id=None)
    assert status(ask(token=token), row.id) == 200
    assert status(ask(token=drafts.new_upload_token()), row.id) == 404
    assert status(ask(Staff()), row.id) == 404
    assert status(ask(), row.id) == 404
    evidence.bind(token, 7)
    assert status(ask(token=token), row.id) == 404


def test_a_removed_file_is_seen_by_nobody(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.pdf(), "a.pdf", case_id=7)
    evidence.remove(evidence_id=row.id, now=NOW)
    assert status(ask(Staff(keys=frozenset({"administrator"}))), row.id) == 404


@pytest.mark.parametrize(
    ("name", "content", "content_type", "disposition"),
    [
        ("照片.jpg", samples.image("JPEG"), "image/jpeg", "inline; filename*=utf-8''%E7%85%A7%E7%89%87.jpg"),
        ("p.heic", samples.heic_with_place(), "image/jpeg", 'inline; filename="p.jpg"'),
        ("a.pdf", samples.pdf(), "application/pdf", 'inline; filename="a.pdf"'),
        ("a.txt", b"words", "text/plain; charset=utf-8", 'attachment; filename="a.txt"'),
        ("a.mp4", samples.movie(), "video/mp4", 'attachment; filename="a.mp4"'),
        ("evil.exe", samples.image("PNG"), "image/png", 'inline; filename="evil.exe.png"'),
    ],
)
def test_files_are_sent_sealed(
    hand_in: Callable[..., Any], name: str, content: bytes, content_type: str, disposition: str
) -> None:
    response = views.serve(ask(Staff()), hand_in(content, name).id)
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert ("sandbox" in policy) == (content_type != "application/pdf")
    assert "script-src" not in policy
    response.close()


def test_download_saves_everything(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.image("JPEG"), "a.jpg")
    response = views.serve(ask(Staff(), download="1"), row.id)
    assert response["Content-Disposition"] == 'attachment; filename="a.jpg"'
    response.close()


@pytest.mark.parametrize(
    ("asked", "code", "answered", "length"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{size}", 10),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", None),
        ("bytes=-5", 206, "bytes {five}-{last}/{size}", 5),
        ("bytes=100000000-", 416, "bytes */{size}", 0),
        ("bytes=9-3", 416, "bytes */{size}", 0),
        ("bytes=0-1,5-6", 200, None, None),
        ("bytes=-", 200, None, None),
        ("lines=1-2", 200, None, None),
    ],
)
def test_videos_are_sent_in_parts(
    hand_in: Callable[..., Any], asked: str, code: int, answered: str | None, length: int | None
) -> None:
    content = samples.movie()
    row = hand_in(content, "a.mp4")
    response = views.serve(ask(Staff(), Range=asked), row.id)
    assert response.status_code == code
    sent = body(response)
    if answered is not None:
        size = len(content)
        assert response["Content-Range"] == answered.format(size=size, last=size - 1, five=size - 5)
    if length is not None:
        assert len(sent) == length
    if code == 206:
        assert int(response["Content-Length"]) == len(sent)
        start = int(response["Content-Range"].split()[1].split("-")[0])
        assert content[start : start + len(sent)] == sent
    if code == 200:
        assert sent == content
    response.close()


def test_an_open_range_is_answered_in_bounded_parts(
    hand_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuoshan.documents.serving.LONGEST_PART", 100)
    row = hand_in(samples.movie(), "a.mp4")
    assert len(body(views.serve(ask(Staff(), Range="bytes=0-"), row.id))) == 100


def test_an_unchanged_file_is_not_sent_again(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.image("JPEG"), "a.jpg")
    first = views.thumbnail(ask(Staff()), row.id)
    assert first["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(body(first))).format == "WEBP"
    assert views.thumbnail(ask(Staff(), If_None_Match=first["ETag"]), row.id).status_code == 304
    assert "private" in first["Cache-Control"]


def test_a_lost_file_is_not_found(hand_in: Callable[..., Any], store: Any) -> None:
    row = hand_in(samples.pdf(), "a.pdf")
    (store / row.stored_hash[:2] / row.stored_hash[2:4] / row.stored_hash).unlink()
    assert status(ask(Staff()), row.id) == 404


def send(user: Any = None, session: dict[str, Any] | None = None, **fields: Any) -> tuple[int, dict[str, Any]]:
    import json

    request = RequestFactory().post("/", fields)
    request.user = user or AnonymousUser()
    request.session = Session(session or {})  # type: ignore[assignment]
    response = views.upload(request)
    return response.status_code, json.loads(response.content)


def test_an_upload_answers_what_the_form_shows(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token()
    file = SimpleUploadedFile("坐垫.jpg", samples.photo_with_place(), "image/jpeg")
    code, reply = send(file=file, token=token)
    assert code == 201
    assert reply["name"] == "坐垫.jpg"
    assert reply["kind"] == "photo"
    row = evidence.of_draft(token)[0]
    assert reply["id"] == str(row.id)
    assert reply["size"] == row.size
    assert reply["thumb_url"].startswith(f"/evidence/{row.id}/thumbnail?token=")
    assert (row.actor_kind, row.actor_id, row.visible_to_customer) == ("customer", None, True)


def test_a_refused_upload_says_why_and_which() -> None:
    token = drafts.new_upload_token()
    code, reply = send(file=SimpleUploadedFile("发票.jpg", samples.HTML), token=token)
    assert (code, reply["reason"], reply["name"]) == (422, "not_allowed", "发票.jpg")
    assert "发票.jpg" in reply["error"] and "网页" in reply["error"]
    assert send(token=token)[0] == 422
    assert send(file=SimpleUploadedFile("a.pdf", samples.pdf()))[1]["reason"] == "bad_token"
    assert send(file=SimpleUploadedFile("a.pdf", samples.pdf()), token=token, kind="x")[1]["reason"] == "unknown_kind"


def test_only_those_of_the_case_hand_in_for_it() -> None:
    def one() -> SimpleUploadedFile:
        return SimpleUploadedFile("a.pdf", samples.pdf())

    assert send(Staff(), file=one(), case="7")[0] == 201
    assert send(Staff(keys=frozenset({"auditor", "finance"})), file=one(), case="7")[0] == 403
    assert send(Staff(), file=one(), case="8")[0] == 403
    assert send(session={"portal_cases": [8]}, file=one(), case="8")[0] == 201
    assert send(session={"portal_cases": [8]}, file=one(), case="7")[0] == 403
    assert send(file=one(), case="7")[0] == 403
    assert send(Staff(), file=one(), case="x")[0] == 403
    assert send(Staff(), file=one(), case="9" * 30)[0] == 403


def test_visitors_are_throttled_and_staff_are_not(settings: Any) -> None:
    settings.EVIDENCE_UPLOADS_PER_HOUR = 2
    token = drafts.new_upload_token()
    codes = [send(file=SimpleUploadedFile("a.jpg", samples.HTML), token=token)[0] for _turn in range(3)]
    assert codes == [422, 422, 429]
    assert send(Staff(), file=SimpleUploadedFile("a.pdf", samples.pdf()), token=token)[0] == 201


def test_a_file_is_taken_out_of_its_draft_by_its_holder_alone(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token()
    row = hand_in(samples.pdf(), "a.pdf", case_id=None, upload_token=token)

    def discard(**fields: str) -> int:
        request = RequestFactory().post("/", fields)
        request.user = AnonymousUser()
        return views.discard(request).status_code

    assert discard(id=str(row.id), token=drafts.new_upload_token()) == 404
    assert discard(id=str(row.id)) == 404
    assert discard(id=str(row.id), token=token) == 200
    assert discard(id=str(row.id), token=token) == 404


def test_a_persons_token_holds_nothing_for_anybody_else(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token(upload_holders.of_person(3))
    code, reply = send(Staff(), file=SimpleUploadedFile("a.pdf", samples.pdf()), token=token)
    assert code == 201
    for stranger in (Staff(pk=4), None):
        code, refused = send(stranger, file=SimpleUploadedFile("b.pdf", samples.pdf(b"2")), token=token)
        assert (code, refused["reason"]) == (422, "bad_token")
        assert drafted(stranger, token) == {"files": [], "taken": []}
        assert status(ask(stranger, token=token), int(reply["id"])) == 404
        assert posted(views.discard, stranger, id=reply["id"], token=token).status_code == 404
    assert evidence.bind(token, 7) == evidence.bind(token, 7, (upload_holders.of_person(4),)) == []
    assert [one["id"] for one in drafted(Staff(), token)["files"]] == [reply["id"]]
    assert evidence.bind(token, 7, (upload_holders.of_person(3),)) == [int(reply["id"])]
    assert drafted(Staff(), token) == {"files": [], "taken": [reply["id"]]}


def test_the_token_of_a_case_is_for_whoever_has_its_page_open() -> None:
    token = drafts.new_upload_token(upload_holders.of_case(7))
    theirs, others = {"portal_cases": [7]}, {"portal_cases": [8]}
    file = SimpleUploadedFile("a.pdf", samples.pdf())
    assert send(session=others, file=file, token=token)[1]["reason"] == "bad_token"
    file.seek(0)
    assert send(session=theirs, file=file, token=token)[0] == 201
    assert len(drafted(None, token, theirs)["files"]) == 1
    assert drafted(None, token, others)["files"] == drafted(Staff(), token)["files"] == []


def test_files_whose_time_has_run_out_are_said(hand_in: Callable[..., Any], clock: Any) -> None:
    token = drafts.new_upload_token(upload_holders.of_person(3))
    holders = (upload_holders.of_person(3),)
    kept = hand_in(samples.pdf(b"1"), "1.pdf", case_id=None, upload_token=token, holders=holders)
    swept = hand_in(samples.pdf(b"2"), "2.pdf", case_id=None, upload_token=token, holders=holders)
    both = {"token": token, "upload_token": token, "upload_ids": [str(kept.id), str(swept.id)]}
    assert views.lapsed(posted(None, Staff(), **both)) == ""
    evidence.remove_draft(token, swept.id, holders)
    assert "有 1 个上传的文件已过保存时间" in views.lapsed(posted(None, Staff(), **both))
    assert "有 2 个" in views.lapsed(posted(None, Staff(pk=4), **both))
    evidence.bind(token, 7, holders)
    one = {**both, "upload_ids": [str(kept.id)]}
    assert views.lapsed(posted(None, Staff(), **one)) == "", "what this very form has given to its case"
    clock.advance(timedelta(days=3))
    assert "有 1 个" in views.lapsed(posted(None, Staff(), **one))
    assert views.lapsed(posted(None, Staff(), **{**both, "upload_ids": ["x"]})) == ""


def posted(view: Any, user: Any, session: dict[str, Any] | None = None, **fields: Any) -> Any:
    """What the view answers; without one the request."""
    request = RequestFactory().post("/", fields)
    request.user = user or AnonymousUser()
    request.session = Session(session or {})  # type: ignore[assignment]
    return view(request) if view else request


def drafted(user: Any, token: str, session: dict[str, Any] | None = None) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(posted(views.drafted, user, session, token=token).content)
    return found
