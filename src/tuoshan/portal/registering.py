"""From the portal's form to a registered complaint."""

from collections.abc import Mapping
from typing import Any

from tuoshan.catalog.models import Product
from tuoshan.intake.arrivals import Came
from tuoshan.intake.registering import Contact, Registered, register_complaint
from tuoshan.portal.showing import language


def register(key: str, given: Mapping[str, Any], upload_token: str) -> Registered:
    """Register what the form holds. The same key gives the same case again, so a second tap makes no second one."""
    values = {"what_happened": given["what_happened"]}
    for name in ("wish", "order_no"):
        if given.get(name):
            values[name] = given[name].strip()
    if given.get("product"):
        values["product"] = product_of(given["product"])
    return register_complaint(
        values=values, contact=Contact(given["phone"], given["name"], given.get("email", ""), language=language()),
        came=Came(channel="web"), upload_token=upload_token, idempotency_key=f"submit:{key}" if key else None,
    )  # fmt: skip


def product_of(text: str) -> str:
    """The id of the product that was meant, when code or name say it exactly; else what was written."""
    plain = " ".join(text.split())
    found = list(Product.objects.filter(code__iexact=plain)[:2]) or list(Product.objects.filter(name=plain)[:2])
    if len(found) == 1:
        return str(found[0].pk)
    return f"# {plain}" if plain.isdigit() else plain
