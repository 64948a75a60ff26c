"""Rulings for programs: which books there are, what they ask, one ruling or many, rulings of a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Body, Router

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.files import answers
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.reading import find_case
from tuoshan.api.repeating import repeatable
from tuoshan.api.ruling_shapes import (
    BatchOut,
    BookOut,
    ChoiceIn,
    FactOut,
    Facts,
    KeepIn,
    KeptOut,
    OneOrMany,
    OverrideIn,
    RulingBatchIn,
    RulingMade,
    RulingOut,
    RulingPaperIn,
    TraceOut,
    Unread,
)
from tuoshan.cases.forms import words
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.given import FactProblem, bounds, facts_of, not_after
from tuoshan.core.policy.pack import REMEDIES, Fact, Pack
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.sums_told import chosen_from
from tuoshan.parties.permissions import api_permitted
from tuoshan.punctuation import sentences
from tuoshan.rulings import keeping, library, printing, proposing, retracing, shortfall
from tuoshan.rulings.asking import Asked, ask, beside
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.totals import LineSum, beside_each_other, line_sum, together

router = Router(tags=["rulings"])


@router.get("/rule-books", response=gives(list[BookOut]), url_name="book_list", summary="Rule books")
@api_permitted("api.book_list")
def book_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest version of each, highest layer first."""
    return [
        {
            "name": pack.name, "version": pack.version, "title": words(pack.title), "source": words(pack.source),
            "layer": pack.layer, "hash": pack.hash,
            "clauses": {clause.name: words(clause.told) for clause in pack.clauses.values()},
        }
        for pack in library.newest_of_each()
    ]  # fmt: skip


@router.get("/rule-books/{name}/facts", response=gives(list[FactOut]), url_name="book_facts", summary="What it asks")
@api_permitted("api.book_facts")
def book_facts(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """Every fact that a book may ask for; `all`: of all books."""
    return [_fact(fact) for fact in facts_of(_books(name)).values()]


def _books(name: str) -> tuple[Pack, ...]:
    try:
        return library.packs() if name == "all" else library.versions(name)
    except library.BookUnknown as error:
        raise Http404 from error


def _fact(fact: Fact) -> dict[str, Any]:
    field = fact.field
    least, most = bounds(fact)
    return {
        "name": fact.name, "kind": field.kind, "label": words(field.label), "ask": words(fact.ask),
        "unit": words(field.unit), "choices": {one.value: words(one.title) for one in field.choices},
        "least": least, "most": most, "not_before": ", ".join(fact.not_before),
        "not_after": not_after(fact), "days_since": fact.days_since,
        "only_if": fact.asked_if.text if fact.asked_if else "", "whole": fact.whole,
    }  # fmt: skip


@router.post("/rulings", response=gives(RulingOut | BatchOut), url_name="ruling_ask", summary="Rule on facts")
@api_permitted("api.ruling_ask")
def ruling_ask(request: HttpRequest, body: Body[OneOrMany]) -> dict[str, Any]:
    """One matter gives one ruling. A list of up to 10,000 gives what `/rulings/batch` gives, by place: what cannot be
    taken is named by place and fact, the rest is ruled on. Nothing is kept."""
    if isinstance(body, list):
        return _many({
            str(place): one if isinstance(one, Unread) else (one.facts, one.today, one.book, one)
            for place, one in enumerate(body)
        })  # fmt: skip
    asked = _ask(body.facts, body.today, body.book)
    if asked.ruling is None:
        raise _refused(asked.problems)
    found = {
        "ruling": as_data(asked.ruling, with_trace=body.trace),
        "text": printing.text([("", asked.ruling, None)], _today(body.today), _language()),
    }
    if not body.book:
        return found
    left_out = beside(asked, _today(body.today), body.book)
    return found | {"applies": left_out.applies, "also": [pack.name for pack in left_out.also]}


@router.post("/rulings/batch", response=gives(BatchOut), url_name="ruling_batch", summary="Rule on many")
@api_permitted("api.ruling_batch")
def ruling_batch(request: HttpRequest, body: RulingBatchIn) -> dict[str, Any]:
    """Up to 10,000 at once; what cannot be taken is named by key and fact, the rest is ruled on."""
    _book_or_404(body.book)
    matters: dict[str, Matter | Unread] = {}
    for key, facts in body.items.items():
        choice = body.choices.get(key) or ChoiceIn()
        wrong = {name: text for one in (facts, choice) if isinstance(one, Unread) for name, text in one.wrong.items()}
        matters[key] = Unread(wrong) if wrong else (facts, body.today, body.book, choice)
    nobodys = Unread({"choices": _("items 里没有这个键")})
    return _many(matters | dict.fromkeys(body.choices.keys() - body.items.keys(), nobodys))


Matter = tuple[Facts, date | None, str, ChoiceIn]


def _many(matters: Mapping[str, Matter | Unread]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    sums: dict[str, LineSum] = {}
    refused: dict[str, dict[str, str]] = {}
    others: dict[str, dict[str, str]] = {}
    for key, matter in matters.items():
        if isinstance(matter, Unread):
            refused[key] = matter.wrong
            continue
        facts, today, book, choice = matter
        if wrong := _no_such_remedy(choice.remedy):
            refused[key] = {"remedy": wrong}
            continue
        try:
            asked = ask(facts, _today(today), book=book)
        except library.BookUnknown:
            refused[key] = {"book": _("没有规则“%(book)s”") % {"book": book}}
            continue
        if asked.ruling is None:
            refused[key] = _told(asked.problems)
            continue
        found[key] = as_data(asked.ruling)
        sums[key] = _sum(asked.ruling, choice)
        if choice.remedy and not sums[key].chosen:
            others[key] = {"remedy": _not_to_choose(asked.ruling, choice.remedy)}
    sums = dict(zip(sums, beside_each_other(list(sums.values())), strict=True))
    told = {key: f"{one.total:f}" for key, one in sums.items()}
    total = f"{together(sums.values()):f}"
    return {"rulings": found, "refused": refused, "told": others, "sums": told, "total": total}


def _no_such_remedy(name: str) -> str:
    """What is wrong with the name of a remedy; empty where there is such a one, or none is named."""
    return "" if not name or name in REMEDIES else _("只能是：%(expected)s") % {"expected": ", ".join(REMEDIES)}


def _not_to_choose(ruling: Ruling, remedy: str) -> str:
    """That this remedy is not to be chosen here, and which are."""
    may = ", ".join(one.remedy for one in chosen_from(ruling)[0])
    if not may:
        return _("这里不能选 %(remedy)s：现在没有可以选的处理方式") % {"remedy": remedy}
    return _("这里不能选 %(remedy)s；可以选：%(may)s") % {"remedy": remedy, "may": may}


@router.post(
    "/rulings/paper", response=gives(bytes), url_name="ruling_paper", summary="Rulings as one PDF",
    openapi_extra=answers("application/pdf"),
)  # fmt: skip
@api_permitted("api.ruling_paper")
def ruling_paper(request: HttpRequest, body: RulingPaperIn) -> HttpResponse:
    """The page for the customer with all lines and their sum, in the caller's language; nothing is kept."""
    today = _today(body.today)
    matters: list[tuple[str, Ruling, LineSum]] = []
    refused: dict[str, str] = {}
    for place, line in enumerate(body.lines):
        asked = _ask(line.facts, today, body.book)
        if wrong := _no_such_remedy(line.remedy):
            refused[f"lines.{place}.remedy"] = wrong
        if asked.ruling is None:
            refused |= {f"lines.{place}.{name}": text for name, text in _told(asked.problems).items()}
        elif line.remedy and not _sum(asked.ruling, line).chosen:
            refused[f"lines.{place}.remedy"] = _not_to_choose(asked.ruling, line.remedy)
        else:
            matters.append((line.label, asked.ruling, _sum(asked.ruling, line)))
    if refused:
        raise invalid({name: [text] for name, text in refused.items()})
    sums = beside_each_other([total for _label, _ruling, total in matters])
    matters = [(label, ruling, total) for (label, ruling, _alone), total in zip(matters, sums, strict=True)]
    return _pdf(printing.paper(matters, today, _language()), "ruling")


def _sum(ruling: Ruling, choice: ChoiceIn) -> LineSum:
    return line_sum(ruling, remedy=choice.remedy, quantity=choice.quantity, claim=choice.claim or None)


def _language() -> printing.Language:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _today(given: date | None) -> date:
    return given or timezone.localdate(clock.now())


def _book_or_404(book: str) -> None:
    if book:
        _books(book)


def _ask(facts: Facts, today: date | None, book: str) -> Asked:
    try:
        return ask(facts, _today(today), book=book)
    except library.BookUnknown as error:
        raise Http404 from error


def _told(problems: tuple[FactProblem, ...]) -> dict[str, str]:
    return {problem.fact: words(problem.message) for problem in problems}


def _refused(problems: tuple[FactProblem, ...]) -> Problem:
    return invalid({name: [text] for name, text in _told(problems).items()})


@router.get(
    "/cases/{number}/rulings", response=gives(list[KeptOut]), url_name="case_rulings", summary="A case's rulings"
)
@api_permitted("api.case_rulings")
def case_rulings(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """The newest first, as they were frozen."""
    return [_kept(row) for row in keeping.of_case(find_case(request, number).pk)]


def _kept(row: KeptRuling) -> dict[str, Any]:
    made = sorted(row.overrides.all(), key=lambda one: one.pk)
    holding = made[-1] if made else None
    return {
        "id": str(row.pk), "label": row.label, "quantity": row.quantity, "chosen": row.chosen,
        "verdict": proposing.said_of_all(row), "text": printing.text_of(row, _language()),
        "open_questions": row.open_questions,
        "provisional": row.provisional, "unchanged": keeping.unchanged(row), "digest": row.digest,
        "result": keeping.result_of(row), "on_top": f"{keeping.on_top_of(row):.2f}",
        "overrides": [
            {"remedy": one.remedy, "amount": None if one.amount is None else f"{one.amount:f}",
             "reason": one.reason, "below_law": one.below_law, "at": one.made_at.isoformat(),
             "by": str(one.made_by_id), "holds": one == holding}
            for one in made
        ],
    }  # fmt: skip


@router.get(
    "/cases/{number}/rulings/{pk}/paper", response=gives(bytes), url_name="case_ruling_paper",
    summary="A case's ruling as PDF", openapi_extra=answers("application/pdf"),
)  # fmt: skip
@api_permitted("api.case_ruling_paper")
def case_ruling_paper(request: HttpRequest, number: str, pk: Id) -> HttpResponse:
    """As it was frozen, in the caller's language."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    return _pdf(printing.paper_of(row, case.number, _language()), f"{case.number}-{row.pk}")


@router.get(
    "/cases/{number}/rulings/{pk}/trace", response=gives(TraceOut), url_name="case_ruling_trace",
    summary="How a case's ruling came about",
)  # fmt: skip
@api_permitted("api.case_ruling_trace")
def case_ruling_trace(request: HttpRequest, number: str, pk: Id) -> dict[str, Any]:
    """Worked out again from the frozen facts by the versions that ruled; 409 where these do not give the frozen ruling
    any more."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    found = retracing.worked_out_again(row)
    if found is None:
        raise Problem(409, "not_derivable", _("裁定时的规则版本或节假日安排已经不同，今天推不出同样的结果。"))
    return {"trace": as_data(found, with_trace=True)["trace"]}


@router.post("/cases/{number}/rulings", response=gives(RulingMade), url_name="case_rule", summary="Rule within a case")
@api_permitted("api.case_rule")
@repeatable
def case_rule(request: HttpRequest, number: str, body: KeepIn) -> dict[str, str]:
    """Rule on facts as of today and freeze the ruling in the case; `chosen` is one of the remedies that are due."""
    case = find_case(request, number)
    if wrong := _no_such_remedy(body.chosen):
        raise invalid({"chosen": [wrong]})
    asked = _ask(body.facts, None, "")
    ruling = asked.ruling
    if ruling is None:
        raise _refused(asked.problems)
    if body.chosen and not line_sum(ruling, remedy=body.chosen).chosen:
        raise invalid({"chosen": [_not_to_choose(ruling, body.chosen)]})
    row = keeping.keep(
        ruling, person_id=me(request).pk, now=clock.now(), case_id=case.pk, label=body.label,
        quantity=body.quantity, chosen=body.chosen,
    )  # fmt: skip
    return {"id": str(row.pk)}


@router.post(
    "/cases/{number}/rulings/{pk}/override", response=gives(RulingMade), url_name="case_override",
    summary="Decide otherwise",
)  # fmt: skip
@api_permitted("api.case_override")
@repeatable
def case_override(request: HttpRequest, number: str, pk: Id, body: OverrideIn) -> dict[str, str]:
    """What is done instead of a ruling; below what the law gives a supervisor decides."""
    case = find_case(request, number)
    row = get_object_or_404(KeptRuling, pk=pk, case_id=case.pk)
    if body.remedy not in (*REMEDIES, "none"):
        raise invalid({"remedy": [", ".join((*REMEDIES, "none"))]})
    try:
        made = keeping.override(
            row, remedy=body.remedy, amount=body.amount, reason=body.reason, person_id=me(request).pk,
            may_go_below=keeping.may_go_below_law(request.user), now=clock.now(),
        )  # fmt: skip
    except keeping.LawFloor as error:
        short = shortfall.shortfall_told(row, body.remedy, body.amount)
        raise Problem(403, "below_law", sentences([short, keeping.FOR_A_SUPERVISOR])) from error
    except keeping.NotNewest as error:
        raise Problem(409, "not_newest", str(keeping.NOT_NEWEST)) from error
    return {"id": str(made.pk)}
