"""The notification list, its count and marking as read, over HTTP."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def told(house: Any, clock: Any) -> Any:
    from tuoshan.integrations import notifying

    case = house.complaint()
    for what in ("assigned", "watched"):
        notifying.notify(persons=[house.agent], what=what, case_id=case.id, now=clock(), about=what)
    return case


def test_list_count_and_reading(house: Any, told: Any) -> None:
    from tuoshan.integrations.notifying import of_person

    client = Client()
    client.force_login(house.agent, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = client.get("/notifications", headers={"HX-Request": "true"}).content.decode()
    assert f"/case/{told.number}" in page and "派给您" in page and page.count("is-unread") == 2
    assert 'data-unread="2"' in client.get("/notifications?count").content.decode()
    assert client.get("/notifications?count&was=2").status_code == 204
    first = of_person(house.agent.pk)[0]
    answer = client.post("/notifications/read", {"id": first.id}, headers={"HX-Request": "true"})
    assert 'data-unread="1"' in answer.content.decode()
    assert 'data-unread="0"' in client.post(
        "/notifications/read", {"all": "1"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "is-unread" not in client.get("/notifications").content.decode()


def test_others_see_nothing_of_it_and_strangers_sign_in(house: Any, told: Any) -> None:
    from tuoshan.integrations.notifying import of_person, unread_count

    client = Client()
    assert client.get("/notifications").status_code == 302
    client.force_login(house.lead, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert "还没有通知" in client.get("/notifications").content.decode()
    client.post("/notifications/read", {"id": of_person(house.agent.pk)[0].id})
    assert unread_count(house.agent.pk) == 2
