"""What is wrong with a playbook, where, and how to mend it, in Chinese and English."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tuoshan.core.playbook import Wording
from tuoshan.core.yaml_strict import Node, Trouble

Severity = Literal["error", "warning"]

_NUMBERED = re.compile(r"([A-Za-z]{1,6})[-_. ]?0*([0-9]+)([A-Za-z]?)")
"""A number under which something is cited: letters, digits, at most one letter behind."""

NAMES = 1
WORDING = 14


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `check` is the number of the check in docs/playbooks.md, `where` the element it speaks of.

    An error keeps the playbook from loading; a warning is shown and loads.
    """

    check: int
    severity: Severity
    file: str
    line: int
    where: str
    message: Wording
    mend: Wording

    def in_language(self, language: str, place: Wording | None = None) -> str:
        """One line as editors like it: `file:line: where: what is wrong — what to do (check 3)`; `place` says in words
        where it is."""
        dash = " — " if language.startswith("en") else "——"
        check = f"(check {self.check})" if language.startswith("en") else f"（检查 {self.check}）"
        where = place.in_language(language) if place is not None else self.where
        head = f"{self.file}:{self.line}: {where}: " if where else f"{self.file}:{self.line}: "
        return f"{head}{self.message.in_language(language)}{dash}{self.mend.in_language(language)} {check}"


@dataclass(slots=True)
class Notes:
    """Collects findings while a file is read; nothing stops at the first."""

    found: list[Finding] = field(default_factory=list)

    def add(self, node: Node, where: str, zh: str, en: str, mend_zh: str, mend_en: str, check: int = NAMES) -> None:
        message, mend = Wording(zh, en), Wording(mend_zh, mend_en)
        self.found.append(Finding(check, "error", node.file, node.line, where, message, mend))

    def take_troubles(self, troubles: Iterable[Trouble]) -> None:
        for trouble in troubles:
            self.found.append(
                Finding(NAMES, "error", trouble.file, trouble.line, "", trouble.message, trouble.mend)
            )

    def sorted(self) -> tuple[Finding, ...]:
        """In reading order, each once."""
        return in_order(self.found)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda one: (one.file, one.line, one.check, one.where)))


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, str]:
    """The mend for an unknown name: the nearest known one, else the list of all."""
    names = sorted(set(known))
    near = _same_number(name, names) if _NUMBERED.fullmatch(name) else difflib.get_close_matches(
        name, names, n=1, cutoff=0.6)  # fmt: skip
    if near:
        return f"是否应为“{near[0]}”？", f"did you mean '{near[0]}'?"
    if not names:
        return "目前一个也没有", "there is none yet"
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return f"可用：{shown}", f"use one of: {shown}"


def _same_number(name: str, names: Iterable[str]) -> list[str]:
    """`M2` and `m02` are M02; M10 is another clause, however alike they look."""

    def parts(text: str) -> tuple[str, ...] | None:
        found = _NUMBERED.fullmatch(text)
        return tuple(part.lower() for part in found.groups()) if found else None

    return [one for one in names if parts(one) == parts(name)][:1]
