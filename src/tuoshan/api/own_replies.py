"""The quick replies that the caller keeps for themselves."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from tuoshan.api.application import Id, gives, me
from tuoshan.api.formwork import as_stored, judged, posted, stored
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import ReplyIn, ReplyRow
from tuoshan.knowledge import replies
from tuoshan.knowledge.forms import QuickReplyForm
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["mine"])


def _form(request: HttpRequest, row: QuickReply, data: Any = None) -> QuickReplyForm:
    return QuickReplyForm(data, instance=row, person=me(request), may_share=False)


def _kept(request: HttpRequest, row: QuickReply, body: ReplyIn) -> int:
    values = as_stored(_form(request, row)) | body.dict(exclude_unset=True)
    form = judged(_form(request, row, posted(values)))
    return int(stored(form, form.save).instance.pk)


def _found(request: HttpRequest, pk: int) -> QuickReply:
    found: QuickReply | None = replies.own(me(request).pk).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@router.get("/me/replies", response=gives(list[ReplyRow]), url_name="own_reply_list", summary="My quick replies")
@api_permitted("api.own_reply_list")
def own_reply_list(request: HttpRequest) -> Any:
    """Those that the caller keeps for themselves; nobody else is shown them."""
    return list(replies.own(me(request).pk))


@router.post("/me/replies", response=gives(ReplyRow, 201), url_name="own_reply_make", summary="Keep a quick reply")
@api_permitted("api.own_reply_make")
@repeatable
def own_reply_make(request: HttpRequest, body: ReplyIn) -> Any:
    """For oneself alone. A variable that there is not is refused."""
    return 201, _found(request, _kept(request, QuickReply(), body))


@router.patch("/me/replies/{pk}", response=gives(ReplyRow), url_name="own_reply_change", summary="Change mine")
@api_permitted("api.own_reply_change")
def own_reply_change(request: HttpRequest, pk: Id, body: ReplyIn) -> Any:
    """One of one's own."""
    return _found(request, _kept(request, _found(request, pk), body))


@router.delete("/me/replies/{pk}", response=gives(None, 204), url_name="own_reply_remove", summary="Take mine away")
@api_permitted("api.own_reply_remove")
def own_reply_remove(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """One of one's own."""
    replies.remove(_found(request, pk))
    return 204, None
