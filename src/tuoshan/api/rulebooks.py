"""Changing rule books by a program: a copy, its findings, and putting it in force.

Its tables, settings and clauses one by one stand in `book_parts`, what it would change in `book_effects`.
"""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from tuoshan import clock
from tuoshan.api.application import gives, me
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import both
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import api_permitted
from tuoshan.rulings import library, publishing
from tuoshan.rulings.models import BookDraft

router = Router(tags=["rulings"])
Text = Annotated[str, Field(max_length=1_000_000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class DraftIn(Schema):
    """The text of a book, and the CSV files beside it by name."""

    text: Text
    tables: dict[Annotated[str, Field(max_length=80)], Text] = {}


class DoubtOut(Schema):
    """What may not be meant. It keeps the copy from being published until the book answers it: in the text, an entry
    of `meant` with `doubt`, which is this key, and `because`."""

    key: str
    said: str


class ProvedOut(Schema):
    """What the checks found in the copy; none, and no doubts: it may be published."""

    findings: list[str]
    good: bool
    doubts: list[DoubtOut]


class BookDraftOut(Schema):
    """The copy: its text, the CSV files beside it, and what the checks find."""

    text: str
    tables: dict[str, str]
    findings: list[str]
    good: bool
    doubts: list[DoubtOut]


class PublishIn(Schema):
    """From when, who confirmed that it is lawful (not who publishes), and why. `unruled_meant`: days on which no
    version would hold are meant so; without it they are refused by name (409 `unruled_days`)."""

    begins: date
    confirmed_by: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Words
    unruled_meant: bool = False


class PublishedOut(Schema):
    """The version that was put in force."""

    name: str
    version: int
    begins: date


class BookVersionOut(Schema):
    """A version of a book: from which day it counts until which (by the fact `by`; empty: by no date of its own), who
    published it when and why, and, where it was withdrawn before it began, who did that when and why. A version that
    comes with the product names nobody."""

    version: int
    by: str
    begins: date | None
    until: date | None
    published_at: datetime | None
    published_by: str
    confirmed_by: str
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str


class WithdrawIn(Schema):
    """Why the version is withdrawn."""

    reason: Words


class WithdrawnOut(Schema):
    """The version that will not count."""

    name: str
    version: int
    withdrawn_at: datetime


class CopyIn(Schema):
    """Of which version the copy is to be."""

    version: int


def known_book(name: str) -> None:
    """Raises Http404 for a book that is not there."""
    try:
        library.newest(name)
    except library.BookUnknown as error:
        raise Http404 from error


@router.put("/rule-books/{name}/draft", response=gives(ProvedOut), url_name="book_change", summary="Change a copy")
@api_permitted("api.book_change")
def book_change(request: HttpRequest, name: str, body: DraftIn) -> dict[str, Any]:
    """Keep the copy as it was sent, in order or not, and say what the checks find."""
    known_book(name)
    publishing.save_draft(name, body.text, body.tables, person_id=me(request).pk, now=clock.now(),
                          record=office.noting(me(request), name))  # fmt: skip
    return proved(publishing.prove(name, body.text, body.tables))


def proved(found: publishing.Proved) -> dict[str, Any]:
    """What the checks found, in the language in force."""
    language = get_language() or "zh-hans"
    return {
        "findings": [one.in_language(language) for one in found.findings], "good": found.good,
        "doubts": [{"key": one.key, "said": one.finding.in_language(language)} for one in found.doubts],
    }  # fmt: skip


@router.get("/rule-books/{name}/draft", response=gives(BookDraftOut), url_name="book_draft", summary="The copy")
@api_permitted("api.book_draft")
def book_draft(request: HttpRequest, name: str) -> dict[str, Any]:
    """The copy that is being changed; the newest version where nobody has changed anything."""
    draft = copy_read(name)
    tables = publishing.tables_of(draft)
    return {"text": draft.text, "tables": tables, **proved(publishing.prove(name, draft.text, tables))}


def copy_read(name: str) -> BookDraft:
    """The copy, or the newest version in its place: reading makes no copy."""
    known_book(name)
    return publishing.open_draft(name) or publishing.copy_of_newest(name)


def copy_of(request: HttpRequest, name: str) -> BookDraft:
    """The copy to be changed; it is made where nobody has one yet."""
    known_book(name)
    return publishing.draft_of(name, me(request).pk, clock.now())


def not_in_order(found: publishing.Proved) -> Problem:
    """A copy that is not in order is neither held against cases nor published."""
    return Problem(
        409, "not_in_order", _("检查没有通过，不能发布。内容还在。"), facts={"findings": proved(found)["findings"]}
    )


@router.post("/rule-books/{name}/publish", response=gives(PublishedOut), url_name="book_publish", summary="Publish it")
@api_permitted("api.book_publish")
@repeatable
def book_publish(request: HttpRequest, name: str, body: PublishIn) -> dict[str, Any]:
    """Put the copy in force from a day, as the next version."""
    known_book(name)
    now = clock.now()
    draft = publishing.draft_of(name, me(request).pk, now)
    if not body.unruled_meant:
        _refuse_unruled_days(draft, body.begins)
    try:
        made = office.publish(
            name, begins=body.begins, reason=body.reason, confirmed_by=body.confirmed_by, person=me(request), now=now,
        )  # fmt: skip
    except publishing.Doubtful as error:
        said = _("还有提示没有答复，不能发布。内容还在。")
        doubts = proved(publishing.prove_copy(draft))["doubts"]
        raise Problem(409, "doubtful", said, facts={"doubts": doubts}) from error
    except publishing.NotInOrder as error:
        raise not_in_order(publishing.prove_copy(draft)) from error
    except publishing.Stale as error:
        said = _("这份修改所依据的版本已经被新版本取代，请对照新版本再改。内容还在。")
        raise Problem(409, "stale", said) from error
    except office.ManagersOnly as error:
        raise Problem(403, "managers_only", error.said) from error
    except office.ConfirmedOneself as error:
        raise invalid({"confirmed_by": [error.said]}) from error
    except publishing.TooEarly as error:
        said = _("不能早于今天，也必须晚于最新一版的生效日期，最早 %(day)s。") % {"day": error.day}
        raise invalid({"begins": [said]}) from error
    return {"name": made.name, "version": made.version, "begins": made.begins}


def _refuse_unruled_days(draft: BookDraft, begins: date) -> None:
    """Raises Problem 409 where a copy in order, published from this day, would leave days without a version."""
    found = publishing.prove_copy(draft)
    if found.pack is None or not found.good:
        return
    days = [{"first": one.first, "last": one.last} for one in publishing.holes(found.pack, begins)]
    if days:
        said = _("照这一天发布，有些日子没有哪一版管。改日期，或用 unruled_meant 说明确实不用管。")
        raise Problem(409, "unruled_days", said, " ".join(office.holes_told(found.pack, begins)), facts={"days": days})


@router.delete("/rule-books/{name}/draft", response=gives(ProvedOut), url_name="book_drop", summary="Drop the copy")
@api_permitted("api.book_drop")
def book_drop(request: HttpRequest, name: str) -> dict[str, Any]:
    """Throw the copy away; the book stays as it is. The screen can bring it back until another one is thrown away or
    published; a program that has read it (`book_draft`) puts it back by `book_change`."""
    known_book(name)
    publishing.drop_draft(name, person_id=me(request).pk, now=clock.now(),
                          record=office.noting(me(request), name, both(lambda: _("丢弃副本"))))  # fmt: skip
    return {"findings": [], "good": True, "doubts": []}


# -- versions -------------------------------------------------------------------------------------------------------


@router.get("/rule-books/{name}/versions", response=gives(list[BookVersionOut]), url_name="book_versions",
            summary="Its versions")  # fmt: skip
@api_permitted("api.book_versions")
def book_versions(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """All versions, the newest first, with those that were withdrawn."""
    known_book(name)
    rows = {row.version: row for row in publishing.history(name)}
    named = [pk for row in rows.values() for pk in (row.published_by_id, row.withdrawn_by_id) if pk is not None]
    people = {pk: str(person) for pk, person in Person.objects.in_bulk(named).items()}
    found = []
    for pack in reversed(publishing.every_version(name)):
        row, dates = rows.get(pack.version), pack.in_force
        found.append({
            "version": pack.version, "by": dates.by if dates else "", "begins": dates.begins if dates else None,
            "until": dates.until if dates else None, "published_at": row.published_at if row else None,
            "published_by": people.get(row.published_by_id, "") if row else "",
            "confirmed_by": row.confirmed_by if row else "", "reason": row.reason if row else "",
            "withdrawn_at": row.withdrawn_at if row else None,
            "withdrawn_by": people.get(row.withdrawn_by_id or 0, "") if row else "",
            "withdrawn_reason": row.withdrawn_reason if row else "",
        })  # fmt: skip
    return found


@router.post("/rule-books/{name}/versions/{version}/withdraw", response=gives(WithdrawnOut), url_name="book_withdraw",
             summary="Withdraw a version")  # fmt: skip
@api_permitted("api.book_withdraw")
@repeatable
def book_withdraw(request: HttpRequest, name: str, version: int, body: WithdrawIn) -> dict[str, Any]:
    """Take a published version back before its first day; another may then begin on that day."""
    known_book(name)
    try:
        row = office.withdraw(name, version, reason=body.reason, person=me(request), now=clock.now())
    except publishing.Begun as error:
        raise Problem(409, "begun", _("这一版已经生效，不能撤回。请改一份副本，作为新版本发布。")) from error
    except publishing.Withdrawn as error:
        raise Problem(409, "withdrawn", _("这一版已经撤回。")) from error
    except library.BookUnknown as error:
        raise Http404 from error
    except office.ManagersOnly as error:
        raise Problem(403, "managers_only", error.said) from error
    return {"name": row.name, "version": row.version, "withdrawn_at": row.withdrawn_at}


@router.post("/rule-books/{name}/draft/copy", response=gives(BookDraftOut), url_name="book_copy",
             summary="Copy a version")  # fmt: skip
@api_permitted("api.book_copy")
@repeatable
def book_copy(request: HttpRequest, name: str, body: CopyIn) -> dict[str, Any]:
    """Begin a copy with what any version says, its examples included; a copy with changes in it is not thrown away."""
    known_book(name)
    try:
        draft = publishing.copy_version(name, body.version, person_id=me(request).pk, now=clock.now(),
                                        record=office.noting(me(request), name))  # fmt: skip
    except library.BookUnknown as error:
        raise invalid({"version": [_("没有这一版。")]}) from error
    except publishing.AlreadyChanging as error:
        said = _("已经有一份改过的副本。请先发布或丢弃它，再从这一版开始。")
        raise Problem(409, "already_changing", said) from error
    tables = publishing.tables_of(draft)
    return {"text": draft.text, "tables": tables, **proved(publishing.prove(name, draft.text, tables))}
