"""A pair of shoes whose sole came off, asked at the bench and kept in a case; the books as shipped."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from tuoshan import clock
from tuoshan.core.policy.editing.clause_editing import with_meant
from tuoshan.core.policy.pack import Pack
from tuoshan.rulings import keeping, library
from tuoshan.rulings.asking import ask
from tuoshan.rulings.models import KeptRuling

SHOES = {
    "house": "mall", "sale": "store", "goods": "shoes", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "opening_cm": "6", "agreed_months": "0", "is_replacement": "no",
    "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes", "clearance": "no",
    "matches_invoice": "yes", "repairs_same_fault": "0", "repair_days": "0", "sold_on": "2026-01-20",
    "delivered_on": "2026-01-20", "reported_on": "2026-03-02", "paid": "399", "purpose_defeated": "no",
}  # fmt: skip


@pytest.fixture(autouse=True)
def books_as_shipped() -> Any:
    library.look_again()
    yield
    library.look_again()


def address(*lines: dict[str, str], **more: str) -> str:
    query = {f"f{number}-{name}": value for number, line in enumerate(lines, 1) for name, value in line.items()}
    return f"/rulings/?{urlencode({**query, **more})}"


def bench(desk: Any, *lines: dict[str, str], who: str = "agent", **more: str) -> str:
    answer = desk.client(who).get(address(*lines, **more))
    assert answer.status_code == 200
    return str(answer.content.decode())


def kept(desk: Any, case: Any, **facts: str) -> KeptRuling:
    ruling = ask({**SHOES, **facts}, date(2026, 3, 2)).ruling
    assert ruling is not None
    return keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk)


def without_examples(text: str) -> str:
    """A book that nothing proves, and that says so."""
    return with_meant(text.partition("\nexamples:")[0] + "\n", "no examples", "试 / A test")


def changed_text() -> tuple[Pack, str]:
    pack = library.newest("mall_shoes")
    text, _tables = library.text_of(pack)
    text = without_examples(text)  # they hold the book to its five centimetres
    changed = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 7"').replace('opening_cm: "> 5"', 'opening_cm: "> 7"')
    assert changed != text
    return pack, changed.replace("五厘米", "七厘米").replace("5 cm", "7 cm")
