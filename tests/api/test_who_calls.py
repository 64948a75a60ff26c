"""Who is not known gets 401, whatever is asked; tried with the form protection of browsers switched on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.api.callers import caller, desk
from tests.api.test_permission_table_over_http import operations

from tuoshan import clock
from tuoshan.parties import tokens
from tuoshan.parties.models import ApiToken, Person

pytestmark = pytest.mark.django_db
RULING = "/api/v1/rulings"


def told(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("method", "address", "name"), operations())
def test_nobody_gets_401_from_every_operation(method: str, address: str, name: str) -> None:
    """Without a token, with one that there is not, with another way of signing in."""
    client = Client(enforce_csrf_checks=True)
    for sent in ({}, {"Authorization": "Bearer tsn_nobody"}, {"Authorization": "Basic YTpi"}):
        answer = client.generic(method, address, "{}", "application/json", headers=sent)
        assert told(answer) == (401, "not_signed_in"), name


def test_a_token_that_is_over_taken_back_or_of_a_closed_account_is_none() -> None:
    agent = caller("agent")
    now = clock.now()
    kinds = ("over", "taken back", "closed")
    for kind in kinds:
        person = agent.person
        if kind == "closed":
            person = Person.objects.create_user("gone", "Correct-horse-9-battery", roles=("agent",), unit=desk())
        token, secret = tokens.make(
            person=person, name=kind, scopes=["write"], expires_at=now + timedelta(days=1), now=now
        )
        sent = {"Authorization": f"Bearer {secret}"}
        client = Client(enforce_csrf_checks=True)
        assert client.post(RULING, {"facts": {}}, "application/json", headers=sent).status_code == 200
        if kind == "over":
            ApiToken.objects.filter(pk=token.pk).update(expires_at=now - timedelta(minutes=1))
        elif kind == "taken back":
            tokens.revoke(token, now=now)
        else:
            Person.objects.filter(pk=person.pk).update(is_active=False)
        answer = client.post(RULING, {"facts": {}}, "application/json", headers=sent)
        assert told(answer) == (401, "not_signed_in"), kind


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "请提供有效的令牌"), ("en", "A valid token is needed")])
def test_it_is_told_in_the_callers_language(language: str, title: str) -> None:
    sent = {"Authorization": "Bearer tsn_nobody", "Accept-Language": language}
    answer = Client(enforce_csrf_checks=True).post(RULING, {}, "application/json", headers=sent)
    assert answer.json()["title"] == title


def test_a_session_needs_the_form_protection_and_says_so() -> None:
    """Somebody signed in at the desk: a form of another site is refused in words about that; a wrong token beside the
    session is a wrong token, to read as well as to write."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(caller("agent").person, backend="allauth.account.auth_backends.AuthenticationBackend")
    english = {"Accept-Language": "en"}
    answer = client.post(RULING, {"facts": {}}, "application/json", headers=english)
    assert told(answer) == (403, "csrf_failed") and "form protection" in answer.json()["detail"]
    wrong = {"Authorization": "Bearer tsn_nobody"}
    assert told(client.post(RULING, {"facts": {}}, "application/json", headers=wrong)) == (401, "not_signed_in")
    assert told(client.get("/api/v1/me", headers=wrong)) == (401, "not_signed_in")
    assert client.get("/api/v1/me").status_code == 200
    client.cookies["tuoshan_csrf"] = "a" * 32
    with_it = client.post(RULING, {"facts": {}}, "application/json", headers={"X-CSRFToken": "a" * 32})
    assert with_it.status_code == 200
