"""A way out of a rule book's copy, whatever it holds: where one of its pages cannot be shown, its findings and its
whole text are, to be mended, or to be thrown away."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.cases.forms import words
from tuoshan.core.reading.findings import Finding
from tuoshan.parties.permissions import may_change
from tuoshan.rulings import library, publishing
from tuoshan.rulings.models import BookDraft

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]


class DraftForm(forms.Form):
    """The text of a book and of the tables that lie beside it."""

    text = forms.CharField(label=_lazy("规则包内容"), widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false"}))

    def __init__(self, *args: Any, tables: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table_names = list(tables)
        for place, (name, text) in enumerate(tables.items()):
            self.fields[f"table{place}"] = forms.CharField(
                label=name, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}), initial=text
            )

    def tables(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"table{place}"] for place, name in enumerate(self.table_names)}


def finding_told(finding: Finding) -> str:
    """What is wrong and what to do about it, without the place: that is where it is shown."""
    language = get_language() or "zh-hans"
    dash = ". " if language.startswith("en") else "。"
    message, mend = finding.message.in_language(language), finding.mend.in_language(language)
    return f"{message[:1].upper()}{message[1:]}{dash}{mend[:1].upper()}{mend[1:]}"


def always_opens(view: View) -> View:
    """A page of a copy that opens also where what the copy holds breaks it; what was typed is saved or not as said."""

    @wraps(view)
    def opened(request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, name, *args, **kwargs)
        except (Http404, PermissionDenied, SuspiciousOperation):
            raise
        except Exception:
            draft = publishing.open_draft(name)
            if draft is None:
                raise
            log.exception("rule_book_copy_not_shown", book=name, path=request.path)
            return cannot_show(request, draft)

    return opened


def cannot_show(request: HttpRequest, draft: BookDraft) -> HttpResponse:
    """What stands in the place of a page that cannot be shown."""
    context = {
        "name": draft.name, "title": words(library.newest(draft.name).title), "draft": draft,
        "form": DraftForm(initial={"text": draft.text}, tables=publishing.tables_of(draft)),
        "findings": [finding_told(one) for one in publishing.prove_copy(draft).findings],
        "may_change": may_change(request.user, "workbench.rule_book_change"),
    }  # fmt: skip
    return render(request, "workbench/rulebooks/cannot_show.html", context, status=422)
