"""People, a customer and complaints for the tests of everything that leaves the house."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from tuoshan import clock
from tuoshan.cases import library, service
from tuoshan.cases.models import Case
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import read_playbook
from tuoshan.knowledge.company import Company, set_company
from tuoshan.parties import seeds
from tuoshan.parties.models import Customer, OrgUnit, Person


@dataclass
class House:
    unit: OrgUnit
    agent: Person
    lead: Person
    manager: Person
    colleague: Person
    customer: Customer

    def complaint(self, **values: Any) -> Case:
        """A complaint, just registered by the agent."""
        given = {"channel": "hotline", "what_happened": "收到的杯子碎了"}
        outcome = service.register(
            playbook="complaint",
            actor=service.ActingAs.by_person(self.agent),
            values=given,
            channel=values.pop("channel", "hotline"),
            customer_id=values.pop("customer_id", self.customer.pk),
            unit_id=self.unit.pk,
            title="杯子碎了",
            **values,
        )
        assert outcome.accepted, outcome.refusal
        return Case.objects.get(id=outcome.case_id)

    def act(self, case: Case, action: str, actor: Any = None, **values: Any) -> service.Outcome:
        """An action by the agent, or by another actor."""
        if not isinstance(actor, service.ActingAs):
            actor = service.ActingAs.by_person(fresh(actor or self.agent))
        return service.act(case_id=case.id, action=action, actor=actor, values=values)


@cache
def complaint_playbook() -> tuple[Playbook, dict[str, str]]:
    """The shipped complaint with its fragment; its walks are run by other tests."""
    places = (library.PACKAGED / library.FRAGMENTS).glob("*.yaml")
    fragments = {path.stem: path.read_text(encoding="utf-8") for path in places}
    text = (library.PACKAGED / "complaint.yaml").read_text(encoding="utf-8")
    playbook, findings = read_playbook(text, "complaint.yaml", fragments)
    assert playbook is not None, findings
    return playbook, fragments


def fresh(person: Person) -> Person:
    """The person read anew, as each request does."""
    return Person.objects.get(pk=person.pk)


def make_house() -> House:
    seeds.plant()
    unit = OrgUnit.objects.create(code="hq", name_zh="总部", kind="company")
    desk = OrgUnit.objects.create(code="desk", name_zh="客服中心", kind="department", department="service", parent=unit)
    set_company(Company(name="云杉百货", hotline="400-820-1234"), valid_from=clock.now())
    people = [
        Person.objects.create_user(name, "x", roles=(role,), unit=desk, display_name=shown, email=f"{name}@example.cn")
        for name, role, shown in (
            ("linyue", "agent", "林悦"), ("zhouming", "supervisor", "周明"), ("hegang", "manager", "何刚"),
            ("mali", "agent", "马莉"),
        )
    ]  # fmt: skip
    customer = Customer(name="王芳", phone="13800138000", email="wang@example.cn")
    customer.save()
    agent, lead, manager, colleague = people
    return House(desk, agent, lead, manager, colleague, customer)
