"""How a case can move: the graph of a playbook, and what may or must be so in each state.

Two kinds of answers, both by fixpoint over the transitions:

* *may*: a task that can be open, a deadline that can run in a state on at least one path;
* *must*: facts given, deadlines running, actions done on every path into a state.

Conditions are taken as possible either way, except those that plainly demand `task.X.open == 0` or `X.settled`.
A step taken back restores what was before, so it adds no path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from tuoshan.core import forms
from tuoshan.core.checker.reads import demands_given, demands_none_open, limit_reads, names_verb, set_by
from tuoshan.core.conditions import Expression
from tuoshan.core.playbook import (
    ANY_OPEN,
    MESSAGE,
    START,
    SYSTEM,
    Action,
    Deadline,
    Limit,
    Playbook,
    Task,
)

Token: TypeAlias = tuple[str, str]
"""`('fact', 'grade')`, `('runs', 'solve')`, `('did', 'accept')`, `('entered', 'offered')`, `('opened', 'inquire')`,
`('ruled', '')`, `('licence', '')`."""

LICENCE: Token = ("licence", "")
RULED: Token = ("ruled", "")


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    action: Action
    target: str


class Flow:
    """The graph of one playbook. Names that do not resolve are left out; check 1 tells of them."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.open_states = [name for name, state in playbook.states.items() if not state.end]
        self.ordinary_ends = [name for name, state in playbook.states.items() if state.end == "ordinary"]

    # -- the graph -----------------------------------------------------------------------------------
    def sources(self, action: Action) -> list[str]:
        """The states an action starts from, `any_open` spelled out."""
        names = [name for name in action.sources if name in self.playbook.states]
        if ANY_OPEN in action.sources:
            names += [name for name in self.open_states if name not in names]
        return names

    def fires(self, action: Action, state: str) -> bool:
        """Whether anybody can do it there: a party, the system as soon as something holds, or an `else`."""
        if action.by_tier or action.automatic or set(action.by) - {SYSTEM}:
            return True
        waits = self.playbook.states[state].waits
        own = waits is not None and waits.otherwise == action.name
        return own or any(deadline.otherwise == action.name for deadline in self.playbook.deadlines.values())

    @cached_property
    def edges(self) -> list[Edge]:
        return [
            Edge(source, action, action.to)
            for action in self.playbook.actions.values()
            if action.to in self.playbook.states
            for source in self.sources(action)
            if self.fires(action, source)
        ]

    @cached_property
    def staying(self) -> dict[str, list[Action]]:
        """The actions that leave the case where it is, by state."""
        found: dict[str, list[Action]] = {name: [] for name in self.playbook.states}
        for action in self.playbook.actions.values():
            if not action.to and not action.back:
                for source in self.sources(action):
                    found[source].append(action)
        return found

    @cached_property
    def reachable(self) -> frozenset[str]:
        if self.playbook.start not in self.playbook.states:
            return frozenset()
        return self.closure({self.playbook.start}, self.edges)

    @staticmethod
    def closure(seeds: set[str], edges: Iterable[Edge]) -> frozenset[str]:
        onward: dict[str, list[str]] = {}
        for edge in edges:
            onward.setdefault(edge.source, []).append(edge.target)
        found, waiting = set(seeds), list(seeds)
        while waiting:
            for target in onward.get(waiting.pop(), ()):
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    @cached_property
    def live_edges(self) -> list[Edge]:
        return [edge for edge in self.edges if edge.source in self.reachable]

    # -- what opens tasks and starts deadlines ------------------------------------------------------
    def opens(self, task: Task, action: Action) -> bool:
        return action.name in task.opens or any(
            verb.name in ("open_task", "carry_out") and verb.target == task.name for verb in action.do
        )

    def starts(self, deadline: Deadline, action: Action) -> bool:
        return action.name in deadline.starts or names_verb(action.do, "start", deadline.name)

    def task_triggers(self, task: Task) -> Iterator[str]:
        for outcome in task.outcomes:
            yield f"task.{task.name}.{outcome}"

    @cached_property
    def may_open(self) -> dict[str, frozenset[str]]:
        """The states in which a run of each task can be open."""
        found = {name: self._opened_directly(task) for name, task in self.playbook.tasks.items()}
        grown = True
        while grown:
            grown = False
            for name, task in self.playbook.tasks.items():
                wider = self._carried_on(task, found[name] | self._opened_by_tasks(task, found))
                if wider != found[name]:
                    found[name], grown = wider, True
        return {name: frozenset(states) for name, states in found.items()}

    def _opened_directly(self, task: Task) -> set[str]:
        found = {self.playbook.start} & set(self.playbook.states) if START in task.opens else set()
        for edge in self.live_edges:
            if self.opens(task, edge.action):
                found.add(edge.target)
        for state in self.reachable:
            if any(self.opens(task, action) for action in self.staying[state]):
                found.add(state)
        if task.asked_by:
            named = [name for name in task.during if name != ANY_OPEN]
            found |= (set(named) or set(self.open_states)) & self.reachable
        return found

    def _opened_by_tasks(self, task: Task, found: dict[str, set[str]]) -> set[str]:
        states: set[str] = set()
        for other in self.playbook.tasks.values():
            by_outcome = any(trigger in task.opens for trigger in self.task_triggers(other))
            verbs = [verb for verbs in other.do.values() for verb in verbs]
            if by_outcome or names_verb(verbs, "open_task", task.name):
                states |= found[other.name]
        return states

    def _carried_on(self, task: Task, states: set[str]) -> set[str]:
        found, waiting = set(states), list(states)
        while waiting:
            here = waiting.pop()
            for edge in self.live_edges:
                if edge.source != here or edge.target in found or not self._passes(task, edge):
                    continue
                found.add(edge.target)
                waiting.append(edge.target)
        return found

    def _passes(self, task: Task, edge: Edge) -> bool:
        """Whether a run can still be open after this step."""
        if edge.action.name in task.until or self.demands_done(task.name, edge.action):
            return False
        end = self.playbook.states[edge.target].end
        return not end or (task.owed and end == "early")

    def demands_done(self, task: str, action: Action) -> bool:
        """Whether the action is refused while the task is open."""
        known = self.playbook.tasks.get(task)
        if known is not None and action.name in known.before:
            return True
        return any(
            expression is not None and demands_none_open(expression, task)
            for expression in (action.condition, action.as_soon_as)
        )

    def ahead(self, task: Task) -> frozenset[str]:
        """The states that a case can come to from where the task can be open, unless it lapses before."""
        onward = [edge for edge in self.live_edges if edge.action.name not in (*task.until, *task.before)]
        return self.closure(set(self.may_open[task.name]), onward)

    @cached_property
    def may_run(self) -> dict[str, frozenset[str]]:
        """The states in which each deadline can run; an ordinary end among them is a fault."""
        return {name: self._may_run(deadline) for name, deadline in self.playbook.deadlines.items()}

    def _may_run(self, deadline: Deadline) -> frozenset[str]:
        states = self.playbook.states
        found = {self.playbook.start} & set(states) if START in deadline.starts else set()
        for edge in self.live_edges:
            if self.starts(deadline, edge.action) and states[edge.target].end != "early":
                found.add(edge.target)
        for state in self.reachable:
            if not states[state].end and any(self.starts(deadline, one) for one in self.staying[state]):
                found.add(state)
        for task in self.playbook.tasks.values():
            verbs = [verb for verbs in task.do.values() for verb in verbs]
            triggers = any(trigger in deadline.starts for trigger in self.task_triggers(task))
            if triggers or names_verb(verbs, "start", deadline.name):
                found |= {state for state in self.may_open[task.name] if not states[state].end}
        waiting = list(found)
        while waiting:
            here = waiting.pop()
            if states[here].end:
                continue
            for edge in self.live_edges:
                ended = self.ends(deadline, edge.action) or states[edge.target].end == "early"
                if edge.source == here and edge.target not in found and not ended:
                    found.add(edge.target)
                    waiting.append(edge.target)
        return frozenset(found)

    def ends(self, deadline: Deadline, action: Action) -> bool:
        """Whether the deadline has surely ended after this action (unless the action starts it anew)."""
        if self.starts(deadline, action):
            return False
        if action.name in deadline.until or deadline.otherwise == action.name:
            return True
        return any(self._ended_by_gate(deadline, task, action) for task in self.playbook.tasks.values())

    def _ended_by_gate(self, deadline: Deadline, task: Task, action: Action) -> bool:
        """A task opened together with the deadline, all of whose outcomes end it, was done before this action."""
        together = set(deadline.starts) <= set(task.opens) and bool(deadline.starts) and task.condition is None
        all_end = all(trigger in deadline.until for trigger in self.task_triggers(task))
        lapses = set(task.until) - set(deadline.until)
        ending = action.to in self.ordinary_ends and not task.optional
        return together and all_end and not lapses and (ending or self.demands_done(task.name, action))

    # -- what must be so -----------------------------------------------------------------------------
    @cached_property
    def must(self) -> dict[str, frozenset[Token]]:
        """What holds on every path at the moment a state is entered."""
        found: dict[str, frozenset[Token]] = {}
        if self.playbook.start not in self.playbook.states:
            return found
        found[self.playbook.start] = self.at_start
        waiting = [self.playbook.start]
        while waiting:
            here = waiting.pop(0)
            inside = self.throughout(here, found[here])
            for edge in self.live_edges:
                if edge.source != here:
                    continue
                after = self.after(inside, edge)
                known = found.get(edge.target)
                both = after if known is None else known & after
                if both != known:
                    found[edge.target] = both
                    if edge.target not in waiting:
                        waiting.append(edge.target)
        return found

    @cached_property
    def at_start(self) -> frozenset[Token]:
        given = {("fact", name) for name in forms.demanded(self.playbook.register)}
        given |= {("fact", name) for name, item in self.playbook.facts.items() if item.imported}
        given.add(("entered", self.playbook.start))
        for task in self.playbook.tasks.values():
            if START in task.opens and task.condition is None:
                given.add(("opened", task.name))
        for deadline in self.playbook.deadlines.values():
            if START in deadline.starts and self.can_start(deadline.limit, given):
                given.add(("runs", deadline.name))
        return frozenset(given)

    def can_start(self, limit: Limit, given: Iterable[Token]) -> bool:
        return not self.lacking(limit, given)

    def lacking(self, limit: Limit, given: Iterable[Token]) -> list[str]:
        """The facts that a limit reads and that are not surely given when it starts."""
        have = set(given)
        return sorted(name for name in limit_reads(limit) if ("fact", name) not in have)

    def throughout(self, state: str, entered: frozenset[Token] | None = None) -> frozenset[Token]:
        """What stays true however long a case is in this state.

        The promise that a state names counts as running there: where it is not, check 4 says so at the step into
        the state, and what follows is judged as if that were mended.
        """
        tokens = set(self.must.get(state, frozenset()) if entered is None else entered)
        if self.playbook.states[state].end:
            return frozenset(token for token in tokens if token[0] != "runs")
        for deadline in self.playbook.deadlines.values():
            if ("runs", deadline.name) in tokens and self.stopped_inside(deadline, state):
                tokens.discard(("runs", deadline.name))
        if any(self.changes_money(action) and not self.licenses(action, state) for action in self.staying[state]):
            tokens.discard(LICENCE)
        waits = self.playbook.states[state].waits
        if waits is not None and waits.promise:
            tokens.add(("runs", waits.promise))
        return frozenset(tokens)

    def stopped_inside(self, deadline: Deadline, state: str) -> str:
        """The action or task outcome that can end the deadline while the case stays here, or nothing."""
        for action in self.staying[state]:
            if not self.starts(deadline, action) and (
                action.name in deadline.until or deadline.otherwise == action.name
            ):
                return action.name
        for task in self.playbook.tasks.values():
            if state in self.may_open[task.name]:
                for trigger in self.task_triggers(task):
                    if trigger in deadline.until and trigger not in deadline.starts:
                        return trigger
        return MESSAGE if MESSAGE in deadline.until else ""

    def after(self, before: frozenset[Token], edge: Edge) -> frozenset[Token]:
        """What holds after a step, given what held before it."""
        action = edge.action
        tokens = set(before)
        for deadline in self.playbook.deadlines.values():
            if action.name in deadline.until or deadline.otherwise == action.name:
                tokens.discard(("runs", deadline.name))
        if self.changes_money(action):
            tokens.discard(LICENCE)
        if self.licenses(action, edge.source):
            tokens.add(LICENCE)
        tokens |= {("fact", name) for name in self.given_by(action)}
        tokens |= {("did", action.name), ("entered", edge.target)}
        if action.rule:
            tokens.add(RULED)
        for task in self.playbook.tasks.values():
            done = ("opened", task.name) in tokens and not task.until
            if done and self.demands_done(task.name, action):
                tokens |= {("fact", name) for name in forms.demanded(task.form)}
                tokens |= {("fact", name) for name in set_by(task.do.get(task.outcomes[0], ()))
                           if all(name in set_by(task.do.get(one, ())) for one in task.outcomes)}  # fmt: skip
            if self.opens(task, action) and task.condition is None:
                tokens.add(("opened", task.name))
        for deadline in self.playbook.deadlines.values():
            if self.starts(deadline, action) and self.can_start(deadline.limit, tokens):
                tokens.add(("runs", deadline.name))
        return frozenset(tokens)

    def given_by(self, action: Action) -> set[str]:
        """The facts that are known once the action was taken: asked, set, or demanded by its condition."""
        demanded = {
            name for expression in (action.as_soon_as, action.condition) if expression is not None
            for name in demands_given(expression)
        }  # fmt: skip
        return forms.demanded(action.form) | set_by(action.do) | demanded

    # -- money ---------------------------------------------------------------------------------------
    @cached_property
    def money(self) -> frozenset[str]:
        return frozenset(name for name, item in self.playbook.facts.items() if item.kind == "money")

    def changes_money(self, action: Action) -> bool:
        touched = {item.name for item in action.form} | set_by(action.do)
        return bool(touched & self.money)

    def licenses(self, action: Action, state: str) -> bool:
        """Whether this action, done from this state, is a decision that lets money go."""
        if action.by_tier is not None or action.source:
            return True
        if any(self._is_limit(expression) for expression in (action.as_soon_as, action.condition)):
            return True
        judges = self.judges
        waits = self.playbook.states[state].waits
        if action.by and set(action.by) <= judges:
            return True
        waited = waits is not None and bool(set(waits.parties) & judges)
        return waited and bool(action.evidence)

    def _is_limit(self, expression: Expression | None) -> bool:
        """An amount compared with a table of the company."""
        return expression is not None and bool(expression.tables and expression.reads & self.money)

    @cached_property
    def judges(self) -> frozenset[str]:
        """Parties outside the company that decide: a platform, an authority; never the customer."""
        return frozenset(
            name for name, party in self.playbook.parties.items() if party.outside and name != "customer"
        )
