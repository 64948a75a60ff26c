"""One sentence of a ruling, and how a sentence is joined and begun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import BEARERS
from tuoshan.core.policy.statements import Statement


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a ruling: its sign (due, needed, refused, asked, cost, said), the words, the clauses behind."""

    sign: str
    words: Wording
    clauses: tuple[str, ...] = ()
    counted: Wording | None = None
    """How the period in it was counted, for who asks."""


def each_once(told: Iterable[Line]) -> Iterator[Line]:
    """Lines that say the same as one, with the clauses of all."""
    alike: dict[str, list[Line]] = {}
    for line in told:
        alike.setdefault(line.words.zh, []).append(line)
    for some in alike.values():
        yield replace(some[0], clauses=tuple(dict.fromkeys(name for one in some for name in one.clauses)))


def once_each(told: Iterable[Line]) -> Iterator[Line]:
    """Lines of several signs in their order, none of them twice: a second that says the same gives its clauses to the
    first."""
    found: dict[tuple[str, str], Line] = {}
    for line in told:
        key = line.sign, line.words.zh
        first = found.get(key)
        found[key] = line if first is None else replace(
            first, clauses=tuple(dict.fromkeys((*first.clauses, *line.clauses)))
        )  # fmt: skip
    yield from found.values()


OURSELVES = {"seller": Wording("我们", "us"), "buyer": Wording("您", "you")}
"""Whom a customer hears us name so."""


def party_named(name: str, *, to_customer: bool) -> Wording:
    """A party in a sentence; to the customer we speak of ourselves and of them."""
    known = BEARERS.get(name, Wording(name, name))
    return OURSELVES.get(name, known) if to_customer else known


def cited(*statements: Statement) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in statements for name in one.why.clauses))


def joined(first: str, second: str) -> str:
    if not second:
        return first
    return f"{first}，{second}" if any("\u3400" <= sign <= "\u9fff" for sign in first) else f"{first}; {second}"


def small(text: str) -> str:
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
