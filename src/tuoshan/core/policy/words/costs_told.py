"""Who bears what, and the sums on top of a remedy, taken off it, or that staff may go to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tuoshan.core.money import format_money
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import MOVING
from tuoshan.core.policy.statements import Chosen, Right, Ruling
from tuoshan.core.policy.words.remedies_told import remedies_words
from tuoshan.core.policy.words.sentences import Line, capital, cited, party_named, small
from tuoshan.core.policy.words.sums_told import Pieces, how_reckoned, on_top_for_all, taken_off_all

SUBJECTS = {
    "out": Wording("发出运费", "Outbound freight"), "back": Wording("退回运费", "Return freight"),
    "test_fee": Wording("检测费", "Test fee"), "repair": Wording("修理费用", "Cost of the repair"),
    "freight": Wording("运费", "Freight"), "fraud": Wording("惩罚性赔偿", "Punitive damages"),
    "food": Wording("食品安全赔偿", "Damages for unsafe food"), "gift": Wording("赠品价款", "Value of the gift"),
    "compensation": Wording("补偿上限", "Most that may be paid as compensation"),
    "punitive_damages": Wording("惩罚性赔偿上限", "Most of punitive damages"),
    "discount": Wording("优惠上限", "Largest discount"), "deposit": Wording("定金罚则加付", "On top of the deposit"),
}  # fmt: skip
"""Known subjects of costs and sums; others go by their name."""
OUTBOUND = Wording("当时免去的发出运费", "Outbound freight that was waived then")
"""What of the freight is taken off money back."""

RISKS = {
    "out": Wording("发出途中的风险", "The risk on the way out"),
    "back": Wording("退回途中的风险", "The risk on the way back"),
}  # fmt: skip
"""Whose risk each leg is, as a subject."""


def costs(ruling: Ruling, pieces: Pieces | None) -> Iterator[Line]:
    """Who bears each leg and each cost, then the sums, for one piece or for all of `pieces`."""
    for kind, chosen in (("freight", ruling.freight), ("pays", ruling.pays), ("risk", ruling.risk)):
        if kind == "freight" and (both := _both_ways(ruling)) is not None:
            yield both
        else:
            for what, one in chosen.items():
                if kind == "freight" and _told_as_taken_off(ruling, what, one):
                    continue
                yield Line("cost", _borne(ruling, kind, what, str(one.value)), one.by.why.clauses)
        if kind in MOVING:
            yield from _of_single_remedies(ruling, kind)
    for what, one in ruling.extras.items():
        if isinstance(one.value, Decimal) and one.value:
            yield Line("cost", _on_top(what, one, one.value, pieces), one.by.why.clauses)
    for what, one in ruling.deductions.items():
        if isinstance(one.value, Decimal) and one.value:
            called = OUTBOUND if what == "freight" else subject(what)
            figure = _figure(what, one.value)
            off = taken_off_all(what, pieces) if pieces else Wording(figure, figure)
            said = Wording(f"扣除{called.zh} {off.zh}", f"Taken off: {small(called.en)} {off.en}")
            yield Line("cost", said, one.by.why.clauses)
    for what, one in ruling.limits.items():
        if isinstance(one.value, Decimal):
            called, figure = subject(what), _figure(what, one.value)
            yield Line("cost", Wording(f"{called.zh} {figure}", f"{called.en} {figure}"), one.by.why.clauses)


def subject(what: str) -> Wording:
    """What a cost or a sum is called."""
    return SUBJECTS.get(what, Wording(what, what))


def _on_top(what: str, one: Chosen, value: Decimal, pieces: Pieces | None) -> Wording:
    called, figure = subject(what), _figure(what, value)
    if pieces and what in pieces.shares:
        on_top = on_top_for_all(what, pieces)
        return Wording(f"{called.zh} {on_top.zh}", f"{called.en} {on_top.en}")
    how = how_reckoned(one)
    return Wording(f"{called.zh} {figure}{how.zh}", f"{called.en} {figure}{how.en}")


def _both_ways(ruling: Ruling) -> Line | None:
    """Who bears what is carried to and fro where that is the same party; of a sale face to face nothing was sent yet.
    None where the legs are to be told one by one."""
    legs = ruling.freight
    bearers = {str(one.value) for one in legs.values()}
    if set(legs) != {"out", "back"} or len(bearers) > 1 or _told_as_taken_off(ruling, "out", legs["out"]):
        return None
    [by] = bearers
    bearer = party_named(by, to_customer=ruling.to_customer)
    told = Wording(f"发出和退回的运费都由{bearer.zh}承担", f"Freight out and back is borne by {bearer.en}")
    if ruling.facts.get("sale") == "store":
        told = Wording(f"需要运送的，运输等必要费用由{bearer.zh}承担",
                       f"Where it has to be carried, necessary cost of transport is borne by {bearer.en}")  # fmt: skip
    return Line("cost", told, cited(*(one.by for one in legs.values())))


def _told_as_taken_off(ruling: Ruling, leg: str, one: Chosen) -> bool:
    """Whether what a leg costs its bearer is the freight that is taken off the money back: told once, as that."""
    off = ruling.deductions.get("freight")
    return leg == "out" and str(one.value) == "buyer" and off is not None and bool(off.value)


def own_legs(ruling: Ruling, right: Right, kind: str) -> dict[str, Chosen]:
    """Who bears what of a remedy that is not told of all alike."""
    alike = getattr(ruling, kind)
    return {what: one for what, one in getattr(right, kind).items() if what not in alike}


def _of_single_remedies(ruling: Ruling, kind: str) -> Iterator[Line]:
    """Who bears a leg where remedies differ, those for which it is the same party in one sentence."""
    found: dict[tuple[str, str], list[tuple[Right, Chosen]]] = {}
    for right in ruling.rights:
        for what, one in own_legs(ruling, right, kind).items():
            found.setdefault((what, str(one.value)), []).append((right, one))
    for (what, by), some in found.items():
        borne, called = _borne(ruling, kind, what, by), remedies_words(right.remedy for right, _one in some)
        yield Line("cost", Wording(f"{called.zh}：{borne.zh}", f"{capital(called.en)}: {small(borne.en)}"),
                   cited(*(one.by for _right, one in some)))  # fmt: skip


def _borne(ruling: Ruling, kind: str, what: str, by: str) -> Wording:
    bearer = party_named(by, to_customer=ruling.to_customer)
    if kind == "risk":
        leg = RISKS[what]
        return Wording(f"{leg.zh}由{bearer.zh}承担", f"{leg.en} is borne by {bearer.en}")
    called = subject(what)
    return Wording(f"{called.zh}由{bearer.zh}承担", f"{called.en} is borne by {bearer.en}")


def _figure(what: str, value: Decimal) -> str:
    return f"{number_text(value)}%" if what == "discount" else format_money(value)
