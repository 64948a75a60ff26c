"""The search screen, the palette and saved filters over HTTP."""

import re
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from tests.insight.conftest import complaints, house, lodge
from tests.insight.house import House

from tuoshan.cases.models import SavedFilter
from tuoshan.office import filters

__all__ = ["complaints", "house", "lodge"]
pytestmark = pytest.mark.django_db


def client(house: House, who: str) -> Client:
    found = Client()
    found.force_login(house.fresh(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


def titles(text: str) -> list[str]:
    """The titles of the rows on a page, marks taken off."""
    rows = re.findall(r'<span class="block text-base">(.*?)</span>', text)
    return [re.sub(r"</?mark[^>]*>", "", row) for row in rows]


def page(house: House, who: str, address: str) -> str:
    answer = client(house, who).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def test_results_show_where_it_was_found(house: House, lodge: Any) -> None:
    lodge("电热水壶第二天就漏水，想退货 <b>", title="水壶 & 漏水", name="李梅")
    lodge("台灯不亮", title="灯")
    text = page(house, "lin", "/search?q=漏水")
    assert titles(text) == ["水壶 &amp; 漏水"]
    plain = text.replace(' class="c-warn"', "")
    assert "水壶 &amp; <mark>漏水</mark>" in plain and "第二天就<mark>漏水</mark>，想退货 &lt;b&gt;" in plain
    assert "没有找到“冰箱”" in page(house, "lin", "/search?q=冰箱")
    assert "没有可以查找的字" in page(house, "lin", "/search?q=！？")
    assert titles(page(house, "lin", "/search")) == ["灯", "水壶 &amp; 漏水"]
    assert titles(page(house, "wu", "/search?q=漏水")) == []


def test_a_row_says_once_how_its_case_stands(house: House, lodge: Any) -> None:
    from tuoshan.cases import service

    lodge("台灯不亮", title="灯")
    service.register(
        playbook="complaint", actor=service.ActingAs.by_system(), values={"what_happened": "壶漏水"}, channel="web",
        customer_id=None, unit_id=house.units["east"].pk, title="壶", history=True,
    )  # fmt: skip
    rows = re.findall(r'<li><a class="row".*?</a></li>', page(house, "lin", "/search"), re.S)
    assert [row.count("已结案归档") for row in rows] == [1, 0] and "待受理" in rows[1]


def test_conditions_stand_as_chips_that_can_be_taken_off(house: House, lodge: Any) -> None:
    lodge("壶漏水", title="壶", channel="web")
    text = page(house, "lin", f"/search?q=漏水&channel=web&state=open&unit={house.units['east'].pk}")
    assert titles(text) == ["壶"] and text.count('class="chip c-plain" href="/search?q=') == 3
    assert 'href="/search?q=%E6%BC%8F%E6%B0%B4&amp;state=open&amp;unit=' in text
    assert titles(page(house, "lin", "/search?q=漏水&channel=fax")) == []
    assert client(house, "lin").get("/search?cursor=x&q=漏水").status_code == 404


def test_lines_of_products_are_those_that_a_product_carries(house: House, lodge: Any) -> None:
    from tuoshan.catalog.models import Product, ProductLine

    for number, line in enumerate(("小家电", "小家电", "鞋靴")):
        Product.objects.create(code=f"K-{number}", name="壶", line=line, is_active=number > 0)
    lodge("壶漏水", title="壶")
    assert {"家电", "家用电器", "鞋", "鞋类"} <= set(ProductLine.objects.values_list("name", flat=True))
    chosen = re.search(r'<select[^>]* name="line".*?</select>', page(house, "lin", "/search"), re.S)
    assert chosen is not None
    assert re.findall(r'<option value="([^"]*)"', chosen[0]) == ["", "小家电", "鞋靴", "none"]


def test_more_rows_follow(house: House, lodge: Any) -> None:
    for number in range(53):
        lodge(f"第{number}件漏水", title=f"{number}", work=False)
    house.work()
    for query in ("q=漏水", "state=open"):
        text = page(house, "lin", f"/search?{query}")
        assert titles(text) == [str(number) for number in range(52, 2, -1)]
        following = re.search(r'hx-get="(/search[^"]+)"', text)
        assert following is not None
        more = page(house, "lin", following[1].replace("&amp;", "&"))
        assert titles(more) == ["2", "1", "0"] and "<html" not in more


def test_the_palette_finds_cases_reports_and_the_search(house: House, lodge: Any) -> None:
    case = lodge("壶漏水", title="水壶")
    found = client(house, "lin").get("/palette?q=漏水").json()["results"]
    assert found[0]["href"] == f"/case/{case.number}" and "水壶" in found[0]["title"]
    assert found[-1]["href"].startswith("/search?q=")
    assert client(house, "lin").get(f"/palette?q={case.number}").json()["results"][0]["title"].startswith(case.number)
    short = client(house, "lin").get(f"/palette?q={case.number[:-2]}").json()["results"]
    assert short[0]["href"] == f"/case/{case.number}"
    wrong = f"{case.number[:-1]}{(int(case.number[-1]) + 1) % 10}"
    assert "校验数字不对" in client(house, "lin").get(f"/palette?q={wrong}").json()["results"][0]["title"]
    assert "末位校验数字不对" in page(house, "lin", f"/search?q={wrong}")
    reports = client(house, "lin").get("/palette?q=满意").json()["results"]
    assert {"title": "满意度", "hint": "报表", "href": "/reports/satisfaction", "icon": "chart"} in reports
    assert all(row["icon"] != "chart" for row in client(house, "chen").get("/palette?q=满意").json()["results"])
    assert client(house, "wu").get("/palette?q=水壶").json()["results"][0]["href"].startswith("/search")
    assert client(house, "lin").get("/palette?q=").json() == {"results": []}


def test_a_filter_is_kept_shown_as_a_queue_changed_and_deleted(house: House, lodge: Any) -> None:
    lodge("壶漏水", title="壶", channel="web")
    lodge("灯漏水", title="灯", channel="fax")
    lin = client(house, "lin")
    answer = lin.post("/search/filters", {"title": "网上的漏水", "q": "漏水", "channel": "web"})
    kept = SavedFilter.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/queue/filter-{kept.pk}"
    text = page(house, "lin", answer["Location"])
    assert "网上的漏水" in text and "壶" in text and len(re.findall(r'class="row"', text)) == 1
    assert f'href="/queue/filter-{kept.pk}"' in page(house, "lin", "/queue/open")
    for who in ("chen", "gao"):
        assert client(house, who).get(answer["Location"]).status_code == 404
        assert client(house, who).post(f"/search/filters/{kept.pk}", {"do": "delete"}).status_code == 404
    lin.post(f"/search/filters/{kept.pk}", {"title": "共用的漏水", "shared": "1", "do": "change"})
    assert "共用的漏水" in page(house, "chen", f"/queue/filter-{kept.pk}")
    assert client(house, "chen").post(f"/search/filters/{kept.pk}", {"do": "delete"}).status_code == 404
    assert client(house, "gao").post(f"/search/filters/{kept.pk}", {"do": "delete"}).status_code == 302
    assert not SavedFilter.objects.exists()


def test_an_agent_keeps_filters_for_themselves_only(house: House, lodge: Any) -> None:
    chen = client(house, "chen")
    chen.post("/search/filters", {"title": "紧急", "grade": "urgent", "shared": "1"})
    assert SavedFilter.objects.get().person_id == house.people["chen"].pk
    chen.post("/search/filters", {"title": "空的"})
    chen.post("/search/filters", {"title": "", "grade": "urgent"})
    assert SavedFilter.objects.count() == 1
    assert client(house, "chen").get("/queue/filter-99").status_code == 404
    assert Client().get("/search?q=x").status_code == 302


HUGE = "9" * 30


@pytest.mark.parametrize(
    "address",
    [
        f"/search?category={HUGE}", f"/search?unit={HUGE}", f"/search?handler=={HUGE}",
        f"/search?q=漏水&category={HUGE}", f"/reports/overview?unit={HUGE}", f"/reports/overview.xlsx?unit={HUGE}",
        f"/notifications?before={HUGE}", "/rulings/?f1-²=1&line=²&add=²",
    ],
)  # fmt: skip
def test_a_number_that_no_row_can_have_brings_no_page_down(house: House, lodge: Any, address: str) -> None:
    lodge("壶漏水", title="壶")
    assert client(house, "lin").get(address).status_code in (200, 302)


def test_a_cursor_that_no_row_can_have_is_not_there(house: House, lodge: Any) -> None:
    lodge("壶漏水", title="壶")
    assert client(house, "lin").get(f"/search?q=漏水&cursor=e{HUGE}").status_code == 404


def test_a_filter_with_a_condition_that_is_not_understood_is_refused_in_words(house: House, lodge: Any) -> None:
    lodge("壶漏水", title="壶")
    lin = client(house, "lin")
    given = {"title": "坏的", "state": "open", "category": HUGE, "shared": "1"}
    answer = lin.post("/search/filters", given, follow=True)
    assert answer.status_code == 200 and "看不懂这些条件：类别" in answer.content.decode()
    for name, said in (("product", "商品"), ("imported", "导入")):
        answer = lin.post("/search/filters", {"title": "坏的", "state": "open", name: "没有这个"}, follow=True)
        assert answer.status_code == 200 and f"看不懂这些条件：{said}" in answer.content.decode()
    assert not SavedFilter.objects.exists()
    lin.cookies["tuoshan_language"] = "en"
    said = lin.post("/search/filters", given, follow=True).content.decode()
    assert "These conditions were not understood: Category" in said


def test_a_filter_that_cannot_be_counted_shows_a_dash_and_closes_no_page(
    house: House, lodge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lodge("壶漏水", title="壶")
    client(house, "lin").post("/search/filters", {"title": "未结的", "state": "open", "shared": "1"})

    def fails(*_given: Any) -> tuple[int, bool]:
        raise DatabaseError("out of range")

    monkeypatch.setattr(filters, "counted", fails)
    shown = page(house, "chen", "/queue/open")
    assert "未结的" in shown and "—" in shown.split("未结的", 1)[1][:400]
