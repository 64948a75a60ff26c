"""Who may do what `not_by` keeps some people from: somebody else of the party, else somebody up the line.

`not_by` means persons, and whoever acts stands for themselves or for somebody absent; both count. Where nobody of
the party is left it goes up party by party, to the first level at which somebody is; the rule is never relaxed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from tuoshan.core.case import Actor, CaseState, Json
from tuoshan.core.playbook import Action, Playbook, Task
from tuoshan.core.work import Refused, Work


class LetIn(NamedTuple):
    """Somebody who may act, as whom; up the line `from` the party in which nobody is left `to` the one they act in."""

    actor: Actor
    up_the_line: Mapping[str, Json] = {}


class Line(NamedTuple):
    """How far one had to go up: the levels gone through, and whether somebody is left at the last of them."""

    levels: tuple[frozenset[str], ...]
    somebody: bool

    @property
    def reached(self) -> frozenset[str]:
        """The parties of the last level: whose turn it is, where somebody is left."""
        return self.levels[-1]


def who_did(playbook: Playbook, case: CaseState, name: str) -> tuple[str, ...]:
    """The persons who ever did this action or task; of a party, whom the case is assigned to in it."""
    trace = case.actions.get(name) or case.actions.get(f"task.{name}")
    if trace is None and name in playbook.parties:
        assigned = case.assigned.get(name)
        return (assigned,) if assigned else ()
    return trace.by if trace else ()


def kept_from(playbook: Playbook, case: CaseState, step: Action | Task) -> frozenset[str]:
    """The persons whom the step's `not_by` means by now."""
    return frozenset(person for name in step.not_by for person in who_did(playbook, case, name))


def barred(playbook: Playbook, case: CaseState, party: str) -> frozenset[str]:
    """The persons whom `not_by` keeps out of what this party ever does: the first decider of the review, say."""
    steps = (action for action in playbook.actions.values() if party in action.by)
    return frozenset[str]().union(*(kept_from(playbook, case, step) for step in steps))


def levels(playbook: Playbook, parties: Iterable[str], above: Iterable[str] = ()) -> Iterator[frozenset[str]]:
    """The parties, then their superiors, and so on; a line that comes back to a party already passed ends.

    `above` are the parties whose superiors come next where the first level is not told by its own names.
    """
    level = frozenset(parties)
    passed = level | frozenset(above)
    below = frozenset(above) or level
    while level:
        yield level
        level = frozenset(filter(None, (_above(playbook, party) for party in below))) - passed
        below, passed = level, passed | level


def _above(playbook: Playbook, party: str) -> str:
    """The superior that the playbook names, else `lead`; none for a party that stands above the lead itself."""
    known = playbook.parties.get(party)
    superior = playbook.superior_of(party)
    if known is not None and known.superior:
        return superior
    passed: list[str] = []
    while superior not in passed:
        passed.append(superior)
        superior = playbook.superior_of(superior)
    return "" if party in passed else passed[0]


def answering(work: Work, parties: Iterable[str], kept: frozenset[str], above: Iterable[str] = ()) -> Line:
    """From these parties up to the first level at which somebody is left who is not kept from it."""
    gone: list[frozenset[str]] = []
    for level in levels(work.playbook, parties, above):
        if gone and work.playbook.parties.keys().isdisjoint(level):
            break
        gone.append(level)
        if any(work.somebody(party, kept) for party in sorted(level)):
            return Line(tuple(gone), True)
    return Line(tuple(gone), False)


def let_in(work: Work, actor: Actor, allowed: frozenset[str], step: Action | Task, above: Iterable[str] = ()) -> LetIn:
    """The actor as whom they may take the step that is for these parties. Refused: with `needs`, who may instead."""
    kept = kept_from(work.playbook, work.case, step)
    taken = _acting(actor, allowed, kept)
    if taken is not None:
        return LetIn(taken)
    if not kept:
        raise Refused("not_allowed", needs=sorted(allowed))
    line = answering(work, allowed, kept, above)
    if line.somebody and len(line.levels) > 1 and actor.kind == "person":
        for party in sorted(line.reached):
            taken = _acting(actor, frozenset({party}), kept)
            if taken is not None:
                return LetIn(taken, {"from": _below(work.playbook, allowed, party, len(line.levels) - 1), "to": party})
    held = frozenset(party for level in line.levels for party in level & actor.parties)
    if held and _acting(actor, held, kept) is None:
        instead = {"instead": sorted(line.reached)} if line.somebody and len(line.levels) > 1 else {}
        raise Refused(
            "not_by_same_person", actions=list(step.not_by), step=step.name, needs=sorted(line.reached),
            did=_did(work, actor, held, step), nobody=[] if line.somebody else _all_of(line), **instead,
        )  # fmt: skip
    raise Refused("not_allowed", needs=sorted(line.reached))


def _did(work: Work, actor: Actor, held: frozenset[str], step: Action | Task) -> list[str]:
    """What of the step's `not_by` was done by this actor, or by those for whom alone they could act."""
    absent = frozenset[str]().union(*(actor.stands_in.get(party, frozenset()) for party in held))
    persons = actor.persons | absent
    return [name for name in step.not_by if not persons.isdisjoint(who_did(work.playbook, work.case, name))]


def _all_of(line: Line) -> list[str]:
    """The parties of all levels, from below."""
    return [party for level in line.levels for party in sorted(level)]


def _below(playbook: Playbook, parties: Iterable[str], above: str, levels_up: int) -> str:
    """The first of the parties whose line comes to the one above in so many levels."""
    for party in sorted(parties):
        reached = party
        for _level in range(levels_up):
            reached = _above(playbook, reached)
        if reached == above:
            return party
    return ""


def _acting(actor: Actor, parties: frozenset[str], kept: frozenset[str]) -> Actor | None:
    """The actor in one of these parties, in their own right or for somebody absent; None where that cannot be."""
    held = parties & actor.parties
    if not held or actor.id in kept:
        return None
    if not actor.stands_in:
        return None if actor.on_behalf_of in kept else actor
    if not held <= actor.stands_in.keys():
        return replace(actor, on_behalf_of="")
    absent = frozenset[str]().union(*(actor.stands_in[party] for party in held)) - kept
    if not absent or actor.on_behalf_of in absent:
        return actor if absent else None
    return replace(actor, on_behalf_of=min(absent, key=lambda person: (len(person), person)))
