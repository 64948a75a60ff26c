"""An example of a copy that no longer holds: told once with all that is wrong, renewed or taken out."""

import html
import re
from typing import Any

import pytest
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped
from tests.workbench.test_rule_book_versions import newest_change, told
from tests.workbench.test_rule_books import typed

from tuoshan.core.policy.editing.clause_editing import examples
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import library
from tuoshan.rulings.models import BookDraft

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]

CHANGE = "/rule-books/mall_shoes/change"
REPAIR = f"{CHANGE}/tables/repair"
SIX = "开胶六厘米，第52天，可换可退，不收折旧费"


def seven(client: Any, desk: Any) -> None:
    client.post(REPAIR, typed(desk, "repair", r1__opening_cm="<= 7"))
    client.post(REPAIR.replace("repair", "replace"), typed(desk, "replace", r3__opening_cm="> 7"))


def failing(page: str) -> list[str]:
    """The addresses of examples that fail, as the page of the copy links them."""
    return [html.unescape(one) for one in re.findall(rf'href="({CHANGE}/example\?[^"]+)"', page)]


def seen(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def example_of(page: str) -> str:
    return html.unescape(page.partition('name="example" value="')[2].partition('"')[0])


def test_an_example_that_fails_stands_once_with_all_that_is_wrong(desk: Any) -> None:
    manager = desk.client("manager")
    manager.post(REPAIR.replace("repair", "replace"), typed(desk, "replace", r3__opening_cm="> 7"))
    page = manager.get(CHANGE).content.decode()
    found = failing(page)
    assert len(found) > 1 and len(found) == len(set(found)), "each once"
    assert f"例子“{SIX}”不成立：" in page and "examples/drop" not in page, "nothing is deleted from the list"
    told = [one.partition("</ul>")[0] for one in page.split('<ul class="list-disc')[1:]]
    several = [one for one in told if one.count("<li") > 2]
    assert len(told) == len(found) and several
    assert all(one.count("界限各表不同") == 1 for one in several), "what they share stands once behind them"


def test_a_failing_example_is_made_to_expect_what_is_ruled_once_that_was_named(desk: Any) -> None:
    manager = desk.client("manager")
    seven(manager, desk)
    before = examples(BookDraft.objects.get().text)
    where = next(one for one in failing(manager.get(CHANGE).content.decode())
                 if SIX in manager.get(one).content.decode())  # fmt: skip
    page = manager.get(where).content.decode()
    assert "按副本现在的规则，这个例子不成立" in page
    assert "<dt>毛病</dt>" in page or "开胶" in page
    assert "6 厘米" in page and "2026-05-22" in page, "its facts in words"
    change = page.partition('id="renew-h"')[2].partition("</section>")[0]
    assert "换货、退货退款 → 维修" in change and "期间" not in change, "what changes and nothing else"
    name = example_of(page)
    assert name.startswith(SIX)
    refused = manager.post(f"{CHANGE}/example", {"example": name, "seen": "old"})
    assert refused.status_code == 409 and examples(BookDraft.objects.get().text) == before
    assert manager.post(f"{CHANGE}/example", {"example": name, "seen": seen(page)}).status_code == 302
    after = examples(BookDraft.objects.get().text)
    assert after.keys() == before.keys()
    assert {one for one in after if after[one] != before[one]} == {name}
    assert "period: {ends: 2026-06-30}" in after[name], "what still holds is kept"
    assert where not in failing(manager.get(CHANGE).content.decode())
    assert "这个例子成立" in manager.get(where).content.decode()
    [(label, (old, new))] = told(newest_change()).items()
    assert label == f"例子 {SIX}" and "可以：换货、退货退款" in old and "可以：维修" in new
    assert "expect" not in old + new


def test_an_example_that_went_is_told_in_words(desk: Any) -> None:
    manager = desk.client("manager")
    example = next(one for one in library.newest("mall_shoes").examples if one.name.startswith(SIX))
    manager.post(f"{CHANGE}/examples/drop", {"example": example.name})
    [(label, (before, after))] = told(newest_change()).items()
    assert label == f"例子 {SIX}" and after == "已删除"
    assert "开胶长度：6 厘米" in before and "应当：可以：换货、退货退款" in before
    assert "facts" not in before and "opening_cm" not in before


def test_what_is_saved_as_it_is_written_otherwise_leaves_no_empty_entry(desk: Any) -> None:
    text, _tables = library.text_of(library.newest("mall_shoes"))
    desk.client("manager").post(CHANGE, {"text": text.replace("\nexamples:\n", "\n\n\nexamples:\n")})
    assert not SettingChange.objects.exists()


def test_deleting_an_example_is_asked_on_its_own_page(desk: Any) -> None:
    manager = desk.client("manager")
    seven(manager, desk)
    where = failing(manager.get(CHANGE).content.decode())[0]
    page = manager.get(where).content.decode()
    asked = page.partition("删除这个例子…")[2]
    assert "确认删除这个例子" in asked and "检查不会发现" in asked
    auditor = desk.client("auditor").get(where)
    assert auditor.status_code == 200 and "<form" not in auditor.content.decode().partition("page-head")[2].partition(
        "</main>")[0]  # fmt: skip
    assert desk.client("auditor").post(f"{CHANGE}/example", {"example": example_of(page)}).status_code == 403
    assert manager.get(f"{CHANGE}/example?example=no").status_code == 404


def test_a_row_that_is_right_in_itself_does_not_say_that_the_book_is(desk: Any) -> None:
    manager = desk.client("manager")
    row = f"{REPAIR}/rows/1"
    assert "这一行检查通过" in manager.get(row).content.decode()
    answer = manager.post(REPAIR, typed(desk, "repair", r1__opening_cm="<= 7"), follow=True).content.decode()
    assert "检查没有通过" in answer and "已保存并检查" not in answer
    assert "这张表检查通过" not in answer and "这张表本身没有错" in answer
    page = manager.get(row).content.decode()
    assert "这一行检查通过" not in page and "规则包检查没有通过" in page and "个例子不成立" in page
    assert failing(page), "each leads to its page"
