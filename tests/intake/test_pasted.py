"""A pasted e-mail fills the form, whatever program it was copied from."""

from datetime import UTC, datetime

import pytest

CHINESE = """发件人： 王芳 <wang.fang@example.cn>
发送时间： 2026年11月20日 (星期五) 下午 9:35
收件人： 客服 <service@example.com>
主题： 投诉破壁机冒烟

你们好，订单号：DD20261101001，用了三天就冒烟。
电话 138-0013-8000
"""
OUTLOOK = """From: Wang Fang <wang.fang@example.cn>
Sent: Friday, November 20, 2026 9:35 PM
To: Service
Subject: Blender smokes

It smokes.
From: the kitchen I could smell it."""
RAW = """Received: from mx.example.cn
From: =?utf-8?b?546L6Iqz?= <wang.fang@example.cn>
Date: Fri, 20 Nov 2026 21:35:00 +0800
Subject: =?utf-8?b?5oqV6K+J?=
MIME-Version: 1.0
Content-Type: text/html; charset="utf-8"

<p>破壁机&nbsp;冒烟</p><p>要求退货</p>"""


@pytest.mark.usefixtures("settings")
def test_as_a_chinese_mail_program_shows_it() -> None:
    from tuoshan.intake.pasted import read

    found = read(CHINESE)
    assert (found.sender, found.name, found.subject) == ("wang.fang@example.cn", "王芳", "投诉破壁机冒烟")
    assert found.received_at == datetime(2026, 11, 20, 13, 35, tzinfo=UTC)
    assert (found.phone, found.order_no) == ("13800138000", "DD20261101001")
    assert found.body.startswith("你们好") and "主题" not in found.body


def test_as_outlook_shows_it() -> None:
    from tuoshan.intake.pasted import read

    found = read(OUTLOOK)
    assert (found.sender, found.subject) == ("wang.fang@example.cn", "Blender smokes")
    assert found.body == "It smokes.\nFrom: the kitchen I could smell it."
    assert found.received_at == datetime(2026, 11, 20, 13, 35, tzinfo=UTC)


def test_the_raw_message() -> None:
    from tuoshan.intake.pasted import read

    found = read(RAW)
    assert (found.name, found.subject) == ("王芳", "投诉")
    assert "冒烟" in found.body and "<p>" not in found.body and found.body.splitlines()[-1] == "要求退货"


@pytest.mark.parametrize("text", ["", "   ", "只有正文，没有抬头", "From:\nDate: 昨天\n\n正文"])
def test_what_cannot_be_read_is_the_body(text: str) -> None:
    from tuoshan.intake.pasted import read

    found = read(text)
    assert found.received_at is None and (found.body in text)
