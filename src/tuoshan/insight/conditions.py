"""What narrows a list of cases or a report, in one form for addresses, saved filters, search and figures.

In an address: `q, state (open|closed), playbook, category, product, line, grade, channel, unit, handler, since, until,
history, imported, figure, from, to`. A category or unit covers what lies below it; `=5` means just that one, `none`
means empty.
A product is `=5`, or its code, which may be followed by its name; `line` is the name of a line of products.
`since` and `until` are days of registration; `imported` is the id of the import that made the cases; `figure` with
`from` and `to` is one number of a report.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from tuoshan.catalog.models import Category, Product
from tuoshan.identifiers import is_id
from tuoshan.insight import tokens
from tuoshan.intake.models import Imported
from tuoshan.parties.models import OrgUnit

NONE = "none"
MOST_MONTHS = 36
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_NAMES = {"since": "since", "until": "until", "figure_from": "from", "figure_to": "to"}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything is optional; an empty text narrows nothing. Read with `read`, which drops what makes no sense."""

    q: str = ""
    state: str = ""
    playbook: str = ""
    category: str = ""
    product: str = ""
    line: str = ""
    grade: str = ""
    channel: str = ""
    unit: str = ""
    handler: str = ""
    since: date | None = None
    until: date | None = None
    history: str = ""
    imported: str = ""
    figure: str = ""
    figure_from: date | None = None
    figure_to: date | None = None

    @staticmethod
    def read(given: Mapping[str, Any]) -> "Conditions":
        """From an address or a stored filter. What cannot be meant is left out."""
        values: dict[str, Any] = {}
        for field in fields(Conditions):
            text = str(given.get(_NAMES.get(field.name, field.name)) or "").strip()[:200]
            if field.name in _NAMES:
                values[field.name] = _day(text)
            elif field.name in ("category", "unit", "handler"):
                values[field.name] = text if text == NONE or is_id(text.removeprefix("=")) else ""
            else:
                values[field.name] = _product(text) if field.name == "product" else text
        if values["state"] not in ("open", "closed"):
            values["state"] = ""
        if not is_id(values["imported"]):
            values["imported"] = ""
        if values["history"] not in ("no", "only"):
            values["history"] = ""
        return Conditions(**values)

    def left_out_of(self, given: Mapping[str, Any]) -> list[str]:
        """The names of what was given and could not be meant."""
        known = self.params()
        names = [_NAMES.get(field.name, field.name) for field in fields(Conditions)]
        return [name for name in names if str(given.get(name) or "").strip() and name not in known]

    def params(self, **more: Any) -> dict[str, str]:
        """What stands in an address for them; `more` replaces single ones."""
        changed = replace(self, **more) if more else self
        given = {_NAMES.get(field.name, field.name): getattr(changed, field.name) for field in fields(Conditions)}
        return {name: str(value) for name, value in given.items() if value}

    def address(self, **more: Any) -> str:
        """The query part of an address, with its question mark; empty for none."""
        params = self.params(**more)
        return f"?{urlencode(params)}" if params else ""

    def to_text(self) -> str:
        """As a saved filter keeps them."""
        return json.dumps(self.params(), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_text(text: str) -> "Conditions":
        try:
            given = json.loads(text)
        except ValueError:
            given = {}
        return Conditions.read(given if isinstance(given, dict) else {})

    @property
    def is_empty(self) -> bool:
        return not self.params()

    @property
    def narrows(self) -> bool:
        """Whether anything but the words narrows."""
        return bool(self.params(q=""))

    def scope(self) -> "Conditions":
        """What a report and its drill-down have in common: unit, playbook, category, product and its line, and the
        switch for history."""
        return Conditions(
            playbook=self.playbook, category=self.category, product=self.product, line=self.line, unit=self.unit,
            history=self.history,
        )  # fmt: skip

    def on_cases(self) -> Q:
        """The condition on `Case`, and just as well on `CaseFigures`; without words and figure."""
        found = Q()
        for name, value in (("playbook", self.playbook), ("grade", self.grade), ("channel", self.channel)):
            if value:
                found &= Q(**{name: "" if value == NONE else value})
        if self.state:
            found &= Q(ended=self.state == "closed")
        if self.handler:
            found &= _one("handler_id", self.handler)
        if self.category:
            found &= _branch("category_id", self.category, categories_below)
        if self.product:
            found &= _one("product_id", self.product)
        if self.line:
            found &= Q(product_id__in=of_line("" if self.line == NONE else self.line))
        if self.unit:
            found &= _branch("unit_id", self.unit, units_below)
        if self.since:
            found &= Q(created_at__gte=day_start(self.since))
        if self.until:
            found &= Q(created_at__lt=day_start(self.until + timedelta(days=1)))
        if self.history:
            found &= Q(is_history=self.history == "only")
        if self.imported:
            found &= Q(pk__in=Imported.objects.filter(run_id=int(self.imported)).values("case_id"))
        return found

    def keys(self) -> list[list[str]]:
        """The same as far as the index knows it: all of the lists, of each any one."""
        found: list[list[str]] = []
        for kind, value in (("k", self.playbook), ("c", self.channel)):
            if value and value != NONE:
                found.append([tokens.key(kind, value)])
        if self.category and self.category != NONE:
            found.append([tokens.key("g", number) for number in _numbers(self.category, categories_below)])
        if self.unit and self.unit != NONE:
            found.append([tokens.key("u", number) for number in _numbers(self.unit, units_below)])
        if self.handler and self.handler != NONE:
            found.append([tokens.key("p", int(self.handler.removeprefix("=")))])
        if self.since or self.until:
            found.append(_months(self.since, self.until))
        return [keys or [tokens.key("u", 0)] for keys in found if keys != ["*"]]


def _months(since: date | None, until: date | None) -> list[str]:
    """The months from one day to another; `["*"]` when they are too many to name."""
    first, last = since or _EARLIEST, until or _LATEST
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > MOST_MONTHS:
        return ["*"]
    start = first.year * 12 + first.month - 1
    return [tokens.key("m", month // 12 * 100 + month % 12 + 1) for month in range(start, start + max(count, 0))]


def day_start(day: date) -> datetime:
    """The first moment of a day of the house's zone."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


def _one(column: str, value: str) -> Q:
    return Q(**{f"{column}__isnull": True}) if value == NONE else Q(**{column: int(value.removeprefix("="))})


def _branch(column: str, value: str, below: Any) -> Q:
    if value == NONE or value.startswith("="):
        return _one(column, value)
    return Q(**{f"{column}__in": _numbers(value, below)})


def _numbers(value: str, below: Any) -> list[int]:
    number = int(value.removeprefix("="))
    if value.startswith("="):
        return [number]
    found: list[int] = below(number)
    return found


def _product(text: str) -> str:
    """`=5` for a product by its id or by its code, which may be followed by its name; empty where there is none."""
    if text == NONE or (text.startswith("=") and is_id(text[1:])):
        return text
    for code in dict.fromkeys((text, text.partition(" ")[0])) if text else ():
        found = Product.objects.filter(code=code).values_list("pk", flat=True).first()
        if found:
            return f"={found}"
    return ""


def of_line(name: str) -> list[int]:
    """The products of a line; of none, for an empty name."""
    return sorted(Product.objects.filter(line=name).values_list("pk", flat=True))


def categories_below(number: int) -> list[int]:
    """A category and its lower ones."""
    return sorted({number, *Category.objects.filter(parent_id=number).values_list("pk", flat=True)})


def units_below(number: int) -> list[int]:
    """A unit and everything below it."""
    path = OrgUnit.objects.filter(pk=number).values_list("path", flat=True).first()
    return sorted(OrgUnit.objects.filter(path__startswith=path).values_list("pk", flat=True)) if path else [number]
