"""Cases that were ruled on before, as facts to be ruled on again; what was asked on the bench alone is no case."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tuoshan.cases.models import Case
from tuoshan.core.policy.comparing import Past
from tuoshan.rulings import claims
from tuoshan.rulings.models import KeptRuling

QUARTER = timedelta(days=92)
READ_AT_ONCE = 2_000


def past_of(which: str, now: datetime) -> Iterator[Past]:
    """Kept rulings of open cases, of cases of the last quarter, or of all cases, as facts that were ruled on, the
    newest first; of a case that has ruled twice, its newest counts, with all lines of the same bench. What was asked on
    the bench and never became a case does not count (`only_asked`). Raises KeyError."""
    counting: dict[int, str] = {}
    for row in _kept(which, now).only(*claims.COMPARED).order_by("-id").iterator(READ_AT_ONCE):
        if row.case_id is None:
            continue
        ruled_before = row.case_id in counting
        if counting.setdefault(row.case_id, row.session) != row.session or (ruled_before and not row.session):
            continue
        yield claims.past(row)


def _kept(which: str, now: datetime) -> "QuerySet[KeptRuling]":
    return {
        "open": KeptRuling.objects.filter(case_id__in=Case.objects.filter(ended=False).values("id")),
        "quarter": KeptRuling.objects.filter(kept_at__gte=now - QUARTER),
        "all": KeptRuling.objects.all(),
    }[which]


def only_asked(which: str, now: datetime) -> int:
    """How many of these were asked on the bench alone: one matter may be asked there many times. Raises KeyError."""
    return _kept(which, now).filter(case_id=None).count()
