"""Walks taken again: with another worker, and shorter and shorter until only what matters is left.

Invariant 5, exactly: *(a)* where no limit acted by itself, the same steps on one case give the same history
whatever the worker does, but for the moments at which notices (warnings, lateness) went off. *(b)* Where a limit acts
it does the same at any moment before the next alarm, but for moments, and never shortens the time of the next
state; this is proved at every single firing. From (b) the whole history follows, recovery times apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulation.company import shipped
from tests.simulation.invariants import Watch, at_the_end
from tests.simulation.walker import Walker
from tests.simulation.world import Step, Violation, World

from tuoshan.core.case import CaseState, Command, Decision, Event
from tuoshan.core.decide import decide

LENGTH = 16
LONGEST_SLEEP = timedelta(days=20)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


@dataclass
class Failure:
    """A walk that broke an invariant, made as short as it gets."""

    playbook: str
    seed: int
    violation: Violation
    steps: list[Step]
    walker: Walker

    def __str__(self) -> str:
        people = "\n".join(f"  {name}: {sorted(parties)}" for name, parties in self.walker.company.persons.items())
        steps = "\n".join(f"  {step}" for step in self.steps)
        return (
            f"{self.violation}\nplaybook {self.playbook}, seed {self.seed}, {self.walker.cases} case(s), "
            f"tables {self.walker.company.tables}\npeople:\n{people}\nsteps:\n{steps}"
        )


class Onlooker(Watch):
    """The ten invariants, and (b) at every firing."""

    def __call__(
        self, world: World, number: int, before: CaseState, command: Command, now: datetime, decision: Decision
    ) -> None:
        super().__call__(world, number, before, command, now, decision)
        if command.kind == "wake" and any(event.kind == "act" for event in decision.events):
            fires_alike(world, before)


def fires_alike(world: World, before: CaseState) -> None:
    """The first alarm that is due does the same a second after its moment and long after it."""
    first = decide(world.playbook, before, Command("wake"), before.last_at or datetime.min, world.company).wake_at
    if first is None or before.last_at is None or first <= before.last_at:
        return
    tick = timedelta(microseconds=1)
    prompt = decide(world.playbook, before, Command("wake"), first + tick, world.company)
    limits = [first + LONGEST_SLEEP]
    limits += [prompt.wake_at] if prompt.wake_at else []
    limits += [clock.due for clock in before.running_clocks() if clock.due is not None and clock.due > first]
    late_at = first + (min(limits) - first) * 0.9
    late = decide(world.playbook, before, Command("wake"), late_at, world.company)
    if [masked(event) for event in prompt.events] != [masked(event) for event in late.events]:
        raise Violation(5, f"the worker of {first + tick} and the one of {late_at} make different histories")
    for key, clock in prompt.case.clocks.items():
        other = late.case.clocks[key]
        if clock.kind == "state" and clock.running and clock.due and other.due and other.due < clock.due:
            raise Violation(5, f"the slow worker shortened {key}: {other.due} instead of {clock.due}")


def masked(event: Event) -> str:
    """An event without its moments."""
    return MOMENT.sub("*", json.dumps(event.to_json(), sort_keys=True))


def run(playbook: str, seed: int, *, length: int = LENGTH) -> Failure | None:
    """Take one walk and judge it; None when all is well."""
    book = shipped()[playbook]
    walker = Walker(book, seed)
    walker.world.watch = Onlooker(book, walker.cases)
    try:
        walker.walk(length)
        at_the_end(walker.world)
        if seed % 2 == 0:
            whatever_the_worker(walker)
    except Exception as error:
        violation = error if isinstance(error, Violation) else Violation(0, repr(error))
        return Failure(playbook, seed, violation, shrunk(walker, violation), walker)
    return None


def whatever_the_worker(walker: Walker) -> None:
    """(a): a worker that never comes and one that always does give what this one gave."""
    steps = walker.steps
    if walker.cases > 1 or any(later.at < step.at for step, later in zip(steps, steps[1:], strict=False)):
        return  # what travels between cases, and a clock that jumped back, have a moment of their own
    if any(step.command is not None and step.command.name == "step_back" for step in steps):
        return  # refused once something was delivered, and that depends on the worker
    if any(acted_by_itself(event) for file in walker.world.files for event in file.events):
        return
    for worker in ("never", "prompt"):
        world = retaken(walker, walker.steps, worker=worker)
        if any(acted_by_itself(event) for file in world.files for event in file.events):
            return  # a limit passed between the last step and the end
        for mine, other in zip(walker.world.files, world.files, strict=True):
            if commands(mine.events) != commands(other.events):
                raise Violation(5, f"another history when the worker comes {worker}")
            if worker == "never" and without_notices(mine.case) != without_notices(other.case):
                raise Violation(5, f"another state when the worker comes {worker}")


def acted_by_itself(event: Event) -> bool:
    return bool(event.actor.kind == "system" and (event.input.get("clock") or event.kind == "release")
                and (event.kind != "clock" or event.input.get("step") == "else"))  # fmt: skip


def commands(events: Sequence[Event]) -> list[object]:
    """What was done and when; notices and the clock's memory of them left out."""
    told: list[object] = []
    for event in events:
        if event.kind != "clock":
            changes = [_plain(change) for change in event.changes]
            told.append((event.at, event.kind, event.name, event.actor.id, dict(event.input), changes))
    return told


def _plain(change: object) -> object:
    if isinstance(change, dict) and change.get("op") == "clock":
        return {**change, "clock": {name: value for name, value in change["clock"].items() if name != "fired"}}
    return change


def without_notices(case: CaseState) -> object:
    """The state but for its numbering and for which notices have gone off."""
    told = case.to_json()
    for clock in told["clocks"]:
        clock.pop("fired", None)
    told["moved"] = {name: value for name, value in told["moved"].items() if name != "seq"}
    return {name: value for name, value in told.items() if name not in ("seq", "last_at")}


def retaken(walker: Walker, steps: Sequence[Step], *, worker: str = "as written", watched: bool = False) -> World:
    """The same steps in a fresh world."""
    watch = Onlooker(walker.playbook, walker.cases) if watched else None
    world = World(walker.playbook, Walker(walker.playbook, walker.seed).company, walker.cases, watch)
    for step in steps:
        world.take(step, worker=worker)  # type: ignore[arg-type]
    return world


def shrunk(walker: Walker, violation: Violation) -> list[Step]:
    """The fewest steps (found by leaving out one after the other) that still break the same invariant."""
    steps = list(walker.steps)
    if not _breaks(walker, steps, violation):
        return steps  # it needs the end of the walk, or another worker
    for index in reversed(range(len(steps))):
        fewer = steps[:index] + steps[index + 1 :]
        if _breaks(walker, fewer, violation):
            steps = fewer
    return steps


def _breaks(walker: Walker, steps: Sequence[Step], violation: Violation) -> bool:
    try:
        world = retaken(walker, steps, watched=True)
        world.deliver_all(max(step.at for step in steps) if steps else walker.now)
        at_the_end(world)
    except Violation as other:
        return other.number == violation.number
    except Exception as error:
        return violation.number == 0 and type(error).__name__ in str(violation)
    return False
