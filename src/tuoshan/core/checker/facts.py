"""Check 8: facts come from somewhere."""

from __future__ import annotations

from collections.abc import Iterable

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.given import given_facts
from tuoshan.core.checker.reads import verb_reads
from tuoshan.core.conditions import ExpressionError, compile_expression
from tuoshan.core.playbook import FromTable
from tuoshan.core.reading.findings import did_you_mean


def check_facts(desk: Desk) -> None:
    """8. Each fact that something reads is asked, set, ruled or imported; none is named like a function."""
    book = desk.playbook
    for name, item in book.facts.items():
        if not _is_fact_name(name):
            desk.note(8, f"fields.{name}", item.line, f"“{name}”是表达式里的保留词",
                      f"'{name}' is a word of the expressions",
                      "给字段换一个名称", "give the field another name")  # fmt: skip
    given = given_facts(book)
    for name in book.facts.keys() - given:
        desk.warn(8, f"fields.{name}", book.facts[name].line, f"字段“{name}”从没有人填写",
                  f"nobody is ever asked for '{name}'", "放进某个 form，或删除它",
                  "ask for it in a form, or remove it")  # fmt: skip
    for where, line, name in _reads(desk):
        if name in given:
            continue
        declared = name in book.facts
        zh = f"“{name}”从没有人填写" if declared else f"没有字段“{name}”"
        en = f"nobody ever fills in '{name}'" if declared else f"there is no field '{name}'"
        near = did_you_mean(name, given)
        desk.note(8, where, line, zh, en, f"放进登记或某个 form，或标记 imported: true；{near[0]}",
                  f"ask for it in a form or at registration, or mark it imported: true; {near[1]}")  # fmt: skip


def _is_fact_name(name: str) -> bool:
    try:
        return compile_expression(name).reads == {name}
    except ExpressionError:
        return False


def _reads(desk: Desk) -> Iterable[tuple[str, int, str]]:
    book = desk.playbook
    for where, line, expression, _ in desk.expressions():
        for name in sorted(expression.reads):
            yield where, line, name
    for where, line, limit in desk.limits():
        if isinstance(limit.within, FromTable):
            for name in limit.within.of:
                yield f"{where}.within", line, name
    for name, item in book.facts.items():
        for ceiling in item.ceilings:
            yield f"fields.{name}.max", item.line, ceiling
    for name, action in book.actions.items():
        if action.by_tier:
            yield f"actions.{name}.by", action.line, action.by_tier.of
        for verb in action.do:
            for read in verb_reads(verb):
                if read in book.facts or verb.name != "book":
                    yield f"actions.{name}.do", verb.line, read
    for name, task in book.tasks.items():
        if task.each and task.each in book.facts:
            yield f"tasks.{name}.each", task.line, task.each
