"""The random walker: makes the next step plausible often enough to get far, and wrong often enough to hurt."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.simulation.company import OTHER_VALUES, Company, company_of
from tests.simulation.filling import filled, fitted
from tests.simulation.world import MOST_WAKES, PROMPT, Step, Watcher, World

from tuoshan.core import mending, timing
from tuoshan.core.case import SYSTEM_ACTOR, Actor, CaseState, Command
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.possible import Possible, possible
from tuoshan.core.scope import CaseScope
from tuoshan.core.walker import BEGIN

MICROSECOND = timedelta(microseconds=1)


class Walker:
    """Makes and takes steps; `steps` is the walk so far."""

    def __init__(self, playbook: Playbook, seed: int, watch: Watcher | None = None) -> None:
        self.seed = seed
        self.chance = random.Random(f"{playbook.key}:{seed}")
        self.playbook = playbook
        self.company: Company = company_of(playbook, self.chance)
        self.cases = 2 if self.chance.random() < 0.25 else 1
        self.world = World(playbook, self.company, self.cases, watch)
        self.people = sorted(self.company.persons)
        self.actors = self.company.actors()
        self.worker = self.chance.choice(("prompt", "prompt", "slow", "now and then"))
        self.now = BEGIN + timedelta(minutes=self.chance.randrange(14 * 24 * 60))
        self.steps: list[Step] = []
        self.sent: list[tuple[int, Command]] = []

    def walk(self, length: int) -> list[Step]:
        """Begin every case, then take `length` steps; at last everything on its way arrives."""
        for number in range(self.cases):
            self.take(Step(self.now, "command", number, self.beginning()))
        for _ in range(length):
            self.now = self.later()
            wakes = self.wakes(self.now)
            self.take(replace(self.any_step(), wakes=wakes))
        last = max(self.now, *(file.case.last_at or self.now for file in self.world.files))
        self.world.deliver_all(last)
        return self.steps

    def take(self, step: Step) -> None:
        """Take a step before which the worker has run already."""
        self.steps.append(step)
        self.world.take(step, worker="never")
        if step.command is not None:
            self.sent.append((step.case, step.command))

    def beginning(self) -> Command:
        """A registration; one that ends at once is mostly drawn again, or the walk would be over."""
        customer = Actor("customer", "c1", frozenset({"customer"}))
        for draw in range(50):
            values = self.filled(self.playbook.register, CaseState(self.playbook.key))
            command = Command("start", actor=customer, values=values)
            decision = decide(self.playbook, CaseState(self.playbook.key), command, self.now, self.world.company)
            if decision.accepted and (draw > 4 or not self.playbook.states[decision.case.state].end):
                break
        return command

    # -- time ----------------------------------------------------------------------------------------------
    def later(self) -> datetime:
        """The moment of the next step: soon, in hours, in days, on the very limit, or the clock jumps back."""
        chance, draw = self.chance, self.chance.random()
        alarms = [file.wake_at for file in self.world.files if file.wake_at is not None and file.wake_at > self.now]
        if draw < 0.45:
            return self.now + timedelta(seconds=chance.randrange(3600))
        if draw < 0.68:
            return self.now + timedelta(minutes=chance.randrange(26 * 60))
        if draw < 0.80 and alarms:
            return min(alarms) + chance.choice((-MICROSECOND, timedelta(0), MICROSECOND, timedelta(minutes=1)))
        if draw < 0.96:
            return self.now + timedelta(hours=chance.randrange(1, 12 * 24))
        if draw < 0.98:
            return self.now - timedelta(seconds=chance.randrange(1, 90_000))
        return self.now + timedelta(days=chance.randrange(30, 90))

    def wakes(self, until: datetime) -> tuple[datetime, ...]:
        """Let the worker run before `until`: at every alarm, once at some moment, or not at all; when it ran."""
        if self.worker == "slow" or (self.worker == "now and then" and self.chance.random() < 0.5):
            return ()
        moments: list[datetime] = []
        while (due := self.world.next_alarm()) is not None and due < until:
            if self.worker == "prompt":
                moments.append(min(due + PROMPT, until))
            else:
                moments.append(max(due + (until - due) * self.chance.random(), due + MICROSECOND))
            self.world.wake_all(moments[-1])
            if self.worker != "prompt" or len(moments) > MOST_WAKES:
                break
        return tuple(moments)

    # -- what happens --------------------------------------------------------------------------------------
    def any_step(self) -> Step:
        draw = self.chance.random()
        number = self.chance.randrange(self.cases)
        if draw < 0.10:
            return self.deliveries()
        if draw < 0.12:
            return self.new_tables()
        if draw < 0.16 and self.sent:
            case, command = self.chance.choice(self.sent[-4:])
            return Step(self.now, "command", case, command)
        if draw < 0.22 and self.cases == 2:
            return Step(self.now, "command", number, self.merging(number))
        crashes = 1 if self.chance.random() < 0.05 else 0
        return Step(self.now, "command", number, self.command(number), crashes=crashes)

    def deliveries(self) -> Step:
        open_ = [(number, key) for number, file in enumerate(self.world.files) for key in file.open]
        chosen = [one for one in open_ if self.chance.random() < 0.7]
        again = chosen[:1] if self.chance.random() < 0.2 else []
        return Step(self.now, "deliver", effects=tuple(chosen + again))

    def new_tables(self) -> Step:
        names = sorted(name for name in self.playbook.tables if name in OTHER_VALUES)
        if not names:
            return self.deliveries()
        name = self.chance.choice(names)
        return Step(self.now, "table", table={name: self.chance.choice(OTHER_VALUES[name])})

    def merging(self, number: int) -> Command:
        this, other = self.world.files[number].case, self.world.files[1 - number].case
        actor = self.chance.choice(self.actors)
        if this.merged_into:
            return Command("release", timing.MERGED, actor)
        ended = not other.state or self.playbook.states[other.state].end
        if ended or other.merged_into or not this.state:
            return Command("record", "note", actor)
        return Command("hold", timing.MERGED, actor, extra={"into": str(1 - number)})

    def command(self, number: int) -> Command:
        case = self.world.files[number].case
        draw = self.chance.random()
        if draw < 0.06:
            return self.strange(case)
        if draw < 0.09:
            name = self.chance.choice(("note", "call", "identity"))
            return Command("record", name, self.chance.choice(self.actors))
        if draw < 0.12:
            return self.correction()
        actor = self.somebody(case)
        offered = possible(self.playbook, case, actor, self.now, self.world.company)
        if not offered:
            return Command("record", "note", actor)
        weights = [self.weight(item) for item in offered]
        item = self.chance.choices(offered, weights)[0]
        return self.taking(item, actor, case)

    def weight(self, item: Possible) -> float:
        if item.blocked is not None:
            return 0.3
        if item.kind == "act":
            target = self.playbook.actions[item.name].to
            if item.name == "step_back" or (target and self.playbook.states[target].end):
                return 0.4
        return {"act": 4.0 if item.main else 1.0, "task": 4.0, "ask": 0.5, "hold": 0.3, "release": 2.0}[item.kind]

    def somebody(self, case: CaseState) -> Actor:
        """Mostly one of those for whom the case waits, sometimes anybody; now and then a delegate."""
        wanted = set(timing.awaited(self.playbook, case)) | {run.party for run in case.open_tasks()}
        wanted |= {f"{run.party}:{run.key}" for run in case.open_tasks() if run.key}
        fit = [actor for actor in self.actors if actor.parties & wanted]
        actor = self.chance.choice(fit if fit and self.chance.random() < 0.8 else self.actors)
        if actor.kind == "person" and self.chance.random() < 0.05:
            return replace(actor, on_behalf_of=self.chance.choice(self.people))
        return actor

    def filled(self, fields: Sequence[Field], case: CaseState, wrong: float = 0.0) -> dict[str, object]:
        values = filled(fields, self.now, self.people, self.chance, wrong=wrong)
        scope = CaseScope(self.playbook, case, self.now, self.world.company, values)
        return fitted(fields, values, scope, self.chance)

    def taking(self, item: Possible, actor: Actor, case: CaseState) -> Command:
        values = self.filled(item.form, case, wrong=0.06)
        evidence = tuple("photo" if kind == "any" else kind.split("|")[0] for kind in item.evidence)
        if self.chance.random() < 0.04:
            evidence = ()
        outcome = self.chance.choice(item.outcomes)[0] if item.outcomes else ""
        action = self.playbook.actions.get(item.name) if item.kind == "act" else None
        if action is not None and any(verb.name == "correct" for verb in action.do):
            values["changes"] = self.changes()
        return Command(item.kind, item.name, actor, values, evidence, item.task, outcome, item.key)

    def changes(self) -> dict[str, object]:
        known = sorted(self.playbook.facts)
        if self.chance.random() < 0.7:  # else facts that only steps of their own give
            known = sorted(item.name for item in mending.correctable(self.playbook))
        names = self.chance.sample(known, min(self.chance.randint(1, 2), len(known)))
        fields = [replace(self.playbook.facts[name], required=True) for name in names]
        return filled(fields, self.now, self.people, self.chance)

    def correction(self) -> Command:
        return Command("correct", "correct", self.chance.choice(self.actors), self.changes())

    def strange(self, case: CaseState) -> Command:
        """Something that need not be possible at all: another state's action, a closed task, the system's own."""
        actor = self.chance.choice([*self.actors, SYSTEM_ACTOR])
        draw = self.chance.random()
        if draw < 0.6:
            action = self.chance.choice(list(self.playbook.actions.values()))
            values = filled(action.form, self.now, self.people, self.chance)
            return Command("act", action.name, actor, values, ("photo", "agreement"))
        if draw < 0.8 and case.tasks:
            run = self.chance.choice(list(case.tasks.values()))
            return Command("task", run.name, actor, {"amount": Decimal(7)}, task=run.id)
        if draw < 0.9:
            return Command("ask", self.chance.choice([*self.playbook.tasks, "nothing"]), actor)
        return Command("release", "", actor)
