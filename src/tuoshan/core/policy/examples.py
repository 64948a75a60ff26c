"""Examples: what must be ruled on given facts, compared with what is ruled. They run as tests of their pack.

`expect` says as much as it cares about; `rights` is exact. Keys: rights, refused, outside, freight, risk, risk_back,
extra, deduct, proof, period, deadlines, limit, pays, asks, clauses, provisional. What does not fit is data; its words
are made by `examples_told`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from tuoshan.core.policy.example_shapes import misshapen
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import MOVING, Example, Pack
from tuoshan.core.policy.reckoning import Reckoning
from tuoshan.core.policy.ruling import rule
from tuoshan.core.policy.statements import Chosen, Ruling


@dataclass(frozen=True, slots=True)
class Unmet:
    """One thing that an example expects and that did not come.

    `where`: the key of `expect`, then what of it: `("rights", "return", "fee")`, `("proof", "seller", "ends")`. `how`:
    what came had to be the expected (`same`), to have it among others (`among`) or to be without it (`without`);
    `refused`: the fact cannot be taken, and what came says why; `no_such_key`: nothing of that name can be expected;
    `misshapen`: what is expected is not shaped as its key wants, and `came` is how it is written; `no_such_clause`: the
    book has no clause of that name, so that every ruling is without it.
    """

    where: tuple[str, ...]
    came: object
    expected: object
    how: Literal["same", "among", "without", "refused", "no_such_key", "misshapen", "no_such_clause"] = "same"


def differences(ruling: Ruling, expect: Mapping[str, object]) -> list[Unmet]:
    """What does not fit; empty when all does. What is not shaped as its key wants is told and not compared."""
    found = [Unmet(one.where, one.written, one.stands, "misshapen") for one in misshapen(expect)]
    wrong = {one.where[0] for one in found}
    for key, wanted in expect.items():
        if key in wrong:
            continue
        compare = _COMPARE.get(key)
        found += compare(ruling, wanted) if compare else [Unmet((key,), None, wanted, "no_such_key")]
    return found


def run_examples(pack: Pack) -> Iterator[tuple[Example, list[Unmet]]]:
    """Each example of a pack with what does not fit, under the settings for which examples were written."""
    under = _as_written(pack)
    for example in pack.examples:
        facts, problems = read_given(pack.facts, example.facts, example.on)
        if problems:
            yield example, [Unmet(("facts", one.fact), one.message, None, "refused") for one in problems]
        else:
            unmet = differences(rule(under, facts, example.on), example.expect)
            if not any(one.where[0] == "without" for one in unmet):
                there_is_none = sorted(_names(example.expect.get("without")) - pack.clauses.keys())
                unmet += [Unmet(("without",), None, name, "no_such_clause") for name in there_is_none]
            yield example, unmet


def _as_written(pack: Pack) -> Pack:
    kept = {
        one.name: replace(one, value=one.in_examples)
        for one in pack.settings.values() if one.in_examples is not None and one.in_examples != one.value
    }  # fmt: skip
    return replace(pack, settings={**pack.settings, **kept}) if kept else pack


# -- comparing ------------------------------------------------------------------------------------------------


def _same(actual: object, wanted: object) -> bool:
    """Numbers by value, dates by their text, all else as it is."""
    if isinstance(actual, Decimal):
        try:
            return actual == Decimal(str(wanted))
        except InvalidOperation:
            return False
    if isinstance(actual, date):
        return actual.isoformat() == str(wanted)
    return actual == wanted


def _one(where: tuple[str, ...], actual: object, wanted: object) -> list[Unmet]:
    return [] if _same(actual, wanted) else [Unmet(where, actual, wanted)]


def _set(where: tuple[str, ...], actual: set[str], wanted: set[str]) -> list[Unmet]:
    """Exactly these."""
    return [] if actual == wanted else [Unmet(where, sorted(actual), sorted(wanted))]


def _among(where: tuple[str, ...], actual: set[str], wanted: set[str]) -> list[Unmet]:
    """These, and others may be."""
    missing = wanted - actual
    return [Unmet(where, sorted(actual), sorted(missing), "among")] if missing else []


def _any(where: tuple[str, ...], actual: list[object], wanted: object) -> list[Unmet]:
    return [] if any(_same(one, wanted) for one in actual) else [Unmet(where, actual, wanted)]


def _mapping(wanted: object) -> Mapping[str, object]:
    return wanted if isinstance(wanted, Mapping) else {}


def _names(wanted: object) -> set[str]:
    return {str(item) for item in wanted} if isinstance(wanted, list | tuple) else set()


def _rights(ruling: Ruling, wanted: object) -> list[Unmet]:
    terms = _mapping(wanted) if not isinstance(wanted, list | tuple) else {str(name): {} for name in wanted}
    given = {right.remedy: right for right in ruling.rights}
    if found := _set(("rights",), set(given), set(terms)):
        return found
    for remedy, term in terms.items():
        for key, value in _mapping(term).items():
            right, where = given[remedy], ("rights", remedy, key)
            actual = _of_period(right.counted, key) if key in OF_A_PERIOD else getattr(right, key, None)
            if key in ("needs", "better_needs", "later"):
                names = [one.fact for one in right.later] if key == "later" else getattr(right, key)
                found += _set(where, set(names), _names(value))
            elif key in MOVING:
                found += _one(where, {leg: one.value for leg, one in getattr(right, key).items()}, value)
            elif key == "fee" and actual is None:
                found += _one(where, Decimal(0), value)
            else:
                found += _one(where, actual, value)
    return found


def _refused(ruling: Ruling, wanted: object) -> list[Unmet]:
    refused = {one.remedy for one in ruling.refused}
    return [] if "all" in refused else _among(("refused",), refused, _names(wanted))


def _of_chosen(what: str, chosen: Callable[[Ruling], Mapping[str, Chosen]]) -> Callable[[Ruling, object], list[Unmet]]:
    def compare(ruling: Ruling, wanted: object) -> list[Unmet]:
        given = chosen(ruling)
        return [
            one for key, value in _mapping(wanted).items()
            for one in _one((what, key), given[key].value if key in given else None, value)
        ]  # fmt: skip

    return compare


def _proof(ruling: Ruling, wanted: object) -> list[Unmet]:
    parties = sorted({one.what for one in ruling.proofs})
    if not wanted:
        return [Unmet(("proof",), parties, None)] if parties else []
    terms = dict(_mapping(wanted))
    party = terms.pop("from", None)
    mine = [one for one in ruling.proofs if party is None or one.what == party]
    if not mine:
        return [Unmet(("proof",), parties, party)]
    by = () if party is None else (str(party),)
    return [
        one for key, value in terms.items()
        for one in _any(("proof", *by, key), [said.amounts.get(key, said.words.get(key)) for said in mine], value)
    ]  # fmt: skip


def _period(ruling: Ruling, wanted: object) -> list[Unmet]:
    terms = _mapping(wanted)
    if not wanted:
        return [Unmet(("period",), [{**one.amounts} for one in ruling.periods], None)] if ruling.periods else []
    if not ruling.periods:
        return [Unmet(("period",), None, dict(terms))]
    return [
        found for key, value in terms.items()
        for found in _any(("period", key), [
            _of_period(one.counted, key) if key in OF_A_PERIOD else one.amounts.get(key, one.words.get(key))
            for one in ruling.periods
        ], value)
    ]  # fmt: skip


OF_A_PERIOD = ("from", "begins", "left_out", "anew")
"""How a period was counted: the fact of its first day, that day, the days left out, whether it began anew."""


def _of_period(counted: Reckoning | None, key: str) -> object:
    if counted is None:
        return None
    return {
        "from": counted.counted_from, "begins": counted.starts, "left_out": Decimal(counted.days_left_out),
        "anew": counted.anew,
    }[key]  # fmt: skip


def _deadlines(ruling: Ruling, wanted: object) -> list[Unmet]:
    found = []
    if not wanted and ruling.deadlines:
        return [Unmet(("deadlines",), sorted({one.what for one in ruling.deadlines}), None)]
    for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
        terms = dict(_mapping(item))
        party = terms.pop("who", None)
        mine = [one for one in ruling.deadlines if party is None or one.what == party]
        if not any(all(_same(one.amounts.get(k, one.words.get(k)), v) for k, v in terms.items()) for one in mine):
            where = ("deadlines",) if party is None else ("deadlines", str(party))
            came = [{**one.amounts, "within": one.words.get("within")} for one in mine]
            found.append(Unmet(where, came, terms))
    return found


def _asks(ruling: Ruling, wanted: object) -> list[Unmet]:
    asked = {question.fact for question in ruling.questions}
    return _among(("asks",), asked, _names(wanted)) if wanted else _set(("asks",), asked, set())


def _cited(ruling: Ruling) -> set[str]:
    return {name for _pack, name in ruling.clauses}


def _without(ruling: Ruling, wanted: object) -> list[Unmet]:
    """Clauses on which it does not rest."""
    found = _cited(ruling) & _names(wanted)
    return [Unmet(("clauses",), sorted(_cited(ruling)), sorted(found), "without")] if found else []


def _total(chosen: Mapping[str, Chosen]) -> Decimal:
    return sum((one.value for one in chosen.values() if isinstance(one.value, Decimal)), Decimal(0))


_COMPARE: Mapping[str, Callable[[Ruling, object], list[Unmet]]] = {
    "rights": _rights,
    "refused": _refused,
    "outside": lambda ruling, wanted: _one(("outside",), ruling.outside, wanted),
    "freight": _of_chosen("freight", lambda ruling: ruling.freight),
    "risk": _of_chosen("risk", lambda ruling: ruling.risk),
    "risk_back": lambda ruling, wanted: _of_chosen("risk", lambda one: one.risk)(ruling, {"back": wanted}),
    "extra": lambda ruling, wanted: _one(("extra",), ruling.extra or Decimal(0), wanted),
    "deduct": lambda ruling, wanted: _one(("deduct",), _total(ruling.deductions), wanted),
    "proof": _proof,
    "period": _period,
    "deadlines": _deadlines,
    "limit": _of_chosen("limit", lambda ruling: ruling.limits),
    "pays": _of_chosen("pays", lambda ruling: ruling.pays),
    "asks": _asks,
    "clauses": lambda ruling, wanted: _among(("clauses",), _cited(ruling), _names(wanted)),
    "without": _without,
    "stated": lambda ruling, wanted: _set(("stated",), {one.clause for one in ruling.stated}, _names(wanted)),
    "provisional": lambda ruling, wanted: _one(("provisional",), bool(ruling.provisional), wanted),
}
