"""Export: the same cases in every kind of file, masked unless asked otherwise."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from tests.cli.places import Place, seed


@pytest.fixture(scope="module")
def place(tmp_path_factory: Any) -> Place:
    made = Place(tmp_path_factory.mktemp("exports"), "exports")
    seed(made, 4)
    return made


def test_each_kind_of_file_holds_the_same_cases(place: Place, tmp_path: Path) -> None:
    for ending in ("csv", "jsonl", "xlsx"):
        told = place.run("export", "cases", "--out", str(tmp_path / f"all.{ending}"))
        assert "4 cases" in told.stdout
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    sheet = CalamineWorkbook.from_path(str(tmp_path / "all.xlsx")).get_sheet_by_index(0).to_python()
    numbers = [row[0] for row in table[1:]]
    assert len(set(numbers)) == 4
    assert [line["number"] for line in lines] == numbers == [row[0] for row in sheet[1:]]
    assert table[0] == sheet[0]
    assert "13800138000" not in (tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    assert lines[0]["channel"] == "客服热线"


def test_one_playbook_brings_its_fields_and_personal_data_only_when_asked(place: Place, tmp_path: Path) -> None:
    plain, full = tmp_path / "plain.csv", tmp_path / "full.csv"
    place.run("export", "cases", "--playbook", "complaint", "--out", str(plain))
    place.run("export", "cases", "--playbook", "complaint", "--personal", "--language", "en", "--out", str(full))
    text = plain.read_text(encoding="utf-8-sig")
    assert "发生了什么" in text and "漏水 1" not in text
    text = full.read_text(encoding="utf-8-sig")
    assert "What happened" in text and "漏水 1" in text and "张1" in text
    assert "+8613800138001" in text
    assert ",+86" not in text, "a number is never taken for a formula"


def test_periods_and_mistakes_are_told(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "none.jsonl"
    assert "0 cases" in place.run("export", "cases", "--to", "2001-01-01", "--out", str(out)).stdout
    for wrong in (
        ["--out", str(tmp_path / "a.docx")], ["--out", str(out)],
        ["--from", "gestern", "--out", str(tmp_path / "b.csv")],
        ["--playbook", "nothing", "--out", str(tmp_path / "c.csv")],
        ["--from", "2026-02-02", "--to", "2026-02-01", "--out", str(tmp_path / "d.csv")],
    ):  # fmt: skip
        place.run("export", "cases", *wrong, ends=2)
    assert not list(tmp_path.glob(".*.part"))
