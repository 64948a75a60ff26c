"""Settings: what an operator writes gives what Django needs, and keys are made once."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from tuoshan import keys
from tuoshan.settings.config import Config
from tuoshan.settings.databases import database
from tuoshan.settings.logs import mask


def test_without_any_setting_the_database_is_one_sqlite_file_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TUOSHAN_DATABASE_URL", raising=False)
    made = database(Config(data_dir=tmp_path, database_url=""))
    assert made["NAME"] == str(tmp_path / "tuoshan.sqlite3")
    assert made["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_url_gives_host_port_name_and_keeps_its_options(tmp_path: Path) -> None:
    url = "postgresql://care:p%40ss@db.example:6432/service?sslmode=require"
    made = database(Config(data_dir=tmp_path, database_url=url, database_pool_size=3))
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"], made["NAME"]) == (
        "care", "p@ss", "db.example", "6432", "service",
    )  # fmt: skip
    assert made["OPTIONS"]["sslmode"] == "require"
    assert made["OPTIONS"]["pool"]["max_size"] == 3


def test_a_socket_folder_may_stand_in_the_query(tmp_path: Path) -> None:
    made = database(Config(data_dir=tmp_path, database_url="postgresql://postgres@/postgres?host=/run/pg"))
    assert (made["HOST"], made["NAME"]) == ("/run/pg", "postgres")


def test_another_database_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mysql"):
        database(Config(data_dir=tmp_path, database_url="mysql://x/y"))


def test_a_public_url_without_scheme_is_refused() -> None:
    with pytest.raises(ValidationError, match="http"):
        Config(public_url="service.example")


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUOSHAN_HOSTS", "a.example, b.example,")
    assert Config().hosts == ["a.example", "b.example"]
    assert isinstance(Config().secret_key, SecretStr)


def test_an_operator_says_how_large_an_upload_may_be(tmp_path: Path) -> None:
    asked = (
        "import django; django.setup()\nfrom tuoshan.documents.limits import limits\n"
        "one = limits(); print(one.image_bytes, one.video_bytes, one.other_bytes)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TUOSHAN_")}
    environment |= {"TUOSHAN_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tuoshan.settings"}

    def told(**settings: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", asked], env=environment | settings, capture_output=True, text=True, check=True
        ).stdout.strip()

    megabyte = 1024 * 1024
    assert told() == f"{20 * megabyte} {100 * megabyte} {20 * megabyte}"
    given = {"TUOSHAN_UPLOAD_IMAGE_MEGABYTES": "5", "TUOSHAN_UPLOAD_VIDEO_MEGABYTES": "300"}
    (tmp_path / "tuoshan.env").write_text("TUOSHAN_UPLOAD_OTHER_MEGABYTES=7\n", encoding="ascii")
    assert told(**given) == f"{5 * megabyte} {300 * megabyte} {7 * megabyte}"


@pytest.mark.parametrize("size", ["0", "-1", "2049", "much"])
@pytest.mark.parametrize("kind", ["IMAGE", "VIDEO", "OTHER"])
def test_a_size_that_no_upload_can_have_is_refused_by_name(
    kind: str, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TUOSHAN_UPLOAD_{kind}_MEGABYTES", size)
    with pytest.raises(ValidationError, match=f"upload_{kind.lower()}_megabytes"):
        Config()


NONE_GIVEN: dict[str, list[str]] = {variable: [] for variable in keys.FILES}


def test_keys_are_made_once_and_only_their_owner_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "READ_BY_COMMAND", False)
    folder = tmp_path / "keys"
    first = keys.in_use(NONE_GIVEN, folder, lambda: False)
    assert all(first.values())
    assert keys.in_use(NONE_GIVEN, folder, lambda: True) == first, "files are read, whatever the database holds"
    assert stat.S_IMODE((folder / "fields").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["fields", "index", "secret"]


@pytest.mark.parametrize("variable", list(keys.FILES))
def test_no_key_is_made_beside_one_that_was_given(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "READ_BY_COMMAND", False)
    given = NONE_GIVEN | {variable: ["given"]}
    assert keys.in_use(given, tmp_path / "keys", lambda: False) == given
    assert not (tmp_path / "keys").exists()


def test_no_key_is_made_for_a_database_that_holds_data_nor_by_who_only_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "READ_BY_COMMAND", False)
    assert keys.in_use(NONE_GIVEN, tmp_path / "keys", lambda: True) == NONE_GIVEN
    monkeypatch.setattr(keys, "READ_BY_COMMAND", True)
    assert keys.in_use(NONE_GIVEN, tmp_path / "keys", lambda: False) == NONE_GIVEN
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("来电 13800138000 要求退货", "来电 138****8000 要求退货"),
        ("+86 138-0013-8000", "138****8000"),
        ("写信给 lin.ruoxi@mail.example", "写信给 l***@mail.example"),
        ("单号 TS2603020001387", "单号 TS2603020001387"),
        ("id 713800138000123", "id 713800138000123"),
    ],
)
def test_logs_hide_phones_and_addresses_but_not_case_numbers(said: str, logged: str) -> None:
    assert mask(said) == logged


def test_lines_of_requests_go_to_a_file_and_warnings_stay_in_sight(tmp_path: Path) -> None:
    log = tmp_path / "requests.log"
    said = (
        "import django, structlog; django.setup(); log = structlog.get_logger('tuoshan.requests');"
        "log.info('request', path='/desk'); log.warning('slow', path='/slow');"
        "structlog.get_logger('tuoshan.other').info('elsewhere')"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TUOSHAN_")}
    environment |= {
        "TUOSHAN_DATA_DIR": str(tmp_path), "TUOSHAN_REQUEST_LOG": str(log),
        "DJANGO_SETTINGS_MODULE": "tuoshan.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    assert "/desk" not in done.stderr and "/slow" in done.stderr and "elsewhere" in done.stderr
    assert "/desk" in log.read_text(encoding="utf-8") and "elsewhere" not in log.read_text(encoding="utf-8")
