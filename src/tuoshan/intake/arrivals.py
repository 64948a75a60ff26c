"""Keeping and reading how a case reached us."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tuoshan.cases import sql
from tuoshan.cases.models import Case
from tuoshan.intake.channels import PRODUCT_SAID
from tuoshan.intake.models import Arrival
from tuoshan.intake.texts import text_key
from tuoshan.secrets import Unreadable, encrypt


@dataclass(frozen=True)
class Came:
    """How something reached us. `received_at` left open means now; particulars are texts by name."""

    channel: str = ""
    received_at: datetime | None = None
    reply_due: datetime | None = None
    particulars: Mapping[str, str] = field(default_factory=dict)

    def with_product(self, said: str) -> "Came":
        """With the product in the customer's words, where there are any."""
        return replace(self, particulars={**self.particulars, PRODUCT_SAID: said}) if said else self


_INSERT = (
    "INSERT INTO intake_arrival (case_id, channel, received_at, reply_due, order_no, text_key, particulars) "
    "VALUES {rows}",
    7,
)


def keep(
    cursor: Any, *, case_id: int, came: Came, registered_at: datetime, order_no: str, text: str
) -> None:
    """Write the row. A moment of arrival after the registration is taken as the registration."""
    given = {name: value for name, value in came.particulars.items() if value}
    row = (
        case_id, came.channel, min(came.received_at or registered_at, registered_at), came.reply_due,
        order_no.strip()[:64], text_key(text), encrypt(json.dumps(given, ensure_ascii=False)) if given else "",
    )  # fmt: skip
    sql.insert(cursor, _INSERT, [row])


def particulars(arrival: Arrival) -> dict[str, str]:
    """The channel's particulars by name; none after the customer was erased, or where they cannot be read."""
    if isinstance(arrival.particulars, Unreadable):
        return {}
    return json.loads(arrival.particulars) if arrival.particulars else {}


def of_case(case_id: int) -> Arrival | None:
    """The case's arrival; None for cases that came in another way."""
    return Arrival.objects.filter(case_id=case_id).first()


def erase(customer: Any) -> None:
    """Empty what tells who the customer is; the channel and the moments stay."""
    cases = list(Case.objects.filter(customer_id=customer.pk).values_list("id", flat=True))
    Arrival.objects.filter(case_id__in=cases).update(particulars="", text_key="", order_no="")
