"""A look inside containers: Office files, videos, recordings, plain text. Raises `Broken` for what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tuoshan.documents.limits import Limits

CHUNK = 256 * 1024
_BOMB = pgettext_lazy("file", "压缩炸弹")


class Broken(Exception):
    """The file is not what its first bytes promise. `reason` is a code, `found` says what it is."""

    def __init__(self, reason: str, found: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found


def office_type(path: Path, limits: Limits) -> str:
    """`docx` or `xlsx` for a sound Office file.

    Every member is unpacked in small pieces against the limits: a declared size is not believed. Raises `Broken`
    for other archives, macros, encryption, and bombs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > limits.archive_entries:
                raise Broken("bomb", _BOMB)
            names = {member.filename for member in members}
            kind = _office_kind(names)
            if any(member.flag_bits & 1 for member in members):
                raise Broken("not_allowed", pgettext_lazy("file", "加密的压缩包"))
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Broken("not_allowed", pgettext_lazy("file", "带宏的 Office 文件"))
            if sum(member.file_size for member in members) > limits.unpacked_bytes:
                raise Broken("bomb", _BOMB)
            _unpack(archive, members, limits)
            return kind
    except (Broken, MemoryError):
        raise
    except Exception as error:  # an unpacker fed with damaged bytes may raise anything
        raise Broken("damaged", pgettext_lazy("file", "压缩包")) from error


def _office_kind(names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return "docx"
        if "xl/workbook.xml" in names:
            return "xlsx"
    raise Broken(
        "not_allowed",
        pgettext_lazy("file", "安卓程序") if "AndroidManifest.xml" in names else pgettext_lazy("file", "ZIP 压缩包"),
    )


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = 0
    for member in members:
        if member.filename.startswith(("/", "\\")) or ".." in Path(member.filename).parts:
            raise Broken("not_allowed", pgettext_lazy("file", "ZIP 压缩包"))
        packed = max(member.compress_size, 1)
        written = 0
        with archive.open(member) as stream:
            while piece := stream.read(CHUNK):
                written += len(piece)
                unpacked += len(piece)
                too_dense = written > 8 * 1024 * 1024 and written / packed > 200
                if unpacked > limits.unpacked_bytes or too_dense:
                    raise Broken("bomb", _BOMB)


@dataclass(frozen=True)
class Box:
    """One box of an ISO or QuickTime file: its kind, where its payload starts and where it ends (bytes)."""

    kind: bytes
    start: int
    end: int


def boxes(stream: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets. Raises `Broken` when a length leads outside."""
    at = start
    while at + 8 <= end:
        stream.seek(at)
        header = stream.read(16)
        length, kind, payload = int.from_bytes(header[:4], "big"), header[4:8], at + 8
        if length == 1:
            length, payload = int.from_bytes(header[8:16], "big"), at + 16
        elif length == 0:
            length = end - at
        if length < payload - at or at + length > end:
            raise Broken("damaged", pgettext_lazy("file", "视频"))
        yield Box(kind, payload, at + length)
        at += length


def media_family(path: Path) -> str:
    """`video` or `audio` by the tracks inside. Raises `Broken` when index or data are missing."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        top = list(boxes(stream, 0, size))
        kinds = {box.kind for box in top}
        movie = next((box for box in top if box.kind == b"moov"), None)
        if movie is None or not kinds & {b"mdat", b"moof"}:
            raise Broken("damaged", pgettext_lazy("file", "视频"))
        handlers = set(_handlers(stream, movie))
    if b"vide" in handlers:
        return "video"
    if b"soun" in handlers:
        return "audio"
    raise Broken("damaged", pgettext_lazy("file", "视频"))


def _handlers(stream: BinaryIO, movie: Box) -> Iterator[bytes]:
    for track in boxes(stream, movie.start, movie.end):
        if track.kind != b"trak":
            continue
        for media in boxes(stream, track.start, track.end):
            if media.kind != b"mdia":
                continue
            for handler in boxes(stream, media.start, media.end):
                if handler.kind == b"hdlr":
                    stream.seek(handler.start + 8)
                    yield stream.read(4)


def forget_place(path: Path) -> bool:
    """Blanks the boxes in which cameras write where a video was taken (`udta`, `meta`, `uuid`), in place.

    The boxes become `free` of the same length, so no offset in the file moves. True when something was blanked.
    """
    blanked = False
    with path.open("r+b") as stream:
        for box in _places(stream, 0, path.stat().st_size):
            header = box.start - 4 if _short_header(stream, box) else box.start - 12
            stream.seek(header)
            stream.write(b"free")
            stream.seek(box.start)
            left = box.end - box.start
            while left > 0:
                piece = min(left, CHUNK)
                stream.write(bytes(piece))
                left -= piece
            blanked = True
    return blanked


def _short_header(stream: BinaryIO, box: Box) -> bool:
    stream.seek(box.start - 4)
    return stream.read(4) == box.kind


def _places(stream: BinaryIO, start: int, end: int) -> list[Box]:
    found: list[Box] = []
    for box in boxes(stream, start, end):
        if box.kind in (b"udta", b"meta", b"uuid"):
            found.append(box)
        elif box.kind in (b"moov", b"trak", b"moof", b"traf"):
            found.extend(_places(stream, box.start, box.end))
    return found


def sound_wave(path: Path) -> None:
    """Passes a WAV file that has its format and data chunks. Raises `Broken` otherwise."""
    chunks: set[bytes] = set()
    size = path.stat().st_size
    with path.open("rb") as stream:
        at = 12
        while at + 8 <= size and len(chunks) < 64:
            stream.seek(at)
            header = stream.read(8)
            chunks.add(header[:4])
            at += 8 + int.from_bytes(header[4:8], "little") + (int.from_bytes(header[4:8], "little") & 1)
    if not {b"fmt ", b"data"} <= chunks:
        raise Broken("damaged", pgettext_lazy("file", "WAV 录音"))


_MP3_BITRATES = {  # kbit/s by (MPEG 1?, layer III) and index 1..14
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def sound_mp3(path: Path) -> None:
    """Passes a file in which three MPEG layer III frames follow each other. Raises `Broken` otherwise."""
    with path.open("rb") as stream:
        head = stream.read(10)
        at = 0
        if head[:3] == b"ID3" and len(head) == 10:
            at = 10 + sum((head[6 + i] & 0x7F) << (21 - 7 * i) for i in range(4))
        stream.seek(at)
        window = stream.read(CHUNK)
    start = 0
    while start + 4 <= len(window) and window[start] == 0:  # padding behind the tag
        start += 1
    for _frame in range(3):
        length = _mp3_frame_length(window[start : start + 4])
        if length == 0:
            raise Broken("not_allowed", pgettext_lazy("file", "无法识别的文件"))
        start += length
        if start == len(window):
            return


def _mp3_frame_length(header: bytes) -> int:
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or not 1 <= bitrate <= 14 or rate == 3:
        return 0
    samples = 144 if version == 3 else 72
    return samples * _MP3_BITRATES[version == 3][bitrate - 1] * 1000 // _MP3_RATES[version][rate] + padding


def plain_text(path: Path) -> bool:
    """Whether the whole file is readable text in UTF-8, UTF-16 with a mark, or GB 18030, without control characters."""
    data = path.read_bytes()
    if not data:
        return False
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(character < " " and character not in "\t\n\r\f" for character in text) and "\x7f" not in text
    return False
