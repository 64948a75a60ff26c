"""What is proved of a pack before it may rule: no question without an answer, none with two, no row for nothing.

Tables are tried class by class, not fact by fact: a column's values are cut where its cells cut them, so that a few
dozen combinations stand for all. What cannot happen (`never`, a fact outside its `asked_if`) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, cast

from tuoshan.core.conditions import Expression, FactType, check
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.cells import Between
from tuoshan.core.policy.compiled import CompiledTable
from tuoshan.core.policy.examples import Unmet, run_examples
from tuoshan.core.policy.examples_told import mend_words, unmet_words
from tuoshan.core.policy.figures import wrong_figures
from tuoshan.core.policy.naming import named, row_called
from tuoshan.core.policy.pack import BY_LAW, TODAY, Amount, Clause, Example, InForce, Pack, Row, Table
from tuoshan.core.policy.reading import row_expressions
from tuoshan.core.policy.tracing import label_of
from tuoshan.core.policy.trying import Trial
from tuoshan.core.policy.units import clashes
from tuoshan.core.policy.value_reading import domain_of_fact, domain_of_setting, domain_of_value, names_read
from tuoshan.core.reading.findings import Finding, Severity, did_you_mean, in_order

_TYPES: Final[Mapping[str, FactType]] = {"choice": "choice", "yes_no": "yes_no", "number": "number", "date": "date"}

GAP, OVERLAP, DEAD, NAMES, CLAUSES, EXAMPLES, WORDING, DATES, TYPES = 1, 2, 3, 4, 5, 6, 7, 8, 9
"""The checks, as docs/policies.md numbers them."""
NO_DATES: Final = Wording("不写 in_force", "leave in_force out")
"""How a version goes by the day of asking."""


def check_pack(pack: Pack) -> tuple[Finding, ...]:
    """Everything that is wrong with one version of a rule book."""
    checker = _Checker(pack)
    checker.run()
    return in_order(checker.found)


def check_versions(packs: Iterable[Pack]) -> tuple[Finding, ...]:
    """Versions of one rule book must not be in force on the same day, and must go by the same date."""
    found: list[Finding] = []
    known: dict[str, list[Pack]] = {}
    for pack in sorted(packs, key=lambda one: one.version):
        others = known.setdefault(pack.name, [])
        for other in others:
            if _together(pack, other):
                found.append(_finding(
                    DATES, pack, _line(pack), pack.key, f"与 {other.key} 同时有效",
                    f"is in force together with {other.key}",
                    "给旧版本写上 until", "give the older one an until"))  # fmt: skip
        if differing := next((other for other in others if _by_other_dates(pack, other)), None):
            found += check_date(pack, differing)
        others.append(pack)
    return in_order(found)


def check_holes(packs: Iterable[Pack]) -> tuple[Finding, ...]:
    """Days between two versions of one book on which neither is in force: a matter of such a day is ruled by nobody."""
    found: list[Finding] = []
    known: dict[str, Pack] = {}
    for pack in sorted(packs, key=lambda one: (one.name, one.version)):
        before = known.get(pack.name)
        known[pack.name] = pack
        if before is None or before.in_force is None or pack.in_force is None or before.in_force.by != pack.in_force.by:
            continue
        until, begins = before.in_force.until, pack.in_force.begins
        if until is None or begins is None or until >= begins:
            continue
        last = begins - timedelta(days=1)
        found.append(_finding(
            DATES, pack, _line(pack), "in_force",
            f"{before.key} 到 {until} 前为止，本版从 {begins} 起：{until} 至 {last} 哪一版都不管",
            f"{before.key} ends before {until} and this one begins on {begins}: from {until} to {last} neither rules",
            f"写成 from: {until}，或改上一版的 until；确实不管的，不用改",
            f"write from: {until}, or change the until of the one before; leave it where nothing is to rule", "warning",
        ))  # fmt: skip
    return in_order(found)


def check_date(pack: Pack, before: Pack) -> tuple[Finding, ...]:
    """Two versions of one book that go by different facts' dates could both rule in one matter: sold while the one was
    in force, and reported once the other was. A version that names no date goes by the day of asking."""
    by, other = (one.in_force.by if one.in_force is not None else TODAY for one in (pack, before))
    if by == other:
        return ()
    same = Wording(f"写成 by: {other}", f"write by: {other}") if other != TODAY else NO_DATES
    return (_finding(
        DATES, pack, _line(pack), "in_force",
        f"本版按“{by}”的日期，{before.key} 按“{other}”的日期：同一件事可能两版都适用",
        f"goes by the date '{by}', and {before.key} by '{other}': both could rule in one matter",
        f"同一规则包的各版本按同一个日期：{same.zh}。确实要改按别的日期的，另立一本规则包（换 policy 名）："
        f"{before.key} 写上 until，新的在 applies 里排除它仍管的事",
        f"versions of one book go by the same date: {same.en}. Where the date itself must change, make this a new book"
        f" under another name: give {before.key} an until, and let the new book's applies leave out what that one"
        " still rules",
    ),)  # fmt: skip


def _line(pack: Pack) -> int:
    """The line on which a book says when it is in force."""
    return pack.in_force.line if pack.in_force is not None and pack.in_force.line else 1


def _by_other_dates(one: Pack, other: Pack) -> bool:
    return one.in_force is not None and other.in_force is not None and one.in_force.by != other.in_force.by


def check_overridden(packs: Iterable[Pack], others: Iterable[Pack] = ()) -> tuple[Finding, ...]:
    """What stands above a clause of these books must be there, in one of them or of the others, of a higher layer."""
    checked = {pack.name: pack for pack in packs}
    known = {pack.name: pack for pack in others} | checked
    return in_order(
        finding for pack in checked.values() for clause in pack.clauses.values() for name in clause.overridden_by
        for finding in _overridden(pack, clause, name, known)
    )  # fmt: skip


def _overridden(pack: Pack, clause: Clause, name: str, known: Mapping[str, Pack]) -> Iterator[Finding]:
    book, _, number = name.partition(".")
    where, above = f"clauses.{clause.name}", known.get(book)
    if above is None or number not in above.clauses:
        zh, en = did_you_mean(book, known) if above is None else did_you_mean(number, above.clauses)
        yield _finding(CLAUSES, pack, clause.line, where, f"overridden_by：没有“{name}”",
                       f"overridden_by: there is no '{name}'", zh, en)  # fmt: skip
    elif above.rank >= pack.rank:
        yield _finding(
            CLAUSES, pack, clause.line, where, f"“{name}”不比本规定层级高", f"'{name}' is of no higher layer",
            "只有更高层级的条款才能使它不适用", "only a clause of a higher layer keeps it from being applied",
        )  # fmt: skip


def _together(one: Pack, other: Pack) -> bool:
    first, second = one.in_force, other.in_force
    if first is None or second is None:
        return True
    if first.by != second.by:
        return False
    latest = max(first.begins or date.min, second.begins or date.min)
    return latest < min(first.until or date.max, second.until or date.max)


def _finding(
    number: int, pack: Pack, line: int, where: str, zh: str, en: str, mend_zh: str, mend_en: str,
    severity: Severity = "error",
) -> Finding:  # fmt: skip
    return Finding(number, severity, pack.file, line, where, Wording(zh, en), Wording(mend_zh, mend_en))


class _Checker:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.found: list[Finding] = []

    def note(self, number: int, line: int, where: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        self.found.append(_finding(number, self.pack, line, where, zh, en, mend_zh, mend_en))

    def run(self) -> None:
        pack = self.pack
        self._circles()
        for table in pack.tables.values():
            self._table(table)
        self._conditions()
        self._clauses()
        self._wording()
        self._kinds()
        self._units()
        self._figures()
        if not any(one.severity == "error" for one in self.found):
            self._examples()

    # -- tables --------------------------------------------------------------------------------------------
    def _table(self, table: Table) -> None:
        where = f"tables.{table.name}"
        if not table.rows:
            self.note(GAP, table.line, where, "没有任何行", "has no rows", "写上行", "give it rows")
            return
        trial = Trial(self.pack, CompiledTable(table))
        if table.hit != "collect" and (gap := trial.gap()) is not None:
            case = gap.told(self.pack)
            self.note(GAP, table.line, where, f"没有一行适用于：{case.zh}", f"no row holds for: {case.en}",
                      "补一行，或写不带条件的最后一行", "add a row, or a last row without cells")  # fmt: skip
        if table.hit == "unique" and (both := trial.overlap()) is not None:
            case, first = both[0].told(self.pack), row_called(table, both[1])
            other = both[2]
            self.note(OVERLAP, other.line, f"{where}.rows.{other.name}",
                      f"与{first.zh}同时适用于：{case.zh}", f"holds together with {first.en} for: {case.en}",
                      "让两行互斥，或用 hit: first", "make them exclude each other, or use hit: first")  # fmt: skip
        for row in trial.dead():
            self.note(DEAD, row.line, f"{where}.rows.{row.name}", "永远轮不到这一行", "this row can never hit",
                      "删除它，或移到更前面", "remove it, or move it up")  # fmt: skip
        if trial.too_wide:
            self.note(GAP, table.line, where, "列太多，无法逐一验证", "is too wide to be proved",
                      "拆成两张表", "split it into two tables")  # fmt: skip

    # -- conditions ------------------------------------------------------------------------------------------
    def _conditions(self) -> None:
        """What is asked for beside a remedy stands for nothing where the book never gives that remedy."""
        rows = [(table, row) for table in self.pack.tables.values() for row in table.rows]
        given = {one.what for _table, row in rows for one in row.findings if one.kind == "right"}
        for table, row in rows:
            for one in row.findings:
                if one.kind == "for" and not (given if one.what == "all" else one.what in given):
                    self.note(DEAD, one.line, f"tables.{table.name}.rows.{row.name}",
                              f"本规定从不给“{one.what}”，这里的条件用不上", f"this book never gives '{one.what}'",
                              "删除它，或改成给的方案", "remove it, or name a remedy that is given")  # fmt: skip

    # -- order of tables -------------------------------------------------------------------------------------
    def _circles(self) -> None:
        """A value may rest on outputs of tables, but nothing on itself."""
        pack = self.pack
        gives = {output.name: table.name for table in pack.tables.values() for output in table.outputs}
        needs: dict[str, set[str]] = {name: set(names_read(value)) for name, value in pack.values.items()}
        for table in pack.tables.values():
            read = {column.name for column in table.columns}
            read |= {name for row in table.rows for out in row.outputs.values() for name in _output_reads(out)}
            needs[f"table {table.name}"] = read
        edges = {name: {f"table {gives[one]}" if one in gives else one for one in read} for name, read in needs.items()}
        for name in _circular(edges):
            line = pack.values[name].line if name in pack.values else pack.tables[name.removeprefix("table ")].line
            self.note(NAMES, line, name, "绕回到自身", "depends on itself", "拆开这个循环", "break the circle")

    # -- clauses ---------------------------------------------------------------------------------------------
    def _clauses(self) -> None:
        pack = self.pack
        rows = [row for table in pack.tables.values() for row in table.rows]
        cited = {name for row in rows for name in row.clauses}
        stated = {name for row in rows for name in row.stated}
        cited |= stated
        for clause in pack.clauses.values():
            if clause.name not in cited:
                self.note(CLAUSES, clause.line, f"clauses.{clause.name}", "没有任何行引用它", "is cited by no row",
                          "让它起作用，或删除", "let a row cite it, or remove it")  # fmt: skip
            elif clause.overridden_by and clause.name not in stated:
                self.note(CLAUSES, clause.line, f"clauses.{clause.name}", "另有条款在它之上，却没有行说它不适用",
                          "has a clause above it, and no row says that it is not applied",
                          "在行里写 then: {stated: …}，或删除 overridden_by",
                          "let a row say then: {stated: …}, or remove overridden_by")  # fmt: skip
            if pack.layer in BY_LAW and not clause.article.zh:
                self.note(CLAUSES, clause.line, f"clauses.{clause.name}", "没有写依据的是哪部法律哪一条",
                          "does not say which law and article it is",
                          "写上 article: 消法第24条 / Consumer Law 24；不出自哪一条的写 article: 无 / none",
                          "write article: 消法第24条 / Consumer Law 24, or article: 无 / none where it is of none"
                          )  # fmt: skip
            dates, whole = clause.in_force, pack.in_force
            if dates and whole and dates.by == whole.by and not _overlap(dates, whole):
                self.note(CLAUSES, clause.line, f"clauses.{clause.name}", "在本版本有效期内从不生效",
                          "is never in force while this version is", "改正日期", "mend the dates")  # fmt: skip
        for table in pack.tables.values():
            for row in table.rows:
                self._stated(table, row)
                if any(one.kind != "note" for one in row.findings) and not row.clauses and not row.stated:
                    self.note(CLAUSES, row.line, f"tables.{table.name}.rows.{row.name}", "有结论而没有条款",
                              "says something and cites no clause", "写上 clause", "give it a clause")  # fmt: skip

    def _stated(self, table: Table, row: Row) -> None:
        """What is stated and not applied says what stands above it, and is not applied by the same row."""
        where = f"tables.{table.name}.rows.{row.name}"
        for name in row.stated:
            clause = self.pack.clauses.get(name)
            if clause is None:
                zh, en = did_you_mean(name, self.pack.clauses)
                self.note(NAMES, row.line, where, f"没有条款“{name}”", f"there is no clause '{name}'", zh, en)
            elif not clause.overridden_by:
                self.note(CLAUSES, clause.line, f"clauses.{name}", "只列明、不适用，却没有说依据哪一条",
                          "is stated and not applied, and does not say what stands above it",
                          "写上 overridden_by: consumer_law.REG18",
                          "write overridden_by: consumer_law.REG18")  # fmt: skip
            elif name in row.clauses:
                self.note(CLAUSES, row.line, where, f"既适用又不适用“{name}”",
                          f"both applies and does not apply {name}",
                          "从 clause 或 stated 中删除", "take it out of clause, or out of stated")  # fmt: skip

    # -- wording -----------------------------------------------------------------------------------------------
    def _wording(self) -> None:
        pack = self.pack
        texts = [("title", 1, pack.title), ("source", 1, pack.source)]
        texts += [
            (f"clauses.{one.name}", one.line, said) for one in pack.clauses.values()
            for said in (one.text, *(more for more in (one.article, one.doubt) if more.zh or more.en))
        ]  # fmt: skip
        texts += [(f"tables.{one.name}", one.line, one.title) for one in pack.tables.values()]
        texts += [(f"labels.{name}", 1, label) for name, label in pack.labels.items()]
        for fact in pack.facts.values():
            if not fact.shared:
                texts.append((f"facts.{fact.name}", fact.field.line, fact.field.label))
                texts += [(f"facts.{fact.name}.{c.value}", fact.field.line, c.title) for c in fact.field.choices]
        for setting in pack.settings.values():
            said = [setting.label, *(one for one in (setting.unit, setting.provisional) if one.zh or one.en)]
            texts += [(f"settings.{setting.name}", setting.line, one) for one in said]
        texts += [
            (f"examples.{one.name}", one.line, one.because)
            for one in pack.examples if one.because.zh or one.because.en
        ]  # fmt: skip
        for where, line, words in texts:
            if not (words.zh and words.en):
                self.note(WORDING, line, where, "缺少中文或英文", "Chinese or English is missing",
                          "写成 中文 / English", "write 中文 / English")  # fmt: skip

    # -- kinds -------------------------------------------------------------------------------------------------
    def _kinds(self) -> None:
        types, choices = fact_types(self.pack), choices_of(self.pack)
        expressions: list[tuple[str, int, Expression | None]] = [
            (f"values.{v.name}", v.line, getattr(v, "expression", None)) for v in self.pack.values.values()
        ]
        expressions.append(("applies", 1, self.pack.applies))
        expressions += [
            (f"tables.{table.name}.rows.{row.name}", row.line, expression)
            for table in self.pack.tables.values() for row in table.rows for expression in row_expressions(row)
        ]  # fmt: skip
        for where, line, expression in expressions:
            if expression is None:
                continue
            for problem in check(expression, types, choices=choices):
                zh, en = self._spoken_of(expression, problem.en)
                self.note(TYPES, line, where, f"“{expression}”：{problem.zh}{zh}",
                          f"'{expression}': {problem.en}{en}",
                          "改正这个算式", "mend the expression")  # fmt: skip

    def _spoken_of(self, expression: Expression, problem: str) -> tuple[str, str]:
        """What the names of an expression of which a finding speaks are called: `（shoe_kind：鞋类）`."""
        mine = [name for name in sorted(expression.reads) if re.search(rf"\b{name}\b", problem)]
        called = [(name, label) for name in mine if (label := label_of(self.pack, name)).zh]
        if not called:
            return "", ""
        return (f"（{'；'.join(f'{name}：{label.zh}' for name, label in called)}）",
                f" ({'; '.join(f'{name}: {label.en}' for name, label in called)})")  # fmt: skip

    # -- units -------------------------------------------------------------------------------------------------
    def _units(self) -> None:
        for one in clashes(self.pack):
            self.note(TYPES, one.line, one.where, f"“{one.text}”：{one.one.zh}与{one.other.zh}不能相加、比较或互换",
                      f"'{one.text}': {one.one.en} and {one.other.en} cannot be added, compared or exchanged",
                      "换算成同一单位，或改用另一个数", "turn them into one unit, or use another number")  # fmt: skip

    # -- figures -----------------------------------------------------------------------------------------------
    def _figures(self) -> None:
        for one in wrong_figures(self.pack, fact_types(self.pack)):
            self.note(TYPES, one.line, one.where, one.said.zh, one.said.en, one.mend.zh, one.mend.en)

    # -- examples ----------------------------------------------------------------------------------------------
    def _examples(self) -> None:
        for example, wrong in self._run():
            why = example.because
            zh, en = (f"（例子的理由：{why.zh}）", f" (why it is so: {why.en})") if why.zh else ("", "")
            for elsewhere in self._bounds_apart(example):
                zh, en = f"{zh}（{elsewhere.zh}）", f"{en} ({elsewhere.en})"
            for one in wrong:
                told, mend = unmet_words(self.pack, one), mend_words(one)
                self.note(EXAMPLES, example.line, f"examples.{example.name}", f"例子不成立：{told.zh}{zh}",
                          f"the example fails: {told.en}{en}", mend.zh, mend.en)  # fmt: skip

    def _bounds_apart(self, example: Example) -> Iterator[Wording]:
        """Tables that cut a number of the example at different bounds, with that number between them: whoever moves a
        bound that stands in two tables is told of the other."""
        for name, given in example.facts.items():
            try:
                value = Decimal(str(given))
            except ArithmeticError:
                continue
            bounds: dict[str, set[Decimal]] = {}
            for table in self.pack.tables.values():
                for place, column in enumerate(table.columns):
                    if column.name == name and column.domain.kind == "number":
                        cells = [row.cells[place] for row in table.rows]
                        ends = {end for cell in cells if isinstance(cell, Between) for end in (cell.low, cell.high)}
                        bounds[table.name] = {end for end in ends if isinstance(end, Decimal)}
            apart = {table: ends for table, ends in bounds.items() if ends}
            every = [end for ends in apart.values() for end in ends]
            if not value.is_finite() or len(apart) < 2 or len({frozenset(ends) for ends in apart.values()}) < 2:
                continue
            if not min(every) <= value <= max(every):
                continue
            what = named(self.pack, name)
            said = [(self.pack.tables[table].title, ", ".join(f"{end.normalize():f}" for end in sorted(ends)))
                    for table, ends in apart.items()]  # fmt: skip
            yield Wording(
                f"{what.zh}的界限各表不同：" + "，".join(f"《{title.zh}》{ends}" for title, ends in said),
                f"{what.en} is cut differently: " + ", ".join(f"'{title.en}' at {ends}" for title, ends in said),
            )  # fmt: skip

    def _run(self) -> Iterator[tuple[Example, list[Unmet]]]:
        """What comes of the examples. Where the book cannot be ruled by in one of them, that is found of this one."""
        try:
            yield from list(run_examples(self.pack))
        except Exception:
            for example in self.pack.examples:
                try:
                    yield from list(run_examples(replace(self.pack, examples=(example,))))
                except Exception as error:
                    self.note(EXAMPLES, example.line, f"examples.{example.name}",
                              f"按本规则包算不出这个例子（{error}）",
                              f"this book cannot be ruled by in the example ({error})",
                              "改正规则里的数字或算式", "mend the figure or the expression in the rules")  # fmt: skip


def _overlap(one: InForce, other: InForce) -> bool:
    latest = max(one.begins or date.min, other.begins or date.min)
    return latest < min(one.until or date.max, other.until or date.max)


def _output_reads(output: object) -> frozenset[str]:
    return output.of.reads if isinstance(output, Amount) else frozenset()


def fact_types(pack: Pack) -> dict[str, FactType]:
    """What kind every name of a pack is, for the check of expressions."""
    types: dict[str, FactType] = {TODAY: "date"}
    for name, fact in pack.facts.items():
        types[name] = cast(FactType, fact.field.kind)
    for name, setting in pack.settings.items():
        types[name] = _TYPES[domain_of_setting(setting).kind]
    for name, value in pack.values.items():
        types[name] = _TYPES[domain_of_value(value).kind]
    for table in pack.tables.values():
        types |= {output.name: cast(FactType, output.kind) for output in table.outputs}
    return types


def choices_of(pack: Pack) -> dict[str, frozenset[str]]:
    """The texts that every choice of a pack may be."""
    found = {
        name: frozenset(domain_of_fact(fact).choices)
        for name, fact in pack.facts.items() if fact.field.kind == "choice"
    }  # fmt: skip
    for name, value in pack.values.items():
        if (domain := domain_of_value(value)).kind == "choice":
            found[name] = frozenset(domain.choices)
    for table in pack.tables.values():
        found |= {one.name: frozenset(one.choices) for one in table.outputs if one.kind == "choice"}
    return found


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
