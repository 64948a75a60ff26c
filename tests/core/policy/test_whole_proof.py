"""The hand-worked cases and the examples prove the whole of each rule book: no row, no consequence, no clause alone.

What is asked of them is read from the books, so that a row that somebody adds is missing here until a case says what it
must give. A row is proved by a case in which it hits; what it gives, by a case in which it hits and which expects just
that: an amount, a fee, a last day, what a right needs, who bears or must do it, by when, what is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from tests.core.policy.worked import (
    BOOKS,
    all_of,
    asked_on,
    hand_worked,
    out_of_order,
    ruled,
    said_otherwise,
    switched,
)

from tuoshan.core.policy.checking.examples import differences
from tuoshan.core.policy.pack import Band, EndOf, Finding, Pack, Row, Table
from tuoshan.core.policy.reading.cells import Among
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files

Case = Mapping[Any, Any]
BESIDE = {"loaner", "compensation", "discount", "service"}
"""What stands beside a choice and is none of it."""


@dataclass(frozen=True, eq=False)
class Proof:
    """A case in which a row hits."""

    case: Case
    ruling: Ruling
    by_hand: bool
    values: Mapping[str, object]
    """What the columns of the row's table were."""

    @property
    def expect(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.case["expect"]
        return found

    def right(self, remedy: str) -> Mapping[str, Any]:
        rights = self.expect.get("rights")
        return (rights.get(remedy) or {}) if isinstance(rights, Mapping) else {}


Proofs = Mapping[tuple[str, str, str], list[Proof]]


@cache
def proofs() -> Proofs:
    """By book, table and row: the cases in which it hits, of its own book or of all put together."""
    found: dict[tuple[str, str, str], list[Proof]] = {}
    for book in BOOKS:
        own = {id(case) for case in hand_worked(book)}
        for case in all_of(book):
            ruling = ruled(book, case)
            for read in ruling.reads:
                if read.desk is None or read.applies is not True:
                    continue
                for table in read.pack.tables.values():
                    hits = read.desk.look(table.name).hits
                    if not hits:
                        continue
                    values = {column.name: read.desk.known.get(column.name) for column in table.columns}
                    proof = Proof(case, ruling, id(case) in own, values)
                    for number, row in enumerate(table.rows):
                        if hits >> number & 1:
                            found.setdefault((read.pack.name, table.name, row.name), []).append(proof)
    return found


def rows(pack: Pack) -> Iterator[tuple[Table, Row, list[Proof]]]:
    for table in pack.tables.values():
        for row in table.rows:
            yield table, row, proofs().get((pack.name, table.name, row.name), [])


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_each_row_that_says_something_is_hit(pack: Pack) -> None:
    missing = [
        f"{table.name}.{row.name}" for table, row, hit in rows(pack)
        if (row.findings or row.clauses) and not hit
    ]  # fmt: skip
    assert not missing


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_each_choice_that_a_row_names_is_tried(pack: Pack) -> None:
    """Of a row that says something for some choices alike, one case stands for each of them."""
    missing = [
        f"{table.name}.{row.name}: {column.name} {choice}"
        for table, row, hit in rows(pack) if (row.findings or row.clauses) and hit
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.name in pack.facts and isinstance(cell, Among) and not cell.text.startswith("not ")
        for choice in sorted(map(str, cell.values))
        if choice not in {str(proof.values[column.name]) for proof in hit}
    ]  # fmt: skip
    assert not missing


# -- what a row gives -----------------------------------------------------------------------------------------


def _legs(finding: Finding, proof: Proof) -> bool:
    """Who bears a leg: said of all, or of one remedy."""
    told = proof.expect.get(finding.kind) or {}
    return (
        finding.what in told
        or (finding.kind == "risk" and finding.what == "back" and "risk_back" in proof.expect)
        or any(finding.what in (proof.right(right.remedy).get(finding.kind) or {}) for right in proof.ruling.rights)
    )


def _deadline(finding: Finding, proof: Proof) -> bool:
    return any(
        told.get("who") == finding.what and ("ends" in told or "within" in told)
        for told in proof.expect.get("deadlines") or ()
    )


def _named(finding: Finding, proof: Proof) -> bool:
    return finding.what in (proof.expect.get(finding.kind) or {})


def _proof(finding: Finding, proof: Proof) -> bool:
    told = proof.expect.get("proof")
    timed = "counted_from" in finding.words
    return isinstance(told, Mapping) and told.get("from") == finding.what and (not timed or "ends" in told)


def _refused(finding: Finding, proof: Proof) -> bool:
    told = proof.expect.get("refused") or ()
    return bool(told) and (finding.what == "all" or finding.what in told or "all" in told)


def _period(finding: Finding, proof: Proof) -> bool:
    told = proof.expect.get("period") or {}
    return bool(told) and (not finding.words.get("restarts") or "restarts" in told)


def _key(finding: Finding, proof: Proof) -> bool:
    return finding.kind in proof.expect


TOLD: Mapping[str, Callable[[Finding, Proof], bool]] = {
    "freight": _legs, "risk": _legs, "deadline": _deadline, "pays": _named, "limit": _named, "proof": _proof,
    "no_right": _refused, "period": _period, "extra": _key, "deduct": _key, "outside": _key, "stated": _key,
}  # fmt: skip
"""How a case expects what a row says, by its verb; `right` below, notes and duties in their own words."""


def untold(finding: Finding, hit: list[Proof]) -> Iterator[str]:
    """What a row says and no case expects of it."""
    if finding.kind == "right":
        terms = [name for name in ("amount", "fee", "until") if name in finding.amounts]
        terms += ["needs"] if finding.words.get("needs") else []
        for term in terms:
            if not any(term in proof.right(finding.what) for proof in hit):
                yield f"{finding.what} {term}"
    elif finding.kind == "for":
        if not any("needs" in proof.right(right.remedy) for proof in hit for right in proof.ruling.rights):
            yield f"needs of {finding.what}"
    elif (told := TOLD.get(finding.kind)) and not any(told(finding, proof) for proof in hit):
        yield f"{finding.kind} {finding.what}"


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_each_consequence_is_expected_by_a_case(pack: Pack) -> None:
    missing = [
        f"{table.name}.{row.name}: {what}"
        for table, row, hit in rows(pack) if hit for finding in row.findings for what in untold(finding, hit)
    ]  # fmt: skip
    assert not missing


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_the_order_of_the_choice_is_told_wherever_there_is_a_choice(pack: Pack) -> None:
    """A right that some case worked out by hand gives beside another: one of these says the exact order."""
    missing = []
    for table, row, hit in rows(pack):
        for finding in row.findings:
            if finding.kind == "right" and "rank" in finding.words and finding.what not in BESIDE:
                choices = [proof for proof in hit if proof.by_hand and len(_choices(proof, finding.what)) > 1]
                if choices and not any("order" in proof.case for proof in choices):
                    missing.append(f"{table.name}.{row.name}: {finding.what}")
    assert not missing


def _choices(proof: Proof, remedy: str) -> set[str]:
    found = {right.remedy for right in proof.ruling.rights} - BESIDE
    return found if remedy in found else set()


# -- where a clause does not count ----------------------------------------------------------------------------


WHERE_ITS_BOOK_SPEAKS = {"CAR18", "GG2", "PC1", "PH1", "U01"}
"""How long the guarantee is: no ruling of its book rests on anything without it."""


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_each_clause_is_kept_out_of_a_case_in_which_its_book_speaks(pack: Pack) -> None:
    """A case of its own book expects another clause, or that nothing is due, and to be `without` this one; or it tells
    what is stated, and this one is not among it."""
    speaking = [
        case["expect"] for case in all_of(pack.name)
        if any(one.name == pack.name for one, _clause in ruled(pack.name, case).clauses)
    ]  # fmt: skip
    kept_out = {str(clause) for expect in speaking for clause in expect.get("without", ())} | {
        clause for clause in pack.clauses if pack.clauses[clause].overridden_by
        and any(clause not in expect.get("stated", [clause]) for expect in speaking)
    }  # fmt: skip
    missing = [clause for clause in pack.clauses if clause not in kept_out | WHERE_ITS_BOOK_SPEAKS]
    assert not missing


# -- what is left out or moved --------------------------------------------------------------------------------

THE_SAME_WITHOUT: Mapping[str, set[str]] = {
    # what is staged is barred altogether by good faith
    "consumer_law": {"counterfeit.staged", "food_rights.staged"},
    # a repair is due for nothing but the guarantee itself, which is cited
    "national_computer": {"basis.repair"}, "national_general": {"basis.repair"}, "national_phone": {"basis.repair"},
    # the row below, which takes the days in repair off, holds as well
    "computer_shop": {"repair.in_year", "repair.in_year_less"}, "furniture_shop": {"in_time.in_30", "in_time.in_60",
    # where no row holds the book is outside as well
                       "standing.over"},
    "mall_clothes": {"unnamed.unnamed"},
}  # fmt: skip
"""Rows without which nothing is ruled otherwise: another says the same, and they say why."""


def noticed(pack: Pack, other: Pack, hit: list[Proof]) -> bool:
    """Whether a case fails with the changed book in place of the shipped one; the likeliest ones first."""
    for proof in sorted(hit, key=lambda proof: (not proof.by_hand, "until" not in str(proof.expect))):
        case, today = proof.case, asked_on(proof.case)
        if case.get("alone", True):
            if all(read.pack.name != pack.name for read in proof.ruling.reads):
                continue
            ruling = rule(switched(other, case.get("settings", {})), proof.ruling.facts, today)
        else:
            books = files.in_order([other if one.name == pack.name else one for one in files.packaged()])
            ruling = rule_all(books, proof.ruling.facts, today)
        if differences(ruling, case["expect"]) or said_otherwise(ruling, case):
            return True
        if proof.by_hand and out_of_order(ruling, case):
            return True
    return False


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_a_case_fails_wherever_a_row_is_left_out(pack: Pack) -> None:
    unnoticed = set()
    for table, row, hit in rows(pack):
        if row.findings or row.clauses:
            left = replace(table, rows=tuple(one for one in table.rows if one is not row))
            if not noticed(pack, replace(pack, tables={**pack.tables, table.name: left}), hit):
                unnoticed.add(f"{table.name}.{row.name}")
    assert unnoticed == THE_SAME_WITHOUT.get(pack.name, set())


def moved(pack: Pack) -> Iterator[tuple[str, Pack, list[Proof]]]:
    """The book with a last day, or a time within which somebody must act, one longer and one shorter."""
    every = [proof for _table, _row, hit in rows(pack) for proof in hit]
    each = list({id(proof): proof for proof in every}.values())
    for value in pack.values.values():
        if isinstance(value, EndOf) and isinstance(value.plus.count, int):
            for by in (1, -1):
                other = replace(value, plus=replace(value.plus, count=value.plus.count + by))
                yield f"{value.name} {by:+}", replace(pack, values={**pack.values, value.name: other}), each
    for table, row, hit in rows(pack):
        for number, finding in enumerate(row.findings):
            within = str(finding.words.get("within") or "")
            if within[:1].isdigit():
                for by in (1, -1):
                    changed = _moved_finding(finding, within, by)
                    findings = (*row.findings[:number], changed, *row.findings[number + 1 :])
                    left = tuple(replace(one, findings=findings) if one is row else one for one in table.rows)
                    other_pack = replace(pack, tables={**pack.tables, table.name: replace(table, rows=left)})
                    yield f"{table.name}.{row.name} {finding.what} {by:+}", other_pack, hit


NOT_PINNED = {"three_days_end +1", "three_days_end -1"}
"""Of M03 E the source says when the fault must have come, and not by when it is told: no case says a last day."""


def _moved_finding(finding: Finding, within: str, by: int) -> Finding:
    count, _space, unit = within.partition(" ")
    words = {**finding.words, "within": f"{int(count) + by} {unit}"}
    if isinstance(length := words.get("length"), Band):
        words["length"] = replace(length, count=int(length.count) + by)
    if isinstance(days := words.get("working_days"), int):
        words["working_days"] = days + by
    return replace(finding, words=words)


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_a_case_fails_wherever_a_last_day_or_a_time_to_act_is_moved(pack: Pack) -> None:
    unnoticed = {what for what, other, hit in moved(pack) if not noticed(pack, other, hit)}
    assert unnoticed <= NOT_PINNED
