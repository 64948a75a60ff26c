"""Mail about somebody's own account: the link by which a forgotten password is set anew.

The link is written only into the mail as it leaves. What the outbox keeps, and shows on its screen, is the text
without it: whoever may read the outbox must not be able to enter as somebody else.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from tuoshan.agenda.claiming import ATTEMPTS
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.integrations import outbox
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.parties import password_reset
from tuoshan.parties.models import Person


def send_password_link(item: Item, now: datetime) -> None:
    """Send the link, good for an hour from now. Raises DeliveryError to be tried again.

    For a name that nobody has, or somebody without an address, nothing is sent.
    """
    person = password_reset.asked_for(item.data)
    if person is None:
        return
    rows = outbox.rows_of(item.key) or [_write_down(person, item.key, now)]
    link = password_reset.make_link(person)
    for row in rows:
        row.body = row.body.replace(_hidden(person), link)  # never saved: only the outcome is
    outbox.deliver_all(rows, now, last_try=item.attempts >= ATTEMPTS)


def _hidden(person: Person) -> str:
    with override(person.language or "zh-hans"):
        return _("（一次性地址，只写在寄出的邮件里）")


def _write_down(person: Person, key: str, now: datetime) -> OutgoingMessage:
    subject, body = password_reset.letter(person, _hidden(person))
    with write_transaction():
        return OutgoingMessage.objects.create(
            key=f"{key}:mail", effect_key=key, channel=OutgoingMessage.Channel.MAIL, to=person.email,
            to_name=person.display_name, subject=subject, body=body, at=now, language=person.language or "zh-hans",
        )  # fmt: skip
