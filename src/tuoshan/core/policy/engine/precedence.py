"""How the statements of several rule books become one answer.

Law > national > platform > house, unless the lower is better for the consumer: remedies are the union of all layers;
for the same remedy the higher amount, the lower fee, the later date. Every difference keeps both sides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from tuoshan.core.policy.engine.questions import COST, MONEY_BACK, SoFar, as_much, questions
from tuoshan.core.policy.pack import LAYERS, LEGS, MOVING, PUTTING_RIGHT, REMEDIES, SENDING_BACK
from tuoshan.core.policy.reading.finding_reading import AFTERWARDS
from tuoshan.core.policy.statements import (
    NO_RANK,
    ZERO,
    Chosen,
    Difference,
    Lengthening,
    Overriding,
    Question,
    Refused,
    Right,
    Ruling,
    Said,
    Stated,
    Statement,
)

if TYPE_CHECKING:
    from tuoshan.core.policy.engine.expiring import Furthest
    from tuoshan.core.policy.engine.reckoning import Reckoning
    from tuoshan.core.policy.ruling import Read

BARRED = ("right", "extra", "freight")
"""What a claim in bad faith has not."""
TRAVELLING: Mapping[str, frozenset[str]] = {
    "out": frozenset({"return", "exchange", "reissue", "repair", "replace_part"}),
    "back": frozenset({"return", "exchange", "repair", "replace_part"}),
}
"""The remedies whose goods travel such a leg: what is told of it without naming a remedy holds for each of them."""
Legs = Mapping[str, Mapping[str, Chosen]]
"""By remedy, who bears each leg."""


def put_together(reads: Sequence[Read], facts: Mapping[str, object], on: date) -> Ruling:
    """One ruling of what the packs say."""
    reads = sorted(reads, key=lambda read: read.pack.rank)
    governed, upheld = _certainly("governs", reads), _certainly(AFTERWARDS, reads)
    statements = _without_idle_conditions(_not_barred(reads, _not_governed(reads, governed, upheld)))
    said: dict[str, list[Statement]] = {}
    for one in statements:
        said.setdefault(one.kind, []).append(one)
    stated = _stated(said.pop("stated", ()), reads)
    differences: list[Difference] = []
    deductions = _deductions(said, differences)
    given = tuple(dict.fromkeys(one.what for one in said.get("right", ())))
    if not given and len(reads) > 1:
        statements = _without_idle_legs(statements)
        for kind in MOVING:
            said[kind] = [one for one in statements if one.kind == kind]
    on_the_way: list[Difference] = []
    by_freight, by_risk = (_legs(said, kind, given, on_the_way) for kind in MOVING)
    rights = _rights(said, by_freight, by_risk, differences)
    limits = _limits(said, differences)
    differences += on_the_way
    refused = _refused([*said.get("no_right", ()), *said.get("bars", ())], given)
    freight, risk = _alike(by_freight), _alike(by_risk)
    pays = _borne(said.get("pays", ()), "pays", differences)
    so_far = SoFar(
        {right.remedy: right for right in rights}, frozenset(one.remedy for one in refused),
        {"freight": freight, "risk": risk, "pays": pays}, governed, upheld,
        min((one.why.rank for one in said.get("bars", ())), default=len(LAYERS)), "deduct" in said,
        frozenset(one.what for one in said.get("period", ())),
        frozenset(one.what for one in said.get("floor", ()) if as_much(one)),
    )  # fmt: skip
    return Ruling(
        on=on, facts=facts, packs=tuple(read.pack for read in reads if read.applies),
        statements=tuple(one for one in statements if one.kind != "stated"), stated=stated,
        asking=partial(questions, reads, statements, so_far), optional=_optional(reads), rights=rights,
        refused=refused,
        freight=freight, risk=risk, pays=pays,
        extras=_chosen(said, "extra", lower=False, differences=differences), deductions=deductions,
        limits=limits,
        proofs=_proofs(said.get("proof", ()), differences),
        periods=tuple(_periods(said.get("period", ()), differences)),
        deadlines=tuple(said.get("deadline", ())),
        said=tuple(one for one in statements if one.kind in ("duty", "note") and not _of_no_fee(one, rights)),
        differences=tuple(one for one in differences if _between_books(one)), reads=tuple(reads),
    )  # fmt: skip


def _not_governed(reads: Sequence[Read], governed: frozenset[str], upheld: frozenset[str]) -> list[Statement]:
    """All statements but rights that are given only where no rule governs them, while another book does or may, and
    those given only while another book's own guarantee runs (`governs: …, after: day`), where none does."""
    governed = governed.union(*[read.may_govern for read in reads])
    return [
        one for read in reads for one in read.statements
        if one.kind not in ("right", "floor") or not (
            (one.words.get("where_none_governs") and one.what in governed)
            or (one.words.get("where_upheld") and one.what not in upheld)
        )
    ]  # fmt: skip


def _certainly(kind: str, reads: Sequence[Read]) -> frozenset[str]:
    return frozenset(one.what for read in reads for one in read.statements if one.kind == kind)


def _not_barred(reads: Sequence[Read], statements: list[Statement]) -> list[Statement]:
    """Without what is given against a bar of the same or a higher layer: a claim in bad faith has no remedy by any
    promise. A bar that is still open holds back what lower layers give, for it may fall yet."""
    bars = [one.why.rank for one in statements if one.kind == "bars"]
    may = [read.pack.rank + 1 for read in reads if read.may_bar]
    if not bars and not may:
        return statements
    barred_from = min([*bars, *may], default=len(LAYERS))
    return [one for one in statements if not (one.kind in BARRED and one.why.rank >= barred_from)]


def _without_idle_legs(statements: list[Statement]) -> list[Statement]:
    """Where nothing is due, nothing travels: who bears a leg stands only where the row itself refuses, or where the
    freight is what is asked about."""
    refusing = {id(one.why) for one in statements if one.kind in ("no_right", "bars")}
    return [
        one for one in statements
        if one.kind not in MOVING or one.words.get("in_itself") or id(one.why) in refusing
    ]  # fmt: skip


def _without_idle_conditions(statements: list[Statement]) -> list[Statement]:
    """What a book asks for stands only beside a remedy that this very book gives."""
    if all(one.kind != "for" for one in statements):
        return statements
    given = {(one.why.pack.name, one.what) for one in statements if one.kind == "right"}
    books = {name for name, _remedy in given}
    return [
        one for one in statements
        if one.kind != "for" or (one.why.pack.name, one.what) in given
        or (one.what == "all" and one.why.pack.name in books)
    ]  # fmt: skip


def _stated(said: Sequence[Statement], reads: Sequence[Read]) -> tuple[Stated, ...]:
    """Each clause that is stated and not applied, once, with what stands above it."""
    speaking = {read.pack.name: read.pack for read in reads if read.applies}
    found: dict[tuple[str, str], Stated] = {}
    for one in said:
        book, clause = one.why.pack, one.why.pack.clauses[one.what]
        above = []
        for name in clause.overridden_by:
            pack, _, number = name.partition(".")
            law = speaking.get(pack)
            if law is None or number not in law.clauses:
                above.append(Overriding(pack, number))
            else:
                above.append(Overriding(pack, number, law.clauses[number].told))
        found[book.name, clause.name] = Stated(book.name, clause.name, book.title, clause.told, tuple(above))
    return tuple(found.values())


def _of_no_fee(one: Statement, rights: Sequence[Right]) -> bool:
    """Whether a row's note stands beside a fee that this very row names and that is not taken, for a higher layer or a
    better promise gives the remedy for nothing."""
    taken = [right.fee for right in rights for by in right.given_by if by.why is one.why and by.amounts.get("fee")]
    return one.kind == "note" and bool(taken) and not any(taken)


# -- remedies -------------------------------------------------------------------------------------------------


def _rights(said: Said, freight: Legs, risk: Legs, differences: list[Difference]) -> tuple[Right, ...]:
    if "right" not in said:
        return ()
    rights = []
    due: dict[str, list[Statement]] = {}
    for one in said["right"]:
        due.setdefault(one.what, []).append(one)
    for remedy in filter(due.__contains__, REMEDIES):
        given = due[remedy]
        with_floors = [*given, *(one for one in said.get("floor", ()) if one.what == remedy)]
        refusing = [one for one in said.get("no_right", ()) if one.what in (remedy, "all")]
        differences += [_differs("right", remedy, given[0], other) for other in refusing]
        amount = _best(with_floors, "amount", max, differences, remedy)
        if isinstance(amount, Decimal) and remedy in MONEY_BACK:
            amount = max(_less(one, said) for one in with_floors if "amount" in one.amounts)
        fee = _fee(given, with_floors, differences, remedy)
        later = [one for one in said.get(AFTERWARDS, ()) if one.what == remedy]
        lasting = [_last_day(one, later) for one in given]
        until = _until(given, lasting, differences, remedy)
        asking = [one for one in said.get("for", ()) if one.what in (remedy, "all")]
        counts, needs = _needs(given, asking, differences)
        better, terms = _better_needs(given, lasting, asking, counts, needs)
        rights.append(Right(
            remedy, tuple(given), amount, fee, until, needs, better,
            tuple(one for one in asking if set(one.words["needs"]) <= set(needs)), terms,
            min(int(one.words.get("rank", NO_RANK)) for one in given),
            _sum_until(given, lasting, with_floors, said, amount),
            _later(given, later, lasting), freight.get(remedy, {}), risk.get(remedy, {}),
            partial(_counted, [*given, *later], until), partial(_furthest, given, lasting, until),
        ))  # fmt: skip
    return tuple(sorted(rights, key=lambda right: right.rank))


def _less(one: Statement, said: Said) -> Decimal:
    """What is left of a statement's amount: only its own layer and higher ones may take something off; a lower one that
    takes less of the same kind, or nothing, is the better for the consumer."""
    offs = [off for off in said.get("deduct", ()) if "of" in off.amounts]
    least = {
        what: min(off.amounts["of"] for off in offs if off.what == what)
        for what in {off.what for off in offs if off.why.rank <= one.why.rank}
    }
    amount: Decimal = one.amounts["amount"]
    return max(ZERO, amount - sum(least.values(), ZERO))


def _deductions(said: Said, differences: list[Difference]) -> dict[str, Chosen]:
    """What is taken off, the least of each kind; one of a lower layer than an amount that is given yields to it, but
    where the layer of that amount takes off the same. Nothing taken off is none."""
    if "deduct" not in said:
        return {}
    money = [
        one for kind in ("right", "floor") for one in said.get(kind, ())
        if one.what in MONEY_BACK and "amount" in one.amounts
        and any(right.what == one.what for right in said.get("right", ()))
    ]  # fmt: skip
    counting = []
    for off in said.get("deduct", ()):
        spared = next((one for one in money if one.why.rank < off.why.rank), None)
        if spared is None or any(one.what == off.what and one.why.rank <= spared.why.rank for one in said["deduct"]):
            counting.append(off)
        elif off.amounts.get("of"):
            differences.append(_differs("deduct", off.what, spared, off))
    least = _chosen({"deduct": counting}, "deduct", lower=True, differences=differences)
    return {what: one for what, one in least.items() if one.value}


def _fee(
    given: Sequence[Statement], with_floors: Sequence[Statement], differences: list[Difference], remedy: str
) -> Decimal | None:
    """The lowest fee. Who gives a remedy and names no fee asks for none; of money back only where it names its amount,
    for a fee is what is kept of it."""
    fee: Decimal | None = _best(with_floors, "fee", min, differences, remedy)
    if not fee:
        return fee
    free = next((one for one in given if not one.names("fee") and (
        remedy not in MONEY_BACK or "amount" in one.amounts)), None)  # fmt: skip
    if free is None:
        return fee
    differences += [_differs("fee", remedy, free, one) for one in with_floors if one.amounts.get("fee")]
    return ZERO


def _last_day(one: Statement, later: Sequence[Statement]) -> date | None:
    """The last day on which a statement gives its remedy: `date.max` where it names none, None where that is not known
    yet. What is given where none governs lasts no longer than until a book governs (`governs: …, after: day`)."""
    if one.names("until"):
        return one.amounts.get("until")
    if not (later and one.words.get("where_none_governs")):
        return date.max
    if any("after" in other.open for other in later):
        return None
    return min((other.amounts["after"] for other in later if "after" in other.amounts), default=date.max)


def _until(
    given: Sequence[Statement], lasting: Sequence[date | None], differences: list[Difference], remedy: str
) -> date | None:
    """The last of the last days; none where somebody gives the remedy without one, or while none is known. Where one
    book's day is not known yet, that of another is sure at least (`_later` names what may move it)."""
    known = [(day, one) for day, one in zip(lasting, given, strict=True) if day is not None]
    if not known:
        return None
    if len(known) < len(given) and all(day != date.max for day, _one in known):
        movable = all(one.later for day, one in zip(lasting, given, strict=True) if day is None)
        return max(day for day, _one in known) if movable else None
    last, best = max(known, key=lambda each: each[0])
    differences += [_differs("until", remedy, best, one) for day, one in known if day != last]
    return None if last == date.max else last


def _later(
    given: Sequence[Statement], later: Sequence[Statement], lasting: Sequence[date | None]
) -> tuple[Lengthening, ...]:
    """The facts, not asked, by which the last day may be later than the one told; none where there is no last day."""
    if date.max in lasting:
        return ()
    told = [*given, *later] if any(one.words.get("where_none_governs") for one in given) else given
    return tuple({more.fact: more for one in told for more in one.later}.values())


def _sum_until(
    given: Sequence[Statement], lasting: Sequence[date | None], with_floors: Sequence[Statement], said: Said,
    amount: Decimal | None,
) -> date | None:  # fmt: skip
    """The last day on which the sum is given that counts, where another statement gives less for longer; None where it
    is the sum until the end. What is at least due whenever a remedy is due stays as long as that."""
    if amount is None or len(with_floors) < 2:
        return None
    worth = [_less(one, said) if one.what in MONEY_BACK else one.amounts["amount"]
             for one in with_floors if "amount" in one.amounts]  # fmt: skip
    days = [day for day, one in zip(lasting, given, strict=True) if "amount" in one.amounts]
    best = [day for day, value in zip(days, worth, strict=False) if value == amount]
    if amount in worth[len(days):] or not best or None in best:
        return None
    last = max(day for day in best if day is not None)
    return last if any(day is not None and day > last for day in days) else None


def _counted(given: Sequence[Statement], until: date | None) -> Reckoning | None:
    """How the last day that counts was counted, by the highest layer that names it."""
    if until is None:
        return None
    return next((
        one.counted for one in given
        if one.counted is not None and until in (one.amounts.get("until"), one.amounts.get("after"))
    ), None)  # fmt: skip


def _furthest(given: Sequence[Statement], lasting: Sequence[date | None], until: date | None) -> Furthest | None:
    """The distance with which a remedy ends before its last day: that of whoever gives it until then, the longest;
    none where one of them knows of none."""
    if until is None:
        return None
    found = [one.furthest for day, one in zip(lasting, given, strict=True) if day == until]
    known = [one for one in found if one is not None]
    return max(known, key=lambda one: one.count) if known and len(known) == len(found) else None


def _needs_of(one: Statement, asking: Sequence[Statement]) -> tuple[str, ...]:
    """What a statement asks for, with what its book asks for wherever it gives this remedy."""
    found: tuple[str, ...] = one.words.get("needs", ())
    if asking:
        book = (other for other in asking if other.why.pack.name == one.why.pack.name)
        found = (*found, *(name for other in book for name in other.words["needs"]))
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _needs(
    given: Sequence[Statement], asking: Sequence[Statement], differences: list[Difference]
) -> tuple[Statement, tuple[str, ...]]:
    """The statement whose conditions count, and these: those of the highest layer, for nothing that a lower one asks
    may weaken its right; a lower one's only where it asks for part of them."""
    asked = [(one, _needs_of(one, asking)) for one in given]
    if not any(names for _one, names in asked):
        return given[0], ()
    strict = [(one, tuple(name for name in names if name not in SENDING_BACK)) for one, names in asked]
    counts, needs = strict[0]
    for one, names in strict[1:]:
        if set(names) < set(needs):
            counts, needs = one, names
    for one, names in strict:
        if set(names) != set(needs):
            differences.append(_differs("needs", one.what, counts, one))
    handling = (name for _one, names in asked for name in names if name in SENDING_BACK)
    return counts, tuple(dict.fromkeys((*needs, *handling)))


def _better_needs(
    given: Sequence[Statement], lasting: Sequence[date | None], asking: Sequence[Statement], counts: Statement,
    needs: Sequence[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """What is asked for beyond that by a statement that promises more, and what of it is more: a higher amount, or a
    later last day. One that names no last day promises more than one that does."""
    amount = counts.amounts.get("amount", ZERO)
    until = next(day for day, one in zip(lasting, given, strict=True) if one is counts) or date.max
    asked: dict[str, None] = {}
    terms = set()
    for day, one in zip(lasting, given, strict=True):
        higher, longer = one.amounts.get("amount", amount) > amount, day is not None and day > until
        more = [name for name in _needs_of(one, asking) if name not in needs] if higher or longer else []
        if more:
            asked |= dict.fromkeys(more)
            terms |= {term for term, better in (("amount", higher), ("until", longer)) if better}
    return tuple(asked), tuple(sorted(terms))


def _best(given: Sequence[Statement], name: str, pick: Any, differences: list[Difference], remedy: str) -> Any:
    """The best of a term for the consumer; where layers differ, the difference is kept."""
    speaking = [one for one in given if name in one.amounts]
    if len(speaking) < 2:
        return speaking[0].amounts[name] if speaking else None
    best = pick(speaking, key=lambda one: one.amounts[name])
    for one in speaking:
        if one.amounts[name] != best.amounts[name]:
            differences.append(_differs(name, remedy, best, one))
    return best.amounts[name]


def _refused(refusing: Sequence[Statement], given: Collection[str]) -> tuple[Refused, ...]:
    """`all` refuses whatever no layer gives; it is listed by itself where nothing is given."""
    found: dict[str, list[Statement]] = {}
    for one in refusing:
        if one.what not in given and not (one.what == "all" and given):
            found.setdefault(one.what, []).append(one)
    return tuple(Refused(remedy, tuple(by)) for remedy, by in found.items())


def _proofs(due: Sequence[Statement], differences: list[Difference]) -> tuple[Statement, ...]:
    """Who must prove: what one book asks of the consumer yields where another asks it of somebody else."""
    kept = []
    for one in due:
        others = [other for other in due if other.what != "buyer" and other.why.pack is not one.why.pack]
        if one.what == "buyer" and others:
            differences.append(_differs("proof", "proof", others[0], one))
        else:
            kept.append(one)
    return tuple(kept)


def _periods(said: Sequence[Statement], differences: list[Difference]) -> Iterator[Statement]:
    """Of several days until which the same period runs the last one, for the longer is better for the consumer; the
    others are told as differing. What may move one of them may move the day that is left."""
    for what in dict.fromkeys(one.what for one in said):
        alike = [one for one in said if one.what == what]
        known = [one for one in alike if isinstance(one.amounts.get("ends"), date)]
        last = max(known, key=lambda one: one.amounts["ends"], default=None)
        later = tuple({more.fact: more for one in known for more in one.later}.values())
        for one in alike:
            if last is None or one not in known:
                yield one
            elif one.amounts["ends"] < last.amounts["ends"]:
                differences.append(_differs("period", what, last, one))
            else:
                yield replace(one, later=later) if later != one.later else one


# -- costs and sums -------------------------------------------------------------------------------------------


def _legs(said: Said, kind: str, given: Sequence[str], differences: list[Difference]) -> Legs:
    """For each remedy that is due, who bears its legs: only what concerns it is compared. With no remedy due, for each
    that is named; the empty name stands for whatever remedy."""
    speaking = said.get(kind, ())
    if not speaking:
        return {}
    if not set(PUTTING_RIGHT).isdisjoint(given):
        speaking = [one for one in speaking if "refused" not in one.words]
    if not any("for" in one.words for one in speaking):
        return dict.fromkeys(given or ("",), _borne(speaking, kind, differences))
    found: dict[str, Mapping[str, Chosen]] = {}
    alike: dict[tuple[int, ...], Mapping[str, Chosen]] = {}
    told: list[Difference] = []
    for remedy in given or dict.fromkeys(name for one in speaking for name in one.words.get("for", ("",))):
        concerned = [one for one in speaking if remedy in one.words.get("for", (remedy,))]
        key = tuple([id(one) for one in concerned])
        if key not in alike:
            alike[key] = _borne(concerned, kind, told)
        found[remedy] = alike[key]
    differences += told if len(alike) == 1 else _each_once(told)
    return found


def _each_once(told: Iterable[Difference]) -> Iterable[Difference]:
    """Two statements that concern several remedies differ once."""
    return {(one.what, id(one.counts), id(one.yields)): one for one in told}.values()


def _alike(legs: Legs) -> Mapping[str, Chosen]:
    """The legs that somebody bears alike whichever remedy is chosen."""
    by_remedy = list(legs.values())
    if not by_remedy or all(one is by_remedy[0] for one in by_remedy):
        return by_remedy[0] if by_remedy else {}
    found = {}
    for what in LEGS:
        told = [one[what] for one in by_remedy if what in one]
        silent = any(what not in one and remedy in TRAVELLING[what] for remedy, one in legs.items())
        if told and not silent and all(one.value == told[0].value for one in told):
            found[what] = told[0]
    return found


def _borne(said: Iterable[Statement], kind: str, differences: list[Difference]) -> dict[str, Chosen]:
    """Who bears what: of several layers the one that costs the consumer least, a higher one where they agree."""
    found: dict[str, list[Statement]] = {}
    for one in said:
        found.setdefault(one.what, []).append(one)
    chosen = {}
    for subject, speaking in found.items():
        best = min(speaking, key=lambda one: COST[str(one.words["by"])])
        others = tuple(one for one in speaking if one is not best)
        differences += [_differs(kind, subject, best, one) for one in others if one.words["by"] != best.words["by"]]
        chosen[subject] = Chosen(subject, best.words["by"], best, others)
    return chosen


def _chosen(said: Said, kind: str, *, lower: bool, differences: list[Difference]) -> dict[str, Chosen]:
    found: dict[str, list[Statement]] = {}
    for one in said.get(kind, ()):
        if "of" in one.amounts:
            found.setdefault(one.what, []).append(one)
    chosen = {}
    for subject, speaking in found.items():
        best = (min if lower else max)(speaking, key=lambda one: one.amounts["of"])
        others = tuple(one for one in speaking if one is not best)
        differences += [_differs(kind, subject, best, one) for one in others if one.amounts["of"] != best.amounts["of"]]
        chosen[subject] = Chosen(subject, best.amounts["of"], best, others)
    return chosen


def _limits(said: Said, differences: list[Difference]) -> dict[str, Chosen]:
    """How far staff may go, the highest of each kind; one that lies below what a higher layer gives is none."""
    if "limit" not in said:
        return {}
    chosen = _chosen(said, "limit", lower=False, differences=differences)
    for subject, limit in tuple(chosen.items()):
        above = next((
            one for one in said.get("right", ()) if one.what == subject and one.why.rank < limit.by.why.rank
            and ("amount" not in one.amounts or one.amounts["amount"] > limit.value)
        ), None)  # fmt: skip
        if above is not None:
            differences.append(_differs("limit", subject, above, limit.by))
            del chosen[subject]
    return chosen


def _between_books(one: Difference) -> bool:
    """Whether two books differ: two clauses of one and the same book are its own affair."""
    return one.counts.why.pack.name != one.yields.why.pack.name


def _differs(subject: str, what: str, counts: Statement, yields: Statement) -> Difference:
    return Difference(subject, what, counts, yields, counts.why.rank > yields.why.rank)


def _optional(reads: Sequence[Read]) -> tuple[Question, ...]:
    """What may be told besides: it decides nothing, so it comes last and keeps nothing open."""
    names = sorted({name for read in reads for name in read.optional})
    return tuple(Question(name, 0, tuple(read.pack.key for read in reads if name in read.optional)) for name in names)
