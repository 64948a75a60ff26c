"""One customer with a phone: submits, tracks, adds a photo, accepts, rates; and the same pages for everybody."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from tests.documents import samples
from tests.portal import house

from tuoshan.cases.models import Case
from tuoshan.documents.models import Evidence

UNFOLD = """document.querySelectorAll('details').forEach(one => { one.removeAttribute('name'); one.open = true })"""
TOO_SMALL = """
[...document.querySelectorAll('.portal :is(a, button, summary, select, input:not([type=hidden]):not(.sr))')]
  .filter((one) => !one.closest('.trap') && !one.matches('.remove, .radio, .checkbox, .rating input'))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.height > 2 && box.height < 43.5; })
  .map((one) => one.outerHTML.slice(0, 90))
"""
OpenPage = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=20_000)  # a busy machine is no failure


@pytest.fixture(autouse=True)
def store(settings: Any) -> Any:
    from tuoshan.cases import calendars

    calendars.forget()
    with tempfile.TemporaryDirectory() as folder:
        settings.DATA_DIR = Path(folder)
        yield
    calendars.forget()


def fits(page: Page) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")


def test_from_the_first_word_to_the_rating(open_page: OpenPage, check_accessible: Callable[[Page], None]) -> None:
    page = open_page(width=390, height=844)
    page.goto("/portal/")
    ready(page)
    write_the_complaint(page)
    come_back_to_what_was_typed(page)
    number = submit_with_a_double_click(page)
    check_accessible(page)
    case = Case.objects.get(number=number)
    assert Evidence.objects.filter(case_id=case.pk).count() == 1

    other = open_page(width=390, height=844)
    find_it_on_another_device(other, number)
    house.take(case, "ask_more", "service_desk", values={"missing": "请拍一下机身铭牌"})
    add_what_was_asked_for(other)
    assert Evidence.objects.filter(case_id=case.pk).count() == 2

    case = house.proposed(house.accepted(house.fresh(case)), remedy="更换门封条，明天上午上门")
    reload(other)
    expect(other.get_by_text("更换门封条，明天上午上门")).to_be_visible()
    check_accessible(other)
    agree(other)
    finish(case)
    reload(other)
    choose_a_face_by_thumb_and_by_keys(other)
    check_accessible(other)
    rate_and_confirm(other)
    check_accessible(other)
    case = house.fresh(case)
    assert (case.state, case.satisfaction) == ("follow_up", 5)


def reload(page: Page) -> None:
    page.reload()
    ready(page)


def write_the_complaint(page: Page) -> None:
    page.get_by_label("出了什么问题").fill("冰箱门封条开裂，冷藏室结冰")
    photo = {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": samples.heic_with_place()}
    page.locator("input[type=file]").first.set_input_files(photo)  # type: ignore[arg-type]
    expect(page.locator("[data-file]")).to_have_count(1)
    page.get_by_label("怎么称呼您").fill("王女士")
    page.locator("#id_phone").press_sequentially("1380013")
    expect(page.get_by_text("还差 4 位，请填写 11 位手机号")).to_be_visible()


def come_back_to_what_was_typed(page: Page) -> None:
    """A call came in between: what was typed and handed in is still there."""
    reload(page)
    expect(page.get_by_label("出了什么问题")).to_have_value("冰箱门封条开裂，冷藏室结冰")
    expect(page.locator("[data-file]")).to_have_count(1)


def submit_with_a_double_click(page: Page) -> str:
    page.locator("#id_phone").fill("13800138000")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    expect(page.get_by_role("heading", name="已收到您的问题")).to_be_visible()
    expect(page.get_by_text("前给您答复")).to_be_visible()
    return page.locator("#number").inner_text()


def find_it_on_another_device(other: Page, number: str) -> None:
    """By number and phone, as people write them."""
    other.goto("/portal/")
    ready(other)
    other.get_by_label("工单编号").fill(number.lower().replace("-", " "))
    other.get_by_label("登记时的手机号").fill("138 0013 8000")
    other.get_by_role("button", name="查询").click()
    expect(other.get_by_role("heading", name="我们已收到，正在核对")).to_be_visible()


def add_what_was_asked_for(other: Page) -> None:
    reload(other)
    expect(other.get_by_text("请拍一下机身铭牌")).to_be_visible()
    other.locator("summary", has_text="补充").click()
    form = other.locator("#do-act-add_more")
    form.get_by_label("补充说明").fill("铭牌在背面")
    plate = {"name": "铭牌.jpg", "mimeType": "image/jpeg", "buffer": samples.photo_with_place()}
    form.locator("input[type=file]").set_input_files(plate)  # type: ignore[arg-type]
    expect(form.locator("[data-file]")).to_have_count(1)
    form.get_by_role("button", name="提交").click()
    expect(other.get_by_role("heading", name="我们已收到，正在核对")).to_be_visible()
    expect(other.get_by_text("铭牌在背面")).to_be_visible()


def agree(other: Page) -> None:
    other.locator("summary", has_text="同意方案").click()
    other.get_by_role("button", name="确定").click()
    expect(other.get_by_role("heading", name="正在按约定处理")).to_be_visible()


def choose_a_face_by_thumb_and_by_keys(other: Page) -> None:
    faces = other.get_by_role("group", name="您的评分")
    assert faces.get_by_role("radio").evaluate_all("all => all.map((one) => one.labels[0].innerText.trim())") == [
        "很不满意", "不满意", "一般", "满意", "非常满意",
    ]  # fmt: skip
    expect(faces.locator("svg[aria-hidden=true]")).to_have_count(5)
    other.locator(".rating label", has_text="很不满意").click()  # by thumb: the whole face is the target
    expect(faces.get_by_role("radio", name="很不满意")).to_be_checked()
    for _step in range(4):  # by keys: one stop, arrows within
        other.keyboard.press("ArrowRight")
    expect(faces.get_by_role("radio", name="非常满意")).to_be_checked()
    expect(faces.get_by_role("radio", name="非常满意")).to_be_focused()


def rate_and_confirm(other: Page) -> None:
    other.get_by_role("button", name="提交评价").click()
    expect(other.get_by_text("谢谢您的评价")).to_be_visible()
    other.locator("summary", has_text="满意").first.click()
    other.get_by_role("button", name="确定").click()
    expect(other.get_by_role("heading", name="我们会致电回访")).to_be_visible()


def finish(case: Case) -> None:
    """The remedy is carried out by staff."""
    from tuoshan.cases import service
    from tuoshan.cases.models import Task

    task = Task.objects.get(case_id=case.pk, name="remedy", status="open")
    outcome = service.complete_task(
        case_id=case.pk, task_key=task.key, actor=house.staff("executor", "handler"), values={"how_done": "已换好"},
        evidence=[house.proof(case)], outcome="settled",
    )  # fmt: skip
    assert outcome.refusal is None
    house.deliver()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(320, "en"), (390, "zh-hans"), (430, "en"), (1440, "zh-hans")])
def test_every_page_fits_and_is_accessible(
    open_page: OpenPage, check_accessible: Callable[[Page], None], width: int, language: str, dark: bool
) -> None:
    from tuoshan.knowledge.links import case_link

    case = house.offered()
    link = case_link(case.pk)
    page = open_page(width=width, language=language, dark=dark)
    paths = ("/portal/", "/portal/track", "/portal/submit", link[link.index("/portal/") :], "/portal/",
             f"/portal/case/{case.number}/submitted", "/portal/l/broken")  # fmt: skip
    for path in paths:
        page.goto(path)
        ready(page)
        page.evaluate(UNFOLD)
        assert fits(page), path
        check_accessible(page)
        small = page.evaluate(TOO_SMALL)
        assert not small, (path, small)


def test_the_main_path_needs_no_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/portal/submit")
    page.get_by_label("出了什么问题").fill("热水器点不着火")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": samples.image("JPEG")}
    page.set_input_files("input[name=files]", photo)  # type: ignore[arg-type]
    page.get_by_label("怎么称呼您").fill("李先生")
    page.locator("#id_phone").fill("13800138000")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="已收到您的问题")).to_be_visible()
    case = Case.objects.get()
    assert Evidence.objects.filter(case_id=case.pk).count() == 1
    house.proposed(house.accepted(case))
    page.get_by_role("link", name="查看进展").click()
    page.locator("summary", has_text="同意方案").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="正在按约定处理")).to_be_visible()
    context.close()


def test_what_was_written_survives_a_lapsed_visit(open_page: OpenPage) -> None:
    case = house.begin()
    page = open_page(width=390, height=844)
    find_it(page, case.number)
    words = page.locator("form[data-draft$=':write'] [name=text]")
    page.evaluate(UNFOLD)
    words.press_sequentially("门封条又裂了一处")
    Session.objects.all().delete()
    page.locator("form[data-draft$=':write'] .form-acts button").click()
    page.wait_for_url(re.compile("/portal/track"))
    expect(page.get_by_text("刚才的内容没有送出")).to_be_visible()
    expect(page.locator("#main").get_by_text("重新打开工单后会恢复")).to_be_visible()
    find_it(page, case.number, on=page.url)
    page.evaluate(UNFOLD)
    expect(words).to_have_value("门封条又裂了一处")


@pytest.mark.parametrize("where", ["write", "add_more"])
def test_a_photo_survives_a_lapsed_visit(open_page: OpenPage, where: str) -> None:
    case = house.begin()
    if where == "add_more":
        case = house.take(case, "ask_more", "service_desk", values={"missing": "请拍铭牌"})
    page = open_page(width=390, height=844)
    find_it(page, case.number)
    page.evaluate(UNFOLD)
    form = page.locator(f"form[data-draft$=':{where}']")
    form.locator("textarea").press_sequentially("铭牌在背面")
    photo = {"name": "铭牌.jpg", "mimeType": "image/jpeg", "buffer": samples.image("JPEG")}
    form.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    expect(form.locator("[data-file]")).to_have_count(1)
    Session.objects.all().delete()
    form.locator(".form-acts button").click()
    page.wait_for_url(re.compile("/portal/track"))
    find_it(page, case.number, on=page.url)
    expect(form.locator("[data-file] .name")).to_have_text("铭牌.jpg")
    page.evaluate(UNFOLD)
    expect(form.locator("textarea")).to_have_value("铭牌在背面")
    form.locator(".form-acts button").click()
    expect(page.get_by_text("已收到，我们会尽快回复您" if where == "write" else "已提交")).to_be_visible()
    assert Evidence.objects.get().case_id == case.pk


def test_a_photo_that_is_kept_no_longer_is_named(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844)
    page.goto("/portal/submit")
    ready(page)
    page.get_by_label("出了什么问题").press_sequentially("热水器点不着火")
    for name, quality in (("火焰.jpg", 80), ("铭牌.jpg", 60)):
        photo = {"name": name, "mimeType": "image/jpeg", "buffer": samples.image("JPEG", quality=quality)}
        page.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
        expect(page.locator("[data-file]", has_text=name)).to_have_count(1)
    next(row for row in Evidence.objects.all() if row.original_name == "火焰.jpg").delete()
    page.reload()
    ready(page)
    expect(page.locator("[data-refused]")).to_have_text("“火焰.jpg”已过保存时间，请重新添加。")
    expect(page.locator("[data-file] .name")).to_have_text("铭牌.jpg")
    page.reload()
    ready(page)
    expect(page.locator("[data-file] .name")).to_have_text("铭牌.jpg")
    expect(page.locator("[data-refused]")).to_have_text("")


def test_who_leaves_leaves_no_photo_behind(open_page: OpenPage) -> None:
    case = house.begin()
    page = open_page(width=390, height=844)
    page.goto("/portal/submit")
    ready(page)
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": samples.image("JPEG")}
    page.locator("input[type=file]").first.set_input_files(photo)  # type: ignore[arg-type]
    expect(page.locator("[data-file]")).to_have_count(1)
    find_it(page, case.number)
    page.get_by_role("button", name="退出查看").click()
    page.wait_for_url(re.compile("/portal/$"))
    expect(page.locator("[data-file]")).to_have_count(0)


def find_it(page: Page, number: str, on: str = "/portal/track") -> None:
    page.goto(on)
    ready(page)
    page.get_by_label("工单编号").fill(number)
    page.get_by_label("登记时的手机号").fill("138 0013 8000")
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(re.compile("/portal/case/"))
    ready(page)
