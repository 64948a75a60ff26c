"""A copy of a rule book may hold anything: every page of it opens, says what is wrong, and leads out."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import books_as_shipped, changed_text, kept  # noqa: F401

from tuoshan import clock
from tuoshan.core.policy.checking import examples as running
from tuoshan.core.policy.given import read_given
from tuoshan.rulings import copying, effects, library, publishing

pytestmark = pytest.mark.django_db

COPY = "/rule-books/mall_shoes/change"
PARTS = (
    COPY, f"{COPY}/tables/guarantee", f"{COPY}/tables/guarantee/rows/0", f"{COPY}/tables/repair", f"{COPY}/clauses/M02",
    f"{COPY}/clauses/", f"{COPY}/settings", "/rule-books/mall_shoes", "/rule-books/", "/rule-books/mall_shoes/effect",
)  # fmt: skip


def shipped() -> str:
    return library.text_of(library.newest("mall_shoes"))[0]


def tables(text: str, instead: str) -> str:
    return text.partition("\ntables:")[0] + f"\ntables:{instead}\n"


def examples(text: str, instead: str) -> str:
    return text.partition("\nexamples:")[0] + f"\nexamples:{instead}\n"


ODD = "{name: x, on: 2026-03-01, facts: {}, expect: {rights: 5, asks: {a: b}, period: 3, deadlines: 5, freight: 5}}"
BROKEN = {
    "huge": lambda text: text.replace("guarantee_months: 3", "guarantee_months: 100000"),
    "huger": lambda text: text.replace("guarantee_months: 3", "guarantee_months: " + "9" * 5000),
    "empty": lambda text: "",
    "comment": lambda text: "# nothing",
    "scalar": lambda text: "policy",
    "list": lambda text: "- a",
    "unreadable": lambda text: "policy: [mall_shoes\n  : }",
    "deep": lambda text: "policy: " + "[" * 3000,
    "no_tables": lambda text: text.partition("\ntables:")[0],
    "odd_tables": lambda text: tables(text, "\n  guarantee: 5\n  repair: {rows: [1, [2], {then: 3}]}"),
    "odd_clauses": lambda text: text.replace("\nclauses:\n", "\nclauses:\n  ODD: [1, 2]\n  M02: 5\n  '': {}\n"),
    "another_book": lambda text: text.replace("policy: mall_shoes", "policy: consumer_law"),
    "odd_examples": lambda text: examples(text, f" [1, {{name: x}}, {ODD}]"),
    "circle": lambda text: text.replace("\nvalues:\n", "\nvalues:\n  one: two\n  two: one\n"),
    "by_nothing": lambda text: text.replace("\nvalues:\n", "\nvalues:\n  one: 1 / 0\n  two: \"paid / 0 > 1\"\n"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_whatever_a_copy_holds_its_pages_open_and_it_can_be_thrown_away(desk: Any, how: str) -> None:  # noqa: F811
    kept(desk, desk.accepted())
    manager = desk.client("manager")
    broken = BROKEN[how](shipped())
    assert broken != shipped()
    publishing.save_draft("mall_shoes", broken, {}, person_id=desk.people["manager"].pk, now=clock.now())
    for path in PARTS:
        page = manager.get(path)
        assert page.status_code in (200, 404), path
    assert "丢弃修改" in manager.get("/rule-books/mall_shoes").content.decode()
    page = manager.get(COPY).content.decode()
    assert "n-late" in page and "发布新版本" not in page
    assert 'name="text"' in page and "丢弃修改" in page
    assert manager.post("/rule-books/mall_shoes/drop").status_code == 302
    assert publishing.open_draft("mall_shoes") is None


def test_an_example_in_which_the_book_cannot_be_ruled_by_is_named_and_the_others_are_held(
    desk: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    book = library.newest("mall_shoes")
    first, rule = book.examples[0], running.rule

    def breaks(pack: Any, facts: Any, on: Any) -> Any:
        if facts == read_given(book.facts, first.facts, first.on)[0]:
            raise OverflowError("date value out of range")
        return rule(pack, facts, on)

    monkeypatch.setattr(running, "rule", breaks)
    manager = desk.client("manager")
    page = manager.post(COPY, {"text": shipped() + "\n"}).content.decode()
    assert "按本规则包算不出这个例子（date value out of range）" in page and first.title.zh in page
    assert page.count("按本规则包算不出") == 1 and "发布新版本" not in page


def test_where_the_check_itself_breaks_off_the_copy_says_so_and_leads_out(
    desk: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    manager = desk.client("manager")
    manager.post(COPY, {"text": changed_text()[1]})
    for broken in ("check_pack", "doubts"):
        with monkeypatch.context() as patch:
            patch.setattr(publishing, broken, lambda *_given: 1 // 0)
            publishing._doubted.clear()
            for path in (COPY, f"{COPY}/tables/guarantee", f"{COPY}/tables/guarantee/rows/0", f"{COPY}/clauses/M02"):
                assert manager.get(path).status_code == 200, path
            page = manager.get(COPY).content.decode()
            assert "检查中断" in page and "丢弃修改" in page
            given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新"}
            assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 422


def test_a_page_that_cannot_be_shown_gives_the_text_and_a_way_out_instead(
    desk: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    manager = desk.client("manager")
    manager.get(COPY)
    monkeypatch.setattr(copying, "placed", lambda *_given: 1 // 0)
    answer = manager.get(f"{COPY}/tables/guarantee")
    page = answer.content.decode()
    assert answer.status_code == 422 and "显示不出来" in page and "丢弃修改" in page and "guarantee_months: 3" in page
    assert manager.post("/rule-books/mall_shoes/drop").status_code == 302


def test_what_no_example_meets_and_a_kept_ruling_does_keeps_the_copy_from_being_published(
    desk: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    kept(desk, desk.accepted())
    _pack, text = changed_text()
    monkeypatch.setattr(effects.Comparing, "of", lambda *_given: 1 // 0)
    page = desk.client("manager").post(COPY, {"text": text})
    said = page.content.decode()
    assert page.status_code == 200 and "按这份内容算不出来" in said and "发布新版本" not in said and "丢弃修改" in said
