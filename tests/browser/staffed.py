"""A small company at work for the journeys: its people by name, ready to sit down before a browser."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, TimeoutError

PASSWORD = "x"  # noqa: S105 – of people who live for one test


@dataclass
class Staffed:
    """People by what they are called in the journeys, and the complaints that a journey begins with."""

    house: Any
    people: dict[str, Any]
    url: str
    moved: Any = None
    """The clock, where the journey moves it."""

    def sign_in(self, page: Page, who: str) -> None:
        """Sit this person down before the browser, without the form."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(type(self.people[who]).objects.get(pk=self.people[who].pk))
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.url}])

    def complaint(self, text: str = "收到的杯子碎了", **values: Any) -> Any:
        """Just registered by the agent."""
        from tuoshan.cases import service

        given = {"channel": "hotline", "what_happened": text, **values}
        outcome = service.register(
            playbook="complaint", actor=service.ActingAs.by_person(self.house.agent), values=given, channel="hotline",
            customer_id=self.house.customer.pk, unit_id=self.house.unit.pk, title=text,
        )  # fmt: skip
        assert outcome.accepted, outcome.refusal
        work()
        return self.read(outcome.case_id)

    def act(self, case: Any, action: str, who: str = "agent", **values: Any) -> Any:
        """A step by a person, or by the customer."""
        from tuoshan.cases import service

        evidence = values.pop("evidence", ())
        person = None if who == "customer" else type(self.people[who]).objects.get(pk=self.people[who].pk)
        actor = (
            service.ActingAs.by_person(person) if person else service.ActingAs.by_customer(self.house.customer.pk)
        )
        outcome = service.act(case_id=case.pk, action=action, actor=actor, values=values, evidence=list(evidence))
        assert outcome.accepted, (action, outcome.refusal)
        work()
        return self.read(case.pk)

    def accepted(self, text: str = "收到的杯子碎了", **values: Any) -> Any:
        """To be solved at once by the agent."""
        from tuoshan.catalog.models import Category

        given = {
            "category": str(Category.objects.earliest("pk").pk), "impact": "low", "urgency": "low",
            "next_step": "明天回电", "handler": str(self.house.agent.pk),
        }  # fmt: skip
        return self.act(self.complaint(text), "accept_simple", **given | values)

    def offered(self, text: str = "收到的杯子碎了") -> Any:
        """Waiting for the customer's consent."""
        from datetime import timedelta
        from decimal import Decimal

        from tuoshan import clock

        due = (clock.now() + timedelta(days=7)).date()
        return self.act(
            self.accepted(text), "propose", cause="material", liable="product", remedies=["exchange"],
            remedy_steps="换一只新的，顺丰到付", amount=Decimal("0"), carry_out_by=due,
        )  # fmt: skip

    @staticmethod
    def read(case: Any) -> Any:
        from tuoshan.cases.models import Case

        return Case.objects.get(pk=getattr(case, "pk", case))


def make(url: str) -> Staffed:
    """The company: one house with seven people."""
    from tests.integrations.house import make_house

    from tuoshan.parties.models import OrgUnit, Person

    house = make_house()
    root = OrgUnit.objects.get(code="hq")
    qa = OrgUnit.objects.create(code="qa", name_zh="质检部", kind="department", department="qa", parent=root)

    def person(name: str, roles: tuple[str, ...], shown: str, unit: Any) -> Any:
        return Person.objects.create_user(name, PASSWORD, roles=roles, unit=unit, display_name=shown)

    people = {
        "agent": house.agent, "colleague": house.colleague, "lead": house.lead, "manager": house.manager,
        "senior": person("xuning", ("agent", "supervisor"), "许宁", house.unit),
        "qa": person("liuqa", ("investigator",), "刘质检", qa),
        "admin": person("guanli", ("administrator",), "管理员", root),
    }  # fmt: skip
    return Staffed(house, people, url)


def work() -> None:
    """Do all that is due now, as the worker does."""
    from tuoshan.agenda import worker

    worker.drain()


def ready(page: Page) -> None:
    """The page's scripts have begun."""
    page.wait_for_selector("html[data-ready]")


def opened(page: Page, key: str) -> Any:
    """Press a button of the case page by the start of its form's id, in its menu too, and wait for the form."""
    button = page.locator(f"[data-opens^='{key}']").first
    if not button.is_visible():
        button.locator("xpath=ancestor::*[@data-menu]/button").click()
    button.click()
    form = page.locator(f"section[id^='{key}'] form")
    form.wait_for()
    return form


def send(page: Page, form: Any) -> None:
    """Press the form's button, and wait until the case stands on the page as it is after that."""
    before = str(page.get_attribute("#case", "data-seq"))
    form.locator(".form-acts .btn-primary").click()
    changed(page, before)


def changed(page: Page, before: str) -> None:
    """The case stands on the page as it is after the event of this number."""
    try:
        page.wait_for_selector(f"#case:not([data-seq='{before}'])")
    except TimeoutError:
        said = page.locator("[role=alert], .err, #banners .notice").all_inner_texts()
        raise AssertionError(f"nothing happened; the page says: {[text for text in said if text]}") from None


def open_case(page: Page, company: Staffed, who: str, case: Any) -> None:
    """The page of a case, read by this person of the company."""
    company.sign_in(page, who)
    page.goto(f"/case/{case.number}")
    ready(page)


def picture() -> bytes:
    """A photo as a phone makes it."""
    from tests.documents import samples

    return bytes(samples.image("JPEG"))
