"""What other modules do when something has happened in a case, after commit and exactly once, and what they may bar.

A follower names an effect: the write path puts one agenda row for it beside the event, in the same
transaction, and the module's handler of that effect (`@agenda.handler("effect", name)`) does the rest. So
nothing is lost by a crash between the event and its consequence, and the write path calls nobody.

A guard is the one exception: it is asked inside the transaction, with the case locked, about a command that the
process allows, and may refuse it for what its module knows of the case.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tuoshan.cases.orders import Order
from tuoshan.core.case import CaseState, Event, Refusal
from tuoshan.core.playbook import Playbook

Question = Callable[[Event, Order, Playbook], bool]


@dataclass(frozen=True)
class Follower:
    """One consequence; `asks` must be quick and pure, as it is asked about every event inside the write path."""

    effect: str
    asks: Question


FOLLOWERS: dict[str, Follower] = {}


def follow(effect: str, asks: Question) -> None:
    """Register a follower. Raises ValueError when the effect's name is taken by another question."""
    known = FOLLOWERS.get(effect)
    if known is not None and known.asks.__qualname__ != asks.__qualname__:
        raise ValueError(f"{effect} is followed already")
    FOLLOWERS[effect] = Follower(effect, asks)


def effects_of(event: Event, order: Order, playbook: Playbook) -> list[str]:
    """The effects that follow from this event."""
    return [one.effect for one in FOLLOWERS.values() if one.asks(event, order, playbook)]


Guard = Callable[[int, Order, Playbook, CaseState], Refusal | None]
"""Asked with the case's id, the command, the process, and the case as the command would leave it."""

GUARDS: dict[str, Guard] = {}


def guard(name: str, asks: Guard) -> None:
    """Register a guard; the same name again replaces it."""
    GUARDS[name] = asks


def barred(case_id: int, order: Order, playbook: Playbook, after: CaseState) -> Refusal | None:
    """The first refusal of a command that its process allows."""
    found = (asks(case_id, order, playbook, after) for asks in GUARDS.values())
    return next((refusal for refusal in found if refusal is not None), None)
