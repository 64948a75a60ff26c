"""Whoever has to do with one case: takes its steps through the public face of cases, never past it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.core.case import CaseState, TaskRun
from tuoshan.demo.running import Simulation, StoryFailed
from tuoshan.demo.world import World, read_again, read_case
from tuoshan.parties.models import Person

Steps = Iterator[datetime]


class Player:
    """Plays one case state by state: a subclass has a method `in_STATE` for each state that it knows."""

    playbook = ""

    def __init__(self, world: World, simulation: Simulation, *, stop: str = "") -> None:
        self.world = world
        self.simulation = simulation
        self.chance = world.chance
        self.stop = stop
        self.gates: dict[str, datetime] = {}
        """State → the moment before which nobody acts there: so that a case stands where it should at the end."""
        self.brisk = False
        """Set where nobody loses time: the cases of the last weeks, so that few of them are left open."""
        self.done = False
        """Set where a story ends in the middle of a state."""
        self.case_id = 0
        self._read: tuple[Any, CaseState] | None = None
        self._fresh = False

    @property
    def now(self) -> datetime:
        return self.simulation.now

    @property
    def case(self) -> Any:
        """The row of the case, read when it is asked for after a change."""
        return self._known()[0]

    @property
    def state(self) -> CaseState:
        """The state of the case."""
        return self._known()[1]

    def _known(self) -> tuple[Any, CaseState]:
        if self._read is None:
            self._read = read_case(self.case_id)
        elif not self._fresh:
            self._read = read_again(*self._read)
        self._fresh = True
        return self._read

    def play(self) -> Steps:
        """The whole story of the case."""
        self.register()
        while True:
            self.look()
            if self.stop == self.state.state or self.case.held:
                yield from self.parting()
                return
            name = self.state.state
            gate = self.gates.pop(name, None)
            if gate is not None and gate > self.now:
                yield self.world.office(gate, weekends=True)
                if self.look() != name:
                    continue
            part = getattr(self, f"in_{name}", None)
            if part is None:
                return
            before = self.state.seq
            yield from part()
            if self.done or (self.look() == name and self.state.seq == before):
                return

    def register(self) -> None:
        """Begin the case."""
        raise NotImplementedError

    def parting(self) -> Steps:
        """What still happens where the story stops."""
        return iter(())

    def look(self) -> str:
        """Read the case anew where it has changed; its state."""
        self._fresh = False
        return self.state.state

    # -- waiting ------------------------------------------------------------------------------------
    def desk(self, least: float, most: float, *, weekends: bool = False) -> Steps:
        """Staff take between so many hours, and only while somebody is there."""
        yield self.world.office(self.now + self.chance.hours(least, most), weekends=weekends or self.keeps_on)

    def home(self, least: float, most: float) -> Steps:
        """The customer takes between so many hours."""
        yield self.world.awake(self.now + self.chance.hours(least, most * 0.5 if self.brisk else most))

    @property
    def keeps_on(self) -> bool:
        """Whether weekends are worked through."""
        return self.brisk or bool(self.stop)

    def stays(self, name: str) -> bool:
        """Whether the case still stands there, and is not frozen."""
        return self.look() == name and not self.case.held

    def days_since_start(self) -> int:
        return max(1, int((self.now - self.case.created_at) / timedelta(days=1)))

    # -- acting -------------------------------------------------------------------------------------
    def took(self, outcome: service.Outcome, what: str) -> None:
        if outcome.refusal is not None:
            where = f"{self.case.number} {self.state.state}" if self.case_id else self.playbook
            raise StoryFailed(f"{where}: {what}: {outcome.refusal.because} {dict(outcome.refusal.data)}")
        if outcome.case_id:
            self.case_id = outcome.case_id
        self._fresh = False

    def act(
        self, action: str, who: ActingAs | Person, values: Mapping[str, Any] | None = None,
        evidence: Sequence[int] = (),
    ) -> None:  # fmt: skip
        """Take an action. Raises StoryFailed when it is refused."""
        acting = who if isinstance(who, ActingAs) else self.world.acting(who, self.now)
        self.took(
            service.act(case_id=self.case_id, action=action, actor=acting, values=values or {}, evidence=evidence),
            action,
        )

    def finish(
        self, run: TaskRun, who: ActingAs | Person, values: Mapping[str, Any], *, evidence: Sequence[int] = (),
        outcome: str = "",
    ) -> None:  # fmt: skip
        """Complete a task."""
        acting = who if isinstance(who, ActingAs) else self.world.acting(who, self.now)
        self.took(
            service.complete_task(
                case_id=self.case_id, task_key=run.id, actor=acting, values=values, evidence=evidence, outcome=outcome
            ),
            run.id,
        )

    def opened(self, name: str) -> list[TaskRun]:
        """The open runs of a task."""
        return [run for run in self.state.open_tasks() if run.name == name]

    def times(self, action: str) -> int:
        trace = self.state.actions.get(action)
        return int(trace.times) if trace is not None else 0

    # -- who ----------------------------------------------------------------------------------------
    @property
    def customer(self) -> ActingAs:
        return ActingAs.by_customer(self.case.customer_id)

    @property
    def handler(self) -> Person:
        """Who handles the case today; a delegate while they are away."""
        person = self.world.by_id.get(self.case.handler_id or 0)
        return self.world.on_duty(person, self.now) if person else self.world.an_agent(self.now)

    def did(self, *actions: str) -> set[str]:
        """The persons who took these actions here."""
        return {by for name in actions if (trace := self.state.actions.get(name)) for by in trace.by}
