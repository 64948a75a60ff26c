"""A row written under a key that is not here says so in its place, and everything around it goes on."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from tests.workbench.deskhouse import desk

from tuoshan import clock as now_clock
from tuoshan.agenda import claiming, worker
from tuoshan.agenda.models import Item
from tuoshan.secrets import CannotDecrypt, Unreadable, strictly

__all__ = ["desk"]

pytestmark = pytest.mark.django_db
FOREIGN = Fernet(Fernet.generate_key())


def spoil(table: str, columns: tuple[str, ...], where: str, value: int) -> dict[str, str]:
    """Put texts there as a node with other keys writes them."""
    tokens = {column: FOREIGN.encrypt("杯子碎了".encode()).decode() for column in columns}
    with connection.cursor() as cursor:
        for column, token in tokens.items():
            cursor.execute(f"UPDATE {table} SET \"{column}\" = %s WHERE {where} = %s", [token, value])
    return tokens


def stored(table: str, column: str, key: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [key])
        return str(cursor.fetchone()[0])


@pytest.fixture
def strange(desk: Any) -> Any:
    """A case of which nothing that is encrypted can be read, whatever table it stands in."""
    from django.apps import apps

    from tuoshan.parties.models import Customer
    from tuoshan.secrets import EncryptedTextField

    customer = Customer(name="陌生", phone="13900139000", email="strange@example.cn", address="某处")
    customer.save()
    case = desk.house.complaint(customer_id=customer.pk)
    desk.house.complaint()
    worker.drain()
    for model in apps.get_models():
        columns = tuple(str(one.column) for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField))
        if columns and any(one.attname == "case_id" for one in model._meta.concrete_fields):
            spoil(model._meta.db_table, columns, "case_id", case.pk)
    spoil("parties_customer", ("name", "phone", "email", "address"), "id", customer.pk)
    return case


SCREENS = (
    "/queue/open", "/board", "/board/approvals", "/tasks", "/search?q=杯子", "/customers?q=13900139000", "/mailbox",
    "/parked", "/reports",
)  # fmt: skip


@pytest.mark.parametrize("page", SCREENS)
@pytest.mark.parametrize("who", ["manager", "admin"])
def test_lists_and_board_stand(desk: Any, strange: Any, page: str, who: str) -> None:
    answer = desk.client(who).get(page, follow=True)
    assert answer.status_code in {200, 403}, page


def test_the_case_and_its_customer_say_what_cannot_be_read(desk: Any, strange: Any, caplog: Any) -> None:
    client = desk.client("manager")
    with caplog.at_level(logging.ERROR):
        page = client.get(f"/case/{strange.number}")
    assert page.status_code == 200 and "无法解密" in page.content.decode()
    assert "cannot_decrypt" in caplog.text
    client.cookies["tuoshan_language"] = "en"
    assert "cannot be decrypted" in client.get(f"/case/{strange.number}").content.decode()
    assert client.get(f"/customers/{strange.customer_id}").status_code == 200


def test_the_list_shows_it_in_the_place_of_the_name(desk: Any, strange: Any) -> None:
    from tuoshan.parties.models import Customer

    assert str(Customer.objects.get(pk=strange.customer_id)) == "无法解密"
    assert Customer.objects.get(pk=strange.customer_id).masked_phone == "无法解密"


def test_a_program_reads_the_other_cases_and_this_one(desk: Any, strange: Any) -> None:
    client = desk.client("manager")
    for path in ("/api/v1/cases", f"/api/v1/cases/{strange.number}", "/api/v1/search?q=杯子"):
        assert client.get(path).status_code == 200, path


@pytest.fixture
def papers_set(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What came onto each paper, which is set as ever."""
    from tuoshan.documents import pdf

    told: list[Any] = []
    compiled = pdf._compile
    monkeypatch.setattr(pdf, "_compile", lambda *given: told.append(given[1]) or compiled(*given))
    return told


def test_no_paper_with_a_gap_goes_to_the_customer(desk: Any, strange: Any, papers_set: list[Any]) -> None:
    client = desk.client("agent")
    for size in ("80mm", "a5"):
        page = client.get(f"/case/{strange.number}/slip?size={size}")
        text = page.content.decode()
        assert page.status_code == 409 and "没有打印" in text and "TUOSHAN_FIELD_KEYS" in text
        assert "parties_customer.name" in text and "无法解密" in text
    client.cookies["tuoshan_language"] = "en"
    assert "was not printed, as something on it cannot" in client.get(f"/case/{strange.number}/slip").content.decode()
    refused = client.get(f"/api/v1/cases/{strange.number}/slip", headers={"Accept-Language": "zh-hans"})
    assert refused.status_code == 409 and refused.json()["code"] == "not_whole"
    assert not papers_set


def test_a_paper_of_the_houses_own_says_at_its_head_that_it_is_not_complete(
    desk: Any, strange: Any, papers_set: list[Any]
) -> None:
    whole = desk.complaint()
    for number in (strange.number, whole.number):
        for kind in ("record", "archive"):
            page = desk.client("agent").get(f"/case/{number}/paper/{kind}")
            assert page.status_code == 200 and page.content.startswith(b"%PDF"), kind
    said = [content["gaps"] for content in papers_set]
    assert all(one.startswith("本件不完整") and "cases_words.text" in one for one in said[:2]) and said[2:] == ["", ""]


def test_what_a_letter_does_not_say_keeps_it_from_nobody(desk: Any) -> None:
    from tests.workbench.test_papers import not_upheld

    from tuoshan.cases import service

    case = not_upheld(desk)
    service.note(case_id=case.pk, actor=service.ActingAs.by_person(desk.people["agent"]), text="内部备注")
    spoil("cases_message", ("text",), "case_id", case.pk)
    letter = f"/case/{case.number}/paper/letter"
    assert desk.client("agent").get(letter).status_code == 200
    spoil("parties_customer", ("name",), "id", case.customer_id)
    assert desk.client("agent").get(letter).status_code == 409
    assert desk.client("agent").get(f"/api/v1/cases/{case.number}/papers/letter").json()["code"] == "not_whole"


def test_a_ruling_whose_thing_cannot_be_read_is_not_printed(desk: Any) -> None:
    from tests.workbench.rulinghouse import kept

    case = desk.accepted()
    row = kept(desk, case)
    client, place = desk.client("agent"), f"/case/{case.number}/ruling/{row.pk}/paper"
    assert client.get(place).status_code == 200
    spoil("rulings_kept", ("label",), "id", row.pk)
    assert client.get(place).status_code == 409
    assert client.get(f"/api/v1/cases/{case.number}/rulings/{row.pk}/paper").json()["code"] == "not_whole"


def test_what_cannot_be_read_is_never_written_over(desk: Any, strange: Any) -> None:
    from tuoshan.parties.models import Customer

    columns = ("name", "phone", "phone_index")  # the last, so that they are still found by their phone
    kept = [stored("parties_customer", column, strange.customer_id) for column in columns]
    row = Customer.objects.get(pk=strange.customer_id)
    row.name, row.address = str(row.name), "新地址"  # as a form sends back what it showed
    row.save()
    again = Customer.objects.get(pk=strange.customer_id)
    assert isinstance(again.name, Unreadable) and again.address == "新地址"
    assert [stored("parties_customer", column, row.pk) for column in columns] == kept


def test_who_acts_on_it_is_stopped(desk: Any, strange: Any) -> None:
    from tuoshan.parties.models import Customer

    with strictly(), pytest.raises(CannotDecrypt, match=r"无法解密：parties_customer\.name .* Cannot be decrypted"):
        _name = Customer.objects.get(pk=strange.customer_id).name
    with strictly():
        row = Customer.objects.get(pk=strange.customer_id)
        row.grade = "vip"
        row.save()
    assert isinstance(Customer.objects.get(pk=strange.customer_id).name, Unreadable), "who does not use it goes on"


def test_a_colleague_whose_address_cannot_be_read_keeps_no_notice_from_the_others(desk: Any) -> None:
    from tuoshan.integrations.models import Notification

    spoil("parties_person", ("email", "phone"), "id", desk.house.lead.pk)
    case = desk.proposed()
    worker.drain()
    assert not Item.objects.filter(case_id=case.pk, kind__in=("effect", "wake"), done_at=None, attempts__gt=0).exists()
    assert Notification.objects.exists()


def test_history_is_taken_in_around_a_case_that_cannot_be_read(desk: Any, strange: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.insight.models import Entry, Progress

    Entry.objects.all().delete()
    Item.objects.filter(name="insight_catch_up").delete()
    Progress.objects.all().delete()
    worker.arm_jobs()
    worker.Run("once", 50).once()
    assert set(Entry.objects.values_list("case_id", flat=True)) == set(Case.objects.values_list("id", flat=True))


def test_a_job_about_it_is_parked_with_a_reason_and_the_others_are_done(desk: Any, clock: Any) -> None:
    from tuoshan.parties.models import Customer

    customer = Customer(name="陌生", phone="13900139000")
    customer.save()
    bad, good = desk.house.complaint(customer_id=customer.pk), desk.house.complaint()
    spoil("parties_customer", ("name", "phone"), "id", customer.pk)
    worker.drain()
    assert Item.objects.filter(case_id=good.pk, kind="effect", done_at=None).count() == 0
    waiting = Item.objects.filter(case_id=bad.pk, kind="effect", done_at=None)
    assert waiting.exists()
    for _attempt in range(claiming.ATTEMPTS):
        clock.advance(timedelta(hours=2))
        worker.drain()
    parked = list(claiming.parked().filter(case_id=bad.pk))
    assert parked and not Item.objects.filter(case_id=bad.pk, kind="effect", done_at=None, parked_at=None).exists()
    assert all("无法解密" in item.last_error and "parties_customer" in item.last_error for item in parked)
    assert "无法解密" in desk.client("admin").get("/parked", follow=True).content.decode()


def test_what_fails_again_and_again_is_lag(desk: Any, clock: Any) -> None:
    from tuoshan.office import parked

    worker.drain()
    due = now_clock.now()
    claiming.put(kind="job", name="never_heard_of", key="x", due_at=due)
    [item] = claiming.claim(worker="w", kind="job", now=due, limit=1)
    clock.advance(timedelta(minutes=5))
    claiming.fail(item, "no", now_clock.now())
    assert parked.lag(now_clock.now()) >= timedelta(minutes=5), "it waits for another try, and since it was due"
