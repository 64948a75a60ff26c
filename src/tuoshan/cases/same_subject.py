"""What the other cases about the same thing come to: the order, the shop or whatever a playbook's `about` names.

The named queries of `about.QUERY` in conditions. A case that was merged into another counts there alone.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from tuoshan.cases import library
from tuoshan.cases.models import Case
from tuoshan.cases.summary import about_of
from tuoshan.core import outlay
from tuoshan.core.case import CaseState
from tuoshan.core.playbook import Playbook

ABOUT = "about"
OPEN = "open"
MONEY: Mapping[str, Callable[[Playbook, CaseState], Decimal]] = {
    "paid_out": outlay.paid_out,
    "offered": outlay.offered,
}
"""The queries that add up money, in yuan, and what each takes of a case."""


def answer(query: str, playbook: Playbook, case: CaseState, case_id: int) -> Decimal:
    """How many other cases about the same thing are not ended (`open`), what they have paid out or given out to be
    paid (`paid_out`), what they offer and nobody has answered (`offered`). Nothing where the case names no such thing.
    """
    kind, key = about_of(playbook, case)
    if not key:
        return Decimal("0.00")
    if connection.in_atomic_block and connection.vendor == "postgresql":
        _one_at_a_time(f"about {kind} {key}")
    others = Case.objects.filter(about_kind=kind, about_key=key).exclude(pk=case_id).filter(merged_into_id=None)
    if query == OPEN:
        return Decimal(others.filter(ended=False).count())
    return sum(_each(others, MONEY[query]), Decimal("0.00")).quantize(Decimal("0.01"))


def money_of_others(playbook: Playbook, case: CaseState, case_id: int) -> dict[str, Decimal]:
    """The answers about money for whoever looks at the case, by query; those alone on which a step of it depends."""
    conditions = [one for action in playbook.actions.values() for one in (action.condition, action.as_soon_as) if one]
    asked = {name for one in conditions for space, name in one.namespaces if space == ABOUT and name in MONEY}
    return {query: answer(query, playbook, case, case_id) for query in MONEY if query in asked}


def _one_at_a_time(what: str) -> None:
    """Two decisions about one thing at the same moment: the second waits until the first can be seen. SQLite writes one
    at a time anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _each(others: QuerySet[Case], take: Callable[[Playbook, CaseState], Decimal]) -> Iterator[Decimal]:
    for key, fingerprint, snapshot in others.values_list("playbook", "playbook_hash", "snapshot"):
        yield take(library.pinned(key, fingerprint), CaseState.from_json(json.loads(snapshot)))
