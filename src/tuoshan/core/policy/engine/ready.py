"""A pack made ready once for all facts: its tables as masks, and conditions that remember what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tuoshan.core.conditions import MISSING, Expression, MissingFact
from tuoshan.core.conditions.analysis import Reading, read
from tuoshan.core.conditions.compiler import Run, compile_tree
from tuoshan.core.conditions.syntax import Both, Node
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.compiled import Begun, CompiledTable, Looked
from tuoshan.core.policy.pack import Amount, Bands, Computed, Fact, InForce, Pack, Value, inputs

if TYPE_CHECKING:
    from tuoshan.core.policy.engine.bounding import Found
    from tuoshan.core.policy.engine.valuing import Desk


FEW_ANSWERS = ("choice", "yes_no")
"""The kinds of facts with few answers."""


USUAL: Mapping[object, Decimal] = {Decimal(number): Decimal(number) for number in (0, 1, 2, 3, 6, 12, 24, 36)}
"""The counts of repairs, days and months that most matters share: such an answer is one of few, as a choice is."""

TOLD = "told"
"""In the shape of a matter: any other answer."""


def in_shape(value: object, *, count: bool) -> object:
    """What an answer that is no choice adds to the shape of a matter."""
    return USUAL.get(value, TOLD) if count else TOLD


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
    """Those parts of the condition under which a pack speaks that turn on choices alone, each asked in any matter: they
    tell most packs that are silent before anything else of them is worked out."""

    __slots__ = ("_parts", "whole")

    def __init__(self, pack: Pack) -> None:
        parts = _parts(pack.applies) if pack.applies is not None else []
        self._parts = [run for run, of in parts if _few_answers(of, pack.facts)
                       and all(pack.facts[name].asked_if is None for name in of.reads)]  # fmt: skip
        self.whole = len(self._parts) == len(parts)
        """Whether it turns on nothing but such choices."""

    def silent(self, given: Mapping[str, object]) -> bool:
        """Whether the choices that are given already say that the pack does not speak."""
        choices = _Choices(given)
        for part in self._parts:
            with suppress(MissingFact):
                if not part(choices):  # type: ignore[arg-type]
                    return True
        return False


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
    """A pack for the shape of a matter: the answers that are choices or yes and no or a usual count, which others are
    known at all, and which clauses are in force. What these alone settle is settled once for all matters of that
    shape."""

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
    in_force: bool | None
    """Whether this version of it is in force; None while the date is not known on which that turns."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the desk needs of a pack."""

    pack: Pack
    tables: Mapping[str, CompiledTable]
    outputs: Mapping[str, str]
    """Which table gives which output."""
    exists: Mapping[str, Condition]
    """The facts that are not asked in every matter."""
    inputs: Mapping[str, tuple[str, ...]]
    """By value that is a period what it is made of."""
    settings: Mapping[str, object]
    assumed: Mapping[str, Wording]
    """Why the settings are provisional on which a day or a sum that is told may rest."""
    resting: frozenset[str]
    """These settings, and what may be reckoned with them."""
    applies: Applies
    choices: tuple[str, ...]
    """The facts whose answer is a choice, or yes or no."""
    others: tuple[str, ...]
    counts: frozenset[str]
    """Those of the others that count something."""
    dates: tuple[InForce, ...]
    """Between which the pack and its clauses are in force, where they do not always hold."""
    focuses: dict[tuple[object, ...], Focus]
    """By shape, as far as they were wanted; `focusing` works them out."""


def make_ready(pack: Pack) -> Ready:
    """All that is the same for all facts."""
    exists = {
        name: Condition(fact.asked_if, pack.facts) for name, fact in pack.facts.items() if fact.asked_if is not None
    }
    dates = (pack.in_force, *(clause.in_force for clause in pack.clauses.values()))
    assumed, resting = _assumed(pack)
    few = tuple(name for name, fact in pack.facts.items() if fact.field.kind in FEW_ANSWERS)
    return Ready(
        pack, {name: CompiledTable(table) for name, table in pack.tables.items()},
        {output.name: name for name, table in pack.tables.items() for output in table.outputs},
        exists,
        {value.name: inputs(value) for value in pack.values.values() if not isinstance(value, Computed)},
        {setting.name: setting.value for setting in pack.settings.values()}, assumed, resting, Applies(pack),
        few, tuple(name for name in pack.facts if name not in few),
        frozenset(name for name, fact in pack.facts.items() if fact.whole),
        tuple(dict.fromkeys(one for one in dates if one is not None)), {},
    )  # fmt: skip


def _assumed(pack: Pack) -> tuple[dict[str, Wording], frozenset[str]]:
    """The provisional settings on which something that is told may rest, and all names that may."""
    rests = {value.name: reckoned_with(value) for value in pack.values.values()}
    told: set[str] = set()
    for row in (row for table in pack.tables.values() for row in table.rows):
        told |= {name for one in row.findings for amount in one.amounts.values() for name in reads_of(amount)}
        for name, given in row.outputs.items():
            if isinstance(given, Amount):
                rests[name] = (*rests.get(name, ()), *reads_of(given))
    read_somewhere = told.union(*rests.values())
    assumed = {
        setting.name: setting.provisional for setting in pack.settings.values()
        if setting.provisional.zh and setting.value is not False and setting.name in read_somewhere
    }  # fmt: skip
    resting, before = set(assumed), -1
    while len(resting) != before:
        before = len(resting)
        resting |= {name for name, read_by in rests.items() if not resting.isdisjoint(read_by)}
    return assumed, frozenset(resting)


def reckoned_with(value: Value) -> tuple[str, ...]:
    """With what a number or a day is reckoned; which band a day falls into is none."""
    if isinstance(value, Bands):
        return ()
    return tuple(sorted(value.expression.reads)) if isinstance(value, Computed) else inputs(value)


def reads_of(amount: Amount) -> tuple[str, ...]:
    """All names that an amount and its bounds read, each once."""
    bounds = (amount.of, amount.at_least, amount.at_most)
    return tuple(sorted({name for bound in bounds if bound is not None for name in bound.reads}))
