"""What the customer sees of a case: the way so far, the conversation, the proposal. Internal words never enter.

Shown are messages marked for the customer, what they themselves sent, and states in the customer's wording. Notes,
calls, findings, tasks of departments and the forms that colleagues filled in are not even read into the page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Event, Message
from tuoshan.cases.possible import Standing
from tuoshan.cases.timeline import Entry, facts_of, hidden_fields, timeline, words_of
from tuoshan.core.case import Event as CaseEvent
from tuoshan.core.playbook import Action, Field, Playbook
from tuoshan.knowledge.case_values import GENERAL
from tuoshan.knowledge.showing import fact_text
from tuoshan.portal.showing import Step, label_of, language, state_words, steps

PROPOSED = ("remedies", "remedy_steps", "amount", "carry_out_by")
"""The facts of a proposal, in the order in which they are shown."""
IN_WORDS = "remedy_steps"
NOT_TOLD = frozenset(PROPOSED) | frozenset(GENERAL)
"""What has a place of its own on the page."""
SAID_FIRST = ("what_happened", "explanation", "description", "reason")
FROM_START = frozenset({"long_text", "product", "order_line", "date", "money"})
"""Kinds of what was handed in at registration that go back to the customer; our own sorting does not."""


_OWN_LINK = re.compile(r"(?:https?://[^\s/]+)?/portal/(?:l|survey)/[\w:.~=-]+")
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the conversation; `step` is a state that was reached."""

    kind: Literal["mine", "theirs", "step"]
    at: datetime
    who: str = ""
    title: str = ""
    text: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """The newest thing the customer was told by a step: its subject and the words that were filled in."""

    title: str
    at: datetime
    details: list[tuple[str, str]]


class CustomerStory:
    """Reads one case for its customer, in a fixed number of statements."""

    def __init__(self, case: Case, standing: Standing, handler: tuple[int, str] | None) -> None:
        self.case = case
        self.standing = standing
        self.playbook: Playbook = standing.playbook
        self.handler = handler
        self.entries = timeline(case)
        self.hidden = hidden_fields(self.playbook)
        self.facts = facts_of(standing.state, words_of(case.pk), self.hidden)

    # -- the way -----------------------------------------------------------------------------------------------
    def steps(self) -> list[Step]:
        """Phases with when they were reached."""
        reached: dict[str, datetime] = {}
        for entry in self.entries:
            for state in _entered(entry.event):
                known = self.playbook.states.get(state)
                if known is not None:
                    reached.setdefault(known.phase, entry.at)
        return steps(self.playbook, self.standing.state.state, reached)

    # -- the conversation --------------------------------------------------------------------------------------
    def lines(self) -> list[Line]:
        """Oldest first; a state that is entered twice in a row is said once."""
        found: list[Line] = []
        for entry in self.entries:
            for line in self._of(entry):
                if line.kind == "step" and (last := _last_step(found)) and last.text == line.text:
                    continue
                found.append(line)
        return found

    def _of(self, entry: Entry) -> Iterator[Line]:
        event = entry.event
        if event is not None and event.kind == "start":
            yield self._start(entry)
        elif event is not None and event.actor.kind == "customer" and event.kind in ("act", "task"):
            yield self._own_step(entry, event)
        if entry.message is not None and entry.message.direction in ("in", "out"):
            yield self._message(entry.message)
        for state in _entered(event):
            known = self.playbook.states.get(state)
            if known is not None:
                yield Line("step", entry.at, text=state_words(known))

    def _start(self, entry: Entry) -> Line:
        register = {item.name: item for item in self.playbook.register}
        said = next((name for name in SAID_FIRST if name in entry.values), "")
        shown = {
            name: value for name, value in entry.values.items()
            if name != said and name in register and register[name].kind in FROM_START and name not in self.hidden
        }  # fmt: skip
        text = str(entry.values[said]) if said else self.case.title
        return Line("mine", entry.at, _("您"), text=text, details=_details(register, shown))

    def _own_step(self, entry: Entry, event: CaseEvent) -> Line:
        known: Any = (self.playbook.actions if event.kind == "act" else self.playbook.tasks).get(event.name)
        title = words(known.customer if known.customer.zh else known.title) if known else ""
        fields = {item.name: item for item in known.form} if known else {}
        values = {name: value for name, value in entry.values.items() if name not in self.hidden}
        alone = [name for name in values if name in fields and fields[name].kind == "long_text"]
        if len(values) == 1 and alone:
            return Line("mine", entry.at, _("您"), title, str(values[alone[0]]))
        return Line("mine", entry.at, _("您"), title, details=_details(fields, values))

    def _message(self, message: Message) -> Line:
        if message.direction == "in":
            return Line("mine", message.at, _("您"), text=message.text)
        by_handler = self.handler is not None and message.author_id == self.handler[0]
        who = self.handler[1] if by_handler and self.handler is not None else _("客服中心")
        return Line("theirs", message.at, who, message.subject, _OWN_LINK.sub(_("本页面"), message.text))

    def told(self) -> Told | None:
        """What the newest telling step asked or answered: only words that stand in the message itself."""
        meant = {name: one for name, one in self.playbook.messages.items() if self.playbook.portal in one.to}
        telling = {
            name: found for name, action in self.playbook.actions.items()
            if (found := [meant[tell] for tell in action.tell if tell in meant])
        }  # fmt: skip
        rows = Event.objects.filter(case_id=self.case.pk, kind="act", name__in=list(telling)).order_by("-seq")
        newest = rows.values_list("name", "at").first()
        if newest is None:
            return None
        tellings = telling[newest[0]]
        names = [name for one in tellings for name in _VARIABLE.findall(one.text.zh)]
        shown = {name: self.facts[name] for name in names if name in self.facts and name not in NOT_TOLD}
        details = _details(self.playbook.facts, shown)
        return Told(words(tellings[0].subject), newest[1], details) if details else None

    # -- the proposal ------------------------------------------------------------------------------------------
    def proposal(self) -> list[tuple[str, str]]:
        """Label and value of the proposal that the customer was told, empty when there is none (any more).

        One that is still being drafted or approved, was sent back or refused, is not shown.
        """
        drafts = {name: action for name, action in self.playbook.actions.items() if _asks(action, IN_WORDS)}
        if not drafts or self.standing.state.state in {state for one in drafts.values() for state in one.sources}:
            return []
        if not self._was_told(drafts):
            return []
        shown = {name: self.facts[name] for name in PROPOSED if name in self.facts}
        return _details(self.playbook.facts, shown)

    def _was_told(self, drafts: Iterable[str]) -> bool:
        told = False
        for event in self.standing_events():
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

    def standing_events(self) -> list[CaseEvent]:
        """The events that moved the case or carry a message, as the timeline gave them."""
        return [entry.event for entry in self.entries if entry.event is not None]


def _asks(action: Action, name: str) -> bool:
    return any(item.name == name for item in action.form)


def _entered(event: CaseEvent | None) -> list[str]:
    return [str(change["state"]) for change in event.changes if change["op"] == "enter"] if event is not None else []


def _last_step(lines: list[Line]) -> Line | None:
    return next((line for line in reversed(lines) if line.kind == "step"), None)


def _details(fields: Mapping[str, Field], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, value in values.items():
        item = fields.get(name)
        if item is None or item.supervisors_only:
            continue
        text = fact_text(item, value, language(), {})
        unit = words(item.unit)
        if text:
            found.append((label_of(item), f"{text} {unit}".strip()))
    return found
