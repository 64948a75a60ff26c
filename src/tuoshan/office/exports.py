"""Excel files of what a search finds."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from tuoshan.insight import export, search, wording
from tuoshan.insight.conditions import Conditions
from tuoshan.office import customers
from tuoshan.parties.permissions import FRONT


def cases_file(person: Any, conditions: Conditions) -> Path:
    """The cases that fulfil the conditions, newest first; the caller removes the file. Phones stand in full where the
    person reads them in full on the case too, and for the roles that speak with customers.
    """
    wanted = wording.read(conditions.q)
    speaks = not FRONT.isdisjoint(person.role_keys())

    def phones(of: Collection[int]) -> set[int]:
        return customers.callable_customers(person, of) if speaks else set()

    found = search.cases(person, conditions)
    if wanted:
        entries = search.matching(person, conditions, wanted)[: export.MOST_ROWS]
        return export.listed_file(list(entries.values_list("case_id", flat=True)), phones=phones)
    if conditions.q:
        found = found.none()
    return export.cases_file(found.order_by(*search.BY_CREATION), phones=phones)
