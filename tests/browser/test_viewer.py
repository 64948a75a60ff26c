"""The evidence viewer: a photo, a PDF and a video of a case, looked at with the keys alone; and a file taken out."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect
from tests.browser.staffed import Staffed, open_case, ready
from tests.documents import samples

pytestmark = pytest.mark.django_db(transaction=True)

FILM = """async () => {
  if (!MediaRecorder.isTypeSupported('video/mp4;codecs=vp9')) return '';
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const brush = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/mp4;codecs=vp9' });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let step = 0; step < 10; step += 1) {
    brush.fillStyle = `rgb(${step * 20} 80 80)`;
    brush.fillRect(0, 0, 64, 48);
    await new Promise((done) => { setTimeout(done, 40); });
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
}"""
"""A short film that this browser records of a canvas, as base64; empty where it cannot."""


def attach(case: Any, content: bytes, name: str, kind: str) -> Any:
    """A file of the customer's."""
    from tuoshan import clock
    from tuoshan.cases import service
    from tuoshan.documents import evidence
    from tuoshan.documents.models import Evidence

    row = evidence.accept(
        file=ContentFile(content, name=name), case_id=case.pk, upload_token=None, actor_kind="customer",
        actor_id=None, kind=kind, now=clock.now(),
    )  # fmt: skip
    assert isinstance(row, Evidence), row
    theirs = service.ActingAs.by_customer(case.customer_id)
    assert service.add_evidence(case_id=case.pk, actor=theirs, evidence=[row.pk]).accepted
    return row


def paper() -> bytes:
    out = BytesIO()
    samples.drawing().save(out, "PDF")
    return out.getvalue()


def panel(page: Page) -> Any:
    """The panel of all files beside the conversation."""
    return page.locator(".side .panel", has=page.get_by_role("heading", name="凭证", exact=True))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_photo_a_pdf_and_a_video_are_looked_at_with_keys(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    case = company.accepted("收到的杯子碎了")
    page = open_page(width=width, height=844)
    company.sign_in(page, "agent")
    page.goto("/")
    recorded = base64.b64decode(page.evaluate(FILM))
    photo = attach(case, samples.image("JPEG"), "杯子.jpg", "photo")
    sheet = attach(case, paper(), "小票.pdf", "receipt")
    video = attach(case, recorded or samples.movie(), "开箱.mp4", "video")
    open_case(page, company, "agent", case)

    links = panel(page).locator("a[data-view]")
    expect(links).to_have_count(3)
    first = links.first
    first.scroll_into_view_if_needed()
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="查看凭证")
    expect(dialog).to_be_visible()
    expect(dialog.locator("header .name")).to_have_text("杯子.jpg")
    expect(dialog.locator("[data-place]")).to_have_text("1 / 3")
    expect(dialog.locator("[data-note]")).to_contain_text(photo.stored_hash)
    picture = dialog.locator(".stage img")
    expect(picture).to_have_attribute("alt", "杯子.jpg")
    expect(picture).to_have_js_property("naturalWidth", 640)
    check_accessible(page)
    page.keyboard.press("z")  # larger than the stage: the arrows scroll it
    stage = dialog.locator(".stage")
    expect(stage).to_have_attribute("data-zoom", "true")
    expect(stage).to_be_focused()
    check_accessible(page)
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("[data-place]")).to_have_text("1 / 3")
    page.keyboard.press("z")
    expect(stage).to_have_attribute("data-zoom", "false")
    expect(dialog.locator("[data-zoom-button]")).to_be_focused()

    page.keyboard.press("ArrowRight")
    frame = dialog.locator(".stage iframe")
    expect(frame).to_have_attribute("title", "小票.pdf")
    expect(frame).to_have_attribute("src", f"{company.url}/evidence/{sheet.pk}")
    expect(dialog.locator("[data-download]")).to_have_attribute("href", f"{company.url}/evidence/{sheet.pk}")
    check_accessible(page)

    page.keyboard.press("ArrowRight")
    player = dialog.locator(".stage video")
    expect(player).to_have_attribute("src", f"{company.url}/evidence/{video.pk}")
    if recorded:
        expect(player).to_have_js_property("videoWidth", 64)
    check_accessible(page)
    page.keyboard.press("ArrowRight")  # round to the first
    expect(dialog.locator("[data-place]")).to_have_text("1 / 3")
    page.keyboard.press("ArrowLeft")
    expect(dialog.locator("[data-place]")).to_have_text("3 / 3")
    page.keyboard.press("n")  # the keys of the case behind do nothing meanwhile
    expect(page.locator("#do-note")).to_be_hidden()

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#viewer .stage > *")).to_have_count(0)
    expect(links.nth(2)).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_of_the_wrong_case_is_taken_out_beside_it(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    case = company.accepted("收到的杯子碎了")
    attach(case, samples.image("JPEG"), "李四的身份证.jpg", "photo")
    attach(case, samples.image("PNG"), "杯子.png", "photo")
    page = open_page(width=width, height=844)
    open_case(page, company, "lead", case)
    button = panel(page).get_by_role("button", name="移除 李四的身份证.jpg")
    button.focus()
    page.keyboard.press("Enter")
    form = page.locator("#take-away form")
    reason = form.get_by_label("为什么移除")
    expect(reason).to_be_focused()
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.click()
    form.get_by_role("button", name="移除").click()
    expect(form.locator("#take-away-problem")).to_contain_text("请写明为什么移除")
    form.get_by_label("为什么移除").fill("传错了工单")
    form.get_by_role("button", name="移除").click()
    expect(panel(page).locator("a[data-view]")).to_have_count(1)
    expect(panel(page)).to_contain_text("已移除")
    expect(page.get_by_text("传错了工单")).to_be_visible()
    check_accessible(page)
    page.goto(f"/case/{case.number}")
    ready(page)
    expect(page.get_by_text("李四")).to_have_count(0)
