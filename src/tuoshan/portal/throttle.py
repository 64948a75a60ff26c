"""How often a visitor may try, counted in the database, so that all web nodes share one count.

A window slides: what counts is how many tries of the same source lie within it. A try that is refused for being
one too many is not counted, so the wait that is named stays true however often somebody presses again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.portal.models import Attempt
from tuoshan.secrets import blind_index

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Bound:
    """At most `most` tries of one source within `within`."""

    name: str
    most: int
    within: timedelta


WRONG_TRIES = Bound("track", 5, timedelta(minutes=15))
"""Wrong pairs of number and phone, for each address and for each number."""
SUBMISSIONS = Bound("submit", 20, timedelta(hours=1))
"""New cases from one address: several people may share it."""
SUBMISSIONS_OF_PHONE = Bound("submit-phone", 6, timedelta(hours=1))
WRITING = Bound("write", 30, timedelta(hours=1))
"""Messages and answers about one case."""


def take(bound: Bound, sources: Iterable[str], now: datetime) -> list[int] | None:
    """Count one try against every source: the ids by which `forgive` takes it back; None when it is one too many."""
    keys = sorted({blind_index(source, f"portal-{bound.name}") for source in sources} - {""})
    with write_transaction() as cursor:
        if connection.vendor == "postgresql":
            for key in keys:  # two tries at once would both see room for one
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])
        Attempt.objects.filter(at__lt=now - KEPT).delete()
        for key in keys:
            if Attempt.objects.filter(source=key, at__gt=now - bound.within).count() >= bound.most:
                return None
        return [Attempt.objects.create(source=key, at=now).pk for key in keys]


def forgive(attempts: Iterable[int]) -> None:
    """The try was right: it does not count."""
    with write_transaction():
        Attempt.objects.filter(pk__in=list(attempts)).delete()


def address_of(request: HttpRequest) -> str:
    """Where the visitor comes from. For IPv6 the /64 network, as one household has that many addresses."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if getattr(settings, "USE_X_FORWARDED_HOST", False):
        # Behind a proxy the last entry is the one that our own proxy wrote.
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    try:
        known = ip_address(address)
    except ValueError:
        return f"address {address}"
    if isinstance(known, IPv6Address):
        return f"address {known.exploded[:19]}"
    return f"address {known}"
