"""The shapes of what an example expects. An expectation of another shape would compare nothing and so hold always."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misshapen:
    """An expectation that is not shaped as its key wants: where it stands, what stands there, and how it is written."""

    where: Path
    stands: object
    written: str


Shape = Callable[[Path, object], Iterator[Misshapen]]
"""Gives whatever is not shaped so."""


def anything(where: Path, wanted: object) -> Iterator[Misshapen]:
    yield from ()


def text_of(value: object) -> str:
    """A value as it may stand in a list or mapping, where it is short enough to be shown again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | Decimal) or hasattr(value, "isoformat") else "…"


def names(where: Path, wanted: object) -> Iterator[Misshapen]:
    """A list of names."""
    items = wanted if isinstance(wanted, list | tuple) else None
    if items is None or not all(isinstance(one, str) and one for one in items):
        shown = ", ".join(text_of(one) for one in items) if items is not None else text_of(wanted)
        yield Misshapen(where, wanted, f"{where[-1]}: [{shown}]")


def known(where: Path, terms: Mapping[object, object], shapes: Mapping[str, Shape]) -> Iterator[Misshapen]:
    """A mapping of these terms, each of its own shape."""
    for name, value in terms.items():
        if name not in shapes:
            yield Misshapen((*where, str(name)), value, f"{where[-1]}: {{{' | '.join(shapes)}: …}}")
        else:
            yield from shapes[str(name)]((*where, str(name)), value)


def mapping(sample: str, shapes: Mapping[str, Shape] | None = None, *, also: tuple[type, ...] = ()) -> Shape:
    """A mapping, of these terms where they are told; `also`: what else may stand there."""

    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        if isinstance(wanted, Mapping):
            if shapes is not None:
                yield from known(where, wanted, shapes)
        elif not isinstance(wanted, also):
            yield Misshapen(where, wanted, f"{where[-1]}: {{{sample % text_of(wanted)}}}")

    return judge


def by_name(sample: str, shapes: Mapping[str, Shape]) -> Shape:
    """A list of names, or a mapping that holds of each of them what `shapes` tells."""

    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        if isinstance(wanted, list | tuple):
            yield from names(where, wanted)
        elif not isinstance(wanted, Mapping):
            yield Misshapen(where, wanted, f"{where[-1]}: {{{text_of(wanted)}: {{}}}}")
        else:
            for name, terms in wanted.items():
                yield from mapping(sample, shapes)((*where, str(name)), terms)

    return judge


def listed(sample: str, shapes: Mapping[str, Shape]) -> Shape:
    """A list of mappings, or a single one."""

    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
            if isinstance(item, Mapping):
                yield from known(where, item, shapes)
            else:
                yield Misshapen(where, item, f"{where[-1]}: [{{{sample % text_of(item)}}}]")

    return judge


def _scalar(kinds: tuple[type, ...], sample: str) -> Shape:
    def judge(where: Path, wanted: object) -> Iterator[Misshapen]:
        if not isinstance(wanted, kinds) or (isinstance(wanted, bool) and bool not in kinds):
            yield Misshapen(where, wanted, f"{where[-1]}: {sample}")

    return judge


yes_no = _scalar((bool,), "yes | no")
number = _scalar((int, float, Decimal), "99.00")
party = _scalar((str,), "seller")
