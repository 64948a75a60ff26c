"""Counts uploads per source and hour in the database, so that all web nodes share one count."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models import F

from tuoshan.documents.limits import limits
from tuoshan.documents.models import UploadCount


def may_upload(source: str, now: datetime) -> bool:
    """Counts one attempt of this source (a session key, an address); False above the hourly limit.

    Refused attempts count too: judging a file costs more than storing it.
    """
    key = hashlib.sha256(source.encode()).hexdigest()
    hour = int(now.timestamp()) // 3600
    mine = UploadCount.objects.filter(source=key, hour=hour)
    if not mine.update(count=F("count") + 1):
        UploadCount.objects.bulk_create([UploadCount(source=key, hour=hour)], ignore_conflicts=True)
        mine.update(count=F("count") + 1)
    return mine.values_list("count", flat=True).get() <= limits().uploads_per_hour


def forget_old(now: datetime) -> None:
    """Drops counts of hours that are over."""
    UploadCount.objects.filter(hour__lt=int((now - timedelta(hours=2)).timestamp()) // 3600).delete()
