"""When a customer is erased: the words of their cases go, the cases and their chains stay whole."""

from typing import Any

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Case, Command, Message, Words


def erase(customer: Any) -> None:
    """Runs in the transaction of the erasure. Everything written in words goes, whoever wrote it, as it speaks
    of the person; codes, amounts and moments stay, and so do the keyed hashes by which the chain knows the words.
    """
    cases = list(Case.objects.filter(customer_id=customer.pk).values_list("id", flat=True))
    with write_transaction():
        Words.objects.filter(case_id__in=cases, erased_at=None).update(text="", erased_at=clock.now())
        Message.objects.filter(case_id__in=cases).update(text="", subject="")
        Case.objects.filter(id__in=cases).update(title="")
        # Which of the answers kept for a repeated request speak of the person cannot be told: all of them go.
        Command.objects.filter(key__startswith="api:", answer__isnull=False).update(answer=None)
