"""The portal's own forms: a new complaint, looking a case up, writing to us. Steps of a process ask their own."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuoshan import punctuation
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.numbering import MisheardNumber, parse_number
from tuoshan.knowledge.company import company
from tuoshan.parties.customers import PhoneRefused, checked_phone
from tuoshan.portal.showing import language

PLAYBOOK = "complaint"
"""The process that the portal's own form begins."""
MOBILE_DIGITS = 11
MOST_TEXT = 4000
MOST_PHOTOS = 6
TRAP = "website"
"""Name of the field that people never see and programs fill in."""


def phone_problem(text: str) -> str:
    """What is wrong with a telephone number as it was typed; empty when it can be called."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit())
    digits = digits.removeprefix("0086").removeprefix("86") if len(digits) > MOBILE_DIGITS else digits
    if digits.startswith("1") and not text.strip().startswith("+") and len(digits) != MOBILE_DIGITS:
        gap = MOBILE_DIGITS - len(digits)
        if gap > 0:
            return gettext("还差 %(gap)d 位，请填写 11 位手机号") % {"gap": gap}
        return gettext("多了 %(gap)d 位，请填写 11 位手机号") % {"gap": -gap}
    try:
        checked_phone(text)
    except PhoneRefused:
        return gettext("这个号码打不通，请填写手机号，或带区号的座机号")
    return ""


class PhoneField(forms.CharField):
    """A number that can be called, with the count of missing digits said."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-phone": ""}
        kwargs.setdefault("error_messages", {"required": _("请填写手机号")})
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """The number as E.164."""
        text = super().clean(value)
        if problem := phone_problem(text):
            raise ValidationError(problem)
        return checked_phone(text)


class TrackForm(forms.Form):
    """Number and full phone."""

    number = forms.CharField(
        label=_("工单编号"), max_length=60, error_messages={"required": _("请填写工单编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    phone = PhoneField(label=_("登记时的手机号"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ids of its own: on the first page it stands beside the form for a new case."""
        super().__init__(*args, **{"auto_id": "track_%s", **kwargs})

    def clean_number(self) -> str:
        """The canonical number, however it was heard or typed."""
        try:
            return parse_number(self.cleaned_data["number"])
        except MisheardNumber as misheard:
            raise ValidationError(misheard.reason("en" if language().startswith("en") else "zh")) from misheard


class SubmitForm(forms.Form):
    """A new complaint. Only what happened, a name and a phone are needed; the playbook says how its fields are put. A
    mail address is asked where the company tells its customers by mail.
    """

    what_happened = forms.CharField(
        max_length=MOST_TEXT, strip=True,
        error_messages={"required": _("请写下出了什么问题，一句话也可以")},
        widget=forms.Textarea(
            attrs={"rows": 4, "placeholder": _("例如：洗衣机脱水时抖动，底部漏水；上周六在门店购买")}
        ),
    )  # fmt: skip
    product = forms.CharField(
        max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    order_no = forms.CharField(
        max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    wish = forms.CharField(
        max_length=MOST_TEXT, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("例如：上门维修，或者换一台")}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("怎么称呼您"), max_length=80, error_messages={"required": _("请填写称呼，例如：王女士")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = PhoneField(label=_("手机号"), help_text=_("用来通知进展，也用来查询"))
    email = forms.EmailField(
        label=_("邮箱"), max_length=200, required=False,
        error_messages={"invalid": _("请填写完整的邮箱地址，例如 wang@example.com，或留空")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = company().way
        if self.way == "mail":
            self.fields["phone"].help_text = _("用来查询；没有留邮箱时也用来通知进展")
            self.fields["email"].help_text = _("用来通知进展")
        elif self.way == "both":
            self.fields["email"].help_text = _("短信之外，也用邮件通知进展")
        else:
            del self.fields["email"]
        for known in library.current(PLAYBOOK).register:
            if known.name in self.fields:
                as_read = known.for_customer()
                self.fields[known.name].label = words(as_read.label)
                self.fields[known.name].help_text = words(as_read.help)

    def agreed(self) -> str:
        """What sending it agrees to: by which way the customer is told."""
        said = {
            "mail": gettext("点“提交”即同意我们为处理这件事使用您填写的信息，并用邮件告诉您进展，没有留邮箱的用短信。"),
            "both": gettext("点“提交”即同意我们为处理这件事使用您填写的信息，并用短信和邮件告诉您进展。"),
        }  # fmt: skip
        usual = gettext("点“提交”即同意我们为处理这件事使用您填写的信息，并用短信告诉您进展。")
        following = gettext("提交后会给您一个编号，凭编号和手机号随时查询。")
        return punctuation.sentences([said.get(self.way, usual), following])

    def trapped(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(str(self.data.get(TRAP, "")).strip())


class WriteForm(forms.Form):
    """A word to us, with or without photos."""

    text = forms.CharField(
        label=_("给我们留言"), max_length=MOST_TEXT, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("补充情况，或者提问")}),
    )  # fmt: skip
