"""One row of a spreadsheet as a case to come, or what is wrong with it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from tuoshan import clock
from tuoshan.cases import units
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.chain import canonical
from tuoshan.cases.orders import NewCase
from tuoshan.cases.registering import resting_state
from tuoshan.catalog.models import Category, Product
from tuoshan.core.playbook import Field, Playbook
from tuoshan.intake.imports.reasons import Reason, Refused
from tuoshan.intake.imports.tables import Row
from tuoshan.intake.texts import said_field, title_of
from tuoshan.knowledge import company
from tuoshan.parties import customers
from tuoshan.parties.models import OrgUnit

MOST_TEXT = 20_000
GRADES = {
    "normal": "normal", "一般": "normal", "普通": "normal", "低": "normal", "low": "normal",
    "important": "important", "重要": "important", "中": "important", "medium": "important",
    "urgent": "urgent", "紧急": "urgent", "高": "urgent", "high": "urgent",
}  # fmt: skip
GIVEN = frozenset({"category", "product", "order_no"})
"""Columns that go into registration fields of the same name."""
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
LONGEST_KEY = 80


Part = TypeVar("Part")


class RowRefused(Refused):
    """What is wrong with the row, in words that name the column and the mend."""

    @staticmethod
    def of(reasons: Sequence[Reason]) -> "RowRefused":
        """All of it, one after the other."""
        refused = RowRefused(reasons[0].text)
        refused.reason = replace(reasons[0], more=tuple(reasons[1:]))
        return refused


@dataclass(slots=True)
class Maker:
    """Turns rows into cases to register; looks each product, category and unit up once."""

    playbook: Playbook
    acting: ActingAs
    mapping: Mapping[str, str]
    source: str
    live: bool
    default_unit: int | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Column → value: rows that say something else are passed over."""
    _columns: dict[str, str] = field(init=False, default_factory=dict)
    _house: int | None = field(init=False, default=None)
    """Whose the cases are for which nothing names a unit."""

    def __post_init__(self) -> None:
        self._house = company.default_unit()
        self._columns = {target: column for column, target in self.mapping.items() if target}

    def wanted(self, row: Row) -> bool:
        """Whether the row is to be imported at all."""
        return all(row.cells.get(name, "") == value for name, value in self.conditions.items())

    def cell(self, row: Row, target: str) -> str:
        """The cell that gives the target, empty where no column does."""
        column = self._columns.get(target)
        return row.cells.get(column, "").strip() if column else ""

    def key(self, row: Row) -> str:
        """By what the row is known again: its own number, else all that it says."""
        own = self.cell(row, "key")
        if own:
            return own if len(own) <= LONGEST_KEY else hashlib.sha256(own.encode()).hexdigest()
        whole = "\x1f".join(f"{name}={value}" for name, value in sorted(row.cells.items()))
        return hashlib.sha256(whole.encode()).hexdigest()[:40]

    def check(self, row: Row) -> None:
        """Raises RowRefused for all that the row alone shows to be wrong; writes nothing."""
        self._read(row)

    def make(self, row: Row) -> NewCase:
        """The case to register, as yet without its customer. Raises RowRefused."""
        values, received, given = self._read(row)
        text = self.cell(row, "text")
        extra: dict[str, Any] = {"imported_by": str(self.acting.person.pk)} if self.acting.person else {}
        extra |= {units.BY_HAND: True} if given is not None else {}
        told = sorted((target, self.cell(row, target)) for target in self._columns if target not in ("key", "grade"))
        return NewCase(
            playbook=self.playbook.key, acting=self.acting, values=values, channel="spreadsheet",
            content=canonical(told), extra=extra,
            unit_id=given or units.named(values) or self._house,
            title=self.cell(row, "title")[:200] or title_of(text),
            idempotency_key=f"import:{self.source}:{self.key(row)}"[:160], received_at=received,
            history="" if self.live else resting_state(self.playbook),
        )  # fmt: skip

    def with_customer(self, new: NewCase, row: Row) -> NewCase:
        """The same with the customer of the row, who is found by phone, or made."""
        phone, name = self.cell(row, "phone"), self.cell(row, "name")
        if not (phone or name):
            return new
        return replace(new, customer_id=customers.find_or_make(phone, name=name).customer.pk)

    def not_given(self) -> list[Field]:
        """What a new case of this process must tell when it is registered and no table can give."""
        given = {target for target in self._columns if target in GIVEN} | {"channel", said_field(self.playbook)}
        asked = [item for item in self.playbook.register if item.required and item.show_if is None]
        return [item for item in asked if item.name not in given] if self.live else []

    def _read(self, row: Row) -> tuple[dict[str, Any], datetime | None, int | None]:
        """What is registered, when it came, and whose it is. Raises RowRefused with every fault of the row, so that
        it is mended once.
        """
        wrong: list[Reason] = []

        def part(read: Callable[[Row], Part]) -> Part | None:
            try:
                return read(row)
            except RowRefused as refused:
                wrong.append(refused.reason)
                return None

        values: dict[str, Any] = {said_field(self.playbook): part(self._text)}
        known = {item.name for item in self.playbook.register}
        if "channel" in known:
            values["channel"] = "spreadsheet"
        if (order := self.cell(row, "order_no")) and "order_no" in known:
            values["order_no"] = order
        if (category := self.cell(row, "category")) and "category" in known:
            values["category"] = part(lambda _row: category_id(category))
        if (product := self.cell(row, "product")) and "product" in known and (found := product_id(product)):
            values["product"] = found
        if grade := part(self._grade):
            values["grade"] = grade
        for target, column in self._columns.items():
            item = next((one for one in self.playbook.register if one.name == target), None)
            if self.live and item is not None and item.required and item.show_if is None and target not in values:
                wrong.append(Reason(_("没有“%(column)s”，这个流程的新工单必须有。"), {"column": column}))
        received, unit = part(self._received), part(self._unit)
        part(self._phone)
        if wrong:
            raise RowRefused.of(wrong)
        return values, received, unit

    def _text(self, row: Row) -> str:
        text = self.cell(row, "text")
        if not text:
            raise RowRefused(_("没有投诉内容，请填写后再导入。"))
        if len(text) > MOST_TEXT:
            raise RowRefused(_("投诉内容超过 %(most)d 字，请缩短。"), most=MOST_TEXT)
        tag = self.cell(row, "tag")
        return f"【{tag}】{text}" if tag else text

    def _grade(self, row: Row) -> str:
        grade = self.cell(row, "grade")
        if not grade or self.live:
            return ""
        if grade.casefold() not in GRADES:
            raise RowRefused(_("等级“%(grade)s”不认识，请写一般、重要或紧急。"), grade=grade[:60])
        return GRADES[grade.casefold()]

    def _phone(self, row: Row) -> None:
        phone = self.cell(row, "phone")
        try:
            if phone:
                customers.checked_phone(phone)
        except customers.PhoneRefused as error:
            why = _("电话“%(phone)s”打不通：请写手机号、带区号的座机或 400、800 号码，或留空。")
            raise RowRefused(why, phone=phone[:60]) from error

    def _received(self, row: Row) -> datetime | None:
        text = self.cell(row, "received_at")
        if not text:
            return None
        at = read_moment(text)
        if at is None:
            raise RowRefused(_("时间“%(text)s”看不懂，请写成 2026-03-05 14:30。"), text=text[:60])
        if at > clock.now():
            raise RowRefused(_("收到时间“%(text)s”在将来。"), text=text)
        return at

    def _unit(self, row: Row) -> int | None:
        code = self.cell(row, "unit")
        if not code:
            return self.default_unit
        found = unit_id(code)
        if found is None:
            raise RowRefused(_("没有代码或名称为“%(code)s”的门店或部门。"), code=code[:60])
        return found


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


def forget() -> None:
    """Forget what was looked up: lists may have changed since the last import."""
    for known in (category_id, product_id, unit_id):
        known.cache_clear()


@lru_cache(maxsize=2000)
def category_id(text: str) -> str:
    """A category by code or name. Raises RowRefused."""
    upper, _slash, lower = (part.strip() for part in text.rpartition("/"))
    called = Category.objects.filter(Q(name_zh=lower) | Q(name_en__iexact=lower)).order_by("-is_active", "-parent")
    if upper:
        called = called.filter(Q(parent__name_zh=upper) | Q(parent__name_en__iexact=upper))
    found = Category.objects.filter(code=text).first() or called.first()
    if found is None:
        raise RowRefused(_("没有“%(name)s”这个类别。"), name=text[:60])
    return str(found.pk)


@lru_cache(maxsize=20_000)
def product_id(text: str) -> str | None:
    """A product by code or name; None leaves it out (the text still names it)."""
    found = Product.objects.filter(code=text).first() or Product.objects.filter(name=text).first()
    return str(found.pk) if found else None


@lru_cache(maxsize=2000)
def unit_id(text: str) -> int | None:
    """An org unit by code or name."""
    found = OrgUnit.objects.filter(code=text).first() or OrgUnit.objects.filter(
        Q(name_zh=text) | Q(name_en__iexact=text)
    ).first()  # fmt: skip
    return found.pk if found else None
