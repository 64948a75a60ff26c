"""Places in a rule book's text, and how values are written there so that YAML reads them back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.yaml_strict import Mapping as StrictMapping
from tuoshan.core.yaml_strict import Scalar

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SIMPLE = re.compile(r"[A-Za-z0-9_\u3400-\u9fff]")


class NotEditable(ValueError):
    """The text cannot be changed in place: it is no YAML without troubles, or has no such table, clause or row."""


def scalar(text: str) -> str:
    """A text as YAML reads it back within a flow mapping: plain where that is safe, else in double quotes."""
    if _SIMPLE.match(text):
        root, troubles = yaml_strict.compose("{k: " + text + "}", "")
        read = root.get("k") if isinstance(root, StrictMapping) and len(root.entries) == 1 else None
        if not troubles and isinstance(read, Scalar) and read.text == text:
            return text
    return json.dumps(text, ensure_ascii=any(sign in text for sign in "\x7f\x85\u2028\u2029\ufeff"))


def wording(zh: str, en: str) -> str:
    """`中文 / English`, or `{zh: …, en: …}` where that would be read otherwise."""
    zh, en = one_line(zh), one_line(en)
    if " / " in zh or " / " in en or (not en and not _CHINESE.search(zh)) or not zh:
        return "{zh: " + scalar(zh) + ", en: " + scalar(en) + "}"
    return scalar(f"{zh} / {en}" if en else zh)


def wording_of(node: yaml.Node) -> tuple[str, str]:
    if isinstance(node, yaml.MappingNode):
        halves = {key.value: str(value.value) for key, value in node.value}
        return halves.get("zh", ""), halves.get("en", "")
    text = str(node.value)
    zh, slash, en = text.partition(" / ")
    return (zh.strip(), en.strip()) if slash or _CHINESE.search(text) else ("", text)


def one_line(text: str) -> str:
    return " ".join(text.split())


def section(text: str, name: str) -> yaml.MappingNode:
    root = yaml_strict.marked(text)
    found = value_of(root, name) if isinstance(root, yaml.MappingNode) else None
    if not isinstance(found, yaml.MappingNode):
        raise NotEditable(name)
    return found


def value_of(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    found: yaml.Node | None = next((value for key, value in node.value if key.value == name), None)
    return found


def end_of(text: str, node: yaml.Node) -> int:
    """Where a node ends in the text; one in block style ends with its last part, not where the next begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(last, tuple) else last)
    at: int = node.end_mark.index
    return len(text[:at].rstrip()) if at > node.start_mark.index else at


def end_line(text: str, node: yaml.Node) -> int:
    return text.count("\n", 0, end_of(text, node))


def first_line(lines: Sequence[str], line: int, floor: int) -> int:
    """Where what stands on a line begins with the comment directly above it, not above the line `floor`."""
    while line > floor and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def comment_behind(text: str, node: yaml.Node) -> str:
    """What stands behind a node on its last line."""
    return text[end_of(text, node) :].partition("\n")[0].rstrip()


def on_one_line(text: str, node: yaml.Node) -> str:
    """A node on one line, as it was written where that fits on one."""
    written = text[node.start_mark.index : end_of(text, node)]
    if "\n" not in written and not (isinstance(node, yaml.CollectionNode) and not node.flow_style):
        return written
    if isinstance(node, yaml.ScalarNode):
        return scalar(one_line(node.value)) if node.style in (None, ">") else json.dumps(
            node.value, ensure_ascii=False)  # fmt: skip
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(on_one_line(text, one) for one in node.value) + "]"
    return "{" + ", ".join(f"{on_one_line(text, key)}: {on_one_line(text, value)}" for key, value in node.value) + "}"
