"""Every clock of a case with its title, what it counts, and why it is due when it is."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tuoshan import clock as time_of_house
from tuoshan.cases import calendars, library
from tuoshan.cases.summary import owed_by_staff
from tuoshan.core.case import CaseState, Clock, total_time
from tuoshan.core.clocks import frozen_duration
from tuoshan.core.durations import due
from tuoshan.core.explanations import Step
from tuoshan.core.playbook import NO_WORDING, Playbook, Wording


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock as a screen shows it. `steps` explain the due moment; `explanations.explain` makes sentences."""

    clock: Clock
    title: Wording
    now: datetime
    owed: bool
    for_customer: bool
    steps: tuple[Step, ...]

    @property
    def stopped(self) -> str:
        """`paused`, `held`, or empty while it runs or has ended."""
        if self.clock.ended is not None or self.clock.due is not None:
            return ""
        held = self.clock.held
        return "held" if held and held[-1][1] is None else "paused"

    @property
    def left(self) -> timedelta | None:
        """Time left (negative: over); None when it has ended or stands still."""
        if self.clock.ended is not None or self.clock.due is None:
            return None
        return self.clock.due - self.now

    @property
    def late(self) -> bool:
        """Whether it was or is missed."""
        if self.clock.ended is not None:
            return self.clock.outcome == "late"
        return self.clock.due is not None and self.clock.due < self.now

    @property
    def paused_for(self) -> timedelta:
        """How long it has been paused so far."""
        return total_time(self.clock.paused, self.clock.ended or self.now)

    @property
    def held_for(self) -> timedelta:
        """How long it has been held so far."""
        return total_time(self.clock.held, self.clock.ended or self.now)

    @property
    def gone(self) -> float:
        """The share of the time that is used up, 0 to 1, for a bar; 1 when it is over."""
        end = self.clock.due or self.clock.last_due
        if end is None or end <= self.clock.started:
            return 1.0
        at = self.clock.ended or self.now
        return max(0.0, min(1.0, (at - self.clock.started) / (end - self.clock.started)))


def clocks(case: Any, *, state: CaseState | None = None, ended: bool = True) -> list[ClockView]:
    """The clocks of a case (its row or model): running ones by due moment, then ended ones, the newest first."""
    playbook = library.pinned(case.playbook, case.playbook_hash)
    state = state or CaseState.from_json(json.loads(case.snapshot))
    now = time_of_house.now()
    views = [_view(playbook, clock, now) for clock in state.clocks.values() if ended or clock.running]
    running = [view for view in views if view.clock.running]
    over = [view for view in views if not view.clock.running]
    running.sort(key=lambda view: (view.clock.due is None, view.clock.due or now, view.clock.key))
    over.sort(key=lambda view: (view.clock.ended or now, view.clock.key), reverse=True)
    return [*running, *over]


def _view(playbook: Playbook, clock: Clock, now: datetime) -> ClockView:
    deadline = playbook.deadlines.get(clock.name) if clock.kind == "deadline" else None
    return ClockView(
        clock, title_of(playbook, clock), now, owed_by_staff(playbook, clock),
        bool(deadline and deadline.for_customer), explanation(playbook, clock),
    )  # fmt: skip


def title_of(playbook: Playbook, clock: Clock) -> Wording:
    """The wording of what declared the clock."""
    places: dict[str, Any] = {
        "state": playbook.states, "task": playbook.tasks, "deadline": playbook.deadlines, "hold": playbook.holds,
    }  # fmt: skip
    found = places[clock.kind].get(clock.name)
    title: Wording = found.title if found else NO_WORDING
    return title


def explanation(playbook: Playbook, clock: Clock) -> tuple[Step, ...]:
    """The arithmetic of the due moment, by the calendar version that the clock began with.

    Empty for a clock with a given moment (`at`), and while it stands still.
    """
    if clock.fixed is not None or not clock.amount or (clock.running and clock.due is None):
        return ()
    calendar = calendars.of_version(playbook.calendar, clock.calendar)
    stopped = tuple(sorted((start, end) for start, end in clock.paused + clock.held if end is not None))
    return tuple(due(clock.started, frozen_duration(clock), calendar, stopped).steps)
