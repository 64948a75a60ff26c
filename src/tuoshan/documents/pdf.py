"""Papers as PDF. Templates are Typst files; what they print comes to them as data and is never read as markup.

The compiler is kept between papers (starting one costs far more than a page) and one paper is set at a time. It is
loaded with the first paper only: it takes more memory than all the rest of a process that sets none.
"""

from __future__ import annotations

import base64
import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import translation

from tuoshan import clock
from tuoshan.documents.papers import (
    ArchiveData,
    EvidenceLine,
    Issuer,
    LetterData,
    RecordData,
    RulingData,
    SlipData,
    TimelineLine,
)

if TYPE_CHECKING:
    import typst

Language = Literal["zh-hans", "en"]
SlipSize = Literal["80mm", "a5"]

_TEMPLATES = Path(__file__).resolve().parent / "templates_typ"
_ARCHIVE_PIXELS = 1400
_lock = Lock()


def slip(data: SlipData, *, size: SlipSize = "80mm", language: Language = "zh-hans") -> bytes:
    """The acknowledgment slip for a thermal printer (80 mm roll) or on A5."""
    content = {
        "size": size,
        "issuer": _issuer(data.issuer),
        "number": data.number,
        "received_at": _moment(data.received_at),
        "hear_by": _moment(data.hear_by),
        "sooner": data.sooner,
        "complaint": shortened(data.complaint, 240 if size == "80mm" else 800),
        "handler": data.handler,
        "handler_phone": data.handler_phone,
        "customer": data.customer,
        "product": data.product,
        "received_by": data.received_by,
        "tracking_url": data.tracking_url,
        "qr": _qr(data.tracking_url),
    }
    return _compile("slip.typ", content, language)


def letter(data: LetterData, *, language: Language = "zh-hans") -> bytes:
    """The decision letter on A4."""
    content = {
        "issuer": _issuer(data.issuer),
        "number": data.number,
        "customer": data.customer,
        "complaint": data.complaint,
        "received_on": _day(data.received_at, language),
        "decided_on": _day(data.decided_at, language),
        "upheld": data.upheld,
        "verdict": data.verdict,
        "decision": data.decision,
        "reasons": list(data.reasons),
        "remedies": list(data.remedies),
        "evidence": list(data.evidence),
        "appeal_until": _day(data.appeal_until, language),
        "handler": data.handler,
        "handler_phone": data.handler_phone,
        "tracking_url": data.tracking_url,
        "qr": _qr(data.tracking_url),
    }
    return _compile("letter.typ", content, language)


def record(data: RecordData, *, language: Language = "zh-hans") -> bytes:
    """The complaint record on A4."""
    return _compile("record.typ", _record(data, language), language)


def archive(data: ArchiveData, *, language: Language = "zh-hans") -> bytes:
    """The whole case on A4: the record, the conversation and the pictures."""
    content = {
        **_record(data.record, language),
        "conversation": [_line(line) for line in data.conversation],
        "pictures": [{"svg": _wrapped(picture.content), "caption": picture.caption} for picture in data.pictures],
        "sections": [list(section) for section in data.sections],
        "chain_head": data.chain_head,
    }
    return _compile("archive.typ", content, language)


def ruling(data: RulingData, *, language: Language = "zh-hans") -> bytes:
    """A ruling on A4: what is due and refused, why, and on which facts."""
    content = {
        "issuer": _issuer(data.issuer),
        "number": data.number,
        "asked_on": _day(data.asked_on, language),
        "parts": [asdict(part) for part in data.parts],
        "titles": asdict(data.titles),
        "sums": [list(pair) for pair in data.sums],
        "within": [list(pair) for pair in data.within],
        "digest": data.digest,
    }
    return _compile("ruling.typ", content, language)


def shortened(text: str, width: int) -> str:
    """The text on one line, cut with an ellipsis where it grows wider than `width`; a Chinese character counts 2."""
    line = " ".join(text.split())
    used = 0
    for at, sign in enumerate(line):
        used += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if used > width:
            return line[:at].rstrip() + "…"
    return line


def _record(data: RecordData, language: Language) -> dict[str, Any]:
    return {
        "issuer": _issuer(data.issuer),
        "number": data.number,
        "received_at": _moment(data.received_at),
        "complaint": data.complaint,
        "particulars": [list(pair) for pair in data.particulars],
        "timeline": [_line(line) for line in data.timeline],
        "evidence": [_evidence(line, language) for line in data.evidence],
        "findings": [list(pair) for pair in data.findings],
        "signatures": list(data.signatures),
        "printed_at": _moment(data.printed_at),
        "printed_by": data.printed_by,
        "gaps": data.gaps,
    }


def _issuer(issuer: Issuer) -> dict[str, str]:
    return {"name": issuer.name, "phone": issuer.phone, "address": issuer.address, "website": issuer.website}


def _line(line: TimelineLine) -> dict[str, str]:
    return {"at": _moment(line.at), "what": line.what, "who": line.who}


def _evidence(line: EvidenceLine, language: Language) -> dict[str, str]:
    with translation.override(language):
        size = filesizeformat(line.size) if line.size else ""
    return {
        "name": line.name,
        "kind": line.kind,
        "at": _moment(line.at),
        "by": line.handed_in_by,
        "size": size,
        "fingerprint": line.fingerprint,
    }


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime | None, language: Language) -> str:
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    if language == "en":
        return f"{local.day} {local:%B %Y}"
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def _qr(url: str) -> list[str]:
    """The modules of the QR code, a row of 0 and 1 each; drawn by the template, so that it stays sharp at any size."""
    if not url:
        return []
    import segno

    return ["".join("1" if dark else "0" for dark in row) for row in segno.make(url, error="m", micro=False).matrix]


def _wrapped(content: bytes) -> str:
    """A picture of at most 1,400 pixels a side, as an SVG around a JPEG: inputs of a template are texts only.

    Raises OSError for bytes that are no picture; stored evidence always is one.
    """
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "GIF", "WEBP"]) as picture:
        picture.draft("RGB", (_ARCHIVE_PIXELS, _ARCHIVE_PIXELS))
        paper = Image.new("RGB", picture.size, "white")
        shown = picture.convert("RGBA")
        paper.paste(shown, mask=shown.getchannel("A"))
    paper.thumbnail((_ARCHIVE_PIXELS, _ARCHIVE_PIXELS))
    out = io.BytesIO()
    paper.save(out, format="JPEG", quality=80)
    size = f'width="{paper.width}" height="{paper.height}"'
    href = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{href}"/></svg>'


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    import pylopdf_fonts_zh_cn
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(str(pylopdf_fonts_zh_cn.sans_path())).parent)],
    )
    return typst.Compiler(root=str(_TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


@lru_cache(maxsize=8)
def _source(template: str) -> str:
    return str(_TEMPLATES / template)


def _compile(template: str, content: Mapping[str, Any], language: Language) -> bytes:
    """Sets one paper. Raises typst.TypstError when the template itself is wrong; no content can cause that."""
    data = json.dumps({**content, "language": "zh" if language == "zh-hans" else "en"}, ensure_ascii=False)
    with _lock:
        result = _compiler().compile(
            _source(template),
            format="pdf",
            sys_inputs={"data": _printable(data)},
            timestamp=int(clock.now().timestamp()),
        )
    if not isinstance(result, bytes):
        raise TypeError("one PDF expected")
    return result


def _printable(text: str) -> str:
    """Without lone surrogates, which no PDF can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
