"""Customers' records at work: who sees which, correcting them, joining two that are one, erasing; each is recorded."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock, punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import erasing, queries
from tuoshan.cases.models import Case
from tuoshan.intake import acquainted
from tuoshan.intake.beside import region_of
from tuoshan.integrations.models import ContactPreference
from tuoshan.knowledge.company import company
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import both
from tuoshan.parties import customers
from tuoshan.parties.models import Customer, CustomerChange
from tuoshan.parties.permissions import WRITERS, allowed
from tuoshan.parties.reach import reach
from tuoshan.secrets import mask_email, mask_name, mask_phone, normalised

MOST_FOUND = 20
MOST_TOLD = 50
"""So many of an erased customer's cases are named in the record of changes."""
LABELS = {
    "name": gettext_lazy("姓名"), "phone": gettext_lazy("电话"), "email": gettext_lazy("邮箱"),
    "address": gettext_lazy("地址"), "language": gettext_lazy("语言"), "way": gettext_lazy("消息怎样发给客户"),
}  # fmt: skip
LANGUAGES = {"zh-hans": "简体中文", "en": "English"}
Way = ContactPreference.Way


class PhoneTaken(Exception):
    """The phone is that of another customer, of whom the person may or may not know."""

    def __init__(self, other: Customer) -> None:
        super().__init__(_("这个电话登记在另一位客户名下。"))
        self.other = other


class NotInCharge(PermissionDenied):
    """Who sees not all of a customer's cases leaves the record as it is."""

    def __init__(self) -> None:
        super().__init__(_("这位客户还有您看不到的工单或资料。要更正或合并，请联系服务台或主管。"))


# -- who sees which ------------------------------------------------------------------------------------------------


def visible(person: Any) -> QuerySet[Customer]:
    """Customers of whom the person sees a case; for whoever sees every case, all."""
    living = Customer.objects.filter(erased_at=None)
    if reach(person).everything:
        return living
    mine = queries.reachable(person).filter(customer_id=OuterRef("pk")).order_by()
    return living.filter(Exists(mine))


def seen(person: Any, number: int) -> Customer | None:
    """The customer of this id, or whom they turned out to be, if the person may see them."""
    found = customers.living(number)
    return found if found is not None and visible(person).filter(pk=found.pk).exists() else None


def searched(person: Any, text: str) -> QuerySet[Customer]:
    """By phone (whole, or the last four digits), mail address or name, newest first."""
    return customers.search(text).filter(pk__in=visible(person).order_by().values("pk"))


def search(person: Any, text: str) -> list[Customer]:
    """The first twenty of them."""
    return list(searched(person, text)[:MOST_FOUND])


def sees_plain(person: Any) -> bool:
    """Whether contact data is shown as it is; who only reads sees it masked."""
    return not WRITERS.isdisjoint(person.role_keys())


def cases_of(person: Any, customer_id: int) -> QuerySet[Case]:
    """The customer's cases within the person's reach, open ones first."""
    return queries.reachable(person).filter(customer_id=customer_id).order_by("ended", "-id")


def case_counts(person: Any, found: Sequence[Customer]) -> dict[int, int]:
    """How many cases of each of these customers lie within the person's reach; none where it is not named."""
    theirs = queries.reachable(person).filter(customer_id__in=[one.pk for one in found]).order_by()
    return dict(theirs.values_list("customer_id").annotate(n=Count("pk")))


def in_charge(person: Any, customer: Customer) -> bool:
    """Whether the person sees all of the customer's cases, and so may read and put right all of the record."""
    return bool(acquainted.in_charge(person, [customer.pk]))


def must_be_in_charge(person: Any, *concerned: Customer) -> None:
    """Raises NotInCharge unless the person sees all cases of each of them."""
    if not all(in_charge(person, one) for one in concerned):
        raise NotInCharge


def particulars(person: Any, customer: Customer) -> dict[str, str]:
    """What is on record, as this person may read it: whole for who is in charge of it; for who handles one of the
    customer's cases beside others that they do not see, the one way by which to call or write; else masked.
    """
    return particulars_of(person, [customer])[customer.pk]


def particulars_of(person: Any, found: Sequence[Customer]) -> dict[int, dict[str, str]]:
    """The same of several, by their ids, with as many statements as for one."""
    may_call = callable_customers(person, [one.pk for one in found])
    whole = acquainted.entire(person, may_call) if may_call else set()
    shown = {}
    for one, values in zip(found, _stored(found), strict=True):
        hidden = set(_HIDDEN)
        if one.pk in may_call:
            hidden -= set(_HIDDEN) if one.pk in whole else {"phone" if one.phone else "email"}
        shown[one.pk] = values | {name: masked(name, values[name]) for name in hidden}
    return shown


def callable_customers(person: Any, ids: Collection[int]) -> set[int]:
    """Of these customers those whose phone the person reads in full."""
    return acquainted.known(person, ids) if sees_plain(person) else set()


def stored(customer: Customer) -> dict[str, str]:
    """What is on record, the wish how to be told included (empty: the company's way)."""
    return _stored([customer])[0]


def _stored(found: Sequence[Customer]) -> list[dict[str, str]]:
    wishes = ContactPreference.objects.filter(customer_id__in=[one.pk for one in found])
    ways = dict(wishes.values_list("customer_id", "way"))
    return [
        {name: str(getattr(one, name)) for name in customers.CORRECTED} | {"way": ways.get(one.pk, "")} for one in found
    ]


def house_way() -> str:
    """How customers are told who have said nothing."""
    return str(Way(company().way).label)


def masked_address(text: str) -> str:
    """Province and city alone."""
    return f"{region_of(text)}****" if text else ""


_MASKS = {"name": mask_name, "phone": mask_phone, "email": mask_email, "address": masked_address}
_HIDDEN = ("phone", "email", "address")


def masked(name: str, value: str) -> str:
    """A value fit for the record of changes."""
    return _MASKS[name](value) if name in _MASKS else value


# -- correcting ----------------------------------------------------------------------------------------------------


class CustomerForm(forms.Form):
    """A customer's record put right. A phone of another customer is no error of the form: `PhoneTaken` says whose."""

    name = forms.CharField(label=LABELS["name"], required=False, max_length=80)
    phone = forms.CharField(
        label=LABELS["phone"], required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("改正后，只能用新电话查询；发到旧电话的链接不再能打开"),
    )  # fmt: skip
    email = forms.EmailField(
        label=LABELS["email"], required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    address = forms.CharField(
        label=LABELS["address"], required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    language = forms.ChoiceField(label=LABELS["language"], required=False)
    way = forms.ChoiceField(label=LABELS["way"], required=False)

    def __init__(self, data: Any = None, *, customer: Customer) -> None:
        self.customer = customer
        super().__init__(data, initial=stored(customer))
        self.fields["language"].choices = [("", _("中文（未说明）")), *LANGUAGES.items()]  # type: ignore[attr-defined]
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            ("", _("公司的方式（%(way)s）") % {"way": house_way()}), *Way.choices
        ]  # fmt: skip

    def clean_phone(self) -> str:
        given = str(self.cleaned_data["phone"]).strip()
        if not given or normalised(given, "phone") == normalised(self.customer.phone, "phone"):
            return self.customer.phone if given else ""
        try:
            return customers.checked_phone(given)
        except customers.PhoneRefused:
            raise forms.ValidationError(_("这不是能拨打的电话号码。")) from None

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if self.errors:
            return values
        way = values.get("way", "")
        if way in (Way.SMS, Way.BOTH) and not values.get("phone"):
            self.add_error("phone", _("要发短信，请填写电话。"))
        if way in (Way.MAIL, Way.BOTH) and not values.get("email"):
            self.add_error("email", _("要发邮件，请填写邮箱。"))
        if not any(values.get(name) for name in ("name", "phone", "email")):
            self.add_error(None, _("姓名、电话、邮箱至少留一项；要全部去掉，请删除客户的个人信息。"))
        return values


def correct(by: Any, customer: Customer, values: Mapping[str, Any]) -> bool:
    """Put the record right; whether anything changed. Raises PhoneTaken for a phone of another customer and
    NotInCharge for who does not see all of the customer's cases.
    """
    must_be_in_charge(by, customer)
    given = {name: str(values[name]) for name in customers.CORRECTED if name in values}
    other = customers.by_phone(given.get("phone", ""))
    if other is not None and other.pk != customer.pk:
        raise PhoneTaken(other)
    try:
        with write_transaction():
            must_be_in_charge(by, customer)
            before = stored(customer)
            changed = dict(customers.correct(customer, given))
            if "way" in values and values["way"] != before["way"]:
                changed["way"] = before["way"]
                _keep_wish(customer, str(values["way"]))
            _record(by, customer, CustomerChange.Action.CHANGED, changed, stored(customer))
    except IntegrityError:  # the same number was given to somebody else at this moment
        other = customers.by_phone(given.get("phone", ""))
        if other is None or other.pk == customer.pk:
            raise
        raise PhoneTaken(other) from None
    return bool(changed)


def _keep_wish(customer: Customer, way: str) -> None:
    if way:
        ContactPreference.objects.update_or_create(
            customer_id=customer.pk, defaults={"way": way, "changed_at": clock.now()}
        )
    else:
        ContactPreference.objects.filter(customer_id=customer.pk).delete()


def _record(
    by: Any, customer: Customer, action: str, before: Mapping[str, str], after: Mapping[str, str],
    *, always: bool = False,
) -> None:  # fmt: skip
    fields = [
        {"name": name, "before": masked(name, before[name]), "after": masked(name, after.get(name, ""))}
        for name in LABELS if name in before
    ]  # fmt: skip
    if fields or always:
        CustomerChange.objects.create(
            customer=customer, action=action, person=by, at=clock.now(),
            content=json.dumps(fields, ensure_ascii=False) if fields else "",
        )  # fmt: skip


# -- joining and erasing -------------------------------------------------------------------------------------------


def join(by: Any, customer: Customer, into: Customer) -> Customer:
    """The two are one person: the cases of the first are the second's from now on. Gives whom it is now.

    Raises ValueError when they are the same, or one is erased, and NotInCharge for who does not see all cases of both.
    """
    with write_transaction():
        must_be_in_charge(by, customer, into)
        was = stored(customer)
        customers.join(customer, into)
        now = stored(into)
        differing = {name: was[name] for name in customers.CORRECTED if was[name] and was[name] != now[name]}
        _record(by, into, CustomerChange.Action.JOINED, differing, now, always=True)
    return into


def erase(by: Any, customer: Customer) -> None:
    """The person goes, the cases stay. Erasing again changes nothing."""
    with write_transaction():
        if Customer.objects.select_for_update().filter(pk=customer.pk, erased_at=None).first() is None:
            return
        numbers = erasing.recorded(customer.pk, by)
        customers.erase(customer)
        _record(by, customer, CustomerChange.Action.ERASED, {}, {}, always=True)
        _tell_record(by, customer, numbers)


def _tell_record(by: Any, customer: Customer, numbers: Sequence[str]) -> None:
    """The erasure in the record of changes, by the customer's id and the numbers of the cases alone."""
    told = {"cases": punctuation.listed(numbers[:MOST_TOLD])} if numbers else {}
    recording.record_by(
        by, "customers", customer.pk, both(lambda: _("客户 %(number)s 的个人信息") % {"number": customer.pk}),
        after=both(lambda: told), labels=both(lambda: {"cases": _("涉及的工单")}), action="removed",
    )  # fmt: skip


@dataclass(frozen=True)
class Erased:
    """That a customer was erased, when and by whom; `by` is empty where that is not known."""

    number: int
    at: datetime
    by: str
    by_id: int | None


def erased(person: Any, number: int) -> Erased | None:
    """What is left of an erased customer, for who may read the record of changes; else None."""
    if not allowed(person, "workbench.settings_changes"):
        return None
    found = Customer.objects.filter(pk=number, erased_at__isnull=False, joined_into=None).first()
    if found is None or found.erased_at is None:
        return None
    change = found.changes.filter(action=CustomerChange.Action.ERASED).select_related("person").first()
    by = change.person if change is not None else None
    return Erased(found.pk, found.erased_at, str(by or ""), by.pk if by is not None else None)


# -- what was changed ----------------------------------------------------------------------------------------------


def changes(person: Any, customer: Customer, most: int = 50) -> list[dict[str, Any]]:
    """The newest first: who did what when, each field with its masked values in the language in force. None for who
    does not see all of the customer's cases.
    """
    if not in_charge(person, customer):
        return []
    return told(changes_of(customer)[:most])


def changes_of(customer: Customer) -> QuerySet[CustomerChange]:
    """The rows themselves, for who is in charge of the customer; the newest first."""
    return customer.changes.select_related("person").order_by("-at", "-id")


def told(rows: Iterable[CustomerChange]) -> list[dict[str, Any]]:
    """Changes as they are shown."""
    return [
        {
            "at": row.at, "who": str(row.person or ""), "person_id": row.person_id, "action": row.action,
            "title": row.get_action_display(), "fields": [_shown(one) for one in row.fields],
        }
        for row in rows
    ]  # fmt: skip


def _shown(field: Mapping[str, str]) -> dict[str, str]:
    name = field["name"]
    return {"name": name, "label": str(LABELS.get(name, name))} | {
        part: value_title(name, field[part]) for part in ("before", "after")
    }


def value_title(name: str, value: str) -> str:
    """A value in words: the way and the language by their titles."""
    if name == "way":
        return str(Way(value).label) if value in Way.values else _("公司的方式")
    return LANGUAGES.get(value, _("未说明")) if name == "language" else value
