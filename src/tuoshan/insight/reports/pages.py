"""The pages: what each of them counts."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from tuoshan.insight import names
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports import PAGES
from tuoshan.insight.reports.counting import Counting, quantile_of
from tuoshan.insight.reports.improving import lessons
from tuoshan.insight.reports.overriding import overrides
from tuoshan.insight.reports.ranking import Ranked, ranked
from tuoshan.insight.reports.satisfying import satisfaction
from tuoshan.insight.reports.selling import products
from tuoshan.insight.reports.shapes import SMALL, Cell, Chart, Column, Report, Table, Tile
from tuoshan.insight.reports.stretches import between, by_stretch, steps
from tuoshan.punctuation import sentences

Page = Callable[[Counting], Report]
UNKNOWN = ("category_id", "cause", "liable")
"""Columns without a value where nobody has said it yet."""


def overview(counting: Counting) -> Report:
    """The numbers of the period beside those of the period before, and what came in and went out."""
    before = counting.before()
    report = Report("overview", PAGES["overview"])
    plain: tuple[tuple[str, Any, bool | None], ...] = (
        ("registered", _("登记"), None), ("closed", _("结案"), True), ("open", _("期末未结"), False),
    )  # fmt: skip
    for name, title, better in plain:
        report.tiles.append(Tile(name, title, counting.cell(name), before.count(name), better))
    report.tiles += _response_tiles(counting, before)
    for name, title in (("late", _("有超时的工单")), ("reopened", _("重新处理")), ("appealed", _("申诉"))):
        report.tiles.append(Tile(name, title, counting.cell(name), before.count(name), False))
    score = counting.mean_score()
    hint = _("%(n)s 份评价，满分 5 分") % {"n": counting.count("scored")}
    report.tiles.insert(9, Tile("score", _("满意度"), score, before.mean_score().value, True, hint))
    report.tables.append(_flow(counting))
    return report


def _response_tiles(counting: Counting, before: Counting) -> list[Tile]:
    found = []
    share = counting.answered_in_time()
    for figure, column, title in (
        ("responded", "response_seconds", _("首次答复")),
        ("resolved", "resolution_seconds", _("解决用时")),
    ):
        for level, name in ((0.5, _("中位数")), (0.9, _("九成以内"))):
            cell = counting.quantile(figure, column, level)
            earlier = before.quantile(figure, column, level).value
            label = _("%(what)s，%(which)s") % {"what": title, "which": name}
            found.append(Tile(f"{column}_{int(level * 100)}", label, cell, earlier, False))
    earlier_share = before.answered_in_time().value
    hint = _("到期没有答复的 %(n)s 件，算作不及时") % {"n": counting.unanswered}
    found.insert(2, Tile("response_kept", _("首次答复及时率"), share, earlier_share, True, hint))
    return found


def _flow(counting: Counting) -> Table:
    """Registered and closed by day, week or month."""
    table = Table(
        "flow", _("登记与结案"), [Column(_("日期"), "text"), Column(_("登记")), Column(_("结案"))],
        chart=Chart("line", (1, 2), _("件")),
    )  # fmt: skip
    stretches = steps(counting.period.since, counting.period.until)
    days = [(first, last) for first, last, _label in stretches]
    numbers = {figure: counting.counts_between(figure, days) for figure in ("registered", "closed")}
    for place, (first, last, label) in enumerate(stretches):
        row = [Cell(label, "text")]
        for figure, found in numbers.items():
            row.append(Cell(found[place], "cases", between(counting.behind(figure), first, last)))
        table.rows.append(row)
    return table


def volumes(counting: Counting) -> Report:
    report = Report("volumes", PAGES["volumes"])
    for name, title in (("registered", _("登记")), ("closed", _("结案")), ("withdrawn", _("撤回"))):
        report.tiles.append(Tile(name, title, counting.cell(name), counting.before().count(name)))
    report.tables.append(_flow(counting))
    report.tables.append(
        _ranked(counting, "playbooks", _("流程"), "playbook", "registered", names.playbook, condition="playbook")
    )
    return report


def _ranked(
    counting: Counting, name: str, title: str, column: str, figure: str, title_of: Callable[[Any], str],
    *, condition: str = "", by_figure: bool = False, kind: Any = "pareto",
) -> Table:  # fmt: skip
    """Values of a column from the most frequent down, with their running share. The cases behind each are told by a
    condition, or by a figure of its own (`cause:transport`)."""
    found = counting.by(figure, column)
    unknown = _unknown(counting, found, name, column, title_of)
    ordered = sorted(found.items(), key=lambda item: (-item[1], str(item[0])))

    def behind(value: Any) -> Conditions:
        if by_figure:
            return counting.behind(f"{name}:{value}")
        return counting.behind(figure, **{condition: _exactly(condition, value)})

    return ranked(
        name, title, [Ranked(title_of(value), number, behind(value)) for value, number in ordered],
        unknown, kind=kind,
    )  # fmt: skip


def _unknown(
    counting: Counting, found: dict[Any, int], name: str, column: str, title_of: Callable[[Any], str]
) -> Ranked | None:
    """The cases of which the value is not known, taken out of those found; of processes that ask for it alone."""
    figure, empty = {"categories": ("unclassified", None)}.get(name, (name, ""))
    if column not in UNKNOWN:
        return None
    found.pop(empty, 0)
    return Ranked(title_of(empty), counting.count(figure), counting.behind(figure))


def _exactly(condition: str, value: Any) -> str:
    if value in (None, ""):
        return "none"
    return f"={value}" if condition in ("category", "unit", "handler") else str(value)


def categories(counting: Counting) -> Report:
    known = names.categories()
    table = _ranked(
        counting, "categories", _("类别"), "category_id", "registered",
        lambda pk: known.get(pk, _("未分类") if pk is None else str(pk)), condition="category",
    )  # fmt: skip
    table.note = _("按期间登记的工单统计；“未分类”的不计入占比，不分类的流程不在内。")
    return Report("categories", PAGES["categories"], tables=[table])


def causes(counting: Counting) -> Report:
    report = Report("causes", PAGES["causes"])
    for name, title, title_of in (("cause", _("原因"), names.cause), ("liable", _("责任方"), names.liable)):
        table = _ranked(counting, name, title, name, "registered", title_of, by_figure=True)
        table.note = _("期间登记的工单，按最近一次认定；“未填”是还没有认定的，不计入占比；不认定的流程不在内。")
        report.tables.append(table)
    return report


def channels(counting: Counting) -> Report:
    table = _ranked(
        counting, "channels", _("来源"), "channel", "registered", names.channel, condition="channel", kind="bar"
    )
    return Report("channels", PAGES["channels"], tables=[table])


def clocks(counting: Counting) -> Report:
    """Every clock of ours: how many cases kept it, how many missed it, and when."""
    report = Report("clocks", PAGES["clocks"])
    report.tiles.append(Tile("late", _("有超时的工单"), counting.cell("late"), counting.before().count("late"), False))
    running = counting.cases("running_late").count()
    now = Cell(running, "cases", counting.behind("running_late"))
    report.tiles.append(Tile("running_late", _("当前超时未结"), now))
    unanswered = counting.cell("unanswered")
    report.tiles.append(
        Tile("unanswered", _("到期没有首次答复"), unanswered, counting.before().count("unanswered"), False)
    )
    met = dict(counting.kept().values_list("name").annotate(n=Count("case_id", distinct=True)))
    missed = counting.missed_by_name()
    found = [(name, met.get(name, 0), missed.get(name, 0)) for name in {*met, *missed}]
    table = Table(
        "clocks", _("各项时限"),
        [Column(_("时限"), "text"), Column(_("守住")), Column(_("超时")), Column(_("超时率"), "percent")],
        chart=Chart("stacked", (1, 2), _("件"), horizontal=True),
        note=sentences([
            _(
                "期间结束的时限，和期间到期、还在走的；同一工单的同一时限守住过又超时过的，两边各算一件。"
                "等客户和外部机关的不算；因撤回而停在中途的，没超时就都不算。"
            ),
            _late_note(),
        ]),
        empty=_("期间没有结束或到期的时限。"),
    )  # fmt: skip
    for name, kept, late in sorted(found, key=lambda item: (-item[2], item[0])):
        table.rows.append(
            [
                Cell(names.clock(name), "text"), Cell(kept, "cases", counting.behind(f"kept:{name}")),
                Cell(late, "cases", counting.behind(f"late:{name}")),
                Cell(round(late * 100 / (kept + late), 1), "percent", small=kept + late < SMALL),
            ]
        )  # fmt: skip
    report.tables += [table, _late_trend(counting), _pace(counting)]
    return report


def _late_note() -> str:
    """On which day a missed clock counts."""
    return _("超时的：还没结束的，算在到期那天；已经结束的，算在结束那天。暂停着的时限不算超时。")


def _late_trend(counting: Counting) -> Table:
    """On which days clocks were missed; a case counts once a day."""
    table = Table(
        "late_trend", _("超时走势"), [Column(_("日期"), "text"), Column(_("超时工单"))],
        chart=Chart("line", (1,), _("件")),
    )  # fmt: skip
    stretches = steps(counting.period.since, counting.period.until)
    numbers = counting.missed_between([(first, last) for first, last, _label in stretches])
    for (first, last, label), number in zip(stretches, numbers, strict=True):
        behind = between(counting.behind("late"), first, last)
        table.rows.append([Cell(label, "text"), Cell(number, "cases", behind)])
    return table


def _pace(counting: Counting) -> Table:
    """How long the first answer and the solution took, by day, week or month in which they came."""
    table = Table(
        "pace", _("用时走势（中位数）"),
        [Column(_("日期"), "text"), Column(_("首次答复用时"), "seconds"), Column(_("解决用时"), "seconds")],
    )  # fmt: skip
    stretches = steps(counting.period.since, counting.period.until)
    spent = {
        figure: by_stretch(counting.dated(figure, moment, column), stretches)
        for figure, moment, column in (
            ("responded", "responded_at", "response_seconds"), ("resolved", "resolved_at", "resolution_seconds"),
        )
    }  # fmt: skip
    for place, (first, last, label) in enumerate(stretches):
        row = [Cell(label, "text")]
        for figure, found in spent.items():
            values = sorted(found[place])
            behind = between(counting.behind(figure), first, last)
            row.append(Cell(quantile_of(values, 0.5), "seconds", behind, 0 < len(values) < SMALL))
        table.rows.append(row)
    return table


def people(counting: Counting) -> Report:
    """Per handler and per unit: load, pace, lateness, satisfaction."""
    shown = names.people()
    units = names.units()
    report = Report("people", PAGES["people"])
    report.tables.append(
        _per(counting, "handlers", _("经办人"), "handler_id", "handler",
             lambda pk: shown.get(pk, _("未分派") if pk is None else _("已离职人员")))
    )  # fmt: skip
    report.tables.append(
        _per(counting, "units", _("单位"), "unit_id", "unit",
             lambda pk: units.get(pk, _("没有单位") if pk is None else str(pk)))
    )  # fmt: skip
    return report


def _per(
    counting: Counting, name: str, title: str, column: str, condition: str, title_of: Callable[[Any], str]
) -> Table:
    came, went = counting.by("registered", column), counting.by("closed", column)
    waiting, late = counting.by("open", column), counting.late_by(column)
    answered = counting.pairs("responded", column, "response_seconds")
    solved = counting.pairs("resolved", column, "resolution_seconds")
    scores = counting.pairs("scored", column, "score")
    table = Table(
        name, title,
        [
            Column(title, "text"), Column(_("登记")), Column(_("结案")), Column(_("期末未结")),
            Column(_("有超时")), Column(_("首次答复用时，中位数"), "seconds"), Column(_("解决用时，中位数"), "seconds"),
            Column(_("满意度"), "score"),
        ],
        chart=Chart("bar", (2, 4), _("件"), horizontal=True),
        note=sentences([_("标“少”的是不足 %(n)s 件算出来的，不宜单独评价。") % {"n": SMALL}, _late_note()]),
    )  # fmt: skip
    keys = {*came, *went, *waiting, *late}
    for key in sorted(keys, key=lambda one: (-went.get(one, 0), -came.get(one, 0), str(one))):
        who = {condition: _exactly(condition, key)}
        given = scores.get(key, [])
        table.rows.append(
            [
                Cell(title_of(key), "text"),
                Cell(came.get(key, 0), "cases", counting.behind("registered", **who)),
                Cell(went.get(key, 0), "cases", counting.behind("closed", **who)),
                Cell(waiting.get(key, 0), "cases", counting.behind("open", **who)),
                Cell(late.get(key, 0), "cases", counting.behind("late", **who)),
                *(
                    Cell(quantile_of(spent, 0.5), "seconds", counting.behind(figure, **who), 0 < len(spent) < SMALL)
                    for figure, spent in (("responded", answered.get(key, [])), ("resolved", solved.get(key, [])))
                ),
                Cell(
                    round(sum(given) / len(given), 2) if given else None, "score",
                    counting.behind("scored", **who), 0 < len(given) < SMALL,
                ),
            ]
        )  # fmt: skip
    return table


_MAKERS: dict[str, Page] = {
    "overview": overview, "volumes": volumes, "categories": categories, "products": products, "causes": causes,
    "channels": channels, "clocks": clocks, "people": people, "satisfaction": satisfaction, "lessons": lessons,
    "overrides": overrides,
}  # fmt: skip


def make(name: str, counting: Counting) -> Report:
    """The report of a name. Raises KeyError for an unknown one."""
    report = _MAKERS[name](counting)
    report.since, report.until = counting.period.since, counting.period.until
    return report


__all__ = ["PAGES", "make", "steps"]
