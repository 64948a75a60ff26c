"""Example walks of a playbook, run against the kernel: `accept(grade='normal') > wait 25h > late respond`.

A walk is a story told in steps joined by `>`:

* `setting(table=value)`: the company's own value of a table, for the steps that follow; `about(paid_out=300)`: what
  the other cases about the same thing come to;
* `start(facts)` first, optional; `ACTION(values)`; `ACTION … by PERSON`; `ACTION … as PARTY`;
* `ACTION fails`, `ACTION fails CODE`, `ACTION blocked TASK`; `ACTION without evidence` attaches nothing;
  `ACTION 3h ago` records what happened then;
* `message by PERSON`, `ruling_overridden by PERSON`, `ruling_below_law by PERSON`: what is recorded beside the main
  line (a message to the customer, a departure from a ruling, one below the law);
* `task NAME[key] OUTCOME(values)`, `ask NAME`, `hold NAME`, `release NAME`, `settle NAME`, `fail NAME`;
* `wait 25h` (m, h, d, or minutes, hours, days): time passes and every alarm goes off on its way;
* `expect STATE`, `late CLOCK`, `not late CLOCK`, `paused CLOCK`, `running CLOCK`, `ended CLOCK`,
  `open TASK`, `not open TASK`, `warned CLOCK`, `warned CLOCK 2` (its second warning), `told PARTY of CLOCK`
  (that it is late), `started CLOCK 2` (twice in all); of the step just taken, with what the system did after it:
  `told PARTY MESSAGE`, `followed notify lead` (a verb of `do` and whom or what it names); `fact grade urgent`;
  `awaited PARTY`, `warned PARTY of CLOCK`, `word of PARTY` (the step just taken is told as their word), `above PARTY
  SUPERIOR` (to whom goes what it leaves undone), `answers CLOCK` (the first answer ends it), `concerns FACT` (it says
  what the case is about), `correctable FACT`, `hidden FACT` (supervisors alone see it); of the page of the case:
  `shown CLOCK` (it says until when), `announced PHASE` (it is named ahead); each also with `not`.

A walk names only what matters to it; `walker.py` fills in the rest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from tuoshan.core.case import Command, Decision
from tuoshan.core.cutting import cut
from tuoshan.core.playbook import DEPARTURES, MESSAGE, Playbook, Walk
from tuoshan.core.walker import Walker, WalkProblem

WAIT_UNITS = {"m": "minutes", "h": "hours", "d": "days", "minute": "minutes", "hour": "hours", "day": "days"}


def run_walk(playbook: Playbook, walk: Walk, used: set[str] | None = None) -> list[str]:
    """The problems of one walk, empty when it goes as told. `used` collects the actions it took."""
    walker = Walker(playbook)
    steps = split_steps(walk.steps)
    try:
        while steps and steps[0].startswith(("setting(", "about(")):
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
    return [step for step in cut(text, ">") if step]


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
    walker.effects.clear()
    if head == "wait":
        walker.wait(_span(rest))
        return
    words, values, tail = _parts(step)
    if words == "setting":
        walker.around.tables = {**walker.around.tables, **values}
        return
    if words == "about":
        walker.around.others = {**walker.around.others, **values}
        return
    decision = _send(walker, words, values, tail)
    _judge(decision, step, tail)


_PLAIN: dict[str, Callable[[Walker, str], bool]] = {
    "expect": lambda walker, state: walker.case.state == state,
    "late": Walker.is_late,
    "kept": Walker.is_kept,
    "open": lambda walker, task: any(run.name == task for run in walker.case.open_tasks()),
    "paused": lambda walker, clock: walker.clock_is(clock, "paused"),
    "running": lambda walker, clock: walker.clock_is(clock, "running"),
    "ended": lambda walker, clock: walker.clock_is(clock, "ended"),
    "shown": Walker.is_shown,
    "hidden": Walker.is_hidden,
    "announced": Walker.is_announced,
    "awaited": Walker.is_awaited,
    "correctable": Walker.is_correctable,
    "answers": lambda walker, clock: clock in walker.playbook.first_answer,
    "concerns": lambda walker, fact: walker.playbook.about == fact and fact in walker.case.facts,
    "word": lambda walker, of: walker.is_word_of(of.removeprefix("of ")),
}
"""What a walk may assert of one name."""
_ASSERTIONS = {*_PLAIN, "not", "warned", "told", "started", "followed", "fact", "above"}
_WITHOUT = "without evidence"


def _assert(walker: Walker, head: str, rest: str) -> None:
    wanted = head != "not"
    word, name = (head, rest) if wanted else _first_word(rest)
    if _is_so(walker, word, name) is not wanted:
        raise WalkProblem(f"not so: {head} {rest}")


def _first_word(text: str) -> tuple[str, str]:
    head, _, rest = text.partition(" ")
    return head, rest.strip()


def _is_so(walker: Walker, word: str, name: str) -> bool:
    if word in _PLAIN:
        return _PLAIN[word](walker, name)
    first, _, second = name.partition(" of " if " of " in name else " ")
    match word:
        case "warned" if " of " in name:
            return ("warned", first, second) in walker.notices
        case "warned":
            return (f"warning{second or 1}", "", first) in walker.notices
        case "told" if " of " in name:
            return ("late", first.strip(), second.strip()) in walker.notices
        case "told":
            return walker.has_told(first, second)
        case "started":
            return sum(run.name == first for run in walker.case.clocks.values()) == int(second)
        case "followed":
            return walker.has_followed(first, second)
        case "fact":
            return str(walker.case.facts.get(first)) == second
        case "above":
            return walker.playbook.superior_of(first) == second
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
    walker.empty_handed = _WITHOUT in tail
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
    if head == MESSAGE or head in DEPARTURES:
        return walker.send(Command("record", head, walker.actor_for((), as_party, person)))
    ago = re.search(r"([\d.]+\s*[a-z]+)\s+ago\b", tail)
    return walker.act(head, values, as_party, person, _span(ago[1]) if ago else None)


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
