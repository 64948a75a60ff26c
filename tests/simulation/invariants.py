"""The ten invariants of docs/playbooks.md, judged from the outside after every decision.

What the kernel claims is compared with a second book kept here (`Book`): who did what, which amounts were
carried out, how long each clock was seen to stand still. Number 10 (gates, pushes, duties) waits for groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tests.simulation.world import Violation, World

from tuoshan.core import evolve, timing
from tuoshan.core.case import CaseState, Clock, Command, Decision, Event
from tuoshan.core.durations import elapsed_account
from tuoshan.core.facts import decode
from tuoshan.core.playbook import ANY_OPEN, Action, Playbook

ZERO = timedelta(0)


def total_time(intervals: Iterable[tuple[datetime, datetime | None]], until: datetime) -> timedelta:
    """Wall time lying in the intervals, an open one counted up to `until`."""
    return sum(((end or until) - start for start, end in intervals), ZERO)


@dataclass
class Book:
    """What an onlooker has seen of one case."""

    did: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    carried: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    """Task run that carries amounts out → each of them when it was given out."""
    settled: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    seen_at: datetime | None = None
    seen: dict[str, str] = field(default_factory=dict)
    spent: defaultdict[str, defaultdict[str, timedelta]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(timedelta))
    )
    rewritten: set[str] = field(default_factory=set)
    """Clocks whose past was changed on purpose: a step taken back, a merge undone."""


class Watch:
    """Called by the world after every decision; raises Violation."""

    def __init__(self, playbook: Playbook, cases: int) -> None:
        self.playbook = playbook
        self.books = [Book() for _ in range(cases)]
        self.money = {
            str(verb.target): verb.amounts
            for action in playbook.actions.values() for verb in action.do if verb.name == "carry_out"
        }  # fmt: skip

    def __call__(
        self, world: World, number: int, before: CaseState, command: Command, now: datetime, decision: Decision
    ) -> None:
        book, case = self.books[number], decision.case
        state = before
        for event in decision.events:
            self._time(state, event)
            after = evolve.apply(state, event)
            self._who(world, book, state, event, command)
            self._money(book, state, event)
            self._account(book, state, after, event)
            self._paid_back(book, after)
            state = after
        if state != case:
            raise Violation(4, "the events do not give the state that was decided")
        moment = max(now, before.last_at) if before.last_at else now
        if command.kind == "wake" and decision.wake_at is not None and decision.wake_at < moment:
            raise Violation(5, f"the worker leaves an alarm of {decision.wake_at} behind at {moment}")
        if not decision.events:
            if case != before or decision.effects:
                raise Violation(4, f"a state or an effect without an event ({command.kind} {command.name})")
            if command.kind == "wake":
                return
        if case.state:
            self._waits(case)
            self._clocks(case)
            self._tasks(case)
        for effect in decision.effects:
            if world.files[number].made[effect.key] > 1:
                raise Violation(6, f"effect {effect.key} was given out twice")

    # -- 4 and 5: events ------------------------------------------------------------------------------------
    def _time(self, state: CaseState, event: Event) -> None:
        if state.last_at is not None and event.at < state.last_at:
            raise Violation(5, f"event {event.seq} at {event.at} lies before {state.last_at}")
        if event.seq != state.seq + 1:
            raise Violation(4, f"event {event.seq} follows {state.seq}")

    # -- 1, 2, 3: what the case waits for -------------------------------------------------------------------
    def _waits(self, case: CaseState) -> None:
        state = self.playbook.states[case.state]
        if state.end or case.hold is not None:
            return
        waits = state.waits
        if waits is None or not waits.parties:
            raise Violation(1, f"{case.state} waits for nobody")
        if waits.no_promise:
            return
        if waits.promise:
            covering = timing.running(case, "deadline", waits.promise)
        else:
            covering = timing.running(case, "state", case.state)
        if not covering:
            raise Violation(1, f"nothing covers the wait in {case.state}")
        if not any(self._lives(case, clock) for clock in covering):
            raise Violation(1, f"no clock lives in {case.state}: {covering}")

    def _lives(self, case: CaseState, clock: Clock) -> bool:
        if clock.due is None:  # paused: whom we wait for meanwhile has a clock of its own
            return any(other.due is not None for other in case.running_clocks() if other.key != clock.key)
        assert case.last_at is not None
        if clock.due >= case.last_at or any(step.startswith("late") for step in clock.fired):
            return True
        plan = timing.plan_of(self.playbook, clock)
        if plan.late or (plan.otherwise and "else" not in clock.fired):
            return True  # past its limit by what has just happened: goes off with the next wake
        return any(run.name == timing.REFUSED_ELSE for run in case.open_tasks())

    def _clocks(self, case: CaseState) -> None:
        state = self.playbook.states[case.state]
        for clock in case.running_clocks():
            if clock.kind == "state" and clock.name != case.state:
                raise Violation(2, f"the clock of {clock.name} runs in {case.state}")
            if state.end and not self._owed(clock):
                raise Violation(2, f"{clock.key} outlives its case, which ended as {case.state}")
            if clock.kind == "task" and case.tasks[clock.key.removeprefix("task:")].status != "open":
                raise Violation(2, f"{clock.key} outlives its task")
            if clock.kind == "hold" and (case.hold is None or case.hold.name != clock.name):
                raise Violation(2, f"{clock.key} outlives its hold")
            if (clock.due is None) != (_open(clock.paused) or _open(clock.held)):
                raise Violation(8, f"{clock.key} is due {clock.due}, yet {clock.paused} {clock.held}")
        if len([clock for clock in case.running_clocks() if clock.kind == "state"]) > 1:
            raise Violation(2, "a state has two clocks")
        if state.end and case.hold is not None:
            raise Violation(2, f"the hold {case.hold.name} outlives its case")

    def _owed(self, clock: Clock) -> bool:
        task = self.playbook.tasks.get(clock.name)
        return clock.kind == "task" and task is not None and task.owed

    def _tasks(self, case: CaseState) -> None:
        end = self.playbook.states[case.state].end
        names = [(run.name, run.key) for run in case.open_tasks() if run.name != timing.REFUSED_ELSE]
        if len(names) != len(set(names)):
            raise Violation(3, f"a task is open twice: {names}")
        if not end:
            return
        for run in case.open_tasks():
            task = self.playbook.tasks.get(run.name)
            if task is None or not task.owed:
                raise Violation(3, f"{run.id} is still open at the end {case.state}")

    # -- 9: who may, from where, if ---------------------------------------------------------------------------
    def _who(self, world: World, book: Book, state: CaseState, event: Event, command: Command) -> None:
        actor, persons = event.actor, event.actor.persons
        if event.kind == "act":
            action = self.playbook.actions[event.name]
            here = state.state in action.sources or (
                ANY_OPEN in action.sources and not self.playbook.states[state.state].end
            )
            if not here:
                raise Violation(9, f"{event.name} was taken in {state.state}")
            if state.hold is not None and action.moves:
                raise Violation(9, f"{event.name} was taken under the hold {state.hold.name}")
            if actor.kind == "system":
                self._by_system(state, event, action)
            else:
                self._by_somebody(world, book, state, event, action, command)
            book.did[event.name] |= persons
        elif event.kind == "task":
            task = self.playbook.tasks.get(event.name)
            if task is not None and persons & {one for name in task.not_by for one in book.did[name]}:
                raise Violation(9, f"{sorted(persons)} did {event.name} and one of {task.not_by}")
            run = state.tasks[str(event.input["task"])]
            holders = {run.key, f"{run.party}:{run.key}"} if run.key else {run.party}
            if task is not None and event.input.get("up_the_line"):
                barred = self._barred(book, state, task.not_by)
                holders = self._up_the_line(world, holders, {run.party}, barred, event)
            if not holders & actor.parties and state.assigned.get(run.party) not in persons:
                raise Violation(9, f"{actor} completed {run.id}")
            book.did[event.name] |= persons

    def _by_system(self, state: CaseState, event: Event, action: Action) -> None:
        if action.automatic:
            return
        clock = state.clocks.get(str(event.input.get("clock")))
        if clock is None or timing.plan_of(self.playbook, clock).otherwise != action.name:
            raise Violation(9, f"the system took {event.name} without a limit that says so")
        if clock.due is None or clock.due >= event.at:
            raise Violation(9, f"{event.name} was taken at {event.at}, before its limit {clock.due} had passed")

    def _by_somebody(
        self, world: World, book: Book, state: CaseState, event: Event, action: Action, command: Command
    ) -> None:
        if action.automatic:
            raise Violation(9, f"{event.actor} took the automatic {event.name}")
        allowed = set(action.by)
        if action.by_tier is not None:
            values = command.values if command.name == event.name else {}
            amount = values.get(action.by_tier.of, state.facts.get(action.by_tier.of))
            total = Decimal(str(amount)) + book.settled[action.by_tier.of]
            allowed = {self._tier(world, action.by_tier.table, total)}
        done = {person for name in action.not_by for person in book.did[name]}
        if event.actor.persons & done:
            raise Violation(9, f"{sorted(event.actor.persons)} did {event.name} and one of {action.not_by}")
        if event.input.get("up_the_line"):
            barred = self._barred(book, state, action.not_by)
            allowed = self._up_the_line(world, allowed, allowed, barred, event)
        if not allowed & event.actor.parties:
            raise Violation(7 if action.by_tier else 9, f"{event.actor} took {event.name}, which is for {allowed}")

    def _barred(self, book: Book, state: CaseState, names: Iterable[str]) -> set[str]:
        """Who did one of these; where a party is named, who has the case in it."""
        given = {state.assigned[name] for name in names if name in self.playbook.parties and name in state.assigned}
        return given.union(*(book.did[name] for name in names))

    def _up_the_line(
        self, world: World, allowed: set[str], owner: set[str], barred: set[str], event: Event
    ) -> set[str]:
        """The first level above these parties at which somebody is left. Nobody may be left below it."""
        level, below, passed = allowed, owner, allowed | owner
        others = {name: held for name, held in world.company.persons.items() if name not in barred}
        while not (left := [name for name, held in others.items() if held & level]):
            level = {self.playbook.parties[party].superior for party in below} - passed - {""}
            below, passed = level, passed | level
            if not level:
                raise Violation(9, f"{event.actor} took {event.name} up the line, where nobody is left")
        if level == allowed:
            raise Violation(9, f"{event.actor} took {event.name} up the line, while {left} could have")
        return level

    def _tier(self, world: World, table: str, total: Decimal) -> str:
        value = world.company.tables.get(table) or self.playbook.tables[table]
        for limit, party in value["tiers"]:  # type: ignore[index]
            if limit == "more" or total <= Decimal(str(limit)):
                return str(party)
        raise Violation(7, f"no tier of {table} covers {total}")

    # -- 7: money --------------------------------------------------------------------------------------------
    def _money(self, book: Book, state: CaseState, event: Event) -> None:
        for change in event.changes:
            if change["op"] == "task" and change["task"]["name"] in self.money and change["task"]["status"] == "open":
                if event.kind == "step_back":
                    continue
                run = str(change["task"]["id"])
                if run not in state.tasks:
                    named = self.money[change["task"]["name"]]
                    book.carried[run] = {fact: self._amount(state, event, fact) for fact in named}
                    self._given_out(book, state, event, book.carried[run])
            if change["op"] == "settled":
                fact = str(change["fact"])
                run = str(event.input["task"])
                if fact not in book.carried.get(run, {}):
                    raise Violation(7, f"{run} was settled twice or never given out")
                book.settled[fact] += book.carried[run].pop(fact)
                if Decimal(change["total"]) != book.settled[fact]:
                    raise Violation(7, f"{change['total']} settled, but {book.settled[fact]} was given out to be paid")

    def _amount(self, state: CaseState, event: Event, fact: str) -> Decimal:
        """A fact as it is after this event; of an amount that nobody has given, nothing."""
        given: dict[str, object] = {}
        for change in event.changes:
            given |= change["values"] if change["op"] == "facts" else {}
        value = decode(given[fact]) if fact in given else state.facts.get(fact)
        return Decimal(0) if value is None else Decimal(str(value))

    def _given_out(self, book: Book, state: CaseState, event: Event, amounts: dict[str, Decimal]) -> None:
        """Money back with what was paid back before is never more than was paid; a part never more than its whole."""
        for fact, amount in amounts.items():
            for ceiling in self.playbook.facts[fact].ceilings:
                bound = amounts[ceiling] if ceiling in amounts else self._amount(state, event, ceiling)
                before = Decimal(0) if ceiling in amounts else book.settled[fact]
                if amount > 0 and amount + before > bound:
                    raise Violation(7, f"{fact} of {amount} after {before} is above {ceiling} of {bound}")

    def _paid_back(self, book: Book, case: CaseState) -> None:
        """Whatever is corrected afterwards: what was paid stays at least what was paid back."""
        for fact, total in book.settled.items():
            for ceiling in self.playbook.facts[fact].ceilings:
                if ceiling not in book.settled and total > Decimal(str(case.facts.get(ceiling, 0))):
                    raise Violation(7, f"{total} of {fact} were paid out, yet {ceiling} is {case.facts.get(ceiling)}")

    # -- 8: where the time went ---------------------------------------------------------------------------------
    def _account(self, book: Book, state: CaseState, after: CaseState, event: Event) -> None:
        """Add up how long each clock was seen running, paused and held; compare with what it says of itself."""
        span = event.at - book.seen_at if book.seen_at else ZERO
        book.seen_at = event.at
        for key, how in book.seen.items():
            book.spent[key][how] += span
        undoing = event.kind == "step_back" or (event.kind == "release" and event.name == timing.MERGED)
        book.seen = {}
        for key, clock in after.clocks.items():
            if clock.adopted_from or (undoing and clock != state.clocks.get(key)):
                book.rewritten.add(key)
            if clock.running:
                book.seen[key] = "held" if _open(clock.held) else "paused" if _open(clock.paused) else "ran"
            if key in book.rewritten or clock == state.clocks.get(key):
                continue
            self._compare(clock, event.at, book.spent[key])

    def _compare(self, clock: Clock, now: datetime, spent: defaultdict[str, timedelta]) -> None:
        until = clock.ended or now
        paused, held = _total(clock.paused, until), _total(clock.held, until)
        closed = [tuple((a, b or until) for a, b in spans) for spans in (clock.paused, clock.held)]
        account = elapsed_account(clock.started, until, *closed)
        if account.elapsed + account.paused + account.held != until - clock.started:
            raise Violation(8, f"{clock.key}: {account} is not the wall time {until - clock.started}")
        if (spent["paused"], spent["held"]) != (paused, held) or spent["ran"] != account.elapsed:
            raise Violation(8, f"{clock.key} says paused {paused} held {held}, seen {dict(spent)}")


def _total(intervals: tuple[tuple[datetime, datetime | None], ...], until: datetime) -> timedelta:
    """Wall time lying in the intervals, an open one counted up to `until`."""
    return sum(((end or until) - start for start, end in intervals), timedelta())


def _open(intervals: tuple[tuple[datetime, datetime | None], ...]) -> bool:
    return bool(intervals) and intervals[-1][1] is None


def at_the_end(world: World) -> None:
    """When everything has arrived: each effect once or cancelled; a fresh replay from JSON gives the state."""
    for file in world.files:
        if file.open:
            raise Violation(6, f"never delivered: {list(file.open)}")
        for key in file.made:
            times = file.done[key] + (key in file.cancelled)
            if times != 1:
                raise Violation(6, f"{key} was delivered or cancelled {times} times")
        again = evolve.replay(file.case.playbook, [Event.from_json(event.to_json()) for event in file.events])
        stored = file.case.to_json()
        if again.to_json() != stored:
            raise Violation(4, "replay gives another state")
        if CaseState.from_json(stored) != file.case:
            raise Violation(4, "the stored state reads back otherwise")
