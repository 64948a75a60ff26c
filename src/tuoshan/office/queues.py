"""The built-in queues, and beside them the one of customers' replies that their handler has not seen."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.cases.queries import QUEUES, Page
from tuoshan.integrations import replied

REPLIED = "replied"
NAMES = (*QUEUES, REPLIED)


def title_of(name: str) -> Any:
    """What a built-in queue is called. Raises KeyError."""
    return _("客户新回复") if name == REPLIED else QUEUES[name].title


def of(name: str, person: Any, **conditions: Any) -> "QuerySet[Case]":
    """The cases of a queue in its order, narrowed by columns. Raises KeyError."""
    if name == REPLIED:
        return replied.of(person).filter(**conditions)
    return queries.queue(name, person, **conditions)


def page(name: str, person: Any, cursor: str = "", size: int = 50) -> Page[Case]:
    """A page of a queue, in its order. Raises KeyError and CursorBroken."""
    if cursor or name == REPLIED:
        return queries.page(of(name, person), cursor, size)
    return queries.first_page(name, person, size)


def counts(person: Any, names: tuple[str, ...] = NAMES) -> dict[str, int]:
    """How many cases each queue holds, exactly."""
    more = {REPLIED: partial(replied.of, person)} if REPLIED in names else {}
    return queries.counts(person, tuple(name for name in names if name != REPLIED), more=more)
