"""A whole e-mail, pasted: its headers as mail programs show them in Chinese or English, or the raw message."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.html import strip_tags

LONGEST = 200_000

_LABELS = {
    "发件人": "from", "from": "from", "寄件者": "from", "寄件人": "from", "发信人": "from", "回复": "", "reply-to": "",
    "发送时间": "date", "日期": "date", "时间": "date", "发件时间": "date", "sent": "date", "date": "date",
    "主题": "subject", "标题": "subject", "主旨": "subject", "subject": "subject",
    "收件人": "", "to": "", "抄送": "", "cc": "", "密送": "", "bcc": "", "附件": "",
    "attachments": "", "importance": "",
}  # fmt: skip
_HEADER = re.compile(r"^[\s>*]*([A-Za-z-]+|[\u4e00-\u9fff]{2,4})\s*\*?[:：]\s*\*?(.*)$")
_MIME = re.compile(r"^(?:MIME-Version|Content-Type|Received|Message-ID):", re.IGNORECASE | re.MULTILINE)
_MOMENT = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?[^0-9]{0,16}?(\d{1,2})[:：点](\d{2})")
_AFTERNOON, _MORNING = re.compile(r"下午|晚上|\bPM\b", re.IGNORECASE), re.compile(r"上午|凌晨|\bAM\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})(?!\d)")
_ORDER = re.compile(
    r"(?:订单号|订单编号|订单|order(?:\s*(?:no|number))?\.?)\s*[:：#是为]?\s*([A-Z0-9][A-Z0-9-]{5,63})(?![A-Z0-9-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found; empty texts for what was not. `received_at` is zone-aware."""

    sender: str = ""
    name: str = ""
    subject: str = ""
    received_at: datetime | None = None
    body: str = ""
    phone: str = ""
    order_no: str = ""


def read(text: str) -> Pasted:
    """Read a pasted e-mail. Text without any header is taken as the body."""
    text = text.strip()[:LONGEST].replace("\r\n", "\n")
    headers, body = _raw(text) if _MIME.search(text.partition("\n\n")[0]) else _shown(text)
    name, address = _address(headers.get("from", ""))
    phone, order = _PHONE.search(body), _ORDER.search(f"{headers.get('subject', '')}\n{body}")
    return Pasted(
        sender=address, name=name, subject=headers.get("subject", "")[:200],
        received_at=_moment(headers.get("date", "")), body=body,
        phone=re.sub(r"\D", "", phone.group(1)) if phone else "", order_no=order.group(1) if order else "",
    )  # fmt: skip


def _raw(text: str) -> tuple[dict[str, str], str]:
    message = message_from_string(text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    headers = {name: str(message[name] or "") for name in ("from", "date", "subject")}
    part = message.get_body(("plain", "html"))
    if part is None:
        return headers, ""
    pasted_readable = str(part.get("content-transfer-encoding", "8bit")).lower() in ("7bit", "8bit", "binary")
    try:
        body = str(part.get_payload()) if pasted_readable else str(part.get_content())
    except (LookupError, UnicodeError, ValueError):  # an encoding that nobody knows: what can be read
        body = str(part.get_payload())
    if part.get_content_type() == "text/html":
        body = unescape(strip_tags(re.sub(r"<(?:br|/p|/div)[^>]*>", "\n", body)))
    return headers, body.strip()


def _shown(text: str) -> tuple[dict[str, str], str]:
    headers: dict[str, str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = _HEADER.match(line)
        label = found.group(1).lower() if found else ""
        if found and label in _LABELS:
            headers.setdefault(_LABELS[label], found.group(2).strip())
        elif line.strip() or (number and headers):
            return headers, "\n".join(lines[number:]).strip()
    return headers, ""


def _address(text: str) -> tuple[str, str]:
    name, address = parseaddr(text.replace("＜", "<").replace("＞", ">").replace("[mailto:", "<").replace("]", ">"))
    if "@" not in address:
        found = re.search(r"[\w.+-]+@[\w-]+\.[\w.-]+", text)
        name, address = text.partition(found.group(0))[0] if found else text, found.group(0) if found else ""
    return name.strip(" \"'<>（）()"), address


def _moment(text: str) -> datetime | None:
    """A moment as mail programs write it; times without a zone are the company's."""
    zone = ZoneInfo(settings.TIME_ZONE)
    found = _MOMENT.search(text)
    try:
        if found is not None:
            at = datetime(*(int(part) for part in found.groups()), tzinfo=zone)  # type: ignore[misc,arg-type]
        elif text:
            at = parsedate_to_datetime(text)
            at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        else:
            return None
    except ValueError:
        return None
    if _AFTERNOON.search(text) and at.hour < 12:
        return at + timedelta(hours=12)
    return at - timedelta(hours=12) if _MORNING.search(text) and at.hour == 12 else at
