"""A process loads only what it needs: memory is what small machines have least of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "typst", "pylopdf_fonts_zh_cn", "segno", "PIL", "pillow_heif", "xlsxwriter", "openpyxl", "python_calamine",
    "rapidfuzz", "puremagic", "holidays", "numpy", "sklearn", "tuoshan.core.checker.run", "tuoshan.demo.making",
)  # fmt: skip
WEB = """
import tuoshan.wsgi
from django.urls import get_resolver
get_resolver().reverse_dict
"""
WORKER = """
import tuoshan.cli.main
import django
django.setup()
import tuoshan.agenda.worker
"""


def _loaded(code: str, folder: Path) -> set[str]:
    environment = {**os.environ, "TUOSHAN_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "tuoshan.settings"}
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], env=environment, capture_output=True,
        text=True, check=True, timeout=120,
    )  # fmt: skip
    return set(told.stdout.split())


@pytest.mark.parametrize("code", [WEB, WORKER], ids=["web", "worker"])
def test_what_few_requests_need_is_loaded_by_those(code: str, tmp_path: Path) -> None:
    assert sorted(set(HEAVY) & _loaded(code, tmp_path)) == []


@pytest.mark.parametrize("module", ["tuoshan.cli.processes", "tuoshan.cli.listening"])
def test_those_who_only_watch_over_the_others_load_neither_django_nor_the_settings(module: str, tmp_path: Path) -> None:
    loaded = _loaded(f"import {module}", tmp_path)
    assert not {"django", "typer", "pydantic", "tuoshan.settings"} & loaded
