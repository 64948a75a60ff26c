"""Whatever is taken out of a shipped playbook, somebody notices: the reader, a check or one of its walks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.core.mutants import FRAGMENTS, PLAYBOOKS, mutants, noticed, plain

from tuoshan.core.checker import check
from tuoshan.core.reading import read_playbook

EQUIVALENT: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "equivalent_mutants.yaml").read_text(encoding="utf-8")
)
"""Mutants that provably change nothing, each with the reason."""

PARTS = 6


@pytest.mark.parametrize("key", PLAYBOOKS)
def test_a_shipped_playbook_has_no_findings_and_its_walks_pass(key: str) -> None:
    playbook, findings = read_playbook(PLAYBOOKS[key], f"{key}.yaml", FRAGMENTS)
    assert not findings
    assert playbook is not None
    assert not check(playbook, {})


@pytest.mark.parametrize("key", PLAYBOOKS)
def test_writing_a_playbook_out_again_changes_nothing(key: str) -> None:
    assert noticed(plain(PLAYBOOKS[key]), key) == ""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("key", PLAYBOOKS)
def test_whatever_is_taken_out_of_a_playbook_is_noticed(key: str, part: int) -> None:
    """In parts, so that several processors share the work."""
    some = dict(list(mutants(PLAYBOOKS[key]))[part::PARTS])
    survivors = {name for name, text in some.items() if not noticed(text, key, about=name)}
    assert survivors == set(EQUIVALENT.get(key, {})) & set(some)


def test_what_is_said_to_change_nothing_is_still_there() -> None:
    known = {**PLAYBOOKS, **FRAGMENTS}
    for key, reasons in EQUIVALENT.items():
        assert set(reasons) <= {name for name, _ in mutants(known[key])}


@pytest.mark.parametrize("name", FRAGMENTS)
def test_whatever_is_taken_out_of_a_fragment_is_noticed_by_a_playbook_that_takes_it(name: str) -> None:
    """By at least one of them; which one differs, because not all have the same ends."""
    survivors = set()
    for mutant, text in mutants(FRAGMENTS[name]):
        fragments = {**FRAGMENTS, name: text}
        if not any(noticed(book, key, fragments, mutant) for key, book in sorted(PLAYBOOKS.items(), reverse=True)):
            survivors.add(mutant)
    assert survivors == set(EQUIVALENT.get(name, {}))
