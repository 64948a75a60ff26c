"""The checks of rule books by their numbers, and how one collects what it finds."""

from __future__ import annotations

from dataclasses import dataclass

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import Pack, Row, Table
from tuoshan.core.reading.findings import Finding, Severity

GAP, OVERLAP, DEAD, NAMES, CLAUSES, EXAMPLES, WORDING, DATES, TYPES = 1, 2, 3, 4, 5, 6, 7, 8, 9
CONTRADICTION, WORDS_APART, LEFT_WITHOUT, UNPROVED = 11, 12, 13, 14
"""The checks, as docs/policies.md numbers them; 10 is about the processes' files."""
APART = Wording("改掉其中一处；确实有意的，写明理由", "mend one of them; where it is meant, say why")
MISSING = Wording("写上它；确实有意的，写明理由", "write it; where it is meant, say why")


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


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may not be meant. `key`: by what `meant` answers it; a change of its figures asks again."""

    key: str
    finding: Finding


def doubt(pack: Pack, number: int, line: int, where: str, key: str, said: Wording, mend: Wording = APART) -> Doubt:
    return Doubt(key, Finding(number, "warning", pack.file, line, where, said, mend))
