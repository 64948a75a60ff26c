"""What has become of the rows of a table so far."""

from dataclasses import dataclass, field

from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.tables import Row


@dataclass(slots=True)
class Bad:
    """A row and what is to be said of it: why it was not taken, or what of it was not."""

    row: Row
    why: Reason


@dataclass(slots=True)
class Tally:
    """How far an import has come. `remarks` are on rows that were taken."""

    read: int = 0
    taken: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)
    remarks: list[Bad] = field(default_factory=list)
