"""Quick replies: found while typing, filled in from the case, kept by oneself or shared."""

from typing import Any

from django.db.models import Case as Either
from django.db.models import F, IntegerField, Q, QuerySet, Value, When

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.knowledge import writing
from tuoshan.knowledge.models import QuickReply

MOST_FOUND = 30


def usable(person_id: int) -> QuerySet[QuickReply]:
    """Shared ones and one's own."""
    return QuickReply.objects.filter(Q(person_id=None) | Q(person_id=person_id))


def own(person_id: int) -> QuerySet[QuickReply]:
    """What the person keeps for themselves; nobody else finds or changes it."""
    return QuickReply.objects.filter(person_id=person_id).order_by("position", "title", "id")


def remove(reply: QuickReply) -> None:
    """Take one away for good; messages written with it keep their words."""
    with write_transaction():
        reply.delete()


def search(text: str, *, person_id: int, language: str = "") -> list[QuickReply]:
    """Those whose shortcut, title, group or text holds every word typed; a shortcut that begins so comes first.

    Plain substrings, so two Chinese characters are enough and no pinyin is needed. Nothing typed gives those in
    use most, one's own first.
    """
    found = usable(person_id)
    if language:
        found = found.filter(language="en" if language.startswith("en") else "zh-hans")
    words = text.strip().lstrip("/").split()
    for word in words:
        found = found.filter(
            Q(shortcut__icontains=word)
            | Q(title__icontains=word)
            | Q(category__icontains=word)
            | Q(text__icontains=word)
        )
    own = Either(When(person_id=person_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    if not words:
        return list(found.annotate(own=own).order_by("own", "-used", "position", "id")[:MOST_FOUND])
    near = Either(
        When(shortcut__istartswith=words[0], then=Value(0)), When(title__icontains=words[0], then=Value(1)),
        default=Value(2), output_field=IntegerField(),
    )  # fmt: skip
    return list(found.annotate(near=near, own=own).order_by("near", "own", "-used", "position", "id")[:MOST_FOUND])


def render(reply: QuickReply, case: Any = None, *, person: Any = None) -> str:
    """The text for the case at hand, to be written on: variables without a value stay as they are, and so do the
    customer's links until the message leaves. Without a case nothing is filled in.
    """
    return reply.text if case is None else writing.in_words(case, reply.text, me=person, language=reply.language).text


def used(reply_id: int) -> None:
    """Count a use, so that what is needed often stands first."""
    with write_transaction():
        QuickReply.objects.filter(id=reply_id).update(used=F("used") + 1)
