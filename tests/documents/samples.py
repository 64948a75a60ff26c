"""Small real files of each kind, and hostile ones, made in code."""

from __future__ import annotations

import io
import math
import struct
import wave
import zipfile
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, TiffImagePlugin

LATITUDE_TEXT = b"Guangzhou-Tianhe-23.1291"


def drawing(width: int = 640, height: int = 480) -> Image.Image:
    """A picture that tells its upright side: red top left, blue bottom right."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 4, height // 4), fill="red")
    draw.rectangle((width * 3 // 4, height * 3 // 4, width, height), fill="blue")
    return picture


def exif_with_place(orientation: int = 1) -> Image.Exif:
    """What a phone writes: make, orientation, place and a comment."""
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif[0x0112] = orientation
    exif[0x010E] = LATITUDE_TEXT.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[3] = "N", "E"
    place[2] = tuple(TiffImagePlugin.IFDRational(value, 100) for value in (2300, 700, 4476))
    place[4] = tuple(TiffImagePlugin.IFDRational(value, 100) for value in (11300, 1500, 5220))
    return exif


def image(form: str = "JPEG", picture: Image.Image | None = None, **saving: Any) -> bytes:
    out = io.BytesIO()
    (picture or drawing()).save(out, format=form, **saving)
    return out.getvalue()


def photo_with_place(orientation: int = 1) -> bytes:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + LATITUDE_TEXT + b"</x:xmpmeta>"
    return image("JPEG", exif=exif_with_place(orientation), comment=LATITUDE_TEXT, xmp=xmp)


def heic_with_place() -> bytes:
    out = io.BytesIO()
    heif = pillow_heif.from_pillow(drawing())
    heif.save(out, quality=80, exif=exif_with_place().tobytes())
    return out.getvalue()


def animation(form: str = "GIF", frames: int = 4) -> bytes:
    pictures = [Image.new("RGB", (40, 30), (40 * number, 0, 0)) for number in range(frames)]
    return image(form, pictures[0], save_all=True, append_images=pictures[1:], duration=120, loop=0)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(900))) + chunk(b"IEND", b"")
    )


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + body + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def box(kind: bytes, *payload: bytes) -> bytes:
    content = b"".join(payload)
    return struct.pack(">I", 8 + len(content)) + kind + content


def movie(brand: bytes = b"isom", handler: bytes = b"vide", place: bytes = b"") -> bytes:
    """A file of the boxes that a camera writes, the place in `udta` and `meta` included."""
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)))
    user = box(b"udta", box(b"\xa9xyz", place)) if place else b""
    meta = box(b"meta", b"com.apple.quicktime.location.ISO6709" + place) if place else b""
    index = box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", media), user, meta)
    return box(b"ftyp", brand, bytes(4), brand) + index + box(b"mdat", bytes(range(256)) * 16)


def sound_wav(seconds: float = 0.1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        steps = range(int(8000 * seconds))
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(step / 4))) for step in steps))
    return out.getvalue()


def sound_mp3(tagged: bool = True) -> bytes:
    frame = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s, 44.1 kHz: 417 bytes
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 0, 20]) + bytes(20)
    return (tag if tagged else b"") + frame * 8


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def office(kind: str = "docx", **more: bytes) -> bytes:
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    extra = {name.replace("__", "/"): content for name, content in more.items()}
    return archive({"[Content_Types].xml": b"<Types/>", main: b"<document/>", **extra})


HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PROGRAM = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(400)
