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

READ_ELSEWHERE: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "read_elsewhere.yaml").read_text(encoding="utf-8")
)
"""Mutants that change nothing in the kernel, each with the test that notices them on the desk or the page."""

PARTS = 6
TESTS = Path(__file__).parents[1]


def unnoticed(key: str) -> set[str]:
    """The mutants of a playbook or fragment that neither reader nor check nor walk notices."""
    return {*EQUIVALENT.get(key, {}), *READ_ELSEWHERE.get(key, {})}


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
    assert survivors == unnoticed(key) & set(some)


def test_what_is_said_to_change_nothing_is_still_there() -> None:
    known = {**PLAYBOOKS, **FRAGMENTS}
    for key in {*EQUIVALENT, *READ_ELSEWHERE}:
        assert unnoticed(key) <= {name for name, _ in mutants(known[key])}


def test_what_is_read_elsewhere_is_read_by_a_test_that_is_there() -> None:
    for places in READ_ELSEWHERE.values():
        for place in places.values():
            file, _, name = place.partition("::")
            assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FRAGMENTS)
def test_whatever_is_taken_out_of_a_fragment_is_noticed_by_a_playbook_that_takes_it(name: str) -> None:
    """By at least one of them; which one differs, because not all have the same ends."""
    survivors = set()
    for mutant, text in mutants(FRAGMENTS[name]):
        fragments = {**FRAGMENTS, name: text}
        if not any(noticed(book, key, fragments, mutant) for key, book in sorted(PLAYBOOKS.items(), reverse=True)):
            survivors.add(mutant)
    assert survivors == unnoticed(name)
