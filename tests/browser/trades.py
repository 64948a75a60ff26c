"""What the journeys of the other trades share: a shop with its engineers, forms filled in, steps taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.browser import staffed
from tests.browser.staffed import Staffed, opened, ready, send, work
from tests.documents import samples

from tuoshan import clock
from tuoshan.cases.models import Case
from tuoshan.insight import indexing


@contextmanager
def trading(company: Staffed) -> Iterator[Staffed]:
    """The small company with a shop and its engineers, and every playbook that ships; its clock can be moved."""
    from tuoshan.cases import library
    from tuoshan.parties.models import OrgUnit

    root = OrgUnit.objects.get(code="hq")
    shop = OrgUnit.objects.create(code="shop", name_zh="星河路店", name_en="Star River", kind="store", parent=root)
    tech = OrgUnit.objects.create(
        code="tech", name_zh="工程设计部", kind="department", department="technical", parent=root
    )

    def person(name: str, role: str, shown: str, unit: Any) -> Any:
        kind = type(company.people["agent"])
        return kind.objects.create_user(name, staffed.PASSWORD, roles=(role,), unit=unit, display_name=shown)

    company.people |= {
        "clerk": person("dianyuan", "store_clerk", "店员小柜", shop),
        "head": person("dianzhang", "store_manager", "星店长", shop),
        "tech": person("zhongban", "investigator", "钟扳手", tech),
    }
    moved = clock.MovedClock(clock.now())
    clock.set_clock(moved)  # for the application's threads too
    company.moved = moved
    try:
        with library.using(*_shipped()):
            yield company
    finally:
        clock.set_clock(None)


def _shipped() -> list[Any]:
    from tests.integrations.house import complaint_playbook

    from tuoshan.cases import library
    from tuoshan.core.reading import read_playbook

    fragments = complaint_playbook()[1]
    found = []
    for place in sorted(library.PACKAGED.glob("*.yaml")):
        book, findings = read_playbook(place.read_text(encoding="utf-8"), place.name, fragments)
        assert book is not None, findings
        found.append(book)
    return found


PHONE: dict[str, Any] = {"width": 390, "height": 844}
ENGLISH_PHONE: dict[str, Any] = PHONE | {"language": "en"}


def at_work(open_page: Any, house: Staffed, who: str, address: str, **window: Any) -> Page:
    page: Page = open_page(**window)
    house.sign_in(page, who)
    page.goto(address)
    ready(page)
    return page


def fill(form: Any, **values: Any) -> None:
    """Each field as a person fills it in: chosen, ticked, typed; a moment in its two fields."""
    for name, value in values.items():
        if hasattr(value, "astimezone"):
            local = timezone.localtime(value)
            form.locator(f"[name={name}_0]").fill(f"{local:%Y-%m-%d}")
            form.locator(f"[name={name}_1]").fill(f"{local:%H:%M}")
            continue
        field = form.locator(f"[name={name}]").first
        kind = field.evaluate("one => one.type || one.tagName.toLowerCase()")
        if kind == "select-one":
            field.select_option(**({"index": value} if isinstance(value, int) else {"value": value}))
        elif kind == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)


def photo(form: Any, name: str = "现场.jpg") -> None:
    given = {"name": name, "mimeType": "image/jpeg", "buffer": samples.image("JPEG")}
    form.locator("input[type=file]").first.set_input_files(given)
    expect(form.locator("[data-file]")).to_have_count(1)


def registered(page: Page) -> Case:
    """Press the button; the case that came of it."""
    page.locator("#register .btn-primary").click()
    page.wait_for_url("**/registered/**")
    work()
    return Case.objects.latest("id")


def step(page: Page, case: Case, key: str, state: str, *, proof: str = "", **values: Any) -> None:
    """Open the case, take one step by its form, and see where the case stands."""
    page.goto(f"/case/{case.number}")
    ready(page)
    form = opened(page, f"do-{key}")
    fill(form, **values)
    if proof:
        photo(form, proof)
    send(page, form)
    page.locator("#case .chip.c-plain", has_text=state).first.wait_for()
    work()


def in_reports(open_page: Any, house: Staffed, case: Case, *clocks: str) -> None:
    """The manager finds the trade in the overview and its clocks in their report."""
    indexing.catch_up(clock.now())
    page = at_work(open_page, house, "manager", f"/reports/overview?playbook={case.playbook}")
    expect(page.locator("main")).to_contain_text("首次答复")
    page.goto(f"/reports/clocks?playbook={case.playbook}")
    for title in clocks:
        expect(page.locator("main table").first).to_contain_text(title)


def repair(page: Page, what: str) -> Case:
    """Filed by the clerk of the shop, with a photo."""
    page.goto("/register/facility_repair")
    ready(page)
    form = page.locator("#register")
    expect(form).not_to_contain_text("客户将于")
    fill(form, what_broken=what, place="inside", store_type="standalone", out_of_town="no", category=1, store=1)
    fill(form, happened_on=clock.now().date().isoformat())
    photo(form)
    return registered(page)


def request(page: Page, playbook: str, **values: Any) -> Case:
    """A customer's request on the marketplace, typed in at our desk with everything that the form asks."""
    page.goto(f"/register/{playbook}")
    ready(page)
    form = page.locator("#register")
    form.locator("[name=customer-phone]").fill("13800138000")
    now = clock.now()
    own = {"ship_by": now - timedelta(days=3)} if playbook == "pinduoduo_refund" else {"special_goods": "no"}
    given = {
        "explanation": "杯口有裂纹，照片里能看到", "platform_no": "AS20260301", "refund_reason": "quality",
        "amount_paid": "59.90", "amount": "59.90", "shipped": "yes",
        "window_end": now + timedelta(days=30), "order_no": "P-1001",
    }  # fmt: skip
    fill(form, **given | own | values)
    photo(form, "裂纹.jpg")
    return registered(page)


def followed(open_page: Any, case: Case, **window: Any) -> Page:
    """The page of the case as its link opens it for whom it is for."""
    from tuoshan.knowledge.links import case_link

    page: Page = open_page(**window)
    link = case_link(case.pk)
    page.goto(link[link.index("/portal/") :])
    ready(page)
    return page


def answer(page: Page, key: str, state: str, **values: Any) -> None:
    """On that page: open one choice, fill it in, send it, and read where the matter stands."""
    page.reload()
    ready(page)
    choice = page.locator(f"#do-act-{key}")
    if not choice.is_visible():
        page.locator("details.others > summary").click()
    choice.locator("summary").first.click()
    fill(choice, **{f"{key}-{name}": value for name, value in values.items()})
    choice.locator(".form-acts button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(state)
    ready(page)
    work()


def fits(page: Page) -> bool:
    """Nothing is wider than the window."""
    return not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
