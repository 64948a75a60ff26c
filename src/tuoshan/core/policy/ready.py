"""A pack made ready once for all facts: its tables as masks, and conditions that remember what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tuoshan.core.conditions import Expression, MissingFact
from tuoshan.core.policy.compiled import UNKNOWN, CompiledTable
from tuoshan.core.policy.pack import Fact, Pack


class DoesNotExist(LookupError):
    """An expression reads something that does not exist in this matter (a fact outside of its `asked_if`)."""


def _few_answers(expression: Expression, facts: Mapping[str, Fact]) -> bool:
    """Whether it turns on choices alone, and not on the day: only then there are few answers to remember."""
    if expression.namespaces or expression.tables or expression.uses_now or expression.uses_calendar:
        return False
    return all(name in facts and facts[name].field.kind in ("choice", "yes_no") for name in expression.reads)


class Condition:
    """Whether something exists or applies. One that turns on choices alone is worked out once for each combination.

    A condition that turns on a number or a date has too many answers to be worth remembering.
    """

    __slots__ = ("_found", "_reads", "expression")

    def __init__(self, expression: Expression, facts: Mapping[str, Fact]) -> None:
        self.expression = expression
        self._reads = tuple(sorted(expression.reads)) if _few_answers(expression, facts) else None
        self._found: dict[tuple[object, ...], bool | None] = {}

    def holds(self, value_of: Callable[[str], object], evaluate: Callable[[Expression], object]) -> bool:
        """Raises MissingFact while it is not known, and DoesNotExist where it can never be."""
        if self._reads is None:
            return bool(evaluate(self.expression))
        key = tuple([value_of(name) for name in self._reads])
        if UNKNOWN in key:
            return bool(evaluate(self.expression))
        if key not in self._found:
            self._found[key] = self._judged(evaluate)
        found = self._found[key]
        if found is None:
            raise DoesNotExist(self.expression.text)
        return found

    def _judged(self, evaluate: Callable[[Expression], object]) -> bool | None:
        try:
            return bool(evaluate(self.expression))
        except DoesNotExist:
            return None


class Applies:
    """Whether a pack speaks in a matter, found before anything else of it is made ready.

    Remembered by the facts as they are given, unknown ones too, where each is asked in any matter.
    """

    __slots__ = ("_found", "_reads")

    def __init__(self, pack: Pack) -> None:
        few = pack.applies is not None and _few_answers(pack.applies, pack.facts)
        reads = sorted(pack.applies.reads) if pack.applies is not None and few else []
        always = all(pack.facts[name].asked_if is None for name in reads)
        self._reads = tuple(reads) if few and always else None
        self._found: dict[tuple[object, ...], bool | tuple[str, ...]] = {}

    def of(self, given: Mapping[str, object], judge: Callable[[], bool]) -> bool | tuple[str, ...]:
        """Yes, no, or the facts that it waits for."""
        if self._reads is None:
            return _answer(judge)
        key = tuple([given.get(name) for name in self._reads])
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _answer(judge)
        return found


def _answer(judge: Callable[[], bool]) -> bool | tuple[str, ...]:
    try:
        return judge()
    except DoesNotExist:
        return False
    except MissingFact as missing:
        return tuple(missing.names)


@dataclass(frozen=True, slots=True)
class Ready:
    """What the desk needs of a pack."""

    pack: Pack
    tables: Mapping[str, CompiledTable]
    outputs: Mapping[str, str]
    """Which table gives which output."""
    exists: Mapping[str, Condition]
    """The facts that are not asked in every matter."""
    always: frozenset[str]
    """The others."""
    settings: Mapping[str, object]
    applies: Applies


def make_ready(pack: Pack) -> Ready:
    """All that is the same for all facts."""
    exists = {
        name: Condition(fact.asked_if, pack.facts) for name, fact in pack.facts.items() if fact.asked_if is not None
    }
    return Ready(
        pack, {name: CompiledTable(table) for name, table in pack.tables.items()},
        {output.name: name for name, table in pack.tables.items() for output in table.outputs},
        exists, frozenset(pack.facts) - exists.keys(),
        {setting.name: setting.value for setting in pack.settings.values()}, Applies(pack),
    )  # fmt: skip
