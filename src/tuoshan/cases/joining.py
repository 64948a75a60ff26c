"""When two customers turn out to be one: the cases of the first become cases of the second."""

from typing import Any

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Case


def join(customer: Any, into: Any) -> None:
    """Runs in the transaction of the joining. Whose a case is stands beside its chain, not in it."""
    with write_transaction():
        Case.objects.filter(customer_id=customer.pk).order_by().update(customer_id=into.pk)
