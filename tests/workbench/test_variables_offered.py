"""The variables that are offered beside a text: the general ones first, then those of the process, in its words."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk

from tuoshan.office import variables

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


def test_in_a_case_those_are_offered_that_have_something_to_say(desk: Any) -> None:
    case = desk.accepted()
    general, own = variables.of_case(case, desk.people["agent"])
    names = [name for name, _ in general.rows]
    assert general.title == "" and names[:3] == ["number", "title", "customer"] and names[-1] == "me"
    assert "remedy" not in names and "amount_words" not in names, "there is no proposal yet"
    offered = dict(own.rows)
    assert own.title == "客户投诉" and not own.folded
    assert offered["category"] == "投诉类别" and offered["next_step"] == "下一步安排"
    assert "order_no" not in offered and len(offered) < 25
    for name in (*names, *offered):
        sent = desk.htmx("agent", "post", f"/case/{case.number}/message/preview", {"text": f"{{{name}}}"})
        assert 'class="err"' not in sent.content.decode(), name


def test_of_every_process_they_stand_apart_and_no_two_are_called_alike(desk: Any) -> None:
    general, *owns = variables.of_replies()
    assert ("link", "客户查看工单的链接") in general.rows and ("me", "正在书写的人") in general.rows
    assert [own.title for own in owns] == ["客户投诉"] and all(own.folded for own in owns)
    for own in owns:
        titles = [title for _, title in own.rows]
        assert len(titles) == len(set(titles)), [one for one in titles if titles.count(one) > 1]
        assert not {name for name, _ in own.rows} & {name for name, _ in general.rows}
    offered = dict(owns[0].rows)
    assert offered["appeal_days"] == "设置：“申诉”的期限" and offered["cause"] == "原因（提出方案）"


@pytest.mark.parametrize("place", ["/settings/replies/new", "/me/replies/new"])
def test_a_refused_quick_reply_shows_the_list_that_it_is_sent_to(desk: Any, place: str) -> None:
    admin = desk.client("admin")
    assert '<details class="full" data-variables="id_text">' in admin.get(place).content.decode()
    given = {"title": "甲", "text": "{foo}", "language": "zh-hans", "shortcut": "", "category": ""}
    refused = admin.post(place, given)
    assert refused.status_code == 422
    assert '<details class="full" data-variables="id_text" open>' in refused.content.decode()


def test_a_message_of_a_process_is_offered_what_it_may_name(desk: Any) -> None:
    page = desk.client("admin").get("/settings/templates/complaint/registered").content.decode()
    assert 'data-variables="id_subject id_body"' in page and 'data-variable="&#123;due&#125;"' in page
    assert "&#123;me&#125;" not in page, "nobody writes it"
