"""Finding: words, phrases, names, phones and numbers, within reach, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.insight.house import acting

from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.insight import index, search
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.models import Entry
from tuoshan.parties import customers
from tuoshan.parties.models import Customer

pytestmark = pytest.mark.django_db
Lodge = Callable[..., Case]


def found(house: Any, text: str, name: str = "lin", **more: Any) -> list[str]:
    """The titles of what the person finds."""
    page = search.find(house.fresh(name), Conditions.read({"q": text, **more}))
    return [hit.case.title for hit in page.hits]


@pytest.fixture
def corpus(lodge: Lodge) -> dict[str, Case]:
    said = {
        "壶": "电热水壶第二天就漏水，想退货，客服一直说在排队。",
        "鞋": "运动鞋穿了三天开胶，怀疑是假货，要求退货退款。",
        "灯": "台灯不亮，iPhone14 扫码进不了保修页，水渍没有。",
        "柜": "送货师傅把衣柜门磕掉漆，客服电话打了 400-820-8820 没人接。",
        "衣": "羽绒服跑绒，热水洗了一次就这样。",
        "杯": "保温杯不保温，货退了三次都没处理。",
    }
    return {title: lodge(text, title=title) for title, text in said.items()}


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("退货", "鞋壶"),
        ("客服", "柜壶"),
        ("假货", "鞋"),
        ("漏水", "壶"),
        ("热水", "衣壶"),
        ("热水壶", "壶"),
        ("货退", "杯鞋"),
        ("退货 客服", "壶"),
        ("退货,漏水", "壶"),
        ("iphone14", "灯"),
        ("ｉＰｈｏｎｅ１４", "灯"),
        ("iphone", ""),
        ("水", "衣灯壶"),
        ("处", "杯"),
        ("理", "杯"),
        ("iPhone14扫", "灯"),
        ('"退货，客服"', "壶"),
        ("“开胶 怀疑”", "鞋"),
        ('"客服 退货"', ""),
        ("400-820-8820", "柜"),
        ("8820", "柜"),
        ("没有这句话", ""),
        ("！？", ""),
        ("壶", "壶"),
    ],
)
def test_words_are_found_as_substrings(house: Any, corpus: Any, asked: str, titles: str) -> None:
    assert "".join(found(house, asked)) == titles


def test_names_and_phones_are_found_and_stand_nowhere_in_clear(house: Any, lodge: Lodge) -> None:
    lodge("壶坏了", title="一", name="欧阳晓梅", phone="138 0013 8000")
    lodge("灯坏了", title="二", name="李梅", phone="13900139001")
    assert found(house, "晓梅") == ["一"] and found(house, "欧阳") == ["一"] and found(house, "梅") == ["二", "一"]
    assert found(house, "13800138000") == found(house, "138-0013-8000") == found(house, "+86 138 0013 8000") == ["一"]
    assert found(house, "8000") == ["一"] and found(house, "9001 李梅") == ["二"]
    assert found(house, "1380013") == []
    with connection.cursor() as cursor:
        if index.on_postgresql():
            cursor.execute("SELECT words::text, content FROM insight_entry")
        else:
            cursor.execute("SELECT hex(block), content FROM insight_words_data, insight_entry")
        kept = repr(cursor.fetchall())
    for clear in ("欧阳", "13800138000", "8000'", "坏了", "欧阳".encode().hex().upper(), "坏了".encode().hex().upper()):
        assert clear not in kept


def test_a_number_is_found_in_any_form_and_at_once(house: Any, lodge: Lodge) -> None:
    first, second = lodge("壶", work=False), lodge("灯", title="灯", work=False)
    digits = "".join(sign for sign in second.number if sign.isdigit())
    spoken = "".join("零幺二三四五六七八九"[int(sign)] for sign in digits)
    for text in (second.number, second.number.lower(), digits, spoken, " ".join(digits)):
        assert found(house, text) == ["灯"], text
    house.work()
    for text in (second.number, digits, spoken, digits[4:], second.number[7:], f"{digits} 灯"):
        assert found(house, text) == ["灯"], text
    assert found(house, first.number) == ["壶"]


def test_a_number_without_its_check_digit_is_found_and_a_wrong_one_is_not(house: Any, lodge: Lodge) -> None:
    first, second = lodge("壶", title="壶", work=False), lodge("灯", title="灯", work=False)
    assert found(house, second.number[:-2]) == ["灯"]
    house.work()
    running = second.number[7:-2]
    whole = second.number[2:-2]
    for text in (f"TS{whole}", whole, running, whole.replace("-", ""), f"{running} 灯"):
        assert found(house, text) == ["灯"], text
    assert found(house, first.number[7:-2]) == ["壶"]
    wrong = str((int(second.number[-1]) + 1) % 10)
    for text in (second.number[:-1] + wrong, f"{running}-{wrong}"):
        page = search.find(house.fresh("lin"), Conditions.read({"q": text}))
        assert not page.hits and page.wanted.misheard, text
    assert not search.find(house.fresh("lin"), Conditions.read({"q": "没有这句话"})).wanted.misheard


def test_notes_and_messages_are_found_but_not_what_only_supervisors_see(house: Any, lodge: Lodge) -> None:
    case = lodge("壶漏水", title="壶")
    service.note(case_id=case.pk, actor=acting(house.people["lin"]), text="已联系仓库核对批次")
    house.act(
        case, "accept_simple", category="1", impact="low", urgency="low", next_step="安排换新",
        handler=str(house.people["chen"].pk),
    )  # fmt: skip
    house.act(
        case, "propose", cause="conduct", root_cause="培训不足", liable="person", finding_person="导购态度生硬",
        remedies=["apology"], remedy_steps="上门致歉", amount=Decimal(0), carry_out_by=date(2026, 3, 9),
    )  # fmt: skip
    house.work()
    assert found(house, "批次") == ["壶"] and found(house, "致歉") == ["壶"] and found(house, "培训不足") == ["壶"]
    assert found(house, "生硬") == [] and found(house, "导购") == []
    assert found(house, "敬请谅解") == []


def test_reach_is_in_the_query(house: Any, lodge: Lodge) -> None:
    lodge("一号店漏水", title="一", unit="store1")
    lodge("二号店漏水", title="二", unit="store2")
    third = lodge("总部漏水", title="三", unit="hq")
    assert found(house, "漏水") == ["三", "二", "一"]
    assert found(house, "漏水", "ma") == ["一"] and found(house, "漏水", "wu") == ["二"]
    assert found(house, third.number, "ma") == [] and found(house, "", "ma") == ["一"]
    assert found(house, "漏水", "qiu") == []
    house.act(
        third, "accept", category="1", impact="low", urgency="low", next_step="查", departments=["qa"],
        handler=str(house.people["ma"].pk),
    )  # fmt: skip
    house.work()
    assert found(house, "漏水", "ma") == ["三", "一"]
    Case.objects.filter(pk=third.pk).update(handler_id=None)  # the index still says otherwise: the case decides
    assert found(house, "漏水", "ma") == ["一"]


def test_conditions_narrow_words(house: Any, lodge: Lodge, clock: Any) -> None:
    lodge("壶漏水", title="一", unit="store1", channel="web")
    clock.advance(timedelta(days=40))
    case = lodge("桶漏水", title="二", unit="store2")
    service.act(case_id=case.pk, action="withdraw", actor=ActingAs.by_customer(None), values={"reason": "不要了"})
    house.work()
    units = house.units
    assert found(house, "漏水", channel="web") == ["一"] and found(house, "漏水", channel="fax") == []
    assert found(house, "漏水", unit=str(units["west"].pk)) == ["二"]
    assert found(house, "漏水", unit=f"={units['west'].pk}") == []
    assert found(house, "漏水", state="open") == ["一"] and found(house, "漏水", state="closed") == ["二"]
    assert found(house, "漏水", since="2026-04-01") == ["二"] and found(house, "漏水", until="2026-03-31") == ["一"]
    assert found(house, "漏水", since="2026-03-03", until="2026-03-31") == []
    assert found(house, "漏水", playbook="complaint") == ["二", "一"] and found(house, "漏水", playbook="other") == []
    assert found(house, "漏水", handler="none") == ["二", "一"]
    assert found(house, "", channel="web") == ["一"]


def test_pages_follow_each_other_without_gap_in_three_statements(house: Any, lodge: Lodge) -> None:
    most = 4 if index.on_postgresql() else 3  # there it asks first how common the words are
    titles = [lodge(f"第{number}只壶漏水", title=f"{number}", work=False).title for number in range(23)]
    house.work()
    lin, ma, seen, cursor = house.fresh("lin"), house.fresh("ma"), [], ""
    search.find(ma, Conditions(q="漏水"))
    for person in (lin, ma):
        seen, cursor = [], ""
        while True:
            with CaptureQueriesContext(connection, ) as captured:
                page = search.find(person, Conditions(q="漏水"), cursor, 10)
            assert len(captured) <= most, [query["sql"][:90] for query in captured]
            seen += [hit.case.title for hit in page.hits]
            cursor = page.next
            if not cursor:
                break
        assert seen == titles[::-1]
    with pytest.raises(search.CursorBroken):
        search.find(lin, Conditions(q="漏水"), "nonsense")


def test_the_index_is_used(house: Any, lodge: Lodge) -> None:
    lodge("壶漏水")
    for name in ("lin", "ma"):
        person = house.fresh(name)
        conditions = Conditions(q="漏水", state="open")
        asked = search.matching(person, conditions, search.wording.read("漏水"))[:51]
        plan = asked.explain()
        if index.on_postgresql():
            ways = ("enable_seqscan", "enable_indexscan", "enable_nestloop")  # with one row every way costs the same
            with connection.cursor() as cursor:
                for way in ways:
                    cursor.execute(f"SET {way} = off")
                plan = asked.explain()
                for way in ways:
                    cursor.execute(f"RESET {way}")
            assert "insight_words" in plan, plan
        else:
            assert "SCAN insight_words VIRTUAL TABLE INDEX" in plan, plan
            assert "TEMP B-TREE" not in plan and "SCAN cases_case" not in plan, plan


def test_an_erased_customer_is_found_no_more(house: Any, lodge: Lodge) -> None:
    case = lodge("壶漏水，我住在梧桐路", title="壶", name="欧阳晓梅", phone="13800138000")
    other = lodge("灯漏水", title="灯", name="李强", phone="13900139001")
    customers.erase(Customer.objects.get(pk=case.customer_id))
    for text in ("欧阳", "晓梅", "13800138000", "8000", "梧桐路"):
        assert found(house, text) == [], text
    assert found(house, "漏水") == found(house, "李强") == ["灯"]
    assert found(house, case.number) == ["（已随客户删除）"]
    service.note(case_id=case.pk, actor=acting(house.people["lin"]), text="欧阳女士来电")
    house.work()
    search.reindex()
    assert found(house, "梧桐") == [] and found(house, "欧阳") == [] and found(house, other.number) == ["灯"]


def test_a_corrected_name_is_found(house: Any, lodge: Lodge) -> None:
    case = lodge("壶漏水", title="壶", name="李强", phone="13900139001")
    customer = Customer.objects.get(pk=case.customer_id)
    customer.name = "黎锵"
    customer.save()
    house.work()
    assert found(house, "黎锵") == ["壶"] and found(house, "李强") == []


def test_changes_leave_nothing_of_the_old_behind(house: Any, lodge: Lodge) -> None:
    case = lodge("壶漏水", title="旧")
    Case.objects.filter(pk=case.pk).update(title="新")
    for step in range(5):
        service.note(case_id=case.pk, actor=acting(house.people["lin"]), text=f"第{step}次联系")
        house.work()
    assert found(house, "旧") == [] and found(house, "新") == ["新"] and found(house, "次联") == ["新"]
    assert Entry.objects.count() == 1
    if not index.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO insight_words (insight_words) VALUES ('integrity-check')")


def test_made_anew_it_is_the_same(house: Any, corpus: Any) -> None:
    before = {text: found(house, text) for text in ("退货", "水", "客服", "iphone14")}
    told: list[tuple[int, int]] = []
    assert search.reindex(lambda done, total: told.append((done, total))) == 6
    assert {text: found(house, text) for text in before} == before and told[-1] == (6, 6)
    house.lodge("又一只壶漏水", title="又")
    house.work()
    assert found(house, "漏水") == ["又", "壶"]


def test_what_came_as_history_is_swept_up(house: Any, complaints: Any, clock: Any) -> None:
    from tuoshan.insight import indexing

    service.register(
        playbook="complaint", actor=acting(house.people["lin"]), channel="spreadsheet", customer_id=None,
        unit_id=None, title="旧案", values={"channel": "spreadsheet", "what_happened": "买到假货"}, history="closed",
    )  # fmt: skip
    house.work()
    assert found(house, "假货") == []
    assert indexing.catch_up(clock()) is False and found(house, "假货") == ["旧案"]
    house.lodge("假货又一件", title="新案")
    assert indexing.catch_up(clock.advance(timedelta(minutes=1))) is False and found(house, "假货") == ["新案", "旧案"]
    assert indexing.catch_up(clock.advance(timedelta(hours=1))) is False


def test_what_is_found_does_not_turn_on_how_common_the_words_are(
    house: Any, lodge: Lodge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL sorts what it finds by a rare word, and looks back from the newest for a common one."""
    for number in range(5):
        lodge(f"第{number}台漏水", title=str(number))
    sorted_ones = found(house, "漏水")
    monkeypatch.setattr(search, "FEW", 0)
    assert found(house, "漏水") == sorted_ones == ["4", "3", "2", "1", "0"]


def test_an_order_is_found_by_its_number_until_its_customer_is_erased(house: Any, lodge: Lodge) -> None:
    case = lodge("壶漏水", title="壶", name="李强", phone="13900139001", order_no="MJ26080900149")
    lodge("灯不亮", title="灯", order_no="MJ26080900150")
    assert found(house, "MJ26080900149") == found(house, "mj26080900149 漏水") == ["壶"]
    assert found(house, "MJ2608090014") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM insight_entry")
        assert not any("MJ2608" in content for (content,) in cursor.fetchall()), "the index tells nobody"
    customers.erase(Customer.objects.get(pk=case.customer_id))
    assert found(house, "MJ26080900149") == [] and found(house, "MJ26080900150") == ["灯"]


def test_what_was_taken_in_when_less_was_indexed_is_brought_up_to_date_in_parts(
    house: Any, lodge: Lodge, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.insight import content, indexing
    from tuoshan.insight.models import Progress

    with monkeypatch.context() as before:
        before.setattr(content, "about", lambda case: "")
        for number in range(3):
            lodge(f"第{number}件漏水", title=str(number), order_no="MJ26080900149")
    assert found(house, "MJ26080900149") == []
    Progress.objects.create(name=indexing.AGAIN)
    assert indexing.catch_up(clock(), most=2) is True and found(house, "MJ26080900149") == ["1", "0"]
    assert indexing.catch_up(clock(), most=2) is False and found(house, "MJ26080900149") == ["2", "1", "0"]
    assert not Progress.objects.filter(name=indexing.AGAIN).exists() and found(house, "漏水") == ["2", "1", "0"]


def test_what_is_shown_by_its_number_is_counted_before_it_is_indexed(house: Any, lodge: Lodge) -> None:
    from tuoshan.office import filters

    case = lodge("壶漏水", title="壶", work=False)
    asked = Conditions.read({"q": case.number})
    assert found(house, case.number) == ["壶"] and filters.counted(house.fresh("lin"), asked) == (1, False)
    house.work()
    assert found(house, case.number) == ["壶"] and filters.counted(house.fresh("lin"), asked) == (1, False)
