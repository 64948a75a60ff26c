"""Being away with somebody who stands in."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.forms import DayAndTime
from tuoshan.core.case import Refusal
from tuoshan.office.overseeing import able, may_manage
from tuoshan.parties.models import Absence, Person
from tuoshan.parties.standing import standing


def moment_field(label: Any) -> forms.SplitDateTimeField:
    """A day and a time, each in a field of its own."""
    return forms.SplitDateTimeField(label=label, widget=DayAndTime())


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """From when until when, and who stands in."""

    class Meta:
        model = Absence
        fields = ["starts_at", "ends_at", "delegate", "note"]

    starts_at = moment_field(gettext_lazy("从"))
    ends_at = moment_field(gettext_lazy("到"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.person = person
        field: Any = self.fields["delegate"]
        field.queryset = able(person.pk)
        field.label_from_instance = lambda one: punctuation.in_brackets(one, one.unit and one.unit.name)
        field.empty_label = _("没有代理人")
        field.help_text = _("代理人在这段时间里可以替您办理，记录里两个人的名字都在。")


def giving_way(person: Person, now: datetime) -> Absence | None:
    """The person's own absence that runs now, while somebody stands in: until it ends the delegate acts and they do
    not. None where nobody stands in, as the person then keeps what is theirs.
    """
    if not standing(person).own.is_away:
        return None
    running = Absence.objects.filter(Absence.running(now), person=person, delegate__isnull=False)
    return running.select_related("delegate").order_by("-ends_at").first()


def why_kept(absence: Absence) -> str:
    """Why a person who is away may not take a step that is otherwise theirs."""
    return _("您登记了缺勤（到 %(until)s），这段时间由%(delegate)s代理；要自己办理，请先结束缺勤。") % {
        "until": date_format(timezone.localtime(absence.ends_at), "m-d H:i"), "delegate": absence.delegate,
    }  # fmt: skip


def refusal_of(person: Person, refusal: Refusal, said: str, now: datetime) -> str:
    """What is said of a refusal; to who is away, that this is why they may not."""
    absence = giving_way(person, now) if refusal.because == "not_allowed" else None
    return said if absence is None else why_kept(absence)


def endable(viewer: Any, pk: int, now: datetime, *, leads: bool) -> Absence | None:
    """A coming or running absence of one's own, or (`leads`) of somebody over whom one decides."""
    row = Absence.objects.filter(pk=pk, ends_at__gt=now).select_related("person").first()
    if row is None or not (row.person_id == viewer.pk or (leads and may_manage(viewer, row.person))):
        return None
    return row


def end(row: Absence, now: datetime) -> None:
    """Back earlier: a running absence ends now, a coming one does not take place."""
    with write_transaction():
        if row.starts_at >= now:
            row.delete()
        else:
            row.ends_at = now
            row.save(update_fields=["ends_at"])
