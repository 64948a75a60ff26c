"""Every test has a store of its own and a clock that stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path, clock: Any) -> Iterator[Path]:
    from tuoshan.cases import calendars

    settings.DATA_DIR = tmp_path
    calendars.forget()
    yield tmp_path / "evidence"
    calendars.forget()
