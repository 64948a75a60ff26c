"""Settings: message templates, shared quick replies, the company and its ports, and the record of every change."""

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan.api.application import Id, gives, me
from tuoshan.api.formwork import changed, judged, made, posted
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable, repeatable_step_by_step
from tuoshan.api.settings_rows import found
from tuoshan.api.shapes import Limit, ReplyIn, ReplyRow, SaidOut
from tuoshan.cases import library
from tuoshan.core.playbook import Playbook
from tuoshan.integrations import mail, sms
from tuoshan.integrations.failures import DeliveryError, DeliveryRefused
from tuoshan.integrations.forms import SmsGatewayForm
from tuoshan.knowledge import templates
from tuoshan.knowledge.case_values import known_variables
from tuoshan.knowledge.company import company
from tuoshan.knowledge.forms import MessageTextForm, QuickReplyForm
from tuoshan.knowledge.models import QuickReply
from tuoshan.office.settings import message_texts, outgoing
from tuoshan.parties.models import SettingChange
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["settings"])
REPLY_NAMES = ("title", "text", "category", "shortcut", "language")
Language = Literal["zh-hans", "en"]
Channel = Literal["", "sms", "mail", "letter"]


class WordingOut(Schema):
    """A message of a playbook in one language for one channel: the company's wording, else the playbook's own."""

    playbook: str
    name: str
    language: str
    channel: str
    subject: str
    body: str
    own_subject: str
    own_body: str
    variables: list[str]


class WordingRow(Schema):
    """A message of a playbook, and to whom it goes."""

    playbook: str
    name: str
    to: list[str]


class WordingIn(Schema):
    """New wording; an empty body goes back to the playbook's own. Only with `store` it is kept."""

    subject: str = ""
    body: str = ""
    store: bool = False


class WordingTrial(Schema):
    """The wording filled in with an example, and whether it was kept."""

    subject: str
    body: str
    stored: bool


class CompanyIn(Schema):
    """How the company presents itself and tells its customers; what is left out stays. `unit` is the code of the unit
    of cases that come in without one; empty for the root of the company. `way`: how customers are told who wish for no
    other way.
    """

    name: str = ""
    name_en: str = ""
    hotline: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    hours: str = ""
    hours_en: str = ""
    unit: str = ""
    way: Literal["sms", "mail", "both"] = "sms"


class GatewayIn(Schema):
    """The gateway for short messages; what is left out stays, headers (secret) too."""

    name: str = ""
    url: str = ""
    method: str = "POST"
    format: str = "json"
    body: str = ""
    headers: str = ""
    success: str = ""
    id_path: str = ""
    timeout_seconds: int = 10
    is_on: bool = True


class GatewayOut(Schema):
    """The gateway; of its headers only that there are some."""

    name: str
    url: str
    method: str
    format: str
    body: str
    success: str
    id_path: str
    timeout_seconds: int
    is_on: bool
    has_headers: bool


class OutgoingOut(Schema):
    """The company, whether mail leaves by a server (else it goes to the mail folder), and the gateway."""

    company: CompanyIn
    mail_is_set_up: bool
    gateway_is_on: bool
    gateway: GatewayOut | None


class TestIn(Schema):
    """One test message."""

    channel: Literal["mail", "sms"]
    to: str


class FieldChange(Schema):
    """One field before and after, as people read it; personal data masked, secrets not shown."""

    name: str
    label: str
    before: str
    after: str


class ChangeOut(Schema):
    """One change of a setting."""

    id: int
    area: str
    key: str
    title: str
    action: str
    at: datetime
    person_id: int | None
    fields: list[FieldChange]


class ChangePage(Schema):
    """One page, newest first; hand `next` back as `before`."""

    changes: list[ChangeOut]
    next: str


# -- templates ---------------------------------------------------------------------------------------------------


def _book(key: str, name: str) -> Playbook:
    return message_texts.book_of(key, name)


@router.get("/templates", response=gives(list[WordingRow]), url_name="template_list", summary="Messages")
@api_permitted("api.template_list")
def template_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every message of every playbook."""
    return [
        {"playbook": key, "name": name, "to": list(message.to)}
        for key, book in library.everything().items()
        for name, message in book.messages.items()
    ]


@router.get("/templates/{playbook}/{name}", response=gives(WordingOut), url_name="template_read", summary="One message")
@api_permitted("api.template_read")
def template_read(
    request: HttpRequest, playbook: str, name: str, language: Language = "zh-hans", channel: Channel = ""
) -> dict[str, Any]:
    """The wording in force, and the playbook's own."""
    book = _book(playbook, name)
    text = templates.text_for(book, name, language=language, channel=channel)
    own = templates.standard(book, name, language)
    return {
        "playbook": playbook, "name": name, "language": language, "channel": channel, "subject": text.subject,
        "body": text.body, "own_subject": own.subject, "own_body": own.body, "variables": sorted(known_variables(book)),
    }  # fmt: skip


@router.put(
    "/templates/{playbook}/{name}", response=gives(WordingTrial), url_name="template_change", summary="Change a message"
)
@api_permitted("api.template_change")
def template_change(
    request: HttpRequest,
    playbook: str,
    name: str,
    body: WordingIn,
    language: Language = "zh-hans",
    channel: Channel = "",
) -> dict[str, Any]:
    """Look at the wording filled in, or keep it: the next message uses it."""
    book = _book(playbook, name)
    data = posted({"subject": body.subject, "body": body.body})
    form = judged(MessageTextForm(data, playbook=book, message=name, language=language, channel=channel))
    given, own = form.cleaned_data, templates.standard(book, name, language)
    if body.store:
        message_texts.store(request, book, name, language, channel, form)
    shown = templates.preview(book, given["subject"] or own.subject, given["body"] or own.body, language=language)
    return {"subject": shown.subject, "body": shown.body, "stored": body.store}


# -- quick replies ---------------------------------------------------------------------------------------------------


def _reply_form(request: HttpRequest) -> Any:
    return partial(QuickReplyForm, person=me(request), may_share=True)


def _reply(pk: int) -> QuickReply:
    row: QuickReply = found(QuickReply, pk)
    if row.person_id is not None:
        raise Http404
    return row


@router.get("/replies", response=gives(list[ReplyRow]), url_name="reply_list", summary="Quick replies")
@api_permitted("api.reply_list")
def reply_list(request: HttpRequest) -> Any:
    """Those shared by all."""
    return list(QuickReply.objects.filter(person_id=None).order_by("position", "title", "pk"))


@router.post("/replies", response=gives(ReplyRow, 201), url_name="reply_make", summary="A new quick reply")
@api_permitted("api.reply_make")
@repeatable
def reply_make(request: HttpRequest, body: ReplyIn) -> Any:
    """Shared by all."""
    given = body.dict(exclude_unset=True) | {"shared": True}
    return 201, _reply(made(request, "replies", _reply_form(request), QuickReply(), given, REPLY_NAMES))


@router.get("/replies/{pk}", response=gives(ReplyRow), url_name="reply_read", summary="One quick reply")
@api_permitted("api.reply_read")
def reply_read(request: HttpRequest, pk: Id) -> Any:
    """A shared one."""
    return _reply(pk)


@router.patch("/replies/{pk}", response=gives(ReplyRow), url_name="reply_change", summary="Change a quick reply")
@api_permitted("api.reply_change")
def reply_change(request: HttpRequest, pk: Id, body: ReplyIn) -> Any:
    """A shared one."""
    given = body.dict(exclude_unset=True) | {"shared": True}
    changed(request, "replies", _reply_form(request), _reply(pk), given, REPLY_NAMES)
    return _reply(pk)


@router.delete("/replies/{pk}", response=gives(None, 204), url_name="reply_remove", summary="Take away")
@api_permitted("api.reply_remove")
def reply_remove(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """A shared one."""
    message_texts.remove_reply(request, _reply(pk))
    return 204, None


# -- the company and its ports ---------------------------------------------------------------------------------------


def _outgoing(request: HttpRequest) -> dict[str, Any]:
    port = outgoing.gateway_for(me(request))
    names = ("name", "url", "method", "format", "body", "success", "id_path", "timeout_seconds", "is_on")
    gateway = {name: getattr(port, name) for name in names} | {"has_headers": bool(port.headers)}
    return {
        "company": asdict(company()), "mail_is_set_up": mail.is_set_up(), "gateway_is_on": sms.gateway() is not None,
        "gateway": gateway if port.pk else None,
    }  # fmt: skip


@router.get("/outgoing", response=gives(OutgoingOut), url_name="outgoing_read", summary="Company and ports")
@api_permitted("api.outgoing_read")
def outgoing_read(request: HttpRequest) -> dict[str, Any]:
    """How the company presents itself, and the ports by which messages leave the house. Who may not change them reads
    of the gateway's address the host alone, and not its body, as keys may stand in both.
    """
    return _outgoing(request)


@router.patch("/outgoing/company", response=gives(OutgoingOut), url_name="company_change", summary="Change the company")
@api_permitted("api.company_change")
def company_change(request: HttpRequest, body: CompanyIn) -> dict[str, Any]:
    """Counts at once: on the portal, in messages, on paper."""
    form = judged(outgoing.CompanyForm(posted(asdict(company()) | body.dict(exclude_unset=True))))
    outgoing.store_company(request, form)
    return _outgoing(request)


@router.patch("/outgoing/gateway", response=gives(OutgoingOut), url_name="gateway_change", summary="Change the gateway")
@api_permitted("api.gateway_change")
def gateway_change(request: HttpRequest, body: GatewayIn) -> dict[str, Any]:
    """The one gateway for short messages."""
    changed(request, "outgoing", SmsGatewayForm, outgoing.gateway_for(me(request)), body, outgoing.GATEWAY_FIELDS)
    return _outgoing(request)


@router.post("/outgoing/test", response=gives(SaidOut), url_name="outgoing_test", summary="A test message")
@api_permitted("api.outgoing_test")
@repeatable_step_by_step
def outgoing_test(request: HttpRequest, body: TestIn) -> dict[str, str]:
    """At once and to one recipient."""
    try:
        return {"said": outgoing.test(request, body.channel, body.to.strip())}
    except (DeliveryError, DeliveryRefused) as error:
        answer = _("对方的回答：%(answer)s") % {"answer": str(error)[:300]}
        raise Problem(409, "not_delivered", _("测试消息没有送出"), answer) from error
    except ValidationError as error:
        raise invalid({"to": error.messages}) from error


# -- the record ------------------------------------------------------------------------------------------------------


@router.get("/changes", response=gives(ChangePage), url_name="settings_changes", summary="What was changed")
@api_permitted("api.settings_changes")
def settings_changes(
    request: HttpRequest, area: str = "", before: Id | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Every change of a setting, newest first, of one area when asked."""
    rows = SettingChange.objects.order_by("-id")
    rows = rows.filter(area=area) if area else rows
    shown = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
    names = ("id", "area", "key", "action", "at", "person_id")
    return {
        "changes": [
            {name: getattr(row, name) for name in names} | {"title": row.shown_title, "fields": row.shown_fields}
            for row in shown[:limit]
        ],
        "next": str(shown[limit - 1].pk) if len(shown) > limit else "",
    }
