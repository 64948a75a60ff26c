"""What a fact can hold, and its form in JSON. Moments are UTC with microseconds; in JSON they are ISO 8601 texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """Free text or personal data kept outside the chain, known here by its keyed hash alone."""

    ref: str


def as_number(value: object) -> Decimal | None:
    """A fact's value as a number; None where it is none."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def moment_text(at: datetime) -> str:
    return _utc_text(at if at.tzinfo is UTC else at.astimezone(UTC))


@lru_cache(maxsize=1024)
def _utc_text(at: datetime) -> str:
    """Kept, as one decision writes the same few moments many times."""
    return at.isoformat(timespec="microseconds")


def encode(value: object) -> Any:
    """A fact's value in JSON: decimals, dates and moments are tagged so that they come back exactly."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": format(value, "f")}
        case datetime():
            return {"moment": moment_text(value)}
        case date():
            return {"date": value.isoformat()}
        case list() | tuple():
            return [encode(item) for item in value]
        case dict():
            return {"map": {key: encode(item) for key, item in value.items()}}
        case Words():
            return {"words": value.ref}
    raise TypeError(f"a fact cannot hold {type(value).__name__}")


def decode(value: Any) -> object:
    match value:
        case {"decimal": text}:
            return Decimal(text)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"map": mapping}:
            return {key: decode(item) for key, item in mapping.items()}
        case {"words": ref}:
            return Words(ref)
        case list():
            return [decode(item) for item in value]
    return value
