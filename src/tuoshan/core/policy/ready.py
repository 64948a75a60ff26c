"""A pack made ready once for all facts: its tables as masks, and conditions that remember what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuoshan.core.conditions import MISSING, Expression, MissingFact
from tuoshan.core.conditions.analysis import Reading, read
from tuoshan.core.conditions.compiler import Run, compile_tree
from tuoshan.core.conditions.syntax import Both, Node
from tuoshan.core.policy.compiled import Begun, CompiledTable, Looked
from tuoshan.core.policy.pack import Fact, Pack

if TYPE_CHECKING:
    from tuoshan.core.policy.bounding import Found
    from tuoshan.core.policy.valuing import Desk


FEW_ANSWERS = ("choice", "yes_no")
"""The kinds of facts with few answers."""


class DoesNotExist(LookupError):
    """An expression reads something that does not exist in this matter (a fact outside of its `asked_if`)."""


def _few_answers(expression: Expression | Reading, facts: Mapping[str, Fact]) -> bool:
    """Whether it turns on choices alone, and not on the day: only then there are few answers to remember."""
    if expression.namespaces or expression.tables or expression.uses_now or expression.uses_calendar:
        return False
    return all(name in facts and facts[name].field.kind in FEW_ANSWERS for name in expression.reads)


class Condition:
    """Whether something exists or applies. One that turns on choices alone is worked out once for each combination.

    A condition that turns on a number or a date has too many answers to be worth remembering.
    """

    __slots__ = ("_found", "_reads", "expression")

    def __init__(self, expression: Expression, facts: Mapping[str, Fact]) -> None:
        self.expression = expression
        self._reads = tuple(sorted(expression.reads)) if _few_answers(expression, facts) else None
        self._found: dict[tuple[object, ...], bool | tuple[str, ...] | None] = {}

    def state(self, desk: Desk) -> bool | tuple[str, ...] | None:
        """Yes, no, what is not known and would have to be; None where it can never be known."""
        if self._reads is None:
            return self._judged(desk)
        key = tuple([desk.value(name) for name in self._reads])
        if key not in self._found:
            self._found[key] = self._judged(desk)
        return self._found[key]

    def _judged(self, desk: Desk) -> bool | tuple[str, ...] | None:
        try:
            return bool(self.expression.evaluate(desk))  # type: ignore[arg-type]
        except MissingFact as missing:
            return desk.askable(missing) or None


class Applies:
    """Whether a pack speaks in a matter, found before anything else of it is made ready.

    Those parts of its condition that turn on choices alone, each asked in any matter, are remembered by these as they
    are given, unknown ones too; where one of them does not hold, the others are not looked at.
    """

    __slots__ = ("_found", "_parts", "reads", "whole")

    def __init__(self, pack: Pack) -> None:
        parts = _parts(pack.applies) if pack.applies is not None else []
        remembered = [(run, of) for run, of in parts if _few_answers(of, pack.facts)
                      and all(pack.facts[name].asked_if is None for name in of.reads)]  # fmt: skip
        self._parts = [run for run, _of in remembered]
        self.reads = tuple(sorted({name for _run, of in remembered for name in of.reads}))
        """The choices by which it is remembered."""
        self.whole = len(remembered) == len(parts)
        """Whether it turns on nothing else."""
        self._found: dict[tuple[object, ...], bool | tuple[str, ...]] = {}

    def of(self, given: Mapping[str, object], judge: Callable[[], bool]) -> bool | tuple[str, ...]:
        """Yes, no, or the facts that it waits for."""
        found = self.by_choices(given, judge)
        return found if self.whole or found is False else answer(judge)

    def by_choices(self, given: Mapping[str, object], judge: Callable[[], bool]) -> bool | tuple[str, ...]:
        """No where the choices that are remembered say so; else the answer as far as they tell it."""
        key = tuple(map(given.get, self.reads))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = answer(judge) if self.whole else self._may_hold(_Choices(given))
        return found

    def _may_hold(self, choices: _Choices) -> bool:
        for part in self._parts:
            with suppress(MissingFact):
                if not part(choices):  # type: ignore[arg-type]
                    return False
        return True


class _Choices:
    """The facts given, for conditions that read nothing else."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given

    def fact(self, name: str) -> object:
        return self._given.get(name, MISSING)


def _parts(condition: Expression) -> list[tuple[Run, Reading]]:
    """The parts of a condition that all have to hold, with what each reads."""
    return [(compile_tree(condition.text, part), read(part)) for part in _all_of(condition.tree)]


def _all_of(node: Node) -> Iterator[Node]:
    if isinstance(node, Both):
        for part in node.parts:
            yield from _all_of(part)
    else:
        yield node


def answer(judge: Callable[[], bool]) -> bool | tuple[str, ...]:
    """Yes, no, or the facts that a condition waits for."""
    try:
        return judge()
    except DoesNotExist:
        return False
    except MissingFact as missing:
        return tuple(missing.names)


@dataclass(frozen=True, slots=True)
class Focus:
    """A pack for the shape of a matter: the answers that are choices or yes and no, and which others are known at all.
    What these alone settle is settled once for all matters of that shape."""

    known: Mapping[str, object]
    """What every name is that they settle: facts, settings, values, outputs; UNKNOWN and ABSENT too."""
    missing: Mapping[str, tuple[str, ...]]
    told: tuple[str, ...]
    """The other facts that are known and exist in every such matter: each matter has its own answer."""
    looked: Mapping[str, Looked]
    """The tables that are settled, with their outputs."""
    begun: Mapping[str, Begun]
    """The others."""
    speaking: tuple[str, ...]
    """The tables of which rows that say something may hit, in their order; others are looked at where they are read."""
    bounds: Found
    """Within what the lengths of periods lie that are not known."""
    applies: bool | tuple[str, ...] | None
    """Whether the pack speaks, or what that waits for; None where it turns on more than the shape."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the desk needs of a pack."""

    pack: Pack
    tables: Mapping[str, CompiledTable]
    outputs: Mapping[str, str]
    """Which table gives which output."""
    exists: Mapping[str, Condition]
    """The facts that are not asked in every matter."""
    settings: Mapping[str, object]
    applies: Applies
    choices: tuple[str, ...]
    """The facts whose answer is a choice, or yes or no."""
    others: tuple[str, ...]
    focuses: dict[tuple[object, ...], Focus]
    """By shape, as far as they were wanted; `focusing` works them out."""


def make_ready(pack: Pack) -> Ready:
    """All that is the same for all facts."""
    exists = {
        name: Condition(fact.asked_if, pack.facts) for name, fact in pack.facts.items() if fact.asked_if is not None
    }
    few = tuple(name for name, fact in pack.facts.items() if fact.field.kind in FEW_ANSWERS)
    return Ready(
        pack, {name: CompiledTable(table) for name, table in pack.tables.items()},
        {output.name: name for name, table in pack.tables.items() for output in table.outputs},
        exists,
        {setting.name: setting.value for setting in pack.settings.values()}, Applies(pack),
        few, tuple(name for name in pack.facts if name not in few), {},
    )  # fmt: skip
