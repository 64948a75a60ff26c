"""The words in which the person whose page it is reads the story of a case. Internal words never enter.

Told are what they themselves sent and did, messages meant for them, and states in the customer's wording.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.cases.models import Message
from tuoshan.core.case import Event
from tuoshan.core.playbook import Field, State
from tuoshan.insight.story import Detail, Entry, Story
from tuoshan.intake.texts import said_field
from tuoshan.knowledge.links import PLACE
from tuoshan.knowledge.showing import fact_text
from tuoshan.punctuation import in_language_of

FROM_START = frozenset({"long_text", "product", "order_line", "date", "money"})
"""Kinds of what was handed in at registration that go back to the customer; our own sorting does not."""

_LINK = rf"(?:(?:https?://[^\s/]+)?/portal/(?:l|survey)/[\w:.~=-]+|{PLACE})"
_CHINESE = r"[\u4e00-\u9fff，。；：、）！？]"
_OWN_LINK = re.compile(rf"(?:(?<={_CHINESE}) )?{_LINK}(?: (?={_CHINESE}))?")
"""A link to this very page, with the spaces that part an address, and no words, from Chinese."""


def _on_this_page(text: str) -> str:
    return _OWN_LINK.sub(in_language_of(text, gettext_lazy("本页面")), text)


def state_words(state: State) -> str:
    """What the customer is told of a state."""
    return words(state.customer) if state.customer.zh else words(state.title)


def details_of(fields: Mapping[str, Field], values: Mapping[str, Any]) -> list[Detail]:
    """Labels as they are put to the customer, with what was given; what only supervisors may see is left out."""
    found = []
    for name, value in values.items():
        item = fields.get(name)
        if item is None or item.supervisors_only:
            continue
        text = fact_text(item, value, get_language() or "zh-hans", {})
        if text:
            found.append(Detail(words(item.for_customer().label), f"{text} {words(item.unit)}".strip()))
    return found


def entered(event: Event) -> list[str]:
    """The states into which an event brought the case."""
    return [str(change["state"]) for change in event.changes if change["op"] == "enter"]


class ToldToCustomer:
    """Tells one case to its customer."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.playbook = story.playbook
        self.record = story.record

    def of_event(self, event: Event) -> Iterator[Entry]:
        """What they did, and each state that was reached."""
        if event.kind == "start":
            yield self._start(event)
        elif event.actor.kind == "customer" and event.kind in ("act", "task"):
            yield self._own_step(event)
        elif event.kind == "act" and self._is_their_word(event):
            entry = self._own_step(event)
            entry.who = _("您（由我们的同事记录）")
            yield entry
        for name in entered(event):
            state = self.playbook.states.get(name)
            if state is not None:
                yield Entry("event", event.at, "", state_words(state), seq=event.seq)

    def of_message(self, message: Message) -> Entry:
        """A message of theirs or to them, signed by the handler or by the service."""
        seq = message.event_seq or 0
        if message.direction == "in":
            return Entry("in", message.at, _("您"), message.text, seq=seq)
        handler = self.story.audience.handler
        who = handler[1] if handler is not None and message.author_id == handler[0] else self._signature()
        return Entry("out", message.at, who, _on_this_page(message.text), title=_on_this_page(message.subject), seq=seq)

    def _signature(self) -> str:
        """Who signs what the process itself tells: the service to customers, the process to a colleague."""
        return _("客服中心") if self.playbook.portal == "customer" else words(self.playbook.title)

    def _start(self, event: Event) -> Entry:
        register = {item.name: item for item in self.playbook.register}
        values = self.record.values(event)
        said = said_field(self.playbook)
        shown = {
            name: value for name, value in values.items()
            if name != said and name in register and register[name].kind in FROM_START
        }  # fmt: skip
        text = str(values.get(said) or self.story.case.title)
        return Entry("in", event.at, _("您"), text, details=details_of(register, shown), seq=event.seq)

    def _is_their_word(self, event: Event) -> bool:
        """Whether a colleague recorded by this what the person whose page it is said on the telephone or in person."""
        action = self.playbook.actions.get(event.name)
        return action is not None and bool(action.speaks_for) and action.speaks_for == self.playbook.portal

    def _own_step(self, event: Event) -> Entry:
        known: Any = (self.playbook.actions if event.kind == "act" else self.playbook.tasks).get(event.name)
        title = words(known.customer if known.customer.zh else known.title) if known else ""
        fields = {item.name: item for item in known.form} if known else {}
        values = self.record.values(event)
        alone = [name for name in values if name in fields and fields[name].kind == "long_text"]
        entry = Entry("in", event.at, _("您"), "", title=title, seq=event.seq)
        if len(values) == 1 and alone:
            entry.text = str(values[alone[0]])
        else:
            entry.details = details_of(fields, values)
        return entry
