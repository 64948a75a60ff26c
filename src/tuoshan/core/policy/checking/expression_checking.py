"""What is proved of expressions: nothing rests on itself, kinds and units go together, the figures can be."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tuoshan.core.conditions import Expression, check
from tuoshan.core.policy.checking.figures import wrong_figures
from tuoshan.core.policy.checking.pack_findings import NAMES, TYPES, Found, place_of
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Amount, Pack
from tuoshan.core.policy.reading.kinds_of_names import choices_of, fact_types
from tuoshan.core.policy.reading.packs import row_expressions
from tuoshan.core.policy.reading.units import clashes
from tuoshan.core.policy.reading.value_reading import names_read


def check_circles(found: Found) -> None:
    """A value may rest on outputs of tables, but nothing on itself."""
    pack = found.pack
    gives = {output.name: table.name for table in pack.tables.values() for output in table.outputs}
    needs: dict[str, set[str]] = {name: set(names_read(value)) for name, value in pack.values.items()}
    for table in pack.tables.values():
        read = {column.name for column in table.columns}
        read |= {name for row in table.rows for out in row.outputs.values() for name in _output_reads(out)}
        needs[f"table {table.name}"] = read
    edges = {name: {f"table {gives[one]}" if one in gives else one for one in read} for name, read in needs.items()}
    for name in _circular(edges):
        line = pack.values[name].line if name in pack.values else pack.tables[name.removeprefix("table ")].line
        found.note(NAMES, line, name, "绕回到自身", "depends on itself", "拆开这个循环", "break the circle")


def check_expressions(found: Found) -> None:
    _kinds(found)
    _units(found)
    for one in wrong_figures(found.pack, fact_types(found.pack)):
        found.note(TYPES, one.line, one.where, one.said.zh, one.said.en, one.mend.zh, one.mend.en)


def _kinds(found: Found) -> None:
    types, choices = fact_types(found.pack), choices_of(found.pack)
    expressions: list[tuple[str, int, Expression | None]] = [
        (f"values.{v.name}", v.line, getattr(v, "expression", None)) for v in found.pack.values.values()
    ]
    expressions.append(("applies", 1, found.pack.applies))
    expressions += [
        (place_of(table, row), row.line, expression)
        for table in found.pack.tables.values() for row in table.rows for expression in row_expressions(row)
    ]  # fmt: skip
    for where, line, expression in expressions:
        if expression is None:
            continue
        for problem in check(expression, types, choices=choices):
            zh, en = _spoken_of(found.pack, expression, problem.en)
            found.note(TYPES, line, where, f"“{expression}”：{problem.zh}{zh}",
                       f"'{expression}': {problem.en}{en}",
                       "改正这个算式", "mend the expression")  # fmt: skip


def _spoken_of(pack: Pack, expression: Expression, problem: str) -> tuple[str, str]:
    """What the names of an expression of which a finding speaks are called: `（shoe_kind：鞋类）`."""
    mine = [name for name in sorted(expression.reads) if re.search(rf"\b{name}\b", problem)]
    called = [(name, label) for name in mine if (label := label_of(pack, name)).zh]
    if not called:
        return "", ""
    return (f"（{'；'.join(f'{name}：{label.zh}' for name, label in called)}）",
            f" ({'; '.join(f'{name}: {label.en}' for name, label in called)})")  # fmt: skip


def _units(found: Found) -> None:
    for one in clashes(found.pack):
        found.note(TYPES, one.line, one.where, f"“{one.text}”：{one.one.zh}与{one.other.zh}不能相加、比较或互换",
                   f"'{one.text}': {one.one.en} and {one.other.en} cannot be added, compared or exchanged",
                   "换算成同一单位，或改用另一个数", "turn them into one unit, or use another number")  # fmt: skip


def _output_reads(output: object) -> frozenset[str]:
    return output.of.reads if isinstance(output, Amount) else frozenset()


def _circular(needs: Mapping[str, set[str]]) -> list[str]:
    """The names that depend on themselves."""
    state: dict[str, int] = {}
    found = []

    def visit(name: str) -> None:
        state[name] = 1
        for other in sorted(needs.get(name, ())):
            if state.get(other) == 1:
                found.append(other)
            elif other not in state:
                visit(other)
        state[name] = 2

    for name in needs:
        if name not in state:
            visit(name)
    return list(dict.fromkeys(found))
