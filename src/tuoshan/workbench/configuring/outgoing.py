"""How the company presents itself, and the ports by which mail and short messages leave the house."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan.integrations import mail, sms
from tuoshan.integrations.failures import DeliveryError, DeliveryRefused
from tuoshan.integrations.forms import SmsGatewayForm
from tuoshan.knowledge.company import company
from tuoshan.office.settings import recording
from tuoshan.office.settings.outgoing import GATEWAY_FIELDS, CompanyForm, gateway_for, store_company, test
from tuoshan.parties.permissions import permitted


@sensitive_post_parameters("headers")
@permitted("workbench.settings_outgoing")
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing(request: HttpRequest) -> HttpResponse:
    """Company, mail, short messages."""
    which = request.POST.get("which", "")
    port = gateway_for(request.user)
    company_form = CompanyForm(request.POST if which == "company" else None, initial=asdict(company()), prefix="c")
    gateway_form = SmsGatewayForm(request.POST if which == "gateway" else None, instance=port, prefix="g")
    if which == "company" and company_form.is_valid():
        store_company(request, company_form)
        messages.success(request, _("公司信息已保存。"))
        return redirect("workbench:settings_outgoing")
    if which == "gateway" and gateway_form.is_valid():
        title = recording.both(lambda: _("短信网关"))
        with recording.recorded(request, "outgoing", gateway_form.instance, GATEWAY_FIELDS, title=title):
            gateway_form.save()
        messages.success(request, _("短信网关已保存。"))
        return redirect("workbench:settings_outgoing")
    wrong = bool(company_form.errors or gateway_form.errors)
    context: dict[str, Any] = {
        "company_form": company_form, "gateway_form": gateway_form, "mail_is_set_up": mail.is_set_up(),
        "mail_host": settings.EMAIL_HOST, "mail_port": settings.EMAIL_PORT, "mail_from": settings.DEFAULT_FROM_EMAIL,
        "mail_user": settings.EMAIL_HOST_USER,
        "mail_safety": "STARTTLS" if settings.EMAIL_USE_TLS else "TLS" if settings.EMAIL_USE_SSL else _("不加密"),
        "gateway": sms.gateway(), "headers_kept": bool(port.pk and port.headers),
        "changes": recording.changes("outgoing"),
    }  # fmt: skip
    return render(request, "workbench/settings/outgoing.html", context, status=422 if wrong else 200)


@permitted("workbench.settings_outgoing_test")
@require_POST
def outgoing_test(request: HttpRequest) -> HttpResponse:
    """Send one test message, at once and to one recipient; the answer is shown."""
    channel, to = request.POST.get("channel", ""), request.POST.get("to", "").strip()
    try:
        shown = test(request, channel, to)
    except (DeliveryError, DeliveryRefused) as error:
        messages.error(request, _("没有发出去：%(what)s") % {"what": str(error)[:300]})
        return redirect("workbench:settings_outgoing")
    except forms.ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("workbench:settings_outgoing")
    messages.success(request, shown)
    return redirect("workbench:settings_outgoing")


urlpatterns: list[URLPattern] = [
    path("settings/outgoing/", outgoing, name="settings_outgoing"),
    path("settings/outgoing/test", outgoing_test, name="settings_outgoing_test"),
]
