"""The registration by hand as one set of forms: who, how it came, what happened, whether they are who they say."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock
from tuoshan.cases import lists
from tuoshan.cases.forms import PlaybookForm, build_form, choices_of, words
from tuoshan.catalog.models import OrderRef, Product
from tuoshan.core.playbook import Playbook
from tuoshan.intake.arrivals import Came
from tuoshan.intake.channels import MAY_HAVE_LAIN, NOT_BY_HAND, PARTICULARS, particulars_of
from tuoshan.intake.registering import Contact
from tuoshan.parties.customers import PhoneRefused, checked_phone

LONGEST_AGO = timedelta(days=366)
LONGEST_PRODUCT = 200
MOMENT = "%Y-%m-%dT%H:%M"
ORDER_FACTS = ("product", "bought_on", "amount_paid", "amount", "store")


def _moment_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, required=False, help_text=help_text, widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"]
    )


class ContactForm(forms.Form):
    """Who complains. Somebody must be reachable, unless they do not wish to be."""

    phone = forms.CharField(
        label=gettext_lazy("电话"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=gettext_lazy("邮箱"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    address = forms.CharField(
        label=gettext_lazy("地址"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    anonymous = forms.BooleanField(label=gettext_lazy("客户不留联系方式"), required=False)

    def clean_phone(self) -> str:
        """A number that can be called, as E.164."""
        text = str(self.cleaned_data["phone"]).strip()
        try:
            return checked_phone(text) if text else ""
        except PhoneRefused:
            raise forms.ValidationError(_("这不是可以拨打的电话号码，固定电话请带区号。")) from None

    def clean(self) -> dict[str, Any]:
        """Some way to answer."""
        given = self.cleaned_data
        reachable = any(given.get(name) or name in self.errors for name in ("phone", "email", "address"))
        if not reachable and not given.get("anonymous"):
            self.add_error("phone", _("请填写电话、邮箱或地址，否则无法答复；客户不愿留下时请勾选“客户不留联系方式”。"))
        return given

    def contact(self) -> Contact:
        """What was given, for a valid form."""
        return Contact(**{name: self.cleaned_data.get(name, "") for name in ("phone", "name", "email", "address")})


class CameForm(forms.Form):
    """When it reached us and the channel's own particulars; those of other channels are not looked at."""

    received_at = _moment_field(gettext_lazy("到达时间"), gettext_lazy("不填就是现在；昨晚的邮件请填昨晚"))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        for item in PARTICULARS:
            if item.kind == "moment":
                self.fields[item.name] = _moment_field(item.label)
            elif item.kind == "number":
                number = forms.NumberInput(attrs={"min": 1, "max": 9999, "inputmode": "numeric"})
                self.fields[item.name] = forms.IntegerField(
                    label=item.label, required=False, min_value=1, max_value=9999, widget=number, help_text=item.help
                )
            else:
                plain = forms.TextInput(attrs={"autocomplete": "off"})
                self.fields[item.name] = forms.CharField(
                    label=item.label, required=False, max_length=200, widget=plain, help_text=item.help
                )

    def clean_received_at(self) -> datetime | None:
        """Not to come, and not longer ago than a year: a slip of the pen."""
        moment: datetime | None = self.cleaned_data["received_at"]
        if moment is not None and moment > clock.now() + timedelta(minutes=1):
            raise forms.ValidationError(_("到达时间不能晚于现在。"))
        if moment is not None and moment < clock.now() - LONGEST_AGO:
            raise forms.ValidationError(_("到达时间早于一年前，请核对年份。"))
        return moment

    def clean(self) -> dict[str, Any]:
        """What this channel must tell."""
        for item in particulars_of(self.channel):
            if item.required and not self.cleaned_data.get(item.name) and item.name not in self.errors:
                self.add_error(item.name, _("请填写这一项。"))
        return self.cleaned_data

    def shown(self) -> list[tuple[forms.BoundField, str]]:
        """Each particular with the channels for which it is shown, as `data-when` wants it."""
        return [(self[item.name], "channel=" + "|".join(item.channels)) for item in PARTICULARS]

    @property
    def asks_arrival(self) -> bool:
        """Whether the moment of arrival stands open at once."""
        field = self["received_at"]
        return self.channel in MAY_HAVE_LAIN or bool(field.value() or field.errors)

    @property
    def arrival_channels(self) -> str:
        """The channels that open it, as `data-open-when` wants them."""
        return "channel=" + "|".join(MAY_HAVE_LAIN)

    def came(self) -> Came:
        """What was given, for a valid form."""
        given = {
            item.name: str(self.cleaned_data.get(item.name) or "")
            for item in particulars_of(self.channel) if item.kind != "moment"
        }  # fmt: skip
        due = self.cleaned_data.get("reply_due") if self.channel == "authority" else None
        return Came(self.channel, self.cleaned_data.get("received_at"), due, given)


class IdentityForm(forms.Form):
    """The result of the identity check; left open, what the comparison on the screen says."""

    note = forms.CharField(
        label=gettext_lazy("核对了什么"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, playbook: Playbook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = playbook.facts["identity"].choices if "identity" in playbook.facts else ()
        results = [("", _("按比对结果")), *((one.value, words(one.title)) for one in known)]
        self.fields["result"] = forms.ChoiceField(  # its choices are the playbook's
            label=_("身份核对"), required=False, choices=results, widget=forms.RadioSelect
        )


class ProductField(forms.CharField):
    """A product by its code, its name, or `code name` as suggested; the value is its id.

    What names no product, or more than one, gives no value: the registration keeps it as it was typed. Only a
    playbook that must have a product refuses it.
    """

    default_error_messages = {"unknown": gettext_lazy("目录里没有这个商品；请从建议中选择。")}

    def to_python(self, value: Any) -> str:
        """The id as text, empty for what is not understood. Raises ValidationError for that where one is required."""
        text = str(value or "").strip()
        found = find_product(text) if text else None
        if found is None and text and self.required:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return str(found.pk) if found is not None else ""


def find_product(text: str) -> Product | None:
    """The product of this code, `code name` or name; None unless there is exactly one. A piece of a name chooses none:
    what the customer said would be another thing."""
    code = text.split(maxsplit=1)[0]
    for condition in ({"code": text}, {"code": code}, {"name": text}):
        found = list(Product.objects.filter(is_active=True, **condition)[:2])
        if len(found) == 1:
            return found[0]
    return None


def product_text(product: Product | None) -> str:
    """As it is suggested and understood again."""
    return str(product) if product is not None else ""


class Registration:
    """The forms of one registration together. `data` None: a fresh screen."""

    def __init__(self, playbook: Playbook, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        self.playbook = playbook
        names = [item.name for item in playbook.register]
        self.has_customer = "customer" in playbook.parties
        self.has_channel = "channel" in names
        self.has_identity = self.has_customer and "identity" in playbook.facts
        given = dict(initial or {})
        self.channel = str((data.get("channel") if data is not None else given.get("channel")) or "")
        told = {item.name for item in PARTICULARS}  # asked beside the channel that tells them
        asked = [item for item in playbook.register if item.kind not in ("photo", "file") and item.name not in told]
        with lists.about(playbook.key):
            self.form: PlaybookForm = build_form(asked, data=data, initial=given)
        self.contact = ContactForm(data, prefix="customer", initial=given.get("customer"))
        self.came = CameForm(data, prefix="came", channel=self.channel, initial=given.get("came"))
        self.identity = IdentityForm(data, prefix="check", playbook=playbook)
        self._fit()

    def _fit(self) -> None:
        fields = self.form.fields
        channel = next((item for item in self.form.playbook_fields if item.name == "channel"), None)
        if channel is not None:
            by_hand = [pair for pair in choices_of(channel) if pair[0] not in NOT_BY_HAND]
            fields["channel"] = forms.ChoiceField(label=fields["channel"].label, choices=by_hand)
        if "product" in fields:
            field = ProductField(label=fields["product"].label, required=fields["product"].required)
            field.widget.attrs |= {"list": "products", "autocomplete": "off"}
            fields["product"] = field
        if "order_no" in fields:
            fields["order_no"].widget.attrs |= {"autocomplete": "off", "inputmode": "text"}
        for name in ("what_happened", "what_broken", "explanation"):
            if name in fields:
                fields[name].widget.attrs |= {"rows": 7, "class": "h-40"}
        if self.form.is_bound:
            self.contact.fields["phone"].widget.attrs.pop("autofocus", None)

    @property
    def product_said(self) -> str:
        """The product as it was typed, where the catalogue does not know it; else empty."""
        if "product" not in self.form.fields:
            return ""
        text = str(self.form["product"].value() or "").strip()[:LONGEST_PRODUCT]
        return text if text and find_product(text) is None else ""

    @property
    def parts(self) -> list[forms.Form]:
        """The forms that count for this playbook."""
        parts: list[forms.Form] = [self.form]
        parts += [self.contact] if self.has_customer else []
        parts += [self.came] if self.has_channel else []
        return [*parts, self.identity] if self.has_identity else parts

    def is_valid(self) -> bool:
        """All of them; every error is found at once."""
        valid = [part.is_valid() for part in self.parts]
        return all(valid)

    def focus_first_error(self) -> None:
        """Let the reader begin where something is wrong."""
        for part in (self.contact, self.came, self.form, self.identity):
            for name in part.fields:
                if part in self.parts and name in part.errors:
                    part.fields[name].widget.attrs["autofocus"] = True
                    return

    @property
    def fields(self) -> dict[str, forms.BoundField]:
        """The playbook's fields by name."""
        return {field.name: field for field in self.form}

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(id of the input, label, sentence) of every error, for the summary above."""
        found = []
        for part in self.parts:
            for name, problems in part.errors.items():
                field = part[name] if name in part.fields else None
                label = str(field.label) if field is not None else ""
                place = (field.id_for_label or f"{field.auto_id}_0") if field is not None else ""
                found += [(place, label, str(text)) for text in problems]
        return found

    def result_title(self, result: str) -> str:
        """How the playbook calls a result of the identity check."""
        known = self.playbook.facts["identity"].choices if self.has_identity else ()
        return next((words(one.title) for one in known if one.value == result), result)


def readable(registration: Registration) -> dict[str, Any]:
    """What can be read of a half-filled form: the values of fields without errors, for previews."""
    if not registration.form.is_bound:
        return {}
    for part in registration.parts:
        part.is_valid()
    form = registration.form
    kept = {item.name: form.cleaned_data.get(item.name) for item in form.playbook_fields}
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def with_order(data: QueryDict, order: OrderRef, *, only_empty: bool = False) -> QueryDict:
    """The form's data with the order's number, product, amount, dates and store filled in."""
    filled = data.copy()
    codes = [str(line.get("product", "")) for line in order.lines if isinstance(line, dict)]
    product = Product.objects.filter(code__in=codes).first() if codes else None
    bought = timezone.localtime(order.ordered_at).date().isoformat() if order.ordered_at else ""
    paid = str(order.paid) if order.paid is not None else ""
    known = {
        "order_no": order.order_no, "product": product_text(product), "bought_on": bought, "amount_paid": paid,
        "amount": paid, "store": str(order.unit_id or ""),
    }  # fmt: skip
    for name, value in known.items():
        if value and not (only_empty and filled.get(name, "").strip()):
            filled[name] = value
    return filled


def order_facts_empty(data: QueryDict) -> bool:
    """Whether nothing that an order could fill in has been typed yet."""
    return not any(data.get(name, "").strip() for name in ORDER_FACTS)
