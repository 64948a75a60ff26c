"""What the cells of a row say: by target, as moments, days, amounts and units."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from tuoshan.intake.imports.reasons import Reason, Refused
from tuoshan.intake.imports.tables import Row
from tuoshan.parties import customers
from tuoshan.parties.models import OrgUnit

MOMENT_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H时%M分",
)
FIRST_YEAR = 1970
MOST_MONEY = Decimal("9999999999.99")


class RowRefused(Refused):
    """What is wrong with the row, in words that name the column and the mend."""

    @staticmethod
    def of(reasons: Sequence[Reason]) -> "RowRefused":
        """All of it, one after the other."""
        refused = RowRefused(reasons[0].text)
        refused.reason = replace(reasons[0], more=tuple(reasons[1:]))
        return refused


@dataclass(slots=True)
class Cells:
    """How the columns of a table are read (`mapping`: heading → target), and which of its rows are wanted."""

    mapping: Mapping[str, str]
    conditions: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """Column → value: rows that say something else are passed over."""
    columns: dict[str, str] = field(init=False)
    """Target → heading."""

    def __post_init__(self) -> None:
        self.columns = {target: column for column, target in self.mapping.items() if target}

    def wanted(self, row: Row) -> bool:
        """Whether the row is to be imported at all."""
        return all(row.cells.get(name, "") == value for name, value in self.conditions.items())

    def cell(self, row: Row, target: str) -> str:
        """The cell that gives the target, empty where no column does."""
        column = self.columns.get(target)
        return row.cells.get(column, "").strip() if column else ""


def read_moment(text: str) -> datetime | None:
    """A moment in the company's zone, from the spellings of spreadsheets; None when it is none."""
    zone = ZoneInfo(settings.TIME_ZONE)
    for form in MOMENT_FORMS:
        try:
            at = datetime.strptime(text.strip(), form).replace(tzinfo=zone)
            break
        except ValueError:
            continue
    else:
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
    if at.year < FIRST_YEAR:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def moment(text: str) -> datetime:
    """The same; raises RowRefused."""
    at = read_moment(text)
    if at is None:
        raise RowRefused(_("时间“%(text)s”看不懂，请写成 2026-03-05 14:30。"), text=text[:60])
    return at


def amount(text: str) -> Decimal:
    """An amount of yuan, with or without its sign and thousands. Raises RowRefused."""
    try:
        found = Decimal(re.sub(r"[¥￥元,，\s]", "", text))
        exact = found.quantize(Decimal("0.01"))
    except InvalidOperation:
        exact = None
    if exact is None or exact != found or not 0 <= exact <= MOST_MONEY:
        raise RowRefused(_("金额“%(text)s”看不懂，请写成 399.00。"), text=text[:60])
    return exact


def check_phone(text: str) -> None:
    """Raises RowRefused for a phone that nobody can call; none at all is fine."""
    try:
        if text:
            customers.checked_phone(text)
    except customers.PhoneRefused as error:
        why = _("“%(phone)s”不是有效的电话号码：请写手机号、带区号的座机或 400、800 号码，或留空。")
        raise RowRefused(why, phone=text[:60]) from error


def unit(text: str) -> int:
    """A unit by code or name. Raises RowRefused."""
    found = unit_id(text)
    if found is None:
        raise RowRefused(_("没有代码或名称为“%(code)s”的门店或部门。"), code=text[:60])
    return found


@lru_cache(maxsize=2000)
def unit_id(text: str) -> int | None:
    """An org unit by code or name."""
    found = OrgUnit.objects.filter(code=text).first() or OrgUnit.objects.filter(
        Q(name_zh=text) | Q(name_en__iexact=text)
    ).first()  # fmt: skip
    return found.pk if found else None
