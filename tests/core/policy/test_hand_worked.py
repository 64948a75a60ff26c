"""The rulings worked out by hand, from the rules alone, against the packs: one book by itself, and all put together.

Each file of `rulings/` holds the cases of one book; `why` is the reasoning and the arithmetic. A case that is `alone`
asks its book, under other `settings` where it names some; the others ask every book that applies. Their remedies stand
in the order of the customer's choice, which `order` says exactly where two come alike; `says` and `unsaid` are words of
what is to be done. Those by which a book guards its own boundaries travel with it as its examples, and are asked here
with the others.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.core.policy.worked import (
    RULINGS,
    all_of,
    asked_on,
    hand_worked,
    known,
    out_of_order,
    ruled,
    said_otherwise,
)

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.checking.examples import differences
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.ruling import rule_all
from tuoshan.core.policy.words.differences_told import difference
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.rulings import files


def cases() -> Iterator[Any]:
    for path in sorted(RULINGS.glob("*.yaml")):
        for case in all_of(path.stem):
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['id']}")


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_ruled_as_worked_out_by_hand(name: str, case: dict[str, Any]) -> None:
    ruling = ruled(name, case)
    wrong = [*differences(ruling, case["expect"]), *said_otherwise(ruling, case)]
    if any(case is one for one in hand_worked(name)):
        wrong += out_of_order(ruling, case)
    assert not wrong, [*wrong, case.get("why")]


def test_every_book_has_cases_worked_out_by_hand() -> None:
    told = {path.stem for path in RULINGS.glob("*.yaml") if hand_worked(path.stem)}
    assert {pack.name for pack in files.packaged()} <= told


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_what_is_kept_says_the_same_when_it_is_read_back(name: str, case: dict[str, Any]) -> None:
    today = asked_on(case)
    facts, _problems = read_given(known(), case["facts"], today)
    ruling = rule_all(files.packaged(), facts, today)
    again = from_data(json.loads(json.dumps(as_data(ruling), ensure_ascii=False)))
    assert verdict(again) == verdict(ruling)
    assert list(lines(again)) == list(lines(ruling))
    assert [difference(one) for one in again.differences] == [difference(one) for one in ruling.differences]
    assert again.stated == ruling.stated
    assert again.provisional == ruling.provisional and again.extra == ruling.extra
    told = [(pack.name, clause, pack.clauses[clause].text) for pack, clause in ruling.clauses]
    assert [(pack.name, clause, pack.clauses[clause].text) for pack, clause in again.clauses] == told


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_no_right_stands_beyond_its_last_day_and_each_says_how_that_was_counted(
    name: str, case: dict[str, Any]
) -> None:
    ruling = ruled(name, case)
    today = asked_on(case)
    facts, _problems = read_given(known(), case["facts"], today)
    for right in ruling.rights:
        assert (right.until is None) == (right.counted is None) or right.later or right.until in facts.values()
        if right.until is not None and right.counted is not None:
            assert right.counted.ends == right.until >= facts.get("reported_on", today)  # type: ignore[operator]
    for period in ruling.periods:
        if period.what == "guarantee" and "ends" in period.amounts:
            assert period.later or (
                period.counted is not None and period.counted.starts == period.amounts["starts"]
            )


def test_every_clause_is_worked_out_by_hand_where_it_counts() -> None:
    """Each is named by an expectation of its own book; where it does not count, `test_whole_proof` asks for."""
    missing = []
    for pack in files.packaged():
        expected = [case["expect"] for case in all_of(pack.name)]
        for clause in pack.clauses:
            if not any(clause in (*one.get("clauses", ()), *one.get("stated", ())) for one in expected):
                missing.append(f"{pack.name}.{clause}")
    assert not missing, missing
