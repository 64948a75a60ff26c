"""What finding and counting keep beside the cases. All of it can be made anew from the cases at any time."""

from django.db import models
from django.db.models import Q

from tuoshan.secrets import EncryptedTextField


class Entry(models.Model):
    """A case in the search index. `id` rises with the cases: the newest is the highest.

    `content` is what was indexed (encrypted); the index itself holds keyed hashes of pairs of letters. On
    PostgreSQL they stand in this row's column `words` (a tsvector), on SQLite in the table `insight_words`.
    """

    id = models.BigAutoField(primary_key=True)
    case_id = models.BigIntegerField(unique=True)
    seq = models.IntegerField(default=0)
    content = EncryptedTextField(default="")

    class Meta:
        db_table = "insight_entry"

    def __str__(self) -> str:
        return str(self.case_id)


_COUNTED_BY = ("category_id", "playbook", "channel", "cause", "liable", "handler_id", "product_id")


def _of(moment: str, *counted: str, name: str) -> tuple[models.Index, models.Index]:
    """The indexes for what has a moment only when it has happened."""
    happened = Q(**{f"{moment}__isnull": False})
    return (
        models.Index(fields=[moment, "unit_id", *counted], condition=happened, name=f"insight_{name}"),
        models.Index(fields=["unit_id", moment, *counted], condition=happened, name=f"insight_unit_{name}"),
    )


class CaseFigures(models.Model):
    """One case as reports count it. Column names are those of a case where they mean the same, `id` included.

    Durations are in seconds without the time for which the clock stood still; days are those of the house's
    zone. A case of the past (`is_history`) was not timed here, so it has no durations.
    """

    id = models.BigIntegerField(primary_key=True)
    seq = models.IntegerField()
    playbook = models.CharField(max_length=60)
    channel = models.CharField(max_length=30, default="")
    grade = models.CharField(max_length=20, default="")
    unit_id = models.BigIntegerField(null=True)
    handler_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)
    is_history = models.BooleanField(default=False)
    ended = models.BooleanField(default=False)
    end_kind = models.CharField(max_length=20, default="")
    created_at = models.DateTimeField()
    created_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    responded_at = models.DateTimeField(null=True)
    response_seconds = models.BigIntegerField(null=True)
    response_kept = models.BooleanField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution_seconds = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=60, default="")
    liable = models.CharField(max_length=60, default="")
    score = models.SmallIntegerField(null=True)
    scored_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    appealed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "insight_figures"
        indexes = [
            # Wide enough that what reports count is read in the index alone; once for all, once for each unit.
            models.Index(fields=["created_at", "unit_id", *_COUNTED_BY], name="insight_came"),
            models.Index(fields=["unit_id", "created_at", *_COUNTED_BY], name="insight_unit_came"),
            models.Index(fields=["created_at", "unit_id", "ended"], condition=Q(ended=False), name="insight_waiting"),
            models.Index(
                fields=["unit_id", "created_at", "ended"], condition=Q(ended=False), name="insight_unit_waiting"
            ),
            *_of("closed_at", "handler_id", "created_at", "ended", name="ended"),
            *_of("responded_at", "response_kept", "response_seconds", name="answered"),
            *_of("resolved_at", "resolution_seconds", "handler_id", name="solved"),
            *_of("scored_at", "score", "handler_id", name="rated"),
            *_of("reopened_at", name="taken_up"),
            *_of("appealed_at", name="appeals"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Progress(models.Model):
    """How far a sweep has come: every case up to this id, every answer up to this moment, is taken in."""

    name = models.CharField(max_length=30, primary_key=True)
    case_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "insight_progress"

    def __str__(self) -> str:
        return f"{self.name} {self.case_id}"
