"""Several rule books at once: law > platform > house, unless the lower is better for the consumer."""

from datetime import date
from decimal import Decimal

from tests.core.policy.sample import book, due

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.ruling import rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.differences_told import difference, differing
from tuoshan.core.policy.words.wording import lines

DAY = date(2026, 6, 1)


def one(layer: str, then: str, name: str | None = None) -> str:
    """A book that says one thing about every fault."""
    return f"""
policy: {name or layer}_book
version: 1
title: {layer}书 / The {layer} book
source: 测试 / Tests
layer: {layer}
clauses: {{C1: {{article: 无 / none, text: 条款 / Clause}}}}
tables:
  only:
    title: 表 / Table
    hit: collect
    when: [fault]
    rows: [{{id: row, fault: open, then: {then}, clause: C1, because: 理由 / Reason}}]
"""


def together(*texts: str) -> Ruling:
    facts = {"fault": "open", "paid": Decimal("100.00"), "sold_on": DAY, "asked_on": DAY}
    return rule_all([book(text) for text in texts], facts, DAY)


def test_remedies_are_the_union_of_all_layers() -> None:
    ruling = together(one("law", "{right: return}"), one("house", "{right: exchange}"))
    assert set(due(ruling)) == {"return", "exchange"}
    assert not ruling.differences


def test_the_higher_amount_counts_and_both_sides_are_named() -> None:
    ruling = together(
        one("law", "{right: return, amount: paid}"), one("house", "{right: return, amount: paid - 10, fee: '10'}")
    )
    assert due(ruling) == {"return": Decimal("100.00")} and ruling.rights[0].fee == 0
    assert [difference(found).en for found in ruling.differences] == [
        f"The {term}: The house book (C1) falls below law (C1), which is better for the consumer and counts"
        for term in ("amount", "fee")
    ]


def test_a_lower_layer_wins_where_it_is_better_for_the_consumer() -> None:
    law = one("law", "[{right: exchange}, {freight: {back: buyer}}]")
    ruling = together(law, one("house", "{freight: {back: seller}}"))
    assert ruling.freight["back"].value == "seller"
    [found] = ruling.differences
    assert found.better_for_consumer and found.counts.why.pack.layer == "house"


def test_where_nothing_is_due_nobody_bears_freight_unless_it_is_what_is_asked_about() -> None:
    law = one("law", "{duty: 说明 / Explain}")
    assert together(law, one("house", "{freight: {back: buyer}}")).freight == {}
    for alone in ("{freight: {back: buyer, in_itself: true}}", "[{no_right: all}, {freight: {back: buyer}}]"):
        assert together(law, one("house", alone)).freight["back"].value == "buyer"
    assert together(one("house", "{freight: {back: buyer}}")).freight["back"].value == "buyer"


RETURN = "[{right: return, amount: paid}, {freight: {back: buyer}}]"


def legs(ruling: Ruling) -> dict[str, dict[str, object]]:
    return {right.remedy: {leg: one.value for leg, one in right.freight.items()} for right in ruling.rights}


def test_freight_beside_a_remedy_is_that_remedys_and_is_told_once_where_all_agree() -> None:
    """The house shares the freight of its exchange; the law's return costs the consumer the way back alone."""
    ruling = together(one("law", RETURN), one("house", "[{right: exchange}, {freight: {out: half, back: half}}]"))
    assert legs(ruling) == {"return": {"back": "buyer"}, "exchange": {"out": "half", "back": "half"}}
    assert ruling.freight == {} and ruling.differences == ()
    told = [line.words for line in lines(ruling) if line.sign == "cost"]
    assert [words.zh for words in told] == [
        "退货退款：退回运费由消费者承担", "换货：发出运费由双方各半承担", "换货：退回运费由双方各半承担",
    ]  # fmt: skip
    assert told[1].en == "Exchange: outbound freight is borne by half each"
    both = together(one("law", RETURN), one("house", "[{right: exchange}, {freight: {back: buyer}}]"))
    assert [line.words.en for line in lines(both) if line.sign == "cost"] == ["Return freight is borne by the consumer"]


def test_freight_of_a_row_without_a_remedy_concerns_all_and_the_cheapest_of_each_counts() -> None:
    law = one("law", "[{right: return}, {freight: {back: buyer}}]")
    ruling = together(law, one("platform", "{freight: {back: seller}}"), one("house", "{right: [exchange, repair]}"))
    assert legs(ruling) == dict.fromkeys(("return", "exchange", "repair"), {"back": "seller"})
    assert ruling.freight["back"].value == "seller" and len(ruling.differences) == 1
    of_one = one("platform", "{freight: {back: seller, for: exchange}}")
    named = together(law, of_one, one("house", "{right: exchange}"))
    assert legs(named) == {"return": {"back": "buyer"}, "exchange": {"back": "seller"}} and not named.differences


def test_what_is_borne_beside_a_refusal_is_not_borne_beside_a_remedy_that_is_due() -> None:
    refusal = one("platform", "[{no_right: all}, {freight: {out: buyer, back: buyer}}]")
    law = one("law", "[{right: refund, amount: paid}, {freight: {back: buyer}}]")
    assert legs(together(law, refusal)) == {"refund": {"back": "buyer"}}
    accessory = together(one("law", "{right: loaner}"), refusal)
    assert accessory.freight["out"].value == "buyer", "a loaner stands in the place of nothing that is refused"


def test_whose_risk_a_leg_is_is_told_of_its_own_remedy() -> None:
    law = one("law", "[{right: return}, {risk: {back: seller}}]")
    ruling = together(law, one("house", "[{right: exchange}, {risk: {back: buyer}}]"))
    assert [line.words.en for line in lines(ruling) if line.sign == "cost"] == [
        "Return for a refund: the risk on the way back is borne by the seller",
        "Exchange: the risk on the way back is borne by the consumer",
    ]


def test_a_kept_ruling_tells_the_freight_of_each_remedy_and_one_of_before_as_it_was_told() -> None:
    ruling = together(one("law", RETURN), one("house", "[{right: exchange}, {freight: {out: half}}]"))
    data = as_data(ruling)
    assert [line.words for line in lines(from_data(data))] == [line.words for line in lines(ruling)]
    for right in data["rights"]:  # type: ignore[attr-defined]
        del right["freight"], right["risk"]
    data["freight"] = {"out": {"value": "half", "by": data["rights"][0]["given_by"][0]}}  # type: ignore[index]
    assert "发出运费由双方各半承担" in [line.words.zh for line in lines(from_data(data))]


def test_what_one_book_lets_the_consumer_prove_yields_where_another_asks_it_of_the_seller() -> None:
    ruling = together(one("platform", "{proof: {from: seller}}"), one("house", "{proof: {from: buyer}}"))
    assert [proof.what for proof in ruling.proofs] == ["seller"]
    [found] = ruling.differences
    assert difference(found).en == (
        "The proof: The house book (C1) falls below platform rules (C1), which is better for the consumer and counts"
    )
    assert [proof.what for proof in together(one("house", "{proof: {from: buyer}}")).proofs] == ["buyer"]


def test_two_clauses_of_one_book_do_not_differ_from_each_other() -> None:
    ruling = together(one("house", "[{right: return, amount: paid}, {right: return, amount: paid - 1}]"))
    assert len(ruling.rights[0].given_by) == 2 and ruling.differences == ()


def test_a_difference_names_both_clauses_and_which_is_better_for_the_consumer() -> None:
    law, house = one("law", "{right: return, amount: paid}"), one("house", "{right: return, amount: paid - 1}")
    [found] = together(law, house).differences
    assert difference(found).en == (
        "The amount: The house book (C1) falls below law (C1), which is better for the consumer and counts"
    )
    [found] = together(one("law", "{right: return, amount: paid - 1}"), one("house", "{right: return, amount: paid}")
                       ).differences  # fmt: skip
    assert "is better for the consumer than" in difference(found).en


def test_what_a_house_states_below_the_law_is_named_and_not_applied() -> None:
    house = one("house", "{stated: C2}").replace(
        "条款 / Clause}}", "条款 / Clause}, C2: {text: 离柜不认 / No claims later, overridden_by: law_book.C1}}"
    )
    ruling = together(one("law", "{right: return}"), house)
    [stated] = ruling.stated
    assert (stated.pack, stated.clause, [law.clause for law in stated.overridden_by]) == ("house_book", "C2", ["C1"])
    assert set(due(ruling)) == {"return"} and not ruling.refused
    assert "C2" not in [name for _pack, name in ruling.clauses]
    [told] = differing(ruling)
    assert told.zh == "house书 C2 写着“离柜不认”，不适用，因为：[C1] 条款"
    assert told.en == (
        "The house book C2 states \u201cNo claims later\u201d; it is not applied,"
        " because of [C1] Clause"
    )
    assert differing(together(house))[0].en.endswith("because of law_book.C1")
    assert together(house).outside, "what is stated says nothing of the matter itself"


def test_a_refusal_counts_only_where_no_layer_gives_the_remedy() -> None:
    ruling = together(one("law", "{right: exchange}"), one("house", "{no_right: [exchange, return]}"))
    assert set(due(ruling)) == {"exchange"}
    assert [refused.remedy for refused in ruling.refused] == ["return"]
    assert [(one.subject, one.what) for one in ruling.differences] == [("right", "exchange")]


def test_a_floor_of_the_law_lifts_what_a_house_promises() -> None:
    floor, promise = (
        one("law", "{floor: return, amount: paid, fee: '0'}"),
        one("house", "{right: return, amount: paid - 30, fee: '30'}"),
    )
    ruling = together(floor, promise)
    assert due(ruling) == {"return": Decimal("100.00")}
    assert ruling.rights[0].fee == 0
    assert not together(floor).rights


def test_sums_of_the_same_kind_are_not_added_up_but_the_highest_counts() -> None:
    ruling = together(
        one("law", "{extra: {what: fraud, of: paid * 3, at_least: '500'}}"),
        one("house", "{extra: {what: fraud, of: paid}}"),
    )
    assert ruling.extra == Decimal("500.00")


def test_what_is_taken_off_is_the_least_and_never_more_than_the_price() -> None:
    taken = together(
        one("law", "{deduct: {what: gift, of: '20'}}"), one("platform", "{deduct: {what: gift, of: '35'}}"),
        one("house", "{right: return, amount: paid}"),
    )  # fmt: skip
    assert due(taken) == {"return": Decimal("80.00")}
    whole = together(
        one("platform", "{deduct: {what: gift, of: '350'}}"), one("house", "{right: return, amount: paid}")
    )
    assert due(whole) == {"return": Decimal("0.00")}


def test_a_lower_layer_takes_nothing_off_what_a_higher_one_gives() -> None:
    ruling = together(
        one("law", "{right: return, amount: paid}"), one("platform", "{deduct: {what: gift, of: '20'}}"),
        one("house", "{right: return, amount: paid}"),
    )  # fmt: skip
    assert due(ruling) == {"return": Decimal("100.00")}
    assert not ruling.deductions
    [found] = ruling.differences
    assert (found.subject, found.counts.why.pack.layer, found.yields.why.pack.layer) == ("deduct", "law", "platform")


def test_what_is_given_where_no_rule_is_yields_to_a_book_that_governs() -> None:
    law = one("law", "[{right: [return, exchange], where_none_governs: true}, {right: repair}]")
    assert set(due(together(law))) == {"return", "exchange", "repair"}
    governed = together(law, one("house", "{governs: exchange}"))
    assert set(due(governed)) == {"return", "repair"}
    assert not governed.refused
    assert set(due(together(law, one("national", "{governs: [return, exchange, repair]}")))) == {"repair"}


def test_what_a_higher_layer_bars_is_given_by_no_promise() -> None:
    promise = one("house", "[{right: return, amount: paid}, {extra: {what: fraud, of: paid}}]")
    barred = together(one("law", "{bars: all}"), promise)
    assert not barred.rights and barred.extra is None
    assert [refused.remedy for refused in barred.refused] == ["all"]
    assert set(due(together(one("law", "{right: exchange}"), one("platform", "{bars: all}"), promise))) == {"exchange"}


def test_what_a_book_may_still_govern_is_not_promised_before_its_question_is_answered() -> None:
    law = one("law", "{right: exchange, where_none_governs: true}")
    house = """
policy: house_book
version: 1
title: 店规 / House book
source: 测试 / Tests
layer: house
applies: paid > 10
clauses: {C1: 条款 / Clause}
tables:
  only:
    title: 表 / Table
    hit: first
    when: [fault, sold_on]
    rows: [{id: over, fault: open, sold_on: "< 2026-01-01", then: {governs: exchange}, clause: C1}, {id: running}]
"""
    books = [book(law), book(house)]
    known = {"fault": "open", "paid": Decimal("100.00")}
    asked = rule_all(books, known, DAY)
    assert not asked.rights and [question.fact for question in asked.questions] == ["sold_on"]
    assert due(rule_all(books, {**known, "sold_on": DAY}, DAY)) == {"exchange": None}
    assert not rule_all(books, {**known, "sold_on": date(2025, 12, 31)}, DAY).rights
    assert not rule_all(books, {"fault": "open", "sold_on": DAY}, DAY).rights
    assert due(rule_all(books, {"fault": "open", "sold_on": DAY, "paid": Decimal("10.00")}, DAY)) == {"exchange": None}


def test_a_house_condition_that_the_law_does_not_ask_for_weakens_no_legal_right() -> None:
    ruling = together(one("law", "{right: return}"), one("house", "{right: return, needs: [card, packing]}"))
    assert ruling.rights[0].needs == () and not any("须" in line.words.zh for line in lines(ruling))
    [found] = ruling.differences
    assert found.subject == "needs" and not found.better_for_consumer
    law = one("law", "{right: return, needs: [intact, receipt]}")
    other = together(law, one("house", "[{right: return}, {for: return, needs: card}]"))
    assert other.rights[0].needs == ("intact", "receipt"), "one condition of the house does not replace two of the law"
    fewer = together(law, one("house", "{right: return, needs: receipt}"))
    assert fewer.rights[0].needs == ("receipt",) and fewer.differences[0].better_for_consumer


def test_better_terms_of_a_house_keep_its_own_conditions() -> None:
    law = one("law", "{right: return, amount: paid - 10}")
    ruling = together(law, one("house", "[{right: return, amount: paid}, {for: all, needs: card}]"))
    [right] = ruling.rights
    assert right.amount == Decimal("100.00") and right.needs == () and right.better_needs == ("card",)
    assert "Return for a refund: its better terms ask for the guarantee card" in [one.words.en for one in lines(ruling)]


def test_what_a_book_asks_for_stands_beside_its_own_remedies_alone() -> None:
    house = one("house", "[{right: repair}, {right: exchange, if: paid > 200}, {for: exchange, needs: packing}]")
    ruling = together(one("law", "{right: exchange}"), house)
    assert {right.remedy: right.needs for right in ruling.rights} == {"exchange": (), "repair": ()}
    everything = together(one("law", "{right: return}"), one("house", "[{right: repair}, {for: all, needs: card}]"))
    assert {right.remedy: right.needs for right in everything.rights} == {"return": (), "repair": ("card",)}


def test_how_goods_are_sent_back_is_told_whoever_asks_for_it() -> None:
    ruling = together(one("law", "{right: return}"), one("platform", "{right: return, needs: [tracking, card]}"))
    assert ruling.rights[0].needs == ("tracking",)


def until(ruling: Ruling) -> dict[str, date | None]:
    return {right.remedy: right.until for right in ruling.rights}


WEEK = "{right: exchange, until: sold_on}"


def test_a_right_that_the_law_gives_without_a_last_day_is_not_told_with_a_lower_layers() -> None:
    ruling = together(one("law", "{right: exchange}"), one("house", WEEK))
    assert until(ruling) == {"exchange": None} and ruling.rights[0].counted is None
    [found] = ruling.differences
    assert (found.subject, found.better_for_consumer) == ("until", False)
    assert until(together(one("law", WEEK), one("house", "{right: exchange, until: asked_on}"))) == {"exchange": DAY}


def test_a_promise_without_a_last_day_outlasts_the_laws_and_tells_what_it_asks_for() -> None:
    platform = one("platform", "[{right: exchange}, {for: exchange, needs: intact}]")
    [right] = together(one("law", WEEK), platform).rights
    assert right.until is None and right.needs == () and right.better_needs == ("intact",)
    [right] = together(one("law", "{right: exchange}"), platform).rights
    assert right.better_needs == (), "the law gives as much without it"


def test_a_last_day_is_the_earliest_that_it_may_be_while_a_layers_own_is_not_known() -> None:
    law = one("law", "{right: exchange, until: asked_on}")
    facts = {"fault": "open", "paid": Decimal("100.00"), "sold_on": DAY}
    ruling = rule_all([book(law), book(one("house", WEEK))], facts, DAY)
    [right] = ruling.rights
    assert right.until == DAY and [more.fact for more in right.later] == ["asked_on"] and not ruling.questions


def test_what_is_given_where_none_governs_lasts_until_a_book_governs() -> None:
    """The agreed period: article 24 names no last day, but once the period of the house is over the house decides."""
    law = one("law", "{right: exchange, where_none_governs: true}")
    running = one("house", "[{right: exchange, until: sold_on}, {governs: [exchange, repair], after: asked_on}]")
    late = date(2026, 6, 15)
    facts = {"fault": "open", "paid": Decimal("100.00"), "sold_on": DAY, "asked_on": late}
    ruling = rule_all([book(law), book(running)], facts, DAY)
    assert until(ruling) == {"exchange": late}
    assert [(found.subject, found.counts.why.pack.layer) for found in ruling.differences] == [("until", "law")]
    alone = rule_all([book(law), book(one("house", "{governs: exchange, after: asked_on}"))], facts, DAY)
    assert until(alone) == {"exchange": late} and not alone.refused
    for_good = one("law", "{right: exchange}")
    assert until(rule_all([book(for_good), book(running)], facts, DAY)) == {"exchange": None}
    del facts["asked_on"]
    [right] = rule_all([book(law), book(running)], facts, DAY).rights
    assert right.until == DAY and [more.fact for more in right.later] == ["asked_on"]


def test_who_names_no_fee_asks_for_none() -> None:
    fee = one("house", "{right: [exchange, return], amount: paid - 10, fee: '10'}")
    found = {right.remedy: right.fee for right in together(one("law", "{right: exchange}"), fee).rights}
    assert found == {"exchange": 0, "return": 10}
    nameless = together(one("law", "{right: return}"), fee)
    assert {right.remedy: right.fee for right in nameless.rights}["return"] == 10, "the fee is kept of the amount"


def test_a_limit_for_staff_is_none_where_a_higher_layer_gives_more() -> None:
    house = one("house", "[{right: compensation}, {limit: {what: compensation, at_most: 3}}]")
    ruling = together(one("law", "{right: compensation, amount: paid}"), house)
    assert not ruling.limits and due(ruling) == {"compensation": Decimal("100.00")}
    assert [(found.subject, found.better_for_consumer) for found in ruling.differences] == [("limit", False)]
    assert together(one("law", "{right: compensation, amount: '3'}"), house).limits["compensation"].value == 3
    assert together(house).limits["compensation"].value == 3


def guaranteed(layer: str, days: int, more: str = "") -> str:
    """A book with a guarantee of so many days."""
    text = one(layer, "{period: {starts: sold_on, ends: ends}}")
    return text.replace("tables:", f"values: {{ends: {{from: sold_on, plus: {days} days{more}}}}}\ntables:")


def test_of_two_days_of_one_guarantee_the_later_counts_and_is_told_once() -> None:
    """Sold on 1 June: the law's 30 days end on 1 July, the house's 31 on the 2nd, which is better for the consumer;
    its 29 on 30 June fall below the law. Where both say the same day nothing differs."""
    for days, last, told in (
        (31, date(2026, 7, 2), "保修期：house书（C1）比law书（C1）对消费者更有利，按前者"),
        (29, date(2026, 7, 1), "保修期：house书（C1）低于法律（C1），法律对消费者更有利，按法律执行"),
        (30, date(2026, 7, 1), ""),
    ):
        ruling = together(guaranteed("law", 30), guaranteed("house", days))
        said = [line.words.zh for line in lines(ruling) if "保修期到" in line.words.zh]
        assert said == [f"保修期到 2026 年 7 月 {last.day} 日"]
        assert {one.amounts["ends"] for one in ruling.periods} == {last}
        assert [difference(found).zh for found in ruling.differences] == ([told] if told else [])
        kept = from_data(as_data(ruling))
        assert [line.words.zh for line in lines(kept) if "保修期到" in line.words.zh] == said
        assert [difference(found).zh for found in kept.differences] == ([told] if told else [])


def test_the_day_of_a_guarantee_that_counts_may_still_move_with_the_one_that_does_not() -> None:
    """The house's 29 days are lengthened by days in repair that nobody told: the law's 30 are then the least."""
    fact = "facts: {mended: {kind: number, label: 修理天数 / Days in repair, ask: 几天 / How many, min: 0, max: 9}}\n"
    house = guaranteed("house", 29, ", more: mended").replace("values:", fact + "values:", 1)
    ruling = together(guaranteed("law", 30), house)
    [period] = ruling.periods
    assert (period.amounts["ends"], [more.fact for more in period.later]) == (date(2026, 7, 1), ["mended"])
    [said] = [line.words.zh for line in lines(ruling) if "保修期" in line.words.zh]
    assert said == "保修期至少到 2026 年 7 月 1 日（看“修理天数”，可能更晚）"
