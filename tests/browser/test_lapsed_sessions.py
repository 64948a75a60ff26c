"""What is typed or uploaded survives a lapsed session, and is never offered to somebody else."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from tests.browser.staffed import PASSWORD, Staffed, open_case, opened, picture, ready, send

from tuoshan.cases.models import Case, Words
from tuoshan.documents.models import Evidence

pytestmark = pytest.mark.django_db(transaction=True)


def _asking_for_more(open_page: Any, company: Staffed) -> tuple[Case, Page, Any]:
    """A case, its page, and the form that asks the customer for more."""
    case, page = company.complaint(), open_page()
    open_case(page, company, "agent", case)
    return case, page, opened(page, "do-act-ask_more")


def _sent_after_the_session_ended(page: Page, form: Any, case: Case) -> None:
    """Sent in vain, signed in again, and back at the case."""
    Session.objects.all().delete()
    form.locator(".form-acts .btn-primary").click()
    page.locator("#banners a", has_text="登录").click()
    _sign_in_again(page, case.number)


def test_a_draft_survives_a_lapsed_session(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    form = opened(page, "do-note")
    form.locator("[name=text]").press_sequentially("客户说下午三点以后方便")
    _sent_after_the_session_ended(page, form, case)
    form = opened(page, "do-note")
    expect(form.locator("[name=text]")).to_have_value("客户说下午三点以后方便")
    send(page, form)
    expect(page.locator(".msg.note")).to_contain_text("三点以后")
    form = opened(page, "do-note")
    expect(form.locator("[name=text]")).to_have_value("")


def _sign_in_again(page: Page, back_to: str) -> None:
    """On the sign-in page, and back where one was."""
    page.locator("[name=login]").fill("linyue")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form .btn-primary").click()
    page.wait_for_url(re.compile(back_to))
    ready(page)


def test_a_registration_survives_a_lapsed_session(open_page: Any, company: Staffed) -> None:
    """The form is sent the plain way: the page leaves for the sign-in, and what was typed is there after it."""
    typed = {
        "customer-name": "周女士", "customer-phone": "13912345678",
        "what_happened": "花瓶送到时裂了一道", "wish": "换一个",
    }  # fmt: skip
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/register/complaint")
    ready(page)
    form = page.locator("#register")
    form.locator("[name=channel]").select_option("hotline")
    for name, text in typed.items():
        form.locator(f"[name={name}]").press_sequentially(text)
    Session.objects.all().delete()
    form.locator("[type=submit].btn-primary").click()
    page.wait_for_url(re.compile("sign-in"))
    assert not Case.objects.exists()
    _sign_in_again(page, "/register/complaint")
    expect(form.locator("[data-draft-notice]")).to_be_visible()
    expect(form.locator("[name=channel]")).to_have_value("hotline")
    for name, text in typed.items():
        expect(form.locator(f"[name={name}]")).to_have_value(text)
    form.locator("[type=submit].btn-primary").click()
    page.wait_for_url(re.compile("/registered/"))
    case = Case.objects.get()
    said = set(Words.objects.filter(case_id=case.pk).values_list("text", flat=True))
    assert {typed["what_happened"], typed["wish"]} <= said
    page.goto("/register/complaint")  # what was accepted is offered no more
    ready(page)
    expect(form.locator("[name=what_happened]")).to_have_value("")
    expect(form.locator("[data-draft-notice]")).to_have_count(0)


def test_a_restored_registration_says_whose_it_is_and_lets_the_next_caller_in(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/register/complaint")
    ready(page)
    form, phone = page.locator("#register"), page.locator("#register [name=customer-phone]")
    phone.press_sequentially("13912345678")
    form.locator("[name=what_happened]").press_sequentially("花瓶送到时裂了一道")
    page.wait_for_timeout(500)
    page.goto("/register/complaint")
    ready(page)
    expect(form.locator("[data-draft-notice]")).to_contain_text("139****5678")
    expect(page.locator("#beside")).to_contain_text("第一次联系我们")
    phone.focus()
    page.wait_for_timeout(200)
    page.keyboard.press("Shift+Tab")
    expect(form.locator("[data-draft-notice] button")).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_timeout(200)
    page.keyboard.type("13833445566")
    expect(phone).to_have_value("13833445566")
    form.locator("[name=channel]").select_option("hotline")
    form.locator("[name=what_happened]").press("Control+Enter")
    page.wait_for_url(re.compile("/registered/"))
    page.goto("/register/complaint")
    ready(page)
    expect(phone).to_have_value("")
    expect(form.locator("[data-draft-notice]")).to_have_count(0)


@pytest.mark.parametrize(
    ("role", "address", "name", "text"),
    [
        ("agent", "/me/absence", "note", "去广州参加培训"),
        ("admin", "/settings/playbooks/check", "text", "playbook: complaint"),
        ("admin", "/settings/replies/new", "title", "缺货的答复"),
    ],
)
def test_a_plain_form_survives_a_lapsed_session(
    open_page: Any, company: Staffed, role: str, address: str, name: str, text: str
) -> None:
    page = open_page()
    company.sign_in(page, role)
    page.goto(address)
    ready(page)
    field = page.locator(f"form[data-draft] [name={name}]")
    field.press_sequentially(text)
    Session.objects.all().delete()
    page.locator("form[data-draft] .form-acts .btn-primary").first.click()
    page.wait_for_url(re.compile("sign-in"))
    company.sign_in(page, role)
    page.goto(address)
    ready(page)
    expect(field).to_have_value(text)
    expect(page.locator("[data-draft-notice]")).to_be_visible()


def test_a_steps_form_survives_a_lapsed_session(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    form = opened(page, "do-act-accept_simple")
    form.locator("[name=category]").select_option(index=1)
    chosen = form.locator("[name=category]").input_value()
    form.locator("[name=impact]").select_option("high")
    form.locator("[name=urgency]").select_option("low")
    form.locator("[name=next_step]").press_sequentially("下午三点前回电")
    _sent_after_the_session_ended(page, form, case)
    assert company.read(case).seq == case.seq
    form = opened(page, "do-act-accept_simple")
    expect(form.locator("[data-draft-notice]")).to_be_visible()
    expect(form.locator("[name=category]")).to_have_value(chosen)
    expect(form.locator("[name=impact]")).to_have_value("high")
    expect(form.locator("[name=urgency]")).to_have_value("low")
    expect(form.locator("[name=next_step]")).to_have_value("下午三点前回电")
    send(page, form)
    assert company.read(case).handler_id == company.people["agent"].pk
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.draft.')).length") == 0


def _attached(form: Any, name: str) -> str:
    """A photo that has been uploaded while the form is filled: the token under which it lies."""
    fold = form.locator("details", has=form.page.locator("[data-evidence-field]"))
    if fold.count():
        fold.locator("summary").click()
    form.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": picture()})
    expect(form.locator("[data-file]")).to_have_count(1)
    return str(form.locator("[name=upload_token]").input_value())


def test_a_photo_of_a_step_survives_a_lapsed_session(open_page: Any, company: Staffed) -> None:
    case, page, form = _asking_for_more(open_page, company)
    form.locator("[name=missing]").press_sequentially("请拍一下底部编号")
    token = _attached(form, "杯底.jpg")
    _sent_after_the_session_ended(page, form, case)
    form = opened(page, "do-act-ask_more")
    expect(form.locator("[data-file] .name")).to_have_text("杯底.jpg")
    expect(form.locator("[name=upload_token]")).to_have_value(token)
    expect(form.locator("[name=missing]")).to_have_value("请拍一下底部编号")
    assert form.locator("[data-file] img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    send(page, form)
    assert Evidence.objects.get().case_id == case.pk
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.draft.')).length") == 0


def test_a_photo_is_never_offered_to_the_next_person_at_the_same_computer(open_page: Any, company: Staffed) -> None:
    case, page, form = _asking_for_more(open_page, company)
    token = _attached(form, "杯底.jpg")
    Session.objects.all().delete()
    open_case(page, company, "senior", case)
    form = opened(page, "do-act-ask_more")
    expect(form.locator("[data-file]")).to_have_count(0)
    # Not even where the draft is put before them by hand: the server gives it to nobody else.
    page.evaluate("""([from, to]) => { for (const [key, text] of Object.entries(localStorage)) {
      localStorage.setItem(key.replace(from, to), text.replace(`person:${from}`, `person:${to}`)); } }""",
      [str(company.people["agent"].pk), str(company.people["senior"].pk)])  # fmt: skip
    page.reload()
    ready(page)
    form = opened(page, "do-act-ask_more")
    expect(form.locator("[data-refused]")).to_contain_text("已过保存时间")
    expect(form.locator("[data-file]")).to_have_count(0)
    expect(form.locator("[name=upload_token]")).not_to_have_value(token)
    assert Evidence.objects.get().case_id is None


def test_a_photo_whose_time_has_run_out_is_said(open_page: Any, company: Staffed) -> None:
    case, page, form = _asking_for_more(open_page, company)
    form.locator("[name=missing]").press_sequentially("请拍一下底部编号")
    _attached(form, "杯底.jpg")
    Evidence.objects.all().delete()
    form.locator(".form-acts .btn-primary").click()
    form = page.locator("section[id^='do-act-ask_more'] form")
    expect(form.locator("[role=alert]").first).to_contain_text("有 1 个上传的文件已过保存时间")
    expect(form.locator("[data-file]")).to_have_count(0)
    _attached(form, "新拍的.jpg")
    Evidence.objects.all().delete()
    page.reload()
    ready(page)
    form = opened(page, "do-act-ask_more")
    expect(form.locator("[data-refused]")).to_contain_text("“新拍的.jpg”已过保存时间，请重新添加")
    send(page, form)
    assert company.read(case).state == "incomplete"


def test_a_photo_of_a_registration_survives_a_lapsed_session(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/register/complaint")
    ready(page)
    form = page.locator("#register")
    form.locator("[name=channel]").select_option("hotline")
    form.locator("[name=customer-phone]").press_sequentially("13912345678")
    form.locator("[name=what_happened]").press_sequentially("花瓶送到时裂了一道")
    _attached(form, "花瓶.jpg")
    Session.objects.all().delete()
    form.locator("[type=submit].btn-primary").click()
    page.wait_for_url(re.compile("sign-in"))
    _sign_in_again(page, "/register/complaint")
    expect(form.locator("[data-file] .name")).to_have_text("花瓶.jpg")
    form.locator("[type=submit].btn-primary").click()
    page.wait_for_url(re.compile("/registered/"))
    assert Evidence.objects.get().case_id == Case.objects.get().pk
    page.goto("/register/complaint")
    ready(page)
    expect(form.locator("[data-file]")).to_have_count(0)


def test_what_is_discarded_takes_its_photos_along(open_page: Any, company: Staffed) -> None:
    case, page, form = _asking_for_more(open_page, company)
    _attached(form, "杯底.jpg")
    page.reload()
    ready(page)
    form = opened(page, "do-act-ask_more")
    expect(form.locator("[data-file]")).to_have_count(1)
    form.locator("[data-draft-notice] button").click()
    expect(form.locator("[data-file]")).to_have_count(0)
    assert not Evidence.objects.exists()
