"""What a decision is about: what was put forward for approval; on appeal, what was decided before, as the events say.

Nothing is read from the facts of today: each part is told from the event that made it, whose hash stands in the chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tuoshan.cases import meanings
from tuoshan.cases.models import Event as StoredEvent
from tuoshan.core.case import CaseState, Event
from tuoshan.core.evolve import taken_back
from tuoshan.core.playbook import Action, Playbook, State
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


def decides(playbook: Playbook, action: Action | None) -> bool:
    """Whether by this step somebody gives leave for what others have put forward."""
    if action is None:
        return False
    return action.by_tier is not None or action.name in meanings.meant(playbook, "approval")


def to_be_decided(story: Story, state: CaseState) -> list[Entry]:
    """What whoever decides here has to know: what the step gave that brought the case here, and what was corrected
    since; on appeal the appeal and the first decision. Empty where nothing is decided.
    """
    here = story.playbook.states[state.state]
    if here.reviews:
        return [*appeal(story, state), *(one.entry for one in first_decision(story, state))]
    if not any(decides(story.playbook, action) for action in story.playbook.actions_from(here.name)):
        return []
    events = story.record.events
    undone = taken_back(events)
    brought = max(
        (one.seq for one in events if one.kind != "step_back" and one.seq not in undone and _enters(one, here.name)),
        default=events[0].seq,
    )
    telling = story.telling()
    told = [one for one in events if one.seq == brought or (one.seq > brought and one.kind == "correct")]
    return [entry for event in told for entry in telling.of_event(event)]


def first_decision(story: Story, state: CaseState) -> list[Decided]:
    """The steps that were decided before the last appeal, oldest first; empty where nobody has appealed."""
    states = under_review(story.playbook, state)
    if not states:
        return []
    events = story.record.events
    moved = _moved(events, states)
    undone = taken_back(events)
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


def decided_with(story: Story, evidence_id: int) -> frozenset[str]:
    """The people who took, with this file, a decision that can be appealed."""
    names = _deciding(story.playbook, [one for one in story.playbook.states.values() if one.reviews])
    taken = [event for event in story.record.events if event.kind == "act" and event.name in names]
    with_it = [event.actor for event in taken if evidence_id in event.input.get("extra", {}).get("evidence_ids", ())]
    return frozenset(number for actor in with_it for number in (actor.id, actor.on_behalf_of) if number)


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
