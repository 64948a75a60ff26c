"""What a playbook says that its parts mean (check 1): the parts exist, are of the right kind, and belong together."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tuoshan.core.checker.desk import Desk
from tuoshan.core.meanings import MEANINGS, TOGETHER
from tuoshan.core.reading.findings import did_you_mean

_WORDS = {
    "action": ("操作", "action"),
    "clock": ("时限", "clock"),
    "state": ("状态", "state"),
    "field": ("字段", "field"),
    "task": ("待办", "task"),
}


def check_meanings(desk: Desk) -> None:
    """Everything that `means` says."""
    book = desk.playbook
    clocks = {*book.deadlines, *(name for name, one in book.states.items() if one.waits and one.waits.limit)}
    known: Mapping[str, Collection[str]] = {
        "action": book.actions, "clock": clocks, "state": book.states, "field": book.facts, "task": book.tasks
    }  # fmt: skip
    for word, names in book.means.items():
        _parts(desk, word, names, known[MEANINGS[word].of])
    for group in TOGETHER:
        missing = [word for word in group if not book.means.get(word)]
        if missing and len(missing) < len(group):
            given = next(word for word in group if word not in missing)
            desk.note(1, f"means.{given}", _line(desk, given), f"只写 {given}，没有写 {missing[0]}",
                      f"{given} says nothing without {missing[0]}",
                      f"在 means 中加上 {missing[0]}: …", f"add {missing[0]}: … to means")  # fmt: skip
    _call(desk)


def _line(desk: Desk, word: str) -> int:
    return desk.playbook.lines.get(f"means.{word}", 1)


def _parts(desk: Desk, word: str, names: tuple[str, ...], known: Collection[str]) -> None:
    where, line, meaning = f"means.{word}", _line(desk, word), MEANINGS[word]
    zh, en = _WORDS[meaning.of]
    if len(names) > 1 and not meaning.several:
        desk.note(1, where, line, f"只能写一个{zh}", f"this is one {en} alone", "只保留一个", "keep one")
    for name in names:
        if name not in known:
            desk.note(1, where, line, f"没有{zh}“{name}”", f"there is no {en} '{name}'", *did_you_mean(name, known))
            continue
        field = desk.playbook.facts[name] if meaning.of == "field" else None
        if field is not None and field.kind not in meaning.kinds:
            kinds = " / ".join(meaning.kinds)
            desk.note(1, where, line, f"“{name}”的类型是 {field.kind}，这里要 {kinds}",
                      f"'{name}' is a {field.kind}; this has to be a {kinds}",
                      f"写一个类型为 {kinds} 的字段", f"name a field of the kind {kinds}")  # fmt: skip


def _call(desk: Desk) -> None:
    """The step that ends the wait for a call is possible there and asks what came of the call."""
    book = desk.playbook
    due, called = (book.means.get(word, ("",))[0] if book.means.get(word) else "" for word in ("call_due", "called"))
    action = book.actions.get(called)
    if action is None or due not in book.states:
        return
    if action not in book.actions_from(due):
        desk.note(1, "means.called", _line(desk, "called"), f"状态“{due}”中不能做“{called}”",
                  f"'{called}' is not possible in the state '{due}'",
                  "写上这个状态里的操作", "name an action of that state")  # fmt: skip
        return
    asked = {field.name for field in action.form}
    for word in ("call_result", "call_words"):
        for name in book.means.get(word, ()):
            if name in book.facts and name not in asked:
                desk.note(1, f"means.{word}", _line(desk, word), f"“{called}”的表单没有“{name}”",
                          f"the form of '{called}' does not ask '{name}'",
                          f"在 {called} 的 form 中加上 {name}", f"add {name} to the form of {called}")  # fmt: skip
