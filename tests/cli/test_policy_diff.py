"""`tuoshan policy diff`: two versions of a shipped book, alone and against cases."""

import json
from datetime import date
from pathlib import Path

import pytest
from tests.workbench.rulinghouse import SHOES as OPEN_BY_SIX
from tests.workbench.rulinghouse import changed_text
from typer.testing import CliRunner

from tuoshan import clock
from tuoshan.cli.main import app
from tuoshan.rulings import files, keeping
from tuoshan.rulings.asking import ask

pytestmark = pytest.mark.django_db  # a plain name means the newest version, which may be a published one
BOOK = files.PACKAGED / "shoe_chain.yaml"
SHOES = {
    "house": "shoe_chain", "goods": "shoes", "sale": "store", "problem": "quality", "upper": "fabric",
    "chain_defect": "glue", "fault_confirmed": True, "user_caused": False, "special_price": False, "used": True,
    "repair_days": 0, "sold_on": "2026-05-06", "reported_on": "2026-05-20",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", "diff", *arguments])
    return done.exit_code, done.output


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The book with one clause worded otherwise and one row more in doubt."""
    text = BOOK.read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.strip().startswith("J01:"))
    path = tmp_path / "shoe_chain.yaml"
    path.write_text(text.replace(first, first.replace(" / ", "（新） / ", 1), 1), encoding="utf-8")
    for table in files.PACKAGED.glob("shoe_chain.*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    return path


def test_a_book_beside_itself() -> None:
    assert run("shoe_chain", "shoe_chain@1", "--en") == (0, "no differences\n")


def test_a_changed_clause_is_shown_in_both_wordings(changed: Path) -> None:
    code, said = run("shoe_chain", str(changed))
    assert code == 0
    assert said.startswith("~ 条款 J01") and "→" in said and "（新）" in said
    assert said.count("\n") == 1


def test_what_changed_is_said_in_words(tmp_path: Path) -> None:
    """A row with another bound, one that went, a setting, a period: beside its name what it said and says."""
    text = (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8")
    text = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 7"')
    text = "".join(line for line in text.splitlines(keepends=True) if "{id: glue_large," not in line)
    text = text.replace("exchange_fee_on: {value: false", "exchange_fee_on: {value: true")
    path = tmp_path / "mall_shoes.yaml"
    path.write_text(text.replace("plus: dislike_days days", "plus: 9 days"), encoding="utf-8")
    code, said = run("mall_shoes@1", str(path), "--books", "shipped")
    assert code == 0
    assert "~ 设定 exchange_fee_on  换货收折旧费：否 → 换货收折旧费：是\n" in said
    assert "从“购买日期”起 9 天的最后一天" in said
    assert "~ 行 repair.glue_small\n    - “修理”：" in said
    assert "开胶长度 不超过 5 厘米 → 可以 维修" in said and "    + “修理”：" in said and "不超过 7 厘米" in said
    [gone] = [line for line in said.splitlines() if line.startswith("- ")]
    assert gone.startswith("- 行 replace.glue_large  “换货、退货的情形”：")
    assert "超过 5 厘米" in gone and "[M03]" in gone
    assert "Opening at most 7 cm → due: Repair" in run("mall_shoes@1", str(path), "--books", "shipped", "--en")[1]


def test_cases_of_a_file_are_ruled_by_both(changed: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"key": "A-1", "today": "2026-05-20", "facts": SHOES}) + "\n\n", encoding="utf-8")
    code, said = run("shoe_chain", str(changed), "--cases", str(cases), "--json")
    found = json.loads(said)
    assert code == 0
    assert found["changes"] == [{"how": "changed", "kind": "clause", "table": "", "name": "J01"}]
    assert (found["effect"]["looked_at"], found["effect"]["concerned"], found["effect"]["changed"]) == (1, 1, 0)


def test_what_changes_in_a_case_is_said_in_words(tmp_path: Path) -> None:
    new, cases = tmp_path / "mall_shoes.yaml", tmp_path / "cases.jsonl"
    new.write_text(changed_text()[1], encoding="utf-8")
    for table in files.PACKAGED.glob("mall_shoes.*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    cases.write_text(json.dumps({"key": "A-1", "today": "2026-03-02", "facts": OPEN_BY_SIX}), encoding="utf-8")
    code, said = run("mall_shoes", str(new), "--cases", str(cases))
    assert code == 0 and said.splitlines()[-1].startswith("A-1  -399.00  不再有退货退款 ¥399.00")
    (told,) = json.loads(run("mall_shoes", str(new), "--cases", str(cases), "--json")[1])["effect"]["cases"]
    assert told["changes"][0]["en"].startswith("No longer due: return for a refund of ¥399.00")


def test_a_line_that_is_no_case_is_named(changed: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"today": "2026-05-20", "facts": {}}\n{"today": "gestern", "facts": {}}\n', encoding="utf-8")
    code, said = run("shoe_chain", str(changed), "--cases", str(cases))
    assert code == 2 and "line 2" in said
    cases.write_text('{"today": "2026-05-20", "facts": {}, "quantity": 0}\n', encoding="utf-8")
    code, said = run("shoe_chain", str(changed), "--cases", str(cases))
    assert code == 2 and "line 1" in said and "quantity" in said
    for wrong, said_of_it in (("{", "JSON"), ("[1]", "no case"), ('{"today": "2026-05-20"}', "no facts")):
        cases.write_text(wrong + "\n", encoding="utf-8")
        code, said = run("shoe_chain", str(changed), "--cases", str(cases))
        assert code == 2 and said_of_it in said and "Error(" not in said


def test_facts_of_a_case_that_cannot_be_read_are_named(changed: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    facts = SHOES | {"sold_on": "2026-02-30"}
    cases.write_text(json.dumps({"key": "A-2", "today": "2026-05-20", "facts": facts}), encoding="utf-8")
    code, said = run("shoe_chain", str(changed), "--cases", str(cases), "--en")
    assert code == 0 and "A-2: sold_on: " in said and "1 with facts that cannot be read" in said


@pytest.mark.parametrize("arguments", [("shoe_chain", "furniture_shop"), ("nothing.yaml", "shoe_chain")])
def test_what_cannot_be_compared_is_said(arguments: tuple[str, str]) -> None:
    assert run(*arguments)[0] == 2


def test_what_was_only_asked_on_the_bench_is_told_apart(changed: Path) -> None:
    ruling = ask(SHOES, date(2026, 5, 20)).ruling
    assert ruling is not None
    keeping.keep(ruling, person_id=1, now=clock.now(), session="bench")
    code, said = run("shoe_chain", str(changed), "--cases", "quarter", "--en")
    assert code == 0 and "0 looked at" in said
    assert "1 asked on the bench that never became a case are left out" in said
    told = json.loads(run("shoe_chain", str(changed), "--cases", "quarter", "--json")[1])["effect"]
    assert (told["looked_at"], told["only_asked"]) == (0, 1)


def test_kept_rulings_are_held_against_a_book(changed: Path) -> None:
    code, said = run("shoe_chain", str(changed), "--cases", "all", "--en")
    assert code == 0 and "0 looked at" in said
