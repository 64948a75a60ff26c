"""Freezing and merging: holds and their end, promises that travel into another case and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tuoshan.core import evolve, judging, timing
from tuoshan.core.case import Clock, Command, Event, HoldRun
from tuoshan.core.clocks import Plan
from tuoshan.core.facts import moment_text
from tuoshan.core.playbook import Deadline, Limit
from tuoshan.core.stepping import close, noted, settle_down
from tuoshan.core.undelivered import answers, failed_messages
from tuoshan.core.work import Refused, Work


def hold(work: Work, command: Command) -> None:
    if work.case.hold is not None:
        raise Refused("on_hold", hold=work.case.hold.name)
    if command.name == timing.MERGED:
        _hold_merged(work, command)
        return
    hold = work.playbook.holds.get(command.name)
    if hold is None:
        raise Refused("unknown_action", action=command.name)
    if work.playbook.states[work.case.state].end:
        raise Refused("ended", state=work.case.state, possible=judging.possible(work, command.actor))
    if not frozenset(hold.by) & command.actor.parties:
        raise Refused("not_allowed", needs=list(hold.by))
    judging.form(work, hold.form, command.values)
    work.begin("hold", hold.name, command.actor, **noted(command))
    work.change("hold", hold=HoldRun(hold.name, work.now, command.actor.id).to_json())
    if hold.limit is not None:
        run = timing.next_run(work.case, "hold", hold.name)
        plan = Plan("hold", hold.name, Limit(within=hold.limit))
        timing.start(work, plan, f"hold:{hold.name}#{run}", run, ())
    close(work)
    settle_down(work)


def _hold_merged(work: Work, command: Command) -> None:
    """This case goes into another: it is held, and its running promises travel to the other as an effect."""
    into = str(command.extra["into"])
    if work.playbook.states[work.case.state].end:
        raise Refused("ended", state=work.case.state, possible=judging.possible(work, command.actor))
    promises = [clock.to_json() for clock in _promises(work)]
    work.begin("hold", timing.MERGED, command.actor, **noted(command))
    work.change("hold", hold=HoldRun(timing.MERGED, work.now, command.actor.id).to_json())
    work.change("merged", into=into)
    work.effect("adopt", into=into, clocks=promises)
    close(work)


def _promises(work: Work) -> list[Clock]:
    return [clock for clock in work.case.running_clocks() if clock.kind == "deadline"]


def release_command(work: Work, command: Command) -> None:
    if command.name and command.name != timing.MERGED and command.name not in work.playbook.holds:
        raise Refused("unknown_action", action=command.name)
    if work.case.hold is None or (command.name and work.case.hold.name != command.name):
        raise Refused("not_from_here", state=work.case.state, possible=judging.possible(work, command.actor))
    name = work.case.hold.name
    if name != timing.MERGED:
        hold = work.playbook.holds[name]
        if not frozenset(hold.release_by or hold.by) & command.actor.parties:
            raise Refused("not_allowed", needs=list(hold.release_by or hold.by))
    release(work, name, command)


def release(work: Work, name: str, command: Command, due: datetime | None = None) -> None:
    work.begin("release", name, command.actor, due=moment_text(due) if due else None, **noted(command))
    work.change("hold", hold=None)
    for clock in work.case.running_clocks():
        if clock.kind == "hold" and clock.name == name:
            timing.end(work, clock, met=due is None)
    if name == timing.MERGED:
        into = work.case.merged_into
        work.change("merged", into="")
        _count_the_time_between(work)
        work.effect("disown", into=into)
    close(work)
    settle_down(work)


def _count_the_time_between(work: Work) -> None:
    """Undoing a merge: the clocks count the time between, as if they had never been held."""
    for clock in work.case.running_clocks():
        if clock.held and clock.held[-1][1] is None:
            timing.reckon(work, replace(clock, held=clock.held[:-1]))


def adopt(work: Work, command: Command) -> None:
    """Promises of a case that was merged into this one run on here, ended by the same actions.

    What this case has done already since the promise was given counts: the promise ends at once, judged by the
    moment at which it was done. In a case that has ended meanwhile the others end as they would have ended with it.
    """
    source = str(command.extra["from"])
    work.begin("adopt", source, command.actor, **{"from": source})
    for item in command.extra["clocks"]:
        clock = Clock.from_json(item)
        key = f"{clock.key}@{source}"
        known = work.playbook.deadlines.get(clock.name)
        if known is not None and key not in work.case.clocks:
            adopted = replace(clock, key=key, adopted_from=source)
            done = _first_done(command.events, known, clock.started)
            if done is not None:
                timing.end(work, adopted, met=True, happened=done)
            elif work.playbook.states[work.case.state].end:
                timing.end(work, adopted, met=False)
            else:
                work.put_clock(adopted)
    close(work)
    settle_down(work)


def _first_done(events: Sequence[Event], deadline: Deadline, since: datetime) -> datetime | None:
    """When what the deadline waits for first happened after a moment; what was taken back, and a message that never
    arrived, has not happened."""
    undone = evolve.taken_back(events) | failed_messages(events)
    for event in events:
        if event.seq not in undone and answers(event, deadline):
            happened = event.input.get("happened")
            at = datetime.fromisoformat(happened) if happened else event.at
            if at > since:
                return at
    return None


def disown(work: Work, command: Command) -> None:
    source = str(command.extra["from"])
    work.begin("disown", source, command.actor, **{"from": source})
    for clock in work.case.running_clocks():
        if clock.adopted_from == source:
            timing.end(work, clock, met=False)
    close(work)
