"""When a customer is erased, what was sent to them goes too: the rows stay, their words and address do not."""

from tuoshan.cases.models import Case
from tuoshan.integrations import mail
from tuoshan.integrations.models import ContactPreference, OutgoingMessage
from tuoshan.parties.models import Customer

_EMPTY = {"to": "", "to_name": "", "subject": "", "body": "", "last_error": ""}


def erase(customer: Customer) -> None:
    """Runs in the transaction of the erasure. What is not out yet never goes out."""
    cases = Case.objects.filter(customer_id=customer.pk).values("id")
    rows = OutgoingMessage.objects.filter(case_id__in=cases)
    for name in (
        rows.filter(status=OutgoingMessage.Status.FOLDER).exclude(provider_id="").values_list("provider_id", flat=True)
    ):
        (mail.folder() / name).unlink(missing_ok=True)
    rows.filter(status__in=("pending", "failed")).order_by().update(status=OutgoingMessage.Status.CANCELLED)
    rows.order_by().update(**_EMPTY)
    ContactPreference.objects.filter(customer_id=customer.pk).delete()
