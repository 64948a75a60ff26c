"""One example of a rule book's copy in words: what it is about, what it expects, and what the copy rules now.

Where the rules were changed on purpose it is made to expect what is ruled now, once what changes was named; or it is
taken out.
"""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.checking.examples import run_examples
from tuoshan.core.policy.checking.examples_told import expected_words, mend_words, unmet_words
from tuoshan.core.policy.editing.example_renewing import Renewed, renewed
from tuoshan.core.policy.pack import Example, Pack
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import copying, examples_in_words, library, publishing
from tuoshan.rulings.models import BookDraft
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens
from tuoshan.workbench.casepage import person_id
from tuoshan.workbench.copyparts import example_address


@permitted("workbench.rule_example")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_example(request: HttpRequest, name: str) -> HttpResponse:
    """An example; posting has it expect what the copy rules now."""
    draft = draft_for(request, name)
    wanted = (request.POST if request.method == "POST" else request.GET).get("example", "")
    pack = publishing.prove_copy(draft).pack
    example = next((one for one in pack.examples if one.name == wanted), None) if pack is not None else None
    if pack is None or example is None:
        raise Http404
    if request.method != "POST":
        return render(request, "workbench/rulebooks/example.html", _shown(draft, pack, example))
    found = renewed(pack, example)
    if not found.whole:
        messages.info(request, _("没有可以照改的。"))
        return redirect(example_address(name, wanted))
    try:
        copying.renew_example(draft, wanted, found.expect, request.POST.get("seen", ""), person_id=person_id(request),
                              now=clock.now(), record=office.noting(me(request), name))  # fmt: skip
    except copying.ChangedMeanwhile:
        context = {**_shown(draft, pack, example), "meanwhile": True}
        return render(request, "workbench/rulebooks/example.html", context, status=409)
    except copying.NotEditable as error:
        raise Http404 from error
    messages.success(request, _("例子已改成规则现在算出的结果。"))
    return redirect("workbench:rule_book_change", name=name)


def _shown(draft: BookDraft, pack: Pack, example: Example) -> dict[str, Any]:
    [(_example, unmet)] = run_examples(_only(pack, example))
    found = renewed(pack, example)
    return {
        "draft": draft, "name": draft.name, "title": words(library.newest(draft.name).title), "example": example.name,
        "heading": words(example.title), "because": words(example.because),
        "facts": examples_in_words.facts_of(pack, example, get_language() or "zh-hans"),
        "expected": [words(one) for one in expected_words(pack, example.expect)],
        "wrong": [words(unmet_words(pack, one)) for one in unmet],
        "left": [f"{words(unmet_words(pack, one))}{_('；')}{words(mend_words(one))}" for one in found.left],
        "changes": _changes(pack, example, found) if found.whole else [], "seen": copying.stamp_of_copy(draft),
    }  # fmt: skip


def _only(pack: Pack, example: Example) -> Pack:
    return replace(pack, examples=(example,))


def _changes(pack: Pack, example: Example, found: Renewed) -> list[dict[str, str]]:
    """What would be expected otherwise, each before and after by what it is about."""
    old, new = ([words(one) for one in expected_words(pack, expect)] for expect in (example.expect, found.expect))
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    heads = dict.fromkeys(one.partition(_("："))[0] for one in (*gone, *come))
    return [
        {"what": head, "before": _value_of(head, gone), "after": _value_of(head, come)} for head in heads
    ]  # fmt: skip


def _value_of(head: str, said: list[str]) -> str:
    return next((one.partition(_("："))[2].strip() for one in said if one.partition(_("："))[0] == head), "")


urlpatterns = [path("rule-books/<slug:name>/change/example", rule_example, name="rule_example")]
