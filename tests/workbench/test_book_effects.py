"""Which cases a changed rule book would answer otherwise: named, told in words, page by page, within one's reach."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests.api.callers import Caller
from tests.rulings.test_known import complaint
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import SHOES, books_as_shipped, changed_text, kept  # noqa: F401

from tuoshan import clock
from tuoshan.agenda.models import Item
from tuoshan.cases.models import Case
from tuoshan.catalog.models import OrderRef, Product, ProductLine
from tuoshan.insight import export
from tuoshan.parties.models import OrgUnit, Role
from tuoshan.rulings import effects, keeping, library, past_cases, publishing, touching
from tuoshan.rulings.asking import ask
from tuoshan.rulings.known import Bought, Known
from tuoshan.rulings.models import BookEffect, BookEffectLine, KeptRuling

pytestmark = pytest.mark.django_db
LOST = "不再有退货退款 ¥399.00"
PAGE = "/rule-books/mall_shoes/change"
OPEN, QUARTER = "/rule-books/mall_shoes/effect/open", "/rule-books/mall_shoes/effect/quarter"


def copied(desk: Any) -> Any:  # noqa: F811
    """A copy in which six centimetres are mended, where the sole was worth an exchange."""
    pack, text = changed_text()
    manager = desk.people["manager"].pk
    return publishing.save_draft(pack.name, text, library.text_of(pack)[1], person_id=manager, now=clock.now())


def looked(desk: Any, *, again: bool = False) -> BookEffect:  # noqa: F811
    return effects.begin(copied(desk), desk.people["manager"].pk, again=again)


def sheet_of(client: Any) -> list[list[Any]]:
    file = io.BytesIO(b"".join(client.get(f"{OPEN}.xlsx").streaming_content))
    rows: list[list[Any]] = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return rows


def row_of(page: str, number: str) -> str:
    found = [row for row in page.split("<tr") if f"/case/{number}\"" in row]
    assert len(found) == 1, number
    return found[0]


def test_each_case_stands_with_its_ruling_what_changes_and_what_it_costs(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    ruling = kept(desk, case)
    copied(desk)
    page = desk.client("manager").get(PAGE).content.decode()
    row = row_of(page.partition('id="effect-open"')[2].partition('id="effect-quarter"')[0], case.number)
    assert f"/case/{case.number}/ruling/{ruling.pk}" in row and "2026-03-02" in row and "未结" in row
    assert case.title[:10] in row
    assert f"{LOST}（" in row, "what is lost, with its terms"
    assert "¥399.00 → 换货、维修，不付钱" in row and "→ ¥0.00" not in row, "an exchange is not free"
    assert row_of(page.partition('id="effect-quarter"')[2], case.number)


def test_a_closed_case_of_the_last_quarter_stands_in_that_group_alone(desk: Any) -> None:  # noqa: F811
    case, old = desk.accepted(), desk.accepted()
    kept(desk, case)
    KeptRuling.objects.filter(pk=kept(desk, old).pk).update(kept_at=clock.now() - timedelta(days=93))
    Case.objects.filter(pk__in=[case.pk, old.pk]).update(ended=True)
    run = looked(desk)
    counts = effects.counts_of(run)
    assert (counts.open.looked_at, counts.quarter.looked_at, counts.quarter.many) == (0, 1, 1)
    manager = desk.client("manager")
    assert "没有会变的" in manager.get(OPEN).content.decode()
    assert "已结" in row_of(manager.get(QUARTER).content.decode(), case.number)


def asked_at_the_bench(desk: Any, session: str) -> KeptRuling:  # noqa: F811
    ruling = ask({**SHOES}, date(2026, 3, 2)).ruling
    assert ruling is not None
    agent = desk.people["agent"].pk
    return keeping.keep(ruling, person_id=agent, now=clock.now(), session=session, quantity=3)


def test_what_was_asked_at_the_bench_and_never_became_a_case_is_no_case(desk: Any) -> None:  # noqa: F811
    """One matter registered once and pressed twice before: one case, and the other two are told apart."""
    case = desk.accepted()
    for session in ("first", "second", "third"):
        row = asked_at_the_bench(desk, session)
    keeping.attach([row], case.pk, desk.people["agent"].pk)
    counts = effects.counts_of(looked(desk))
    for found in (counts.open, counts.quarter):
        assert (found.looked_at, found.many, found.changed_before) == (1, 1, Decimal("1197.00"))
    assert counts.quarter.on_bench == 2
    page = desk.client("manager").get(PAGE).content.decode()
    assert "只在裁定台上问过、没有成为工单的 2 份不算" in page
    told = Caller(desk.people["manager"], "read").get("/rule-books/mall_shoes/draft/effect")["last_quarter"]
    assert (told["looked_at"], told["changed_before"], told["on_bench"]) == (1, "1197.00", 2)
    assert [one.pieces for one in past_cases.past_of("quarter", clock.now())] == [3]
    assert len([*past_cases.past_of("all", clock.now())]) == 1
    assert past_cases.only_asked("quarter", clock.now()) == 2 and past_cases.only_asked("open", clock.now()) == 0


def test_who_may_not_see_a_case_sees_neither_its_number_nor_what_it_is_about(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    kept(desk, case)
    looked(desk)
    root = OrgUnit.objects.get(code="hq")
    far = OrgUnit.objects.create(code="far", name_zh="外地", kind="department", department="far", parent=root)
    Role.objects.filter(key="manager").update(reach="unit")
    desk.people["manager"].unit = far
    desk.people["manager"].save()
    manager = desk.client("manager")
    for address in (PAGE, OPEN, QUARTER):
        page = manager.get(address).content.decode()
        assert case.number not in page and case.title[:8] not in page, address
        assert "不在您可见范围内的工单" in page and LOST in page, address
    assert all(case.number not in str(cell) for line in sheet_of(manager) for cell in line)
    (told,) = Caller(desk.people["manager"], "read").get("/rule-books/mall_shoes/draft/effect/open")["cases"]
    assert (told["case"], told["ruling"], told["title"], told["has_case"]) == ("", "", "", True)


def test_the_list_is_turned_to_its_end_with_as_many_queries_as_for_one(desk: Any) -> None:  # noqa: F811
    one = desk.accepted()
    kept(desk, one)
    looked(desk)
    manager = desk.client("manager")
    manager.get(OPEN)
    with CaptureQueriesContext(connection) as few:
        manager.get(OPEN)
    for _each in range(60):
        kept(desk, desk.accepted())
    looked(desk, again=True)
    with CaptureQueriesContext(connection) as many:
        first = manager.get(OPEN).content.decode()
    assert len(many) == len(few)
    after = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = manager.get(OPEN + after).content.decode()
    numbers = list(Case.objects.values_list("number", flat=True))
    assert [first.count(f"/case/{number}\"") + second.count(f"/case/{number}\"") for number in numbers] == [1] * 61
    page = manager.get(PAGE).content.decode()
    assert "全部 61 条" in page
    sheet = sheet_of(manager)
    assert len(sheet) == 62 and {row[0] for row in sheet[1:]} == set(numbers)


def test_a_file_that_does_not_hold_all_says_how_many_there_are(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    """Three lines change. A file for three holds them all; one for two says so above its headings."""
    numbers = [desk.accepted() for _each in range(3)]
    for case in numbers:
        kept(desk, case)
    looked(desk)
    manager = desk.client("manager")
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    assert [row[0] for row in sheet_of(manager)][0] == "编号" and len(sheet_of(manager)) == 4
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    said, headings, *rows = sheet_of(manager)
    assert said[0].startswith("一共 3 条，这个文件只放得下前 2 条。")
    assert "/api/v1/rule-books/mall_shoes/draft/effect/open" in said[0]
    assert headings[0] == "编号" and [row[0] for row in rows] == [case.number for case in reversed(numbers)][:2]


def test_a_large_house_is_looked_at_by_a_job_to_the_last_ruling(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    """More rulings than one step: nothing is left out or counted twice, and the page tells how far it is."""
    monkeypatch.setattr(effects, "RULINGS_AT_ONCE", 2)
    monkeypatch.setattr(effects, "CASES_AT_ONCE", 3)
    for _each in range(7):
        kept(desk, desk.accepted())
    run = looked(desk)
    manager = desk.client("manager")
    page = manager.get(PAGE).content.decode()
    assert run.ended_at is None and "正在对照：已看 4 / 14（29%）" in page and "会变 4 条" in page
    item = Item.objects.get(name=effects.JOB)
    steps = 0
    while effects.go_on(item, clock.now()) is not None:
        steps += 1
        assert steps < 20
    done = BookEffect.objects.get(pk=run.pk)
    counts = effects.counts_of(done)
    assert done.ended_at is not None and (counts.open.looked_at, counts.open.many, counts.quarter.many) == (7, 7, 7)
    assert counts.unruled.looked_at == 0 and effects.go_on(item, clock.now()) is None
    page = manager.get("/rule-books/mall_shoes/effect").content.decode()
    assert "全部看完了" in page and "hx-get" not in page


def test_a_copy_that_is_changed_meanwhile_ends_the_job_and_is_looked_at_anew(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    monkeypatch.setattr(effects, "RULINGS_AT_ONCE", 1)
    for _each in range(4):
        kept(desk, desk.accepted())
    run = looked(desk)
    _pack, text = changed_text()
    manager = desk.client("manager")
    item = Item.objects.get(name=effects.JOB)
    other = text.replace('"<= 7"', '"<= 8"').replace('"> 7"', '"> 8"')
    publishing.save_draft("mall_shoes", other, {}, person_id=desk.people["manager"].pk, now=clock.now())
    assert effects.go_on(item, clock.now()) is None
    assert manager.get(OPEN).status_code == 404, "what was found is of a copy that is no more"
    manager.get(PAGE)
    assert BookEffect.objects.get().pk != run.pk
    while effects.forget_lines():
        pass
    assert not BookEffectLine.objects.filter(effect_id=run.pk).exists()


def test_open_cases_without_a_ruling_are_counted_by_what_is_known_of_them(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    certain, unsure = desk.accepted(), desk.accepted()
    facts = {name: Known({"yes": True, "no": False}.get(value, value), "") for name, value in SHOES.items()}
    monkeypatch.setattr(
        effects, "known_of", lambda case, *_rest: facts if case.pk == certain.pk else {"goods": Known("shoes", "")}
    )
    run = looked(desk)
    found = effects.counts_of(run)
    assert (found.unruled.looked_at, found.unruled.concerned, found.unruled.many, found.unruled.unsure) == (2, 1, 1, 1)
    assert (found.open.looked_at, found.open.many, found.quarter.many) == (0, 1, 0)
    page = desk.client("manager").get(PAGE).content.decode()
    assert "看了 0 份裁定" in page and "另有 2 件未结工单还没有裁定" in page and "1 件会变" in page
    assert "没有裁定，登记于" in row_of(page, certain.number)
    assert unsure.number not in page


def ordered(desk: Any, number: int) -> None:  # noqa: F811
    """An open complaint about shoes of a product and an order of their own, with a closed one about the same before."""
    product = Product.objects.create(code=f"SH-{number}", name="皮鞋", line=f"鞋{number}")
    ProductLine.objects.create(name=f"鞋{number}", goods="shoes")
    OrderRef.objects.create(
        order_no=f"DD1{number:07d}", shop="天猫旗舰店", paid=Decimal("399.00"), signed_at=clock.now(),
        lines=[{"product": product.code, "name": "皮鞋", "quantity": 1, "price": "399.00"}],
    )  # fmt: skip
    about = {"order_no": f"DD1{number:07d}", "product": str(product.pk)}
    Case.objects.filter(pk=complaint(desk, **about).pk).update(ended=True)
    complaint(desk, **about)


def test_a_step_takes_as_many_statements_for_fifty_open_cases_as_for_five(desk: Any) -> None:  # noqa: F811
    """Each with its own order, product and earlier case."""
    steps = []
    for upto in (5, 50):
        for number in range(OrderRef.objects.count(), upto):
            ordered(desk, number)
        run = looked(desk, again=True)
        BookEffect.objects.filter(pk=run.pk).update(ended_at=None, before_ruling=None, after_case=0)
        run.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            effects.take_some(run)
        steps.append(len(asked))
    assert steps[0] == steps[1]
    assert effects.counts_of(BookEffect.objects.get()).unruled.looked_at == 100, "all fifty, and once more"


def test_an_open_case_without_a_ruling_costs_as_much_as_its_pieces(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    """Two pairs by the order, at 399: 798 are paid back before the change."""
    desk.accepted()
    monkeypatch.setattr(effects, "known_of", lambda *_given: {name: Known(value, "") for name, value in SHOES.items()})
    monkeypatch.setattr(effects, "bought", lambda *_given: Bought("皮鞋", 2, ""))
    assert effects.counts_of(looked(desk)).open.cost_before == Decimal("798.00")


def test_cases_that_ended_without_a_ruling_are_named_as_not_looked_at(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    Case.objects.filter(pk=case.pk).update(ended=True, closed_at=clock.now())
    looked(desk)
    assert "没有裁定就结案的 1 件没有看" in desk.client("manager").get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["agent", "lead", "finance"])
def test_what_a_copy_changes_is_for_managers_and_auditors(desk: Any, who: str) -> None:  # noqa: F811
    kept(desk, desk.accepted())
    looked(desk)
    client, auditor = desk.client(who), desk.client("auditor")
    for address in ("/rule-books/mall_shoes/effect", OPEN, f"{OPEN}.xlsx"):
        assert client.get(address).status_code == 403, address
        assert auditor.get(address).status_code == 200, address
    for one in (client, auditor):
        assert one.post("/rule-books/mall_shoes/effect/again").status_code == 403
    assert desk.client("manager").post("/rule-books/mall_shoes/effect/again").status_code == 302
    assert desk.client("manager").get("/rule-books/mall_shoes/effect/nothing").status_code == 404


def test_who_only_reads_begins_nothing_by_looking(desk: Any) -> None:  # noqa: F811
    kept(desk, desk.accepted())
    copied(desk)
    assert "还没有对照过工单" in desk.client("auditor").get(PAGE).content.decode()
    program = Caller(desk.people["auditor"], "read")
    assert program.get("/rule-books/mall_shoes/draft/effect")["state"] == "none"
    program.get("/rule-books/mall_shoes/draft/effect/open", expect=404)
    Caller(desk.people["auditor"], "admin").send("POST", "/rule-books/mall_shoes/draft/effect", {}, expect=403)
    assert not BookEffect.objects.exists()


def test_a_program_reads_the_same_lines_page_by_page(desk: Any) -> None:  # noqa: F811
    cases = [desk.accepted() for _each in range(3)]
    rulings = {case.number: str(kept(desk, case).pk) for case in cases}
    copied(desk)
    manager = Caller(desk.people["manager"], "admin")
    assert manager.get("/rule-books/mall_shoes/draft/effect")["state"] == "none"
    told = manager.post("/rule-books/mall_shoes/draft/effect", {})
    assert (told["state"], told["open_cases"]["many"], told["open_cases"]["changed_before"]) == ("done", 3, "1197.00")
    first = manager.get("/rule-books/mall_shoes/draft/effect/open?limit=2")
    rest = manager.get(f"/rule-books/mall_shoes/draft/effect/open?limit=2&cursor={first['next']}")
    assert {one["case"]: one["ruling"] for one in [*first["cases"], *rest["cases"]]} == rulings and not rest["next"]
    one = first["cases"][0]
    assert one["cost_before"] == "399.00" and any(said.startswith(LOST) for said in one["changes"])


def test_a_change_that_is_taken_back_costs_the_same_the_other_way(desk: Any) -> None:  # noqa: F811
    """Shoes of January; the version counts from tomorrow. Both look at them as if it had been so at the time."""
    kept(desk, desk.accepted())
    draft = copied(desk)
    there = effects.counts_of(effects.begin(draft, desk.people["manager"].pk)).open
    tomorrow = timezone.localdate(clock.now()) + timedelta(days=1)
    publishing.publish("mall_shoes", begins=tomorrow, reason="新办法", confirmed_by="法务部",
                       person_id=desk.people["manager"].pk, now=clock.now())  # fmt: skip
    back = publishing.copy_version("mall_shoes", 1, person_id=desk.people["manager"].pk, now=clock.now())
    again = effects.counts_of(effects.begin(back, desk.people["manager"].pk)).open
    assert (there.many, again.many) == (1, 1)
    assert (there.changed_before, there.changed_after) == (again.changed_after, again.changed_before)
    assert there.changed_more == -again.changed_more != Decimal(0)


def test_beside_it_stands_which_open_cases_it_really_touches_from_the_chosen_day(desk: Any) -> None:  # noqa: F811
    """Bought on 20 January and on 5 February: from 5 February on one changes, from the 6th none."""
    kept(desk, desk.accepted())
    kept(desk, desk.accepted(), sold_on="2026-02-05", delivered_on="2026-02-05")
    copied(desk)
    run = looked(desk)
    for day, many in ((date(2026, 1, 20), 2), (date(2026, 1, 21), 1), (date(2026, 2, 5), 1), (date(2026, 2, 6), 0)):
        found = touching.touched(run, day)
        assert (found.many, found.cases, found.unknown) == (many, many, 0), day
        assert found.cost_before == 399 * many
    page = desk.client("manager").get(f"{PAGE}?begins=2099-01-01").content.decode()
    assert "假如当时就是这样" in page and "看了 2 份裁定，本规则包涉及其中 2 份，2 份会变" in page
    assert "按购买日期选版本：购买日期在 2099-01-01 或以后的才用新版。照这一天发布，未结的 0 条会变" in page
    assert 'name="begins" value="2099-01-01"' in page.partition('action="/rule-books/mall_shoes/publish"')[2]
    program = Caller(desk.people["manager"], "read")
    told = program.get("/rule-books/mall_shoes/draft/effect?begins=2099-01-01")
    assert told["goes_by"] == "sold_on" and told["touched"]["many"] == 0 and told["open_cases"]["many"] == 2
    BookEffectLine.objects.filter(effect_id=run.pk).update(goes_by=None)
    assert touching.touched(run, date(2026, 1, 1)).unknown == 2
    assert "另有 2 条还不知道购买日期" in desk.client("manager").get(PAGE).content.decode()
