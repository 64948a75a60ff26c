"""What figures and index say otherwise than the cases is found, told in words and mended; what is on its way is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests.insight.house import acting

from tuoshan.agenda.models import Item
from tuoshan.cases import service
from tuoshan.cases.models import Case
from tuoshan.insight import index, indexing, proving, search
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.content import Content
from tuoshan.insight.models import CaseFigures, Entry, Progress
from tuoshan.parties import customers
from tuoshan.parties.models import Customer

pytestmark = pytest.mark.django_db
Lodge = Callable[..., Case]


def told(*case_ids: int) -> list[str]:
    return [str(one) for one in proving.differences(list(case_ids) or None)]


def found(house: Any, text: str) -> list[str]:
    """Titles, the newest first."""
    page = search.find(house.fresh("lin"), Conditions.read({"q": text}))
    return [hit.case.title for hit in page.hits]


@pytest.fixture
def cases(lodge: Lodge) -> dict[str, Case]:
    return {title: lodge(f"{title}漏水", title=title) for title in ("壶", "灯", "杯")}


def _forget(case: Case) -> None:
    """Take a case's words out of the index, as a lost table would."""
    entry = Entry.objects.get(case_id=case.pk)
    with connection.cursor() as cursor:
        if index.on_postgresql():
            cursor.execute("UPDATE insight_entry SET words = '' WHERE id = %s", [entry.pk])
        else:
            words = " ".join(Content.from_text(entry.content).tokens())
            cursor.execute(
                "INSERT INTO insight_words (insight_words, rowid, words) VALUES ('delete', %s, %s)", [entry.pk, words]
            )


def test_each_difference_is_told_in_words_and_mended(house: Any, cases: dict[str, Case]) -> None:
    assert told() == []
    pot, lamp, cup = cases.values()
    CaseFigures.objects.filter(pk=pot.pk).update(cause="elsewhere", response_seconds=5)
    CaseFigures.objects.filter(pk=lamp.pk).delete()
    Case.objects.filter(pk=lamp.pk).update(title="台灯")
    _forget(cup)
    assert found(house, "漏水") == ["台灯", "壶"]
    first, second, third = told()
    assert first.startswith(f"{pot.number} ({pot.pk}): 统计数字不对：")
    assert "cause 记着 'elsewhere'，应为 ''" in first and "response_seconds is 5, not None" in first
    assert "没有统计数字" in second and "has no figures" in second
    assert "不是工单现在的" in second and "what it is no longer" in second
    assert "找不到" in third and "is not found" in third
    assert told(pot.pk) == [first] and told(cup.pk) == [third]
    proving.mend(list(proving.differences()))
    assert told() == []
    assert found(house, "漏水") == ["杯", "台灯", "壶"], "in the order of the cases"
    assert found(house, "台灯") == ["台灯"]
    if not index.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO insight_words (insight_words) VALUES ('integrity-check')")


def test_what_is_lost_as_a_whole_wants_all_anew(house: Any, cases: dict[str, Case]) -> None:
    pot, lamp, cup = cases.values()
    Progress.objects.create(name=indexing.SWEEP, case_id=cup.pk)
    _forget(pot)
    Entry.objects.filter(case_id=pot.pk).delete()
    CaseFigures.objects.filter(pk=lamp.pk).update(id=77)
    wrong = {one.case_id: one for one in proving.differences()}
    assert set(wrong) == {pot.pk, lamp.pk, 77}
    assert [one.needs_all_anew for one in wrong.values()] == [True, False, True]
    assert "不在查找索引里" in str(wrong[pot.pk]) and "工单却没有" in str(wrong[77])
    search.reindex()
    assert told() == [] and found(house, "漏水") == ["杯", "灯", "壶"]


def test_what_the_worker_has_still_to_take_in_is_no_difference(house: Any, lodge: Lodge, clock: Any) -> None:
    case = lodge("壶漏水", title="壶", name="李强", phone="13900139001")
    service.note(case_id=case.pk, actor=acting(house.people["lin"]), text="联系过了")
    late = lodge("灯不亮", work=False, title="灯")
    assert told() == []
    parked = Item.objects.filter(case_id=case.pk, name=indexing.EFFECT, done_at=None)
    parked.update(parked_at=clock())
    assert [line.split(" ")[0] for line in told()] == [case.number], "what is parked does not come by itself"
    parked.update(parked_at=None)
    house.work()
    assert Entry.objects.filter(case_id=late.pk).exists() and told() == []
    customer = Customer.objects.get()
    customer.name = "李小强"
    customer.save()
    assert told() == []
    house.work()
    assert told() == []
    customers.erase(Customer.objects.get())
    house.work()
    assert told() == []


def test_history_that_is_still_to_be_swept_up_is_no_difference(house: Any, complaints: Any, clock: Any) -> None:
    service.register(
        playbook="complaint", actor=acting(house.people["lin"]), channel="spreadsheet", customer_id=None,
        unit_id=None, title="旧案", values={"channel": "spreadsheet", "what_happened": "买到假货"}, history=True,
    )  # fmt: skip
    house.work()
    assert told() == []
    indexing.catch_up(clock())
    assert told() == [] and found(house, "假货") == ["旧案"]


def test_a_case_that_cannot_be_read_hides_no_other(house: Any, cases: dict[str, Case]) -> None:
    pot, lamp, _cup = cases.values()
    Case.objects.filter(pk=pot.pk).update(playbook_hash="gone", snapshot="{")
    CaseFigures.objects.filter(pk=lamp.pk).update(cause="elsewhere")
    first, second = proving.differences()
    assert "算不出来" in str(first) and "cannot be worked out" in str(first) and first.case_id == pot.pk
    assert set(second.columns) == {"cause"}
    proving.mend([first, second])
    assert [one.case_id for one in proving.differences()] == [pot.pk]
