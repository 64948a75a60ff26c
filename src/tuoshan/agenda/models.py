"""The agenda's rows and the workers that take them."""

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from tuoshan import identifiers

OPEN = Q(done_at__isnull=True)
READY = Q(done_at__isnull=True, parked_at__isnull=True)


class Item(models.Model):
    """One thing that must happen at a moment: a case's next alarm, an effect to deliver, or a job.

    `due_at` is when it was meant to happen; `ready_at` is when a worker may take it: first the due moment,
    the lease's end while a worker has it, the moment of the next try after a failure.
    """

    KINDS = (("wake", "wake"), ("effect", "effect"), ("job", "job"))

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    case_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=KINDS)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    ready_at = models.DateTimeField()
    payload = models.TextField(default="{}")
    attempts = models.IntegerField(default=0)
    lease_by = models.CharField(max_length=80, default="")
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "agenda_item"
        constraints = [models.UniqueConstraint(fields=["key"], condition=OPEN, name="agenda_item_open_key")]
        indexes = [
            models.Index(fields=["kind", "ready_at"], condition=READY, name="agenda_item_ready"),
            models.Index(fields=["case_id"], name="agenda_item_case"),
            models.Index(
                fields=["parked_at"],
                condition=Q(parked_at__isnull=False, done_at__isnull=True),
                name="agenda_item_parked",
            ),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="agenda_item_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.key}"

    @property
    def lease_until(self) -> datetime | None:
        """Until when a worker has this item; None when none has."""
        return self.ready_at if self.lease_by else None

    @property
    def data(self) -> Any:
        """The payload, read."""
        return json.loads(self.payload)


class Worker(models.Model):
    """A worker process as it last reported; a screen tells from `seen_at` whether it lives."""

    name = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)

    class Meta:
        db_table = "agenda_worker"

    def __str__(self) -> str:
        return self.name
