"""How the sums of a ruling come about, in words: what is chosen from and what is owed besides, how often what was
counted for a sum on top, and what it all comes to.
"""

from __future__ import annotations

from decimal import Decimal

from tuoshan.core.conditions.syntax import Arithmetic, Fact, Literal
from tuoshan.core.money import format_money
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.costing import beside, due
from tuoshan.core.policy.on_top import best_of
from tuoshan.core.policy.pack import PUTTING_RIGHT
from tuoshan.core.policy.questions import MONEY_BACK
from tuoshan.core.policy.statements import ZERO, Chosen, Right, Ruling


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
    to_choose, besides = chosen_from(ruling)
    [back, *more] = {right.amount for right in to_choose if right.remedy in MONEY_BACK} or {None}
    of_law = beside(due(ruling))
    promised = sum((right.amount or ZERO for right in besides), ZERO) - of_law
    parts = [one for one in (back, of_law, ruling.extra) if one]
    if back is None or more or promised or len(parts) < 2 or ruling.questions:
        return None
    told, whole = " + ".join(f"{one:,.2f}" for one in parts), format_money(sum(parts, ZERO))
    return Wording(
        f"（选退款的，一件合计 {told} = {whole}）", f" (with money back, in all for one piece: {told} = {whole})"
    )


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
