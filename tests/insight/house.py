"""The people and units of these tests, and short ways to do what they do."""

from typing import Any

from tuoshan.agenda import worker
from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.parties import customers, seeds
from tuoshan.parties.models import OrgUnit, Person, Role

PASSWORD = "Correct-horse-9-battery"
EVERYONE = frozenset({"service_desk", "handler", "lead", "manager", "staff", "executor", "reviewer", "department"})


class House:
    """Two regions with a store each."""

    def __init__(self) -> None:
        if not Role.objects.exists():  # emptied by a test that commits
            seeds.plant()
        self.units: dict[str, OrgUnit] = {}
        for code, kind, department, parent in (
            ("hq", "company", "", ""),
            ("service", "department", "service", "hq"),
            ("qa", "department", "qa", "hq"),
            ("east", "region", "", "hq"),
            ("store1", "store", "", "east"),
            ("west", "region", "", "hq"),
            ("store2", "store", "", "west"),
        ):
            self.units[code] = OrgUnit.objects.create(
                code=code, name_zh=f"单位{code}", name_en=code, kind=kind, department=department,
                parent=self.units.get(parent),
            )  # fmt: skip
        self.people = {
            name: self.person(name, role, unit)
            for name, role, unit in (
                ("lin", "supervisor", "hq"),
                ("gao", "manager", "hq"),
                ("ma", "store_manager", "store1"),
                ("wu", "store_manager", "store2"),
                ("chen", "agent", "service"),
                ("qiu", "investigator", "qa"),
            )
        }

    def person(self, name: str, role: str, unit: str) -> Person:
        return Person.objects.create_user(name, PASSWORD, roles=(role,), unit=self.units[unit])

    def fresh(self, name: str) -> Person:
        """The person as a new request reads them."""
        return Person.objects.get(username=name)

    def lodge(
        self, text: str, *, title: str = "", phone: str = "", name: str = "", unit: str = "store1",
        channel: str = "hotline", **values: Any,
    ) -> Case:  # fmt: skip
        customer = customers.find_or_make(phone, name).customer.pk if phone or name else None
        outcome = service.register(
            playbook="complaint", actor=acting(self.people["lin"]), channel=channel, customer_id=customer,
            unit_id=self.units[unit].pk, title=title or text[:20],
            values={"channel": channel, "what_happened": text, **values},
        )  # fmt: skip
        assert outcome.accepted, outcome.refusal
        return Case.objects.get(id=outcome.case_id)

    def act(self, case: Case, action: str, by: str = "lin", **values: Any) -> None:
        outcome = service.act(case_id=case.pk, action=action, actor=acting(self.people[by]), values=values)
        assert outcome.accepted, (action, outcome.refusal)

    def work(self) -> None:
        worker.drain()


def acting(person: Person) -> ActingAs:
    """The person with every party of the house."""
    return ActingAs("person", person.pk, person, EVERYONE)
