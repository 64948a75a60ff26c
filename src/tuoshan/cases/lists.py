"""The company's named lists that a form field may draw from: `list: category`, `list: department` …

A list is a function giving (value, title) pairs in the language in force; pairs whose value is a title and
whose title is a sequence are groups, as in Django. Modules add their own with `@listed`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

Entries = Sequence[tuple[str, object]]
_lists: dict[str, Callable[[], Entries]] = {}
_playbook: ContextVar[str] = ContextVar("playbook", default="")


@contextmanager
def about(playbook: str) -> Iterator[None]:
    """While a form of this playbook is made: a list may leave out what does not concern it."""
    token = _playbook.set(playbook)
    try:
        yield
    finally:
        _playbook.reset(token)


def playbook_in_question() -> str:
    """The playbook whose form is being made; empty for none in particular."""
    return _playbook.get()


def listed(name: str) -> Callable[[Callable[[], Entries]], Callable[[], Entries]]:
    """Register the function as the list `name`."""

    def keep(entries: Callable[[], Entries]) -> Callable[[], Entries]:
        _lists[name] = entries
        return entries

    return keep


def entries(name: str) -> Entries:
    """The entries of a list; none where no module offers it."""
    found = _lists.get(name)
    return list(found()) if found else []


def title(name: str, value: str) -> str:
    """How an entry is shown; the bare value where the entry is gone."""
    for key, shown in entries(name):
        if isinstance(shown, str):
            if str(key) == value:
                return shown
        elif isinstance(shown, Sequence):
            for inner, inner_title in shown:
                if str(inner) == value:
                    return f"{key} / {inner_title}"
    return value
