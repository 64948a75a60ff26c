"""What customers are told: the company's wording of each message, and the quick replies that all share."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Message
from tuoshan.knowledge import templates as wordings
from tuoshan.knowledge.forms import MessageTextForm, QuickReplyForm
from tuoshan.knowledge.models import MessageTemplate, QuickReply
from tuoshan.office import variables
from tuoshan.office.settings import recording
from tuoshan.office.settings.message_texts import CHANNELS, LANGUAGES, book_of, history, remove_reply, store
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.configuring.listing import Area, Cell, form_page, list_page


@permitted("workbench.settings_templates")
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Every message of every playbook, with which languages and channels have wording of our own."""
    query = request.GET.get("q", "").strip().casefold()
    own: dict[tuple[str, str], dict[tuple[str, str], MessageTemplate]] = {}
    for row in MessageTemplate.objects.order_by("version"):
        own.setdefault((row.playbook, row.message), {})[row.language, row.channel] = row
    groups = []
    for key, book in library.everything().items():
        titles = {name: words(party.title) for name, party in book.parties.items()}
        rows = [
            {
                "name": name, "title": words(message.subject) or name, "text": words(message.text),
                "to": _("、").join(titles.get(one, one) for one in message.to),
                "own": [row for row in own.get((key, name), {}).values() if row.text],
            }
            for name, message in book.messages.items() if query in _all_words(name, message)
        ]  # fmt: skip
        if rows:
            groups.append((key, words(book.title), rows))
    context = {"groups": groups, "query": query, "changes": recording.changes("templates")}
    return render(request, "workbench/settings/templates.html", context)


def _all_words(name: str, message: Message) -> str:
    subject, text = message.subject, message.text
    return f"{name} {subject.zh} {subject.en} {text.zh} {text.en}".casefold()


@permitted("workbench.settings_template")
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, playbook: str, name: str) -> HttpResponse:
    """One message in one language for one channel: edit, preview, store a version."""
    book = book_of(playbook, name)
    language = _chosen(request, "language", LANGUAGES, "zh-hans")
    channel = _chosen(request, "channel", CHANNELS, "")
    form = MessageTextForm(
        request.POST or None, playbook=book, message=name, language=language, channel=channel, auto_id="id_%s"
    )
    preview = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "store" in request.POST:
            store(request, book, name, language, channel, form)
            messages.success(request, _("已保存，下一条消息就用它。"))
            here = reverse("workbench:settings_template", args=[playbook, name])
            return redirect(f"{here}?language={language}&channel={channel}")
        own = wordings.standard(book, name, language)
        preview = wordings.preview(
            book, given["subject"] or own.subject, given["body"] or own.body, language=language
        )  # fmt: skip
    context = {
        "form": form, "preview": preview, "playbook": book, "name": name, "title": words(book.title),
        "subject": words(book.messages[name].subject) or name, "language": language, "channel": channel,
        "languages": LANGUAGES, "channels": CHANNELS, "own": wordings.standard(book, name, language),
        "variables": variables.of_messages(book), "history": history(playbook, name),
        "back": reverse("workbench:settings_templates"),
        "changes": recording.changes("templates", f"{playbook}/{name}"),
    }  # fmt: skip
    return render(request, "workbench/settings/template.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, name: str, options: tuple[tuple[str, Any], ...], default: str) -> str:
    value = request.GET.get(name, default)
    return value if value in dict(options) else default


# -- quick replies -----------------------------------------------------------------------------------------


def _reply_form(request: HttpRequest) -> Any:
    return partial(QuickReplyForm, person=request.user, may_share=True)


def _reply_area(request: HttpRequest) -> Area:
    return Area(
        "replies", "replies", "reply", QuickReply, _reply_form(request),
        (
            gettext_lazy("标题"), gettext_lazy("内容"), gettext_lazy("分组"), gettext_lazy("快捷词"),
            gettext_lazy("使用次数"),
        ),
        lambda row: [
            Cell(row.title), Cell(row.text[:60]), Cell(row.category), Cell(f"/{row.shortcut}" if row.shortcut else ""),
            Cell(str(row.used)),
        ],
        ("title", "text", "category", "shortcut"), ("title", "text", "category", "shortcut", "language"),
        order=("position", "title", "pk"), make="reply_make", make_text=gettext_lazy("新建快捷回复"),
        filters=lambda rows, chosen: rows.filter(person_id__isnull=True),
        intro=gettext_lazy("全员共享的常用语；各人自己的在“我的账号 → 我的常用语”里，写消息时也可以存。"),
    )  # fmt: skip


@permitted("workbench.settings_replies")
@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """The shared ones."""
    return list_page(request, _reply_area(request))


@permitted("workbench.settings_reply")
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """One shared quick reply; taken away when asked to."""
    found = get_object_or_404(QuickReply, pk=pk, person_id__isnull=True)
    if "remove" in request.POST:
        remove_reply(request, found)
        messages.success(request, _("已删除。"))
        return redirect("workbench:settings_replies")
    return _reply_page(request, found, may_remove=True)


@permitted("workbench.settings_reply_make")
@require_http_methods(["GET", "HEAD", "POST"])
def reply_make(request: HttpRequest) -> HttpResponse:
    """A new shared quick reply."""
    return _reply_page(request, QuickReply())


def _reply_page(request: HttpRequest, found: QuickReply, **more: Any) -> HttpResponse:
    if request.method == "POST":
        given = request.POST.copy()
        given["shared"] = "on"
        request.POST = given  # type: ignore[assignment]
    return form_page(
        request, _reply_area(request), found, template="workbench/settings/reply.html",
        variables=variables.of_replies(), hidden="shared", **more,
    )  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("settings/templates/", templates, name="settings_templates"),
    path("settings/templates/<slug:playbook>/<slug:name>", template, name="settings_template"),
    path("settings/replies/", replies, name="settings_replies"),
    path("settings/replies/new", reply_make, name="settings_reply_make"),
    path("settings/replies/<int:pk>", reply, name="settings_reply"),
]
