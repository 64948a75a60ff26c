"""What a rule book answers: rights, what is missing, which version of a clause, what is not certain."""

from datetime import date
from decimal import Decimal

from tests.core.policy.sample import BOOK, book, due, ruled

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.engine.tracing import trace
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.words.periods_told import counted_words
from tuoshan.core.policy.words.wording import ignored, lines
from tuoshan.rulings import files

PACK = book()
LONG = {"fault": "open", "length_cm": 6, "sold_on": "2026-05-20", "paid": "399.00"}


def test_a_row_that_holds_gives_its_right_with_amount_and_clause() -> None:
    ruling = ruled(PACK, **LONG, asked_on="2026-05-25")
    assert due(ruling) == {"return": Decimal("399.00"), "exchange": None}
    assert [name for _, name in ruling.clauses] == ["A1", "A2"]


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert "return" in due(ruled(PACK, **LONG, asked_on="2026-05-27"))
    assert ruled(PACK, **LONG, asked_on="2026-05-28").rights[0].given_by[0].why.row == "no_fee"
    assert due(ruled(PACK, **{**LONG, "sold_on": "2026-05-10"}, asked_on="2026-05-25"))
    assert not due(ruled(PACK, **{**LONG, "sold_on": "2026-05-10"}, asked_on="2026-05-26"))


def test_a_last_day_counted_the_laws_way_moves_past_the_holiday() -> None:
    """2026-02-10 + 7 = 2026-02-17, inside Spring Festival (15–23 February): the next working day is the 24th."""
    facts = {**LONG, "sold_on": "2026-02-10"}
    assert ruled(PACK, **facts, asked_on="2026-02-24").rights[0].given_by[0].why.row == "early"
    assert ruled(PACK, **facts, asked_on="2026-02-25").rights[0].given_by[0].why.row == "no_fee"


def test_a_period_that_ends_in_an_unpublished_year_is_provisional() -> None:
    ruling = ruled(PACK, date(2027, 1, 20), **{**LONG, "sold_on": "2026-12-28"}, asked_on="2027-01-03")
    assert any("放假安排" in why.zh for why in ruling.provisional)
    assert not ruled(PACK, **{**LONG, "length_cm": 3}, asked_on="2026-05-21").provisional


MONTHS = BOOK.replace("in_15: 15 days}", "in_15: 6 law_months}").replace(
    "values:", "values:\n  ends: {from: sold_on, plus: 6 law_months, more: longer}\n  longer: 1 + 1"
).replace("then: {right: exchange, rank: 3}", "then: {right: exchange, until: ends, rank: 3}")  # fmt: skip


def test_a_period_of_months_counted_the_laws_way_moves_past_the_holiday() -> None:
    """2025-08-17 + 6 months = 2026-02-17, and with 2 days more 2026-02-19: both in Spring Festival, so the 24th."""
    pack, facts = book(MONTHS), {**LONG, "sold_on": "2025-08-17"}
    [exchange] = [right for right in ruled(pack, **facts, asked_on="2026-02-24").rights if right.remedy == "exchange"]
    assert exchange.until == date(2026, 2, 24)
    assert not ruled(pack, **facts, asked_on="2026-02-25").rights


def test_an_end_in_an_unpublished_year_makes_provisional_what_names_it_and_nothing_else() -> None:
    ruling = ruled(book(MONTHS), **{**LONG, "sold_on": "2026-05-20"}, asked_on="2026-05-25")
    assert not ruling.provisional[1:] and ruling.provisional[0].en == "to be verified"  # ends 2026-11-23
    later = ruled(book(MONTHS), date(2026, 12, 1), **{**LONG, "sold_on": "2026-11-20"}, asked_on="2026-11-25")
    unsure = {one.what: [why.en for why in one.provisional] for one in later.statements}
    # 2027-05-20 and 2 days: 05-22, a Saturday; the next working day is 05-24
    assert unsure == {"return": [], "exchange": [
        "to be verified", "24 May 2027 may move as a last day: the holidays of 2027 are not published yet",
    ]}  # fmt: skip


ASSUMED = BOOK.replace("facts:\n  length_cm", """facts:
  promised: {kind: number, label: 约定 / Promised, ask: 约定几个月 / How many months, whole: true, min: 0, max: 60}
  length_cm""").replace("values:\n", """settings:
  months:
    value: 12
    unit: 个月 / months
    min: 1
    max: 60
    whole: true
    label: 保修月数 / Months
    provisional: 暂按一年 / a year for the time being
values:
  longer: promised > months
  ends: {from: sold_on, plus: lasts months}
""").replace("tables:\n", """tables:
  lasting:
    title: 多长 / How long
    hit: first
    when: [longer]
    gives: {lasts: number}
    rows:
      - {id: promised, longer: yes, lasts: promised}
      - {id: rule, lasts: months}
""").replace(
    "then: {right: exchange, rank: 3}, clause: A2", "then: {right: exchange, until: ends, rank: 3}, clause: A1"
).replace(
    "  A2: {text: 十五日内可换 / Exchange within fifteen days, provisional: 待核实 / to be verified}\n", ""
)  # fmt: skip


def test_a_last_day_that_rests_on_a_provisional_setting_is_provisional_and_another_is_not() -> None:
    pack = book(ASSUMED)
    by_rule, by_promise = (ruled(pack, **LONG, asked_on="2026-05-25", promised=months) for months in (12, 13))
    assert by_rule.rights[-1].until == date(2027, 5, 20) and by_promise.rights[-1].until == date(2027, 6, 20)
    unsure = {one.what: [why.en for why in one.provisional] for one in by_rule.statements}
    assert unsure == {"return": [], "exchange": ["a year for the time being"]}
    assert not by_promise.provisional


def test_the_earliest_last_day_is_provisional_where_it_may_rest_on_such_a_setting() -> None:
    asked = ruled(book(ASSUMED), **LONG, asked_on="2026-05-25")
    assert asked.rights[-1].until == date(2027, 5, 20) and [one.fact for one in asked.rights[-1].later] == ["promised"]
    assert [why.en for why in asked.provisional] == ["a year for the time being"]


def test_the_end_of_the_furniture_guarantee_says_that_its_twelve_months_are_ours() -> None:
    """2026-03-02 + 12 months; a card of 24 months names a length of its own, and nothing is assumed."""
    [furniture] = [pack for pack in files.packaged() if pack.name == "furniture_shop"]
    facts = {
        "house": "furniture_shop", "goods": "furniture", "sale": "store", "problem": "quality", "sold_on": "2026-03-02",
        "delivered_on": "2026-03-02", "reported_on": "2026-05-22", "paid": "5000.00", "fault_confirmed": "yes",
        "has_receipt": "yes", "has_card": "yes", "is_replacement": "no", "repair_days": "0", "repairs_same_fault": "0",
        "parts_wait_days": "0", "set_kind": "single", "serious_fault": "formaldehyde",
    }  # fmt: skip
    short, long = (ruled(furniture, **facts, agreed_months=months) for months in (0, 24))
    ends = [one.amounts["ends"] for ruling in (short, long) for one in ruling.periods]
    assert ends == [date(2027, 3, 2), date(2028, 3, 2)]
    ours = "规定没有写总期限，暂按十二个月"
    assert ours in [why.zh for why in short.provisional] and ours not in [why.zh for why in long.provisional]


def test_a_clause_that_is_not_certain_makes_the_ruling_provisional() -> None:
    assert [why.en for why in ruled(PACK, **LONG, asked_on="2026-05-25").provisional] == ["to be verified"]


def test_the_date_that_a_clause_names_chooses_between_its_versions() -> None:
    old = ruled(PACK, date(2024, 7, 20), **{**LONG, "sold_on": "2024-06-30"}, asked_on="2024-07-12")
    new = ruled(PACK, date(2024, 7, 20), **{**LONG, "sold_on": "2024-07-01"}, asked_on="2024-07-12")
    assert due(old)["return"] == Decimal("375.06")  # 399 less 399 × 0.005 × 12 = 23.94
    assert old.rights[0].fee == Decimal("23.94")
    assert due(new)["return"] == Decimal("399.00")


def test_a_missing_fact_is_asked_for_and_never_assumed() -> None:
    ruling = ruled(PACK, fault="open", sold_on="2026-05-20", asked_on="2026-05-25", paid=399)
    assert not ruling.rights and not ruling.refused
    assert [question.fact for question in ruling.questions] == ["length_cm"]


def test_what_no_longer_matters_is_not_asked() -> None:
    ruling = ruled(PACK, fault="worn")
    assert not ruling.questions
    assert [one.remedy for one in ruling.refused] == ["all"]


def test_a_fact_outside_of_its_condition_does_not_exist() -> None:
    assert not ruled(PACK, fault="none", length_cm=9, sold_on="2026-05-20", asked_on="2026-05-25", paid=1).rights


def test_a_period_whose_length_does_not_exist_has_no_end() -> None:
    """A kind for which no table names a length: no end, so it is neither within the period nor past it."""
    named = """
tables:
  lengths:
    title: 期限 / Length
    hit: first
    when: [fault]
    gives: {months: number}
    rows:
      - {id: open, fault: open, months: 2, clause: A1}
      - {id: unnamed}
  period:
    title: 期内 / In the period
    hit: collect
    when: [in_period]
    rows:
      - {id: inside, in_period: yes, then: {right: repair, until: ends}, clause: A2}
      - {id: past, in_period: no, then: {no_right: repair}, clause: A4}
      - {id: wear, in_period: yes, then: {right: loaner}, clause: [A3, A5]}
"""
    head = BOOK.partition("tables:")[0].replace(
        "values:", "values:\n  ends: {from: sold_on, plus: months months}\n  in_period: asked_on <= ends"
    )
    pack = book(head + named.lstrip())
    facts, on = ruled(PACK, fault="none", sold_on="2026-05-20", asked_on="2026-05-25").facts, date(2026, 6, 1)
    ruling = rule(pack, facts, on)
    assert not ruling.rights and not ruling.refused and not ruling.questions
    assert due(rule(pack, {**facts, "fault": "open"}, on)) == {"repair": None}


def test_only_the_amount_waits_for_the_price() -> None:
    ruling = ruled(PACK, **{key: value for key, value in LONG.items() if key != "paid"}, asked_on="2026-05-25")
    assert due(ruling) == {"return": None, "exchange": None}
    assert [question.fact for question in ruling.questions] == ["paid"]


def test_the_question_that_decides_most_comes_first() -> None:
    """What is wrong may settle all by itself; the day of sale tells the window only with the day of asking."""
    assert [question.fact for question in ruled(PACK).questions][:2] == ["fault", "sold_on"]
    assert ruled(PACK, sold_on="2026-05-20").questions[0].fact == "fault"


def test_the_trace_says_which_row_hit_and_why_the_others_did_not_and_is_the_same_each_time() -> None:
    facts = ruled(PACK, **LONG, asked_on="2026-05-25").facts
    one, other = (trace(rule(PACK, facts, date(2026, 6, 1))) for _ in range(2))
    assert one == other
    faults = {row.row: row for row in one[0].rows}
    assert faults["long"].outcome == "hit"
    assert faults["short"].outcome == "passed_over"
    failed = faults["wear"].failed
    assert failed is not None and (failed.column, failed.cell, failed.value) == ("fault", "worn", "open")


def test_the_same_facts_give_the_same_data_whatever_their_order() -> None:
    facts = ruled(PACK, **LONG, asked_on="2026-05-25").facts
    turned = dict(reversed(facts.items()))
    day = date(2026, 6, 1)
    assert as_data(rule(PACK, facts, day), with_trace=True) == as_data(rule(book(BOOK), turned, day), with_trace=True)


def test_a_fact_that_does_not_exist_in_the_matter_is_named_and_not_used() -> None:
    """A length is asked of an open seam alone; told of a worn sole it changes nothing, and that is said."""
    facts = {"fault": "worn", "sold_on": "2026-05-20", "asked_on": "2026-05-25", "paid": "100"}
    told = ruled(book(), length_cm="9 cm", **facts)
    assert told.ignored == ("length_cm",)
    assert [one.en for one in ignored(told).values()] == ["'Length' does not belong to this matter and was not used"]
    assert due(told) == due(ruled(book(), **facts))
    assert ruled(book(), **{**facts, "fault": "open"}, length_cm="9 cm").ignored == ()
    assert ruled(book(), length_cm="9 cm").ignored == (), "what the fault is may still make it a fact"


def test_a_fact_that_one_book_has_no_use_for_but_another_has_is_used() -> None:
    facts = {"problem": "dislike", "sale": "distance", "goods": "phone", "platform": "none", "activated": False}
    assert rule_all(files.packaged(), facts, date(2026, 6, 1)).ignored == ()
    assert rule_all(files.packaged(), {**facts, "problem": "late"}, date(2026, 6, 1)).ignored == ("activated",)


GUARANTEE = BOOK.replace(
    "  fee: paid",
    "  days_off: away_days\n  ends: {from: begins, plus: 12 law_months, more: days_off}\n  fee: paid",
).replace("  length_cm: {", """\
  away_days: {kind: number, whole: true, label: 离店天数 / Days away, called: 维修 / under repair, min: 0}
  again: {kind: yes_no, label: 换来的 / A replacement}
  again_on: {kind: date, label: 换货日 / On, called: 换货 / the replacement, anew: true, asked_if: again}
  length_cm: {""").replace("  rights:\n", """  start:
    title: 起算 / Start
    hit: first
    when: [again]
    gives: {begins: date}
    rows:
      - {id: anew, again: yes, begins: again_on}
      - {id: first, begins: sold_on}
  rights:
""").replace(
    "{right: exchange, rank: 3}",
    "[{right: exchange, rank: 3, until: ends}, {period: {starts: begins, ends: ends, restarts: true}}]",
)
"""A guarantee of twelve months, longer by the days of repair, anew after a replacement."""
AWAY = {**LONG, "sold_on": "2025-05-20", "away_days": 12, "asked_on": "2025-05-27"}


def test_a_period_says_from_when_it_counts_and_which_days_were_left_out() -> None:
    """2025-05-20 + 12 months + 12 days = 2026-06-01, a Monday."""
    [right] = [one for one in ruled(book(GUARANTEE), **AWAY, again="no").rights if one.remedy == "exchange"]
    assert right.until == date(2026, 6, 1) and right.counted is not None
    assert counted_words(right.counted) == Wording(
        "自 2025 年 5 月 20 日购买日起算 12 个月；维修 12 天不计入，期限延长到 2026 年 6 月 1 日",
        "Counted from 20 May 2025, Day of sale: 12 months; 12 days under repair do not count, "
        "so it lasts until 1 June 2026",
    )


def test_a_period_says_that_it_began_anew_and_that_its_last_day_moved() -> None:
    """2025-05-24 + 12 months = 2026-05-24, a Sunday: the Monday after."""
    facts = {**AWAY, "away_days": 0, "again": "yes", "again_on": "2025-05-24"}
    ruling = ruled(book(GUARANTEE), **facts)
    [period] = [line for line in lines(ruling) if line.words.en.startswith("Covered until")]
    assert period.counted == Wording(
        "自 2025 年 5 月 24 日换货重新起算 12 个月，至 2026 年 5 月 25 日止（末日逢休息日，顺延）；换货后重新起算",
        "Counted anew from 24 May 2025, the replacement: 12 months, until 25 May 2026 (moved past days off);"
        " it begins anew with a replacement",
    )
    kept = from_data(as_data(ruling))
    assert [line.counted for line in lines(kept)] == [line.counted for line in lines(ruling)]


def test_the_trace_names_the_days_on_which_a_table_turned() -> None:
    """The window of the sample: seven days of the law and fifteen plain ones from the day of sale."""
    ruling = ruled(book(GUARANTEE), **AWAY, again="no")
    told = {table["table"]: table["periods"] for table in as_data(ruling, with_trace=True)["trace"]}  # type: ignore[attr-defined]
    assert [(one["name"], one["starts"], one["ends"]) for one in told["rights"]] == [
        ("window", "2025-05-20", "2025-05-27"), ("window", "2025-05-20", "2025-06-04")
    ]  # fmt: skip
    assert told["faults"] == []
