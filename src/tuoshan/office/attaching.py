"""Who sees what is attached: whose page it is, or supervisors alone, where a person can be named in the case; and how
a file that does not belong there is taken out again.
"""

from typing import Any

from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.cases.orders import MessageDraft
from tuoshan.cases.possible import Standing
from tuoshan.core import judging, mending
from tuoshan.core.playbook import Action, Playbook
from tuoshan.core.possible import Possible
from tuoshan.documents import evidence
from tuoshan.documents.models import Evidence
from tuoshan.insight import reviewed
from tuoshan.insight.story import Audience, Story
from tuoshan.parties.permissions import sees_findings

REMOVED = "evidence_removed"


class NotThere(LookupError):
    """No file of the case that this person sees, or it was taken out before."""


class OwnDecision(Exception):
    """The person decided with this file, and the decision can be appealed: somebody else has to take it out."""

    def __str__(self) -> str:
        return _("您用这个凭证作过决定，移除要由另一位主管办理。")


def names_a_person(item: Possible) -> bool:
    """Whether the form of this step has a field that supervisors alone read."""
    return any(field.supervisors_only for field in item.form)


def shown_by_itself(playbook: Playbook, action: Action | None) -> bool:
    """Whether what is attached to this step stands on the page of the case unless said otherwise: the step writes to
    whoever's page it is.
    """
    told = [playbook.messages[name].to for name in action.tell if name in playbook.messages] if action else []
    return any(playbook.portal in to for to in told)


def may_keep_for_supervisors(standing: Standing, person: Any) -> bool:
    """Whether some step that the person can take now names a person; for supervisors, a correction does too."""
    items = standing.possible()
    if any(names_a_person(item) for item in items):
        return True
    corrects = any(judging.corrects(action) for item in items if (action := _action(standing, item)) is not None)
    findings = any(field.supervisors_only for field in mending.correctable(standing.playbook))
    return corrects and findings and sees_findings(person)


def _action(standing: Standing, item: Possible) -> Action | None:
    return standing.playbook.actions.get(item.name) if item.kind == "act" else None


# -- taken out again -----------------------------------------------------------------------------------------------


def file_of(person: Any, case: Case, evidence_id: int) -> Evidence:
    """The file of the case, also one that was taken out. Raises NotThere for what the person does not see."""
    row = Evidence.objects.filter(pk=evidence_id, case_id=case.pk, erased_at=None).first()
    if row is None or (row.supervisors_only and not sees_findings(person)):
        raise NotThere(evidence_id)
    return row


def take_away(person: Any, case: Case, evidence_id: int, reason: str, key: str | None = None) -> service.Outcome:
    """Takes a file out of the case: it is hidden from everybody but auditors, and its content stays provable.

    The history has an event of it, and the reason as a note among colleagues. What was decided or done with the file
    stands, and names it as taken out. Raises NotThere and OwnDecision.
    """
    row = file_of(person, case, evidence_id)
    if is_own_decision(person, case, evidence_id):
        raise OwnDecision
    with write_transaction():
        outcome = service.record(
            case_id=case.pk, name=REMOVED, actor=ActingAs.by_person(person), extra={"evidence_ids": [row.pk]},
            message=MessageDraft("note", reason, author_id=person.pk), idempotency_key=key,
        )  # fmt: skip
        anew = outcome.accepted and not outcome.replayed
        if anew and not evidence.remove(evidence_id=row.pk, now=clock.now()):
            raise NotThere(evidence_id)
    return outcome


def is_own_decision(person: Any, case: Case, evidence_id: int) -> bool:
    """Whether the person took, with this file, a decision that can be appealed."""
    story = Story(case, library.pinned(case.playbook, case.playbook_hash), Audience.staff(person))
    return str(person.pk) in {str(number) for number in reviewed.decided_with(story, evidence_id)}


def steps_with(story: Story, evidence_id: int) -> list[str]:
    """The steps and tasks to which this file was attached, as the story tells them, each once."""
    telling = story.telling()
    found = [event for event in story.record.events if event.kind in ("act", "task")]
    with_it = [event for event in found if evidence_id in event.input.get("extra", {}).get("evidence_ids", ())]
    return list(dict.fromkeys(entry.text for event in with_it for entry in telling.of_event(event)))
