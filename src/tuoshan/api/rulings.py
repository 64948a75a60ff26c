"""Rulings for programs: which books there are, what they ask, one ruling or many, rulings of a case."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Body, Field, Router, Schema
from pydantic import Discriminator, Tag

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.files import answers
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.reading import find_case
from tuoshan.api.repeating import repeatable
from tuoshan.cases.forms import words
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.given import FactProblem, bounds, facts_of, not_after
from tuoshan.core.policy.pack import REMEDIES, Fact, Pack
from tuoshan.core.policy.statements import Ruling
from tuoshan.parties.permissions import api_permitted
from tuoshan.punctuation import sentences
from tuoshan.rulings import keeping, library, printing, retracing, shortfall
from tuoshan.rulings.asking import Asked, ask, beside
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.totals import MOST_PIECES, LineSum, beside_each_other, line_sum, together

router = Router(tags=["rulings"])
MOST_AT_ONCE = 10_000
MOST_ON_PAPER = 20
Name = Annotated[str, Field(max_length=60)]
Facts = dict[Name, Annotated[str, Field(max_length=200)] | bool | int | None]


class BookOut(Schema):
    """A rule book: its newest version."""

    name: str
    version: int
    title: str
    source: str
    layer: str
    clauses: dict[str, str]
    hash: str


class FactOut(Schema):
    """A fact that a book may ask for: the question, what it may be, and when it exists at all. Input is judged by
    `least` and `most` (of dates as well), `not_before` (facts, divided by commas), `not_after` (`today`: the day of
    asking), `whole` and `days_since` (a fact: no more days than since then); an amount has two decimals at most, a
    number may carry its own `unit` and no other."""

    name: str
    kind: str
    label: str
    ask: str
    unit: str
    choices: dict[str, str]
    least: str
    most: str
    not_before: str
    not_after: str
    days_since: str
    only_if: str
    whole: bool
    """Whether it counts something without parts: a fraction is refused."""


class AskIn(Schema):
    """Facts by name; amounts and dates as texts. `book`: by this book alone; none: by all that apply."""

    facts: Facts
    today: date | None = None
    book: Name = ""
    trace: bool = False


class ChoiceIn(Schema):
    """Of one item: the remedy chosen (none: the dearest that is due), and how many pieces are alike. `claim`: items
    with the same one are one purchase with one complaint, so that the least of what comes on top (500, 1,000) counts
    once for all of them; none: the item by itself."""

    remedy: Name = ""
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1
    claim: Annotated[str, Field(max_length=80)] = ""


class RulingBatchIn(Schema):
    """Many at once, each with a key of the caller's; `choices` by key for the sums."""

    items: Annotated[dict[Annotated[str, Field(max_length=80)], Facts], Field(max_length=MOST_AT_ONCE)]
    today: date | None = None
    book: Name = ""
    choices: dict[str, ChoiceIn] = {}


class MatterIn(ChoiceIn):
    """One of a list: its facts, the day of asking, by which book, the remedy chosen, how many pieces are alike."""

    facts: Facts
    today: date | None = None
    book: Name = ""


OneOrMany = Annotated[
    Annotated[AskIn, Tag("one")] | Annotated[list[MatterIn], Field(max_length=MOST_AT_ONCE), Tag("many")],
    Discriminator(lambda body: "many" if isinstance(body, list) else "one"),
]
"""One matter, or a list of them."""


class PaperLineIn(ChoiceIn):
    """One matter on the paper: its facts, what it is called there, the remedy chosen, how many pieces."""

    facts: Facts
    label: Annotated[str, Field(max_length=60)] = ""


class RulingPaperIn(Schema):
    """What to rule on, line by line."""

    lines: Annotated[list[PaperLineIn], Field(min_length=1, max_length=MOST_ON_PAPER)]
    today: date | None = None
    book: Name = ""


class RulingOut(Schema):
    """A ruling: what is due and refused, who bears what, what is still to be asked, each with its clauses. By one book
    alone, `applies` says whether it speaks in this matter at all (null: not known yet), `also` which others do.
    `text`: what the customer is told, to be pasted into a chat."""

    ruling: dict[str, Any]
    text: str = ""
    applies: bool | None = True
    also: list[str] = []


class BatchOut(Schema):
    """By key (of a list by place, `0` first): a ruling, or by fact what could not be taken."""

    rulings: dict[str, dict[str, Any]]
    refused: dict[str, dict[str, str]]
    sums: dict[str, str]
    total: str
    """By key, and altogether: what is paid out at most by the remedies chosen, with sums on top."""


class KeepIn(Schema):
    """Facts to rule on and to freeze in the case."""

    facts: Facts
    label: Annotated[str, Field(max_length=60)] = ""
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1
    chosen: Name = ""


class KeptOut(Schema):
    """A ruling as it was frozen; `text` is what the customer is told in a chat."""

    id: str
    label: str
    quantity: int
    chosen: str
    verdict: str
    text: str
    open_questions: int
    provisional: bool
    unchanged: bool
    digest: str
    result: dict[str, Any]
    on_top: str
    """What comes on top for all pieces; of a minimum that counts once for several lines, this line's part."""
    overrides: list[dict[str, Any]]
    """What was decided instead; of several the last `holds`."""


class TraceOut(Schema):
    """Each table that was read: its rows, which of them hit, and what did not hold in the others."""

    trace: list[dict[str, Any]]


class RulingMade(Schema):
    """The number of what was made."""

    id: str


class OverrideIn(Schema):
    """What is done instead, and why; `none`: nothing."""

    remedy: Name
    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


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
        return _many({str(place): (one.facts, one.today, one.book, one) for place, one in enumerate(body)})
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
    return _many({
        key: (facts, body.today, body.book, body.choices.get(key) or ChoiceIn()) for key, facts in body.items.items()
    })  # fmt: skip


def _many(matters: Mapping[str, tuple[Facts, date | None, str, ChoiceIn]]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    sums: dict[str, LineSum] = {}
    refused: dict[str, dict[str, str]] = {}
    for key, (facts, today, book, choice) in matters.items():
        asked = _ask(facts, today, book)
        if asked.ruling is None:
            refused[key] = _told(asked.problems)
        else:
            found[key] = as_data(asked.ruling)
            sums[key] = _sum(asked.ruling, choice)
    sums = dict(zip(sums, beside_each_other(list(sums.values())), strict=True))
    told = {key: f"{one.total:f}" for key, one in sums.items()}
    return {"rulings": found, "refused": refused, "sums": told, "total": f"{together(sums.values()):f}"}


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
        if asked.ruling is None:
            refused |= {f"lines.{place}.{name}": text for name, text in _told(asked.problems).items()}
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
        "verdict": keeping.said(row), "text": printing.text_of(row, _language()), "open_questions": row.open_questions,
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
    """Rule on facts and freeze the ruling in the case."""
    case = find_case(request, number)
    asked = _ask(body.facts, None, "")
    ruling = asked.ruling
    if ruling is None:
        raise _refused(asked.problems)
    row = keeping.keep(
        ruling, person_id=me(request).pk, now=clock.now(), case_id=case.pk, label=body.label,
        quantity=body.quantity, chosen=body.chosen if body.chosen in REMEDIES else "",
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
