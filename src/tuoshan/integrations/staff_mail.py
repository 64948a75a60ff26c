"""Mail to staff: at once or once a working morning; what is urgent at once in any case, by day and night."""

from datetime import date, datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from tuoshan.agenda import claiming
from tuoshan.agenda.claiming import ATTEMPTS
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars
from tuoshan.cases.models import Case
from tuoshan.core.worktime import WorkCalendar
from tuoshan.integrations import notice_words, outbox
from tuoshan.integrations.models import Notification, NotificationPreference, OutgoingMessage
from tuoshan.parties.models import Person

JOB = "staff_mail"
CALENDAR = "standard"
NEVER_WAITS = frozenset({"escalated"})
URGENT = "urgent"
"""A grade: what concerns such a case waits for nothing either."""
MOST_LINES = 50


def preference(person_id: int) -> NotificationPreference:
    """What the person has chosen: at once and quiet after hours until they choose."""
    return NotificationPreference.objects.filter(person_id=person_id).first() or NotificationPreference(
        person_id=person_id
    )


def when(person: Person, what: str, now: datetime, *, case_id: int | None = None) -> datetime:
    """The moment at which mail about this goes out."""
    if what in NEVER_WAITS or _is_urgent(case_id):
        return now
    chosen = preference(person.pk)
    calendar = calendars.calendar(CALENDAR, now)
    if chosen.pace == NotificationPreference.Pace.DAILY:
        return next_morning(calendar, now)
    return opening(calendar, now) if chosen.quiet else now


def _is_urgent(case_id: int | None) -> bool:
    return case_id is not None and Case.objects.filter(pk=case_id, grade=URGENT).exists()


def opening(calendar: WorkCalendar, now: datetime) -> datetime:
    """Now inside working time, else the moment at which it begins again."""
    step = timedelta(seconds=1)
    reached = calendar.add_work(now, step).at
    return now if reached - now <= step else reached - step


def next_morning(calendar: WorkCalendar, now: datetime) -> datetime:
    """The first opening of a working day after now."""
    day: date = calendar.local_day(now)
    for _try in range(2):
        worked = calendar.next_working_day(day).day
        start = opening(calendar, calendar.end_of_day(worked - timedelta(days=1)))
        if start > now:
            return start
        day = worked + timedelta(days=1)
    return start


def hurry(person_id: int, now: datetime) -> None:
    """The person has chosen otherwise: what waits goes out by the new choice, where that is sooner."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return
    with write_transaction():
        for note in Notification.objects.filter(person_id=person_id, mail_at__gt=now, mailed_at__isnull=True):
            due = when(person, note.what, now, case_id=note.case_id)
            if note.mail_at is not None and due < note.mail_at:
                Notification.objects.filter(pk=note.pk).update(mail_at=due)
                arm(person_id, due)


def arm(person_id: int, due: datetime) -> None:
    """One open job per person and moment; what comes until then goes with it."""
    key = f"{JOB}:{person_id}:{due:%Y%m%d%H%M}"
    claiming.put(kind="job", name=JOB, key=key, due_at=due, payload={"person": person_id})


def send(item: Item, now: datetime) -> None:
    """Send what is waiting for the person as one mail. Raises DeliveryError to be tried again.

    A try that comes after the mail was written down sends that one; what came later waits for its own job.
    """
    person = Person.objects.filter(pk=item.data["person"], is_active=True).first()
    effect_key = f"{item.key}:{item.id}"
    rows = outbox.rows_of(effect_key)
    if not rows and person is not None and person.email:
        rows = _write_down(person, effect_key, now)
    outbox.deliver_all(rows, now, last_try=item.attempts >= ATTEMPTS)


def _write_down(person: Person, effect_key: str, now: datetime) -> list[OutgoingMessage]:
    with write_transaction():
        waiting = Notification.objects.filter(person_id=person.pk, mail_at__lte=now, mailed_at__isnull=True)
        notes: list[Any] = list(waiting.order_by("-at", "-id"))
        unread = [note for note in notes if note.read_at is None]
        waiting.order_by().update(mailed_at=now)
        if not unread:
            return []
        subject, body = compose(person, unread)
        return [
            OutgoingMessage.objects.create(
                key=f"{effect_key}:mail", effect_key=effect_key, channel=OutgoingMessage.Channel.MAIL, to=person.email,
                to_name=person.display_name, subject=subject, body=body, at=now, language=person.language or "zh-hans",
            )
        ]  # fmt: skip


def compose(person: Person, notes: list[Any]) -> tuple[str, str]:
    """Subject and text in the person's language; one line each with its link, 50 at most."""
    from django.conf import settings

    with override(person.language or "zh-hans"):
        notice_words.with_cases(notes)
        lines = [(note.sentence(), f"{settings.PUBLIC_URL}{notice_words.address(note)}") for note in notes[:MOST_LINES]]
        if len(notes) == 1:
            subject = lines[0][0]
        else:
            subject = ngettext("%(n)s 条通知", "%(n)s 条通知", len(notes)) % {"n": len(notes)}
        context = {"person": person, "lines": lines, "more": max(len(notes) - MOST_LINES, 0)}
        return _("[妥善] %(subject)s") % {"subject": subject}, render_to_string("integrations/staff_mail.txt", context)
