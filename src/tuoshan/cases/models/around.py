"""What surrounds decisions and changes without a playbook: stored playbooks, calendars, company tables."""

from django.db import models
from django.db.models import Q

from tuoshan import identifiers


class StoredPlaybook(models.Model):
    """One version of a playbook that was ever in use; cases pinned to it go on by it."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    key = models.CharField(max_length=60)
    hash = models.CharField(max_length=64)
    version = models.IntegerField()
    file = models.CharField(max_length=200)
    text = models.TextField()
    fragments = models.TextField(default="{}")
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "cases_playbook"
        constraints = [models.UniqueConstraint(fields=["key", "hash"], name="cases_playbook_version")]

    def __str__(self) -> str:
        return f"{self.key} {self.version} {self.hash[:8]}"


class Calendar(models.Model):
    """One version of a working-time calendar; the newest of a name that has begun is in force."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    name = models.CharField(max_length=60)
    version = models.IntegerField()
    content = models.TextField()
    valid_from = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cases_calendar"
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="cases_calendar_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Table(models.Model):
    """One version of a company table (times, tiers, limits) of a playbook, or of all (`playbook` empty)."""

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    playbook = models.CharField(max_length=60, default="")
    name = models.CharField(max_length=60)
    version = models.IntegerField()
    value = models.TextField()
    valid_from = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cases_table"
        constraints = [
            models.UniqueConstraint(fields=["playbook", "name", "version"], name="cases_table_version"),
            models.CheckConstraint(condition=~Q(name=""), name="cases_table_named"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook or '*'}.{self.name} {self.version}"
