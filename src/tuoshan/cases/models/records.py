"""What belongs to one case: events, clocks, tasks, messages, words; and the write path's own rows."""

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from tuoshan import identifiers
from tuoshan.secrets import EncryptedTextField


class Event(models.Model):
    """One event of the chain. `hash` covers the hash before it and every other column; see `chain`."""

    pk = models.CompositePrimaryKey("case_id", "seq")
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    on_behalf_of_id = models.BigIntegerField(null=True)
    body = models.TextField()
    hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "cases_event"
        indexes = [models.Index(fields=["at"], name="cases_event_at")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.name}"


IS_LATE = Q(Exact(models.F("outcome"), RawSQL("'late'", ())))
IS_OPEN = Q(Exact(models.F("status"), RawSQL("'open'", ())))
"""A clock that was missed, a task that is open: said in the letters of the partial indexes, as SQLite does not see
them in a bound value."""


class Deadline(models.Model):
    """One clock of a case. An ended one keeps the due moment that it had last."""

    pk = models.CompositePrimaryKey("case_id", "key")
    case_id = models.BigIntegerField()
    key = models.CharField(max_length=160)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    party = models.CharField(max_length=60, default="")
    person_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="")
    paused_seconds = models.BigIntegerField(default=0)
    held_seconds = models.BigIntegerField(default=0)
    provisional = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_deadline"
        indexes = [
            models.Index(
                fields=["due_at", "name", "party", "kind", "case_id"],
                condition=Q(ended_at__isnull=True),
                name="cases_deadline_open",
            ),
            models.Index(
                fields=["ended_at", "name", "outcome", "party", "kind", "case_id"],
                condition=Q(ended_at__isnull=False),
                name="cases_deadline_met",
            ),
            models.Index(
                fields=["ended_at", "party", "kind", "case_id"], condition=Q(outcome="late"), name="cases_deadline_late"
            ),
            models.Index(fields=["party", "case_id"], name="cases_deadline_party"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"


class Task(models.Model):
    """One run of a task. `department` is the key of a run that opens once for each of several."""

    pk = models.CompositePrimaryKey("case_id", "key")
    case_id = models.BigIntegerField()
    key = models.CharField(max_length=160)
    name = models.CharField(max_length=60)
    party = models.CharField(max_length=60)
    department = models.CharField(max_length=60, default="")
    person_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10)
    outcome = models.CharField(max_length=60, default="")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cases_task"
        indexes = [
            models.Index(fields=["party", "department", "due_at"], condition=Q(status="open"), name="cases_task_party"),
            models.Index(fields=["person_id", "due_at"], condition=Q(status="open"), name="cases_task_person"),
            models.Index(fields=["unit_id", "due_at"], condition=Q(status="open"), name="cases_task_unit"),
            models.Index(fields=["unit_id", "case_id"], condition=Q(unit_id__isnull=False), name="cases_task_reach"),
            models.Index(fields=["department", "case_id"], name="cases_task_department"),
            models.Index(
                fields=["department", "person_id", "case_id"],
                condition=Q(status="open"),
                name="cases_task_open_department",
            ),
            models.Index(
                fields=["completed_by_id", "completed_at"],
                condition=Q(completed_by_id__isnull=False),
                name="cases_task_done_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"


class Message(models.Model):
    """A message, a note or a call in the conversation of a case; the event `event_seq` says that it was made."""

    class Direction(models.TextChoices):
        IN = "in", _("来信")
        OUT = "out", _("去信")
        NOTE = "note", _("备注")
        CALL = "call", _("通话")

    class Delivery(models.TextChoices):
        NONE = "none", _("无需发送")
        PENDING = "pending", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        NOBODY = "nobody", _("无法送达")
        """The customer was erased: nothing left the house, and nothing can be done about it."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField()
    at = models.DateTimeField()
    direction = models.CharField(max_length=10, choices=Direction)
    channel = models.CharField(max_length=30, default="")
    author_id = models.BigIntegerField(null=True)
    subject = EncryptedTextField(default="")
    text = EncryptedTextField(default="")
    visible_to_customer = models.BooleanField(default=False)
    event_seq = models.IntegerField(null=True)
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.NONE)

    class Meta:
        db_table = "cases_message"
        indexes = [
            models.Index(fields=["case_id", "at"], name="cases_message_case"),
            models.Index(fields=["at"], condition=Q(delivery="failed"), name="cases_message_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.direction} {self.at:%Y-%m-%d %H:%M}"


class Words(models.Model):
    """Free text or personal data for which the chain holds only the keyed hash `ref`."""

    pk = models.CompositePrimaryKey("case_id", "ref")
    case_id = models.BigIntegerField()
    ref = models.CharField(max_length=64)
    text = EncryptedTextField(default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_words"

    def __str__(self) -> str:
        return f"{self.case_id} {self.ref[:8]}"


class Command(models.Model):
    """A command that was taken, by the sender's idempotency key: the same key gives the same reply again."""

    key = models.CharField(max_length=200, primary_key=True)
    case_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64)
    reply = models.TextField()
    answer = EncryptedTextField(null=True)
    """Of a request that is no command about a case: what was answered, which may speak of people."""
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_command"
        indexes = [models.Index(fields=["at"], name="cases_command_at")]

    def __str__(self) -> str:
        return self.key


class Counter(models.Model):
    """The last serial given in one series of case numbers."""

    series = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField()

    class Meta:
        db_table = "cases_counter"

    def __str__(self) -> str:
        return f"{self.series} {self.value}"
