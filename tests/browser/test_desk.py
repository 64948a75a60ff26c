"""Work at the desk in everyday trouble: appeals, urgency, keys alone, stale pages, double clicks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.staffed import PASSWORD, Staffed, changed, open_case, opened, picture, ready, send, work

from tuoshan import clock
from tuoshan.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_appeal_is_decided_by_another_reviewer(open_page: Any, company: Staffed) -> None:
    case = company.complaint("外套洗一次就褪色")
    first = open_page()
    open_case(first, company, "senior", case)
    form = opened(first, "do-act-unfounded")
    form.locator("[name=category]").select_option(index=1)
    form.locator("[name=why]").fill("洗涤说明写明须手洗")
    photo = {"name": "洗标.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    form.locator("input[type=file]").set_input_files(photo)
    expect(form.locator("[data-file]")).to_have_count(1)
    send(first, form)
    work()
    _appeal_by_phone(open_page, case, "说明里没有写手洗")
    work()

    first.reload()
    ready(first)
    for name in ("uphold", "overturn"):  # shown, greyed, with the reason in plain words below
        button = first.locator(f"[data-opens='do-act-{name}']")
        expect(button).to_be_visible()
        expect(button).to_be_disabled()
    why = "您参与了第一次决定，申诉要由另一位同事复核。"
    expect(first.locator("#barred")).to_have_text(f"维持原结论、改判：{why}")
    expect(first.locator("[data-opens='do-act-overturn']")).to_have_attribute("aria-describedby", "barred")
    answer = first.request.post(
        f"{company.url}/case/{case.number}/do/act/overturn",
        form={"review_why": "还是我", "seq": str(company.read(case).seq), "key": "direct",
              "csrfmiddlewaretoken": _token(first)}, headers={"Referer": first.url},
    )  # fmt: skip
    assert answer.status == 422 and why in answer.text(), answer.text()[:800]
    assert company.read(case).state == "appealed"

    other = open_page()
    open_case(other, company, "lead", case)
    expect(other.locator(".tl", has_text="洗涤说明写明须手洗").first).to_be_visible()
    expect(other.locator("#barred")).to_have_count(0)
    decided = other.locator("section", has=other.locator("#reviewed-h"))
    expect(decided).to_contain_text("洗涤说明写明须手洗")
    expect(decided).to_contain_text("洗标")
    form = opened(other, "do-act-overturn")
    form.locator("[name=review_why]").fill("洗标上确实没有手洗要求")
    send(other, form)
    expect(other.locator("#case .chip.c-plain", has_text="待拟方案").first).to_be_visible()


def _appeal_by_phone(open_page: Any, case: Case, reason: str) -> None:
    """The customer opens the link of the message, reads the reasons and does not agree with them."""
    from tuoshan.knowledge.links import case_link

    link = case_link(case.pk)
    phone = open_page(width=390, height=844)
    phone.goto(link[link.index("/portal/") :])
    ready(phone)
    expect(phone.get_by_text("洗涤说明写明须手洗").first).to_be_visible()
    phone.locator("summary", has_text="我要申诉").click()
    form = phone.locator("#do-act-appeal")
    form.get_by_label("您不认同的理由").fill(reason)
    form.get_by_role("button", name="提交").click()
    expect(phone.get_by_text(reason).first).to_be_visible()
    assert Case.objects.get(pk=case.pk).state == "appealed"


def test_the_look_of_the_account_is_drawn_before_any_script_and_the_switch_stays(
    open_page: Any, company: Staffed
) -> None:
    page = open_page()
    company.sign_in(page, "senior")
    page.goto("/")
    ready(page)
    assert page.get_attribute("html", "data-theme") == "desk"
    page.emulate_media(color_scheme="dark")  # the account follows the system
    expect(page.locator("html")).to_have_attribute("data-theme", "desk-dark")
    with page.expect_response(re.compile("/me/theme")) as kept:
        page.get_by_role("button", name="切换到浅色").click()
    assert kept.value.status == 204
    page.reload()
    ready(page)
    assert page.get_attribute("html", "data-theme") == "desk"
    elsewhere = open_page(dark=True)  # another device
    company.sign_in(elsewhere, "senior")
    elsewhere.goto("/")
    ready(elsewhere)
    assert elsewhere.get_attribute("html", "data-theme") == "desk"


@pytest.mark.parametrize(("language", "said"), [("en", "Wed 4 March 2026"), ("zh-hans", "2026年3月4日周三")])
def test_a_chosen_day_is_said_in_the_language_of_the_page(
    open_page: Any, company: Staffed, language: str, said: str
) -> None:
    page = open_page(language=language)
    company.sign_in(page, "lead")
    page.goto("/lessons/new")
    ready(page)
    page.fill("[name=due_on]", "2026-03-04")
    words = page.locator(".field", has=page.locator("[name=due_on]")).locator(".help")
    assert words.inner_text().replace(",", "") == said
    described = page.get_attribute("[name=due_on]", "aria-describedby") or ""
    assert str(words.get_attribute("id")) in described
    page.fill("[name=due_on]", "")
    expect(words).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024, 1152, 1280, 1440])
def test_the_words_of_the_tiles_on_the_board_stay_whole(open_page: Any, company: Staffed, width: int) -> None:
    page = open_page(width=width, language="en")
    company.sign_in(page, "lead")
    page.goto("/board")
    ready(page)
    cut = page.eval_on_selector_all(
        ".tiles .label", "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
    )
    assert cut == []


def test_an_urgent_case_that_nobody_takes_up_escalates(open_page: Any, company: Staffed) -> None:
    moved = clock.MovedClock(clock.now())
    clock.set_clock(moved)  # for the application's threads too
    try:
        for text in ("杯子碎了", "锅盖松动"):
            company.complaint(text)
        case = _taken_up_as_urgent(open_page, company, "电暖器插头冒火花")
        moved.advance(timedelta(hours=2, minutes=5))
        work()
        lead = open_page()
        company.sign_in(lead, "lead")
        lead.goto("/queue/urgent")
        ready(lead)
        row = lead.locator(".row", has_text=case.number)
        expect(row.locator(".chip.c-late")).to_contain_text("超时")
        lead.goto("/notifications")
        ready(lead)
        expect(lead.locator("main", has_text=case.number)).to_contain_text("应急措施")
        lead.locator("main button[data-row]", has_text="应急措施").first.click()
        lead.wait_for_url(re.compile(case.number))
        expect(lead.locator("#case .clocks li", has_text="应急措施").locator(".c-late")).to_be_visible()
    finally:
        clock.set_clock(None)


def test_few_tabs_lie_between_the_name_and_what_happened(open_page: Any, company: Staffed) -> None:
    """And the moment of arrival stands open where nobody is there while we register."""
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/register/complaint")
    ready(page)
    arrival = page.locator("[name=came-received_at]")
    page.locator("[name=customer-name]").focus()
    page.locator("[name=channel]").select_option("hotline")
    expect(arrival).to_be_hidden()
    page.locator("[name=customer-name]").focus()
    passed = 0
    while page.evaluate("document.activeElement.name") != "what_happened":
        page.keyboard.press("Tab")
        passed += 1
        assert passed <= 5
    page.locator("[name=channel]").select_option("letter")
    expect(arrival).to_be_visible()


def _taken_up_as_urgent(open_page: Any, company: Staffed, text: str) -> Case:
    """Registered while on the phone, first in the list at once, accepted with the gravest grade."""
    desk = open_page()
    company.sign_in(desk, "agent")
    desk.goto("/register/complaint")
    ready(desk)
    desk.fill("[name=customer-phone]", "13800138000")
    desk.fill("[name=what_happened]", text)
    desk.locator("[name=urgent_now][value=yes]").check()
    desk.keyboard.press("Control+Enter")
    number = desk.locator(".big-number").inner_text()
    work()
    desk.goto("/queue/unassigned")
    ready(desk)
    first = desk.locator("[data-rows] .row").first
    expect(first).to_contain_text(number)
    first.click()
    desk.wait_for_url(re.compile(number))
    form = opened(desk, "do-act-accept")
    form.locator("[name=category]").select_option(index=1)
    for name in ("impact", "urgency"):
        form.locator(f"[name={name}]").select_option("high")
    form.locator("[name=departments][value=qa]").check()
    form.locator("[name=next_step]").fill("马上停用，今天上门取回")
    form.locator("[name=handler]").select_option(str(company.people["agent"].pk))
    send(desk, form)
    work()
    case = Case.objects.get(number=number)
    assert case.grade == "urgent"
    return case


def test_two_people_at_one_case_see_each_other_and_what_changed(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    one, two = open_page(), open_page()
    open_case(one, company, "agent", case)
    expect(one.locator("[data-here]")).to_be_hidden()
    open_case(two, company, "lead", case)
    expect(two.locator("[data-here]")).to_contain_text("林悦")
    one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the next beat, without its twenty seconds
    expect(one.locator("[data-here]")).to_contain_text("周明")
    form = opened(two, "do-note")
    form.locator("[name=text]").fill("客户下午再来电")
    send(two, form)
    one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(one.locator("[data-stale]").first).to_be_visible()
    one.locator("[data-stale]").first.get_by_role("link").or_(one.locator("[data-stale] button")).first.click()
    expect(one.locator(".msg.note")).to_contain_text("客户下午再来电")


def test_a_clock_explains_itself_while_the_pointer_rests_on_it(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    clock_row = page.locator(".clocks > li[data-explained]").first
    sums = clock_row.locator("details .sum")
    expect(sums).to_be_hidden()
    clock_row.hover()
    expect(sums).to_be_visible()
    page.mouse.move(5, 5)
    expect(sums).to_be_hidden()
    clock_row.hover()
    expect(sums).to_be_visible()
    clock_row.locator("summary").click()  # keeps it open
    page.mouse.move(5, 5)
    expect(sums).to_be_visible()
    header = page.locator("#case > header [data-due]").first.get_attribute("title") or ""
    assert sums.inner_text().splitlines()[0] in header


def test_by_keys_alone(open_page: Any, company: Staffed) -> None:
    company.complaint("杯子碎了")
    wanted = company.complaint("锅盖把手松动")
    page = open_page()
    page.goto("/accounts/sign-in?next=/queue/unassigned")
    ready(page)
    page.keyboard.type("linyue")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-rows] .row").first.wait_for()
    ready(page)
    for _ in range(3):
        page.keyboard.press("j")
        if wanted.number in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(wanted.number))
    ready(page)

    page.keyboard.press("n")
    page.locator("#write-note").wait_for()
    page.wait_for_selector("[id=write-note]:focus")
    page.keyboard.insert_text("客户下午方便")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note")).to_contain_text("客户下午方便")

    page.keyboard.press("s")  # the second step: accept and solve at once
    page.wait_for_selector("#do-act-accept_simple form")
    page.wait_for_selector("[name=category]:focus")
    page.keyboard.press("ArrowDown")
    for key in ("ArrowDown", "ArrowDown"):  # impact, urgency
        page.keyboard.press("Tab")
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    page.keyboard.insert_text("明天上午回电")
    page.keyboard.press("Tab")
    page.keyboard.type("林")
    before = str(page.get_attribute("#case", "data-seq"))
    page.keyboard.press("Control+Enter")
    changed(page, before)
    assert company.read(wanted).state == "proposing"

    page.keyboard.press("/")
    page.wait_for_selector("[data-search]:focus")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#palette input").wait_for()
    page.keyboard.insert_text("登记新工单")
    page.locator("#palette [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/register/"))


COMPOSE = """({selector, key}) => {
  const at = selector ? document.querySelector(selector) : document.body;
  at.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
  const event = new KeyboardEvent('keydown', {key, isComposing: true, bubbles: true, cancelable: true});
  at.dispatchEvent(event);
  const old = new KeyboardEvent('keydown', {key, keyCode: 229, bubbles: true, cancelable: true});
  at.dispatchEvent(old);
  return event.defaultPrevented || old.defaultPrevented;
}"""


def test_an_input_method_triggers_nothing(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    for key in ("a", "n", "j", "/", "?"):
        assert page.evaluate(COMPOSE, {"selector": "", "key": key}) is False
    expect(page.locator(".action-form form")).to_have_count(0)
    form = opened(page, "do-note")
    form.locator("[name=text]").fill("ni hao")
    for key in ("Enter", "Escape"):
        page.evaluate(COMPOSE, {"selector": "#write-note", "key": key})
    page.evaluate("""() => document.querySelector('#write-note').dispatchEvent(new KeyboardEvent(
      'keydown', {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))""")
    expect(form).to_be_visible()
    expect(form.locator("[name=text]")).to_have_value("ni hao")
    assert company.read(case).seq == case.seq


def test_a_stale_page_is_told_what_changed(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    form = opened(page, "do-act-ask_more")
    form.locator("[name=missing]").fill("请拍一下底部编号")
    company.act(case, "ask_more", "colleague", missing="请提供购买凭证")  # a second window was quicker
    with page.expect_response(lambda answer: "/do/act/ask_more" in answer.url) as answered:
        form.locator(".form-acts .btn-primary").click()
    assert answered.value.status == 409
    said = page.locator("section[id^='do-act-ask_more'] [role=alert]").first
    expect(said).to_contain_text("请客户补充")
    expect(page.locator("section[id^='do-act-ask_more'] [name=missing]")).to_have_value("请拍一下底部编号")
    page.reload()
    expect(page.locator("li.ev", has_text="马莉")).to_have_count(1)


def test_a_double_click_acts_once(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    page = open_page()
    open_case(page, company, "agent", case)
    form = opened(page, "do-act-ask_more")
    form.locator("[name=missing]").fill("请拍一下底部编号")
    before = str(page.get_attribute("#case", "data-seq"))
    form.locator(".form-acts .btn-primary").dblclick()
    changed(page, before)
    work()
    page.reload()
    ready(page)
    expect(page.locator("li.ev", has_text="请客户补充")).to_have_count(1)


def _token(page: Page) -> str:
    found = [one["value"] for one in page.context.cookies() if one["name"] == "tuoshan_csrf"]
    return str(found[0])


def test_a_case_opens_at_its_newest_entry_and_whoever_scrolled_up_stays(open_page: Any, company: Staffed) -> None:
    case = company.complaint("锅盖松动")
    for number in range(25):
        company.act(case, "contact", "agent", said=f"第 {number} 次联系", next_step="明天再打")
    page = open_page()
    open_case(page, company, "agent", case)
    newest = page.locator("#timeline .tl > li").last
    expect(newest).to_be_in_viewport()
    expect(page.locator("#timeline .tl > li").first).not_to_be_in_viewport()

    def note(text: str) -> None:
        page.keyboard.press("n")
        form = page.locator("#do-note form")
        form.locator("textarea").fill(text)
        send(page, form)

    note("客户周末不在家")
    expect(newest).to_contain_text("客户周末不在家")
    expect(newest).to_be_in_viewport()
    body = page.locator("#case > .body")
    body.evaluate("element => { element.scrollTop = 40; }")
    page.wait_for_function("document.querySelector('#case > .body').scrollTop === 40")
    note("已改约")
    expect(newest).to_contain_text("已改约")
    assert body.evaluate("element => element.scrollTop") == 40


def glide_on(page: Any) -> bool:
    """One press of what leads on in a wide picture, until it stands still; whether there was more to see."""
    return bool(
        page.evaluate(
            """async () => {
                const [picture, on] = ['.diagram', "[data-way='1']"].map((one) => document.querySelector(one));
                if (on.hidden) return false;
                on.click();
                for (let still = 0, last = -1; still < 6; last = picture.scrollLeft) {
                    await new Promise(requestAnimationFrame);
                    still = picture.scrollLeft === last ? still + 1 : 0;
                }
                return true;
            }"""
        )
    )


def test_a_picture_wider_than_the_window_shows_where_the_case_stands_and_that_there_is_more(
    open_page: Any, company: Staffed
) -> None:
    case = company.complaint("外套洗一次就褪色")
    page = open_page()
    company.sign_in(page, "senior")
    page.goto(f"/playbooks/complaint?case={case.number}")
    ready(page)
    back, on = page.locator("[data-way='-1']"), page.locator("[data-way='1']")
    expect(page.locator("[data-in-view]")).to_be_in_viewport()
    expect(back).to_be_hidden()
    expect(on).to_be_visible()
    on.click()
    expect(back).to_be_visible()
    for _ in range(20):  # on and on as a reader does: the next press once the picture has come to rest
        if not glide_on(page):
            break
    expect(page.locator("[data-state=closed] rect.dg-state")).to_be_in_viewport()
    expect(on).to_be_hidden()
    expect(back).to_be_visible()


def test_the_state_one_looks_at_says_where_it_leads(open_page: Any, company: Staffed) -> None:
    case = company.complaint("外套洗一次就褪色")
    page = open_page()
    company.sign_in(page, "senior")
    page.goto(f"/playbooks/complaint?case={case.number}")
    ready(page)
    signs = page.locator(".dg-sign:visible")
    expect(signs.filter(has_text="受理，直接处理")).to_have_count(1)  # where the case stands, untouched
    page.locator("[data-state=proposing] rect.dg-state").hover()
    expect(signs.filter(has_text="提出方案")).to_have_count(1)
    expect(page.locator(".dg-edge.lit[data-from=proposing][data-to=approving]")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(signs.filter(has_text="提出方案")).to_have_count(0)
    page.locator("[data-state=proposing]").focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-state=approving]")).to_be_focused()
    expect(signs.filter(has_text="退回修改")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#step-approving")).to_be_in_viewport()


def test_keys_go_through_the_rows_of_the_board(open_page: Any, company: Staffed) -> None:
    for text in ("外套洗一次就褪色", "锅盖把手松动"):
        company.complaint(text)
    moved = clock.MovedClock(clock.now() + timedelta(days=3))
    clock.set_clock(moved)
    try:
        page = open_page()
        company.sign_in(page, "lead")
        page.goto("/board")
        ready(page)
        titles = []
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
            titles.append(page.evaluate("document.activeElement.textContent"))
        assert titles[0] == titles[2] != titles[1] and set(titles) == {"外套洗一次就褪色", "锅盖把手松动"}, titles
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/case/"))
    finally:
        clock.set_clock(None)
