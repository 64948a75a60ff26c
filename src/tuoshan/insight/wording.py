"""What somebody typed, as the index is asked for it.

Words stand side by side when all must be there; “a phrase” in quotation marks stands as it is. A word of digits
may be a phone, its last four digits, or a case number in any form that people write or say it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tuoshan.core.numbering import MisheardNumber, parse_number
from tuoshan.insight import tokens
from tuoshan.insight.content import TAIL, number_key, phone_keys
from tuoshan.secrets import phone_e164

MOST_LETTERS, MOST_TERMS = 200, 8
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』')
_APART = re.compile(r"[\s,，;；、。!！?？]+")
_DIALLED = re.compile(r"\+?[\d\s()\-]{7,24}")


@dataclass(frozen=True)
class Term:
    """One thing that must be there: its letters in a row, or one of these keys."""

    text: str
    keys: tuple[str, ...] = ()

    @cached_property
    def phrase(self) -> tuple[tuple[str, ...], bool]:
        return tokens.phrase(self.text)

    @cached_property
    def pattern(self) -> "re.Pattern[str]":
        return tokens.pattern(self.text)

    def stands_in(self, text: str) -> bool:
        """Whether the letters stand in a text that is normalised."""
        return bool(self.phrase[0]) and self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """All terms must be found; `number` is the case number that the whole text is, when it is one."""

    terms: tuple[Term, ...] = ()
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.terms)


def read(text: str) -> Wanted:
    """Understand what was typed. A text without any letter or digit gives nothing to look for."""
    plain = unicodedata.normalize("NFKC", text[:MOST_LETTERS]).strip()
    number = _number(plain)
    if number:
        return Wanted((Term(plain, (number_key(plain),)),), number)
    if _DIALLED.fullmatch(plain) and phone_e164(plain):
        return Wanted((_term(plain),))
    found: list[Term] = []
    last = 0
    for match in _QUOTED.finditer(plain):
        found += [_term(word) for word in _words(plain[last : match.start()])]
        found.append(Term(next(group for group in match.groups() if group)))
        last = match.end()
    found += [_term(word) for word in _words(plain[last:])]
    terms = [term for term in dict.fromkeys(found) if term.phrase[0] or term.keys]
    return Wanted(tuple(terms[:MOST_TERMS]))


def _words(text: str) -> Sequence[str]:
    return [word for word in _APART.split(text.replace('"', " ")) if tokens.RUNS.search(tokens.normal(word))]


def _number(text: str) -> str:
    try:
        return parse_number(text)
    except MisheardNumber:
        return ""


def _term(text: str) -> Term:
    """A word with whatever else its digits may be."""
    keys: list[str] = []
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits and re.fullmatch(r"[\d+()\-\s]+", text):
        if len(digits) == TAIL:
            keys.append(phone_keys(digits)[1])
        elif phone_e164(text):
            keys.append(phone_keys(text)[0])
        if len(digits) >= 6:
            keys.append(tokens.key("r", digits))
    if key := number_key(text):
        keys.append(key)
    return Term(text, tuple(keys))
