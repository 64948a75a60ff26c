"""Papers come out whole in both languages, and what people wrote is printed, never run."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.documents import samples

from tuoshan.documents import pdf
from tuoshan.documents.papers import (
    ArchiveData,
    EvidenceLine,
    Issuer,
    LetterData,
    Picture,
    RecordData,
    SlipData,
    TimelineLine,
)

AT = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
HOSTILE = (
    '#read("/etc/passwd") #panic("x") #{1+1} *bold* _slant_ @reference $x^2$ <label> `code` \\u{41} \\ '
    "// comment /* */ = heading\n- item ] } ) \" ' ~ -- ... https://example.com \u0000\u202e\ud800 😀"
)
ISSUER = Issuer("禾木家居有限公司", "400-800-1234", "广州市天河区", "https://service.example.com")
URL = "https://service.example.com/portal/track/abc"
SLIP = SlipData(
    ISSUER, "TS26-0305-000187-4", AT, "坐垫塌陷", URL, "李明", "020-3888", AT + timedelta(hours=24), "王秀兰"
)
LETTER = LetterData(
    ISSUER, "TS26-0305-000187-4", "王秀兰", "坐垫塌陷", AT, AT, True, "更换坐垫", ("批次不合格",), ("免费更换",),
    ("照片 3 张",), AT + timedelta(days=15), URL, "李明", "020-3888",
)  # fmt: skip
RECORD = RecordData(
    ISSUER, "TS26-0305-000187-4", AT, "坐垫塌陷", (("客户", "王秀兰"), ("诉求", "更换"), ("地址", "长" * 80)),
    (TimelineLine(AT, "登记投诉", "陈芳"),), (EvidenceLine("a.jpg", "照片", AT, "客户", 1234, "ab" * 32),),
    (("原因", "批次不合格"),), ("经办人", "客户", "主管"), AT, "李明",
)  # fmt: skip
ARCHIVE = ArchiveData(
    RECORD, (TimelineLine(AT, "您好", "李明"),),
    (
        Picture(samples.image("JPEG"), "a.jpg"),
        Picture(samples.image("PNG", samples.drawing().convert("RGBA")), "b.png"),
    ),
    "cd" * 32, (("裁定", "第 24 条"),),
)  # fmt: skip


def printed_characters(paper: bytes) -> set[str]:
    """The characters that the paper's fonts say they print."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.S):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if b"begincmap" in content:
            for code in re.findall(rb"<[0-9A-Fa-f]+> <([0-9A-Fa-f]+)>", content):
                found.update(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
    return found


def text_of(paper: bytes) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed; the characters are checked by the tests beside this one")
    return subprocess.run([tool, "-layout", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_paper_in_both_languages(language: Any) -> None:
    for paper in (
        pdf.slip(SLIP, size="80mm", language=language),
        pdf.slip(SLIP, size="a5", language=language),
        pdf.letter(LETTER, language=language),
        pdf.letter(replace(LETTER, upheld=False), language=language),
        pdf.record(RECORD, language=language),
        pdf.archive(ARCHIVE, language=language),
    ):
        assert paper.startswith(b"%PDF-")
        assert b"NotoSansSC" in paper
        assert set("TS2603050001874") <= printed_characters(paper)


def test_papers_with_nothing_but_what_is_needed() -> None:
    bare = Issuer("禾木")
    assert pdf.slip(SlipData(bare, "1", AT, "", "")).startswith(b"%PDF-")
    assert pdf.letter(LetterData(bare, "1", "", "", AT, AT, False, "")).startswith(b"%PDF-")
    assert pdf.record(RecordData(bare, "1", AT, "")).startswith(b"%PDF-")
    assert pdf.archive(ArchiveData(RecordData(bare, "1", AT, ""))).startswith(b"%PDF-")


def hostile_papers() -> list[bytes]:
    issuer = Issuer(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    line = TimelineLine(AT, HOSTILE, HOSTILE)
    record = RecordData(
        issuer, HOSTILE, AT, HOSTILE, ((HOSTILE, HOSTILE),), (line,),
        (EvidenceLine(HOSTILE, HOSTILE, AT, HOSTILE, 1, "ab" * 32),), ((HOSTILE, HOSTILE),), (HOSTILE,), AT, HOSTILE,
    )  # fmt: skip
    many = (HOSTILE,)
    return [
        pdf.slip(SlipData(issuer, HOSTILE, AT, HOSTILE, URL, HOSTILE, HOSTILE, AT, HOSTILE, HOSTILE, HOSTILE)),
        pdf.letter(LetterData(issuer, HOSTILE, HOSTILE, HOSTILE, AT, AT, True, HOSTILE, many, many, many, AT, URL)),
        pdf.record(record),
        pdf.archive(ArchiveData(record, (line,), (Picture(samples.image("PNG"), HOSTILE),), "", ((HOSTILE, HOSTILE),))),
    ]


def test_what_people_wrote_is_printed_and_never_run() -> None:
    for paper in hostile_papers():
        assert set("#*_@$<>`\\/{}=~") <= printed_characters(paper)


def test_the_very_words_stand_on_the_paper() -> None:
    for paper in hostile_papers():
        text = text_of(paper)
        assert '#read("/etc/passwd")' in re.sub(r"\s+", "", text)
        assert "root:" not in text


def test_moments_are_printed_in_the_company_s_zone() -> None:
    assert "2026-03-05 10:30" in text_of(pdf.slip(SLIP))
    assert "2026-03-06 10:30" in text_of(pdf.slip(SLIP))


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("很短", 10, "很短"),
        ("两行\n 合为一行", 40, "两行 合为一行"),
        ("一二三四五", 8, "一二三四…"),
        ("abcdefgh", 8, "abcdefgh"),
        ("abcdefghi", 8, "abcdefgh…"),
    ],
)
def test_a_long_complaint_is_shortened_by_width(text: str, width: int, short: str) -> None:
    assert pdf.shortened(text, width) == short


def test_pages_set_in_turn_do_not_see_each_other() -> None:
    first = pdf.slip(SLIP)
    pdf.letter(LETTER, language="en")
    pdf.slip(replace(SLIP, number="TS26-0305-000999-1"))
    assert pdf.slip(SLIP)[:64] == first[:64]
    assert len(pdf.slip(SLIP)) == len(first)
