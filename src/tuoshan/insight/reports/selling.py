"""The page about what is sold: which lines and products cases are about, how that moves, and which fault of which."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tuoshan.catalog.models import Product
from tuoshan.insight import names
from tuoshan.insight.conditions import NONE
from tuoshan.insight.reports import PAGES
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.ranking import Ranked, ranked
from tuoshan.insight.reports.shapes import Cell, Chart, Column, Report, Table
from tuoshan.insight.reports.stretches import between, steps

FIGURE = "registered"
MOST_LISTED = 300
MOST_PAIRS = 50
DRAWN = 5
"""So many products stand in the course over time."""


def products(counting: Counting) -> Report:
    """Lines and products from the most frequent down, the course of the first, and what they fail by."""
    found = counting.by(FIGURE, "product_id")
    found.pop(None, 0)
    unknown = Ranked(_("没有填商品"), counting.count("no_product"), counting.behind("no_product"))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    pairs = counting.by_both(FIGURE, "product_id", "cause")
    told = sorted(
        ((pair, number) for pair, number in pairs.items() if pair[0] and pair[1]), key=lambda item: (-item[1], item[0])
    )
    shown = [pk for pk, _number in ordered[:MOST_LISTED]] + [pk for (pk, _cause), _n in told[:MOST_PAIRS]]
    titles = names.products(shown)

    def title_of(pk: int) -> str:
        return titles.get(pk, str(pk))

    return Report(
        "products", PAGES["products"],
        tables=[
            _lines(counting, found, unknown),
            ranked(
                "products", _("商品"),
                [
                    Ranked(title_of(pk), number, counting.behind(FIGURE, product=f"={pk}"))
                    for pk, number in ordered[:MOST_LISTED]
                ],
                unknown, total=sum(found.values()),
                note=_("只列最多的 %(n)s 种；占比按全部有商品的工单算。") % {"n": MOST_LISTED}
                if len(ordered) > MOST_LISTED else _("按期间登记的工单统计；没有填商品的不计入占比。"),
            ),
            _course(counting, [pk for pk, _number in ordered[:DRAWN]], title_of),
            _faults(counting, told[:MOST_PAIRS], found, title_of),
        ],
    )  # fmt: skip


def _lines(counting: Counting, found: Mapping[int, int], unknown: Ranked) -> Table:
    line_of = dict(Product.objects.values_list("pk", "line"))
    sums: Counter[str] = Counter()
    for pk, number in found.items():
        sums[line_of.get(pk, "")] += number
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return ranked(
        "lines", _("品类"),
        [
            Ranked(name or _("没有品类"), number, counting.behind(FIGURE, line=name or NONE))
            for name, number in ordered
        ],
        unknown, note=_("商品目录里的品类；没有填商品的不计入占比。"),
    )  # fmt: skip


def _course(counting: Counting, first: list[int], title_of: Callable[[int], str]) -> Table:
    """The most frequent products by day, week or month."""
    table = Table(
        "products_course", _("最多的商品，走势"),
        [Column(_("日期"), "text"), *(Column(title_of(pk)) for pk in first)],
        chart=Chart("line", tuple(range(1, len(first) + 1)), _("件")),
    )  # fmt: skip
    if not first:
        return table
    came: dict[int, list[tuple[date, int]]] = {}
    for (pk, day), number in counting.by_both(FIGURE, "product_id", "created_on", Q(product_id__in=first)).items():
        came.setdefault(pk, []).append((day, number))
    for since, until, label in steps(counting.period.since, counting.period.until):
        row = [Cell(label, "text")]
        for pk in first:
            number = sum(n for day, n in came.get(pk, ()) if since <= day <= until)
            row.append(Cell(number, "cases", between(counting.behind(FIGURE, product=f"={pk}"), since, until)))
        table.rows.append(row)
    return table


def _faults(
    counting: Counting, told: list[tuple[tuple[int, str], int]], found: Mapping[int, int],
    title_of: Callable[[int], str],
) -> Table:  # fmt: skip
    """Which fault of which product, beside the period before."""
    table = Table(
        "faults", _("哪种商品的哪种原因"),
        [
            Column(_("商品"), "text"), Column(_("原因"), "text"), Column(_("件数")),
            Column(_("占该商品"), "percent"), Column(_("上期")),
        ],
        note=_("期间登记的工单，按最近一次认定的原因；最多列 %(n)s 行。") % {"n": MOST_PAIRS},
        empty=_("期间登记的工单，还没有既有商品又认定了原因的。"),
    )  # fmt: skip
    before = counting.before()
    earlier = before.by_both(FIGURE, "product_id", "cause") if told else {}
    causes = {cause: names.cause(cause) for (_pk, cause), _number in told}
    for (pk, cause), number in told:
        what: dict[str, Any] = {"product": f"={pk}"}
        table.rows.append(
            [
                Cell(title_of(pk), "text"), Cell(causes[cause], "text"),
                Cell(number, "cases", counting.behind(f"cause:{cause}", **what)),
                Cell(round(number * 100 / found[pk], 1), "percent"),
                Cell(earlier.get((pk, cause), 0), "cases", before.behind(f"cause:{cause}", **what)),
            ]
        )  # fmt: skip
    return table
