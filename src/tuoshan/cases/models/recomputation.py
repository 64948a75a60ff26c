"""Runs that reckon the running clocks of many cases anew."""

from django.db import models


class Recomputation(models.Model):
    """One run: after which change, by whom it was asked for, and how far it has come."""

    id = models.BigIntegerField(primary_key=True)
    subject = models.CharField(max_length=120)
    """`calendar:standard`, `table:complaint/solve_time`."""
    playbooks = models.TextField()
    limits = models.BooleanField(default=False)
    person_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    after_id = models.BigIntegerField(default=0)
    """The last case looked at: the run goes on behind it, whatever has happened meanwhile."""
    looked_at = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    """Cases in which something moved."""
    passed = models.IntegerField(default=0, db_default=0)
    """Cases that could not be reckoned anew; the first of them stand in `passed_over` as `[number, reason]`."""
    passed_over = models.TextField(default="[]", db_default="[]")

    class Meta:
        db_table = "cases_recomputation"
        indexes = [models.Index(fields=["subject", "-asked_at"], name="cases_recomputation_subject")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.looked_at}"
