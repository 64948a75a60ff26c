"""The report screens over HTTP: who may, what leads where, and the files."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from tests.insight.conftest import complaints, house, lodge
from tests.insight.house import House
from tests.workbench.test_searching import client, page, titles

from tuoshan import clock
from tuoshan.care.models import SurveyAnswer, SurveyReason
from tuoshan.insight import indexing
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


def rated(case: Any, score: int, reasons: list[str], task: str = "survey#1") -> None:
    SurveyAnswer.objects.create(
        case_id=case.pk, task=task, score=score, reasons=reasons, at=clock.now(), changed_at=clock.now()
    )
    indexing.index_cases([case.pk], anew=True)


def test_numbers_on_the_page_lead_to_lists_of_that_length(house: House, lodge: Any) -> None:
    """Every number of a chart, and whatever else on a page has a link."""
    cases = [
        lodge(f"第{number}件", unit="store1" if number else "store2", channel="web" if number % 2 else "fax")
        for number in range(4)
    ]
    rated(cases[0], 5, ["fast", "rude"])
    rated(cases[1], 2, ["fast"])
    rated(cases[1], 4, ["fast"], task="survey#2")  # the case counts once
    rated(cases[2], 1, ["fast_enough"])  # another reason
    for who in ("lin", "ma"):
        compared, drawn = 0, 0
        for name in pages_of(house.people[who]):
            text = page(house, who, f"/reports/{name}?period=30")
            found = re.findall(r'<a class="link" href="(/search[^"]+)">([\d,]+)</a>', text)
            for source in re.findall(r'<script id="chart-[^"]+" type="application/json">(.*?)</script>', text):
                for one in json.loads(source)["series"]:
                    for value, href in zip(one["values"], one["links"], strict=True):
                        assert bool(value) == bool(href), (name, one["name"])
                        drawn += bool(value)
            for href, number in found:
                assert len(titles(page(house, who, unescape(href)))) == int(number), (name, href)
                compared += 1
        assert compared >= 20 and drawn >= 10


def test_each_reason_of_the_survey_leads_to_the_cases_that_name_it(house: House, lodge: Any) -> None:
    first, second, third = (lodge(f"第{number}件") for number in range(3))
    SurveyReason.objects.update_or_create(key="fast", defaults={"title_zh": "处理快", "title_en": "Quick"})
    rated(first, 5, ["fast"])
    rated(second, 2, ["fast", "rude"])
    rated(third, 3, ["breakfast"])
    text = page(house, "lin", "/reports/satisfaction?period=30")
    for figure, expected in (("reason", {first, second}), ("reason_good", {first}), ("reason_poor", {second})):
        (href,) = re.findall(rf'<a class="link" href="(/search[^"]+figure={figure}%3Afast&[^"]+)">', text)
        shown = page(house, "lin", unescape(href))
        assert set(titles(shown)) == {case.title for case in expected}
        assert "原因：处理快" in shown


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
    lin = client(house, "lin")
    page = lin.get("/reports/lessons").content.decode()
    assert f'href="/lessons/{made.pk}">换个壶底</a>' in page
    assert 'href="/lessons?show=unfinished"' in page
    assert 'href="/lessons?show=late"' not in page  # none is late
    lessons.progress(made, status="done", text="换了", now=clock.now())
    lessons.make(what="培训", case_ids=[case.pk], now=clock.now() - timedelta(days=40), due_on=clock.now().date())
    tiles = tiles_of(lin.get("/reports/lessons?period=30").content.decode())
    assert {name: number for name, (number, _href) in tiles.items()} == {
        "lessons_open": 1, "lessons_late": 0, "lessons_done": 1, "lessons_new": 1,
    }  # fmt: skip
    done = lin.get(tiles["lessons_done"][1]).content.decode()
    assert "换个壶底" in done and "培训" not in done and "完成</span>" in done
    assert "共 1 项" in done and "应完成日期" in done and "实际完成" in done
    assert done.count(f"{clock.now():%Y-%m-%d}") >= 2, "the day it was due, and the day on which it was done"
    assert "培训" in lin.get("/lessons?show=all").content.decode()


def tiles_of(text: str) -> dict[str, tuple[int, str]]:
    """name → (number, where it leads) of a report's tiles."""
    found = {}
    for name, number in re.findall(r'id="tile-(\w+)".*?<span class="value num text-xl">(\d+)', text, re.S):
        href = re.search(rf'<a href="([^"]+)" class="stat[^"]*" id="tile-{name}"', text)
        found[name] = (int(number), unescape(href[1]) if href else "")
    return found


@pytest.mark.parametrize("who", ["lin", "ma"])
def test_the_numbers_of_improvements_lead_to_lists_of_that_length(house: House, lodge: Any, who: str) -> None:
    """Also for somebody whose reach is one store, and where the report is narrowed to a unit."""
    here, there = lodge("壶漏水", unit="store1"), lodge("杯子裂了", unit="store2")
    day, own = clock.now(), house.people["ma"].pk
    for number, (case, owner) in enumerate(((here, None), (there, None), (there, own), (here, own))):
        made = lessons.make(
            what=f"第{number}项", case_ids=[case.pk], now=day, due_on=day.date() - timedelta(days=1), owner_id=owner
        )
        if number % 2:
            lessons.progress(made, status="done", text="好了", now=day)
    unit = house.units["store1"].pk
    for scope in ("", f"&unit={unit}"):
        tiles = tiles_of(client(house, who).get(f"/reports/lessons?period=30{scope}").content.decode())
        assert len(tiles) == 4 and all(number for name, (number, _href) in tiles.items())
        for name, (number, href) in tiles.items():
            shown = client(house, who).get(href).content.decode()
            assert shown.count("<tr data-row>") == number, (name, href)
