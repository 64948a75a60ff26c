"""Reading fields, the forms that use them, and the company's tables."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from typing import Final, cast, get_args

from tuoshan.core.playbook import NO_WORDING, Choice, Field, FieldKind
from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.keys import FIELD
from tuoshan.core.reading.values import NAME, NUMBER, Values
from tuoshan.core.yaml_strict import Entry, Mapping, Node, Scalar, Sequence

KINDS: Final = frozenset(get_args(FieldKind))


def read_fields(section: Mapping, values: Values) -> dict[str, Field]:
    """Every fact of the case. A bare wording is short for a line of text with that label."""
    return {entry.key.text: read_field(entry, values) for entry in values.named(section, "fields")}


def read_field(entry: Entry, values: Values, section: str = "fields", also: tuple[str, ...] = ()) -> Field:
    """One field; `also` are keys that the caller reads itself."""
    name, node = entry.key.text, entry.value
    where = f"{section}.{name}"
    if isinstance(node, Scalar):
        return Field(name, "text", values.wording(node, where), line=entry.key.line)
    body = values.mapping(node, where)
    values.known(body, (*FIELD, *also), where)
    kind = _kind(body, entry.key, where, values)
    ceilings = _ceilings(body.get("max"), kind, f"{where}.max", values)
    _bound(body.get("min"), kind, f"{where}.min", values)
    if not ceilings:
        _bound(body.get("max"), kind, f"{where}.max", values)
    return Field(
        name=name,
        kind=kind,
        label=values.wording(body.get("label"), where),
        required=body.get("required") is None or values.yes(body.get("required"), where),
        choices=_choices(body.get("choices"), f"{where}.choices", values),
        list=values.name(body.get("list"), f"{where}.list"),
        unit=values.wording(body.get("unit"), f"{where}.unit"),
        minimum=values.text(body.get("min"), f"{where}.min"),
        maximum="" if ceilings else values.text(body.get("max"), f"{where}.max"),
        ceilings=ceilings,
        help=values.wording(body.get("help"), f"{where}.help"),
        supervisors_only=values.yes(body.get("supervisors_only"), where),
        show_if=values.expression(body.get("show_if"), f"{where}.show_if"),
        imported=values.yes(body.get("imported"), where),
        correctable=values.yes(body.get("correctable"), where),
        past=_past(body.get("past"), kind, f"{where}.past", values),
        customer=values.wording(body.get("customer"), f"{where}.customer"),
        customer_help=values.wording(body.get("customer_help"), f"{where}.customer_help"),
        line=entry.key.line,
    )


def _bound(node: Node | None, kind: FieldKind, where: str, values: Values) -> None:
    """`min` and `max` bound numbers and money, exactly as written."""
    text = values.text(node, where)
    if node is not None and text and (kind not in ("number", "money") or not NUMBER.match(text)):
        values.notes.add(node, where, "min、max 是数字，只用于 number 和 money；max 也可以是字段名",
                         "min and max are numbers, and bound number and money alone; max may name a field instead",
                         "改为数字，或删除", "write a number, or remove it")  # fmt: skip


def _past(node: Node | None, kind: FieldKind, where: str, values: Values) -> bool:
    """Only a day or a moment can have been."""
    if node is not None and kind not in ("date", "datetime"):
        values.notes.add(node, where, "past 只用于 date 和 datetime", "past is said of a date or datetime alone",
                         "删除", "remove it")  # fmt: skip
    return values.yes(node, where)


def _ceilings(node: Node | None, kind: FieldKind, where: str, values: Values) -> tuple[str, ...]:
    """`max: amount_paid` or `max: [amount_paid, amount]`: facts in place of a number."""
    named = isinstance(node, Sequence) or (isinstance(node, Scalar) and NAME.match(node.text))
    return values.names(node, where) if named and kind in ("number", "money") else ()


def _kind(body: Mapping, key: Scalar, where: str, values: Values) -> FieldKind:
    node = body.get("kind")
    text = values.text(node, where)
    if node is None:
        given = body.get("choices") is not None or body.get("list") is not None
        return "choice" if given else "text"
    if text in KINDS:
        kind = cast(FieldKind, text)
        source = body.get("choices") or body.get("list")
        if kind in ("choice", "choices") and source is None:
            values.notes.add(key, where, "没有可选项", "there is nothing to choose from",
                             "加上 choices: {…} 或 list: 公司清单名",
                             "add choices: {…} or list: a company list")  # fmt: skip
        return kind
    zh, en = did_you_mean(text, KINDS)
    values.notes.add(node, where, f"不认识的字段类型“{text}”", f"unknown kind of field '{text}'", zh, en)
    return "text"


def _choices(node: Node | None, where: str, values: Values) -> tuple[Choice, ...]:
    found = []
    for entry in values.mapping(node, where):
        found.append(Choice(entry.key.text, values.wording(entry.value, f"{where}.{entry.key.text}")))
    return tuple(found)


def read_form(node: Node | None, facts: Map[str, Field], where: str, values: Values) -> tuple[Field, ...]:
    """A form is a list of field names; `name?` need not be filled in."""
    form: list[Field] = []
    for item in values.items(node):
        text = values.text(item, where)
        name = text.removesuffix("?").strip()
        if not name:
            continue
        if not NAME.match(name):
            if isinstance(item, Scalar):
                values.bad_name(item, where)
            continue
        if any(known.name == name for known in form):
            values.notes.add(item, where, f"“{name}”写了两次", f"'{name}' stands here twice", "删除一个", "remove one")
            continue
        known = facts.get(name)
        if known is None:
            zh, en = did_you_mean(name, facts)
            values.notes.add(item, where, f"没有字段“{name}”", f"there is no field '{name}'",
                             f"在 fields 中定义；{zh}", f"define it under fields; {en}")  # fmt: skip
            known = Field(name, "text", NO_WORDING, line=item.line)
        form.append(replace(known, required=known.required and not text.endswith("?")))
    return tuple(form)


def read_tables(section: Mapping, values: Values) -> dict[str, object]:
    """Tables as plain data: mappings, lists, texts, and decimals where a plain number was written."""
    return {
        entry.key.text: _data(entry.value, f"tables.{entry.key.text}", values)
        for entry in values.named(section, "tables")
    }


def _data(node: Node, where: str, values: Values) -> object:
    match node:
        case Scalar():
            return values.literal(node, where)
        case Sequence(items):
            return [_data(item, where, values) for item in items]
        case Mapping(entries):
            return {entry.key.text: _data(entry.value, where, values) for entry in entries}
