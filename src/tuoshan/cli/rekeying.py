"""Everything that is encrypted at rest, found in the tables, counted by its key and written anew under the newest.

Nothing is noted about how far it has come: what stands under the newest key is passed over, so it may be stopped at
any moment and begun again. A value is replaced only if it is still the one that was read, so people go on working.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.secrets import EncryptedTextField, fernet_key, rotate

BATCH = 500
_TOKEN = "gAAAA"  # noqa: S105 – how every Fernet token begins
_Change = tuple[Sequence[Any], str, str, str]
"""Key of the row, column, what stood there, what is to stand there."""
Progress = Callable[[str, int, int], None]
"""The table, how many rows of it are done, how many there are."""


@dataclass(frozen=True)
class Place:
    """A table with columns that hold encrypted text, or JSON in which encrypted texts stand."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    is_json: bool = False


@dataclass
class Tally:
    """Values by the number of their key (0 is the newest), those that no key reads, and those written anew."""

    by_key: Counter[int] = field(default_factory=Counter)
    unreadable: int = 0
    written: int = 0


def places() -> list[Place]:
    """Every such table. Second factors keep their secrets inside JSON."""
    found: list[Place] = []
    for model in apps.get_models():
        meta = model._meta
        columns = tuple(str(one.column) for one in meta.concrete_fields if isinstance(one, EncryptedTextField))
        if columns and meta.managed and not meta.proxy:
            found.append(Place(meta.db_table, _key_of(model), columns))
    factor = apps.get_model("mfa", "Authenticator")
    found.append(Place(factor._meta.db_table, _key_of(factor), ("data",), is_json=True))
    return found


def _key_of(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(str(one.column) for one in model._meta.pk_fields)


def count(progress: Progress) -> Tally:
    """Read everything and count by key; writes nothing."""
    tally = Tally()
    for place in places():
        for _ in _walk(place, BATCH, tally, progress):
            pass
    return tally


def rewrite(progress: Progress, *, batch: int = BATCH) -> Tally:
    """Write everything under the newest key that is not yet; `by_key` is how it stood before."""
    tally = Tally()
    for place in places():
        for changes in _walk(place, batch, tally, progress):
            with write_transaction() as cursor:
                for key, column, old, new in changes:
                    cursor.execute(_replace(place, column), [new, *key, old])
                    tally.written += cursor.rowcount
    return tally


def _replace(place: Place, column: str) -> str:
    quote = connection.ops.quote_name
    same = "= %s::jsonb" if place.is_json and connection.vendor == "postgresql" else "= %s"
    keys = " AND ".join(f"{quote(one)} = %s" for one in place.key)
    return f"UPDATE {quote(place.table)} SET {quote(column)} = %s WHERE {keys} AND {quote(column)} {same}"  # noqa: S608


def _walk(place: Place, batch: int, tally: Tally, progress: Progress) -> Iterator[list[_Change]]:
    """Batch by batch by primary key: what to replace in each, as (key, column, old, new). Counts as it goes."""
    quote = connection.ops.quote_name
    names = ", ".join(
        f"{quote(name)}::text" if place.is_json and connection.vendor == "postgresql" else quote(name)
        for name in place.columns
    )
    keys, width = ", ".join(map(quote, place.key)), len(place.key)
    select = f"SELECT {keys}, {names} FROM {quote(place.table)}"  # noqa: S608
    ciphers = [Fernet(fernet_key(key)) for key in settings.FIELD_KEYS]
    last: Sequence[Any] = ()
    done, total = 0, _rows(place)
    while True:
        where = f" WHERE ({keys}) > ({', '.join(['%s'] * width)})" if last else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{select}{where} ORDER BY {keys} LIMIT {int(batch)}", last)
            rows = cursor.fetchall()
        if not rows:
            return
        changes: list[_Change] = []
        for row in rows:
            for column, value in zip(place.columns, row[width:], strict=True):
                new = _json_anew(value, ciphers, tally) if place.is_json else _anew(value, ciphers, tally)
                if new is not None and new != value:
                    changes.append((row[:width], column, value, new))
        last, done = rows[-1][:width], done + len(rows)
        yield changes
        progress(place.table, done, total)


def _rows(place: Place) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(place.table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _anew(token: str | None, ciphers: Sequence[Fernet], tally: Tally) -> str | None:
    """The token under the newest key; itself where it is already, or where no key reads it."""
    if not token:
        return token
    for number, cipher in enumerate(ciphers):
        try:
            cipher.decrypt(token.encode())
        except InvalidToken:
            continue
        tally.by_key[number] += 1
        return token if number == 0 else rotate(token)
    tally.unreadable += 1
    return token


def _json_anew(text: str | None, ciphers: Sequence[Fernet], tally: Tally) -> str | None:
    if not text:
        return text

    def walked(value: Any) -> Any:
        if isinstance(value, str) and value.startswith(_TOKEN):
            return _anew(value, ciphers, tally)
        if isinstance(value, dict):
            return {name: walked(one) for name, one in value.items()}
        return [walked(one) for one in value] if isinstance(value, list) else value

    before = json.loads(text)
    after = walked(before)
    return text if after == before else json.dumps(after)
