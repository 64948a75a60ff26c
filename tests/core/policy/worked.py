"""The cases with which a rule book comes: its own examples, and those worked out by hand beside the tests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import lines
from tuoshan.rulings import files

RULINGS = Path(__file__).parent / "rulings"


BOOKS = tuple(sorted(path.stem for path in RULINGS.glob("*.yaml")))


@dataclass(frozen=True, eq=False)
class Case:
    """Facts, the day of asking, and what must be ruled on them."""

    facts: Mapping[str, object]
    today: date
    expect: Mapping[str, Any]
    alone: bool
    """Whether its book alone is asked, or every book that applies."""
    name: str = ""


@cache
def hand_worked(book: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((RULINGS / f"{book}.yaml").read_text(encoding="utf-8"))["cases"]
    return found


@cache
def all_of(book: str) -> list[dict[str, Any]]:
    """Those worked out by hand beside the tests, and the book's own examples in the same form."""
    examples = [one.examples for one in files.packaged() if one.name == book]
    return hand_worked(book) + [
        {"id": one.name, "on": one.on, "facts": one.facts, "expect": one.expect} for all_ in examples for one in all_
    ]


@cache
def known() -> dict[str, Any]:
    return {**files.shared_facts(), **facts_of(files.packaged())}


def asked_on(case: Mapping[Any, Any]) -> date:
    """The day of asking of a case worked out by hand; YAML reads an unquoted `on` as yes."""
    found: date = case.get("on", case.get(True))
    return found


def ruled(book: str, case: Mapping[Any, Any]) -> Ruling:
    """What is ruled on a case, once for all tests: by its book alone under the case's settings, or by all."""
    found = _RULED.get(id(case))
    if found is None:
        today = asked_on(case)
        facts, problems = read_given(known(), case["facts"], today)
        assert not problems, [problem.message.en for problem in problems]
        if case.get("alone", True):
            [pack] = [one for one in files.packaged() if one.name == book]
            found = rule(switched(pack, case.get("settings", {})), facts, today)
        else:
            found = rule_all(files.packaged(), facts, today)
        _RULED[id(case)] = found
    return found


_RULED: dict[int, Ruling] = {}
"""By the case itself: `all_of` gives the same mapping each time."""


@cache
def cases_of(pack: Pack) -> tuple[Case, ...]:
    """All cases of a book under the settings that it has."""
    return tuple(_cases(pack))


def _cases(pack: Pack) -> Iterator[Case]:
    [shipped] = [one for one in files.packaged() if one.name == pack.name]
    for case in hand_worked(pack.name):
        if settings_of(switched(shipped, case.get("settings", {}))) == settings_of(pack):
            facts, _problems = read_given(known(), case["facts"], asked_on(case))
            yield Case(facts, asked_on(case), case["expect"], case.get("alone", True), str(case["id"]))
    if settings_of(shipped) == settings_of(pack):
        yield from examples_of(pack)


@cache
def examples_of(pack: Pack) -> tuple[Case, ...]:
    """The examples that travel with a book."""
    return tuple(
        Case(read_given(pack.facts, one.facts, one.on)[0], one.on, one.expect, True, one.name) for one in pack.examples
    )


def out_of_order(ruling: Ruling, case: Mapping[Any, Any]) -> list[str]:
    """What does not fit the order of the customer's choice; empty when all does.

    `order` of a case says it exactly for the remedies that it names: what comes first stands first, and those between
    which the customer is as free stand in a list of their own. Without it no remedy stands in `rights` before one that
    comes first in the ruling.
    """
    ranks = {right.remedy: right.rank for right in ruling.rights}
    if "order" in case:
        told = [sorted(one) if isinstance(one, list) else [one] for one in case["order"]]
        kept = {name: rank for name, rank in ranks.items() if any(name in one for one in told)}
        ruled = [sorted(name for name in kept if kept[name] == rank) for rank in sorted(set(kept.values()))]
        return [] if told == ruled else [f"in the order {ruled}, expected {told}"]
    names = [name for name in case["expect"].get("rights", ()) if name in ranks]
    in_order = sorted(names, key=lambda name: ranks[name])
    return [] if names == in_order else [f"in the order {in_order}, expected {names}"]


def said_otherwise(ruling: Ruling, case: Mapping[Any, Any]) -> list[str]:
    """What does not fit of what the ruling tells to do: a case `says` words that must stand in it, `unsaid` others."""
    told = "\n".join(line.words.zh for line in lines(ruling))
    return [f"does not say {words}" for words in case.get("says", ()) if words not in told] + [
        f"says {words}" for words in case.get("unsaid", ()) if words in told
    ]


def switched(pack: Pack, settings: Mapping[str, object]) -> Pack:
    """A book as a company has it that changed these settings; the same book where none is named."""
    return _switched(pack, tuple(sorted(settings.items()))) if settings else pack


@cache
def _switched(pack: Pack, settings: tuple[tuple[str, object], ...]) -> Pack:
    changed = {name: replace(pack.settings[name], value=value) for name, value in settings}
    return replace(pack, settings={**pack.settings, **changed})


def settings_of(pack: Pack) -> dict[str, object]:
    return {name: setting.value for name, setting in pack.settings.items()}
