"""One or two cases in a world without a database: commands, alarms, effects that come late or twice, crashes.

A walk is a list of `Step`s, made by `walker` and taken by `World`; the same list gives the same history, so
what failed can be taken again and made shorter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from tests.simulation.company import Company

from tuoshan.core.case import CaseState, Command, Decision, Effect, Event
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Playbook
from tuoshan.core.possible import possible

NOT_CANCELLED = frozenset({"adopt", "disown"})
WRONG_PLACE = frozenset({"not_from_here", "moved_by_system", "on_hold", "unknown_action", "blocked_by_task", "ended"})
PROMPT = timedelta(seconds=1)
MOST_WAKES = 500


class Violation(AssertionError):
    """An invariant does not hold. `number` is the invariant's in docs/playbooks.md, 0 for an error raised."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"invariant {number}: {what}")
        self.number = number


@dataclass(frozen=True)
class Step:
    """One thing that happens to the world at a moment that the machine's clock then shows (it may have gone back).

    `wakes` are moments before it at which the worker ran. `crashes` commits are tried and lost before this one.
    """

    at: datetime
    kind: Literal["command", "deliver", "table"]
    case: int = 0
    command: Command | None = None
    wakes: tuple[datetime, ...] = ()
    effects: tuple[tuple[int, str], ...] = ()
    table: Mapping[str, object] = field(default_factory=dict)
    crashes: int = 0

    def __str__(self) -> str:
        wakes = f" (worker at {', '.join(f'{at:%m-%d %H:%M:%S}' for at in self.wakes)})" if self.wakes else ""
        when = f"{self.at:%Y-%m-%d %H:%M:%S.%f}{wakes}"
        if self.kind == "table":
            return f"{when} tables {dict(self.table)}"
        if self.kind == "deliver":
            return f"{when} deliver {', '.join(f'{number}:{key}' for number, key in self.effects)}"
        command = self.command
        assert command is not None
        actor = f"{command.actor.kind} {command.actor.id} of {sorted(command.actor.parties)}"
        told = {name: value for name in ("values", "evidence", "task", "outcome", "key", "extra")
                if (value := getattr(command, name))}  # fmt: skip
        return f"{when} case {self.case}: {command.kind} {command.name} by {actor} {told}"


@dataclass
class CaseFile:
    """What a database would hold of one case."""

    case: CaseState
    events: list[Event] = field(default_factory=list)
    wake_at: datetime | None = None
    open: dict[str, Effect] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    cancelled: set[str] = field(default_factory=set)
    told: list[int] = field(default_factory=list)


Watcher = Callable[["World", int, CaseState, Command, datetime, Decision], None]


class World:
    """Carries out steps on its cases; `watch` is asked after every decision and raises Violation."""

    def __init__(self, playbook: Playbook, company: Company, cases: int, watch: Watcher | None = None) -> None:
        self.playbook = playbook
        self.company = Company(company.persons, company.outside, dict(company.tables))
        self.files = [CaseFile(CaseState(playbook.key)) for _ in range(cases)]
        self.watch = watch
        self.last: Decision | None = None

    # -- one step ------------------------------------------------------------------------------------------
    def take(self, step: Step, *, worker: Literal["as written", "prompt", "never"] = "as written") -> None:
        """Let the worker run up to the step as told, then carry it out."""
        if worker == "as written":
            for moment in step.wakes:
                self.wake_all(moment)
        elif worker == "prompt":
            self.wake_promptly(step.at)
        match step.kind:
            case "table":
                self.company.tables.update(step.table)
            case "deliver":
                for number, key in step.effects:
                    self.deliver(number, key, step.at)
            case "command":
                assert step.command is not None
                self.command(step.case, step.command, step.at, crashes=step.crashes)

    def wake_all(self, now: datetime) -> None:
        """The worker looks at every case whose alarm lies before now."""
        for number, file in enumerate(self.files):
            if file.wake_at is not None and file.wake_at < now:
                self.command(number, Command("wake"), now)

    def next_alarm(self) -> datetime | None:
        """When the first alarm of any case is due."""
        return min((file.wake_at for file in self.files if file.wake_at is not None), default=None)

    def wake_promptly(self, until: datetime) -> None:
        """The worker is there within a second of every alarm before `until`."""
        for _ in range(MOST_WAKES):
            due = self.next_alarm()
            if due is None or due >= until:
                return
            self.wake_all(min(due + PROMPT, until))
        raise Violation(0, f"the worker never comes to rest: {[file.wake_at for file in self.files]}")

    def command(self, number: int, command: Command, now: datetime, *, crashes: int = 0) -> Decision:
        """Decide and commit; `crashes` decisions are lost before the commit and must come out the same again."""
        file = self.files[number]
        before = file.case
        if command.kind == "step_back" or (command.kind == "act" and self._back(command.name)):
            command = self._with_events(file, command)
        elif command.kind == "adopt":
            command = replace(command, events=tuple(file.events))
        decision = decide(self.playbook, before, command, now, self.company)
        for _ in range(crashes):
            again = decide(self.playbook, before, command, now, self.company)
            if (again.events, again.case, again.effects, again.refusal) != (
                decision.events, decision.case, decision.effects, decision.refusal,
            ):  # fmt: skip
                raise Violation(5, f"{command.kind} {command.name} sent again after a crash comes out otherwise")
        self._commit(file, decision)
        self.last = decision
        self._button(command, before, decision, now)
        if self.watch is not None:
            self.watch(self, number, before, command, now, decision)
        return decision

    def _back(self, name: str) -> bool:
        action = self.playbook.actions.get(name)
        return action is not None and action.back

    def _button(self, command: Command, before: CaseState, decision: Decision, now: datetime) -> None:
        """What is offered without reserve is not refused for its place."""
        if decision.refusal is None or decision.refusal.because not in WRONG_PLACE or decision.events:
            return
        for item in possible(self.playbook, before, command.actor, now, self.company):
            same = (item.kind, item.name, item.task) == (command.kind, command.name, command.task)
            if same and item.blocked is None:
                raise Violation(9, f"{command.name} was offered and then refused: {decision.refusal}")

    def _with_events(self, file: CaseFile, command: Command) -> Command:
        since = int(file.case.moved.get("seq", 0))
        told = [seq for seq in file.told if seq >= since]
        extra = {**command.extra, "delivered": told} if told and since else command.extra
        return replace(command, events=tuple(file.events), extra=extra)

    def _commit(self, file: CaseFile, decision: Decision) -> None:
        file.case = decision.case
        file.events += decision.events
        file.wake_at = decision.wake_at
        for effect in decision.effects:
            if effect.verb == "cancel":
                since = int(effect.data.get("since", 0))
                gone = [key for key, other in file.open.items()
                        if other.verb not in NOT_CANCELLED and since <= other.seq < effect.seq]  # fmt: skip
                for key in gone:
                    del file.open[key]
                file.cancelled |= set(gone)
            else:
                file.open[effect.key] = effect
                file.made[effect.key] += 1

    # -- effects -------------------------------------------------------------------------------------------
    def deliver(self, number: int, key: str, now: datetime) -> None:
        """Deliver an effect that is still open; a disowning waits for the adoption before it."""
        file = self.files[number]
        effect = file.open.get(key)
        if effect is None:
            return
        if effect.verb in NOT_CANCELLED:
            if effect.verb == "disown" and any(
                other.verb == "adopt" and other.seq < effect.seq for other in file.open.values()
            ):
                return
            into = str(effect.data["into"])
            if into:
                extra = {"from": str(number), "clocks": effect.data.get("clocks", ())}
                self.command(int(into), Command(effect.verb, effect.verb, extra=extra), now)  # type: ignore[arg-type]
        if effect.verb == "tell":
            file.told.append(effect.seq)
        del file.open[key]
        file.done[key] += 1

    def deliver_all(self, now: datetime) -> None:
        """Everything that is still on its way arrives."""
        for _ in range(3):
            for number, file in enumerate(self.files):
                for key in list(file.open):
                    self.deliver(number, key, now)
