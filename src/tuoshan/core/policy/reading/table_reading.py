"""Reading decision tables: columns, rows (from the pack or from a CSV file beside it), outputs, what never happens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast, get_args

from tuoshan.core import yaml_strict
from tuoshan.core.conditions import ExpressionError, compile_expression
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import Amount, Clause, Column, Hit, Output, OutputKind, Row, Table, clause_column
from tuoshan.core.policy.reading.cell_writing import NotWritten, as_written
from tuoshan.core.policy.reading.cells import YES_OR_NO, Cell, CellError, Domain, parse_cell
from tuoshan.core.policy.reading.finding_reading import read_findings
from tuoshan.core.policy.reading.measures import NUMBER, YUAN, day_of, plain
from tuoshan.core.policy.reading.value_reading import CLAUSE
from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.values import NAME, Values
from tuoshan.core.yaml_strict import Entry, Node, Scalar, Sequence, placed
from tuoshan.core.yaml_strict import Mapping as MappingNode

TABLE_KEYS = ("title", "hit", "when", "gives", "rows", "never")
ROW_KEYS = ("id", "then", "clause", "because")
HITS = get_args(Hit)
OUTPUT_KINDS = get_args(OutputKind)


_FIGURE = re.compile(rf"¥?\s*(?:{NUMBER})(?:\s*[^\W\d_]+)?\Z")
"""What is meant as a figure: a number, with or without a unit; `agreed_months + 1` is none."""


class TableReader:
    """Reads the tables of one pack in order; the outputs of each may be columns of those below."""

    def __init__(
        self, values: Values, domains: dict[str, Domain], clauses: Mapping[str, Clause],
        beside: Callable[[str], str | None],
    ) -> None:  # fmt: skip
        self.values, self.domains, self.clauses, self.beside = values, domains, clauses, beside

    def table(self, entry: Entry) -> Table:
        name, where, values = entry.key.text, f"tables.{entry.key.text}", self.values
        body = values.mapping(entry.value, where)
        values.known(body, TABLE_KEYS, where)
        hit = values.text(body.get("hit"), where)
        if hit not in HITS:
            zh, en = did_you_mean(hit, HITS)
            said = Wording("缺少 hit", "hit is missing")
            if hit:
                said = Wording(f"没有 hit: {hit}", f"there is no hit: {hit}")
            values.notes.add(entry.key, where, said.zh, said.en, f"hit: {zh}", f"hit: {en}")
            hit = "first"
        columns = self._columns(body.get("when"), where)
        gives = self._gives(body.get("gives"), where)
        items = self._items(body.get("rows"), where)
        used = list(dict.fromkeys(
            clause for item in items for clause in self._clauses(item, where)
            if clause in self.clauses and self.clauses[clause].in_force is not None
        ))  # fmt: skip
        columns += [Column(clause_column(clause), Domain("yes_no")) for clause in used]
        rows = tuple(self._row(item, columns, gives, f"{where}.rows", number) for number, item in enumerate(items, 1))
        self._twice(items, rows, where)
        outputs = tuple(Output(one, kind, self._choices(rows, one, kind)) for one, kind in gives.items())
        for output in outputs:
            self.domains[output.name] = Domain("number" if output.kind == "money" else output.kind, output.choices)
        return Table(
            name, values.wording(body.get("title"), where), cast(Hit, hit), tuple(columns), rows, outputs,
            self._never(body.get("never"), where), entry.key.line, entry.key.file,
        )  # fmt: skip

    # -- head ----------------------------------------------------------------------------------------------
    def _columns(self, node: Node | None, where: str) -> list[Column]:
        columns = []
        for name in self.values.names(node, f"{where}.when") if node is not None else ():
            domain = self.domains.get(name)
            if domain is None and node is not None:
                zh, en = did_you_mean(name, self.domains)
                self.values.notes.add(node, where, f"没有列“{name}”", f"there is no '{name}' for a column", zh, en,
                                      check=8)  # fmt: skip
            columns.append(Column(name, domain or Domain("yes_no")))
        return columns

    def _gives(self, node: Node | None, where: str) -> dict[str, OutputKind]:
        gives: dict[str, OutputKind] = {}
        for entry in self.values.named(node, f"{where}.gives") if node is not None else ():
            kind = self.values.text(entry.value, where)
            if kind not in OUTPUT_KINDS:
                zh, en = did_you_mean(kind, OUTPUT_KINDS)
                self.values.notes.add(entry.value, where, f"没有类型“{kind}”", f"there is no kind '{kind}'", zh, en)
                kind = "number"
            if entry.key.text in self.domains:
                self.values.notes.add(
                    entry.key, where, f"“{entry.key.text}”已经有了", f"'{entry.key.text}' exists already",
                    "换一个名称", "use another name",
                )  # fmt: skip
            gives[entry.key.text] = cast(OutputKind, kind)
        return gives

    def _items(self, node: Node | None, where: str) -> list[MappingNode]:
        if isinstance(node, Scalar):
            return self._from_file(node, where)
        if not isinstance(node, Sequence):
            return []
        return [self.values.mapping(item, where) for item in node.items]

    def _from_file(self, node: Scalar, where: str) -> list[MappingNode]:
        text = self.beside(node.text)
        if text is None:
            self.values.notes.add(node, where, f"没有文件 {node.text}", f"there is no file {node.text}",
                                  "放在规则包旁边", "put it beside the pack")  # fmt: skip
            return []
        items = []
        for line, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), 2):
            entries = []
            for key, value in row.items():
                if key is None or value is None or value.strip() in ("", "-") or key in ("because_zh", "because_en"):
                    continue
                entries.append(Entry(Scalar(key, line, 1, node.text), self._told(key, value.strip(), line, node.text)))
            if row.get("because_zh"):
                words = tuple(
                    Entry(
                        Scalar(language, line, 1, node.text),
                        Scalar(row.get(f"because_{language}") or "", line, 1, node.text, plain=False),
                    )
                    for language in ("zh", "en")
                )
                entries.append(Entry(Scalar("because", line, 1, node.text), MappingNode(words, line, 1, node.text)))
            items.append(MappingNode(tuple(entries), line, 1, node.text))
        return items

    def _told(self, key: str, text: str, line: int, file: str) -> Node:
        """A cell of a file: a text, but for `then`, which is written as it would be in the pack."""
        if key != "then":
            return Scalar(text, line, 1, file)
        root, troubles = yaml_strict.compose(f"then: {text}", file)
        told = root.get("then") if isinstance(root, MappingNode) else None
        self.values.notes.take_troubles(replace(trouble, line=line) for trouble in troubles)
        return placed(told, line, file) if told is not None else Scalar(text, line, 1, file)

    # -- rows ----------------------------------------------------------------------------------------------
    def _row(
        self, body: MappingNode, columns: list[Column], gives: Mapping[str, OutputKind], where: str, number: int
    ) -> Row:
        values = self.values
        name = values.text(body.get("id"), where) or f"row{number}"
        where = f"{where}.{name}"
        if not body.entries and body.line:
            values.notes.add(body, where, "这一行是空的", "this row is empty", "写上内容，或删除这一行",
                             "write what it says, or remove it")  # fmt: skip
        visible = [column.name for column in columns if not column.name.startswith("clause ")]
        # where the name of a column is misspelt, its cells are not
        spare = () if all(one in self.domains for one in visible) else tuple(self.domains)
        values.known(body, (*ROW_KEYS, *visible, *gives, *spare), where)
        clauses = self._clauses(body, where)
        for clause in clauses:
            if clause not in self.clauses:
                zh, en = did_you_mean(clause, self.clauses)
                values.notes.add(body, where, f"没有条款 {clause}", f"there is no clause {clause}", zh, en, check=8)
        hidden = {clause_column(clause) for clause in clauses}
        cells = tuple(
            (parse_cell("yes", column.domain) if column.name in hidden else None)
            if column.name.startswith("clause ") else self._cell(body.get(column.name), column, where)
            for column in columns
        )  # fmt: skip
        given = ((one, kind, body.get(one)) for one, kind in gives.items())
        outputs = {one: self._output(node, kind, f"{where}.{one}") for one, kind, node in given if node is not None}
        return Row(
            name, cells, outputs, read_findings(body.get("then"), f"{where}.then", values), clauses,
            values.wording(body.get("because"), f"{where}.because"), body.line,
        )  # fmt: skip

    def _cell(self, node: Node | None, column: Column, where: str) -> Cell | None:
        if node is None:
            return None
        text = self.values.text(node, f"{where}.{column.name}")
        return self._parsed(text, node, column.domain, f"{where}.{column.name}")

    def _parsed(self, text: str, node: Node, domain: Domain, where: str) -> Cell | None:
        try:
            return parse_cell(text, domain)
        except CellError as error:
            self.values.notes.add(node, where, error.said.zh, error.said.en, error.mend.zh, error.mend.en)
            return None

    def _output(self, node: Node, kind: OutputKind, where: str) -> object:
        text = self.values.text(node, where)
        if kind == "choice":
            return text
        if kind == "yes_no" and plain(text).lower() in YES_OR_NO:
            return YES_OR_NO[plain(text).lower()]
        if kind in ("number", "money") and (_FIGURE.match(plain(text)) or day_of(plain(text))):
            try:
                return as_written(text, days=False, unit=YUAN if kind == "money" else NO_WORDING)[1][0]
            except NotWritten as wrong:
                mend = Wording("这一格只写一个数字，不写单位", "write one number alone, without a unit")
                self.values.notes.add(node, where, wrong.said.zh, wrong.said.en, mend.zh, mend.en)
                return None
        try:
            return Amount(compile_expression(text))
        except ExpressionError as error:
            self.values.notes.add(node, where, f"“{text}”有误：{error.message.zh}",
                                  f"'{text}': {error.message.en}", error.mend.zh, error.mend.en)  # fmt: skip
            return None

    def _clauses(self, body: MappingNode, where: str) -> tuple[str, ...]:
        node = body.get("clause")
        if isinstance(node, Scalar):
            return tuple(part.strip() for part in node.text.split(",") if part.strip())
        return self.values.names(node, where, CLAUSE)

    @staticmethod
    def _choices(rows: tuple[Row, ...], name: str, kind: OutputKind) -> tuple[str, ...]:
        if kind != "choice":
            return ()
        return tuple(dict.fromkeys(str(row.outputs[name]) for row in rows if row.outputs.get(name) is not None))

    def _twice(self, items: list[MappingNode], rows: tuple[Row, ...], where: str) -> None:
        seen: set[str] = set()
        for item, row in zip(items, rows, strict=True):
            if row.name in seen:
                self.values.notes.add(item, where, f"行号“{row.name}”写了两次", f"row id '{row.name}' is given twice",
                                      "改名", "rename one of them")  # fmt: skip
            seen.add(row.name)

    def _never(self, node: Node | None, where: str) -> tuple[Mapping[str, Cell], ...]:
        found = []
        for item in self.values.items(node):
            cells: dict[str, Cell] = {}
            for entry in self.values.mapping(item, f"{where}.never"):
                domain = self.domains.get(entry.key.text)
                if domain is None or not NAME.match(entry.key.text):
                    zh, en = did_you_mean(entry.key.text, self.domains)
                    name = entry.key.text
                    self.values.notes.add(entry.key, where, f"没有“{name}”", f"there is no '{name}'", zh, en, check=8)
                    continue
                cell = self._parsed(self.values.text(entry.value, where), entry.value, domain, f"{where}.never")
                if cell is not None:
                    cells[entry.key.text] = cell
            found.append(cells)
        return tuple(found)
