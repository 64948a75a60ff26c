"""What the page of a case, which its customer or another party reads, tells of the process."""

from __future__ import annotations

from tuoshan.core.case import Clock
from tuoshan.core.playbook import Playbook, State


def is_promise(playbook: Playbook, clock: Clock) -> bool:
    """Whether it is a promise across states by which its reader hears from us (`for_customer`)."""
    deadline = playbook.deadlines.get(clock.name) if clock.kind == "deadline" else None
    return deadline is not None and deadline.for_customer


def is_told(playbook: Playbook, clock: Clock) -> bool:
    """Whether the page says until when it runs: a promise, or the limit of a state that says who has to act."""
    state = playbook.states.get(clock.name) if clock.kind == "state" else None
    waits = state.waits if state is not None else None
    return is_promise(playbook, clock) or (waits is not None and waits.for_customer)


def members(playbook: Playbook, phase: str) -> list[State]:
    """The states of a phase that the page counts: none that ends it before its time."""
    return [one for one in playbook.states.values() if one.phase == phase and one.end != "early"]


def is_announced(playbook: Playbook, phase: str) -> bool:
    """Whether a phase still to come is named: not one that most cases never see, nor one in which its reader alone
    is asked for something."""
    if phase in playbook.detours:
        return False
    return any(one.waits is None or one.waits.parties != (playbook.portal,) for one in members(playbook, phase))
