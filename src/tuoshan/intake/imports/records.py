"""One row of a spreadsheet as a case to come, or what is wrong with it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from tuoshan import clock
from tuoshan.cases import units
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.chain import canonical
from tuoshan.cases.orders import NewCase
from tuoshan.cases.registering import resting_state
from tuoshan.catalog.lines import LONGEST_LINE, stand_in
from tuoshan.catalog.models import Category, Product
from tuoshan.core.playbook import Field, Playbook
from tuoshan.intake.arrivals import Came
from tuoshan.intake.channels import PRODUCT_SAID, particulars_of
from tuoshan.intake.imports import cells
from tuoshan.intake.imports.cells import Cells, RowRefused
from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.registered import FIELDS, value_of
from tuoshan.intake.imports.tables import Row
from tuoshan.intake.texts import said_field, title_of
from tuoshan.knowledge import company
from tuoshan.parties import customers

MOST_TEXT = 20_000
LONGEST_PRODUCT = 200
CHANNEL = "spreadsheet"
GRADES = {
    "normal": "normal", "一般": "normal", "普通": "normal", "低": "normal", "low": "normal",
    "important": "important", "重要": "important", "中": "important", "medium": "important",
    "urgent": "urgent", "紧急": "urgent", "高": "urgent", "high": "urgent",
}  # fmt: skip
GIVEN = frozenset({"category", "product", "order_no", *FIELDS})
"""Columns that go into registration fields of the same name."""
PARTICULARS = ("authority_name", "document_no")
"""Columns that tell how it came, beside the channel."""
LONGEST_KEY = 80


Part = TypeVar("Part")


@dataclass(slots=True)
class Reading:
    """What a row says: the registration's values, when it came, whose it is, and what stands beside them."""

    values: dict[str, Any] = field(default_factory=dict)
    received: datetime | None = None
    unit: int | None = None
    line: str = ""
    """The line of products, where the row names no product of the catalogue."""
    beside: dict[str, str] = field(default_factory=dict)
    remarks: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ready:
    """A case to register, as yet without its customer and line of products; how it came; what of it is not taken."""

    row: Row
    new: NewCase
    came: Came
    said: str
    line: str
    remarks: tuple[Reason, ...]


@dataclass(slots=True)
class Maker(Cells):
    """Turns rows into cases to register; looks each product, category and unit up once."""

    playbook: Playbook
    acting: ActingAs
    source: str
    live: bool
    default_unit: int | None = None
    _house: int | None = field(init=False, default=None)
    """Whose the cases are for which nothing names a unit."""

    def __post_init__(self) -> None:
        Cells.__post_init__(self)  # super() does not know a class with slots
        self._house = company.default_unit()

    def key(self, row: Row) -> str:
        """By what the row is known again: its own number, else all that it says."""
        own = self.cell(row, "key")
        if own:
            return own if len(own) <= LONGEST_KEY else hashlib.sha256(own.encode()).hexdigest()
        whole = "\x1f".join(f"{name}={value}" for name, value in sorted(row.cells.items()))
        return hashlib.sha256(whole.encode()).hexdigest()[:40]

    def make(self, row: Row) -> NewCase:
        """The case to register, as yet without its customer. Raises RowRefused."""
        return self.prepare(row).new

    def prepare(self, row: Row) -> Ready:
        """The same with what belongs to it; writes nothing. Raises RowRefused with all that the row shows to be
        wrong.
        """
        read = self._read(row)
        extra: dict[str, Any] = {"imported_by": str(self.acting.person.pk)} if self.acting.person else {}
        by_hand = read.unit or (None if read.values.get(units.STORE) else self.default_unit)
        extra |= {units.BY_HAND: True} if by_hand is not None else {}
        told = sorted((target, self.cell(row, target)) for target in self.columns if target not in ("key", "grade"))
        channel = str(read.values.get("channel") or CHANNEL)
        new = NewCase(
            playbook=self.playbook.key, acting=self.acting, values=read.values, channel=channel,
            content=canonical(told), extra=extra,
            unit_id=by_hand or units.named(read.values) or self._house,
            title=self.cell(row, "title")[:200] or title_of(self.cell(row, "text")),
            idempotency_key=f"import:{self.source}:{self.key(row)}"[:160], received_at=read.received,
            history="" if self.live else resting_state(self.playbook),
        )  # fmt: skip
        came = Came(channel, read.received, None, read.beside)
        return Ready(row, new, came, self.cell(row, "text"), read.line, tuple(read.remarks))

    def settled(self, ready: Ready) -> NewCase:
        """The case with the customer of the row, who is found by phone, or made, and with its line of products."""
        new, phone, name = ready.new, self.cell(ready.row, "phone"), self.cell(ready.row, "name")
        if ready.line:
            new = replace(new, values={**new.values, "product": str(line_id(ready.line))})
        if phone or name:
            new = replace(new, customer_id=customers.find_or_make(phone, name=name).customer.pk)
        return new

    def not_given(self) -> list[Field]:
        """What a new case of this process must tell when it is registered and no table can give."""
        given = {target for target in self.columns if target in GIVEN} | {"channel", said_field(self.playbook)}
        asked = [item for item in self.playbook.register if item.required and item.show_if is None]
        return [item for item in asked if item.name not in given] if self.live else []

    def of_no_use(self) -> list[str]:
        """Headings of columns for which this process has no place."""
        known = self._fields()
        return [column for target, column in self.columns.items() if target in GIVEN and target not in known]

    def _fields(self) -> dict[str, Field]:
        return {item.name: item for item in self.playbook.register}

    def _read(self, row: Row) -> Reading:
        """Everything that the row says. Raises RowRefused with every fault of the row, so that it is mended once."""
        wrong: list[Reason] = []

        def part(read: Callable[[], Part]) -> Part | None:
            try:
                return read()
            except RowRefused as refused:
                wrong.append(refused.reason)
                return None

        known, found = self._fields(), Reading()
        if "channel" in known:
            found.values["channel"] = CHANNEL
        for name in FIELDS:
            if (text := self.cell(row, name)) and name in known:
                found.values[name] = part(partial(value_of, known[name], text))
        if (order := self.cell(row, "order_no")) and "order_no" in known:
            found.values["order_no"] = order
        if (category := self.cell(row, "category")) and "category" in known:
            found.values["category"] = part(lambda: category_id(category))
        part(lambda: self._goods(row, known, found))
        part(lambda: self._grade(row, known, found))
        part(lambda: self._came(row, found))
        found.values[said_field(self.playbook)] = part(lambda: self._text(row, found))
        for target, column in self.columns.items():
            item = known.get(target)
            if self.live and item is not None and item.required and item.show_if is None and target not in found.values:
                wrong.append(Reason(_("没有“%(column)s”，这个流程的新工单必须有。"), {"column": column}))
        found.received = part(lambda: self._received(row))
        found.unit = part(lambda: cells.unit(code) if (code := self.cell(row, "unit")) else None)
        part(lambda: cells.check_phone(self.cell(row, "phone")))
        if wrong:
            raise RowRefused.of(wrong)
        return found

    def _goods(self, row: Row, known: Mapping[str, Field], found: Reading) -> None:
        """The product of the catalogue; else what the row calls it, in its own words, and the line of products."""
        if "product" not in known:
            return
        said, line = self.cell(row, "product")[:LONGEST_PRODUCT], self.cell(row, "tag")
        product = product_id(said) if said else None
        if product is not None:
            found.values["product"] = product
            return
        if said:
            found.beside[PRODUCT_SAID] = said
            found.remarks.append(Reason(_("目录里没有商品“%(name)s”，照原话记在工单上。"), {"name": said[:60]}))
        if len(line) > LONGEST_LINE:
            raise RowRefused(_("品类“%(name)s…”超过 %(most)d 字，请缩短。"), name=line[:20], most=LONGEST_LINE)
        found.line = line

    def _text(self, row: Row, found: Reading) -> str:
        text = self.cell(row, "text")
        if not text:
            raise RowRefused(_("没有投诉内容，请填写后再导入。"))
        if len(text) > MOST_TEXT:
            raise RowRefused(_("投诉内容超过 %(most)d 字，请缩短。"), most=MOST_TEXT)
        tag = self.cell(row, "tag")
        return f"【{tag}】{text}" if tag and not found.line else text

    def _grade(self, row: Row, known: Mapping[str, Field], found: Reading) -> None:
        """A case of the past has its grade; a new one is urgent at once or graded when it is taken on."""
        told = self.cell(row, "grade")
        if not told:
            return
        grade = GRADES.get(told.casefold())
        if grade is None:
            raise RowRefused(_("等级“%(grade)s”不认识，请写一般、重要或紧急。"), grade=told[:60])
        if not self.live:
            found.values["grade"] = grade
        elif grade == "urgent" and "urgent_now" in known:
            found.values["urgent_now"] = True
        elif grade != "normal":
            found.remarks.append(Reason(_("新工单的等级由流程判定，没有写入“%(grade)s”。"), {"grade": told[:60]}))

    def _came(self, row: Row, found: Reading) -> None:
        """What the channel tells; a new case must have what the desk would have to ask."""
        channel = str(found.values.get("channel") or CHANNEL)
        asked = {item.name: item for item in particulars_of(channel)}
        for name in PARTICULARS:
            if text := self.cell(row, name)[:200]:
                if name in asked:
                    found.beside[name] = text
                else:
                    why = _("“%(column)s”没有写入：这个来源没有这一项。")
                    found.remarks.append(Reason(why, {"column": self.columns[name]}))
        if found.values.get("reply_due") and "reply_due" not in asked:
            raise RowRefused(_("只有 12315、12345 等机关转办的投诉才有答复时限，请改来源或留空。"))
        if self.live and any(item.required and not found.beside.get(name) for name, item in asked.items()):
            raise RowRefused(_("机关转办的新工单要写机关名称和对方文号。"))

    def _received(self, row: Row) -> datetime | None:
        text = self.cell(row, "received_at")
        at = cells.moment(text) if text else None
        if at is not None and at > clock.now():
            raise RowRefused(_("收到时间“%(text)s”在将来。"), text=text)
        return at


def forget() -> None:
    """Forget what was looked up: lists may have changed since the last import."""
    for known in (category_id, product_id, line_id, cells.unit_id):
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
    """A product of the catalogue by code or name."""
    found = Product.objects.filter(code=text).first() or Product.objects.filter(name=text).first()
    return str(found.pk) if found else None


@lru_cache(maxsize=20_000)
def line_id(name: str) -> int:
    """What stands for a line of products in cases that name no product."""
    return int(stand_in(name).pk)
