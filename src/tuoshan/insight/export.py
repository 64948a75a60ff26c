"""Excel files of reports and of case lists.

Written row by row, so that a long list needs little memory. A text is always written as a text, so that one that
begins with an equals sign is no formula; phones are masked unless the reader may see them.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tuoshan.cases import library
from tuoshan.cases.models import Case
from tuoshan.core.facts import decode
from tuoshan.insight import names
from tuoshan.insight.content import Content, about
from tuoshan.insight.models import Entry
from tuoshan.insight.reports.shapes import Cell, Report
from tuoshan.intake.texts import title_of
from tuoshan.parties.models import Customer

MOST_ROWS = 50_000
LONGEST_TITLE = 10_000
AMOUNT_PAID = "amount_paid"
"""The fact in which processes keep it."""
CHUNK = 500
Phones = Callable[[Collection[int]], set[int]]
"""Of these customers those whose phones stand in full."""
_FORMATS = {
    "percent": "0.0%", "score": "0.00", "money": "#,##0.00", "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm", "hours": "0.0",
}  # fmt: skip


class Sheet:
    """One workbook in a temporary file; `path` after `close`. Rows go to the sheet that was begun last."""

    def __init__(self) -> None:
        with NamedTemporaryFile(prefix="tuoshan-", suffix=".xlsx", delete=False) as file:
            self.path = Path(file.name)
        import xlsxwriter

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(str(self.path), options)
        self.formats = {name: self.book.add_format({"num_format": form}) for name, form in _FORMATS.items()}
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.bold = self.book.add_format({"bold": True, "font_size": 14})
        self.sheet: Any = None
        self.row = 0
        self.listed: tuple[int, int] | None = None

    def begin(self, title: str, widths: Iterable[int] = ()) -> None:
        self._filter()
        known = {sheet.get_name().casefold() for sheet in self.book.worksheets()}
        clean = "".join(sign for sign in title if sign not in "[]:*?/\\'")[:28] or "1"
        name, number = clean, 2
        while name.casefold() in known:
            name, number = f"{clean} {number}", number + 1
        self.sheet, self.row = self.book.add_worksheet(name), 0
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def heading(self, *titles: Any) -> None:
        for column, title in enumerate(titles):
            self.sheet.write_string(self.row, column, str(title), self.head)
        self.row += 1

    def columns(self, *titles: Any) -> None:
        """The heading of a list: it stays in sight with the first column, and every column can be filtered."""
        self.listed = (self.row, len(titles))
        self.sheet.freeze_panes(self.row + 1, 1)
        self.heading(*titles)

    def _filter(self) -> None:
        if self.listed is not None:
            first, width = self.listed
            self.sheet.autofilter(first, 0, max(self.row - 1, first), width - 1)
        self.listed = None

    def line(self, *values: tuple[Any, str]) -> None:
        """A row of (value, kind)."""
        for column, (value, kind) in enumerate(values):
            self._write(column, value, kind)
        self.row += 1

    def _write(self, column: int, value: Any, kind: str) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            local = value.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=None)
            self.sheet.write_datetime(self.row, column, local, self.formats["moment"])
        elif isinstance(value, date):
            self.sheet.write_datetime(self.row, column, value, self.formats["date"])
        elif isinstance(value, int | float | Decimal):
            if kind == "seconds":
                self.sheet.write_number(self.row, column, round(value / 3600, 2), self.formats["hours"])
            elif kind == "percent":
                self.sheet.write_number(self.row, column, round(value / 100, 6), self.formats["percent"])
            else:
                self.sheet.write_number(self.row, column, value, self.formats.get(kind))
        else:
            self.sheet.write_string(self.row, column, str(value)[:32_000])

    def close(self) -> Path:
        self._filter()
        self.book.close()
        return self.path


def report_file(report: Report, scope: Iterable[str]) -> Path:
    """What a report is about with its tiles, then its tables, one sheet each, as the page reads; durations in hours.

    The file opens on the first table. The caller removes the file.
    """
    sheet = Sheet()
    _about(sheet, report, scope)
    for number, table in enumerate(report.tables):
        sheet.begin(str(table.title), (30, *(14 for _column in table.columns[1:])))
        if number == 0:
            sheet.sheet.activate()
        sheet.columns(*(_titled(column.title, column.unit) for column in table.columns))
        for row in table.rows:
            sheet.line(*((_plain(cell), cell.unit) for cell in row))
        if not table.rows and table.empty:
            sheet.line((str(table.empty), "text"))
    return sheet.close()


def _about(sheet: Sheet, report: Report, scope: Iterable[str]) -> None:
    sheet.begin(_("概况"), (34, 16, 16))
    sheet.sheet.write_string(0, 0, str(report.title), sheet.bold)
    sheet.row = 1
    sheet.line((_("期间"), "text"), (f"{report.since} – {report.until}", "text"))
    for text in scope:
        sheet.line((text, "text"))
    if report.tiles:
        sheet.row += 1
        sheet.heading(_("项目"), _("本期"), _("上期"))
        for tile in report.tiles:
            sheet.line((_titled(tile.title, tile.cell.unit), "text"), (tile.cell.value, tile.cell.unit),
                       (tile.before, tile.cell.unit))  # fmt: skip


def _plain(cell: Cell) -> Any:
    return cell.value


def _titled(title: Any, unit: str) -> str:
    return _("%(title)s（小时）") % {"title": title} if unit == "seconds" else str(title)


def cases_file(cases: QuerySet[Case], *, phones: Phones) -> Path:
    """The cases of a query set in its order, up to 50,000. `phones` says of which customers they stand in full."""
    return _cases(batched(cases[:MOST_ROWS].iterator(chunk_size=CHUNK)), phones)


def listed_file(ids: Sequence[int], *, phones: Phones) -> Path:
    """The cases of these ids in their order, up to 50,000."""

    def chunks() -> Iterator[list[Case]]:
        for start in range(0, min(len(ids), MOST_ROWS), CHUNK):
            part = ids[start : start + CHUNK]
            found = Case.objects.defer("snapshot").in_bulk(part)
            yield [found[number] for number in part if number in found]

    return _cases(chunks(), phones)


def batched(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Some hundreds at a time."""
    chunk: list[Case] = []
    for case in cases:
        chunk.append(case)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _cases(chunks: Iterable[list[Case]], phones: Phones) -> Path:
    sheet = Sheet()
    sheet.begin(_("工单"), (17, 40, 12, 12, 10, 12, 24, 24, 20, 14, 14, 12, 16, 17, 17, 17, 8, 12, 12))
    sheet.columns(
        _("编号"), _("标题"), _("流程"), _("状态"), _("等级"), _("来源"), _("类别"), _("商品"), _("订单号"), _("单位"),
        _("经办人"), _("客户"), _("电话"), _("登记时间"), _("当前时限"), _("结案时间"), _("超时"), _("实付金额（元）"),
        _("金额（元）"),
    )  # fmt: skip
    known = (names.categories(), names.units(), names.people())
    for chunk in chunks:
        _write_cases(sheet, chunk, known, phones)
    return sheet.close()


def _write_cases(sheet: Sheet, cases: list[Case], known: tuple[dict[int, str], ...], phones: Phones) -> None:
    customers = Customer.objects.in_bulk({case.customer_id for case in cases if case.customer_id})
    products = names.products(case.product_id for case in cases)
    titles, paid = _whole_titles(cases), _paid(cases)
    categories, units, people = known
    in_full = phones(list(customers))
    for case in cases:
        customer = customers.get(case.customer_id or 0)
        state = library.pinned(case.playbook, case.playbook_hash).states.get(case.state)
        phone = (customer.phone if customer.pk in in_full else customer.masked_phone) if customer else ""
        values: tuple[Any, ...] = (
            case.number, titles.get(case.pk, case.title), names.playbook(case.playbook),
            names.words(state.title) if state else case.state, names.grade(case.grade),
            names.channel(case.channel) if case.channel else "", categories.get(case.category_id or 0, ""),
            products.get(case.product_id or 0, ""), about(case), units.get(case.unit_id or 0, ""),
            people.get(case.handler_id or 0, ""), customer.shown_name if customer else "", phone, case.created_at,
            case.due_at, case.closed_at, _("是") if case.overdue else "",
        )  # fmt: skip
        money = ((paid.get(case.pk), "money"), (case.amount, "money"))
        sheet.line(*((value, "text") for value in values), *money)


def _whole_titles(cases: Iterable[Case]) -> dict[int, str]:
    """By case, the whole sentence of which a title is the beginning."""
    cut = {case.pk: case.title.removesuffix("…") for case in cases if case.title.endswith("…")}
    found: dict[int, str] = {}
    for entry in Entry.objects.filter(case_id__in=cut):
        said = (title_of(text, LONGEST_TITLE) for text in Content.from_text(entry.content).fields)
        begun = cut[entry.case_id]
        whole = next((text for text in said if text.startswith(begun) and not text.endswith("…")), "")
        if whole:
            found[entry.case_id] = whole
    return found


def _paid(cases: Iterable[Case]) -> dict[int, Any]:
    """By case, what was paid for what it is about, as far as its process knows that."""
    rows = Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "snapshot")
    kept = ((pk, json.loads(text)["facts"]) for pk, text in rows)
    return {pk: decode(facts[AMOUNT_PAID]) for pk, facts in kept if AMOUNT_PAID in facts}
