"""A backup put into another place is the same company: same rows, same files, a clean proof."""

import json
import os
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.cli.places import COUNTS, Place, seed

from tuoshan.cli.archive import ArchiveBroken, unpack


@pytest.fixture(scope="module")
def company(tmp_path_factory: Any) -> tuple[Place, Path, Path]:
    """A small company, its backup with the keys and one without."""
    folder = tmp_path_factory.mktemp("company")
    place = Place(folder, "origin")
    seed(place)
    (place.data / "playbooks").mkdir()
    (place.data / "playbooks" / "readme.txt").write_text("own", encoding="utf-8")
    whole, without = folder / "whole.tar.gz", folder / "without.tar.gz"
    told = place.run("backup", str(whole), "--keys")
    assert "3 cases" in told.stdout
    assert "can read all personal data" in told.stderr
    assert "keys are not inside" in place.run("backup", str(without)).stderr
    return place, whole, without


def test_a_restored_backup_is_the_same_company(company: Any, tmp_path: Path) -> None:
    origin, whole, _without = company
    place = Place(tmp_path, "copy")
    told = place.run("restore", str(whole))
    assert "3 cases" in told.stdout
    assert place.python(COUNTS) == origin.python(COUNTS)
    assert "0 faults" in place.run("verify").stdout
    names = "from tuoshan.parties.models import Customer; print(sorted(c.name for c in Customer.objects.all()))"
    assert place.python(names) == "['张0', '张1', '张2']", "the keys came with it"
    assert (place.data / "playbooks" / "readme.txt").read_text(encoding="utf-8") == "own"
    more = "from tuoshan.parties.models import OrgUnit as U; print(U.objects.create(code='n', kind='store').pk)"
    assert int(place.python(more)) > 1, "numbers go on where they were"


def test_the_file_is_private_and_says_what_is_in_it(company: Any) -> None:
    _origin, whole, without = company
    assert whole.stat().st_mode & 0o077 == 0
    with tarfile.open(without) as tar:
        names = tar.getnames()
        content = tar.extractfile("manifest.json")
        assert content is not None
        manifest = json.load(content)
    assert not [name for name in names if name.startswith("keys/")]
    assert manifest["counts"]["cases_case"] == 3
    assert len([name for name in names if name.startswith("evidence/")]) >= 3
    assert set(manifest["files"]) == set(names) - {"manifest.json"}


def test_it_replaces_neither_a_file_nor_a_company_unasked(company: Any, tmp_path: Path) -> None:
    origin, whole, _without = company
    assert "exists already" in origin.run("backup", str(whole), ends=2).stderr
    before = origin.python(COUNTS)
    assert "--force" in origin.run("restore", str(whole), ends=2).stderr
    assert origin.python(COUNTS) == before


def test_with_force_the_old_files_are_kept_aside(company: Any, tmp_path: Path) -> None:
    _origin, whole, _without = company
    place = Place(tmp_path, "forced")
    seed(place, 1)
    place.run("restore", str(whole), "--force")
    assert "0 faults" in place.run("verify").stdout
    assert [path for path in place.data.iterdir() if path.name.startswith("evidence.before-restore")]


@pytest.mark.parametrize("harm", ["cut", "changed", "strange"])
def test_a_damaged_file_changes_nothing(company: Any, tmp_path: Path, harm: str) -> None:
    _origin, whole, _without = company
    bad = tmp_path / "bad.tar.gz"
    if harm == "cut":
        bad.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    else:
        with tarfile.open(whole) as old, tarfile.open(bad, "w:gz") as new:
            for member in old:
                content = old.extractfile(member)
                assert content is not None
                data = content.read()
                if harm == "changed" and member.name.startswith("evidence/"):
                    data = b"x" * len(data)
                if harm == "strange" and member.name.startswith("evidence/"):
                    member.name = f"../{member.name}"
                new.addfile(member, BytesIO(data))
    folder = tmp_path / "out"
    with pytest.raises(ArchiveBroken):
        unpack(bad, folder)
    assert not (tmp_path / "evidence").exists(), "nothing is written outside"
    if harm == "changed":
        place = Place(tmp_path, harm)
        assert "Not restored" in place.run("restore", str(bad), ends=1).stderr
        assert not [path for path in place.data.iterdir() if path.name.startswith(".restoring")]
        assert not (place.data / "evidence").exists()


def test_wrong_keys_are_told(company: Any, tmp_path: Path) -> None:
    _origin, _whole, without = company
    place = Place(tmp_path, "keyless")
    assert "not those of the backup" in place.run("restore", str(without)).stderr


@pytest.mark.skipif(bool(os.environ.get("TUOSHAN_DATABASE_URL")), reason="only one kind of database at a time")
def test_a_backup_of_the_other_database_is_refused_in_words(company: Any, tmp_path: Path) -> None:
    _origin, whole, _without = company
    foreign = tmp_path / "foreign.tar.gz"
    with tarfile.open(whole) as old, tarfile.open(foreign, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name == "manifest.json":
                data = data.replace(b'"database": "sqlite"', b'"database": "postgresql"')
                member.size = len(data)
            new.addfile(member, BytesIO(data))
    assert "TUOSHAN_DATABASE_URL" in Place(tmp_path, "here").run("restore", str(foreign), ends=1).stderr
