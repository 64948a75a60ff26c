"""The company's own wording with its versions, and quick replies."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def save(house: Any, clock: Any, body: str, channel: str = "", subject: str = "", language: str = "zh-hans") -> Any:
    from tuoshan.cases import library
    from tuoshan.knowledge import templates

    return templates.save(
        playbook=library.current("complaint"), message="registered", language=language, channel=channel,
        subject=subject, body=body, now=clock(), person_id=house.lead.pk,
    )  # fmt: skip


def test_versions_follow_one_another_and_an_empty_one_brings_the_playbooks_text_back(house: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.knowledge import templates

    playbook = library.current("complaint")
    own = templates.standard(playbook, "registered", "zh-hans")
    assert [save(house, clock, "一 {number}").version, save(house, clock, "二 {number}").version] == [1, 2]
    assert templates.text_for(playbook, "registered", language="zh-hans", channel="sms").body == "二 {number}"
    assert templates.text_for(playbook, "registered", language="zh-hans", channel="sms").subject == own.subject
    assert templates.text_for(playbook, "registered", language="en", channel="sms").body.startswith("Your complaint")
    save(house, clock, "短", channel="sms")
    assert templates.text_for(playbook, "registered", language="zh-hans", channel="sms").body == "短"
    assert templates.text_for(playbook, "registered", language="zh-hans", channel="mail").body == "二 {number}"
    save(house, clock, "")
    assert templates.text_for(playbook, "registered", language="zh-hans", channel="mail") == own
    assert len(templates.history("complaint", "registered")) == 4


def test_unknown_variables_and_stray_braces_are_refused_by_name(house: Any, clock: Any) -> None:
    from tuoshan.knowledge import templates

    with pytest.raises(templates.TemplateRefused) as refused:
        save(house, clock, "您好 {customer_nam}，{number", subject="{finding_person}")
    found = {(one.kind, one.what) for one in refused.value.problems}
    assert found == {("unknown", "customer_nam"), ("unknown", "finding_person"), ("malformed", "{number")}
    assert templates.history("complaint", "registered") == []


def test_every_shipped_message_uses_known_variables_and_previews_whole(house: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.knowledge import templates

    playbook = library.current("complaint")
    for name in playbook.messages:
        for language in ("zh-hans", "en"):
            text = templates.standard(playbook, name, language)
            assert templates.problems(playbook, text.subject, text.body) == [], name
            shown = templates.preview(playbook, text.subject, text.body, language=language)
            assert "{" not in shown.body and shown.body


def test_the_form_keeps_what_was_typed_and_names_the_variable(house: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.knowledge.forms import MessageTextForm

    key: dict[str, Any] = {"playbook": library.current("complaint"), "message": "registered", "language": "zh-hans"}
    wrong = MessageTextForm({"subject": "", "body": "{nobody}"}, **key)
    assert not wrong.is_valid() and "{nobody}" in str(wrong.errors["body"])
    right = MessageTextForm({"subject": "主题", "body": "编号 {number}"}, **key)
    assert right.is_valid() and right.save(house.lead).version == 1


def reply(title: str, text: str = "x", person: int | None = None, **values: Any) -> Any:
    from tuoshan.knowledge.models import QuickReply

    return QuickReply.objects.create(title=title, text=text, person_id=person, **values)


def test_replies_are_found_by_any_two_characters_own_and_shared_alone(house: Any) -> None:
    from tuoshan.knowledge import replies

    reply("催件致歉", "非常抱歉让您久等", shortcut="wait", category="物流")
    reply("退货地址", "请寄到总仓", person=house.agent.pk)
    reply("别人的", "非常抱歉", person=house.lead.pk)
    titles = lambda text: [one.title for one in replies.search(text, person_id=house.agent.pk)]  # noqa: E731
    assert titles("抱歉") == ["催件致歉"] and titles("/wait") == ["催件致歉"] and titles("总仓") == ["退货地址"]
    assert titles("物流 久等") == ["催件致歉"] and titles("没有") == []
    assert set(titles("")) == {"催件致歉", "退货地址"}


def test_a_reply_is_filled_from_the_case_and_hides_what_only_supervisors_see(house: Any) -> None:
    from tuoshan.knowledge import replies

    case = house.complaint()
    one = reply("回执", "{customer}您好，{number}：{what_happened}。{finding_person}{handler}，{contact} {me}")
    said = replies.render(one, case, person=house.agent)
    assert said == f"王芳您好，{case.number}：收到的杯子碎了。{{finding_person}}客服中心，400-820-1234 林悦"
    assert replies.render(one) == one.text


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [("0.00", "", ""), ("", "", ""), ("0.50", "退款与补偿合计 0.50 元，", "Refund and compensation come to 0.50 yuan."),
     ("100.00", "退款与补偿合计 100.00 元，", "Refund and compensation come to 100.00 yuan.")],
    ids=["zero", "not given", "cents", "a hundred"],
)  # fmt: skip
def test_a_customer_who_gets_no_money_reads_of_none(amount: str, zh: str, en: str) -> None:
    from django.utils.translation import override

    from tuoshan.knowledge.case_values import _amount_words

    with override("zh-hans"):
        assert _amount_words(amount) == zh
    with override("en"):
        assert _amount_words(amount) == en


def test_the_form_of_a_reply(house: Any) -> None:
    from tuoshan.knowledge.forms import QuickReplyForm

    given = {"title": "一", "text": "{number}", "shortcut": "a", "language": "zh-hans", "category": ""}
    form = QuickReplyForm(given, person=house.agent, may_share=False)
    assert form.is_valid(), form.errors
    assert form.save().person_id == house.agent.pk
    again = QuickReplyForm(given, person=house.agent, may_share=False)
    assert not again.is_valid() and "shortcut" in again.errors
    shared = QuickReplyForm({**given, "shared": "on"}, person=house.lead, may_share=True)
    assert shared.is_valid() and shared.save().person_id is None
    wrong = {**given, "text": "{customer}您好，{foo}已寄出，{me}", "shortcut": ""}
    unknown = QuickReplyForm(wrong, person=house.agent, may_share=False)
    assert unknown.errors["text"] == ["没有变量 {foo}。"]
    broken = QuickReplyForm({**given, "text": "{a", "shortcut": ""}, person=house.agent, may_share=False)
    assert not broken.is_valid() and "text" in broken.errors


def test_the_days_that_a_customer_is_told_are_those_of_the_settings(house: Any, clock: Any) -> None:
    """The message that turns a complaint down, and the limit after which an appeal is refused, read one number."""
    from tuoshan.cases import calendars
    from tuoshan.knowledge import case_values

    case = house.complaint()
    assert case_values.of_case(case).values("zh-hans")["appeal_days"] == "30"
    calendars.set_table(playbook="complaint", name="appeal_days", value=45, valid_from=clock())
    assert case_values.of_case(case).values("zh-hans", {"appeal_days"})["appeal_days"] == "45"
