"""Taking evidence in, binding it to its case, removing it, and proving that it is all still there."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tuoshan.agenda import claiming
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.documents import storage
from tuoshan.documents.containers import Broken, forget_place
from tuoshan.documents.drafts import token_hash
from tuoshan.documents.limits import Limits, limits
from tuoshan.documents.models import Evidence
from tuoshan.documents.recognition import ACCEPTED, Recognised, Refused, extension_of, recognise
from tuoshan.documents.throttle import forget_old
from tuoshan.identifiers import next_id

_LONGEST_NAME = 120
DISCARD_JOB = "discard_erased"


@dataclass(frozen=True)
class Rejected:
    """An upload that was not taken.

    `reason` is one of: empty, too_large, mismatch, not_allowed, damaged, bomb, too_many_pixels, too_many_files,
    too_often, bad_token. `found` is what the file turned out to be, `limit` the largest allowed size in bytes.
    """

    reason: str
    name: str
    found: str | Promise = ""
    limit: int = 0

    @property
    def sentence(self) -> str:
        """One sentence in the active language that names the file, what is wrong, and what helps."""
        words = {"name": self.name, "found": str(self.found), "limit": filesizeformat(self.limit)}
        return _SENTENCES[self.reason]() % words


_SENTENCES = {
    "empty": lambda: _("“%(name)s”是空文件，请重新选择。"),
    "too_large": lambda: _("“%(name)s”超过了 %(limit)s 的上限，请压缩后再上传。"),
    "mismatch": lambda: _("“%(name)s”其实是%(found)s，与文件名不符，没有接收。请改正文件名后再上传。"),
    "not_allowed": lambda: _(
        "“%(name)s”是%(found)s，不能作为凭证上传。请上传图片、视频、录音、PDF、Word、Excel 或文本文件。"
    ),
    "damaged": lambda: _("“%(name)s”是%(found)s，但内容不完整或已损坏，请重新导出或拍摄后再上传。"),
    "bomb": lambda: _("“%(name)s”解压后过大（%(found)s），没有接收。"),
    "too_many_pixels": lambda: _("“%(name)s”的像素过多（%(found)s），请缩小尺寸后再上传。"),
    "too_many_files": lambda: _("“%(name)s”没有接收：一次最多上传 %(found)s 个文件。"),
    "too_often": lambda: _("“%(name)s”没有接收：上传过于频繁，请一小时后再试。"),
    "bad_token": lambda: _("“%(name)s”没有接收：页面已过期，请刷新后再上传。"),
}


def accept(
    *,
    file: File[bytes],
    case_id: int | None,
    upload_token: str | None,
    actor_kind: str,
    actor_id: int | None,
    kind: str,
    now: datetime,
    visible_to_customer: bool | None = None,
    supervisors_only: bool = False,
    note: str = "",
    holders: Collection[str] = (),
) -> Evidence | Rejected:
    """Takes one uploaded file in, for a case or, with a token of one of these holders, for a case to come.

    The type is judged by content; pictures are written anew without place or device, videos lose their place.
    Handing the same file in again (same case or draft, same person, same kind) gives the row that is there.
    `visible_to_customer` left open is True for what a customer handed in. Raises ValueError when neither case nor
    token is given or the kind is unknown; everything wrong with the file comes back as `Rejected`.
    """
    if case_id is None and upload_token is None:
        raise ValueError("evidence belongs to a case or to a draft")
    if kind not in Evidence.Kind.values:
        raise ValueError(f"unknown kind of evidence: {kind}")
    name = clean_name(file.name)
    bounds = limits()
    draft = ""
    if case_id is None:
        hashed = token_hash(upload_token or "", holders)
        if hashed is None:
            return Rejected("bad_token", name)
        draft = hashed
        if Evidence.objects.filter(upload_token_hash=draft, case_id=None).count() >= bounds.files_per_draft:
            return Rejected("too_many_files", name, str(bounds.files_per_draft))
    taken = _take(file, name, bounds)
    if isinstance(taken, Rejected):
        return taken
    with taken:
        row = Evidence(
            case_id=case_id,
            upload_token_hash=draft,
            kind=kind,
            content_type=taken.kept_as.content_type,
            size=taken.size,
            stored_hash=taken.stored_hash,
            original_hash=taken.original_hash,
            original_name=name,
            width=taken.width,
            height=taken.height,
            at=now,
            actor_kind=actor_kind,
            actor_id=actor_id,
            visible_to_customer=actor_kind == "customer" if visible_to_customer is None else visible_to_customer,
            supervisors_only=supervisors_only,
            note=note,
        )
        return _record(row, taken)


def _record(row: Evidence, taken: _Taken) -> Evidence:
    same = Evidence.objects.filter(
        case_id=row.case_id,
        upload_token_hash=row.upload_token_hash,
        original_hash=row.original_hash,
        kind=row.kind,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        visible_to_customer=row.visible_to_customer,
        supervisors_only=row.supervisors_only,
        removed_at=None,
    ).first()
    storage.keep(taken.path, row.stored_hash)
    if row.family == "image":
        storage.keep_thumbnail(row.stored_hash, taken.thumbnail)
    if same is not None and same.stored_hash == row.stored_hash:
        return same
    row.save(force_insert=True)
    # A sweep may have moved the same content aside between the two steps above; see `storage.discard`.
    storage.keep(taken.path, row.stored_hash)
    if row.family == "image":
        storage.keep_thumbnail(row.stored_hash, taken.thumbnail)
    return row


@dataclass
class _Taken:
    """A received and cleaned file that has no lasting place yet; leaving the block removes it from `incoming`."""

    path: Path
    size: int
    stored_hash: str
    original_hash: str
    kept_as: Recognised
    width: int | None = None
    height: int | None = None
    thumbnail: bytes = b""

    def __enter__(self) -> _Taken:
        return self

    def __exit__(self, *error: object) -> None:
        self.path.unlink(missing_ok=True)


def _take(file: File[bytes], name: str, bounds: Limits) -> _Taken | Rejected:
    try:
        received, size, original_hash = storage.receive(file.chunks(), bounds.largest_bytes)
    except storage.TooLarge:
        return Rejected("too_large", name, limit=bounds.largest_bytes)
    path = received
    kept: _Taken | None = None
    try:
        if size == 0:
            return Rejected("empty", name)
        found = recognise(received, name, bounds)
        allowed = bounds.bytes_for(found.family if isinstance(found, Recognised) else "document")
        if isinstance(found, Refused):
            return Rejected(found.reason, name, found.found, allowed)
        if size > allowed:
            return Rejected("too_large", name, found.title, allowed)
        try:
            kept = _clean(received, found, bounds, original_hash)
        except Broken as broken:
            return Rejected(broken.reason, name, broken.found)
        path = kept.path
        return kept
    finally:
        if kept is None or path != received:
            received.unlink(missing_ok=True)


def _clean(received: Path, found: Recognised, bounds: Limits, original_hash: str) -> _Taken:
    """The file as it will be kept. Raises `Broken`; leaves nothing behind then but `received`."""
    if found.family == "image":
        from tuoshan.documents import images  # with its decoders: several megabytes that most processes never need

        target = storage.incoming_path()
        try:
            picture = images.write_clean(received, target, found, bounds)
            stored_hash = storage.hash_of(target)
            small = storage.kept_thumbnail(stored_hash) or images.thumbnail(target, picture.kept_as)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return _Taken(
            target,
            target.stat().st_size,
            stored_hash,
            original_hash,
            picture.kept_as,
            picture.width,
            picture.height,
            small,
        )
    stored_hash = original_hash
    if found.content_type in ("video/mp4", "video/quicktime", "audio/mp4") and forget_place(received):
        stored_hash = storage.hash_of(received)
    return _Taken(received, received.stat().st_size, stored_hash, original_hash, found)


def clean_name(name: str | None) -> str:
    """The file's own name without folders, control or direction marks, at most 120 characters."""
    plain = unicodedata.normalize("NFC", name or "").replace("\\", "/")
    plain = "".join(sign for sign in PurePosixPath(plain).name if unicodedata.category(sign) not in ("Cc", "Cf"))
    plain = plain.strip(" .") or "file"
    if len(plain) > _LONGEST_NAME:
        extension = extension_of(plain)[:10]
        plain = plain[: _LONGEST_NAME - len(extension) - 1].rstrip(" .") + (f".{extension}" if extension else "")
    return plain


def download_name(row: Evidence) -> str:
    """The name under which it is saved: as it was sent, with the extension of what it is now."""
    extension = next((kind.extension for kind in ACCEPTED if kind.content_type == row.content_type), "bin")
    name = row.original_name or f"{row.kind}-{row.id}"
    own = extension_of(name)
    if own == extension or (extension == "jpg" and own == "jpeg"):
        return name
    known = {kind.extension for kind in ACCEPTED} | {"jpeg", "heif"}
    return f"{name[: -len(own) - 1] if own in known else name}.{extension}"


def bind(token: str, case_id: int, holders: Collection[str] = ()) -> list[int]:
    """Gives the files of a draft to its case, once: the ids that belong to that draft in this case, oldest first.

    A second call for the same case gives the same ids; for another case, or with a token that is none of these
    holders', none. Call it in the transaction that registers the case.
    """
    draft = token_hash(token, holders)
    if draft is None:
        return []
    Evidence.objects.filter(upload_token_hash=draft, case_id=None, removed_at=None).update(case_id=case_id)
    bound = Evidence.objects.filter(upload_token_hash=draft, case_id=case_id, removed_at=None)
    return list(bound.order_by("id").values_list("id", flat=True))


def of_draft(token: str, holders: Collection[str] = ()) -> list[Evidence]:
    """What was handed in under a token and not yet bound, oldest first: a form shown again lists them."""
    draft = token_hash(token, holders)
    if draft is None:
        return []
    return list(Evidence.objects.filter(upload_token_hash=draft, case_id=None, removed_at=None).order_by("id"))


def taken_of_draft(token: str, holders: Collection[str] = ()) -> list[int]:
    """What was handed in under a token and has gone into a case since; their ids."""
    draft = token_hash(token, holders)
    if draft is None:
        return []
    return list(Evidence.objects.filter(upload_token_hash=draft, case_id__isnull=False).values_list("id", flat=True))


def gone_from_draft(token: str, shown: Collection[int], holders: Collection[str] = ()) -> int:
    """How many of the files that a form shows under its token are there no more: the time for which they are kept is
    over, or that of the token."""
    if not shown:
        return 0
    draft = token_hash(token, holders)
    known = Evidence.objects.filter(upload_token_hash=draft, removed_at=None, id__in=list(shown)) if draft else ()
    return len(set(shown)) - len(known)


def mark_draft(
    token: str, holders: Collection[str] = (), *, visible_to_customer: bool, supervisors_only: bool = False
) -> int:
    """Says who may see the files of a draft before a case takes them; how many rows.

    Files for supervisors alone are never the customer's. Files that a case has taken stay as they are.
    """
    draft = token_hash(token, holders)
    if draft is None:
        return 0
    rows = Evidence.objects.filter(upload_token_hash=draft, case_id=None, removed_at=None)
    return rows.update(
        visible_to_customer=visible_to_customer and not supervisors_only, supervisors_only=supervisors_only
    )


def return_draft(evidence_ids: Iterable[int]) -> int:
    """Gives files back to their draft, when the step that took them was refused; how many rows."""
    return Evidence.objects.filter(id__in=list(evidence_ids)).exclude(upload_token_hash="").update(case_id=None)


def remove_draft(token: str, evidence_id: int, holders: Collection[str] = ()) -> bool:
    """Takes one file out of a draft before it is sent; True when it was there."""
    row = next((row for row in of_draft(token, holders) if row.id == evidence_id), None)
    if row is None:
        return False
    _delete(row)
    return True


def remove(*, evidence_id: int, now: datetime) -> bool:
    """Takes a file out of its case: auditors alone see it from now on, its content stays provable. True when it was
    there.
    """
    return bool(Evidence.objects.filter(id=evidence_id, removed_at=None).update(removed_at=now))


def erase(*, evidence_ids: Iterable[int], now: datetime) -> int:
    """Erases files for good (a person's data is erased); the rows stay as a trace. How many files.

    Nobody can open them from the commit on. Their contents are destroyed by the worker once that is done, so that an
    erasure which does not come about in the end has lost nothing.
    """
    with write_transaction():
        rows = list(Evidence.objects.filter(id__in=list(evidence_ids), erased_at=None))
        for row in rows:
            row.removed_at, row.erased_at = row.removed_at or now, now
            row.original_name = row.note = ""
            row.save(update_fields=["removed_at", "erased_at", "original_name", "note"])
        if rows:
            contents = sorted({row.stored_hash for row in rows})
            claiming.put(
                kind="job", name=DISCARD_JOB, key=f"{DISCARD_JOB}:{next_id()}", due_at=now,
                payload={"contents": contents},
            )  # fmt: skip
    return len(rows)


def discard_erased(contents: Iterable[str]) -> int:
    """Destroys these contents (by their hash) with their small pictures; how many.

    A content that a row which is not erased still uses stays for that row.
    """
    return sum(_discard(stored_hash, timedelta(0)) for stored_hash in contents)


def sweep(now: datetime) -> int:
    """Deletes draft uploads that no case took within the set hours, and traces of interrupted ones. How many rows."""
    before = now - limits().unbound_keep
    count = 0
    while rows := list(Evidence.objects.filter(case_id=None, at__lt=before).order_by("at")[:200]):
        for row in rows:
            count += _delete(row)
    storage.clear_incoming()
    forget_old(now)
    return count


def _delete(row: Evidence) -> int:
    deleted, _each = Evidence.objects.filter(id=row.id, case_id=None).delete()  # not one bound at this moment
    if deleted:
        _discard(row.stored_hash, storage.GRACE)
    return deleted


def _discard(stored_hash: str, grace: timedelta) -> bool:
    living = Evidence.objects.filter(stored_hash=stored_hash, erased_at=None)
    return storage.discard(stored_hash, still_used=living.exists, grace=grace)


@dataclass(frozen=True)
class Fault:
    """A file that is not as it should be. `problem` is missing, changed, thumbnail_missing or no_hash."""

    evidence_id: int
    case_id: int | None
    stored_hash: str
    problem: str


def verify() -> Iterator[Fault]:
    """Reads every stored content and yields what is missing or changed, in the order of the rows."""
    checked: dict[str, str] = {}
    rows = Evidence.objects.filter(erased_at=None).order_by("stored_hash", "id")
    for row in rows.only("id", "case_id", "stored_hash", "content_type").iterator(chunk_size=500):
        if row.stored_hash not in checked:
            checked = {row.stored_hash: _problem(row)}  # rows of one content follow each other
        if checked[row.stored_hash]:
            yield Fault(row.id, row.case_id, row.stored_hash, checked[row.stored_hash])


def _problem(row: Evidence) -> str:
    try:
        path = storage.path_of(row.stored_hash)
    except ValueError:
        return "no_hash"
    with suppress(FileNotFoundError):
        if storage.hash_of(path) != row.stored_hash:
            return "changed"
        if row.family == "image" and not storage.thumbnail_path_of(row.stored_hash).is_file():
            return "thumbnail_missing"
        return ""
    return "missing"
