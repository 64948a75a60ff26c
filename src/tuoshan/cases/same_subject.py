"""What the other cases about the same thing come to: the order, the shop or whatever a playbook's `about` names.

The named queries of `about.QUERY` in conditions. A case that was merged into another counts there alone.
"""

import json
from collections.abc import Iterator
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from tuoshan.cases import library
from tuoshan.cases.models import Case
from tuoshan.cases.summary import about_of
from tuoshan.core import ceilings
from tuoshan.core.case import CaseState
from tuoshan.core.conditions.names import QUERIES
from tuoshan.core.playbook import Playbook

ABOUT = "about"
OPEN, PAID_OUT = QUERIES


def answer(query: str, playbook: Playbook, case: CaseState, case_id: int) -> Decimal:
    """`open`: how many other cases about the same thing are not ended; `paid_out`: what they have paid out or given
    out to be paid, in yuan. Nothing where the case names no such thing.
    """
    kind, key = about_of(playbook, case)
    if not key:
        return Decimal("0.00")
    if connection.in_atomic_block and connection.vendor == "postgresql":
        _one_at_a_time(f"about {kind} {key}")
    others = Case.objects.filter(about_kind=kind, about_key=key).exclude(pk=case_id).filter(merged_into_id=None)
    if query == OPEN:
        return Decimal(others.filter(ended=False).count())
    return sum(_paid_out(others), Decimal("0.00")).quantize(Decimal("0.01"))


def paid_by_others(playbook: Playbook, case: CaseState, case_id: int) -> Decimal:
    """The answer to `paid_out` for whoever looks at the case; nothing where no step of its playbook depends on it."""
    conditions = (one for action in playbook.actions.values() for one in (action.condition, action.as_soon_as) if one)
    asked = any((ABOUT, PAID_OUT) in condition.namespaces for condition in conditions)
    return answer(PAID_OUT, playbook, case, case_id) if asked else Decimal("0.00")


def _one_at_a_time(what: str) -> None:
    """Two decisions about one thing at the same moment: the second waits until the first can be seen. SQLite writes one
    at a time anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _paid_out(others: QuerySet[Case]) -> Iterator[Decimal]:
    for key, fingerprint, snapshot in others.values_list("playbook", "playbook_hash", "snapshot"):
        yield ceilings.paid_out(library.pinned(key, fingerprint), CaseState.from_json(json.loads(snapshot)))
