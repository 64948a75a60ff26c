"""Tokens under which files are handed in before their case exists."""

from __future__ import annotations

import hashlib

from tuoshan import identifiers
from tuoshan.secrets import LinkRefused, read_link, sign_link

_PURPOSE = "evidence-upload"
_VALID_DAYS = 2.0


def new_upload_token() -> str:
    """A signed token for one form; the page puts it into a hidden field and sends it with every upload."""
    return sign_link(_PURPOSE, {"draft": identifiers.token()}, _VALID_DAYS)


def token_hash(token: str) -> str | None:
    """What the rows of a draft carry; None when the token was not made here or is too old."""
    try:
        draft = str(read_link(_PURPOSE, token)["draft"])
    except (LinkRefused, KeyError):
        return None
    return hashlib.sha256(draft.encode()).hexdigest()
