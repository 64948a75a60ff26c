"""How the sums of a ruling come about, in words: what is chosen from and what is owed besides, how often what was
counted for a sum on top, and what it all comes to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.core.conditions.syntax import Arithmetic, Fact, Literal
from tuoshan.core.money import format_money
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.costing import beside, due
from tuoshan.core.policy.engine.on_top import Share, best_of
from tuoshan.core.policy.engine.questions import MONEY_BACK
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES
from tuoshan.core.policy.statements import ZERO, Chosen, Right, Ruling


@dataclass(frozen=True, slots=True)
class Pieces:
    """Several pieces that are alike but for a fen of their price: the ruling on each sort and how many it is of, and
    what of the sums on top falls to all of them, by kind."""

    parts: tuple[tuple[Ruling, int], ...]
    shares: Mapping[str, Share]

    @property
    def many(self) -> int:
        """How many they are."""
        return sum(pieces for _ruling, pieces in self.parts)


def chosen_from(ruling: Ruling) -> tuple[tuple[Right, ...], tuple[Right, ...]]:
    """The remedies to choose from, and what is due besides, whichever of them is chosen. Where nothing puts the matter
    right, what there is stands for itself."""
    to_choose = tuple(right for right in ruling.rights if right.remedy in PUTTING_RIGHT)
    if not to_choose:
        return ruling.rights, ()
    return to_choose, tuple(right for right in ruling.rights if right.remedy not in PUTTING_RIGHT)


def total_words(ruling: Ruling) -> Wording | None:
    """What one piece comes to if money is chosen, and of what that consists; None where nothing is added to the money
    back, where it turns on which remedy is chosen, or while anything is still asked."""
    found = _total([(ruling, 1)], ruling.extra or ZERO)
    if not found:
        return None
    return Wording(f"（选退款的，一件合计 {found}）", f" (with money back, in all for one piece: {found})")


def all_pieces(parts: Sequence[tuple[Ruling, int]], on_top: Decimal) -> Wording | None:
    """The answer in one sentence for all pieces of a line that are alike but for a fen of their price: each sum, and
    how it comes about. `on_top`: what comes on top for all of them. None for one piece, and where nothing is due."""
    many = sum(pieces for _ruling, pieces in parts)
    first = parts[0][0] if parts else None
    named = {tuple(right.remedy for right in ruling.rights) for ruling, _pieces in parts}
    if first is None or many < 2 or len(named) > 1 or not first.rights:
        return None
    to_choose, besides = ([of_all(right, parts) for right in some] for some in chosen_from(first))
    zh = "；".join(one.zh for one in to_choose) + "".join(f"，另外{one.zh}" for one in besides)
    en = "; ".join(one.en for one in to_choose) + "".join(f"; besides {one.en}" for one in besides)
    if on_top:
        each = [(ruling.extra or ZERO, pieces) for ruling, pieces in parts]
        how = _times(each) if sum((one * pieces for one, pieces in each), ZERO) == on_top else ""
        zh += f"，另付 {format_money(on_top)}" + (f"（{how}）" if how else "")
        en += f", and {format_money(on_top)} on top" + (f" ({how})" if how else "")
    if total := _total(parts, on_top):
        zh, en = f"{zh}（选退款的，一共 {total}）", f"{en} (with money back, in all: {total})"
    return Wording(f"{many} 件一共可以{zh}", f"Due for all {many} pieces: {en}")


def of_all(right: Right, parts: Sequence[tuple[Ruling, int]]) -> Wording:
    """A remedy for all pieces."""
    of_each = [(next(one for one in ruling.rights if one.remedy == right.remedy), many) for ruling, many in parts]
    zh, en = REMEDIES[right.remedy].zh, REMEDIES[right.remedy].en.lower()
    if right.amount is not None:
        figure, how = _summed([(one.amount or ZERO, many) for one, many in of_each])
        zh, en = f"{zh} {figure}（{how}）", f"{en} of {figure} ({how})"
    if right.fee:
        figure, how = _summed([(one.fee or ZERO, many) for one, many in of_each])
        called = fee_called(right)
        zh, en = f"{zh}（{called.zh} {figure}，{how}）", f"{en} ({called.en} {figure}, {how})"
    return Wording(zh, en)


def fee_called(right: Right) -> Wording:
    """Of money that is given back the fee is what is kept of it; for anything else it is paid."""
    if right.remedy in MONEY_BACK and right.amount is not None:
        return Wording("已扣除收费", "after a fee of")
    return Wording("另收费", "for a fee of")


def _summed(of_each: Sequence[tuple[Decimal, int]]) -> tuple[str, str]:
    return format_money(sum((amount * many for amount, many in of_each), ZERO)), _times(of_each)


def _times(of_each: Sequence[tuple[Decimal, int]]) -> str:
    return " + ".join(f"{many} × {amount:,.2f}" if many > 1 else f"{amount:,.2f}" for amount, many in of_each)


def taken_off_all(what: str, pieces: Pieces) -> Wording:
    """What is taken off for all pieces, and of what it is the sum."""
    off = [(ruling.deductions[what].value, many) for ruling, many in pieces.parts if what in ruling.deductions]
    figure, how = _summed([(value, many) for value, many in off if isinstance(value, Decimal)])
    return Wording(f"{figure}（{how}）", f"{figure} ({how})")


def on_top_for_all(what: str, pieces: Pieces) -> Wording:
    """What comes on top for all pieces, and how: a multiple of what was paid for them, or the minimum, which counts
    once for the purchase."""
    share, many = pieces.shares[what], pieces.many
    figure, least = format_money(share.amount), format_money(share.at_least)
    if not share.at_least:
        how = _multiple(what, pieces)
        return Wording(f"{figure}（{many} 件：{how}）" if how else f"{figure}（{many} 件）",
                       f"{figure} ({many} pieces: {how})" if how else f"{figure} ({many} pieces)")  # fmt: skip
    if share.amount != share.at_least:
        return Wording(f"{figure}（同一次购买的几件一共不足最低额 {least}，按最低额，只算一次；这里是其中一份）",
                       f"{figure} (all pieces of one purchase stay below the least of {least}, which counts once; this "
                       "is a part of it)")  # fmt: skip
    reckoned = format_money(share.reckoned)
    return Wording(f"{figure}（{many} 件一共算得 {reckoned}，不足最低额 {least}，按最低额，只算一次）",
                   f"{figure} ({reckoned} as reckoned for {many} pieces is below the least of {least}, which counts "
                   "once)")  # fmt: skip


def _multiple(what: str, pieces: Pieces) -> str:
    """`99.00 × 2 × 3`, `(33.33 × 2 + 33.34) × 3`; empty where it is no multiple."""
    found = [(ruling.extras.get(what), many) for ruling, many in pieces.parts]
    units, times = [], set()
    for one, many in found:
        best, often = (best_of((one.by, *one.others)), times_reckoned(one)) if one is not None else (None, None)
        if best is None or not often:
            return ""
        units.append((best.each / often, many))
        times.add(often)
    often = times.pop()
    if times or sum((unit * many for unit, many in units), ZERO) * often != pieces.shares[what].amount:
        return ""
    added = " + ".join(f"{unit:,.2f} × {many}" if many > 1 else f"{unit:,.2f}" for unit, many in units)
    return f"({added}) × {often:f}" if len(units) > 1 else f"{added} × {often:f}"


def _total(parts: Sequence[tuple[Ruling, int]], on_top: Decimal) -> str:
    """`30.00 + 333.34 + 1,000.02 = ¥1,363.36`; empty where there is nothing to be added up, or nothing certain."""
    found = {"back": ZERO, "of_law": ZERO}
    for ruling, many in parts:
        to_choose, besides = chosen_from(ruling)
        [back, *more] = {right.amount for right in to_choose if right.remedy in MONEY_BACK} or {None}
        of_law = beside(due(ruling))
        promised = sum((right.amount or ZERO for right in besides), ZERO) - of_law
        if back is None or more or promised or ruling.questions:
            return ""
        found["back"] += back * many
        found["of_law"] += of_law * many
    added = [one for one in (*found.values(), on_top) if one]
    if len(added) < 2:
        return ""
    return f"{' + '.join(f'{one:,.2f}' for one in added)} = {format_money(sum(added, ZERO))}"


def how_reckoned(one: Chosen) -> Wording:
    """How a sum on top came about: how many times of what, and where a minimum counts, which is of the purchase and not
    of each piece, that it does."""
    found = best_of((one.by, *one.others))
    if found is None:
        return NO_WORDING
    times = times_reckoned(one)
    each, least = format_money(found.each), format_money(found.at_least)
    of_what = f"{format_money(found.each / times)} × {times:f}" if times is not None else ""
    if found.each >= found.at_least:
        return Wording(f"（{of_what}）", f" ({of_what})") if of_what else NO_WORDING
    each = f"{of_what} = {each}" if of_what else each
    return Wording(
        f"（一件算得 {each}，不足最低额 {least}，按最低额；几件的先合计，最低额只算一次）",
        f" ({each} as reckoned for one piece is below the least of {least}, which counts; several pieces are added up "
        "first, and the least counts once)",
    )


def times_reckoned(one: Chosen) -> Decimal | None:
    """By how much the price or the loss was multiplied for a sum on top; None where it is no multiple."""
    given = [said for said in (one.by, *one.others) if "of" in said.amounts]
    best = max(given, key=lambda said: said.amounts.get("each", said.amounts["of"]), default=None)
    if best is None:
        return None
    if (times := best.amounts.get("times")) is not None:
        return Decimal(times)
    formulas = [
        finding.amounts["of"] for finding in best.why.findings
        if finding.kind == "extra" and finding.what == best.what and "of" in finding.amounts
    ]  # fmt: skip
    for formula in formulas:
        match formula.of.tree:
            case Arithmetic("*", Fact(), Literal(Decimal() as times)) if formula.at_most is None:
                return times
    return None
