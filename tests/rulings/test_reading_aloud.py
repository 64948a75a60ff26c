"""What comes with the product reads as sentences: no name of a fact, an amount or a value is left in its tables."""

import re

import pytest

from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.words.costs_told import SUBJECTS
from tuoshan.rulings import files
from tuoshan.rulings.reading_aloud import ExampleToRead, boundaries_to_read, tables_to_read

PACKS = files.packaged()


def told(pack: Pack, language: str) -> list[str]:
    rows = [row for table in tables_to_read(pack, language) for row in table.rows]
    return [line for row in rows for line in (*row.conditions, *row.conclusions)]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_no_name_is_left_in_a_table(pack: Pack) -> None:
    for line in told(pack, "zh-hans"):
        assert not re.search("[a-z]{3}", line), line
    for line in told(pack, "en"):
        assert "_" not in line and not re.search("[\u4e00-\u9fff]", line), line


def test_a_sum_is_told_with_its_floor_and_its_cap() -> None:
    [law] = [pack for pack in PACKS if pack.name == "consumer_law"]
    zh, en = told(law, "zh-hans"), told(law, "en")
    assert any("实付价款 × 3，不少于 500 元" in line for line in zh)
    assert any("price paid × 3, at least 500 yuan" in line for line in en)
    assert any("少件价款，不超过实付价款" in line for line in zh)
    [chain] = [pack for pack in PACKS if pack.name == "shoe_chain"]
    assert any("not before the agreed period ends" in line for line in told(chain, "en"))


def test_the_examples_at_the_boundaries_say_why() -> None:
    """Worked out by hand from the sources: whoever moves a boundary reads what it rested on."""
    [shoes] = [pack for pack in PACKS if pack.name == "mall_shoes"]
    assert ExampleToRead("209.99元，第三天掉跟，只修", "209.99 元不到 210 元，只有 M02") in boundaries_to_read(
        shoes, "zh-hans"
    )
    assert ExampleToRead(
        "209.99 yuan, heel off on day 3, repair", "209.99 is below 210, so M02 alone"
    ) in boundaries_to_read(shoes, "en")
    assert sum(len(boundaries_to_read(pack, "en")) for pack in PACKS) >= 112
    for pack in PACKS:
        for one in boundaries_to_read(pack, "en"):
            assert not re.search("[\u4e00-\u9fff]", one.name + one.because), one


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_every_cost_and_sum_of_a_ruling_has_a_word(pack: Pack) -> None:
    rows = [row for table in pack.tables.values() for row in table.rows]
    told = {one.what for row in rows for one in row.findings if one.kind in ("pays", "extra", "deduct", "limit")}
    assert told <= SUBJECTS.keys()


def test_clauses_of_which_one_counts_by_a_date_tell_the_date() -> None:
    [general] = [pack for pack in PACKS if pack.name == "national_general"]
    rows = {row.name: row.conditions for table in tables_to_read(general, "zh-hans") for row in table.rows}
    assert rows["return_less_use"][-1] == "按购买日期，到 2024-07-01 前"
    assert "by day of sale, from 2024-07-01 on" in told(general, "en")


def test_a_discount_is_a_percentage_and_a_count_has_its_unit() -> None:
    by_name = {pack.name: pack for pack in PACKS}
    assert any("按 10%" in line for line in told(by_name["web_shop"], "zh-hans"))
    assert "开胶长度 不超过 5 厘米" in told(by_name["mall_shoes"], "zh-hans")
    assert "Repairs of the same fault at least 1 time" in told(by_name["mall_shoes"], "en")
