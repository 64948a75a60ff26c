"""What a row finds, taken apart for a form and put together again; formulas, conditions and cells likewise."""

from decimal import Decimal

import pytest

from tuoshan.core.policy.editing import finding_editing as editing
from tuoshan.core.policy.editing import table_editing
from tuoshan.core.policy.editing.finding_editing import Conclusion, Reckoned
from tuoshan.core.policy.words import plain_terms
from tuoshan.core.policy.words.plain_terms import Share
from tuoshan.rulings import files

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(files.PACKAGED.glob("*.yaml"))}
BESIDE = {path.name: path.read_text(encoding="utf-8-sig") for path in files.PACKAGED.glob("*.csv")}


@pytest.mark.parametrize("book", [name for name in TEXTS if name != "facts"])
def test_every_shipped_conclusion_fits_and_written_anew_means_the_same(book: str) -> None:
    for table in table_editing.table_names(TEXTS[book]):
        for row in table_editing.grid(TEXTS[book], BESIDE, table).rows:
            then = row.cells.get("then", "")
            found = editing.read(then)
            assert editing.written(found) == " ".join(then.split())
            for one in found:
                assert one.verb, one.written
                kept = {name: text for name, text in one.beside.items() if name not in editing.kinds_of(one.verb)}
                inside = {name: text for name, text in one.inside.items() if name == "in_itself"}
                anew = editing.with_parts(Conclusion(one.verb, "", {}, inside, kept), one.parts)
                [again] = editing.read(anew.written)
                assert again.parts == one.parts and {*again.beside} == {*one.beside}


def test_only_the_part_that_was_changed_is_written_anew() -> None:
    [one] = editing.read("{right: [return,  exchange], amount: {of: paid*3, at_least: '500'}, rank: 1, if: a  &&  b}")
    changed = editing.with_parts(one, {**one.parts, "fee": Reckoned("0")})
    assert changed.written == (
        "{right: [return, exchange], amount: {of: paid*3, at_least: '500'}, rank: 1, if: a && b, fee: 0}"
    )  # fmt: skip
    without = {name: part for name, part in one.parts.items() if name not in ("amount", "if")}
    assert editing.with_parts(one, without).written == "{right: [return, exchange], rank: 1}"


def test_what_does_not_fit_stays_as_it_is_written() -> None:
    for text in ("{right: return, no_right: all}", "{fly: high}", "right", "{limit: 5}"):
        assert editing.read(text) == (Conclusion("", text),), text
    both = "[{fly: high}, {duty: 退款 / Refund}]"
    assert editing.written(editing.read(both)) == both
    assert editing.read("{right: [") == (Conclusion("", "{right: ["),)
    assert editing.read("") == editing.read("-") == ()


def test_a_freight_keeps_what_has_no_field() -> None:
    [one] = editing.read("{freight: {back: buyer, in_itself: true}}")
    assert editing.with_parts(one, {"back": "seller"}).written == "{freight: {back: seller, in_itself: true}}"


@pytest.mark.parametrize(
    ("text", "share", "anew"),
    [
        ("30", Share("", Decimal(30)), "30"), ("paid", Share("paid"), "paid"),
        ("paid * 0.3", Share("paid", Decimal("30.0")), "paid * 30 / 100"),
        ("paid * 30 / 100", Share("paid", Decimal(30)), "paid * 30 / 100"),
        ("paid * 3", Share("paid", Decimal(300)), "paid * 3"),
        ("paid * 100 / 100", Share("paid", Decimal(100)), "paid"), ("paid * 30 / 1000", None, ""),
        ("paid - fee", None, ""), ("paid * days", None, ""), ("paid *", None, ""),
    ],
)  # fmt: skip
def test_a_share_of_a_sum_is_read_and_nothing_else_is_guessed(text: str, share: Share | None, anew: str) -> None:
    assert plain_terms.share(text) == share
    assert share is None or plain_terms.share_text(share) == anew


def test_conditions_that_must_all_hold_are_told_apart() -> None:
    text = "a == 'x && y' && !(b in ['p', 'q']) && c <= 5.50 && !d && has(e) && (f || g) && h >= i"
    found = plain_terms.conditions(text)
    assert [(one.name, one.sign, one.values) for one in found] == [
        ("a", "is", ("x && y",)), ("b", "is_not", ("p", "q")), ("c", "<=", ("5.5",)), ("d", "is", ("no",)),
        ("e", "known", ()), ("", "", ()), ("", "", ()),
    ]  # fmt: skip
    assert plain_terms.conditions_text(found) == text
    assert [one.name for one in plain_terms.conditions("a || b && c")] == [""], "one of several is no list of all"
    mixed = [*plain_terms.conditions("a || b"), plain_terms.condition("c", "is", ("yes",))]
    assert plain_terms.conditions_text(mixed) == "(a || b) && c"


@pytest.mark.parametrize("text", ["", "leather", "not leather, sports", "<= 5", "> 2024-07-01", "3..8", "30", "yes"])
def test_cells_are_read_and_written_as_they_were(text: str) -> None:
    choice = text[:1].isalpha()
    assert plain_terms.cell_text(*plain_terms.cell(text, choice=choice)) == text
