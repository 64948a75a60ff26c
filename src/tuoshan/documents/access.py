"""Who may see a piece of evidence, and who may hand one in. Everything that serves a file asks here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tuoshan import clock
from tuoshan.cases.upload_holders import of_case, of_person
from tuoshan.documents.drafts import token_hash
from tuoshan.documents.models import Evidence
from tuoshan.parties.customers import still_theirs
from tuoshan.parties.permissions import WRITERS, sees_findings, sees_removed

PORTAL_CASES = "portal_cases"
"""Session key under which the portal keeps the ids of the cases this visitor has proved to be theirs."""

_FOR_CUSTOMER: dict[str, Any] = {"removed_at": None, "visible_to_customer": True, "supervisors_only": False}
"""What holds of a file that the customer of its case may see."""


def may_see(request: HttpRequest, evidence: Evidence) -> bool:
    """Whether this request may see the file.

    Rule: a file that was taken out of its case is seen by auditors who reach the case, an erased one by nobody. A draft
    is seen by the holder of its token (`?token=`), or by the staff member who handed it in. Staff see files of cases
    within their reach, files marked for supervisors only with a supervising role. A portal visitor sees files of the
    cases bound to the session that are marked visible to the customer.
    """
    person = _staff(request)
    if evidence.removed_at is not None and (evidence.erased_at is not None or not (person and sees_removed(person))):
        return False
    if evidence.case_id is None:
        return _holds_draft(request, evidence) or (
            person is not None and evidence.actor_kind == "person" and evidence.actor_id == person.pk
        )
    if person is not None:
        if evidence.supervisors_only and not sees_findings(person):
            return False
        return reaches(person, evidence.case_id)
    return evidence.case_id in portal_cases(request) and all(
        getattr(evidence, name) == value for name, value in _FOR_CUSTOMER.items()
    )


def shown_to_customer(case_id: int) -> list[Evidence]:
    """The files of a case that its customer may see, theirs and those meant for them, oldest first."""
    return list(Evidence.objects.filter(case_id=case_id, **_FOR_CUSTOMER).order_by("id"))


def may_add(request: HttpRequest, case_id: int) -> bool:
    """Whether this request may hand in a file for the case: staff within reach who write, or its own customer."""
    person = _staff(request)
    if person is not None:
        return not is_reading_only(person) and reaches(person, case_id)
    return case_id in portal_cases(request)


def reaches(person: Any, case_id: int) -> bool:
    """Whether the case is within the person's reach."""
    from tuoshan.cases.queries import reachable

    return bool(reachable(person).filter(id=case_id).exists())


def is_reading_only(person: Any) -> bool:
    """Whether every role of the person only reads (finance, auditor)."""
    return WRITERS.isdisjoint(person.role_keys())


def portal_cases(request: HttpRequest) -> frozenset[int]:
    """Ids of the cases bound to this session by the portal."""
    session = getattr(request, "session", None)
    kept = session.get(PORTAL_CASES, ()) if session is not None else ()
    if isinstance(kept, dict):  # with the second until which each is open, and whose it was then
        now = clock.now().timestamp()
        marks = {int(case_id): mark if isinstance(mark, list) else [mark] for case_id, mark in kept.items()}
        return frozenset(
            case_id
            for case_id, (until, *whose) in marks.items()
            if float(until) > now and (not whose or still_theirs(*whose))
        )
    return frozenset(int(case_id) for case_id in kept)


def holders(request: HttpRequest) -> frozenset[str]:
    """As whom this request may use the token of a draft."""
    person_id = staff_id(request)
    cases = {of_case(case_id) for case_id in portal_cases(request)}
    return frozenset(cases if person_id is None else {of_person(person_id), *cases})


def staff_id(request: HttpRequest) -> int | None:
    """The signed-in person's id, or None for a visitor."""
    person = _staff(request)
    return None if person is None else int(person.pk)


def _staff(request: HttpRequest) -> Any | None:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated and user.is_active else None


def _holds_draft(request: HttpRequest, evidence: Evidence) -> bool:
    token = request.GET.get("token", "")
    if not token or not evidence.upload_token_hash:
        return False
    return token_hash(token, holders(request)) == evidence.upload_token_hash
