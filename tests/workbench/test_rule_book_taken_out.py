"""What was taken out of a rule book's copy, brought back as it was written and where it stood."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped
from tests.workbench.test_rule_book_versions import newest_change, told
from tests.workbench.test_rule_books import typed

from tuoshan.core.policy.editing import clause_editing
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import copying, library, publishing

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]
BOOK = "/rule-books/mall_shoes"
CHANGE, BACK, REPAIR = f"{BOOK}/change", f"{BOOK}/change/back", f"{BOOK}/change/tables/repair"


def text_now() -> str:
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None
    return draft.text


def as_shipped() -> str:
    return library.text_of(library.newest("mall_shoes"))[0]


def drop_clause(client: Any, name: str) -> None:
    known = clause_editing.clauses(publishing.copy_of_newest("mall_shoes").text)[name]
    assert client.post(f"{CHANGE}/clauses/{name}/drop", {"seen": copying.stamp(known)}).status_code == 302


def test_a_clause_is_missed_by_its_name_and_comes_back_whole(desk: Any) -> None:
    manager = desk.client("manager")
    drop_clause(manager, "M02")
    page = manager.get(CHANGE).content.decode()
    findings, _gone, gone = page.partition('id="gone"')
    assert "没有条款 M02。它在这份副本里被删除了：把它放回，或改引别的条款" in findings and "是否应为" not in findings
    assert '<input type="hidden" name="item" value="M02">' in findings, "beside the finding as well"
    assert "条款 M02" in gone and "五厘米" in gone
    assert "taken out in this copy" in publishing.prove_copy(publishing.open_draft("mall_shoes")).findings[  # type: ignore[arg-type]
        0].mend.en  # fmt: skip
    assert manager.post(BACK, {"part": "clause", "item": "M02"}).headers["Location"] == f"{CHANGE}#clauses"
    assert text_now() == as_shipped()
    assert told(newest_change())["条款 M02"][0] == "" and "五厘米" in told(newest_change())["条款 M02"][1]
    page = manager.get(CHANGE).content.decode()
    assert 'id="gone"' not in page and "还没有改动" in page


def test_a_clause_that_never_was_is_still_taken_for_a_slip(desk: Any) -> None:
    manager = desk.client("manager")
    manager.post(REPAIR, typed(desk, "repair", r0__clause="M99"))
    page = manager.get(CHANGE).content.decode()
    assert "没有条款 M99" in page and "它在这份副本里被删除了" not in page


def test_a_row_comes_back_between_the_rows_where_it_stood(desk: Any) -> None:
    """Beside what else was changed meanwhile, and what was typed and not saved before the button was pressed."""
    manager = desk.client("manager")
    manager.post(REPAIR, {**typed(desk, "repair"), "do": "drop-1"})
    page = manager.get(REPAIR).content.decode()
    assert "这份副本里删除的行" in page and "《修理》第 2 行（glue_small）" in page
    assert "开胶长度：不超过 5 厘米" in page.partition("这份副本里删除的行")[2]
    answer = manager.post(REPAIR, {**typed(desk, "repair", r0__because_zh="小毛病", r0__because_en="Small"),
                                   "do": "back-1"})  # fmt: skip
    assert answer.headers["Location"] == f"{REPAIR}?at=1&do=back"
    assert "autofocus" in manager.get(answer.headers["Location"]).content.decode().partition('id="r1-id"')[2][:400]
    before, after = as_shipped().splitlines(), text_now().splitlines()
    [(old, new)] = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert "小毛病 / Small" in new and "小毛病" not in old
    assert "这份副本里删除的行" not in manager.get(REPAIR).content.decode()


def test_a_row_under_another_name_was_not_taken_out(desk: Any) -> None:
    manager = desk.client("manager")
    manager.post(REPAIR, typed(desk, "repair", r1__id="glue_up_to_5"))
    assert 'id="gone"' not in manager.get(CHANGE).content.decode()
    manager.post(REPAIR, typed(desk, "repair", r1__opening_cm="<= 7"))
    gone = manager.get(CHANGE).content.decode().partition('id="gone"')[2]
    assert "glue_small" in gone, "with another name and other cells it is another row"


def test_the_only_row_of_a_table_and_an_example_come_back_from_the_page_of_the_copy(desk: Any) -> None:
    manager, table = desk.client("manager"), f"{CHANGE}/tables/counterfeit"
    example = library.newest("mall_shoes").examples[3].name
    manager.post(table, {**typed(desk, "counterfeit"), "do": "drop-0"})
    manager.post(f"{CHANGE}/examples/drop", {"example": example})
    gone = manager.get(CHANGE).content.decode().partition('id="gone"')[2].partition("</section>")[0]
    assert gone.count('name="part" value="row"') == 1 and gone.count('name="part" value="example"') == 1
    row = gone.partition('name="part" value="row"')[2].partition('name="item" value="')[2].partition('"')[0]
    assert manager.post(BACK, {"part": "row", "item": row, "table": "counterfeit"}).status_code == 302
    assert manager.post(BACK, {"part": "example", "item": example}).status_code == 302
    assert text_now() == as_shipped()


def test_what_is_there_or_never_was_is_not_brought_back(desk: Any) -> None:
    manager = desk.client("manager")
    for given in ({"part": "clause", "item": "M02"}, {"part": "clause", "item": "M99"},
                  {"part": "example", "item": "x"}, {"part": "row", "item": "glue_small", "table": "repair"},
                  {"part": "row", "item": "a", "table": "no"}, {"part": "book", "item": "M02"}, {}):  # fmt: skip
        page = manager.post(BACK, given, follow=True).content.decode()
        assert "没有放回" in page, given
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize(("who", "wanted"), [
    ("agent", 403), ("lead", 403), ("auditor", 403), ("admin", 302), ("manager", 302),
])  # fmt: skip
def test_who_may_bring_back(desk: Any, who: str, wanted: int) -> None:
    drop_clause(desk.client("manager"), "M02")
    assert desk.client(who).post(BACK, {"part": "clause", "item": "M02"}).status_code == wanted
    assert (text_now() == as_shipped()) is (wanted == 302)


def test_who_only_reads_sees_what_was_taken_out_and_no_button(desk: Any) -> None:
    drop_clause(desk.client("manager"), "M02")
    page = desk.client("auditor").get(CHANGE).content.decode()
    assert "这份副本里删除的" in page and "放回原处</button>" not in page and "放回 M02" not in page
