"""What an example would expect, were it to expect what its book now rules; whatever still holds stays as it is.

A fact that cannot be taken, and an expectation of a shape or name that there is not, cannot be renewed: what the
example means has to be written by whoever knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tuoshan.core.policy.checking.examples import Unmet, run_examples
from tuoshan.core.policy.pack import Example, Pack

ROUNDS = 8
"""A remedy that comes or goes hides its terms from the first comparison."""


@dataclass(slots=True)
class Renewed:
    """Expectations by what is ruled now, what of them became otherwise, and what cannot be renewed."""

    expect: dict[str, Any]
    changed: list[Unmet] = field(default_factory=list)
    left: list[Unmet] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return bool(self.changed) and not self.left


def renewed(pack: Pack, example: Example) -> Renewed:
    """The example by what the book rules."""
    found = Renewed(_copied(example.expect))
    for _round in range(ROUNDS):
        [(_example, unmet)] = run_examples(replace(pack, examples=(replace(example, expect=found.expect),)))
        found.left = [one for one in unmet if not _renew(found.expect, one)]
        found.changed += [one for one in unmet if one not in found.left and one not in found.changed]
        if found.left or not unmet:
            return found
    found.left = found.changed
    return found


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list | tuple) else value


def _renew(expect: dict[str, Any], one: Unmet) -> bool:
    """Put what came in the place of what was expected; whether that can be done."""
    key = one.where[0]
    match one.how:
        case "no_such_clause":
            return _without(expect, "without", [str(one.expected)])
        case "without":
            return _without(expect, "without", list(one.expected))  # type: ignore[call-overload]
        case "among":
            return _among(expect, one)
        case "same":
            make = _MADE.get(key)
            return make(expect, one) if make is not None else False
    return False


def _without(expect: dict[str, Any], key: str, names: list[str]) -> bool:
    """The same list without these names; without the list where none is left."""
    kept = [name for name in expect.get(key) or [] if name not in names]
    if kept:
        expect[key] = kept
    else:
        expect.pop(key, None)
    return True


def _among(expect: dict[str, Any], one: Unmet) -> bool:
    """Those that still come; where none does, those that come now, so that something is watched."""
    key = one.where[0]
    _without(expect, key, list(one.expected))  # type: ignore[call-overload]
    if key not in expect and one.came:
        expect[key] = one.came
    return True


def _whole(expect: dict[str, Any], one: Unmet) -> bool:
    expect[one.where[0]] = one.came
    return True


def _put(terms: dict[str, Any], key: str, came: object) -> None:
    """What came; nothing where none came."""
    if came is None or came == {}:
        terms.pop(key, None)
    else:
        terms[key] = _copied(came)


def _rights(expect: dict[str, Any], one: Unmet) -> bool:
    known = expect.get("rights")
    if len(one.where) == 1:
        came: list[str] = list(one.came)  # type: ignore[call-overload]
        was = list(known or [])
        names = [*(name for name in was if name in came), *(name for name in came if name not in was)]
        expect["rights"] = names if isinstance(known, list) else {
            name: known.get(name, {}) if isinstance(known, Mapping) else {} for name in names}  # fmt: skip
        return True
    _rights_key, remedy, key = one.where
    _put(expect["rights"][remedy], key, one.came)
    return True


def _parts(expect: dict[str, Any], one: Unmet) -> bool:
    """Freight, risk, limits and costs, each by its own part."""
    what, key = one.where
    terms = expect.get(what)
    if what == "risk" and not (isinstance(terms, dict) and key in terms):
        _put(expect, "risk_back", one.came)
        return True
    if not isinstance(terms, dict):
        return False
    _put(terms, key, one.came)
    if not terms:
        expect.pop(what)
    return True


def _first(came: object) -> object:
    return next((one for one in came if one is not None), None) if isinstance(came, list) else came


def _proof(expect: dict[str, Any], one: Unmet) -> bool:
    if len(one.where) == 1:
        party = _first(one.came)
        expect["proof"] = {"from": party} if party is not None else False
    else:
        _put(expect["proof"], one.where[-1], _first(one.came))
    return True


def _period(expect: dict[str, Any], one: Unmet) -> bool:
    if len(one.where) > 1:
        _put(expect["period"], one.where[-1], _first(one.came))
        return True
    ends = _first(one.came)
    expect["period"] = {"ends": ends["ends"]} if isinstance(ends, Mapping) and "ends" in ends else {}
    return True


def _deadlines(expect: dict[str, Any], one: Unmet) -> bool:
    came = list(one.came) if isinstance(one.came, list) else []
    if one.expected is None:
        expect["deadlines"] = [{"who": party} for party in came]
        return True
    known, party = expect.get("deadlines"), one.where[1] if len(one.where) > 1 else None
    kept: list[dict[str, Any]] = []
    for item in known if isinstance(known, list) else [known or {}]:
        terms = {name: value for name, value in item.items() if name != "who"}
        if terms != one.expected or item.get("who") != party:
            kept.append(item)
        elif came:
            told = {name: came[0][name] for name in terms if came[0].get(name) is not None}
            kept.append({**({"who": party} if party is not None else {}), **told})
    if kept:
        expect["deadlines"] = kept
    else:
        expect.pop("deadlines")
    return True


_MADE: Mapping[str, Callable[[dict[str, Any], Unmet], bool]] = {
    "rights": _rights, "freight": _parts, "risk": _parts, "limit": _parts, "pays": _parts, "proof": _proof,
    "period": _period, "deadlines": _deadlines, "outside": _whole, "extra": _whole, "deduct": _whole, "asks": _whole,
    "stated": _whole, "provisional": _whole,
}  # fmt: skip


def plain_expectations(value: object) -> object:
    """Expectations without days and numbers of Python's own: as they stand in a text."""
    match value:
        case Mapping():
            return {str(name): plain_expectations(one) for name, one in value.items()}
        case list() | tuple():
            return [plain_expectations(one) for one in value]
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return value
