"""The versions of a rule book: each may be copied again, and one that has not begun may be withdrawn."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, may_change, permitted
from tuoshan.rulings import library, publishing
from tuoshan.rulings.expressions_in_words import dates_words
from tuoshan.workbench.casepage import person_id


class WithdrawForm(forms.Form):
    """Why a version is taken back."""

    reason = forms.CharField(label=_lazy("为什么撤回"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def versions_shown(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """The versions of a book, the newest first, with who published or withdrew each, and what may be done with it."""
    rows = {row.version: row for row in publishing.history(name)}
    people = Person.objects.in_bulk(
        {row.published_by_id for row in rows.values()}
        | {row.withdrawn_by_id for row in rows.values() if row.withdrawn_by_id}
    )
    today, language = timezone.localdate(clock.now()), get_language() or "zh-hans"
    may_copy = may_change(request.user, "workbench.rule_book_change")
    may_withdraw = allowed(request.user, "workbench.rule_book_withdraw")
    found, outside = [], office.outside({row.confirmed_by for row in rows.values()})
    for pack in reversed(publishing.every_version(name)):
        row = rows.get(pack.version)
        gone = row is not None and row.withdrawn_at is not None
        ahead = row is not None and not gone and row.begins > today
        found.append({
            "version": pack.version, "dates": dates_words(pack, pack.in_force, language), "row": row, "gone": gone,
            "outside": row is not None and row.confirmed_by in outside,
            "ahead": ahead, "by": people.get(row.published_by_id) if row else None,
            "gone_by": people.get(row.withdrawn_by_id or 0) if row else None,
            "may_withdraw": may_withdraw and ahead, "may_copy": may_copy,
        })  # fmt: skip
    return found


@permitted("workbench.rule_book_withdraw")
@require_http_methods(["GET", "POST"])
def rule_book_withdraw(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """Take a version back before its first day."""
    try:
        pack = next(one for one in publishing.every_version(name) if one.version == version)
    except (library.BookUnknown, StopIteration) as error:
        raise Http404 from error
    form, status = WithdrawForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            problem = _withdrawn(request, name, version, form.cleaned_data["reason"])
            if not problem:
                messages.success(request, _("第 %(version)s 版已撤回，不会生效。") % {"version": version})
                return redirect("workbench:rule_book", name=name)
            form.add_error(None, problem)
    context = {
        "form": form, "name": name, "version": version, "title": words(pack.title),
        "dates": dates_words(pack, pack.in_force, get_language() or "zh-hans"),
    }  # fmt: skip
    return render(request, "workbench/rulebooks/withdraw.html", context, status=status)


def _withdrawn(request: HttpRequest, name: str, version: int, reason: str) -> str:
    """Why it could not be done, in words; nothing where it was."""
    try:
        office.withdraw(name, version, reason=reason, person=me(request), now=clock.now())
    except publishing.Begun:
        return _("这一版已经生效，不能撤回。请改一份副本，作为新版本发布。")
    except publishing.Withdrawn:
        return _("这一版已经撤回。")
    except library.BookUnknown:
        return _("随产品提供的版本不能撤回。请改一份副本，作为新版本发布。")
    except office.ManagersOnly as error:
        return error.said
    return ""


@permitted("workbench.rule_book_copy")
@require_POST
def rule_book_copy(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """Begin a copy with what any version says, to be changed or published again as it was."""
    try:
        publishing.copy_version(name, version, person_id=person_id(request), now=clock.now(),
                                record=office.noting(me(request), name))  # fmt: skip
    except library.BookUnknown as error:
        raise Http404 from error
    except publishing.AlreadyChanging:
        messages.error(request, _("已经有一份改过的副本。请先发布或丢弃它，再从这一版开始。"))
        return redirect("workbench:rule_book_change", name=name)
    messages.success(request, _("副本现在是第 %(version)s 版的内容，例子也在。发布后才生效。") % {"version": version})
    return redirect("workbench:rule_book_change", name=name)


_VERSION = "rule-books/<slug:name>/versions/<int:version>"
urlpatterns = [
    path(f"{_VERSION}/withdraw", rule_book_withdraw, name="rule_book_withdraw"),
    path(f"{_VERSION}/copy", rule_book_copy, name="rule_book_copy"),
]
