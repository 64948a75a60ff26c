"""A ruling as plain data: what the API answers, what is kept as evidence, what two machines can compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.expiring import Expired, Furthest
from tuoshan.core.policy.engine.on_top import OnTop, best_of
from tuoshan.core.policy.engine.reckoning import Reckoning
from tuoshan.core.policy.engine.tracing import shown, trace
from tuoshan.core.policy.pack import BY_LAW, Clause
from tuoshan.core.policy.statements import Chosen, Difference, Lengthening, Refused, Right, Ruling, Stated, Statement
from tuoshan.core.policy.words.differences_told import more_asked
from tuoshan.core.policy.words.periods_told import counted_words
from tuoshan.core.policy.words.remedies_told import needs_words
from tuoshan.core.policy.words.sums_told import times_reckoned
from tuoshan.core.policy.words.wording import ignored

FORMAT = 1
"""The form of what is kept; a later form raises it."""

Data = dict[str, object]


def as_data(ruling: Ruling, *, with_trace: bool = False) -> Data:
    """The whole ruling; amounts and dates are texts, wording has both languages."""
    data: Data = {
        "format": FORMAT,
        "today": ruling.on.isoformat(),
        "facts": {name: plain(value) for name, value in sorted(ruling.facts.items())},
        "packs": [
            {
                "name": pack.name,
                "version": pack.version,
                "hash": pack.hash,
                "layer": pack.layer,
                "title": _words(pack.title),
            }
            for pack in ruling.packs
        ],
        "rights": [_right(right) for right in ruling.rights],
        "refused": [_refused(one) for one in ruling.refused],
        "freight": _chosen(ruling.freight),
        "risk": _chosen(ruling.risk),
        "pays": _chosen(ruling.pays),
        "extras": _extras(ruling.extras),
        "deductions": _chosen(ruling.deductions),
        "limits": _chosen(ruling.limits),
        "proofs": [_statement(one) for one in ruling.proofs],
        "periods": [_statement(one) for one in ruling.periods],
        "deadlines": [_statement(one) for one in ruling.deadlines],
        "said": [_statement(one) for one in ruling.said],
        "differences": [_difference(one) for one in ruling.differences],
        "stated": [_stated(one) for one in ruling.stated],
        "clauses": [
            _clause(pack.name, pack.clauses[name]) for pack, name in ruling.clauses
        ],
        "questions": [_question(ruling, one.fact, one.weight) for one in ruling.questions],
        "optional": [_question(ruling, one.fact, one.weight) for one in ruling.optional],
        "provisional": [_words(why) for why in ruling.provisional],
        "outside": ruling.outside,
        "ignored": [{"fact": name, "because": _words(because)} for name, because in ignored(ruling).items()],
    }
    if with_trace:
        data["trace"] = [
            {
                "pack": table.pack.name, "table": table.table, "hit": table.hit,
                "periods": [
                    {"name": one.name, "called": _words(one.called), **(_counted(one.counted) or {})}
                    for one in table.periods
                ],
                "rows": [
                    {
                        "row": row.row, "outcome": row.outcome,
                        **({"failed": {"column": row.failed.column, "cell": row.failed.cell, "value": row.failed.value}}
                           if row.outcome == "failed" and row.failed else {}),
                    }
                    for row in table.rows
                ],
            }
            for table in trace(ruling)
        ]  # fmt: skip
    return data


def plain(value: object) -> object:
    """A fact's value as JSON has it: yes and no stay, all else is a text."""
    return value if isinstance(value, bool | str) else shown(value)


def _words(words: Wording) -> Data:
    return {"zh": words.zh, "en": words.en}


def _clause(pack: str, one: Clause) -> Data:
    """What it says, by which law and article, whether its number is to be verified, and why else it is not certain."""
    return {
        "pack": pack, "clause": one.name, "text": _words(one.text),
        "article": _words(one.article) if one.cites else None, "verify_number": one.verify_number,
        "provisional": _words(one.doubt) if one.doubt.zh else None,
    }  # fmt: skip


def _source(one: Statement) -> Data:
    return {
        "pack": one.why.pack.name, "layer": one.why.pack.layer, "table": one.why.table, "row": one.why.row,
        "clauses": list(one.why.clauses), "because": _words(one.why.because),
    }  # fmt: skip


def _statement(one: Statement) -> Data:
    return {
        "kind": one.kind, "what": one.what, **({"who": one.what} if "what" in one.words else {}),
        **{name: plain(value) for name, value in one.amounts.items()},
        **({"later": _later(one.later)} if one.later else {}),
        **({"counted": _counted(one.counted, one.later)} if one.counted is not None else {}),
        **_furthest(one.furthest),
        **{name: _word(value) for name, value in one.words.items() if name not in ("from", "length", "working_days")},
        "by": _source(one),
    }  # fmt: skip


def _word(value: object) -> object:
    if isinstance(value, Wording):
        return _words(value)
    return list(value) if isinstance(value, tuple) else value


def _right(right: Right) -> Data:
    return {
        "remedy": right.remedy, "amount": _text(right.amount), "fee": _text(right.fee), "until": _text(right.until),
        "later": _later(right.later), "counted": _counted(right.counted, right.later), "needs": _needs(right.needs),
        "better_needs": _needs(right.better_needs), "better_terms": list(right.better_terms),
        "sum_until": _text(right.sum_until), **_furthest(right.furthest),
        "freight": _chosen(right.freight), "risk": _chosen(right.risk),
        "given_by": [_source(one) for one in right.given_by], "asked_by": [_source(one) for one in right.asked_by],
    }  # fmt: skip


def _counted(one: Reckoning | None, later: Sequence[Lengthening] = ()) -> Data | None:
    """How a period was counted, with that in words."""
    if one is None:
        return None
    return {
        "from": one.counted_from, "event": _words(one.event), "starts": plain(one.starts), "count": one.count,
        "unit": one.unit, "ends": plain(one.ends), "anew": one.anew, "moved": one.moved,
        "left_out": [{"fact": part.fact, "called": _words(part.called), "days": part.days} for part in one.left_out],
        "words": _words(counted_words(one, later) or NO_WORDING),
    }  # fmt: skip


def _furthest(one: Furthest | None) -> Data:
    """The distance with which it ends where that comes before its last day."""
    return {} if one is None else {"furthest": {"fact": one.fact, "count": one.count, "unit": _words(one.unit)}}


def _later(facts: Iterable[Lengthening]) -> list[Data]:
    """The facts by which a last day may be later than the one told."""
    return [{"fact": one.fact, "label": _words(one.label)} for one in facts]


def _needs(names: Iterable[str]) -> list[Data]:
    return [{"name": name, **_words(needs_words([name]))} for name in names]


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else shown(value)


def _refused(one: Refused) -> Data:
    return {"remedy": one.remedy, "refused_by": [{**_source(by), **_expired(by.expired)} for by in one.refused_by]}


def _expired(one: Expired | None) -> Data:
    """Until when it could have been asked for, where the refusal rests on a period that is over, and how that was
    counted."""
    return {} if one is None else {"expired": {"last_day": plain(one.last_day), "counted": _counted(one.counted)}}


def _chosen(chosen: Mapping[str, Chosen]) -> Data:
    return {what: {"value": plain(one.value), "by": _source(one.by)} for what, one in chosen.items()}


def _extras(chosen: Mapping[str, Chosen]) -> Data:
    """Sums on top, each with what the law itself gives where a promise of more counts; null: nothing. `reckoned` is
    what is reckoned for one piece, and the least for all pieces of the claim; `times` by how much price or loss was
    multiplied for a piece."""
    found: dict[str, object] = {}
    for what, one in chosen.items():
        by_law = [said for said in (one.by, *one.others) if said.why.pack.layer in BY_LAW and "of" in said.amounts]
        found[what] = {
            "value": plain(one.value), "by": _source(one.by),
            "by_law": _text(max(said.amounts["of"] for said in by_law)) if by_law else None,
            "reckoned": _reckoned(best_of((one.by, *one.others))), "reckoned_by_law": _reckoned(best_of(by_law)),
            "times": _text(times_reckoned(one)),
        }  # fmt: skip
    return found


def _reckoned(one: OnTop | None) -> Data | None:
    return None if one is None else {"each": plain(one.each), "at_least": plain(one.at_least)}


def _difference(one: Difference) -> Data:
    """Two sides that differ; of what one asks for, `more`: what the other does not."""
    more = more_asked(one)
    return {
        "subject": one.subject, "what": one.what, "counts": _source(one.counts), "yields": _source(one.yields),
        "better_for_consumer": one.better_for_consumer, **({"more": list(more)} if more else {}),
    }  # fmt: skip


def _stated(one: Stated) -> Data:
    return {
        "pack": one.pack, "clause": one.clause, "title": _words(one.title), "says": _words(one.says),
        "overridden_by": [
            {"pack": law.pack, "clause": law.clause, "says": _words(law.says)} for law in one.overridden_by
        ],
    }  # fmt: skip


def _question(ruling: Ruling, name: str, weight: int) -> Data:
    fact = next(read.pack.facts[name] for read in ruling.reads if name in read.pack.facts)
    field = fact.field
    return {
        "fact": name, "kind": field.kind, "ask": _words(fact.ask), "label": _words(field.label),
        "unit": _words(field.unit), "choices": {one.value: _words(one.title) for one in field.choices},
        "decides": weight,
    }  # fmt: skip
