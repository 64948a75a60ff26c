"""The shapes that expectations of an example have. One of another shape would compare nothing and so hold always."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.core.policy.pack import LEGS, MOVING

Path = tuple[str, ...]
OF_RIGHTS = (
    "amount", "fee", "until", "needs", "better_needs", "later", "freight", "risk", "from", "begins", "left_out", "anew",
    "rank",
)  # fmt: skip
OF_PERIODS = ("starts", "ends", "restarts", "what", "from", "begins", "left_out", "anew")
OF_PROOFS = ("from", "what", "starts", "ends", "time", "hours", "within", "silent")
OF_DEADLINES = ("who", "what", "within", "starts", "from", "ends")
NAMED_IN_RIGHTS = ("needs", "better_needs", "later")
"""The terms of a right that are lists of names."""


@dataclass(frozen=True, slots=True)
class Misshapen:
    """An expectation that is not shaped as its key wants: where it stands, what stands there, and how it is written."""

    where: Path
    stands: object
    written: str


def misshapen(expect: Mapping[str, object]) -> list[Misshapen]:
    """Whatever is of a shape that its key does not have; a key that there is not is none of ours."""
    return [one for key, wanted in expect.items() if key in _SHAPES for one in _SHAPES[key]((key,), wanted)]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _text(value: object) -> str:
    """A value as it may stand in a list or mapping, where it is short enough to be shown again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | Decimal) or hasattr(value, "isoformat") else "…"


def _names(where: Path, wanted: object) -> Iterator[Misshapen]:
    items = wanted if isinstance(wanted, list | tuple) else None
    if items is None or not all(_is_name(one) for one in items):
        shown = ", ".join(_text(one) for one in items) if items is not None else _text(wanted)
        yield Misshapen(where, wanted, f"{where[-1]}: [{shown}]")


def _known(where: Path, terms: Mapping[object, object], known: tuple[str, ...]) -> Iterator[Misshapen]:
    for name in terms:
        if name not in known:
            yield Misshapen((*where, str(name)), terms[name], f"{where[-1]}: {{{' | '.join(known)}: …}}")


def _terms(
    sample: str, known: tuple[str, ...] = (), *, also: tuple[type, ...] = ()
) -> Callable[[Path, object], Iterator[Misshapen]]:
    """A mapping, of these names where they are told; `also`: what else may stand there."""

    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        if isinstance(wanted, Mapping):
            if known:
                yield from _known(where, wanted, known)
        elif not isinstance(wanted, also):
            yield Misshapen(where, wanted, f"{where[-1]}: {{{sample % _text(wanted)}}}")

    return judge


def _scalar(kinds: tuple[type, ...], sample: str) -> Callable[[Path, object], Iterator[Misshapen]]:
    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        if not isinstance(wanted, kinds) or (isinstance(wanted, bool) and bool not in kinds):
            yield Misshapen(where, wanted, f"{where[-1]}: {sample}")

    return judge


def _rights(where: Path, wanted: object) -> Iterator[Misshapen]:
    if isinstance(wanted, list | tuple):
        yield from _names(where, wanted)
        return
    if not isinstance(wanted, Mapping):
        yield Misshapen(where, wanted, f"rights: {{{_text(wanted)}: {{}}}}")
        return
    for remedy, terms in wanted.items():
        here = (*where, str(remedy))
        if not isinstance(terms, Mapping):
            yield Misshapen(here, terms, f"{remedy}: {{amount: {_text(terms)}}}")
            continue
        yield from _known(here, terms, OF_RIGHTS)
        for name, value in terms.items():
            if name in NAMED_IN_RIGHTS:
                yield from _names((*here, name), value)
            elif name in MOVING:
                yield from _moving((*here, name), value)


def _deadlines(where: Path, wanted: object) -> Iterator[Misshapen]:
    for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
        if isinstance(item, Mapping):
            yield from _known(where, item, OF_DEADLINES)
        else:
            yield Misshapen(where, item, f"deadlines: [{{who: seller, within: {_text(item)}}}]")


_moving = _terms("back: %s", LEGS)
_yes_no = _scalar((bool,), "yes | no")
_number = _scalar((int, float, Decimal), "99.00")
_SHAPES: Mapping[str, Callable[[Path, object], Iterator[Misshapen]]] = {
    "rights": _rights, "refused": _names, "asks": _names, "clauses": _names, "without": _names, "stated": _names,
    "freight": _moving, "risk": _moving, "risk_back": _scalar((str,), "seller"),
    "limit": _terms("compensation: %s"), "pays": _terms("test_fee: %s"),
    "period": _terms("ends: %s", OF_PERIODS), "proof": _terms("from: %s", OF_PROOFS, also=(bool,)),
    "deadlines": _deadlines, "outside": _yes_no, "provisional": _yes_no, "extra": _number, "deduct": _number,
}  # fmt: skip
