"""What must hold for every rule book on any facts, tried near the cases worked out by hand, and that it can fail."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.core.policy.near import LAW, PACKS, Drawn, beside_the_law, drawn, typed
from tests.core.policy.properties import (
    NO_CONSUMER,
    Books,
    Found,
    a_further_fact_takes_nothing_back,
    a_lesser_fault_outlives_no_greater,
    no_more_rights_as_days_go_by,
    on_a_platform_no_less_than_without,
    refunds_within_the_price,
    the_law_is_not_undercut,
    what_lapses_was_told_with_its_day,
    what_still_runs_is_not_refused_as_over,
    worse_papers_never_give_more,
)
from tests.core.policy.worked import cases_of

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import rule_all
from tuoshan.rulings import files

NAMED: dict[str, Any] = {"ids": lambda pack: pack.name}
MANY, BESIDE = 90, 45
"""How many facts near a book's own cases, and how many in which the law speaks beside it."""
Property = Callable[[Books, Sequence[Drawn]], Found]


@cache
def draws(pack: Pack, whole: bool = True) -> tuple[Drawn, ...]:
    """Near a book's own cases and beside the law; of a book whose matters are no consumers' the former alone."""
    beside = () if pack.name in NO_CONSUMER else beside_the_law(pack, BESIDE)
    return (*drawn(pack, MANY, whole=whole), *beside)


# -- the draws say something ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_the_draws_of_a_book_give_rights(pack: Pack) -> None:
    """Near its own cases a book gives something in two of five draws at least; in those beside the law the law always
    does, and the book speaks in three of five."""
    own = drawn(pack, MANY)
    assert len(own) == MANY and giving(own) >= MANY * 0.4, f"{giving(own)} of {len(own)}"
    assert len({tuple(sorted(one.facts.items(), key=str)) for one in own}) > MANY * 0.6
    assert all(typed(one.facts, one.today) for one in own)
    if pack.name not in NO_CONSUMER:
        beside = beside_the_law(pack, BESIDE)
        speaks = sum(any(said.why.pack.name == pack.name for said in one.together().statements) for one in beside)
        assert len(beside) == BESIDE and speaks >= BESIDE * 0.6, f"{speaks} of {len(beside)}"
        assert all(one.together(LAW).rights for one in beside)


def giving(draws_: Sequence[Drawn]) -> int:
    """In how many the book gives something."""
    return sum(bool(one.alone().rights) for one in draws_)


def test_in_all_two_draws_of_three_give_a_right() -> None:
    shares = {pack.name: giving(drawn(pack, MANY)) for pack in PACKS}
    assert sum(shares.values()) >= len(shares) * MANY * 2 / 3, shares


def test_draws_stand_on_both_sides_of_last_days() -> None:
    """Of the changes each kind is there often, and the same draws come on every run."""
    names = [one.name for pack in PACKS for one in drawn(pack, MANY)]
    for change in (" -1 days from ", " +0 days from ", " +1 days from ", "; sold ", "; without ", "paid = "):
        assert sum(change in name for name in names) >= 20, change
    drawn.cache_clear()
    assert names == [one.name for pack in PACKS for one in drawn(pack, MANY)]


# -- what must hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_money_back_is_never_negative_nor_more_than_was_paid(pack: Pack) -> None:
    assert refunds_within_the_price(Books(pack), draws(pack, whole=False)) == []


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_more_days_never_give_more_rights(pack: Pack) -> None:
    assert no_more_rights_as_days_go_by(Books(pack), draws(pack)) == []


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_a_right_that_lapses_was_told_with_its_last_day(pack: Pack) -> None:
    assert what_lapses_was_told_with_its_day(Books(pack), draws(pack)) == []


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_nothing_is_refused_as_over_that_still_runs(pack: Pack) -> None:
    assert what_still_runs_is_not_refused_as_over(Books(pack), draws(pack)) == []


@pytest.mark.parametrize("pack", [one for one in PACKS if one.name not in NO_CONSUMER], **NAMED)
def test_worse_papers_never_give_more(pack: Pack) -> None:
    assert worse_papers_never_give_more(Books(pack), draws(pack)) == []


@pytest.mark.parametrize("pack", [one for one in PACKS if one.name.endswith(("phone", "computer", "_shop"))], **NAMED)
def test_a_lesser_fault_outlives_no_greater_one(pack: Pack) -> None:
    assert a_lesser_fault_outlives_no_greater(Books(pack), draws(pack)) == []


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_a_further_fact_takes_nothing_back(pack: Pack) -> None:
    assert a_further_fact_takes_nothing_back(Books(pack), draws(pack)[::2]) == []


@pytest.mark.parametrize("pack", [one for one in PACKS if one.name not in NO_CONSUMER], **NAMED)
def test_the_floor_of_the_law_is_never_undercut(pack: Pack) -> None:
    assert the_law_is_not_undercut(Books(pack), beside_the_law(pack, BESIDE)) == []


@pytest.mark.parametrize("pack", [one for one in PACKS if one.layer == "platform"], **NAMED)
def test_an_order_on_a_platform_gives_no_less_than_the_law_without_one(pack: Pack) -> None:
    assert on_a_platform_no_less_than_without(Books(pack), beside_the_law(pack, BESIDE)) == []


def test_no_promise_of_a_house_or_platform_governs_the_return() -> None:
    """The law's return within seven days stands above any promise; only the State's rule may take its place."""
    found = {
        (pack.name, finding.what)
        for pack in PACKS if pack.layer not in ("law", "national")
        for table in pack.tables.values() for row in table.rows for finding in row.findings
        if finding.kind == "governs"
    }  # fmt: skip
    assert found and all(what in ("exchange", "repair") for _name, what in found)


# -- the same facts, the same ruling --------------------------------------------------------------------------


def told(one: Drawn, facts: Mapping[str, Any]) -> object:
    return as_data(rule_all(PACKS, facts, one.today), with_trace=True)


@pytest.mark.parametrize("pack", PACKS, **NAMED)
def test_the_same_facts_give_the_same_ruling_whatever_their_order(pack: Pack) -> None:
    for one in draws(pack, whole=False)[::4]:
        assert told(one, one.facts) == told(one, dict(reversed(one.facts.items()))), one.name


def digest() -> str:
    """Of all books' rulings on some cases of each, with their traces."""
    found = sha256()
    for pack in PACKS:
        for case in cases_of(pack)[::9]:
            ruling = rule_all(PACKS, case.facts, case.today)
            found.update(json.dumps(as_data(ruling, with_trace=True), ensure_ascii=False).encode())
    return found.hexdigest()


def test_the_same_facts_give_the_same_ruling_on_another_machine() -> None:
    """In another process, with other hashes, another zone and another language."""
    root = Path(__file__).parents[3]
    code = "from tests.core.policy.test_properties import digest; print(digest())"
    other = {
        "PYTHONHASHSEED": "4711", "TZ": "America/Lima", "LC_ALL": "C", "LANG": "C",
        "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root))),
    }  # fmt: skip
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env={**os.environ, **other}, cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == digest()


# -- that they can fail ---------------------------------------------------------------------------------------


def book(name: str, pattern: str, instead: str) -> Pack:
    """A book with its text changed wherever the pattern stands, which it does."""
    text, many = re.subn(pattern, instead, (files.PACKAGED / f"{name}.yaml").read_text(encoding="utf-8"))
    assert many, pattern
    read = files.read_text(text, f"{name}.yaml", lambda beside: (files.PACKAGED / beside).read_text(encoding="utf-8"))
    assert read.pack is not None, [one.in_language("en") for one in read.findings]
    return read.pack


RETURN = r"right: return, amount: (paid|price)\b"
WRONG: list[tuple[str, str, str, str, Property]] = [
    ("exchange and return only after the third day", "mall_shoes", 'age: "<= 3"', 'age: "> 3"',
     no_more_rights_as_days_go_by),
    ("the exchange only after the guarantee", "mall_clothes", "reported_on <= guarantee_ends",
     "reported_on > guarantee_ends", no_more_rights_as_days_go_by),
    ("the return only after thirty days", "furniture_shop", "since_less: in_30, ", "since_less: not in_30, ",
     no_more_rights_as_days_go_by),
    ("a fee beside the whole price", "mall_shoes", "right: return, amount: paid, fee: 0",
     "right: return, amount: paid, fee: paid", refunds_within_the_price),
    ("a return without a last day", "mall_shoes", "fee: 0, until: last_day", "fee: 0",
     what_lapses_was_told_with_its_day),
    ("a guarantee that ends with its paper", "mall_clothes",
     r"in_guarantee\]\n(    rows:\n      - \{id: running.*\n)      - \{id: over, ",
     r"in_guarantee, has_receipt]\n\1      - {id: over, has_receipt: yes, ", worse_papers_never_give_more),
    ("an appearance fault without an end", "national_phone",
     r"in_guarantee: no, then: \[\{governs: \[exchange, repair\]\}, ", "in_guarantee: no, then: [",
     a_lesser_fault_outlives_no_greater),
    ("a card that the shop does not honour", "shoe_chain", "in_agreed: agreed_months > 0",
     "in_agreed: agreed_months > 999", what_still_runs_is_not_refused_as_over),
    ("what was not told is taken for none", "mall_shoes", r"in_guarantee: (reported_on <= .*)",
     r"in_guarantee: has(reported_on) && (\1)", a_further_fact_takes_nothing_back),
    *(("three times the price", pack.name, RETURN, r"right: return, amount: \1 * 3", refunds_within_the_price)
      for pack in PACKS if any(right.remedy == "return" and right.amount for one in drawn(pack, MANY)
                               for right in one.alone().rights)),
]  # fmt: skip
"""What would be wrong, in which book, by which change of its text, and the property that must notice it."""


@pytest.mark.parametrize(
    ("name", "pattern", "instead", "property_"),
    [pytest.param(*one[1:], id=f"{one[1]}: {one[0]}") for one in WRONG],
)
def test_a_wrong_book_is_noticed(name: str, pattern: str, instead: str, property_: Property) -> None:
    """By the draws with which the books are tried; the book as it is breaks the property less often, or not at all."""
    [shipped] = [pack for pack in PACKS if pack.name == name]
    near = draws(shipped, whole=property_ is not refunds_within_the_price)
    found = set(property_(Books(book(name, pattern, instead)), near))
    assert found - set(property_(Books(shipped), near))


def test_a_floor_that_is_gone_is_noticed() -> None:
    """A shop that keeps half of the price: the law's floor makes it whole, and without that floor it would not be."""
    [shoes] = [pack for pack in PACKS if pack.name == "mall_shoes"]
    near = [one for one in beside_the_law(shoes, BESIDE) if "return" in {right.remedy for right in one.alone().rights}]
    half = book("mall_shoes", "right: return, amount: paid, fee: 0", "right: return, amount: paid * 0.5, fee: 5")
    no_floor = book("consumer_law", "then: {floor: return, amount: paid, fee: 0}", "then: {note: 无 / none}")
    assert near and the_law_is_not_undercut(Books(half), near) == []
    found = the_law_is_not_undercut(Books(half, no_floor), near)
    assert any("below the floor" in one for one in found) and any("for 5.00, by the floor 0.00" in one for one in found)
