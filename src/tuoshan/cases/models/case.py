"""The case's row: its snapshot, and the columns that queues and reports look at."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from tuoshan import identifiers
from tuoshan.cases.models.titles import TitleField, is_erased

OPEN = Q(ended=False)
ENDED = Q(ended=True)
OWED = Q(ended=True, due_at__isnull=False)
"""Ended cases in which something is still to be done by a moment: an `owed` task is open. They are few."""
URGENT = "urgent"
IS_URGENT = Q(Exact(models.F("grade"), RawSQL("'urgent'", ())))
"""Said in the letters of the partial indexes, as SQLite does not see them in a bound value."""
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
"""`queue_at` of a case in which staff owe nothing by a moment: last in every queue, on both databases."""


class Case(models.Model):
    """One case. Only the write path changes it; every column below `snapshot` follows from the snapshot."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    number = models.CharField(max_length=40, unique=True)
    playbook = models.CharField(max_length=60)
    playbook_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    title = TitleField(max_length=200, default="")
    channel = models.CharField(max_length=30, default="")
    customer_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    registrant_id = models.BigIntegerField(null=True)
    is_history = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    head_hash = models.CharField(max_length=64)
    snapshot = models.TextField()

    seq = models.IntegerField()
    updated_at = models.DateTimeField()
    state = models.CharField(max_length=60)
    phase = models.CharField(max_length=20, default="")
    ended = models.BooleanField(default=False)
    end_kind = models.CharField(max_length=20, default="")
    closed_at = models.DateTimeField(null=True)
    grade = models.CharField(max_length=20, default="")
    category_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)
    handler_id = models.BigIntegerField(null=True)
    waits_for = models.CharField(max_length=60, default="")
    due_at = models.DateTimeField(null=True)
    queue_at = models.DateTimeField()
    due_name = models.CharField(max_length=60, default="")
    overdue = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    held = models.CharField(max_length=60, default="")
    merged_into_id = models.BigIntegerField(null=True)
    about_kind = models.CharField(max_length=30, default="")
    about_key = models.CharField(max_length=80, default="")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    satisfaction = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "cases_case"
        indexes = [
            models.Index(fields=["queue_at", "id"], condition=OPEN, name="cases_open_queue"),
            models.Index(fields=["unit_id", "queue_at", "id"], condition=OPEN, name="cases_open_unit"),
            models.Index(fields=["handler_id", "queue_at", "id"], condition=OPEN, name="cases_open_handler"),
            models.Index(fields=["category_id", "queue_at", "id"], condition=OPEN, name="cases_open_category"),
            models.Index(fields=["waits_for", "queue_at", "id"], condition=OPEN, name="cases_open_waits"),
            models.Index(fields=["state", "queue_at", "id"], condition=OPEN, name="cases_open_state"),
            models.Index(fields=["grade", "queue_at", "id"], condition=OPEN, name="cases_open_grade"),
            # PostgreSQL takes no order from an index below a column that is null, so nobody's cases have their own.
            models.Index(fields=["queue_at", "id"], condition=OPEN & Q(handler_id=None), name="cases_unassigned"),
            models.Index(
                fields=["queue_at", "id"], condition=OPEN & Q(handler_id=None, grade=URGENT),
                name="cases_unassigned_urgent",
            ),
            models.Index(fields=["channel", "queue_at", "id"], condition=OPEN, name="cases_open_channel"),
            models.Index(fields=["playbook", "queue_at", "id"], condition=OPEN, name="cases_open_playbook"),
            *(
                # The grade is the same in all their rows: named, it makes them the best match without any statistics.
                models.Index(
                    fields=["grade", field, "queue_at", "id"], condition=OPEN & Q(grade=URGENT),
                    name=f"cases_urgent_of_{field.removesuffix('_id')}",
                )
                for field in ("handler_id", "unit_id", "category_id", "channel", "playbook")
            ),
            models.Index(fields=["paused", "id"], condition=OPEN, name="cases_open_paused"),
            models.Index(fields=["held", "id"], condition=OPEN, name="cases_open_held"),
            models.Index(fields=["queue_at", "id"], condition=OWED, name="cases_owed"),
            models.Index(fields=["closed_at", "id"], condition=ENDED, name="cases_ended"),
            models.Index(fields=["unit_id", "closed_at", "id"], condition=ENDED, name="cases_ended_unit"),
            models.Index(fields=["handler_id", "closed_at", "id"], condition=ENDED, name="cases_ended_handler"),
            models.Index(fields=["customer_id", "id"], name="cases_customer"),
            models.Index(
                fields=["product_id", "created_at", "id"], condition=Q(product_id__isnull=False), name="cases_product"
            ),
            models.Index(fields=["unit_id", "created_at"], name="cases_unit_created"),
            models.Index(fields=["created_at"], name="cases_created"),
            models.Index(fields=["about_kind", "about_key", "id"], condition=~Q(about_key=""), name="cases_about"),
            models.Index(
                fields=["merged_into_id"], condition=Q(merged_into_id__isnull=False), name="cases_merged_into"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_erased(self) -> bool:
        """Whether the customer was erased: nobody is left who could be written to or called."""
        return is_erased(self.title)
