"""The tally: how many cases there are of each sort, kept by the database itself with every change of a case."""

from django.db import models


class Tally(models.Model):
    """A number to be added to what a cell holds; a cell's number is the sum over its rows. See `cases.tally`.

    Triggers write it in the transaction that changes the case. PostgreSQL appends a row each time, so that
    writers never wait for one another, and the worker folds them; SQLite has one row for each cell (`part` 0).
    """

    pk = models.CompositePrimaryKey("kind", "scope", "what", "part")
    kind = models.SmallIntegerField()
    scope = models.CharField(max_length=70)
    what = models.CharField(max_length=80)
    part = models.BigIntegerField()
    n = models.IntegerField()

    class Meta:
        db_table = "cases_tally"

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.what}: {self.n}"
