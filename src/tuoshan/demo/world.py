
"""The company as its stories see it: who is on duty, when offices are open, what may be handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.core.case import CaseState
from tuoshan.demo import pictures
from tuoshan.demo.catalogue import Purchase
from tuoshan.demo.chance import Chance
from tuoshan.demo.people import AGENTS, LEADS
from tuoshan.documents import evidence
from tuoshan.documents.models import Evidence
from tuoshan.parties.models import Absence, OrgUnit, Person
from tuoshan.parties.standing import Standing, forget, standing

OPENS, CLOSES = time(9, 5), time(17, 50)
MIDDAY, AFTERNOON = time(12, 0), time(13, 30)


@dataclass
class World:
    """Everything that stories draw from. `promotion` is the name of the sale with its peak of parcels."""

    begin: datetime
    end: datetime
    chance: Chance
    units: Mapping[str, OrgUnit]
    people: Mapping[str, Person]
    purchases: list[Purchase]
    categories: Mapping[str, int]
    promotion: str
    promotion_day: date

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.by_id = {person.pk: person for person in self.people.values()}
        self._standings: dict[int, tuple[int, Standing]] = {}
        self.absences = list(Absence.objects.all())
        self.codes = {unit.pk: code for code, unit in self.units.items()}

    # -- time --------------------------------------------------------------------------------------
    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, moment: datetime, days: int = 0) -> date:
        """The local date, so many days later."""
        return self.local(moment).date() + timedelta(days=days)

    def office(self, moment: datetime, *, weekends: bool = False) -> datetime:
        """The moment, or the next one at which somebody sits at a desk, a few minutes after it opens."""
        local = self.local(moment)
        if local.time() < OPENS:
            local = self._at(local.date(), OPENS)
        elif local.time() > CLOSES:
            local = self._at(local.date() + timedelta(days=1), OPENS)
        elif MIDDAY < local.time() < AFTERNOON:
            local = self._at(local.date(), AFTERNOON)
        while not weekends and local.weekday() >= 5:
            local = self._at(local.date() + timedelta(days=1), OPENS)
        return local.astimezone(moment.tzinfo)

    def awake(self, moment: datetime) -> datetime:
        """The moment, or the next morning, as customers sleep too."""
        local = self.local(moment)
        if local.hour >= 23 or local.hour < 7:
            day = local.date() + timedelta(days=1 if local.hour >= 23 else 0)
            local = datetime.combine(day, time(7, 30), self.zone) + self.chance.minutes(0, 200)
        return local.astimezone(moment.tzinfo)

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone) + self.chance.minutes(0, 40)

    # -- people ------------------------------------------------------------------------------------
    def acting(self, person: Person, now: datetime) -> ActingAs:
        """The person as an actor. Between two changes of absences nobody's standing needs to be read again."""
        changes = sum((one.starts_at <= now) + (one.ends_at <= now) for one in self.absences)
        known = self._standings.get(person.pk)
        if known is not None and known[0] == changes:
            person.__dict__["_standing"] = replace(known[1], read_at=now)
        else:
            forget(person)
            self._standings[person.pk] = changes, standing(person)
        return ActingAs.by_person(person)

    def on_duty(self, person: Person, now: datetime) -> Person:
        """The person, or who stands in for them today."""
        for absence in self.absences:
            if absence.person_id == person.pk and absence.starts_at <= now < absence.ends_at and absence.delegate_id:
                return self.by_id[absence.delegate_id]
        return person

    def an_agent(self, now: datetime) -> Person:
        return self.on_duty(self.people[self.chance.pick(AGENTS)], now)

    def a_lead(self) -> Person:
        return self.people[self.chance.pick(LEADS)]

    def head_of(self, unit_id: int | None) -> Person:
        """Who runs the store of a case."""
        return next(
            (one for one in self.people.values() if one.unit_id == unit_id and one.role_keys() & {"store_manager"}),
            self.people["web"],
        )

    def staff_of(self, unit_id: int | None) -> Person:
        """Who stands at the counter there: a clerk, else the head."""
        clerk = next(
            (one for one in self.people.values() if one.unit_id == unit_id and one.role_keys() & {"store_clerk"}), None
        )
        return clerk or self.head_of(unit_id)

    # -- files -------------------------------------------------------------------------------------
    def hand_in(
        self, content: tuple[str, bytes], *, kind: str, now: datetime, case_id: int | None = None, token: str = "",
        person: Person | None = None, customer_id: int | None = None, shown: bool | None = None,
    ) -> int:  # fmt: skip
        """Give in a file as a person or a customer would; its number."""
        name, data = content
        row = evidence.accept(
            file=ContentFile(data, name=name), case_id=case_id, upload_token=token or None,
            actor_kind="person" if person else "customer", actor_id=person.pk if person else customer_id,
            kind=kind, now=now, visible_to_customer=shown,
        )  # fmt: skip
        if isinstance(row, evidence.Rejected):
            raise ValueError(row.sentence)
        return row.pk

    def voucher(self, case_id: int, person: Person, amount: object, now: datetime) -> int:
        """A payment slip."""
        slip = pictures.paper(
            "付款回单",
            [
                f"日期：{self.day(now)}",
                f"金额：{amount} 元",
                f"流水号：{self.chance.whole(10**9, 10**10 - 1)}",
                "方式：原路退回",
            ],
        )
        return self.hand_in(slip, kind=Evidence.Kind.VOUCHER, now=now, case_id=case_id, person=person, shown=True)

    def waybill(self, case_id: int, person: Person, courier: str, now: datetime) -> int:
        """A waybill."""
        bill = pictures.paper(
            "运单", [f"日期：{self.day(now)}", f"承运：{courier}", f"单号：MJX{self.chance.whole(10**8, 10**9 - 1)}"]
        )
        return self.hand_in(bill, kind=Evidence.Kind.WAYBILL, now=now, case_id=case_id, person=person, shown=True)


def state_of(case: Any) -> CaseState:
    """The state of a case that was just read."""
    import json

    return CaseState.from_json(json.loads(case.snapshot))


_CHANGING = (
    "seq", "state", "phase", "ended", "title", "grade", "category_id", "customer_id", "unit_id", "handler_id",
    "held", "paused", "snapshot",
)  # fmt: skip
_READ_AGAIN = f"SELECT {', '.join(_CHANGING)} FROM cases_case WHERE id = %s AND seq <> %s"  # noqa: S608


def read_again(case: Any, state: CaseState) -> tuple[Any, CaseState]:
    """The case as it stands now, from one that was read before; the same again where nothing happened meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_AGAIN, [case.pk, case.seq])
        row = cursor.fetchone()
    if row is None:
        return case, state
    for name, value in zip(_CHANGING, row, strict=True):
        setattr(case, name, value)
    return case, state_of(case)


def read_case(case_id: int) -> tuple[Any, CaseState]:
    """A case as it stands now."""
    case = Case.objects.get(pk=case_id)
    return case, state_of(case)
