"""What waits for a decision, and which of it the reader may decide: asked of the kernel, for many cases at once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from tuoshan.cases.forms import words
from tuoshan.office import approvals as office
from tuoshan.workbench.cards import Card, cards


@dataclass(frozen=True, slots=True)
class Decision:
    """One button: its form opens in place."""

    id: str
    title: str
    src: str
    first: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """One case that waits for a decision: since when, about how much, and whose it is."""

    card: Card
    amount: Decimal | None
    since: datetime | None
    decides: str
    buttons: tuple[Decision, ...]


def waiting(viewer: Any, now: datetime) -> tuple[list[Approval], int, bool]:
    """Those that the viewer may decide, the most pressing first; how many others decide; whether more may follow."""
    rows, others, more = office.waiting(viewer, now)
    shown = {card.case.pk: card for card in cards([row.case for row in rows], viewer)}
    return [_approval(row, shown[row.case.pk]) for row in rows], others, more


def _approval(row: office.Waiting, card: Card) -> Approval:
    made = tuple(
        Decision(
            f"ap-{row.case.pk}-{item.name}",
            words(item.title),
            f"{reverse('workbench:act', args=[row.case.number, 'act', item.name])}?from=board",
            number == 0,
        )
        for number, item in enumerate(row.steps)
    )
    return Approval(card, row.case.amount, row.since, row.decides, made)
