"""Form values against their fields: what is missing, what is not of its kind. Pure; screens and API share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from tuoshan.core.conditions import EvaluationError, Expression, MissingFact, Scope
from tuoshan.core.conditions.syntax import Compare, Either, Fact, Literal, Node
from tuoshan.core.facts import Words
from tuoshan.core.playbook import Field

FIRST_YEAR, LAST_YEAR = 1900, 2199

Problem = str
"""missing · not_a_choice · not_of_kind · too_small · too_large · not_exact · ahead · unknown_field · not_asked"""


def validate(fields: Iterable[Field], values: Mapping[str, object], scope: Scope) -> dict[str, Problem]:
    """The problems by field name; empty when the form is right. Unknown names are refused."""
    known = {field.name: field for field in fields}
    problems = {name: "unknown_field" for name in values if name not in known}
    empty = {name for name in known if values.get(name) in (None, "", [], ())}
    for name in known.keys() - empty:
        if problem := _problem(known[name], values[name]) or _ahead(known[name], values[name], scope):
            problems[name] = problem
    # What depends on an answer is judged only where that answer is one.
    judged = [field for field in known.values() if field.show_if is None or not field.show_if.reads & problems.keys()]
    problems |= {field.name: "missing" for field in judged if field.name in empty and _wanted(field, scope)}
    left_out = not_asked(judged, scope)
    problems |= dict.fromkeys(left_out - empty, "not_asked")
    return {name: problems[name] for name in (*known, *values) if name in problems}


def _wanted(field: Field, scope: Scope) -> bool:
    return field.required and shown(field, scope)


def shown(field: Field, scope: Scope) -> bool:
    """Whether the field is asked at all (`show_if`); one that cannot be judged yet is shown but not required."""
    if field.show_if is None:
        return True
    try:
        return bool(field.show_if.evaluate(scope))
    except MissingFact:
        return False


def called_up_by(field: Field) -> tuple[tuple[str, str], ...]:
    """The answers to other fields any one of which asks this one: a yes, a choice, one of several choices; each with
    its field's name. Nothing where `show_if` says more than that.
    """
    return _answers(field.show_if.tree) if field.show_if else ()


def _answers(condition: Node) -> tuple[tuple[str, str], ...]:
    match condition:
        case Fact(name):
            return ((name, "yes"),)
        case Compare("==", Fact(name), Literal(str(value))) | Compare("in", Literal(str(value)), Fact(name)):
            return ((name, value),)
        case Either(parts):
            found = [_answers(part) for part in parts]
            return tuple(pair for pairs in found for pair in pairs) if all(found) else ()
    return ()


def demanded(fields: Iterable[Field]) -> set[str]:
    """The fields that whoever fills in this form surely gives."""
    return {field.name for field in fields if field.required and field.show_if is None}


def not_asked(fields: Iterable[Field], scope: Scope) -> frozenset[str]:
    """The fields that an answer of the same form makes inapplicable: their `show_if` reads it and does not hold."""
    fields = list(fields)
    names = {field.name for field in fields}
    return frozenset(
        field.name for field in fields
        if field.show_if is not None and field.show_if.reads & names and _ruled_out(field.show_if, scope)
    )  # fmt: skip


def _ruled_out(condition: Expression, scope: Scope) -> bool:
    try:
        return not condition.evaluate(scope)
    except EvaluationError:
        return False


def _problem(field: Field, value: object) -> Problem | None:
    match field.kind:
        case "choice":
            if not _plain(value):
                return "not_of_kind"
            allowed = {choice.value for choice in field.choices}
            return "not_a_choice" if allowed and value not in allowed else None
        case "choices":
            if not isinstance(value, list | tuple) or not all(_plain(item) for item in value):
                return "not_of_kind"
            allowed = {choice.value for choice in field.choices}
            return "not_a_choice" if allowed and any(item not in allowed for item in value) else None
        case "yes_no":
            return None if isinstance(value, bool) else "not_of_kind"
        case "money" | "number":
            return _number_problem(field, value)
        case "date":
            if not isinstance(value, date) or isinstance(value, datetime):
                return "not_of_kind"
            return _year_problem(value)
        case "datetime":
            return _year_problem(value) if isinstance(value, datetime) and value.tzinfo else "not_of_kind"
        case "text" | "long_text" | "phone" | "address":
            return None if isinstance(value, str | Words) else "not_of_kind"
    several = value if isinstance(value, list | tuple) else [value]
    return None if all(_plain(item) for item in several) else "not_of_kind"


def _year_problem(value: date) -> Problem | None:
    """Moments far outside of any case's life would overflow once a limit is counted from them."""
    return "too_small" if value.year < FIRST_YEAR else "too_large" if value.year > LAST_YEAR else None


def _ahead(field: Field, value: object, scope: Scope) -> Problem | None:
    """What has been is not later than now; a day not later than the case's own today."""
    if not field.past:
        return None
    late = value > scope.now if isinstance(value, datetime) else isinstance(value, date) and value > scope.now.date()
    return "ahead" if late else None


def _plain(value: object) -> bool:
    """A name or a number of something kept elsewhere: what a list, a person or a file is referred to by."""
    return isinstance(value, str | int | Words) and not isinstance(value, bool)


def _number_problem(field: Field, value: object) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "not_of_kind"
    number = Decimal(value)
    if not number.is_finite():
        return "not_of_kind"
    if field.kind == "money" and number != number.quantize(Decimal("0.01")):
        return "not_exact"
    if number < Decimal(field.minimum or ("0" if field.kind == "money" else "-Infinity")):
        return "too_small"
    if field.maximum and number > Decimal(field.maximum):
        return "too_large"
    return None
