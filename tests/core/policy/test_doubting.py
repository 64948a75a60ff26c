"""Rows that exclude each other in one matter, and numbers in a clause's words on which no row turns."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.clause_numbers import numbers_in, numbers_in_english
from tuoshan.core.policy.checking.doubting import doubts
from tuoshan.core.policy.checking.pack_findings import Doubt
from tuoshan.core.policy.editing.clause_editing import with_meant
from tuoshan.core.policy.pack import Pack
from tuoshan.rulings import files

SHOES = (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8")


def changed(*pairs: tuple[str, str]) -> Pack:
    """The shoes' book with other words; its examples hold it to its five centimetres, so it has none of its own."""
    text = SHOES.partition("\nexamples:")[0] + "\n"
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    read = files.read_text(text, "mall_shoes.yaml", lambda name: None)
    assert read.pack is not None and not read.findings
    return read.pack


def found(*pairs: tuple[str, str]) -> dict[str, Doubt]:
    shipped = next(pack for pack in files.packaged() if pack.name == "mall_shoes")
    return {one.key: one for one in doubts(changed(*pairs), shipped.examples) if one.key != "no examples"}


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_no_shipped_book_is_doubted_without_cause(pack: Pack) -> None:
    assert [one.finding.in_language("en") for one in doubts(pack)] == []


def test_repair_and_exchange_that_overlap_are_shown_with_the_stretch() -> None:
    """Repair up to 5 cm, exchange from more than 4 on: between 4 (without) and 5 (with) both are given."""
    one = found(('opening_cm: "> 5"', 'opening_cm: "> 4"'))[
        "repair.glue_small & replacing.exchange: opening_cm more than 4 and up to 5"
    ]
    assert one.finding.severity == "warning"
    said = one.finding.message.zh
    assert said.startswith("开胶长度超过 4、到 5 厘米时两种都给：《修理》第 2 行（glue_small）给维修，")
    assert "《换货、退货》第 2 行（exchange）给换货" in said


def test_repair_and_exchange_that_leave_a_stretch_between_them_are_shown() -> None:
    """Repair up to 4 cm, exchange from more than 5 on: nothing is given for 4.5 cm, nor for 5."""
    keys = found(('opening_cm: "<= 5"', 'opening_cm: "<= 4"'))
    one = keys["repair.glue_small & replacing.exchange: opening_cm more than 4 and up to 5"]
    assert "两种都不给" in one.finding.message.zh


def test_bounds_that_meet_are_no_doubt_wherever_they_lie() -> None:
    keys = found(('opening_cm: "<= 5"', 'opening_cm: "< 5"'), ('opening_cm: "> 5"', 'opening_cm: ">= 5"'))
    assert keys == {}
    exactly = found(('opening_cm: "> 5"', 'opening_cm: ">= 5"'))
    assert set(exactly) == {
        "repair.glue_small & replacing.exchange: opening_cm exactly 5",
        "repair.glue_small & replacing.return_in_full: opening_cm exactly 5",
    } | {key for key in exactly if "return_less_fee" in key}


def test_a_remedy_given_and_refused_in_one_matter_is_shown() -> None:
    keys = found((
        '{id: small_fault, covered: yes',
        '{id: refused, covered: yes, problem: quality, defect: glue, then: {no_right: repair}, clause: M02, because: 不'
        " / No}\n      - {id: small_fault, covered: yes",
    ))  # fmt: skip
    assert set(keys) == {"repair.glue_small & repair.refused: repair"}
    said = keys["repair.glue_small & repair.refused: repair"].finding.message
    assert "同一件事既给又不给维修" in said.zh and "repair is given and refused in one matter" in said.en


def test_a_number_of_a_clause_on_which_no_row_turns_is_shown() -> None:
    """Both sides moved together meet, but the clauses still say five centimetres."""
    keys = found(('opening_cm: "<= 5"', 'opening_cm: "<= 4"'), ('opening_cm: "> 5"', 'opening_cm: "> 4"'))
    assert set(keys) == {"M02: 五厘米", "M03: 五厘米"}
    assert keys["M02: 五厘米"].finding.where == "clauses.M02"


def test_what_is_answered_is_doubted_no_more_until_its_figures_change() -> None:
    pair = ('opening_cm: "> 5"', 'opening_cm: "> 4"')
    keys = found(pair)
    meant = {key: Wording("两种都可以，由顾客选", "Both; the customer chooses") for key in (*keys, "no examples")}
    shipped = next(pack for pack in files.packaged() if pack.name == "mall_shoes")
    assert doubts(replace(changed(pair), meant=meant), shipped.examples) == ()
    other = replace(changed(('opening_cm: "> 5"', 'opening_cm: "> 3"')), meant=meant)
    assert {one.key for one in doubts(other, shipped.examples)} & {
        "repair.glue_small & replacing.exchange: opening_cm more than 3 and up to 5"
    }


def test_an_answer_is_written_into_the_text_and_read_back() -> None:
    text = with_meant(SHOES, "M02: 五厘米", "条款照录原文 / As the source has it")
    text = with_meant(text, "a.b & c.d: e 1..2", "有意的")
    assert text.startswith(SHOES.rstrip())
    read = files.read_text(text, "mall_shoes.yaml", lambda name: None)
    assert read.pack is not None and not read.findings
    assert read.pack.meant == {
        "M02: 五厘米": Wording("条款照录原文", "As the source has it"), "a.b & c.d: e 1..2": Wording("有意的", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("开胶五厘米以内", ["五厘米"]), ("第八日至第十五日", ["第八日", "第十五日"]),
        ("每日千分之二点五", ["千分之二点五"]),
        ("消法第二十四条，一次退清", []), ("2024年7月1日起", []), ("三年或六万公里", ["三年", "六万公里"]),
        ("满210元", ["210元"]), ("M02、GB18401、二十种残次代码", []),
    ],
)  # fmt: skip
def test_numbers_are_read_from_words(text: str, said: list[str]) -> None:
    assert [one.text for one in numbers_in(text)] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Glue open up to five centimetres", {("five centimetres", "5 cm")}),
        ("from the eighth day on, within 15 working days", {("eighth day", "7 days"), ("15 working days", "15 days")}),
        ("a fifteen-day period", {("fifteen-day", "15 days")}), ("three years or 60,000 km", {
            ("three years", "36 months"), ("60,000 km", "60000 km")}),
        ("0.5% of the price a day, twice at most", {("0.5%", "0.5 percent"), ("twice", "2 fold")}),
        ("five hundred yuan; twenty-four hours", {
            ("five hundred yuan", "500 yuan"), ("twenty-four hours", "24 hours")}),
        ("since 2024-07-01; article 24 days, GB 18401, M02; one day; a second repair", set()),
    ],
)  # fmt: skip
def test_numbers_are_read_from_english_words(text: str, said: set[tuple[str, str]]) -> None:
    """Each as it is written and as a table would have it; dates, articles and standards are none."""
    found = {
        (one.text, f"{number.normalize():f} {unit}") for one in numbers_in_english(text) for number, unit in one.forms
    }
    assert said <= found and {text for text, _form in found} == {text for text, _form in said}


def test_a_number_that_the_english_words_of_a_clause_say_otherwise_is_shown() -> None:
    english = next(line for line in SHOES.splitlines() if line.lstrip().startswith("M02:")).partition(" / ")[2]
    other = english.replace("5 cm", "4 cm").replace("five centimetres", "four centimetres")
    assert other != english
    [(key, one)] = found((english, other)).items()
    assert key.startswith("M02: ") and "条款英文写着“" in one.finding.message.zh
    assert one.finding.message.en.startswith("the clause says '")


def test_years_weeks_and_the_day_after_are_the_same_in_a_table() -> None:
    [years, weeks, day, share] = numbers_in("两年、两周、第八日、千分之二点五")
    assert years.forms == {(Decimal(2), "years"), (Decimal(24), "months")}
    assert (Decimal(14), "days") in weeks.forms
    assert day.forms == {(Decimal(8), "days"), (Decimal(7), "days")}
    assert (Decimal("0.0025"), "") in share.forms


GUARANTEE = "      - {id: others, guarantee_months: 1, clause: M01}\n"


def test_a_row_for_all_the_rest_that_leaves_a_length_out_is_shown_with_a_matter_that_goes_without() -> None:
    """Cloth and other shoes have one month by M01; without it nobody knows until when they may be exchanged."""
    assert GUARANTEE in SHOES
    one = found((GUARANTEE, "      - {id: new}\n"))["guarantee.new: no guarantee_months"]
    assert one.finding.severity == "warning" and one.finding.where == "tables.guarantee.rows.new"
    said = one.finding.message
    assert "没有给保修月数（guarantee_months）：鞋类（shoe_kind）：布鞋（cloth）的就没有" in said.zh
    assert "Kind of shoe (shoe_kind): Cloth (cloth) goes without" in said.en


def test_a_row_with_a_condition_may_leave_it_out_and_so_may_one_whose_result_nothing_is_worked_out_by() -> None:
    assert "guarantee.new: no guarantee_months" not in found(
        (GUARANTEE, "      - {id: new, shoe_kind: cloth}\n" + GUARANTEE)
    )
    law = next(pack for pack in files.packaged() if pack.name == "consumer_law")
    assert not law.tables["last_days"].rows[-1].outputs and doubts(law) == ()


def test_a_book_without_an_example_is_shown_as_proved_by_nothing() -> None:
    keys = {one.key: one for one in doubts(changed())}
    assert "没有一个例子" in keys["no examples"].finding.message.zh
    answered = with_meant(SHOES.partition("\nexamples:")[0], "no examples", "照录，尚未试过 / Not tried yet")
    read = files.read_text(answered, "mall_shoes.yaml", lambda name: None)
    assert read.pack is not None and "no examples" not in {one.key for one in doubts(read.pack)}


LAMPS = """
policy: lamps
version: 1
title: 灯 / Lamps
source: 测试 / Tests
layer: house
facts:
  lamp: {kind: choice, label: 灯 / Lamp, ask: 什么灯 / Which lamp, choices: {desk: 台灯 / Desk lamp, floor: 落地灯 / Floor lamp}}
  fault_of_lamp: {kind: choice, label: 毛病 / Fault, ask: 什么毛病 / Which fault, choices: {dark: 不亮 / Dark, loose: 松动 / Loose}, asked_if: lamp == 'floor'}
  hours_lit: {kind: number, label: 用了多久 / Hours, ask: 用了几小时 / How many hours, unit: 小时 / hours, min: 0}
clauses:
  L1: 松动的可修 / What is loose is repaired
  L2: 用过的不修 / What was used is not repaired
tables:
  kinds:
    title: 种类 / Kinds
    hit: first
    when: [lamp, fault_of_lamp]
    gives: {mendable: yes_no}
    rows:
      - {id: loose, lamp: floor, fault_of_lamp: loose, mendable: yes, clause: L1}
      - {id: others, mendable: no, clause: L1}
  giving:
    title: 给 / Giving
    hit: first
    when: [mendable, hours_lit]
    rows:
      - {id: mend, mendable: yes, hours_lit: "<= 100", then: {right: repair}, clause: L1}
      - {id: rest}
  refusing:
    title: 不给 / Refusing
    hit: first
    when: [hours_lit, lamp]
    rows:
      - {id: desk, lamp: desk, then: {no_right: all}, clause: L2, because: 台灯不修 / Desk lamps are not mended}
      - {id: used, hours_lit: "> 40", then: {no_right: repair}, clause: L2, because: 用过 / Used}
      - {id: rest}
"""  # noqa: E501
"""A loose floor lamp lit for more than 40 hours and up to 100 is repaired by the one table and not by the other. A desk
lamp has no fault that is asked for, so that it is never repaired: of it the tables agree."""


def lamps(*pairs: tuple[str, str]) -> dict[str, Doubt]:
    text = LAMPS
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    read = files.read_text(text, "lamps.yaml", lambda name: None)
    assert read.pack is not None and not read.findings, read.findings
    return {one.key: one for one in doubts(read.pack) if one.key != "no examples"}


def test_two_tables_that_answer_the_same_facts_otherwise_are_found_without_an_example() -> None:
    [(key, one)] = lamps().items()
    assert key == "giving.mend & refusing.used: repair"
    said = one.finding.message
    assert "同一件事既给又不给维修：《给》第 1 行（mend）给，《不给》第 2 行（used）不支持" in said.zh
    assert "例如用了多久（hours_lit）：70 小时；灯（lamp）：落地灯（floor）；" in said.zh
    assert "毛病（fault_of_lamp）：松动（loose）" in said.zh
    assert "Lamp (lamp): Floor lamp (floor)" in said.en


def test_tables_whose_bounds_meet_or_that_exclude_each_other_answer_alike() -> None:
    assert lamps(('"<= 100"', '"<= 40"')) == {}
    assert lamps(('"> 40"', '"> 100"')) == {}
    desk = "{id: desk, lamp: desk"
    assert lamps(("{id: used, ", "{id: used, lamp: desk, "), (desk, f'{desk}, hours_lit: "> 500"')) == {}


def test_remedies_of_two_tables_whose_bounds_leave_a_gap_are_found_without_an_example() -> None:
    """Repair up to 100 hours and, by another table, exchange from more than 300: for 200 there is neither."""
    swap = '{id: used, hours_lit: "> 300", lamp: floor, then: {right: exchange}, clause: L2}'
    keys = lamps(('{id: used, hours_lit: "> 40", then: {no_right: repair}, clause: L2, because: 用过 / Used}', swap))
    [(key, one)] = keys.items()
    assert key == "giving.mend & refusing.used: hours_lit more than 100 and up to 300"
    assert "用了多久超过 100、到 300 小时时两种都不给" in one.finding.message.zh
    assert "界限没有接上（例如灯（lamp）：落地灯（floor）" in one.finding.message.zh


def test_a_matter_of_which_the_book_does_not_speak_is_none_and_its_example_breaks_nothing() -> None:
    """Of floor lamps this book is silent, so that nothing of theirs contradicts; of all lamps they do."""
    dated = LAMPS.replace("L2: 用过的不修 / What was used is not repaired", (
        "L2: {text: 用过的不修 / What was used is not repaired, in_force: {by: lit_on, from: 2020-01-01}}"
    ))  # fmt: skip
    dated = dated.replace("  hours_lit:", "  lit_on: {kind: date, label: 点亮日 / Lit, ask: 哪天 / When}\n  hours_lit:")
    example = "{id: 一 / one, today: 2026-06-03, facts: {lamp: floor, lit_on: 2026-06-01}, expect: {}}"
    for applies, keys in (("lamp == 'desk'", set()), ("has(lamp)", {"giving.mend & refusing.used: repair"})):
        text = dated.replace("layer: house", f"layer: house\napplies: {applies}")
        text += f"\nexamples:\n  - {example}\n"
        read = files.read_text(text, "lamps.yaml", lambda name: None)
        assert read.pack is not None and not read.findings, read.findings
        assert {one.key for one in doubts(read.pack)} == keys
