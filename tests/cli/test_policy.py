"""`tuoshan policy list | facts | rule | check`: a form for strangers, an answer that says what it leaves out, and the
books that are in force here."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tuoshan.cli.main import app
from tuoshan.rulings import files, library
from tuoshan.rulings.models import PublishedBook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_looked_at_again() -> Iterator[None]:
    library.look_again()
    yield
    library.look_again()


SHOES = {
    "house": "mall", "goods": "shoes", "sale": "store", "problem": "quality", "defect": "glue", "opening_cm": "6 cm",
    "shoe_kind": "leather", "fault_confirmed": "yes", "user_caused": "no", "repair_days": 0, "clearance": "no",
    "matches_invoice": "yes", "has_receipt": "yes", "paid": "680 yuan", "repairs_same_fault": 0,
    "sold_on": "2026/10/5", "reported_on": "2026-11-26", "agreed_months": 0, "is_replacement": "no",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", *arguments])
    return done.exit_code, done.output


def rule(folder: Path, book: str, facts: dict[str, object], *more: str) -> tuple[int, str]:
    path = folder / "facts.yaml"
    path.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    return run("rule", book, "--facts", str(path), "--on", "2026-11-26", *more)


def test_everything_known_gives_an_answer_with_its_clauses_in_words(tmp_path: Path) -> None:
    code, said = rule(tmp_path, "mall_shoes", SHOES)
    assert code == 0
    assert said.startswith("可以退货退款 ¥680.00") and "[M04]" in said and "\n[M04] " in said
    assert "? " not in said


def test_while_an_answer_may_change_it_the_end_says_so(tmp_path: Path) -> None:
    """An engine replaced twice is a matter of repair alone only until the other questions are answered."""
    car = {
        "goods": "car", "problem": "quality", "fault_confirmed": "yes", "user_caused": "no", "car_part": "engine",
        "sold_on": "2026-03-01", "delivered_on": "2026-03-01", "reported_on": "2026-11-20", "mileage_km": "5,800 km",
        "paid": "156,800 yuan",
    }  # fmt: skip
    code, said = rule(tmp_path, "national_car", car, "--en")
    assert code == 3
    assert "Not final:" in said and "? repairs_same_fault: " in said


def test_one_book_alone_names_the_others_that_speak(tmp_path: Path) -> None:
    code, said = rule(tmp_path, "mall_shoes", SHOES, "--en")
    assert code == 0 and "These speak in this matter too: consumer_law" in said
    assert "These speak" not in rule(tmp_path, "all", SHOES, "--en")[1]
    found = json.loads(rule(tmp_path, "mall_shoes", SHOES, "--json")[1])
    assert found["applies"] is True and "consumer_law" in found["also"]


def test_a_book_of_other_goods_says_that_it_does_not_speak(tmp_path: Path) -> None:
    _code, said = rule(tmp_path, "mall_shoes", {**SHOES, "goods": "phone"}, "--en")
    assert said.startswith("! This book does not speak in this matter; it is for: house == 'mall'")


def test_a_file_filled_in_for_one_book_can_be_put_to_another(tmp_path: Path) -> None:
    """`defect` is a fact of the mall's book; the consumer law does not ask for it and does not mind."""
    assert rule(tmp_path, "consumer_law", SHOES)[0] in (0, 3)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"opening_cm": "6 inch"}, "opening_cm: 'Opening' is measured in cm, not 'inch'"),
        ({"reported_on": "2026-10-01"}, "reported_on: 'Reported on' 2026-10-01 lies before 'Day of sale' 2026-10-05"),
        ({"user_caused": "unknown"}, "user_caused: 'Caused by the user' is yes or no, not 'unknown'; leave it out"),
        ({"opening": 6}, "opening: there is no fact 'opening'; did you mean 'opening_cm'?"),
        ({"paid": "-3"}, "paid: 'Price paid'"),
    ],
)
def test_what_cannot_be_taken_is_named_by_its_key(tmp_path: Path, wrong: dict[str, object], message: str) -> None:
    code, said = rule(tmp_path, "mall_shoes", {**SHOES, **wrong}, "--en")
    assert code == 2 and message in said


def test_the_form_says_how_to_fill_it_in_and_can_be_handed_back_empty(tmp_path: Path) -> None:
    code, form = run("facts", "mall_shoes")
    assert code == 0 and "知道的就填，其余留空" in form and "# 开胶长度: " in form
    assert "不早于 sold_on（购买日期）" in form
    path = tmp_path / "form.yaml"
    path.write_text(form, encoding="utf-8")
    code, said = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26")
    assert code == 3 and "? problem: " in said


def said_of(form: str, fact: str) -> str:
    """What a form says above one of its facts."""
    return form.partition(f"\n{fact}:\n")[0].rpartition("\n\n")[2]


def test_the_form_tells_of_every_date_what_it_is_judged_by() -> None:
    """A date after the day of asking is refused, but for the one that may lie ahead; the form says so of each."""
    _code, form = run("facts", "pinduoduo", "--en")
    facts = json.loads(run("facts", "pinduoduo", "--json")[1])
    asked = [name for name, fact in facts.items() if fact["kind"] == "date"]
    dates = {"sold_on", "reported_on", "stage_since", "resubmitted_on", "valid_until", "seller_proof_until"}
    assert dates == set(asked)
    for name in asked:
        ahead = name in ("valid_until", "seller_proof_until")
        assert ("may lie after --on" in said_of(form, name)) is ahead
        assert ("not after --on" in said_of(form, name)) is not ahead
    assert "not before sold_on (Day of sale)" in said_of(form, "reported_on")
    assert "1990-01-01" in form and "2199-12-31" in form


@pytest.mark.parametrize("name", ["sold_on", "reported_on", "stage_since", "valid_until"])
def test_what_the_form_says_of_dates_is_what_they_are_judged_by(tmp_path: Path, name: str) -> None:
    """The day of asking is taken, the day after it is refused where the form says so."""
    fact = json.loads(run("facts", "pinduoduo", "--json")[1])[name]
    given = {"sale": "distance", "platform": "pinduoduo", "pdd_stage": "user"}
    assert rule(tmp_path, "pinduoduo", {**given, name: "2026-11-26"})[0] == 3
    later = rule(tmp_path, "pinduoduo", {**given, name: "2026-11-27"})[0]
    assert (later, fact["not_after"]) in {(2, "today"), (3, None)}
    for bound, other in ((fact["min"], "1989-12-31"), (fact["max"], "2200-01-01")):
        assert bound in ("1990-01-01", "2199-12-31") and rule(tmp_path, "pinduoduo", {**given, name: other})[0] == 2


def test_the_form_says_in_words_when_a_fact_is_asked_and_what_the_book_is_for() -> None:
    _code, form = run("facts", "mall_shoes")
    assert "这本规则包只管：销售单位：商场专柜 且 商品类别：鞋" in form and "tuoshan policy facts all" in form
    assert "仅当 毛病：开胶" in said_of(form, "opening_cm")
    assert "整数 次 0 至 50" in said_of(form, "repairs_same_fault") and "不小于 0" in said_of(form, "paid")
    _code, form = run("facts", "taobao_disputes", "--en")
    assert (
        "only if Special matter: A gift / Returning is hard / Unfit to travel back" in form
        and "only if Gift value declared: yes" in form
    )
    assert "This book is for" not in run("facts", "all", "--en")[1]


def test_the_list_says_what_each_book_is_for() -> None:
    code, said = run("list", "--en")
    assert code == 0 and "for Sold by: Mall counter and Kind of goods: Shoes" in said


def test_a_fact_of_another_matter_is_said_to_be_unused(tmp_path: Path) -> None:
    facts = {**SHOES, "out_of_town": "yes"}
    code, said = rule(tmp_path, "mall_shoes", facts, "--en")
    assert code == 0 and "! 'Customer from out of town' does not belong to this matter and was not used" in said
    found = json.loads(rule(tmp_path, "mall_shoes", facts, "--json")[1])
    assert [one["fact"] for one in found["ignored"]] == ["out_of_town"]


# -- the books in force here -----------------------------------------------------------------------------------


def seven_centimetres() -> str:
    """The mall's book with its bound for glue at seven centimetres; its examples hold it to five."""
    text = (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8").partition("\nexamples:")[0] + "\n"
    return text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 7"').replace('opening_cm: "> 5"', 'opening_cm: "> 7"')


def published(begins: date) -> None:
    PublishedBook.objects.create(
        name="mall_shoes", version=2, begins=begins, text=seven_centimetres(), tables="{}", hash="x", reason="新办法",
        confirmed_by="法务", published_by_id=1,
    )  # fmt: skip
    library.look_again()


def test_a_published_version_counts_from_its_day(tmp_path: Path) -> None:
    """Six centimetres are repaired by the mall's new book; shoes sold before its first day go by the old one."""
    published(date(2026, 10, 1))
    code, listed = run("list", "--en")
    assert code == 0 and "sold_on: 2026-10-01 → " in listed
    assert not rule(tmp_path, "mall_shoes", SHOES)[1].startswith("可以退货退款")
    assert rule(tmp_path, "mall_shoes", {**SHOES, "sold_on": "2026-09-30"})[1].startswith("可以退货退款 ¥680.00")
    assert rule(tmp_path, "mall_shoes@1", SHOES)[1].startswith("可以退货退款 ¥680.00")
    assert rule(tmp_path, "mall_shoes", SHOES, "--books", "shipped")[1].startswith("可以退货退款 ¥680.00")
    assert "mall_shoes@2: " in run("check")[1] and "mall_shoes@2: " not in run("check", "shipped")[1]
    assert "~" in run("diff", "mall_shoes@1", "mall_shoes")[1]
    assert run("diff", "mall_shoes@1", "mall_shoes", "--books", "shipped", "--en")[1] == "no differences\n"


def test_a_published_text_that_no_longer_loads_is_named() -> None:
    published(date(2026, 10, 1))
    PublishedBook.objects.update(text="policy: mall_shoes\n")
    code, said = run("check", "--en")
    assert code == 1 and "mall_shoes@2" in said


def test_the_books_of_a_folder_are_asked(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "mall_shoes.yaml").write_text(seven_centimetres(), encoding="utf-8")
    assert not rule(tmp_path, "mall_shoes", SHOES, "--books", str(folder))[1].startswith("可以退货退款")
    assert run("list", "--books", str(folder))[1].count("mall_shoes") == 1
    assert run("facts", "consumer_law", "--books", str(folder))[0] == 2
    assert run("list", "--books", str(tmp_path / "nowhere"))[0] == 2


@pytest.mark.parametrize(("bound", "example"), [("4", "glue open exactly 5 cm"), ("6", "glue open 5.1 cm")])
def test_a_copy_that_moves_a_bound_is_told_which_example_it_breaks(tmp_path: Path, bound: str, example: str) -> None:
    text = (files.PACKAGED / "mall_shoes.yaml").read_text(encoding="utf-8")
    assert text.count('opening_cm: "<= 5"') == text.count('opening_cm: "> 5"') == 1
    moved = text.replace('opening_cm: "<= 5"', f'opening_cm: "<= {bound}"')
    moved = moved.replace('opening_cm: "> 5"', f'opening_cm: "> {bound}"')
    (tmp_path / "mall_shoes.yaml").write_text(moved, encoding="utf-8")
    code, said = run("check", str(tmp_path), "--en")
    assert code == 1 and "the example fails" in said and example in said


def test_what_may_not_be_meant_is_a_warning_and_the_book_still_loads(tmp_path: Path) -> None:
    """Seven centimetres in the tables, five in the words of two clauses; answered in the book, nothing is said."""
    text = seven_centimetres()
    (tmp_path / "mall_shoes.yaml").write_text(text, encoding="utf-8")
    code, said = run("check", str(tmp_path), "--en")
    assert code == 0 and "mall_shoes.yaml: " in said and " tables" in said
    assert said.count("warning: ") == 3 and "clause M02: the clause says '五厘米'" in said
    answers = "".join(f'  - {{doubt: "{name}: 五厘米", because: 照录 / As it stands}}\n' for name in ("M02", "M03"))
    answers += "  - {doubt: no examples, because: 试 / A test}\n"
    (tmp_path / "mall_shoes.yaml").write_text(f"{text}\nmeant:\n{answers}", encoding="utf-8")
    code, said = run("check", str(tmp_path), "--en")
    assert code == 0 and "warning" not in said


def test_two_versions_by_different_dates_are_found_with_file_line_and_mend(tmp_path: Path) -> None:
    """The second version is the product's book by another date; there is one version of each shipped book."""
    text = seven_centimetres()
    first = text.replace("in_force: {by: sold_on}", "in_force: {by: sold_on, until: 2026-06-01}")
    second = text.replace("in_force: {by: sold_on}", "in_force: {by: reported_on, from: 2026-06-01}")
    (tmp_path / "mall_shoes.yaml").write_text(first, encoding="utf-8")
    (tmp_path / "mall_shoes.2.yaml").write_text(second.replace("version: 1", "version: 2"), encoding="utf-8")
    code, said = run("check", str(tmp_path), "--en")
    assert code == 1 and "mall_shoes.2.yaml:8: in_force: goes by the date 'reported_on'" in said.replace("\n", " ")
    assert "versions of one book go by the same date" in said
    assert run("check", "shipped")[0] == 0


def test_a_published_version_by_another_date_is_named() -> None:
    published(date(2026, 10, 1))
    row = PublishedBook.objects.get()
    row.text = row.text.replace("in_force: {by: sold_on}", "in_force: {by: reported_on}")
    row.save()
    library.look_again()
    code, said = run("check", "--en")
    assert code == 1 and "mall_shoes@2" in said and "both could rule in one matter" in said


def test_what_a_process_means_to_the_books_is_checked_with_file_and_mend(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    own = tmp_path / "playbooks" / "for_rulings"
    own.mkdir(parents=True)
    (own / "complaint.yaml").write_text("for: complaint\nfacts: {bougth_on: sold_on}\n", encoding="utf-8")
    code, said = run("check", "--en")
    assert code == 1
    assert "for_rulings/complaint.yaml:2: facts.bougth_on: there is no 'bougth_on' — did you mean 'bought_on'?" in said
    assert run("check", "shipped")[0] == 0


@pytest.mark.parametrize(("written", "named"), [
    ("sold_on: 2026-02-30", "sold_on"), ("sold_on: 2026-02-03 25:10:00", "sold_on"), ("5: 3", "5"),
    ("opening_cm: .inf", "opening_cm"), ("paid: 1e400", "paid"), ("paid: [1, 2]", "paid"), ("goods: {a: 1}", "goods"),
])  # fmt: skip
def test_a_fact_that_cannot_be_read_is_named(tmp_path: Path, written: str, named: str) -> None:
    path = tmp_path / "facts.yaml"
    name = written.partition(":")[0]
    others = [f"{key}: {value}\n" for key, value in SHOES.items() if key != name]
    path.write_text("".join(others) + written + "\n", encoding="utf-8")
    code, said = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26")
    assert code == 2 and f"{named}: " in said and "Traceback" not in said


def test_a_fact_that_is_written_twice_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("goods: shoes\npaid: 680\npaid: 860\n", encoding="utf-8")
    code, said = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26", "--en")
    assert code == 2 and "facts.yaml:3: " in said and "paid" in said


def test_facts_may_be_written_as_json(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    facts = SHOES | {"has_receipt": True, "clearance": False, "loss": None}
    path.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    code, said = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26")
    assert code == 0 and "680" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("opening_cm: 60mm", "opening_cm: “开胶长度”的单位是厘米，不能用“mm”"),
        ("opening_cm: .nan", "opening_cm: “开胶长度”要填数字，不能是“.nan”"),
        ("opening_cm: 1.0e+400", "opening_cm: “开胶长度”要填数字，不能是“1.0e+400”"),
        ("opening_cm: [6]", "opening_cm: “开胶长度”要填数字，不能是“[…]”"),
        ("opening_cm: 12:30", "opening_cm: “开胶长度”要填数字，不能是“12:30”"),
        ("sold_on: 2026-05-20T10:00:00+08:00", "sold_on: “购买日期”只要日期，不要时刻和时区：写成 2026-05-20"),
        ("sold_on: 2026-06-01\nreported_on: 2026-05-01",
         "reported_on: “客户提出日期”2026-05-01 早于“购买日期”2026-06-01"),
        ("repair_days: 2.5", "repair_days: “修理占用天数”要填整数，不能是 2.5"),
        ("paid: -1", "paid: “实付价款”不能小于 0"),
        ("defect: 脱胶", "defect: “毛病”没有“脱胶”这一项"),
        ("5: 3", "没有事实“5”"),
    ],
)  # fmt: skip
def test_a_fact_of_a_file_that_cannot_be_taken_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    code, told = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26", "--books", "shipped")
    assert code == 2 and said in told, told


@pytest.mark.parametrize("text", ["a: [", "- 1", "just words", "a: " + "[" * 3000])
def test_a_file_that_holds_no_facts_says_so_and_shows_no_trace(tmp_path: Path, text: str) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    code, told = run("rule", "mall_shoes", "--facts", str(path), "--on", "2026-11-26", "--books", "shipped")
    assert code == 2 and "facts.yaml" in told and "Traceback" not in told


def test_the_check_speaks_one_language(tmp_path: Path) -> None:
    text = seven_centimetres().replace('opening_cm: "<= 7"', 'opening_cm: "70mm"')
    (tmp_path / "mall_shoes.yaml").write_text(text, encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if '"70mm"' in one)
    (tmp_path / "facility.yaml").write_text(
        (files.PACKAGED / "facility.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    code, said = run("check", str(tmp_path))
    assert code == 1
    place = "《修理》第 2 行（glue_small） 开胶长度（opening_cm）"
    assert f"错误：mall_shoes.yaml:{line}: {place}: “70mm”的单位是“mm”，这一列按厘米计" in said
    assert "facility.yaml：4 张表，10 个例子，没有错误" in said
    _code, english = run("check", str(tmp_path), "--en")
    place = "'Repair', row 2 (glue_small) Opening (opening_cm)"
    assert f"error: mall_shoes.yaml:{line}: {place}: " in english and "this column counts in cm" in english
    assert "facility.yaml: 4 tables, 10 examples, in order" in english
