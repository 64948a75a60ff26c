"""The lengths of a rule book's periods: changed in fields, with what they are called, each with a reason."""

import re
from typing import Any

import pytest
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped
from tests.workbench.test_rule_book_versions import newest_change, told

from tuoshan import clock
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing import length_editing
from tuoshan.core.policy.editing.length_editing import Length
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import copying, library, publishing

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]
BOOK = "furniture_shop"
CHANGE = f"/rule-books/{BOOK}/change"
PATH = f"{CHANGE}/periods"


def typed(**changed: str) -> dict[str, str]:
    """What the form sends when nothing, or only this, was changed."""
    draft = publishing.open_draft(BOOK) or publishing.copy_of_newest(BOOK)
    sent = {"seen": copying.stamp_of_lengths(draft), "reason": ""}
    for key, one in length_editing.lengths(draft.text).items():
        sent |= {f"p-{key}": one.count, f"u-{key}": one.unit}
    pack = publishing.prove_copy(draft).pack or library.newest(BOOK)
    for name in ("in_30", "in_60", "thirty_ends", "sixty_ends"):
        sent |= {f"n-{name}-zh": pack.labels[name].zh, f"n-{name}-en": pack.labels[name].en}
    return sent | {name.replace("__", "."): value for name, value in changed.items()}


LONGER = {
    "p-since.in_30": "45", "p-since_less.in_30": "45", "n-in_30-zh": "四十五日内", "n-in_30-en": "Within 45 days",
    "p-thirty_ends": "45", "n-thirty_ends-zh": "四十五日止", "n-thirty_ends-en": "The forty-five days end",
    "reason": "新承诺",
}  # fmt: skip


def test_a_period_is_changed_with_its_name_and_the_rest_of_the_text_stays(desk: Any) -> None:
    manager = desk.client("manager")
    page = manager.get(PATH).content.decode()
    assert "已过时间：三十日内" in page and "三十日止" in page and "从“" in page
    assert "同样长、从同一天起算的还有：" in page
    assert manager.post(PATH, {**typed(), **LONGER}).headers["Location"] == f"{CHANGE}#periods"
    draft = publishing.open_draft(BOOK)
    assert draft is not None
    known = length_editing.lengths(draft.text)
    assert [known[key].written for key in ("since.in_30", "since_less.in_30", "thirty_ends", "sixty_ends")] == [
        "45 days", "45 days", "45 days", "60 days"]  # fmt: skip
    gone = set(library.text_of(library.newest(BOOK))[0].splitlines()) - set(draft.text.splitlines())
    assert all("30" in line for line in gone), "nothing else is written anew"
    pack = library.read_version(BOOK, draft.text, publishing.tables_of(draft)).pack
    assert pack is not None and pack.labels["in_30"] == Wording("四十五日内", "Within 45 days")
    record = told(newest_change())
    assert record["已过时间：四十五日内"] == ("30 天", "45 天") and record["叫法"][1].startswith("四十五日")
    assert record["理由"] == ("", "新承诺")
    overview = manager.get(CHANGE).content.decode().partition('id="periods"')[2].partition("</section>")[0]
    assert "四十五日内" in overview and "45 天" in overview and overview.count("已改") == 3
    assert "现行版本：30 天" in manager.get(PATH).content.decode()


@pytest.mark.parametrize(("left_out", "where", "said"), [
    ("reason", "reason", "改了期限，请写明理由"),
    ("n-thirty_ends-zh", "n-thirty_ends-zh", "叫法里写着原来的长度"),
    ("p-since_less.in_30", "p-since.in_30", "同一个叫法，长度要一样"),
])  # fmt: skip
def test_what_would_no_longer_go_together_is_named_and_nothing_is_kept(
    desk: Any, left_out: str, where: str, said: str
) -> None:
    sent = {**typed(), **LONGER}
    plain = typed()
    sent |= {name: plain[name] for name in (left_out, left_out.replace("-zh", "-en")) if name in plain}
    answer = desk.client("manager").post(PATH, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page.partition(f'id_{where}_error"')[2].partition("</p>")[0]
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize("value", ["0", "1201", "1.5", "soon", ""])
def test_a_length_that_is_none_is_refused(desk: Any, value: str) -> None:
    answer = desk.client("manager").post(PATH, typed(**{"p-sixty_ends": value, "reason": "试"}))
    assert answer.status_code == 422 and 'id="id_p-sixty_ends_error"' in answer.content.decode()
    assert not SettingChange.objects.exists()


def test_days_become_months_and_an_unchanged_form_asks_for_nothing(desk: Any) -> None:
    manager = desk.client("manager")
    assert manager.post(PATH, typed()).status_code == 302 and not SettingChange.objects.exists()
    sent = typed(**{"p-sixty_ends": "2", "u-sixty_ends": "months", "n-sixty_ends-zh": "两个月止",
                    "n-sixty_ends-en": "The two months end", "reason": "按月"})  # fmt: skip
    assert manager.post(PATH, sent).status_code == 302
    assert told(newest_change())["两个月止"] == ("60 天", "2 个月")


@pytest.mark.parametrize(("who", "reads", "saves"), [
    ("agent", 403, 403), ("lead", 403, 403), ("auditor", 404, 403), ("admin", 200, 302), ("manager", 200, 302),
])  # fmt: skip
def test_who_may_open_and_who_may_change_the_periods(desk: Any, who: str, reads: int, saves: int) -> None:
    client = desk.client(who)
    assert client.get(PATH).status_code == reads
    assert client.post(PATH, {**typed(), **LONGER}).status_code == saves


def test_who_only_reads_sees_them_and_no_button(desk: Any) -> None:
    publishing.draft_of(BOOK, desk.people["manager"].pk, clock.now())
    page = desk.client("auditor").get(PATH).content.decode()
    assert "三十日止" in page and '<fieldset class="contents" disabled>' in page and "form-acts" not in page


def test_two_people_do_not_lose_each_others_period(desk: Any) -> None:
    mine = {**typed(), **LONGER}
    assert desk.client("admin").post(PATH, {**typed(), **LONGER}).status_code == 302
    answer = desk.client("manager").post(PATH, {**mine, "p-thirty_ends": "50"})
    assert answer.status_code == 409 and "刚被别人改过" in answer.content.decode()


def test_a_book_that_states_no_length_has_no_form(desk: Any) -> None:
    assert desk.client("manager").get("/rule-books/facility/change/periods").status_code == 404
    assert 'id="periods"' not in desk.client("manager").get("/rule-books/facility/change").content.decode()


def test_a_finding_in_a_period_leads_to_the_form(desk: Any) -> None:
    manager = desk.client("manager")
    text = library.text_of(library.newest(BOOK))[0]
    text, changed = re.subn(r"\{from: \w+, plus: 30 days", "{from: counted, plus: 30 days", text, count=1)
    assert changed
    page = manager.post(CHANGE, {"text": text}).content.decode()
    assert "三十日止：没有“counted”" in page and f'href="{PATH}"' in page


def test_lengths_and_names_are_written_where_they_stand() -> None:
    text = "values:\n  a: {bands: {b: 1 month, c: n months}}  # why\n  e:\n    plus: 7 law_days\n  h: 24\n  x: a + 1\n"
    known = length_editing.lengths(text)
    assert {key: one.written for key, one in known.items()} == {"a.b": "1 months", "e": "7 law_days", "h": "24"}
    after = length_editing.with_lengths(text, {
        "a.b": Length("a", "b", "2", "months"), "e": Length("e", "", "3", "days"), "h": Length("h", "", "8.5", ""),
    })  # fmt: skip
    assert after == text.replace("1 month,", "2 months,").replace("7 law_days", "3 days").replace("24", "8.5")
    with pytest.raises(NotEditable):
        length_editing.with_lengths(text, {"c": Length("c", "", "3", "days")})
    said = Wording("三日止", "Three days")
    first = length_editing.with_label(text + "# the clauses\nclauses: {}\n", "e", said)
    assert first == text + "labels:\n  e: 三日止 / Three days\n\n# the clauses\nclauses: {}\n"
    second = length_editing.with_label(first, "h", Wording("时", "Hours"))
    assert "  e: 三日止 / Three days\n  h: 时 / Hours\n" in second
    assert "  e: 五日止 / Five days\n" in length_editing.with_label(second, "e", Wording("五日止", "Five days"))
    assert length_editing.lengths("clauses: {}\n") == {}
