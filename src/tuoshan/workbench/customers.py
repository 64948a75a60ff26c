"""客户资料: customers by phone or name, one customer with their cases, corrections, joining and erasing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.office import customers
from tuoshan.office.customers import CustomerForm, NotInCharge, PhoneTaken
from tuoshan.parties.models import Customer
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench.cards import cards

MOST_CASES = 50


def _found(request: HttpRequest, number: int) -> Customer:
    """The customer, or whom they turned out to be. Raises Http404 for those of whom the person sees no case."""
    customer = customers.seen(request.user, number)
    if customer is None:
        raise Http404
    return customer


@permitted("workbench.customers")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Found by phone, its last four digits, mail address or part of the name; one alone opens at once."""
    text = request.GET.get("q", "").strip()[:200]
    found = customers.search(request.user, text) if text else []
    if len(found) == 1:
        return redirect("workbench:customer", number=found[0].pk)
    counts, values = customers.case_counts(request.user, found), customers.particulars_of(request.user, found)
    rows = [{"customer": one, "values": values[one.pk], "cases": counts.get(one.pk, 0)} for one in found]
    context = {"q": text, "rows": rows, "full": len(found) == customers.MOST_FOUND}
    return render(request, "workbench/customers/search.html", context)


@permitted("workbench.customer")
@require_safe
def customer(request: HttpRequest, number: int) -> HttpResponse:
    """What is on record, the customer's cases within reach, and what was corrected; of an erased one when and by whom,
    for who may read the record of changes.
    """
    gone = customers.erased(request.user, number)
    if gone is not None:
        rows = customers.cases_of(request.user, gone.number)
        context = {
            "gone": gone, "cards": cards(rows[:MOST_CASES], request.user), "count": rows.order_by().count(),
            "most": MOST_CASES,
        }  # fmt: skip
        return render(request, "workbench/customers/erased.html", context)
    found = _found(request, number)
    if found.pk != number:
        return redirect("workbench:customer", number=found.pk)
    rows = customers.cases_of(request.user, found.pk)
    values = customers.particulars(request.user, found)
    may_correct = allowed(request.user, "workbench.customer_correct")
    in_charge = customers.in_charge(request.user, found)
    context = {
        "customer": found,
        "values": values,
        "way": customers.value_title("way", values["way"]),
        "house_way": "" if values["way"] else customers.house_way(),
        "language": customers.value_title("language", values["language"]),
        "cards": cards(rows[:MOST_CASES], request.user),
        "count": rows.order_by().count(),
        "most": MOST_CASES,
        "changes": customers.changes(request.user, found),
        "may_correct": may_correct and in_charge,
        "elsewhere": str(NotInCharge()) if may_correct and not in_charge else "",
        "may_erase": allowed(request.user, "workbench.customer_erase"),
    }
    return render(request, "workbench/customers/customer.html", context)


@permitted("workbench.customer_correct")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """The record put right, by who sees all cases of the customer. A phone of another customer changes nothing: the
    two may be joined, or left.
    """
    found = _found(request, number)
    if not customers.in_charge(request.user, found):
        return _not_in_charge(request, found)
    form = CustomerForm(request.POST if request.method == "POST" else None, customer=found)
    if request.method != "POST":
        return _form(request, found, form)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    try:
        changed = customers.correct(request.user, found, form.cleaned_data)
    except PhoneTaken as taken:
        form.add_error("phone", str(taken))
        return _form(request, found, form, taken.other, status=409)
    messages.success(request, _("客户资料已更正。") if changed else _("没有改动。"))
    return redirect("workbench:customer", number=found.pk)


def _not_in_charge(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Why nothing can be changed here, and who can."""
    context = {"customer": customer, "elsewhere": str(NotInCharge())}
    return render(request, "workbench/customers/elsewhere.html", context, status=403)


def _form(
    request: HttpRequest, customer: Customer, form: CustomerForm, other: Customer | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"customer": customer, "form": form, "other": other}
    if other is not None:
        context["known"] = known = customers.seen(request.user, other.pk) is not None
        context["joinable"] = known and customers.in_charge(request.user, other)
        context["other_name"] = other.name if known else other.masked_name
        context["other_cases"] = customers.cases_of(request.user, other.pk).order_by().count()
    return render(request, "workbench/customers/correct.html", context, status=status)


@permitted("workbench.customer_join")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, number: int, into: int) -> HttpResponse:
    """Say what joining these two means; a POST does it. Both must be customers of whom the person sees all cases."""
    one, other = _found(request, number), _found(request, into)
    if one.pk == other.pk:
        return redirect("workbench:customer", number=one.pk)
    for each in (one, other):
        if not customers.in_charge(request.user, each):
            return _not_in_charge(request, each)
    if request.method == "POST":
        kept = customers.join(request.user, one, other)
        messages.success(request, _("两位客户已合并为一位。"))
        return redirect("workbench:customer", number=kept.pk)
    both = (one, other)
    counts, values = customers.case_counts(request.user, both), customers.particulars_of(request.user, both)
    pair = [{"customer": each, "values": values[each.pk], "cases": counts.get(each.pk, 0)} for each in both]
    return render(request, "workbench/customers/join.html", {"pair": pair, "one": one, "other": other})


@permitted("workbench.customer_erase")
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, number: int) -> HttpResponse:
    """Say what goes and what stays; a POST that says yes does it, a second one finds it done."""
    if customers.erased(request.user, number) is not None:
        return redirect("workbench:customer", number=number)
    found = _found(request, number)
    rows = customers.cases_of(request.user, found.pk).order_by()
    problem = ""
    if request.method == "POST":
        if request.POST.get("sure") == "1":
            customers.erase(request.user, found)
            messages.success(request, _("客户的个人信息已删除，工单保留。"))
            return redirect("workbench:customers")
        problem = _("请先勾选确认。")
    context = {
        "customer": found, "count": rows.count(), "open": rows.filter(ended=False).count(), "problem": problem,
    }  # fmt: skip
    return render(request, "workbench/customers/erase.html", context, status=422 if problem else 200)


urlpatterns = [
    path("customers", search, name="customers"),
    path("customers/<int:number>", customer, name="customer"),
    path("customers/<int:number>/correct", correct, name="customer_correct"),
    path("customers/<int:number>/join/<int:into>", join, name="customer_join"),
    path("customers/<int:number>/erase", erase, name="customer_erase"),
]
