"""When a customer is erased, what intake keeps of them goes: the arrival's particulars, tables from which they came."""

import phonenumbers

from tuoshan.intake import arrivals
from tuoshan.parties.models import Customer


def erase(customer: Customer) -> None:
    """Runs in the transaction of the erasure."""
    from tuoshan.intake.imports import desk  # with its readers of spreadsheets, which most processes never need

    arrivals.erase(customer)
    desk.forget_person(_without_country(customer.phone), customer.email.lower())


def _without_country(phone: str) -> str:
    try:
        return str(phonenumbers.parse(phone).national_number)
    except phonenumbers.NumberParseException:
        return ""
