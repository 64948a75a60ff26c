"""What git ignores must be in the wheel all the same, and the pins must name no address."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ("app.css", "app.js", "charts.js", "theme.js")


def test_the_wheel_is_told_to_carry_the_built_assets_and_compiled_translations() -> None:
    artifacts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["artifacts"]
    assert "src/tuoshan/static/tuoshan/dist/**" in artifacts
    assert "src/tuoshan/**/locale/*/LC_MESSAGES/*.mo" in artifacts


@pytest.mark.parametrize("name", BUILT)
def test_the_front_end_is_built_and_compressed(name: str) -> None:
    dist = ROOT / "src/tuoshan/static/tuoshan/dist"
    assert (dist / name).stat().st_size > 100
    assert (dist / f"{name}.gz").is_file()
    assert (dist / f"{name}.br").is_file()


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_every_pin_is_exact_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        if not requirement.startswith("#"):
            assert re.match(r"[a-z0-9.\[\]-]+==\S+", requirement), requirement
            assert "--hash=sha256:" in requirement


def test_the_packages_of_the_front_end_are_locked_without_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 30


def test_the_direct_needs_are_pinned_to_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / "requirements" / "runtime.txt").read_text().lower()
    for requirement in project["dependencies"]:
        name, version = re.sub(r"\[.*?\]", "", requirement).lower().split("==")
        assert re.search(rf"^{re.escape(name)}(\[[a-z]+\])?=={re.escape(version)} ", locked, re.M), requirement


def test_time_zones_come_with_the_product_where_the_machine_has_none() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import zoneinfo; print(zoneinfo.ZoneInfo('Asia/Shanghai'))"],
        env={**os.environ, "PYTHONTZPATH": ""}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert told.stdout.strip() == "Asia/Shanghai"
