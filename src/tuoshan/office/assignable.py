"""Who could take a case, with what they have in hand."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from tuoshan.cases.models import Case
from tuoshan.parties.models import Absence, Person

HANDLERS = ("agent", "supervisor", "store_clerk", "store_manager", "manager")


@dataclass(frozen=True, slots=True)
class Assignable:
    """One person who could take a case."""

    person: Person
    open: int
    away: Absence | None

    @property
    def is_full(self) -> bool:
        return self.open >= self.person.capacity

    @property
    def text(self) -> str:
        """`林悦（客服中心） 在办 3/20`, and why not, where they are away."""
        unit = self.person.unit.name if self.person.unit else ""
        name = _("%(name)s（%(unit)s）") % {"name": self.person, "unit": unit} if unit else str(self.person)
        load = _("在办 %(open)d/%(most)d") % {"open": self.open, "most": self.person.capacity}
        if self.away is None:
            return f"{name} {load}"
        if self.away.delegate is not None:
            return _("%(name)s 缺勤，由 %(delegate)s 代理") % {"name": name, "delegate": self.away.delegate}
        return _("%(name)s 缺勤") % {"name": name}


def assignables(now: datetime) -> list[Assignable]:
    """Those who handle cases, the least loaded first, those away last; three queries."""
    persons = list(
        Person.objects.filter(is_active=True, roles__key__in=HANDLERS).select_related("unit").distinct()
    )  # fmt: skip
    rows = Case.objects.filter(handler_id__in=[one.pk for one in persons], ended=False).order_by()
    open_now = dict(rows.values_list("handler_id").annotate(n=Count("id")))
    away = {row.person_id: row for row in Absence.objects.filter(Absence.running(now)).select_related("delegate")}
    made = [Assignable(one, open_now.get(one.pk, 0), away.get(one.pk)) for one in persons]
    return sorted(
        made,
        key=lambda one: (one.away is not None, one.open / max(one.person.capacity, 1), one.person.display_name),
    )
