"""The wheel as somebody installs it: built from the tree, without Node, it runs and answers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
WITHIN = 180.0


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment without settings of ours and with no node and no npm anywhere in its PATH."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("sh", "env", "uname"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("TUOSHAN_", "PYTHON", "DJANGO_"))}
    plain |= {"PATH": str(folder), "PYTHONUTF8": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    assert shutil.which("node", path=plain["PATH"]) is None and shutil.which("npm", path=plain["PATH"]) is None
    yield plain


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, without_node: dict[str, str]) -> Path:
    """The bin folder of a fresh environment that holds the wheel; its needs are read from where these tests run."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "hatch_build.py"], cwd=ROOT, check=True, timeout=600)  # as `make` does first
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, env=without_node,
        check=True, timeout=300,
    )  # fmt: skip
    (wheel,) = folder.glob("tuoshan-*.whl")
    venv.create(folder / "fresh", with_pip=True)
    inside = folder / "fresh" / "bin"
    subprocess.run(
        [inside / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], env=without_node,
        check=True, timeout=300,
    )  # fmt: skip
    site = subprocess.run(
        [inside / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], env=without_node,
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout.strip()  # fmt: skip
    needs = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    # a plain path: the .pth files of the other place, which may name this tree, are not followed
    (Path(site) / "needs.pth").write_text("\n".join(needs) + "\n")
    return inside


@pytest.mark.slow
@pytest.mark.network
def test_the_wheel_runs_where_there_is_no_node(installed: Path, without_node: dict[str, str], tmp_path: Path) -> None:
    where = subprocess.run(
        [installed / "python", "-c", "import tuoshan; print(tuoshan.__file__)"], env=without_node, cwd=tmp_path,
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    assert where.startswith(str(installed.parent)), "the wheel's own code, not the tree's"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said_to = tmp_path / "said.txt"
    environment = {**without_node, "TUOSHAN_DATA_DIR": str(tmp_path / "var"), "PYTHONUNBUFFERED": "1"}
    with said_to.open("wb") as said:
        process = subprocess.Popen(
            [installed / "tuoshan", "run", "--port", str(port)], env=environment, cwd=tmp_path, stdout=said,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        address = told_address(process, said_to)
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            assert client.get("/healthz").status_code == 200
            page = client.get("/accounts/sign-in", follow_redirects=True).text
            styles = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
            assert styles is not None and client.get(styles[1]).status_code == 200, "the built front end is inside"
            english = client.get(
                "/accounts/sign-in", headers={"Cookie": "tuoshan_language=en"}, follow_redirects=True
            ).text
            assert "Sign in" in english, "and the compiled translations"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def told_address(process: "subprocess.Popen[bytes]", said_to: Path) -> str:
    """Where it answers, once it says so."""
    limit = time.monotonic() + WITHIN
    while time.monotonic() < limit:
        if found := re.search(r"Tuoshan: (\S+)", said_to.read_text(encoding="utf-8")):
            return found[1]
        assert process.poll() is None, said_to.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(f"no address within {WITHIN} s: {said_to.read_text(encoding='utf-8')}")
