"""Who can be given a case, with what they have in hand; who is away stands at the end, greyed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.forms import Select
from django.utils.translation import gettext as _

from tuoshan.office.assignable import Assignable, assignables
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.name_order import name_order


class AssignableSelect(Select):
    """A drop-down in which those away can be seen and not chosen."""

    def __init__(self, found: Sequence[Assignable], *, required: bool) -> None:
        self.away = {str(one.person.pk) for one in found if one.away is not None}
        empty = _("请选择") if required else _("由系统分派")
        super().__init__(choices=[("", empty), *((str(one.person.pk), one.text) for one in found)])

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option, disabled for somebody who is away."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.away:
            option["attrs"]["disabled"] = True
        return option


def offer(form: Any, now: datetime, me: Any, *, takes: bool = False, alone: bool = False) -> None:
    """In a form that asks for the handler: list people with their load. Other forms stay as they are.

    `me` stands first, chosen already where the step is that of taking it oneself (`takes`) and `alone` where nobody
    else can be given it by that, then the service desk, then the others, each by name; those away stand at the end.
    """
    field = form.fields.get("handler")
    if field is None or not hasattr(field, "choices"):
        return
    found = [one for one in assignables(now) if not alone or one.person.pk == me.pk]
    known = {str(value) for value, _title in field.choices}
    listed = sorted((one for one in found if str(one.person.pk) in known), key=lambda one: _place(one, me))
    if not listed:
        return
    field.widget = AssignableSelect(listed, required=field.required)
    field.widget.is_required = field.required
    if takes:
        form.initial["handler"] = str(me.pk)


def _place(one: Assignable, me: Any) -> tuple[bool, bool, bool, bytes]:
    unit = one.person.unit
    at_desk = unit is not None and unit.department == OrgUnit.Department.SERVICE
    return one.away is not None, one.person.pk != me.pk, not at_desk, name_order(str(one.person))
