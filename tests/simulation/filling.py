"""Forms filled by chance: plausible within what a field takes, now and then with something wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.simulation.company import LISTS

from tuoshan.core import forms
from tuoshan.core.conditions import Scope
from tuoshan.core.playbook import Field

AMOUNTS = ("0", "0.01", "50", "200", "200.01", "201", "500", "500.01", "4800", "5000", "5001", "20000", "20001")
WRONG: tuple[object, ...] = (
    "", 3.5, [], "no such choice", Decimal("-1"), Decimal("0.001"), None, True, datetime.max,
    datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC),
)  # fmt: skip
ZONE = ZoneInfo("Asia/Shanghai")


def filled(
    fields: Sequence[Field], now: datetime, people: Sequence[str], chance: random.Random, *, wrong: float = 0.0
) -> dict[str, object]:
    """Values for a form. With the chance of `wrong` one of them is not what the field takes, or is a stranger."""
    values: dict[str, object] = {}
    for item in fields:
        if item.required or chance.random() < 0.3:
            values[item.name] = value_for(item, now, people, chance)
    if values and chance.random() < wrong:
        name = chance.choice(sorted(values))
        if chance.random() < 0.2:
            values["unheard_of"] = 1
        else:
            values[name] = chance.choice(WRONG)
    return values


def fitted(
    fields: Sequence[Field], values: dict[str, object], case: Scope, chance: random.Random
) -> dict[str, object]:
    """The values, mostly made to fit together: nothing that an answer leaves out, no amount above its ceiling."""
    if chance.random() < 0.15:
        return values
    right = [item for item in fields if item.name not in forms.validate(fields, values, case)]
    fit = {name: value for name, value in values.items() if name not in forms.not_asked(right, case)}
    for item in fields:
        for ceiling in item.ceilings:
            amount, bound = fit.get(item.name), fit.get(ceiling, case.fact(ceiling))
            if not isinstance(amount, Decimal):
                continue
            if isinstance(bound, Decimal):
                fit[item.name] = min(amount, bound)
            elif any(one.name == ceiling for one in fields):
                fit[ceiling] = amount
    return fit


def value_for(item: Field, now: datetime, people: Sequence[str], chance: random.Random) -> object:
    """One value of the field's kind."""
    choices = [choice.value for choice in item.choices] or list(LISTS.get(item.list, ("one", "two")))
    match item.kind:
        case "choice":
            return chance.choice(choices)
        case "choices":
            return chance.sample(choices, chance.randint(1, min(3, len(choices))))
        case "yes_no":
            return chance.random() < 0.5
        case "money":
            return max(Decimal(chance.choice(AMOUNTS)), Decimal(item.minimum or 0))
        case "number":
            low, high = int(Decimal(item.minimum or 0)), int(Decimal(item.maximum or 9))
            return Decimal(chance.randint(low, high))
        case "date":
            return (now + timedelta(days=chance.choice((-2, 0, 0, 1, 3, 10)))).astimezone(ZONE).date()
        case "datetime":
            return now + timedelta(hours=chance.choice((-5, 0, 1, 4, 30, 300)))
        case "person":
            return chance.choice(list(people))
    return chance.choice(("水管漏水", "已与客户沟通", "照旧", "x"))
