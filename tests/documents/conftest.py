"""A store of its own for each test, and one way to hand a file in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "evidence"


@pytest.fixture
def hand_in() -> Callable[..., Any]:
    from tuoshan.documents import evidence

    def hand_in(content: bytes, name: str, **more: Any) -> Any:
        given = {
            "case_id": 7, "upload_token": None, "actor_kind": "person", "actor_id": 3, "kind": "photo", "now": NOW,
        }  # fmt: skip
        return evidence.accept(file=SimpleUploadedFile(name, content), **{**given, **more})

    return hand_in
