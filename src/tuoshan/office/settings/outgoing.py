"""How the company presents itself, and the ports by which mail and short messages leave the house."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars
from tuoshan.integrations import mail, sms
from tuoshan.integrations.models import ContactPreference, OutgoingMessage, SmsGateway
from tuoshan.knowledge.company import Company, company, set_company
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import Both, both
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.permissions import may_change
from tuoshan.secrets import HIDDEN, mask_address, mask_email, mask_phone

Way = ContactPreference.Way
WAYS = (Way.SMS, Way.MAIL, Way.BOTH)
"""By which a company may tell its customers; only a customer can wish for no messages."""
GATEWAY_FIELDS = ("name", "url", "method", "format", "body", "success", "id_path", "timeout_seconds", "is_on")


def gateway_for(reader: Any) -> SmsGateway:
    """The gateway, or an empty one; who may not change it reads neither its body nor more of its address than the host.
    """
    port = SmsGateway.objects.order_by("-is_on", "-id").first() or SmsGateway()
    if not may_change(reader, "workbench.settings_outgoing"):
        port.url, port.body = mask_address(port.url), HIDDEN if port.pk else ""
    return port


class CompanyForm(forms.Form):
    """Name and how customers reach the company (on the portal, in messages, on paper), how it tells them, and the
    default unit.
    """

    name = forms.CharField(label=gettext_lazy("公司名称"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=120, required=False)
    hotline = forms.CharField(label=gettext_lazy("客服热线"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("客服邮箱"), required=False)
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    website = forms.URLField(label=gettext_lazy("网站"), required=False, assume_scheme="https")
    hours = forms.CharField(
        label=gettext_lazy("服务时间"), max_length=120, required=False,
        help_text=gettext_lazy("写给客户看的，例如：每天 9:00 至 21:00"),
    )  # fmt: skip
    hours_en = forms.CharField(
        label=gettext_lazy("服务时间（英文）"), max_length=120, required=False,
        help_text=gettext_lazy("英文页面和英文消息用，例如：Daily 9:00–21:00"),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=gettext_lazy("消息怎样发给客户"), required=False, choices=[(way.value, way.label) for way in WAYS],
        help_text=gettext_lazy("客户另有要求的照客户的；客户没有留下这种联系方式的，用留下的那种"),
    )  # fmt: skip
    unit = forms.ChoiceField(
        label=gettext_lazy("网上和接口工单的默认单位"), required=False,
        help_text=gettext_lazy("网上提交、接口登记和导入的工单，门店和订单都没有写明单位时归它；不选就归公司本级"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.filter(is_active=True).order_by("path")
        self.fields["unit"].choices = [("", _("公司本级")), *((row.code, row.name) for row in units)]  # type: ignore[attr-defined]

    def clean_way(self) -> str:
        """As it was, where nothing is said of it."""
        return str(self.cleaned_data["way"] or company().way)


def store_company(request: HttpRequest, form: CompanyForm) -> None:
    before, after = company(), Company(**form.cleaned_data)
    with write_transaction():
        set_company(after, valid_from=clock.now(), person_id=request.user.pk)
        recording.record(
            request, "outgoing", "company", both(lambda: _("公司信息")), before=both(lambda: _read(before)),
            after=both(lambda: _read(after)), action="changed",
            labels=both(lambda: {name: str(field.label) for name, field in form.fields.items()}),
        )  # fmt: skip
    calendars.forget()


def _read(values: Company) -> dict[str, str]:
    """The company as people read it."""
    return asdict(values) | {"way": str(Way(values.way).label)}


def send_test(row: OutgoingMessage, channel: str) -> str:
    if channel == "mail":
        validate_email(row.to)
        if not mail.is_set_up():
            return _("没有设置邮件服务器，测试邮件已放进外发信箱：%(name)s") % {"name": mail.lay_down(row)}
        mail.send(row)
        return _("测试邮件已交给邮件服务器。")
    port = sms.gateway()
    if port is None:
        raise forms.ValidationError(_("还没有启用的短信网关。"))
    if not row.to.lstrip("+").isdigit():
        raise forms.ValidationError(_("请填写手机号码。"))
    return _("短信网关已接收，回执编号：%(number)s") % {"number": sms.send(port, row) or "–"}


def test(request: HttpRequest, channel: str, to: str) -> str:
    """Send one test message, at once and to one recipient; what became of it, in words.

    Raises DeliveryError, DeliveryRefused and ValidationError.
    """
    row = OutgoingMessage(
        key=f"test-{identifiers.token()}", channel=channel, to=to, subject=_("妥善：测试消息"),
        body=_("这是一条测试消息，收到说明设置无误。"), at=clock.now(),
    )  # fmt: skip
    shown = send_test(row, channel)
    masked = mask_email(to) if channel == "mail" else mask_phone(to)
    with write_transaction():
        recording.record(
            request, "outgoing", "test", both(lambda: _("测试消息")), action="done",
            after=Both({"to": masked}, {"to": masked}), labels=both(lambda: {"to": _("收件人")}),
        )  # fmt: skip
    return shown
