"""Nobody sees or guesses a case that is not theirs: number and phone, links, sessions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.portal import house
from tests.portal.house import OTHER_PHONE, PHONE

from tuoshan.knowledge.links import CASE, case_link
from tuoshan.secrets import sign_link

pytestmark = pytest.mark.django_db


def unknown_number() -> str:
    from tuoshan.core.numbering import format_number

    return format_number(2026, 3, 4711)


def ask(client: Client, number: str, phone: str, **more: Any) -> Any:
    return client.post("/portal/track", {"number": number, "phone": phone}, **more)


def visible(response: Any, *typed: str) -> str:
    """The page without what differs from one request to the next: tokens, and what was typed."""
    import re

    text = response.content.decode()
    for part in typed:
        text = text.replace(part, "…")
    text = re.sub(r"/portal/l/[^\"]*", "link", text)
    return re.sub(r'(csrfmiddlewaretoken" value=|data-now=)"[^"]*"', r"\1", text)


@pytest.mark.parametrize(
    ("number", "phone"),
    [
        ("{n}", "138 0013 8000"),
        ("{n}", "+86 138-0013-8000"),
        ("{lower}", "13800138000"),
        ("{bare}", "１３８００１３８０００"),
        ("{spoken}", "13800138000"),
    ],
)
def test_number_and_phone_open_the_case_however_they_are_written(number: str, phone: str) -> None:
    case = house.begin()
    digits = case.number.removeprefix("TS").replace("-", "")
    spoken = digits.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    written = number.format(n=case.number, lower=case.number.lower(), bare=digits, spoken=spoken)
    client = Client()
    response = ask(client, written, phone)
    assert (response.status_code, response["Location"]) == (302, f"/portal/case/{case.number}")
    assert client.get(f"/portal/case/{case.number}").status_code == 200


def test_an_unknown_number_and_a_wrong_phone_get_the_same_answer_by_the_same_statements() -> None:
    case = house.begin()
    house.begin("别人的事", phone=OTHER_PHONE)
    unknown = unknown_number()
    answers, statements = [], []
    pairs = ((case.number, OTHER_PHONE), (unknown, PHONE), (unknown, OTHER_PHONE), (case.number, "13700000000"))
    for number, phone in pairs:
        client = Client(REMOTE_ADDR=f"10.0.0.{len(answers) + 1}")
        with CaptureQueriesContext(connection) as queries:
            response = ask(client, number, phone)
        assert response.status_code == 422
        assert "sessionid" not in response.cookies
        answers.append(visible(response, number, phone))
        statements.append(len(queries))
        assert client.get(f"/portal/case/{number}").status_code == 302
    assert len(set(answers)) == 1
    assert len(set(statements)) == 1


def test_a_case_that_is_not_open_here_is_answered_like_one_that_does_not_exist() -> None:
    case, unknown = house.begin(), unknown_number()
    client = Client()
    for tail in ("", "/submitted"):
        known, other = (client.get(f"/portal/case/{number}{tail}") for number in (case.number, unknown))
        assert known.status_code == other.status_code == 302
        assert known["Location"].replace(case.number, "") == other["Location"].replace(unknown, "")
    for tail in ("act", "write", "rate"):
        known, other = (client.post(f"/portal/case/{number}/{tail}", {}) for number in (case.number, unknown))
        assert known.status_code == other.status_code == 302


def test_after_five_wrong_tries_nothing_opens_for_a_quarter_of_an_hour(clock: Any) -> None:
    case = house.begin()
    client = Client()
    assert [ask(client, case.number, OTHER_PHONE).status_code for _ in range(6)] == [422] * 5 + [429]
    right = ask(client, case.number, PHONE)
    assert right.status_code == 429 and "请 15 分钟后再试" in right.content.decode()
    assert ask(Client(REMOTE_ADDR="10.9.9.9"), case.number, PHONE).status_code == 302  # whose number it is gets in
    assert ask(client, house.begin(phone=OTHER_PHONE).number, OTHER_PHONE).status_code == 302  # and who shares a place
    clock.advance(timedelta(minutes=14))
    assert ask(client, case.number, PHONE).status_code == 429
    clock.advance(timedelta(minutes=1, seconds=1))
    assert ask(client, case.number, PHONE).status_code == 302


def test_one_stranger_does_not_keep_the_customer_out_but_many_addresses_guess_no_phone(clock: Any) -> None:
    case = house.begin()
    stranger = Client()
    for _quarter in range(3):  # as often as one address can
        assert [ask(stranger, case.number, OTHER_PHONE).status_code for _ in range(5)] == [422] * 5
        clock.advance(timedelta(minutes=15, seconds=1))
    assert ask(Client(REMOTE_ADDR="10.9.9.9"), case.number, PHONE).status_code == 302
    tried = [
        ask(Client(REMOTE_ADDR=f"10.8.0.{number}"), case.number, OTHER_PHONE).status_code
        for number in range(1, 7) for _ in range(5)
    ]  # fmt: skip
    assert tried.count(422) == 15 and tried[-1] == 429  # thirty within the hour, wherever from
    refused = ask(Client(REMOTE_ADDR="10.9.9.9"), case.number, PHONE)
    assert refused.status_code == 429 and "请 60 分钟后再试" in refused.content.decode()


def test_one_address_guesses_no_number_either() -> None:
    from tuoshan.core.numbering import format_number

    client = Client()
    asked = [ask(client, format_number(2026, 3, 5000 + number), PHONE).status_code for number in range(61)]
    assert asked == [422] * 60 + [429]


def test_right_tries_do_not_count() -> None:
    case = house.begin()
    assert {ask(Client(), case.number, PHONE).status_code for _ in range(8)} == {302}


def test_a_misheard_number_is_said_at_once_and_is_no_try() -> None:
    case = house.begin()
    client = Client()
    wrong = case.number[:-1] + str((int(case.number[-1]) + 1) % 10)
    for _ in range(7):
        response = ask(client, wrong, PHONE)
        assert response.status_code == 422 and "编号有一位不对" in response.content.decode()
    assert ask(client, case.number, PHONE).status_code == 302


def test_a_customer_without_a_phone_cannot_be_found_by_an_empty_one() -> None:
    from tuoshan.portal.access import find

    case = house.begin(phone="", name="匿名")
    assert find(case.number, "") is None
    assert find(case.number, "+8613800138000") is None


def test_a_link_opens_its_case_and_no_other() -> None:
    case, other = house.begin(), house.begin("别的", phone=OTHER_PHONE)
    client = house.opened(case)
    assert client.get(f"/portal/case/{case.number}").status_code == 200
    assert client.get(f"/portal/case/{other.number}").status_code == 302
    step = {"kind": "act", "name": "withdraw", "withdraw-reason": "x"}
    refused = client.post(f"/portal/case/{other.number}/act", step)
    assert refused.status_code == 302 and house.fresh(other).state == "received"


def test_a_tampered_link_and_one_for_another_purpose_open_nothing() -> None:
    case = house.begin()
    token = case_link(case.pk).rpartition("/")[2]
    for wrong in (token[:-1], token + "x", "x" + token, sign_link("survey", {"case": case.pk}, 1), "nonsense"):
        client = Client()
        assert client.get(f"/portal/l/{wrong}").status_code == 404
        assert client.get(f"/portal/case/{case.number}").status_code == 302


def test_a_genuine_link_to_a_case_that_is_gone_answers_like_a_broken_one() -> None:
    gone = Client().get("/portal/l/" + sign_link(CASE, {"case": 4711}, 1))
    broken = Client().get("/portal/l/nonsense")
    assert gone.status_code == broken.status_code == 404
    assert visible(gone) == visible(broken)


def test_an_old_link_says_that_its_time_is_over(clock: Any) -> None:
    case = house.begin()
    address = case_link(case.pk)
    clock.advance(timedelta(days=181))
    response = Client().get(address[address.index("/portal/") :])
    assert response.status_code == 410 and "已过期" in response.content.decode()


def test_what_was_opened_closes_after_twelve_hours_and_on_leaving(clock: Any) -> None:
    case = house.begin()
    evidence = house.proof(case, visible=True)
    client = house.opened(case)
    assert client.get(f"/evidence/{evidence}").status_code == 200
    clock.advance(timedelta(hours=11, minutes=59))
    assert client.get(f"/portal/case/{case.number}").status_code == 200
    clock.advance(timedelta(minutes=2))
    assert client.get(f"/portal/case/{case.number}").status_code == 302
    assert client.get(f"/evidence/{evidence}").status_code == 404
    client = house.opened(case)
    client.post("/portal/leave")
    assert client.get(f"/portal/case/{case.number}").status_code == 302


def test_opening_a_case_changes_the_session_key() -> None:
    first, second = house.begin(), house.begin("另一件")
    client = house.opened(first)
    before = client.session.session_key
    house.opened(second, client)
    assert client.session.session_key != before
    assert client.get(f"/portal/case/{first.number}").status_code == 200


def test_a_process_without_a_customers_side_is_not_to_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.portal import access

    case = house.begin()
    client = house.opened(case)
    monkeypatch.setattr(access, "has_page", lambda case: False)
    assert client.get(f"/portal/case/{case.number}").status_code == 302
    assert ask(Client(), case.number, PHONE).status_code == 422


def test_pages_stay_out_of_caches_and_search_engines() -> None:
    case = house.begin()
    response = house.opened(case).get(f"/portal/case/{case.number}")
    assert "no-store" in response["Cache-Control"] and "noindex" in response["X-Robots-Tag"]


def test_every_form_is_protected_against_foreign_sites() -> None:
    case = house.begin()
    client = house.opened(case, Client(enforce_csrf_checks=True))
    for address in ("track", "submit", "leave", *(f"case/{case.number}/{tail}" for tail in ("act", "write", "rate"))):
        assert client.post(f"/portal/{address}", {}).status_code == 403, address
