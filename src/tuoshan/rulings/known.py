"""What a case knows already of a matter that a rule book would ask: taken over with where it stands, never guessed.

The case's own facts count first, then what the newest ruling was told, then its order, product, category, customer and
earlier cases about the same order. All of it can be corrected on the bench.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tuoshan.cases import library as playbooks
from tuoshan.cases import queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.catalog.models import Category, OrderRef, Product
from tuoshan.core.case import CaseState
from tuoshan.core.money import MoneyError, yuan
from tuoshan.core.policy.pack import Fact
from tuoshan.identifiers import is_id
from tuoshan.parties.models import Customer, OrgUnit
from tuoshan.rulings import keeping
from tuoshan.rulings.models import KeptRuling

SAME = {"bought_on": "sold_on", "amount_paid": "paid"}
"""Facts of a registration that mean what a fact of the rule books means, both ways; those of the same name besides."""
MEANS = {**SAME, "test_shows_fault": "fault_confirmed", "window_end": "valid_until"}
"""The same for all facts of a case."""

REASONS = {
    "not_received": "not_received", "not_wanted": "dislike", "quality": "quality", "not_as_described": "misdescribed",
    "damaged": "damaged",
}  # fmt: skip
"""What a marketplace calls the reason, as a problem; a wrong item and a missing one it does not tell apart."""

PROBLEMS = {
    "quality-fault": "quality", "quality-durability": "quality", "quality-workmanship": "quality",
    "quality-safety": "quality", "quality-spoiled": "quality", "quality-counterfeit": "counterfeit",
    "installation-repeat": "quality", "delivery-late": "late", "delivery-lost": "not_received",
    "delivery-damaged": "damaged", "description-differs": "misdescribed", "description-price": "price",
    "description-promotion": "price",
}  # fmt: skip
"""Categories that name a problem of the rule books; the others leave it open."""

GOODS = {
    "鞋": "shoes", "鞋靴": "shoes", "鞋类": "shoes", "箱包": "textiles", "玩具": "textiles", "家纺": "textiles",
    "电脑": "computer", "笔记本": "computer", "汽车": "car", "家电": "appliance", "零食": "food", "生鲜": "fresh",
}  # fmt: skip
"""Lines of products as shops call them, beside the titles of the rule books."""

PLATFORMS = {"淘宝": "taobao", "天猫": "taobao", "拼多多": "pinduoduo", "微信": "wechat"}
INSTALLED = ("appliance", "furniture")
"""Goods that are often installed later than signed for, so that signing does not say when they were delivered."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value, and where it stands, in the language in force."""

    value: object
    source: str


def known_of(
    case: Case, state: CaseState, facts: Mapping[str, Fact], viewer: Any, ruled: KeptRuling | None = None
) -> dict[str, Known]:
    """Fact of the rule books → what is known of it; `ruled` is the ruling that is asked once more."""
    order, product = _order(state), _product(case)
    goods = _goods(product, facts)
    parts = (
        _of_case(case, state), _of_ruling(ruled), _of_marketplace(case, state), _of_order(order, product, goods),
        {"goods": Known(goods, _("商品品类"))} if goods else {}, _of_category(case), _of_customer(case),
        _of_earlier(case, viewer), {"reported_on": Known(timezone.localdate(case.created_at), _("工单登记日期"))},
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
    """What the order says the line is: what it is called, and how many pieces."""

    label: str
    pieces: int
    source: str


def bought(case: Case, state: CaseState) -> Bought | None:
    """The line of the order that the case is about, where that is plain."""
    order = _order(state)
    line = _line(order, _product(case)) if order is not None else None
    if order is None or line is None:
        return None
    return Bought(str(line.get("name") or ""), _pieces(line), _said_by(order))


# -- where it stands ----------------------------------------------------------------------------------------------


def _of_case(case: Case, state: CaseState) -> dict[str, Known]:
    playbook = playbooks.pinned(case.playbook, case.playbook_hash)
    found = {}
    for name, value in state.facts.items():
        label = words(playbook.facts[name].label) if name in playbook.facts else name
        found[MEANS.get(name, name)] = Known(_day(value), _("工单：%(field)s") % {"field": label})
    return found


def _of_ruling(row: KeptRuling | None) -> dict[str, Known]:
    if row is None:
        return {}
    source = _("%(day)s 的裁定") % {"day": timezone.localdate(row.kept_at)}
    return {name: Known(value, source) for name, value in keeping.facts_of(row).items()}


def _of_marketplace(case: Case, state: CaseState) -> dict[str, Known]:
    if not case.playbook.startswith("pinduoduo_"):
        return {}
    source = _("工单流程")
    found = {"platform": Known("pinduoduo", source), "sale": Known("distance", source)}
    problem = REASONS.get(str(state.facts.get("refund_reason")))
    return found | ({"problem": Known(problem, _("退款原因"))} if problem else {})


def _order(state: CaseState) -> OrderRef | None:
    """The order that the case names, by its row or by its number where that is the only one."""
    given = str(state.facts.get("order_no") or "")
    if not given:
        return None
    orders = OrderRef.objects.select_related("unit")
    found = orders.filter(pk=int(given)).first() if is_id(given) else None
    return found or orders.filter(order_no=given).order_by("-id").first()


def _product(case: Case) -> Product | None:
    return Product.objects.filter(pk=case.product_id).first() if case.product_id else None


def _said_by(order: OrderRef) -> str:
    return _("订单 %(number)s") % {"number": order.order_no}


def _of_order(order: OrderRef | None, product: Product | None, goods: str) -> dict[str, Known]:
    """Days, price, platform and kind of sale as the order has them; that it is ours is proof of the purchase."""
    if order is None:
        return {}
    source = _said_by(order)
    found = {"has_receipt": Known(True, source)}
    if order.ordered_at:
        found["sold_on"] = Known(timezone.localdate(order.ordered_at), source)
    if order.signed_at:
        signed = timezone.localdate(order.signed_at)
        found["signed_on"] = Known(signed, source)
        if goods and goods not in INSTALLED:
            found["delivered_on"] = Known(signed, _("%(order)s，签收即交付") % {"order": source})
    platform = next((value for name, value in PLATFORMS.items() if name in order.shop), "")
    if platform:
        found |= {"platform": Known(platform, source), "sale": Known("distance", source)}
    elif order.unit is not None and order.unit.kind == OrgUnit.Kind.STORE:
        found["sale"] = Known("store", source)
    price = _price(order, product)
    return found | ({"paid": Known(price, source)} if price is not None else {})


def _line(order: OrderRef, product: Product | None) -> Mapping[str, Any] | None:
    """The one line of the product; the only line where no product is told."""
    lines = [one for one in order.lines if product is None or one.get("product") == product.code]
    return lines[0] if len(lines) == 1 else None


def _pieces(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity", 1)
    return quantity if isinstance(quantity, int) and quantity > 0 else 1


def _price(order: OrderRef, product: Product | None) -> Decimal | None:
    """What was paid for one piece: by what was paid for the order where it is one line, by the line's price where all
    lines together are what was paid. Where something was taken off the whole order it is not known."""
    line = _line(order, product)
    if line is None:
        return None
    if len(order.lines) == 1 and order.paid is not None:
        each = order.paid / _pieces(line)
        return each if each == each.quantize(Decimal("0.01")) else None
    try:
        together = sum(yuan(one.get("price", "")) * _pieces(one) for one in order.lines)
        return yuan(line.get("price", "")) if order.paid in (None, together) else None
    except (MoneyError, TypeError):
        return None


def _goods(product: Product | None, facts: Mapping[str, Fact]) -> str:
    """The kind of goods that the product's line names."""
    if product is None or "goods" not in facts:
        return ""
    choices = facts["goods"].field.choices
    named = {text: one.value for one in choices for text in (one.value, one.title.zh, one.title.en)}
    return {**GOODS, **named}.get(product.line.strip(), "")


def _of_category(case: Case) -> dict[str, Known]:
    if case.category_id is None:
        return {}
    code = Category.objects.filter(pk=case.category_id).values_list("code", flat=True).first()
    return {"problem": Known(PROBLEMS[code], _("投诉类别"))} if code in PROBLEMS else {}


def _of_customer(case: Case) -> dict[str, Known]:
    if case.customer_id is None:
        return {}
    grade = Customer.objects.filter(pk=case.customer_id).values_list("grade", flat=True).first() or ""
    source = _("客户级别")
    found = {"dealer_grade": Known(grade.strip().upper(), source)} if grade else {}
    return found | ({"vip": Known(True, source)} if "VIP" in grade.upper() else {})


def _of_earlier(case: Case, viewer: Any) -> dict[str, Known]:
    """Repairs of the same kind of fault, and an exchange, that were carried out in earlier cases about the order."""
    found: dict[str, Known] = {}
    repaired: list[tuple[date, str]] = []
    for number, same_fault, remedies, done_on in _carried_out(case, viewer):
        if "repair" in remedies and same_fault:
            repaired.append((done_on, number))
        if "exchange" in remedies:
            source = _("工单 %(number)s") % {"number": number}
            found |= {"is_replacement": Known(True, source), "replaced_on": Known(done_on, source)}
    if repaired:
        source = _("工单 %(number)s") % {"number": _("、").join(number for _day, number in repaired)}
        found["repairs_same_fault"] = Known(Decimal(len(repaired)), source)
        found["repaired_on"] = Known(max(repaired)[0], source)
    return found


def _carried_out(case: Case, viewer: Any) -> Iterator[tuple[str, bool, tuple[str, ...], date]]:
    """Number, whether it was filed as the same, remedies, and the day on which they were done, the oldest first."""
    if case.about_kind != "order_no" or not case.about_key:
        return
    earlier = queries.reachable(viewer).defer(None).filter(
        about_kind=case.about_kind, about_key=case.about_key, product_id=case.product_id, pk__lt=case.pk
    )
    for one in earlier.order_by("id"):
        state = Row.of(one).state
        done = [run.closed for run in state.tasks.values() if run.name == "remedy" and run.outcome == "settled"]
        last = max((moment for moment in done if moment is not None), default=None)
        if last is not None:
            same = case.category_id is not None and one.category_id == case.category_id
            remedies = state.facts.get("remedies")
            named = tuple(remedies) if isinstance(remedies, list | tuple) else ()
            yield one.number, same, named, timezone.localdate(last)


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
