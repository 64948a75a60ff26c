"""What a playbook may say that its parts mean to queues, reports and rulings: the closed list of the words.

The code knows these words and no name of any process; `means` in a playbook's head says which of its own names they
are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Of = Literal["action", "clock", "state", "field", "task"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word names: a part of the process, of which kinds a field may be, whether there may be several."""

    of: Of
    kinds: tuple[str, ...] = ()
    several: bool = False


MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "appeal": Meaning("action", several=True),
        "reopening": Meaning("action", several=True),
        "solved": Meaning("clock", several=True),
        "call_due": Meaning("state"),
        "called": Meaning("action"),
        "call_result": Meaning("field", ("choice",)),
        "call_words": Meaning("field", ("text", "long_text")),
        "remedies": Meaning("field", ("choices",)),
        "remedy_amount": Meaning("field", ("money",)),
        "money_back": Meaning("field", ("money",)),
        "remedy_words": Meaning("field", ("text", "long_text")),
        "cause": Meaning("field", ("choice",)),
        "approval": Meaning("action", several=True),
        "survey": Meaning("task"),
        "rated": Meaning("action"),
        "lesson": Meaning("task"),
    }
)

TOGETHER: Final = (("call_due", "called", "call_result", "call_words"), ("remedies", "remedy_amount"))
"""Words that say nothing without each other."""
