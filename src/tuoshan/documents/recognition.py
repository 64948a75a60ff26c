"""What a file is, judged by its bytes. Its name is only a claim that is held against it.

`recognise` looks at signatures and then at the structure behind them (boxes of a video, members of an
Office file, frames of an MP3), so that a file that merely begins like a photo is not taken for one.
Images are decoded afterwards by `images`, which is the last word on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tuoshan.documents.containers import (
    Broken,
    media_family,
    office_type,
    plain_text,
    sound_mp3,
    sound_wave,
)
from tuoshan.documents.limits import Limits

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Recognised:
    """A type that is accepted. `family` is image, video, audio or document."""

    content_type: str
    extension: str
    family: str
    title: str | Promise = field(compare=False)


@dataclass(frozen=True)
class Refused:
    """A type that is not accepted, or a damaged one. `found` says in words what the file is."""

    reason: str
    found: str | Promise


JPEG = Recognised("image/jpeg", "jpg", "image", pgettext_lazy("file", "JPEG 图片"))
PNG = Recognised("image/png", "png", "image", pgettext_lazy("file", "PNG 图片"))
WEBP = Recognised("image/webp", "webp", "image", pgettext_lazy("file", "WebP 图片"))
GIF = Recognised("image/gif", "gif", "image", pgettext_lazy("file", "GIF 图片"))
HEIF = Recognised("image/heic", "heic", "image", pgettext_lazy("file", "HEIC 图片"))
PDF = Recognised("application/pdf", "pdf", "document", pgettext_lazy("file", "PDF 文件"))
MP4 = Recognised("video/mp4", "mp4", "video", pgettext_lazy("file", "MP4 视频"))
MOV = Recognised("video/quicktime", "mov", "video", pgettext_lazy("file", "MOV 视频"))
M4A = Recognised("audio/mp4", "m4a", "audio", pgettext_lazy("file", "M4A 录音"))
MP3 = Recognised("audio/mpeg", "mp3", "audio", pgettext_lazy("file", "MP3 录音"))
WAV = Recognised("audio/wav", "wav", "audio", pgettext_lazy("file", "WAV 录音"))
DOCX = Recognised(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docx",
    "document",
    pgettext_lazy("file", "Word 文档"),
)
XLSX = Recognised(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsx",
    "document",
    pgettext_lazy("file", "Excel 表格"),
)
TXT = Recognised("text/plain", "txt", "document", pgettext_lazy("file", "文本文件"))
CSV = Recognised("text/csv", "csv", "document", pgettext_lazy("file", "CSV 表格"))

ACCEPTED: tuple[Recognised, ...] = (
    JPEG, PNG, WEBP, GIF, HEIF, PDF, MP4, MOV, M4A, MP3, WAV, DOCX, XLSX, TXT, CSV,
)  # fmt: skip

# What a name claims. Photos and recordings often travel under a neighbour's extension (a WebP saved as .jpg by a
# chat application), so a claim is compared by group, not by exact type.
CLAIM_GROUP = {
    "jpg": "image", "jpeg": "image", "jpe": "image", "jfif": "image", "png": "image", "webp": "image",
    "gif": "image", "heic": "image", "heif": "image", "hif": "image", "bmp": "image", "tif": "image",
    "tiff": "image", "avif": "image",
    "pdf": "pdf",
    "mp4": "media", "m4v": "media", "mov": "media", "qt": "media", "m4a": "media", "mp3": "mp3", "wav": "wav",
    "docx": "docx", "xlsx": "xlsx", "txt": "text", "csv": "text", "log": "text",
}  # fmt: skip
TYPE_GROUP = {
    JPEG: "image", PNG: "image", WEBP: "image", GIF: "image", HEIF: "image", PDF: "pdf",
    MP4: "media", MOV: "media", M4A: "media", MP3: "mp3", WAV: "wav",
    DOCX: "docx", XLSX: "xlsx", TXT: "text", CSV: "text",
}  # fmt: skip

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}

# Things people (and attackers) send that are named plainly in the refusal.
_NAMED_REFUSALS: tuple[tuple[int, bytes, str | Promise], ...] = (
    (0, b"MZ", pgettext_lazy("file", "Windows 程序")),
    (0, b"\x7fELF", pgettext_lazy("file", "Linux 程序")),
    (0, b"\xcf\xfa\xed\xfe", pgettext_lazy("file", "macOS 程序")),
    (0, b"\xca\xfe\xba\xbe", pgettext_lazy("file", "程序文件")),
    (0, b"dex\n", pgettext_lazy("file", "安卓程序")),
    (0, b"#!", pgettext_lazy("file", "脚本程序")),
    (0, b"Rar!\x1a\x07", pgettext_lazy("file", "RAR 压缩包")),
    (0, b"7z\xbc\xaf\x27\x1c", pgettext_lazy("file", "7z 压缩包")),
    (0, b"\x1f\x8b", pgettext_lazy("file", "gzip 压缩包")),
    (0, b"BZh", pgettext_lazy("file", "bzip2 压缩包")),
    (0, b"\xfd7zXZ\x00", pgettext_lazy("file", "xz 压缩包")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", pgettext_lazy("file", "旧版 Office 文件")),
    (0, b"{\\rtf", pgettext_lazy("file", "RTF 文档")),
    (0, b"%!PS", pgettext_lazy("file", "PostScript 文件")),
    (0, b"BM", pgettext_lazy("file", "BMP 图片")),
    (0, b"II*\x00", pgettext_lazy("file", "TIFF 图片")),
    (0, b"MM\x00*", pgettext_lazy("file", "TIFF 图片")),
    (0, b"#!AMR", pgettext_lazy("file", "AMR 录音")),
    (0, b"OggS", pgettext_lazy("file", "Ogg 录音")),
    (0, b"fLaC", pgettext_lazy("file", "FLAC 录音")),
    (0, b"FLV\x01", pgettext_lazy("file", "FLV 视频")),
    (0, b"\x1aE\xdf\xa3", pgettext_lazy("file", "Matroska 视频")),
    (257, b"ustar", pgettext_lazy("file", "tar 压缩包")),
)
_WEB_PAGE = pgettext_lazy("file", "网页")
_MARKUP: tuple[tuple[bytes, str | Promise], ...] = (
    *((mark, _WEB_PAGE) for mark in (b"<!doctype html", b"<html", b"<script", b"<head", b"<body")),
    *((mark, _WEB_PAGE) for mark in (b"<iframe", b"<img", b"<!--")),
    (b"<svg", pgettext_lazy("file", "SVG 图形")),
    (b"<?php", pgettext_lazy("file", "脚本程序")),
    (b"<?xml", pgettext_lazy("file", "XML 文件")),
    (b"mime-version:", pgettext_lazy("file", "网页存档")),
)


def recognise(path: Path, name: str, limits: Limits) -> Recognised | Refused:
    """The type of the file at `path`, or why it is refused.

    Rule: the content decides; a known extension in `name` that belongs to another group of types is a refusal
    (`mismatch`). Never raises for the file's content.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    try:
        found = _by_content(path, head, name, limits)
    except Broken as broken:
        return Refused(broken.reason, broken.found)
    if isinstance(found, Refused):
        return found
    claimed = CLAIM_GROUP.get(extension_of(name))
    if claimed is not None and claimed != TYPE_GROUP[found]:
        return Refused("mismatch", found.title)
    return found


def extension_of(name: str) -> str:
    """The extension in lower case without its dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def _by_content(path: Path, head: bytes, name: str, limits: Limits) -> Recognised | Refused:
    by_signature = _image_or_pdf(path, head)
    if by_signature is not None:
        return by_signature
    if head[4:8] == b"ftyp" or head[4:8] in _OLD_QUICKTIME:
        return _boxes(path, head)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        sound_wave(path)
        return WAV
    if head[:4] == b"PK\x03\x04":
        return DOCX if office_type(path, limits) == "docx" else XLSX
    named = _named_refusal(head)
    if named is not None:
        return named
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        sound_mp3(path)
        return MP3
    if path.stat().st_size > limits.other_bytes:
        return Refused("too_large", _puremagic_name(head))
    if plain_text(path):
        return CSV if extension_of(name) == "csv" else TXT
    return Refused("not_allowed", _puremagic_name(head))


def _image_or_pdf(path: Path, head: bytes) -> Recognised | Refused | None:
    if head[:3] == b"\xff\xd8\xff":
        return JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return PNG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:5] == b"%PDF-":
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 4096))
            complete = b"%%EOF" in stream.read()
        return PDF if complete else Refused("damaged", PDF.title)
    return None


def _boxes(path: Path, head: bytes) -> Recognised | Refused:
    """A file of ISO boxes: a HEIC photo, a video or a recording."""
    brands: set[bytes] = set()
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), 256)
        brands = {head[8:12]} | {head[i : i + 4] for i in range(16, length, 4)}
        if head[8:12] in _HEIF_BRANDS or (brands & {b"heic", b"heix"} and b"isom" not in brands):
            return Refused("not_allowed", pgettext_lazy("file", "AVIF 图片")) if b"avif" in brands else HEIF
        if head[8:12] in (b"avif", b"avis"):
            return Refused("not_allowed", pgettext_lazy("file", "AVIF 图片"))
    family = media_family(path)
    if family == "audio":
        return M4A
    return MOV if not brands or head[8:12] == b"qt  " else MP4


def _named_refusal(head: bytes) -> Refused | None:
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return Refused("not_allowed", pgettext_lazy("file", "AVI 视频"))
    # The longest signature wins: "#!AMR" is a recording, "#!" a script.
    matching = [(len(magic), title) for at, magic, title in _NAMED_REFUSALS if head[at : at + len(magic)] == magic]
    if matching and not (head[:2] == b"BM" and plain_head(head)):
        return Refused("not_allowed", max(matching, key=lambda match: match[0])[1])
    start = head[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, title in _MARKUP:
        if start.startswith(magic):
            return Refused("not_allowed", title)
    if b"<script" in head.lower() or b"<!doctype html" in head.lower():
        return Refused("not_allowed", _WEB_PAGE)
    return None


def plain_head(head: bytes) -> bool:
    """Whether the first bytes hold no control characters, as in a text that happens to begin with "BM"."""
    return not any(byte < 9 or 13 < byte < 32 for byte in head[:512])


def _puremagic_name(head: bytes) -> str | Promise:
    import puremagic

    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return pgettext_lazy("file", "无法识别的文件")
    named = next((match.name for match in matches if match.name), "")
    return named or pgettext_lazy("file", "无法识别的文件")
