"""Rulings kept in a case: the panel, one as it was frozen, its paper, and deciding otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.core.money import format_money
from tuoshan.core.policy.as_data import plain
from tuoshan.core.policy.engine.tracing import shown
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import REMEDIES, Pack
from tuoshan.core.policy.ruling import concerned
from tuoshan.documents.gaps import NotWhole
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.punctuation import in_brackets, sentences, titled
from tuoshan.rulings import keeping, library, printing, proposing, retracing, shortfall, since
from tuoshan.rulings.from_cases import is_told_of
from tuoshan.rulings.known import Bought, Known, bought, known_of
from tuoshan.rulings.models import KeptRuling, Override
from tuoshan.rulings.surroundings import Surroundings
from tuoshan.rulings.totals import extras_told
from tuoshan.workbench.benchfields import settling
from tuoshan.workbench.casepage import find_case, not_printed, person_id
from tuoshan.workbench.panels import Shown, panel
from tuoshan.workbench.rulings import as_pdf, in_english, language, moved, periods_told, told, traced

Lines = Sequence[tuple[KeptRuling | None, Mapping[str, Known]]]
"""Each line that a ruling in a case begins with, and what is known of it."""


def bench_address(case: Case, lines: Lines, line: Bought | None) -> str:
    """The bench with what a case knows already; once ruled, with a line for each that counts."""
    query = {"case": case.number}
    for number, (row, known) in enumerate(lines, 1):
        query |= {f"f{number}-{name}": shown(one.value) for name, one in known.items()}
        if row is not None:
            label, pieces, chosen = row.label, row.quantity, row.chosen
        else:
            label, pieces, chosen = (line.label[:60], line.pieces, "") if line is not None else ("", 1, "")
            query |= {f"f{number}-paid": line.paid} if line is not None and line.paid else {}
        query |= {f"f{number}-label": label, f"f{number}-quantity": str(pieces), f"f{number}-choice": chosen}
    return f"{reverse('workbench:rulings')}?{urlencode({name: value for name, value in query.items() if value})}"


@panel("rulings", order=20)
def rulings_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """The rulings of a case, the newest first, and the way to a new one; of a process that no file brings before the
    rule books nothing, unless something was ruled in it all the same.
    """
    if not allowed(person, "workbench.rulings"):
        return None
    kept = keeping.of_case(case.pk)
    writes = allowed(person, "workbench.ruling_keep") and not case.is_history and is_told_of(case.playbook)
    if not kept and not writes:
        return None
    departures, counting = departures_told(kept), _counting(kept)
    rows = [
        {
            "row": row, "said": proposing.said_of_all(row), "data": keeping.result_of(row),
            "periods": periods_told(from_data(keeping.result_of(row))), "undated": undated(row),
            "unchanged": keeping.unchanged(row), "departures": departures[row.pk], "counts": row in counting,
            "kept_on": row not in counting and since.unchanged_since(row, counting),
        }
        for row in kept
    ]  # fmt: skip
    told = {"kept": rows, "case": case, "writes": writes, "address": "", "known": [],
            "sums": proposing.sums_told(counting)}  # fmt: skip
    if writes:
        facts = library.facts()
        rows_ruled: Sequence[KeptRuling | None] = keeping.standing(case.pk) or [None]
        around = Surroundings.of([(case, standing.state)], person)
        lines = [(row, known_of(case, standing.state, facts, person, row, around)) for row in rows_ruled]
        told["address"] = bench_address(case, lines, bought(case, standing.state, around))
        told["books"] = [words(book.title) for book in speaking(lines[0][1])]
        told["known"] = [
            (words(facts[name].field.label), printing.fact_words(facts[name], plain(one.value)), one.source)
            for name, one in lines[0][1].items()
        ]
    return Shown("workbench/rulings/panel.html", told)


def undated(row: KeptRuling) -> bool:
    """Whether a last day may be later by facts that nobody was asked: on the bench it is not called certain either."""
    return bool(settling(from_data(keeping.result_of(row)), keeping.facts_of(row)))


def _counting(kept: Sequence[KeptRuling]) -> list[KeptRuling]:
    """Of the rulings of a case, the newest first, those that count: the newest with those of its bench."""
    newest = kept[0] if kept else None
    session = newest.session if newest is not None else ""
    found = [row for row in kept if row is newest or (session and row.session == session)]
    return sorted(found, key=lambda row: (row.line, row.pk))


@dataclass(frozen=True, slots=True)
class Departure:
    """What was decided instead of a ruling, by whom; of several the last holds, as long as its ruling counts."""

    row: Override
    words: str
    person: str
    holds: bool


def departures_told(rows: Sequence[KeptRuling]) -> dict[int, list[Departure]]:
    """All of each ruling, the one that holds first; who made them is read for all of them at once."""
    made = {row.pk: sorted(row.overrides.all(), key=lambda one: -one.pk) for row in rows}
    ids = {one.made_by_id for some in made.values() for one in some}
    people = Person.objects.in_bulk(ids) if ids else {}
    return {
        row.pk: [
            Departure(one, proposing.departed(row, one), str(people.get(one.made_by_id) or _("已离职人员")), place == 0)
            for place, one in enumerate(made[row.pk])
        ]
        for row in rows
    }  # fmt: skip


def ruled_here(person: Any, case: Case) -> tuple[list[dict[str, Any]], list[str]]:
    """What counts in a case line by line, for who decides about its proposal: the ruling, and what was decided instead;
    and what it comes to."""
    if not allowed(person, "workbench.rulings"):
        return [], []
    rows = keeping.standing(case.pk)
    departures = departures_told(rows)
    return [
        {"row": row, "title": proposing.called(row) if row.label or row.quantity > 1 else "",
         "said": proposing.said_of_all(row), "instead": next(iter(departures[row.pk]), None), "counts": True}
        for row in rows
    ], proposing.sums_told(rows)  # fmt: skip


def speaking(known: Mapping[str, Known]) -> list[Pack]:
    """The books of which it is certain already, by what is known of the case, that they speak in it."""
    today = timezone.localdate(clock.now())
    given, _problems = read_given(library.facts(), {name: one.value for name, one in known.items()}, today)
    found = concerned(library.packs(), given, today)
    return [book for book in library.newest_of_each() if found.get(book.name)]


@permitted("workbench.ruling")
@require_safe
def ruling(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A kept ruling as it was frozen: facts, versions, result."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    return render(request, "workbench/rulings/kept.html", _kept(request, case, row, OverrideForm(row)))


def _kept(request: HttpRequest, case: Case, row: KeptRuling, form: "OverrideForm") -> dict[str, Any]:
    data, counts = keeping.result_of(row), row in keeping.standing(case.pk)
    several = printing.ruled(row)[1].several if row.quantity > 1 else None
    return {
        "case": case, "row": row, "known": printing.facts_told(keeping.facts_of(row)), "data": data, "form": form,
        "result": told(from_data(data), several), "by_one": row.quantity > 1 and several is None,
        "chosen": words(REMEDIES[row.chosen]) if row.chosen in REMEDIES else "",
        "said": proposing.said_of_all(row), "sums": _sums(row), "unchanged": keeping.unchanged(row),
        "text": printing.text_of(row, language()),
        "departures": departures_told([row])[row.pk], "counts": counts,
        "floor": shortfall.floor_told(row), "english": in_english(),
        "may_override": allowed(request.user, "workbench.ruling_override"),
        "not_newest": "" if counts else keeping.NOT_NEWEST,
    }  # fmt: skip


def _sums(row: KeptRuling) -> list[str]:
    """What a line of several pieces comes to, and how what is on top was reckoned."""
    if row.quantity < 2:
        return []
    _ruling, total = printing.ruled(row)
    reckoned = [titled(said, format_money(amount)) for said, amount in extras_told([total])]
    most = _("最多付出合计 %(total)s") % {"total": format_money(total.total)}
    return [*reckoned, in_brackets(most, _("还有问题未答，可能更多")) if total.open else most]


@permitted("workbench.ruling_kept_trace")
@require_safe
def ruling_kept_trace(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """How a kept ruling came about, worked out again from what was frozen."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    found = retracing.worked_out_again(row)
    return render(request, "workbench/rulings/trace.html", {**traced(found), "not_here": found is None})


@permitted("workbench.ruling_kept_paper")
@require_safe
def ruling_kept_paper(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A kept ruling as a PDF for the customer, as it was frozen."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    try:
        return as_pdf(printing.paper_of(row, case.number, language()), f"{case.number}-{row.pk}")
    except NotWhole as gap:
        return not_printed(request, gap)


class OverrideForm(forms.Form):
    """What is done instead of a ruling, and why."""

    remedy = forms.ChoiceField(label=_lazy("改为"))
    amount = forms.DecimalField(label=_lazy("金额（元）"), max_digits=12, decimal_places=2, min_value=0, required=False)
    reason = forms.CharField(
        label=_lazy("理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_lazy("会记入工单，报表也会统计。低于法定的，只有主管可以决定，方案须由另一位同事审批。"),
    )  # fmt: skip

    def __init__(self, row: KeptRuling, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, words(title)) for name, title in REMEDIES.items()]
        self.fields["remedy"].choices = [("", _("请选择")), *choices, ("none", _("不予支持"))]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = shortfall.amount_is_for(row)

    def ask_below_law(self) -> bool:
        """Ask whether it is meant although it is below the law, by how much stands above the form; false where just
        this remedy and sum were confirmed."""
        meant = f"{self.cleaned_data['remedy']} {self.cleaned_data['amount'] or 0:.2f}"
        if self.data.get("below_law") == meant:
            return False
        self.data = {name: value for name, value in self.data.items() if name != "below_law"}
        box = forms.CheckboxInput(attrs={"value": meant})
        self.fields["below_law"] = forms.BooleanField(label=_("知道低于法定，仍这样决定"), required=False, widget=box)
        return True


@permitted("workbench.ruling_override")
@require_POST
def ruling_override(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Decide otherwise than a ruling, with a reason; below the law's floor by a supervisor alone."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    form = OverrideForm(row, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        short = shortfall.shortfall_told(row, given["remedy"], given["amount"])
        if short and keeping.may_go_below_law(request.user) and form.ask_below_law():
            return _departing(request, case, row, form, short)
        try:
            keeping.override(
                row, remedy=given["remedy"], amount=given["amount"], reason=given["reason"],
                person_id=person_id(request), may_go_below=keeping.may_go_below_law(request.user),
                now=clock.now(),
            )  # fmt: skip
            messages.success(request, _("不按裁定处理已记入工单。"))
            return moved(request, reverse("workbench:ruling", args=[case.number, row.pk]))
        except keeping.LawFloor:
            form.add_error("remedy", sentences([short, keeping.FOR_A_SUPERVISOR]))
        except keeping.NotNewest:
            pass  # the page says so in the place of the form
    return _departing(request, case, row, form)


def _departing(
    request: HttpRequest, case: Case, row: KeptRuling, form: OverrideForm, short: str = ""
) -> HttpResponse:  # fmt: skip
    """The form as it comes back with what is to be read first: in its own place, where the page asks for that part."""
    part = "departing" if request.headers.get("HX-Request") else "kept"
    told = _kept(request, case, row, form) | {"short": short}
    return render(request, f"workbench/rulings/{part}.html", told, status=422)


urlpatterns = [
    path("case/<str:number>/ruling/<int:pk>", ruling, name="ruling"),
    path("case/<str:number>/ruling/<int:pk>/trace", ruling_kept_trace, name="ruling_kept_trace"),
    path("case/<str:number>/ruling/<int:pk>/paper", ruling_kept_paper, name="ruling_kept_paper"),
    path("case/<str:number>/ruling/<int:pk>/override", ruling_override, name="ruling_override"),
]
