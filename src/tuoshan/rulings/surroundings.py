"""What cases stand on besides themselves, for what a rule book would ask: products and lines of products, orders,
shops, categories, grades of customers, earlier cases. It is read for all of them at once, so that a hundred cases take
as many statements as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category, OrderRef, Product, ProductLine, Shop
from tuoshan.core.case import CaseState
from tuoshan.identifiers import is_id
from tuoshan.parties.models import Customer
from tuoshan.rulings.from_cases import from_case

ORDER = "order_no"
"""The kind of thing by which cases about the same order are found."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was read; each case finds its own in it."""

    products: Mapping[int, Product] = field(default_factory=dict)
    lines: Mapping[str, ProductLine] = field(default_factory=dict)
    shops: Sequence[Shop] = ()
    orders: Mapping[int, OrderRef] = field(default_factory=dict)
    by_number: Mapping[str, OrderRef] = field(default_factory=dict)
    """Of several with one number the newest."""
    problems: Mapping[int, str] = field(default_factory=dict)
    grades: Mapping[int, str] = field(default_factory=dict)
    cases_about: Mapping[str, Sequence[Case]] = field(default_factory=dict)
    """Cases that the reader may see, by the order that they are about, the oldest first."""

    @staticmethod
    def of(cases: Sequence[tuple[Case, CaseState]], viewer: Any = None) -> "Surroundings":
        """Of these cases; of other cases what the reader may see, and without a reader nothing."""
        products = Product.objects.in_bulk({case.product_id for case, _state in cases if case.product_id})
        named = {given for case, state in cases if (given := order_named(case, state))}
        orders = OrderRef.objects.select_related("unit")
        return Surroundings(
            products=products,
            lines=_lines(product.line.strip() for product in products.values()),
            shops=list(Shop.objects.all()) if named else (),
            orders=orders.in_bulk({int(given) for given in named if is_id(given)}),
            by_number={one.order_no: one for one in orders.filter(order_no__in=named).order_by("id")} if named else {},
            problems=dict(Category.objects.filter(
                pk__in={case.category_id for case, _state in cases if case.category_id is not None}
            ).values_list("pk", "problem")),
            grades=dict(Customer.objects.filter(
                pk__in={case.customer_id for case, _state in cases if case.customer_id is not None}
            ).values_list("pk", "grade")),
            cases_about=_cases_about([case for case, _state in cases], viewer) if viewer is not None else {},
        )  # fmt: skip

    def product(self, case: Case) -> Product | None:
        """What the case is about."""
        return self.products.get(case.product_id) if case.product_id else None

    def order(self, case: Case, state: CaseState) -> OrderRef | None:
        """The order that the case names, by its row or by its number where that is the only one."""
        given = order_named(case, state)
        return (self.orders.get(int(given)) if is_id(given) else None) or self.by_number.get(given)

    def earlier(self, case: Case) -> Iterable[Case]:
        """Earlier cases about the same product of the same order, the oldest first."""
        about = self.cases_about.get(case.about_key, ()) if case.about_kind == ORDER else ()
        return (one for one in about if one.product_id == case.product_id and one.pk < case.pk)


def order_named(case: Case, state: CaseState) -> str:
    """The order by which a case goes, as its process names it; empty where it names none."""
    told = from_case(case.playbook)
    return str(state.facts.get(told.order) or "") if told.order else ""


def _lines(names: Iterable[str]) -> dict[str, ProductLine]:
    """As the company's list has them."""
    wanted = {name for name in names if name}
    return {one.name: one for one in ProductLine.objects.filter(name__in=wanted)} if wanted else {}


def _cases_about(cases: Sequence[Case], viewer: Any) -> dict[str, list[Case]]:
    keys = {case.about_key for case in cases if case.about_kind == ORDER and case.about_key}
    if not keys:
        return {}
    newest = max(case.pk for case in cases)
    found: dict[str, list[Case]] = {}
    about = queries.reachable(viewer).defer(None).filter(about_kind=ORDER, about_key__in=keys, pk__lt=newest)
    for one in about.order_by("id"):
        found.setdefault(one.about_key, []).append(one)
    return found
