"""API tokens: made and shown once, kept as a hash, looked up by it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from tuoshan import clock, identifiers
from tuoshan.instances import Columns
from tuoshan.parties.models import ApiToken, Person

PREFIX = "tsn_"
SECRET_BYTES = 32
USED_EVERY = timedelta(minutes=5)
"""``last_used_at`` is written no more often than this, so that reading does not mean writing."""

_TOKEN = Columns(ApiToken, "t")
_PERSON = Columns(Person, "p", without=("email", "phone"))
_OF_HASH = (
    f"SELECT {_TOKEN.text}, {_PERSON.text} "  # noqa: S608
    "FROM parties_apitoken t JOIN parties_person p ON p.id = t.person_id WHERE t.hash = %s"
)


def fingerprint(secret: str) -> str:
    """Return what is kept of a token; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(
    *, person: Person, name: str, scopes: Sequence[str], expires_at: datetime | None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is never seen again.

    Raises ValueError for a scope that there is not, for none at all, or for an end in the past.
    """
    unknown = set(scopes) - set(ApiToken.SCOPES)
    if unknown or not scopes:
        raise ValueError(f"scopes must be some of {ApiToken.SCOPES}, not {sorted(unknown)}")
    if expires_at is not None and expires_at <= now:
        raise ValueError("expires_at is in the past")
    secret = PREFIX + identifiers.token(SECRET_BYTES)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        hash=fingerprint(secret),
        hint=secret[: len(PREFIX) + 4],
        scopes=[scope for scope in ApiToken.SCOPES if scope in scopes],
        created_at=now,
        expires_at=expires_at,
    )
    return token, secret


def person_of(secret: str, *, now: datetime | None = None) -> ApiToken | None:
    """Return the live token (its person loaded) for a secret; None for anything else."""
    now = now or clock.now()
    token = _of_hash(fingerprint(secret))
    if token is None or not token.is_live(now) or not token.person.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _of_hash(hash_: str) -> ApiToken | None:
    with connection.cursor() as cursor:
        cursor.execute(_OF_HASH, [hash_])
        row = cursor.fetchone()
    if row is None:
        return None
    token = _TOKEN.instance(row)
    token.person = _PERSON.instance(row[len(_TOKEN.names) :])
    return token


def revoke(token: ApiToken, *, now: datetime) -> None:
    """End a token at once; ending it again changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)
