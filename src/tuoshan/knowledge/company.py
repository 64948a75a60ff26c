"""How the company presents itself in what it sends: the company table `company`, versioned like all tables."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuoshan.cases import calendars

TABLE = "company"


@dataclass(frozen=True)
class Company:
    """Name and how customers reach it; each may be empty."""

    name: str = ""
    name_en: str = ""
    hotline: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    hours: str = ""

    def named(self, language: str) -> str:
        """The name in the language, never empty."""
        if language.startswith("en") and self.name_en:
            return self.name_en
        with override(language):
            return self.name or getattr(settings, "COMPANY_NAME", "") or _("妥善")

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
