"""`tuoshan mail-test` sends one mail and says how it went."""

from typing import Any

import pytest
from typer.testing import CliRunner

from tuoshan.cli.main import app

pytestmark = pytest.mark.django_db


@pytest.mark.network
def test_a_server_that_takes_it_is_named(post: Any) -> None:
    told = CliRunner().invoke(app, ["mail-test", "an@example.cn"])
    assert told.exit_code == 0, told.output
    [letter] = post.taken
    assert letter["To"] == "an@example.cn"
    assert letter["Message-ID"] in told.output


@pytest.mark.network
def test_a_server_that_refuses_is_quoted(post: Any) -> None:
    post.says = "550 no such user"
    told = CliRunner().invoke(app, ["mail-test", "nobody@example.cn"])
    assert told.exit_code == 1
    assert "550" in told.output


def test_without_a_server_it_says_what_is_missing(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    told = CliRunner().invoke(app, ["mail-test", "an@example.cn"])
    assert told.exit_code == 1
    assert "TUOSHAN_SMTP_HOST" in told.output
