"""`tuoshan import cases`: what it asks, what it says in both languages, what it leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.cli.places import Place

MADE = """
from tuoshan.catalog import seeds as categories
from tuoshan.parties import seeds
from tuoshan.parties.models import OrgUnit, Person
seeds.plant()
categories.plant()
root = OrgUnit.objects.create(code='hq', name_zh='公司', kind='company')
Person.objects.create_user('lead', 'x', roles=('supervisor',), unit=root, display_name='李主管')
"""
TABLE = "编号,内容,情感,日期\n1,洗衣机漏水,差评,2026-02-03\n2,客服很好,好评,2026-02-03\n3,鞋底开胶,差评,昨天\n"
RUNS = """
from tuoshan.intake.imports import desk
from tuoshan.intake.models import ImportRun
runs = ImportRun.objects.order_by("created_at")
print([
    (run.file_name, desk.by_whom([run]).get(run.person_id, ""), run.playbook, run.status, run.rows, run.taken,
     run.known, len(run.bad), run.passed_over) for run in runs
])
"""
COUNT = "from tuoshan.cases.models import Case; print(sorted(Case.objects.values_list('state', 'unit_id')))"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A company without cases; the tests of this module go on from one another only by what they say themselves."""
    made = Place(tmp_path_factory.mktemp("import"), "import")
    made.run("migrate")
    made.python(MADE)
    return made


def brought(place: Place, folder: Path, *more: str, ends: int = 0, table: str = TABLE) -> "tuple[str, str]":
    """What it says for programs and what for eyes."""
    path = folder / "voices.csv"
    path.write_text(table, encoding="utf-8")
    done = place.run("import", "cases", str(path), "--errors", str(folder / "bad.xlsx"), *more, ends=ends)
    return done.stdout, done.stderr


def test_a_dry_run_says_in_both_languages_what_would_come_and_writes_nothing(place: Place, tmp_path: Path) -> None:
    said, seen = brought(place, tmp_path, "--dry-run", "--only", "情感=差评", ends=1)
    assert "3 行：可以建单 1，以前已有 0，待修改 1，不在所选之内 1" in said
    assert "3 rows: 1 would be taken, 0 known already, 1 bad, 1 not chosen" in said
    assert "内容 → 投诉内容 / What the complaint says" in seen and "情感 → —" in seen
    assert "只导入 / Only: 情感 = 差评" in seen and "3/3" in seen
    assert (tmp_path / "bad.xlsx").exists(), "asked for by name"
    done = place.run("import", "cases", str(tmp_path / "voices.csv"), "--dry-run", ends=1)
    assert "errors.xlsx" not in done.stderr and not list(tmp_path.glob("*errors*"))
    assert place.python("from tuoshan.cases.models import Case; print(Case.objects.count())") == "0"


def test_it_asks_in_both_languages_and_takes_no_for_an_answer(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "voices.csv"
    path.write_text(TABLE, encoding="utf-8")
    asked = subprocess.run(
        [sys.executable, "-m", "tuoshan", "import", "cases", str(path)], env=place.environment, input="n\n",
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert asked.returncode == 1 and "按这样的列导入？ / Import with these columns?" in asked.stderr
    assert place.python("from tuoshan.cases.models import Case; print(Case.objects.count())") == "0"


def test_what_it_takes_is_taken_once_and_bad_rows_are_told_in_the_language_asked_for(
    place: Place, tmp_path: Path
) -> None:
    more = ("--yes", "--person", "lead", "--unit", "hq", "--only", "情感=差评")
    said, _seen = brought(place, tmp_path, *more, "--en", ends=1)
    assert "1 taken, 0 known already, 1 bad, 1 not chosen" in said and "已建单 1" in said
    (_head, row) = CalamineWorkbook.from_path(str(tmp_path / "bad.xlsx")).get_sheet_by_index(0).to_python()
    assert "cannot be read" in str(row[1])
    before = place.python(COUNT)
    assert before.count("closed") == 1 and "None" not in before
    assert place.python(RUNS) == "[('voices.csv', '李主管', 'complaint', 'done', 3, 1, 0, 1, 1)]"
    said, _seen = brought(place, tmp_path, "--yes", "--live", "--only", "情感=差评", ends=1)
    assert "0 taken, 1 known already, 1 bad" in said, "by nobody in particular, and live: it is in already"
    (_head, row) = CalamineWorkbook.from_path(str(tmp_path / "bad-2.xlsx")).get_sheet_by_index(0).to_python()
    assert "看不懂" in str(row[1])
    assert place.python(COUNT) == before
    assert "('voices.csv', '', 'complaint', 'done', 3, 0, 1, 1, 1)]" in place.python(RUNS)


def test_what_it_took_stands_among_the_imports_of_the_desk_without_its_table(place: Place, tmp_path: Path) -> None:
    brought(place, tmp_path, "--yes", ends=0, table="编号,内容\n901,杯子碎了\n")
    said = place.python(
        "from datetime import timedelta; from tuoshan import clock; from tuoshan.intake.imports import desk\n"
        "from tuoshan.intake.models import ImportRun\n"
        "run = ImportRun.objects.order_by('created_at').last()\n"
        "print(run.status, run.can_start, desk.notes(run), list(desk.folder().glob('*')))\n"
        "from tuoshan.cases.models import Case; from tuoshan.insight.conditions import Conditions\n"
        "made = Case.objects.filter(Conditions(imported=str(run.pk)).on_cases())\n"
        "print(desk.has_cases(run), *made.values_list('title', flat=True))\n"
        "print(desk.sweep(clock.now() + timedelta(days=31)) > 0, ImportRun.objects.exclude(refused=[]).count())"
    )
    assert said == "done False [] []\nTrue 杯子碎了\nTrue 0"


def test_a_wrong_word_is_refused_in_both_languages(place: Place, tmp_path: Path) -> None:
    for more, zh, en in (
        (("--only", "mood=x"), "没有这一列", "There is no column"),
        (("--only", "情感"), "没有这一列", "There is no column"),
        (("--map", "text=正文"), "没有这一列", "There is no column"),
        (("--map", "text="), "还没有指定", "No column is set"),
        (("--map", "what=情感"), "不认识的目标", "Unknown target"),
        (("--playbook", "nothing"), "没有流程", "There is no playbook"),
        (("--unit", "moon"), "没有门店或部门", "There is no org unit"),
        (("--person", "nobody"), "没有叫 nobody 的人", "There is nobody called nobody"),
        (("--playbook", "facility_repair", "--live"), "只能作为历史导入", "only be imported as history"),
    ):
        _said, seen = brought(place, tmp_path, "--yes", *more, ends=2)
        assert zh in seen and en in seen, seen
    _said, seen = brought(place, tmp_path, ends=2, table="")
    assert "文件里没有内容" in seen and "first row" in seen


def test_orders_are_taken_once_and_told_in_both_languages(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("订单号,电话,实付金额,商品\nDD1,13800138000,99,水壶\nDD2,1234,5,\n", encoding="utf-8")
    count = "from tuoshan.catalog.models import OrderRef; print(list(OrderRef.objects.values_list('order_no', 'paid')))"

    def told(*more: str) -> "tuple[str, str]":
        bad = str(tmp_path / "bad.xlsx")
        done = place.run("import", "orders", str(path), "--errors", bad, *more, ends=1)
        return done.stdout, done.stderr

    said, seen = told("--dry-run")
    assert "2 rows: 1 would be written, 0 known already, 1 bad" in said and "可以写入 1" in said
    assert "电话 → 客户电话 / Customer's phone" in seen and place.python(count) == "[]"
    assert "已写入 1" in told("--yes", "--en")[0]
    (_head, row) = CalamineWorkbook.from_path(str(tmp_path / "bad-2.xlsx")).get_sheet_by_index(0).to_python()
    assert "no valid phone number" in str(row[1])
    again = told("--yes", "--person", "lead")
    assert "0 written, 1 known already, 1 bad" in again[0] and "bad-3.xlsx" in again[1], "earlier ones are kept"
    assert all((tmp_path / f"bad{number}.xlsx").exists() for number in ("", "-2", "-3"))
    assert [place.python(RUNS).count(f"('orders.csv', '{who}', '', 'done', 2,") for who in ("", "李主管")] == [1, 1]
    assert place.python(count) == "[('DD1', Decimal('99.00'))]"
