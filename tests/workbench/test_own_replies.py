"""Quick replies of one's own: kept beside the message, looked after on a page, used by nobody else."""

import re
from typing import Any

import pytest
from tests.workbench.deskhouse import desk

from tuoshan.knowledge.models import QuickReply

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
KEPT = {
    "title": "致歉", "text": "{customer}您好，给您添麻烦了。", "shortcut": "zq", "language": "zh-hans", "category": "",
}  # fmt: skip


def test_what_is_being_written_is_kept_for_oneself_and_offered_by_its_shortcut(desk: Any) -> None:
    case = desk.complaint()
    agent, place = desk.client("agent"), f"/case/{case.number}/replies/keep"
    assert place in agent.get(f"/case/{case.number}/message").content.decode()
    opened = agent.post(place, {"text": "王芳您好，给您添麻烦了。", "channel": "sms", "key": "x"}).content.decode()
    assert "王芳您好，给您添麻烦了。" in opened and not QuickReply.objects.exists()
    kept = agent.post(place, KEPT | {"store": "1"})
    assert kept.status_code == 200 and "行首输入 /zq 插入" in kept.content.decode()
    (row,) = QuickReply.objects.all()
    assert (row.person_id, row.text) == (desk.people["agent"].pk, KEPT["text"])
    (offered,) = agent.get(f"/case/{case.number}/replies?q=zq").json()["items"]
    assert offered["text"] == "王芳您好，给您添麻烦了。"
    assert desk.client("lead").get(f"/case/{case.number}/replies?q=zq").json()["items"] == []


def test_ones_own_stands_before_the_shared_one_of_the_same_shortcut(desk: Any) -> None:
    case = desk.complaint()
    QuickReply.objects.create(title="大家的", text="大家好", shortcut="zq")
    QuickReply.objects.create(title="我的", text="我好", shortcut="zq", person_id=desk.people["agent"].pk)
    titles = [one["title"] for one in desk.client("agent").get(f"/case/{case.number}/replies?q=zq").json()["items"]]
    assert titles == ["我的", "大家的"]
    shared = desk.client("admin").get("/settings/replies/").content.decode()
    assert "大家的" in shared and "我的<" not in shared


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"text": "{foo}已寄出"}, "没有变量 {foo}。"), ({"text": "{customer"}, "大括号要成对"), ({"title": ""}, "")],
)
def test_what_cannot_be_filled_in_is_refused_with_what_was_typed(desk: Any, wrong: dict[str, str], said: str) -> None:
    case = desk.complaint()
    agent = desk.client("agent")
    for place, more in ((f"/case/{case.number}/replies/keep", {"store": "1"}), ("/me/replies/new", {})):
        answer = agent.post(place, KEPT | wrong | more)
        text = answer.content.decode()
        assert answer.status_code == 422 and said in text and "zq" in text
    assert not QuickReply.objects.exists()


def test_one_looks_after_ones_own_and_finds_nobody_elses(desk: Any) -> None:
    agent, lead = desk.client("agent"), desk.client("lead")
    assert agent.post("/me/replies/new", KEPT)["Location"] == "/me/replies"
    pk = QuickReply.objects.get().pk
    again = agent.post("/me/replies/new", KEPT)
    assert again.status_code == 422 and "这个快捷词已经用过了。" in again.content.decode()
    assert lead.post("/me/replies/new", KEPT).status_code == 302, "the same shortcut is free to everybody"
    assert "/me/replies" in agent.get("/accounts/me").content.decode()
    assert f"/me/replies/{pk}" in agent.get("/me/replies").content.decode()
    assert f"/me/replies/{pk}" not in lead.get("/me/replies").content.decode()
    assert lead.get(f"/me/replies/{pk}").status_code == lead.post(f"/me/replies/{pk}", KEPT).status_code == 404
    assert lead.post(f"/me/replies/{pk}", {"remove": "1"}).status_code == 404
    assert desk.client("admin").get(f"/settings/replies/{pk}").status_code == 404
    assert agent.post(f"/me/replies/{pk}", KEPT | {"title": "道歉"}).status_code == 302
    assert "道歉" in agent.get("/me/replies").content.decode()
    page = agent.get(f"/me/replies/{pk}").content.decode()
    asked = re.findall(r"<details[^>]*><summary[^>]*>(?:(?!</details>).)*</details>", page, re.S)[-1]
    assert "删除这条常用语</summary>" in asked and 'name="remove"' in asked.partition("</summary>")[2], "it asks first"
    assert agent.post(f"/me/replies/{pk}", {"remove": "1"}).status_code == 302
    assert list(QuickReply.objects.values_list("person_id", flat=True)) == [desk.people["lead"].pk]


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The next form is found right; before it is stored, another press stores the same shortcut."""
    from tuoshan.knowledge.forms import QuickReplyForm

    def after(form: Any) -> dict[str, Any]:
        values = judged(form)
        owner = None if values.get("shared") else form.person.pk
        row = {"shortcut": "zq", "language": "zh-hans", "person_id": owner}
        QuickReply.objects.get_or_create(**row, defaults={"title": "先存的", "text": "x"})
        return values

    judged = QuickReplyForm.clean
    monkeypatch.setattr(QuickReplyForm, "clean", after)


@pytest.mark.parametrize(
    ("who", "place", "more"),
    [
        ("agent", "/me/replies/new", {}), ("agent", "/case/{number}/replies/keep", {"store": "1"}),
        ("admin", "/settings/replies/new", {}),
    ],
)  # fmt: skip
def test_of_two_presses_at_one_moment_the_second_is_told_and_loses_nothing(
    desk: Any, overtaken: None, who: str, place: str, more: dict[str, str]
) -> None:
    answer = desk.client(who).post(place.format(number=desk.complaint().number), KEPT | more)
    text = answer.content.decode()
    assert answer.status_code == 422 and "这个快捷词已经用过了。" in text
    assert 'value="致歉"' in text and KEPT["text"] in text and 'value="zq"' in text
    assert [row.title for row in QuickReply.objects.all()] == ["先存的"]


def test_a_program_is_told_the_same_when_another_was_first(desk: Any, overtaken: None) -> None:
    body = {name: KEPT[name] for name in ("title", "text", "shortcut")}
    for who, place in (("agent", "/api/v1/me/replies"), ("admin", "/api/v1/settings/replies")):
        QuickReply.objects.all().delete()
        answer = desk.client(who).post(place, body, content_type="application/json")
        assert answer.status_code == 422, (place, answer.content.decode())
        assert "这个快捷词已经用过了。" in answer.content.decode()
        assert [row.title for row in QuickReply.objects.all()] == ["先存的"]


def test_who_writes_to_nobody_keeps_none_and_only_a_case_within_reach_is_written_in(desk: Any) -> None:
    case = desk.complaint()
    place = f"/case/{case.number}/replies/keep"
    auditor = desk.client("auditor")
    assert auditor.get("/me/replies").status_code == auditor.post(place, KEPT | {"store": "1"}).status_code == 403
    assert "/me/replies" not in auditor.get("/accounts/me").content.decode()
    assert desk.client("qa").post(place, KEPT | {"store": "1"}).status_code == 404
    assert not QuickReply.objects.exists()
