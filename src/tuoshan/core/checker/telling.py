"""Check 14: both languages, and walks that tell every action and every `else`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tuoshan.core.checker.desk import Desk
from tuoshan.core.playbook import NO_WORDING, Walk, Wording

_LETTERS: Final = re.compile(r"[A-Za-z0-9]")


def check_wording(desk: Desk) -> None:
    """14 (wording). Every title, label, choice and message stands there in Chinese and in English."""
    for where, line, wording in _wordings(desk):
        if not wording.zh or not wording.en:
            zh, en = ("中文", "Chinese") if not wording.zh else ("英文", "English")
            if wording == NO_WORDING:
                zh, en = "中英文", "Chinese and English"
            desk.note(14, where, line, f"缺少{zh}文字", f"the {en} wording is missing",
                      "写成 中文 / English", "write 中文 / English")  # fmt: skip
        elif not _LETTERS.search(wording.en):
            desk.note(14, where, line, "斜线后面不是英文", "what stands after the slash is not English",
                      "写成 中文 / English", "write 中文 / English")  # fmt: skip


def _wordings(desk: Desk) -> Iterator[tuple[str, int, Wording]]:
    book = desk.playbook
    yield "title", book.lines.get("title", 1), book.title
    for name, item in book.facts.items():
        yield f"fields.{name}.label", item.line, item.label
        for choice in item.choices:
            yield f"fields.{name}.choices.{choice.value}", item.line, choice.title
        parts = ("unit", item.unit), ("help", item.help), ("customer", item.customer)
        for part, wording in (*parts, ("customer_help", item.customer_help)):
            if wording != NO_WORDING:
                yield f"fields.{name}.{part}", item.line, wording
    titled = (("states", book.states), ("actions", book.actions), ("tasks", book.tasks), ("deadlines", book.deadlines),
              ("holds", book.holds), ("parties", book.parties))  # fmt: skip
    for section, elements in titled:
        for name, element in elements.items():
            yield f"{section}.{name}.title", element.line, element.title
            for part in ("customer", "not_by_why"):
                wording = getattr(element, part, NO_WORDING)
                if wording != NO_WORDING:
                    yield f"{section}.{name}.{part}", element.line, wording
    for name, state in book.states.items():
        if state.waits and state.waits.no_promise is not None:
            yield f"states.{name}.waits.no_promise", state.waits.line, state.waits.no_promise
    for phase, words in book.phase_words.items():
        yield f"phases.{phase}.customer", book.lines.get("phases", 1), words
    for name, task in book.tasks.items():
        for outcome, words in task.outcome_customer.items():
            yield f"tasks.{name}.outcomes.{outcome}.customer", task.line, words
        for outcome in task.outcomes if len(task.outcomes) > 1 else ():
            yield f"tasks.{name}.outcomes.{outcome}", task.line, task.outcome_titles.get(outcome, NO_WORDING)
    for name, message in book.messages.items():
        yield f"messages.{name}.subject", message.line, message.subject
        yield f"messages.{name}.text", message.line, message.text


def check_walks(desk: Desk) -> None:
    """14 (walks). The example walks pass, and each action and each `else` is used by one of them."""
    book = desk.playbook
    used: set[str] = set()
    for walk in book.walks:
        for problem in _problems(desk, walk, used):
            desk.note(14, f"walks.{walk.name}", walk.line, f"例行走查不通过：{problem}",
                      f"the walk does not go as told: {problem}",
                      "改流程，或改走查", "mend the process, or the walk")  # fmt: skip
    for name, action in book.actions.items():
        if name not in used and f"else:{name}" not in used:
            desk.note(14, f"actions.{name}", action.line, f"没有走查用到操作“{name}”",
                      f"no walk uses the action '{name}'",
                      "在 walks 中加一条用到它的走查", "add a walk that uses it")  # fmt: skip
    for where, line, name in _elses(desk):
        if f"else:{name}" not in used and name in book.actions:
            desk.note(14, where, line, f"没有走查让 else “{name}”发生", f"no walk lets the else '{name}' happen",
                      "加一条走查：… > wait 到期之后 > expect …",
                      "add a walk: … > wait beyond the limit > expect …")  # fmt: skip


def _problems(desk: Desk, walk: Walk, used: set[str]) -> list[str]:
    """A walk that cannot even be run is a problem of that walk, not of whoever checks it."""
    from tuoshan.core.walking import run_walk  # it runs the whole kernel, which the other checks do not need

    try:
        return run_walk(desk.playbook, walk, used)
    except Exception as error:
        return [f"{walk.name}: {type(error).__name__}: {error}"]


def _elses(desk: Desk) -> Iterator[tuple[str, int, str]]:
    for name, state in desk.playbook.states.items():
        if state.waits and state.waits.otherwise:
            yield f"states.{name}.waits.else", state.waits.line, state.waits.otherwise
    for name, deadline in desk.playbook.deadlines.items():
        if deadline.otherwise:
            yield f"deadlines.{name}.else", deadline.line, deadline.otherwise
