"""Files are kept once, whole, by hash; drafts are bound once or swept; what is missing is found."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.documents import samples
from tests.documents.conftest import NOW

from tuoshan.agenda.models import Item
from tuoshan.documents import drafts, evidence, storage
from tuoshan.documents.models import Evidence, UploadCount
from tuoshan.documents.throttle import may_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_that_time(clock: Any) -> None:
    clock.move_to(NOW)


def files(store: Path) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file())


def grow_old(stored_hash: str) -> None:
    os.utime(storage.path_of(stored_hash), (0, 0))


def test_a_file_lies_under_its_own_hash_and_cannot_be_run(hand_in: Callable[..., Any], store: Path) -> None:
    row = hand_in(samples.pdf(), "a.pdf")
    path = store / row.stored_hash[:2] / row.stored_hash[2:4] / row.stored_hash
    assert files(store) == [path]
    assert storage.hash_of(path) == row.stored_hash
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_content_is_stored_once_for_many_cases(hand_in: Callable[..., Any], store: Path) -> None:
    first = hand_in(samples.image("JPEG"), "a.jpg", case_id=1)
    second = hand_in(samples.image("JPEG"), "b.jpg", case_id=2)
    assert first.id != second.id
    assert first.stored_hash == second.stored_hash
    assert len(files(store)) == 2  # the picture and its thumbnail


def test_handing_the_same_file_in_twice_gives_the_same_row(hand_in: Callable[..., Any]) -> None:
    first = hand_in(samples.photo_with_place(), "a.jpg")
    assert hand_in(samples.photo_with_place(), "a.jpg").id == first.id
    assert hand_in(samples.photo_with_place(), "a.jpg", kind="receipt").id != first.id
    assert hand_in(samples.photo_with_place(), "a.jpg", actor_id=4).id != first.id
    evidence.remove(evidence_id=first.id, now=NOW)
    assert hand_in(samples.photo_with_place(), "a.jpg").id != first.id


def test_names_and_notes_are_encrypted_in_the_database(hand_in: Callable[..., Any]) -> None:
    from django.db import connection

    row = hand_in(samples.pdf(), "王秀兰的合同.pdf", note="家里的电话")
    with connection.cursor() as cursor:
        cursor.execute("SELECT original_name, note FROM documents_evidence")
        assert all("王秀兰" not in column and "电话" not in column for column in cursor.fetchone())
    assert Evidence.objects.get(id=row.id).original_name == "王秀兰的合同.pdf"


def test_what_a_customer_hands_in_the_customer_may_see(hand_in: Callable[..., Any]) -> None:
    assert hand_in(samples.pdf(), "a.pdf", actor_kind="customer", actor_id=None).visible_to_customer
    assert not hand_in(samples.pdf(), "a.pdf").visible_to_customer
    assert hand_in(samples.pdf(), "a.pdf", visible_to_customer=True).visible_to_customer


def test_a_draft_is_bound_once_and_to_one_case(hand_in: Callable[..., Any]) -> None:
    token, other = drafts.new_upload_token(), drafts.new_upload_token()
    first = hand_in(samples.pdf(b"1"), "1.pdf", case_id=None, upload_token=token)
    second = hand_in(samples.pdf(b"2"), "2.pdf", case_id=None, upload_token=token)
    foreign = hand_in(samples.pdf(b"3"), "3.pdf", case_id=None, upload_token=other)
    assert [row.id for row in evidence.of_draft(token)] == [first.id, second.id]
    assert evidence.bind(token, 11) == [first.id, second.id]
    assert evidence.bind(token, 11) == [first.id, second.id]
    assert evidence.bind(token, 12) == []
    assert evidence.of_draft(token) == []
    assert Evidence.objects.get(id=foreign.id).case_id is None


def test_forged_and_old_tokens_hold_nothing(hand_in: Callable[..., Any], clock: Any) -> None:
    token = drafts.new_upload_token()
    hand_in(samples.pdf(), "1.pdf", case_id=None, upload_token=token)
    assert evidence.bind(token + "x", 11) == []
    assert evidence.bind("", 11) == []
    assert hand_in(samples.pdf(), "1.pdf", case_id=None, upload_token="guess").reason == "bad_token"
    clock.advance(timedelta(days=3))
    assert evidence.bind(token, 11) == []


def test_a_draft_holds_a_limited_number_of_files(hand_in: Callable[..., Any], settings: Any) -> None:
    settings.EVIDENCE_FILES_PER_DRAFT = 1
    token = drafts.new_upload_token()
    first = hand_in(samples.pdf(b"1"), "1.pdf", case_id=None, upload_token=token)
    refused = hand_in(samples.pdf(b"2"), "2.pdf", case_id=None, upload_token=token)
    assert refused.reason == "too_many_files"
    assert "2.pdf" in refused.sentence and "1" in refused.sentence
    assert evidence.remove_draft(token, first.id)
    assert isinstance(hand_in(samples.pdf(b"2"), "2.pdf", case_id=None, upload_token=token), Evidence)


def test_evidence_belongs_somewhere(hand_in: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="case"):
        hand_in(samples.pdf(), "1.pdf", case_id=None)
    with pytest.raises(ValueError, match="kind"):
        hand_in(samples.pdf(), "1.pdf", kind="treasure")


def test_unbound_drafts_are_swept_after_a_day(hand_in: Callable[..., Any], store: Path) -> None:
    token = drafts.new_upload_token()
    lost = hand_in(samples.image("JPEG"), "1.jpg", case_id=None, upload_token=token)
    shared = hand_in(samples.pdf(b"2"), "2.pdf", case_id=None, upload_token=token)
    hand_in(samples.pdf(b"2"), "2.pdf", case_id=5)
    grow_old(lost.stored_hash)
    grow_old(shared.stored_hash)
    assert evidence.sweep(NOW + timedelta(hours=23)) == 0
    assert evidence.sweep(NOW + timedelta(hours=25)) == 2
    assert files(store) == [storage.path_of(shared.stored_hash)]
    assert list(evidence.verify()) == []
    assert evidence.sweep(NOW + timedelta(hours=25)) == 0


def test_a_bound_file_is_never_swept(hand_in: Callable[..., Any]) -> None:
    token = drafts.new_upload_token()
    row = hand_in(samples.pdf(), "1.pdf", case_id=None, upload_token=token)
    grow_old(row.stored_hash)
    evidence.bind(token, 5)
    assert evidence.sweep(NOW + timedelta(days=30)) == 0
    assert list(evidence.verify()) == []


def test_content_handed_in_again_at_this_moment_is_not_discarded(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.pdf(), "1.pdf")
    path = storage.path_of(row.stored_hash)
    Evidence.objects.all().delete()
    # Fresh: someone's row may not be committed yet.
    assert not storage.discard(row.stored_hash, still_used=lambda: False)
    # Old, but touched between the first look and the move.
    grow_old(row.stored_hash)

    def touch() -> bool:
        if path.exists():
            os.utime(path)
        return False

    assert not storage.discard(row.stored_hash, still_used=touch)
    # Old, and a row appears while it is moved aside.
    grow_old(row.stored_hash)
    answers = iter([False, True])
    assert not storage.discard(row.stored_hash, still_used=lambda: next(answers))
    assert storage.hash_of(path) == row.stored_hash
    grow_old(row.stored_hash)
    assert storage.discard(row.stored_hash, still_used=lambda: False)
    assert not path.exists()


def test_an_interrupted_upload_leaves_nothing(store: Path) -> None:
    def pieces() -> Any:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        storage.receive(pieces(), 100)
    with pytest.raises(storage.TooLarge):
        storage.receive([b"x" * 60, b"x" * 60], 100)
    assert files(store) == []


def test_traces_of_a_killed_upload_are_swept_after_a_day(store: Path) -> None:
    old, _size, _hash = storage.receive([b"old"], 100)
    fresh, _size, _hash = storage.receive([b"fresh"], 100)
    os.utime(old, (0, 0))
    evidence.sweep(NOW)
    assert files(store) == [fresh]


def test_verify_finds_missing_and_changed_files(hand_in: Callable[..., Any]) -> None:
    whole = hand_in(samples.pdf(b"1"), "1.pdf")
    gone = hand_in(samples.pdf(b"2"), "2.pdf")
    changed = hand_in(samples.pdf(b"3"), "3.pdf")
    twice = hand_in(samples.pdf(b"3"), "3.pdf", case_id=8)
    bare = hand_in(samples.image("PNG"), "4.png")
    lost = hand_in(samples.pdf(b"5"), "5.pdf")
    storage.path_of(gone.stored_hash).unlink()
    storage.path_of(changed.stored_hash).write_bytes(b"changed")
    storage.thumbnail_path_of(bare.stored_hash).unlink()
    Evidence.objects.filter(id=lost.id).update(stored_hash="../nonsense")
    faults = {fault.evidence_id: fault.problem for fault in evidence.verify()}
    assert faults == {
        gone.id: "missing",
        changed.id: "changed",
        twice.id: "changed",
        bare.id: "thumbnail_missing",
        lost.id: "no_hash",
    }
    assert whole.id not in faults


def test_removed_evidence_stays_provable_and_erased_evidence_is_gone(hand_in: Callable[..., Any], store: Path) -> None:
    removed = hand_in(samples.pdf(b"1"), "1.pdf")
    erased = hand_in(samples.image("JPEG"), "photo.jpg", note="about someone")
    shared = hand_in(samples.pdf(b"1"), "1.pdf", case_id=9)
    assert evidence.remove(evidence_id=removed.id, now=NOW)
    assert not evidence.remove(evidence_id=removed.id, now=NOW)
    assert evidence.erase(evidence_ids=[erased.id, shared.id], now=NOW) == 2
    assert evidence.erase(evidence_ids=[erased.id], now=NOW) == 0
    assert len(files(store)) == 3, "contents go once the erasure is done"
    jobs = list(Item.objects.filter(name=evidence.DISCARD_JOB))
    assert [sorted(job.data["contents"]) for job in jobs] == [sorted({erased.stored_hash, shared.stored_hash})]
    assert evidence.discard_erased(jobs[0].data["contents"]) == 1  # the removed one still stands on the other
    assert evidence.discard_erased(jobs[0].data["contents"]) == 0
    row = Evidence.objects.get(id=erased.id)
    assert (row.original_name, row.note, row.erased_at) == ("", "", NOW)
    assert files(store) == [storage.path_of(removed.stored_hash)]
    assert list(evidence.verify()) == []


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_hash_names_a_place(wrong: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.path_of(wrong)


def test_attempts_are_counted_per_source_and_hour(settings: Any) -> None:
    settings.EVIDENCE_UPLOADS_PER_HOUR = 2
    assert [may_upload("address 1", NOW) for _turn in range(3)] == [True, True, False]
    assert may_upload("address 2", NOW)
    assert may_upload("address 1", NOW + timedelta(hours=1))
    evidence.sweep(NOW + timedelta(hours=3))
    assert set(UploadCount.objects.values_list("hour", flat=True)) == {int(NOW.timestamp()) // 3600 + 1}
