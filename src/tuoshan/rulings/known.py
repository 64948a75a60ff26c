"""What a case knows already of a matter that a rule book would ask: taken over with where it stands, never guessed.

The case's own facts count first, then what the newest ruling was told, then its order, product, category, customer and
earlier cases about the same order. What a process's facts mean stands beside its playbook (`from_cases`), what
categories, lines of products and shops mean in the company's lists. All of it can be corrected on the bench.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tuoshan.cases import library as playbooks
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.catalog.models import OrderRef, Product, ProductLine, Shop
from tuoshan.core.case import CaseState
from tuoshan.core.money import MoneyError, yuan
from tuoshan.core.playbook import Playbook
from tuoshan.core.policy.from_case import FromCase
from tuoshan.core.policy.pack import Fact
from tuoshan.parties.models import OrgUnit
from tuoshan.rulings import keeping
from tuoshan.rulings.from_cases import from_case
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.pieces import paid_for
from tuoshan.rulings.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Known:
    """A value, and where it stands, in the language in force."""

    value: object
    source: str


def known_of(
    case: Case, state: CaseState, facts: Mapping[str, Fact], viewer: Any, ruled: KeptRuling | None = None,
    around: Surroundings | None = None,
) -> dict[str, Known]:  # fmt: skip
    """Fact of the rule books → what is known of it; `ruled` is the ruling that is asked once more. `around`: what was
    read for several cases at once."""
    around = around or Surroundings.of([(case, state)], viewer)
    told = from_case(case.playbook)
    order, product = around.order(case, state), around.product(case)
    line = around.lines.get(product.line.strip()) if product is not None else None
    goods = line.goods if line is not None else ""
    whole = _of_whole_order(case, state, told)
    paid = _paid(whole, order, product).of_a_piece
    own = paid if whole is not None and paid.get("paid") is whole and _is_all_there_is(case, ruled) else {}
    parts = (
        _of_case(case, state, told), own, _of_ruling(ruled), paid,
        _of_order(order, line, around.shops),
        {"goods": Known(goods, _("商品品类"))} if goods else {}, _of_category(case, around), _of_customer(case, around),
        _of_earlier(case, around), {"reported_on": Known(timezone.localdate(case.created_at), _("工单登记日期"))},
    )  # fmt: skip
    found: dict[str, Known] = {}
    for part in parts:
        for name, one in part.items():
            if name in facts and name not in found and _fits(facts[name], one.value):
                found[name] = one
    if "received_back_on" in found and "goods_back" in facts:
        found["goods_back"] = Known(True, found["received_back_on"].source)
    return found


@dataclass(frozen=True, slots=True)
class Bought:
    """What the order says the line is: what it is called, how many pieces, and what was paid for all of them where that
    cannot be divided to the fen."""

    label: str
    pieces: int
    source: str
    paid: str = ""


def bought(case: Case, state: CaseState, around: Surroundings | None = None) -> Bought | None:
    """The line of the order that the case is about, where that is plain."""
    around = around or Surroundings.of([(case, state)])
    told = from_case(case.playbook)
    order, product = around.order(case, state), around.product(case)
    line = _line(order, product) if order is not None else None
    if order is None or line is None:
        return None
    paid = _paid(_of_whole_order(case, state, told), order, product)
    return Bought(str(line.get("name") or ""), paid.pieces, _said_by(order), paid.of_all)


def paid_for_order(case: Case, state: CaseState) -> Known | None:
    """What the case says was paid for all that was bought; None where it says nothing."""
    return _of_whole_order(case, state, from_case(case.playbook))


# -- where it stands ----------------------------------------------------------------------------------------------


def _of_case(case: Case, state: CaseState, told: FromCase) -> dict[str, Known]:
    playbook = playbooks.pinned(case.playbook, case.playbook_hash)
    found = {name: Known(value, _("工单流程")) for name, value in told.holds.items()}
    for one in told.means:
        value = one.value(state.facts.get(one.field))
        if value is not None and one.fact not in found and not one.of_order:
            found[one.fact] = Known(_day(value), _in_the_case(playbook, one.field))
    return found


def _in_the_case(playbook: Playbook, field: str) -> str:
    label = words(playbook.facts[field].label) if field in playbook.facts else field
    return _("工单：%(field)s") % {"field": label}


def _of_whole_order(case: Case, state: CaseState, told: FromCase) -> Known | None:
    """What the case says was paid for the whole order."""
    for one in told.means:
        value = state.facts.get(one.field)
        if one.of_order and one.fact == "paid" and isinstance(value, Decimal):
            return Known(value, _in_the_case(playbooks.pinned(case.playbook, case.playbook_hash), one.field))
    return None


def _is_all_there_is(case: Case, ruled: KeptRuling | None) -> bool:
    """Whether the line is all that was ruled on, so that what the whole order cost is what it cost."""
    if ruled is None or ruled.quantity > 1:
        return ruled is None
    return len(ruled.bench if ruled.bench is not None else keeping.standing(case.pk)) == 1


def _of_ruling(row: KeptRuling | None) -> dict[str, Known]:
    if row is None:
        return {}
    source = _("%(day)s 的裁定") % {"day": timezone.localdate(row.kept_at)}
    return {name: Known(value, source) for name, value in keeping.facts_of(row).items()}


def _said_by(order: OrderRef) -> str:
    return _("订单 %(number)s") % {"number": order.order_no}


def _of_order(order: OrderRef | None, line: ProductLine | None, shops: Sequence[Shop]) -> dict[str, Known]:
    """Days, platform and kind of sale as the order has them; that it is ours is proof of the purchase."""
    if order is None:
        return {}
    source = _said_by(order)
    found = {"has_receipt": Known(True, source)}
    if order.ordered_at:
        found["sold_on"] = Known(timezone.localdate(order.ordered_at), source)
    if order.signed_at:
        signed = timezone.localdate(order.signed_at)
        found["signed_on"] = Known(signed, source)
        if line is not None and line.goods and not line.is_installed:
            found["delivered_on"] = Known(signed, _("%(order)s，签收即交付") % {"order": source})
    platform = _platform(order.shop, shops)
    if platform:
        found |= {"platform": Known(platform, source), "sale": Known("distance", source)}
    elif order.unit is not None and order.unit.kind == OrgUnit.Kind.STORE:
        found["sale"] = Known("store", source)
    return found


def _line(order: OrderRef, product: Product | None) -> Mapping[str, Any] | None:
    """The one line of the product; the only line where no product is told."""
    lines = [one for one in order.lines if product is None or one.get("product") == product.code]
    return lines[0] if len(lines) == 1 else None


def _pieces(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity", 1)
    return quantity if isinstance(quantity, int) and quantity > 0 else 1


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid: for one piece, or for all of them where that cannot be divided to the fen; and for how many."""

    of_a_piece: Mapping[str, Known]
    of_all: str = ""
    pieces: int = 1


NOTHING_KNOWN = Paid({})


def _paid(whole: Known | None, order: OrderRef | None, product: Product | None) -> Paid:
    """What the case says was paid is of its whole order: it is the price of a piece where there is no order, or where
    this is one piece. Else the order's line tells the price. All its pieces are taken only where they cost no more
    than what was paid by the case; where one costs more, nothing is certain and it is asked."""
    if order is None:
        return Paid({"paid": whole}) if whole is not None else NOTHING_KNOWN
    line = _line(order, product)
    if line is None:
        return NOTHING_KNOWN
    pieces = _pieces(line)
    if whole is not None and len(order.lines) == 1 and pieces == 1:
        return Paid({"paid": whole})
    told = _told(order, line)
    if told is None:
        return Paid({}, pieces=pieces)
    price = paid_for(*told)
    most = whole.value if whole is not None and isinstance(whole.value, Decimal) else None
    if isinstance(price, str):
        return Paid({}, price, pieces) if most is None or told[0] <= most else Paid({})
    known = {"paid": Known(price, _said_by(order))}
    if most is None or price * pieces <= most:
        return Paid(known, pieces=pieces)
    return Paid(known) if price <= most else NOTHING_KNOWN


def _told(order: OrderRef, line: Mapping[str, Any]) -> tuple[Decimal, int] | None:
    """What was paid, and for how many pieces: by what was paid for the order where it is one line, by the line's price
    where all lines together are what was paid. Where something was taken off the whole order it is not known."""
    if len(order.lines) == 1 and order.paid is not None:
        return order.paid, _pieces(line)
    try:
        together = sum(yuan(one.get("price", "")) * _pieces(one) for one in order.lines)
        return (yuan(line.get("price", "")), 1) if order.paid in (None, together) else None
    except (MoneyError, TypeError):
        return None


def _platform(shop: str, shops: Sequence[Shop]) -> str:
    """The platform of a shop: by its whole name, else by the parts of names that it holds, where they agree."""
    known = [one for one in shops if one.name in shop]
    named = [one.platform for one in known if one.name == shop] or list({one.platform for one in known})
    return named[0] if len(named) == 1 else ""


def _of_category(case: Case, around: Surroundings) -> dict[str, Known]:
    problem = around.problems.get(case.category_id or 0)
    return {"problem": Known(problem, _("投诉类别"))} if problem else {}


def _of_customer(case: Case, around: Surroundings) -> dict[str, Known]:
    grade = around.grades.get(case.customer_id or 0, "")
    source = _("客户级别")
    found = {"dealer_grade": Known(grade.strip().upper(), source)} if grade else {}
    return found | ({"vip": Known(True, source)} if "VIP" in grade.upper() else {})


def _of_earlier(case: Case, around: Surroundings) -> dict[str, Known]:
    """Repairs of the same kind of fault, and an exchange, that were carried out in earlier cases about the order."""
    found: dict[str, Known] = {}
    repaired: list[tuple[date, str]] = []
    for one in _carried_out(case, around):
        if one.repaired:
            repaired.append((one.done_on, one.number))
        if one.exchanged:
            source = _("工单 %(number)s") % {"number": one.number}
            found |= {"is_replacement": Known(True, source), "replaced_on": Known(one.done_on, source)}
    if repaired:
        source = _("工单 %(number)s") % {"number": _("、").join(number for _day, number in repaired)}
        found["repairs_same_fault"] = Known(Decimal(len(repaired)), source)
        found["repaired_on"] = Known(max(repaired)[0], source)
    return found


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier case about the same thing carried out: a repair of the same kind of fault, an exchange."""

    number: str
    repaired: bool
    exchanged: bool
    done_on: date


def _carried_out(case: Case, around: Surroundings) -> Iterator[Earlier]:
    """The oldest first."""
    for one in around.earlier(case):
        state, told = Row.of(one).state, from_case(one.playbook).carried_out
        if told is None:
            continue
        done = [run.closed for run in state.tasks.values() if run.name == told.task and run.outcome == told.outcome]
        last = max((moment for moment in done if moment is not None), default=None)
        if last is not None:
            same = case.category_id is not None and one.category_id == case.category_id
            given = state.facts.get(told.field)
            named = set(given) if isinstance(given, list | tuple) else {given}
            yield Earlier(
                one.number, same and bool(named & told.repair), bool(named & told.exchange), timezone.localdate(last)
            )


def _fits(fact: Fact, value: object) -> bool:
    """Whether a value is one that the fact may be; a choice must be among its choices."""
    match fact.field.kind:
        case "choice":
            return value in {choice.value for choice in fact.field.choices}
        case "yes_no":
            return isinstance(value, bool)
        case "date":
            return _is_day(value)
    return not isinstance(value, bool | str) or _is_number(value)


def _is_day(value: object) -> bool:
    if isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True
    return isinstance(value, date)


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).isdecimal()


def _day(value: object) -> object:
    return timezone.localdate(value) if isinstance(value, datetime) else value
