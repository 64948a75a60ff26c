"""One's own account: preferences, password, tokens."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.parties.conftest import PASSWORD

import tuoshan
from tuoshan import clock
from tuoshan.parties import tokens
from tuoshan.parties.account import NOTICES
from tuoshan.parties.models import ApiToken, Person

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


def signed_in(person: Person) -> Client:
    client = Client()
    client.post("/accounts/sign-in", {"login": person.username, "password": PASSWORD})
    return client


def test_preferences_are_kept_and_the_language_follows(person: Make) -> None:
    an = person("an", "agent", "service")
    client = signed_in(an)
    values = {
        "display_name": "安宁", "email": "an@example.com", "phone": "138 0013 8000", "language": "en",
        "theme": "dark", "notices": "1", "due_soon.mail": "on",
    }  # fmt: skip
    saved = client.post(reverse("parties:preferences"), values)
    assert saved.status_code == 302
    assert saved.cookies["tuoshan_language"].value == "en"
    an.refresh_from_db()
    assert (an.display_name, an.theme, an.phone) == ("安宁", "dark", "+8613800138000")
    assert an.wants("due_soon", "mail") and not an.wants("due_soon", "app")
    page = client.get(reverse("parties:profile"))
    assert 'lang="en"' in page.content.decode()


def kinds_told_of() -> set[str]:
    """Every kind that some call of `notify` names, and those that are made of a playbook's own notices."""
    from tuoshan.core.moving import PASSED_ON
    from tuoshan.integrations import following, notifying

    found = {following.APPROVAL, PASSED_ON, notifying.UNDELIVERED}
    for path in Path(tuoshan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "notify":
                found |= said(next((word.value for word in node.keywords if word.arg == "what"), None))
            elif isinstance(node, ast.FunctionDef) and node.name == following._notice.__name__:
                for answer in ast.walk(node):
                    found |= said(answer.value) if isinstance(answer, ast.Return) else set()
    return found


def said(value: ast.expr | None) -> set[str]:
    """The texts that an expression may come to, as far as they stand in it."""
    if isinstance(value, ast.IfExp):
        return said(value.body) | said(value.orelse)
    return {str(value.value)} if isinstance(value, ast.Constant) else set()


def test_every_kind_of_notice_can_be_tuned_filtered_and_has_its_icon(person: Make) -> None:
    from tuoshan.workbench.notices import ICONS

    kinds = [key for key, _title in NOTICES]
    assert kinds_told_of() == set(kinds) == set(ICONS)
    an = person("an", "agent", "service")
    client = signed_in(an)
    page = client.get("/accounts/me").content.decode()
    for kind in kinds:
        assert f'name="{kind}.app"' in page and f'name="{kind}.mail"' in page
        assert f'<option value="{kind}" selected>' in client.get(f"/notifications?kind={kind}").content.decode()
    mails = {f"{kind}.mail": "on" for kind in ("lesson", "undelivered")}
    client.post(reverse("parties:preferences"), {"display_name": "安宁", "notices": "1", "theme": "dark"} | mails)
    an.refresh_from_db()
    for kind in ("lesson", "undelivered"):
        assert an.wants(kind, "mail") and not an.wants(kind, "app")


def test_when_mail_goes_out_is_ones_own_choice(person: Make) -> None:
    from tuoshan.integrations import staff_mail

    an = person("an", "agent", "service")
    client = signed_in(an)
    page = client.get("/accounts/me").content.decode()
    assert 'name="pace"' in page and 'name="quiet"' in page and "升级给您的和紧急工单总是马上发" in page
    values = {"display_name": "安宁", "notices": "1", "theme": "dark"}
    assert client.post(reverse("parties:preferences"), values | {"pace": "daily"}).status_code == 302
    chosen = staff_mail.preference(an.pk)
    assert (chosen.pace, chosen.quiet) == ("daily", False)
    wrong = client.post(reverse("parties:preferences"), values | {"display_name": "某", "pace": "never"})
    assert wrong.status_code == 422
    an.refresh_from_db()
    assert (an.display_name, staff_mail.preference(an.pk).pace) == ("安宁", "daily"), "all is saved or nothing"
    client.post(reverse("parties:preferences"), values)
    assert staff_mail.preference(an.pk).pace == "daily", "who says nothing of it leaves it"


def test_the_chosen_look_is_drawn_by_the_server_and_the_switch_keeps_it(person: Make) -> None:
    an = person("an", "agent", "service")
    client = signed_in(an)
    assert 'data-theme="desk" data-chosen="system"' in client.get("/accounts/me").content.decode()
    assert client.post(reverse("parties:theme"), {"theme": "dark"}).status_code == 204
    an.refresh_from_db()
    assert an.theme == "dark"
    assert 'data-theme="desk-dark" data-chosen="dark"' in client.get("/accounts/me").content.decode()
    assert client.post(reverse("parties:theme"), {"theme": "pink"}).status_code == 400
    assert Client().post(reverse("parties:theme"), {"theme": "light"}).status_code in (302, 401)
    an.refresh_from_db()
    assert an.theme == "dark"
    assert "data-chosen" not in Client().get(reverse("account_login")).content.decode()


def test_what_was_typed_stays_when_something_is_wrong(person: Make) -> None:
    client = signed_in(person("an", "agent", "service"))
    wrong = {"display_name": "新名字", "email": "nonsense", "theme": "dark"}
    answer = client.post(reverse("parties:preferences"), wrong)
    assert answer.status_code == 422
    assert "新名字" in answer.content.decode()


def test_changing_the_password_needs_the_old_one(person: Make) -> None:
    an = person("an", "agent", "service")
    here, elsewhere = signed_in(an), signed_in(an)
    url = reverse("account_change_password")
    new = {"password1": "Another-horse-7", "password2": "Another-horse-7"}
    assert here.post(url, {"old": "wrong", **new}).context["form"].errors["old"]
    assert here.post(url, {"old": PASSWORD, **new}).status_code == 302
    assert here.get("/accounts/me").status_code == 200
    assert elsewhere.get("/accounts/me").status_code == 302


def test_a_token_is_shown_once_and_kept_as_a_hash(person: Make) -> None:
    an = person("an", "agent", "service")
    client = signed_in(an)
    values = {"name": "店铺同步", "scope": "write", "days": "90"}
    asked = client.post(reverse("parties:token_make"), values)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    made = client.post(asked["Location"], {"password": PASSWORD})
    assert made.status_code == 200
    secret = made.context["made"]["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get(reverse("parties:tokens")).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM parties_apitoken")
        assert secret not in repr(cursor.fetchall())
        cursor.execute("SELECT session_data FROM django_session")
        assert secret not in repr(cursor.fetchall())
    found = tokens.person_of(secret)
    assert found is not None and found.person == an and found.scopes == ["write"]
    client.post(reverse("parties:token_revoke", args=[found.pk]))
    assert tokens.person_of(secret) is None


def test_nobody_revokes_what_is_another_s(person: Make) -> None:
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    token, secret = tokens.make(person=an, name="x", scopes=["read"], expires_at=None, now=clock.now())
    assert signed_in(bo).post(reverse("parties:token_revoke", args=[token.pk])).status_code == 404
    assert tokens.person_of(secret) is not None


def test_tokens_end(person: Make, clock: Any) -> None:
    an = person("an", "agent", "service")
    now = clock()
    _, secret = tokens.make(person=an, name="x", scopes=["read"], expires_at=now + timedelta(days=1), now=now)
    assert tokens.person_of(secret) is not None
    clock.advance(timedelta(days=1))
    assert tokens.person_of(secret) is None
    _, other = tokens.make(person=an, name="y", scopes=["read"], expires_at=None, now=clock())
    an.is_active = False
    an.save()
    assert tokens.person_of(other) is None
    assert tokens.person_of("nonsense") is None
    with pytest.raises(ValueError, match="scopes"):
        tokens.make(person=an, name="z", scopes=["root"], expires_at=None, now=clock())
    assert ApiToken.objects.count() == 2
