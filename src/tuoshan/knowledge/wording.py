"""Filling `{variables}`: no brace ever reaches a reader, and what a value holds is never read as a variable."""

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\{\s*([a-z_][a-z0-9_]*)\s*\}")
_LEFT_OVER = re.compile(r"\{[^{}\n]{0,60}\}")
_EMPTY_PAIR = re.compile(r"（\s*）|\(\s*\)|【\s*】|“\s*”")
_STOPS = tuple("。，；,;.")
_FULL_STOPS = "。."
_SPACES = re.compile(r"[ \t]{2,}")


def variables(text: str) -> list[str]:
    """The names that the text uses, in the order of their first appearance."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def malformed(text: str) -> list[str]:
    """Braces that are no variable: `{ }`, `{due`, `{Due date}`; each with a little of what follows."""
    rest = VARIABLE.sub(lambda match: "\0" * len(match[0]), text)
    return [text[at : at + 12].split("\n")[0] for at, sign in enumerate(rest) if sign in "{}"]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in, in one pass. Unknown ones give nothing, and so do stray braces."""
    pieces: list[str] = []
    at = 0
    for match in VARIABLE.finditer(text):
        value = values.get(match[1], "")
        if text[match.end() : match.end() + 1] in _STOPS:
            value = value.rstrip(_FULL_STOPS)  # the sentence goes on, or ends with a stop of its own
        pieces += [_plain(text[at : match.start()]), value]
        at = match.end()
    pieces.append(_plain(text[at:]))
    return _SPACES.sub(" ", _EMPTY_PAIR.sub("", "".join(pieces))).strip()


def _plain(text: str) -> str:
    """The fixed part of a text without left-over braces."""
    return _LEFT_OVER.sub("", text).replace("{", "").replace("}", "")
