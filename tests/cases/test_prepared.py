"""Statements that are put together once find what the query set finds, for any number of ids, on both databases."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from tuoshan import clock as clocks
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import prepared
from tuoshan.cases.models import Deadline
from tuoshan.parties.models import Customer

pytestmark = pytest.mark.django_db


def _names(places: Sequence[Any]) -> "QuerySet[Any]":
    return Customer.objects.order_by("pk").filter(pk__in=places).values_list("pk", "name")


def test_names_of_many_are_found_readable_however_many_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_kept", {})
    with write_transaction():
        known = [Customer.objects.create(name=f"顾客{number}").pk for number in range(9)]
    for asked in (0, 1, 2, 3, 5, 8, 9):
        found = prepared.among("names", known[:asked], _names)
        assert sorted(found) == sorted((key, f"顾客{known.index(key)}") for key in known[:asked]), asked
    assert len(prepared._kept) == 5, "one statement for each of 1, 2, 4, 8 and 16 places"
    assert prepared.among("names", [known[0], known[0], -1], _names) == [(known[0], "顾客0")]


def test_moments_come_back_as_moments() -> None:
    now = clocks.now()
    with write_transaction():
        Deadline.objects.create(
            case_id=5, key="state", name="waits", kind="state", started_at=now, due_at=now + timedelta(hours=1)
        )
    found = prepared.among(
        "moments", [5, 6], lambda places: Deadline.objects.filter(case_id__in=places).values_list("case_id", "due_at")
    )
    assert found == [(5, now + timedelta(hours=1))]
