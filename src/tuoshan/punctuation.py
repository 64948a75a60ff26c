"""How phrases are put together in the language of the reader: Chinese sets its own full-width signs."""

import re
from collections.abc import Iterable
from functools import reduce

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

_CHINESE = re.compile("[\u4e00-\u9fff]")


def in_language_of(text: str, words: Promise) -> str:
    """Words put into a text, in the text's own language rather than the reader's."""
    with override("zh-hans" if _CHINESE.search(text) else "en"):
        return str(words)


def listed(parts: Iterable[object]) -> str:
    """`甲、乙、丙` / `one, two, three`."""
    return _("、").join(str(part) for part in parts)


def in_turn(parts: Iterable[object]) -> str:
    """Whole phrases side by side: `甲；乙` / `one; two`."""
    return _("；").join(str(part) for part in parts)


def sentences(parts: Iterable[object]) -> str:
    """Whole sentences, one after the other: English sets a space between them."""
    return reduce(lambda first, second: _("%(first)s%(second)s") % {"first": first, "second": second}, map(str, parts))


def titled(title: object, text: object) -> str:
    """`甲：乙` / `one: two`."""
    return _("%(title)s：%(text)s") % {"title": title, "text": text}


def in_brackets(text: object, more: object) -> str:
    """`甲（乙）` / `one (two)`; the text alone where there is no more."""
    return _("%(text)s（%(more)s）") % {"text": text, "more": more} if more else str(text)
