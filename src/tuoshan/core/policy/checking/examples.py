"""Examples: what must be ruled on given facts, compared with what is ruled. They run as tests of their pack.

`expect` says as much as it cares about; `rights` is exact. Of what it may speak stands in `SUBJECTS`, in which terms in
`example_terms`. What does not fit is data; its words are made by `examples_told`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.checking import example_shapes as shapes
from tuoshan.core.policy.checking import example_terms
from tuoshan.core.policy.checking.example_shapes import Shape
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Example, Pack
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
    found = []
    for key, wanted in expect.items():
        subject = SUBJECTS.get(key)
        if subject is None:
            found.append(Unmet((key,), None, wanted, "no_such_key"))
            continue
        misshapen = list(subject.shape((key,), wanted))
        found += [Unmet(one.where, one.written, one.stands, "misshapen") for one in misshapen]
        if not misshapen:
            found += subject.compare(ruling, wanted)
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
            actual, where = example_terms.RIGHT[key].read(given[remedy]), ("rights", remedy, key)
            found += _set(where, actual, _names(value)) if isinstance(actual, set) else _one(where, actual, value)
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
        for one in _any(("proof", *by, key), [example_terms.PROOF[key].read(said) for said in mine], value)
    ]  # fmt: skip


def _period(ruling: Ruling, wanted: object) -> list[Unmet]:
    terms = _mapping(wanted)
    if not wanted:
        return [Unmet(("period",), [{**one.amounts} for one in ruling.periods], None)] if ruling.periods else []
    if not ruling.periods:
        return [Unmet(("period",), None, dict(terms))]
    return [
        found for key, value in terms.items()
        for found in _any(("period", key), [example_terms.PERIOD[key].read(one) for one in ruling.periods], value)
    ]  # fmt: skip


def _deadlines(ruling: Ruling, wanted: object) -> list[Unmet]:
    found = []
    if not wanted and ruling.deadlines:
        return [Unmet(("deadlines",), sorted({one.what for one in ruling.deadlines}), None)]
    for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
        terms = dict(_mapping(item))
        party = terms.pop("who", None)
        mine = [one for one in ruling.deadlines if party is None or one.what == party]
        if not any(all(_same(example_terms.DEADLINE[k].read(one), v) for k, v in terms.items()) for one in mine):
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


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a ruling an example may speak of: what it is called, how it is written, how it is compared. Freight,
    risk, limits and costs are called by their parts."""

    called: Wording
    shape: Shape
    compare: Callable[[Ruling, object], list[Unmet]]


SUBJECTS: Mapping[str, Subject] = {
    "rights": Subject(
        Wording("现在算出可以", "now due"), shapes.by_name("amount: %s", example_terms.shapes(example_terms.RIGHT)),
        _rights,
    ),
    "refused": Subject(Wording("现在算出不支持", "now not due"), shapes.names, _refused),
    "outside": Subject(
        Wording("不涉及这件事", "says nothing of the matter"), shapes.yes_no,
        lambda ruling, wanted: _one(("outside",), ruling.outside, wanted),
    ),
    "freight": Subject(NO_WORDING, example_terms.moving, _of_chosen("freight", lambda ruling: ruling.freight)),
    "risk": Subject(NO_WORDING, example_terms.moving, _of_chosen("risk", lambda ruling: ruling.risk)),
    "risk_back": Subject(
        NO_WORDING, shapes.party,
        lambda ruling, wanted: _of_chosen("risk", lambda one: one.risk)(ruling, {"back": wanted}),
    ),
    "extra": Subject(
        Wording("另付", "on top"), shapes.number,
        lambda ruling, wanted: _one(("extra",), ruling.extra or Decimal(0), wanted),
    ),
    "deduct": Subject(
        Wording("扣减", "taken off"), shapes.number,
        lambda ruling, wanted: _one(("deduct",), _total(ruling.deductions), wanted),
    ),
    "proof": Subject(
        Wording("举证", "proof"),
        shapes.mapping("from: %s", example_terms.shapes(example_terms.PROOF), also=(bool,)), _proof,
    ),
    "period": Subject(
        Wording("期间", "period"), shapes.mapping("ends: %s", example_terms.shapes(example_terms.PERIOD)), _period
    ),
    "deadlines": Subject(
        Wording("时限", "time limit"),
        shapes.listed("who: seller, within: %s", example_terms.shapes(example_terms.DEADLINE)), _deadlines,
    ),
    "limit": Subject(
        NO_WORDING, shapes.mapping("compensation: %s"), _of_chosen("limit", lambda ruling: ruling.limits)
    ),
    "pays": Subject(NO_WORDING, shapes.mapping("test_fee: %s"), _of_chosen("pays", lambda ruling: ruling.pays)),
    "asks": Subject(Wording("要问", "asks"), shapes.names, _asks),
    "clauses": Subject(
        Wording("条款", "clauses"), shapes.names,
        lambda ruling, wanted: _among(("clauses",), _cited(ruling), _names(wanted)),
    ),
    "without": Subject(NO_WORDING, shapes.names, _without),
    "stated": Subject(
        Wording("列明而不适用", "stated, not applied"), shapes.names,
        lambda ruling, wanted: _set(("stated",), {one.clause for one in ruling.stated}, _names(wanted)),
    ),
    "provisional": Subject(
        Wording("暂定", "provisional"), shapes.yes_no,
        lambda ruling, wanted: _one(("provisional",), bool(ruling.provisional), wanted),
    ),
}  # fmt: skip
