"""Changing a rule book's clauses, examples and answered doubts in place; the rest of the text stays as it was typed."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.policy.reading.text_places import (
    NotEditable,
    end_line,
    end_of,
    first_line,
    one_line,
    scalar,
    section,
    value_of,
    wording,
    wording_of,
)


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as a form has it; dates as texts, empty where there are none."""

    zh: str = ""
    en: str = ""
    by: str = ""
    begins: str = ""
    until: str = ""
    provisional_zh: str = ""
    provisional_en: str = ""
    overridden_by: str = ""
    """The clauses above it, with a comma between them."""
    article_zh: str = ""
    article_en: str = ""
    """The law and article that it says, as they are cited."""
    verify_number: bool = False
    """Whether its number is still to be verified."""


def clauses(text: str) -> dict[str, ClauseText]:
    """The clauses by name. Raises NotEditable."""
    return {key.value: _clause(body) for key, body in section(text, "clauses").value}


def _clause(body: yaml.Node) -> ClauseText:
    if not isinstance(body, yaml.MappingNode):
        return ClauseText(*wording_of(body))
    words, doubt, dates = (value_of(body, name) for name in ("text", "provisional", "in_force"))
    given = {key.value: str(value.value) for key, value in dates.value} if isinstance(
        dates, yaml.MappingNode) else {}  # fmt: skip
    zh, en = wording_of(words) if words is not None else ("", "")
    doubt_zh, doubt_en = wording_of(doubt) if doubt is not None else ("", "")
    above = value_of(body, "overridden_by")
    names = above.value if isinstance(above, yaml.SequenceNode) else [above] if above is not None else []
    article, number = value_of(body, "article"), value_of(body, "verify_number")
    article_zh, article_en = wording_of(article) if article is not None else ("", "")
    return ClauseText(
        zh, en, given.get("by", ""), given.get("from", ""), given.get("until", ""), doubt_zh, doubt_en,
        ", ".join(str(one.value) for one in names), article_zh, article_en,
        number is not None and str(number.value) == "true",
    )  # fmt: skip


def with_clause(text: str, name: str, clause: ClauseText) -> str:
    """The text with this clause, changed where it stands, or put behind the last one. Raises NotEditable."""
    found = section(text, "clauses")
    old = value_of(found, name)
    said = _clause_text(clause)
    if old is not None:
        return said.join((text[: old.start_mark.index], text[end_of(text, old) :]))
    if found.flow_style or not found.value:
        raise NotEditable(name)
    last = found.value[-1][1]
    at = text.find("\n", end_of(text, last))
    at = len(text) if at < 0 else at
    return f"{text[:at]}\n{' ' * found.start_mark.column}{scalar(name)}: {said}{text[at:]}"


def without_clause(text: str, name: str) -> str:
    """The text without a clause; a comment directly above it goes with it. Raises NotEditable."""
    found = section(text, "clauses")
    if found.flow_style:
        raise NotEditable(name)
    lines, floor = text.splitlines(keepends=True), 0
    for key, value in found.value:
        if key.value == name:
            first = first_line(lines, key.start_mark.line, floor)
            return "".join([*lines[:first], *lines[end_line(text, value) + 1 :]])
        floor = end_line(text, value) + 1
    raise NotEditable(name)


def _clause_text(clause: ClauseText) -> str:
    parts = [f"article: {wording(clause.article_zh, clause.article_en)}"] if clause.article_zh else []
    parts.append(f"text: {wording(clause.zh, clause.en)}")
    dates = [f"{key}: {scalar(value)}" for key, value in
             (("by", clause.by), ("from", clause.begins), ("until", clause.until)) if value]  # fmt: skip
    if clause.begins or clause.until:
        parts.append("in_force: {" + ", ".join(dates) + "}")
    if clause.provisional_zh or clause.provisional_en:
        parts.append(f"provisional: {wording(clause.provisional_zh, clause.provisional_en)}")
    if clause.verify_number:
        parts.append("verify_number: true")
    if above := [scalar(one.strip()) for one in clause.overridden_by.split(",") if one.strip()]:
        parts.append(f"overridden_by: [{', '.join(above)}]")
    return "{" + ", ".join(parts) + "}"


def examples(text: str) -> dict[str, str]:
    """The examples by name, each as it is written. Raises NotEditable."""
    root = yaml_strict.marked(text)
    items = value_of(root, "examples") if isinstance(root, yaml.MappingNode) else None
    found = {}
    for place, item in enumerate(items.value if isinstance(items, yaml.SequenceNode) else (), 1):
        name = value_of(item, "id") if isinstance(item, yaml.MappingNode) else None
        found[str(name.value) if name is not None else f"{place}"] = text[item.start_mark.index : end_of(text, item)]
    return found


def with_expectations(text: str, name: str, expect: object) -> str:
    """The text in which the example of this name expects this (texts, yes and no, lists and mappings of them); its
    facts and everything else stay as they were typed. Raises NotEditable."""
    root = yaml_strict.marked(text)
    items = value_of(root, "examples") if isinstance(root, yaml.MappingNode) else None
    for item in items.value if isinstance(items, yaml.SequenceNode) else ():
        mine = value_of(item, "id") if isinstance(item, yaml.MappingNode) else None
        was = value_of(item, "expect") if mine is not None and str(mine.value) == name else None
        if was is not None:
            return _flow(expect).join((text[: was.start_mark.index], text[end_of(text, was) :]))
    raise NotEditable(name)


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(name)}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalar(str(value))


def with_meant(text: str, doubt: str, because: str) -> str:
    """The text in which a doubt of the check is answered. Raises NotEditable."""
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable("meant")
    items = value_of(root, "meant")
    said = f"- {{doubt: {scalar(doubt)}, because: {scalar(one_line(because))}}}\n"
    if items is None:
        return f"{text.rstrip()}\n\nmeant:\n  {said}"
    if not isinstance(items, yaml.SequenceNode) or items.flow_style or not items.value:
        raise NotEditable("meant")
    lines = text.splitlines(keepends=True)
    at = end_line(text, items.value[-1]) + 1
    lines[at - 1] = lines[at - 1].rstrip("\n") + "\n"
    return "".join([*lines[:at], " " * items.start_mark.column + said, *lines[at:]])


def meant(text: str) -> list[str]:
    """The doubts that the text answers, by their keys. Raises NotEditable."""
    return [key for key, _item in _meant(text)[1]]


def without_meant(text: str, doubt: str) -> str:
    """The text in which a doubt is no longer answered; a comment directly above goes with it. Raises NotEditable."""
    heading, items = _meant(text)
    lines, floor = text.splitlines(keepends=True), 0
    for key, item in items:
        first, end = first_line(lines, item.start_mark.line, floor), end_line(text, item) + 1
        if key == doubt and len(items) > 1:
            return "".join([*lines[:first], *lines[end:]])
        if key == doubt:
            first = first_line(lines, heading, 0)
            blank = first > 0 and not lines[first - 1].strip()
            return "".join([*lines[: first - blank], *lines[end:]])
        floor = end
    raise NotEditable(doubt)


def _meant(text: str) -> tuple[int, list[tuple[str, yaml.Node]]]:
    """On which line they begin, and each answer by its doubt."""
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable("meant")
    heading = next((key.start_mark.line for key, _value in root.value if key.value == "meant"), 0)
    items = value_of(root, "meant")
    if items is None:
        return heading, []
    if not isinstance(items, yaml.SequenceNode) or items.flow_style:
        raise NotEditable("meant")
    asked = [value_of(item, "doubt") if isinstance(item, yaml.MappingNode) else None for item in items.value]
    return heading, [(str(key.value) if key is not None else "", item)
                     for key, item in zip(asked, items.value, strict=True)]  # fmt: skip


def without_example(text: str, name: str) -> str:
    """The text without the example of this name. Raises NotEditable."""
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable(name)
    items = value_of(root, "examples")
    if not isinstance(items, yaml.SequenceNode) or items.flow_style:
        raise NotEditable(name)
    lines, floor = text.splitlines(keepends=True), 0
    for item in items.value:
        mine = value_of(item, "id") if isinstance(item, yaml.MappingNode) else None
        if mine is not None and str(mine.value) == name:
            if len(items.value) == 1:
                key = next(key for key, _value in root.value if key.value == "examples")
                return f"{text[: key.end_mark.index]}: []{text[end_of(text, items) :]}"
            first = first_line(lines, item.start_mark.line, floor)
            return "".join([*lines[:first], *lines[end_line(text, item) + 1 :]])
        floor = end_line(text, item) + 1
    raise NotEditable(name)
