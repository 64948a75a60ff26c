"""Photos made safe to keep and to show: decoded, set upright, written anew without what the camera noted.

Writing anew drops everything that is not the picture: place, device, comments, and whatever was appended.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageOps, ImageSequence

from tuoshan.documents.containers import Broken
from tuoshan.documents.limits import Limits
from tuoshan.documents.recognition import GIF, HEIF, JPEG, PNG, WEBP, Recognised

pillow_heif.register_heif_opener(thumbnails=False)

THUMBNAIL_PIXELS = 320
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", GIF: "GIF", HEIF: "HEIF"}
_SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88, "method": 4},
    "GIF": {},
}


@dataclass(frozen=True)
class Picture:
    """The picture as it is kept: its type and its size in pixels, upright."""

    kept_as: Recognised
    width: int
    height: int


def write_clean(source: Path, target: Path, kind: Recognised, limits: Limits) -> Picture:
    """Writes the picture of `source` anew to `target`; HEIC becomes JPEG.

    Raises `Broken`: `too_many_pixels` when it has more pixels or frames than allowed (judged from the header, before
    any pixel is decoded), `damaged` when it cannot be decoded whole.
    """
    kept_as = JPEG if kind is HEIF else kind
    # Pillow makes room for all pixels of a WebP when opening it, so they are counted before.
    if kind is WEBP and _webp_pixels(source) > limits.image_pixels:
        raise Broken("too_many_pixels", kind.title)
    try:
        with Image.open(source, formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > limits.image_pixels:
                raise Broken("too_many_pixels", kind.title)
            frames = int(getattr(picture, "n_frames", 1)) if kind in (GIF, WEBP) else 1
            if frames > limits.animation_frames or picture.width * picture.height * frames > limits.image_pixels * 4:
                raise Broken("too_many_pixels", kind.title)
            return _save(picture, target, kept_as, animated=frames > 1)
    except (Broken, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise Broken("too_many_pixels", kind.title) from error
    except Exception as error:  # a decoder fed with damaged bytes may raise anything
        raise Broken("damaged", kind.title) from error


def _webp_pixels(source: Path) -> int:
    """Width times height by the first chunk of the file; 0 where there is none to read."""
    with source.open("rb") as stream:
        head = stream.read(30)
    kind = head[12:16]
    if kind == b"VP8X":
        return (1 + int.from_bytes(head[24:27], "little")) * (1 + int.from_bytes(head[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    return (int.from_bytes(head[26:28], "little") & 0x3FFF) * (int.from_bytes(head[28:30], "little") & 0x3FFF)


def _save(picture: Image.Image, target: Path, kept_as: Recognised, *, animated: bool) -> Picture:
    form = _FORMATS[kept_as]
    if animated:
        durations = [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(picture)]
        frames = [_bare(frame.convert("RGBA")) for frame in ImageSequence.Iterator(picture)]
        saving = {
            **_SAVING[form],
            "save_all": True,
            "append_images": frames[1:],
            "duration": durations,
            "loop": 0,
        }
        if form == "GIF":
            saving["disposal"] = 2
        frames[0].save(target, format=form, **saving)
        return Picture(kept_as, frames[0].width, frames[0].height)
    picture.load()
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)  # in place: a large photo is held once, not three times
    upright: Image.Image = picture
    if form == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = _on_white(upright)
        profile = None if picture.mode == "CMYK" else profile
    if form == "WEBP" and upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA")
    clean = _bare(upright)
    saving = dict(_SAVING[form])
    if profile and form != "GIF":
        saving["icc_profile"] = profile
    clean.save(target, format=form, **saving)
    return Picture(kept_as, clean.width, clean.height)


def _bare(picture: Image.Image) -> Image.Image:
    """The same picture with nothing noted beside its pixels but transparency."""
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    picture.getexif().clear()
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture).convert("RGB")
    return picture.convert("RGB")


def thumbnail(source: Path, kept_as: Recognised) -> bytes:
    """A WebP of at most 320 × 320 pixels from a picture that `write_clean` wrote."""
    with Image.open(source, formats=[_FORMATS[kept_as]]) as picture:
        if kept_as is JPEG:
            picture.draft("RGB", (THUMBNAIL_PIXELS * 2, THUMBNAIL_PIXELS * 2))
        small = picture.convert("RGBA" if kept_as is not JPEG else "RGB")
        small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        _bare(small).save(out, format="WEBP", quality=78, method=4)
        return out.getvalue()
