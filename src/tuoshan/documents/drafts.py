"""Tokens under which files are handed in before their case exists.

A token is for one holder, and nobody else can use it, whoever comes by it: `person:5` is somebody of ours, `case:7`
whoever has the customer's page of that case open. The portal's form for a new matter knows nobody yet; its token
(holder empty) is whoever's has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from tuoshan import identifiers
from tuoshan.secrets import LinkRefused, read_link, sign_link

_PURPOSE = "evidence-upload"
_VALID_DAYS = 2.0


def new_upload_token(holder: str = "") -> str:
    """A signed token for one form; the page puts it into a hidden field and sends it with every upload."""
    return sign_link(_PURPOSE, {"draft": identifiers.token(), "holder": holder}, _VALID_DAYS)


def usable(token: str, holder: str) -> str:
    """The token that a form was sent with, or a new one where that is too old or not this holder's."""
    return token if token_hash(token, (holder,)) is not None else new_upload_token(holder)


def holder_of(token: str) -> str:
    """Whose token it is; empty for nobody's in particular and for one that holds nothing."""
    found = _read(token)
    return found[1] if found else ""


def token_hash(token: str, holders: Collection[str] = ()) -> str | None:
    """What the rows of a draft carry; None when the token was not made here, is too old or another's."""
    found = _read(token)
    if found is None or (found[1] and found[1] not in holders):
        return None
    return hashlib.sha256(found[0].encode()).hexdigest()


def _read(token: str) -> tuple[str, str] | None:
    try:
        payload = read_link(_PURPOSE, token)
        return str(payload["draft"]), str(payload.get("holder", ""))
    except (LinkRefused, KeyError):
        return None
