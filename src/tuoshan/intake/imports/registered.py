"""Columns that are registration fields of a process: read by the kind of the field, as its form would."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop as _

from tuoshan import clock
from tuoshan.core.playbook import Field
from tuoshan.intake.imports import cells
from tuoshan.intake.imports.cells import RowRefused
from tuoshan.parties.models import OrgUnit

FIELDS = ("channel", "wish", "bought_on", "happened_on", "store", "amount_paid", "reply_due")
"""Targets of the same name as the registration field that they give."""
LONGEST_TEXT = {"long_text": 20_000}
LONGEST = 500
CALLED = {
    "电话": "hotline", "热线": "hotline", "邮件": "email", "网站": "web", "网页": "web", "在线": "chat", "微信": "chat",
    "传真": "fax", "信件": "letter", "门店": "counter", "柜台": "counter", "平台": "marketplace", "12315": "authority",
    "12345": "authority",
}  # fmt: skip
"""Channels as tables often call them."""


def value_of(item: Field, text: str) -> Any:
    """What a cell says for a registration field. Raises RowRefused in words that name what is wrong."""
    match item.kind:
        case "money":
            return cells.amount(text)
        case "date":
            return _past(text).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        case "datetime":
            return cells.moment(text)
        case "choice" if item.choices:
            return _choice(item, text)
        case "org_unit":
            return _store(text)
    most = LONGEST_TEXT.get(item.kind, LONGEST)
    if len(text) > most:
        raise RowRefused(_("“%(text)s…”超过 %(most)d 字，请缩短。"), text=text[:20], most=most)
    return text


def _past(text: str) -> datetime:
    at = cells.moment(text)
    if at > clock.now():
        raise RowRefused(_("日期“%(text)s”在将来。"), text=text[:60])
    return at


def _choice(item: Field, text: str) -> str:
    plain = text.casefold()
    for one in item.choices:
        if plain in (one.value.casefold(), one.title.zh.casefold(), one.title.en.casefold()):
            return one.value
    called = CALLED.get(text) if item.name == "channel" else None
    if called in {one.value for one in item.choices}:
        return str(called)
    why = _("来源“%(text)s”不认识，请写登记时可选的来源，例如客服热线、电子邮件、门店柜台。")
    raise RowRefused(why, text=text[:60])


def _store(text: str) -> str:
    found = cells.unit(text)
    if not OrgUnit.objects.filter(pk=found, kind=OrgUnit.Kind.STORE).exists():
        raise RowRefused(_("“%(code)s”不是门店。"), code=text[:60])
    return str(found)
