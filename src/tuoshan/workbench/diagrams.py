"""Playbooks drawn: states by phase from left to right, actions as arrows, where a case stands and has been."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from tuoshan.cases import calendars, library
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.core.durations import Duration, parse_duration
from tuoshan.core.playbook import ANY_OPEN, PHASES, SYSTEM, Action, FromTable, Limit, Playbook, State
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench.casepage import find_case, standing_of

BOX_WIDTH, BOX_HEIGHT = 150, 90
COLUMN, ROW = 196, 120
MARGIN = 16
TITLE, HINT = 13, 11
"""Sizes of the letters; as in `.diagram` of the style sheet."""
TITLE_LINES, HINT_LINES = 3, 2
NARROW = 0.56
"""How wide a Latin letter is on an average, against a Chinese one."""
_PIECES = re.compile(r"[\u3000-\u9fff\uff00-\uffef][，。、；：）！？]?|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+")
"""Where a line may end: after each Chinese letter with its sign, and between words."""
PHASE_TITLES = {
    "receive": _lazy("接收"),
    "acknowledge": _lazy("告知"),
    "assess": _lazy("初步评估"),
    "investigate": _lazy("调查"),
    "decide": _lazy("决定"),
    "remedy": _lazy("处理"),
    "close": _lazy("结案"),
    "learn": _lazy("改进"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a box's text, and where it stands."""

    text: str
    y: int
    css: str


@dataclass(frozen=True, slots=True)
class Box:
    """A state at its place."""

    name: str
    title: str
    hint: str
    x: int
    y: int
    css: str

    @property
    def lines(self) -> list[Line]:
        """The title, then for whom and how long, in the middle of the box."""
        hints = fitted(self.hint, HINT, HINT_LINES)
        titles = fitted(self.title, TITLE, TITLE_LINES)
        top = self.y + (BOX_HEIGHT - len(titles) * 17 - len(hints) * 15) // 2
        found = [Line(text, top + 13 + 17 * n, f"dg-title {self.css}".strip()) for n, text in enumerate(titles)]
        below = top + 17 * len(titles)
        return [*found, *(Line(text, below + 12 + 15 * n, "dg-label") for n, text in enumerate(hints))]

    @property
    def centre(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """An action from one state to another; `css` says whether the system takes it and whether the case took it."""

    path: str
    title: str
    css: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture in its own units."""

    width: int
    height: int
    boxes: list[Box]
    box_width: int
    box_height: int
    arrows: list[Arrow]
    phases: list[tuple[int, str]]


def draw(playbook: Playbook, *, here: str = "", been: Iterable[str] = (), taken: Iterable[str] = ()) -> Drawing:
    """Columns are phases; within one, states stand in order of declaration. Deterministic and without overlap."""
    visited, walked = set(been), set(taken)
    columns = _columns(playbook)
    boxes: dict[str, Box] = {}
    for column, (_phase, states) in enumerate(columns):
        for row, state in enumerate(states):
            css = "here" if state.name == here else "been" if state.name in visited else "end" if state.end else ""
            boxes[state.name] = Box(
                state.name, words(state.title), _hint(playbook, state), MARGIN + column * COLUMN,
                MARGIN + 28 + row * ROW + (column % 2) * 17, css,
            )  # fmt: skip
    arrows = [
        Arrow(
            _curve(boxes[source], boxes[target], lane),
            _("、").join(dict.fromkeys(words(a.title) for a in actions)),
            css,
        )
        for lane, ((source, target), actions) in enumerate(_moves(playbook).items())
        for css in [_style(playbook, actions, walked)]
    ]
    width = MARGIN * 2 + max(1, len(columns)) * COLUMN - (COLUMN - BOX_WIDTH)
    height = MARGIN * 2 + 60 + max((len(states) for _phase, states in columns), default=1) * ROW
    titles = [(MARGIN + i * COLUMN, str(PHASE_TITLES.get(phase, phase))) for i, (phase, _states) in enumerate(columns)]
    return Drawing(width, height, list(boxes.values()), BOX_WIDTH, BOX_HEIGHT, arrows, titles)


def fitted(text: str, size: int, most: int) -> list[str]:
    """The text in lines as wide as a box; what does not fit into so many ends with an ellipsis."""
    room = (BOX_WIDTH - 12) / size
    lines = [""]
    for piece in _PIECES.findall(text):
        if _width(lines[-1] + piece.rstrip()) > room and lines[-1]:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    shown = [line.rstrip() for line in lines[:most] if line.strip()]
    if len(lines) > most:
        while _width(shown[-1] + "…") > room:
            shown[-1] = shown[-1][:-1].rstrip()
        shown[-1] += "…"
    return shown


def _width(text: str) -> float:
    """In widths of a Chinese letter."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)


def _columns(playbook: Playbook) -> list[tuple[str, list[State]]]:
    found: list[tuple[str, list[State]]] = []
    for phase in PHASES:
        states = [state for state in playbook.states.values() if state.phase == phase]
        if states:
            found.append((phase, states))
    left = [state for state in playbook.states.values() if state.phase not in PHASES]
    return [*found, ("close", left)] if left else found


def _moves(playbook: Playbook) -> dict[tuple[str, str], list[Action]]:
    """One arrow from a state to another, whatever actions lead there; what is possible everywhere is not drawn."""
    found: dict[tuple[str, str], list[Action]] = {}
    for action in playbook.actions.values():
        if action.to and ANY_OPEN not in action.sources:
            for source in action.sources:
                if source in playbook.states and source != action.to:
                    found.setdefault((source, action.to), []).append(action)
    return found


def _curve(start: Box, end: Box, lane: int) -> str:
    """Forward arrows bend gently; backward ones go under the boxes, each in a lane of its own."""
    if end.x > start.x:
        reach = (end.x - start.x - BOX_WIDTH) // 2
        x1, x2 = start.x + BOX_WIDTH, end.x - 4
        return f"M{x1} {start.middle} C{x1 + reach} {start.middle} {x2 - reach} {end.middle} {x2} {end.middle}"
    if end.x == start.x:
        side = 18 + lane % 3 * 6
        x = start.x + BOX_WIDTH
        return f"M{x} {start.middle} C{x + side} {start.middle} {x + side} {end.middle} {x + 4} {end.middle}"
    drop = max(start.y, end.y) + BOX_HEIGHT + 14 + lane % 4 * 5
    y1, y2 = start.y + BOX_HEIGHT, end.y + BOX_HEIGHT + 4
    return f"M{start.centre} {y1} C{start.centre} {drop} {end.centre} {drop} {end.centre} {y2}"


def _style(playbook: Playbook, actions: list[Action], walked: set[str]) -> str:
    by_clock = {state.waits.otherwise for state in playbook.states.values() if state.waits}
    by_clock |= {deadline.otherwise for deadline in playbook.deadlines.values()}
    css = "self" if all(action.automatic or action.name in by_clock for action in actions) else ""
    return f"{css} taken".strip() if any(action.name in walked for action in actions) else css


def _hint(playbook: Playbook, state: State) -> str:
    if state.waits is None:
        return _("结束") if state.end else ""
    known = {name: words(party.title) for name, party in playbook.parties.items()} | {SYSTEM: _("系统")}
    who = _("、").join(known.get(party, party) for party in state.waits.parties)
    limit = _limit_words(playbook, state.waits.limit) if state.waits.limit else ""
    return f"{who} {limit}".strip()


def _limit_words(playbook: Playbook, limit: Limit) -> str:
    """How long, in words: `24 小时`, as a table says it, or by what the table goes."""
    language: Any = "en" if (get_language() or "").startswith("en") else "zh"
    within: object = limit.within
    if isinstance(within, FromTable):
        if within.of:
            facts = _("、").join(words(playbook.facts[name].label) for name in within.of if name in playbook.facts)
            return _("时限随“%(facts)s”而定") % {"facts": facts}
        value = calendars.table(playbook.key, within.table) or playbook.tables.get(within.table)
        within = parse_duration(value) if isinstance(value, str) else value
    if isinstance(within, Duration):
        return within.words(language)
    return _("到约定时间") if limit.at is not None else ""


@permitted("workbench.playbooks")
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """The playbooks in use, and what was found in files that could not be taken in."""
    findings = [finding for found in library.findings().values() for finding in found if finding.severity == "error"]
    books = [(key, words(book.title), book) for key, book in library.everything().items()]
    return render(request, "workbench/diagrams/list.html", {"books": books, "findings": findings})


@permitted("workbench.playbook_diagram")
@require_safe
def playbook_diagram(request: HttpRequest, key: str) -> HttpResponse:
    """One playbook; with `?case=` the version that the case is pinned to, and where it stands."""
    number = request.GET.get("case", "")
    context: dict[str, Any] = {}
    if number:
        case = find_case(request, number)
        standing = standing_of(request, case)
        playbook, state = standing.playbook, standing.state
        context["case"] = case
        context["drawing"] = draw(playbook, here=state.state, been=state.entered, taken=state.actions)
    else:
        try:
            playbook = library.current(key)
        except PlaybookUnknown as error:
            raise Http404 from error
        context["drawing"] = draw(playbook)
    context |= {
        "playbook": playbook, "title": words(playbook.title), "rows": _rows(playbook),
        "may_migrate": not number and allowed(request.user, "workbench.settings_migrations"),
    }  # fmt: skip
    return render(request, "workbench/diagrams/diagram.html", context)


def _rows(playbook: Playbook) -> list[dict[str, Any]]:
    """The same in words: each state, for whom it waits, and what can be done from it."""
    rows = []
    for state in playbook.states.values():
        actions = [
            {
                "title": words(action.title),
                "to": words(playbook.states[action.to].title) if action.to else "",
                "by": _("、").join(words(playbook.parties[p].title) for p in action.by if p in playbook.parties)
                or (_("按金额审批") if action.by_tier else _("系统")),
            }
            for action in playbook.actions_from(state.name)
            if ANY_OPEN not in action.sources
        ]
        rows.append({"title": words(state.title), "hint": _hint(playbook, state), "actions": actions})
    return rows


urlpatterns = [
    path("playbooks/", playbooks, name="playbooks"),
    path("playbooks/<slug:key>", playbook_diagram, name="playbook_diagram"),
]
