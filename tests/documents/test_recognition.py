"""What is taken, what is refused, and how a refusal names the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from tests.documents import samples

from tuoshan.documents.evidence import Rejected, clean_name
from tuoshan.documents.models import Evidence

pytestmark = pytest.mark.django_db

TAKEN = [
    ("a.jpg", samples.image("JPEG"), "image/jpeg"),
    ("a.JPEG", samples.image("JPEG"), "image/jpeg"),
    ("a.png", samples.image("PNG"), "image/png"),
    ("a.webp", samples.image("WEBP"), "image/webp"),
    ("a.gif", samples.image("GIF"), "image/gif"),
    ("moving.gif", samples.animation("GIF"), "image/gif"),
    ("moving.webp", samples.animation("WEBP"), "image/webp"),
    ("IMG_0001.HEIC", samples.heic_with_place(), "image/jpeg"),
    ("saved by a chat application.jpg", samples.image("WEBP"), "image/webp"),
    ("no extension", samples.image("PNG"), "image/png"),
    ("a.pdf", samples.pdf(), "application/pdf"),
    ("a.mp4", samples.movie(), "video/mp4"),
    ("a.mov", samples.movie(b"qt  "), "video/quicktime"),
    ("a.m4a", samples.movie(b"M4A ", b"soun"), "audio/mp4"),
    ("a.mp3", samples.sound_mp3(), "audio/mpeg"),
    ("a.mp3", samples.sound_mp3(tagged=False), "audio/mpeg"),
    ("a.wav", samples.sound_wav(), "audio/wav"),
    (
        "a.docx",
        samples.office("docx"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("a.xlsx", samples.office("xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.txt", "客户来电说漏水，BMW 一辆".encode(), "text/plain"),
    ("gb.txt", "客户来电说漏水".encode("gb18030"), "text/plain"),
    ("wide.txt", "客户来电说漏水".encode("utf-16"), "text/plain"),
    ("BM.txt", b"BM is how this text begins", "text/plain"),
    ("a.csv", "订单,金额\n1,2".encode(), "text/csv"),
]

REFUSED = [
    ("page.jpg", samples.HTML, "not_allowed", "网页"),
    ("page.txt", b"\n\n  <HTML><body onload=alert(1)>", "not_allowed", "网页"),
    ("hidden.csv", b"a,b\n1,2\n<script>alert(1)</script>", "not_allowed", "网页"),
    ("drawing.png", samples.SVG, "not_allowed", "SVG 图形"),
    ("letter.pdf", samples.PROGRAM, "not_allowed", "Windows 程序"),
    ("letter.pdf", b"\x7fELF" + bytes(200), "not_allowed", "Linux 程序"),
    ("run.txt", b"#!/bin/sh\nrm -rf /\n", "not_allowed", "脚本程序"),
    ("call.amr", b"#!AMR\n" + bytes(50), "not_allowed", "AMR 录音"),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_allowed", "旧版 Office 文件"),
    ("files.zip", samples.archive({"a.txt": b"x"}), "not_allowed", "ZIP 压缩包"),
    ("letter.docx", samples.archive({"a.txt": b"x"}), "not_allowed", "ZIP 压缩包"),
    ("app.docx", samples.archive({"AndroidManifest.xml": b"x"}), "not_allowed", "安卓程序"),
    ("macro.docx", samples.office(word__vbaProject__bin=b"x", **{"word__vbaProject.bin": b"x"}), "not_allowed", "带宏"),
    ("invoice.pdf", samples.image("JPEG"), "mismatch", "JPEG 图片"),
    ("photo.jpg", samples.pdf(), "mismatch", "PDF 文件"),
    ("photo.jpg", b"just words", "mismatch", "文本文件"),
    ("table.xlsx", samples.office("docx"), "mismatch", "Word 文档"),
    ("photo.jpg", samples.image("JPEG")[:900], "damaged", "JPEG 图片"),
    ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(300), "damaged", "JPEG 图片"),
    ("a.heic", samples.heic_with_place()[:400], "damaged", "HEIC 图片"),
    ("letter.pdf", b"%PDF-1.7\n" + bytes(9000), "damaged", "PDF 文件"),
    ("clip.mp4", samples.movie()[:120], "damaged", "视频"),
    ("clip.mp4", samples.box(b"ftyp", b"isom") + samples.HTML, "damaged", "视频"),
    ("sound.wav", b"RIFF\x10\x00\x00\x00WAVE" + bytes(40), "damaged", "WAV 录音"),
    ("clip.avi", b"RIFF\x10\x00\x00\x00AVI " + bytes(40), "not_allowed", "AVI 视频"),
    ("sound.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + samples.PROGRAM, "not_allowed", "无法识别的文件"),
    ("nothing.jpg", b"", "empty", ""),
    ("broken.docx", samples.office("docx")[:60], "damaged", "压缩包"),
    ("big.png", samples.png_claiming(60000, 60000), "too_many_pixels", "PNG 图片"),
    ("big.png", samples.png_claiming(9000, 9000), "too_many_pixels", "PNG 图片"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "content_type"), TAKEN, ids=[case[0] for case in TAKEN])
def test_a_good_file_is_taken_as_what_it_is(
    hand_in: Callable[..., Any], name: str, content: bytes, content_type: str
) -> None:
    taken = hand_in(content, name)
    assert isinstance(taken, Evidence), taken.sentence
    assert taken.content_type == content_type


@pytest.mark.parametrize(("name", "content", "reason", "found"), REFUSED, ids=[f"{one[0]}-{one[2]}" for one in REFUSED])
def test_a_file_that_is_not_what_it_says_is_refused_by_name(
    hand_in: Callable[..., Any], store: Any, name: str, content: bytes, reason: str, found: str
) -> None:
    refused = hand_in(content, name)
    assert isinstance(refused, Rejected)
    assert refused.reason == reason
    assert found in str(refused.found)
    assert name in refused.sentence
    assert not [path for path in store.rglob("*") if path.is_file()]
    assert not Evidence.objects.exists()


def test_an_archive_bomb_is_refused_before_it_is_unpacked(hand_in: Callable[..., Any], settings: Any) -> None:
    assert hand_in(samples.office("xlsx", xl__big=bytes(60_000_000)), "a.xlsx").reason == "bomb"
    settings.EVIDENCE_UNPACKED_BYTES = 1000
    assert hand_in(samples.office("xlsx", xl__big=bytes(2000)), "a.xlsx").reason == "bomb"
    settings.EVIDENCE_ARCHIVE_ENTRIES = 2
    assert hand_in(samples.office("xlsx", xl__more=b"1"), "a.xlsx").reason == "bomb"


def test_an_archive_that_lies_about_its_sizes_is_refused(hand_in: Callable[..., Any]) -> None:
    honest = samples.office("docx", word__big=bytes(50_000))
    lying = honest.replace((50_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    assert hand_in(lying, "a.docx").reason == "damaged"


def test_an_archive_member_that_climbs_out_is_refused(hand_in: Callable[..., Any]) -> None:
    assert hand_in(samples.office("docx", **{"../evil": b"1"}), "a.docx").reason == "not_allowed"


def test_an_animation_with_too_many_frames_is_refused(hand_in: Callable[..., Any], settings: Any) -> None:
    settings.EVIDENCE_ANIMATION_FRAMES = 3
    assert hand_in(samples.animation("GIF", 4), "a.gif").reason == "too_many_pixels"


def test_each_family_has_its_own_size_limit(hand_in: Callable[..., Any], settings: Any) -> None:
    settings.EVIDENCE_IMAGE_BYTES = settings.EVIDENCE_OTHER_BYTES = 1500
    settings.EVIDENCE_VIDEO_BYTES = 1_000_000
    assert hand_in(samples.image("JPEG"), "a.jpg").reason == "too_large"
    assert hand_in(b"word " * 1000, "a.txt").reason == "too_large"
    assert isinstance(hand_in(samples.movie(), "a.mp4"), Evidence)
    settings.EVIDENCE_VIDEO_BYTES = 1500
    refused = hand_in(samples.movie(), "a.mp4")
    assert refused.reason == "too_large"
    assert "1.5" in refused.sentence


def test_the_sentence_speaks_the_reader_s_language(hand_in: Callable[..., Any]) -> None:
    refused = hand_in(samples.HTML, "发票.jpg")
    assert refused.sentence.startswith("“发票.jpg”是网页，不能作为凭证上传。")
    with translation.override("en"):
        assert refused.sentence.startswith("“发票.jpg” is a web page and cannot be taken as evidence.")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\Windows\\照片.jpg", "照片.jpg"),
        ("/etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\r\nb.jpg", "ab.jpg"),
        ("", "file"),
        (None, "file"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
    ],
)
def test_names_lose_folders_and_control_marks(given: str | None, kept: str) -> None:
    assert clean_name(given) == kept
