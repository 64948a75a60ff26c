"""A text cut into pieces where a sign stands outside of brackets and quotes."""

from __future__ import annotations


def cut(text: str, sign: str) -> list[str]:
    """The pieces between the signs, without the blanks around them; one more than there are signs."""
    found, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(sign, place):
            found.append(text[start:place])
            start = place + len(sign)
    return [piece.strip() for piece in [*found, text[start:]]]
