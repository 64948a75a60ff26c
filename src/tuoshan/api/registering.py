"""Registering: what stands beside the form while somebody talks, a pasted e-mail, products, the case."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan.api.application import Id, gives, me
from tuoshan.api.commands import acting, answer, facts
from tuoshan.api.formwork import judged, posted
from tuoshan.api.orders import OrderOut, order_out
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.reading import router as cases
from tuoshan.api.reading import row_of
from tuoshan.api.repeating import idempotency_key, kept_with_the_case
from tuoshan.api.shapes import CaseRow, OutcomeOut, RegisterIn
from tuoshan.cases import library
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.catalog.models import Product
from tuoshan.core.playbook import Playbook
from tuoshan.identifiers import is_id
from tuoshan.intake import beside, pasted
from tuoshan.intake.arrivals import Came
from tuoshan.intake.channels import particulars_of
from tuoshan.intake.forms import CameForm, Registration, find_product
from tuoshan.intake.registering import Contact, IdentityCheck, register_complaint
from tuoshan.knowledge import sooner
from tuoshan.office import catalogue
from tuoshan.office.registering import may_register_into
from tuoshan.parties import customers
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["registering"])


class LookIn(Schema):
    """What has been typed so far. `values` are the playbook's registration fields."""

    playbook: str = "complaint"
    values: dict[str, Any] = {}
    phone: str = ""
    name: str = ""
    email: str = ""


class LookCase(CaseRow):
    """A case that may be about the same matter: why, and how alike the texts are in per cent (0: not compared)."""

    reasons: list[str]
    score: int


class LookOut(Schema):
    """Who calls, what they have with us, what looks like the same matter, and what we are about to promise.

    `sooner`: where the promise falls outside of working hours, the sentence that an answer is meant to come before.
    `unpromised`: why a complete form promises nothing.

    `phone`: empty, typing, unclear, known or new. `identity`: what the comparison of phone and order says.
    """

    phone: str
    masked: str
    customer_id: int | None
    name: str
    region: str
    earlier: list[CaseRow]
    likely: list[LookCase]
    orders: list[OrderOut]
    order: OrderOut | None
    order_missing: bool
    identity: str
    promised: datetime | None
    unpromised: str
    sooner: str


class EmailIn(Schema):
    """An e-mail as it was copied, headers and all."""

    pasted: str


class EmailOut(Schema):
    """What was found in it."""

    sender: str
    name: str
    phone: str
    subject: str
    received_at: datetime | None
    order_no: str
    body: str


class ProductOut(Schema):
    """A product."""

    id: int
    code: str
    name: str
    category_id: int | None


def _playbook(key: str) -> Playbook:
    try:
        return library.current(key)
    except PlaybookUnknown as error:
        raise Problem(422, "unknown_playbook", _("没有这个流程"), facts={"playbooks": library.keys()}) from error


def _came(playbook: Playbook, body: RegisterIn) -> Came:
    """How it reached us, judged by the form of the screen. Raises Problem 422 naming the fields."""
    channel = str(body.values.get("channel") or "api")
    asked = [item for item in particulars_of(channel) if item.kind != "moment"] if _has(playbook, "channel") else []
    known = {item.name for item in asked}
    strange = {name: [_("这个渠道没有这一项。")] for name in body.particulars if name not in known}
    if body.reply_due is not None and not any(item.name == "reply_due" for item in particulars_of(channel)):
        strange["reply_due"] = [_("这个渠道没有这一项。")]
    if strange:
        raise invalid(strange)
    if not _has(playbook, "channel"):
        return Came(channel, body.received_at)
    moments = {"received_at": body.received_at, "reply_due": body.reply_due}
    came: Came = judged(CameForm(posted({**body.particulars, **moments}), channel=channel)).came()
    return replace(came, received_at=body.received_at, reply_due=body.reply_due)  # to the second


def _product(playbook: Playbook, values: dict[str, Any], said: str) -> str:
    """What stays in the customer's words; as on the screen, what names one product of the catalogue becomes it."""
    chosen, said = str(values.get("product") or ""), said.strip()
    if chosen and _has(playbook, "product") and not Product.objects.filter(pk=_number(chosen)).exists():
        raise invalid({"product": [_("目录里没有这个商品；客户所说的商品请写在 product_said。")]})
    if not said:
        return ""
    if not _has(playbook, "product"):
        raise invalid({"product_said": [_("这个流程不登记商品。")]})
    if chosen:
        raise invalid({"product_said": [_("已经选了商品，不能再写客户所说的商品。")]})
    found = find_product(said)
    if found is None:
        return said
    values["product"] = str(found.pk)
    return ""


def _check_unit(request: HttpRequest, playbook: Playbook, unit_id: int | None) -> None:
    if unit_id is None:
        return
    unit = OrgUnit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Problem(422, "unknown_unit", _("没有这个单位"))
    if not may_register_into(me(request), playbook, unit):
        said = _("请不写 unit_id，工单会归到所涉门店、订单的单位或您的单位；别的单位请服务台登记。")
        raise Problem(403, "unit_out_of_reach", _("不能登记到您范围以外的单位"), said)


def _number(text: str) -> int:
    return int(text) if is_id(text) else 0


def _has(playbook: Playbook, name: str) -> bool:
    return any(item.name == name for item in playbook.register)


@cases.post("", response=gives(OutcomeOut, 201), url_name="case_register", summary="Register a case")
@api_permitted("api.case_register")
@kept_with_the_case
def case_register(request: HttpRequest, body: RegisterIn) -> tuple[int, dict[str, Any]]:
    """Begin a case; the customer is found or made by phone. What its channel must tell (an authority's name and
    document number) is required here as on the screen. Without `unit_id` it belongs to the store named, else to the
    order's unit, else to the caller's.
    """
    playbook = _playbook(body.playbook)
    _check_unit(request, playbook, body.unit_id)
    values = facts(playbook.register, body.values)
    said = _product(playbook, values, body.product_said)
    came = _came(playbook, body)
    contact = Contact(body.customer_phone, body.customer_name, body.customer_email, body.customer_address)
    checked = IdentityCheck(body.identity, body.identity_note) if body.identity else None
    try:
        registered = register_complaint(
            playbook=body.playbook, actor=acting(request), values=values, contact=contact,
            came=came.with_product(said),
            unit_id=body.unit_id, title=body.title, upload_token=body.upload_token,
            identity=checked, idempotency_key=idempotency_key(request),
        )  # fmt: skip
    except customers.PhoneRefused as error:
        said = _("这不是可以拨打的电话号码，固定电话请带区号。")
        raise Problem(
            422, "invalid_phone", _("电话号码有误"), said, facts={"fields": {"customer_phone": said}}
        ) from error
    return 201, answer(registered.outcome, playbook=playbook)


@router.post("/register/look", response=gives(LookOut), url_name="register_look", summary="What is known")
@api_permitted("api.register_look")
def register_look(request: HttpRequest, body: LookIn) -> dict[str, Any]:
    """Everything that stands beside the registration; nothing is written. A POST, so that no phone is in an address."""
    contact = {"customer-phone": body.phone, "customer-name": body.name, "customer-email": body.email}
    registration = Registration(_playbook(body.playbook), posted(body.values | contact))
    found = beside.look(registration, acting(request))
    return {
        "phone": found.phone, "masked": found.masked, "name": found.name, "region": found.region,
        "customer_id": found.customer.pk if found.customer else None,
        "earlier": [row_of(case) for case in found.earlier],
        "likely": [
            row_of(one.case) | {"reasons": [str(beside.REASONS[why]) for why in one.reasons], "score": one.score}
            for one in found.likely
        ],
        "orders": [order_out(one) for one in found.orders], "order": order_out(found.order) if found.order else None,
        "order_missing": found.order_missing, "identity": found.comparison.result if found.comparison else "",
        "promised": found.promise.due, "unpromised": found.promise.unpromised,
        "sooner": sooner.sentence(registration.playbook, found.promise.due),
    }  # fmt: skip


@router.post("/register/email", response=gives(EmailOut), url_name="register_email", summary="Read a pasted e-mail")
@api_permitted("api.register_email")
def register_email(request: HttpRequest, body: EmailIn) -> Any:
    """Sender, phone, order and words of a pasted e-mail, to be looked over and registered."""
    return pasted.read(body.pasted)


@router.get("/products", response=gives(list[ProductOut]), url_name="product_find", summary="Products")
@api_permitted("api.product_find")
def product_find(request: HttpRequest, q: str = "", category_id: Id | None = None) -> Any:
    """Those on sale whose name has the text or whose code begins so; at most twenty."""
    found = catalogue.products(q)
    return list((found.filter(category_id=category_id) if category_id else found)[: catalogue.MOST_SUGGESTED])
