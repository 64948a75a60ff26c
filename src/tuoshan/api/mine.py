"""What concerns the caller: tasks, follow-up calls, notifications, preferences, tokens."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.directory import person_out
from tuoshan.api.formwork import as_stored, judged, posted
from tuoshan.api.pages import page_of
from tuoshan.api.reading import row_of
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import CaseRow, Limit, PersonOut
from tuoshan.care import follow_up
from tuoshan.cases import library, lists
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Task
from tuoshan.integrations import notice_words, notifying, staff_mail
from tuoshan.integrations.forms import NotificationPaceForm
from tuoshan.integrations.models import Notification
from tuoshan.office import tasks
from tuoshan.parties import tokens
from tuoshan.parties.account import CHANNELS, NOTICES, PreferencesForm
from tuoshan.parties.models import ApiToken, Person
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["mine"])
PACE = ("pace", "quiet")


class TaskOut(Schema):
    """A task; `key` completes it (see the operation `case_task`)."""

    number: str
    key: str
    name: str
    title: str
    party: str
    department: str
    person_id: int | None
    status: str
    outcome: str
    opened_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    completed_by_id: int | None


class TaskList(Schema):
    """One page, and how many there are in all; hand `next` back as `cursor`."""

    count: int
    tasks: list[TaskOut]
    next: str


class FollowUpCase(CaseRow):
    """A case that waits for a call: how often it was tried, and when to try again."""

    tries: int
    next_at: datetime | None


class FollowUps(Schema):
    """One page; hand `next` back as `cursor`."""

    count: int
    cases: list[FollowUpCase]
    next: str


class NoticeOut(Schema):
    """Something that the caller was told. Ids are texts: they do not fit into a JavaScript number."""

    id: str
    what: str
    text: str
    number: str
    count: int
    at: datetime
    read_at: datetime | None


class NoticePage(Schema):
    """One page, newest first; hand `next` back as `before`. `unread` stops at 100."""

    notices: list[NoticeOut]
    unread: int
    next: str


class ReadIn(Schema):
    """Which to mark as read; without ids all of them."""

    ids: list[Id] | None = None


class ReadOut(Schema):
    """How many were not read before."""

    marked: int


class MeIn(Schema):
    """What a person decides for themselves; what is left out stays. `notices`: kind → channels (`app`, `mail`).
    `pace` and `quiet`: when mail goes out (at once, or on each working morning; resting outside working hours); what
    was escalated to one, or concerns an urgent case, goes out at once in any case.
    """

    display_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    theme: str = ""
    notices: dict[str, list[Literal["app", "mail"]]] = {}
    pace: Literal["instant", "daily"] = "instant"
    quiet: bool = True


class MeOut(PersonOut):
    """The caller, and what they decided for themselves."""

    language: str
    theme: str
    notices: dict[str, list[str]]
    pace: str
    quiet: bool


class TokenOut(Schema):
    """A live token of one's own; its secret is shown once, when it is made on the page of one's account."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def task_out(row: Task, case: Case) -> dict[str, Any]:
    """A task on the wire."""
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known = playbook.tasks.get(row.name)
    return {
        "number": case.number, "key": row.key, "name": row.name, "title": words(known.title) if known else row.name,
        "party": row.party, "department": lists.title("department", row.department) if row.department else "",
        "person_id": row.person_id, "status": row.status, "outcome": row.outcome or "", "opened_at": row.opened_at,
        "due_at": row.due_at, "completed_at": row.completed_at, "completed_by_id": row.completed_by_id,
    }  # fmt: skip


@router.get("/tasks", response=gives(TaskList), url_name="task_list", summary="My tasks")
@api_permitted("api.task_list")
def task_list(request: HttpRequest, done: bool = False, cursor: str = "", limit: Limit = 200) -> dict[str, Any]:
    """Open ones of one's own and of one's department, the most pressing first; `done`: those of the last 30 days."""
    found = tasks.done_tasks(me(request)) if done else tasks.open_tasks(me(request))
    page = page_of(found if done else tasks.in_columns(found), cursor, limit)
    rows = page.rows
    cases = Case.objects.defer("snapshot").in_bulk({row.case_id for row in rows})
    return {
        "count": found.order_by().count(),
        "tasks": [task_out(row, cases[row.case_id]) for row in rows if row.case_id in cases],
        "next": page.next,
    }


@router.get("/follow-ups", response=gives(FollowUps), url_name="follow_up_list", summary="Calls to make")
@api_permitted("api.follow_up_list")
def follow_up_list(request: HttpRequest, everyone: bool = False, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Whom to call next: in one's own cases, or in everyone's within reach."""
    found = follow_up.due(me(request), own=not everyone)
    page = page_of(found, cursor, limit)
    shown = [row_of(case) | {"tries": case.tries, "next_at": case.next_at} for case in page.rows]
    return {"count": found.order_by().count(), "cases": shown, "next": page.next}


@router.get("/notifications", response=gives(NoticePage), url_name="notification_list", summary="Notices")
@api_permitted("api.notification_list")
def notification_list(
    request: HttpRequest, unread: bool = False, what: str = "", before: Id | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Newest first; `before` is the id of the last one seen."""
    found = notifying.of_person(me(request).pk, unread=unread).order_by("-at", "-id")
    if what:
        found = found.filter(what=what)
    if before is not None:
        last = Notification.objects.filter(pk=before, person_id=me(request).pk).first()
        if last is None:
            raise Http404
        found = found.filter(at__lt=last.at) | found.filter(at=last.at, id__lt=last.pk)
    rows = list(found[: limit + 1])
    shown = notice_words.with_cases(rows[:limit])
    return {
        "notices": [_notice(row) for row in shown], "unread": notifying.unread_count(me(request).pk),
        "next": str(shown[-1].pk) if len(rows) > limit else "",
    }  # fmt: skip


def _notice(row: Notification) -> dict[str, Any]:
    case = notice_words.case_of(row)
    return {
        "id": str(row.pk), "what": row.what, "text": notice_words.sentence(row), "count": row.count, "at": row.at,
        "number": case.number if case is not None else "", "read_at": row.read_at,
    }  # fmt: skip


@router.post("/notifications/read", response=gives(ReadOut), url_name="notification_read", summary="Mark as read")
@api_permitted("api.notification_read")
@repeatable
def notification_read(request: HttpRequest, body: ReadIn) -> dict[str, int]:
    """Marking again changes nothing."""
    return {"marked": notifying.mark_read(me(request).pk, body.ids, now=clock.now())}


@router.get("/me", response=gives(MeOut), url_name="me", summary="Who calls")
@api_permitted("api.me")
def who(request: HttpRequest) -> dict[str, Any]:
    """The person whose token or session this is."""
    return _me_out(me(request))


def _me_out(person: Person) -> dict[str, Any]:
    chosen = staff_mail.preference(person.pk)
    return person_out(person) | {
        "language": person.language, "theme": person.theme, "pace": chosen.pace, "quiet": chosen.quiet,
        "notices": {key: [name for name in CHANNELS if person.wants(key, name)] for key, _title in NOTICES},
    }  # fmt: skip


@router.patch("/me", response=gives(MeOut), url_name="me_change", summary="Preferences")
@api_permitted("api.me_change")
def me_change(request: HttpRequest, body: MeIn) -> dict[str, Any]:
    """Name, contact, language, appearance, and what one is told of."""
    person = Person.objects.get(pk=me(request).pk)
    given = body.dict(exclude_unset=True, exclude={"notices", *PACE})
    form = judged(PreferencesForm(posted(as_stored(PreferencesForm(instance=person)) | given), instance=person))
    kept = form.save(commit=False)
    known = {key for key, _title in NOTICES}
    for key, wanted in body.notices.items():
        if key in known:
            kept.notifications = {**kept.notifications, key: {name: name in wanted for name in CHANNELS}}
    kept.save()
    pace = body.dict(exclude_unset=True, include=set(PACE))
    if pace:
        shown = as_stored(NotificationPaceForm.of(person))
        judged(NotificationPaceForm.of(person, posted(shown | pace))).save()
    return _me_out(kept)


@router.get("/me/tokens", response=gives(list[TokenOut]), url_name="token_list", summary="My tokens")
@api_permitted("api.token_list")
def token_list(request: HttpRequest) -> Any:
    """The live ones, by the first letters of their secret."""
    return list(ApiToken.objects.filter(person_id=me(request).pk, revoked_at__isnull=True).order_by("pk"))


@router.delete("/me/tokens/{pk}", response=gives(None, 204), url_name="token_revoke", summary="End a token")
@api_permitted("api.token_revoke")
def token_revoke(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """At once; ending it again changes nothing."""
    found = ApiToken.objects.filter(pk=pk, person_id=me(request).pk).first()
    if found is None:
        raise Http404
    tokens.revoke(found, now=clock.now())
    return 204, None
