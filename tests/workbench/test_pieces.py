"""Several pieces and lines from the order to the proposal: what is filled in, what is held against it, to the fen."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import SHOES, address, bench, books_as_shipped  # noqa: F401

from tuoshan import clock
from tuoshan.cases import service
from tuoshan.cases.models import Case
from tuoshan.cases.orders import Order
from tuoshan.cases.possible import Standing
from tuoshan.catalog.models import Category, OrderRef
from tuoshan.core.policy.comparing import effect, replaced
from tuoshan.rulings import effects, holding, keeping, library, past_cases, printing, proposing, publishing
from tuoshan.rulings.models import BookEffectLine, KeptRuling

pytestmark = pytest.mark.django_db

RETURNED = {name: value for name, value in SHOES.items() if name != "paid"} | {"reported_on": "2026-01-25"}
"""A fault within seven days: the price back."""
DECEIVED = RETURNED | {"deceived": "yes", "staged_claim": "no", "label_flaw_only": "no"}


def ordered(desk: Any, many: int, price: str, paid: str, amount_paid: str = "") -> Any:  # noqa: F811
    """A complaint, accepted, about an order of so many pairs, of which it says what was paid."""
    OrderRef.objects.create(
        order_no="DD00000077", shop="门店", paid=Decimal(paid), ordered_at="2026-01-20T10:00:00+08:00",
        lines=[{"product": "SH-1", "name": "半月皮鞋", "quantity": many, "price": price}],
    )  # fmt: skip
    category = str(Category.objects.get(code="quality-workmanship").pk)
    given = {"channel": "hotline", "what_happened": "开胶", "category": category, "order_no": "DD00000077",
             "amount_paid": Decimal(amount_paid or paid)}  # fmt: skip
    done = service.register(
        playbook="complaint", actor=service.ActingAs.by_person(desk.people["agent"]), values=given, channel="hotline",
        customer_id=desk.house.customer.pk, unit_id=desk.house.unit.pk, title="开胶",
    )  # fmt: skip
    assert done.accepted, done.refusal
    case = Case.objects.get(pk=done.case_id)
    accepted = {"category": category, "impact": "low", "urgency": "low", "next_step": "明天回电",
                "handler": str(desk.house.agent.pk)}  # fmt: skip
    done = desk.house.act(case, "accept_simple", **accepted)
    assert done.accepted, done.refusal
    return desk.read(case)


def opened(desk: Any, case: Any, **facts: str) -> str:  # noqa: F811
    """The query of the bench as the case opens it, with these facts of its line answered."""
    page = desk.client("agent").get(f"/case/{case.number}").content.decode()
    link = page.partition('id="rulings-h"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    query = {name: value for name, [value] in parse_qs(urlsplit(link).query).items()}
    return urlencode({**{f"f1-{name}": value for name, value in facts.items()}, **query})


def keep(desk: Any, query: str) -> list[KeptRuling]:  # noqa: F811
    assert desk.client("agent").post("/rulings/keep", {"query": query}).status_code == 302
    return list(KeptRuling.objects.order_by("id"))


def filled(desk: Any, case: Any) -> tuple[str, str]:  # noqa: F811
    """The sum and the money back with which a proposal begins."""
    page = desk.htmx("agent", "get", f"/case/{case.number}/do/act/propose")
    given = page.context["form"].initial
    return str(given["amount"]), str(given.get("refund_amount"))


def propose(desk: Any, case: Any, amount: str, back: str, *remedies: str) -> Any:  # noqa: F811
    given = {"cause": "material-faulty", "liable": "product", "remedies": list(remedies or ["return_refund"]),
             "remedy_steps": "按方案办理", "amount": amount, "refund_amount": back,
             "carry_out_by": "2026-03-20"}  # fmt: skip
    return desk.client("agent").post(f"/case/{case.number}/do/act/propose", given)


def test_two_pieces_of_one_order_are_paid_back_for_what_was_paid_and_no_more(desk: Any) -> None:  # noqa: F811
    """798 paid for two at 399: 399 a piece, 798 in all; neither guard nor ceiling wants anything else."""
    case = ordered(desk, 2, "399.00", "798.00")
    query = opened(desk, case, **RETURNED)
    assert "f1-paid=399.00" in query and "f1-quantity=2" in query
    page = desk.client("agent").get(f"/rulings/?{query}").content.decode()
    assert "¥798.00" in page.partition("合计最多付出")[2][:200]
    keep(desk, query)
    assert filled(desk, case) == ("798.00", "798.00")
    assert propose(desk, case, "797.99", "797.99").status_code == 422
    assert propose(desk, case, "798.01", "798.01").status_code == 422
    assert propose(desk, case, "798", "798").status_code == 302


def test_a_hundred_for_three_is_paid_back_as_a_hundred(desk: Any) -> None:  # noqa: F811
    """33.33, 33.33 and 33.34."""
    case = ordered(desk, 3, "40.00", "100.00")
    query = opened(desk, case, **RETURNED)
    page = desk.client("agent").get(f"/rulings/?{query}").content.decode()
    assert "¥33.33 × 2、¥33.34 × 1" in page and "¥100.00" in page.partition("合计最多付出")[2][:200]
    rows = keep(desk, query)
    assert [(keeping.facts_of(row)["paid"], row.quantity) for row in rows] == [("33.33", 2), ("33.34", 1)]
    assert filled(desk, case) == ("100.00", "100.00")
    assert propose(desk, case, "99.99", "99.99").status_code == 422
    assert propose(desk, case, "100.00", "100.00").status_code == 302


def test_damages_on_a_sum_that_leaves_a_rest_are_reckoned_on_that_sum(desk: Any) -> None:  # noqa: F811
    """100.00 for three: three times that is 300.00, less than 500, so 500.00 once; with the price 600.00. For 200.00
    600.00, with the price 800.00."""
    for paid, comes_to in (("100.00/3", "¥600.00"), ("200.00/3", "¥800.00")):
        page = bench(desk, {**DECEIVED, "paid": paid, "quantity": "3"})
        assert comes_to in page.partition("合计最多付出")[2][:200], paid


def test_ruled_on_more_than_was_paid_it_is_said_and_never_filled_in(desk: Any) -> None:  # noqa: F811
    """By the case 399 were paid; on the bench somebody has made it two pieces at 399."""
    case = ordered(desk, 1, "399.00", "399.00")
    query = opened(desk, case, **RETURNED).replace("f1-quantity=1", "f1-quantity=2")
    page = desk.client("agent").get(f"/rulings/?{query}").content.decode()
    assert "一共 ¥798.00，多于工单：实付金额 ¥399.00" in page
    keep(desk, query)
    assert filled(desk, case) == ("399.00", "399.00")
    given = desk.htmx("agent", "get", f"/case/{case.number}/do/act/propose").context["form"].initial
    assert "798" not in given["remedy_steps"], "what is not filled in is not said to the customer"
    refused = propose(desk, case, "399", "399")
    assert refused.status_code == 422
    assert "裁定按实付 798.00 元作出，工单里的实付是 399.00 元" in refused.content.decode()


def test_two_pieces_on_the_bench_are_registered_with_what_was_paid_for_both(desk: Any) -> None:  # noqa: F811
    """And the case that comes of it is ruled on once more by the piece."""
    lines = ({**RETURNED, "paid": "399", "quantity": "2"}, {**RETURNED, "paid": "200.50"})
    answer = desk.client("agent").post("/rulings/keep", {"query": address(*lines).partition("?")[2]})
    form = desk.client("agent").get(answer.headers["Location"]).content.decode()
    assert 'value="998.50"' in form.partition('name="amount_paid"')[2][:200], "twice 399, and 200.50"
    case = ordered(desk, 2, "399.00", "998.50")
    OrderRef.objects.all().delete()
    KeptRuling.objects.update(case_id=case.pk)
    again = parse_qs(opened(desk, case))
    assert (again["f1-paid"], again["f2-paid"]) == (["399.00"], ["200.50"])


def test_the_minimum_of_damages_counts_once_for_all_pieces(desk: Any) -> None:  # noqa: F811
    """Two pairs at 50: 300 as reckoned, so 500, and 100 back: 600 to propose, to keep to, and below which is less than
    the law gives."""
    case = ordered(desk, 2, "50.00", "100.00")
    query = opened(desk, case, **DECEIVED)
    page = desk.client("agent").get(f"/rulings/?{query}").content.decode()
    assert "2 件一共算得 ¥300.00，不足最低额，按 ¥500.00，只算一次" in page
    assert "¥600.00" in page.partition("合计最多付出")[2][:200]
    [row] = keep(desk, query)
    assert filled(desk, case) == ("600.00", "100.00")
    kept = desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk}").content.decode()
    assert "不足最低额，按 ¥500.00，只算一次）：¥500.00" in kept and "最多付出合计 ¥600.00" in kept
    assert keeping.below_law(row, "return", Decimal("599.99")) and not keeping.below_law(row, "return", Decimal(600))
    assert propose(desk, case, "599.99", "100").status_code == 422
    assert propose(desk, case, "600", "100").status_code == 302


def test_lines_of_one_purchase_reach_the_minimum_together(desk: Any) -> None:  # noqa: F811
    """60 and 40 of one day: 180 and 120 as reckoned, 500 for both, of which 300 and 200; with the prices 600. Bought on
    two days they are two purchases: 1,100."""
    case = ordered(desk, 2, "50.00", "100.00")
    lines = ({**DECEIVED, "paid": "60"}, {**DECEIVED, "paid": "40"})
    page = bench(desk, *lines)
    assert "¥600.00" in page.partition("合计最多付出")[2][:200] and page.count("只算一次）：<span") == 1
    other_day = {**lines[1], "sold_on": "2026-01-19", "delivered_on": "2026-01-19"}
    assert "¥1,100.00" in bench(desk, lines[0], other_day).partition("合计最多付出")[2][:200]
    rows = keep(desk, address(*lines, case=case.number).partition("?")[2])
    assert [keeping.on_top_of(row) for row in rows] == [Decimal(300), Decimal(200)]
    assert [keeping.on_top_of(row, by_law=True) for row in rows] == [Decimal(300), Decimal(200)]
    assert filled(desk, case) == ("600.00", "100.00")
    assert propose(desk, case, "599.99", "100").status_code == 422
    assert propose(desk, case, "600", "100").status_code == 302


def test_a_changed_book_costs_the_minimum_once_for_lines_of_one_purchase(desk: Any, monkeypatch: Any) -> None:  # noqa: F811
    """60 and 40 of one day: 600 by the law as it is. With a minimum of 600 it is divided as 360 and 240: 700, whichever
    step of the job looks at which line, on the screen as by the command."""
    case = ordered(desk, 2, "50.00", "100.00")
    lines = ({**DECEIVED, "paid": "60"}, {**DECEIVED, "paid": "40"})
    keep(desk, address(*lines, case=case.number).partition("?")[2])
    law = library.newest("consumer_law")
    text, beside = library.text_of(law)
    text = text.partition("\nexamples:")[0] + "\n"  # they hold the book to its minimum
    higher = text.replace('of: paid * 3, at_least: "500"', 'of: paid * 3, at_least: "600"')
    assert higher != text
    manager = desk.people["manager"].pk
    draft = publishing.save_draft("consumer_law", higher, beside, person_id=manager, now=clock.now())
    for at_once in (500, 1):
        monkeypatch.setattr(effects, "RULINGS_AT_ONCE", at_once)
        run = effects.begin(draft, manager, again=True)
        while effects.take_some(run):
            pass
        found = effects.counts_of(run).open
        assert (found.cost_before, found.cost_after, found.changed_more) == (Decimal(600), Decimal(700), Decimal(100))
        told = sorted(BookEffectLine.objects.filter(effect_id=run.pk).values_list("cost_before", "cost_after"))
        assert told == [(Decimal(240), Decimal(280)), (Decimal(360), Decimal(420))]
    changed = library.read_version("consumer_law", higher, beside).pack
    assert changed is not None
    by_command = effect(past_cases.past_of("open", clock.now()), library.packs(), replaced(library.packs(), changed))
    assert (by_command.cost_before, by_command.cost_after) == (Decimal(600), Decimal(700))
    assert sorted(one.costs_more for one in by_command.changed) == [Decimal(40), Decimal(60)]


def test_the_paper_says_how_damages_were_reckoned(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    case = ordered(desk, 2, "50.00", "100.00")
    [row] = keep(desk, opened(desk, case, **DECEIVED))
    printing.paper_of(row, case.number, "zh-hans")
    printing.paper_of(row, case.number, "en")
    chinese, english = ({**dict(one.sums), **dict(one.within)} for one in seen)
    assert [len(one.sums) for one in seen] == [2, 2], "what is in the sum does not stand in its column"
    assert chinese["其中惩罚性赔偿（2 件一共算得 ¥300.00，不足最低额，按 ¥500.00，只算一次）"] == "¥500.00"
    assert chinese["按上面列的方案一共"] == english["In all, by the remedies named above"] == "¥600.00"
    assert english[
        "Of which punitive damages (¥300.00 as reckoned for 2 in all, below the minimum, so ¥500.00, once)"
    ] == "¥500.00"
    alone = [words for _sign, words, _clauses in seen[0].parts[0].lines if words.startswith("惩罚性赔偿")]
    assert alone == ["惩罚性赔偿 ¥500.00（2 件一共算得 ¥300.00，不足最低额 ¥500.00，按最低额，只算一次）"]


def test_all_that_customer_and_approver_read_is_of_both_belts(desk: Any) -> None:  # noqa: F811
    """99.00 each, by deceit: 198.00 back and three times 198.00, which is 594.00; 792.00 in all."""
    case = ordered(desk, 2, "99.00", "198.00")
    [row] = keep(desk, opened(desk, case, **DECEIVED, serious_harm="no"))
    on_top = "惩罚性赔偿 ¥594.00（2 件：99.00 × 2 × 3）"
    said = printing.text_of(row, "zh-hans")
    assert said.startswith("半月皮鞋：2 件一共可以退货退款 ¥198.00（2 × 99.00）")
    assert "¥792.00" in said.partition("\n")[0]
    assert f"- {on_top}" in said and "- 退货退款 ¥198.00（2 × 99.00）" in said and "物品件数 2 件" in said
    assert "500.00" not in said and "599.00" not in said and "一件合计" not in said
    english = printing.text_of(row, "en")
    assert "Punitive damages ¥594.00 (2 pieces: 99.00 × 2 × 3)" in english and "500.00" not in english
    page = desk.htmx("agent", "get", f"/case/{case.number}/do/act/propose")
    given = page.context["form"].initial
    assert given["remedy_steps"] == f"半月皮鞋 × 2：退货退款 ¥198.00（2 × 99.00）；另付{on_top}；2 件合计 ¥792.00"
    assert given["remedies"] == ["return_refund", "compensation"] and given["amount"] == Decimal("792.00")
    panel = desk.client("agent").get(f"/case/{case.number}").content.decode().partition('id="rulings-h"')[2]
    assert "按裁定合计最多付出 ¥792.00" in panel
    asked = {"cause": "material-faulty", "liable": "product", "carry_out_by": "2026-03-20", **given}
    assert desk.client("agent").post(f"/case/{case.number}/do/act/propose", asked).status_code == 302
    told = desk.client("lead").get(f"/case/{case.number}/do/act/approve").content.decode()
    assert "2 件一共可以" in told and "按裁定合计最多付出 ¥792.00" in told


def test_pieces_that_cost_a_fen_more_are_in_the_multiple(desk: Any) -> None:  # noqa: F811
    """200.00 for three: two at 66.67 and one at 66.66; three times 200.00 is 600.00."""
    page = bench(desk, {**DECEIVED, "paid": "200.00/3", "quantity": "3"})
    text = page.partition('data-copy="')[2].partition('"')[0]
    assert "惩罚性赔偿 ¥600.00（3 件：(66.66 + 66.67 × 2) × 3）" in text


def test_what_was_refunded_already_counts_for_what_was_ruled(desk: Any) -> None:  # noqa: F811
    """A refund of 100 is carried out and the case goes on: of 399 ruled, 299 are left, by guard and ceiling alike."""
    case = ordered(desk, 1, "399.00", "399.00")
    keep(desk, opened(desk, case, **RETURNED))
    acting = service.ActingAs.by_person(desk.people["agent"])
    standing = Standing(case, acting)
    state = replace(standing.state, settled={"refund_amount": "100.00"})
    form = standing.playbook.actions["propose"].form
    assert proposing.initial(case.pk, standing.playbook, form, state)["refund_amount"] == Decimal("299.00")
    for amount, enough in (("298.99", False), ("299.00", True)):
        given = {"remedies": ("return_refund",), "amount": Decimal(amount)}
        after = replace(state, facts={**state.facts, **given})
        refused = holding.less_than_ruled(case.pk, Order("act", acting, "propose", given), standing.playbook, after)
        assert (refused is None) == enough, amount


def headline(page: str) -> str:
    return page.partition('<p class="font-semibold text-base">')[2].partition("</p>")[0]


def test_the_headline_is_for_all_pieces_of_the_line(desk: Any) -> None:  # noqa: F811
    """Two at 399.00, deceived: 798.00 back and three times 798.00, which is 2,394.00, on top."""
    two = {**DECEIVED, "paid": "399", "quantity": "2"}
    said = headline(bench(desk, two))
    assert said.startswith("2 件一共可以退货退款 ¥798.00（2 × 399.00）")
    assert said.endswith("，另付 ¥2,394.00（2 × 1,197.00）")
    assert "惩罚性赔偿 ¥2,394.00（2 件：399.00 × 2 × 3）" in bench(desk, two), "and so are its lines"
    one = bench(desk, {**two, "quantity": "1"})
    assert headline(one).startswith("可以退货退款 ¥399.00；") and "惩罚性赔偿 ¥1,197.00（¥399.00 × 3）" in one
    rest = headline(bench(desk, {**RETURNED, "paid": "100.00/3", "quantity": "3"}))
    assert rest.startswith("3 件一共可以退货退款 ¥100.00（2 × 33.33 + 33.34）")


def test_a_minimum_of_several_lines_is_this_lines_part_in_its_headline(desk: Any) -> None:  # noqa: F811
    """50 for one and 50 for two: three times 150 is 450, less than 500, divided 1 to 2: 166.67 and 333.33."""
    one, two = {**DECEIVED, "paid": "50"}, {**DECEIVED, "paid": "50", "quantity": "2"}
    assert headline(bench(desk, one, two, line="2")).endswith("，另付 ¥333.33")


def test_what_is_owed_besides_is_not_to_be_chosen(desk: Any) -> None:  # noqa: F811
    """Unsafe food with a loss: money back or another one, and the loss with either; nobody chooses the loss alone."""
    from tests.core.policy.test_told import FOOD

    facts = {name: str(value).replace("2026-05", "2026-02") for name, value in FOOD.items()}
    page = bench(desk, {**facts, "quantity": "2", "choice": "compensation"})
    choice = page.partition('id="bench-choice"')[2].partition("</select>")[0]
    assert "换货" in choice and "退货退款" in choice and "补偿" not in choice and "selected" not in choice
    assert "未选，按最贵的" in page and "另外补偿 ¥666.68（2 × 333.34）" in headline(page)
    keep(desk, urlencode({f"f1-{name}": value for name, value in {**facts, "choice": "compensation"}.items()}))
    assert KeptRuling.objects.get().chosen == ""


def test_a_kept_line_of_several_pieces_says_its_sum_for_all_of_them(desk: Any) -> None:  # noqa: F811
    case = ordered(desk, 2, "399.00", "798.00")
    [row] = keep(desk, opened(desk, case, **RETURNED))
    said = "2 件一共可以退货退款 ¥798.00（2 × 399.00）"
    assert row.verdict_zh.startswith("可以退货退款 ¥399.00"), "frozen as it was ruled, for one piece"
    for page in (f"/case/{case.number}", f"/case/{case.number}/ruling/{row.pk}"):
        assert said in desk.client("agent").get(page).content.decode(), page
