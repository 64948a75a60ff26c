"""Errors as RFC 9457 problems, in the caller's language, with the facts a program needs."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS as WHOLE
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tuoshan.cases.refusals import by_field, sentence
from tuoshan.core.case import Refusal
from tuoshan.core.playbook import Playbook
from tuoshan.documents.gaps import NotWhole
from tuoshan.office.customers import NotInCharge
from tuoshan.parties.permissions import NotSignedIn, ScopeMissing

MEDIA_TYPE = "application/problem+json"

REFUSAL_STATUS = {
    "not_allowed": 403, "not_by_same_person": 403, "invalid_form": 422, "needs_evidence": 422, "need_facts": 422,
    "kept_to_supervisors": 403, "not_correctable": 422, "not_backdated": 422, "moment_ahead": 422,
    "moment_before_case": 422, "below_ruling": 422, "words_name_another_amount": 422, "evidence_not_shown": 422,
    "unknown_action": 404, "unknown_case": 404,
}  # fmt: skip
"""Every other refusal is a conflict with the state that the case is in: 409."""


class Problem(Exception):
    """Ends a request with a problem document."""

    def __init__(self, status: int, code: str, title: str, detail: str = "", **members: Any) -> None:
        super().__init__(title)
        self.status, self.code, self.title, self.detail, self.members = status, code, title, detail, members


def refused(refusal: Refusal, playbook: Playbook) -> Problem:
    """The problem for a refused command: `code` and `facts` for programs, `detail` for people."""
    status = REFUSAL_STATUS.get(refusal.because, 409)
    detail = sentence(refusal, playbook)
    return Problem(status, refusal.because, _("这一步没有执行"), detail, facts=dict(refusal.data))


def response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a document; `type` is a stable reference, not an address to fetch."""
    body: dict[str, Any] = {
        "type": f"urn:tuoshan:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "instance": request.path,
        "code": problem.code,
        **problem.members,
    }
    return JsonResponse(
        body, status=problem.status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )  # fmt: skip


def of_error(error: Exception) -> Problem | None:
    """The problem for what may be raised on the way; None for what is a fault of ours."""
    match error:
        case Problem():
            return error
        case AuthenticationError() | NotSignedIn():
            return Problem(401, "not_signed_in", _("请提供有效的令牌"))
        case ScopeMissing():
            return Problem(403, "scope_missing", _("令牌的权限不足"), str(error), scope=error.scope)
        case NotInCharge():
            return Problem(403, "cases_elsewhere", _("客户资料没有改动"), str(error))
        case NotWhole():
            return Problem(409, "not_whole", _("没有打印"), str(error))
        case PermissionDenied():
            return Problem(403, "not_permitted", _("您的角色不能使用这项功能。"))
        case ValidationError():
            return Problem(
                422, "invalid_request", _("请求的内容有误"), errors=[located(item) for item in error.errors]
            )
        case Http404():
            return Problem(404, "not_found", _("没有找到，或不在您的范围内"))
        case HttpError():
            said = _("无法读取请求的内容，请检查格式。")
            return Problem(error.status_code, "request_refused", said, facts={"reason": str(error)})
        case SuspiciousOperation():
            return Problem(400, "request_refused", _("无法读取请求的内容，请检查格式。"))
    return None


WRONG: tuple[tuple[str, Any], ...] = (
    ("missing", gettext_lazy("缺少这一项")),
    ("extra_forbidden", gettext_lazy("不认识这一项")),
    ("string_too_long", gettext_lazy("最多 %(max_length)s 个字符")),
    ("string_too_short", gettext_lazy("至少 %(min_length)s 个字符")),
    ("too_long", gettext_lazy("最多 %(max_length)s 项")),
    ("too_short", gettext_lazy("至少 %(min_length)s 项")),
    ("greater_than_equal", gettext_lazy("不能小于 %(ge)s")),
    ("less_than_equal", gettext_lazy("不能大于 %(le)s")),
    ("literal_error", gettext_lazy("只能是：%(expected)s")),
    ("enum", gettext_lazy("只能是：%(expected)s")),
    ("timezone_aware", gettext_lazy("时刻要带时区")),
    ("string_pattern_mismatch", gettext_lazy("格式不对")),
    ("number_as_text", gettext_lazy("小数请写成文本，如 \"399.50\"")),
    ("fact_kind", gettext_lazy("请写成文本、整数、true、false 或 null")),
)
"""What the reader of a body finds wrong, in words; a kind that is not here is not of its kind."""


def located(item: Any) -> dict[str, str]:
    """Where in what was sent, by which code, and what is wrong, of an error of the reader."""
    kind = str(item.get("type", ""))
    said = dict(WRONG).get(kind, gettext_lazy("类型或格式不对"))
    given = {name: str(value).replace(" or ", ", ") for name, value in item.get("ctx", {}).items()}
    where = ".".join(str(part) for part in item.get("loc", ()))
    return {"where": where, "code": kind, "message": str(said) % given}


def key_used_otherwise() -> Problem:
    """The same Idempotency-Key with another content."""
    return Problem(409, "key_used_otherwise", _("这个 Idempotency-Key 已经用于别的内容"))


def being_done() -> Problem:
    """The first request with this Idempotency-Key is still at work."""
    return Problem(409, "being_done", _("用这个 Idempotency-Key 的请求还在处理"), _("请稍后用同一个键再问一次。"))


def answer_gone() -> Problem:
    """It was done, but what was answered then is kept no longer: somebody of whom it may speak was erased."""
    said = _("没有再执行一次；当时的答复因为有客户资料被清除，已不再保留。")
    return Problem(409, "answer_gone", _("这个请求已经执行过"), said)


def invalid(errors: Mapping[str, Any], title: str = "", titles: Mapping[str, Any] | None = None) -> Problem:
    """A form that was refused: by field what is wrong, in words; `titles` are what the fields are called."""
    fields = {name: " ".join(str(text) for text in texts) for name, texts in errors.items()}
    whole, named = fields.get(WHOLE, ""), {name: text for name, text in fields.items() if name != WHOLE}
    detail = " ".join(part for part in (whole, by_field(named, titles or {})) if part)
    return Problem(422, "invalid_form", title or _("填写的内容有误"), detail, facts={"fields": fields})


def not_from_our_page() -> Problem:
    """A session's request without the form protection of its browser: it may have been sent from elsewhere."""
    said = _("请求里没有这次登录的防伪标记（X-CSRFToken）。程序请用令牌（Authorization: Bearer）。")
    return Problem(403, "csrf_failed", _("这个请求没有执行"), said)


def failed(reference: str) -> Problem:
    """A fault of ours; by the reference whoever runs the house finds it in the log."""
    said = _(
        "这次请求没有完成，原因在我们这边。请稍后用同一个 Idempotency-Key 重试；"
        "仍不行时，请把编号 %(reference)s 告诉管理员。"
    )
    return Problem(500, "failed", _("服务出错"), said % {"reference": reference}, reference=reference)


def broken_cursor() -> Problem:
    """A cursor that was not made here, or for something else."""
    return Problem(400, "broken_cursor", _("这个 cursor 不能用"))
