"""What may be chosen in the rows of a rule book: its facts, sums, days and clauses, each by its label."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.conditions import compile_expression
from tuoshan.core.policy.pack import TODAY, Computed, EndOf, Pack
from tuoshan.core.policy.reading.cells import Domain
from tuoshan.core.policy.reading.value_reading import domain_of_fact, domain_of_value
from tuoshan.core.policy.words import plain_terms
from tuoshan.core.reading.findings import Finding
from tuoshan.rulings import library
from tuoshan.rulings.expressions_in_words import called, condition_words, formula_words, titles_of, unit_of

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Vocabulary:
    """What may be chosen in a book's rows, each by its label."""

    pack: Pack
    language: str
    findings: tuple[Finding, ...] = ()
    """What is wrong with the copy that they are of."""

    def called(self, name: str) -> str:
        known = self.pack.facts.get(name) or self._shared.get(name)
        label = called(self.pack, name, self.language)
        return words(known.field.label) if label == name and known is not None else label

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {name: fact for name, fact in library.facts().items() if fact.shared}

    @cached_property
    def domains(self) -> dict[str, tuple[str, Domain]]:
        """Every name of the book: its kind and what it may be."""
        pack = self.pack
        facts = {**self._shared, **pack.facts}
        found = {name: (str(fact.field.kind), domain_of_fact(fact)) for name, fact in facts.items()}
        for name, value in pack.values.items():
            domain = domain_of_value(value)
            kind = "date" if isinstance(value, EndOf) else domain.kind
            found[name] = ("money" if kind == "number" and isinstance(value, Computed) else kind, domain)
        for table in pack.tables.values():
            for output in table.outputs:
                kind = "number" if output.kind == "money" else output.kind
                found[output.name] = (output.kind, Domain(kind, output.choices))
        for name, setting in pack.settings.items():
            if isinstance(setting.value, Decimal):
                found[name] = ("number", Domain("number"))
            elif isinstance(setting.value, bool):
                found[name] = ("yes_no", Domain("yes_no"))
        return found

    def _named(self, kinds: Iterable[str]) -> Choices:
        wanted = set(kinds)
        return sorted(((name, self.called(name)) for name, (kind, _domain) in self.domains.items() if kind in wanted),
                      key=lambda one: (one[0] not in self._own, one[1]))  # fmt: skip

    @cached_property
    def _own(self) -> set[str]:
        """What the book itself has; what books share stands behind it."""
        pack = self.pack
        outputs = {output.name for table in pack.tables.values() for output in table.outputs}
        return {*pack.facts, *pack.values, *pack.settings, *outputs}

    @cached_property
    def sums(self) -> Choices:
        return self._named(("money",))

    @cached_property
    def days(self) -> Choices:
        return [*self._named(("date",)), (TODAY, self.called(TODAY))]

    @cached_property
    def tested(self) -> Choices:
        return self._named(("choice", "yes_no", "number", "money"))

    @cached_property
    def clauses(self) -> Choices:
        return [(one.name, f"{one.name} {_short(words(one.text))}") for one in self.pack.clauses.values()]

    def values_of(self, name: str) -> Choices:
        _kind, domain = self.domains.get(name, ("", Domain("choice")))
        if domain.kind == "yes_no":
            return [("yes", _("是")), ("no", _("否"))]
        titles = titles_of(self.pack, name, self.language)
        shared = self._shared.get(name)
        if shared is not None:
            titles = {one.value: words(one.title) for one in shared.field.choices}
        return [(value, titles.get(value) or value) for value in domain.choices]

    def kind_of(self, name: str) -> str:
        return self.domains.get(name, ("", Domain("choice")))[1].kind

    def unit_of(self, name: str) -> str:
        return unit_of(self.pack, name, self.language)

    def formula(self, text: str) -> str:
        return formula_words(self.pack, compile_expression(text), self.language) if plain_terms.tree(text) else text

    def condition(self, text: str) -> str:
        return condition_words(self.pack, compile_expression(text), self.language) if plain_terms.tree(text) else text


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
