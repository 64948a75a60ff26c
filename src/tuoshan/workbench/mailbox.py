"""Everything that left the house or waits to: the outbox as a screen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuoshan.cases import service
from tuoshan.cases.models import Case
from tuoshan.identifiers import is_id
from tuoshan.integrations import mailbox as outbox
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.office.mailbox import customers_page, not_waiting, recipient, sees_recipients, subject_of, text_of, within
from tuoshan.parties.permissions import allowed, permitted

SHOWN = 50
ICONS = {"sms": "phone", "mail": "mail", "letter": "file", "in_app": "globe"}
LOOKS = {"pending": "c-warn", "sent": "c-ok", "failed": "c-late", "folder": "c-plain", "cancelled": "c-plain"}


def _chosen(text: str, choices: Any) -> str:
    if text and text not in choices.values:
        raise Http404
    return text


@permitted("workbench.mailbox")
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Newest first, by way and status."""
    channel = _chosen(request.GET.get("channel", ""), OutgoingMessage.Channel)
    status = _chosen(request.GET.get("status", ""), OutgoingMessage.Status)
    before = request.GET.get("before", "")
    listed = outbox.listing(channel=channel, status=status, before=int(before) if is_id(before) else None)
    found = list(within(request.user, listed)[: SHOWN + 1])
    rows = found[:SHOWN]
    whole = sees_recipients(request.user)
    cases = Case.objects.defer("snapshot").in_bulk({row.case_id for row in rows if row.case_id})
    context = {
        "rows": [
            {
                "message": row, "to": recipient(row, whole=whole), "case": cases.get(row.case_id or 0),
                "icon": ICONS.get(row.channel, "mail"), "look": LOOKS.get(row.status, "c-plain"),
                "text": text_of(row, whole=whole), "subject": subject_of(row),
            }
            for row in rows
        ],
        "channels": OutgoingMessage.Channel.choices, "statuses": OutgoingMessage.Status.choices,
        "channel": channel, "status": status, "may_send": allowed(request.user, "workbench.mailbox_retry"),
        "next_url": f"?channel={channel}&status={status}&before={rows[-1].id}" if len(found) > SHOWN else "",
    }  # fmt: skip
    return render(request, "workbench/mailbox/page.html", context)


def _find(request: HttpRequest, pk: int) -> OutgoingMessage:
    row = within(request.user, OutgoingMessage.objects.filter(pk=pk)).first()
    if row is None:
        raise Http404
    return row


@permitted("workbench.mailbox_message")
@require_safe
def mailbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it went out, with what is known of its delivery."""
    row = _find(request, pk)
    whole = sees_recipients(request.user)
    context = {
        "message": row, "to": recipient(row, whole=whole), "text": text_of(row, whole=whole),
        "subject": subject_of(row),
        "case": Case.objects.defer("snapshot").filter(pk=row.case_id or 0).first(),
        "look": LOOKS.get(row.status, "c-plain"), "may_send": allowed(request.user, "workbench.mailbox_retry"),
        "may_open": allowed(request.user, "workbench.mailbox_open") and bool(customers_page(row)),
    }  # fmt: skip
    return render(request, "workbench/mailbox/message.html", context)


@permitted("workbench.mailbox_open")
@require_POST
def mailbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the customer's side in a demo: the case keeps who opened it, then the customer's own page follows."""
    row = _find(request, pk)
    page = customers_page(row)
    if not page or row.case_id is None:
        raise Http404
    service.record(case_id=row.case_id, name="opened_as_customer", actor=service.ActingAs.by_person(request.user))
    return redirect(page)


@permitted("workbench.mailbox_retry")
@require_POST
def mailbox_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed message once more."""
    row = _find(request, pk)
    if row.status == OutgoingMessage.Status.FAILED and outbox.try_again(row):
        messages.success(request, _("已放回，马上再发一次。"))
    else:
        messages.warning(request, not_waiting())
    return redirect("workbench:mailbox_message", pk=row.pk)


urlpatterns = [
    path("mailbox", mailbox, name="mailbox"),
    path("mailbox/<int:pk>", mailbox_message, name="mailbox_message"),
    path("mailbox/<int:pk>/retry", mailbox_retry, name="mailbox_retry"),
    path("mailbox/<int:pk>/open", mailbox_open, name="mailbox_open"),
]
