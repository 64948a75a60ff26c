"""Reading policy packs: text → `Pack`, every mistake a finding with its line and its mend.

Fields are those of playbooks, cells those of `cells`, what rows find that of `finding_reading`.
`read_facts_file` reads the facts that packs share.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import cast

from tuoshan.core import yaml_strict
from tuoshan.core.conditions import RESERVED_NAMES, Expression, compile_expression
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import (
    LAYERS,
    PROOF_ASKED,
    PROOF_OF_EITHER,
    PROOF_UNTIL,
    TODAY,
    Amount,
    Clause,
    Example,
    Fact,
    InForce,
    Pack,
    Row,
    Setting,
    Table,
    Value,
)
from tuoshan.core.policy.reading.cells import YES_OR_NO, Domain
from tuoshan.core.policy.reading.measures import day_of, plain
from tuoshan.core.policy.reading.table_reading import TableReader
from tuoshan.core.policy.reading.value_reading import (
    CLAUSE,
    OVERRIDING,
    domain_of_fact,
    domain_of_setting,
    domain_of_value,
    names_read,
    read_value,
    unfit,
    unknown_name,
)
from tuoshan.core.reading.fields import read_field
from tuoshan.core.reading.findings import NAMES, Finding, Notes, did_you_mean, in_order
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Mapping as MappingNode
from tuoshan.core.yaml_strict import Node, Scalar, Sequence, plain_data

PACK_KEYS = (
    "policy", "version", "title", "source", "layer", "among", "applies", "in_force", "facts", "settings", "values",
    "clauses", "tables", "examples", "labels", "meant",
)  # fmt: skip
FACT_KEYS = (
    "ask", "not_before", "asked_if", "ahead", "whole", "called", "anew", "days_since", "seen", "lengthens", "proof_of",
)  # fmt: skip
SETTING_KEYS = ("value", "label", "provisional", "unit", "min", "max", "whole", "managers_only", "examples")
CLAUSE_KEYS = ("article", "text", "in_force", "provisional", "verify_number", "overridden_by")
_OF_AN_EXAMPLE = {
    "today": Wording("是哪一天问的", "on which day it is asked"),
    "expect": Wording("应当怎么裁定", "what is to be ruled"),
}  # fmt: skip
"""What an example proves nothing without."""
FACT_KINDS = ("choice", "yes_no", "number", "money", "date")
_DAYS_OF_PROOF = {side: (PROOF_UNTIL[side], PROOF_ASKED[side]) for side in PROOF_UNTIL}
Beside = Callable[[str], str | None]
"""The text of a file beside the pack, by its name; None where there is none."""


@dataclass(frozen=True)
class ReadPack:
    """A pack as far as it could be read, and what was found; an error keeps it from loading."""

    pack: Pack | None
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        return self.pack is not None and not any(one.severity == "error" for one in self.findings)


def read_facts_file(text: str, file: str) -> tuple[dict[str, Fact], tuple[Finding, ...]]:
    """The facts that packs share."""
    notes = Notes()
    root, troubles = yaml_strict.compose(text, file)
    notes.take_troubles(troubles)
    values = Values(notes)
    body = values.mapping(root, file)
    values.known(body, ("facts", "labels", "conditions"), file)
    return read_facts(body.get("facts"), values, shared=True), notes.sorted()


def read_labels_file(text: str, file: str) -> dict[str, Wording]:
    """What values and outputs of that name are called in every pack that does not say otherwise."""
    root, _troubles = yaml_strict.compose(text, file)
    values = Values(Notes())
    return read_labels(values.mapping(root, file).get("labels"), values)


def read_conditions_file(text: str, file: str) -> dict[str, str]:
    """Conditions that packs name by `among`, so that what several of them ask first is said once."""
    root, _troubles = yaml_strict.compose(text, file)
    values = Values(Notes())
    entries = values.named(values.mapping(root, file).get("conditions"), "conditions")
    return {entry.key.text: values.text(entry.value, f"conditions.{entry.key.text}") for entry in entries}


def read_labels(node: Node | None, values: Values) -> dict[str, Wording]:
    entries = values.named(node, "labels") if node is not None else ()
    return {entry.key.text: values.wording(entry.value, f"labels.{entry.key.text}") for entry in entries}


def read_pack(
    text: str, file: str, shared: Mapping[str, Fact], beside: Beside = lambda name: None,
    labels: Mapping[str, Wording] = MappingProxyType({}), conditions: Mapping[str, str] = MappingProxyType({}),
) -> ReadPack:  # fmt: skip
    """One version of a rule book. `beside` gives the CSV files that its tables name; packs share the rest."""
    notes = Notes()
    root, troubles = yaml_strict.compose(text, file)
    notes.take_troubles(troubles)
    if not isinstance(root, MappingNode):
        if not notes.found:
            notes.found.append(_no_book(file, empty=root is None or (isinstance(root, Scalar) and not root.text)))
        return ReadPack(None, notes.sorted())
    reader = _Reader(root, file, shared, beside, Values(notes), labels, conditions)
    return ReadPack(reader.pack(), in_order(notes.found))


def _no_book(file: str, *, empty: bool) -> Finding:
    """Text in which there is nothing to read a book from."""
    said = Wording("文件里没有内容", "the file is empty") if empty else Wording(
        "这不是规则包：里面没有“键: 值”", "this is no rule book: it holds no keys with values")  # fmt: skip
    mend = Wording("写上规则包，从 policy: 名称 开始；不要的文件请删除",
                   "write the rule book, which begins with policy: its name; remove what is not wanted")  # fmt: skip
    return Finding(NAMES, "error", file, 1, "", said, mend)


def read_facts(node: Node | None, values: Values, *, shared: bool = False) -> dict[str, Fact]:
    """Facts with their questions."""
    found = {}
    for entry in values.named(node, "facts") if node is not None else ():
        name, where = entry.key.text, f"facts.{entry.key.text}"
        field = read_field(entry, values, "facts", FACT_KEYS)
        if field.kind not in FACT_KINDS:
            zh, en = did_you_mean("", FACT_KINDS)
            values.notes.add(entry.key, where, f"规则包的事实不能是 {field.kind}",
                             f"a fact of a rule book cannot be {field.kind}", zh, en)  # fmt: skip
        if name in RESERVED_NAMES or name == TODAY:
            values.notes.add(entry.key, where, f"“{name}”是保留字", f"'{name}' is a reserved word",
                             "换一个名称", "use another name", check=8)  # fmt: skip
        body = values.mapping(entry.value, where)
        ask = values.wording(body.get("ask"), f"{where}.ask")
        condition = values.expression(body.get("asked_if"), f"{where}.asked_if")
        found[name] = Fact(
            replace(field, show_if=condition), ask if ask.zh else field.label,
            values.names(body.get("not_before"), f"{where}.not_before"), shared,
            values.yes(body.get("ahead"), f"{where}.ahead"), values.yes(body.get("whole"), f"{where}.whole"),
            called if (called := values.wording(body.get("called"), f"{where}.called")).zh else None,
            values.yes(body.get("anew"), f"{where}.anew"), values.name(body.get("days_since"), f"{where}.days_since"),
            values.yes(body.get("seen"), f"{where}.seen"), values.yes(body.get("lengthens"), f"{where}.lengthens"),
            values.name(body.get("proof_of"), f"{where}.proof_of"),
        )  # fmt: skip
    return found


class _Reader:
    """Reads one pack."""

    def __init__(
        self, root: MappingNode, file: str, shared: Mapping[str, Fact], beside: Beside, values: Values,
        labels: Mapping[str, Wording], conditions: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.root, self.file, self.shared, self.beside, self.values = root, file, shared, beside, values
        self.shared_labels, self.conditions = labels, conditions
        self.files: dict[str, str] = {}

    def pack(self) -> Pack | None:
        root, values = self.root, self.values
        values.known(root, PACK_KEYS, self.file)
        own = read_facts(root.get("facts"), values)
        for name in sorted(set(own) & set(self.shared)):
            values.notes.add(root.get("facts") or root, f"facts.{name}", f"“{name}”是公共事实，不要重复定义",
                             f"'{name}' is a shared fact", "删除，或换一个名称", "remove it, or rename it")  # fmt: skip
        known = {**self.shared, **own}
        settings = self._settings(root.get("settings"))
        worked_out = self._worked_out(root.get("values"))
        domains: dict[str, Domain] = {TODAY: Domain("date")}
        domains |= {name: domain_of_fact(fact) for name, fact in known.items()}
        domains |= {name: domain_of_setting(setting) for name, setting in settings.items()}
        domains |= {name: domain_of_value(value) for name, value in worked_out.items()}
        clauses = self._clauses(root.get("clauses"))
        reader = TableReader(values, domains, clauses, self._beside)
        tables = {entry.key.text: reader.table(entry) for entry in values.named(root.get("tables"), "tables")}
        applies, in_force = self._applies(root), self._in_force(root, "in_force")
        self._names_known(worked_out, tables, clauses, applies, in_force, domains)
        layer = values.text(root.get("layer"), "layer")
        if layer not in LAYERS:
            zh, en = did_you_mean(layer, LAYERS)
            said = Wording(f"没有层级“{layer}”", f"there is no layer '{layer}'") if layer else Wording(
                "缺少层级", "the layer is missing")  # fmt: skip
            values.notes.add(root.get("layer") or root, "layer", said.zh, said.en, zh, en)
        if not values.name(root.get("policy"), "policy"):
            return None
        version = values.literal(root.get("version"), "version")
        return Pack(
            name=values.name(root.get("policy"), "policy"),
            version=int(version) if isinstance(version, Decimal) else 1,
            title=values.wording(root.get("title"), "title"),
            source=values.wording(root.get("source"), "source"),
            layer=layer if layer in LAYERS else "house",
            applies=applies, in_force=in_force,
            facts=_used(known, own, worked_out, tables, clauses, applies, in_force),
            settings=settings, values=worked_out, clauses=clauses, tables=tables,
            examples=self._examples(root.get("examples")),
            labels={**self.shared_labels, **read_labels(root.get("labels"), values)},
            meant=self._meant(root.get("meant")), hash=self._hash(), file=self.file,
        )  # fmt: skip

    def _beside(self, name: str) -> str | None:
        text = self.beside(name)
        if text is not None:
            self.files[name] = text
        return text

    def _hash(self) -> str:
        data = [plain_data(self.root), sorted(self.files.items())]
        return hashlib.sha256(json.dumps(data, ensure_ascii=False, default=str).encode()).hexdigest()

    def _applies(self, root: MappingNode) -> Expression | None:
        """The pack's own condition, beside the shared one that it names."""
        own = self.values.expression(root.get("applies"), "applies")
        name = self.values.name(root.get("among"), "among")
        if not name:
            return own
        if name not in self.conditions:
            unknown_name(cast(Node, root.get("among")), name, "among", self.conditions, self.values)
            return own
        shared = self.conditions[name]
        return compile_expression(f"{shared} && ({own.text})" if own is not None else shared)

    # -- parts ---------------------------------------------------------------------------------------------
    def _meant(self, node: Node | None) -> dict[str, Wording]:
        """Doubts that are answered, each with why it is meant so."""
        found = {}
        for item in self.values.items(node):
            body = self.values.mapping(item, "meant")
            self.values.known(body, ("doubt", "because"), "meant")
            key = self.values.text(body.get("doubt"), "meant")
            found[key] = self.values.wording(body.get("because"), "meant")
            if not (found[key].zh or found[key].en):
                self.values.notes.add(item, "meant", "没有写为什么", "does not say why it is meant",
                                      "写上 because: 中文 / English", "write because: 中文 / English")  # fmt: skip
        return found

    def _settings(self, node: Node | None) -> dict[str, Setting]:
        found = {}
        for entry in self.values.named(node, "settings") if node is not None else ():
            where = f"settings.{entry.key.text}"
            body = self.values.mapping(entry.value, where)
            self.values.known(body, SETTING_KEYS, where)
            least, most = (
                number if isinstance(number := self.values.literal(body.get(key), where), Decimal) else None
                for key in ("min", "max")
            )
            found[entry.key.text] = Setting(
                entry.key.text, self.values.wording(body.get("label"), where),
                self._setting_value(body.get("value"), where),
                self.values.wording(body.get("provisional"), where), self.values.wording(body.get("unit"), where),
                least, most, self.values.yes(body.get("whole"), where),
                self.values.yes(body.get("managers_only"), where),
                None if body.get("examples") is None else self.values.literal(body.get("examples"), where),
                entry.key.line,
            )  # fmt: skip
            self._setting_fits(found[entry.key.text], body, where)
        return found

    def _setting_value(self, node: Node | None, where: str) -> object:
        """What a setting is; yes and no are written true and false."""
        value = self.values.literal(node, where)
        answer = YES_OR_NO.get(value.strip().lower()) if isinstance(value, str) else None
        if node is None or answer is None:
            return value
        mend = "true" if answer else "false"
        self.values.notes.add(node, where, f"“{value}”要写成 {mend}", f"'{value}' is written {mend}",
                              f"写 {mend}", f"write {mend}")  # fmt: skip
        return answer

    def _setting_fits(self, setting: Setting, body: MappingNode, where: str) -> None:
        """A number lies within its own bounds; what is no number has none."""
        refused = unfit(setting, setting.value) or (
            unfit(setting, setting.in_examples) if setting.in_examples is not None else None
        )
        if refused is not None:
            self.values.notes.add(body, where, refused.zh, refused.en, "改正数值", "mend the value", check=4)

    def _worked_out(self, node: Node | None) -> dict[str, Value]:
        entries = self.values.named(node, "values") if node is not None else ()
        read = {entry.key.text: read_value(entry, self.values) for entry in entries}
        return {name: value for name, value in read.items() if value is not None}

    def _clauses(self, node: Node | None) -> dict[str, Clause]:
        found = {}
        for entry in self.values.mapping(node, "clauses"):
            where = f"clauses.{entry.key.text}"
            if not CLAUSE.match(entry.key.text):
                self.values.bad_name(entry.key, where)
            if isinstance(entry.value, Scalar):
                found[entry.key.text] = Clause(
                    entry.key.text, self.values.wording(entry.value, where), line=entry.key.line
                )
                continue
            body = self.values.mapping(entry.value, where)
            self.values.known(body, CLAUSE_KEYS, where)
            found[entry.key.text] = Clause(
                entry.key.text, self.values.wording(body.get("text"), where), self._in_force(body, where),
                self.values.wording(body.get("provisional"), where),
                self._overriding(body.get("overridden_by"), f"{where}.overridden_by"), entry.key.line,
                self.values.wording(body.get("article"), f"{where}.article"),
                self.values.yes(body.get("verify_number"), f"{where}.verify_number"),
            )  # fmt: skip
        return found

    def _overriding(self, node: Node | None, where: str) -> tuple[str, ...]:
        """The clauses of other books that stand above a clause."""
        items = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        found = []
        for item in items:
            text = self.values.text(item, where)
            if OVERRIDING.match(text):
                found.append(text)
            elif text:
                self.values.notes.add(item, where, f"“{text}”不是另一本规则包的条款",
                                      f"'{text}' is no clause of another book", "写成 consumer_law.REG18",
                                      "write it like consumer_law.REG18", check=5)  # fmt: skip
        return tuple(dict.fromkeys(found))

    def _in_force(self, body: MappingNode, where: str) -> InForce | None:
        node = body.get("in_force")
        if node is None:
            return None
        given = self.values.mapping(node, where)
        self.values.known(given, ("by", "from", "until"), where)
        begins, until = (self._date(given.get(key), where) for key in ("from", "until"))
        if begins and until and begins >= until:
            self.values.notes.add(node, where, "失效日不晚于生效日", "it ends before it begins",
                                  "改正日期", "mend the dates")  # fmt: skip
        return InForce(self.values.name(given.get("by"), where), begins, until, given.line)

    def _date(self, node: Node | None, where: str) -> date | None:
        text = self.values.text(node, where)
        if not text:
            return None
        found = day_of(plain(text))
        if found is None:
            self.values.notes.add(cast(Node, node), where, f"“{text}”不是日期", f"'{text}' is no date",
                                  "写成 2024-07-01", "write it like 2024-07-01")  # fmt: skip
        return found

    def _examples(self, node: Node | None) -> tuple[Example, ...]:
        found = []
        for item in self.values.items(node):
            body = self.values.mapping(item, "examples")
            self.values.known(body, ("id", "today", "facts", "expect", "because"), "examples")
            day = self._date(body.get("today"), "examples")
            for key, what in _OF_AN_EXAMPLE.items():
                if body.get(key) is None:
                    said = Wording(f"例子没有写{what.zh}", f"an example does not say {what.en}")
                    self.values.notes.add(body, "", said.zh, said.en, f"写上 {key}:", f"write {key}:")
            if day is not None:
                found.append(Example(
                    self.values.text(body.get("id"), "examples"), day, self._data(body.get("facts")),
                    self._data(body.get("expect")), body.line, self.values.wording(body.get("because"), "examples"),
                ))  # fmt: skip
        return tuple(found)

    def _data(self, node: Node | None) -> dict[str, object]:
        found = _plain(node, self.values)
        return found if isinstance(found, dict) else {}

    # -- names ---------------------------------------------------------------------------------------------
    def _names_known(
        self, worked_out: Mapping[str, Value], tables: Mapping[str, Table], clauses: Mapping[str, Clause],
        applies: Expression | None, in_force: InForce | None, domains: Mapping[str, Domain],
    ) -> None:  # fmt: skip
        """Every name that anything reads is a fact, a setting, a value or an output."""
        read: list[tuple[str, int, Iterable[str]]] = [
            (f"values.{name}", value.line, names_read(value)) for name, value in worked_out.items()
        ]
        for table in tables.values():
            for row in table.rows:
                read.append((f"tables.{table.name}.rows.{row.name}", row.line, expressions_names(row_expressions(row))))
                starts = [str(one.words["from"]) for one in row.findings if one.words.get("from")]
                read.append((f"tables.{table.name}.rows.{row.name}", row.line, starts))
        dated = [(f"clauses.{one.name}", one.line, one.in_force) for one in clauses.values()]
        for where, line, dates in [*dated, ("in_force", self.root.line, in_force)]:
            if dates is not None:
                read.append((where, line, (dates.by,)))
        if applies is not None:
            read.append(("applies", self.root.line, applies.reads))
        for where, line, names in read:
            for name in names:
                if name not in domains:
                    unknown_name(Scalar(name, line, 1, self.file), name, where, domains, self.values)


def row_expressions(row: Row) -> Iterator[Expression]:
    """Every expression of a row: conditions of its findings, amounts, outputs."""
    for finding in row.findings:
        if finding.condition is not None:
            yield finding.condition
        for amount in finding.amounts.values():
            yield from _parts(amount)
    for output in row.outputs.values():
        if isinstance(output, Amount):
            yield from _parts(output)


def _parts(amount: Amount) -> Iterator[Expression]:
    yield from (one for one in (amount.of, amount.at_least, amount.at_most) if one is not None)


def expressions_names(expressions: Iterable[Expression]) -> set[str]:
    return {name for expression in expressions for name in expression.reads}


def _used(
    known: Mapping[str, Fact], own: Mapping[str, Fact], worked_out: Mapping[str, Value], tables: Mapping[str, Table],
    clauses: Mapping[str, Clause], applies: Expression | None, in_force: InForce | None,
) -> dict[str, Fact]:  # fmt: skip
    """The facts that the pack reads, shared ones first, with those that decide `asked_if`."""
    names: set[str] = set(own) | set(applies.reads if applies else ()) | ({in_force.by} if in_force else set())
    names |= {name for value in worked_out.values() for name in names_read(value)}
    names |= {clause.in_force.by for clause in clauses.values() if clause.in_force}
    for table in tables.values():
        names |= {column.name for column in table.columns}
        for row in table.rows:
            names |= expressions_names(row_expressions(row))
            names |= {str(one.words["from"]) for one in row.findings if one.words.get("from")}
            names |= {
                name for one in row.findings if one.kind == "proof" and not one.words["within"]
                for name in (PROOF_UNTIL.get(one.what, PROOF_OF_EITHER), PROOF_OF_EITHER)
            }  # fmt: skip
    while True:
        more = {
            name for one in names if (fact := known.get(one)) is not None and fact.asked_if is not None
            for name in fact.asked_if.reads
        }  # fmt: skip
        more |= {name for one in names if (fact := known.get(one)) is not None for name in fact.not_before[:1]}
        more |= {
            day for one in names if (fact := known.get(one)) is not None and fact.proof_of
            for side, days in _DAYS_OF_PROOF.items() if fact.proof_of == side or fact.proof_of in known for day in days
        }  # fmt: skip
        if more <= names:
            return {name: fact for name, fact in known.items() if name in names}
        names |= more


def _plain(node: Node | None, values: Values) -> object:
    """Plain data of an example: numbers exact, true and false yes and no, dates by their look stay texts."""
    match node:
        case None:
            return {}
        case Scalar():
            return values.literal(node, "examples")
        case Sequence(items):
            return [_plain(item, values) for item in items]
    return {entry.key.text: _plain(entry.value, values) for entry in node}
