"""The checks of rule books by their numbers, and how one collects what it finds."""

from __future__ import annotations

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import Pack, Row, Table
from tuoshan.core.reading.findings import Finding, Severity

GAP, OVERLAP, DEAD, NAMES, CLAUSES, EXAMPLES, WORDING, DATES, TYPES = 1, 2, 3, 4, 5, 6, 7, 8, 9
"""The checks, as docs/policies.md numbers them."""


def finding(
    number: int, pack: Pack, line: int, where: str, zh: str, en: str, mend_zh: str, mend_en: str,
    severity: Severity = "error",
) -> Finding:  # fmt: skip
    return Finding(number, severity, pack.file, line, where, Wording(zh, en), Wording(mend_zh, mend_en))


def place_of(table: Table, row: Row) -> str:
    """How a finding says of which row it speaks."""
    return f"tables.{table.name}.rows.{row.name}"


class Found:
    """What is found of one book."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.findings: list[Finding] = []

    def note(self, number: int, line: int, where: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        self.findings.append(finding(number, self.pack, line, where, zh, en, mend_zh, mend_en))

    @property
    def wrong(self) -> bool:
        return any(one.severity == "error" for one in self.findings)
