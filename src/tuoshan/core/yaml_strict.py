"""YAML with its traps taken out: composed nodes that know their line, and every trouble at once.

A playbook is edited by people who are no programmers. What YAML would silently bend — a key given twice, `on:`
becoming true, a comma in an unquoted text adding a key, anchors, tags, merge keys — is reported here as a
`Trouble` with its line and its mend, and reading goes on. Every scalar stays the text that was written; what it
means is decided by the reader of the key it stands under. Only a file that is no YAML at all gives no node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

import yaml

from tuoshan.core.playbook import Wording

LONGEST_FILE: Final = 1_000_000
"""Characters; a playbook is some tens of thousands."""
DEEPEST: Final = 40

TRAPS: Final = frozenset({"on", "off", "yes", "no", "true", "false", "null", "~"})
"""Plain words that other YAML readers turn into yes, no or nothing."""

_QUESTION_MARK: Final = re.compile(r"(?<=[^\s,\[{])\?")
_STAND_IN: Final = "\ue000"
_TAKEN_DIFFERENTLY: Final = re.compile("[\t\ufeff\x85\u2028\u2029?]|^(?:---|\\.\\.\\.)", re.MULTILINE)
"""Signs that the parser in C lets pass where the one in Python does not."""
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text. `plain`: written without quotes, so that YAML had a chance to misunderstand it."""

    text: str
    line: int
    column: int
    file: str
    plain: bool = True

    @property
    def empty(self) -> bool:
        return self.plain and self.text == ""


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int
    column: int
    file: str


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys are unique: a second one of the same name was reported and dropped."""

    entries: tuple[Entry, ...]
    line: int
    column: int
    file: str
    flow: bool = False

    def get(self, key: str) -> Node | None:
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the file that YAML or a reader would misunderstand."""

    file: str
    line: int
    column: int
    message: Wording
    mend: Wording


@dataclass(slots=True)
class _Open:
    """A sequence or mapping still being read."""

    line: int
    column: int
    flow: bool
    mapping: bool
    items: list[Node] = field(default_factory=list)


def compose(text: str, file: str) -> tuple[Node | None, tuple[Trouble, ...]]:
    """The composed document and all troubles of it; no node when the text is no YAML."""
    if len(text) > LONGEST_FILE:
        return None, (_trouble(file, 1, 1, "文件过长", "the file is too long",
                               f"一个文件最多 {LONGEST_FILE} 个字符",
                               f"keep a file below {LONGEST_FILE} characters"),)  # fmt: skip
    if _STAND_IN in text:
        at = text.index(_STAND_IN)
        line = text.count("\n", 0, at) + 1
        return None, (_trouble(file, line, 1, "文件含有不可用的字符", "the file holds a character of private use",
                               "请删除该字符", "remove that character"),)  # fmt: skip
    plain = _QUESTION_MARK.sub(_STAND_IN, text)
    if not _TAKEN_DIFFERENTLY.search(plain):  # C reads four times as fast; of what troubles it Python tells more
        node, troubles = _Composer(file).run(plain, _LOADER)
        if not troubles:
            return node, ()
    return _Composer(file).run(plain, yaml.SafeLoader)


@lru_cache(maxsize=4)
def marked(text: str) -> yaml.Node | None:
    """The nodes with where they begin and end in the text, for changing it in place; none for a text with troubles.

    They are shared between callers and never changed.
    """
    root, troubles = compose(text, "")
    if root is None or troubles:
        return None
    found: yaml.Node | None = yaml.compose(_QUESTION_MARK.sub(_STAND_IN, text), Loader=_LOADER)
    waiting = [found] if found is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            node.value = node.value.replace(_STAND_IN, "?")
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
    return found


def placed(node: Node, line: int, file: str) -> Node:
    """The same as if it stood on one line of another file, as a cell of a table does."""
    match node:
        case Scalar():
            return replace(node, line=line, file=file)
        case Sequence():
            return replace(node, items=tuple(placed(one, line, file) for one in node.items), line=line, file=file)
    entries = tuple(
        Entry(replace(one.key, line=line, file=file), placed(one.value, line, file)) for one in node.entries
    )
    return replace(node, entries=entries, line=line, file=file)


def _mark(event: yaml.Event) -> yaml.error.Mark | yaml._yaml.Mark:
    assert event.start_mark is not None
    return event.start_mark


def _trouble(file: str, line: int, column: int, zh: str, en: str, mend_zh: str, mend_en: str) -> Trouble:
    return Trouble(file, line, column, Wording(zh, en), Wording(mend_zh, mend_en))


class _Composer:
    """Builds nodes from parsing events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.troubles: list[Trouble] = []
        self.open: list[_Open] = []
        self.root: Node | None = None

    def run(
        self, text: str, loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader]
    ) -> tuple[Node | None, tuple[Trouble, ...]]:
        documents = 0
        try:
            for event in yaml.parse(text, Loader=loader):
                match event:
                    case yaml.DocumentStartEvent():
                        documents += 1
                        if documents > 1:
                            self.note(event, "一个文件只能有一个文档", "a file holds one document only",
                                      "删除 --- 或另存为一个文件", "remove the --- or make a second file")  # fmt: skip
                            break
                    case yaml.NodeEvent() | yaml.CollectionEndEvent():
                        self.take(event)
                if len(self.open) > DEEPEST:
                    self.note(event, "嵌套过深", "this is nested too deeply", "请拆分", "split it up")
                    return None, tuple(self.troubles)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
            self.troubles.append(_trouble(self.file, line, 1, "文件含有不可见的控制字符",
                                          "the file holds a control character",
                                          "请删除该字符并以 UTF-8 保存",
                                          "remove it and save the file as UTF-8"))  # fmt: skip
            return None, tuple(self.troubles)
        except yaml.MarkedYAMLError as error:
            self.troubles.append(_syntax_trouble(error, self.file))
            return None, tuple(self.troubles)
        return self.root, tuple(sorted(self.troubles, key=lambda trouble: (trouble.line, trouble.column)))

    def note(self, event: yaml.Event, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        mark = _mark(event)
        self.troubles.append(_trouble(self.file, mark.line + 1, mark.column + 1, zh, en, mend_zh, mend_en))

    def take(self, event: yaml.Event) -> None:
        line, column = _mark(event).line + 1, _mark(event).column + 1
        match event:
            case yaml.AliasEvent():
                self.note(event, f"不支持 *{event.anchor} 引用",
                          f"references such as *{event.anchor} are not used here",
                          "请写全，或加引号，或使用片段",
                          "write it out, put it in quotes, or use a fragment")  # fmt: skip
                self.place(Scalar("", line, column, self.file, plain=False))
            case yaml.ScalarEvent():
                self.refuse_marks(event)
                plain = not event.style
                self.place(Scalar(event.value.replace(_STAND_IN, "?"), line, column, self.file, plain))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self.refuse_marks(event)
                mapping = isinstance(event, yaml.MappingStartEvent)
                self.open.append(_Open(line, column, bool(event.flow_style), mapping))
            case yaml.CollectionEndEvent():
                done = self.open.pop()
                self.place(self.mapping(done) if done.mapping else
                           Sequence(tuple(done.items), done.line, done.column, self.file))  # fmt: skip

    def refuse_marks(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if event.anchor:
            self.note(event, f"&{event.anchor} 被 YAML 当作锚点", f"YAML takes &{event.anchor} for an anchor",
                      "请给这段文字加引号", "put this text into quotes")  # fmt: skip
        if tag:
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")
            self.note(event, f"{shown} 被 YAML 当作标签", f"YAML takes {shown} for a tag",
                      "以感叹号开头的条件要加引号", "put a condition that begins with ! into quotes")  # fmt: skip

    def place(self, node: Node) -> None:
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node

    def mapping(self, done: _Open) -> Mapping:
        entries: list[Entry] = []
        lines: dict[str, int] = {}
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.troubles.append(_trouble(
                    self.file, key.line, key.column, "键必须是一个名称", "a key must be a single name",
                    "请检查括号和冒号", "look at the brackets and the colon"))  # fmt: skip
                continue
            if done.flow and isinstance(value, Scalar) and value.empty:
                self.troubles.append(_comma_trouble(self.file, key, entries))
                continue
            if key.text in lines:
                self.troubles.append(_trouble(
                    self.file, key.line, key.column,
                    f"“{key.text}”写了两次（第 {lines[key.text]} 行已有）",
                    f"'{key.text}' is given twice (first on line {lines[key.text]})",
                    "删除其中一个或改名", "remove one of them, or rename it"))  # fmt: skip
                continue
            lines[key.text] = key.line
            self.refuse_key(key)
            entries.append(Entry(key, value))
        return Mapping(tuple(entries), done.line, done.column, self.file, done.flow)

    def refuse_key(self, key: Scalar) -> None:
        if key.plain and key.text.lower() in TRAPS:
            self.troubles.append(_trouble(
                self.file, key.line, key.column,
                f"“{key.text}”作为键会被 YAML 读成是/否/空", f"YAML reads the key '{key.text}' as yes, no or nothing",
                f"换一个名称，或加引号：'{key.text}'",
                f"use another name, or put it into quotes: '{key.text}'"))  # fmt: skip
        elif key.text == "<<" and key.plain:
            self.troubles.append(_trouble(
                self.file, key.line, key.column, "不支持 << 合并", "merging with << is not used here",
                "请写全，或使用片段", "write it out, or use a fragment"))  # fmt: skip


def _comma_trouble(file: str, key: Scalar, before: list[Entry]) -> Trouble:
    previous = before[-1] if before else None
    if previous and isinstance(previous.value, Scalar) and previous.value.plain:
        whole = f"{previous.value.text}, {key.text}"
        return _trouble(
            file, key.line, key.column,
            f"“{previous.key.text}”里的逗号把“{key.text}”变成了一个新键",
            f"the comma in '{previous.key.text}' has turned '{key.text}' into a key of its own",
            f"有逗号的文字要加引号：{previous.key.text}: \"{whole}\"",
            f"put a text with a comma into quotes: {previous.key.text}: \"{whole}\"",
        )  # fmt: skip
    return _trouble(
        file, key.line, key.column, f"“{key.text}”没有值", f"'{key.text}' has no value",
        f"写成 {key.text}: 值（空的写 {{}}）", f"write {key.text}: value ({{}} for an empty one)",
    )  # fmt: skip


_SYNTAX_MENDS: Final = {
    "'\\t'": Wording("用空格缩进，不要用 Tab", "indent with spaces, never with tabs"),
    "mapping values are not allowed": Wording(
        "含有“: ”的文字要加引号；检查缩进", "put a text that holds ': ' into quotes; look at the indentation"
    ),
    "expected ',' or": Wording(
        "检查是否缺少 } 或 ]；含引号的文字整段加引号",
        "look for a missing } or ]; quote the whole of a text that holds quotes",
    ),
    "cannot start any token": Wording(
        "以特殊符号开头的文字要加引号", "put a text that begins with a special sign into quotes"
    ),
    "": Wording("请检查这一行及上一行的缩进、引号和括号", "look at indentation, quotes and brackets here and above"),
}
"""What to do about what the YAML parser says, by a part of its words; the last serves for all else."""


def _syntax_trouble(error: yaml.MarkedYAMLError, file: str) -> Trouble:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = (error.problem or "").replace(_STAND_IN, "?")
    mend = next((mend for sign, mend in _SYNTAX_MENDS.items() if sign in problem), _SYNTAX_MENDS[""])
    message = Wording(f"YAML 写法有误：{problem}", f"this is no valid YAML: {problem}")
    return Trouble(file, line, column, message, mend)


def plain_data(node: Node) -> object:
    """The node as lists, pairs and texts in the order written: what a hash is taken over."""
    match node:
        case Scalar(text):
            return text
        case Sequence(items):
            return [plain_data(item) for item in items]
        case Mapping(entries):
            return {"=": [[entry.key.text, plain_data(entry.value)] for entry in entries]}
