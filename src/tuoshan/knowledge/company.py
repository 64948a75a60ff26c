"""How the company presents itself and tells customers, and whose the cases are that come in without a unit.

The company table `company`, versioned like all tables.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuoshan import clock
from tuoshan.cases import calendars
from tuoshan.parties.models import OrgUnit, Person

TABLE = "company"


@dataclass(frozen=True)
class Company:
    """Name, how customers reach it, the default unit (each may be empty), and how customers are told."""

    name: str = ""
    name_en: str = ""
    hotline: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    hours: str = ""
    hours_en: str = ""
    unit: str = ""
    """The code of the org unit whose cases those are that come in without one."""
    way: str = "sms"
    """By which way customers are told who have wished for none: `sms`, `mail` or `both`."""

    def named(self, language: str) -> str:
        """The name in the language, never empty."""
        if language.startswith("en") and self.name_en:
            return self.name_en
        with override(language):
            return self.name or getattr(settings, "COMPANY_NAME", "") or _("妥善")

    def opening_hours(self, language: str) -> str:
        """When somebody answers, in the language; what is set in one alone stands for both."""
        return self.hours_en if self.hours_en and (language.startswith("en") or not self.hours) else self.hours

    @property
    def contact(self) -> str:
        """How to reach it, the hotline first; empty when nothing is set."""
        return self.hotline or self.email or self.website


def company(now: datetime | None = None) -> Company:
    """What is in force."""
    known = calendars.table("", TABLE, now) or {}
    names = {field.name for field in fields(Company)}
    return Company(**{name: str(value) for name, value in known.items() if name in names})


def set_company(values: Company, *, valid_from: datetime, person_id: int | None = None) -> None:
    """Add a version that counts from `valid_from`."""
    calendars.set_table(playbook="", name=TABLE, value=asdict(values), valid_from=valid_from, person_id=person_id)


def name_company(person: Person, name: str) -> None:
    """Give the company this name, unless it has one."""
    known = company()
    if not known.name:
        set_company(replace(known, name=name), valid_from=clock.now(), person_id=person.pk)


def default_unit() -> int | None:
    """The unit of a case for which neither store nor order names one: as set, else the root of the company."""
    chosen = company().unit
    units = OrgUnit.objects.filter(is_active=True)
    found = units.filter(code=chosen).first() if chosen else None
    found = found or units.filter(parent__isnull=True).order_by("path").first()
    return found.pk if found else None
