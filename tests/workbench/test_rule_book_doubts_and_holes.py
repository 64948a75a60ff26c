"""Answers to doubts taken back on the screen, and days on which no version of a book would hold."""

from datetime import date
from typing import Any

import pytest
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped, changed_text, without_examples
from tests.workbench.test_rule_book_versions import newest_change, told

from tuoshan import clock
from tuoshan.core.policy.editing import clause_editing
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import library, publishing
from tuoshan.rulings.models import PublishedBook

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]
BOOK = "/rule-books/mall_shoes"
BACK = f"{BOOK}/change/meant/back"
GIVEN = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
"""Today in these tests is 2 March 2026."""


def five_of_seven(client: Any) -> str:
    """Seven centimetres in the rows, five in the clause's words: saved, and answered as meant."""
    text = changed_text()[1].replace("七厘米", "五厘米")
    client.post(f"{BOOK}/change", {"text": text})
    keys = [one.key for one in publishing.prove_copy(publishing.open_draft("mall_shoes")).doubts]  # type: ignore[arg-type]
    for key in keys:
        client.post(f"{BOOK}/change/meant", {"doubt": key, "because": "条款照录原文"})
    return str(keys[0])


def test_an_answer_is_taken_back_and_the_check_asks_again(desk: Any) -> None:
    manager = desk.client("manager")
    key = five_of_seven(manager)
    page = manager.get(f"{BOOK}/change").content.decode()
    meant = page.partition('id="meant"')[2].partition("</details>")[0]
    assert "发布前请答复" not in page and "条款写着“五厘米”" in meant and "有意，因为：条款照录原文" in meant
    assert manager.post(BACK, {"doubt": key}).headers["Location"] == f"{BOOK}/change#doubts"
    page = manager.get(f"{BOOK}/change").content.decode()
    assert "发布前请答复" in page and manager.post(f"{BOOK}/publish", GIVEN).status_code == 422
    [(label, values)] = told(newest_change()).items()
    assert key in label and values == ("条款照录原文", "收回答复")
    many = SettingChange.objects.count()
    assert "这条答复已经没有了" in manager.post(BACK, {"doubt": key}, follow=True).content.decode()
    assert SettingChange.objects.count() == many


def test_an_answer_to_nothing_says_so(desk: Any) -> None:
    manager = desk.client("manager")
    text = clause_editing.with_meant(changed_text()[1], "M02: 三厘米", "旧答复 / Old")
    manager.post(f"{BOOK}/change", {"text": text})
    meant = manager.get(f"{BOOK}/change").content.decode().partition('id="meant"')[2].partition("</details>")[0]
    assert "现在已经没有这条提示" in meant and "有意，因为：旧答复" in meant


@pytest.mark.parametrize(("who", "wanted"), [
    ("agent", 403), ("lead", 403), ("auditor", 403), ("admin", 302), ("manager", 302),
])  # fmt: skip
def test_who_may_take_an_answer_back(desk: Any, who: str, wanted: int) -> None:
    key = five_of_seven(desk.client("manager"))
    assert desk.client(who).post(BACK, {"doubt": key}).status_code == wanted
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None and (key in clause_editing.meant(draft.text)) is (wanted == 403)
    page = desk.client("auditor").get(f"{BOOK}/change").content.decode()
    assert "收回答复</button>" not in page


def test_the_first_the_middle_and_the_only_answer_are_taken_out_of_the_text() -> None:
    text = "a: 1\nclauses: {}\n"
    one = clause_editing.with_meant(text, "M02: 五", "甲 / A")
    two = clause_editing.with_meant(one, "M03: 六", "乙 / B")
    three = clause_editing.with_meant(two, "M04: 七", "丙 / C") + "examples: []\n"
    assert clause_editing.meant(three) == ["M02: 五", "M03: 六", "M04: 七"]
    assert clause_editing.meant(clause_editing.without_meant(three, "M03: 六")) == ["M02: 五", "M04: 七"]
    assert clause_editing.without_meant(two, "M03: 六") == one and clause_editing.without_meant(one, "M02: 五") == text
    assert clause_editing.without_meant(three, "M04: 七") == two + "examples: []\n"
    for wrong in (text, three):
        with pytest.raises(NotEditable):
            clause_editing.without_meant(wrong, "M09")
    assert clause_editing.meant(text) == []


# -- days without a version -----------------------------------------------------------------------------------------


def ends(text: str, until: str) -> str:
    return text.replace("in_force: {by: sold_on}", f"in_force: {{by: sold_on, until: {until}}}")


def published(desk: Any, until: str = "", begins: str = "2026-03-02") -> None:
    text = ends(changed_text()[1], until) if until else changed_text()[1]
    person = desk.people["manager"].pk
    publishing.save_draft("mall_shoes", text, {}, person_id=person, now=clock.now())
    publishing.publish("mall_shoes", begins=date.fromisoformat(begins), reason="新", confirmed_by="法务部",
                       person_id=person, now=clock.now())  # fmt: skip


def again(desk: Any, until: str = "") -> Any:
    """The next copy, with six centimetres; gives the manager's client."""
    text = without_examples(library.text_of(library.newest("mall_shoes"))[0].partition("\nmeant:")[0] + "\n")
    for seven, six in (('"<= 7"', '"<= 6"'), ('"> 7"', '"> 6"'), ("七厘米", "六厘米"), ("7 cm", "6 cm")):
        text = text.replace(seven, six)
    text = text.replace(", until: 2026-03-10}", "}")
    manager = desk.client("manager")
    manager.post(f"{BOOK}/change", {"text": ends(text, until) if until else text})
    return manager


@pytest.mark.parametrize(("begins", "hole"), [
    ("2026-03-09", ""), ("2026-03-10", ""), ("2026-03-11", "2026-03-10 至 2026-03-10"),
    ("2026-03-20", "2026-03-10 至 2026-03-19"),
])  # fmt: skip
def test_days_between_two_versions_are_named_before_it_is_published(desk: Any, begins: str, hole: str) -> None:
    """The one before ends before 10 March: whoever buys on that day would be ruled by nobody."""
    published(desk, until="2026-03-10")
    manager = again(desk)
    page = manager.get(f"{BOOK}/change?begins={begins}").content.decode()
    assert ('id="holes"' in page) is bool(hole) and (f"购买日期在 {hole} 的，没有哪一版管" in page) is bool(hole)
    assert ("unruled_meant" in page) is bool(hole)
    answer = manager.post(f"{BOOK}/publish", {**GIVEN, "begins": begins})
    if not hole:
        assert answer.status_code == 302
        return
    said = answer.content.decode()
    assert answer.status_code == 422 and f"购买日期在 {hole} 的" in said and "有些日子没有哪一版管" in said
    assert PublishedBook.objects.count() == 1 and 'value="法务部"' in said
    assert manager.post(f"{BOOK}/publish", {**GIVEN, "begins": begins, "unruled_meant": "on"}).status_code == 302


def test_a_program_is_told_the_days_without_a_version_and_says_that_they_are_meant(desk: Any) -> None:
    published(desk, until="2026-03-10")
    again(desk)
    program, where = Caller(desk.people["manager"], "admin"), f"{BOOK}/publish"
    told = program.send("POST", where, {**GIVEN, "begins": "2026-03-20"}, expect=409)
    assert told["code"] == "unruled_days" and told["facts"]["days"] == [{"first": "2026-03-10", "last": "2026-03-19"}]
    assert "购买日期在 2026-03-10 至 2026-03-19 的，没有哪一版管" in told["detail"]
    assert PublishedBook.objects.count() == 1
    program.send("POST", where, {**GIVEN, "begins": "2026-03-20", "unruled_meant": True})
    assert PublishedBook.objects.count() == 2


@pytest.mark.parametrize(("until", "first"), [("2026-04-01", "2026-04-01"), ("2026-03-01", "2026-03-05")])
def test_what_comes_after_the_end_of_the_copy_is_named(desk: Any, until: str, first: str) -> None:
    """It ends on 1 April; or it ended before it begins, so that nothing holds from its first day on."""
    manager = desk.client("manager")
    manager.post(f"{BOOK}/change", {"text": ends(changed_text()[1], until)})
    page = manager.get(f"{BOOK}/change?begins=2026-03-05").content.decode()
    assert f"购买日期在 {first} 或以后的，没有哪一版管" in page
    assert manager.post(f"{BOOK}/publish", {**GIVEN, "begins": "2026-03-05"}).status_code == 422


def test_a_version_that_was_withdrawn_fills_no_hole(desk: Any) -> None:
    published(desk, until="2026-03-10")
    assert again(desk).post(f"{BOOK}/publish", {**GIVEN, "begins": "2026-03-10"}).status_code == 302
    assert publishing.holes(library.newest("mall_shoes"), date(2026, 3, 12)) == []
    person = desk.people["manager"].pk
    publishing.withdraw("mall_shoes", 3, reason="错", person_id=person, now=clock.now())
    pack = library.newest("mall_shoes")
    assert publishing.holes(pack, date(2026, 3, 12))[0] == publishing.Hole(date(2026, 3, 10), date(2026, 3, 11))
    assert publishing.holes(pack, date(2026, 3, 10)) == [publishing.Hole(date(2026, 3, 10))], "its own end alone"
