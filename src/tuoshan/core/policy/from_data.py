"""A kept ruling read back: the same sentences from the frozen data as from the ruling that was frozen.

The rule books of that day need not be there any more; what is cited of them stands in the data itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.expiring import Expired, Furthest
from tuoshan.core.policy.engine.reckoning import LeftOut, Reckoning
from tuoshan.core.policy.pack import Clause, Pack
from tuoshan.core.policy.statements import (
    Chosen,
    Difference,
    Lengthening,
    Overriding,
    Question,
    Refused,
    Right,
    Ruling,
    Stated,
    Statement,
    Why,
)

Data = Mapping[str, Any]
ABOUT = frozenset({"kind", "what", "who", "by", "counted", "later", "furthest"})


def from_data(data: Data) -> Ruling:
    """The ruling that `as_data` wrote down, as far as it can be said again; without its trace."""
    books = {pack["name"]: _pack(pack, data["clauses"]) for pack in data["packs"]}
    source = _Source(books)
    cited = [
        Statement("cited", "", Why(source.pack(one["pack"]), "", "", (one["clause"],), NO_WORDING), {}, {})
        for one in data["clauses"]
    ]
    doubts = tuple(_words(one) for one in data["provisional"])
    nobody = Why(next(iter(books.values()), source.pack("")), "", "", (), NO_WORDING)
    statements = (*cited, Statement("cited", "", nobody, {}, {}, doubts)) if doubts else tuple(cited)
    return Ruling(
        on=date.fromisoformat(data["today"]), facts=dict(data["facts"]), packs=tuple(books.values()),
        statements=statements,
        asking=lambda: tuple(Question(one["fact"], one["decides"], ()) for one in data["questions"]),
        rights=tuple(_right(one, source) for one in data["rights"]),
        refused=tuple(
            Refused(one["remedy"], tuple(_refusal(by, source) for by in one["refused_by"]))
            for one in data["refused"]
        ),
        freight=_chosen(data["freight"], source, str), risk=_chosen(data["risk"], source, str),
        pays=_chosen(data["pays"], source, str), extras=_extras(data["extras"], source),
        deductions=_chosen(data["deductions"], source, Decimal), limits=_chosen(data["limits"], source, Decimal),
        proofs=_statements(data["proofs"], source), periods=_statements(data["periods"], source),
        deadlines=_statements(data["deadlines"], source), said=_statements(data["said"], source),
        differences=tuple(
            Difference(one["subject"], one["what"], source.statement("", one["counts"]),
                       replace(source.statement("", one["yields"]), words={"needs": tuple(one.get("more", ()))}),
                       one["better_for_consumer"])
            for one in data["differences"]
        ),
        optional=tuple(Question(one["fact"], one["decides"], ()) for one in data.get("optional", ())),
        stated=tuple(_stated(one) for one in data.get("stated", ())),
    )  # fmt: skip


def _refusal(data: Data, source: _Source) -> Statement:
    """Rulings frozen before it stood in them tell of no period that is over."""
    told = data.get("expired")
    found = Expired(date.fromisoformat(told["last_day"]), _counted(told["counted"])) if told else None
    return replace(source.statement("no_right", data), ending=lambda: found)


def _stated(data: Data) -> Stated:
    above = tuple(Overriding(law["pack"], law["clause"], _words(law["says"])) for law in data["overridden_by"])
    return Stated(data["pack"], data["clause"], _words(data["title"]), _words(data["says"]), above)


class _Source:
    """Where statements come from, found by the name of the book."""

    def __init__(self, books: dict[str, Pack]) -> None:
        self.books = books

    def pack(self, name: str) -> Pack:
        return self.books.get(name) or _pack({"name": name, "version": 1, "layer": "house", "hash": ""}, ())

    def why(self, by: Data) -> Why:
        return Why(self.pack(by["pack"]), by["table"], by["row"], tuple(by["clauses"]), _words(by["because"]))

    def statement(self, kind: str, by: Data) -> Statement:
        return Statement(kind, "", self.why(by), {}, {})


def _pack(data: Data, clauses: Any) -> Pack:
    mine = {one["clause"]: _clause(one) for one in clauses if one["pack"] == data["name"]}
    return Pack(
        name=data["name"], version=data["version"], title=_words(data.get("title")), source=NO_WORDING,
        layer=data["layer"], applies=None, in_force=None, facts={}, settings={}, values={}, clauses=mine, tables={},
        hash=data["hash"],
    )  # fmt: skip


def _clause(data: Data) -> Clause:
    """Rulings frozen before it stood by itself have the article in the text."""
    return Clause(
        data["clause"], _words(data["text"]), doubt=_words(data.get("provisional")),
        article=_words(data.get("article")), verify_number=bool(data.get("verify_number")),
    )  # fmt: skip


def _words(data: Any) -> Wording:
    return Wording(data["zh"], data["en"]) if isinstance(data, Mapping) else NO_WORDING


def _right(data: Data, source: _Source) -> Right:
    amount, fee, until, sum_until = data["amount"], data["fee"], data["until"], data.get("sum_until")
    counted, far = _counted(data.get("counted")), _furthest(data)
    return Right(
        data["remedy"], tuple(source.statement("right", by) for by in data["given_by"]),
        None if amount is None else Decimal(amount), None if fee is None else Decimal(fee),
        None if until is None else date.fromisoformat(until), _names(data["needs"]),
        _names(data.get("better_needs", ())),
        tuple(source.statement("for", by) for by in data.get("asked_by", ())),
        tuple(data.get("better_terms", ("amount", "until"))), later=_later(data),
        sum_until=None if sum_until is None else date.fromisoformat(sum_until),
        counting=lambda: counted, reaching=lambda: far,
        freight=_chosen(data.get("freight", {}), source, str), risk=_chosen(data.get("risk", {}), source, str),
    )  # fmt: skip


def _furthest(data: Data) -> Furthest | None:
    """Rulings frozen before it stood in them tell of no distance."""
    told = data.get("furthest")
    return Furthest(told["fact"], told["count"], _words(told["unit"])) if told else None


def _later(data: Data) -> tuple[Lengthening, ...]:
    return tuple(Lengthening(one["fact"], _words(one["label"])) for one in data.get("later", ()))


def _counted(data: Any) -> Reckoning | None:
    if data is None:
        return None
    return Reckoning(
        data["from"], _words(data["event"]), date.fromisoformat(data["starts"]), data["count"], data["unit"],
        tuple(LeftOut(part["fact"], _words(part["called"]), part["days"]) for part in data["left_out"]),
        date.fromisoformat(data["ends"]), data["anew"], data["moved"],
    )  # fmt: skip


def _names(data: Any) -> tuple[str, ...]:
    return tuple(one["name"] for one in data)


def _chosen(data: Data, source: _Source, read: Callable[[str], object]) -> dict[str, Chosen]:
    return {what: Chosen(what, read(one["value"]), source.statement("", one["by"])) for what, one in data.items()}


def _extras(data: Data, source: _Source) -> dict[str, Chosen]:
    """Rulings frozen before it stood in them do not tell a minimum: there a piece is what was given for it."""
    found = {}
    for what, one in data.items():
        told = one.get("reckoned") or {"each": one["value"]}
        amounts = {"of": Decimal(one["value"]), **{name: Decimal(figure) for name, figure in told.items()}}
        if one.get("times"):
            amounts["times"] = Decimal(one["times"])
        found[what] = Chosen(what, amounts["of"], Statement("extra", what, source.why(one["by"]), amounts, {}))
    return found


def _statements(data: Any, source: _Source) -> tuple[Statement, ...]:
    return tuple(_statement(one, source) for one in data)


def _statement(data: Data, source: _Source) -> Statement:
    told = {name: value for name, value in data.items() if name not in ABOUT}
    if isinstance(data["what"], Mapping):
        told["what"] = data["what"]
    amounts = {name: date.fromisoformat(told[name]) for name in ("starts", "ends") if isinstance(told.get(name), str)}
    words = {
        name: _words(value) if isinstance(value, Mapping) else value
        for name, value in told.items() if name not in amounts
    }  # fmt: skip
    what, counted, far = data.get("who", data["what"]), _counted(data.get("counted")), _furthest(data)
    return Statement(
        data["kind"], what if isinstance(what, str) else "", source.why(data["by"]), amounts, words, (),
        (lambda: counted) if counted is not None else None, _later(data), reaching=lambda: far,
    )  # fmt: skip
