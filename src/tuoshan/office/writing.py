"""Messages that somebody writes to a customer, from the desk or over the API."""

from typing import Any

from tuoshan.cases import service
from tuoshan.cases.models import Case
from tuoshan.integrations import recipients
from tuoshan.knowledge import writing
from tuoshan.knowledge.writing import Written
from tuoshan.punctuation import sentences

MOST_WRITTEN = 20_000
"""Signs of one message or note."""


class CannotBeSaid(Exception):
    """A text was not sent; the exception's own text says why."""


def in_words(case: Case, text: str, person: Any) -> Written:
    """The text filled in for the case, in its customer's language; nothing is written down."""
    return writing.in_words(case, text, me=person, language=recipients.language_of(recipients.of_case(case)))


def send(
    *, case_id: int, actor: service.ActingAs, person: Any, text: str, channel: str, subject: str = "",
    idempotency_key: str | None = None,
) -> service.Outcome:  # fmt: skip
    """Fill in the text and send it. Raises CannotBeSaid, and nothing is sent, where something in it has no words.

    The case keeps what was said, its customer's links as the variables that they were.
    """
    case = Case.objects.get(pk=case_id)
    about, said = in_words(case, subject, person), in_words(case, text, person)
    problems = dict.fromkeys((*about.problems, *said.problems))
    if problems and service.given_before(actor=actor, idempotency_key=idempotency_key) is None:
        raise CannotBeSaid(sentences(problems))
    typed = "" if (about.text, said.text) == (subject, text) else f"{subject}\n{text}"
    return service.message(
        case_id=case_id, actor=actor, text=said.text, channel=channel, subject=about.text,
        idempotency_key=idempotency_key, typed=typed,
    )  # fmt: skip
