"""The report screens over HTTP: who may, what leads where, and the files."""

import json
import re
from html import unescape
from typing import Any

import pytest
from tests.insight.conftest import complaints, house, lodge
from tests.insight.house import House
from tests.workbench.test_searching import client, page, titles

from tuoshan import clock
from tuoshan.insight.reports import pages_of
from tuoshan.quality import lessons
from tuoshan.workbench.reports import PAGES

__all__ = ["complaints", "house", "lodge"]
pytestmark = pytest.mark.django_db


def test_every_page_opens_in_both_languages_and_only_for_its_readers(house: House, lodge: Any) -> None:
    lodge("壶漏水", title="壶", channel="web")
    lin = client(house, "lin")
    for language in ("zh-hans", "en"):
        lin.cookies["tuoshan_language"] = language
        for name in PAGES:
            for period in ("today", "90", "month", "custom"):
                answer = lin.get(f"/reports/{name}?period={period}&history=no")
                assert answer.status_code == 200, (name, period)
            text = answer.content.decode()
            for holder in re.findall(r'data-source="([^"]+)"', text):
                found = re.search(rf'<script id="{holder}" type="application/json">(.*?)</script>', text)
                assert found is not None and set(json.loads(found[1])) >= {"kind", "labels", "series"}
                assert f'<table class="tbl" id="table-{holder.removeprefix("chart-")}"' in text
    assert client(house, "chen").get("/reports/").status_code == 403
    assert client(house, "chen").get("/reports/cases.xlsx?q=漏水").status_code == 403
    assert lin.get("/reports/nothing").status_code == lin.get("/reports/nothing.xlsx").status_code == 404


def test_where_there_is_nothing_a_page_says_so_instead_of_drawing_empty_axes(house: House, lodge: Any) -> None:
    lodge("壶漏水")
    lin = client(house, "lin")
    for language, said, rated in (
        ("zh-hans", "这个期间还没有数据。", "期间还没有客户评价。"),
        ("en", "Nothing yet in this period.", "No customer has rated yet in this period."),
    ):
        lin.cookies["tuoshan_language"] = language
        causes = lin.get("/reports/causes?period=30").content.decode()
        assert "data-chart" not in causes and causes.count(said) == 2 and 'id="table-cause"' in causes
        satisfaction = lin.get("/reports/satisfaction?period=30").content.decode()
        assert "data-chart" not in satisfaction and satisfaction.count(rated) == 2
        assert "data-chart" in lin.get("/reports/channels?period=30").content.decode()


def test_numbers_on_the_page_lead_to_lists_of_that_length(house: House, lodge: Any) -> None:
    for number in range(4):
        lodge(f"第{number}件", unit="store1" if number else "store2", channel="web" if number % 2 else "fax")
    for who in ("lin", "ma"):
        compared = 0
        for name in pages_of(house.people[who]):
            text = page(house, who, f"/reports/{name}?period=30")
            for href, number in re.findall(r'<a class="link" href="(/search[^"]+)">([\d,]+)</a>', text):
                assert len(titles(page(house, who, unescape(href)))) == int(number), (name, href)
                compared += 1
        assert compared >= 10


def test_files_come_as_excel_and_leave_nothing_behind(house: House, lodge: Any, tmp_path: Any, settings: Any) -> None:
    import tempfile

    tempfile.tempdir = str(tmp_path)
    try:
        case = lodge("壶漏水", title="壶", name="李梅", phone="13800138000")
        lessons.make(what="换个壶底", case_ids=[case.pk], now=clock.now(), due_on=clock.now().date())
        every = [f"{name}.xlsx" for name in PAGES]
        for address in (*every, "people.xlsx?period=7", "cases.xlsx?q=漏水", "cases.xlsx?state=open"):
            answer = client(house, "lin").get(f"/reports/{address}")
            assert answer.status_code == 200 and ".xlsx" in answer["Content-Disposition"]
            assert b"".join(answer.streaming_content).startswith(b"PK")
        assert not list(tmp_path.iterdir())
    finally:
        tempfile.tempdir = None


def test_each_number_and_row_of_the_improvements_leads_to_what_it_names(house: House, lodge: Any) -> None:
    case = lodge("壶漏水", title="壶", name="李梅", phone="13800138000")
    made = lessons.make(what="换个壶底", case_ids=[case.pk], now=clock.now(), due_on=clock.now().date())
    page = client(house, "lin").get("/reports/lessons").content.decode()
    assert f'href="/lessons/{made.pk}">换个壶底</a>' in page
    assert 'href="/lessons?show=unfinished"' in page
    assert 'href="/lessons?show=late"' not in page  # none is late
