"""A message by hand that has failed for good has answered nobody: the promise that it ended stands as if it had not
been sent. See docs/playbooks.md, "Messages", and docs/decisions/0012.

Other things that a message did (a task that it opened or closed, a deadline that it began) stay done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tuoshan.core import clocks, evolve, moving, timing
from tuoshan.core.case import CaseState, Clock, Command, Event
from tuoshan.core.playbook import MESSAGE, Deadline
from tuoshan.core.stepping import noted
from tuoshan.core.work import Refused, Work
from tuoshan.core.worktime import WorkCalendar

UNDELIVERED, DELIVERED = "undelivered", "delivered"
"""Records of the system about a message by hand, the number of whose event stands in `extra: {message: …}`."""


def come_back(work: Work, command: Command) -> None:
    """Write down that a message has failed for good, and put back what it had ended. Needs the case's events."""
    _by_system(command)
    failed = {*failed_messages(command.events), int(command.extra["message"])}
    work.begin("record", UNDELIVERED, command.actor, **noted(command))
    events = (*command.events, *work.events)
    back: list[Clock] = []
    for clock in list(work.case.clocks.values()):
        if clock.kind != "deadline" or clock.running or clock.name not in work.playbook.deadlines:
            continue
        message = next((one for one in events if one.seq in failed and _ended(one, clock.key)), None)
        if message is not None:
            without = replace(_without(work, message, clock, events, failed), fired=clock.fired)
            work.put_clock(without)
            back += [without] if without.running else []
    _travel(work, back)


def _travel(work: Work, back: list[Clock]) -> None:
    """In a case that goes on inside another, what came back runs there, as the promises did that it took along."""
    if not back or work.case.hold is None or work.case.hold.name != timing.MERGED:
        return
    free = [clocks.reckon(replace(one, held=one.held[:-1]), _calendar(work, one)) for one in back]
    work.effect("adopt", into=work.case.merged_into, clocks=[one.to_json() for one in free])


def _calendar(work: Work, clock: Clock) -> WorkCalendar:
    return work.calendar(timing.plan_of(work.playbook, clock))


def arrive(work: Work, command: Command) -> None:
    """Write down that a message which had failed has arrived after all: the customer is answered now."""
    _by_system(command)
    work.begin("record", DELIVERED, command.actor, **noted(command))
    moving.follow(work, MESSAGE)


def _by_system(command: Command) -> None:
    if command.actor.kind != "system":
        raise Refused("not_allowed", needs=["system"])


def failed_messages(events: Sequence[Event]) -> set[int]:
    """The messages that have failed for good at some time: when they left they have answered nobody."""
    return {int(one.input["extra"]["message"]) for one in events if one.kind == "record" and one.name == UNDELIVERED}


def _ended(event: Event, key: str) -> bool:
    return any(change["op"] == "clock" and change["clock"]["key"] == key and "ended" in change["clock"]
               for change in event.changes)  # fmt: skip


def _without(work: Work, message: Event, ended: Clock, events: Sequence[Event], failed: set[int]) -> Clock:
    """The clock as it would stand now, had the message and the others that failed not been sent."""
    deadline = work.playbook.deadlines[ended.name]
    calendar = _calendar(work, ended)
    case = evolve.replay(work.playbook.key, events[: message.seq - 1])
    clock = case.clocks[ended.key]
    undone = failed | evolve.taken_back(events)
    for event in events[message.seq - 1 :]:
        case = evolve.apply(case, event)
        if event.seq not in undone and answers(event, deadline):
            return clocks.end_clock(clock, event.at, calendar, met=True, happened=_happened(event))
        if _stops(work, event, case, clock):
            return clocks.end_clock(clock, event.at, calendar, met=False)
        paused, held = timing.stands_still(work.playbook, case, clock)
        clock = clocks.set_stopped(clock, paused=paused, held=held, now=event.at, calendar=calendar)
    return clock


def answers(event: Event, deadline: Deadline) -> bool:
    """Whether the event is something that the deadline waits for."""
    match event.kind:
        case "act":
            return event.name in deadline.until
        case "task":
            return f"task.{event.name}.{event.input['outcome']}" in deadline.until
        case "record":
            by_hand = event.name == MESSAGE and event.actor.kind == "person"
            return MESSAGE in deadline.until and (by_hand or event.name == DELIVERED)
    return False


def _happened(event: Event) -> datetime | None:
    given = event.input.get("happened")
    return datetime.fromisoformat(given) if given else None


def _stops(work: Work, event: Event, case: CaseState, clock: Clock) -> bool:
    """Whether the clock would have ended here without being met: with the case, or with the merge that brought it."""
    if event.kind == "disown":
        return bool(clock.adopted_from) and event.name == clock.adopted_from
    return bool(work.playbook.states[case.state].end)
