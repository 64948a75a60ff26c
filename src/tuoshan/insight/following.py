"""What customers' changes mean for the index."""

from typing import Any

from tuoshan import clock
from tuoshan.agenda import claiming
from tuoshan.cases.models import Case
from tuoshan.insight.indexing import index_cases
from tuoshan.parties.models import Customer

CUSTOMER_JOB = "insight_customer"


def customer_saved(sender: type[Customer], instance: Customer, created: bool, **more: Any) -> None:
    """A known customer's name or phone may have changed: their cases are taken in again, by the worker."""
    if created or instance.erased_at is not None or not Case.objects.filter(customer_id=instance.pk).exists():
        return
    claiming.put(
        kind="job", name=CUSTOMER_JOB, key=f"{CUSTOMER_JOB}:{instance.pk}", due_at=clock.now(),
        payload={"customer": instance.pk},
    )  # fmt: skip


def erase(customer: Customer) -> None:
    """An erased customer's cases are found by number alone. Runs in the transaction of the erasure."""
    ids = list(Case.objects.filter(customer_id=customer.pk).order_by("id").values_list("id", flat=True))
    if ids:
        index_cases(ids, without_customer=customer.pk, anew=True)
