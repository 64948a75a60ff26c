"""Beside a case: who has it open, tasks, files, the slip, quick replies, what a message will be, the last call."""

from datetime import datetime
from typing import Any, Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.commands import answer, commanded
from tuoshan.api.files import answers
from tuoshan.api.mine import TaskOut, task_out
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.reading import find_case, row_of
from tuoshan.api.repeating import idempotency_key, kept_with_the_case, repeatable
from tuoshan.api.shapes import CaseRow, Limit, Moment, OutcomeOut
from tuoshan.care import follow_up
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases.models import Case, Task
from tuoshan.cases.refusals import customer_erased
from tuoshan.documents import access, evidence, pdf, storage
from tuoshan.documents.models import Evidence
from tuoshan.documents.serving import file_response
from tuoshan.intake import duplicates
from tuoshan.intake.beside import REASONS
from tuoshan.integrations import recipients, replied
from tuoshan.integrations.printing import slip_data
from tuoshan.knowledge import replies
from tuoshan.office import beside, papers
from tuoshan.office.registering import own_case
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["cases"])
ANY_FILE = answers("application/octet-stream", "image/*", "video/*", "audio/*", "text/*", "application/*")


class PresenceOut(Schema):
    """Who else has the case open, and the number of its last event."""

    here: list[str]
    seq: int


class LikelyOut(CaseRow):
    """A case that is likely about the same: why, and how alike the texts are in per cent (0: not compared)."""

    reasons: list[str]
    score: int


class ReplyOut(Schema):
    """A quick reply, filled in for the case."""

    id: int
    title: str
    shortcut: str
    category: str
    text: str


class ColleagueOut(Schema):
    """A colleague who can see the case; `@name` in a note tells them."""

    id: int
    name: str
    unit_id: int | None


class PreviewIn(Schema):
    """A message before it is sent."""

    text: str
    channel: str = "sms"


class SendingOut(Schema):
    """One way out and to whom, masked."""

    channel: str
    title: str
    to: str


class PreviewOut(Schema):
    """What it will say, its customer's links (counted in) not shown; by which ways it will go; `other`: not by the one
    asked for. `parts`: how many short messages it makes. `problems`: why it cannot be sent as it stands.
    """

    text: str
    problems: list[str]
    ways: list[SendingOut]
    other: bool
    signs: int
    parts: int


class AnswerOut(Schema):
    """What a customer answered to the survey: one to five points, reasons by key, words."""

    at: datetime
    score: int
    reasons: list[str]
    words: str


class CallOut(Schema):
    """A follow-up call and what came of it."""

    at: datetime
    person_id: int
    result: str
    words: str
    next_at: datetime | None


class AfterwardsOut(Schema):
    """What the customer said afterwards, newest first."""

    answers: list[AnswerOut]
    calls: list[CallOut]


class CallIn(Schema):
    """What came of a follow-up call; not reached: when to try again."""

    result: str
    words: str = ""
    next_at: Moment | None = None
    expected_seq: int | None = None


@router.get("/{number}/tasks", response=gives(list[TaskOut]), url_name="case_tasks", summary="Tasks")
@api_permitted("api.case_tasks")
def case_tasks(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Open and ended ones, in the order in which they were opened."""
    case = find_case(request, number)
    return [task_out(row, case) for row in Task.objects.filter(case_id=case.pk).order_by("opened_at", "key")]


@router.post(
    "/{number}/presence", response=gives(PresenceOut), url_name="case_presence", summary="Say that one is here"
)
@api_permitted("api.case_presence")
def case_presence(request: HttpRequest, number: str) -> dict[str, Any]:
    """Say that one has the case open, for a minute; what the customer wrote has then been seen by its handler."""
    case = find_case(request, number)
    replied.read(case, me(request).pk, clock.now())
    return {"here": beside.here(case, me(request).pk), "seq": case.seq}


@router.get("/{number}/likely", response=gives(list[LikelyOut]), url_name="case_likely", summary="Likely the same")
@api_permitted("api.case_likely")
def case_likely(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Open cases of the same playbook within reach into which this one could be merged, the likeliest first."""
    case = find_case(request, number)
    return [
        row_of(one.case) | {"reasons": [str(REASONS[reason]) for reason in one.reasons], "score": one.score}
        for one in duplicates.likely_of(case, me(request))
    ]


@router.get(
    "/{number}/evidence/{pk}/file", response=gives(bytes), url_name="evidence_file", summary="The file",
    openapi_extra=ANY_FILE,
)  # fmt: skip
@api_permitted("api.evidence_file")
def evidence_file(
    request: HttpRequest, number: str, pk: Id, size: Literal["full", "small"] = "full"
) -> FileResponse | HttpResponse | Any:
    """A file of the case that the caller may see; `small`: the small picture of an image, as WebP."""
    case = find_case(request, number)
    row = Evidence.objects.filter(pk=pk, case_id=case.pk).first()
    if row is None or not access.may_see(request, row):
        raise Http404
    small = size == "small"
    place = storage.thumbnail_path_of(row.stored_hash) if small else storage.path_of(row.stored_hash)
    name = f"{row.pk}.webp" if small else evidence.download_name(row)
    try:
        return file_response(
            request, place, content_type="image/webp" if small else row.content_type, name=name,
            tag=f"{row.stored_hash}-small" if small else row.stored_hash, attachment=not small,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise Http404 from error


@router.get(
    "/{number}/slip", response=gives(bytes), url_name="case_slip", summary="The slip",
    openapi_extra=answers("application/pdf"),
)  # fmt: skip
@api_permitted("api.case_slip")
def case_slip(request: HttpRequest, number: str, size: Literal["80mm", "a5"] = "80mm") -> HttpResponse:
    """What the customer takes along, in the caller's language: of a case within reach, or for 15 minutes of one that
    the caller registered.
    """
    case = own_case(me(request), number.replace("\x00", ""))
    if case is None:
        raise Http404
    language = "en" if str(get_language()).startswith("en") else "zh-hans"
    content = pdf.slip(slip_data(case, language=language), size=size, language=language)  # type: ignore[arg-type]
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}-{size}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@router.get(
    "/{number}/papers/{kind}", response=gives(bytes), url_name="case_paper", summary="The case on paper",
    openapi_extra=answers("application/pdf"),
)  # fmt: skip
@api_permitted("api.case_paper")
def case_paper(request: HttpRequest, number: str, kind: papers.Kind) -> HttpResponse:
    """The record, the whole file for the archive (both with notes and in the caller's language; findings against a
    person for supervisors only), or the letter with the decision, in the customer's. 409 `no_decision` before one.
    """
    case = find_case(request, number)
    language = papers.letter_language(case) if kind == "letter" else str(get_language())
    try:
        content = papers.paper(case, kind, me(request), language=language)
    except papers.NoDecision as missing:
        raise Problem(409, "no_decision", _("还没有可以告知客户的决定")) from missing
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}-{kind}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@router.get("/{number}/replies", response=gives(list[ReplyOut]), url_name="case_replies", summary="Quick replies")
@api_permitted("api.case_replies")
def case_replies(request: HttpRequest, number: str, q: str = "", limit: Limit = 12) -> list[dict[str, Any]]:
    """Those that fit, in the customer's language, filled in for the case. A variable without a value stays, and so
    does `{link}`: it becomes the customer's own link when the message leaves.
    """
    case = find_case(request, number)
    found = replies.search(q[:60], person_id=me(request).pk, language=_language(case))[:limit]
    return [
        {
            "id": one.pk, "title": one.title, "shortcut": one.shortcut, "category": one.category,
            "text": replies.render(one, case, person=me(request)),
        }
        for one in found
    ]  # fmt: skip


def _language(case: Case) -> str:
    return recipients.language_of(recipients.of_case(case))


@router.post("/{number}/replies/{pk}/used", response=gives(None, 204), url_name="reply_used", summary="Reply used")
@api_permitted("api.reply_used")
@repeatable
def reply_used(request: HttpRequest, number: str, pk: Id) -> tuple[int, None]:
    """Count a use; what is used often comes first."""
    find_case(request, number)
    if not replies.usable(me(request).pk).filter(pk=pk).exists():
        raise Http404
    replies.used(pk)
    return 204, None


@router.get("/{number}/mentions", response=gives(list[ColleagueOut]), url_name="case_mentions", summary="Colleagues")
@api_permitted("api.case_mentions")
def case_mentions(request: HttpRequest, number: str, q: str = "") -> list[dict[str, Any]]:
    """Colleagues of that name who can see the case."""
    case = find_case(request, number)
    return [
        {"id": one.pk, "name": str(one), "unit_id": one.unit_id}
        for one in beside.mentionable(case, me(request).pk, q)
    ]  # fmt: skip


@router.post("/{number}/messages/preview", response=gives(PreviewOut), url_name="case_preview", summary="Preview")
@api_permitted("api.case_preview")
def case_preview(request: HttpRequest, number: str, body: PreviewIn) -> dict[str, Any]:
    """What will go out, by which way and to whom; nothing is written. 409 `customer_erased` where nobody is left."""
    case = find_case(request, number)
    if case.is_erased:
        raise Problem(409, "customer_erased", _("这一步没有执行"), customer_erased())
    seen = beside.preview(case, body.text, body.channel, me(request))
    ways = [{"channel": channel, "title": title, "to": to} for channel, title, to in seen.ways]
    return {
        "text": seen.text, "problems": list(seen.problems), "ways": ways, "other": seen.other, "signs": seen.signs,
        "parts": seen.parts,
    }  # fmt: skip


@router.get("/{number}/afterwards", response=gives(AfterwardsOut), url_name="case_afterwards", summary="Afterwards")
@api_permitted("api.case_afterwards")
def case_afterwards(request: HttpRequest, number: str) -> dict[str, Any]:
    """Answers to the survey and follow-up calls."""
    case = find_case(request, number)
    answers = SurveyAnswer.objects.filter(case_id=case.pk).order_by("-at", "-id")
    return {"answers": list(answers), "calls": follow_up.calls(case.pk)}


@router.post("/{number}/follow-up", response=gives(OutcomeOut), url_name="case_follow_up", summary="Record the call")
@api_permitted("api.case_follow_up")
@kept_with_the_case
def case_follow_up(request: HttpRequest, number: str, body: CallIn) -> dict[str, Any]:
    """Reached (the case closes), or not; the third time in vain closes it too."""
    case = commanded(request, number)
    said = body.words.strip()[:5000]
    problem = follow_up.problem_of(body.result, said)
    if problem:
        raise invalid(problem)
    outcome = follow_up.record_call(
        case_id=case.pk, person=me(request), result=body.result, words=said or _("没有联系上"), now=clock.now(),
        next_at=body.next_at, expected_seq=body.expected_seq, idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return answer(outcome, case)
