"""A new complaint from the customer, and the page that gives them its number."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan import clock, identifiers
from tuoshan.cases import library
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.documents import drafts
from tuoshan.knowledge.links import case_link
from tuoshan.parties.permissions import permitted
from tuoshan.portal import access, throttle
from tuoshan.portal.casepage import handler_of, to_track
from tuoshan.portal.forms import MOST_PHOTOS, PLAYBOOK, TRAP, SubmitForm
from tuoshan.portal.pages import cards, page
from tuoshan.portal.registering import register
from tuoshan.portal.showing import promises, refused
from tuoshan.portal.taking import photo_problems

DRAFT_COOKIE = "tuoshan_draft"
"""Holds the token of the photos handed in so far, so that they are still there after a reload."""
DRAFT_SECONDS = 2 * 24 * 3600


def submit_context(request: HttpRequest) -> dict[str, Any]:
    """An empty form, its key, and the photos already handed in on this device."""
    return {
        "form": SubmitForm(), "token": _draft_token(request), "key": identifiers.token(), "most_photos": MOST_PHOTOS,
        "trap": TRAP,
    }  # fmt: skip


def _draft_token(request: HttpRequest) -> str:
    return drafts.usable(request.COOKIES.get(DRAFT_COOKIE, ""), "")


def with_draft(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    """The page remembers its draft on the device; nothing is stored here before something is sent."""
    if request.COOKIES.get(DRAFT_COOKIE) != token:
        response.set_cookie(
            DRAFT_COOKIE, token, max_age=DRAFT_SECONDS, path="/portal/", httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response


def without_draft(response: HttpResponse) -> HttpResponse:
    """The device forgets the photos: they were sent, or somebody else may use it next."""
    response.delete_cookie(DRAFT_COOKIE, path="/portal/")
    return response


@permitted("portal.submit")
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """The form alone, and what comes of it."""
    if request.method != "POST":
        context = submit_context(request)
        return with_draft(request, page(request, "submit.html", {"cards": cards(request), **context}), context["token"])
    form = SubmitForm(request.POST)
    token = drafts.usable(request.POST.get("upload_token", ""), "")
    problem, status = _problem(request, form, token)
    if problem or status != 200:
        return _again(request, form, token, problem, status)
    outcome = register(request.POST.get("key", ""), form.cleaned_data, token).outcome
    if (refusal := outcome.refusal) is not None:
        fresh = identifiers.token() if refusal.because == "key_used_otherwise" else ""
        return _again(request, form, token, refused(refusal, library.current(PLAYBOOK)), 422, fresh)
    access.open_case(request, Case.objects.get(pk=outcome.case_id))
    return without_draft(redirect("portal:submitted", outcome.number))


def _problem(request: HttpRequest, form: SubmitForm, token: str) -> tuple[str, int]:
    refusals = photo_problems(request, token)
    if not form.is_valid() or refusals:
        return " ".join(refusals), 422
    if form.trapped():
        return _("没能确认是您本人提交，请再点一次“提交”。填写的内容都还在。"), 422
    now = clock.now()
    sources = [throttle.address_of(request)]
    if throttle.take(throttle.SUBMISSIONS, sources, now) is None:
        return _("这里短时间内提交过多，请一小时后再试，或电话联系我们。填写的内容都还在。"), 429
    phone = f"phone {form.cleaned_data['phone']}"
    if throttle.take(throttle.SUBMISSIONS_OF_PHONE, [phone], now) is None:
        return _("这个手机号短时间内提交过多，请一小时后再试，或电话联系我们。填写的内容都还在。"), 429
    return "", 200


def _again(
    request: HttpRequest, form: SubmitForm, token: str, problem: str, status: int, key: str = ""
) -> HttpResponse:
    """The form as it was typed, under the same key unless that one is used up."""
    context = {
        **submit_context(request), "form": form, "token": token, "problem": problem,
        "key": key or request.POST.get("key") or identifiers.token(),
    }  # fmt: skip
    return with_draft(request, page(request, "submit.html", context, status), token)


@permitted("portal.submitted")
@require_safe
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    """The number, by when they hear from us, who to reach: to be kept."""
    case = access.case_of(request, number)
    if case is None:
        return to_track(request, number)
    standing = Standing(case, ActingAs.by_customer(case.customer_id))
    handler = handler_of(case)
    link = case_link(case.pk)
    context = {
        "case": case,
        "promises": promises(standing.playbook, standing.state, standing.now),
        "handler": handler[1] if handler else "",
        "link": link if "://" in link else request.build_absolute_uri(link),
    }
    return page(request, "submitted.html", context)
