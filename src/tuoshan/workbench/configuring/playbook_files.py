"""Playbook files: which are in use, what the checker says of them, and replacing one by a better one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.office.settings import recording
from tuoshan.office.settings.playbook_files import FileForm, back, checked, files, text_in_use, use
from tuoshan.parties.permissions import permitted


@permitted("workbench.settings_playbooks")
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """The files in use."""
    context = {"files": files(), "changes": recording.changes("playbooks")}
    return render(request, "workbench/settings/playbooks.html", context)


@permitted("workbench.settings_playbook_check")
@require_http_methods(["GET", "HEAD", "POST"])
def playbook_check(request: HttpRequest) -> HttpResponse:
    """Read and check a file; put it into use only when asked to and when nothing is wrong with it."""
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request)
    name = request.GET.get("file", "")
    initial = {"name": name, "text": text_in_use(name)} if name else {}
    form = FileForm(request.POST or None, request.FILES or None, initial=initial)
    changes = recording.changes("playbooks", name) if name else []
    context: dict[str, Any] = {"form": form, "name": name, "changes": changes}
    status = 200
    if request.method == "POST" and form.is_valid():
        name, text = form.cleaned_data["name"], form.cleaned_data["text"]
        book, findings = checked(name, text)
        wrong = [one for one in findings if one.severity == "error"]
        if "use" in request.POST and not wrong:
            use(request, name, text, book)
            messages.success(request, _("已换上新的流程文件。在办工单仍按它们开始时的版本办理。"))
            return redirect("workbench:settings_playbooks")
        context |= {
            "findings": findings, "errors": wrong, "checked": book, "was_checked": True,
            "form": FileForm(initial={"name": name, "text": text}), "name": name,
        }  # fmt: skip
        status = 422 if wrong else 200
    elif form.errors:
        status = 422
    return render(request, "workbench/settings/playbook_check.html", context, status=status)


def _remove(request: HttpRequest) -> HttpResponse:
    """Go back to the file that came with the system."""
    back(request, request.POST["remove"])
    messages.success(request, _("已恢复系统自带的文件。"))
    return redirect("workbench:settings_playbooks")


urlpatterns: list[URLPattern] = [
    path("settings/playbooks/", playbooks, name="settings_playbooks"),
    path("settings/playbooks/check", playbook_check, name="settings_playbook_check"),
]
