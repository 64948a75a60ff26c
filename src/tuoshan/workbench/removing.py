"""A file that does not belong to a case is taken out of it, with a reason."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuoshan import identifiers
from tuoshan.cases import lists
from tuoshan.cases.models import Case
from tuoshan.cases.refusals import sentence
from tuoshan.documents.models import Evidence
from tuoshan.documents.showing import shown
from tuoshan.insight.story import Audience, Story
from tuoshan.office import attaching
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.casepage import find_case, standing_of
from tuoshan.workbench.casework import MOST_REASON, done


@permitted("workbench.evidence_remove")
@require_http_methods(["GET", "POST"])
def evidence_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The form that asks why and says what follows, and its being sent."""
    case = find_case(request, number)
    try:
        row = attaching.file_of(request.user, case, pk)
        if request.method == "GET":
            return _page(request, case, row)
        reason = request.POST.get("reason", "").strip()[:MOST_REASON]
        if not reason:
            return _page(request, case, row, _("请写明为什么移除。"), 422)
        outcome = attaching.take_away(request.user, case, pk, reason, request.POST.get("key") or None)
    except attaching.NotThere as gone:
        raise Http404 from gone
    except attaching.OwnDecision as barred:
        return _page(request, case, row, str(barred), 422)
    if outcome.refusal is not None:
        return _page(request, case, row, sentence(outcome.refusal, standing_of(request, case).playbook), 409)
    return done(request, case, _("凭证已移除"))


def _page(request: HttpRequest, case: Case, row: Evidence, problem: str = "", status: int = 200) -> HttpResponse:
    """Raises NotThere for a file that was taken out before."""
    if row.removed_at is not None:
        raise attaching.NotThere(row.pk)
    playbook = standing_of(request, case).playbook
    with lists.remembered():
        steps = attaching.steps_with(Story(case, playbook, Audience.staff(request.user)), row.pk)
    context = {
        "case": case, "file": shown([row])[0], "steps": steps, "problem": problem,
        "barred": attaching.OwnDecision() if attaching.is_own_decision(request.user, case, row.pk) else "",
        "reason": request.POST.get("reason", ""), "key": identifiers.token(), "most": MOST_REASON,
    }  # fmt: skip
    return render(request, "workbench/case/take_away.html", context, status=status)


urlpatterns = [path("case/<str:number>/evidence/<int:pk>/remove", evidence_remove, name="evidence_remove")]
