"""The lists behind the board's numbers: every number is the count of exactly the list that it leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tuoshan.care import follow_up
from tuoshan.cases import library, queries
from tuoshan.cases.models import Case, Deadline
from tuoshan.cases.queries import end_of_today
from tuoshan.cases.summary import is_outside
from tuoshan.core.playbook import Playbook
from tuoshan.insight.reviewed import decides

BY_DUE = ("queue_at", "id")


@dataclass(frozen=True, slots=True)
class Selection:
    """One list of cases. `cases` gets the viewer, the moment and, where it takes one, a person's id."""

    title: Any
    cases: Callable[[Any, datetime, int | None], "QuerySet[Case]"]
    empty: Any
    of_person: bool = False


def decided_states(playbook: Playbook) -> list[str]:
    """States in which somebody of ours approves: by tier of an amount, or by an action that means approval."""
    found = []
    for state in playbook.states.values():
        if state.waits is None or all(is_outside(playbook, party) for party in state.waits.parties):
            continue
        ways = [action for action in playbook.actions.values() if state.name in action.sources and not action.automatic]
        if any(decides(playbook, action) for action in ways):
            found.append(state.name)
    return found


def _approvals(viewer: Any, now: datetime, person: int | None) -> "QuerySet[Case]":
    wanted = Q(pk__in=[])
    for key, playbook in library.everything().items():
        states = decided_states(playbook)
        if states:
            wanted |= Q(playbook=key, state__in=states)
    return queries.reachable(viewer).filter(wanted, ended=False).order_by(*BY_DUE)


def _queue(name: str) -> Callable[[Any, datetime, int | None], "QuerySet[Case]"]:
    return lambda viewer, now, person: queries.queue(name, viewer, now=now)


def _of_person(viewer: Any, now: datetime, person: int | None) -> "QuerySet[Case]":
    return queries.reachable(viewer).filter(handler_id=person or 0, ended=False).order_by(*BY_DUE)


def _late_of_person(viewer: Any, now: datetime, person: int | None) -> "QuerySet[Case]":
    return _of_person(viewer, now, person).filter(queue_at__lt=now)


SELECTIONS: Mapping[str, Selection] = {
    "overdue": Selection(_("已超时"), _queue("overdue"), _("没有超时的工单。")),
    "due_today": Selection(_("今日到期"), _queue("due_today"), _("今天没有到期的工单。")),
    "unassigned": Selection(_("待分派"), _queue("unassigned"), _("没有等待分派的工单。")),
    "urgent": Selection(_("紧急"), _queue("urgent"), _("没有紧急工单。")),
    "appeals": Selection(_("申诉"), _queue("appeals"), _("没有申诉。")),
    "approvals": Selection(_("待审批"), _approvals, _("没有等待审批的工单。")),
    "follow_ups": Selection(
        _("待回访"), lambda viewer, now, person: follow_up.due(viewer, own=False), _("没有等待回访的工单。")
    ),
    "handler": Selection(_("在办工单"), _of_person, _("手上没有工单。"), of_person=True),
    "handler_late": Selection(_("在办且已超时"), _late_of_person, _("没有超时的工单。"), of_person=True),
}


def outside_parties() -> frozenset[str]:
    """The names of all parties that are not ours."""
    return frozenset(
        party for book in library.everything().values() for party in {*book.parties, "customer"}
        if is_outside(book, party)
    )  # fmt: skip


def tomorrow(now: datetime) -> tuple[datetime, datetime]:
    """From the coming midnight of the company's zone to the one after it."""
    begin = end_of_today(now)
    return begin, end_of_today(begin + timedelta(hours=12))


def due_tomorrow(viewer: Any, now: datetime) -> "QuerySet[Deadline]":
    """Our running clocks that run out tomorrow if nothing is done, in cases within reach, by moment. One that outlives
    its case, an authority's reply after the customer has withdrawn, is among them.
    """
    begin, end = tomorrow(now)
    found = Deadline.objects.filter(ended_at__isnull=True, due_at__gte=begin, due_at__lt=end)
    cases = queries.reachable(viewer).order_by().values("id")
    ours = found.exclude(party__in=outside_parties())
    return ours.filter(case_id__in=cases).order_by("due_at", "case_id", "key")
