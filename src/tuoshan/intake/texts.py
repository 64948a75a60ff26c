"""What somebody said: its title, and one spelling of it for comparison."""

import re
import unicodedata

from tuoshan.core.playbook import Playbook
from tuoshan.secrets import words_ref

LONGEST_TITLE = 40
SHORTEST_PART = 10
"""A title is rather cut hard than at a comma before this many letters."""

_GREETING = re.compile(
    r"^(?:(?:尊敬的)?(?:您好|你好|亲|客服|在吗|喂|领导|老板|请问|hello|hi|dear sirs?)(?:们)?[\s,，。.!！、~～:：]*)+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_PART_END = re.compile(r"[，,、：:\s]")


def said_field(playbook: Playbook) -> str:
    """The registration field that holds what somebody said: the first long text; empty where there is none."""
    return next((field.name for field in playbook.register if field.kind == "long_text"), "")


def title_of(text: str, longest: int = LONGEST_TITLE) -> str:
    """The first sentence that says something, at most `longest` letters, cut where a reader would pause."""
    plain = re.sub(r"[ \t\u3000]+", " ", text).strip()
    bare = _GREETING.sub("", plain).strip()
    plain = bare or plain
    first = next((part.strip() for part in _SENTENCE_END.split(plain) if part.strip()), "")
    if len(first) <= longest:
        return first
    room = first[: longest - 1]
    pauses = [match.start() for match in _PART_END.finditer(room) if match.start() >= SHORTEST_PART]
    cut = room[: pauses[-1]] if pauses else room
    return cut.rstrip("，,、：: ") + "…"


def plain_text(text: str) -> str:
    """Letters and digits alone, in one width and case: what is left is what was said."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def text_key(text: str) -> str:
    """A keyed hash by which the same words are found, however they are punctuated; empty for next to nothing."""
    plain = plain_text(text)
    return words_ref(plain)[:32] if len(plain) >= 6 else ""
