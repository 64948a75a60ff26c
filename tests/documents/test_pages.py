"""The grid and the upload field as pages get them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from tests.documents import samples
from tests.documents.conftest import NOW
from tests.documents.test_views import Session, Staff

from tuoshan.documents import access, drafts, evidence, showing, views
from tuoshan.documents.models import Evidence

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.urls")]


@pytest.fixture(autouse=True)
def at_that_time(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.move_to(NOW)
    monkeypatch.setattr(access, "reaches", lambda person, case_id: case_id in person.cases)


def render(source: str, **values: Any) -> str:
    return engines["django"].from_string("{% load evidence %}" + source).render(values)


def ask(user: Any = None, **session: Any) -> Any:
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.session = Session(session)  # type: ignore[assignment]
    return request


def test_the_grid_links_each_file_for_the_viewer(hand_in: Callable[..., Any]) -> None:
    photo = hand_in(samples.image("JPEG"), 'a"><script>.jpg', actor_kind="customer", actor_id=None)
    film = hand_in(samples.movie(), "b.mp4", actor_kind="system", actor_id=None, kind="video")
    page = render("{% evidence_viewer rows %}", rows=[photo, film])
    assert f'href="/evidence/{photo.id}"' in page
    assert f'src="/evidence/{photo.id}/thumbnail"' in page
    assert 'data-kind="video"' in page
    assert "<script>" not in page
    assert photo.stored_hash in page
    assert "style=" not in page


def test_an_empty_grid_says_so() -> None:
    assert "还没有凭证。" in render("{% evidence_viewer rows %}", rows=[])


def test_staff_stay_unnamed_before_the_customer(hand_in: Callable[..., Any]) -> None:
    from tuoshan.parties.models import Person

    person = Person.objects.create(username="liming", display_name="李明")
    row = hand_in(samples.pdf(), "a.pdf", actor_id=person.pk, note="internal word")
    mine = hand_in(samples.pdf(b"1"), "b.pdf", actor_kind="customer", actor_id=None)
    assert "李明" in showing.shown([row])[0].note
    before = showing.shown([row, mine], for_customer=True)
    assert "李明" not in before[0].note and "internal" not in before[0].note
    assert (before[0].who, before[1].who) == ("客服", "您")
    with translation.override("en"):
        assert [file.who for file in showing.shown([row, mine], for_customer=True)] == ["Our service team", "You"]


def test_lists_hold_what_each_may_see(hand_in: Callable[..., Any]) -> None:
    plain = hand_in(samples.pdf(b"1"), "a.pdf")
    shown_one = hand_in(samples.pdf(b"2"), "b.pdf", visible_to_customer=True)
    finding = hand_in(samples.pdf(b"3"), "c.pdf", supervisors_only=True)
    gone = hand_in(samples.pdf(b"4"), "d.pdf")
    evidence.remove(evidence_id=gone.id, now=NOW)
    for request, expected in (
        (ask(Staff()), [plain, shown_one]),
        (ask(Staff(keys=frozenset({"supervisor"}))), [plain, shown_one, finding]),
        (ask(Staff(cases=frozenset())), []),
        (ask(portal_cases=[7]), access.shown_to_customer(7)),
        (ask(portal_cases=[8]), []),
        (ask(), []),
    ):
        assert [row for row in Evidence.objects.order_by("id") if access.may_see(request, row)] == expected
    assert access.shown_to_customer(7) == [shown_one] and access.shown_to_customer(8) == []


def test_the_field_lists_what_is_uploaded_already(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token()
    row = hand_in(samples.image("JPEG"), "a.jpg", case_id=None, upload_token=token)
    page = render("{% evidence_field token %}", token=token)
    assert f'data-file="{row.id}"' in page
    assert f'name="upload_token" value="{token}"' in page
    assert ".heic" in page
    with translation.override("en"):
        english = render("{% evidence_field token %}", token=token)
    assert "Add photos or files" in english
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in english)


def test_the_field_tells_the_sizes_that_the_settings_allow(settings: Any) -> None:
    settings.EVIDENCE_IMAGE_BYTES, settings.EVIDENCE_VIDEO_BYTES, settings.EVIDENCE_OTHER_BYTES = (
        megabytes * 1024 * 1024 for megabytes in (5, 300, 7)
    )
    page = render("{% evidence_field token %}", token=drafts.new_upload_token())
    for told in ('data-image-megabytes="5"', 'data-video-megabytes="300"', 'data-other-megabytes="7"'):
        assert told in page


def test_files_that_travel_with_the_form_are_taken_too(settings: Any) -> None:
    token = drafts.new_upload_token()
    request = RequestFactory().post(
        "/",
        {
            "files": [
                SimpleUploadedFile("a.pdf", samples.pdf()),
                SimpleUploadedFile("page.jpg", samples.HTML),
            ]
        },
    )
    request.user = AnonymousUser()
    request.session = Session()  # type: ignore[assignment]
    refused = views.take_from_form(request, token)
    assert [one.name for one in refused] == ["page.jpg"]
    assert [row.original_name for row in evidence.of_draft(token)] == ["a.pdf"]
    settings.EVIDENCE_UPLOADS_PER_HOUR = 0
    request.FILES["files"].seek(0)
    assert {one.reason for one in views.take_from_form(request, token)} == {"too_often"}
