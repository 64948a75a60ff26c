"""Every fact of every book is asked for somewhere: one that is not can be told by nobody at the ruling bench."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.core.policy.reading.cells import Between
from tuoshan.core.policy.ruling import rule
from tuoshan.rulings import files

PACKS = files.packaged()
ON = date(2026, 5, 20)
WALKS = 2500


def bounds_of(pack: Pack) -> list[Decimal]:
    """The numbers that the cells of a book name: beside them its answers change."""
    cells = [cell for table in pack.tables.values() for row in table.rows for cell in row.cells]
    ends = [end for cell in cells if isinstance(cell, Between) for end in (cell.low, cell.high)]
    return [end for end in ends if isinstance(end, Decimal)]


def answer(fact: Fact, bounds: list[Decimal], random: Random) -> object:
    match fact.field.kind:
        case "choice":
            return random.choice([choice.value for choice in fact.field.choices])
        case "yes_no":
            return random.random() < 0.5
        case "date":
            return ON - timedelta(days=random.choice([0, 3, 10, 25, 70, 400, 900]))
    taken = [bound for bound in bounds if bound + 1 <= Decimal(fact.field.maximum or "Infinity")]
    return random.choice(taken) + random.choice([0, 1]) if taken and random.random() < 0.7 else Decimal(0)


def asked_by(pack: Pack) -> set[str]:
    """What a book alone asks for, many times over: part of an example is told, then what it asks until it is done."""
    random, bounds, found = Random(0), bounds_of(pack), set[str]()
    begun = [read_given(pack.facts, example.facts, example.on)[0] for example in pack.examples]
    for _walk in range(WALKS):
        told = {name: value for name, value in random.choice(begun).items() if random.random() < 0.7}
        while True:
            ruling = rule(pack, told, ON)
            found.update(one.fact for one in ruling.optional)
            questions = [one.fact for one in ruling.questions if one.fact not in told]
            if not questions:
                break
            found.update(questions)
            name = random.choice(questions)
            told[name] = answer(pack.facts[name], bounds, random)
        if pack.facts.keys() <= found:
            break
    return found


@pytest.fixture(scope="module")
def asked() -> Mapping[str, set[str]]:
    return {pack.name: asked_by(pack) for pack in PACKS}


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_a_book_asks_for_its_own_facts(pack: Pack, asked: Mapping[str, set[str]]) -> None:
    of_applying = pack.applies.reads - pack.applies.guarded if pack.applies is not None else frozenset()
    own = {name for name, fact in pack.facts.items() if not fact.shared} - of_applying
    assert own <= asked[pack.name]


def test_every_shared_fact_is_asked_for_by_some_book(asked: Mapping[str, set[str]]) -> None:
    of_applying = {name for pack in PACKS if pack.applies for name in pack.applies.reads - pack.applies.guarded}
    assert set(files.shared_facts()) - of_applying <= set().union(*asked.values())
