"""The ruling bench: facts on the left, the next question first; beside them the ruling in plain words.

What was typed stands in the address, so that nothing is lost, Back goes back, and a colleague can be sent a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan import clock
from tuoshan.cases.forms import PlaybookForm, build_form, words
from tuoshan.core.policy.pack import LAYER_TITLES, Fact
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.tracing import trace
from tuoshan.core.policy.wording import Line, difference, lines, verdict
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import library
from tuoshan.rulings.asking import Asked, ask

MOST_LINES = 20
QUESTIONS_SHOWN = 3
OF_THE_ORDER = ("house", "sale", "platform", "sold_on", "signed_on", "delivered_on", "reported_on", "has_receipt")
"""What one order has in common: a further line begins with it."""
SIGNS = {"due": ("yes", "check"), "refused": ("no", "x"), "asked": ("open", "question"), "cost": ("", "money"), "said": ("", "info")}


@dataclass(frozen=True)
class Bench:
    """One line of a bench: what is known, what is asked next, and the ruling so far."""

    number: int
    given: Mapping[str, str]
    asked: Asked
    known: PlaybookForm
    next: PlaybookForm
    later: PlaybookForm
    label: str = ""

    @property
    def ruling(self) -> Ruling | None:
        return self.asked.ruling

    @property
    def title(self) -> str:
        return self.label or _("第 %(number)d 件") % {"number": self.number}


@permitted("workbench.rulings")
@require_safe
def rulings(request: HttpRequest) -> HttpResponse:
    """The bench, or the part of it that changes with every answer."""
    if request.GET.get("add", "").isdigit():
        return _moved(request, further_line(request.GET, int(request.GET["add"])))
    template = "workbench/rulings/bench.html" if request.headers.get("HX-Target") == "bench" else "workbench/rulings/page.html"
    return render(request, template, _bench(request.GET))


def _moved(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another address, within the page when the page asks for a part."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _bench(query: QueryDict) -> dict[str, Any]:
    book = query.get("book", "")
    if book not in {pack.name for pack in library.packs()}:
        book = ""
    numbers = line_numbers(query)
    benches = [bench(query, number, book) for number in numbers]
    current = int(query.get("line", "") or numbers[0]) if query.get("line", "").isdigit() else numbers[0]
    shown = next((one for one in benches if one.number == current), benches[0])
    return {
        "benches": benches, "shown": shown, "book": book, "query": query.urlencode(),
        "books": [(pack.name, words(pack.title), words(LAYER_TITLES[pack.layer])) for pack in library.newest_of_each()],
        "result": told(shown.ruling) if shown.ruling is not None else None,
        "text": plain_text(benches), "may_add": len(benches) < MOST_LINES, "today": timezone.localdate(clock.now()),
        "others": [(name, value) for name, value in query.items() if name.partition("-")[0] != f"f{shown.number}"
                   and name not in ("line", "book")],
    }  # fmt: skip


def line_numbers(query: QueryDict) -> list[int]:
    """The lines of a bench, in order; there is always one."""
    found = {int(head[1:]) for name in query if (head := name.partition("-")[0])[:1] == "f" and head[1:].isdigit()}
    if query.get("line", "").isdigit():
        found.add(int(query["line"]))
    return sorted(number for number in found if 0 < number <= MOST_LINES) or [1]


def bench(query: QueryDict, number: int, book: str) -> Bench:
    """What is known of one line, ruled on."""
    prefix = f"f{number}"
    given = {
        name.removeprefix(f"{prefix}-"): value.strip()
        for name, value in query.items() if name.startswith(f"{prefix}-") and value.strip()
    }  # fmt: skip
    label = given.pop("label", "")
    asked = ask(given, timezone.localdate(clock.now()), book=book)
    facts = library.facts()
    questions = [one.fact for one in asked.ruling.questions] if asked.ruling is not None else []
    names = [name for name in facts if name in given]
    known = _form(facts, names, prefix, given)
    for problem in asked.problems:
        if problem.fact in known.fields:
            known.add_error(problem.fact, words(problem.message))
    return Bench(
        number, given, asked, known, _form(facts, questions[:QUESTIONS_SHOWN], prefix, {}),
        _form(facts, questions[QUESTIONS_SHOWN:], prefix, {}), label,
    )  # fmt: skip


def _form(facts: Mapping[str, Fact], names: list[str], prefix: str, given: Mapping[str, str]) -> PlaybookForm:
    """Fields for some facts, none required: what is left open stays a question."""
    fields = [
        replace(facts[name].field, required=False, show_if=None, label=facts[name].field.label if given else facts[name].ask)
        for name in names
    ]
    data = {f"{prefix}-{name}": value for name, value in given.items()} if given else None
    form = build_form(fields, data=data, prefix=prefix)
    if given:
        form.is_valid()
        form.errors.clear()
    return form


@dataclass(frozen=True)
class Told:
    """A ruling as the screen shows it."""

    verdict: str
    lines: list[tuple[str, str, str, list[tuple[str, str]]]]
    """Class, icon, words, and the clauses behind it with their text."""
    differences: list[str]
    provisional: list[str]
    questions: int
    books: list[tuple[str, str, int]]


def told(ruling: Ruling) -> Told:
    """A ruling in the language in force."""
    return Told(
        words(verdict(ruling)), [_line(ruling, line) for line in lines(ruling)],
        [words(difference(one)) for one in ruling.differences], [words(why) for why in ruling.provisional],
        len(ruling.questions),
        [(words(pack.title), words(LAYER_TITLES[pack.layer]), pack.version) for pack in ruling.packs],
    )  # fmt: skip


def _line(ruling: Ruling, line: Line) -> tuple[str, str, str, list[tuple[str, str]]]:
    css, symbol = SIGNS[line.sign]
    texts = {name: words(pack.clauses[name].text) for pack, name in ruling.clauses}
    return css, symbol, words(line.words), [(name, texts.get(name, "")) for name in line.clauses]


def plain_text(benches: list[Bench]) -> str:
    """All lines as text to be pasted into a chat or read out."""
    parts = []
    for one in benches:
        if one.ruling is None:
            continue
        result = told(one.ruling)
        head = f"{one.title}：" if len(benches) > 1 and not _english() else f"{one.title}: " if len(benches) > 1 else ""
        body = [head + result.verdict]
        body += [f"- {text}" + (f"（{'、'.join(name for name, _text in clauses)}）" if clauses else "") for _css, _icon, text, clauses in result.lines]
        parts.append("\n".join(body))
    return "\n\n".join(parts)


def _english() -> bool:
    return (get_language() or "").startswith("en")


@permitted("workbench.ruling_trace")
@require_safe
def ruling_trace(request: HttpRequest) -> HttpResponse:
    """How one line of a bench came about: each table, the row that hit, why the others did not."""
    context = _bench(request.GET)
    ruling = context["shown"].ruling
    tables = trace(ruling) if ruling is not None else ()
    return render(request, "workbench/rulings/trace.html", {"tables": tables, "language": get_language()})


def further_line(query: QueryDict, after: int) -> str:
    """The address of a bench with one more line, which begins with what the order has in common."""
    changed = query.copy()
    number = max(line_numbers(query)) + 1
    for name in OF_THE_ORDER:
        if value := query.get(f"f{after}-{name}"):
            changed[f"f{number}-{name}"] = value
    changed["line"] = str(number)
    changed.pop("add", None)
    return f"{reverse('workbench:rulings')}?{changed.urlencode()}"


urlpatterns = [
    path("rulings/", rulings, name="rulings"),
    path("rulings/trace", ruling_trace, name="ruling_trace"),
]
