"""Two stores of one company with a clerk each, beside the service desk; imported where a test module wants it."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.workbench.deskhouse import Desk, desk

__all__ = ["desk", "stores"]

VICTIM, STRANGER = "13800138000", "13911112222"


@dataclass
class Stores:
    """`one` and `two` are units, `first` and `second` their clerks (in `desk.people` by these names)."""

    desk: Desk
    one: Any
    two: Any

    def client(self, who: str) -> Any:
        return self.desk.client(who)

    def program(self, who: str) -> Any:
        """A program of the API with a token of this person."""
        from tests.api.callers import Caller

        return Caller(self.desk.people[who], "write")

    def register(self, who: str, phone: str = VICTIM, **more: Any) -> Any:
        """A complaint that this person registers on the screen; the case."""
        from tuoshan.cases.models import Case

        values = {
            "channel": "counter", "what_happened": "壶盖裂了一道口子", "customer-phone": phone, "came-clerk": "店员",
            "key": f"k{Case.objects.count()}",
        }  # fmt: skip
        answer = self.client(who).post("/register/complaint", values | more)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return Case.objects.get(number=answer["Location"].rsplit("/", 1)[1])


@pytest.fixture
def stores(desk: Desk) -> Stores:
    from tuoshan.parties.models import OrgUnit, Person

    root = OrgUnit.objects.get(code="hq")
    made = [
        OrgUnit.objects.create(code=code, name_zh=name, kind="store", department="store", parent=root)
        for code, name in (("s11", "十一店"), ("s12", "十二店"))
    ]
    for who, unit in zip(("first", "second"), made, strict=True):
        desk.people[who] = Person.objects.create_user(
            f"clerk-{who}", "x", roles=("store_clerk",), unit=unit, display_name=who
        )
    return Stores(desk, *made)
