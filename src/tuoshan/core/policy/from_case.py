"""What the facts of a process mean to the rule books: read from a file beside the playbook, every mistake a finding.

Nothing is taken over because two names happen to be the same: what a file does not say is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from tuoshan.core import yaml_strict
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Fact
from tuoshan.core.reading.findings import Finding, Notes, did_you_mean
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Mapping as MappingNode
from tuoshan.core.yaml_strict import Node, Scalar

KEYS: Final = ("for", "order", "holds", "facts", "carried_out")
OF_ORDER: Final = "order"
"""What is told of an amount that is of the whole order, of which the books ask for one piece."""
ASKED: Final = "asked"
"""What a choice of the process is where it leaves the fact of the books open."""
CHECK: Final = 10
"""The number of this check in docs/policies.md."""

_PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "date": frozenset({"date", "datetime"}), "yes_no": frozenset({"yes_no"}), "choice": frozenset({"choice"}),
    "number": frozenset({"number"}), "money": frozenset({"money"}),
}  # fmt: skip
"""Kinds of facts of the books, and the kinds of fields whose values they take as they are."""
_TOLD: Final = ("choice", "yes_no")
"""Kinds of fields whose answers can be told one by one."""


@dataclass(frozen=True, slots=True)
class Means:
    """A field of the process and the fact of the books that it is, its answers told one by one where they differ."""

    field: str
    fact: str
    answers: Mapping[object, object] | None = None
    of_order: bool = False
    """It is of the whole order; the fact is of one piece, and the same only where the order is one piece."""

    def value(self, given: object) -> object:
        """What an answer of the process is to the books; None where that is asked."""
        return given if self.answers is None else self.answers.get(given)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """By which task, outcome and answers an earlier case tells that a repair or an exchange was done."""

    task: str
    outcome: str
    field: str
    repair: frozenset[str]
    exchange: frozenset[str]


@dataclass(frozen=True, slots=True)
class FromCase:
    """One file: what holds of every case of the process, its facts, the field of its order, what was carried out."""

    playbook: str
    order: str = ""
    holds: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    means: tuple[Means, ...] = ()
    carried_out: CarriedOut | None = None


def read_from_case(
    text: str, file: str, playbooks: Mapping[str, Playbook], facts: Mapping[str, Fact]
) -> tuple[FromCase | None, tuple[Finding, ...]]:
    """What a file says, and what is wrong with it; a file with a finding is not used."""
    notes = Notes()
    root, troubles = yaml_strict.compose(text, file)
    notes.take_troubles(troubles)
    if not isinstance(root, MappingNode):
        return None, notes.sorted()
    found = _Reader(root, file, playbooks, facts, notes).read()
    return (None if notes.found else found), notes.sorted()


class _Reader:
    def __init__(
        self, root: MappingNode, file: str, playbooks: Mapping[str, Playbook], facts: Mapping[str, Fact], notes: Notes
    ) -> None:
        self.root, self.file, self.playbooks, self.facts = root, file, playbooks, facts
        self.notes, self.values = notes, Values(notes)

    def read(self) -> FromCase | None:
        self.values.known(self.root, KEYS, self.file)
        key = self.values.name(self.root.get("for"), "for")
        playbook = self.playbooks.get(key)
        if playbook is None:
            self._unknown(self.root.get("for") or self.root, "for", key, self.playbooks)
            return None
        if self.file.rpartition("/")[2] != f"{key}.yaml":
            self.notes.add(self.root, "for", f"文件名应为 {key}.yaml", f"the file is to be called {key}.yaml",
                           "改文件名", "rename the file", check=CHECK)  # fmt: skip
        return FromCase(
            key, self._order(playbook), self._holds(), self._means(playbook), self._carried_out(playbook)
        )

    def _order(self, playbook: Playbook) -> str:
        node = self.root.get("order")
        if node is None:
            return ""
        name = self.values.name(node, "order")
        if self._field(node, "order", name, playbook) is None:
            return ""
        return name

    def _holds(self) -> dict[str, object]:
        found = {}
        for entry in self.values.named(self.root.get("holds"), "holds"):
            name, where = entry.key.text, f"holds.{entry.key.text}"
            if name not in self.facts:
                self._unknown(entry.key, where, name, self.facts)
            else:
                found[name] = self._answer(entry.value, where, self.facts[name], self.values.text(entry.value, where))
        return found

    def _means(self, playbook: Playbook) -> tuple[Means, ...]:
        found = []
        for entry in self.values.named(self.root.get("facts"), "facts"):
            name, where = entry.key.text, f"facts.{entry.key.text}"
            field = self._field(entry.key, where, name, playbook)
            node: Node | None = entry.value
            answers: MappingNode | None = None
            of_order = False
            if isinstance(node, MappingNode):
                self.values.known(node, ("is", "answers", "of"), where)
                of_order = self._of_order(node.get("of"), f"{where}.of")
                if not of_order or node.get("answers") is not None:
                    answers = self.values.mapping(node.get("answers"), f"{where}.answers")
                node = node.get("is")
            fact = self.facts.get(self.values.name(node, where))
            if fact is None:
                self._unknown(node or entry.value, where, self.values.text(node, where), self.facts)
            elif field is not None and answers is not None:
                found.append(Means(name, fact.name, self._answers(answers, f"{where}.answers", field, fact)))
            elif field is not None and self._fits(entry.value, where, field, fact):
                found.append(Means(name, fact.name, of_order=of_order))
        return tuple(found)

    def _of_order(self, node: Node | None, where: str) -> bool:
        if node is None:
            return False
        said = self.values.name(node, where)
        if said != OF_ORDER:
            self._unknown(node, where, said, {OF_ORDER: None})
        return said == OF_ORDER

    def _answers(self, node: MappingNode, where: str, field: Field, fact: Fact) -> dict[object, object]:
        """Each answer of the process and what it is to the books; every one must be told, if only as asked."""
        known: dict[str, object] = {"yes": True, "no": False}
        if field.kind == "choice" and not field.list:
            known = {choice.value: choice.value for choice in field.choices}
        elif field.kind not in _TOLD or field.list:
            self.notes.add(node, where, "这个字段没有固定的选项", "this field has no choices of its own",
                           "只能对应有固定选项或“是/否”的字段",
                           "only choices that stand in the playbook, or yes and no, can be told",
                           check=CHECK)  # fmt: skip
            return {}
        found = {}
        for entry in node:
            text = entry.key.text
            if text not in known:
                self._unknown(entry.key, where, text, known)
            elif (said := self.values.text(entry.value, f"{where}.{text}")) != ASKED:
                found[known[text]] = self._answer(entry.value, f"{where}.{text}", fact, said)
        told = {entry.key.text for entry in node}
        for text in (one for one in known if one not in told):
            self.notes.add(node, where, f"没有说“{text}”对应什么", f"does not say what '{text}' is",
                           f"写上 {text}: 对应的值，或 {text}: {ASKED}（裁定时再问）",
                           f"write {text}: with its value, or {text}: {ASKED}", check=CHECK)  # fmt: skip
        return found

    def _answer(self, node: Node, where: str, fact: Fact, said: str) -> object:
        values, problems = read_given({fact.name: fact}, {fact.name: said}, date.max)
        for problem in problems:
            self.notes.add(node, where, problem.message.zh, problem.message.en, "改成其中之一", "use one of these",
                           check=CHECK)  # fmt: skip
        return values.get(fact.name)

    def _fits(self, node: Node, where: str, field: Field, fact: Fact) -> bool:
        choices = {choice.value for choice in fact.field.choices}
        if field.kind in _PLAIN.get(fact.field.kind, ()) and {one.value for one in field.choices} <= choices:
            return True
        self.notes.add(
            node, where, f"“{field.name}”的值不能直接当作“{fact.name}”",
            f"what {field.name} says is not what {fact.name} takes",
            "写成 {is: …, answers: {…}}，逐项说明", "write {is: …, answers: {…}} and tell each answer", check=CHECK,
        )  # fmt: skip
        return False

    def _carried_out(self, playbook: Playbook) -> CarriedOut | None:
        node = self.root.get("carried_out")
        if node is None:
            return None
        where, entries = "carried_out", self.values.mapping(node, "carried_out")
        self.values.known(entries, ("task", "outcome", "field", "repair", "exchange"), where)
        task_name, outcome, name = (
            self.values.name(entries.get(one), f"{where}.{one}") for one in ("task", "outcome", "field")
        )
        task = playbook.tasks.get(task_name)
        if task is None:
            self._unknown(entries.get("task") or node, f"{where}.task", task_name, playbook.tasks)
            return None
        if outcome not in task.outcomes:
            self._unknown(entries.get("outcome") or node, f"{where}.outcome", outcome, dict.fromkeys(task.outcomes))
        field = self._field(entries.get("field") or node, f"{where}.field", name, playbook)
        offered = dict.fromkeys(choice.value for choice in field.choices) if field is not None else {}
        said = {}
        for part in ("repair", "exchange"):
            said[part] = frozenset(self.values.names(entries.get(part), f"{where}.{part}"))
            for one in sorted(said[part] - offered.keys()):
                self._unknown(entries.get(part) or node, f"{where}.{part}", one, offered)
        return CarriedOut(task_name, outcome, name, said["repair"], said["exchange"])

    def _field(self, node: Node, where: str, name: str, playbook: Playbook) -> Field | None:
        if name not in playbook.facts:
            self._unknown(node, where, name, playbook.facts)
        return playbook.facts.get(name)

    def _unknown(self, node: Node | Scalar, where: str, name: str, known: Mapping[str, object]) -> None:
        zh, en = did_you_mean(name, known)
        self.notes.add(node, where, f"没有“{name}”", f"there is no '{name}'", zh, en, check=CHECK)
