"""Beside a case: who else has it open, whom one may mention, what a message will be."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from tuoshan import clock
from tuoshan.cases.models import Case, Presence
from tuoshan.insight.told_to_staff import without_links
from tuoshan.integrations import recipients
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.knowledge.writing import with_links
from tuoshan.office.customers import masked_address
from tuoshan.office.writing import in_words
from tuoshan.parties.models import Person
from tuoshan.parties.reach import reaches
from tuoshan.secrets import mask_email, mask_phone

PRESENCE_SECONDS = 60
MOST_NAMES = 8
SMS_ONE, SMS_PART = 70, 67
"""Signs in one short message, and in each part of a longer one, where Chinese is among them."""


def here(case: Case, person_id: int) -> list[str]:
    """Say that the person has the case open; the names of the others who have had it open within a minute."""
    now = clock.now()
    Presence.objects.update_or_create(case_id=case.pk, person_id=person_id, defaults={"seen_at": now})
    others = (
        Presence.objects.filter(case_id=case.pk, seen_at__gte=now - timedelta(seconds=PRESENCE_SECONDS))
        .exclude(person_id=person_id)
        .values_list("person_id", flat=True)
    )
    return [str(person) for person in Person.objects.filter(pk__in=list(others))]


def mentionable(case: Case, person_id: int, text: str) -> list[Person]:
    """Colleagues whose name has the text and who can see the case, at most eight."""
    plain = text.strip()[:40]
    named = Q(display_name__icontains=plain) | Q(username__istartswith=plain)
    found = Person.objects.filter(named, is_active=True).exclude(pk=person_id).select_related("unit")
    shown = [one for one in found.order_by("display_name", "pk")[: MOST_NAMES * 3] if reaches(one, case)]
    return shown[:MOST_NAMES]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text will read like, by which ways and to whom (masked) it will go; `other`: not by the way that was
    asked for. Its customer's links are counted in `signs` and `parts`, but not shown. `problems`: why it cannot go.
    """

    text: str
    ways: tuple[tuple[str, str, str], ...]
    other: bool
    signs: int
    parts: int
    problems: tuple[str, ...]


def preview(case: Case, text: str, channel: str, person: Any) -> Preview:
    """What will go out. Nothing is written; `ways` are channel, its title and the masked address."""
    said = in_words(case, text, person)
    leaves = with_links(case, said.text)
    customer = recipients.of_case(case)
    ways = recipients.addressees(customer, only=channel) if customer is not None else []
    shown = tuple(
        (way.channel, str(OutgoingMessage.Channel(way.channel).label), _masked(way.channel, way.to)) for way in ways
    )
    parts = sms_parts(leaves) if any(way.channel == "sms" for way in ways) else 0
    other = bool(ways) and ways[0].channel != channel
    return Preview(without_links(said.text, written=True), shown, other, len(leaves), parts, said.problems)


def _masked(channel: str, to: str) -> str:
    if channel == "sms":
        return mask_phone(to)
    return mask_email(to) if channel == "mail" else masked_address(to)


def sms_parts(text: str) -> int:
    """How many short messages the text makes: one up to 70 signs, else parts of 67."""
    return 1 if len(text) <= SMS_ONE else -(-len(text) // SMS_PART)
