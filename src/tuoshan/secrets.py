"""Secrets at rest: encrypted text, blind indexes, masks, and signed links.

Keys come from the settings. ``FIELD_KEYS`` is a list, newest first: the first key encrypts, every key can
read, so a key is rotated by putting a new one in front and running ``tuoshan keys rotate``. ``INDEX_KEY``
(when set, else the oldest of ``FIELD_KEYS``) keys the blind indexes and word references; those are compared
for equality and stand in hash chains, so that key never changes.
"""

import contextlib
import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext

from tuoshan import clock

log = structlog.get_logger(__name__)

INDEX_HEX_LENGTH = 32
"""A blind index keeps 128 bits of its HMAC: collisions are out of reach, and the column stays short."""


class LinkRefused(Exception):
    """A signed link cannot be used; its subclasses say why."""


class LinkExpired(LinkRefused):
    """The link was genuine, but its time is over."""


class LinkBroken(LinkRefused):
    """The link was not made here, was made for another purpose, or was changed on the way."""


def fernet_key(text: str) -> bytes:
    """Return a Fernet key: the text itself when it is one, else a key derived from it as a passphrase."""
    try:
        if len(urlsafe_b64decode(text.encode())) == 32:
            return text.encode()
    except (Base64Error, ValueError):
        pass
    return urlsafe_b64encode(hashlib.sha256(b"tuoshan field key\0" + text.encode()).digest())


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(fernet_key(key)) for key in keys])


def _field_keys() -> tuple[str, ...]:
    keys = tuple(getattr(settings, "FIELD_KEYS", ()) or ())
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: personal data could not be encrypted.")
    return keys


def _index_key() -> bytes:
    return str(getattr(settings, "INDEX_KEY", "") or _field_keys()[-1]).encode()


def encrypt(text: str) -> str:
    """Encrypt with the newest key. The empty text stays empty, so that "no phone" needs no key to see."""
    return _cipher(_field_keys()).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits. Raises ``InvalidToken`` when none does."""
    return _cipher(_field_keys()).decrypt(token.encode()).decode() if token else ""


def rotate(token: str) -> str:
    """Encrypt again under the newest key, keeping the moment at which the text was first written."""
    return _cipher(_field_keys()).rotate(token.encode()).decode() if token else ""


class CannotDecrypt(InvalidToken):
    """A stored text was written under a key that is not here; says where it stands and since when."""


class Unreadable(str):
    """Says in the reader's language that a stored text cannot be decrypted, in the text's place.

    It remembers what stands in the database, so that a row which is written back keeps it.
    """

    token: str
    place: str

    @classmethod
    def instead_of(cls, token: str, place: str) -> "Unreadable":
        """`place` is the table and column; logged once per value and process."""
        said = cls(gettext("无法解密"))
        said.token, said.place = token, place
        if len(_logged) < _MOST_LOGGED and token not in _logged:
            _logged.add(token)
            log.error("cannot_decrypt", place=place, written_at=said.since)
        return said

    @property
    def since(self) -> str:
        """When it was written."""
        return _written_at(self.token)


_strict: ContextVar[bool] = ContextVar("strict", default=False)
_logged: set[str] = set()
_MOST_LOGGED = 1000


@contextlib.contextmanager
def strictly(wanted: bool = True) -> Iterator[None]:
    """Inside, who uses a stored text that cannot be decrypted gets ``CannotDecrypt``: nothing is done or sent with
    what only says so. Elsewhere, and with False, it reads as ``Unreadable``, so that one such row breaks no list.
    """
    before = _strict.set(wanted)
    try:
        yield
    finally:
        _strict.reset(before)


_noticed: ContextVar[list[Unreadable] | None] = ContextVar("noticed", default=None)


@contextlib.contextmanager
def noticing() -> Iterator[list[Unreadable]]:
    """Inside, each stored text that is used and cannot be decrypted comes into the list which this gives."""
    met: list[Unreadable] = []
    before = _noticed.set(met)
    try:
        yield met
    finally:
        _noticed.reset(before)


def legible(text: str) -> str:
    """The text itself, noticed inside ``noticing`` when it only says that it cannot be decrypted; then it raises
    ``CannotDecrypt`` inside ``strictly``.
    """
    if not isinstance(text, Unreadable):
        return text
    met = _noticed.get()
    if met is not None:
        met.append(text)
    if _strict.get():
        raise CannotDecrypt(
            f"无法解密：{text.place} 是 {text.since} 用这里没有的密钥写的。 / "
            f"Cannot be decrypted: {text.place} was written at {text.since} under a key that is not here."
        )
    return text


def _written_at(token: str) -> str:
    """The moment that stands readable in every token."""
    try:
        seconds = int.from_bytes(urlsafe_b64decode(token.encode())[1:9], "big")
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (Base64Error, ValueError, OverflowError, OSError):
        return "?"


class _KeepsUnreadable(DeferredAttribute):
    """Whoever reads it strictly is stopped; and a form that shows ``Unreadable`` sends its words back, which do not
    take the place of what is stored."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return legible(super().__get__(instance, cls))

    def __set__(self, instance: Any, value: Any) -> None:
        name = self.field.attname
        kept = instance.__dict__.get(name)
        if not (isinstance(kept, Unreadable) and value == kept):
            instance.__dict__[name] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database only ever sees encrypted.

    It cannot be searched or ordered by: only ``isnull`` and equality with the empty text are meaningful, and
    every other look-up raises ``FieldError`` instead of quietly finding nothing. Look up by ``blind_index``.
    """

    description = "Encrypted text"
    descriptor_class = _KeepsUnreadable

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            return value.token
        text = super().get_prep_value(value)
        return text if text is None else encrypt(str(text))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt on the way out; a text whose key is not here comes as ``Unreadable``, see ``strictly``."""
        if value is None:
            return value
        try:
            return decrypt(value)
        except InvalidToken:
            return Unreadable.instead_of(value, f"{self.model._meta.db_table}.{self.column}")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What cannot be read goes back as it came, also where nobody may use it."""
        kept = model_instance.__dict__.get(self.attname)
        return kept if isinstance(kept, Unreadable) else super().pre_save(model_instance, add)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("isnull", "exact"):
            raise FieldError(f"{self.name} is encrypted and cannot be searched with {lookup_name}.")
        return super().get_lookup(lookup_name)


def normalised(text: str, purpose: str) -> str:
    """One spelling for everything that means the same: phones as E.164 digits, the rest NFKC and folded."""
    if purpose.startswith("phone"):
        return phone_e164(text).lstrip("+") or "".join(sign for sign in text if sign.isdigit())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def blind_index(text: str, purpose: str) -> str:
    """Return a keyed hash by which equal values are found without being readable; empty for empty text.

    ``purpose`` separates indexes, so that a phone and a name, or two columns, can never be matched with
    each other; one that begins with ``phone`` normalises as a phone number.
    """
    plain = normalised(text, purpose)
    if not plain:
        return ""
    digest = hmac.new(_index_key(), f"{purpose}\0{plain}".encode(), hashlib.sha256)
    return digest.hexdigest()[:INDEX_HEX_LENGTH]


def words_ref(text: str) -> str:
    """Return the keyed hash that stands for free text inside the event chain; the text is kept elsewhere."""
    return hmac.new(_index_key(), b"words\0" + text.encode(), hashlib.sha256).hexdigest()


def phone_e164(text: str, region: str = "CN") -> str:
    """Return the number in E.164 (``+8613800138000``), or an empty text when it is no possible number.

    Full-width digits, spaces, dots and brackets are accepted; 400 and 800 service numbers and landlines with
    their area code too. An extension is dropped: it does not tell two customers apart.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(text: str) -> str:
    """Return a phone fit for showing to strangers: ``138****5678``, ``010****5678``; short ones keep two."""
    if isinstance(text, Unreadable):
        return text
    plain = unicodedata.normalize("NFKC", text).strip()
    with contextlib.suppress(phonenumbers.NumberParseException):
        plain = phonenumbers.format_number(
            phonenumbers.parse(plain, "CN"), phonenumbers.PhoneNumberFormat.NATIONAL
        )
    digits = "".join(sign for sign in plain if sign.isdigit())
    if len(digits) >= 10:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if digits else ""


def mask_name(text: str) -> str:
    """Return a name of which only the first letter of each word is readable: ``王**``, ``J*** S****``."""
    if isinstance(text, Unreadable):
        return text
    words = unicodedata.normalize("NFKC", text).split()
    return " ".join(word[0] + "*" * max(1, len(word) - 1) for word in words)


def mask_email(text: str) -> str:
    """Return an address of which only the first letter and the domain are readable: ``w***@example.com``."""
    if isinstance(text, Unreadable):
        return text
    local, at, domain = text.strip().partition("@")
    return f"{local[:1]}***@{domain}" if at and local else "***" if text.strip() else ""


HIDDEN = "••••"
"""Stands for a secret that is there."""


def mask_address(text: str) -> str:
    """Return a web address of which only the host is readable, as path and query may hold keys."""
    found = urlsplit(text.strip())
    return f"{found.scheme}://{found.hostname}/{HIDDEN}" if found.hostname else HIDDEN if text.strip() else ""


def sign_link(purpose: str, payload: Mapping[str, Any], days: float | None) -> str:
    """Return a token for a link that does one thing (``purpose``) until ``days`` from now (None: for ever).

    The payload is readable by whoever holds the link: put identifiers into it, never personal data.
    """
    expires = None if days is None else int((clock.now() + timedelta(days=days)).timestamp())
    return signing.Signer(salt=f"tuoshan.link.{purpose}").sign_object({"p": dict(payload), "x": expires})


def read_link(purpose: str, token: str) -> dict[str, Any]:
    """Return the payload of a link made by ``sign_link`` for the same purpose.

    Raises ``LinkExpired`` or ``LinkBroken``. The signature is compared in constant time.
    """
    try:
        content = signing.Signer(salt=f"tuoshan.link.{purpose}").unsign_object(token)
        payload, expires = dict(content["p"]), content["x"]
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise LinkBroken(purpose) from error
    if expires is not None and clock.now().timestamp() > expires:
        raise LinkExpired(purpose)
    return payload


__all__ = [
    "CannotDecrypt",
    "EncryptedTextField",
    "InvalidToken",
    "LinkBroken",
    "LinkExpired",
    "LinkRefused",
    "Unreadable",
    "blind_index",
    "decrypt",
    "encrypt",
    "fernet_key",
    "legible",
    "mask_email",
    "mask_name",
    "mask_phone",
    "normalised",
    "noticing",
    "phone_e164",
    "read_link",
    "rotate",
    "sign_link",
    "strictly",
    "words_ref",
]
