"""Tables from the most frequent down, with their shares and the running share: the picture is a Pareto chart."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports.counting import shares
from tuoshan.insight.reports.shapes import Cell, Chart, Column, Table


class Ranked(NamedTuple):
    """One value: its title, how many cases, and the conditions that find them."""

    title: str
    number: int
    behind: Conditions


def ranked(
    name: str, title: str, ordered: Sequence[Ranked], unknown: Ranked | None = None, *, total: int = 0,
    kind: Any = "pareto", note: str = "",
) -> Table:  # fmt: skip
    """The values in this order; `total` is of what the shares are where not all are listed. Cases of which the value is
    `unknown` stand below and count in no share.
    """
    table = Table(
        name, title,
        [Column(title, "text"), Column(_("件数")), Column(_("占比"), "percent"), Column(_("累计"), "percent")],
        chart=Chart(kind, (1,), _("件")), note=note, empty=_("这个期间还没有数据。"),
    )  # fmt: skip
    total = total or sum(one.number for one in ordered) or 1
    for one, running in zip(ordered, shares((one.number for one in ordered), total), strict=True):
        share = Cell(round(one.number * 100 / total, 1), "percent")
        table.rows.append(
            [Cell(one.title, "text"), Cell(one.number, "cases", one.behind), share, Cell(running, "percent")]
        )
    if unknown is not None and unknown.number:
        missing = Cell(unknown.number, "cases", unknown.behind)
        table.rows.append([Cell(unknown.title, "text"), missing, Cell(None, "percent"), Cell(None, "percent")])
    return table
