"""The quick replies that somebody keeps for themselves: kept from what is being written, looked after on a page."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan.cases.models import Case
from tuoshan.integrations import recipients
from tuoshan.knowledge import replies
from tuoshan.knowledge.forms import QuickReplyForm
from tuoshan.knowledge.models import QuickReply
from tuoshan.office import saving, variables
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.casepage import find_case, person_id

MOST_KEPT = 5_000
"""Signs of one quick reply."""


def _form(request: HttpRequest, instance: QuickReply, data: Any = None, **more: Any) -> QuickReplyForm:
    return QuickReplyForm(data, instance=instance, person=cast(Person, request.user), may_share=False, **more)


@permitted("workbench.own_replies")
@require_safe
def own_replies(request: HttpRequest) -> HttpResponse:
    """One's own, each with how often it was used."""
    return render(request, "workbench/replies/own.html", {"rows": replies.own(person_id(request))})


@permitted("workbench.own_reply_make")
@require_http_methods(["GET", "HEAD", "POST"])
def own_reply_make(request: HttpRequest) -> HttpResponse:
    """A new one, away from any case."""
    return _page(request, QuickReply())


@permitted("workbench.own_reply")
@require_http_methods(["GET", "HEAD", "POST"])
def own_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one of one's own, or take it away; another's is not found."""
    found = get_object_or_404(replies.own(person_id(request)), pk=pk)
    if "remove" in request.POST:
        replies.remove(found)
        messages.success(request, _("已删除。"))
        return redirect("workbench:own_replies")
    return _page(request, found)


def _page(request: HttpRequest, found: QuickReply) -> HttpResponse:
    kept = found.title
    form = _form(request, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saving.kept(form, form.save):
        messages.success(request, _("已保存。"))
        return redirect("workbench:own_replies")
    context = {"form": form, "title": kept, "pk": found.pk, "variables": variables.of_replies()}
    return render(request, "workbench/replies/own_form.html", context, status=422 if form.errors else 200)


@permitted("workbench.own_reply_keep")
@require_POST
def own_reply_keep(request: HttpRequest, number: str) -> HttpResponse:
    """Beside the message that is being written: a small form with its words, in the customer's language; with `store`
    they are kept.
    """
    case = find_case(request, number)
    if "store" not in request.POST:
        text = request.POST.get("text", "").strip()[:MOST_KEPT]
        language = recipients.language_of(recipients.of_case(case))
        return _small(request, case, _form(request, QuickReply(text=text, language=language), auto_id="own_%s"))
    form = _form(request, QuickReply(), request.POST, auto_id="own_%s")
    if not form.is_valid() or not saving.kept(form, form.save):
        return _small(request, case, form, 422)
    return render(request, "workbench/replies/kept.html", {"reply": form.instance})


def _small(request: HttpRequest, case: Case, form: QuickReplyForm, status: int = 200) -> HttpResponse:
    form.fields["title"].widget.attrs["autofocus"] = True
    form.fields["text"].widget.attrs["rows"] = 3
    context = {"form": form, "number": case.number, "variables": variables.of_case(case, request.user)}
    return render(request, "workbench/replies/keep.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("me/replies", own_replies, name="own_replies"),
    path("me/replies/new", own_reply_make, name="own_reply_make"),
    path("me/replies/<int:pk>", own_reply, name="own_reply"),
    path("case/<str:number>/replies/keep", own_reply_keep, name="own_reply_keep"),
]
