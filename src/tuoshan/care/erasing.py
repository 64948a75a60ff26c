"""When a customer is erased, what they said afterwards goes; the score stays, as it names nobody."""

from tuoshan.care.models import FollowUpCall, SurveyAnswer
from tuoshan.cases.models import Case
from tuoshan.parties.models import Customer


def erase(customer: Customer) -> None:
    """Runs in the transaction of the erasure."""
    cases = list(Case.objects.filter(customer_id=customer.pk).values_list("id", flat=True))
    SurveyAnswer.objects.filter(case_id__in=cases).order_by().update(words="")
    FollowUpCall.objects.filter(case_id__in=cases).order_by().update(words="")
