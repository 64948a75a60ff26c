"""What the lines of a bench come to beside each other, and whether they rest on more than the case says was paid."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.policy.words.sums_told import all_pieces
from tuoshan.core.policy.words.wording import verdict
from tuoshan.punctuation import listed
from tuoshan.rulings import printing
from tuoshan.rulings.totals import LineSum, as_one_line, beside_each_other, extras_told, together

if TYPE_CHECKING:
    from tuoshan.workbench.rulings import Bench


def sums(benches: Sequence["Bench"]) -> dict[str, Any] | None:
    """Lines beside each other and what they come to, where there is more than one piece."""
    told_sums = summed(benches)
    if len(told_sums) < 2 and not any(found.quantity > 1 for _one, found in told_sums):
        return None
    rows = [
        {
            "bench": one, "sum": found, "remedy": printing.remedy_of(found), "unchosen": _unchosen(one, found),
            "amount": "—" if found.waits else _by_the_piece(found),
            "extra": format_money(found.extra + found.all_beside),
            "off": format_money(found.taken_off), "fee": format_money(found.fee),
            "total": "—" if found.waits and not found.total else format_money(found.total),
        }
        for one, found in told_sums
    ]  # fmt: skip
    return {
        "rows": rows, "total": format_money(together(found for _one, found in told_sums)),
        "without": listed([*(one.title for one, found in told_sums if found.waits),
                           *(one.title for one in benches if one.ruling is None)]),
        "open": any(found.open for _one, found in told_sums) or len(told_sums) < len(benches),
        "extras": any(found.extra or found.all_beside for _one, found in told_sums),
        "reckoned": [(said, format_money(amount)) for said, amount in extras_told([found for _o, found in told_sums])],
        "least": any(share.at_least for _o, found in told_sums for share in found.shares.values()),
        "off": any(found.taken_off for _o, found in told_sums),
        "fees": any(found.fee for _one, found in told_sums),
    }  # fmt: skip


def _unchosen(one: "Bench", found: LineSum) -> bool:
    """Whether the dearest stands in for a choice."""
    return not found.chosen and bool(found.remedy) and [name for name, _title in one.choices] != [found.remedy]


def summed(benches: Sequence["Bench"]) -> list[tuple["Bench", LineSum]]:
    """What each line comes to beside the others, of one claim among them the minimum once; lines without a ruling are
    left out."""
    parts = [(one, part) for one in benches for part in one.sums()]
    found = beside_each_other([part for _one, part in parts])
    by_line: dict[int, list[LineSum]] = {}
    for (one, _part), part in zip(parts, found, strict=True):
        by_line.setdefault(one.number, []).append(part)
    return [(one, as_one_line(by_line[one.number])) for one in benches if one.number in by_line]


def headline(one: "Bench", benches: Sequence["Bench"]) -> str:
    """The answer on a line in one sentence, of several pieces for all of them; empty without a ruling."""
    if one.ruling is None:
        return ""
    on_top = next(found.extra for line, found in summed(benches) if line.number == one.number)
    return words(all_pieces(one.parts, on_top) or verdict(one.ruling))


def _by_the_piece(found: LineSum) -> str:
    """The amount of a piece; where they differ by a fen, each with how many."""
    if len(found.amounts) == 1:
        return format_money(found.amounts[0][0])
    return listed(f"{format_money(amount)} × {pieces}" for amount, pieces in found.amounts)


def over_paid(benches: Sequence["Bench"], told: str, source: str) -> dict[str, str] | None:
    """What was paid for all pieces by the bench, and by the case (`told`), where that is less; None: nothing to say."""
    prices = [(ruling.facts.get("paid"), pieces) for one in benches for ruling, pieces in one.parts]
    all_of_them = sum((price * pieces for price, pieces in prices if isinstance(price, Decimal)), Decimal("0.00"))
    if not told or all_of_them <= Decimal(told):
        return None
    return {"sum": format_money(all_of_them), "paid": format_money(Decimal(told)), "source": source}
