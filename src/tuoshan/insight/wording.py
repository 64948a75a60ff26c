"""What somebody typed, as the index is asked for it.

Words stand side by side when all must be there; “a phrase” in quotation marks stands as it is. A word of digits
may be a phone, its last four digits, or a case number in any form that people write or say it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tuoshan.core.numbering import MisheardNumber, completed_number, parse_number
from tuoshan.insight import tokens
from tuoshan.insight.content import TAIL, number_key, phone_keys
from tuoshan.secrets import phone_e164

MOST_LETTERS, MOST_TERMS = 200, 8
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』')
_APART = re.compile(r"[\s,，;；、。!！?？]+")
UNCHECKED = (5, 8)
"""So many digits may be a running number whose check digit was left out; every one of the ten is then asked for."""
_ENDING = re.compile(r"[0-9]{5,12}-[0-9]")
_WRITTEN = re.compile(r"TS[\s\-]*[0-9]{4}[\s\-]*[0-9]{5,12}[\s\-]*[0-9]|[0-9]{4}-[0-9]{5,12}-[0-9]")
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
    """All terms must be found; `number` is the case number that the whole text is, when it is one.

    `misheard`: the whole text is written like a case number and its check digit is wrong.
    """

    terms: tuple[Term, ...] = ()
    number: str = ""
    misheard: bool = False

    def __bool__(self) -> bool:
        return bool(self.terms)


def read(text: str) -> Wanted:
    """Understand what was typed. A text without any letter or digit gives nothing to look for."""
    plain = unicodedata.normalize("NFKC", text[:MOST_LETTERS]).strip()
    number = _number(plain) or completed_number(plain)
    if number:
        return Wanted((Term(plain, (number_key(number),)),), number)
    if _DIALLED.fullmatch(plain) and phone_e164(plain):
        return Wanted((_term(plain),), misheard=_is_misheard(plain))
    found: list[Term] = []
    last = 0
    for match in _QUOTED.finditer(plain):
        found += [_term(word) for word in _words(plain[last : match.start()])]
        found.append(Term(next(group for group in match.groups() if group)))
        last = match.end()
    found += [_term(word) for word in _words(plain[last:])]
    terms = [term for term in dict.fromkeys(found) if term.phrase[0] or term.keys]
    return Wanted(tuple(terms[:MOST_TERMS]), misheard=_is_misheard(plain))


def _words(text: str) -> Sequence[str]:
    return [word for word in _APART.split(text.replace('"', " ")) if tokens.RUNS.search(tokens.normal(word))]


def _number(text: str) -> str:
    try:
        return parse_number(text)
    except MisheardNumber:
        return ""


def _is_misheard(text: str) -> bool:
    """Whether a text is written like a whole number, or like its end, of which the check digit guards the whole."""
    if _ENDING.fullmatch(text):
        return True
    try:
        parse_number(text)
    except MisheardNumber as problem:
        return problem.code == "check_digit" and bool(_WRITTEN.fullmatch(text.upper()))
    return False


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
        if text == digits and UNCHECKED[0] <= len(digits) <= UNCHECKED[1]:
            keys += [tokens.key("r", f"{digits}{check}") for check in range(10)]
    if key := number_key(_number(text) or completed_number(text)):
        keys.append(key)
    return Term(text, tuple(keys))
