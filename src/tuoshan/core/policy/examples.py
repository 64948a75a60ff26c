"""Examples: what must be ruled on given facts, compared with what is ruled. They run as tests of their pack.

`expect` says as much as it cares about; `rights` is exact. Keys: rights, refused, outside, freight, risk, risk_back,
extra, deduct, proof, period, deadlines, limit, pays, asks, clauses, provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import MOVING, Example, Pack
from tuoshan.core.policy.reckoning import Reckoning
from tuoshan.core.policy.ruling import rule
from tuoshan.core.policy.statements import Chosen, Ruling


def differences(ruling: Ruling, expect: Mapping[str, object]) -> list[str]:
    """What does not fit, a line each; empty when all does."""
    found: list[str] = []
    for key, wanted in expect.items():
        compare = _COMPARE.get(key)
        found += compare(ruling, wanted) if compare else [f"'{key}' is nothing that an example may expect"]
    return found


def run_examples(pack: Pack) -> Iterator[tuple[Example, list[str]]]:
    """Each example of a pack with what does not fit, under the settings for which examples were written."""
    under = _as_written(pack)
    for example in pack.examples:
        facts, problems = read_given(pack.facts, example.facts, example.on)
        if problems:
            yield example, [problem.message.en for problem in problems]
        else:
            yield example, differences(rule(under, facts, example.on), example.expect)


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


def _line(what: str, actual: object, wanted: object) -> list[str]:
    return [] if _same(actual, wanted) else [f"{what}: {_shown(actual)}, expected {wanted}"]


def _shown(value: object) -> str:
    return str(value) if not isinstance(value, list | set | tuple) else ", ".join(sorted(map(str, value))) or "nothing"


def _mapping(wanted: object) -> Mapping[str, object]:
    return wanted if isinstance(wanted, Mapping) else {}


def _names(wanted: object) -> set[str]:
    return {str(item) for item in wanted} if isinstance(wanted, list | tuple) else set()


def _rights(ruling: Ruling, wanted: object) -> list[str]:
    terms = _mapping(wanted) if not isinstance(wanted, list | tuple) else {str(name): {} for name in wanted}
    given = {right.remedy: right for right in ruling.rights}
    if set(given) != set(terms):
        return [f"rights: {_shown(set(given))}; expected {_shown(set(terms))}"]
    found = []
    for remedy, term in terms.items():
        for key, value in _mapping(term).items():
            right = given[remedy]
            actual = _of_period(right.counted, key) if key in OF_A_PERIOD else getattr(right, key, None)
            if key in ("needs", "better_needs", "later"):
                names = [one.fact for one in right.later] if key == "later" else getattr(right, key)
                found += [] if _names(value) == set(names) else [f"{remedy} {key}: {names}, expected {value}"]
            elif key in MOVING:
                bearers = {leg: one.value for leg, one in getattr(right, key).items()}
                found += [] if bearers == value else [f"{remedy} {key}: {bearers}, expected {value}"]
            elif key == "fee" and actual is None:
                found += _line(f"{remedy} fee", Decimal(0), value)
            else:
                found += _line(f"{remedy} {key}", actual, value)
    return found


def _refused(ruling: Ruling, wanted: object) -> list[str]:
    refused = {one.remedy for one in ruling.refused}
    missing = _names(wanted) - refused if "all" not in refused else set()
    return [f"refused: {_shown(refused)}; expected {_shown(missing)} too"] if missing else []


def _of_chosen(what: str, chosen: Callable[[Ruling], Mapping[str, Chosen]]) -> Callable[[Ruling, object], list[str]]:
    def compare(ruling: Ruling, wanted: object) -> list[str]:
        given = chosen(ruling)
        return [
            line for key, value in _mapping(wanted).items()
            for line in _line(f"{what} {key}", given[key].value if key in given else None, value)
        ]  # fmt: skip

    return compare


def _proof(ruling: Ruling, wanted: object) -> list[str]:
    if not wanted:
        return [] if not ruling.proofs else [f"proof from {ruling.proofs[0].what}, expected none"]
    terms = dict(_mapping(wanted))
    party = terms.pop("from", None)
    mine = [one for one in ruling.proofs if party is None or one.what == party]
    if not mine:
        return [f"proof from {_shown({one.what for one in ruling.proofs})}, expected from {party}"]
    return [
        line for key, value in terms.items()
        for line in _any(f"proof from {party} {key}", [one.amounts.get(key, one.words.get(key)) for one in mine], value)
    ]  # fmt: skip


def _period(ruling: Ruling, wanted: object) -> list[str]:
    terms = _mapping(wanted)
    if not ruling.periods:
        return [f"no period, expected {terms}"]
    return [
        line
        for key, value in terms.items()
        for line in _any(f"period {key}", [
            _of_period(one.counted, key) if key in OF_A_PERIOD else one.amounts.get(key, one.words.get(key))
            for one in ruling.periods
        ], value)
    ]


OF_A_PERIOD = ("from", "begins", "left_out", "anew")
"""How a period was counted: the fact of its first day, that day, the days left out, whether it began anew."""


def _of_period(counted: Reckoning | None, key: str) -> object:
    if counted is None:
        return None
    return {
        "from": counted.counted_from, "begins": counted.starts, "left_out": Decimal(counted.days_left_out),
        "anew": counted.anew,
    }[key]  # fmt: skip


def _any(what: str, actual: list[object], wanted: object) -> list[str]:
    return [] if any(_same(one, wanted) for one in actual) else [f"{what}: {_shown(actual)}, expected {wanted}"]


def _deadlines(ruling: Ruling, wanted: object) -> list[str]:
    found = []
    for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
        terms = dict(_mapping(item))
        party = terms.pop("who", None)
        mine = [one for one in ruling.deadlines if party is None or one.what == party]
        if not mine:
            found.append(f"no deadline of {party}")
        elif not any(all(_same(one.amounts.get(k, one.words.get(k)), v) for k, v in terms.items()) for one in mine):
            shown = [{**one.amounts, "within": one.words.get("within")} for one in mine]
            found.append(f"deadline of {party}: {shown}, expected {terms}")
    return found


def _asks(ruling: Ruling, wanted: object) -> list[str]:
    asked = {question.fact for question in ruling.questions}
    if not wanted:
        return [] if not asked else [f"asks {_shown(asked)}, expected nothing"]
    missing = _names(wanted) - asked
    return [f"asks {_shown(asked)}; expected {_shown(missing)} too"] if missing else []


def _clauses(ruling: Ruling, wanted: object) -> list[str]:
    cited = {name for _, name in ruling.clauses}
    missing = _names(wanted) - cited
    return [f"cites {_shown(cited)}; expected {_shown(missing)} too"] if missing else []


def _without(ruling: Ruling, wanted: object) -> list[str]:
    """Clauses on which it does not rest."""
    found = {name for _, name in ruling.clauses} & _names(wanted)
    return [f"cites {_shown(found)}, expected not to"] if found else []


def _stated(ruling: Ruling, wanted: object) -> list[str]:
    """Clauses that are stated and not applied: exactly these."""
    stated = {one.clause for one in ruling.stated}
    return [] if stated == _names(wanted) else [f"states {_shown(stated)}; expected {_shown(_names(wanted))}"]


def _total(chosen: Mapping[str, Chosen]) -> Decimal:
    return sum((one.value for one in chosen.values() if isinstance(one.value, Decimal)), Decimal(0))


_COMPARE: Mapping[str, Callable[[Ruling, object], list[str]]] = {
    "rights": _rights,
    "refused": _refused,
    "outside": lambda ruling, wanted: _line("outside", ruling.outside, wanted),
    "freight": _of_chosen("freight", lambda ruling: ruling.freight),
    "risk": _of_chosen("risk", lambda ruling: ruling.risk),
    "risk_back": lambda ruling, wanted: _of_chosen("risk", lambda one: one.risk)(ruling, {"back": wanted}),
    "extra": lambda ruling, wanted: _line("extra", ruling.extra or Decimal(0), wanted),
    "deduct": lambda ruling, wanted: _line("deduct", _total(ruling.deductions), wanted),
    "proof": _proof,
    "period": _period,
    "deadlines": _deadlines,
    "limit": _of_chosen("limit", lambda ruling: ruling.limits),
    "pays": _of_chosen("pays", lambda ruling: ruling.pays),
    "asks": _asks,
    "clauses": _clauses,
    "without": _without,
    "stated": _stated,
    "provisional": lambda ruling, wanted: _line("provisional", bool(ruling.provisional), wanted),
}
