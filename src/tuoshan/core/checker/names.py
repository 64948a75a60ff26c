"""Checks 1 and 11: names resolve, and other playbooks have what is used of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.given import message_variables
from tuoshan.core.conditions import Expression, FactType
from tuoshan.core.conditions import check as check_types
from tuoshan.core.conditions.names import QUERIES
from tuoshan.core.playbook import (
    ANY_EVIDENCE,
    ANY_OPEN,
    DEPARTURES,
    EVIDENCE_KINDS,
    MESSAGE,
    START,
    FieldKind,
    FromTable,
    Playbook,
    Verb,
)
from tuoshan.core.reading.findings import did_you_mean

BUILT_IN_PARTIES: Final = frozenset({"system", "staff", "customer"})
"""Known without being declared: the clock itself, everybody who works here, the customer of the case."""

RESERVED: Final = frozenset({
    "start", "any_open", "previous", "system", "wait", "expect", "late", "kept", "not", "open", "paused", "running",
    "ended", "task", "ask", "hold", "release", "setting", "warned", "told", "started", "followed", "fact",
    *DEPARTURES,
})  # fmt: skip
"""What actions cannot be called: words of the grammar and of walks."""

CHANGES: Final = "changes"
"""What a correction brings: any facts with their new values; no field of its own."""

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")

TYPES: Final[Mapping[FieldKind, FactType]] = {
    "text": "text", "long_text": "text", "phone": "text", "address": "text", "choice": "choice",
    "choices": "choices", "yes_no": "yes_no", "number": "number", "money": "money", "date": "date",
    "datetime": "datetime", "person": "reference", "org_unit": "reference", "product": "reference",
    "order_line": "reference", "photo": "reference", "file": "reference",
}  # fmt: skip


def check_names(desk: Desk, party_map: Mapping[str, object] | None) -> None:
    """1. Every name resolves: states, actions, parties, tasks, deadlines, messages, tables, and in expressions.

    A party that the company's settings map to nobody is a warning, and so is a state in no phase.
    """
    _ceilings(desk)
    _states(desk)
    _actions(desk)
    _tasks(desk)
    _deadlines(desk)
    _others(desk)
    for where, line, expression, gives in desk.expressions():
        _expression(desk, where, line, expression, gives)
    if party_map is not None:
        _mapped(desk, party_map)


def _known(desk: Desk, where: str, line: int, names: Iterable[str], known: Collection[str], zh: str, en: str) -> None:
    for name in names:
        if name and name not in known:
            mend_zh, mend_en = did_you_mean(name, known)
            desk.note(1, where, line, f"没有{zh}“{name}”", f"there is no {en} '{name}'", mend_zh, mend_en)


def _parties(desk: Desk, where: str, line: int, names: Iterable[str]) -> None:
    known = set(desk.playbook.parties) | BUILT_IN_PARTIES
    _known(desk, where, line, names, known, "当事方", "party")


def _ceilings(desk: Desk) -> None:
    facts = desk.playbook.facts
    for name, item in facts.items():
        where = f"fields.{name}.max"
        _known(desk, where, item.line, item.ceilings, facts, "字段", "field")
        for ceiling in item.ceilings:
            other = facts.get(ceiling)
            if other is not None and other.kind != item.kind:
                desk.note(1, where, item.line, f"“{ceiling}”不是 {item.kind}，不能作上限",
                          f"'{ceiling}' is no {item.kind} and cannot be the ceiling of one",
                          f"写一个类型为 {item.kind} 的字段", f"name a field of the kind {item.kind}")  # fmt: skip
            if ceiling == name or (other is not None and name in other.ceilings):
                desk.note(1, where, item.line, f"“{name}”与“{ceiling}”互为上限",
                          f"'{name}' and '{ceiling}' bound each other",
                          "删除其中一个 max", "remove one of the two")  # fmt: skip


def _states(desk: Desk) -> None:
    book = desk.playbook
    _known(desk, "start", book.lines.get("start", 1), [book.start], book.states, "状态", "state")
    if book.start in book.states and book.states[book.start].end:
        desk.note(1, "start", book.states[book.start].line, "开始状态不能是结束状态", "a case cannot start at an end",
                  "把 start 改为第一个工作状态", "let start name the first working state")  # fmt: skip
    _parties(desk, "portal", book.lines.get("portal", 1), [book.portal])
    if book.about and book.about not in book.facts:
        desk.warn(1, "about", book.lines.get("about", 1), f"没有字段“{book.about}”，找不到同一对象以前的工单",
                  f"there is no field '{book.about}': earlier cases about the same thing are not found",
                  "写上登记时填写的字段，如订单或门店",
                  "name a field of the registration, such as the order or the shop")  # fmt: skip
    clocks = {*book.deadlines, *(name for name, one in book.states.items() if one.waits and one.waits.limit)}
    _known(desk, "first_answer", book.lines.get("first_answer", 1), book.first_answer, clocks, "时限", "clock")
    for name, state in book.states.items():
        where = f"states.{name}"
        if not state.phase:
            desk.warn(1, where, state.line, "没有归入任何阶段", "this state is in no phase",
                      "在 phases 中列出它", "list it under phases")  # fmt: skip
        _known(desk, f"{where}.reviews", state.line, state.reviews, book.actions, "操作", "action")
        if state.end and state.waits:
            desk.note(1, where, state.line, "结束状态不等待任何人", "an end waits for nobody",
                      "删除 waits 或 end", "remove waits, or end")  # fmt: skip
        waits = state.waits
        if waits is None:
            continue
        if waits.for_customer and waits.limit is None:
            desk.note(3, f"{where}.waits.for_customer", waits.line, "for_customer 要有自己的时限才能告诉对方",
                      "for_customer has no limit of its own to tell",
                      "加上 within 或 at，或删除 for_customer",
                      "add within or at, or remove for_customer")  # fmt: skip
        _parties(desk, f"{where}.waits.for", waits.line, waits.parties)
        _parties(desk, f"{where}.waits.pauses", waits.line, waits.pauses)
        _parties(desk, f"{where}.waits.late", waits.line, [step.party for step in waits.late])
        _parties(desk, f"{where}.waits.warn", waits.line, [step.party for step in waits.warn])
        _known(desk, f"{where}.waits.promise", waits.line, [waits.promise], book.deadlines, "时限", "deadline")
        _known(desk, f"{where}.waits.else", waits.line, [waits.otherwise], book.actions, "操作", "action")
        _known(desk, f"{where}.waits.remind", waits.line, [waits.remind], book.messages, "消息", "message")
        if waits.remind and not waits.warn:
            desk.note(3, f"{where}.waits.remind", waits.line, "没有 warn，提醒永远不会发出",
                      "without a warn, this reminder never goes out",
                      "加上 warn: 1 day before，或删除 remind", "add warn: 1 day before, or remove remind")  # fmt: skip


def _actions(desk: Desk) -> None:
    book = desk.playbook
    doers = set(book.actions) | set(book.tasks)
    for name, action in book.actions.items():
        where, line = f"actions.{name}", action.line
        if name in RESERVED:
            desk.note(1, where, line, f"操作不能叫“{name}”，这是流程和走查的用词",
                      f"'{name}' is a word of playbooks and walks",
                      "换一个名称", "give the action another name")  # fmt: skip
        _known(desk, f"{where}.from", line, action.sources, {*book.states, ANY_OPEN}, "状态", "state")
        _known(desk, f"{where}.to", line, [action.to], book.states, "状态", "state")
        _parties(desk, f"{where}.by", line, action.by)
        known = {*doers, *book.parties, *DEPARTURES}
        _known(desk, f"{where}.not_by", line, action.not_by, known, "操作、待办或当事方", "action, task or party")
        _parties(desk, f"{where}.speaks_for", line, [action.speaks_for])
        _known(desk, f"{where}.tell", line, action.tell, book.messages, "消息", "message")
        _evidence(desk, f"{where}.evidence", line, action.evidence)
        if action.evidence_shown and not (action.evidence and action.tell):
            desk.note(1, f"{where}.evidence_shown", line, "evidence_shown 说的是消息里提到的凭证，这里没有凭证或消息",
                      "evidence_shown speaks of evidence that a message tells of, and one of them is missing here",
                      "加上 evidence 和 tell，或删除 evidence_shown",
                      "add evidence and tell, or remove evidence_shown")  # fmt: skip
        if action.by_tier:
            _known(desk, f"{where}.by", line, [action.by_tier.table], book.tables, "表", "table")
        if action.rule:
            desk.note(1, f"{where}.rule", line, "流程还不能自己请求裁定",
                      "a playbook cannot ask for a ruling by itself yet",
                      "删除 rule，由办理人在工单里做裁定",
                      "remove rule; the handler asks for the ruling in the case")  # fmt: skip
        _verbs(desk, where, action.do)
        if action.automatic and (action.by or action.by_tier or action.form or action.evidence):
            desk.note(1, where, line, "自动操作不写 by、form、evidence",
                      "an automatic action has no by, form or evidence",
                      "删除它们，或删除 as_soon_as", "remove those, or as_soon_as")  # fmt: skip
        if not any(desk.flow.fires(action, state) for state in desk.flow.sources(action)) and desk.flow.sources(action):
            desk.note(1, where, line, "没有人能做这个操作", "nobody can ever do this",
                      "写上 by，或让某个 else 用到它", "say by whom, or let an else name it")  # fmt: skip


def _verbs(desk: Desk, where: str, verbs: Iterable[Verb]) -> None:
    book = desk.playbook
    for verb in verbs:
        spot, line = f"{where}.do.{verb.name}", verb.line
        match verb.name:
            case "assign":
                _parties(desk, spot, line, [verb.target, *verb.arguments])
                _facts(desk, spot, line, [str(value) for value in verb.arguments.values()])
            case "notify":
                _parties(desk, spot, line, [verb.target])
            case "start":
                _known(desk, spot, line, [verb.target], book.deadlines, "时限", "deadline")
            case "open_task" | "carry_out":
                _known(desk, spot, line, [verb.target], book.tasks, "待办", "task")
                _facts(desk, spot, line, verb.amounts if verb.arguments else ())
                task = book.tasks.get(verb.target)
                if verb.name == "carry_out" and task and not {"settled", "failed"} <= set(task.outcomes):
                    desk.note(1, spot, line, f"待办“{verb.target}”没有 settled 与 failed 两种结果",
                              f"the task '{verb.target}' lacks the outcomes settled and failed",
                              "写 outcomes: {settled: 已执行 / Carried out, failed: 未成 / Failed}",
                              "write outcomes: {settled: …, failed: …}")  # fmt: skip
            case "set" | "default" | "add":
                _facts(desk, spot, line, verb.arguments)
                for value in verb.arguments.values():
                    if isinstance(value, Mapping):
                        _known(desk, spot, line, [str(value["table"])], book.tables, "表", "table")
            case "correct":
                _facts(desk, spot, line, [verb.target] if verb.target != CHANGES else [])
            case "book":
                known = {*book.facts, *book.parties, *BUILT_IN_PARTIES}
                _known(desk, spot, line, [verb.target, *verb.arguments], known, "事实或当事方", "fact or party")


def _evidence(desk: Desk, where: str, line: int, asked: Iterable[str]) -> None:
    kinds = [kind for one in asked for kind in one.split("|")]
    _known(desk, where, line, kinds, EVIDENCE_KINDS | {ANY_EVIDENCE}, "凭证种类", "kind of evidence")


def _facts(desk: Desk, where: str, line: int, names: Iterable[str]) -> None:
    _known(desk, where, line, names, desk.playbook.facts, "字段", "field")


def _triggers(desk: Desk) -> set[str]:
    book = desk.playbook
    outcomes = {f"task.{name}.{one}" for name, task in book.tasks.items() for one in task.outcomes}
    return {START, MESSAGE, *book.actions, *outcomes}


def _tasks(desk: Desk) -> None:
    book, triggers = desk.playbook, _triggers(desk)
    for name, task in book.tasks.items():
        where, line = f"tasks.{name}", task.line
        _parties(desk, f"{where}.for", line, [task.party] if not task.each else [])
        if not task.party:
            desk.note(1, where, line, "没有写 for", "for is missing", "写 for: 当事方", "write for: party")
        _parties(desk, f"{where}.asked_by", line, task.asked_by)
        _parties(desk, f"{where}.pauses", line, task.pauses)
        _parties(desk, f"{where}.late", line, [step.party for step in task.late])
        _parties(desk, f"{where}.warn", line, [step.party for step in task.warn])
        _known(desk, f"{where}.opens", line, task.opens, triggers, "操作或待办结果", "action or task outcome")
        _known(desk, f"{where}.until", line, task.until, triggers, "操作或待办结果", "action or task outcome")
        _known(desk, f"{where}.before", line, task.before, book.actions, "操作", "action")
        _known(desk, f"{where}.while", line, task.during, {*book.states, ANY_OPEN}, "状态", "state")
        doers = {*book.actions, *book.tasks, *DEPARTURES}
        _known(desk, f"{where}.not_by", line, task.not_by, doers, "操作或待办", "action or task")
        _known(desk, f"{where}.tell", line, task.tell, book.messages, "消息", "message")
        _known(desk, f"{where}.do", line, task.do, task.outcomes, "结果", "outcome")
        for asked in (task.evidence, *task.outcome_evidence.values()):
            _evidence(desk, f"{where}.evidence", line, asked)
        for verbs in task.do.values():
            _verbs(desk, where, verbs)
        if task.each:
            item = book.facts.get(task.each)
            if item is None:
                _facts(desk, f"{where}.each", line, [task.each])
            elif item.kind != "choices":
                desk.note(1, f"{where}.each", line, f"“{task.each}”不是多选字段",
                          f"'{task.each}' is no field of kind choices",
                          "each 要用 kind: choices 的字段", "each needs a field of kind choices")  # fmt: skip


def _deadlines(desk: Desk) -> None:
    book, triggers = desk.playbook, _triggers(desk)
    for name, deadline in book.deadlines.items():
        where, line = f"deadlines.{name}", deadline.line
        _known(desk, f"{where}.from", line, deadline.starts, triggers, "操作或待办结果", "action or task outcome")
        _known(desk, f"{where}.until", line, deadline.until, triggers, "操作或待办结果", "action or task outcome")
        _parties(desk, f"{where}.pauses", line, deadline.pauses)
        _parties(desk, f"{where}.runs_while", line, deadline.runs_while)
        _parties(desk, f"{where}.late", line, [step.party for step in deadline.late])
        _parties(desk, f"{where}.warn", line, [step.party for step in deadline.warn])
        _known(desk, f"{where}.else", line, [deadline.otherwise], book.actions, "操作", "action")
        started = any(desk.flow.starts(deadline, action) for action in book.actions.values())
        in_tasks = any(
            verb.name == "start" and verb.target == name
            for task in book.tasks.values() for verbs in task.do.values() for verb in verbs
        )  # fmt: skip
        if not deadline.starts and not started and not in_tasks:
            desk.note(1, where, line, "这个时限从不开始", "this deadline never starts",
                      "写 from: [操作]，或 do: [start: …]", "write from: [action], or do: [start: …]")  # fmt: skip


def _others(desk: Desk) -> None:
    book = desk.playbook
    for name, hold in book.holds.items():
        where, line = f"holds.{name}", hold.line
        _parties(desk, f"{where}.by", line, hold.by)
        _parties(desk, f"{where}.release_by", line, hold.release_by)
        _known(desk, f"{where}.stops", line, hold.stops, book.deadlines, "时限", "deadline")
        if not hold.by:
            desk.note(1, where, line, "没有写 by", "by is missing", "写 by: 当事方", "say by whom")
    for name, party in book.parties.items():
        _parties(desk, f"parties.{name}", party.line, [party.superior])
        if party.superior == name:
            desk.note(1, f"parties.{name}", party.line, "上级不能是自己", "a party cannot be its own superior",
                      "改为另一当事方", "name another party")  # fmt: skip
    for name, message in book.messages.items():
        where, line = f"messages.{name}", message.line
        _parties(desk, f"{where}.to", line, message.to)
        if not message.to:
            desk.note(1, where, line, "没有写 to", "to is missing", "写 to: customer", "write to: customer")
        _variables(desk, name)
    told = {name for action in book.actions.values() for name in action.tell}
    told |= {name for task in book.tasks.values() for name in task.tell}
    told |= {state.waits.remind for state in book.states.values() if state.waits}
    for name in book.messages.keys() - told:
        desk.warn(1, f"messages.{name}", book.messages[name].line, f"消息“{name}”从不发出",
                  f"the message '{name}' is never sent", "在某个 tell 中写上它，或删除它",
                  "name it in some tell, or remove it")  # fmt: skip
    for where, line, limit in desk.limits():
        if isinstance(limit.within, FromTable):
            _known(desk, f"{where}.within", line, [limit.within.table], book.tables, "表", "table")


def _variables(desk: Desk, name: str) -> None:
    book, message = desk.playbook, desk.playbook.messages[name]
    known = message_variables(book)
    texts = (message.subject.zh, message.subject.en, message.text.zh, message.text.en)
    used = {found.strip() for text in texts for found in _VARIABLE.findall(text)}
    _known(desk, f"messages.{name}", message.line, sorted(used), known, "变量", "variable")


def _expression(desk: Desk, where: str, line: int, expression: Expression, gives: str) -> None:
    """Kinds that do not fit, and history of what does not exist."""
    book = desk.playbook
    types = {name: TYPES[item.kind] for name, item in book.facts.items()}
    choices = {name: [one.value for one in item.choices] for name, item in book.facts.items() if item.choices}
    whole = {"yes_no"} if gives == "condition" else {"date", "datetime"}
    if expression.reads <= set(types):
        for problem in check_types(expression, types, choices=choices, gives=whole):  # type: ignore[arg-type]
            desk.note(1, where, line, f"“{expression.text}”：{problem.zh}", f"'{expression.text}': {problem.en}",
                      "请按提示改写条件", "change the expression")  # fmt: skip
    _known(desk, where, line, sorted(expression.tables), book.tables, "表", "table")
    for namespace, name in sorted(expression.namespaces):
        _history(desk, where, line, namespace, name)


def _history(desk: Desk, where: str, line: int, namespace: str, name: str) -> None:
    book = desk.playbook
    match namespace:
        case "on" | "times":
            _known(desk, where, line, [name], {*book.actions, *DEPARTURES}, "操作", "action")
        case "entered":
            _known(desk, where, line, [name], book.states, "状态", "state")
        case "first":
            known = {*book.actions, *book.states, *DEPARTURES}
            _known(desk, where, line, [name], known, "操作或状态", "action or state")
        case "late":
            clocks = [*book.deadlines, *book.states, *book.tasks]
            _known(desk, where, line, [name], clocks, "计时", "clock")
            if clocks.count(name) > 1:
                desk.note(1, where, line, f"late.{name} 有歧义：状态、待办、时限同名",
                          f"late.{name} could be several clocks",
                          "改其中一个的名称", "rename one of them")  # fmt: skip
        case "task":
            answers = [f"{task}.{one}" for task, item in book.tasks.items() for one in ("open",
                                                                                        "opened", *item.outcomes)]
            _known(desk, where, line, [name], answers, "待办", "task")
        case "effect":
            answers = [f"{task}.{one}" for task in book.tasks for one in ("settled", "failed")]
            _known(desk, where, line, [name], answers, "执行待办", "task to carry out")
        case "assigned":
            _known(desk, where, line, [name], book.parties, "当事方", "party")
        case "about":
            _known(desk, where, line, [name], QUERIES, "查询", "query")
            if not book.about:
                desk.note(1, where, line, "流程没有写 about，不知道是同一什么的工单",
                          "the head names no about: the same what, cannot be told",
                          "在文件开头写上 about: 字段", "write about: FIELD in the head")  # fmt: skip
        case "ruling":
            desk.note(1, where, line, "流程还不能自己请求裁定", "a playbook cannot ask for a ruling by itself yet",
                      "删除 ruling", "remove ruling")  # fmt: skip
        case "members":
            desk.note(1, where, line, "成组工单尚未启用", "groups are not in use yet", "删除 members", "remove members")


def _mapped(desk: Desk, party_map: Mapping[str, object]) -> None:
    for name, party in desk.playbook.parties.items():
        if name not in BUILT_IN_PARTIES and not party_map.get(name):
            desk.warn(1, f"parties.{name}", party.line, f"当事方“{name}”没有对应任何人",
                      f"the party '{name}' maps to nobody",
                      "在设置“当事方”中指定角色、部门或人员",
                      "map it to a role, department or person in the settings")  # fmt: skip


def check_other_playbooks(desk: Desk, known: Mapping[str, Playbook]) -> None:
    """11. What is used of other playbooks exists there, and nothing of theirs is taken.

    Until groups come, playbooks meet in two places only: the key, which must be this one's alone, and the
    prefix of case numbers together with it.
    """
    book = desk.playbook
    other = known.get(book.key)
    if other is not None and other.file != book.file:
        desk.note(11, "playbook", book.lines.get("playbook", 1), f"“{book.key}”已是 {other.file} 的名称",
                  f"'{book.key}' is already the key of {other.file}",
                  "换一个名称", "choose another key")  # fmt: skip
