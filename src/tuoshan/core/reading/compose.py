"""From text to playbook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Map
from dataclasses import replace
from types import MappingProxyType

from tuoshan.core.meanings import MEANINGS
from tuoshan.core.playbook import PHASES, Action, Playbook, State, Task, Waits, Walk, Wording
from tuoshan.core.reading.elements import Elements
from tuoshan.core.reading.fields import read_fields, read_form, read_tables
from tuoshan.core.reading.findings import Finding, Notes, did_you_mean
from tuoshan.core.reading.fragments import take_in
from tuoshan.core.reading.keys import PHASE, PLAYBOOK, SECTIONS
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Mapping, Node, Scalar, compose, plain_data

_NOTHING: Map[str, Playbook] = MappingProxyType({})


def read_playbook(
    text: str, file: str, fragments: Map[str, str], known: Map[str, Playbook] = _NOTHING
) -> tuple[Playbook | None, tuple[Finding, ...]]:
    """The playbook of this text with its fragments taken in, and everything that is wrong with the writing.

    `fragments` maps names to texts; `known` holds the playbooks loaded so far: a key that one of them, read
    from another file, already has is refused. Whether the process makes sense is for the checker; a playbook
    is given even beside findings wherever one could be composed, so that the checker can add its own. A
    finding of severity `error` means: do not load it.
    """
    notes = Notes()
    tree, troubles = compose(text, file)
    notes.take_troubles(troubles)
    values = Values(notes)
    if tree is None and not troubles:
        notes.add(Scalar("", 1, 1, file), "", "文件是空的", "the file is empty", "从 playbook: 名称 写起",
                  "begin with playbook: name")  # fmt: skip
    if not isinstance(tree, Mapping):
        if tree is not None:
            values.mapping(tree, "")
        return None, notes.sorted()
    values.known(tree, PLAYBOOK, "")
    sections, taken, origins = take_in(tree, fragments, values)
    playbook = _build(tree, sections, values)
    playbook = replace(
        playbook, takes=taken, text=text, file=file, hash=_hash(tree, sections), origins=MappingProxyType(origins)
    )
    lines = {entry.key.text: entry.key.line for entry in tree}
    lines |= {f"means.{entry.key.text}": entry.key.line for entry in values.mapping(tree.get("means"), "")}
    lines |= {f"tables.{entry.key.text}": entry.key.line for entry in sections["tables"]}
    all_origins = _origins(playbook, sections, origins)
    playbook = replace(playbook, origins=MappingProxyType(all_origins), lines=MappingProxyType(lines))
    _refuse_taken_key(tree, playbook, known, values)
    return playbook, notes.sorted()


def _build(root: Mapping, sections: Map[str, Mapping], values: Values) -> Playbook:
    facts = read_fields(sections["fields"], values)
    reader = Elements(values, facts)
    phases = _phases(sections["phases"], values)
    states, under_states = reader.states(sections["states"], phases)
    _unknown_in_phases(sections["phases"], states, values)
    actions = _unique([*under_states, *reader.shared(sections["shared"])], root.file, sections, values)
    tasks = reader.tasks(sections["tasks"])
    for key in ("playbook", "version", "title", "source", "start", "states"):
        if root.get(key) is None and not (key == "states" and states):
            values.notes.add(root, "", f"缺少 {key}", f"{key} is missing", f"加上 {key}: …", f"add {key}: …")
    return Playbook(
        key=values.name(root.get("playbook"), "playbook"),
        version=_version(root, values),
        title=values.wording(root.get("title"), "title"),
        source=values.text(root.get("source"), "source"),
        start=values.name(root.get("start"), "start"),
        register=read_form(root.get("register"), facts, "register", values),
        facts=MappingProxyType(facts),
        states=MappingProxyType({
            name: replace(state, waits=_awaited(state.waits, tasks)) for name, state in states.items()
        }),
        actions=MappingProxyType(actions),
        tasks=MappingProxyType(tasks),
        deadlines=MappingProxyType(reader.deadlines(sections["deadlines"])),
        holds=MappingProxyType(reader.holds(sections["holds"])),
        parties=MappingProxyType(reader.parties(sections["parties"])),
        messages=MappingProxyType(reader.messages(sections["messages"])),
        tables=MappingProxyType(read_tables(sections["tables"], values)),
        walks=_walks(root, values),
        about=values.name(root.get("about"), "about"),
        calendar=values.name(root.get("calendar"), "calendar") or "standard",
        portal=_portal(root, values),
        first_answer=values.names(root.get("first_answer"), "first_answer"),
        means=MappingProxyType(_means(root, values)),
        phase_words=MappingProxyType(_phase_words(sections["phases"], values)),
        detours=_detours(sections["phases"], values),
    )  # fmt: skip


def _means(root: Mapping, values: Values) -> dict[str, tuple[str, ...]]:
    section = values.mapping(root.get("means"), "means")
    values.known(section, MEANINGS, "means")
    return {
        entry.key.text: values.names(entry.value, f"means.{entry.key.text}")
        for entry in section if entry.key.text in MEANINGS
    }  # fmt: skip


def _awaited(waits: Waits | None, tasks: Map[str, Task]) -> Waits | None:
    """`for: departments` waits for the party whose task is opened once for each entry of that list."""
    if waits is None:
        return None
    each = {task.each: task.party for task in tasks.values() if task.each}
    return replace(waits, parties=tuple(each.get(party, party) for party in waits.parties))


def _unique(found: list[Action], file: str, sections: Map[str, Mapping], values: Values) -> dict[str, Action]:
    actions: dict[str, Action] = {}
    for action in found:
        first = actions.get(action.name)
        if first is None:
            actions[action.name] = action
            continue
        before = _place(first, sections, file)
        values.notes.add(
            _place(action, sections, file), f"actions.{action.name}",
            f"操作“{action.name}”已在 {before.file} 第 {first.line} 行",
            f"the action '{action.name}' is already in {before.file}, line {first.line}",
            "改名；同一操作用于多个状态时写在 shared 下", "rename it; one action of several states stands under shared",
        )  # fmt: skip
    return actions


def _place(action: Action, sections: Map[str, Mapping], file: str) -> Scalar:
    for name in ("states", "shared"):
        for entry in sections[name]:
            body = entry.value.get("can") if isinstance(entry.value, Mapping) else None
            inside = [entry.key, *(item.key for item in body)] if isinstance(body, Mapping) else [entry.key]
            for key in inside:
                if key.text == action.name and key.line == action.line:
                    return key
    return Scalar(action.name, action.line, 1, file)


def _version(root: Mapping, values: Values) -> int:
    node = root.get("version")
    text = values.text(node, "version")
    if text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000:
        return int(text)
    if node is not None:
        values.notes.add(node, "version", f"版本“{text}”不是正整数", f"the version '{text}' is no whole number",
                         "写 version: 1", "write version: 1")  # fmt: skip
    return 0


def _phases(section: Mapping, values: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in section:
        phase = entry.key.text
        if phase not in PHASES:
            zh, en = did_you_mean(phase, PHASES)
            values.notes.add(entry.key, "phases", f"没有阶段“{phase}”", f"there is no phase '{phase}'", zh, en)
        for state in values.names(_members(entry.value, f"phases.{phase}", values), f"phases.{phase}"):
            if state in found:
                values.notes.add(entry.key, "phases", f"“{state}”属于两个阶段", f"'{state}' is in two phases",
                                 "只保留一个", "keep one")  # fmt: skip
            found.setdefault(state, phase)
    return found


def _members(node: Node, where: str, values: Values | None) -> Node | None:
    """The states of a phase: `[received]`, or `{customer: 中文 / English, states: [received]}`."""
    if not isinstance(node, Mapping):
        return node
    if values is not None:
        values.known(node, PHASE, where)
    return node.get("states")


def _phase_words(section: Mapping, values: Values) -> dict[str, Wording]:
    return {
        entry.key.text: values.wording(entry.value.get("customer"), f"phases.{entry.key.text}.customer")
        for entry in section
        if isinstance(entry.value, Mapping) and entry.value.get("customer") is not None
    }


def _detours(section: Mapping, values: Values) -> frozenset[str]:
    """Phases of which it is said that they are not to be expected."""
    said = {entry.key.text: entry.value.get("expected") for entry in section if isinstance(entry.value, Mapping)}
    return frozenset(
        phase for phase, node in said.items()
        if node is not None and not values.yes(node, f"phases.{phase}.expected")
    )  # fmt: skip


def _portal(root: Mapping, values: Values) -> str:
    """Whom the page of a case is for: `true` means the customer, a name another party."""
    node = root.get("portal")
    text = values.text(node, "portal")
    if text in ("", "true", "false"):
        return "customer" if text == "true" else ""
    if text.lower() in ("yes", "no", "on", "off"):
        values.yes(node, "portal")
        return ""
    return values.name(node, "portal")


def _unknown_in_phases(section: Mapping, states: Map[str, State], values: Values) -> None:
    for entry in section:
        for item in values.items(_members(entry.value, "", None)):
            if isinstance(item, Scalar) and item.text not in states:
                zh, en = did_you_mean(item.text, states)
                values.notes.add(item, f"phases.{entry.key.text}", f"没有状态“{item.text}”",
                                 f"there is no state '{item.text}'", zh, en)  # fmt: skip


def _walks(root: Mapping, values: Values) -> tuple[Walk, ...]:
    node = root.get("walks")
    entries = values.mapping(node, "walks")
    return tuple(
        Walk(entry.key.text, values.text(entry.value, f"walks.{entry.key.text}"), entry.key.line) for entry in entries
    )


def _hash(root: Mapping, sections: Map[str, Mapping]) -> str:
    """Over the composed structure in its order; table values and walks stand outside."""
    shown: dict[str, object] = {}
    for entry in root:
        if entry.key.text not in (*SECTIONS, "walks"):
            shown[entry.key.text] = plain_data(entry.value)
    for name in SECTIONS:
        if name == "tables":
            shown[name] = [entry.key.text for entry in sections[name]]
        else:
            shown[name] = plain_data(sections[name])
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _origins(playbook: Playbook, sections: Map[str, Mapping], origins: Map[str, str]) -> dict[str, str]:
    """The files as the checker names elements: actions stand under `actions`, wherever they were written."""
    out = dict(origins)
    for entry in sections["states"]:
        body = entry.value.get("can") if isinstance(entry.value, Mapping) else None
        if isinstance(body, Mapping):
            for action in body:
                if entry.key.file != playbook.file:
                    out[f"actions.{action.key.text}"] = entry.key.file
    for name, file in origins.items():
        if name.startswith("shared."):
            out[f"actions.{name.removeprefix('shared.')}"] = file
    return out


def _refuse_taken_key(root: Mapping, playbook: Playbook, known: Map[str, Playbook], values: Values) -> None:
    other = known.get(playbook.key)
    if other is not None and other.file != playbook.file:
        values.notes.add(
            root.get("playbook") or root, "playbook", f"“{playbook.key}”已是 {other.file} 的名称",
            f"'{playbook.key}' is already the key of {other.file}", "换一个名称", "choose another key", check=11,
        )  # fmt: skip
