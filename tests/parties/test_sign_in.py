"""Signing in, lockout, the second factor, a forgotten password, the first administrator."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.parties.conftest import PASSWORD

from tuoshan.agenda import worker
from tuoshan.parties import first_admin, password_reset
from tuoshan.parties.models import OrgUnit, Person

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]
SIGN_IN = "/accounts/sign-in"


@pytest.fixture(autouse=True)
def no_counts_left_over(tmp_path: Path, settings: Any) -> None:
    cache.clear()
    settings.DATA_DIR, settings.EMAIL_HOST = tmp_path, ""


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": username, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_in_goes_where_one_wanted(client: Client, person: Make) -> None:
    person("an", "agent", "service")
    refused = client.get(reverse("parties:profile"))
    assert refused.status_code == 302
    assert refused["Location"] == f"{SIGN_IN}?next=/accounts/me"
    page = client.get(refused["Location"])
    assert 'name="next" value="/accounts/me"' in page.content.decode()
    answer = sign_in(client, "an", next="/accounts/me")
    assert answer["Location"] == "/accounts/me"
    assert is_in(client)
    assert client.session.get_expiry_age() <= 12 * 3600


def test_never_to_another_site(client: Client, person: Make) -> None:
    person("an", "agent", "service")
    assert sign_in(client, "an", next="https://evil.example/")["Location"] == "/"


def test_capitals_do_not_matter_in_names(client: Client, person: Make) -> None:
    person("An.Li", "agent", "service")
    sign_in(client, "aN.lI")
    assert is_in(client)


def test_unknown_name_and_wrong_password_read_the_same(client: Client, person: Make) -> None:
    person("an", "agent", "service")
    wrong, unknown = sign_in(client, "an", "nonsense"), sign_in(client, "nobody", "nonsense")
    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert "用户名或密码不对。" in answer.content.decode()
    assert not is_in(client)


def test_who_has_left_cannot_sign_in(client: Client, person: Make) -> None:
    person("gone", "agent", "service", is_active=False)
    sign_in(client, "gone")
    assert not is_in(client)


def test_five_failures_lock_for_fifteen_minutes_and_say_until_when(client: Client, person: Make) -> None:
    person("an", "agent", "service")
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        for _ in range(4):
            assert sign_in(client, "an", "wrong").status_code == 200
        locked = sign_in(client, "AN", "wrong")
        assert locked.status_code == 429
        assert "09:15" in locked.content.decode()
        traveller.move_to(start + timedelta(minutes=10))
        still = sign_in(client, "an")
        assert still.status_code == 429
        assert "09:15" in still.content.decode(), "trying meanwhile does not make it longer"
        assert not is_in(client)
        traveller.move_to(start + timedelta(minutes=15, seconds=1))
        sign_in(client, "an")
        assert is_in(client)


def test_one_name_locked_is_not_another(client: Client, person: Make) -> None:
    person("an", "agent", "service")
    person("bo", "agent", "service")
    for _ in range(6):
        sign_in(client, "an", "wrong")
    sign_in(client, "bo")
    assert is_in(client)


def decrypted(token: str) -> str:
    from tuoshan.secrets import decrypt

    return decrypt(token)


def turn_on(client: Client, person: Person) -> None:
    """Through the screens: confirm the password, scan, enter the code."""
    step = client.get(reverse("mfa_activate_totp"))
    assert step["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(step["Location"], {"password": PASSWORD}).status_code == 302
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302


def test_second_factor_round_trip(client: Client, person: Make) -> None:
    an = person("an", "agent", "service")
    sign_in(client, "an")
    turn_on(client, an)
    stored = Authenticator.objects.get(user=an, type="totp")
    secret = decrypted(stored.data["secret"])
    assert secret not in str(stored.data), "the secret is encrypted at rest"

    codes_page = client.get(reverse("mfa_view_recovery_codes"))
    codes = codes_page.context["unused_codes"]
    assert len(codes) == 10

    def code() -> str:
        return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))

    client.post(reverse("account_logout"))
    cache.clear()  # a code is good once; forget that it was just used to turn it on
    assert sign_in(client, "an", next="/accounts/me")["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    assert client.get("/accounts/me").status_code == 302, "half signed in opens nothing"
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code()})["Location"] == "/accounts/me"
    assert is_in(client)

    client.post(reverse("account_logout"))
    sign_in(client, "an")
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_in(client)
    client.post(reverse("account_logout"))
    sign_in(client, "an")
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_in(client), "a recovery code works once"


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/]+(/accounts/\S+)", text)
    assert found
    return found[1]


def letters_sent() -> list[EmailMessage]:
    """What the worker has laid into the mail folder, after it has done what is due."""
    worker.drain()
    found = sorted((Path(settings.DATA_DIR) / "mail").glob("*.eml"))
    read = [message_from_bytes(path.read_bytes(), policy=default) for path in found]
    return [letter for letter in read if isinstance(letter, EmailMessage)]


def test_a_forgotten_password_is_set_by_mail_once(client: Client, person: Make) -> None:
    an = person("an", "agent", "service", email="an@example.com")
    other = Client()
    sign_in(other, "an")
    for _ in range(5):
        sign_in(client, "an", "wrong")
    answer = client.post(reverse("parties:password_forgotten"), {"login": "an@example.com"})
    assert answer.status_code == 200
    [letter] = letters_sent()
    assert letter["To"].endswith("<an@example.com>") or letter["To"] == "an@example.com"
    link = link_in(letter.get_content())
    assert client.get(link).status_code == 200
    weak = client.post(link, {"password1": "12345678901", "password2": "12345678901"})
    assert weak.context["form"].errors["password1"]
    uneven = client.post(link, {"password1": "Another-horse-7", "password2": "Another-horse-8"})
    assert uneven.context["form"].errors["password2"]
    done = client.post(link, {"password1": "Another-horse-7", "password2": "Another-horse-7"})
    assert done["Location"].startswith(SIGN_IN)
    assert client.get(link).status_code == 410, "the link is spent"
    assert other.get("/accounts/me").status_code == 302, "other sessions have ended"
    sign_in(client, "an", "Another-horse-7")
    assert is_in(client), "a new password ends the lockout"
    an.refresh_from_db()


def test_the_outbox_shows_no_link(client: Client, person: Make) -> None:
    from tuoshan.integrations.models import OutgoingMessage

    person("an", "agent", "service", email="an@example.com")
    client.post(reverse("parties:password_forgotten"), {"login": "an"})
    [letter] = letters_sent()
    row = OutgoingMessage.objects.get()
    assert row.status == "folder"
    assert "http" not in row.body
    assert link_in(letter.get_content())


def test_the_request_does_the_same_work_whether_the_account_exists_or_not(client: Client, person: Make) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    person("an", "agent", "service", email="an@example.com")
    done = []
    for login in ("an", "xy"):
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("parties:password_forgotten"), {"login": login})
        done.append([query["sql"].split(" ")[0] for query in queries])
    assert done[0] == done[1]
    assert len(letters_sent()) == 1


def test_reset_says_the_same_for_unknown_accounts(client: Client, person: Make, clock: Any) -> None:
    person("an", "agent", "service", email="an@example.com")
    known = client.post(reverse("parties:password_forgotten"), {"login": "an"}).content.decode()
    unknown = client.post(reverse("parties:password_forgotten"), {"login": "xy"}).content.decode()
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert strip.sub("", known.replace("「an」", "")) == strip.sub("", unknown.replace("「xy」", ""))
    assert len(letters_sent()) == 1


def test_reset_links_expire(client: Client, person: Make, clock: Any) -> None:
    link = link_in(password_reset.make_link(person("an", "agent", "service", email="an@example.com")))
    clock.advance(timedelta(minutes=59))
    assert client.get(link).status_code == 200
    clock.advance(timedelta(minutes=2))
    assert client.get(link).status_code == 410


FIRST = {
    "company": "衡安商贸", "display_name": "郑敏", "username": "zheng", "password1": PASSWORD, "password2": PASSWORD,
}  # fmt: skip


def test_the_first_administrator_is_made_once(client: Client, db: None) -> None:
    link, second = link_in(first_admin.make_link()), link_in(first_admin.make_link())
    assert client.get(link).status_code == 200
    assert client.post(link, FIRST | {"password2": "other"}).status_code == 200
    assert client.post(link, FIRST)["Location"].startswith(SIGN_IN)
    admin = Person.objects.get()
    assert admin.role_keys() == {"administrator"}
    assert OrgUnit.objects.get().name_zh == "衡安商贸"
    for spent in (link, second):
        assert client.get(spent).status_code == 410
        assert client.post(spent, FIRST | {"username": "other"}).status_code == 410
    with pytest.raises(first_admin.AlreadyAdministered):
        first_admin.make_link()
    sign_in(client, "zheng")
    assert is_in(client)


def test_the_company_is_called_as_its_first_administrator_calls_it(client: Client, db: None) -> None:
    from tuoshan.cases import calendars
    from tuoshan.knowledge.company import company

    calendars.forget()
    client.post(link_in(first_admin.make_link()), FIRST)
    assert company().name == "衡安商贸"
    assert "衡安商贸" in Client().get("/portal/").content.decode(), "at the head of the customers' pages"
    calendars.forget()


def test_changing_the_language_keeps_what_was_typed(client: Client, db: None) -> None:
    link = link_in(first_admin.make_link())
    assert 'name="language" value="en"' in client.get(link).content.decode()
    page = client.post(link, FIRST | {"language": "en"})
    text = page.content.decode()
    assert page.status_code == 200 and page.cookies["tuoshan_language"].value == "en"
    for typed in FIRST.values():
        assert f'value="{typed}"' in text
    assert not page.context["form"].is_bound, "nothing is judged yet"
    assert not Person.objects.exists()
    assert client.post(link, FIRST)["Location"].startswith(SIGN_IN), "the link was not spent"


def test_a_made_up_link_makes_nobody(client: Client, db: None) -> None:
    assert client.post(reverse("parties:first_administrator", args=["nonsense"]), FIRST).status_code == 410
    assert not Person.objects.exists()
