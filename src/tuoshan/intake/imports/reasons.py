"""Why a table or a row is refused: kept as facts, put into words in the language of whoever reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext

from tuoshan import punctuation
from tuoshan.cases import library
from tuoshan.cases.refusals import sentence
from tuoshan.core.case import Refusal


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence of the catalogue with what is filled into it, or a refusal by a process (`because`, `facts`)."""

    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    playbook: str = ""
    more: tuple["Reason", ...] = ()
    """What else is wrong with the same row."""

    def __str__(self) -> str:
        return punctuation.sentences([self._sentence(), *map(str, self.more)])

    def _sentence(self) -> str:
        if not self.because:
            return gettext(self.text) % dict(self.facts) if self.facts else gettext(self.text)
        playbook = library.everything().get(self.playbook)
        if playbook is None:
            return self.because
        return sentence(Refusal(self.because, self.facts), playbook)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"text": self.text, "facts": dict(self.facts), "because": self.because, "playbook": self.playbook,
                "more": [one.to_json() for one in self.more]}  # fmt: skip

    def with_facts(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> "Reason":
        """The same with other facts, in what else is wrong too."""
        return replace(self, facts=change(self.facts), more=tuple(one.with_facts(change) for one in self.more))

    @staticmethod
    def from_json(kept: Any) -> "Reason":
        """As it was kept; words alone were kept before."""
        if not isinstance(kept, dict):
            return Reason(text=str(kept))
        return Reason(**{**kept, "more": tuple(map(Reason.from_json, kept.get("more", ())))})


class Refused(ValueError):
    """What is wrong; its text is in the language in force whenever it is read."""

    def __init__(self, text: str, /, **facts: Any) -> None:
        super().__init__(text)
        self.reason = Reason(text, facts)

    def __str__(self) -> str:
        return str(self.reason)
