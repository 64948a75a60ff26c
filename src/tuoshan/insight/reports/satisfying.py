"""What customers say afterwards: scores, how they move, the reasons they name, and their words."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.care.models import SurveyAnswer
from tuoshan.cases.models import Case
from tuoshan.insight import measures, names
from tuoshan.insight.figures import local_day
from tuoshan.insight.measures import GOOD, POOR
from tuoshan.insight.reports import PAGES
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.shapes import SMALL, Cell, Chart, Column, Report, Table, Tile
from tuoshan.insight.reports.stretches import between, by_stretch, steps
from tuoshan.punctuation import listed

WORDS_SHOWN = 50
NOBODY = gettext_lazy("期间还没有客户评价。")


def satisfaction(counting: Counting) -> Report:
    """The mean and the share of those who answered, then scores, their course, reasons and words."""
    report = Report("satisfaction", PAGES["satisfaction"])
    before = counting.before()
    report.tiles = [
        Tile("score", _("平均分"), counting.mean_score(), before.mean_score().value, True),
        Tile("scored", _("评价"), counting.cell("scored"), before.count("scored")),
    ]
    closed = counting.count("closed")
    if closed:
        share = Cell(
            round(counting.count("closed_scored") * 100 / closed, 1), "percent", counting.behind("closed_scored"),
            closed < SMALL,
        )  # fmt: skip
        report.tiles.append(Tile("answer_share", _("结案工单中有评价的"), share))
    titles = names.reasons()
    report.tables = [_scores(counting), _course(counting), _reasons(counting, titles), _words(counting, titles)]
    return report


def _answers(counting: Counting) -> "QuerySet[SurveyAnswer]":
    """The answers of the period within reach, in no order."""
    found = SurveyAnswer.objects.filter(measures.within("at", counting.period.span)).order_by()
    return found if counting.is_everything() else found.filter(case_id__in=counting.cases().values("id"))


def _scores(counting: Counting) -> Table:
    found = counting.by("scored", "score")
    total = sum(found.values())
    table = Table(
        "scores", _("分数分布"), [Column(_("分数"), "text"), Column(_("件数")), Column(_("占比"), "percent")],
        chart=Chart("bar", (1,), _("件")), empty=NOBODY,
    )  # fmt: skip
    for score in range(5, 0, -1) if total else ():
        number = found.get(score, 0)
        part = round(number * 100 / total, 1) if total else None
        table.rows.append([
            Cell(_("%(score)s 分") % {"score": score}, "text"),
            Cell(number, "cases", counting.behind(f"score:{score}")), Cell(part, "percent"),
        ])  # fmt: skip
    return table


def _course(counting: Counting) -> Table:
    table = Table(
        "score_trend", _("评价走势"), [Column(_("日期"), "text"), Column(_("评价")), Column(_("平均分"), "score")],
        chart=Chart("line", (1,), _("件")), empty=NOBODY,
    )  # fmt: skip
    if not counting.count("scored"):
        return table
    stretches = steps(counting.period.since, counting.period.until)
    scored = by_stretch(counting.dated("scored", "scored_at", "score"), stretches)
    for (first, last, label), scores in zip(stretches, scored, strict=True):
        behind, number = between(counting.behind("scored"), first, last), len(scores)
        mean = round(sum(scores) / number, 2) if number else None
        table.rows.append([
            Cell(label, "text"), Cell(number, "cases", behind), Cell(mean, "score", behind, 0 < number < SMALL),
        ])  # fmt: skip
    return table


def _reasons(counting: Counting, titles: Mapping[str, str]) -> Table:
    """How many cases name each reason; a case with several answers counts once in a column."""
    found: dict[str, dict[int, set[int]]] = {}
    for case_id, score, reasons in _answers(counting).values_list("case_id", "score", "reasons").iterator(5000):
        for key in reasons:
            found.setdefault(key, {}).setdefault(case_id, set()).add(score)
    table = Table(
        "reasons", _("客户选的原因"),
        [Column(_("原因"), "text"), Column(_("件数")), Column(_("其中 4–5 分")), Column(_("其中 1–2 分"))],
        chart=Chart("bar", (2, 3), _("件"), horizontal=True), empty=_("期间没有客户选过原因。"),
    )  # fmt: skip
    for key, cases in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        good = sum(max(scores) >= GOOD for scores in cases.values())
        poor = sum(min(scores) <= POOR for scores in cases.values())
        counted = (("reason", len(cases)), ("reason_good", good), ("reason_poor", poor))
        numbers = [Cell(number, "cases", counting.behind(f"{figure}:{key}")) for figure, number in counted]
        table.rows.append([Cell(titles.get(key, key), "text"), *numbers])
    return table


def _words(counting: Counting, titles: Mapping[str, str]) -> Table:
    """The newest answers in the customers' own words, the poor ones first."""
    said = _answers(counting).exclude(words="").order_by("-at", "-id")[:WORDS_SHOWN]
    rows = sorted(said, key=lambda row: row.score)
    numbers = dict(Case.objects.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "number"))
    table = Table(
        "words", _("客户的话"),
        [Column(_("工单"), "text"), Column(_("日期"), "date"), Column(_("分数"), "text"), Column(_("原因"), "text"),
         Column(_("客户的话"), "text")],
        note=_("最近 %(n)s 条，低分在前。") % {"n": WORDS_SHOWN}, empty=_("期间没有客户留言。"),
    )  # fmt: skip
    for row in rows:
        number = numbers.get(row.case_id, "")
        table.rows.append([
            Cell(number, "text", case=number), Cell(local_day(row.at), "date"),
            Cell(_("%(score)s 分") % {"score": row.score}, "text"),
            Cell(listed([titles.get(key, key) for key in row.reasons]), "text"), Cell(row.words, "text"),
        ])  # fmt: skip
    return table
