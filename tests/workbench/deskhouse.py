"""A house at work for the tests of the board and what lies around it; imported where a test module wants it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class Desk:
    """People by name, a client for each, and complaints at the step that a test needs."""

    def __init__(self, house: Any) -> None:
        from tuoshan.parties.models import OrgUnit, Person

        self.house = house
        root = OrgUnit.objects.get(code="hq")
        self.qa = OrgUnit.objects.create(code="qa", name_zh="质检部", kind="department", department="qa", parent=root)
        self.people = {
            "agent": house.agent, "colleague": house.colleague, "lead": house.lead, "manager": house.manager,
            "qa": self._person("liuqa", "investigator", "刘质检", self.qa),
            "auditor": self._person("shenji", "auditor", "沈审计", root),
            "finance": self._person("caiwu", "finance", "钱财务", root),
            "admin": self._person("guanli", "administrator", "管理员", root),
        }  # fmt: skip
        self.Person = Person

    def _person(self, name: str, role: str, shown: str, unit: Any) -> Any:
        from tuoshan.parties.models import Person

        return Person.objects.create_user(name, "x", roles=(role,), unit=unit, display_name=shown)

    def client(self, who: str) -> Any:
        """A browser in which this person is signed in."""
        from django.test import Client

        client = Client()
        client.force_login(self.Person.objects.get(pk=self.people[who].pk))
        return client

    def htmx(self, who: str, method: str, address: str, data: Any = None) -> Any:
        """A request as htmx makes it."""
        call = getattr(self.client(who), method)
        return call(address, data or {}, headers={"HX-Request": "true"})

    def complaint(self) -> Any:
        """Just registered."""
        return self.house.complaint()

    def accepted(self, **values: Any) -> Any:
        """Accepted to be solved at once by the agent."""
        case = self.house.complaint()
        given = {
            "category": "1", "impact": "low", "urgency": "low", "next_step": "明天回电",
            "handler": str(self.house.agent.pk),
        }  # fmt: skip
        done = self.house.act(case, "accept_simple", **given | values)
        assert done.accepted, done.refusal
        return self.read(case)

    def proposed(self, amount: str = "3000", finding: str = "", **values: Any) -> Any:
        """Waiting for approval; with a finding against a person where one is given."""
        from datetime import date
        from decimal import Decimal

        case = self.accepted(**values)
        given = {
            "cause": "goods", "liable": "product", "remedies": ["refund"], "remedy_steps": "全额退款",
            "amount": Decimal(amount), "refund_amount": Decimal(amount), "amount_paid": Decimal(amount),
            "carry_out_by": date(2026, 3, 20),
        }  # fmt: skip
        against = {"liable": "person", "finding_person": finding} if finding else {}
        done = self.house.act(case, "propose", **given | against)
        assert done.accepted, done.refusal
        return self.read(case)

    def inquiring(self) -> Any:
        """With an open inquiry at QA."""
        case = self.house.complaint()
        done = self.house.act(
            case, "accept", category="1", impact="low", urgency="low", departments=["qa"], next_step="调查",
            handler=str(self.house.agent.pk),
        )  # fmt: skip
        assert done.accepted, done.refusal
        return self.read(case)

    def customer(self, case: Any) -> Any:
        """The customer of the case as an actor."""
        from tuoshan.cases import service

        return service.ActingAs.by_customer(case.customer_id)

    @staticmethod
    def read(case: Any) -> Any:
        from tuoshan.cases.models import Case

        return Case.objects.get(pk=case.pk)


@pytest.fixture
def desk(db: None, clock: Any, settings: Any, tmp_path: Path) -> Iterator[Desk]:
    """The house of the outbox's tests with more people, the shipped complaint and the real addresses."""
    from tests.integrations.house import complaint_playbook, make_house

    from tuoshan.cases import calendars, library

    settings.DATA_DIR = tmp_path
    settings.EMAIL_HOST = ""
    calendars.forget()
    playbook, fragments = complaint_playbook()
    with library.using(playbook, fragments=fragments):
        yield Desk(make_house())
    calendars.forget()


def triggers(answer: Any) -> dict[str, Any]:
    """What an answer tells the page by HX-Trigger."""
    found: dict[str, Any] = json.loads(answer.get("HX-Trigger", "{}"))
    return found


def moment() -> Any:
    """The moment at which the test's clock stands."""
    from tuoshan import clock as product_clock

    return product_clock.now()
