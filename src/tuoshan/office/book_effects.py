"""What the copy of a rule book would change, case by case, for screens, the API and an Excel file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuoshan.cases import queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.core.money import format_money
from tuoshan.core.policy.pack import REMEDIES
from tuoshan.insight import export, names
from tuoshan.punctuation import listed
from tuoshan.rulings.effects import GROUPS
from tuoshan.rulings.models import BookEffect, BookEffectLine, KeptRuling

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line that would be answered otherwise. Of a case that the reader may not see it tells neither number nor
    what it is about."""

    number: str
    ruling: int | None
    title: str
    product: str
    label: str
    """What the line of the ruling is about, where the case has several."""
    pieces: int
    ended: bool | None
    """None where it was erased."""
    at: datetime | None
    """When it was ruled on; when the case was registered, where it was not."""
    changes: tuple[str, ...]
    before: str
    after: str
    cost_before: Decimal
    cost_after: Decimal
    in_kind: tuple[tuple[str, ...], ...]
    """The remedies before and after that cost goods or work and no money to the customer, in words."""

    @property
    def costs_more(self) -> Decimal:
        return self.cost_after - self.cost_before

    @property
    def costs(self) -> str:
        """Before → after; where no money is due, the remedies in kind, for these are not free."""
        sides = zip((self.cost_before, self.cost_after), self.in_kind, strict=True)
        return " → ".join(_paid(amount, kinds) for amount, kinds in sides)

    @property
    def more_words(self) -> str:
        """How much more it costs, with its sign."""
        return signed(self.costs_more)

    @property
    def case_words(self) -> str:
        """What stands in the place of the number of a case that cannot be shown."""
        return self.number or _("不在您可见范围内的工单")

    @property
    def state_words(self) -> str:
        if self.ended is None:
            return ""
        return _("已结") if self.ended else _("未结")


def became(before: Decimal, after: Decimal) -> str:
    """`¥100.00 → ¥200.00`."""
    return f"{format_money(before)} → {format_money(after)}"


def _paid(amount: Decimal, kinds: tuple[str, ...]) -> str:
    if amount or not kinds:
        return format_money(amount)
    return _("%(remedies)s，不付钱") % {"remedies": listed(kinds)}


def signed(amount: Decimal) -> str:
    """`+¥100.00`, `-¥3.00`, `¥0.00`."""
    return f"{'+' if amount > 0 else ''}{format_money(amount)}"


def lines(run: BookEffect, group: str) -> "QuerySet[BookEffectLine]":
    """The lines of a group in the order in which they were found, for `page`. Raises KeyError for another group."""
    if group not in GROUPS:
        raise KeyError(group)
    found = BookEffectLine.objects.filter(effect_id=run.pk).order_by("id")
    return found.filter(is_open__in=[True]) if group == "open" else found.filter(in_quarter__in=[True])


def told(person: Any, rows: Sequence[BookEffectLine]) -> list[ToldLine]:
    """Lines in words and in the language in force, in a fixed number of queries."""
    ids = {row.case_id for row in rows if row.case_id is not None}
    ended = dict(Case.objects.filter(pk__in=ids).values_list("pk", "ended"))
    cases = {case.pk: case for case in queries.reachable(person).filter(pk__in=ids)}
    rulings = [row.ruling_id for row in rows if row.ruling_id is not None]
    kept = KeptRuling.objects.defer("facts", "result", "packs").in_bulk(rulings)
    products = names.products(case.product_id for case in cases.values())
    return [_told(row, cases.get(row.case_id or 0), kept.get(row.ruling_id or 0), products, ended) for row in rows]


def _told(
    row: BookEffectLine, case: Case | None, ruling: KeptRuling | None, products: dict[int, str], ended: dict[int, bool]
) -> ToldLine:
    said = json.loads(row.told)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    at = ruling.kept_at if ruling is not None else case.created_at if case is not None else None
    return ToldLine(
        number=case.number if case else "", ruling=row.ruling_id if case else None, title=case.title if case else "",
        product=products.get(case.product_id or 0, "") if case else "", label=ruling.label if case and ruling else "",
        pieces=ruling.quantity if ruling else 1, ended=ended.get(row.case_id or 0),
        at=at, changes=tuple(one[language] for one in said["changes"]), before=said["before"][language],
        after=said["after"][language], cost_before=row.cost_before, cost_after=row.cost_after,
        in_kind=tuple(tuple(words(REMEDIES[one]) for one in kinds) for kinds in said["in_kind"]),
    )  # fmt: skip


def cases_file(person: Any, run: BookEffect, group: str) -> Path:
    """All lines of a group as an Excel file, up to 50,000, of which it says how many there are; the caller removes
    it."""
    found, sheet = lines(run, group), export.Sheet()
    sheet.begin(_("会变的工单"), (22, 34, 24, 18, 8, 10, 17, 60, 34, 34, 14, 14, 14))
    if (many := found.count()) > export.MOST_ROWS:
        sheet.line((_cut(run, group, many), "text"))
    sheet.columns(
        _("编号"), _("标题"), _("商品"), _("物品"), _("物品件数"), _("状态"), _("裁定或登记时间"), _("会变什么"),
        _("原来"), _("改后"), _("原来付给客户（元）"), _("改后付给客户（元）"), _("差（元）"),
    )  # fmt: skip
    written, last = 0, 0
    while rows := list(found.filter(pk__gt=last)[: min(CHUNK, export.MOST_ROWS - written)]):
        for one in told(person, rows):
            sheet.line(
                (one.case_words, "text"), (one.title, "text"), (one.product, "text"), (one.label, "text"),
                (one.pieces, "number"), (one.state_words, "text"), (one.at, "moment"),
                ("\n".join(one.changes), "text"), (one.before, "text"), (one.after, "text"),
                (one.cost_before, "money"), (one.cost_after, "money"), (one.costs_more, "money"),
            )  # fmt: skip
        written, last = written + len(rows), rows[-1].pk
    return sheet.close()


def _cut(run: BookEffect, group: str, many: int) -> str:
    """That a file does not hold all lines, and where the others are."""
    return _(
        "一共 %(many)d 条，这个文件只放得下前 %(shown)d 条。其余的请在页面上逐页看，"
        "或用接口 GET /api/v1/rule-books/%(name)s/draft/effect/%(group)s 逐页读完。"
    ) % {"many": many, "shown": export.MOST_ROWS, "name": run.name, "group": group}
