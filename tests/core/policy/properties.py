"""What must hold of the ruling on any facts: each finds what breaks it among draws near the cases worked out by hand.

A book may be given in the place of the one for which was drawn: so a changed book shows that a property can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random

from tests.core.policy.near import LAW, PACKS, SUPPOSED, Drawn, Facts, remedies, typed

from tuoshan.core.policy.engine.precedence import COST, MONEY_BACK
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Right, Ruling

LATER = (1, 2, 4, 8, 16, 23, 31, 61, 95, 190, 400, 800)
"""By how many days more."""
TAKEN_OVER = (
    "sold_on", "delivered_on", "signed_on", "installed_on", "replaced_on", "received_back_on",
)  # fmt: skip
"""The days that lie before whatever is reported: they move with the day of sale."""
STAGED = {
    "national_car", "national_computer", "national_general", "national_phone", "furniture_shop", "computer_shop",
}  # fmt: skip
"""Books whose grounds follow each other; each is told with its own last day."""
NO_CONSUMER = {"facility", "reissue_first"}
"""Books of a shop's own requests and of dealers, in which the law of consumers does not speak."""
BROUGHT = {"furniture", "appliance", "electronics", "computer", "phone", "car", "custom", "other"}
"""Goods that are brought or set up: of these the day of delivery is asked."""
Ruler = Callable[[Facts, date], Ruling]
Found = list[str]


class Books:
    """By whom is ruled: a book alone, or in the place of its packaged one among all; as may others be."""

    def __init__(self, pack: Pack, *others: Pack) -> None:
        self.pack = pack
        changed = {one.name: one for one in (pack, *others)}
        self.all = tuple(changed.get(one.name, one) for one in PACKS)
        law = [one for one in self.all if one.layer == "law"]
        self.with_law = (*law, pack) if pack.layer != "law" else self.all

    def rulers(self) -> Sequence[tuple[str, Ruler]]:
        return (
            ("alone", lambda facts, today: rule(self.pack, facts, today)),
            ("together", lambda facts, today: rule_all(self.all, facts, today)),
        )


def _each(books: Books, draws: Sequence[Drawn]) -> Iterator[tuple[str, Ruler, Drawn]]:
    for one in draws:
        for who, ruler in books.rulers():
            yield f"{who}: {one.name}", ruler, one


def _given(ruling: Ruling) -> str:
    return ", ".join(f"{one.remedy} {one.amount} until {one.until}" for one in ruling.rights)


# -- money ----------------------------------------------------------------------------------------------------


def price_of(facts: Facts) -> Decimal | None:
    """What was paid for what goes back: of a set whose pieces are sold apart, the faulty pieces alone."""
    apart = facts.get("house") == "furniture_shop" and facts.get("set_kind") == "separable"
    found = facts.get("faulty_paid" if apart else "paid")
    return found if isinstance(found, Decimal) else None


def refunds_within_the_price(books: Books, draws: Sequence[Drawn]) -> Found:
    """Money back is never negative nor more than was paid for what goes back, the fee counted in. What the law gives on
    top and who bears the freight stand apart."""
    found = []
    for name, ruler, one in _each(books, draws):
        ruling = ruler(one.facts, one.today)
        price, paid = price_of(one.facts), one.facts.get("paid")
        for right in ruling.rights:
            if right.remedy in MONEY_BACK and right.amount is not None:
                if right.amount < 0 or (price is not None and right.amount > price):
                    found.append(f"{name}: {right.remedy} {right.amount} of {price}")
                if right.fee and paid is not None and right.amount + right.fee > paid:
                    found.append(f"{name}: {right.remedy} {right.amount} and a fee of {right.fee} of {paid}")
            if right.fee is not None and (right.fee < 0 or (paid is not None and right.fee > paid)):
                found.append(f"{name}: {right.remedy} for a fee of {right.fee} of {paid}")
    return found


# -- days -----------------------------------------------------------------------------------------------------


def no_more_rights_as_days_go_by(books: Books, draws: Sequence[Drawn]) -> Found:
    """More days since the sale, all else equal, never give more rights nor more money back: reported later, or sold
    earlier. Asked on one day."""
    found = []
    for name, ruler, one in _each(books, draws):
        before = ruler(one.facts, _afterwards(one))
        if before.questions:
            continue
        amounts = {right.remedy: right.amount for right in before.rights}
        for how, facts in _with_more_days(Random(name), one.facts):
            after = ruler(facts, _afterwards(one))
            if not typed(facts, _afterwards(one)) or after.questions:
                continue
            if "reported" in how and after.packs != before.packs:
                continue  # a platform's rules came into force between the two reports: another question
            told = f"{name}: {how}: {_given(before)} | {_given(after)}"
            if more := remedies(after) - remedies(before):
                found.append(f"{told}: {more} more")
            for right in after.rights:
                less = amounts.get(right.remedy)
                if right.remedy in MONEY_BACK and right.amount is not None and less is not None and right.amount > less:
                    found.append(f"{told}: more money by {right.remedy}")
    return found


def _afterwards(one: Drawn) -> date:
    """A day of asking on which whatever is reported later has been reported."""
    return one.today + timedelta(LATER[-1])


def _with_more_days(rng: Random, facts: Facts) -> Iterator[tuple[str, Facts]]:
    if "reported_on" in facts:
        for days in rng.sample(LATER, 3):
            yield f"reported {days} days later", {**facts, "reported_on": facts["reported_on"] + timedelta(days)}
    for days in rng.sample(LATER, 2):
        moved = {name: facts[name] - timedelta(days) for name in TAKEN_OVER if name in facts}
        if moved:
            yield f"sold {days} days earlier", {**facts, **moved}


def _end_is_open(right: Right) -> bool:
    """Whether its last day hangs on what was not told: then none is told, or one that may be later."""
    return bool(right.later) or any("until" in one.open for one in right.given_by)


def what_lapses_was_told_with_its_day(books: Books, draws: Sequence[Drawn]) -> Found:
    """A right that is gone some days later had a last day, which lies before then; what is still there had none that
    does, but for the next ground of a book with stages. By all books, asked on one day. Of what is not installed yet no
    period has begun: its last day moves with the report."""
    found = []
    for one in draws:
        if one.facts.get("installation") == "pending":
            continue
        today = _afterwards(one)
        before = rule_all(books.all, one.facts, today)
        if before.questions or not before.rights or "reported_on" not in one.facts:
            continue
        for days in Random(one.name).sample(LATER, 4):
            facts = {**one.facts, "reported_on": one.facts["reported_on"] + timedelta(days)}
            after = rule_all(books.all, facts, today)
            if not typed(facts, today) or after.questions or before.packs != after.packs:
                continue
            later = {right.remedy: right for right in after.rights}
            for right in before.rights:
                if _end_is_open(right):
                    continue
                over = right.until is not None and right.until < facts["reported_on"]
                by = {given.why.pack.name for given in right.given_by}
                told = f"{one.name}: {days} days later: {right.remedy} until {right.until} by {sorted(by)}"
                if right.remedy not in later and not over:
                    found.append(f"{told} is gone")
                elif right.remedy in later and over:
                    by = {given.why.pack.name for given in later[right.remedy].given_by}
                    found += [] if by <= STAGED else [f"{told} is still due by {sorted(by)}"]
    return found


# -- periods that run ------------------------------------------------------------------------------------------


def what_still_runs_is_not_refused_as_over(books: Books, draws: Sequence[Drawn]) -> Found:
    """A ruling that tells a guarantee still running refuses neither a repair nor everything because a period is over.
    An exchange may have a shorter term of its own (J02)."""
    found = []
    for name, ruler, one in _each(books, draws):
        ruling = ruler(one.facts, one.today)
        told = one.facts.get("reported_on")
        if told is None:
            continue
        running = [ends for period in ruling.periods if isinstance(ends := period.amounts.get("ends"), date)
                   and ends >= told]  # fmt: skip
        for gone in ruling.refused:
            if running and gone.remedy in ("repair", "all") and gone.expired is not None:
                found.append(f"{name}: {gone.remedy} is over since {gone.expired.last_day}, runs until {max(running)}")
    return found


# -- worse papers ---------------------------------------------------------------------------------------------

TOLD: Facts = {
    **dict.fromkeys(("deceived", "purpose_defeated", "is_replacement", "user_caused"), False),
    **dict.fromkeys(("has_receipt", "has_card", "matches_invoice", "fault_confirmed", "repairable"), True),
    **dict.fromkeys(("clearance", "special_price", "spoilt_by_use"), False),
    **dict.fromkeys((
        "agreed_months", "state_months", "repair_days", "repairs_same_fault", "parts_wait_days", "repairer_days",
    ), Decimal(0)),
}  # fmt: skip
"""How a matter is told where its case leaves it open, so that a ruling comes."""
WORSE: Mapping[str, Facts] = {
    "without the receipt": {"has_receipt": False},
    "without the card": {"has_card": False},
    "without both": {"has_receipt": False, "has_card": False},
    "not as on the invoice": {"matches_invoice": False},
    "as clearance goods": {"clearance": True},
    "at a special price": {"special_price": True},
}  # fmt: skip
"""Papers taken away, and goods that the house excludes from its guarantee."""


def worse_papers_never_give_more(books: Books, draws: Sequence[Drawn]) -> Found:
    """Who has fewer papers, or goods that were sold as clearance, has no further remedy, no higher amount and no later
    last day by it, by all books together; on the day drawn and long after it."""
    found = []
    for one, days in product(draws, (0, 61, 190, 800)):
        if "reported_on" not in one.facts or days not in (0, Random(one.name).choice((61, 190, 800))):
            continue
        told = one.facts["reported_on"] + timedelta(days)
        facts, today = {**TOLD, **one.facts, "reported_on": told}, max(one.today, told)
        before = rule_all(books.all, facts, today)
        if before.questions:
            continue
        for how, worse in WORSE.items():
            if any(facts[name] != value for name, value in worse.items()):
                after = rule_all(books.all, {**facts, **worse}, today)
                if not after.questions:
                    found += [f"{one.name}: {days} days later: {how}: {what}" for what in more_than(before, after)]
    return found


def more_than(before: Ruling, after: Ruling) -> Iterator[str]:
    """What a ruling gives beyond another."""
    due = {right.remedy: right for right in before.rights}
    for right in after.rights:
        mine = due.get(right.remedy)
        if mine is None:
            yield f"{right.remedy} is new, by {sorted({given.why.pack.name for given in right.given_by})}"
            continue
        if (right.amount or 0) > (mine.amount or 0):
            yield f"{right.remedy} {right.amount} instead of {mine.amount}"
        if mine.until is not None and not _end_is_open(mine) and (right.until is None or right.until > mine.until):
            yield f"{right.remedy} until {right.until} instead of {mine.until}"
    if (after.extra or 0) > (before.extra or 0):
        yield f"{after.extra} on top instead of {before.extra}"


def a_lesser_fault_outlives_no_greater(books: Books, draws: Sequence[Drawn]) -> Found:
    """Where the State's guarantee of a functional fault is over, one of appearance or software has neither exchange nor
    repair."""
    found = []
    for one in draws:
        if one.facts.get("problem") != "quality" or one.facts.get("goods") not in ("phone", "computer"):
            continue
        for today in (one.today, one.today + timedelta(800)):
            facts = {**TOLD, **one.facts, "reported_on": today}
            greater = rule_all(books.all, {**facts, "fault_kind": "functional"}, today)
            if greater.questions or remedies(greater) & {"exchange", "repair"}:
                continue
            if not any(gone.expired for gone in greater.refused):
                continue
            for kind in ("appearance", "software"):
                lesser = rule_all(books.all, {**facts, "fault_kind": kind}, today)
                if more := remedies(lesser) & {"exchange", "repair"}:
                    found.append(f"{one.name}: {kind} on {today}: {more}")
    return found


# -- further facts --------------------------------------------------------------------------------------------


def _said(ruling: Ruling) -> set[tuple[str, str, str, str]]:
    """The rows that give or refuse something."""
    return {
        (one.kind, one.what, one.why.table, one.why.row)
        for one in ruling.statements if one.kind in ("right", "no_right")
    }  # fmt: skip


def supposed(fact: str, facts: Facts) -> bool:
    """Whether a ruling takes it for granted until it is told: so the day on which what is carried out of a shop was
    delivered, which is that of the sale; and that there is something to exchange for."""
    carried = facts.get("sale") == "store" and facts.get("goods") not in BROUGHT
    return fact in (*SUPPOSED, "same_model", "accepts_other_model") or (fact == "delivered_on" and carried)


def a_further_fact_takes_nothing_back(books: Books, draws: Sequence[Drawn]) -> Found:
    """What was certain stays so: a right never goes; a refusal stays, or a clause gives what was refused. It never
    becomes a question."""
    found = []
    for name, ruler, one in _each(books, draws):
        rng = Random(name)
        whole = ruler(one.facts, one.today)
        clauses_give = {one.remedy for one in whole.rights if all(given.why.clauses for given in one.given_by)}
        still = {gone.remedy for gone in whole.refused} | clauses_give
        for _ in range(2):
            left_out = {fact for fact in one.facts if not supposed(fact, one.facts) and rng.random() < 0.15}
            part = ruler({fact: value for fact, value in one.facts.items() if fact not in left_out}, one.today)
            told = f"{name}, told later: {sorted(left_out)}"
            if lost := remedies(part) - remedies(whole):
                found.append(f"{told}: {lost} taken back")
            if name.startswith("alone") and (gone := _said(part) - _said(whole)):
                found.append(f"{told}: no longer said {gone}")
            if "all" not in still and (gone := {gone.remedy for gone in part.refused} - still - {"all"}):
                found.append(f"{told}: no longer refused {gone}")
    return found


# -- the law --------------------------------------------------------------------------------------------------


def governed(ruling: Ruling) -> set[str]:
    """The remedies that the State's rule or an agreement decides, or may decide, instead of article 24 of the law."""
    certain = {one.what for one in ruling.statements if one.kind == "governs"}
    return certain.union(*(read.may_govern for read in ruling.reads))


def undercuts(law: Ruling, together: Ruling) -> Found:
    """Whatever the law gives is due, for as much, at no higher fee and no more of the consumer's freight; and where the
    law says what a remedy comes to at least, whoever gives it, it does."""
    due = {right.remedy: right for right in together.rights}
    periods = {one.amounts.get("after") for one in together.statements if one.kind == "governs_after"}
    off = sum((one.value for one in together.deductions.values() if isinstance(one.value, Decimal)), Decimal(0))
    found = []
    for right in law.rights:
        where_none = all(one.words.get("where_none_governs") for one in right.given_by)
        yields = right.remedy in governed(together)
        if where_none and yields:
            continue
        until = right.until
        if yields:  # the State's rule has taken the place of article 24: the law's other grounds remain, with their end
            days = [one.amounts.get("until") for one in right.given_by if not one.words.get("where_none_governs")]
            until = None if None in days else max(days)
        if right.remedy not in due:
            found.append(f"no {right.remedy}")
            continue
        mine = due[right.remedy]
        if right.amount is not None and (mine.amount or 0) < right.amount:
            found.append(f"{right.remedy} {mine.amount} instead of {right.amount}")
        if (mine.fee or 0) > (right.fee or 0):
            found.append(f"{right.remedy} for {mine.fee} instead of {right.fee}")
        if mine.until is not None and not _end_is_open(right):
            # only an agreed period of the house ends what the law gives where nothing is agreed
            agreed = until is None and where_none and mine.until in periods
            if not agreed and (until is None or mine.until < until):
                found.append(f"{right.remedy} until {mine.until} instead of {until}")
        for leg, borne in [*right.freight.items(), *right.risk.items()]:
            beside = mine.freight if borne.by.kind == "freight" else mine.risk
            if COST[str(beside[leg].value)] > COST[str(borne.value)]:
                found.append(f"{right.remedy}: {leg} by {beside[leg].value} instead of {borne.value}")
    for one in law.statements:
        if one.kind == "floor" and one.what in due:
            mine, fee = due[one.what], one.amounts.get("fee")
            if "amount" in one.amounts and (mine.amount or 0) + off < one.amounts["amount"]:
                found.append(f"{one.what} {mine.amount} below the floor of {one.amounts['amount']}")
            if fee is not None and (mine.fee or 0) > fee:
                found.append(f"{one.what} for {mine.fee}, by the floor {fee}")
    if (together.extra or 0) < (law.extra or 0):
        found.append(f"{together.extra} on top instead of {law.extra}")
    return found


def the_law_is_not_undercut(books: Books, draws: Sequence[Drawn]) -> Found:
    """By the book beside the law, and by all books together."""
    found = []
    for one in draws:
        law = rule_all(LAW, one.facts, one.today)
        for who, packs in (("with the law", books.with_law), ("together", books.all)):
            found += [f"{who}: {one.name}: {what}" for what in undercuts(law, rule_all(packs, one.facts, one.today))]
    return found


DISPUTED = (
    "quality", "dislike", "counterfeit", "misdescribed", "wrong_item", "missing", "damaged", "not_received", "refused",
)  # fmt: skip
"""The problems for which the law gives something."""


def on_a_platform_no_less_than_without(books: Books, draws: Sequence[Drawn]) -> Found:
    """An order on a platform gives no less than the law does where no platform is told. One matter differs, and
    rightly: in a direct sale the ground of a refusal at the door is taken as told, on a platform it must be confirmed;
    until it is, it is no ground, and what the law gives for a refusal without one is the floor."""
    found = []
    for one in draws:
        if one.facts.get("problem") not in DISPUTED or "fault_confirmed" not in one.facts:
            continue
        facts = {**one.facts, "sale": "distance", "house": "other", "facility_request": False, "staged_claim": False}
        facts["platform"] = {"taobao_disputes": "taobao"}.get(books.pack.name, books.pack.name)
        direct = {**facts, "platform": "none"}
        if facts["problem"] == "refused" and not facts["fault_confirmed"]:
            direct["refusal_ground"] = "none"
        law, together = rule_all(LAW, direct, one.today), rule_all(books.all, facts, one.today)
        found += [f"{one.name}: {what}" for what in undercuts(law, together)]
    return found
