"""The wording of a message: the company's own where there is one, else the playbook's."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge import wording
from tuoshan.knowledge.case_values import known_variables
from tuoshan.knowledge.models import MessageTemplate

CHANNELS = ("", "sms", "mail", "letter")


@dataclass(frozen=True)
class Text:
    """Subject and body with variables; `version` is 0 for the playbook's own."""

    subject: str
    body: str
    version: int = 0


@dataclass(frozen=True)
class Problem:
    """Something wrong with a text: `unknown` names a variable that there is not, `malformed` shows a stray brace."""

    kind: str
    what: str


class TemplateRefused(ValueError):
    """A text was not taken; `problems` say why. Nothing was stored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{one.kind}: {one.what}" for one in problems))
        self.problems = problems


def standard(playbook: Playbook, message: str, language: str) -> Text:
    """The playbook's own wording. Raises KeyError for a message that the playbook does not have."""
    known = playbook.messages[message]
    return Text(known.subject.in_language(language), known.text.in_language(language))


def text_for(playbook: Playbook, message: str, *, language: str, channel: str) -> Text:
    """What counts now: own wording for the channel, own wording for all channels, the playbook's own."""
    rows = MessageTemplate.objects.filter(
        playbook=playbook.key, message=message, language=_language(language), channel__in={"", channel}
    ).order_by("version")
    newest = {row.channel: row for row in rows}
    for name in dict.fromkeys((channel, "")):
        row = newest.get(name)
        if row is not None and row.text:
            return Text(row.subject or standard(playbook, message, language).subject, row.text, row.version)
    return standard(playbook, message, language)


def problems(playbook: Playbook, subject: str, body: str) -> list[Problem]:
    """What would leave holes in the text: unknown variables and braces that are none."""
    known = known_variables(playbook)
    names = dict.fromkeys([*wording.variables(subject), *wording.variables(body)])
    found = [Problem("unknown", name) for name in names if name not in known]
    return found + [Problem("malformed", part) for part in (*wording.malformed(subject), *wording.malformed(body))]


def save(
    *, playbook: Playbook, message: str, language: str, channel: str, subject: str, body: str, now: datetime,
    person_id: int | None,
) -> MessageTemplate:  # fmt: skip
    """Add a version; an empty body brings the playbook's own wording back. Raises TemplateRefused and KeyError."""
    playbook.messages[message]
    found = problems(playbook, subject, body)
    if channel not in CHANNELS:
        found.append(Problem("unknown", channel))
    if found:
        raise TemplateRefused(found)
    key = {"playbook": playbook.key, "message": message, "language": _language(language), "channel": channel}
    with write_transaction():
        newest = MessageTemplate.objects.filter(**key).aggregate(n=Max("version"))["n"] or 0
        return MessageTemplate.objects.create(
            **key,
            version=newest + 1,
            subject=subject.strip(),
            text=body.strip(),
            changed_at=now,
            changed_by_id=person_id,
        )


def history(playbook: str, message: str) -> list[MessageTemplate]:
    """All versions ever, the newest first."""
    return list(MessageTemplate.objects.filter(playbook=playbook, message=message).order_by("-changed_at", "-version"))


def preview(playbook: Playbook, subject: str, body: str, *, language: str) -> Text:
    """The text filled with samples: what stands for a variable is its own title in corner brackets."""
    from django.utils.translation import override

    with override(language):
        samples = {name: f"「{title}」" for name, title in known_variables(playbook).items()}
    samples["number"] = "TS-2026-03-00018-4"
    samples["amount"] = "128.00"
    return Text(wording.fill(subject, samples), wording.fill(body, samples))


def _language(language: str) -> str:
    return "en" if language.startswith("en") else "zh-hans"
