"""Check 12: tables answer every question they can be asked, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tuoshan.core.checker.desk import Desk
from tuoshan.core.conditions.syntax import Call, Fact, Literal, Node, Table, walk
from tuoshan.core.durations import parse_duration
from tuoshan.core.playbook import Field, FromTable

LAST_TIER: Final = ("more", "none")


def check_tables(desk: Desk) -> None:
    """12. Tier and time tables are total: a row for every choice, tiers rising to `more`, values of the right kind."""
    used: set[str] = set()
    book = desk.playbook
    for where, line, limit in desk.limits():
        if isinstance(limit.within, FromTable) and limit.within.table in book.tables:
            used.add(limit.within.table)
            keys = [book.facts.get(name) for name in limit.within.of]
            _rows(desk, f"{where}.within", line, limit.within.table, keys, durations=True)
    for name, action in book.actions.items():
        if action.by_tier and action.by_tier.table in book.tables:
            used.add(action.by_tier.table)
            _tiered(desk, f"actions.{name}.by", action.line, action.by_tier.table, action.by_tier.of)
    for where, line, expression, _ in desk.expressions():
        for node, _depth in walk(expression.tree):
            if isinstance(node, Table) and node.name in book.tables:
                used.add(node.name)
                _asked(desk, where, line, node)
    for where, line, fact, value in _looked_up(desk):
        used.add(value["table"])
        _looked_up_rows(desk, where, line, fact, value)
    for name in book.tables:
        spot = f"tables.{name}"
        table = book.tables[name]
        if isinstance(table, Mapping) and "tiers" in table:
            _tiers(desk, spot, table)
        if name not in used:
            desk.warn(12, spot, book.lines.get(spot, 1), f"表“{name}”没有用到", f"the table '{name}' is used nowhere",
                      "删除它", "remove it")  # fmt: skip


def _looked_up(desk: Desk) -> Iterator[tuple[str, int, str, Mapping[str, Any]]]:
    """`set: {grade: {table: grade_matrix, of: [impact, urgency]}}` wherever it stands."""
    book = desk.playbook
    places = [(f"actions.{name}.do", action.do) for name, action in book.actions.items()]
    for name, task in book.tasks.items():
        places += [(f"tasks.{name}.do", verbs) for verbs in task.do.values()]
    for where, verbs in places:
        for verb in verbs:
            for fact, value in verb.arguments.items():
                if isinstance(value, Mapping) and value["table"] in book.tables:
                    yield where, verb.line, fact, value


def _looked_up_rows(desk: Desk, where: str, line: int, fact: str, value: Mapping[str, Any]) -> None:
    book = desk.playbook
    table = book.tables[value["table"]]
    _rows(desk, where, line, value["table"], [book.facts.get(name) for name in value["of"]], durations=False)
    target = book.facts.get(fact)
    allowed = list(_values(target))
    wrong = sorted({str(leaf) for leaf in _leaves(table) if allowed and str(leaf) not in allowed})
    if wrong and target is not None:
        rows = ", ".join(wrong)
        desk.note(12, where, line, f"表“{value['table']}”给出的 {rows} 不是“{fact}”的取值",
                  f"the table '{value['table']}' gives {rows}: no value of '{fact}'",
                  "改正表中的值", "correct the values of the table")  # fmt: skip


def _leaves(table: object) -> Iterator[object]:
    if isinstance(table, Mapping):
        for below in table.values():
            yield from _leaves(below)
    else:
        yield table


def _asked(desk: Desk, where: str, line: int, node: Table) -> None:
    table = desk.playbook.tables[node.name]
    if isinstance(table, Mapping) and "tiers" in table:
        return
    keys: list[Field | None] = []
    for key in node.keys:
        if isinstance(key, Literal):
            if not isinstance(table, Mapping) or str(key.value) not in table:
                _missing(desk, where, line, node.name, [str(key.value)])
            return
        keys.append(desk.playbook.facts.get(key.name) if isinstance(key, Fact) else None)
    _rows(desk, where, line, node.name, keys, durations=_gives_time(node))


def _gives_time(node: Node) -> bool:
    return isinstance(node, Call)


def _rows(desk: Desk, where: str, line: int, name: str, keys: list[Field | None], *, durations: bool) -> None:
    """Walk down the table, one level for each key, and compare its rows with the values of that key's field."""
    _level(desk, where, line, name, desk.playbook.tables[name], keys, durations, ())


def _level(
    desk: Desk, where: str, line: int, name: str, table: object, keys: list[Field | None], durations: bool,
    path: tuple[str, ...],
) -> None:  # fmt: skip
    if not keys:
        _leaf(desk, where, line, name, table, durations, path)
        return
    if not isinstance(table, Mapping):
        desk.note(12, where, line, f"表“{name}”的层数比给出的键少",
                  f"the table '{name}' has fewer levels than the keys it is asked with",
                  "减少 of，或给表加一层", "shorten of, or give the table another level")  # fmt: skip
        return
    key, *rest = keys
    values = list(_values(key))
    if key is not None and not values:
        desk.note(12, where, line, f"“{key.name}”的取值不固定，无法证明表“{name}”齐全",
                  f"the values of '{key.name}' are not fixed, so the table '{name}' cannot be proved total",
                  "用带 choices 的字段或是/否字段作键",
                  "use a field with choices, or a yes_no field, as the key")  # fmt: skip
    missing = [value for value in values if value not in table]
    if missing:
        _missing(desk, where, line, name, [".".join((*path, value)) for value in missing])
    extra = [str(row) for row in table if values and row not in values]
    if extra and key is not None:
        rows = ", ".join(extra)
        spot = f"tables.{name}"
        desk.note(12, spot, desk.playbook.lines.get(spot, line), f"表“{name}”中的 {rows} 不是“{key.name}”的取值",
                  f"in the table '{name}', {rows}: no value of '{key.name}'",
                  "删除或改正该行", "remove or correct that row")  # fmt: skip
    for row, below in table.items():
        _level(desk, where, line, name, below, rest, durations, (*path, str(row)))


def _missing(desk: Desk, where: str, line: int, name: str, rows: list[str]) -> None:
    shown, spot = ", ".join(rows), f"tables.{name}"
    desk.note(12, spot, desk.playbook.lines.get(spot, line), f"表“{name}”缺少 {shown} 的行（{where} 会查）",
              f"the table '{name}' has no row for {shown} (asked by {where})",
              f"补上 {rows[0]}: …", f"add {rows[0]}: …")  # fmt: skip


def _values(key: Field | None) -> Iterator[str]:
    if key is None:
        return
    if key.kind == "yes_no":
        yield from ("true", "false")
    if not key.list:
        yield from (choice.value for choice in key.choices)


def _leaf(
    desk: Desk, where: str, line: int, name: str, value: object, durations: bool, path: tuple[str, ...]
) -> None:
    row = ".".join(path) or name
    if isinstance(value, Mapping | list):
        desk.note(12, where, line, f"表“{name}”的层数比给出的键多",
                  f"the table '{name}' has more levels than the keys it is asked with",
                  "在 of 中补上键", "add the key to of")  # fmt: skip
        return
    if not durations:
        return
    try:
        parse_duration(str(value))
    except ValueError:
        spot = f"tables.{name}"
        desk.note(12, spot, desk.playbook.lines.get(spot, line), f"表“{name}”的 {row}：“{value}”不是时长",
                  f"in the table '{name}', {row}: '{value}' is no length of time",
                  "写成 3 days、24 hours、5 working_days", "write 3 days, 24 hours or 5 working_days")  # fmt: skip


def _tiered(desk: Desk, where: str, line: int, name: str, of: str) -> None:
    table = desk.playbook.tables[name]
    if not isinstance(table, Mapping) or "tiers" not in table:
        desk.note(12, where, line, f"表“{name}”不是分级表", f"the table '{name}' has no tiers",
                  f"写成 {name}: {{tiers: [[200, lead], [more, director]]}}",
                  f"write {name}: {{tiers: [[200, lead], [more, director]]}}")  # fmt: skip
    item = desk.playbook.facts.get(of)
    if item is not None and item.kind not in ("money", "number"):
        desk.note(12, where, line, f"“{of}”不是金额", f"'{of}' is no amount", "改用 kind: money 的字段",
                  "name a field of kind money")  # fmt: skip


def _tiers(desk: Desk, where: str, table: Mapping[str, object]) -> None:
    """`[[200, lead], [2000, manager], [more, director]]`: rising, each party known, the last without a limit."""
    tiers = table["tiers"]
    if not isinstance(tiers, list) or not tiers:
        _bad_tiers(desk, where, "没有分级", "there is no tier")
        return
    before: Decimal | None = None
    for index, tier in enumerate(tiers):
        if not isinstance(tier, list) or len(tier) != 2:
            _bad_tiers(desk, where, f"第 {index + 1} 级写法有误", f"tier {index + 1} is written otherwise")
            return
        limit, party = tier
        if party not in desk.playbook.parties:
            _bad_tiers(desk, where, f"没有当事方“{party}”", f"there is no party '{party}'")
        last = index == len(tiers) - 1
        if limit in LAST_TIER:
            if not last:
                _bad_tiers(desk, where, "more 之后还有分级，永远用不到", "a tier after more is never reached")
        elif not isinstance(limit, Decimal) or limit < 0:
            _bad_tiers(desk, where, f"“{limit}”不是金额", f"'{limit}' is no amount")
        else:
            if before is not None and limit <= before:
                _bad_tiers(desk, where, f"{limit} 不大于前一级的 {before}，有重叠",
                           f"{limit} does not rise above {before}: the tiers overlap")  # fmt: skip
            before = limit
            if last:
                _bad_tiers(desk, where, f"超过 {limit} 的金额无人审批", f"nobody approves what is above {limit}")
    if set(table) - {"tiers"}:
        _bad_tiers(desk, where, "分级表只写 tiers", "a table of tiers has tiers and nothing else")


def _bad_tiers(desk: Desk, where: str, zh: str, en: str) -> None:
    desk.note(12, where, desk.playbook.lines.get(where, 1), zh, en, "金额从小到大，最后一级写 [more, 当事方]",
              "amounts rise, and the last tier is [more, party]")  # fmt: skip
