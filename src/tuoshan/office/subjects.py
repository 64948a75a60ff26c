"""The subject that a case is about, an order or a shop, and the other cases about the same one."""

from typing import Any

from tuoshan.cases import library, queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case

SHOWN = 10


def title(case: Case) -> str:
    """How the playbook calls what the case is about; empty where it is about nothing in particular."""
    field = library.pinned(case.playbook, case.playbook_hash).facts.get(case.about_kind)
    return words(field.label) if field is not None and case.about_key else ""


def others(viewer: Any, case: Case) -> list[Case]:
    """Other cases about the same subject within the viewer's reach, newest first."""
    if not case.about_key:
        return []
    found = queries.reachable(viewer).filter(about_kind=case.about_kind, about_key=case.about_key).exclude(pk=case.pk)
    return list(found.defer("snapshot").order_by("-id")[:SHOWN])
