"""The port to mail: a server when one is set up, else the mail folder."""

import hashlib
import os
import smtplib
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from django.conf import settings

from tuoshan import identifiers
from tuoshan.integrations.failures import DeliveryError, DeliveryRefused
from tuoshan.integrations.models import OutgoingMessage

KEPT = timedelta(days=90)
"""How long the mail folder keeps its files."""


def is_set_up() -> bool:
    """Whether a mail server is configured."""
    return bool(settings.EMAIL_HOST)


def message_id(key: str) -> str:
    """The same for every try of the same message, so that the receiving side can drop a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def compose(row: OutgoingMessage, *, thread: str = "") -> EmailMessage:
    """The mail as it is sent. Raises DeliveryRefused for an address that cannot be one."""
    mail = EmailMessage(policy=SMTP)
    name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        mail["From"] = Address(display_name=name, addr_spec=sender)
        mail["To"] = Address(display_name=" ".join(row.to_name.split()), addr_spec=row.to.strip())
    except (ValueError, IndexError) as error:
        raise DeliveryRefused(f"not an address: {error}") from error
    mail["Subject"] = " ".join(row.subject.split()) or " ".join(row.body.split())[:60]
    mail["Date"] = format_datetime(row.at)
    mail["Message-ID"] = message_id(row.key)
    if thread:
        mail["References"] = mail["In-Reply-To"] = message_id(thread)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(row.body)
    return mail


def send(row: OutgoingMessage) -> str:
    """Hand the mail to the server; the Message-ID. Raises DeliveryError, DeliveryRefused."""
    mail = compose(row, thread=f"case:{row.case_id}" if row.case_id else "")
    port = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    try:
        with port(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT) as server:
            if settings.EMAIL_USE_TLS:
                server.starttls()
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = DeliveryRefused if all(500 <= code < 600 for code in codes) else DeliveryError
        raise kind(f"recipient refused: {codes}") from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"{error.smtp_code} {error.smtp_error!r}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    return str(mail["Message-ID"])


def folder() -> Path:
    """Where mail lies that no server takes."""
    return Path(settings.DATA_DIR) / "mail"


def lay_down(row: OutgoingMessage) -> str:
    """Write the mail into the folder, whole or not at all; the file's name. The same message gives the same file."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{row.at:%Y%m%d-%H%M%S}-{hashlib.sha256(row.key.encode()).hexdigest()[:12]}.eml"
    unfinished = place / f".{name}.{identifiers.token(6)}"
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(compose(row).as_bytes())
    os.replace(unfinished, place / name)  # noqa: PTH105
    return name


def sweep_folder(now: datetime) -> int:
    """Delete files older than 90 days; how many."""
    count = 0
    for path in folder().glob("*.eml"):
        if path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
            count += 1
    return count
