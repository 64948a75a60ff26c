"""Hand-worked broken playbooks and their mends: each must draw its finding, and mended must not.

Worked out from docs/playbooks.md without sight of the checker (`histories/checker/`). `where` names an element,
`says` a word that the finding must use, `mend` the smallest change that makes the playbook sound.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tuoshan.core.checker import check
from tuoshan.core.reading import Finding, read_playbook

CASES = Path(__file__).parent / "histories" / "checker"


def all_cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            if "text" in case or "members" in case["playbook"]:
                continue
            yield pytest.param(content.get("check", 0), case, id=f"{path.stem}: {case['name']}")


def long_form(name: str, kind: Any) -> Any:
    """The cases write `grade: [normal, urgent]` and `known: yes/no`; a playbook spells its fields out."""
    label = f"字段 / {name}"
    if isinstance(kind, list):
        return {"kind": "choice", "label": label, "choices": {value: f"值 / {value}" for value in kind}}
    if isinstance(kind, dict) and set(kind) == {"list"}:
        return {"kind": "choices", "label": label, "choices": {value: f"值 / {value}" for value in kind["list"]}}
    if isinstance(kind, dict):
        return kind
    spelled = {"yes/no": "yes_no", "date and time": "datetime", "changes": "long_text"}
    return {"kind": spelled.get(kind, kind), "label": label}


def findings(written: dict[str, Any], fragments: dict[str, Any] | None = None) -> tuple[Finding, ...]:
    book = {"source": "流程文件", **copy.deepcopy(written)}
    if "facts" in book:
        book["fields"] = {name: long_form(name, kind) for name, kind in book.pop("facts").items()}
    if isinstance(book.get("parties"), list):
        book["parties"] = {name: f"当事方 / {name}" for name in book["parties"]}
    text = yaml.safe_dump(book, allow_unicode=True, sort_keys=False, width=10_000)
    texts = {name: yaml.safe_dump(one, allow_unicode=True, sort_keys=False) for name, one in (fragments or {}).items()}
    playbook, found = read_playbook(text, "case.yaml", texts)
    return found if playbook is None else (*found, *check(playbook, {}))


def mended(written: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    book = copy.deepcopy(written)
    for path, value in changes.items():
        *way, last = path.split(".")
        node = book
        for name in way:
            node = node.setdefault(name, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return book


def places(where: str, book: dict[str, Any]) -> set[str]:
    """`states.received.can.accept…` and `shared.accept` are `actions.accept`; a state stands for its actions too."""
    parts = where.split(".")
    if parts[0] == "states" and len(parts) > 3 and parts[2] == "can":
        return {f"actions.{parts[3]}"}
    if parts[0] == "shared" and len(parts) > 1:
        return {f"actions.{parts[1]}"}
    if parts[0] == "facts":
        return {f"fields.{parts[1]}"}
    found = {".".join(parts[:2])}
    if parts[0] == "states":
        found |= {f"actions.{name}" for name in book["states"].get(parts[1], {}).get("can", {})}
    return found


def speaks_of(one: Finding, wanted: dict[str, Any], book: dict[str, Any]) -> bool:
    if one.check != wanted["check"] or one.severity != wanted.get("severity", "error"):
        return False
    element = ".".join(one.where.split(".")[:2])
    here = element in places(wanted["where"], book) or one.where == wanted["where"]
    words = " ".join((one.where, one.message.zh, one.message.en, one.mend.zh, one.mend.en))
    return here and str(wanted.get("says", "")) in words


@pytest.mark.parametrize(("number", "case"), list(all_cases()))
def test_hand_worked(number: int, case: dict[str, Any]) -> None:
    found = findings(case["playbook"], case.get("fragments"))
    shown = "\n".join(one.in_language("en") for one in found)
    if case.get("clean"):
        assert not [one for one in found if one.check == number and one.severity == "error"], shown
        return
    assert any(speaks_of(one, case["finding"], case["playbook"]) for one in found), shown
    assert all(one.message.zh and one.message.en and one.mend.zh and one.mend.en for one in found)
    after = findings(mended(case["playbook"], case["mend"]), case.get("fragments"))
    left = [one for one in after if one.severity == "error" and one.check not in (14,)]
    if number == 14:
        left = [one for one in after if speaks_of(one, case["finding"], case["playbook"])]
    assert not left, "\n".join(one.in_language("en") for one in left)


def all_texts() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            if "text" in case:
                yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def findings_of_text(text: str) -> list[Finding]:
    _, found = read_playbook(text + "source: 流程文件\n", "case.yaml", {})
    return [one for one in found if one.severity == "error"]


@pytest.mark.parametrize("case", list(all_texts()))
def test_traps_of_yaml(case: dict[str, Any]) -> None:
    wanted = case["finding"]
    found = findings_of_text(case["text"])
    here = [one for one in found if (one.check, one.line) == (wanted["check"], wanted["line"])]
    words = [f"{one.message.en} {one.mend.en}" for one in here]
    assert any(str(wanted.get("says", "")) in each for each in words), [one.in_language("en") for one in found]
    if "mend" in case:
        assert case["mend"]["from"] in case["text"]
        left = findings_of_text(case["text"].replace(case["mend"]["from"], case["mend"]["to"]))
        assert not left, [one.in_language("en") for one in left]


def groups() -> Iterator[Any]:
    path = CASES / "11_other_playbooks.yaml"
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
        if "members" in case["playbook"]:
            yield pytest.param(case["playbook"], id=case["name"])


@pytest.mark.parametrize("playbook", list(groups()))
def test_groups_are_refused_until_a_process_needs_them(playbook: dict[str, Any]) -> None:
    refused = [one for one in findings(playbook) if "members" in one.message.en]
    assert refused and "groups" in refused[0].message.en and refused[0].severity == "error"
