"""What a company table looks like: its rows, what stands in them, and where the playbook uses it.

The shape follows from the playbook: a limit's table gives lengths of time, a tier table approvers by amount, a
table that sets a field gives that field's values; all others give numbers or words as in the playbook.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import punctuation
from tuoshan.cases import lists
from tuoshan.cases.forms import words
from tuoshan.core.checker import check
from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Call, Compare, Fact, Node, Table, walk
from tuoshan.core.conditions.syntax import Literal as Written
from tuoshan.core.durations import Duration, parse_duration
from tuoshan.core.playbook import Field, FromTable, Limit, Playbook
from tuoshan.core.reading import Finding

Kind = Literal["time", "tiers", "choice", "number", "words"]
Path = tuple[str, ...]
TABLES = 12
UNITS = {
    "days": gettext_lazy("%(number)s 天"), "working_days": gettext_lazy("%(number)s 个工作日"),
    "hours": gettext_lazy("%(number)s 小时"),
}  # fmt: skip
"""The functions of conditions that make a number a length of time, with how that is read."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of a playbook: what its cells hold, the fields that are its keys, and its uses in words.

    `unit` is the function that makes its numbers a length of time (`days`, `working_days`, `hours`), else empty.
    `meanings`: what follows from a value that conditions name; under the empty key what follows from any other.
    """

    name: str
    kind: Kind
    keys: tuple[Field, ...]
    uses: tuple[str, ...]
    target: Field | None = None
    is_money: bool = False
    unit: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return punctuation.in_turn(self.uses) or self.name


def shapes(playbook: Playbook) -> list[Shape]:
    """The tables of a playbook in the order of its file."""
    return [shape_of(playbook, name) for name in playbook.tables]


def shape_of(playbook: Playbook, name: str) -> Shape:
    """One table. Raises KeyError for a name that the playbook does not have."""
    own = playbook.tables[name]
    limits = [(title, limit) for title, limit in _limits(playbook) if _reads(limit, name)]
    uses = [title for title, _limit in limits]
    if isinstance(own, Mapping) and "tiers" in own:
        asked = [action for action in playbook.actions.values() if action.by_tier and action.by_tier.table == name]
        used = [_("审批：%(what)s") % {"what": words(action.title)} for action in asked]
        return Shape(name, "tiers", (), tuple(dict.fromkeys(used)), is_money=True)
    for fact, of in _setters(playbook, name):
        field = playbook.facts.get(fact)
        title = _("得出“%(what)s”") % {"what": words(field.label) if field else fact}
        return Shape(name, "choice", _fields(playbook, of), (title,), field)
    if limits:
        keyed = next(limit.within.of for _title, limit in limits if isinstance(limit.within, FromTable))
        return Shape(name, "time", _fields(playbook, keyed), tuple(dict.fromkeys(uses)))
    return _asked(playbook, name, own)


def _asked(playbook: Playbook, name: str, own: object) -> Shape:
    keys: tuple[Field, ...] = ()
    uses: list[str] = []
    money = False
    unit = ""
    meanings: dict[str, str] = {}
    promised = {title for title, _limit in _limits(playbook)}
    for title, expression in _expressions(playbook):
        nodes = [node for node, _depth in walk(expression.tree)]
        found = [node for node in nodes if isinstance(node, Table) and node.name == name]
        if not found:
            continue
        unit = unit or _unit(nodes, name)
        uses.append(title if not unit or title in promised else _("“%(what)s”的期限") % {"what": title})
        meanings |= _meanings(nodes, name, title)
        of = [key.name for key in found[0].keys if isinstance(key, Fact)]
        keys = keys or _fields(playbook, of)
        facts = [playbook.facts.get(node.name) for node in nodes if isinstance(node, Fact)]
        money = money or any(fact is not None and fact.kind == "money" for fact in facts)
    kind: Kind = "number" if all(isinstance(leaf, Decimal | int) for _path, leaf in leaves(own)) else "words"
    if kind == "words" and all(_is_time(leaf) for _path, leaf in leaves(own)):
        kind = "time"
    is_money = money and kind == "number" and not keys and not unit
    if kind == "words" and meanings:
        uses = [_("视情况：%(what)s") % {"what": _("、").join(dict.fromkeys(uses))}]
    return Shape(name, kind, keys, tuple(dict.fromkeys(uses)), is_money=is_money, unit=unit, meanings=meanings)


def _unit(nodes: list[Node], name: str) -> str:
    """The function of time that takes the table's number."""
    for node in nodes:
        if isinstance(node, Call) and node.function in UNITS:
            within = [inner for argument in node.arguments for inner, _depth in walk(argument)]
            if any(isinstance(inner, Table) and inner.name == name for inner in within):
                return node.function
    return ""


def _meanings(nodes: list[Node], name: str, title: str) -> dict[str, str]:
    """What follows from the values that a condition compares the table with."""
    found = {}
    for node in nodes:
        if not isinstance(node, Compare) or not isinstance(node.left, Table) or node.left.name != name:
            continue
        if isinstance(node.right, Written) and node.operator in ("==", "!="):
            found[str(node.right.value) if node.operator == "==" else ""] = title
    return found


def _expressions(playbook: Playbook) -> Iterator[tuple[str, Expression]]:
    for action in playbook.actions.values():
        for expression in (action.condition, action.as_soon_as):
            if expression is not None:
                yield words(action.title), expression
    for task in playbook.tasks.values():
        if task.condition is not None:
            yield words(task.title), task.condition
    for title, limit in _limits(playbook):
        if limit.at is not None:
            yield title, limit.at


def _is_time(value: object) -> bool:
    try:
        parse_duration(str(value))
    except ValueError:
        return False
    return True


def _fields(playbook: Playbook, of: Any) -> tuple[Field, ...]:
    return tuple(playbook.facts[name] for name in of if name in playbook.facts)


def _reads(limit: Limit, name: str) -> bool:
    return isinstance(limit.within, FromTable) and limit.within.table == name


def _limits(playbook: Playbook) -> Iterator[tuple[str, Limit]]:
    for state in playbook.states.values():
        if state.waits and state.waits.limit:
            yield words(state.title), state.waits.limit
    for task in playbook.tasks.values():
        if task.limit:
            yield words(task.title), task.limit
    for deadline in playbook.deadlines.values():
        yield words(deadline.title), deadline.limit


def _setters(playbook: Playbook, name: str) -> Iterator[tuple[str, list[str]]]:
    places = [action.do for action in playbook.actions.values()]
    places += [verbs for task in playbook.tasks.values() for verbs in task.do.values()]
    for verbs in places:
        for verb in verbs:
            for fact, value in verb.arguments.items():
                if isinstance(value, Mapping) and value.get("table") == name:
                    yield fact, list(value["of"])


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every cell with the keys that lead to it."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from leaves(below, (*path, str(key)))
    else:
        yield path, value


def key_choices(field: Field | None) -> list[tuple[str, str]]:
    """What a key may be, with its wording."""
    if field is None:
        return []
    if field.kind == "yes_no":
        return [("true", _("是")), ("false", _("否"))]
    if field.choices:
        return [(choice.value, words(choice.title)) for choice in field.choices]
    return [(str(value), str(title)) for value, title in lists.entries(field.list or field.kind)]


def wording_of_key(field: Field | None, value: str) -> str:
    """A key in words."""
    return dict(key_choices(field)).get(value, value)


def nested(cells: Mapping[Path, object]) -> object:
    """The table out of its cells; a single one without keys is its value."""
    if () in cells:
        return cells[()]
    made: dict[str, Any] = {}
    for path, value in cells.items():
        place = made
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = value
    return made


def findings(playbook: Playbook, name: str, value: object) -> list[Finding]:
    """What the checker says of the playbook with this value that it does not say of it as it is."""
    known = {one.message for one in check(playbook, {}, walks=False)}
    tried = replace(playbook, tables={**playbook.tables, name: value})
    return [
        one for one in check(tried, {}, walks=False)
        if one.severity == "error" and one.message not in known
    ]  # fmt: skip


def cell_text(shape: Shape, playbook: Playbook, value: object, language: str) -> str:
    """One cell in words."""
    if shape.kind == "time":
        try:
            return _duration(value).words("en" if language.startswith("en") else "zh")
        except ValueError:
            return str(value)
    if shape.kind == "choice":
        return wording_of_key(shape.target, str(value))
    if shape.unit:
        return str(UNITS[shape.unit] % {"number": value})
    if shape.meanings:
        return shape.meanings.get(str(value), shape.meanings.get("", str(value)))
    return _("%(amount)s 元") % {"amount": value} if shape.is_money else str(value)


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else parse_duration(str(value))


def as_read(shape: Shape, playbook: Playbook, value: Any, language: str) -> dict[str, str]:
    """The whole table in words, cell by cell."""
    return dict(by_cell(shape, playbook, value, language).values())


def by_cell(shape: Shape, playbook: Playbook, value: Any, language: str) -> dict[str, tuple[str, str]]:
    """Each cell by its keys: what it is called, and what stands in it."""
    if shape.kind == "tiers":
        shown = {}
        for number, (limit, party) in enumerate(value["tiers"], start=1):
            title = words(playbook.parties[party].title) if party in playbook.parties else str(party)
            bound = _("以上") if limit in ("more", "none") else _("%(amount)s 元以内") % {"amount": limit}
            shown[f"{number}"] = f"{number}", punctuation.titled(bound, title)
        return shown
    return {
        "/".join(path): (label_of(shape, path), cell_text(shape, playbook, cell, language))
        for path, cell in leaves(value)
    }  # fmt: skip


def label_of(shape: Shape, path: Path) -> str:
    """The keys of a cell in words."""
    keys = [*shape.keys, *[None] * len(path)]
    return " / ".join(wording_of_key(keys[at], key) for at, key in enumerate(path)) or _("值")
