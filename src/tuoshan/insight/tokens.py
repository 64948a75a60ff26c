"""Text into the tokens of the search index, and the same for what is searched.

A run of Chinese letters gives every pair of neighbours and its last letter alone, so that a phrase of tokens
is exactly a substring: 漏水 is one token, 热水器 two in a row. Any other word stands whole. A token is a keyed
hash, so that the index tells nobody what was said; its first four signs hash the first letter, by which one
letter alone is found as a prefix. Positions run on across punctuation.
"""

import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import blake2b, sha256

from django.conf import settings

CHINESE = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUNS = re.compile(rf"[{CHINESE}]+|[^\W_{CHINESE}]+")
_CHINESE_LETTER = re.compile(rf"[{CHINESE}]")
BREAK = "1x"
"""Stands between fields, so that no phrase runs from one into the next."""


def normal(text: str) -> str:
    """One spelling for what means the same: full-width and half-width, capitals and small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_chinese(run: str) -> bool:
    """Whether a run is of letters that are searched by pairs."""
    return bool(_CHINESE_LETTER.match(run))


@cache
def _secret() -> bytes:
    key = str(getattr(settings, "INDEX_KEY", "") or settings.FIELD_KEYS[-1])
    return sha256(b"tuoshan search index\0" + key.encode()).digest()


def _hash(text: str, purpose: bytes, length: int) -> str:
    digest = blake2b(text.encode(), key=_secret(), digest_size=10, person=purpose).digest()
    return b32encode(digest).decode().lower()[:length]


@lru_cache(maxsize=16_384)
def first_letter(letter: str) -> str:
    """What every token begins with that begins with this letter; four signs."""
    return _hash(letter, b"letter", 4)


@lru_cache(maxsize=65_536)
def pair(gram: str) -> str:
    """The token of two neighbours, or of a run's last letter (followed by `$`)."""
    return first_letter(gram[0]) + _hash(gram, b"pair", 5)


@lru_cache(maxsize=16_384)
def word(text: str) -> str:
    """The token of a whole word or number."""
    return "1w" + _hash(text, b"word", 9)


def key(kind: str, value: object) -> str:
    """The token of a particular of the case (unit, phone …); never part of a phrase."""
    return f"0{kind}{value}" if isinstance(value, int) else f"0{kind}x{_hash(str(value), kind.encode(), 10)}"


def runs(text: str) -> list[str]:
    """The runs of a text, normalised."""
    return RUNS.findall(normal(text))


def of_run(run: str, *, last: bool = False) -> Iterator[str]:
    """The tokens of one run; as the last of a phrase that is searched, it may go on in the text."""
    if not is_chinese(run):
        yield word(run)
        return
    for start in range(len(run) - 1):
        yield pair(run[start : start + 2])
    if not last:
        yield pair(run[-1] + "$")


def of_text(text: str) -> list[str]:
    """The tokens of a text in their order."""
    return [token for run in runs(text) for token in of_run(run)]


def of_fields(fields: Sequence[str]) -> list[str]:
    """The tokens of several texts, kept apart."""
    found: list[str] = []
    for text in fields:
        if tokens := of_text(text):
            found += [*tokens, BREAK]
    return found


def phrase(text: str) -> tuple[tuple[str, ...], bool]:
    """The tokens that stand in a row where the text stands, and whether the last is only a beginning."""
    parts = runs(text)
    found = [token for run in parts[:-1] for token in of_run(run)]
    if not parts:
        return (), False
    if is_chinese(parts[-1]) and len(parts[-1]) == 1:
        return (*found, first_letter(parts[-1])), True
    return (*found, *of_run(parts[-1], last=True)), False


def pattern(text: str) -> "re.Pattern[str]":
    """Finds the phrase in a normalised text, whatever punctuation stands between its runs."""
    return re.compile(r"[\W_]*".join(_whole(run) for run in runs(text)))


def _whole(run: str) -> str:
    escaped = re.escape(run)
    return escaped if is_chinese(run) else rf"(?<![^\W_{CHINESE}]){escaped}(?![^\W_{CHINESE}])"
