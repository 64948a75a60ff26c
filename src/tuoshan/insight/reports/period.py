"""The days that a report is about, in the house's zone; both ends belong to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tuoshan.insight.conditions import Conditions, day_start
from tuoshan.insight.measures import Span, today

DEFAULT = "30"
LONGEST_DAYS = 3660
NAMES: dict[str, Any] = {
    "today": _("今天"), "7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天"), "month": _("本月"),
    "last_month": _("上月"), "custom": _("自选"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last; `name` is how it was chosen."""

    name: str
    since: date
    until: date

    @staticmethod
    def read(given: Mapping[str, Any]) -> "Period":
        """From an address. A custom one without sense becomes the default."""
        name, now = str(given.get("period") or DEFAULT), today()
        match name:
            case "today":
                return Period(name, now, now)
            case "7" | "90":
                return Period(name, now - timedelta(days=int(name) - 1), now)
            case "month":
                return Period(name, now.replace(day=1), now)
            case "last_month":
                end = now.replace(day=1) - timedelta(days=1)
                return Period(name, end.replace(day=1), end)
            case "custom":
                asked = Conditions.read(given)
                since, until = asked.since, asked.until
                if since and until and since <= until and (until - since).days < LONGEST_DAYS:
                    return Period(name, since, until)
        return Period(DEFAULT, now - timedelta(days=int(DEFAULT) - 1), now)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def span(self) -> Span:
        """Its first moment, and the first moment after it."""
        return day_start(self.since), day_start(self.until + timedelta(days=1))

    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        end = self.since - timedelta(days=1)
        return Period("custom", end - timedelta(days=self.days - 1), end)

    def params(self) -> dict[str, str]:
        """What stands in an address for it."""
        if self.name == "custom":
            return {"period": "custom", "since": self.since.isoformat(), "until": self.until.isoformat()}
        return {"period": self.name}
