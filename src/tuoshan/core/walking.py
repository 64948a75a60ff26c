"""Example walks of a playbook, run against the kernel: `accept(grade='normal') > wait 25h > late respond`.

A walk is a story told in steps joined by `>`:

* `setting(table=value)`: the company's own value of a table, for the steps that follow;
* `start(facts)` first, optional; `ACTION(values)`; `ACTION … by PERSON`; `ACTION … as PARTY`;
* `ACTION fails`, `ACTION fails CODE`, `ACTION blocked TASK`;
* `task NAME[key] OUTCOME(values)`, `ask NAME`, `hold NAME`, `release NAME`, `settle NAME`, `fail NAME`;
* `wait 25h` (m, h, d, or minutes, hours, days): time passes and every alarm goes off on its way;
* `expect STATE`, `late CLOCK`, `not late CLOCK`, `paused CLOCK`, `running CLOCK`, `ended CLOCK`,
  `open TASK`, `not open TASK`, `warned CLOCK`, `warned CLOCK 2` (its second warning), `told PARTY of CLOCK`
  (that it is late), `started CLOCK 2` (twice in all), each also with `not`.

Required fields that a step does not give are filled with something plausible of their kind, so a walk names
only what matters to it. Moments and dates may be given as hours from the start. The clock starts on a
Monday at 09:00.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from tuoshan.core import forms, judging
from tuoshan.core.case import Actor, Assignment, CaseState, Command, Decision, Event, Json
from tuoshan.core.decide import decide
from tuoshan.core.playbook import MESSAGE, Field, Playbook, Walk
from tuoshan.core.work import Work
from tuoshan.core.worktime import WorkCalendar, round_the_clock, standard_cn

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
WAIT_UNITS = {"m": "minutes", "h": "hours", "d": "days", "minute": "minutes", "hour": "hours", "day": "days"}


class WalkProblem(Exception):
    """A step that did not go as the walk says."""


@dataclass
class WalkAround:
    """The plain company of a walk: the playbook's own tables, every party is somebody."""

    tables: Mapping[str, object] = field(default_factory=dict)
    standard: WorkCalendar = field(default_factory=standard_cn)

    def calendar(self, name: str) -> WorkCalendar:
        return round_the_clock() if name == "round_the_clock" else self.standard

    def table(self, name: str) -> object:
        return self.tables.get(name)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        return Assignment(f"the_{party}", {"walk": True})

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return True


@dataclass
class Walker:
    """Takes one walk step by step; also used by the simulation to act plausibly."""

    playbook: Playbook
    around: WalkAround = field(default_factory=WalkAround)
    now: datetime = BEGIN
    case: CaseState = field(init=False)
    last: Decision | None = None
    used: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    """Numbers of the events whose messages have left: a walk delivers at once."""
    notices: set[tuple[str, str, str]] = field(default_factory=set)
    """The warnings and late steps so far: `("warning1", "", "solve")`, `("late", "lead", "solve")`."""

    def __post_init__(self) -> None:
        self.case = CaseState(self.playbook.key)

    # -- commands --------------------------------------------------------------------------------------
    def send(self, command: Command) -> Decision:
        decision = decide(self.playbook, self.case, command, self.now, self.around)
        self.case, self.last = decision.case, decision
        self.events += decision.events
        self.told += [effect.seq for effect in decision.effects if effect.verb == "tell"]
        for event in decision.events:
            step = str(event.input.get("step", "")) if event.kind == "clock" else ""
            if step.startswith("warn"):
                self.notices.add((f"warning{int(step.removeprefix('warn')) + 1}", "", event.name))
            if step.startswith("late"):
                self.notices |= {("late", str(party), event.name) for party in event.input.get("to", ())}
        for event in decision.events:
            if event.kind == "act":
                self.used.add(event.name)
            if event.kind in ("correct", "step_back"):
                self.used.add(event.name)
            if event.kind == "act" and event.input.get("clock"):
                self.used.add(f"else:{event.name}")
        return decision

    def start(self, values: Mapping[str, object]) -> Decision:
        filled = self.fill(self.playbook.register, values)
        return self.send(Command("start", actor=Actor("customer", "customer", frozenset({"customer"})), values=filled))

    def fill(self, fields: tuple[Field, ...], values: Mapping[str, object]) -> dict[str, object]:
        """The given values in their kinds, and something plausible for each required one not given."""
        known = {item.name: item for item in fields}
        given = {name: self.typed(known.get(name) or self.playbook.facts.get(name), v) for name, v in values.items()}
        work = Work(self.playbook, self.case, self.now, self.around)
        for item in fields:
            if item.name not in given and item.required and forms.shown(item, work.scope(given)):
                given[item.name] = self.plausible(item)
        return given

    def typed(self, item: Field | None, value: object) -> object:
        if item is None:
            return value
        if item.kind in ("money", "number") and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        if item.kind in ("date", "datetime") and isinstance(value, int | Decimal):
            at = BEGIN + timedelta(hours=float(value))
            return at.astimezone(ZoneInfo(self.around.calendar("").timezone)).date() if item.kind == "date" else at
        if item.kind in ("date", "datetime") and isinstance(value, str):
            at = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            return at.date() if item.kind == "date" else at.astimezone(UTC)
        return value

    def plausible(self, item: Field) -> object:
        match item.kind:
            case "choice":
                return item.choices[0].value if item.choices else "one"
            case "choices":
                return [item.choices[0].value] if item.choices else ["one"]
            case "yes_no":
                return False
            case "money" | "number":
                return Decimal(item.minimum or 1)
            case "date":
                return (self.now + timedelta(days=1)).date()
            case "datetime":
                return self.now + timedelta(days=1)
        return "某某"

    def actor_for(self, parties: tuple[str, ...], as_party: str = "", person: str = "") -> Actor:
        party = as_party or (parties[0] if parties else "staff")
        kinds: dict[str, Literal["person", "customer", "system"]] = {"customer": "customer", "system": "system"}
        kind = kinds.get(party, "person")
        return Actor(kind, person or f"the_{party}", frozenset({party, "staff"} if kind == "person" else {party}))

    def act(self, name: str, values: Mapping[str, object], as_party: str = "", person: str = "") -> Decision:
        action = self.playbook.actions.get(name)
        if action is None:
            raise WalkProblem(f"there is no action {name}")
        by = action.by
        if action.by_tier is not None:
            overlay = dict(values)
            by = (judging.tier_party(Work(self.playbook, self.case, self.now, self.around), action, overlay),)
        fields = action.form
        if judging.corrects(action):
            form_values = {k: v for k, v in values.items() if k in {f.name for f in fields}}
            rest = {k: self.typed(self.playbook.facts.get(k), v) for k, v in values.items() if k not in form_values}
            filled = {
                **self.fill(tuple(f for f in fields if f.name != "changes"), form_values),
                "changes": rest,
            }
        else:
            filled = self.fill(fields, values)
        extra = self.untold() if action.back else {}
        command = Command(
            "act", name, self.actor_for(by, as_party, person), filled, _evidence(action.evidence),
            events=tuple(self.events), extra=extra,
        )  # fmt: skip
        return self.send(command)

    def untold(self) -> dict[str, Json]:
        """What was told since the last transition and cannot be untold."""
        seq = int(self.case.moved.get("seq", 0))
        told = [number for number in self.told if number >= seq]
        return {"delivered": told} if seq and told else {}

    def task(
        self, name: str, key: str, outcome: str, values: Mapping[str, object], as_party: str = "", person: str = ""
    ) -> Decision:
        task = self.playbook.tasks.get(name)
        run = next((r for r in self.case.open_tasks() if r.name == name and (not key or r.key == key)), None)
        if run is None:
            raise WalkProblem(f"task {name} is not open in {self.case.state}")
        fields, evidence = (task.form, task.evidence) if task else ((), ())
        actor = self.actor_for((run.key or run.party,), as_party, person or f"the_{run.key or run.party}")
        return self.send(Command("task", name, actor, self.fill(fields, values), _evidence(evidence), run.id, outcome))

    def wait(self, span: timedelta) -> None:
        """Time passes; a prompt worker wakes the case whenever something is due."""
        until = self.now + span
        for _ in range(1000):
            step = self.last.wake_at if self.last else None
            if step is None or step >= until:
                break
            self.now = max(self.now, step + timedelta(seconds=1))
            if self.now > until:
                self.now = until
            self.send(Command("wake"))
        self.now = until
        self.send(Command("wake"))

    # -- what a walk may assert ------------------------------------------------------------------------
    def is_late(self, clock: str) -> bool:
        runs = [c for c in self.case.clocks.values() if c.name == clock]
        if not runs:
            raise WalkProblem(f"no clock {clock} has ever run")
        last = max(runs, key=lambda c: c.run)
        if last.ended is not None:
            return last.outcome == "late"
        return last.due is not None and last.due < self.now

    def clock_is(self, clock: str, wanted: str) -> bool:
        runs = [c for c in self.case.clocks.values() if c.name == clock]
        last = max(runs, key=lambda c: c.run, default=None)
        if last is None:
            return wanted == "ended"
        found = "ended" if last.ended is not None else "paused" if last.due is None else "running"
        return found == wanted


def _evidence(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("photo" if kind == "any" else kind.split("|")[0] for kind in kinds)


def run_walk(playbook: Playbook, walk: Walk, used: set[str] | None = None) -> list[str]:
    """The problems of one walk, empty when it goes as told. `used` collects the actions it took."""
    walker = Walker(playbook)
    steps = split_steps(walk.steps)
    try:
        while steps and steps[0].startswith("setting("):
            _take(walker, steps.pop(0))
        if not steps or not steps[0].startswith("start"):
            _expect_accepted(walker.start({}), "start")
        for step in steps:
            _take(walker, step)
    except WalkProblem as problem:
        return [f"{walk.name}: {problem} (state {walker.case.state})"]
    finally:
        if used is not None:
            used |= walker.used
    return []


def split_steps(text: str) -> list[str]:
    """Steps joined by `>`; one inside quotes, brackets or parentheses belongs to its step."""
    steps, depth, quote, start = [], 0, "", 0
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == ">" and depth == 0:
            steps.append(text[start:index].strip())
            start = index + 1
    steps.append(text[start:].strip())
    return [step for step in steps if step]


def _expect_accepted(decision: Decision, what: str) -> None:
    if decision.refusal is not None:
        raise WalkProblem(f"{what} was refused: {decision.refusal.because} {dict(decision.refusal.data)}")


def _values(text: str) -> dict[str, object]:
    """`(grade='normal', amount=50)` as values; numbers stay exact."""
    try:
        call = ast.parse(f"f{text}", mode="eval").body
    except SyntaxError as error:
        raise WalkProblem(f"cannot read {text}") from error
    if not isinstance(call, ast.Call) or call.args:
        raise WalkProblem(f"cannot read {text}; write (name=value, …)")
    found: dict[str, object] = {}
    for keyword in call.keywords:
        value = ast.literal_eval(keyword.value)
        if isinstance(value, float):
            value = Decimal(ast.get_source_segment(f"f{text}", keyword.value) or str(value))
        found[str(keyword.arg)] = value
    return found


def _take(walker: Walker, step: str) -> None:
    head, _, rest = step.partition(" ")
    rest = rest.strip()
    if head in _ASSERTIONS and "(" not in head:
        _assert(walker, head, rest)
        return
    if head == "wait":
        walker.wait(_span(rest))
        return
    words, values, tail = _parts(step)
    if words == "setting":
        walker.around.tables = {**walker.around.tables, **values}
        return
    decision = _send(walker, words, values, tail)
    _judge(decision, step, tail)


_ASSERTIONS = {"expect", "late", "not", "paused", "running", "ended", "open", "warned", "told", "started"}


def _assert(walker: Walker, head: str, rest: str) -> None:
    wanted = head != "not"
    word, name = (head, rest) if wanted else _first_word(rest)
    if _is_so(walker, word, name) is not wanted:
        raise WalkProblem(f"not so: {head} {rest}")


def _first_word(text: str) -> tuple[str, str]:
    head, _, rest = text.partition(" ")
    return head, rest.strip()


def _is_so(walker: Walker, word: str, name: str) -> bool:
    match word:
        case "expect":
            return walker.case.state == name
        case "late":
            return walker.is_late(name)
        case "open":
            return any(run.name == name for run in walker.case.open_tasks())
        case "paused" | "running" | "ended":
            return walker.clock_is(name, word)
        case "warned":
            clock, _, number = name.partition(" ")
            return (f"warning{number or 1}", "", clock) in walker.notices
        case "started":
            clock, _, times = name.partition(" ")
            return sum(run.name == clock for run in walker.case.clocks.values()) == int(times)
        case "told":
            party, _, clock = name.partition(" of ")
            return ("late", party.strip(), clock.strip()) in walker.notices
    raise WalkProblem(f"cannot read: {word} {name}")


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"([\d.]+)\s*([a-z]+?)s?", text.strip())
    if not found or (found[2] not in WAIT_UNITS):
        raise WalkProblem(f"cannot read: wait {text}")
    return timedelta(**{WAIT_UNITS[found[2]]: float(found[1])})


def _parts(step: str) -> tuple[str, dict[str, object], str]:
    """`propose(amount=50) by anna fails` → words, values, tail."""
    opening = step.find("(")
    if opening == -1:
        found = re.match(r"^((?:task|ask|hold|release|settle|fail)\s+\S+|\S+)\s*(.*)$", step)
        assert found is not None
        return found[1], {}, found[2]
    depth, closing = 0, opening
    for closing in range(opening, len(step)):
        depth += {"(": 1, ")": -1}.get(step[closing], 0)
        if depth == 0:
            break
    return step[:opening].strip(), _values(step[opening : closing + 1]), step[closing + 1 :].strip()


def _send(walker: Walker, words: str, values: dict[str, object], tail: str) -> Decision:
    parts = words.split()
    options = dict(re.findall(r"\b(as|by)\s+(\S+)", tail))
    as_party, person = options.get("as", ""), options.get("by", "")
    head = parts[0]
    if head == "start":
        return walker.start(values)
    if head == "task":
        name, _, key = parts[1].partition("[")
        outcome = parts[2] if len(parts) > 2 else _outcome(walker, name, tail)
        return walker.task(name, key.rstrip("]"), outcome, values, as_party, person)
    if head in ("settle", "fail") and len(parts) > 1:
        return walker.task(parts[1], "", f"{head}d" if head == "settle" else "failed", values, as_party)
    if head == "ask":
        task = walker.playbook.tasks.get(parts[1])
        by = task.asked_by if task else ()
        return walker.send(Command("ask", parts[1], walker.actor_for(by, as_party, person), values))
    if head in ("hold", "release"):
        hold = walker.playbook.holds.get(parts[1])
        by = ((hold.release_by or hold.by) if head == "release" else hold.by) if hold else ()
        filled = walker.fill(hold.form, values) if hold and head == "hold" else values
        return walker.send(Command(head, parts[1], walker.actor_for(by, as_party, person), filled))  # type: ignore[arg-type]
    if head == MESSAGE:
        return walker.send(Command("record", MESSAGE, walker.actor_for((), as_party, person)))
    return walker.act(head, values, as_party, person)


def _outcome(walker: Walker, name: str, tail: str) -> str:
    task = walker.playbook.tasks.get(name)
    word = tail.split()[0] if tail.split() else ""
    return word if task and word in task.outcomes else ""


def _judge(decision: Decision, step: str, tail: str) -> None:
    refusal = decision.refusal
    if blocked := re.search(r"\bblocked\s+(\S+)", tail):
        tasks = [
            str(item).partition("#")[0].partition("[")[0] for item in (refusal.data.get("tasks", ()) if refusal else ())
        ]
        if blocked[1] not in tasks:
            raise WalkProblem(f"{step}: {refusal.because if refusal else 'was taken'}")
        return
    if wanted := re.search(r"\bfails\b(?:\s+(\S+))?", tail):
        if refusal is None:
            raise WalkProblem(f"{step}: was taken")
        if wanted[1] and refusal.because != wanted[1]:
            raise WalkProblem(f"{step}: refused as {refusal.because}")
        return
    _expect_accepted(decision, step)
