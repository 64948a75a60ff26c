"""Time comes from `tuoshan.clock` and chance from `tuoshan.identifiers`: else no run could be repeated."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tuoshan"
TIME = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time", "localdate",
        "timezone.localdate", "timezone.localtime", "time.time_ns"}  # fmt: skip
CHANCE_MODULES = {"random", "secrets", "uuid"}
MAY_READ_TIME = {"clock.py"}
MAY_USE_CHANCE = {"identifiers.py", "keys.py"}


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a call's target, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def findings(path: Path, top: Path = SOURCE) -> Iterator[str]:
    """Each place in a file that reads the wall clock or draws chance by itself."""
    inside = path.relative_to(top).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and inside not in MAY_READ_TIME:
            name = dotted(node.func)
            tail = ".".join(name.split(".")[-2:])
            # localtime(moment) and localdate(moment) only change the zone of a moment that is given
            if (tail in TIME or name in TIME) and not (tail.endswith(("localtime", "localdate")) and node.args):
                yield f"{inside}:{node.lineno}: {name}() – use tuoshan.clock.now()"
        if inside in MAY_USE_CHANCE:
            continue
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            modules = [node.module or ""]
        for module in modules:
            if module.split(".")[0] in CHANCE_MODULES:
                yield f"{inside}:{node.lineno}: import of {module} – use tuoshan.identifiers"


@pytest.mark.parametrize(
    "path", sorted(p for p in SOURCE.rglob("*.py")), ids=lambda p: p.relative_to(SOURCE).as_posix()
)
def test_no_file_reads_the_wall_clock_or_draws_chance_by_itself(path: Path) -> None:
    assert not list(findings(path))


def test_the_check_itself_finds_what_it_forbids(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import random\nfrom datetime import datetime\nfrom uuid import uuid4\nx = datetime.now()\n")
    assert len(list(findings(bad, tmp_path))) == 3
