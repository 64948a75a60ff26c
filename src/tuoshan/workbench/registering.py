"""How a case comes in by hand: one calm screen beside which everything known appears while somebody talks."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock, identifiers
from tuoshan.cases import library, queries, service, upload_holders
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import problems, sentence
from tuoshan.catalog.models import Product
from tuoshan.core.playbook import Playbook
from tuoshan.documents import drafts, evidence, pdf
from tuoshan.documents.gaps import NotWhole
from tuoshan.documents.views import lapsed
from tuoshan.intake import arrivals, beside, pasted
from tuoshan.intake.channels import PRODUCT_SAID, particulars_of
from tuoshan.intake.forms import MOMENT, Registration, find_product, order_facts_empty, readable, with_order
from tuoshan.intake.registering import Contact, IdentityCheck, Registered, promise_of, register_complaint
from tuoshan.intake.texts import said_field
from tuoshan.integrations.printing import slip_data
from tuoshan.knowledge import sooner
from tuoshan.knowledge.company import company
from tuoshan.office import catalogue, customers
from tuoshan.office.registering import open_until, own_case
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.rulings import keeping
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.proposing import called, from_bench, said_of_all
from tuoshan.workbench.cards import cards
from tuoshan.workbench.casepage import not_printed, person_id
from tuoshan.workbench.landing import landing_of
from tuoshan.workbench.panels import Shown, panel

FIRST = "complaint"
WORTH_SAYING = 300
"""Seconds between arrival and registration below which nobody needs to be told."""

SIZES = {"80mm": "80mm", "a5": "a5"}


def _playbook(key: str) -> Playbook:
    try:
        return library.current(key)
    except PlaybookUnknown as error:
        raise Http404 from error


def _actor(request: HttpRequest) -> ActingAs:
    return ActingAs.by_person(request.user)


def _holder(request: HttpRequest) -> str:
    return upload_holders.of_person(person_id(request))


def _books() -> list[Playbook]:
    """The processes a case can be registered for, the complaint first."""
    return sorted(library.everything().values(), key=lambda book: (book.key != FIRST, book.key))


@permitted("workbench.register")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The form itself: somebody is on the phone; the other processes are a press away."""
    return redirect("workbench:register_form", _books()[0].key)


@permitted("workbench.register_form")
@require_http_methods(["GET", "POST"])
def register_form(request: HttpRequest, playbook: str) -> HttpResponse:
    """The screen, or its being sent: with mistakes it comes back as it was typed."""
    book = _playbook(playbook)
    if request.method != "POST":
        return _screen(request, Registration(book, initial=_initial(request, book)))
    registration = Registration(book, request.POST)
    if not registration.is_valid():
        return _screen(request, registration, status=422)
    if gone := lapsed(request):
        return _screen(request, registration, problem=gone, status=422)
    done = _send(request, registration)
    refusal = done.outcome.refusal
    if refusal is not None:
        registration.form.refuse(problems(refusal, book))
        status = 409 if refusal.because == "key_used_otherwise" else 422
        return _screen(request, registration, problem=sentence(refusal, book, marked=True), status=status)
    keeping.attach(_ruled(request), done.outcome.case_id, person_id(request))
    request.session["register_channel"] = registration.channel
    request.session["registered"] = {"number": done.outcome.number, "differs": list(done.differs)}
    return redirect("workbench:registered", number=done.outcome.number)


def _ruled(request: HttpRequest) -> list[KeptRuling]:
    """What was ruled on the bench from which the registration was begun: it goes into the case."""
    session = request.POST.get("ruling") or request.GET.get("ruling")
    if not session:
        return []
    rows = KeptRuling.objects.filter(session=session, case_id=None, kept_by_id=person_id(request))
    return list(rows.order_by("line", "id"))


def _send(request: HttpRequest, registration: Registration) -> Registered:
    token = request.POST.get("upload_token", "")
    came = registration.came.came() if registration.has_channel else arrivals.Came()
    came = came.with_product(registration.product_said)
    contact = registration.contact.contact() if registration.has_customer else None
    return register_complaint(
        playbook=registration.playbook.key, values=registration.form.values(), came=came, actor=_actor(request),
        contact=contact or Contact(), upload_token=token, identity=_identity(request, registration),
        idempotency_key=request.POST.get("key") or None,
    )  # fmt: skip


def _identity(request: HttpRequest, registration: Registration) -> IdentityCheck | None:
    """What the person decided, else what the comparison says; nothing where there was nothing to compare."""
    if not registration.has_identity:
        return None
    compared = beside.look(registration, _actor(request)).comparison
    chosen = registration.identity.cleaned_data
    note = str(chosen.get("note") or "") or (compared.note if compared is not None else "")
    if chosen.get("result"):
        return IdentityCheck(str(chosen["result"]), note)
    return IdentityCheck(compared.result, note) if compared is not None else None


def _initial(request: HttpRequest, book: Playbook) -> dict[str, Any]:
    """The channel used last, at first that of the person's role, and after `?after=` the customer of that case."""
    last = request.session.get("register_channel")
    initial: dict[str, Any] = {"channel": last or landing_of(request.user).channel}
    initial["came"] = {"clerk": str(request.user)}
    unit = getattr(request.user, "unit", None)
    if unit is not None and unit.kind == "store":
        initial["store"] = str(unit.pk)
    if session := request.GET.get("ruling"):
        initial |= from_bench(session, book)
        if len(goods := {row.label for row in _ruled(request)}) == 1 and "" not in goods:
            initial["product"] = goods.pop()
    before = own_case(request.user, request.GET["after"]) if request.GET.get("after") else None
    customer = Customer.objects.filter(pk=before.customer_id or 0, erased_at=None).first() if before else None
    if customer is not None:
        shown, stored = customers.particulars(request.user, customer), customers.stored(customer)
        initial["customer"] = {name: shown[name] for name in ("phone", "name", "email") if shown[name] == stored[name]}
    return initial


def _screen(
    request: HttpRequest, registration: Registration, *, problem: str = "", said: str = "", status: int = 200
) -> HttpResponse:
    book = registration.playbook
    if status == 422:
        registration.focus_first_error()
    known = {item.name for item in book.register}
    others = [
        {"href": reverse("workbench:register_form", args=[one.key]), "title": words(one.title)}
        for one in _books()
        if one.key != book.key
    ]
    context = {
        "registration": registration, "book": book, "title": words(book.title), "problem": problem, "said": said,
        "others": others,
        "said_field": registration.fields.get(said_field(book)), "fields": registration.fields,
        "rest": [one for name, one in registration.fields.items() if name not in {*_PLACED, said_field(book)}],
        "ruled": [(called(row) if row.label else "", said_of_all(row)) for row in _ruled(request)],
        "has_order": "order_no" in known, "has_photos": "photos" in known,
        "token": drafts.usable(request.POST.get("upload_token", ""), _holder(request)),
        "key": identifiers.token() if status != 422 else request.POST.get("key") or identifiers.token(),
        **_beside(request, registration),
    }  # fmt: skip
    return render(request, "workbench/registering/form.html", context, status=status)


_PLACED = frozenset(
    {"channel", "wish", "category", "product", "order_no", "bought_on", "happened_on", "store", "amount_paid"}
)
"""Fields that have a place of their own on the screen; whatever else a playbook asks stands below the words."""


# -- beside the form -----------------------------------------------------------------------------------------


def _beside(request: HttpRequest, registration: Registration) -> dict[str, Any]:
    found = beside.look(registration, _actor(request))
    likely = cards([one.case for one in found.likely], request.user)
    promised = found.promise
    return {
        "beside": found,
        "earlier": cards(found.earlier, request.user),
        "likely": [
            (card, [beside.REASONS[reason] for reason in one.reasons], one.score)
            for card, one in zip(likely, found.likely, strict=True)
        ],
        "promised": _moment(promised.due) if promised.due else "", "unpromised": promised.unpromised,
        "sooner": sooner.sentence(registration.playbook, promised.due),
        "promised_from_arrival": _moment(promised.from_arrival) if promised.from_arrival else "",
        "late_already": promised.from_arrival is not None and promised.from_arrival < clock.now(),
        "compared": registration.result_title(found.comparison.result) if found.comparison else "",
    }  # fmt: skip


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


@permitted("workbench.register_duplicates")
@require_POST
def register_duplicates(request: HttpRequest, playbook: str) -> HttpResponse:
    """Everything that stands beside the form, for what has been typed so far. POST: no phone in an address."""
    book = _playbook(playbook)
    registration = Registration(book, request.POST)
    context = {"registration": registration, "book": book, **_beside(request, registration)}
    order = context["beside"].order
    if order is not None and order_facts_empty(request.POST):
        filled = Registration(book, with_order(request.POST, order))
        context |= {"filled": True, "fields": filled.fields}
    return render(request, "workbench/registering/beside.html", context)


@permitted("workbench.register_order")
@require_POST
def register_order(request: HttpRequest, playbook: str, order_id: int) -> HttpResponse:
    """The order's part of the form, filled in from one order that was offered for what has been typed."""
    book = _playbook(playbook)
    order = beside.order_for(Registration(book, request.POST), _actor(request).person, order_id)
    if order is None:
        raise Http404
    registration = Registration(book, with_order(request.POST, order))
    for part in registration.parts:
        part.errors.clear()
    return render(request, "workbench/registering/order.html", {"fields": registration.fields, "from_order": order})


@permitted("workbench.register_products")
@require_safe
def register_products(request: HttpRequest) -> HttpResponse:
    """Suggestions for what has been typed as a product, and at once whether the catalogue knows it."""
    text = request.GET.get("product", "").strip()
    found = list(catalogue.products(text)[: catalogue.MOST_SUGGESTED])
    unknown = bool(text) and find_product(text) is None
    context = {"products": found, "unknown": unknown, "typed": True}
    return render(request, "workbench/registering/products.html", context)


@permitted("workbench.register_email")
@require_POST
def register_email(request: HttpRequest, playbook: str) -> HttpResponse:
    """Fill the form from a pasted e-mail; what was typed already stays."""
    book = _playbook(playbook)
    found = pasted.read(request.POST.get("pasted", ""))
    data = request.POST.copy()
    received = timezone.localtime(found.received_at).strftime(MOMENT) if found.received_at else ""
    told = {
        "customer-email": found.sender, "customer-name": found.name, "customer-phone": found.phone,
        "came-sender": found.sender, "came-subject": found.subject, "came-received_at": received,
        "order_no": found.order_no, said_field(book): found.body,
    }  # fmt: skip
    for name, value in told.items():
        if value and not data.get(name, "").strip():
            data[name] = value
    return _screen(request, _as_typed(book, data), said=_("已从邮件填入，请核对后登记。"))


def _as_typed(book: Playbook, data: QueryDict) -> Registration:
    """The form as it was filled in, before anything is found wrong with it."""
    registration = Registration(book, data)
    readable(registration)
    for part in registration.parts:
        part.errors.clear()
    return registration


@permitted("workbench.register_message")
@require_POST
def register_message(request: HttpRequest, playbook: str, number: str) -> HttpResponse:
    """Not a new case: what was said goes into one that is there, with its photos."""
    book = _playbook(playbook)
    case = queries.reachable(request.user).filter(number=number, ended=False).first()
    if case is None:
        raise Http404
    text = request.POST.get(said_field(book), "").strip()
    wish = request.POST.get("wish", "").strip()
    if not text:
        return _screen(request, Registration(book, request.POST), problem=_("请先写下客户说了什么。"), status=422)
    if gone := lapsed(request):
        return _screen(request, _as_typed(book, request.POST), problem=gone, status=422)
    words_said = "\n\n".join([text, _("诉求：%(wish)s") % {"wish": wish}] if wish else [text])
    key = request.POST.get("key") or identifiers.token()
    channel = request.POST.get("channel", "")[:30]
    kept = service.message(
        case_id=case.pk, actor=_actor(request), text=words_said, channel=channel, direction="in", idempotency_key=key
    )
    if kept.refusal is not None:
        return _screen(request, _as_typed(book, request.POST), problem=sentence(kept.refusal, book), status=409)
    token = request.POST.get("upload_token", "")
    if evidence.of_draft(token, (_holder(request),)):
        service.add_evidence(case_id=case.pk, actor=_actor(request), upload_token=token, idempotency_key=f"{key}:files")
    return redirect("workbench:case", number=case.number)


# -- afterwards ----------------------------------------------------------------------------------------------


@permitted("workbench.registered")
@require_safe
def registered(request: HttpRequest, number: str) -> HttpResponse:
    """What to tell the customer: the number, who looks after it, by when they will hear."""
    case = own_case(request.user, number)
    if case is None:
        raise Http404
    house = company()
    customer = Customer.objects.filter(pk=case.customer_id or 0).first()
    handler = Person.objects.filter(pk=case.handler_id or 0).first()
    promised, book, until = promise_of(case), _playbook(case.playbook), open_until(request.user, case)
    due = promised.due
    last = request.session.get("registered", {})
    context = {
        "case": case, "customer": customer, "product": _product(case),
        "handler": str(handler) if handler else _("客服中心"),
        "contact": house.contact, "hours": house.opening_hours(get_language() or ""),
        "promised": _moment(due) if due else "", "unpromised": promised.unpromised,
        "sooner": sooner.sentence(book, due), "reachable": until is None, "book": book,
        "until": date_format(timezone.localtime(until), "H:i") if until else "",
        "differs": _differing(last.get("differs", [])) if last.get("number") == case.number else "",
        "may_correct": customer is not None and allowed(request.user, "workbench.customer_correct")
        and customers.in_charge(request.user, customer),
        "elsewhere": str(customers.NotInCharge()),
        "again": customer is not None and bool(customers.callable_customers(request.user, [customer.pk])),
    }  # fmt: skip
    return render(request, "workbench/registering/registered.html", context)


def _product(case: Case) -> str:
    """The product of the catalogue, or in the customer's words where the catalogue does not know it."""
    if known := Product.objects.filter(pk=case.product_id or 0).first():
        return known.name
    kept = arrivals.of_case(case.pk)
    return str(arrivals.particulars(kept).get(PRODUCT_SAID, "")) if kept is not None else ""


def _differing(names: list[str]) -> str:
    labels = {"name": _("姓名"), "email": _("邮箱"), "address": _("地址"), "language": _("语言")}
    return _("、").join(labels.get(name, name) for name in names)


@permitted("workbench.slip")
@require_safe
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The slip for the customer, on a roll of 80 mm or on A5, in the language of the screen: of a case within reach,
    or just registered.
    """
    case = own_case(request.user, number)
    if case is None or request.GET.get("size", "80mm") not in SIZES:
        raise Http404
    size = SIZES[request.GET.get("size", "80mm")]
    language = "en" if str(get_language()).startswith("en") else "zh-hans"
    try:
        told = slip_data(case, language=language)
    except NotWhole as gap:
        return not_printed(request, gap)
    content = pdf.slip(told, size=size, language=language)  # type: ignore[arg-type]
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}-{size}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@panel("arrival", order=70)
def arrival_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """How the case reached us: its channel's particulars, since when it lay, by when an authority wants an answer."""
    kept = arrivals.of_case(case.pk)
    if kept is None:
        return None
    told = arrivals.particulars(kept)
    rows = [(item.label, told[item.name]) for item in particulars_of(kept.channel) if told.get(item.name)]
    if told.get(PRODUCT_SAID):
        rows.append((_("商品（客户所说）"), told[PRODUCT_SAID]))
    waited = (case.created_at - kept.received_at).total_seconds()
    if not rows and waited < WORTH_SAYING and kept.reply_due is None:
        return None
    context = {
        "rows": rows, "arrival": kept, "waited": waited if waited >= WORTH_SAYING else 0, "ended": case.ended,
    }  # fmt: skip
    return Shown("workbench/registering/arrival.html", context)


urlpatterns = [
    path("register/", register, name="register"),
    path("register/products", register_products, name="register_products"),
    path("register/<slug:playbook>", register_form, name="register_form"),
    path("register/<slug:playbook>/beside", register_duplicates, name="register_duplicates"),
    path("register/<slug:playbook>/order/<int:order_id>", register_order, name="register_order"),
    path("register/<slug:playbook>/email", register_email, name="register_email"),
    path("register/<slug:playbook>/add/<str:number>", register_message, name="register_message"),
    path("registered/<str:number>", registered, name="registered"),
    path("case/<str:number>/slip", slip, name="slip"),
]
