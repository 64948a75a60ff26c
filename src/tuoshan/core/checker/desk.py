"""Where the checks write down what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tuoshan.core.checker.flow import Flow
from tuoshan.core.conditions import Expression
from tuoshan.core.playbook import Limit, Playbook, Wording
from tuoshan.core.reading.findings import Finding, Severity


@dataclass(slots=True)
class Desk:
    """One playbook under examination, its graph, and the findings so far."""

    playbook: Playbook
    flow: Flow
    found: list[Finding] = field(default_factory=list)

    def note(
        self, check: int, where: str, line: int, zh: str, en: str, mend_zh: str, mend_en: str,
        severity: Severity = "error",
    ) -> None:  # fmt: skip
        """`where` is `section.name…`: it also tells which file the element came from."""
        element = ".".join(where.split(".")[:2])
        file = self.playbook.origins.get(element, self.playbook.file)
        message, mend = Wording(zh, en), Wording(mend_zh, mend_en)
        self.found.append(Finding(check, severity, file, line, where, message, mend))

    def warn(self, check: int, where: str, line: int, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        self.note(check, where, line, zh, en, mend_zh, mend_en, "warning")

    def expressions(self) -> Iterator[tuple[str, int, Expression, str]]:
        """Every expression with its place, line, and what it must give: `condition` or `moment`."""
        book = self.playbook
        for name, action in book.actions.items():
            if action.condition:
                yield f"actions.{name}.if", action.line, action.condition, "condition"
            if action.as_soon_as:
                yield f"actions.{name}.as_soon_as", action.line, action.as_soon_as, "condition"
        for name, task in book.tasks.items():
            if task.condition:
                yield f"tasks.{name}.if", task.line, task.condition, "condition"
        for name, item in book.facts.items():
            if item.show_if:
                yield f"fields.{name}.show_if", item.line, item.show_if, "condition"
        for where, line, limit in self.limits():
            if limit.at:
                yield f"{where}.at", line, limit.at, "moment"

    def limits(self) -> Iterator[tuple[str, int, Limit]]:
        book = self.playbook
        for name, state in book.states.items():
            if state.waits and state.waits.limit:
                yield f"states.{name}.waits", state.waits.line, state.waits.limit
        for name, task in book.tasks.items():
            if task.limit:
                yield f"tasks.{name}", task.line, task.limit
        for name, deadline in book.deadlines.items():
            yield f"deadlines.{name}", deadline.line, deadline.limit
