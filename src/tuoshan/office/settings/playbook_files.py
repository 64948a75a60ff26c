"""Playbook files: which are in use, what the checker says of them, and replacing one by a better one."""

import os
import re
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import identifiers, punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, StoredPlaybook
from tuoshan.core.playbook import Playbook, Wording
from tuoshan.core.reading import Finding
from tuoshan.office.settings import calendar_use, recording
from tuoshan.office.settings.recording import Both, both

FILE_NAME = re.compile(r"[a-z][a-z0-9_]{0,58}\.yaml")
MOST_BYTES = 400_000
_IS_FRAGMENT = re.compile(r"^fragment:[ ]*[a-z]", re.MULTILINE)


class FileForm(forms.Form):
    """A file to check and, when nothing is wrong with it, to use."""

    name = forms.CharField(
        label=gettext_lazy("文件名"), max_length=64, help_text=gettext_lazy("小写字母、数字和下划线，以 .yaml 结尾")
    )
    text = forms.CharField(
        label=gettext_lazy("内容"), required=False, max_length=MOST_BYTES, strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "font-mono"}),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("或选择文件"), required=False)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if not FILE_NAME.fullmatch(name):
            raise forms.ValidationError(_("文件名只用小写字母、数字和下划线，以 .yaml 结尾。"))
        return name

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        given = values.get("file")
        if given is not None and given.size > MOST_BYTES:
            self.add_error("file", _("文件太大，流程文件不超过 400 KB。"))
        elif given is not None:
            try:
                values["text"] = given.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文件不是 UTF-8 文本。"))
        elif not values.get("text", "").strip():
            self.add_error("text", _("请粘贴内容或选择文件。"))
        values["text"] = str(values.get("text", "")).replace("\r\n", "\n")
        return values


def files() -> list[dict[str, Any]]:
    """Every file with what it holds, where it lies, its findings, and how many open cases go by which version."""
    books = {book.file: book for book in library.everything().values()}
    open_cases: dict[str, dict[str, int]] = {}
    for row in Case.objects.filter(ended=False).values("playbook", "playbook_hash").annotate(n=Count("id")):
        open_cases.setdefault(row["playbook"], {})[row["playbook_hash"]] = row["n"]
    shown = []
    for name, found in sorted(library.findings().items()):
        book = books.get(name)
        here = open_cases.get(book.key, {}) if book else {}
        shown.append({
            "name": name, "book": book, "title": words(book.title) if book else name, "findings": found,
            "errors": [one for one in found if one.severity == "error"],
            "warnings": [one for one in found if one.severity == "warning"],
            "is_own": (library.own_folder() / name).is_file(),
            "open_here": here.get(book.hash, 0) if book else 0,
            "open_before": sum(n for hash_, n in here.items() if book and hash_ != book.hash),
            "versions": StoredPlaybook.objects.filter(key=book.key).count() if book else 0,
        })  # fmt: skip
    return shown


def checked(name: str, text: str) -> tuple[Playbook | None, list[Finding]]:
    """The playbook and what is wrong: in it, and in others that would break by it. Two files never hold one key."""
    before = library.findings()
    book, found = library.trial(name, text)
    shown = list(found.get(name, ()))
    for file, others in found.items():
        if file != name:
            shown += [one for one in others if one.severity == "error" and one not in before.get(file, ())]
    if book is not None:
        shown += calendar_use.unknown(book, name)
        twin = library.everything().get(book.key)
        if twin is not None and twin.file != name:
            shown.append(_twin(book, twin, name))
    return book, shown


def _twin(book: Playbook, twin: Playbook, name: str) -> Finding:
    message = Wording(
        f"文件“{twin.file}”已经是流程“{book.key}”", f"the file '{twin.file}' is the playbook '{book.key}' already"
    )
    mend = Wording(
        f"把这个文件命名为 {twin.file}，或给流程换一个名称",
        f"name this file {twin.file}, or give the playbook another key",
    )
    return Finding(11, "error", name, 1, "playbook", message, mend)


def text_in_use(name: str) -> str:
    if not FILE_NAME.fullmatch(name):
        raise Http404
    for place in (library.own_folder(), library.PACKAGED):
        for folder in (place, place / library.FRAGMENTS):
            if (folder / name).is_file():
                return (folder / name).read_text(encoding="utf-8")
    raise Http404


def _place_of(name: str, text: str) -> Path:
    return library.own_folder() / library.FRAGMENTS / name if _IS_FRAGMENT.search(text) else library.own_folder() / name


def _version(book: Playbook) -> str:
    return punctuation.in_brackets(book.version, book.hash[:8])


def use(request: HttpRequest, name: str, text: str, book: Playbook | None) -> None:
    """Write the file whole or not at all, then take it into use; the record is kept with it."""
    place = _place_of(name, text)
    place.parent.mkdir(parents=True, exist_ok=True)
    old = library.everything().get(book.key) if book else None
    draft = place.with_name(f".{name}.{identifiers.token(6)}")
    with write_transaction():
        draft.write_text(text, encoding="utf-8")
        recording.record(
            request, "playbooks", name, both(lambda: words(book.title) if book else name),
            before=both(lambda: {"version": _version(old) if old else ""}),
            after=both(lambda: {"version": _version(book) if book else _("片段")}),
            labels=both(lambda: {"version": _("版本")}), action="done",
        )  # fmt: skip
        os.replace(draft, place)  # noqa: PTH105
    library.load_all()


def back(request: HttpRequest, name: str) -> None:
    """Go back to the file that came with the system. Raises Http404 where there is none of our own in its place."""
    place = library.own_folder() / name
    if not FILE_NAME.fullmatch(name) or not place.is_file() or not (library.PACKAGED / name).is_file():
        raise Http404
    with write_transaction():
        recording.record(
            request, "playbooks", name, Both(name, name), action="done",
            after=both(lambda: {"version": _("恢复系统自带的文件")}), labels=both(lambda: {"version": _("版本")}),
        )  # fmt: skip
        place.unlink()
    library.load_all()
