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
"""Wrong phones for one number from one address: who guesses is stopped where they are, and nobody else with them."""
WRONG_TRIES_OF_NUMBER = Bound("track-number", 30, timedelta(hours=1))
"""Wrong phones for one number, wherever from: more than one address can spend (20 an hour), so that a stranger alone
does not keep the customer out. It leaves 720 tries a day for the hundred million phones that begin alike, however many
addresses somebody has: all of them would take 380 years.
"""
WRONG_TRIES_OF_ADDRESS = Bound("track-address", 60, timedelta(hours=1))
"""Wrong pairs from one address, whatever the number: a shop or a provider shares one among many people. It leaves 1440
tries a day for pairs of a number, which has a check digit, and one of as many phones.
"""
SUBMISSIONS = Bound("submit", 20, timedelta(hours=1))
"""New cases from one address: several people may share it."""
SUBMISSIONS_OF_PHONE = Bound("submit-phone", 6, timedelta(hours=1))
WRITING = Bound("write", 30, timedelta(hours=1))
"""Messages and answers about one case."""


class TooOften(Exception):
    """One try too many of a source; `bound` says within which time."""

    def __init__(self, bound: Bound) -> None:
        super().__init__(bound.name)
        self.bound = bound


def take(bound: Bound, sources: Iterable[str], now: datetime) -> list[int] | None:
    """Count one try against every source: the ids by which `forgive` takes it back; None when it is one too many."""
    try:
        return take_each([(bound, source) for source in sources], now)
    except TooOften:
        return None


def take_each(tries: Iterable[tuple[Bound, str]], now: datetime) -> list[int]:
    """The same for sources with a bound each. Raises TooOften, with the longest wait, and then counts nothing."""
    bounds = {blind_index(source, f"portal-{bound.name}"): bound for bound, source in tries}
    bounds.pop("", None)
    keys = sorted(bounds)
    with write_transaction() as cursor:
        if connection.vendor == "postgresql":
            for key in keys:  # two tries at once would both see room for one
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])
        Attempt.objects.filter(at__lt=now - KEPT).delete()
        full = [bound for key, bound in bounds.items() if _counted(key, bound, now) >= bound.most]
        if full:
            raise TooOften(max(full, key=lambda bound: bound.within))
        return [Attempt.objects.create(source=key, at=now).pk for key in keys]


def _counted(key: str, bound: Bound, now: datetime) -> int:
    return Attempt.objects.filter(source=key, at__gt=now - bound.within).count()


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
