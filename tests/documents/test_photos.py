"""Photos are kept upright and without the place where they were taken."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.documents import samples

from tuoshan.documents import evidence, storage
from tuoshan.documents.models import Evidence

pytestmark = pytest.mark.django_db


def stored(row: Evidence) -> bytes:
    return storage.path_of(row.stored_hash).read_bytes()


def test_the_sample_really_holds_a_place() -> None:
    photo = Image.open(io.BytesIO(samples.photo_with_place()))
    assert photo.getexif().get_ifd(0x8825)[1] == "N"
    assert samples.LATITUDE_TEXT in samples.photo_with_place()
    heic = Image.open(io.BytesIO(samples.heic_with_place()))
    assert heic.getexif().get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", samples.photo_with_place()),
        ("a.heic", samples.heic_with_place()),
        ("a.webp", samples.image("WEBP", exif=samples.exif_with_place(), xmp=samples.LATITUDE_TEXT)),
        ("a.png", samples.image("PNG", exif=samples.exif_with_place())),
        ("a.gif", samples.image("GIF", comment=samples.LATITUDE_TEXT)),
        ("moving.webp", samples.animation("WEBP")),
    ],
)
def test_place_device_and_comments_are_gone(hand_in: Callable[..., Any], name: str, content: bytes) -> None:
    row = hand_in(content, name)
    kept = stored(row)
    with Image.open(io.BytesIO(kept)) as picture:
        assert not dict(picture.getexif())
        assert not picture.getexif().get_ifd(0x8825)
        assert "xmp" not in picture.info
        assert "comment" not in picture.info
    for trace in (samples.LATITUDE_TEXT, b"PhoneMaker", b"Exif\x00\x00"):
        assert trace not in kept
        assert trace not in storage.thumbnail_path_of(row.stored_hash).read_bytes()
    assert row.original_hash == hashlib.sha256(content).hexdigest()
    assert row.stored_hash == hashlib.sha256(kept).hexdigest()
    assert row.size == len(kept)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright(hand_in: Callable[..., Any], orientation: int) -> None:
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    lying = samples.drawing()
    if orientation > 1:
        lying = lying.transpose(turned[orientation])
    row = hand_in(samples.image("JPEG", lying, exif=samples.exif_with_place(orientation)), "a.jpg")
    assert (row.width, row.height) == (640, 480)
    for path in (storage.path_of(row.stored_hash), storage.thumbnail_path_of(row.stored_hash)):
        with Image.open(path) as picture:
            upright = picture.convert("RGB")
            red = upright.getpixel((upright.width // 8, upright.height // 8))
            blue = upright.getpixel((upright.width * 7 // 8, upright.height * 7 // 8))
        assert isinstance(red, tuple) and red[0] > 200 and red[2] < 60
        assert isinstance(blue, tuple) and blue[2] > 200 and blue[0] < 60


def test_what_is_hidden_behind_a_photo_is_cut_off(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.image("JPEG") + samples.HTML + samples.archive({"evil.exe": samples.PROGRAM}), "a.jpg")
    assert b"<script" not in stored(row)
    assert b"PK\x03\x04" not in stored(row)


def test_a_gif_that_is_also_a_script_loses_its_script(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.image("GIF", comment=b"*/=1;alert(document.cookie)//"), "a.gif")
    assert b"alert" not in stored(row)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_colour_model_gets_a_thumbnail(hand_in: Callable[..., Any], mode: str) -> None:
    picture = Image.new("I;16", (50, 40)) if mode == "I;16" else samples.drawing(50, 40).convert(mode)
    form = "JPEG" if mode == "CMYK" else "PNG"
    row = hand_in(samples.image(form, picture), "a.jpg")
    with Image.open(storage.thumbnail_path_of(row.stored_hash)) as small:
        assert (small.format, small.size) == ("WEBP", (50, 40))


def test_thumbnails_fit_320_pixels(hand_in: Callable[..., Any]) -> None:
    row = hand_in(samples.image("JPEG", samples.drawing(1600, 900)), "a.jpg")
    with Image.open(storage.thumbnail_path_of(row.stored_hash)) as small:
        assert (small.format, small.size) == ("WEBP", (320, 180))


def test_animations_keep_moving(hand_in: Callable[..., Any]) -> None:
    for form in ("GIF", "WEBP"):
        row = hand_in(samples.animation(form), f"a.{form.lower()}")
        with Image.open(storage.path_of(row.stored_hash)) as picture:
            assert getattr(picture, "n_frames", 1) == 4


def test_videos_lose_their_place_and_nothing_else(hand_in: Callable[..., Any]) -> None:
    place = b"+23.1291+113.2644/"
    sent = samples.movie(place=place)
    row = hand_in(sent, "a.mp4")
    kept = stored(row)
    assert place in sent
    assert place not in kept
    assert b"location" not in kept
    assert len(kept) == len(sent)
    assert kept[kept.index(b"mdat") :] == sent[sent.index(b"mdat") :]
    assert row.original_hash != row.stored_hash == hashlib.sha256(kept).hexdigest()


def test_a_video_without_place_is_kept_byte_for_byte(hand_in: Callable[..., Any], store: Path) -> None:
    row = hand_in(samples.movie(), "a.mp4")
    assert stored(row) == samples.movie()
    assert row.original_hash == row.stored_hash


@pytest.mark.parametrize("saving", [{"lossless": True}, {"quality": 50}, {"exif": samples.exif_with_place()}])
def test_the_pixels_of_a_webp_are_counted_before_it_is_opened(
    hand_in: Callable[..., Any], settings: Any, monkeypatch: pytest.MonkeyPatch, saving: dict[str, Any]
) -> None:
    content = samples.image("WEBP", samples.drawing(641, 481), **saving)
    settings.EVIDENCE_IMAGE_PIXELS = 641 * 481
    assert isinstance(hand_in(content, "a.webp"), Evidence)
    settings.EVIDENCE_IMAGE_PIXELS = 641 * 481 - 1
    monkeypatch.setattr(Image, "open", None)
    assert hand_in(content, "a.webp").reason == "too_many_pixels"


def test_damaged_pictures_are_refused_and_never_break_the_server(hand_in: Callable[..., Any], store: Path) -> None:
    """Seeded damage to real files: each is taken or refused with a reason."""
    chance = random.Random(5)
    whole = [
        samples.image("JPEG"), samples.image("PNG"), samples.image("WEBP"), samples.animation("GIF"),
        samples.animation("WEBP"), samples.heic_with_place(), samples.movie(place=b"x" * 20), samples.office(),
        samples.sound_mp3(), samples.sound_wav(), samples.pdf(),
    ]  # fmt: skip
    for turn in range(200):
        content = bytearray(chance.choice(whole))
        for _hit in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            content = content[: chance.randrange(1, len(content))]
        taken = hand_in(bytes(content), f"{turn}")
        assert isinstance(taken, Evidence) or str(turn) in taken.sentence
    incoming = store / "incoming"
    assert not list(incoming.iterdir())
    assert list(evidence.verify()) == []
