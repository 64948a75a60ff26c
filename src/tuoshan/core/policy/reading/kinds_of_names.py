"""What kind every name of a rule book is, and the texts that its choices may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from tuoshan.core.conditions import FactType
from tuoshan.core.policy.pack import TODAY, Pack
from tuoshan.core.policy.reading.value_reading import domain_of_fact, domain_of_setting, domain_of_value

_TYPES: Final[Mapping[str, FactType]] = {"choice": "choice", "yes_no": "yes_no", "number": "number", "date": "date"}


def fact_types(pack: Pack) -> dict[str, FactType]:
    """What kind every name of a pack is, for the check of expressions."""
    types: dict[str, FactType] = {TODAY: "date"}
    for name, fact in pack.facts.items():
        types[name] = cast(FactType, fact.field.kind)
    for name, setting in pack.settings.items():
        types[name] = _TYPES[domain_of_setting(setting).kind]
    for name, value in pack.values.items():
        types[name] = _TYPES[domain_of_value(value).kind]
    for table in pack.tables.values():
        types |= {output.name: cast(FactType, output.kind) for output in table.outputs}
    return types


def choices_of(pack: Pack) -> dict[str, frozenset[str]]:
    """The texts that every choice of a pack may be."""
    found = {
        name: frozenset(domain_of_fact(fact).choices)
        for name, fact in pack.facts.items() if fact.field.kind == "choice"
    }  # fmt: skip
    for name, value in pack.values.items():
        if (domain := domain_of_value(value)).kind == "choice":
            found[name] = frozenset(domain.choices)
    for table in pack.tables.values():
        found |= {one.name: frozenset(one.choices) for one in table.outputs if one.kind == "choice"}
    return found
