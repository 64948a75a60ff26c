"""The ways by which customers reach us, and what each of them tells beside the words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PRODUCT_SAID = "product_said"
"""Beside the channel's particulars: the product in the customer's words, where the catalogue does not know it."""
NOT_BY_HAND = frozenset({"web", "api", "spreadsheet"})
"""Channels that fill themselves in: the portal, programs, imports."""
MAY_HAVE_LAIN = ("email", "fax", "letter", "complaint_box", "marketplace", "authority")
"""Channels on which nobody is there while we register: the moment of arrival is asked for at once."""


@dataclass(frozen=True, slots=True)
class Particular:
    """One particular and the channels that have it. `kind` is text, number or moment."""

    name: str
    label: Any
    channels: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    help: Any = ""


PARTICULARS = (
    Particular("caller_number", _("来电号码"), ("hotline",), help=_("来电显示的号码；与上面的电话不同时才填")),
    Particular("sender", _("发件人"), ("email", "fax", "letter")),
    Particular("subject", _("邮件主题"), ("email",)),
    Particular("pages", _("页数"), ("fax", "letter"), "number"),
    Particular("clerk", _("接待人"), ("counter",)),
    Particular("box", _("意见箱位置"), ("complaint_box",)),
    Particular("platform", _("平台"), ("marketplace", "chat")),
    Particular("shop", _("店铺"), ("marketplace",)),
    Particular("account", _("客户的平台账号"), ("marketplace", "chat")),
    Particular("authority_name", _("机关名称"), ("authority",), required=True),
    Particular("document_no", _("对方文号"), ("authority",), required=True),
    Particular("reply_due", _("对方要求的答复时限"), ("authority",), "moment"),
)


def particulars_of(channel: str) -> list[Particular]:
    """What this channel tells."""
    return [item for item in PARTICULARS if channel in item.channels]
