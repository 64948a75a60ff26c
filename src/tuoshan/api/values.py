"""Field values in JSON to facts and back: exact amounts as text, moments with their zone."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tuoshan.cases import lists
from tuoshan.core.playbook import Field


def facts_of(fields: Iterable[Field], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts and, by field, what is not of its kind. Unknown names are left to the kernel to refuse."""
    known = {item.name: item for item in fields}
    facts: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in given.items():
        item = known.get(name)
        try:
            facts[name] = value if item is None or value is None else _fact(item, value)
        except (ValueError, TypeError, InvalidOperation):
            problems[name] = "not_of_kind"
            continue
        if item is not None and item.list and not _listed(item, facts[name]):
            problems[name] = "not_a_choice"
    return facts, problems


def _fact(item: Field, value: Any) -> Any:
    match item.kind:
        case "money" | "number":
            if isinstance(value, bool | float):
                raise TypeError("amounts are texts or whole numbers, never floating point")
            return Decimal(str(value))
        case "date":
            return date.fromisoformat(_text(value))
        case "datetime":
            at = datetime.fromisoformat(_text(value).replace("Z", "+00:00"))
            if at.tzinfo is None:
                raise ValueError("a moment needs its zone")
            return at
        case "yes_no":
            if not isinstance(value, bool):
                raise TypeError("true or false")
            return value
        case "choices":
            if not isinstance(value, list):
                raise TypeError("a list")
            return [_text(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text")
    return value


def _listed(item: Field, value: Any) -> bool:
    """Whether the value stands in the company's list; a list that nobody keeps accepts everything."""
    allowed: set[str] = set()
    for key, shown in lists.entries(item.list):
        allowed |= (
            {str(key)} if isinstance(shown, str) or not isinstance(shown, list | tuple) else {str(k) for k, _ in shown}
        )
    return not allowed or all(one in allowed for one in (value if isinstance(value, list) else [value]))


def json_of(value: Any, texts: Mapping[str, str]) -> Any:
    """A stored fact for a reader: tagged kinds become plain JSON, words their text."""
    match value:
        case {"decimal": text} | {"moment": text} | {"date": text}:
            return text
        case {"words": ref}:
            return texts.get(ref)
        case {"map": mapping}:
            return {key: json_of(one, texts) for key, one in mapping.items()}
        case list():
            return [json_of(one, texts) for one in value]
    return value
