"""A store sees its own cases: a case registered under somebody's phone opens neither their record nor other cases."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.workbench.storehouse import STRANGER, VICTIM, desk, stores

from tuoshan.parties import customers as people
from tuoshan.parties.models import Customer, CustomerChange

__all__ = ["desk", "stores"]

ADDRESS = "上海市徐汇区幸福路 1 号"


@pytest.fixture
def victim(stores: Any) -> Any:
    """The customer of a case of the second store, with all that may be on record."""
    customer = stores.desk.house.customer
    Customer.objects.filter(pk=customer.pk).update(address="")
    customer.address = ADDRESS
    customer.save()
    stores.register("second")
    return customer


def tracked(number: str, phone: str) -> bool:
    return Client().post("/portal/track", {"number": number, "phone": phone}).status_code == 302


def test_a_case_registered_under_a_known_phone_hands_over_neither_record_nor_other_cases(
    stores: Any, victim: Any
) -> None:
    from tuoshan.cases.models import Case

    theirs = Case.objects.get(unit_id=stores.two.pk)
    mine = stores.register("first")
    assert mine.customer_id == victim.pk and mine.unit_id == stores.one.pk
    clerk, program = stores.client("first"), stores.program("first")
    assert clerk.get(f"/case/{mine.number}").status_code == 200
    assert clerk.get(f"/case/{theirs.number}").status_code == 404

    page = clerk.get(f"/customers/{victim.pk}").content.decode()
    case = clerk.get(f"/case/{mine.number}").content.decode()
    for text in (page, case, clerk.get("/customers", {"q": VICTIM}, follow=True).content.decode()):
        assert VICTIM not in text and "wang@example.cn" not in text and "幸福路" not in text
        assert theirs.number not in text
    assert "王芳" in page and "138****8000" in page and mine.number in page and "服务台或主管" in page
    assert f"/customers/{victim.pk}/correct" not in page

    on_record = program.get(f"/customers/{victim.pk}")
    assert (on_record["name"], on_record["phone"], on_record["cases"]) == ("王芳", "138****8000", 1)
    assert "wang@" not in on_record["email"] and on_record["address"] == "上海市徐汇区****"
    assert program.get(f"/customers/{victim.pk}/changes", expect=403)["code"] == "cases_elsewhere"

    given = {"name": "王芳", "phone": STRANGER, "email": "", "address": "", "language": "", "way": ""}
    answer = clerk.post(f"/customers/{victim.pk}/correct", given)
    assert answer.status_code == 403 and "请联系服务台或主管" in answer.content.decode()
    for body in ({"phone": STRANGER}, {"email": "mine@example.com"}, {"address": "别处"}, {"way": "mail"}):
        refused = program.send("PATCH", f"/customers/{victim.pk}", body, expect=403)
        assert refused["code"] == "cases_elsewhere" and "服务台或主管" in refused["detail"]
    victim.refresh_from_db()
    assert victim.phone == f"+86{VICTIM}" and not CustomerChange.objects.exists()
    assert not tracked(theirs.number, STRANGER)


def test_a_list_of_customers_costs_as_much_for_four_as_for_two(stores: Any) -> None:
    def statements() -> list[int]:
        clerk, program, counts = stores.client("first"), stores.program("first"), []
        for ask in (lambda: clerk.get("/customers", {"q": "同名"}), lambda: program.get("/customers?q=同名")):
            ask()
            with CaptureQueriesContext(connection) as asked:
                ask()
            counts.append(len(asked))
        return counts

    phones = [f"1391111000{n}" for n in range(4)]
    for phone in phones[:2]:
        stores.register("first", phone, **{"customer-name": "同名客户"})
    few = statements()
    for phone in phones[2:]:
        stores.register("first", phone, **{"customer-name": "同名客户"})
    assert "同名客户" in stores.client("first").get("/customers", {"q": "同名"}).content.decode()
    assert statements() == few


def test_joining_the_customer_with_ones_own_is_refused_in_both_directions(stores: Any, victim: Any) -> None:
    stores.register("first")
    own = stores.register("first", STRANGER, **{"customer-name": "我自己"}).customer_id
    clerk, program = stores.client("first"), stores.program("first")
    for one, into in ((victim.pk, own), (own, victim.pk)):
        for answer in (clerk.get(f"/customers/{one}/join/{into}"), clerk.post(f"/customers/{one}/join/{into}")):
            assert answer.status_code == 403 and VICTIM not in answer.content.decode()
        assert program.post(f"/customers/{one}/join", {"into": into}, expect=403)["code"] == "cases_elsewhere"
    own_record = {"name": "我自己", "phone": VICTIM, "email": "", "address": "", "language": "", "way": ""}
    taken = clerk.post(f"/customers/{own}/correct", own_record)
    assert taken.status_code == 409 and "/join/" not in taken.content.decode()
    assert set(Customer.objects.filter(pk__in=(victim.pk, own), joined_into=None)) == {
        victim, Customer.objects.get(pk=own)
    }  # fmt: skip


def test_registering_adds_no_address_to_which_the_customers_messages_would_go(stores: Any, victim: Any) -> None:
    Customer.objects.filter(pk=victim.pk).update(email="", email_index="", address="")
    answer_of = stores.register("first", **{"customer-email": "mine@example.com"})
    said = stores.program("first").post(
        "/cases",
        {
            "values": {"channel": "api", "what_happened": "另一件"}, "customer_phone": VICTIM,
            "customer_email": "mine@example.com", "customer_address": "别处 1 号",
        },
        expect=201,
    )  # fmt: skip
    assert said["number"] and answer_of.customer_id == victim.pk
    victim.refresh_from_db()
    assert (victim.email, victim.address) == ("", "")
    stores.register("agent", **{"customer-email": "wang@example.cn"})
    victim.refresh_from_db()
    assert victim.email == "wang@example.cn", "who sees all of the customer's cases adds what is missing"


def test_who_sees_all_cases_of_a_customer_puts_the_record_right(stores: Any, victim: Any) -> None:
    """The service desk always; a clerk as long as the customer has no case anywhere else."""
    stores.register("first")
    assert stores.program("agent").send("PATCH", f"/customers/{victim.pk}", {"email": "w@example.cn"})["way"] == ""
    own = stores.register("first", STRANGER, **{"customer-name": "赵一"}).customer_id
    program = stores.program("first")
    assert program.get(f"/customers/{own}")["phone"] == f"+86{STRANGER}", "the clerk wrote the record down"
    assert program.send("PATCH", f"/customers/{own}", {"name": "赵乙"})["name"] == "赵乙"
    stores.register("second", STRANGER)
    assert program.send("PATCH", f"/customers/{own}", {"name": "赵丙"}, expect=403)["code"] == "cases_elsewhere"
    assert program.get(f"/customers/{own}")["phone"] == f"+86{STRANGER}"


def test_a_customer_known_from_orders_alone_is_not_opened_by_a_case_of_ones_own(stores: Any) -> None:
    known = people.find_or_make("13700137000", "赵六", email="zhao@example.cn", address=ADDRESS).customer
    stores.register("first", "13700137000")
    page = stores.client("first").get(f"/customers/{known.pk}").content.decode()
    assert "赵六" in page and "zhao@" not in page and "幸福路" not in page and "13700137000" not in page
    program = stores.program("first")
    assert program.send("PATCH", f"/customers/{known.pk}", {"phone": STRANGER}, expect=403)["code"] == "cases_elsewhere"


def test_who_handles_a_case_that_another_registered_can_call_the_customer_and_reads_no_more(
    stores: Any, victim: Any
) -> None:
    """The store's case came from the desk: the phone is needed; mail and address lie with who sees all cases."""
    mine = stores.register("agent", store=str(stores.one.pk))
    page = stores.client("first").get(f"/case/{mine.number}").content.decode()
    assert VICTIM in page and "wang@example.cn" not in page
    paper = stores.program("first").get(f"/customers/{victim.pk}")
    assert (paper["phone"], paper["address"]) == (f"+86{VICTIM}", "上海市徐汇区****")


def test_beside_the_form_a_stranger_is_a_masked_name_without_region_and_without_orders_of_other_units(
    stores: Any, victim: Any
) -> None:
    from tuoshan.catalog.models import OrderRef

    for number, unit in (("A-100001", stores.one), ("B-200002", stores.two), ("C-300003", None)):
        OrderRef.objects.create(order_no=number, unit=unit, customer=victim)
    body = {"phone": VICTIM}
    seen = stores.program("first").post("/register/look", body)
    assert (seen["name"], seen["region"], seen["earlier"]) == ("王*", "", [])
    assert [one["order_no"] for one in seen["orders"]] == ["A-100001"]
    stores.register("first")
    seen = stores.program("first").post("/register/look", body)
    assert seen["region"] == "" and [one["order_no"] for one in seen["orders"]] == ["A-100001"]
    whole = stores.program("agent").post("/register/look", body)
    assert whole["region"] == "上海市徐汇区" and len(whole["orders"]) == 3
    page = stores.client("first").post("/register/complaint/beside", {"customer-phone": VICTIM}).content.decode()
    assert "徐汇" not in page and "B-200002" not in page


def test_files_papers_and_the_next_form_say_no_more_than_the_record(stores: Any, victim: Any) -> None:
    from tuoshan.insight.conditions import Conditions
    from tuoshan.office import customers, exports
    from tuoshan.office.papers import record_data
    from tuoshan.parties.models import Person

    mine = stores.register("first")
    clerk = Person.objects.get(pk=stores.desk.people["first"].pk)
    assert VICTIM not in str(record_data(mine, clerk, "zh-hans"))
    letter = {"text": "您好", "channel": "letter"}
    preview = stores.program("first").post(f"/cases/{mine.number}/messages/preview", letter)
    assert "幸福路" not in str(preview)
    assert VICTIM not in stores.client("first").get(f"/register/complaint?after={mine.number}").content.decode()
    assert customers.callable_customers(clerk, [victim.pk]) == set()
    place = exports.cases_file(clerk, Conditions())
    try:
        import python_calamine

        rows = python_calamine.CalamineWorkbook.from_path(str(place)).get_sheet_by_index(0).to_python()
        assert VICTIM not in str(rows) and mine.number in str(rows)
    finally:
        place.unlink()
