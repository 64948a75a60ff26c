"""What the customer's page sums up of a case: the way so far, what was told last, the proposal.

All of it is read from the record as the customer may see it; the conversation is `insight.story` for that audience.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.core.case import Event
from tuoshan.core.playbook import Action, Playbook
from tuoshan.insight.story import Audience, Detail, Entry, Story
from tuoshan.insight.told_to_customer import details_of, entered
from tuoshan.knowledge.case_values import GENERAL
from tuoshan.portal.showing import Step, steps

PROPOSED = ("remedies", "remedy_steps", "amount", "refund_amount", "carry_out_by")
"""The facts of a proposal, in the order in which they are shown."""
WISHED = "wish"
"""What the customer asked for last: stands before what we offer."""
IN_WORDS = "remedy_steps"
NOT_TOLD = frozenset(PROPOSED) | frozenset(GENERAL)
"""What has a place of its own on the page."""

_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """The newest thing the customer was told by a step: its subject and the words that were filled in."""

    title: str
    at: datetime
    details: list[Detail]


class CustomersCase:
    """Reads one case for its customer, in a fixed number of statements."""

    def __init__(self, case: Case, standing: Standing, handler: tuple[int, str] | None) -> None:
        self.standing = standing
        self.playbook: Playbook = standing.playbook
        self.story = Story(case, standing.playbook, Audience.customer(handler))
        self.facts = self.story.record.facts(standing.state)

    def lines(self) -> list[Entry]:
        """The conversation, oldest first."""
        return self.story.entries()

    def steps(self) -> list[Step]:
        """Phases with when they were done."""
        phases: list[tuple[str, datetime]] = []
        for event in self.story.record.events:
            for state in entered(event):
                known = self.playbook.states.get(state)
                if known is not None and (not phases or phases[-1][0] != known.phase):
                    phases.append((known.phase, event.at))
        return steps(self.playbook, self.standing.state.state, phases)

    def told(self) -> Told | None:
        """What the newest telling step asked or answered: only words that stand in the message itself."""
        meant = {name: one for name, one in self.playbook.messages.items() if self.playbook.portal in one.to}
        telling = {
            name: found for name, action in self.playbook.actions.items()
            if (found := [meant[tell] for tell in action.tell if tell in meant])
        }  # fmt: skip
        events = (event for event in reversed(self.story.record.events) if event.kind == "act")
        newest = next((event for event in events if event.name in telling), None)
        if newest is None:
            return None
        if any(self._answers(event) for event in self.story.record.events if event.seq > newest.seq):
            return None
        state = self.playbook.states[self.standing.state.state]
        if state.end and self.playbook.actions[newest.name].to != state.name:
            return None  # what was told before the end has had its time
        tellings = telling[newest.name]
        names = [name for one in tellings for name in _VARIABLE.findall(one.text.zh)]
        shown = {name: self.facts[name] for name in names if name in self.facts and name not in NOT_TOLD}
        details = details_of(self.playbook.facts, shown)
        return Told(words(tellings[0].subject), newest.at, details) if details else None

    def _answers(self, event: Event) -> bool:
        """Whether by this step whoever's page it is, or a colleague for them, went on from what they were told."""
        action = self.playbook.actions.get(event.name) if event.kind == "act" else None
        portal = self.playbook.portal
        return action is not None and action.moves and portal in (*action.by, action.speaks_for)

    # -- the proposal ------------------------------------------------------------------------------------------
    def proposal(self) -> list[Detail]:
        """Label and value of the proposal that the customer was told, empty when there is none (any more).

        One that is still being drafted or approved, was sent back or refused, is not shown.
        """
        drafts = {name: action for name, action in self.playbook.actions.items() if _asks(action, IN_WORDS)}
        if not drafts or self.standing.state.state in {state for one in drafts.values() for state in one.sources}:
            return []
        if not self._was_told(drafts):
            return []
        wanted = (name for name in (WISHED, *PROPOSED) if name in self.facts)
        shown = {name: self.facts[name] for name in wanted if not self._is_nothing(name)}
        return details_of(self.playbook.facts, shown)

    def _is_nothing(self, name: str) -> bool:
        """Whether it is an amount of zero, of which no message speaks either."""
        return self.playbook.facts[name].kind == "money" and self.facts[name] == 0

    def _was_told(self, drafts: Iterable[str]) -> bool:
        told = False
        for event in self.story.record.events:
            if event.kind == "step_back":
                told = False
            if event.kind != "act":
                continue
            if event.name in drafts:
                told = False
            action = self.playbook.actions.get(event.name)
            told = told or (action is not None and self._tells(action))
        return told

    def _tells(self, action: Action) -> bool:
        messages = [self.playbook.messages[name] for name in action.tell if name in self.playbook.messages]
        if any(f"{{{IN_WORDS}}}" in one.text.zh for one in messages):
            return True
        return _asks(action, IN_WORDS) and self.playbook.states[action.to].phase == "remedy" if action.to else False


def _asks(action: Action, name: str) -> bool:
    return any(item.name == name for item in action.form)
