"""Changing the lengths of a rule book's periods, and what these are called, in place; the rest stays as it was typed.

A length stands in `values:`, in a band (`bands: {in_7: 7 days}`) or at an end (`plus: 12 months`); a value may be a
plain number as well (`hours_a_day: 24`). A length that goes by the name of something else is changed where that stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.reading.text_places import NotEditable, end_of, first_line, scalar, section, value_of, wording
from tuoshan.core.policy.reading.value_reading import UNITS

_LENGTH = re.compile(r"(?P<count>[0-9]{1,4})\s+(?P<unit>[a-z_]+)")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_PLURAL = {"day": "days", "month": "months", "law_day": "law_days", "law_month": "law_months"}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of a period: of a band of the value, else of its end; a plain number has no unit."""

    value: str
    band: str
    count: str
    unit: str

    @property
    def key(self) -> str:
        """What it is called among the lengths of its book."""
        return f"{self.value}.{self.band}" if self.band else self.value

    @property
    def written(self) -> str:
        """How it stands in the text."""
        return f"{self.count} {self.unit}".strip()


def lengths(text: str) -> dict[str, Length]:
    """The lengths by key, in the order of the text; none where the book has no values. Raises NotEditable."""
    return {one.key: one for one, _node in _found(text)}


def with_lengths(text: str, wanted: Mapping[str, Length]) -> str:
    """The text with these in place of those before. Raises NotEditable for one that is not there."""
    for key, length in wanted.items():
        node = next((node for one, node in _found(text) if one.key == key), None)
        if node is None:
            raise NotEditable(key)
        text = length.written.join((text[: node.start_mark.index], text[end_of(text, node) :]))
    return text


def _found(text: str) -> Iterator[tuple[Length, yaml.Node]]:
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable("values")
    if value_of(root, "values") is None:
        return
    for key, body in section(text, "values").value:
        if isinstance(body, yaml.ScalarNode):
            if _NUMBER.fullmatch(body.value):
                yield Length(key.value, "", body.value, ""), body
            continue
        bands, plus = (value_of(body, name) if isinstance(body, yaml.MappingNode) else None
                       for name in ("bands", "plus"))  # fmt: skip
        if isinstance(bands, yaml.MappingNode):
            for name, length in bands.value:
                yield from _length(key.value, name.value, length)
        if plus is not None:
            yield from _length(key.value, "", plus)


def _length(value: str, band: str, node: yaml.Node) -> Iterator[tuple[Length, yaml.Node]]:
    read = _LENGTH.fullmatch(node.value) if isinstance(node, yaml.ScalarNode) else None
    unit = _PLURAL.get(read["unit"], read["unit"]) if read else ""
    if read is not None and unit in UNITS:
        yield Length(value, band, read["count"], unit), node


def with_label(text: str, name: str, said: Wording) -> str:
    """The text in which this book calls something so; a name of its own is put behind the others. Raises NotEditable.
    """
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable("labels")
    written, labels = wording(said.zh, said.en), value_of(root, "labels")
    if labels is None:
        lines = text.splitlines(keepends=True)
        after = next((key for key, _value in root.value if key.value in ("clauses", "tables")), None)
        at = first_line(lines, after.start_mark.line, 0) if after is not None else len(lines)
        return "".join([*lines[:at], f"labels:\n  {name}: {written}\n\n", *lines[at:]])
    if not isinstance(labels, yaml.MappingNode) or not labels.value:
        raise NotEditable("labels")
    old = value_of(labels, name)
    if old is not None:
        return written.join((text[: old.start_mark.index], text[end_of(text, old) :]))
    at = end_of(text, labels.value[-1][1])
    if labels.flow_style:
        return f"{text[:at]}, {name}: {written}{text[at:]}"
    at = text.find("\n", at)
    at = len(text) if at < 0 else at
    return f"{text[:at]}\n{' ' * labels.start_mark.column}{scalar(name)}: {written}{text[at:]}"
