"""Reading what is worked out from facts: expressions, days, bands, ends of periods; and what a name may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import cast, get_args

from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Both, Compare, Either, Given, Not
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import Band, Bands, BandUnit, Computed, DaysBetween, EndOf, Fact, Setting, Value
from tuoshan.core.policy.reading.cells import Domain
from tuoshan.core.policy.reading.measures import DAYS, YUAN
from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.values import NUMBER, Values
from tuoshan.core.yaml_strict import Entry, Node, Scalar

UNITS = get_args(BandUnit)
CLAUSE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")
OVERRIDING = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z][A-Za-z0-9_.-]*\Z")
"""A clause of another book: `consumer_law.REG18`."""
_LENGTH = re.compile(r"(?P<count>[0-9]{1,4}|[a-z][a-z0-9_]*)\s+(?P<unit>[a-z_]+)\Z")
_SINGULAR = {"day": "days", "month": "months", "law_day": "law_days", "law_month": "law_months"}
DAYS_KEYS = ("days_from", "to", "less")
BANDS_KEYS = ("from", "to", "bands", "else", "less")
END_KEYS = ("from", "plus", "more")


def read_value(entry: Entry, values: Values) -> Value | None:
    """One entry of `values:`; None where it could not be read (the finding is noted)."""
    name, node, where = entry.key.text, entry.value, f"values.{entry.key.text}"
    if isinstance(node, Scalar):
        expression = values.expression(node, where)
        return Computed(name, expression, entry.key.line) if expression is not None else None
    body = values.mapping(node, where)
    if body.get("days_from") is not None:
        values.known(body, DAYS_KEYS, where)
        start, to = values.name(body.get("days_from"), where), values.name(body.get("to"), where)
        return DaysBetween(name, start, to, values.name(body.get("less"), where), entry.key.line)
    if body.get("bands") is not None:
        values.known(body, BANDS_KEYS, where)
        bands = [read_length(one.value, one.key.text, where, values) for one in values.named(body.get("bands"), where)]
        return Bands(
            name, values.name(body.get("from"), where), values.name(body.get("to"), where),
            tuple(band for band in bands if band is not None), values.name(body.get("else"), where),
            values.name(body.get("less"), where), entry.key.line,
        )  # fmt: skip
    values.known(body, END_KEYS, where)
    plus = read_length(body.get("plus"), name, where, values)
    if plus is None:
        return None
    return EndOf(name, values.name(body.get("from"), where), plus, values.name(body.get("more"), where), entry.key.line)


def read_length(node: Node | None, name: str, where: str, values: Values) -> Band | None:
    """`7 days`, `15 law_days`, `3 months`, `6 law_months`, `guarantee_months months`."""
    text = values.text(node, where)
    found = _LENGTH.match(text)
    unit = _SINGULAR.get(found["unit"], found["unit"]) if found else ""
    if found is None or unit not in UNITS:
        if isinstance(node, Scalar):
            values.notes.add(node, where, f"“{text}”不是天数", f"'{text}' is no number of days",
                             "写成 7 days、15 law_days、3 months、6 law_months，或 名称 months",
                             "write 7 days, 15 law_days, 3 months, 6 law_months, or a name and months")  # fmt: skip
        return None
    count = found["count"]
    return Band(name, int(count) if count.isdigit() else count, cast(BandUnit, unit))


def names_read(value: Value) -> tuple[str, ...]:
    """The names that a value is worked out from."""
    found: tuple[str, ...]
    match value:
        case Computed(_, expression):
            return tuple(sorted(expression.reads))
        case DaysBetween(_, start, to, less):
            found = (start, to, less)
        case Bands(_, start, to, bands, _, less):
            found = (start, to, less, *(band.count for band in bands if isinstance(band.count, str)))
        case EndOf(_, start, plus, more):
            found = (start, more, plus.count if isinstance(plus.count, str) else "")
    return tuple(name for name in found if name)


def domain_of_value(value: Value) -> Domain:
    """What a value may be, as a column sees it."""
    match value:
        case Computed(_, expression):
            return Domain("yes_no" if is_condition(expression) else "number")
        case DaysBetween():
            return Domain("number", unit=DAYS)
        case Bands(_, _, _, bands, otherwise):
            return Domain("choice", (*(band.name for band in bands), otherwise))
        case EndOf():
            return Domain("date")


def is_condition(expression: Expression) -> bool:
    """Whether an expression answers yes or no."""
    return isinstance(expression.tree, Compare | Both | Either | Not | Given)


def domain_of_fact(fact: Fact) -> Domain:
    match fact.field.kind:
        case "choice":
            choices = fact.field.choices
            return Domain("choice", tuple(one.value for one in choices), tuple(one.title for one in choices))
        case "yes_no":
            return Domain("yes_no")
        case "date":
            return Domain("date")
    unit = YUAN if fact.field.kind == "money" else fact.field.unit
    least, most = (Decimal(one) if NUMBER.match(one) else None for one in (fact.field.minimum, fact.field.maximum))
    return Domain("number", unit=unit, least=least, most=most)


def domain_of_setting(setting: Setting) -> Domain:
    if isinstance(setting.value, bool):
        return Domain("yes_no")
    if isinstance(setting.value, Decimal):
        return Domain("number", unit=setting.unit, least=setting.least, most=setting.most)
    return Domain("choice", (str(setting.value),))


def unfit(setting: Setting, value: object) -> Wording | None:
    """Why a value cannot stand for this setting; None where it can."""
    if isinstance(value, bool) or not isinstance(value, Decimal):
        bounded = setting.least is not None or setting.most is not None or setting.whole
        return Wording("应当是一个数", "this is to be a number") if bounded else None
    if setting.whole and value != value.to_integral_value():
        return Wording(f"“{value:f}”不是整数", f"'{value:f}' is no whole number")
    if setting.least is not None and value < setting.least:
        return Wording(f"“{value:f}”小于 {setting.least:f}", f"'{value:f}' is less than {setting.least:f}")
    if setting.most is not None and value > setting.most:
        return Wording(f"“{value:f}”大于 {setting.most:f}", f"'{value:f}' is more than {setting.most:f}")
    return None


def unknown_name(node: Node, name: str, where: str, known: Mapping[str, object], values: Values) -> None:
    """Note a name that nothing gives."""
    zh, en = did_you_mean(name, known)
    values.notes.add(node, where, f"没有“{name}”", f"there is no '{name}'", zh, en, check=8)
