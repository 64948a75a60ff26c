"""The page about overrides: each of them, and sums by person, unit, rule book and clause."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases.models import Case
from tuoshan.insight import measures, names
from tuoshan.insight import overrides as known
from tuoshan.insight.figures import local_day
from tuoshan.insight.overrides import Overridden
from tuoshan.insight.reports import PAGES
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.shapes import SMALL, Cell, Chart, Column, Report, Table, Tile
from tuoshan.punctuation import sentences
from tuoshan.rulings.models import KeptRuling

MOST_LISTED = 500
ZERO = Decimal("0.00")
Keys = Callable[[Overridden], Iterable[Any]]


def overrides(counting: Counting) -> Report:
    """What was decided otherwise than ruled in the period, within the reader's reach."""
    found, before = _of(counting), _of(counting.before())
    report = Report("overrides", PAGES["overrides"])
    ruled = _ruled(counting)
    share, share_before = _share(ruled, len(found)), _share(_ruled(counting.before()), len(before))
    report.tiles = [
        Tile("overrides", _("不按裁定的次数"), Cell(len(found)), len(before)),
        Tile("overridden", _("有不按裁定处理的工单"), counting.cell("overridden"),
             counting.before().count("overridden")),
        Tile("override_share", _("不按裁定的占裁定"), share, share_before.value, None,
             _("期间共 %(n)d 份裁定") % {"n": ruled} if ruled else ""),
        Tile("below_law", _("低于法定"), Cell(_below(found), "cases", counting.behind("overridden:below")),
             _below(before), False),
        Tile("given_more", _("多付"), Cell(_more(found), "money"), _more(before), None),
        Tile("given_less", _("少付"), Cell(_less(found), "money"), _less(before), None),
    ]  # fmt: skip
    people, units = names.people(), names.units()
    of_case = dict(Case.objects.filter(id__in={one.row.case_id for one in found}).values_list("id", "unit_id"))
    numbers = dict(Case.objects.filter(id__in=of_case).values_list("id", "number"))
    report.tables = [
        _each(found, people, units, of_case, numbers),
        _by(counting, found, "people", _("决定人"), lambda one: [one.row.made_by_id],
            lambda pk: people.get(pk, _("已离职人员")), lambda pk: {"figure": f"overridden:person.{pk}"}),
        _by(counting, found, "units", _("单位"), lambda one: [of_case.get(one.row.case_id)],
            lambda pk: units.get(pk, _("没有单位") if pk is None else str(pk)),
            lambda pk: {"figure": "overridden", "unit": "none" if pk is None else f"={pk}"}),
        _by(counting, found, "books", _("所依据的规则包"), lambda one: one.books, known.book_title,
            lambda name: {"figure": f"overridden:book.{name}"}),
        _by(counting, found, "clauses", _("所依据的条款"), lambda one: one.clauses,
            lambda key: known.clause_title(*key),
            lambda key: {"figure": f"overridden:clause.{key[0]}.{key[1]}"}),
    ]  # fmt: skip
    report.tables[-1].note = _(
        "被放开的是应得方案、惩罚性赔偿等另付，或拒绝，所依据的条款，照给的不算；依据几条的，每条各算一次。"
    )
    return report


def _of(counting: Counting) -> list[Overridden]:
    span = counting.period.span
    return list(known.within(span, counting.among(known.case_ids(span, ""))))


def _share(ruled: int, number: int) -> Cell:
    """Overrides beside rulings that were kept in cases in the same days, in percent."""
    return Cell(round(number * 100 / ruled, 1) if ruled else None, "percent", None, 0 < ruled < SMALL)


def _ruled(counting: Counting) -> int:
    """How many rulings were kept in cases in these days."""
    kept = KeptRuling.objects.filter(measures.within("kept_at", counting.period.span), case_id__isnull=False)
    cases = list(kept.order_by().values_list("case_id", flat=True).distinct())
    reached = set(counting.among([pk for pk in cases if pk is not None]))
    return sum(1 for pk in kept.order_by().values_list("case_id", flat=True).iterator() if pk in reached)


def _below(found: list[Overridden]) -> int:
    return len({one.row.case_id for one in found if one.below_law})


def _more(found: Iterable[Overridden]) -> Decimal:
    return sum((max(one.difference or ZERO, ZERO) for one in found), ZERO)


def _less(found: Iterable[Overridden]) -> Decimal:
    return sum((max(-(one.difference or ZERO), ZERO) for one in found), ZERO)


def _each(
    found: list[Overridden], people: dict[int, str], units: dict[int, str], of_case: dict[int, int | None],
    numbers: dict[int, str],
) -> Table:  # fmt: skip
    table = Table(
        "overrides", _("每次不按裁定处理"),
        [
            Column(_("工单"), "text"), Column(_("日期"), "date"), Column(_("决定人"), "text"),
            Column(_("单位"), "text"), Column(_("裁定"), "text"), Column(_("改为"), "text"),
            Column(_("裁定金额"), "money"), Column(_("实际金额"), "money"), Column(_("差额"), "money"),
            Column(_("低于法定"), "text"), Column(_("现在有效"), "text"), Column(_("理由"), "text"),
        ],
        empty=_("期间没有不按裁定处理的。"),
    )  # fmt: skip
    notes = []
    if any(not one.holds for one in found):
        notes.append(_("同一项改了几次，或后来重新裁定的，只有现在有效的一次计入差额和低于法定。"))
    if len(found) > MOST_LISTED:
        notes.append(_("只列最近 %(n)s 次；合计包括全部。") % {"n": MOST_LISTED})
    table.note = sentences(notes) if notes else ""
    for one in found[:MOST_LISTED]:
        row = one.row
        number = numbers.get(row.case_id, "")
        unit = of_case.get(row.case_id)
        table.rows.append(
            [
                Cell(number, "text", case=number), Cell(local_day(row.made_at), "date"),
                Cell(people.get(row.made_by_id, _("已离职人员")), "text"), Cell(units.get(unit or 0, ""), "text"),
                Cell(one.said, "text"), Cell(known.done_title(row), "text"), Cell(one.ruled, "money"),
                Cell(one.given, "money"), Cell(one.difference, "money"),
                Cell(_("是") if row.below_law else _("否"), "text"), Cell(_("是") if one.holds else _("否"), "text"),
                Cell(row.reason, "text"),
            ]
        )  # fmt: skip
    return table


def _by(
    counting: Counting, found: list[Overridden], name: str, title: str, keys: Keys, title_of: Callable[[Any], str],
    behind: Callable[[Any], dict[str, str]],
) -> Table:  # fmt: skip
    """Sums per person, unit, book or clause."""
    table = Table(
        f"by_{name}", title,
        [
            Column(title, "text"), Column(_("不按裁定的次数")), Column(_("工单")), Column(_("低于法定")),
            Column(_("多付"), "money"), Column(_("少付"), "money"), Column(_("净差额"), "money"),
        ],
        chart=Chart("bar", (1,), _("次"), horizontal=True) if name == "people" else None,
    )  # fmt: skip
    groups: dict[Any, list[Overridden]] = {}
    for one in found:
        for key in keys(one):
            groups.setdefault(key, []).append(one)
    for key, mine in sorted(groups.items(), key=lambda item: (-len(item[1]), str(item[0]))):
        more = behind(key)
        cases = Cell(len({one.row.case_id for one in mine}), "cases", counting.behind(more.pop("figure"), **more))
        table.rows.append(
            [
                Cell(title_of(key), "text"), Cell(len(mine)), cases, Cell(sum(one.below_law for one in mine)),
                Cell(_more(mine), "money"), Cell(_less(mine), "money"),
                Cell(sum((one.difference or ZERO for one in mine), ZERO), "money"),
            ]
        )  # fmt: skip
    return table
