"""The company's named lists that a form field may draw from: `list: category`, `list: department` …

A list is a function giving (value, title) pairs in the language in force; pairs whose value is a title and
whose title is a sequence are groups, as in Django. Modules add their own with `@listed`, and with `@named` what
one value is called: a list offers only what is in use, while a case may hold what was.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import get_language

Entries = Sequence[tuple[str, object]]
_lists: dict[str, Callable[[], Entries]] = {}
_names: dict[str, Callable[[str], str]] = {}
_playbook: ContextVar[str] = ContextVar("playbook", default="")
_known: ContextVar[dict[tuple[str, str, str | None], str] | None] = ContextVar("known", default=None)


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


def named(name: str) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Register the function that names one value of the list `name`, though the list may not offer it any more; empty
    where nothing is known of it."""

    def keep(name_of: Callable[[str], str]) -> Callable[[str], str]:
        _names[name] = name_of
        return name_of

    return keep


@contextmanager
def remembered() -> Iterator[None]:
    """While a page is made: what a value is called is looked up once."""
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def title(name: str, value: str) -> str:
    """How a value of a list is shown, also one that is not offered any more; the bare value where it is gone."""
    known = _known.get()
    if known is None:
        return _title(name, value)
    key = (name, value, get_language())
    if key not in known:
        known[key] = _title(name, value)
    return known[key]


def _title(name: str, value: str) -> str:
    if name in _names:
        return _names[name](value) or value
    for key, shown in entries(name):
        if isinstance(shown, str):
            if str(key) == value:
                return shown
        elif isinstance(shown, Sequence):
            for inner, inner_title in shown:
                if str(inner) == value:
                    return f"{key} / {inner_title}"
    return value
