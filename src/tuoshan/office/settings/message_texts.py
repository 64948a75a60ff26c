"""What customers are told: the company's wording of each message, and the quick replies that all share."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge import templates as wordings
from tuoshan.knowledge.forms import MessageTextForm
from tuoshan.knowledge.models import MessageTemplate, QuickReply
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import Both, both
from tuoshan.parties.models import Person

LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))
CHANNELS = (
    ("", gettext_lazy("所有方式")), ("sms", gettext_lazy("短信")), ("mail", gettext_lazy("邮件")),
    ("letter", gettext_lazy("信函")),
)  # fmt: skip


def book_of(key: str, message: str) -> Playbook:
    try:
        book = library.current(key)
    except library.PlaybookUnknown as error:
        raise Http404 from error
    if message not in book.messages:
        raise Http404
    return book


def store(request: HttpRequest, book: Playbook, name: str, language: str, channel: str, form: MessageTextForm) -> None:
    old = wordings.text_for(book, name, language=language, channel=channel)
    with write_transaction():
        form.save(request.user)
        new = wordings.text_for(book, name, language=language, channel=channel)

        def title() -> str:
            where = punctuation.listed([dict(LANGUAGES)[language], dict(CHANNELS)[channel]])
            return punctuation.in_brackets(words(book.messages[name].subject) or name, where)

        def read(one: wordings.Text) -> Both[recording.Read]:
            return both(lambda: {"subject": one.subject, "text": one.body})

        recording.record(
            request, "templates", f"{book.key}/{name}", both(title), before=read(old), after=read(new),
            labels=both(lambda: {"subject": _("主题"), "text": _("正文")}), action="changed",
        )  # fmt: skip


def history(playbook: str, name: str) -> list[tuple[MessageTemplate, str]]:
    rows = wordings.history(playbook, name)[:12]
    people = {one.pk: str(one) for one in Person.objects.filter(pk__in=[row.changed_by_id for row in rows])}
    return [(row, people.get(row.changed_by_id or 0, "")) for row in rows]


def remove_reply(request: HttpRequest, found: QuickReply) -> None:
    """Take a shared quick reply away."""
    with write_transaction():
        recording.record(
            request, "replies", found.pk, Both(found.title, found.title), action="removed",
            before=both(lambda: recording.as_read(found, ("title", "text", "shortcut"))),
            labels=both(lambda: recording.labels_of(QuickReply)),
        )  # fmt: skip
        found.delete()
