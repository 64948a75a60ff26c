"""When a customer is erased: the words of their cases go, the cases and their chains stay whole."""

from typing import Any

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import service
from tuoshan.cases.models import Case, Command, Message, Words
from tuoshan.cases.models.titles import ERASED

CUSTOMER_ERASED = "customer_erased"
"""The event of each of the customer's cases: by whom and when, and nothing of who it was."""


def recorded(customer_id: int, by: Any) -> list[str]:
    """Write down in every case of the customer that this person of ours erases them; the numbers of the cases.

    Call it in the transaction of the erasure.
    """
    found = Case.objects.filter(customer_id=customer_id).order_by("id").values_list("id", "number")
    actor = service.ActingAs.by_person(by)
    for case_id, _number in found:
        service.record(case_id=case_id, name=CUSTOMER_ERASED, actor=actor)
    return [number for _case_id, number in found]


def erase(customer: Any) -> None:
    """Runs in the transaction of the erasure. Everything written in words goes, whoever wrote it, as it speaks
    of the person; codes, amounts and moments stay, and so do the keyed hashes by which the chain knows the words.
    """
    cases = list(Case.objects.filter(customer_id=customer.pk).values_list("id", flat=True))
    with write_transaction():
        Words.objects.filter(case_id__in=cases, erased_at=None).update(text="", erased_at=clock.now())
        said = Message.objects.filter(case_id__in=cases)
        said.update(text="", subject="")
        said.filter(delivery=Message.Delivery.PENDING).update(delivery=Message.Delivery.NOBODY)
        Case.objects.filter(id__in=cases).update(title=ERASED)
        # Which of the answers kept for a repeated request speak of the person cannot be told: all of them go.
        Command.objects.filter(key__startswith="api:", answer__isnull=False).update(answer=None)
