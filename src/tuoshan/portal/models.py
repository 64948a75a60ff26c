"""What the portal itself stores: tries, counted so that nobody can guess or flood."""

from django.db import models


class Attempt(models.Model):
    """One counted try of one source (an address, a number, a phone), which stands here as a keyed hash."""

    source = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["source", "at"], name="portal_attempt_source"),
            models.Index(fields=["at"], name="portal_attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.source[:8]} {self.at:%Y-%m-%d %H:%M}"
