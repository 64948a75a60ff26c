"""What a row finds, as parts that a form can hold, and back into the text of the book.

A part that was not changed keeps its writing, and so does everything that has no field: how a remedy ranks, a formula
that is no share of one sum. What cannot be read into parts at all stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, cast

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.policy.reading.finding_reading import VERBS
from tuoshan.core.policy.reading.text_places import on_one_line, one_line, scalar, value_of, wording, wording_of

PartKind = Literal["remedies", "everything", "needs", "words", "sum", "day", "length", "name", "bearer", "yes", "when"]
_GIVEN: Final[Mapping[str, PartKind]] = {
    "": "remedies", "amount": "sum", "fee": "sum", "until": "day", "needs": "needs",
}  # fmt: skip
_REFUSED: Final[Mapping[str, PartKind]] = {"": "everything"}
_ADDED: Final[Mapping[str, PartKind]] = {"what": "name", "of": "sum"}
_MOVED: Final[Mapping[str, PartKind]] = {"out": "bearer", "back": "bearer", "for": "remedies"}
PARTS: Final[Mapping[str, Mapping[str, PartKind]]] = {
    "right": _GIVEN, "floor": _GIVEN, "no_right": _REFUSED, "outside": _REFUSED, "bars": _REFUSED,
    "governs": {"": "remedies", "after": "day"}, "extra": _ADDED, "deduct": _ADDED, "freight": _MOVED, "risk": _MOVED,
    "proof": {"from": "name", "what": "words", "within": "length", "counted_from": "day", "silent": "words"},
    "period": {"what": "name", "starts": "day", "ends": "day", "restarts": "yes"},
    "deadline": {"who": "name", "what": "words", "within": "length", "from": "day"},
    "limit": {"what": "name", "at_most": "sum"}, "pays": {"what": "name", "by": "bearer"},
    "duty": {"": "words"}, "note": {"": "words"}, "stated": {"": "name"},
    "for": {"": "everything", "needs": "needs"},
}  # fmt: skip
"""The parts of each verb. `` is its own value; of the others, some stand inside it and some beside it."""
BESIDE: Final = ("amount", "fee", "until", "needs", "after", "if")
WHEN: Final = "if"
BOUNDS: Final = ("at_least", "at_most")
BARE_DAYS: Final = ("from", "counted_from")
"""Days that are the name of a fact and no formula."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A formula with its bounds, each as it is written; empty where there is none."""

    of: str = ""
    at_least: str = ""
    at_most: str = ""


Part = tuple[str, ...] | Reckoned | str | bool


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One thing that a row finds. `verb` is empty where it does not fit into parts."""

    verb: str
    written: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    inside: Mapping[str, str] = field(default_factory=dict)
    """As written: what stands in the verb's own value; `` is that value where it is one text or list."""
    beside: Mapping[str, str] = field(default_factory=dict)


def kinds_of(verb: str) -> dict[str, PartKind]:
    """The parts of a verb, last the condition."""
    return {**PARTS[verb], WHEN: "when"}


def read(text: str) -> tuple[Conclusion, ...]:
    """What stands under `then:`, one by one."""
    text = one_line(text)
    root = yaml_strict.marked("{k: " + text + "}") if text not in ("", "-") else None
    node = value_of(root, "k") if isinstance(root, yaml.MappingNode) else None
    if node is None:
        return (Conclusion("", text),) if text not in ("", "-") else ()
    whole = "{k: " + text + "}"
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_conclusion(whole, item) for item in items)


def written(conclusions: Iterable[Conclusion]) -> str:
    """The same as the text under `then:`."""
    texts = [one.written for one in conclusions if one.written]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""


def fresh(verb: str) -> Conclusion:
    """One that says nothing yet."""
    return Conclusion(verb, "")


def with_parts(known: Conclusion, parts: Mapping[str, Part]) -> Conclusion:
    """The same with these parts; what is as it was keeps its writing."""
    kinds = kinds_of(known.verb)
    parts = {name: part for name, part in parts.items() if says(part)}
    if parts == known.parts and known.written:
        return known
    inside = {name: text for name, text in known.inside.items() if name not in _names_inside(known.verb)}
    beside = {name: text for name, text in known.beside.items() if name not in kinds}
    for name, part in parts.items():
        same = part == known.parts.get(name)
        if name in BESIDE:
            beside[name] = known.beside[name] if same else _text(kinds[name], part)
        elif name == "of":
            inside |= _spread(cast(Reckoned, part))
        else:
            inside[name] = known.inside[name] if same else _text(_kind_inside(name, kinds[name]), part)
    own = inside[""] if set(inside) == {""} else "{" + _listed(inside, PARTS[known.verb]) + "}"
    order = list(dict.fromkeys([*known.beside, *BESIDE]))
    terms = _listed(beside, order)
    return Conclusion(known.verb, "{" + ", ".join(filter(None, [f"{known.verb}: {own}", terms])) + "}", parts, inside,
                      beside)  # fmt: skip


def says(part: Part) -> bool:
    """Whether anything stands in a part."""
    return bool(part.of) if isinstance(part, Reckoned) else any(part) if isinstance(part, tuple) else bool(part)


def _names_inside(verb: str) -> set[str]:
    names = {name for name in PARTS[verb] if name not in BESIDE}
    return names | {*BOUNDS} if "of" in names else names


def _kind_inside(name: str, kind: PartKind) -> PartKind:
    return "name" if name in BARE_DAYS else kind


def _listed(texts: Mapping[str, str], order: Iterable[str]) -> str:
    names = [name for name in dict.fromkeys([*order, *texts]) if name in texts]
    return ", ".join(f"{name}: {texts[name]}" for name in names)


def _spread(part: Reckoned) -> dict[str, str]:
    return {name: scalar(text) for name in ("of", *BOUNDS) if (text := getattr(part, name))}


def _text(kind: PartKind, part: Part) -> str:
    if isinstance(part, Reckoned):
        texts = _spread(part)
        return texts["of"] if set(texts) == {"of"} else "{" + _listed(texts, texts) + "}"
    if isinstance(part, tuple):
        if kind == "words":
            return wording(*part)
        names = [scalar(name) for name in part]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    return ("yes" if part else "no") if isinstance(part, bool) else scalar(part)


# -- reading ---------------------------------------------------------------------------------------------------


def _conclusion(text: str, item: yaml.Node) -> Conclusion:
    as_written = on_one_line(text, item)
    if not isinstance(item, yaml.MappingNode):
        return Conclusion("", as_written)
    nodes = {key.value: value for key, value in item.value}
    verbs = [name for name in nodes if name in VERBS]
    if len(verbs) != 1 or len(nodes) != len(item.value):
        return Conclusion("", as_written)
    [verb] = verbs
    own, kinds = nodes.pop(verb), kinds_of(verb)
    mapped = "" not in PARTS[verb]
    if mapped is not isinstance(own, yaml.MappingNode) and PARTS[verb].get("") != "words":
        return Conclusion("", as_written)
    inner = {key.value: value for key, value in own.value} if mapped else {"": own}
    parts: dict[str, Part] = {}
    for name, kind in kinds.items():
        node = nodes.get(name) if name in BESIDE else inner.get(name)
        if node is None:
            continue
        part = _bounded(text, inner) if name == "of" else _part(text, node, _kind_inside(name, kind))
        if part is None:
            return Conclusion("", as_written)
        if says(part):
            parts[name] = part
    raw = {name: on_one_line(text, node) for name, node in inner.items()}
    return Conclusion(verb, as_written, parts, raw, {name: on_one_line(text, node) for name, node in nodes.items()})


def _bounded(text: str, nodes: Mapping[str, yaml.Node]) -> Reckoned | None:
    found = {name: nodes[name] for name in ("of", *BOUNDS) if name in nodes}
    if not all(isinstance(node, yaml.ScalarNode) for node in found.values()):
        return None
    return Reckoned(**{name: str(node.value) for name, node in found.items()})


def _part(text: str, node: yaml.Node, kind: PartKind) -> Part | None:
    """None where it is written in a way that its field cannot hold."""
    if kind in ("remedies", "everything", "needs"):
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(str(one.value) for one in items) if all(
            isinstance(one, yaml.ScalarNode) for one in items) else None  # fmt: skip
    if kind == "words":
        return wording_of(node) if not isinstance(node, yaml.SequenceNode) else None
    if kind in ("sum", "day") and isinstance(node, yaml.MappingNode):
        inner = {key.value: value for key, value in node.value}
        return _bounded(text, inner) if set(inner) <= {"of", *BOUNDS} else None
    if not isinstance(node, yaml.ScalarNode):
        return None
    if kind in ("sum", "day"):
        return Reckoned(str(node.value))
    return str(node.value) in ("yes", "true") if kind == "yes" else str(node.value)
