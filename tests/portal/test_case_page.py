"""The customer's page: what it shows, what it never shows, and what can be done there."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.documents import samples
from tests.portal import house
from tests.portal.house import OTHER_PHONE, SECRET

from tuoshan.cases import service
from tuoshan.cases.models import Case, Event, Message
from tuoshan.documents import drafts
from tuoshan.documents.models import Evidence

pytestmark = pytest.mark.django_db


def do(client: Client, case: Case, name: str, page: str = "", **values: Any) -> Any:
    """Fill in the form of a step as the page gives it, and send it."""
    fields = house.fields_of(page or house.page_of(case, client), name)
    return client.post(f"/portal/case/{case.number}/act", {**fields, **{f"{name}-{k}": v for k, v in values.items()}})


# -- what is shown -------------------------------------------------------------------------------------------------


def test_it_says_where_the_case_stands_and_until_when_they_hear() -> None:
    page = house.page_of(house.begin())
    assert "我们已收到，正在核对" in page and "最迟 明天 09:00 前给您答复" in page


def test_what_is_asked_of_the_customer_stands_above_the_form_with_its_limit() -> None:
    case = house.take(house.begin(), "ask_more", "service_desk", values={"missing": "请拍铭牌"})
    page = house.page_of(case)
    assert "请补充材料" in page and "请拍铭牌" in page
    assert "请您在 3月17日 09:00 前答复" in page and "计时已暂停，等您答复" in page


def test_a_promise_that_was_missed_is_admitted(clock: Any) -> None:
    case = house.begin()
    clock.advance(timedelta(hours=25))
    assert "已经晚了，我们正在加急处理" in house.page_of(case)


def test_the_proposal_is_shown_with_what_follows_from_silence() -> None:
    page = house.page_of(house.offered())
    for text in ("换门封条", "维修", "2026年3月10日", "同意方案", "不同意", "到时没有收到您的答复：我们会致电回访"):
        assert text in page


def test_what_the_customer_wished_stands_before_what_is_offered() -> None:
    page = house.page_of(house.offered(wish="我要换一台新的"))
    start = page.index('id="proposal"')
    shown = page[start : page.index("</dl>", start)]
    assert 0 < shown.index("您希望怎么处理") < shown.index("我要换一台新的") < shown.index("换门封条")


def test_a_phase_is_dated_when_it_was_done_and_the_first_when_the_problem_came(clock: Any) -> None:
    case = house.accepted(house.begin())
    clock.advance(timedelta(days=1))
    case = house.proposed(case)
    clock.advance(timedelta(days=2))
    page = house.page_of(house.answered(case))
    way = page[page.index('id="way"') :].partition("</ol>")[0]
    dated = dict(re.findall(r'<span>([^<]+)</span><time datetime="([^T"]+)', way))
    came = case.created_at.date()
    assert dated["收到您的问题"] == came.isoformat()
    assert dated["商定处理方案"] == (came + timedelta(days=3)).isoformat()


def test_a_proposal_that_nobody_has_approved_is_not_shown() -> None:
    case = house.proposed(house.accepted(house.begin()), remedy="尚未批准的方案", amount="99999")
    assert case.state == "approving"
    assert "尚未批准的方案" not in house.page_of(case)
    case = house.take(case, "send_back", "lead", "manager", "director", values={"reason": SECRET})
    page = house.page_of(case)
    assert "尚未批准的方案" not in page and SECRET not in page


def test_a_refused_proposal_is_gone_while_another_is_made() -> None:
    case = house.offered()
    client = house.opened(case)
    assert do(client, case, "disagree", wish="我要换新的").status_code == 302
    page = house.page_of(case, client)
    assert 'id="proposal"' not in page and "我要换新的" in page


def test_nothing_internal_is_ever_in_the_page(clock: Any) -> None:
    """Notes, calls, findings, reports, reasons, colleagues' names: in no state of the whole way."""
    case = house.accepted(house.begin())
    colleague = house.person().__class__.objects.create_user("secret-colleague", "a long password")
    colleague.display_name = f"{SECRET}同事"
    colleague.save()
    service.note(case_id=case.pk, actor=house.staff("handler"), text=f"{SECRET}备注")
    service.call(case_id=case.pk, actor=house.staff("handler"), text=f"{SECRET}通话")
    service.message(
        case_id=case.pk, actor=service.ActingAs("person", colleague.pk, None, frozenset()), text="请放心", channel="sms"
    )
    hidden = house.proof(case, name=f"{SECRET}.jpg")
    for step, values in (("upgrade", {"raised_to": "important"}), ("downgrade", {"lowered_to": "normal"})):
        case = house.take(case, step, "handler", "lead", values={**values, "reason": f"{SECRET}等级"})
    pages = [house.page_of(case)]
    case = house.proposed(case, finding=f"{SECRET}针对个人")
    pages.append(house.page_of(case))
    case = house.answered(case)
    pages.append(house.page_of(case))
    client = house.opened(case)
    do(client, case, "satisfied")
    case = house.fresh(case)
    assert case.state == "follow_up"
    from tuoshan.cases.models import Task

    report = Task.objects.get(case_id=case.pk, name="report", status="open")
    outcome = service.complete_task(
        case_id=case.pk, task_key=report.key, actor=house.staff("handler"), values={"summary": f"{SECRET}报告"}
    )
    assert outcome.refusal is None
    house.deliver()
    pages.append(house.page_of(case, client))
    assert "请放心" in pages[-1] and "已换好" in pages[-1]
    for page in pages:
        assert SECRET not in page and "secret-colleague" not in page
    assert client.get(f"/evidence/{hidden}").status_code == 404


def test_a_message_is_signed_by_the_handler_or_by_the_service() -> None:
    case = house.accepted(house.begin())
    service.message(case_id=case.pk, actor=house.staff("handler"), text="明早九点上门", channel="sms")
    page = house.page_of(case)
    assert re.search(r"<strong>周敏</strong>.*?明早九点上门", page, re.S)


def test_signed_links_do_not_stand_in_the_page_again() -> None:
    case = house.offered()
    house.deliver()
    page = house.page_of(case)
    assert Message.objects.filter(case_id=case.pk, direction="out").exists()
    assert "/portal/l/" not in re.sub(r'name="next" value="[^"]*"', "", page)


def test_whoever_registered_it_the_page_shows_no_particulars_of_the_customer() -> None:
    """A number typed into the form may be somebody else's: what their record holds is not for the typist."""
    house.begin(phone=OTHER_PHONE, name="张三丰")
    client = Client()
    client.post("/portal/submit", {"what_happened": "x", "name": "李四", "phone": OTHER_PHONE, "key": "k"})
    case = Case.objects.order_by("-id").first()
    assert case is not None
    for address in (f"/portal/case/{case.number}", f"/portal/case/{case.number}/submitted", "/portal/"):
        page = client.get(address).content.decode()
        assert "张三丰" not in page and OTHER_PHONE not in page


def test_files_meant_for_the_customer_are_shown_others_not() -> None:
    case = house.begin()
    shown, hidden = house.proof(case, visible=True, name="给客户.jpg"), house.proof(case, name="内部.jpg")
    client = house.opened(case)
    page = house.page_of(case, client)
    assert "给客户.jpg" in page and "内部.jpg" not in page
    assert "客户可见" not in page, "which is said to colleagues"
    assert client.get(f"/evidence/{shown}").status_code == 200
    assert client.get(f"/evidence/{hidden}").status_code == 404


def test_a_colleague_who_looks_at_it_while_signed_in_sees_the_customers_page() -> None:
    from django.conf import settings

    case = house.begin()
    house.proof(case, name="内部.jpg")
    client = Client()
    client.force_login(house.person(), backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert "内部.jpg" not in house.page_of(case, house.opened(case, client))


# -- what is done --------------------------------------------------------------------------------------------------


def test_agreeing_takes_two_taps_and_a_third_changes_nothing() -> None:
    case = house.offered()
    client = house.opened(case)
    page = house.page_of(case, client)
    assert do(client, case, "agree", page).status_code == 302
    assert house.fresh(case).state == "carrying_out"
    seq = house.fresh(case).seq
    assert do(client, case, "agree", page).status_code == 302
    assert house.fresh(case).seq == seq
    assert "正在按约定处理" in house.page_of(case, client)


def test_disagreeing_needs_a_word_and_keeps_what_was_typed() -> None:
    case = house.offered()
    client = house.opened(case)
    response = do(client, case, "disagree", wish="")
    assert response.status_code == 422 and house.fresh(case).state == "offered"
    page = response.content.decode()
    assert re.search(r'<details class="choice" name="choice" id="do-act-disagree" open>', page)
    assert do(client, case, "disagree", wish="要换新的").status_code == 302
    assert house.fresh(case).state == "proposing"


def test_adding_what_was_asked_for_with_a_photo() -> None:
    case = house.take(house.begin(), "ask_more", "service_desk", values={"missing": "请拍铭牌"})
    client = house.opened(case)
    page = house.page_of(case, client)
    token = house.fields_of(page, "add_more")["upload_token"]
    client.post("/evidence/upload", {"file": SimpleUploadedFile("铭牌.jpg", samples.image("JPEG")), "token": token})
    assert do(client, case, "add_more", page, added="铭牌在背面").status_code == 302
    assert house.fresh(case).state == "received"
    page = house.page_of(case, client)
    assert "铭牌在背面" in page and "铭牌.jpg" in page


def test_a_question_is_answered_as_a_task() -> None:
    case = house.take(house.accepted(house.begin()), "ask_customer", "handler", values={"question": "几号买的？"})
    client = house.opened(case)
    page = house.page_of(case, client)
    assert "几号买的？" in page
    assert do(client, case, "clarify", page, answer="三月一号").status_code == 302
    page = house.page_of(case, client)
    assert "三月一号" in page and 'name="name" value="clarify"' not in page


def test_satisfied_rated_and_changed() -> None:
    case = house.answered(house.offered())
    client = house.opened(case)
    assert do(client, case, "satisfied").status_code == 302
    page = house.page_of(case, client)
    assert "这次服务怎么样" in page
    faces = re.findall(r'<label><input type="radio" name="score" value="(\d)"[^>]*><svg[^>]*aria-hidden', page)
    assert faces == ["1", "2", "3", "4", "5"]
    assert client.post(f"/portal/case/{case.number}/rate", {}).status_code == 422
    response = client.post(f"/portal/case/{case.number}/rate", {"score": "4", "words": "师傅很准时"})
    assert response.status_code == 302
    assert house.fresh(case).satisfaction == 4
    page = house.page_of(case, client)
    assert "您的评价（可以修改）" in page and "师傅很准时" in page
    assert "现在不需要您做什么" in page and "请您在" not in page
    quiet = page.split("还有问题？")[1].split("这次服务怎么样")[0]
    assert 'id="do-act-resume"' in quiet and 'id="do-act-appeal"' in quiet
    assert "summary class=\"btn btn-primary" not in page
    client.cookies["tuoshan_language"] = "en"
    english = house.page_of(case, client)
    assert "Something still wrong?" in english and "Nothing is needed from you now" in english


def test_while_it_is_their_turn_one_button_is_filled_and_afterwards_none() -> None:
    case = house.offered()
    page = house.page_of(case)
    assert page.count('<summary class="btn btn-primary') == 1
    assert '<summary class="btn btn-primary w-full">同意方案' in page and "还有问题？" not in page


def test_what_was_agreed_is_the_only_date_while_it_is_carried_out(clock: Any) -> None:
    case = house.offered()
    client = house.opened(case)
    assert do(client, case, "agree").status_code == 302
    page = house.page_of(case, client)
    assert "前为您办好" in page and "前给您答复" not in page and page.count('class="chip promise') == 1
    clock.advance(timedelta(days=10))
    assert "前办好，已经晚了" in house.page_of(case)


def test_an_appeal_goes_to_a_reviewer() -> None:
    case = house.answered(house.offered())
    client = house.opened(case)
    assert do(client, case, "appeal", appeal_reason="还在漏").status_code == 302
    assert house.fresh(case).state == "appealed"
    page = house.page_of(case, client)
    assert "由另一位复核人重新审查" in page
    assert "申诉复核人须在 3月9日 " in page and "请您在" not in page


def test_withdrawing_needs_no_reason() -> None:
    case = house.begin()
    assert do(house.opened(case), case, "withdraw").status_code == 302
    assert house.fresh(case).state == "withdrawn"


def test_a_link_to_the_page_itself_reads_as_words_of_the_sentence() -> None:
    from tuoshan.cases import conversation

    case = house.begin()
    client = house.opened(case)
    for text in ("依据材料可在 https://a.example/portal/l/x:y 查看。", "请看 https://a.example/portal/survey/x:y 。"):
        conversation.told(
            case_id=case.pk, at=case.created_at, channel="portal", subject="", text=text, event_seq=1,
            delivery=Message.Delivery.SENT,
        )  # fmt: skip
    page = house.page_of(case, client)
    assert "依据材料可在本页面查看。" in page and "请看本页面。" in page


def test_confirming_promises_no_work_that_does_not_follow() -> None:
    case = house.answered(house.offered())
    page = house.page_of(case, house.opened(case))
    assert "继续处理" not in page.split('value="satisfied"')[1].split("</form>")[0]


def test_withdrawing_ends_it() -> None:
    case = house.begin()
    client = house.opened(case)
    assert do(client, case, "withdraw", reason="自己修好了").status_code == 302
    assert house.fresh(case).state == "withdrawn"
    page = house.page_of(case, client)
    assert "您已撤回，本件不再处理" in page and "给我们留言" not in page


def test_what_was_withdrawn_is_opened_again_from_the_same_page_while_there_is_time(clock: Any) -> None:
    case = house.begin()
    client = house.opened(case)
    do(client, case, "withdraw")
    assert "请重新处理" in house.page_of(case, client)
    assert do(client, case, "reopen", reason="不是我本人撤回的").status_code == 302
    assert house.fresh(case).state == "received"
    assert "前给您答复" in house.page_of(case, client)
    do(client, case, "withdraw")
    clock.advance(timedelta(days=31))
    assert 'value="reopen"' not in house.page_of(case, house.opened(case))


def test_a_note_between_colleagues_does_not_stand_in_the_customers_way() -> None:
    case = house.offered()
    client = house.opened(case)
    page = house.page_of(case, client)
    service.note(case_id=case.pk, actor=house.staff("handler"), text="x")
    assert do(client, case, "agree", page).status_code == 302
    assert house.fresh(case).state == "carrying_out"


def test_an_answer_to_an_older_page_is_refused_in_words_of_the_customer() -> None:
    case = house.offered()
    client = house.opened(case)
    page = house.page_of(case, client)
    service.message(case_id=case.pk, actor=house.staff("handler"), text="方案有变，请等一下", channel="sms")
    response = do(client, case, "agree", page)
    assert response.status_code == 409 and house.fresh(case).state == "offered"
    assert "处理有了新进展" in response.content.decode() and "方案有变" in response.content.decode()


def test_what_has_become_impossible_is_said() -> None:
    case = house.offered()
    client = house.opened(case)
    page = house.page_of(case, client)
    house.take(case, "agree_told", "handler", values={"consent_by": "phone", "consent_words": "好"})
    response = do(client, case, "disagree", page, wish="不要")
    assert response.status_code == 409
    assert "现在是：正在按约定处理" in response.content.decode()


def test_another_answer_under_the_same_key_is_refused_with_what_was_kept() -> None:
    case = house.offered()
    client, page = house.opened(case), house.page_of(case)
    key = house.fields_of(page, "agree")["key"]
    for _twice in range(2):
        assert do(client, case, "agree", page).status_code == 302
    agreed = house.fresh(case)
    fields = house.fields_of(page, "disagree") | {"key": key, "disagree-wish": "门封条不用换了，请退款"}
    other = client.post(f"/portal/case/{case.number}/act", fields)
    told = other.content.decode()
    assert other.status_code == 409 and "“同意方案”先前已经提交，以那一次为准" in told and "请给我们留言" in told
    assert "门封条不用换了，请退款</textarea>" in told, "what was written is not lost"
    assert (house.fresh(case).state, house.fresh(case).seq) == (agreed.state, agreed.seq)


def test_another_answer_to_what_is_still_asked_comes_back_with_a_fresh_key() -> None:
    case = house.accepted(house.begin())
    client, page = house.opened(case), house.page_of(case)
    fields = house.fields_of(page, "withdraw")
    address = f"/portal/case/{case.number}/write"
    assert client.post(address, {"text": "什么时候上门？", "key": "w"}).status_code == 302
    answer = client.post(f"/portal/case/{case.number}/act", {**fields, "key": "w:text", "withdraw-reason": "不用了"})
    told = answer.content.decode()
    assert answer.status_code == 409 and "这次填写的不同，没有提交" in told and "不用了" in told
    assert 'name="key" value="w:text"' not in told
    assert house.fresh(case).state != "withdrawn"


@pytest.mark.parametrize("name", ["approve", "propose", "close", "accept", "claim", "step_back", "no_such"])
def test_steps_of_colleagues_are_no_steps_of_the_customer(name: str) -> None:
    case = house.offered()
    client = house.opened(case)
    seq = house.fresh(case).seq
    for kind in ("act", "task", "hold", "ask", ""):
        response = client.post(f"/portal/case/{case.number}/act", {"kind": kind, "name": name, "key": f"{kind}{name}"})
        assert response.status_code == 409
    assert house.fresh(case).seq == seq


def test_writing_to_us_with_a_photo_once() -> None:
    case = house.accepted(house.begin())
    client = house.opened(case)
    token = drafts.new_upload_token()
    values = {"text": "什么时候上门？", "key": "w1", "upload_token": token}
    client.post(
        "/evidence/upload", {"file": SimpleUploadedFile("a.jpg", samples.image("JPEG")), "token": token}
    )
    for _ in range(2):
        assert client.post(f"/portal/case/{case.number}/write", values).status_code == 302
    said = Message.objects.get(case_id=case.pk, direction="in")
    assert (said.text, said.visible_to_customer) == ("什么时候上门？", True)
    assert Evidence.objects.filter(case_id=case.pk, visible_to_customer=True).count() == 1
    assert Event.objects.filter(case_id=case.pk, name="evidence").count() == 1
    assert "什么时候上门？" in house.page_of(case, client)
    nothing = client.post(f"/portal/case/{case.number}/write", {"text": " ", "key": "w2"})
    assert nothing.status_code == 422 and "请写下内容，或添加照片" in nothing.content.decode()


def test_other_words_under_the_same_key_are_given_back() -> None:
    case = house.accepted(house.begin())
    client = house.opened(case)
    address = f"/portal/case/{case.number}/write"
    assert client.post(address, {"text": "什么时候上门？", "key": "w"}).status_code == 302
    other = client.post(address, {"text": "请改到周六上门", "key": "w"})
    page = other.content.decode()
    assert other.status_code == 409 and "还没有发送" in page and "请改到周六上门</textarea>" in page
    assert 'name="key" value="w"' not in page
    assert client.post(address, {"text": "请改到周六上门", "key": "w2"}).status_code == 302
    said = Message.objects.filter(case_id=case.pk, direction="in").order_by("id")
    assert [one.text for one in said] == ["什么时候上门？", "请改到周六上门"]


def test_writing_too_often_is_stopped_and_what_was_typed_stays(clock: Any) -> None:
    case = house.begin()
    client = house.opened(case)
    codes = [
        client.post(f"/portal/case/{case.number}/write", {"text": "在吗", "key": f"k{number}"}).status_code
        for number in range(31)
    ]
    assert codes == [302] * 30 + [429]
    last = client.post(f"/portal/case/{case.number}/write", {"text": "还在吗", "key": "last"})
    assert last.status_code == 429 and "还在吗" in last.content.decode()


def test_uploads_of_another_case_are_not_taken_along() -> None:
    case, other = house.begin(), house.begin("别的", phone=OTHER_PHONE)
    token = drafts.new_upload_token()
    theirs = house.opened(other)
    theirs.post("/evidence/upload", {"file": SimpleUploadedFile("a.jpg", samples.image("JPEG")), "token": token})
    theirs.post(f"/portal/case/{other.number}/write", {"text": "", "key": "a", "upload_token": token})
    mine = house.opened(case)
    refused = mine.post(f"/portal/case/{case.number}/write", {"text": "", "key": "b", "upload_token": token})
    assert refused.status_code == 422
    assert set(Evidence.objects.values_list("case_id", flat=True)) == {other.pk}
    upload = {"file": SimpleUploadedFile("b.jpg", samples.image("JPEG", quality=40)), "case": other.pk}
    assert mine.post("/evidence/upload", upload).status_code == 403


@pytest.mark.parametrize("field", ["wish", "text"])
def test_what_customers_write_is_escaped(field: str) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    case = house.offered()
    client = house.opened(case)
    if field == "wish":
        do(client, case, "disagree", wish=hostile)
    else:
        client.post(f"/portal/case/{case.number}/write", {"text": hostile, "key": "k"})
    page = house.page_of(case, client)
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


def test_a_merged_case_leads_to_where_it_goes_on() -> None:
    first, second = house.begin(), house.begin("同一件事")
    service.merge(case_id=second.pk, into_id=first.pk, actor=house.staff("lead", "handler"), reason="同一件事")
    client = house.opened(second)
    page = house.page_of(second, client)
    assert f"这件事已和 {first.number} 合并处理" in page
    assert client.get(f"/portal/case/{first.number}").status_code == 200


def test_a_merged_case_of_somebody_else_stays_closed() -> None:
    first, second = house.begin(phone=OTHER_PHONE), house.begin("同一件事")
    service.merge(case_id=second.pk, into_id=first.pk, actor=house.staff("lead", "handler"), reason="同一件事")
    client = house.opened(second)
    assert first.number not in house.page_of(second, client)
    assert client.get(f"/portal/case/{first.number}").status_code == 302


def test_the_survey_link_opens_the_case_at_the_rating() -> None:
    from tuoshan.knowledge.links import survey_link

    case = house.answered(house.offered())
    address = survey_link(case.pk, "survey#1")
    client = Client()
    response = client.get(address[address.index("/portal/") :])
    assert response["Location"] == f"/portal/case/{case.number}#rate"
    assert "这次服务怎么样" in house.page_of(case, client)


def test_what_the_customer_said_on_the_telephone_is_shown_as_theirs_and_recorded_by_us(clock: Any) -> None:
    from tuoshan.cases.models import Event, Task

    case = house.accepted(house.begin())
    case = house.take(case, "ask_customer", "handler", values={"question": "什么时候开始漏的"})
    told = {"told_who": "王女士本人", "told_how": "phone"}
    case = house.take(case, "clarify_told", "handler", values={**told, "answer": "上周六开始漏水"})
    assert not Task.objects.filter(case_id=case.pk, name="clarify", status="open").exists()
    page = house.page_of(case)
    assert "上周六开始漏水" in page and "由我们的同事记录" in page and "电话" in page
    event = Event.objects.get(case_id=case.pk, name="clarify_told")
    assert event.actor_kind == "person"  # nobody pretends that the customer pressed a button
    case = house.take(case, "withdraw_told", "handler", values={**told, "told_words": "不用处理了，已经自己修好"})
    assert case.state == "withdrawn"
    assert "已经自己修好" in house.page_of(case)


def test_without_who_said_it_nothing_is_recorded_in_the_customers_name(clock: Any) -> None:
    case = house.accepted(house.begin())
    for values in ({}, {"told_how": "phone", "told_words": "不办了"}, {"told_who": "本人", "told_how": "phone"}):
        outcome = service.act(
            case_id=case.pk, action="withdraw_told", actor=house.staff("handler"), values=values
        )
        assert outcome.refusal is not None and outcome.refusal.because == "invalid_form"
    assert house.fresh(case).state == "proposing"


def test_a_rating_told_on_the_telephone_is_kept_as_told_and_never_by_who_is_rated(clock: Any) -> None:
    from tuoshan.care.models import SurveyAnswer
    from tuoshan.cases.acting import ActingAs

    case = house.answered(house.offered())
    colleague = house.person().__class__.objects.create_user("another", "a long password")
    values = {"told_who": "本人", "told_how": "phone", "score": Decimal(2), "score_words": "太慢了"}
    own = service.act(
        case_id=case.pk, action="rate_told", actor=house.staff("handler", "service_desk", "lead"), values=values
    )
    assert own.refusal is not None and own.refusal.because == "not_by_same_person"
    other = ActingAs("person", colleague.pk, None, frozenset({"service_desk"}))
    done = service.act(case_id=case.pk, action="rate_told", actor=other, values=values)
    assert done.refusal is None, done.refusal
    house.deliver()
    kept = SurveyAnswer.objects.get(case_id=case.pk)
    assert (kept.score, kept.words, kept.via) == (2, "太慢了", "staff")
    assert house.fresh(case).satisfaction == 2
    assert "太慢了" in house.page_of(case)


def test_an_amount_of_zero_is_not_spoken_of_in_the_proposal() -> None:
    assert "0.00" not in house.page_of(house.offered())
    page = house.page_of(house.proposed(house.accepted(house.begin()), amount="35"))
    assert "退款与补偿合计" in page and "35.00 元" in page


def test_photos_on_the_customers_page_bear_no_mark_of_the_desk() -> None:
    case = house.offered()
    house.proof(case, visible=True)
    page = house.page_of(case)
    files = page[page.index('id="files"') :]
    assert "照片" in files and "客户可见" not in files and "#eye" not in files
