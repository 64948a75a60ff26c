"""What the agenda asks of insight: following events, sweeping up what came without, and changed customers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tuoshan.agenda import claiming
from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases.hooks import follow
from tuoshan.cases.models import Case
from tuoshan.cases.orders import Order
from tuoshan.core.case import Event
from tuoshan.core.playbook import Playbook
from tuoshan.insight import indexing
from tuoshan.insight.following import CUSTOMER_JOB
from tuoshan.insight.models import Progress
from tuoshan.secrets import strictly

EVERY = timedelta(seconds=20)
MOST_ANSWERS = 200


def _every_event(event: Event, order: Order, playbook: Playbook) -> bool:
    return True


follow(indexing.EFFECT, _every_event)


def _group(items: Sequence[Item], now: datetime) -> None:
    """Many events of few cases: each case is taken in once."""
    with write_transaction() as cursor:
        for item in items:
            claiming.finish(cursor, item, now)
        indexing.index_cases(item.case_id for item in items if item.case_id is not None)


@handler("effect", indexing.EFFECT, group=_group)
def case_changed(item: Item, now: datetime) -> None:
    """A case has a new event: index and figures follow."""
    if item.case_id is not None:
        indexing.index_cases([item.case_id])


@handler("job", "insight_catch_up", every=EVERY)
def catch_up(item: Item, now: datetime) -> datetime:
    """Cases that came as history, and survey answers that came after their task had lapsed.

    One among them that cannot be read keeps none of the others out.
    """
    with strictly(False):
        more = indexing.catch_up(now)
        _late_answers(now)
    return now if more else now + EVERY


def _late_answers(now: datetime) -> None:
    known = Progress.objects.filter(name=indexing.ANSWERS).first()
    since = known.at if known is not None and known.at is not None else now - indexing.ANSWERS_FIRST
    rows = list(
        SurveyAnswer.objects.filter(changed_at__gt=since, changed_at__lte=now)
        .order_by("changed_at")
        .values_list("case_id", "changed_at")[:MOST_ANSWERS]
    )
    if rows:
        indexing.index_cases([case_id for case_id, _ in rows], anew=True)
    until = rows[-1][1] if len(rows) == MOST_ANSWERS else now
    Progress.objects.update_or_create(name=indexing.ANSWERS, defaults={"at": until})


@handler("job", CUSTOMER_JOB)
def customer_changed(item: Item, now: datetime) -> None:
    """A customer's name or phone was corrected."""
    ids = Case.objects.filter(customer_id=int(item.data["customer"])).order_by("id").values_list("id", flat=True)
    indexing.index_cases(ids, anew=True)
