"""Who somebody says they are, compared with what we know of the order and of earlier cases."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from tuoshan.secrets import normalised

Result = Literal["matched", "partly", "not_matched", "not_possible"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it and what was compared, in words that name no personal data."""

    result: Result
    compared: tuple[str, ...]

    @property
    def note(self) -> str:
        """As one line for the record."""
        return _("；").join(self.compared)


def compare(*, phone: str, name: str, order: Any, customer: Any) -> Comparison:
    """Compare phone and name with the order (a `catalog.OrderRef` or None) and the customer on record (or None).

    The phone on the order decides. Without one, a name or a customer on record that agrees is a part; with
    nothing to compare it is not possible.
    """
    lines: list[str] = []
    by_phone = order.belongs_to_phone(phone) if order is not None and phone else None
    if by_phone is not None:
        lines.append(_("电话与订单一致") if by_phone else _("电话与订单不一致"))
    elif order is not None:
        lines.append(_("订单存在，没有可比对的电话"))
    by_name: bool | None = None
    if customer is not None and customer.name and name:
        by_name = normalised(name, "name") == normalised(customer.name, "name")
        lines.append(_("姓名与客户档案一致") if by_name else _("姓名与客户档案不一致"))
    if customer is not None and phone:
        lines.append(_("电话已在客户档案中"))
    if by_phone:
        return Comparison("partly" if by_name is False else "matched", tuple(lines))
    if by_phone is False:
        return Comparison("partly" if by_name else "not_matched", tuple(lines))
    if by_name is False:
        return Comparison("not_matched", tuple(lines))
    if lines:
        return Comparison("partly", tuple(lines))
    return Comparison("not_possible", (_("没有可比对的订单或档案"),))
