"""Playbooks drawn: states by phase from left to right, actions as arrows, where a case stands and has been."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.cases import calendars
from tuoshan.cases.forms import words
from tuoshan.core.durations import Duration, parse_duration
from tuoshan.core.playbook import ANY_OPEN, PHASES, SYSTEM, Action, FromTable, Limit, Playbook, State
from tuoshan.workbench import routing
from tuoshan.workbench.routing import HEIGHT, WIDTH

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
        top = self.y + (HEIGHT - len(titles) * 17 - len(hints) * 15) // 2
        found = [Line(text, top + 13 + 17 * n, f"dg-title {self.css}".strip()) for n, text in enumerate(titles)]
        below = top + 17 * len(titles)
        return [*found, *(Line(text, below + 12 + 15 * n, "dg-label") for n, text in enumerate(hints))]

    @property
    def centre(self) -> int:
        return self.x + WIDTH // 2


@dataclass(frozen=True, slots=True)
class Sign:
    """What is done, on the edge of the box at the other end: shown while an arrow's own box is looked at."""

    text: str
    x: int
    y: int
    width: int
    height: int = 18

    @property
    def left(self) -> int:
        return self.x - self.width // 2

    @property
    def top(self) -> int:
        return self.y - self.height // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """The actions from one state to another; `css` says whether the system takes them and whether the case did.

    `going` stands where it leads, `coming` where it comes from.
    """

    source: str
    target: str
    path: str
    title: str
    css: str
    going: Sign
    coming: Sign


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture in its own units."""

    width: int
    height: int
    boxes: list[Box]
    arrows: list[Arrow]
    phases: list[tuple[int, str]]
    box_width: int = WIDTH
    box_height: int = HEIGHT


def draw(playbook: Playbook, *, here: str = "", been: Iterable[str] = (), taken: Iterable[str] = ()) -> Drawing:
    """Columns are phases; within one, states stand in order of declaration. Deterministic and without overlap."""
    visited, walked = set(been), set(taken)
    columns = _columns(playbook)
    moves = _moves(playbook)
    cells = {state.name: (x, y) for x, (_phase, states) in enumerate(columns) for y, state in enumerate(states)}
    grid = routing.Grid(cells, moves)
    boxes = {}
    for state in playbook.states.values():
        css = "here" if state.name == here else "been" if state.name in visited else "end" if state.end else ""
        place = grid.place(state.name)
        boxes[state.name] = Box(state.name, words(state.title), hint_of(playbook, state), *place, css)
    arrows = []
    for move, actions in moves.items():
        title = _("、").join(dict.fromkeys(words(action.title) for action in actions))
        source, target = boxes[move[0]], boxes[move[1]]
        arrows.append(Arrow(
            *move, grid.path(move), title, _style(playbook, actions, walked),
            _sign(title, target.centre, target.y), _sign(title, source.centre, source.y + HEIGHT),
        ))  # fmt: skip
    titles = [(grid.column(i), str(PHASE_TITLES.get(phase, phase))) for i, (phase, _states) in enumerate(columns)]
    return Drawing(grid.width, grid.height, list(boxes.values()), arrows, titles)


def everywhere(playbook: Playbook) -> list[Action]:
    """What is possible in every open state, and therefore not drawn."""
    return [action for action in playbook.actions.values() if action.to and ANY_OPEN in action.sources]


def _sign(title: str, x: int, y: int) -> Sign:
    text = fitted(title, HINT, 1)[0]
    return Sign(text, x, y, round(_width(text) * HINT) + 14)


def fitted(text: str, size: int, most: int) -> list[str]:
    """The text in lines as wide as a box; what does not fit into so many ends with an ellipsis."""
    room = (WIDTH - 12) / size
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


def _style(playbook: Playbook, actions: list[Action], walked: set[str]) -> str:
    by_clock = {state.waits.otherwise for state in playbook.states.values() if state.waits}
    by_clock |= {deadline.otherwise for deadline in playbook.deadlines.values()}
    css = "self" if all(action.automatic or action.name in by_clock for action in actions) else ""
    return f"{css} taken".strip() if any(action.name in walked for action in actions) else css


def hint_of(playbook: Playbook, state: State) -> str:
    """For whom a state waits, and how long; that it is an end."""
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
