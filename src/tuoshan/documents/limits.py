"""Limits of evidence, each replaceable by a Django setting of the given name.

The three sizes an operator sets as `TUOSHAN_UPLOAD_IMAGE_MEGABYTES`, `…_VIDEO_…` and `…_OTHER_…`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What an upload may be at most. Bytes, pixels and counts."""

    image_bytes: int
    video_bytes: int
    other_bytes: int
    image_pixels: int
    animation_frames: int
    unpacked_bytes: int
    archive_entries: int
    files_per_draft: int
    uploads_per_hour: int
    unbound_keep: timedelta

    def bytes_for(self, family: str) -> int:
        """Largest accepted size in bytes of a file of this family (`image`, `video`, `audio`, `document`)."""
        if family == "image":
            return self.image_bytes
        if family == "video":
            return self.video_bytes
        return self.other_bytes

    @property
    def largest_bytes(self) -> int:
        return max(self.image_bytes, self.video_bytes, self.other_bytes)


def limits() -> Limits:
    """The limits in force, read from the settings on each call so that a change needs no reload."""

    def number(name: str, default: int) -> int:
        return int(getattr(settings, name, default))

    return Limits(
        image_bytes=number("EVIDENCE_IMAGE_BYTES", 20 * MEGABYTE),
        video_bytes=number("EVIDENCE_VIDEO_BYTES", 100 * MEGABYTE),
        other_bytes=number("EVIDENCE_OTHER_BYTES", 20 * MEGABYTE),
        image_pixels=number("EVIDENCE_IMAGE_PIXELS", 64_000_000),
        animation_frames=number("EVIDENCE_ANIMATION_FRAMES", 200),
        unpacked_bytes=number("EVIDENCE_UNPACKED_BYTES", 200 * MEGABYTE),
        archive_entries=number("EVIDENCE_ARCHIVE_ENTRIES", 5_000),
        files_per_draft=number("EVIDENCE_FILES_PER_DRAFT", 30),
        uploads_per_hour=number("EVIDENCE_UPLOADS_PER_HOUR", 120),
        unbound_keep=timedelta(hours=number("EVIDENCE_UNBOUND_HOURS", 24)),
    )


def evidence_root() -> Path:
    """Folder that holds all stored files: `DATA_DIR/evidence`."""
    return Path(settings.DATA_DIR) / "evidence"
