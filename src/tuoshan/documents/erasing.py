"""When a customer is erased, the files of their cases go, whoever handed them in, the slips that we kept among them."""

from tuoshan import clock
from tuoshan.cases.models import Case
from tuoshan.documents import evidence
from tuoshan.documents.models import Evidence
from tuoshan.parties.models import Customer


def erase(customer: Customer) -> None:
    """Runs in the transaction of the erasure. That there was a file, of which kind and with which hash, stays."""
    cases = Case.objects.filter(customer_id=customer.pk).values("id")
    rows = Evidence.objects.filter(case_id__in=cases, erased_at=None).order_by("id")
    evidence.erase(evidence_ids=rows.values_list("id", flat=True), now=clock.now())
