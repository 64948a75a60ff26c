"""What people keep around cases: watching, presence, drafts, saved filters, batches."""

from django.db import models

from tuoshan import identifiers


class Watch(models.Model):
    """Somebody wants to be told what happens in a case."""

    pk = models.CompositePrimaryKey("case_id", "person_id")
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        db_table = "cases_watch"
        indexes = [models.Index(fields=["person_id"], name="cases_watch_person")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.case_id}"


class Presence(models.Model):
    """Somebody has a case open."""

    pk = models.CompositePrimaryKey("case_id", "person_id")
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "cases_presence"
        indexes = [models.Index(fields=["seen_at"], name="cases_presence_seen")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.case_id}"


class SavedFilter(models.Model):
    """A queue that somebody made for themselves, or for everybody (`person_id` null)."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    person_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=60)
    conditions = models.TextField(default="{}")
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cases_filter"
        indexes = [models.Index(fields=["person_id", "position"], name="cases_filter_person")]

    def __str__(self) -> str:
        return self.title


class Batch(models.Model):
    """One command given to many cases."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    person_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_batch"

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class BatchMember(models.Model):
    """What became of one case of a batch: done, or refused with its reason."""

    pk = models.CompositePrimaryKey("batch_id", "case_id")
    batch_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    because = models.CharField(max_length=60, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_batch_member"

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.case_id} {self.outcome}"
