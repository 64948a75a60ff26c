"""A row of a rule book's table changed in fields, without the grammar."""

from html.parser import HTMLParser
from typing import Any

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import books_as_shipped  # noqa: F401

from tuoshan.parties.models import SettingChange
from tuoshan.rulings import library, publishing

pytestmark = pytest.mark.django_db
PATH = "/rule-books/{}/change/tables/{}/rows/{}"


class Typed(HTMLParser):
    """What the browser sends of the form when nothing in it was touched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside, self._select, self._options = False, "", []  # type: ignore[var-annotated]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "row-form"
        name = given.get("name", "")
        if not self._inside:
            return
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.sent.setdefault(name, []).append(given.get("value", "on" if "checked" in given else ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append(("selected" in given, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            chosen = next((value for picked, value in self._options if picked), self._options[0][1])
            self.sent[self._select] = [chosen]
            self._select = ""


def typed(client: Any, path: str, **changed: str | list[str]) -> dict[str, Any]:
    page = client.get(path)
    assert page.status_code == 200
    return {**Typed(page.content.decode()).sent, "do": "save", **{
        name.replace("__", "-"): value for name, value in changed.items()}}  # fmt: skip


@pytest.mark.parametrize(
    ("book", "table", "number"),
    [("mall_shoes", "replace", 1), ("shoe_chain", "repair", 3), ("furniture_shop", "period", 0),
     ("national_car", "parts", 3), ("national_car", "standing", 6), ("pinduoduo", "merchant", 0)],
)  # fmt: skip
def test_a_row_saved_untouched_leaves_the_text_as_it_was(
    desk: Any, book: str, table: str, number: int  # noqa: F811
) -> None:
    manager = desk.client("manager")
    path = PATH.format(book, table, number)
    assert manager.post(path, typed(manager, path)).status_code == 302
    draft = publishing.open_draft(book)
    assert draft is not None
    assert (draft.text, publishing.tables_of(draft)) == library.text_of(library.newest(book))


def test_a_fee_a_clause_and_a_cell_are_changed_and_written_down(desk: Any) -> None:  # noqa: F811
    manager, path = desk.client("manager"), PATH.format("mall_shoes", "repair", 1)
    given = typed(manager, path, c0__fee__number="5.50", clause=["M02", "M03"], w__opening_cm__low="6")
    assert manager.post(path, given).status_code == 302
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None
    [line] = [one for one in draft.text.splitlines() if "{id: glue_small," in one]
    assert 'opening_cm: "<= 6"' in line and "fee: 5.50, until: guarantee_ends, rank: 2}" in line
    assert "clause: [M02, M03]" in line
    [entry] = SettingChange.objects.all()
    assert "费用：5.5 元" in str(entry.fields) and "M02, M03" in str(entry.fields)


def test_a_finding_and_a_wrong_field_stand_where_they_are_and_nothing_typed_is_lost(desk: Any) -> None:  # noqa: F811
    manager, path = desk.client("manager"), PATH.format("mall_shoes", "repair", 1)
    answer = manager.post(path, typed(manager, path, c0__own=[], c1__within__count="14"))
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_c0-own_error"' in page and 'value="14"' in page
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None and "within: 14 days" not in draft.text
    assert manager.post(path, typed(manager, path, clause=[])).status_code == 302
    assert "有结论而没有条款" in manager.get(path).content.decode()


def test_what_has_no_field_is_read_in_words_and_kept(desk: Any) -> None:  # noqa: F811
    manager, path = desk.client("manager"), PATH.format("furniture_shop", "period", 0)
    text = library.text_of(library.newest("furniture_shop"))[0]
    period, kept = "{period: {starts: told_from, ends: guarantee_ends, restarts: true}}", (
        "{governs: [exchange, repair], after: guarantee_ends, if: guarantee_ends >= sixty_ends}")
    copy = text.replace(f"then: {period}", f"then: [{period}, {kept}]", 1)
    assert copy != text
    manager.post("/rule-books/furniture_shop/change", {"text": copy})
    page = manager.get(path).content.decode()
    assert "三包期止 自 “六十日止” 起" in page
    given = typed(manager, path, c0__restarts=[])
    assert manager.post(path, given).status_code == 302
    draft = publishing.open_draft("furniture_shop")
    assert draft is not None
    [line] = [one for one in draft.text.splitlines() if "{id: delivered," in one]
    assert "{period: {starts: told_from, ends: guarantee_ends}}" in line
    assert kept in line


def test_two_people_do_not_lose_each_others_row(desk: Any) -> None:  # noqa: F811
    manager, path = desk.client("manager"), PATH.format("mall_shoes", "repair", 1)
    mine = typed(manager, path, w__opening_cm__low="7")
    admin = desk.client("admin")
    assert admin.post(path, typed(admin, path, c0__fee__number="9")).status_code == 302
    answer = manager.post(path, mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "刚被别人改过" in page and 'value="7"' in page
    assert manager.post(path, {**Typed(page).sent, "do": "save"}).status_code == 302
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None and 'opening_cm: "<= 7"' in draft.text


def test_who_only_reads_sees_the_row_and_changes_nothing(desk: Any) -> None:  # noqa: F811
    manager, path = desk.client("manager"), PATH.format("mall_shoes", "repair", 1)
    given = typed(manager, path, w__opening_cm__low="7")
    auditor = desk.client("auditor")
    page = auditor.get(path).content.decode()
    assert "现在：" in page and "保存并检查" not in page and "<fieldset class=\"contents\" disabled>" in page
    assert auditor.post(path, given).status_code == 403
    assert manager.get(PATH.format("mall_shoes", "repair", 99)).status_code == 404
