"""Taking fragments in: load-time inclusion with parameters, before anything is understood.

A fragment is a file like a playbook without start, register and walks. `$redo` in it stands for a parameter that
the playbook gives in `takes`. The result is one composed tree; a name given twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import replace
from typing import Final

from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.keys import FRAGMENT, SECTIONS
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Entry, Mapping, Node, Scalar, Sequence, compose

_PARAMETER: Final = re.compile(r"\$([a-z][a-z0-9_]*)")


def fragment_file(name: str) -> str:
    return f"fragments/{name}.yaml"


def take_in(
    root: Mapping, fragments: Map[str, str], values: Values
) -> tuple[dict[str, Mapping], tuple[str, ...], dict[str, str]]:
    """The composed sections, the fragments taken, and the file of every element that a fragment brought."""
    sections: dict[str, list[Entry]] = {name: _own(root, name, values) for name in SECTIONS}
    origins: dict[str, str] = {}
    taken = _takes(root.get("takes"), values)
    for name, (place, arguments) in taken.items():
        tree = _load(name, place, arguments, fragments, values)
        if tree is None:
            continue
        for section in SECTIONS:
            for entry in values.mapping(tree.get(section), section):
                _merge(section, entry, sections[section], origins, values)
    out = {
        name: Mapping(tuple(entries), root.line, root.column, root.file) for name, entries in sections.items()
    }
    return out, tuple(taken), origins


def _own(root: Mapping, section: str, values: Values) -> list[Entry]:
    node = root.get(section)
    if section == "parties" and isinstance(node, Sequence):
        names = [item for item in node.items if isinstance(item, Scalar)]
        return [Entry(name, Mapping((), name.line, name.column, name.file)) for name in names]
    return list(values.mapping(node, section))


def _takes(node: Node | None, values: Values) -> dict[str, tuple[Node, Mapping]]:
    if node is None:
        return {}
    if isinstance(node, Mapping):
        return {entry.key.text: (entry.key, values.mapping(entry.value, "takes")) for entry in node}
    return {name: (node, Mapping((), node.line, 0, node.file)) for name in values.names(node, "takes")}


def _load(
    name: str, place: Node, arguments: Mapping, fragments: Map[str, str], values: Values
) -> Mapping | None:
    if name not in fragments:
        zh, en = did_you_mean(name, fragments)
        values.notes.add(place, "takes", f"没有片段“{name}”", f"there is no fragment '{name}'", zh, en)
        return None
    tree, troubles = compose(fragments[name], fragment_file(name))
    values.notes.take_troubles(troubles)
    if not isinstance(tree, Mapping):
        return None
    values.known(tree, FRAGMENT, f"fragment {name}")
    wanted = {entry.key.text for entry in values.mapping(tree.get("parameters"), "parameters")}
    given = {entry.key.text: entry.value for entry in arguments}
    for entry in arguments:
        if entry.key.text not in wanted:
            zh, en = did_you_mean(entry.key.text, wanted)
            values.notes.add(entry.key, f"takes.{name}", f"片段“{name}”没有参数“{entry.key.text}”",
                             f"the fragment '{name}' has no parameter '{entry.key.text}'", zh, en)  # fmt: skip
    for parameter in sorted(wanted - set(given)):
        values.notes.add(place, f"takes.{name}", f"缺少参数“{parameter}”", f"the parameter '{parameter}' is missing",
                         f"写成 takes: {{{name}: {{{parameter}: …}}}}",
                         f"write takes: {{{name}: {{{parameter}: …}}}}")  # fmt: skip
    put = _put(tree, given, wanted, values)
    return put if isinstance(put, Mapping) else None


def _put(node: Node, given: Map[str, Node], declared: set[str], values: Values) -> Node:
    """The tree with every `$name` replaced; a list put into a list is spliced."""
    match node:
        case Scalar():
            return _put_text(node, given, declared, values)
        case Sequence(items):
            out: list[Node] = []
            for item in items:
                done = _put(item, given, declared, values)
                spliced = isinstance(item, Scalar) and isinstance(done, Sequence)
                out.extend(done.items if spliced and isinstance(done, Sequence) else [done])
            return replace(node, items=tuple(out))
        case Mapping(entries):
            put = []
            for entry in entries:
                key = _put_text(entry.key, given, declared, values)
                value = entry.value if entry.key.text == "parameters" else _put(entry.value, given, declared, values)
                put.append(Entry(key if isinstance(key, Scalar) else entry.key, value))
            return replace(node, entries=tuple(put))


def _put_text(node: Scalar, given: Map[str, Node], declared: set[str], values: Values) -> Node:
    found = _PARAMETER.findall(node.text)
    if not found:
        return node
    for name in found:
        if name not in given and name not in declared:
            zh, en = did_you_mean(name, declared)
            values.notes.add(node, f"${name}", f"没有声明参数“{name}”", f"the parameter '{name}' is not declared",
                             f"在片段的 parameters 中声明；{zh}",
                             f"declare it under parameters of the fragment; {en}")  # fmt: skip
    if node.text == f"${found[0]}" and found[0] in given:
        value = given[found[0]]
        if isinstance(value, Mapping):
            return node
        return replace(value, line=node.line, column=node.column, file=node.file)
    texts = {name: value.text for name, value in given.items() if isinstance(value, Scalar)}
    return replace(node, text=_PARAMETER.sub(lambda match: texts.get(match[1], match[0]), node.text))


def _merge(section: str, entry: Entry, into: list[Entry], origins: dict[str, str], values: Values) -> None:
    name = entry.key.text
    same = next((old for old in into if old.key.text == name), None)
    if section == "phases" and same is not None:
        into[into.index(same)] = Entry(same.key, _both_phases(same, entry, values))
        return
    if same is not None:
        values.notes.add(
            same.key, f"{section}.{name}", f"“{name}”在片段 {entry.key.file} 第 {entry.key.line} 行已有",
            f"'{name}' is already in the fragment {entry.key.file}, line {entry.key.line}",
            "改名，或不在此处定义", "rename it, or leave it to the fragment",
        )  # fmt: skip
        return
    into.append(entry)
    origins[f"{section}.{name}"] = entry.key.file


def _both_phases(one: Entry, other: Entry, values: Values) -> Node:
    """The states of both in one phase; a wording for the customer, given by either, is kept."""

    def states(entry: Entry) -> tuple[Node, ...]:
        node = entry.value.get("states") if isinstance(entry.value, Mapping) else entry.value
        return values.items(node)

    line, column, file = one.key.line, one.key.column, one.key.file
    both = Sequence((*states(one), *states(other)), line, column, file)
    worded = next((e.value for e in (one, other) if isinstance(e.value, Mapping)), None)
    if worded is None:
        return both
    kept = [Entry(e.key, both) if e.key.text == "states" else e for e in worded]
    return replace(worded, entries=tuple(kept))
