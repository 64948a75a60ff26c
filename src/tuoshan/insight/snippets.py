"""The place in a case's text where something was found, with the found letters marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from tuoshan.insight import tokens
from tuoshan.insight.wording import Wanted

BEFORE, LONGEST = 18, 90


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `found` is marked."""

    text: str
    found: bool = False


def snippet(fields: Sequence[str], wanted: Wanted) -> tuple[Piece, ...]:
    """About ninety letters of the text that holds most of what is wanted; empty when only a key was found.

    A title stands in the row anyway, so the other texts come first.
    """
    best: tuple[int, str, list[tuple[int, int]]] | None = None
    for text in (*fields[1:], *fields[:1]):
        line = " ".join(text.split())
        places = _places(line, wanted)
        if places and (best is None or len(places) > best[0]):
            best = (len({start for start, _ in places}), line, places)
    return _cut(best[1], best[2]) if best else ()


def marked(text: str, wanted: Wanted) -> tuple[Piece, ...]:
    """The whole of a short text (a title) with the found letters marked."""
    return tuple(_pieces(text, _places(text, wanted)))


def _places(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Where found letters begin and end, without overlap."""
    plain, origin = _normalised(text)
    spans = []
    for term in wanted.terms:
        if term.phrase[0]:
            spans += [(origin[m.start()], origin[m.end() - 1] + 1) for m in term.pattern.finditer(plain) if m.group()]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _normalised(text: str) -> tuple[str, list[int]]:
    """The normalised text, and for each of its letters the place in the text that it came from."""
    whole = tokens.normal(text)
    if len(whole) == len(text):  # letter for letter, as nearly always
        return whole, list(range(len(text)))
    plain: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        for sign in tokens.normal(letter):
            plain.append(sign)
            origin.append(place)
    return "".join(plain), origin


def _cut(line: str, places: list[tuple[int, int]]) -> tuple[Piece, ...]:
    first = max(places[0][0] - BEFORE, 0)
    last = min(first + LONGEST, len(line))
    inside = [(start - first, min(end, last) - first) for start, end in places if start < last]
    pieces = _pieces(line[first:last], inside)
    return (*((Piece("…"),) if first else ()), *pieces, *((Piece("…"),) if last < len(line) else ()))


def _pieces(text: str, places: list[tuple[int, int]]) -> list[Piece]:
    found: list[Piece] = []
    last = 0
    for start, end in places:
        if start > last:
            found.append(Piece(text[last:start]))
        found.append(Piece(text[start:end], True))
        last = end
    if last < len(text):
        found.append(Piece(text[last:]))
    return found
