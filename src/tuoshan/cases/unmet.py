"""A condition that does not hold, in words: which fact, step or task it asks for, and what that would need to be.

Only what is missing is told of parts that must all hold; of parts of which any would do, all. Facts, choices, steps
and states are called as their playbook calls them. What cannot be put into words gives no sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tuoshan import punctuation
from tuoshan.cases.forms import choices_of, unit_of, words
from tuoshan.core.conditions import compile_expression
from tuoshan.core.conditions.syntax import (
    Arithmetic,
    Both,
    Call,
    Compare,
    Either,
    Fact,
    Given,
    History,
    ListOf,
    Literal,
    Node,
    Not,
    Now,
    Table,
    walk,
)
from tuoshan.core.playbook import DEPARTURES, Playbook

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in"}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LENGTHS: Mapping[str, Callable[[], str]] = {
    "days": lambda: _("%(n)s 天"), "hours": lambda: _("%(n)s 小时"), "minutes": lambda: _("%(n)s 分钟"),
}  # fmt: skip


def sentence(data: Mapping[str, Any], playbook: Playbook) -> str:
    """What is missing, of a refusal's particulars; empty where it cannot be told."""
    condition = str(data.get("condition", ""))
    if not condition or data.get("error"):
        return ""
    false = data.get("false")
    moments = {int(column): datetime.fromisoformat(text) for column, text in data.get("moments", {}).items()}
    told = _Told(playbook, None if false is None else frozenset(false), moments)
    needs = [need for part in told.missing(compile_expression(condition).tree) if (need := told.need(part))]
    found = [_("%(need)s。") % {"need": need[:1].upper() + need[1:]} for need in dict.fromkeys(needs)]
    return punctuation.sentences(found) if found else ""


def _all_of(needs: Iterable[str]) -> str:
    return reduce(lambda one, other: _("%(one)s且%(other)s") % {"one": one, "other": other}, needs)


def _any_of(needs: Iterable[str]) -> str:
    return reduce(lambda one, other: _("%(one)s，或者%(other)s") % {"one": one, "other": other}, needs)


def _quoted(title: str) -> str:
    return _("“%(title)s”") % {"title": title}


def _either(titles: Iterable[str]) -> str:
    *others, last = dict.fromkeys(map(_quoted, titles))
    return _("或").join([punctuation.listed(others), last]) if others else last


@dataclass(frozen=True)
class _Told:
    """How the parts of one condition are told. `false` are the columns of what does not hold; None: not known."""

    playbook: Playbook
    false: frozenset[int] | None
    moments: Mapping[int, datetime]

    def missing(self, tree: Node) -> list[Node]:
        """Of parts that must all hold those that do not."""
        if not isinstance(tree, Both):
            return [tree]
        return [part for part in _unguarded(tree.parts) if not self.holds(part)] or list(tree.parts)

    def holds(self, node: Node) -> bool:
        if self.false is None:
            return False
        match node:
            case Both(parts):
                return all(self.holds(part) for part in parts)
            case Either(parts):
                return any(self.holds(part) for part in parts)
            case Not(operand):
                return not self.holds(operand)
        return node.column not in self.false

    def need(self, node: Node, wanted: bool = True) -> str:
        """What has to be so (or not: `wanted` False); empty where it cannot be told."""
        match node:
            case Not(operand):
                return self.need(operand, not wanted)
            case Both(parts) | Either(parts) if isinstance(node, Both) is wanted:
                return self._joined(_unguarded(parts) if wanted else parts, wanted, _all_of)
            case Both(parts) | Either(parts):
                return self._alternatives(parts, wanted)
            case Fact(name):
                return self._be(name, [_("是") if wanted else _("否")], True)
            case Given(source):
                return self._given(source, wanted)
            case Compare():
                operator = node.operator if wanted else _OPPOSITE[node.operator]
                return self._compared(operator, node.left, node.right, node.column)
            case History():
                return self._history(node, wanted)
            case Call("is_holiday", (Fact(name),)):
                said = _("“%(fact)s”须是节假日") if wanted else _("“%(fact)s”不能是节假日")
                return said % {"fact": self._fact(name)}
        return ""

    def _joined(self, parts: Iterable[Node], wanted: bool, join: Callable[[Iterable[str]], str]) -> str:
        needs = [self.need(part, wanted) for part in parts]
        return join(dict.fromkeys(needs)) if needs and all(needs) else ""

    def _alternatives(self, parts: tuple[Node, ...], wanted: bool) -> str:
        """What has come after the same step is told together, and a time that never began to run is left out."""
        plain = [_single(part) for part in parts] if wanted else list(parts)
        running = [part for part in plain if not self._never_began(part)] or plain
        later: dict[str, list[str]] = {}
        for part in running:
            if found := _after(part):
                later.setdefault(found[1], []).append(found[0])
        first = {before for part in running if (before := _first_time(part)) in later} if wanted else set()
        needs = [self.need(part, wanted) for part in running if not _after(part) and _first_time(part) not in first]
        for before, steps in later.items():
            given = {"before": self._step(before), "steps": _either(map(self._step, steps))}
            said = (
                _("已经有过“%(before)s”，要在它之后又有了%(steps)s，才能再做一次") if before in first
                else _("上次“%(before)s”之后须又有过%(steps)s")
            )  # fmt: skip
            needs.append(said % given)
        return _any_of(dict.fromkeys(needs)) if needs and all(needs) else ""

    def _never_began(self, part: Node) -> bool:
        timed = isinstance(part, Compare) and Now in (type(part.left), type(part.right))
        return timed and bool(self.moments) and part.column not in self.moments

    # -- single parts ------------------------------------------------------------------------------------------

    def _compared(self, operator: str, left: Node, right: Node, column: int) -> str:
        if isinstance(left, Literal | ListOf) or isinstance(right, Now):
            left, right, operator = right, left, _TURNED.get(operator, "")
        match left, right:
            case Now(), _:
                return self._timed(operator, right, self.moments.get(column))
            case History(), Literal(value) if isinstance(value, int | Decimal):
                return self._counted(operator, left, value)
            case History("on", one), History("on", other) if operator in ("<", "<=", ">", ">="):
                first, then = (one, other) if operator.startswith("<") else (other, one)
                return _("“%(then)s”须在“%(first)s”之后") % {"first": self._step(first), "then": self._step(then)}
            case Fact(name), Literal(None):
                return self._given(left, operator == "!=")
            case Fact(name), ListOf(items) if operator in ("in", "not in"):
                values = [item.value for item in items if isinstance(item, Literal)]
                shown = [self._value(name, value) for value in values]
                return self._be(name, shown, operator == "in") if len(values) == len(items) else ""
            case Fact(name), Literal(value) if operator in ("==", "!="):
                return self._be(name, [self._value(name, value)], operator == "==")
            case Fact(name), Literal(value):
                number = f"{value} {self._unit(name)}".strip()
                return self._bounded(operator, name, _(" %(number)s") % {"number": number})
            case Fact(name), Fact(other):
                return self._bounded(operator, name, _quoted(self._fact(other)))
        return ""

    def _be(self, name: str, values: list[str], wanted: bool) -> str:
        said = _("“%(fact)s”须为%(values)s") if wanted else _("“%(fact)s”不能是%(values)s")
        return said % {"fact": self._fact(name), "values": _either(values)}

    def _bounded(self, operator: str, name: str, bound: str) -> str:
        said = {
            "==": _("“%(fact)s”须等于%(bound)s"), "!=": _("“%(fact)s”不能等于%(bound)s"),
            "<": _("“%(fact)s”须小于%(bound)s"), "<=": _("“%(fact)s”不能超过%(bound)s"),
            ">": _("“%(fact)s”须大于%(bound)s"), ">=": _("“%(fact)s”不能低于%(bound)s"),
        }  # fmt: skip
        return said[operator] % {"fact": self._fact(name), "bound": bound} if operator in said else ""

    def _given(self, source: Fact | History, wanted: bool) -> str:
        if isinstance(source, Fact):
            said = _("要先填写“%(fact)s”") if wanted else _("不能已经填写“%(fact)s”")
            return said % {"fact": self._fact(source.name)}
        if source.namespace not in ("on", "first", "entered"):
            return ""
        if wanted:
            return _("要先有“%(step)s”") % {"step": self._step(source.name)}
        if source.name in DEPARTURES:
            return self._departed(source.name)
        said = _("不能已经有过“%(step)s”") if self.false is None else _("已经有过“%(step)s”，所以这一步不能再做")
        return said % {"step": self._step(source.name)}

    def _departed(self, name: str) -> str:
        """What was decided instead of a ruling, that it stays, and by which step whoever wants just that goes on."""
        said = _("已经记录了“%(step)s”，这个决定和理由都保留，所以这一步不能做") % {"step": self._step(name)}
        instead = [
            action for action in self.playbook.actions.values()
            if action.condition is not None and _asks_for(action.condition.tree, name)
        ]
        if not instead:
            return said
        states = [self._step(state) for action in instead for state in action.sources if state in self.playbook.states]
        return _("%(said)s；要照这个决定办，请没有参与的同事在“%(states)s”时做“%(actions)s”") % {
            "said": said, "actions": _("”或“").join(words(action.title) for action in instead),
            "states": _("”或“").join(dict.fromkeys(states)),
        }  # fmt: skip

    def _history(self, node: History, wanted: bool) -> str:
        if node.namespace == "late":
            said = _("要等“%(clock)s”超时") if wanted else _("“%(clock)s”不能已经超时")
            return said % {"clock": self._clock(node.name)}
        task, _dot, outcome = node.name.rpartition(".")
        known = self.playbook.tasks.get(task)
        if node.namespace == "effect" and known is not None and outcome in known.outcome_titles:
            said = _("“%(task)s”的结果须是“%(outcome)s”") if wanted else _("“%(task)s”的结果不能是“%(outcome)s”")
            return said % {"task": words(known.title), "outcome": words(known.outcome_titles[outcome])}
        return ""

    def _counted(self, operator: str, node: History, number: int | Decimal) -> str:
        """How often a step was taken, how many runs of a task there are: mostly whether at all."""
        some = (operator, number) in ((">", 0), (">=", 1), ("!=", 0))
        if not some and (operator, number) not in (("==", 0), ("<", 1), ("<=", 0)):
            return ""
        if node.namespace == "times":
            return self._given(History("on", node.name, node.spelling, node.column), some)
        task, _dot, outcome = node.name.rpartition(".")
        known = self.playbook.tasks.get(task)
        if node.namespace != "task" or known is None:
            return ""
        if outcome == "open":
            said = _("要有还没完成的待办“%(task)s”") if some else _("要先完成待办“%(task)s”")
            return said % {"task": words(known.title)}
        if outcome not in known.outcome_titles:
            return ""
        said = _("待办“%(task)s”须有过结果“%(outcome)s”") if some else _("待办“%(task)s”不能有过结果“%(outcome)s”")
        return said % {"task": words(known.title), "outcome": words(known.outcome_titles[outcome])}

    def _timed(self, operator: str, bound: Node, moment: datetime | None) -> str:
        if operator not in ("<", "<=", ">", ">="):
            return ""
        until = operator.startswith("<")
        at = date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else ""
        if isinstance(bound, Fact):
            said = _("须在“%(fact)s”之前办理") if until else _("须在“%(fact)s”之后办理")
            return punctuation.in_brackets(said % {"fact": self._fact(bound.name)}, at)
        if not isinstance(bound, Arithmetic) or not isinstance(bound.left, History) or bound.operator != "+":
            return ""
        given = {"step": self._step(bound.left.name), "length": self._length(bound.right), "at": at}
        if at:  # the company may have set another length, so that the moment itself is told
            said = (
                _("须在“%(step)s”后的期限内办理，即 %(at)s 之前")
                if until
                else _("要等到 %(at)s，“%(step)s”后的期限过去")
            )
            return said % given
        said = _("须在“%(step)s”后 %(length)s内办理") if until else _("须在“%(step)s”后过了 %(length)s再办理")
        return said % given if given["length"] else ""

    def _length(self, node: Node) -> str:
        if not isinstance(node, Call) or node.function not in _LENGTHS:
            return ""
        (amount,) = node.arguments
        value: Any = None
        if isinstance(amount, Literal):
            value = amount.value
        elif isinstance(amount, Table) and not amount.keys:
            value = self.playbook.tables.get(amount.name)
        number = value if isinstance(value, int | Decimal) else None
        return _LENGTHS[node.function]() % {"n": number} if number is not None else ""

    # -- what things are called --------------------------------------------------------------------------------

    def _fact(self, name: str) -> str:
        known = self.playbook.facts.get(name)
        return words(known.label) if known else name

    def _unit(self, name: str) -> str:
        known = self.playbook.facts.get(name)
        return unit_of(known) if known else ""

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        known = self.playbook.facts.get(name)
        titles = dict(choices_of(known)) if known and isinstance(value, str) else {}
        return str(titles.get(str(value), value))

    def _step(self, name: str) -> str:
        known: Any = self.playbook.actions.get(name) or self.playbook.states.get(name)
        if name in DEPARTURES:
            return words(DEPARTURES[name])
        return words(known.title) if known else name

    def _clock(self, name: str) -> str:
        book = self.playbook
        known: Any = book.deadlines.get(name) or book.tasks.get(name) or book.states.get(name)
        return words(known.title) if known else name


def _unguarded(parts: Iterable[Node]) -> list[Node]:
    """Without those that only ask whether there is what another of them reads."""
    kept = list(parts)
    for part in parts:
        if (
            isinstance(part, Given)
            and len(kept) > 1
            and any(_reads(other, part) for other in kept if other is not part)
        ):
            kept.remove(part)
    return kept


def _reads(node: Node, given: Given) -> bool:
    what = given.source
    return any(
        type(found) is type(what) and (found.name, getattr(found, "namespace", "")) == (
            what.name, getattr(what, "namespace", "")
        )
        for found, _depth in walk(node) if isinstance(found, Fact | History)
    )  # fmt: skip


def _single(part: Node) -> Node:
    """The one part that is left of several without those that guard it."""
    if not isinstance(part, Both):
        return part
    left = _unguarded(part.parts)
    return left[0] if len(left) == 1 else part


def _first_time(part: Node) -> str:
    """The step that must not have been taken yet, where that is all that a part asks."""
    match part:
        case Compare("==", History("times", name), Literal(Decimal() | int() as number)) if not number:
            return name
    return ""


def _asks_for(tree: Node, name: str) -> bool:
    """Whether a condition asks that a step was taken."""
    return any(
        isinstance(node, Compare) and node.operator == ">" and isinstance(node.left, History)
        and (node.left.namespace, node.left.name) == ("times", name)
        for node, _depth in walk(tree)
    )  # fmt: skip


def _after(part: Node) -> tuple[str, str] | None:
    """Of `on.one > on.other` the two steps, the later first."""
    match part:
        case Compare(">", History("on", one), History("on", other)):
            return one, other
    return None
