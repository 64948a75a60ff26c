"""What the facts of each process mean to the rule books: the files that ship beside the playbooks, then the company's
own beside its own playbooks. A file that is wrong never replaces one that works.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog

from tuoshan.cases import library as playbooks
from tuoshan.core.playbook import Playbook
from tuoshan.core.policy.from_case import FromCase, read_from_case
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.core.reading.findings import Finding
from tuoshan.rulings import library

log = structlog.get_logger(__name__)

FOLDER = "for_rulings"

_read: dict[Path, tuple[tuple[str, Playbook, tuple[Pack, ...]], FromCase | None]] = {}
"""What each file said, with the text, the playbook and the books by which it was read."""


def from_case(key: str) -> FromCase:
    """What is told of a process; of one that no file speaks of nothing is known by its facts."""
    for place in (playbooks.own_folder(), playbooks.PACKAGED):
        path = place / FOLDER / f"{key}.yaml"
        if path.is_file() and (found := _of(path, key)) is not None:
            return found
    return FromCase(key)


def is_told_of(key: str) -> bool:
    """Whether a file speaks of the process at all: of others no rule book has anything to say."""
    return any((place / FOLDER / f"{key}.yaml").is_file() for place in (playbooks.own_folder(), playbooks.PACKAGED))


def check_files(facts: Mapping[str, Fact], *, own: bool) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Each file with what is wrong with it: of the product, and the company's own with its playbooks where asked."""
    places = (playbooks.PACKAGED, playbooks.own_folder()) if own else (playbooks.PACKAGED,)
    books = playbooks.read_files(places)
    for place in places:
        for path in sorted((place / FOLDER).glob("*.yaml")):
            yield _name(path), read_from_case(_text(path), _name(path), books, facts)[1]


def _of(path: Path, key: str) -> FromCase | None:
    text, packs = _text(path), library.packs()
    playbook = playbooks.everything().get(key)
    if playbook is None:
        return None
    before = _read.get(path)
    if before is not None and before[0][0] == text and before[0][1] is playbook and before[0][2] is packs:
        return before[1]
    found, findings = read_from_case(text, _name(path), {key: playbook}, library.facts())
    if findings:
        log.error("for_rulings_refused", file=str(path), findings=[one.in_language("en") for one in findings[:5]])
    _read[path] = ((text, playbook, packs), found)
    return found


def _name(path: Path) -> str:
    return f"{FOLDER}/{path.name}"


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")
