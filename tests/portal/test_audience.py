"""What a customer is asked and shown is put to them, not said about them: a matter of the playbooks' wording."""

import re
from collections.abc import Iterator

import pytest
from tests.portal import house
from tests.portal.test_case_page import do

from tuoshan.cases import library
from tuoshan.core.playbook import Field, Playbook, Wording

SHIPPED = ("complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return")
ABOUT_THEM = re.compile(r"客户|用户|\bcustomer|报修人|\bapplicant", re.I)
"""Words with which staff speak of the person whose page it is."""


def shown_fields(book: Playbook) -> Iterator[Field]:
    """The fields that the page's person fills in or is told of."""
    for action in book.actions.values():
        if book.portal in action.by:
            yield from action.form
    for task in book.tasks.values():
        if task.party == book.portal:
            yield from task.form
    said = " ".join(one.text.zh for one in book.messages.values() if book.portal in one.to)
    yield from (field for name, field in book.facts.items() if f"{{{name}}}" in said)


def shown_words(book: Playbook) -> Iterator[tuple[str, Wording]]:
    for field in shown_fields(book):
        theirs = field.for_customer()
        yield f"fields.{field.name}.label", theirs.label
        yield f"fields.{field.name}.help", theirs.help
    for name, state in book.states.items():
        yield f"states.{name}", state.customer if state.customer.zh else state.title
    for name, action in book.actions.items():
        if book.portal in action.by:
            yield f"actions.{name}", action.customer if action.customer.zh else action.title
    for name, task in book.tasks.items():
        if task.party == book.portal:
            yield f"tasks.{name}", task.customer if task.customer.zh else task.title


@pytest.mark.parametrize("key", SHIPPED)
def test_nothing_on_the_page_speaks_about_its_reader(key: str) -> None:
    book = library.current(key)
    assert book.portal
    odd = [(where, text) for where, one in shown_words(book) for text in (one.zh, one.en) if ABOUT_THEM.search(text)]
    assert not odd
    assert all(state.customer.zh for state in book.states.values())


@pytest.mark.django_db
def test_the_forms_and_the_page_use_the_customers_wording() -> None:
    case = house.take(house.begin(wish="换一台"), "ask_more", "service_desk", values={"missing": "请拍铭牌"})
    client = house.opened(case)
    page = house.page_of(case, client)
    for text in ("您希望怎么处理", "请您补充", "补充材料", "补充说明", "不认同结论"):
        assert (text in page) == (text != "不认同结论"), text
    assert "客户诉求" not in page and "需要补充什么" not in page and "客户补充的内容" not in page
    client.cookies["tuoshan_language"] = "en"
    page = house.page_of(case, client)
    assert "What we need from you" in page and "Add what is missing" in page and "What you add" in page


@pytest.mark.django_db
def test_help_for_staff_stays_with_staff() -> None:
    case = house.offered()
    page = house.page_of(case)
    assert "我们的方案" in page and "会原样发给客户" not in page
    assert "请继续处理" not in page  # only where the case rests
    assert do(house.opened(case), case, "disagree", wish="").status_code == 422
