"""What a new company has still to set stands on the settings' first page until it is set."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk

from tuoshan import clock as now_clock
from tuoshan.knowledge.company import Company, set_company

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


def listed(desk: Any, who: str = "admin") -> set[str]:
    context = desk.client(who).get("/settings/").context
    return {one.name for one, _href in context["unset"]}


def test_each_stands_there_until_it_is_set(desk: Any, settings: Any) -> None:
    from tuoshan.integrations.models import SmsGateway
    from tuoshan.parties.models import OrgUnit, Person

    set_company(Company(), valid_from=now_clock.now())
    Person.objects.exclude(username="guanli").update(is_active=False)
    OrgUnit.objects.exclude(code="hq").update(is_active=False)
    assert listed(desk) == {"name", "contact", "hours", "port", "units", "people"}
    set_company(Company(name="云杉百货", email="a@example.cn", hours_en="Daily"), valid_from=now_clock.now())
    Person.objects.filter(username="linyue").update(is_active=True)
    OrgUnit.objects.filter(code="qa").update(is_active=True)
    assert listed(desk) == {"port"}
    settings.EMAIL_HOST = "mail.example.cn"
    assert listed(desk) == {"port"}, "customers are told by short message"
    SmsGateway.objects.create(name="g", url="https://sms.example.cn", is_on=True)
    assert listed(desk) == set()
    assert "还没有设置" not in desk.client("admin").get("/settings/").content.decode()


def test_who_may_not_set_it_is_not_told(desk: Any) -> None:
    set_company(Company(), valid_from=now_clock.now())
    answer = desk.client("manager").get("/settings/")
    assert answer.status_code == 403 or not answer.context["unset"]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "客服中心（可在查询"), ("en", "our service desk")])
def test_a_message_that_names_the_page_names_it_once(desk: Any, language: str, words: str) -> None:
    from tuoshan.knowledge import wording
    from tuoshan.knowledge.case_values import of_case

    set_company(Company(name="云杉百货"), valid_from=now_clock.now())
    texts = of_case(desk.complaint())
    both = wording.fill("{link} {contact}", texts.values(language, ["link", "contact"]))
    assert both.count("http") == 1 and words in both
    assert wording.fill("{contact}", texts.values(language, ["contact"])).startswith("http")
    set_company(Company(name="云杉百货", hotline="400-820-1234"), valid_from=now_clock.now())
    assert of_case(desk.complaint()).values(language, ["contact"])["contact"] == "400-820-1234"
