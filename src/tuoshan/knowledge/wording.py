"""Filling `{variables}`: no brace ever reaches a reader, and what a value holds is never read as a variable."""

import re
from collections.abc import Callable, Mapping

VARIABLE = re.compile(r"\{\s*([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)\s*\}")
_LEFT_OVER = re.compile(r"\{[^{}\n]{0,60}\}")
_EMPTY_PAIR = re.compile(r"（\s*）|\(\s*\)|【\s*】|“\s*”")
_STOPS = tuple("。，；,;.")
_FULL_STOPS = "。."
_QUOTES = "”’」』\"'"
_ENDED = re.compile(rf"(?:[？！?!…]|\.{{3}})[{_QUOTES}]*$|[。.][{_QUOTES}]+$")
"""A value whose sentence has ended with a mark of its own: no full stop of the text follows it."""
_ASKED = re.compile(rf"[？！?!][{_QUOTES}]*$")
"""One that ended with a question or an exclamation: neither does a comma."""
_SPACES = re.compile(r"[ \t]{2,}")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Signs that stand without a space beside each other; a space in a text is there for digits and addresses."""


def variables(text: str) -> list[str]:
    """The names that the text uses, in the order of their first appearance."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def malformed(text: str) -> list[str]:
    """Braces that are no variable: `{ }`, `{due`, `{Due date}`; each with a little of what follows."""
    rest = VARIABLE.sub(lambda match: "\0" * len(match[0]), text)
    return [text[at : at + 12].split("\n")[0] for at, sign in enumerate(rest) if sign in "{}"]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in, in one pass. Unknown ones give nothing, and so do stray braces."""
    return _tidy(_filled(text, values, _plain))


def fill_known(text: str, values: Mapping[str, str]) -> str:
    """What somebody writes, with the variables that have values filled in; all others stay as they are, to be seen.

    A value loses its braces, so that nothing of it is read as a variable later on, unless it is wholly one.
    """
    names = variables(text)
    if values.keys().isdisjoint(names):
        return text
    known = {name: _without_braces(values[name]) if name in values else f"{{{name}}}" for name in names}
    return _tidy(_filled(text, known, str))


def _without_braces(value: str) -> str:
    return value if VARIABLE.fullmatch(value) else value.replace("{", "").replace("}", "")


def put(text: str, values: Mapping[str, str]) -> str:
    """The text with these variables put in, and nothing else of it touched."""
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", _EMPTY_PAIR.sub("", text)).strip()


def _filled(text: str, values: Mapping[str, str], fixed: Callable[[str], str]) -> str:
    pieces: list[str] = []
    at = 0
    value = ""
    for match in VARIABLE.finditer(text):
        before = _close(value, fixed(text[at : match.start()]))
        value = values.get(match[1], "")
        stop = text[match.end() : match.end() + 1]
        doubled = stop in _STOPS and bool((_ENDED if stop in _FULL_STOPS else _ASKED).search(value))
        if stop in _STOPS and not doubled:
            value = value.rstrip(_FULL_STOPS)  # the sentence goes on, or ends with a stop of its own
        if before.endswith(" ") and _WIDE.match(before[-2:-1]) and _is_wide(value):
            before = before.rstrip(" ")
        pieces += [before, value]
        at = match.end() + doubled
    pieces.append(_close(value, fixed(text[at:])))
    return "".join(pieces)


def _close(value: str, after: str) -> str:
    """What follows a value, without the space that only parts Chinese from Chinese."""
    parted = after.startswith(" ") and _is_wide(value) and _WIDE.match(after[1:2])
    return after.lstrip(" ") if parted else after


def _is_wide(value: str) -> bool:
    """Whether it is Chinese at both ends, unlike a date."""
    return bool(_WIDE.match(value[:1]) and _WIDE.match(value[-1:]))


def _plain(text: str) -> str:
    """The fixed part of a text without left-over braces."""
    return _LEFT_OVER.sub("", text).replace("{", "").replace("}", "")
