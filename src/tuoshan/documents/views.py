"""Addresses of the evidence: the file, its thumbnail, and the upload used by every form with files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock
from tuoshan.documents import access, evidence, storage
from tuoshan.documents.models import Evidence
from tuoshan.documents.serving import file_response
from tuoshan.documents.throttle import may_upload
from tuoshan.identifiers import is_id
from tuoshan.parties.permissions import permitted

_THUMBNAIL_SECONDS = 3600


@permitted("documents.serve")
@require_safe
def serve(request: HttpRequest, evidence_id: int) -> HttpResponseBase:
    """The file itself: pictures and PDF in the page, the rest (and all with `?download=1`) to be saved."""
    row = _visible(request, evidence_id)
    try:
        return file_response(
            request,
            storage.path_of(row.stored_hash),
            content_type=row.content_type,
            name=evidence.download_name(row),
            tag=row.stored_hash,
            attachment="download" in request.GET,
        )
    except FileNotFoundError as error:
        raise Http404 from error


@permitted("documents.thumbnail")
@require_safe
def thumbnail(request: HttpRequest, evidence_id: int) -> HttpResponseBase:
    """The small picture of an image, as WebP."""
    row = _visible(request, evidence_id)
    try:
        return file_response(
            request,
            storage.thumbnail_path_of(row.stored_hash),
            content_type="image/webp",
            name=f"{row.id}.webp",
            tag=f"{row.stored_hash}-small",
            attachment=False,
            keep_seconds=_THUMBNAIL_SECONDS,
        )
    except FileNotFoundError as error:
        raise Http404 from error


@permitted("documents.upload")
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Takes one file (`file`, `kind`, and `token` of a draft or `case`).

    Answers 201 `{id, name, kind, content_type, size, url, thumb_url}`; 422 `{error, reason, name}` when the file is
    refused; 403 when the case is not theirs; 429 when a visitor uploads too much in an hour.
    """
    if not _may_upload(request):
        return _refused(_("上传过于频繁，请一小时后再试。"), "too_often", 429)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _refused(_("没有收到文件，请重新选择。"), "no_file", 422)
    kind = request.POST.get("kind") or kind_of_type(file.content_type or "")
    if kind not in Evidence.Kind.values:
        return _refused(_("不认识的凭证类别。"), "unknown_kind", 422)
    case = request.POST.get("case", "")
    if case and not (is_id(case) and access.may_add(request, int(case))):
        return _refused(_("您不能向该工单添加凭证。"), "not_allowed", 403)
    token = "" if case else request.POST.get("token", "")
    taken = _accept(request, file, int(case) if case else None, token, kind)
    if isinstance(taken, evidence.Rejected):
        reply = {"error": taken.sentence, "reason": taken.reason, "name": taken.name}
        return JsonResponse(reply, status=422)
    return JsonResponse(described(taken, token), status=201)


def take_from_form(request: HttpRequest, token: str, *, field: str = "files") -> list[evidence.Rejected]:
    """Takes the files that came with a form itself (a browser without script) into its draft: what was refused.

    The caller binds the draft afterwards as always. Visitors are throttled here too; then nothing more is taken.
    """
    refused: list[evidence.Rejected] = []
    for file in request.FILES.getlist(field):
        if not _may_upload(request):
            refused.append(evidence.Rejected("too_often", evidence.clean_name(file.name)))
            continue
        taken = _accept(request, file, None, token, kind_of_type(file.content_type or ""))
        if isinstance(taken, evidence.Rejected):
            refused.append(taken)
    return refused


def _accept(
    request: HttpRequest, file: UploadedFile[bytes], case_id: int | None, token: str, kind: str
) -> Evidence | evidence.Rejected:
    person_id = access.staff_id(request)
    return evidence.accept(
        file=file,
        case_id=case_id,
        upload_token=None if case_id is not None else token,
        actor_kind="customer" if person_id is None else "person",
        actor_id=person_id,
        kind=kind,
        now=clock.now(),
        holders=() if case_id is not None else access.holders(request),
    )


def _refused(sentence: str, reason: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence, "reason": reason}, status=status)


@permitted("documents.discard")
@require_POST
def discard(request: HttpRequest) -> JsonResponse:
    """Takes a file (`id`) out of the draft (`token`) before the form is sent."""
    number = request.POST.get("id", "")
    token = request.POST.get("token", "")
    if is_id(number) and evidence.remove_draft(token, int(number), access.holders(request)):
        return JsonResponse({"id": number})
    return _refused(_("该文件已不在待提交的列表中。"), "not_found", 404)


@permitted("documents.drafted")
@require_POST
def drafted(request: HttpRequest) -> JsonResponse:
    """What lies in the draft (`token`): a form that is restored after a lapsed session shows it again.

    `files` as the upload describes each, `taken` the ids of those that a case has taken since. Both are empty for a
    token that is too old or somebody else's.
    """
    token, holders = request.POST.get("token", ""), access.holders(request)
    found = evidence.of_draft(token, holders)
    taken = [str(number) for number in evidence.taken_of_draft(token, holders)]
    return JsonResponse({"files": [described(row, token) for row in found], "taken": taken})


def lapsed(request: HttpRequest) -> str:
    """What is said where the form that was sent shows files that are not there any more; empty where all are."""
    shown = {int(number) for number in request.POST.getlist("upload_ids") if is_id(number)}
    count = evidence.gone_from_draft(request.POST.get("upload_token", ""), shown, access.holders(request))
    if not count:
        return ""
    return ngettext(
        "有 %(count)d 个上传的文件已过保存时间，没有提交。请重新添加，再提交一次；填写的内容都还在。",
        "有 %(count)d 个上传的文件已过保存时间，没有提交。请重新添加，再提交一次；填写的内容都还在。",
        count,
    ) % {"count": count}


def kind_of_type(content_type: str) -> str:
    """The kind assumed when a form leaves it open, from the browser's guess of the type; only a label."""
    family = content_type.partition("/")[0]
    return {"image": "photo", "video": "video", "audio": "recording"}.get(family, "other")


def described(row: Evidence, token: str = "") -> dict[str, Any]:
    """What a page needs to show a file; with `token`, addresses that its holder may open."""
    query = f"?{urlencode({'token': token})}" if token else ""
    small = reverse("documents:thumbnail", args=[row.id]) + query if row.family == "image" else ""
    return {
        # A text: 63-bit numbers lose their last digits in JavaScript.
        "id": str(row.id),
        "name": row.original_name,
        "kind": row.kind,
        "content_type": row.content_type,
        "size": row.size,
        "url": reverse("documents:serve", args=[row.id]) + query,
        "thumb_url": small,
    }


def _visible(request: HttpRequest, evidence_id: int) -> Evidence:
    """The row, or 404 both when there is none and when it is not theirs, so that ids cannot be probed."""
    row = Evidence.objects.filter(id=evidence_id).first()
    if row is None or not access.may_see(request, row):
        raise Http404
    return row


def _may_upload(request: HttpRequest) -> bool:
    """Counts the attempt against every source of a visitor; staff are not counted."""
    if access.staff_id(request) is not None:
        return True
    now = clock.now()
    within = [may_upload(source, now) for source in _sources(request)]
    return all(within)


def _sources(request: HttpRequest) -> list[str]:
    session = getattr(request, "session", None)
    address = request.META.get("REMOTE_ADDR", "")
    if getattr(settings, "USE_X_FORWARDED_HOST", False):
        # Behind a proxy the last entry is the one that our own proxy wrote.
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    key = session.session_key if session is not None else None
    return [f"address {address}"] + ([f"session {key}"] if key else [])
