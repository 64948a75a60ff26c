"""Stored values, days and channels in words, as the desk, the API and exports show them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan import clock
from tuoshan.cases import lists
from tuoshan.cases.forms import words
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Field


def shown_value(item: Field | None, raw: Any, texts: Mapping[str, str], people: Mapping[int, str]) -> str:
    """A stored value in words: choices by title, money with its unit, moments in local time.

    `texts` maps word references to texts, `people` ids to names.
    """
    match raw:
        case None:
            return _("（空）")
        case {"words": ref}:
            return texts.get(ref, _("（已删除）"))
        case {"decimal": number}:
            amount = Decimal(number)
            if item is not None and item.kind == "money":
                return _("%(amount)s 元") % {"amount": f"{amount:,.2f}"}
            return f"{number_text(amount)} {words(item.unit) if item else ''}".strip()
        case {"moment": text}:
            return date_format(timezone.localtime(datetime.fromisoformat(text)), "Y-m-d H:i")
        case {"date": text}:
            return str(text)
        case bool():
            return _("是") if raw else _("否")
        case list():
            return _("、").join(shown_value(item, one, texts, people) for one in raw)
    return _entry_title(item, str(raw), people)


def _entry_title(item: Field | None, raw: str, people: Mapping[int, str]) -> str:
    if item is None:
        return raw
    for choice in item.choices:
        if choice.value == raw:
            return words(choice.title)
    if item.kind == "person" and raw.isdigit():
        return people.get(int(raw)) or lists.title("person", raw)
    return lists.title(item.list or item.kind, raw)


def day_heading(at: datetime) -> str:
    """`今天，11 月 22 日`, `昨天，…`, or the date."""
    day, today = timezone.localdate(at), timezone.localdate(clock.now())
    form = "n 月 j 日" if day.year == today.year else "Y 年 n 月 j 日"
    text = date_format(day, form if (get_language() or "zh").startswith("zh") else "j M Y")
    gap = (today - day).days
    if gap == 0:
        return _("今天，%(day)s") % {"day": text}
    if gap == 1:
        return _("昨天，%(day)s") % {"day": text}
    return text


CHANNELS = {
    "hotline": _lazy("热线电话"),
    "email": _lazy("电子邮件"),
    "web": _lazy("网页表单"),
    "portal": _lazy("查询页面"),
    "chat": _lazy("在线客服"),
    "fax": _lazy("传真"),
    "letter": _lazy("信函"),
    "counter": _lazy("门店柜台"),
    "box": _lazy("意见箱"),
    "marketplace": _lazy("电商平台"),
    "authority": _lazy("主管部门（12315 / 12345）"),
    "api": _lazy("接口"),
    "spreadsheet": _lazy("表格导入"),
    "phone": _lazy("电话"),
    "sms": _lazy("短信"),
    "mail": _lazy("邮件"),
    "in_app": _lazy("站内"),
}


def channel_title(channel: str) -> str:
    """How a channel is called."""
    return str(CHANNELS.get(channel, channel))
