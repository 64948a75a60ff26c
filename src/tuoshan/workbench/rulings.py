"""The ruling bench.

On the bench facts stand on the left, the next question first; beside them the ruling in plain words. What was typed
stands in the address, so that nothing is lost, Back goes back, and a colleague can be sent a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock, identifiers
from tuoshan.cases.forms import PlaybookForm, words
from tuoshan.cases.rows import Row
from tuoshan.core.policy.engine.on_top import claim_of
from tuoshan.core.policy.engine.tracing import TableTrace, shown, trace
from tuoshan.core.policy.pack import LAYER_TITLES, REMEDIES
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.differences_told import differing
from tuoshan.core.policy.words.periods_told import counted_words
from tuoshan.core.policy.words.sentences import Line
from tuoshan.core.policy.words.sums_told import Pieces, chosen_from
from tuoshan.core.policy.words.wording import ignored, lines, verdict
from tuoshan.identifiers import is_id
from tuoshan.knowledge.company import company
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.punctuation import listed
from tuoshan.rulings import keeping, library, printing
from tuoshan.rulings.afterwards import afterwards, beforehand
from tuoshan.rulings.asking import Asked, ask, beside
from tuoshan.rulings.known import bought, known_of, paid_for_order
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.pieces import MoreThanBought, priced
from tuoshan.rulings.possible import still_possible
from tuoshan.rulings.reading_aloud import RowsTold, trace_told
from tuoshan.rulings.surroundings import Surroundings
from tuoshan.rulings.totals import LineSum, line_sum
from tuoshan.workbench.benchfields import NOTHING, OF_THE_LINE, fact_form, known_alone, pieces_of, settling
from tuoshan.workbench.benchmoves import MOST_LINES, address, further_line, letter, line_numbers, taken_away
from tuoshan.workbench.benchsums import headline, over_paid, summed, sums
from tuoshan.workbench.casepage import find_case, person_id

FIRST = "complaint"
QUESTIONS_SHOWN = 3
NOT_AN_ANSWER = {"reported_on"}
"""What stands on a bench on which nobody has answered anything."""
OF_THE_CASE = 0
"""In place of a line: what the case says of all of them."""
SIGNS = {
    "due": ("yes", "check"), "refused": ("no", "x"), "asked": ("open", "question"), "cost": ("", "money"),
    "said": ("", "info"), "needed": ("", "receipt"),
}  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """One line of a bench: what is known, what is asked next, and the ruling so far."""

    number: int
    given: Mapping[str, str]
    asked: Asked
    known: PlaybookForm
    refused: PlaybookForm
    """The facts that cannot be taken, each with the reason."""
    next: PlaybookForm
    later: PlaybookForm
    settling: PlaybookForm
    """Facts that are not asked and by which a last day may be later."""
    label: str = ""
    quantity: int = 1
    typed_quantity: str = ""
    quantity_refused: str = ""
    choice: str = ""
    dearer: tuple[Ruling, int] | None = None
    """Where what was paid for all pieces cannot be divided: the ruling on those that cost a fen more, and how many."""

    @property
    def parts(self) -> list[tuple[Ruling, int]]:
        """What is ruled on: for how many pieces each."""
        if self.ruling is None:
            return []
        if self.dearer is None:
            return [(self.ruling, self.quantity)]
        return [(self.ruling, self.quantity - self.dearer[1]), self.dearer]

    @property
    def ruling(self) -> Ruling | None:
        return self.asked.ruling

    @property
    def problems(self) -> list[str]:
        """What of this line is refused, each naming its fact: until it is mended there is no ruling on the line."""
        return [words(one.message) for one in self.asked.problems] + [one for one in [self.quantity_refused] if one]

    @property
    def title(self) -> str:
        return self.label or _("第 %(number)d 件") % {"number": self.number}

    def sums(self) -> list[LineSum]:
        """What each part comes to by the remedy chosen, as if it were alone."""
        claim = claim_of(self.asked.given, self.number)
        return [line_sum(told, remedy=self.chosen, quantity=pieces, claim=claim) for told, pieces in self.parts]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The remedies to choose from; what is owed besides comes with each of them."""
        to_choose = chosen_from(self.ruling)[0] if self.ruling else ()
        return [(right.remedy, words(REMEDIES[right.remedy])) for right in to_choose]

    @property
    def chosen(self) -> str:
        """The remedy that the customer has chosen, where it is one of them."""
        return self.choice if self.choice in dict(self.choices) else ""


@permitted("workbench.rulings")
@require_safe
def rulings(request: HttpRequest) -> HttpResponse:
    """The bench, or the part of it that changes with every answer."""
    if is_id(request.GET.get("add", "")):
        return moved(request, further_line(request.GET, int(request.GET["add"])))
    part = "bench" if request.headers.get("HX-Target") == "bench" else "page"
    query, undo = taken_away(request.GET)
    context = {
        **_bench(_begun(query), _sources(request)), "may_keep": allowed(request.user, "workbench.ruling_keep"),
        "undo": undo,
    }  # fmt: skip
    response = render(request, f"workbench/rulings/{part}.html", context)
    if undo and part == "bench":
        response["HX-Push-Url"] = address(query)
    return response


def _begun(query: QueryDict) -> QueryDict:
    """A bench opened with nothing on it begins with a complaint made today: it stands in its field to be changed."""
    if query.get("case") or any(name == "line" or is_id(name.partition("-")[0][1:]) for name in query):
        return query
    begun = query.copy()
    begun["f1-reported_on"] = timezone.localdate(clock.now()).isoformat()
    return begun


def moved(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another address, within the page when the page asks for a part."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


Sources = Mapping[tuple[int, str], tuple[str, str]]
"""By line and name: the value that a case knows, as it stands in a form, and where from."""


def _sources(request: HttpRequest) -> Sources:
    """What the case knows from which the bench was opened, so that each value says where it comes from."""
    number = request.GET.get("case", "")
    if not number:
        today = timezone.localdate(clock.now()).isoformat()
        return {(line, "reported_on"): (today, _("今天；不是今天提出的请改")) for line in line_numbers(request.GET)}
    case, facts = find_case(request, number, whole=True), library.facts()
    state, rows = Row.of(case).state, keeping.standing(case.pk)
    lines: Sequence[KeptRuling | None] = rows or [None]
    around = Surroundings.of([(case, state)], request.user)
    found = {
        (number, name): (shown(one.value), one.source)
        for number, row in enumerate(lines, 1)
        for name, one in known_of(case, state, facts, request.user, row, around).items()
    }
    if (whole := paid_for_order(case, state)) is not None:
        found[OF_THE_CASE, "paid"] = (shown(whole.value), whole.source)
    if not rows and (line := bought(case, state, around)) is not None:
        found[1, "quantity"] = (str(line.pieces), line.source)
        if line.paid:
            found[1, "paid"] = (line.paid, line.source)
    return found


def _bench(query: QueryDict, sources: Sources = NOTHING) -> dict[str, Any]:
    query, unknown = known_alone(query, library.facts())
    book = query.get("book", "")
    if book not in {pack.name for pack in library.packs()}:
        book = ""
    numbers = line_numbers(query)
    benches = [bench(query, number, book, sources) for number in numbers]
    current = int(line) if is_id(line := str(query.get("line", ""))) else numbers[0]
    shown_line, house = next((one for one in benches if one.number == current), benches[0]), company()
    several = next((found.several for one, found in summed(benches) if one.number == shown_line.number), None)
    return {
        "benches": benches, "shown": shown_line, "book": book, "query": query.urlencode(),
        "books": [(pack.name, words(pack.title), words(LAYER_TITLES[pack.layer])) for pack in library.newest_of_each()],
        "result": told(shown_line.ruling, several) if shown_line.ruling is not None else None,
        "by_one": shown_line.quantity > 1 and several is None,
        "afterwards": [words(one) for one in afterwards(shown_line.asked, timezone.localdate(clock.now()), book)],
        "beforehand": [words(one) for one in beforehand(shown_line.asked, timezone.localdate(clock.now()), book)],
        "headline": headline(shown_line, benches), "next": _next_said(shown_line), "sums": sums(benches),
        "text": (text := plain_text(benches)), "letter": letter(text),
        "to_mend": listed(to_mend(benches)),
        "heading": house.named(language()),
        "may_add": len(benches) < MOST_LINES,
        "pieces_from": _source(sources, shown_line.number, "quantity", str(shown_line.quantity)),
        "over_paid": over_paid(benches, *sources.get((OF_THE_CASE, "paid"), ("", ""))), "case": query.get("case", ""),
        "unknown": listed(unknown), "left_out": _left_out(shown_line, book),
        "empty": all(set(one.given) <= NOT_AN_ANSWER for one in benches),
        "others": [(name, value) for name, value in query.items() if name.partition("-")[0] != f"f{shown_line.number}"
                   and name not in ("line", "book")],
    }  # fmt: skip


def _next_said(one: Bench) -> str:
    """What whoever hears the screen is told with the answer: what is asked next."""
    question = next((field.label for field in one.next), "")
    return _("接下来问：%(question)s") % {"question": question} if question else ""


def _left_out(one: Bench, book: str) -> dict[str, Any] | None:
    """What is to be said where one book alone was chosen; None: nothing."""
    if not book or one.ruling is None:
        return None
    found = beside(one.asked, timezone.localdate(clock.now()), book)
    if found.applies is not False and not found.also:
        return None
    return {"applies": found.applies, "also": listed([words(pack.title) for pack in found.also])}


def bench(query: QueryDict, number: int, book: str, sources: Sources = NOTHING) -> Bench:
    """What is known of one line, ruled on. `sources` tells where values come from that nobody has changed."""
    prefix = f"f{number}"
    given = {
        name.removeprefix(f"{prefix}-"): str(value).strip()
        for name, value in query.items() if name.startswith(f"{prefix}-") and str(value).strip()
    }  # fmt: skip
    label, typed, choice = (given.pop(name, "") for name in OF_THE_LINE)
    pieces, pieces_refused = pieces_of(typed)
    asked, dearer = _asked_of_all(given, pieces, book)
    if pieces_refused:
        asked, dearer = replace(asked, ruling=None), None
    facts = library.facts()
    ruling = asked.ruling
    questions = [one.fact for one in (*ruling.questions, *ruling.optional)] if ruling is not None else []
    wrong = {problem.fact for problem in asked.problems}
    names = [name for name in facts if name in given and name not in wrong]
    told = {name: _source(sources, number, name, given[name]) for name in names}
    free = {one.fact: _("可不答") for one in ruling.optional} if ruling is not None else {}
    return Bench(
        number, given, asked, fact_form(facts, names, prefix, given, told),
        fact_form(facts, [name for name in facts if name in wrong], prefix, given, problems=asked.problems),
        fact_form(facts, questions[:QUESTIONS_SHOWN], prefix, {}, free),
        fact_form(facts, questions[QUESTIONS_SHOWN:], prefix, {}, free),
        fact_form(facts, settling(ruling, given) if ruling is not None else [], prefix, {}), label[:60],
        pieces, typed, pieces_refused, choice if choice in REMEDIES else "", dearer,
    )  # fmt: skip


def _asked_of_all(given: Mapping[str, str], pieces: int, book: str) -> tuple[Asked, tuple[Ruling, int] | None]:
    """The ruling on a line, and that on those of its pieces that cost a fen more, with how many they are."""
    today = timezone.localdate(clock.now())
    try:
        prices = priced(given.get("paid", ""), pieces)
    except MoreThanBought as error:
        return Asked(given, (error.problem,), None), None
    asked = [(ask({**given, "paid": price}, today, book=book), many) for price, many in prices]
    more = [(one.ruling, many) for one, many in asked[1:] if one.ruling is not None]
    return asked[0][0], more[0] if more else None


def _source(sources: Sources, line: int, name: str, value: str) -> str:
    """Where a value comes from; empty once it was corrected."""
    known, source = sources.get((line, name), ("", ""))
    return source if known == value else ""


@dataclass(frozen=True)
class Told:
    """A ruling as the screen shows it."""

    verdict: str
    lines: list[tuple[str, str, str, list[tuple[str, str]], str]]
    """Class, icon, words, the clauses behind it with their text, and how the period in it was counted."""
    differences: list[str]
    provisional: list[str]
    questions: int
    optional: int
    """Further facts that are asked and may be left open."""
    clauses: list[tuple[str, str]]
    books: list[tuple[str, str, int]]
    ignored: list[str]
    """Which of the facts given were not used."""
    possible: str
    """The remedies that are not due yet and not excluded, while something is asked."""


def told(ruling: Ruling, pieces: Pieces | None = None) -> Told:
    """A ruling in the language in force, its sums for all pieces where there are several."""
    return Told(
        words(verdict(ruling)), [_line(ruling, line) for line in lines(ruling, pieces)],
        [words(one) for one in differing(ruling)], [words(why) for why in ruling.provisional],
        len(ruling.questions), len(ruling.optional),
        [(name, words(pack.clauses[name].told)) for pack, name in ruling.clauses],
        [(words(pack.title), words(LAYER_TITLES[pack.layer]), pack.version) for pack in ruling.packs],
        [words(one) for one in ignored(ruling).values()],
        listed([words(REMEDIES[remedy]) for remedy in still_possible(ruling)]),
    )  # fmt: skip


def _line(ruling: Ruling, line: Line) -> tuple[str, str, str, list[tuple[str, str]], str]:
    css, symbol = SIGNS[line.sign]
    texts = {name: words(pack.clauses[name].told) for pack, name in ruling.clauses}
    cited = [(name, texts.get(name, "")) for name in line.clauses]
    return css, symbol, words(line.words), cited, words(line.counted) if line.counted is not None else ""


def periods_told(ruling: Ruling) -> list[str]:
    """How the periods of a ruling were counted, each once, those that are over included."""
    over = (counted_words(one.expired.counted) for one in ruling.refused if one.expired is not None)
    found = [*(line.counted for line in lines(ruling)), *over]
    return list(dict.fromkeys(words(one) for one in found if one is not None))


def to_mend(benches: Sequence[Bench]) -> list[str]:
    """The lines on which something is refused. While there is one, nothing of the bench is told, printed or kept."""
    return [one.title for one in benches if one.problems]


def plain_text(benches: list[Bench]) -> str:
    """All lines as text for the customer, with what the paper says; empty while anything is refused."""
    matters = _matters(benches)
    return printing.text(matters, timezone.localdate(clock.now()), language()) if matters else ""


def _matters(benches: Sequence[Bench]) -> list[printing.Line]:
    """The lines that are ruled on, as the customer is told of them; of several each has a name."""
    ready = [one for one in benches if one.ruling is not None]
    if len(ready) < len(benches):
        return []
    named = len(ready) > 1
    return [(one.title if named else one.label, one.ruling, found) for one, found in summed(ready) if one.ruling]


def in_english() -> bool:
    return (get_language() or "").startswith("en")


@permitted("workbench.ruling_trace")
@require_safe
def ruling_trace(request: HttpRequest) -> HttpResponse:
    """How one line of a bench came about: each table, the row that hit, why the others did not."""
    context = _bench(request.GET)
    ruling = context["shown"].ruling
    return render(request, "workbench/rulings/trace.html", traced(ruling))


def traced(ruling: Ruling | None) -> dict[str, Any]:
    """How a ruling came about, for the template."""
    spoken = get_language() or ""
    tables = trace(ruling) if ruling is not None else ()
    settled = ruling is not None and not ruling.questions
    rows = [trace_told(table, spoken, settled=settled) for table in tables]
    periods = _periods_once(tables, rows)
    told_tables = list(zip(tables, rows, periods, strict=True))
    return {"tables": told_tables, "language": spoken}


def _periods_once(tables: Sequence[TableTrace], rows: Sequence[RowsTold]) -> list[list[tuple[str, str]]]:
    """For each table the periods that it turned on, as it is read: a period stands where it is met first, those that
    run alike in one line, and none that has no length."""
    found: list[list[tuple[str, str]]] = [[] for _table in tables]
    seen = set()
    for place in sorted(range(len(tables)), key=lambda place: _when_read(rows[place])):
        names: dict[str, list[str]] = {}
        for one in tables[place].periods:
            said = counted_words(one.counted)
            if said is not None and one.counted.count and (words(said), one.called) not in seen:
                seen.add((words(said), one.called))
                names.setdefault(words(said), []).append(words(one.called))
        found[place] = [(listed(dict.fromkeys(called)), said) for said, called in names.items()]
    return found


def _when_read(rows: RowsTold) -> int:
    """The place of a table on the page: what answers, what leads to it, and what is folded away."""
    return 0 if rows.answers else 1 if rows.leads else 2 if rows.left_over else 3


@permitted("workbench.ruling_paper")
@require_safe
def ruling_paper(request: HttpRequest) -> HttpResponse:
    """A bench as it stands, as a PDF for the customer."""
    query = request.GET
    case = find_case(request, query["case"]) if query.get("case") else None
    matters = _matters(_bench(query)["benches"])
    if not matters:
        raise Http404
    content = printing.paper(
        matters, timezone.localdate(clock.now()), language(), number=case.number if case else ""
    )
    return as_pdf(content, case.number if case else "ruling")


def language() -> printing.Language:
    return "en" if in_english() else "zh-hans"


def as_pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@permitted("workbench.ruling_keep")
@require_POST
def ruling_keep(request: HttpRequest) -> HttpResponse:
    """Freeze every line of a bench: into the case it was opened from, or to go on and register one."""
    query = QueryDict(request.POST.get("query", ""))
    case = find_case(request, query["case"]) if query.get("case") else None
    found = _bench(query)
    benches: list[Bench] = found["benches"]
    if found["empty"]:
        messages.error(request, _("还没有回答任何问题，没有可以登记的裁定。"))
        return redirect(address(query))
    ready = [one for one in benches if one.ruling is not None]
    if not ready or len(ready) < len(benches):
        messages.error(request, _("有填写错误的物品还不能裁定，请先改正；已填的都还在。"))
        return redirect(address(query))
    session = identifiers.token(12)
    for one, (ruling, pieces) in ((line, part) for line in ready for part in line.parts):
        keeping.keep(
            ruling, person_id=person_id(request), now=clock.now(), case_id=case.pk if case else None,
            session=session, line=one.number, label=one.label, quantity=pieces, chosen=one.chosen,
        )  # fmt: skip
    if case is None:
        return redirect(f"{reverse('workbench:register_form', args=[FIRST])}?ruling={session}")
    messages.success(request, _("裁定已记入工单，事实和规则版本一并冻结。"))
    return redirect("workbench:case", number=case.number)


urlpatterns = [
    path("rulings/", rulings, name="rulings"),
    path("rulings/trace", ruling_trace, name="ruling_trace"),
    path("rulings/paper", ruling_paper, name="ruling_paper"),
    path("rulings/keep", ruling_keep, name="ruling_keep"),
]
