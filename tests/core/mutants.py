"""Mutants of playbook files: one promise, limit, guard or gate taken out at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tuoshan.core.checker import check
from tuoshan.core.reading import read_playbook
from tuoshan.core.walking import run_walk

FOLDER = Path(__file__).parents[2] / "src" / "tuoshan" / "playbooks"
FRAGMENTS = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / "fragments").glob("*.yaml")}
PLAYBOOKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}

DELETED = frozenset({
    "within", "at", "else", "until", "from", "late", "warn", "pauses", "before", "not_by", "if", "again", "while",
    "retimes", "max", "min", "evidence", "tell", "do", "remind", "for_customer", "backdate", "supervisors_only",
    "by", "form", "as_soon_as", "to", "for", "opens", "asked_by", "optional", "owed", "outside", "superior", "show_if",
    "correctable", "speaks_for", "evidence_shown", "reviews", "stops", "limit", "release_by", "promise", "no_promise",
    "end", "source", "outcomes", "expected", "each", "required", "imported", "clock", "calendar", "runs_while",
    "past",
})  # fmt: skip
"""Keys that are taken out one at a time; of a list also each entry."""

UNSAID = (("by", "system"), ("superior", "lead"))
"""What is meant where nothing is written (docs/playbooks.md); to take it out changes nothing."""
HEAD = ("about", "portal", "first_answer", "register", "phases")
"""Keys of the head that are taken out; of a list also each entry."""
OUTSIDE_ANYWAY = ("parties", "customer", "outside")

SECTIONS = ("phases", "parties", "fields", "states", "shared", "tasks", "deadlines", "holds")


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Each mutant's name, such as `tasks.inquire.late[1]`, and its text."""
    data = yaml.safe_load(text)
    for path in _entries({key: data[key] for key in HEAD if key in data}):
        yield _name(path), _text(_without(data, path))
    for section in SECTIONS:
        for path in _paths(data.get(section) or {}, (section,)):
            yield _name(path), _text(_without(data, path))


def _paths(node: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        here = (*path, key)
        if (key, value) in UNSAID or here == OUTSIDE_ANYWAY:
            continue
        if key in DELETED and len(path) > 1:
            yield from _entries({key: value}, path)
        else:
            yield from _paths(value, here)


def _entries(found: Mapping[str, object], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Each of these keys, and of a list of several also each entry."""
    for key, value in found.items():
        yield (*path, key)
        if isinstance(value, list) and len(value) > 1:
            yield from ((*path, key, number) for number in range(len(value)))


def _without(data: Any, path: tuple[str | int, ...]) -> Any:
    mutant = copy.deepcopy(data)
    node = mutant
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return mutant


def _name(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path).replace(".waits.", ".").replace(".can.", ".")


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _text(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=100_000))


def plain(text: str) -> str:
    """The text as the mutants are written, with nothing taken out."""
    return _text(yaml.safe_load(text))


def noticed(text: str, file: str, fragments: Mapping[str, str] = FRAGMENTS, about: str = "") -> str:
    """Who noticed that something is wrong with this text: the reader, a check or a walk; empty for nobody.

    Walks that speak of what `about` names run first, which saves most of the time.
    """
    playbook, findings = read_playbook(text, file, fragments)
    wrong = [finding for finding in findings if finding.severity == "error"]
    if playbook is None or wrong:
        return f"reader: {wrong[0].message.en if wrong else 'no playbook'}"
    wrong = [finding for finding in check(playbook, {}, walks=False) if finding.severity == "error"]
    if wrong:
        return f"check {wrong[0].check}: {wrong[0].message.en}"
    named = [word for word in about.split(".") if word not in ("states", "shared", "tasks", "deadlines", "can", "from")]
    for walk in sorted(playbook.walks, key=lambda walk: -sum(word in walk.steps for word in named)):
        problems = run_walk(playbook, walk)
        if problems:
            return f"walk {problems[0]}"
    return ""
