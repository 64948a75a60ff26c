"""The outbox as somebody may see it: within reach, masked for those who only look."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.cases import queries
from tuoshan.insight.told_to_staff import CUSTOMERS_LINK
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.parties import reach
from tuoshan.parties.permissions import LEADS
from tuoshan.punctuation import in_language_of
from tuoshan.secrets import mask_email, mask_name, mask_phone

_LINK = re.compile(r"https?://\S+")


def sees_recipients(person: Any) -> bool:
    """Whether recipients are shown whole: to those who lead, not to those who only look."""
    return not LEADS.isdisjoint(person.role_keys())


def recipient(row: OutgoingMessage, *, whole: bool) -> str:
    """Whom it went to; masked unless `whole`."""
    if whole:
        return f"{row.to_name} {row.to}".strip()
    masks = {"sms": mask_phone, "mail": mask_email}
    to = masks[row.channel](row.to) if row.channel in masks and row.to else ""
    return f"{mask_name(row.to_name)} {to}".strip()


def subject_of(row: OutgoingMessage) -> str:
    """Its subject, which a link may stand in as well."""
    return CUSTOMERS_LINK.sub(in_language_of(row.subject, gettext_lazy("〔客户的链接〕")), row.subject)


def text_of(row: OutgoingMessage, *, whole: bool) -> str:
    """What it says. Who has the customer's link can answer in the customer's name, so nobody of ours is shown it."""
    return (CUSTOMERS_LINK if whole else _LINK).sub(in_language_of(row.body, gettext_lazy("〔客户的链接〕")), row.body)


def customers_page(row: OutgoingMessage) -> str:
    """The path of the customer's page that the message leads to, where staff may open it: in a demo alone, in which the
    customers are invented; else empty."""
    from tuoshan.demo.making import is_demo  # the demo's machinery is not for a web process that never asks

    link = CUSTOMERS_LINK.search(row.body) if row.case_id else None
    return urlsplit(link[0]).path if link and is_demo() else ""


def within(person: Any, found: "QuerySet[OutgoingMessage]") -> "QuerySet[OutgoingMessage]":
    """Only what belongs to cases within the person's reach, or to none."""
    if reach.reach(person).everything:
        return found
    cases = queries.reachable(person).order_by().values("id")
    return found.filter(Q(case_id__in=cases) | Q(case_id__isnull=True))


def not_waiting() -> str:
    """Why a message is not sent again."""
    return _("这条消息不在等着重发。")
