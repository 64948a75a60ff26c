"""The ways in: the first page, number and phone, and the signed link of a message."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock
from tuoshan.cases.models import Case
from tuoshan.knowledge.links import CASE, SURVEY, is_theirs
from tuoshan.parties.permissions import permitted
from tuoshan.portal import access, throttle
from tuoshan.portal.forms import TrackForm
from tuoshan.portal.pages import cards, page
from tuoshan.portal.submitting import submit_context, with_draft, without_draft
from tuoshan.secrets import LinkExpired, LinkRefused, read_link


@permitted("portal.home")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Both things at once: look a case up, begin a new one."""
    context = {"cards": cards(request), "track": TrackForm(), **submit_context(request)}
    return with_draft(request, page(request, "home.html", context), context["token"])


@permitted("portal.track")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and full phone open the case. Whatever does not fit gets the same answer."""
    if request.method != "POST":
        known = request.GET.get("number", "")[:60]
        return page(request, "track.html", {"track": TrackForm(initial={"number": known}), "cards": cards(request)})
    form = TrackForm(request.POST)
    if not form.is_valid():
        return page(request, "track.html", {"track": form}, 422)
    number, phone = form.cleaned_data["number"], form.cleaned_data["phone"]
    address, asked = throttle.address_of(request), f"number {number}"
    bounds = (
        (throttle.WRONG_TRIES, f"{asked} {address}"),
        (throttle.WRONG_TRIES_OF_NUMBER, asked),
        (throttle.WRONG_TRIES_OF_ADDRESS, address),
    )
    try:
        tried = throttle.take_each(bounds, clock.now())
    except throttle.TooOften as reached:
        minutes = reached.bound.within // timedelta(minutes=1)
        said = _("尝试次数过多，请 %(minutes)d 分钟后再试；也可以打开我们发给您的链接直接查看。")
        form.add_error(None, said % {"minutes": minutes})
        return page(request, "track.html", {"track": form}, 429)
    case = access.find(number, phone)
    if case is None:
        form.add_error(None, _("没有找到相符的工单。请核对编号和手机号，两项都要与登记时一致。"))
        return page(request, "track.html", {"track": form}, 422)
    throttle.forgive(tried)
    access.open_case(request, case)
    return redirect("portal:case", case.number)


def _read(request: HttpRequest, purpose: str, token: str) -> tuple[Case | None, str, HttpResponse | None]:
    """The case and task that a link names, or the page that says why it opens nothing."""
    try:
        payload = read_link(purpose, token)
        case = Case.objects.filter(pk=int(payload["case"])).first()
    except LinkExpired:
        problem = _("这个链接已过期。请用编号和手机号查询。")
        return None, "", page(request, "track.html", {"track": TrackForm(), "problem": problem}, 410)
    except (LinkRefused, KeyError, TypeError, ValueError):
        case, payload = None, {}
    if case is None or not access.has_page(case):
        problem = _("这个链接不完整，可能在转发时被截断。请用编号和手机号查询。")
        return None, "", page(request, "track.html", {"track": TrackForm(), "problem": problem}, 404)
    if not is_theirs(case, payload):
        problem = _("这个链接已失效。请用编号和手机号查询。")
        return None, "", page(request, "track.html", {"track": TrackForm(), "problem": problem}, 410)
    return case, str(payload.get("task", "")), None


@permitted("portal.link")
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a message opens its case for this device."""
    case, _task, refusal = _read(request, CASE, token)
    if case is None:
        assert refusal is not None
        return refusal
    access.open_case(request, case)
    return redirect("portal:case", case.number)


@permitted("portal.survey")
@require_safe
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the survey opens its case where it asks for the rating."""
    case, _task, refusal = _read(request, SURVEY, token)
    if case is None:
        assert refusal is not None
        return refusal
    access.open_case(request, case)
    return redirect(reverse("portal:case", args=[case.number]) + "#rate")


@permitted("portal.leave")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the cases on this device."""
    access.leave(request)
    messages.success(request, _("已退出查看，本机不再显示您的工单。"))
    return without_draft(redirect("portal:home"))
