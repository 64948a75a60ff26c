"""Changing a rule book: a copy is edited, proved, held against past cases, and published from a day.

Nothing is overwritten: a published version stands beside the ones before, with who published it, who confirmed that it
is lawful, and why. A book with a finding cannot be published.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import structlog
from django.db.models import Max
from django.utils import timezone

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.doubting import doubts
from tuoshan.core.policy.checking.pack_findings import Doubt
from tuoshan.core.policy.checking.packs import check_pack
from tuoshan.core.policy.checking.version_checking import check_date, check_overridden
from tuoshan.core.policy.pack import Pack
from tuoshan.core.reading.findings import NAMES, Finding
from tuoshan.rulings import library, taken_out
from tuoshan.rulings.models import BookDraft, BookEffect, DroppedDraft, PublishedBook

log = structlog.get_logger(__name__)


class Stale(ValueError):
    """Somebody published the book after the draft was copied."""


class NotInOrder(ValueError):
    """The draft has findings, so that it cannot be published."""


class Doubtful(NotInOrder):
    """Something in the draft may not be meant, and nobody has answered it."""


class TooEarly(ValueError):
    """The first day lies before the earliest, `day`: what was ruled up to now would be ruled otherwise afterwards."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the earliest day is {day}")
        self.day = day


class Begun(ValueError):
    """A version that counts already is not withdrawn: matters were ruled by it, and a new version takes its place."""


class Withdrawn(ValueError):
    """The version was withdrawn before."""


class NothingDropped(LookupError):
    """There is no copy that was thrown away and could be brought back."""


class AlreadyChanging(ValueError):
    """There is a copy with changes in it, which another copy would throw away."""


@dataclass(frozen=True)
class Proved:
    """A draft as far as it could be read, and everything that was found in it."""

    pack: Pack | None
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        return self.pack is not None and not self.findings

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What may not be meant in a draft that is in order, and is to be answered before it is published."""
        if self.pack is None or not self.good:
            return ()
        try:
            return _doubts(self.pack)
        except Exception as error:
            log.exception("rule_book_not_doubted", book=self.pack.name)
            return (Doubt("", _broken_off(self.pack.name, error)),)


    @cached_property
    def answered(self) -> dict[str, Finding | None]:
        """The doubts that the draft answers by their keys, with what each is about; nothing of one that there is no
        more."""
        if self.pack is None or not self.good or not self.pack.meant:
            return dict.fromkeys(self.pack.meant if self.pack is not None else ())
        try:
            asked = {one.key: one.finding for one in _doubts(replace(self.pack, meant={}, hash=f"{self.pack.hash}?"))}
        except Exception as error:
            log.exception("rule_book_not_doubted", book=self.pack.name, error=str(error))
            asked = {}
        return {key: asked.get(key) for key in self.pack.meant}


Written = tuple[str, dict[str, str]]
"""A book's text and its CSV files."""
Make = Callable[[BookDraft], Written]
"""What is to stand in a copy, of what stands there."""
Record = Callable[[Written, Written], Callable[[], object]]
"""Says of the text before and after how the change is written down. It is asked before anything is locked; what it
gives is called in the transaction of the change."""


def _change(
    name: str, make: Make, write: Callable[[BookDraft | None, Written], object], record: Record | None
) -> None:
    """Change the copy and write that down: what is made of it and what is otherwise are reckoned before the
    transaction, and once more where somebody changed the copy in between, so that no change is lost beside another."""
    while True:
        draft = open_draft(name)
        current = draft or copy_of_newest(name)
        after = make(current)
        write_down = record((current.text, tables_of(current)), after) if record is not None else None
        with write_transaction():
            there = BookDraft.objects.select_for_update().filter(name=name).first()
            if _said(there) != _said(draft):
                continue
            write(there, after)
            if write_down is not None:
                write_down()
            return


def change(name: str, make: Make, *, person_id: int, now: datetime, record: Record | None = None) -> BookDraft:
    """Keep what is made of the copy, in order or not. Raises BookUnknown, and what `make` raises."""
    kept = draft_of(name, person_id, now)

    def write(there: BookDraft | None, after: Written) -> None:
        nonlocal kept
        kept = there or copy_of_newest(name)
        kept.text, kept.tables = after[0], json.dumps(after[1], ensure_ascii=False)
        kept.changed_by_id, kept.changed_at = person_id, now
        kept.save()

    _change(name, make, write, record)
    return kept


def _said(draft: BookDraft | None) -> tuple[str, str] | None:
    return None if draft is None else (draft.text, draft.tables)


def open_draft(name: str) -> BookDraft | None:
    """The copy of a book that is being changed, if somebody is changing it."""
    return BookDraft.objects.filter(name=name).first()


def draft_of(name: str, person_id: int, now: datetime) -> BookDraft:
    """The copy of a book that is being changed; made from the newest version when there is none."""
    found = open_draft(name)
    if found is not None:
        return found
    fresh = copy_of_newest(name)
    with write_transaction():
        made, _created = BookDraft.objects.get_or_create(
            name=name,
            defaults={
                "text": fresh.text, "tables": fresh.tables, "based_on": fresh.based_on, "changed_by_id": person_id,
                "changed_at": now,
            },
        )  # fmt: skip
    return made


def copy_of_newest(name: str) -> BookDraft:
    """What a copy begins with; it is not kept. Raises BookUnknown."""
    newest = library.newest(name)
    return _copy_of(newest, newest)


def _copy_of(pack: Pack, newest: Pack) -> BookDraft:
    text, tables = library.text_of(pack)
    return BookDraft(name=pack.name, text=text, tables=json.dumps(tables, ensure_ascii=False), based_on=newest.hash)


def copy_version(
    name: str, version: int, *, person_id: int, now: datetime, record: Record | None = None
) -> BookDraft:
    """A copy of any version, an earlier one or one that was withdrawn, whole and with its examples; published, it
    follows the newest. A copy in which nothing was changed gives way to it. Raises BookUnknown, AlreadyChanging."""
    newest = library.newest(name)
    pack = next((one for one in every_version(name) if one.version == version), None)
    if pack is None:
        raise library.BookUnknown(name)
    fresh, unchanged = _copy_of(pack, newest), _said(_copy_of(newest, newest))
    fresh.changed_by_id, fresh.changed_at = person_id, now

    def write(there: BookDraft | None, _after: Written) -> None:
        if there is not None and _said(there) != unchanged:
            raise AlreadyChanging(name)
        BookDraft.objects.filter(name=name).delete()
        forget_effect(name)
        fresh.save(force_insert=True)

    _change(name, lambda _draft: (fresh.text, tables_of(fresh)), write, record)
    return fresh


def is_changed(draft: BookDraft) -> bool:
    """Whether a copy says anything else than the newest version."""
    newest = copy_of_newest(draft.name)
    return (draft.text, tables_of(draft)) != (newest.text, tables_of(newest))


def every_version(name: str) -> tuple[Pack, ...]:
    """The versions of a book, also those that were withdrawn, by their number. Raises BookUnknown."""
    gone = [one for one in library.withdrawn() if one.name == name]
    return tuple(sorted([*library.versions(name), *gone], key=lambda one: one.version))


def earliest(name: str, today: date, wanted: date | None = None) -> date:
    """The first day from which a new version may begin: today, or the day after the newest one begins; the day that is
    wanted where that is later."""
    newest = library.newest(name)
    begins = newest.in_force.begins if newest.in_force is not None else None
    days = [today, *([begins + timedelta(days=1)] if begins is not None else []), *([wanted] if wanted else [])]
    return max(days)


@dataclass(frozen=True, slots=True)
class Hole:
    """Days on which no version of a book holds; without a last one it is so from then on."""

    first: date
    last: date | None = None


def holes(pack: Pack, begins: date) -> list[Hole]:
    """Where nothing would rule, were this copy published from a day: between the newest version's end and that day,
    and once the copy itself is over."""
    newest, found = library.newest(pack.name).in_force, []
    if newest is not None and newest.until is not None and newest.until < begins:
        found.append(Hole(newest.until, begins - timedelta(days=1)))
    until = pack.in_force.until if pack.in_force is not None else None
    if until is not None:
        found.append(Hole(max(until, begins)))
    return found


def save_draft(
    name: str, text: str, tables: dict[str, str], *, person_id: int, now: datetime, record: Record | None = None
) -> BookDraft:
    """Keep what was typed, in order or not."""
    return change(name, lambda _draft: (text, tables), person_id=person_id, now=now, record=record)


def tables_of(draft: BookDraft | DroppedDraft | PublishedBook) -> dict[str, str]:
    """The CSV files beside a copy, or a published text."""
    found: dict[str, str] = json.loads(draft.tables)
    return found


def drop_draft(name: str, *, person_id: int, now: datetime, record: Record | None = None) -> None:
    """Throw a copy away; the book stays as it is. One with changes in it can be brought back (`restore_draft`)."""
    fresh = copy_of_newest(name)

    def write(there: BookDraft | None, _after: Written) -> None:
        if there is not None and _said(there) != _said(fresh):
            kept = {"text": there.text, "tables": there.tables, "based_on": there.based_on}
            DroppedDraft.objects.update_or_create(
                name=name, defaults={**kept, "dropped_by_id": person_id, "dropped_at": now}
            )
        BookDraft.objects.filter(name=name).delete()
        forget_effect(name)

    _change(name, lambda _draft: (fresh.text, tables_of(fresh)), write, record)


def dropped(name: str) -> DroppedDraft | None:
    """The copy of a book that was thrown away last, where it can still be brought back."""
    return DroppedDraft.objects.filter(name=name).first()


def restore_draft(name: str, *, person_id: int, now: datetime, record: Record | None = None) -> None:
    """Bring back the copy that was thrown away last; one in which nothing was changed since gives way to it. Raises
    NothingDropped, AlreadyChanging."""
    gone, fresh = dropped(name), copy_of_newest(name)
    if gone is None:
        raise NothingDropped(name)

    def write(there: BookDraft | None, _after: Written) -> None:
        if there is not None and _said(there) != _said(fresh):
            raise AlreadyChanging(name)
        BookDraft.objects.filter(name=name).delete()
        forget_effect(name)
        BookDraft.objects.create(
            name=name, text=gone.text, tables=gone.tables, based_on=gone.based_on, changed_by_id=person_id,
            changed_at=now,
        )  # fmt: skip
        DroppedDraft.objects.filter(pk=gone.pk).delete()

    _change(name, lambda _draft: (gone.text, tables_of(gone)), write, record)


def forget_effect(name: str) -> None:
    """What a copy would have changed, once the copy is gone; its lines are taken away by a job."""
    BookEffect.objects.filter(name=name).delete()


def prove(name: str, text: str, tables: dict[str, str], *, version: int | None = None) -> Proved:
    """Read and check a text as a version of this book: the next one, or the one of this number."""
    try:
        found = _prove(name, text, tables, version)
        return found if version is not None else replace(found, findings=taken_out.told(name, text, found.findings))
    except Exception as error:  # whatever was typed: a copy that breaks its own pages could never be mended
        log.exception("rule_book_not_checked", book=name)
        return Proved(None, (_broken_off(name, error),))


def _broken_off(name: str, error: Exception) -> Finding:
    return Finding(
        0, "error", f"{name}.yaml", 1, "",
        Wording(f"按这份内容算不下去，检查中断（{type(error).__name__}: {error}）",
                f"the check broke off: nothing can be worked out by this ({type(error).__name__}: {error})"),
        Wording("改正最近改过的数字或算式；改不好的，丢弃修改",
                "mend the figure or expression that was changed last, or throw the copy away"),
    )  # fmt: skip


def _prove(name: str, text: str, tables: dict[str, str], version: int | None) -> Proved:
    read = library.read_version(name, text, tables)
    findings = read.findings or (check_pack(read.pack) if read.pack is not None else ())
    if read.pack is not None and read.pack.name != name:
        other = Finding(NAMES, "error", f"{name}.yaml", 1, "policy",
                        Wording(f"这是规则包 {name} 的副本，policy 写的却是“{read.pack.name}”",
                                f"this is the copy of {name}, and its policy says '{read.pack.name}'"),
                        Wording(f"写成 policy: {name}", f"write policy: {name}"))  # fmt: skip
        return Proved(None, (other, *findings))
    if read.pack is not None and not findings:
        before = _before(name, version)
        findings = check_date(read.pack, before) if before is not None and before.in_force is not None else ()
        findings += tuple(_of_others(check_overridden([*_others(name), read.pack]), read.pack))
    return Proved(read.pack, findings)


def prove_copy(draft: BookDraft) -> Proved:
    """The same for the copy of a book."""
    return prove(draft.name, draft.text, tables_of(draft))


def _before(name: str, version: int | None) -> Pack | None:
    """The version of a book that the next one, or the one of this number, stands behind."""
    known = [one for one in library.packs() if one.name == name and (version is None or one.version < version)]
    return known[-1] if known else None


MOST_KEPT = 64
_doubted: dict[tuple[str, str], tuple[Doubt, ...]] = {}
"""Doubts by what the book and the one before it say: rows are tried on hundreds of matters, and screens ask often."""


def _doubts(pack: Pack) -> tuple[Doubt, ...]:
    """Also tried on the examples of the version in force: a copy may have dropped those that its changes concern."""
    before = next((one for one in reversed(library.packs()) if one.name == pack.name), pack)
    key = (pack.hash, before.hash)
    if key not in _doubted:
        if len(_doubted) >= MOST_KEPT:
            _doubted.clear()
        _doubted[key] = doubts(pack, before.examples)
    return _doubted[key]


def _others(name: str) -> Iterator[Pack]:
    return (one for one in library.newest_of_each() if one.name != name)


def _of_others(findings: Iterable[Finding], pack: Pack) -> Iterator[Finding]:
    """Findings in which those of other books, that miss a clause of this one, say whose they are."""
    for one in findings:
        yield one if one.file == pack.file else replace(one, where=f"{one.file} {one.where}")


WriteDown = Callable[[PublishedBook], object]


def publish(
    name: str, *, begins: date, reason: str, confirmed_by: str, person_id: int, now: datetime,
    record: Callable[[BookDraft, Pack], WriteDown] | None = None,
) -> PublishedBook:  # fmt: skip
    """Put the draft in force from a day. Raises NotInOrder, Doubtful, Stale, library.BookUnknown, TooEarly for a day
    before the earliest: nobody loses what was promised when they bought.

    The draft is proved, and what `record` has to write down is reckoned, before the transaction; once more where
    somebody changed the draft in between.
    """
    library.look_again()
    newest = library.newest(name)
    while True:
        draft = open_draft(name)
        if draft is None:
            raise library.BookUnknown(name)
        if draft.based_on != newest.hash:
            raise Stale(name)
        pack = _to_publish(draft)
        first = earliest(name, timezone.localdate(now))
        if begins < first:
            raise TooEarly(first)
        write_down = record(draft, pack) if record is not None else None
        with write_transaction():
            there = BookDraft.objects.select_for_update().filter(name=name).first()
            if there is None or (_said(there), there.based_on) != (_said(draft), draft.based_on):
                continue
            last = PublishedBook.objects.filter(name=name).aggregate(last=Max("version"))["last"] or newest.version
            made = PublishedBook.objects.create(
                name=name, version=max(last, newest.version) + 1, begins=begins, text=draft.text, tables=draft.tables,
                hash=pack.hash, reason=reason.strip(), confirmed_by=confirmed_by.strip(),
                published_by_id=person_id, published_at=now,
            )  # fmt: skip
            there.delete()
            DroppedDraft.objects.filter(name=name).delete()
            forget_effect(name)
            if write_down is not None:
                write_down(made)
        library.look_again()
        return made


def _to_publish(draft: BookDraft) -> Pack:
    """The draft as a pack that may be published. Raises NotInOrder, Doubtful."""
    proved = prove_copy(draft)
    if not proved.good or proved.pack is None:
        raise NotInOrder(draft.name)
    if proved.doubts:
        raise Doubtful(draft.name)
    return proved.pack


def withdraw(
    name: str, version: int, *, reason: str, person_id: int, now: datetime, write_down: WriteDown | None = None
) -> PublishedBook:
    """Take a version back before its first day: it never counts, and another may begin on that day. What it said is
    kept, for rulings that were asked ahead by it; a copy that is being changed goes on upon the version before.

    Raises library.BookUnknown, also for a version that comes with the product; Begun, Withdrawn.
    """
    library.look_again()
    before = [one.hash for one in library.versions(name) if one.version != version]
    try:
        with write_transaction():
            row = PublishedBook.objects.select_for_update().filter(name=name, version=version).first()
            if row is None:
                raise library.BookUnknown(name)
            if row.withdrawn_at is not None:
                raise Withdrawn(name)
            if row.begins <= timezone.localdate(now):
                raise Begun(name)
            row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = now, person_id, reason.strip()
            row.save(update_fields=["withdrawn_at", "withdrawn_by_id", "withdrawn_reason"])
            for copies in (BookDraft.objects, DroppedDraft.objects):
                copies.filter(name=name, based_on=row.hash).update(based_on=before[-1])
            forget_effect(name)
            if write_down is not None:
                write_down(row)
    finally:
        library.look_again()
    return row


def history(name: str) -> list[PublishedBook]:
    """The versions that the company published, the newest first; those that it withdrew as well."""
    return list(PublishedBook.objects.filter(name=name).order_by("-version"))


def open_drafts() -> set[str]:
    """The books that somebody is changing."""
    return set(BookDraft.objects.values_list("name", flat=True))
