"""An example renewed by what its book now rules: only what is ruled otherwise is expected otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tuoshan.core.policy.checking.examples import run_examples
from tuoshan.core.policy.editing.clause_editing import examples, with_expectations
from tuoshan.core.policy.editing.example_renewing import plain_expectations, renewed
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.rulings import files


def pack_of(text: str) -> Pack:
    read = files.read_text(text, "mall_shoes.yaml", {})
    assert read.pack is not None, read.findings
    return read.pack


@pytest.fixture
def text() -> str:
    return (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8")


def of(pack: Pack, begins: str) -> Any:
    return next(one for one in pack.examples if one.name.startswith(begins))


def fails(pack: Pack) -> list[str]:
    return [example.name for example, unmet in run_examples(pack) if unmet]


def test_what_is_ruled_otherwise_alone_is_expected_otherwise(text: str) -> None:
    """Six centimetres of glue are mended, where they were worth an exchange and a return: the exact sum, the fee and
    the conditions go with the remedies; that the period ends on 30 June stays."""
    moved = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 6"').replace('opening_cm: "> 5"', 'opening_cm: "> 6"')
    pack = pack_of(moved)
    example = of(pack, "开胶六厘米，第52天")
    found = renewed(pack, example)
    assert found.whole and list(found.expect["rights"]) == ["repair"]
    assert found.expect["period"] == {"ends": "2026-06-30"} == example.expect["period"]
    assert "M02" in found.expect["clauses"] and not {"M03", "M04"} & set(found.expect["clauses"])
    assert {"rights", "period"} <= found.expect.keys() and example.expect["rights"].keys() == {"exchange", "return"}
    again = pack_of(with_expectations(moved, example.name, plain_expectations(found.expect)))
    assert example.name not in fails(again) and len(fails(again)) == len(fails(pack)) - 1
    assert of(again, "开胶六厘米，第52天").facts == example.facts


def test_an_example_that_holds_is_left_as_it_is(text: str) -> None:
    pack = pack_of(text)
    found = renewed(pack, pack.examples[0])
    assert not found.whole and not found.changed and found.expect == pack.examples[0].expect


def test_wrong_expectations_of_every_kind_are_renewed(text: str) -> None:
    """Each key of an example in turn expects something false: what is ruled takes its place, and all else stays."""
    pack = pack_of(text)
    for example in pack.examples:
        for key, value in example.expect.items():
            wrong = {**example.expect, key: falsified(key, value)}
            broken = replace(example, expect=wrong)
            found = renewed(pack, broken)
            if any(unmet for _one, unmet in run_examples(replace(pack, examples=(broken,)))):
                assert found.whole, (example.name, key, found.left)
                fresh = replace(pack, examples=(replace(broken, expect=found.expect),))
                assert not fails(fresh), (example.name, key)
                for other in example.expect.keys() - {key, "without"}:
                    assert found.expect[other] == example.expect[other], (example.name, key, other)


def falsified(key: str, value: Any) -> Any:
    match value:
        case bool():
            return not value
        case Decimal() | int():
            return value + 1
        case list() if key == "deadlines":
            return [{**one, "ends": "2031-01-01"} for one in value]
        case list():
            return [] if key in ("asks", "stated") else [*value, "M77"] if key == "clauses" else ["repair"]
        case dict() if key == "rights":
            return {"loaner": {}} if not value else {
                name: {term: falsified(term, one) for term, one in terms.items()} for name, terms in value.items()
            }  # fmt: skip
        case dict():
            return {name: "2031-01-01" if name == "ends" else one for name, one in value.items()}
    return "2031-01-01" if str(value)[:2] == "20" else value


def test_what_nobody_can_renew_is_left(text: str) -> None:
    pack = pack_of(text)
    first = pack.examples[0]
    for example in (
        replace(first, facts={**first.facts, "defect": "nothing_of_the_kind"}),
        replace(first, expect={**first.expect, "right": {}}),
        replace(first, expect={"rights": {}, "clauses": "M03"}),
    ):
        found = renewed(pack, example)
        assert not found.whole and found.left


def test_expectations_are_written_in_their_place_alone(text: str) -> None:
    name = "人为损坏，不予三包 / damaged by the user"
    new = {"rights": {"repair": {"fee": "0", "needs": ["receipt"]}}, "outside": False, "period": {"ends": "2026-06-30"}}
    changed = with_expectations(text, name, new)
    old, now = text.splitlines(), changed.splitlines()
    assert len(old) == len(now) and sum(one != other for one, other in zip(old, now, strict=True)) == 1
    read = of(pack_of(changed), "人为损坏").expect
    assert read == {"rights": {"repair": {"fee": Decimal(0), "needs": ["receipt"]}}, "outside": False,
                    "period": {"ends": "2026-06-30"}}  # fmt: skip
    assert examples(changed).keys() == examples(text).keys()
    with pytest.raises(NotEditable):
        with_expectations(text, "there is none", {})


def test_days_and_numbers_are_written_as_they_are_read() -> None:
    told = {"until": date(2026, 5, 1), "amount": Decimal("399.00"), "fee": 0, "anew": True, "needs": ["receipt"]}
    assert plain_expectations(told) == {
        "until": "2026-05-01", "amount": "399.00", "fee": 0, "anew": True, "needs": ["receipt"]}  # fmt: skip
