"""Changing a rule book's settings in place; the rest of the text stays as it was typed.

The examples of a book prove its rules under the settings for which they were written: whoever changes a setting leaves
that value beside the new one (`examples:`), and it goes again when the setting is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import yaml

from tuoshan.core.policy.reading.text_places import NotEditable, end_of, scalar, section, value_of

Written = bool | Decimal | str
EXAMPLES = "examples"


def settings(text: str) -> dict[str, str]:
    """What stands as the value of each setting, as it was typed. Raises NotEditable."""
    return {key.value: str(_value(key.value, body).value) for key, body in section(text, "settings").value}


def with_settings(text: str, values: Mapping[str, Written]) -> str:
    """The text with these values in place of those before. Raises NotEditable for a setting that is not there."""
    for name, value in values.items():
        text = _with_value(text, name, _written(value))
    return text


def _with_value(text: str, name: str, written: str) -> str:
    body = _body(text, name)
    old = _value(name, body)
    before = text[old.start_mark.index : end_of(text, old)]
    if before == written:
        return text
    text = written.join((text[: old.start_mark.index], text[end_of(text, old) :]))
    body = _body(text, name)
    kept = value_of(body, EXAMPLES)
    if kept is None:
        return _with_examples(text, body, before)
    return _without_examples(text, body) if text[kept.start_mark.index : end_of(text, kept)] == written else text


def _body(text: str, name: str) -> yaml.MappingNode:
    body = value_of(section(text, "settings"), name)
    if not isinstance(body, yaml.MappingNode):
        raise NotEditable(name)
    return body


def _value(name: str, body: yaml.Node) -> yaml.ScalarNode:
    found = value_of(body, "value") if isinstance(body, yaml.MappingNode) else None
    if not isinstance(found, yaml.ScalarNode):
        raise NotEditable(name)
    return found


def _with_examples(text: str, body: yaml.MappingNode, before: str) -> str:
    at = next(key.start_mark for key, _value in body.value if key.value == "value")
    between = ", " if body.flow_style else "\n" + " " * at.column
    return f"{text[: at.index]}{EXAMPLES}: {before}{between}{text[at.index :]}"


def _without_examples(text: str, body: yaml.MappingNode) -> str:
    place = next(place for place, (key, _value) in enumerate(body.value) if key.value == EXAMPLES)
    key, kept = body.value[place]
    if place + 1 < len(body.value):
        return text[: key.start_mark.index] + text[body.value[place + 1][0].start_mark.index :]
    return text[: end_of(text, body.value[place - 1][1])] + text[end_of(text, kept) :]


def _written(value: Written) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else scalar(value)
