"""What the parts of a case's process mean: the one place where queues, reports and rulings learn names of a process.

A word that a version does not say (it was kept from before there was that word) is read as the current version of its
process says it, by the names that it has itself.
"""

from collections.abc import Iterator

from tuoshan.cases import library
from tuoshan.core.meanings import MEANINGS
from tuoshan.core.playbook import Playbook


def meant(playbook: Playbook, word: str) -> tuple[str, ...]:
    """The names that this version has for a word of `MEANINGS`; none where its process has nothing of the kind."""
    if word in playbook.means:
        return playbook.means[word]
    now = library.everything().get(playbook.key)
    return tuple(name for name in now.means.get(word, ()) if name in _parts(playbook, word)) if now else ()


def one_meant(playbook: Playbook, word: str) -> str:
    """The same where there is one at most; empty where there is none."""
    return next(iter(meant(playbook, word)), "")


def every(word: str) -> list[str]:
    """The names of all processes, in every version that a case may be pinned to."""
    return sorted({name for book in library.versions() for name in meant(book, word)})


def appeal_states() -> list[str]:
    """The states in which an appeal is heard: those to which it leads."""
    return sorted(set(_led_to("appeal")) - {""})


def _led_to(word: str) -> Iterator[str]:
    for book in library.versions():
        for name in meant(book, word):
            yield book.actions[name].to


def _parts(playbook: Playbook, word: str) -> set[str]:
    match MEANINGS[word].of:
        case "action":
            return set(playbook.actions)
        case "clock":
            return {*playbook.deadlines, *playbook.states}
        case "state":
            return set(playbook.states)
        case "task":
            return set(playbook.tasks)
    return set(playbook.facts)
