"""The gateway's settings: what is understood, what is refused, and that secrets stay secret."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def port(**values: Any) -> Any:
    from tuoshan.integrations.models import SmsGateway

    return SmsGateway(**{"url": "http://127.0.0.1:1/", **values})


@pytest.mark.parametrize(
    ("condition", "answer", "good"),
    [
        ("", None, True),
        ("code == 0", {"code": 0}, True),
        ("code == 0", {"code": "0"}, True),
        ("code == 0", {"code": 1}, False),
        ("code == 0", None, False),
        ("data.0.ok == true", {"data": [{"ok": True}]}, True),
        ("status in OK, QUEUED", {"status": "QUEUED"}, True),
        ("status in OK, QUEUED", {"status": "NO"}, False),
    ],
)
def test_success(condition: str, answer: Any, good: bool) -> None:
    from tuoshan.integrations import sms

    assert sms.succeeded(condition, answer) is good


def test_a_text_cannot_break_out_of_json_or_form() -> None:
    from tuoshan.integrations import sms

    values = {"to": "1", "text": '"}, {"to": "2 {to} &x=1'}
    assert sms.filled(port(body='{"a": ["{text}"], "n": 1}'), values) == {"a": [values["text"]], "n": 1}
    assert sms.filled(port(format="form", body="a={text}\nb={to}"), values) == {"a": values["text"], "b": "1"}


@pytest.mark.parametrize(
    "values",
    [{"body": "{not json"}, {"format": "form", "body": "no sign"}, {"headers": "no colon"}, {"success": "code = 0"}],
)
def test_nonsense_is_refused(values: dict[str, str]) -> None:
    from tuoshan.integrations import sms

    with pytest.raises(sms.GatewayWrong):
        sms.check(port(**values))


def test_the_form_never_shows_the_stored_secret_and_keeps_it_when_left_empty() -> None:
    from django.db import connection

    from tuoshan.integrations.forms import SmsGatewayForm

    given = {
        "url": "https://sms.example.cn/", "method": "POST", "format": "json", "body": '{"to": "{to}"}',
        "headers": "Authorization: s3cret", "timeout_seconds": 5, "is_on": "on",
    }  # fmt: skip
    form = SmsGatewayForm(given)
    assert form.is_valid(), form.errors
    made = form.save()
    assert "s3cret" not in str(SmsGatewayForm(instance=made))
    again = SmsGatewayForm({**given, "headers": ""}, instance=made)
    assert again.is_valid() and again.save().headers == "Authorization: s3cret"
    with connection.cursor() as cursor:
        cursor.execute("SELECT headers FROM integrations_sms_gateway")
        assert "s3cret" not in cursor.fetchone()[0]
    wrong = SmsGatewayForm({**given, "body": "{"})
    assert not wrong.is_valid() and "body" in wrong.errors
