"""Rows of a table as orders: each row a line of its order, known again by number and shop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from tuoshan.catalog.models import Product
from tuoshan.catalog.orders import LONGEST_NUMBER, LONGEST_SHOP, OrderTold, record_orders
from tuoshan.intake.imports import cells
from tuoshan.intake.imports.cells import Cells, RowRefused
from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.tables import Row
from tuoshan.intake.imports.tally import Bad, Tally

LONGEST_NAME = 120
MOST_OF_ONE = 1_000_000
Part = TypeVar("Part")


@dataclass(slots=True)
class OrderMaker(Cells):
    """Turns rows into orders. `person` is who imports, where somebody is named."""

    person: Any = None

    def read(self, row: Row) -> OrderTold:
        """What the row tells of its order. Raises RowRefused with every fault of the row, so that it is mended once."""
        wrong: list[Reason] = []

        def part(target: str, read: Callable[[str], Part]) -> Part | None:
            try:
                text = self.cell(row, target)
                return read(text) if text or target == "order_no" else None
            except RowRefused as refused:
                wrong.append(refused.reason)
                return None

        number, shop = part("order_no", _number), part("shop", _shop)
        part("phone", cells.check_phone)
        lines = self._lines(row, part("quantity", _quantity), part("price", cells.amount))
        paid, unit = part("paid", cells.amount), part("unit", cells.unit)
        ordered, signed = part("ordered_at", cells.moment), part("signed_at", cells.moment)
        if wrong:
            raise RowRefused.of(wrong)
        return OrderTold(
            order_no=number or "", shop=shop or "", phone=self.cell(row, "phone"), unit_id=unit, lines=lines or None,
            more_lines=True, paid=paid, ordered_at=ordered, signed_at=signed,
        )  # fmt: skip

    def _lines(self, row: Row, quantity: int | None, price: Decimal | None) -> list[dict[str, Any]]:
        code, name = self.cell(row, "product"), self.cell(row, "name")[:LONGEST_NAME]
        if not (code or name):
            return []
        known = product_of(code or name)
        line: dict[str, Any] = {"product": known[0], "name": name or known[1]} if known else {"name": name or code}
        line |= {"product": code[:LONGEST_NUMBER]} if code and name and not known else {}
        line |= {"quantity": quantity} if quantity is not None else {}
        return [line | ({"price": f"{price:.2f}"} if price is not None else {})]


def take(rows: Sequence[Row], maker: OrderMaker, tally: Tally, *, write: bool) -> None:
    """Record these rows' orders, or say what would become of them; a row that says nothing new counts as known."""
    tally.read += len(rows)
    told: list[OrderTold] = []
    for row in rows:
        if not maker.wanted(row):
            continue
        try:
            told.append(maker.read(row))
        except RowRefused as refused:
            tally.bad.append(Bad(row, refused.reason))
    for became in record_orders(told, write=write):
        if became == "same":
            tally.known += 1
        else:
            tally.taken += 1


def forget() -> None:
    """Forget what was looked up: lists may have changed since the last import."""
    product_of.cache_clear()
    cells.unit_id.cache_clear()


@lru_cache(maxsize=20_000)
def product_of(text: str) -> tuple[str, str] | None:
    """Code and name of the product of this code or name."""
    found = Product.objects.filter(code=text).first() or Product.objects.filter(name=text, is_active=True).first()
    return (found.code, found.name) if found else None


def _number(text: str) -> str:
    if not text:
        raise RowRefused(_("没有订单号，请填写后再导入。"))
    if len(text) > LONGEST_NUMBER:
        raise RowRefused(_("订单号“%(text)s…”超过 %(most)d 个字符。"), text=text[:20], most=LONGEST_NUMBER)
    return text


def _shop(text: str) -> str:
    if len(text) > LONGEST_SHOP:
        raise RowRefused(_("“%(text)s…”超过 %(most)d 字，请缩短。"), text=text[:20], most=LONGEST_SHOP)
    return text


def _quantity(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= MOST_OF_ONE):
        raise RowRefused(_("数量“%(text)s”看不懂，请写整数。"), text=text[:60])
    return int(text)
