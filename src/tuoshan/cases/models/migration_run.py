"""Runs that bring open cases over to another version of their playbook, and the cases that stayed where they are."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tuoshan import identifiers


class MigrationRun(models.Model):
    """One run: from which version (none: every other) to which, what is called otherwise there, how far it has come.

    It is tried first, which writes nothing into a case; started, it looks at the cases once more from the beginning.
    Of one playbook there is one run at a time.
    """

    class Status(models.TextChoices):
        TRYING = "trying", _("试算中")
        TRIED = "tried", _("已试算")
        RUNNING = "running", _("换版中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")

    GOING_ON = (Status.TRYING, Status.RUNNING)

    id = models.BigIntegerField(primary_key=True, default=identifiers.next_id)
    playbook = models.CharField(max_length=60)
    from_hash = models.CharField(max_length=64, default="")
    to_hash = models.CharField(max_length=64)
    states: Any = models.JSONField(default=dict)
    tasks: Any = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status)
    person_id = models.BigIntegerField()
    """Who has asked for it; once it is started, who has started it."""
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)
    """Cases that waited when the trial, or the run, began."""
    after_id = models.BigIntegerField(default=0)
    """The last case looked at: the run goes on behind it, whatever has happened meanwhile."""
    moved = models.IntegerField(default=0)
    clocks = models.IntegerField(default=0)
    """Cases of which a clock has another end now."""
    stayed = models.IntegerField(default=0)

    class Meta:
        db_table = "cases_migration_run"
        indexes = [models.Index(fields=["playbook", "-asked_at", "-id"], name="cases_migration_run_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["playbook"], condition=models.Q(status__in=("trying", "running")),
                name="cases_migration_run_one",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.playbook} → {self.to_hash[:8]} {self.status}"

    @property
    def is_going_on(self) -> bool:
        return self.status in self.GOING_ON

    @property
    def was_started(self) -> bool:
        """Whether what it tells has been done, and not only tried."""
        return self.started_at is not None

    @property
    def looked_at(self) -> int:
        return self.moved + self.stayed

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100."""
        return min(100, round(100 * self.looked_at / self.total)) if self.total else 0


class StayedCase(models.Model):
    """A case that a run could not bring over (or, tried, would not): why, and what has no place in the new version."""

    pk = models.CompositePrimaryKey("run_id", "case_id")
    run_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    because = models.CharField(max_length=60)
    lost: Any = models.JSONField(default=dict)

    class Meta:
        db_table = "cases_migration_stayed"
        indexes = [models.Index(fields=["run_id", "because", "case_id"], name="cases_migration_stayed_why")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.case_id} {self.because}"
