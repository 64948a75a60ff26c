"""What keeps a rule book from ruling: each trap is found, named by its line, and comes with its mend."""

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.core.policy.sample import BOOK, book, findings

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.checking.packs import check_pack
from tuoshan.core.policy.checking.version_checking import check_holes, check_overridden, check_versions
from tuoshan.core.policy.pack import NUMBER_TO_VERIFY, InForce
from tuoshan.rulings import files


def found(text: str) -> list[str]:
    return [one.in_language("en") for one in findings(text)[1]]


def test_the_sample_is_in_order() -> None:
    assert book().name == "sample"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("      - {id: nothing, serious: no}\n", "", "no row holds for: Fault (fault): None (none)"),
        ("hit: first\n    when: [fault, length_cm]", "hit: unique\n    when: [fault, length_cm]", "together with"),
        ("{id: short, fault: open,", "{id: short, fault: open, length_cm: '> 9',", "can never hit"),
        ("when: [serious, window]", "when: [serious, windw]", "did you mean 'window'"),
        ("fault: worn, serious", "fault: torn, serious", "no choice 'torn'"),
        ('length_cm: "> 5"', 'length_cm: "> long"', "'> long' is no number"),
        ("window: in_7, then", "window: in_8, then", "no choice 'in_8'"),
        ("fee: paid * 0.005 * age", "fee: paid * 0.005 * fault", "'*' cannot join"),
        ("amount: paid - fee", "amount: paid - fees", "there is no 'fees'"),
        ("amount: paid - fee", "amount: paid - age", "'paid - age': yuan and days cannot be added"),
        ("fee: paid * 0.005 * age", "fee: paid * 0.005 + age * 2", "yuan and days cannot be added"),
        ("amount: paid - fee", "amount: length_cm", "'length_cm': cm and yuan cannot be"),
        ("fee: paid * 0.005 * age", "fee: paid * 0.005 * age\n  dear: age > paid", "'age > paid': days and yuan"),
        ("in_15: 15 days}", "in_15: paid months}", "'paid months': yuan and months"),
        ("else: later}", "else: later, less: length_cm}", "'length_cm': cm and days"),
        ("clause: A5", "clause: A9", "there is no clause A9"),
        ("  A5: 磨损不在此列 / Wear is not covered", "  A5: 磨损不在此列", "Chinese or English is missing"),
        ("in_force: {by: sold_on, until: 2024-07-01}", "in_force: {by: sold_on, until: 2019-01-01}", "never in force"),
        ("amount: paid - fee", "amount: {of: paid - fee, at_leats: 0}", "unknown key 'at_leats'"),
        ("right: exchange", "right: exchang", "did you mean 'exchange'"),
        ("right: exchange", "right: exchange, needs: reciept", "did you mean 'receipt'"),
        ("then: {right: exchange, rank: 3}", "then: {for: return}", "does not say what is needed"),
        ("{right: exchange, rank: 3}", "{for: repair, needs: receipt}", "this book never gives 'repair'"),
        ("then: {no_right: all}, clause: A5,", "then: {no_right: all},", "cites no clause"),
        ("layer: house", "layer: hose", "did you mean 'house'"),
        ("bands: {in_7: 7 law_days", "bands: {in_7: 7 lawdays", "is no number of days"),
        ("id: swap", "id: early", "row id 'early' is given twice"),
        ("  age: {days_from: sold_on, to: asked_on}", "  age: serious + 1", "'+' cannot join"),
        ("then: {right: exchange, rank: 3}", "then: {rank: 3}", "each line says one thing"),
        ("layer: house", "layer: house\nlaier: x", "unknown key 'laier'"),
        ("A5: 磨损不在此列 / Wear is not covered", "A5: {text: 磨损 / Wear, overridden_by: law_book.L1}",
         "no row says that it is not applied"),
        ("A5: 磨损不在此列 / Wear is not covered", "A5: {text: 磨损 / Wear, overridden_by: L1}",
         "'L1' is no clause of another book"),
        ("then: {no_right: all}, clause: A5,", "then: {stated: A5},", "does not say what stands above it"),
        ("then: {no_right: all}, clause: A5,", "then: {stated: A9}, clause: A5,", "there is no clause 'A9'"),
        ("layer: house", "layer: house\namong: strangers", "there is no 'strangers'"),
        ("amount: paid, rank: 1", "amount: paid * 3, rank: 1", "gives back 300 yuan of 100 paid"),
        ("amount: paid, rank: 1", "amount: {of: paid * 3, at_most: paid * 2}, rank: 1", "gives back 200 yuan"),
        ("amount: paid, rank: 1", "amount: paid * paid, rank: 1", "'paid * paid' is money times money"),
        ("amount: paid, rank: 1", "amount: paid, until: paid, rank: 1", "'paid' is not a date"),
        ("amount: paid, rank: 1", "amount: sold_on, rank: 1", "'sold_on' is not a number or a sum"),
        ("amount: paid, rank: 1", "amount: -5, rank: 1", "-5 is below zero"),
        ("{right: exchange, rank: 3}", "[{right: exchange, rank: 3}, {no_right: exchange}]", "gives and refuses"),
        ("{right: exchange, rank: 3}", "{limit: {what: discount, at_most: 150}}", "more than the whole"),
        ("in_15: 15 days}", "in_15: 1201 months}", "1201 months are too long"),
    ],
)  # fmt: skip
def test_every_trap_is_found(old: str, new: str, word: str) -> None:
    assert old in BOOK
    assert any(word in line for line in found(BOOK.replace(old, new, 1))), found(BOOK.replace(old, new, 1))


def test_a_clause_that_nobody_cites_is_found() -> None:
    assert any("cited by no row" in line for line in found(BOOK.replace("clauses:\n", "clauses:\n  A9: 无 / None\n")))


STATED = BOOK.replace(
    "A5: 磨损不在此列 / Wear is not covered", "A5: {text: 磨损不赔 / Not for wear, overridden_by: law_book.L1}"
).replace("then: {no_right: all}, clause: A5,", "then: {stated: A5},")


def of_no_article(text: str) -> str:
    """The book with clauses that say that they are of no article."""
    told = re.sub(r"(?m)^  ([AL][0-9]): ([^{\n]+)$", r"  \1: {article: 无 / none, text: \2}", text)
    return told.replace(": {text:", ": {article: 无 / none, text:")


def test_a_law_is_cited_with_its_article() -> None:
    """In a book of the law or of the State every clause names what is cited, or says that it is of none."""
    for layer in ("law", "national"):
        without = [line for line in found(BOOK.replace("layer: house", f"layer: {layer}")) if "clauses." in line]
        assert len(without) == 5 and all("does not say which law and article it is" in line for line in without)
        assert not found(of_no_article(BOOK).replace("layer: house", f"layer: {layer}"))
    bare = of_no_article(BOOK)
    half = bare.replace("layer: house", "layer: law").replace("article: 无 / none", "article: 消法第1条", 1)
    assert any("clauses.A1: Chinese or English is missing" in line for line in found(half))
    pack = book(bare.replace("article: 无 / none", "article: 消法第1条 / Consumer Law 1", 1))
    assert pack.clauses["A1"].told == Wording(
        "消法第1条：七日内可退", "Consumer Law 1: Return within seven days")  # fmt: skip
    assert pack.clauses["A5"].told.zh == "磨损不在此列" and not pack.clauses["A5"].cites


def test_a_number_to_verify_makes_a_ruling_provisional_beside_other_doubts() -> None:
    text = BOOK.replace("A1: 七日内可退 / Return within seven days",
                        "A1: {text: 七日内可退 / Return within seven days, verify_number: true}")  # fmt: skip
    pack = book(text.replace("provisional: 待核实 / to be verified}", "provisional: 待核实 / to be verified, "
                             "verify_number: true}"))  # fmt: skip
    assert pack.clauses["A1"].provisional == NUMBER_TO_VERIFY and pack.clauses["A5"].provisional == NO_WORDING
    assert pack.clauses["A2"].provisional.en == f"to be verified; {NUMBER_TO_VERIFY.en}"


def test_a_clause_is_either_applied_or_stated_by_a_row() -> None:
    assert not found(STATED)
    both = STATED.replace("then: {stated: A5},", "then: {stated: A5}, clause: A5,")
    assert any("both applies and does not apply A5" in line for line in found(both))


@pytest.mark.parametrize(
    ("layer", "clause", "word"),
    [("law", "L1", ""), ("law", "L2", "there is no 'law_book.L1'"), ("house", "L1", "is of no higher layer")],
)
def test_what_stands_above_a_clause_must_be_there_and_of_a_higher_layer(layer: str, clause: str, word: str) -> None:
    law = of_no_article(BOOK.replace("policy: sample", "policy: law_book").replace("A5", clause))
    law = law.replace("layer: house", f"layer: {layer}")
    told = [one.in_language("en") for one in check_overridden([book(STATED)], [book(law)])]
    assert (any(word in one for one in told) and "clauses.A5" in told[0]) if word else told == []
    assert any("there is no 'law_book.L1'" in one.in_language("en") for one in check_overridden([book(STATED)]))


VERSION = "version: 1"
DATES = "in_force: {by: sold_on, from: 2020-01-01}"


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("{by: sold_on, until: 2026-06-01}", "{by: sold_on, from: 2026-06-01}", ""),
        ("{by: sold_on, until: 2026-06-02}", "{by: sold_on, from: 2026-06-01}",
         "is in force together with sample@1 from 2026-06-01 until before 2026-06-02"),
        ("{by: sold_on, until: 2026-06-01}", "{by: asked_on, from: 2026-06-01}",
         "goes by the date 'asked_on', and sample@1 by 'sold_on': both could rule in one matter"),
        ("{by: sold_on}", "{by: asked_on}", "both could rule in one matter"),
    ],
)  # fmt: skip
def test_versions_of_one_book_go_by_one_date_and_follow_each_other(first: str, second: str, word: str) -> None:
    """Sold in May by the first version's date and asked in June by the second's, a matter would be ruled by both."""
    older, _ = findings(BOOK.replace(DATES, f"in_force: {first}"))
    newer, _ = findings(BOOK.replace(DATES, f"in_force: {second}").replace(VERSION, "version: 2"))
    assert older is not None and newer is not None
    told = check_versions([older, newer])
    assert [word in one.message.en for one in told] == ([True] if word else [])
    for one in told:
        assert (one.severity, one.file, one.line) == ("error", newer.file, 7)
    if "goes by" in word:
        assert "write by: sold_on" in told[0].mend.en and "a new book under another name" in told[0].mend.en


def test_a_value_that_rests_on_itself_is_found() -> None:
    turned = BOOK.replace("  age: {days_from: sold_on, to: asked_on}", "  age: fee + 1")
    assert any("depends on itself" in line for line in found(turned))


def test_an_example_that_fails_keeps_the_book_out() -> None:
    example = """
examples:
  - {id: six, today: 2026-06-01, facts: {fault: open, length_cm: 6, sold_on: 2026-05-20, asked_on: 2026-05-25, paid: 399}, expect: {rights: {return: {amount: 400}, exchange: {}}}}
"""  # noqa: E501
    assert any("Return for a refund, amount: 399.00; the example expects 400" in line for line in found(BOOK + example))
    assert not found(BOOK + example.replace("amount: 400", "amount: 399"))


def test_rows_may_lie_in_a_file_beside_the_pack() -> None:
    rows = BOOK[BOOK.index("    rows:\n      - {id: long") : BOOK.index("  rights:\n")]
    table = "id,fault,length_cm,serious,clause,because_zh,because_en\n" \
            "long,open,> 5,yes,A1,,\nshort,open,,no,A1,,\nrest,,,no,A5,,\n"  # fmt: skip
    pack, wrong = findings(BOOK.replace(rows, "    rows: faults.csv\n"), beside={"faults.csv": table})
    assert pack is not None and not wrong, [one.in_language("en") for one in wrong]
    assert [row.name for row in pack.tables["faults"].rows] == ["long", "short", "rest"]
    _, wrong = findings(
        BOOK.replace(rows, "    rows: faults.csv\n"), beside={"faults.csv": table.replace("> 5", "> x")}
    )
    assert [(one.file, one.line) for one in wrong] == [("faults.csv", 2)]


@pytest.mark.parametrize(("setting", "said"), [
    ("{value: 0, min: 1}", "'0' is less than 1"), ("{value: 13, max: 12}", "'13' is more than 12"),
    ("{value: 1.5, whole: true}", "'1.5' is no whole number"), ("{value: soon, min: 1}", "this is to be a number"),
    ("{value: true, max: 5}", "this is to be a number"), ("{value: 1, min: 1, max: 1, whole: true}", ""),
    ("{value: true, provisional: 待定}", "Chinese or English is missing"),
    ("{value: 5, max: 9, examples: 12}", "'12' is more than 9"), ("{value: 5, max: 9, examples: 7}", ""),
    ("{value: true, managers_only: true}", ""), ("{value: 3, managers_only: perhaps}", "neither true nor false"),
])  # fmt: skip
def test_a_setting_keeps_its_own_bounds(setting: str, said: str) -> None:
    label = "label: 月数 / Months, unit: 个月 / months, "
    text = BOOK.replace("\nvalues:", f"\nsettings:\n  months: {setting.replace('{', '{' + label)}\nvalues:")
    _pack, found = findings(text)
    told = [one.message.en for one in found if one.where.startswith("settings.")]
    assert any(said in one for one in told) if said else not told, told


def test_why_an_example_is_so_is_told_in_both_languages_and_where_it_fails() -> None:
    example = """
examples:
  - {id: six, today: 2026-06-01, facts: {fault: open, length_cm: 6, sold_on: 2026-05-20, asked_on: 2026-05-25, paid: 399}, expect: {rights: {return: {amount: 400}, exchange: {}}}, because: WHY}
"""  # noqa: E501
    why = "实付 399 元 / 399 yuan were paid"
    [told] = found(BOOK + example.replace("WHY", why))
    assert "the example expects 400 (why it is so: 399 yuan were paid)" in told
    fits = example.replace("amount: 400", "amount: 399")
    assert not found(BOOK + fits.replace("WHY", why))
    assert any("Chinese or English is missing" in one for one in found(BOOK + fits.replace("WHY", "只有中文")))
    assert found(BOOK + fits.replace("WHY", "[a, b]")), "a list is no text"


def test_examples_run_with_the_settings_for_which_they_were_written() -> None:
    text = (
        BOOK.replace("\nvalues:", "\nsettings:\n  dear: {value: false, label: 收费 / Fee}\nvalues:")
        .replace("when: [serious, window]", "when: [serious, window, dear]")
        .replace("window: in_7, then", "window: in_7, dear: no, then")
    ) + """
examples:
  - {id: day, today: 2026-06-03,
     facts: {sold_on: 2026-06-01, asked_on: 2026-06-03, paid: 99, fault: open, length_cm: 8},
     expect: {rights: {return: {amount: 99}, exchange: {}}}}
"""
    assert not found(text)
    switched = text.replace("value: false", "value: true")
    assert any("the example fails" in one for one in found(switched))
    assert not found(switched.replace("value: true", "examples: false, value: true"))


GIVEN = BOOK.replace("gives: {serious: yes_no}", "gives: {serious: yes_no, least: money, last: date, months: number}")


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ("least: length_cm", "'length_cm' is no sum of money"),
        ("least: -1", "-1 is below zero"),
        ("last: 5", "'5' is not a date"),
        ("last: paid", "'paid' is not a date"),
        ("months: sold_on", "'sold_on' is not a number or a sum"),
        ("months: -3", "-3 is below zero"),
        ("months: 100000", "100000 months are too long"),
    ],
)
def test_what_a_table_gives_is_of_its_kind(cells: str, word: str) -> None:
    fee = "fee: paid * 0.005 * age"
    text = GIVEN.replace(fee, f"{fee}\n  ends: {{from: sold_on, plus: months months}}")
    traps = found(text.replace('length_cm: "> 5", serious: yes', f'length_cm: "> 5", serious: yes, {cells}'))
    assert any(word in one for one in traps), traps


def test_figures_of_which_nothing_is_certain_pass() -> None:
    right = "least: paid * 0.5, last: sold_on, months: 0"
    assert not found(GIVEN.replace('length_cm: "> 5", serious: yes', f'length_cm: "> 5", serious: yes, {right}'))
    assert not found(BOOK.replace("amount: paid, rank: 1", "amount: {of: paid * 3, at_most: paid}, rank: 1"))
    assert not found(BOOK.replace("{right: exchange, rank: 3}", "{extra: {of: paid * 3, at_least: 500}}"))


def chinese(text: str) -> list[str]:
    return [one.in_language("zh-hans") for one in findings(text)[1]]


@pytest.mark.parametrize(
    ("old", "new", "said", "unsaid"),
    [
        ("clause: A5", "clause: A9", "可用：", "是否应为"),
        ("clause: A5", "clause: a05", "是否应为“A5”", "可用"),
        ("when: [serious, window]", "when: [serious, windw]", "没有列“windw”", "不认识的键"),
        ("fault: worn, serious", "fault: 磨损, serious", "“磨损”要写成 worn", "没有选项"),
        ("fault: worn, serious", "fault: torn, serious", "worn（磨损）", "要写成"),
        ("fee: paid * 0.005 * age", "fee: paid * 0.005 * fault", "两边合不到一起", "cannot"),
        ("amount: paid - fee", "amount: paid - 三", "“三”不能出现在名称里", "Latin"),
    ],
)  # fmt: skip
def test_a_finding_suggests_what_is_near_and_speaks_the_readers_language(
    old: str, new: str, said: str, unsaid: str
) -> None:
    """A clause by another number is another clause; a choice is told by what it is called."""
    lines = chinese(BOOK.replace(old, new, 1))
    assert any(said in line for line in lines), lines
    assert not any(unsaid in line for line in lines), lines


def test_days_between_two_versions_on_which_neither_rules_are_named() -> None:
    first, second = (
        replace(book(), version=version, in_force=InForce("sold_on", begins, until))
        for version, begins, until in ((1, date(2020, 1, 1), date(2025, 1, 1)), (2, date(2026, 1, 1), None))
    )
    [hole] = check_holes([second, first])
    assert hole.severity == "warning" and "2025-01-01 至 2025-12-31 哪一版都不管" in hole.message.zh
    follows = replace(second, in_force=InForce("sold_on", date(2025, 1, 1)))
    assert check_holes([first, follows]) == () == check_holes([second])


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "policy\n"])
def test_a_file_without_a_book_in_it_says_so(text: str) -> None:
    read = files.read_text(text, "empty.yaml", lambda name: None)
    assert read.pack is None and [one.severity for one in read.findings] == ["error"]
    assert "没有内容" in read.findings[0].message.zh or "这不是规则包" in read.findings[0].message.zh


def test_who_moves_a_bound_that_stands_in_two_tables_is_told_of_the_other() -> None:
    """Repair up to 6 cm, and exchange still above 5: the examples at 5.1 cm fail, and name both tables."""
    text = (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8")
    moved = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 6"')
    read = files.read_text(moved, "mall_shoes.yaml", lambda name: None)
    assert moved != text and read.pack is not None
    said = [one.message.zh for one in check_pack(read.pack)]
    assert any("开胶长度（opening_cm）的界限各表不同：《修理》6，《换货、退货的情形》5" in one for one in said), said
