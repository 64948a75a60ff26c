"""Being away with somebody who stands in: one's own absences, and those of the people one leads."""


from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.office import absences
from tuoshan.office.absences import AbsenceForm
from tuoshan.office.overseeing import looked_at, managed, may_manage
from tuoshan.parties.models import Absence, Person
from tuoshan.parties.permissions import may_change, permitted


@permitted("workbench.my_absence")
@require_http_methods(["GET", "POST"])
def my_absence(request: HttpRequest) -> HttpResponse:
    """One's own absences."""
    person = Person.objects.get(pk=int(request.user.pk or 0))
    return _page(request, person)


@permitted("workbench.absence")
@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """The absences of somebody whom one leads; who looks over everything reads those of all."""
    if request.method == "POST":
        return _page(request, managed(request.user, pk))
    person = looked_at(request.user, pk)
    changes = may_change(request.user, "workbench.absence") and may_manage(request.user, person)
    return _page(request, person, changes=changes)


def _page(request: HttpRequest, person: Person, *, changes: bool = True) -> HttpResponse:
    now = clock.now()
    status = 200
    if request.method == "POST":
        form = AbsenceForm(request.POST, person=person)
        if form.is_valid():
            with write_transaction():
                form.save()
            messages.success(request, _("已登记缺勤。"))
            return redirect(request.path)
        status = 422
    else:
        form = AbsenceForm(person=person)
    known = Absence.objects.filter(person=person).select_related("delegate")
    context = {
        "form": form,
        "person": person,
        "own": person.pk == request.user.pk,
        "coming": list(known.filter(ends_at__gt=now)),
        "past": list(known.filter(ends_at__lte=now).order_by("-ends_at")[:10]),
        "standing_in": list(Absence.objects.filter(delegate=person, ends_at__gt=now).select_related("person")),
        "now": now,
        "may_change": changes,
    }
    return render(request, "workbench/absences/page.html", context, status=status)


@permitted("workbench.absence_end")
@require_POST
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back earlier: a running absence ends now, a coming one does not take place."""
    now = clock.now()
    row = absences.endable(request.user, pk, now, leads=may_change(request.user, "workbench.absence"))
    if row is None:
        raise Http404
    own = row.person_id == request.user.pk
    absences.end(row, now)
    messages.success(request, _("缺勤已结束。"))
    here = request.POST.get("here", "")
    if own and here.startswith("/") and url_has_allowed_host_and_scheme(here, None):
        return redirect(here)
    return redirect("workbench:my_absence") if own else redirect("workbench:absence", pk=row.person_id)


urlpatterns = [
    path("me/absence", my_absence, name="my_absence"),
    path("people/<int:pk>/absence", absence, name="absence"),
    path("absence/<int:pk>/end", absence_end, name="absence_end"),
]
