"""What somebody said: its title, and one spelling of it for comparison."""

import re
import unicodedata

from tuoshan.core.playbook import Playbook
from tuoshan.secrets import words_ref

LONGEST_TITLE = 40
SHORTEST_PART = 10
"""A title is rather cut hard than at a comma before this many letters."""

_PAUSE = r"(?:[\s,，。.!！?？~～:：;；…]+|$)"
_ADDRESSED = r"(?:尊敬的|亲爱的)?(?:客服(?:人员|小姐姐?|先生)?|老板|领导|亲|各位)们?|喂|在吗|请问"
_GREETED = r"(?:您|你|你们|大家)好啊?"
_GREETED_IN_ENGLISH = (
    r"(?:hello|hi|good (?:morning|afternoon|evening))(?: there| team)?|dear (?:sirs?|madam|team)(?: or madam)?"
)
_GREETING = re.compile(
    rf"^(?:(?:{_ADDRESSED})(?:{_PAUSE}|(?={_GREETED}))"
    rf"|(?:{_GREETED})(?:、|{_PAUSE}|(?=[我你您请]|(?:{_ADDRESSED}){_PAUSE}))"
    rf"|(?:{_GREETED_IN_ENGLISH})(?:\s*[,.!:\n]\s*|$|\s+(?=(?:I|my|we|our|the)\b)))+",
    re.IGNORECASE,
)
"""客服，我的鞋开胶了 speaks to the service desk, 客服态度差 of it; 你好意思卖 and Hello Kitty greet nobody."""
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
