"""The decision that an appeal is about: what was decided before, by whom, with what and on what, as its events say.

Nothing is read from the facts of today: each part is told from the event that made it, whose hash stands in the chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tuoshan.cases.models import Event as StoredEvent
from tuoshan.core.case import CaseState, Event
from tuoshan.core.playbook import Playbook, State
from tuoshan.insight.story import Entry, Story


@dataclass(frozen=True, slots=True)
class Decided:
    """One step of the first decision: the action, how the story tells it, the hash of its event."""

    action: str
    entry: Entry
    hash: str


def under_review(playbook: Playbook, state: CaseState) -> list[State]:
    """The reviews that the case has come to, heard or being heard."""
    return [one for name, one in playbook.states.items() if one.reviews and name in state.entered]


def first_decision(story: Story, state: CaseState) -> list[Decided]:
    """The steps that were decided before the last appeal, oldest first; empty where nobody has appealed."""
    states = under_review(story.playbook, state)
    if not states:
        return []
    events = story.record.events
    moved = _moved(events, states)
    undone = {int(event.input["undone"]["seq"]) for event in events if event.kind == "step_back"}
    last: dict[str, Event] = {}
    for event in events:
        if event.seq < moved and event.kind == "act" and event.seq not in undone:
            last[event.name] = event
    names = _deciding(story.playbook, states)
    steps = sorted((event for name, event in last.items() if name in names), key=lambda event: event.seq)
    hashes = dict(
        StoredEvent.objects.filter(case_id=story.case.pk, seq__in=[one.seq for one in steps]).values_list("seq", "hash")
    )
    telling = story.telling()
    return [
        Decided(event.name, entry, hashes.get(event.seq, "")) for event in steps for entry in telling.of_event(event)
    ]


def appeal(story: Story, state: CaseState) -> list[Entry]:
    """The last appeal itself, as the story tells it: who did not accept the decision, and why."""
    moved = _moved(story.record.events, under_review(story.playbook, state))
    telling = story.telling()
    return [entry for event in story.record.events if event.seq == moved for entry in telling.of_event(event)]


def _moved(events: Iterable[Event], states: Iterable[State]) -> int:
    """The number of the event by which the case came to be reviewed last; 0 for none."""
    names = {one.name for one in states}
    return max((event.seq for event in events if any(_enters(event, name) for name in names)), default=0)


def _enters(event: Event, name: str) -> bool:
    return any(change["op"] == "enter" and change["state"] == name for change in event.changes)


def _deciding(playbook: Playbook, states: Iterable[State]) -> set[str]:
    """What is reviewed, with the approvals of it: whoever gave those may not hear the appeal either."""
    names = {name for one in states for name in one.reviews}
    for one in states:
        for action in playbook.actions_from(one.name):
            names |= set(action.not_by) & set(playbook.actions)
    return names
