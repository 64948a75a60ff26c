"""The rule books as a page that a lawyer or a manager can read; made from the packs, never by hand, in the words
of the screen."""

from collections.abc import Iterable, Iterator

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import LAYER_TITLES, Clause, Pack
from tuoshan.rulings.expressions_in_words import condition_words, dates_words, quoted
from tuoshan.rulings.reading_aloud import HITS, RowToRead, TableToRead, boundaries_to_read, tables_to_read
from tuoshan.rulings.reckoned_in_words import Line, Question, questions, reckoned

INTRODUCTION = Wording(
    "每本规则包写明：管哪些事、依据哪些条款、期限和金额怎么算、会问什么、各种情况得出什么。"
    "裁定所引用的条款就用这里的名称。标有“暂定”的尚不确定，后面写着原因。",
    "Of each book: for what it speaks, on which clauses it rests, how its periods and amounts are reckoned, what it "
    "asks, and what follows in which case. Rulings name the clauses by the names used here. What is marked "
    "provisional is not certain, and says why.",
)
SHARED = Wording("各规则包共同的问题", "Questions that the books share")
BOUNDARIES = Wording("边界上的例子，以及为什么", "Examples at the boundaries, and why")
RULE = "| --- | --- | --- | --- |"
SHARED_ANCHOR = "questions"
MADE = Wording(
    "由 `tuoshan policy document --zh` 从规则包生成，请勿手改。[English](rule-books.md) · [文件写法](policies.md)",
    "Made by `tuoshan policy document`; do not edit. [中文](rule-books.zh-CN.md) · "
    "[the grammar of the files](policies.md)",
)


def document(packs: Iterable[Pack], language: str) -> str:
    """All packs as Markdown."""
    return "\n".join(_Page(list(packs), language).lines()) + "\n"


class _Page:
    """The page in one language."""

    def __init__(self, packs: list[Pack], language: str) -> None:
        self.packs, self.language = packs, language

    def said(self, zh: str, en: str) -> str:
        return Wording(zh, en).in_language(self.language)

    def words(self, wording: Wording) -> str:
        return wording.in_language(self.language)

    def lines(self) -> Iterator[str]:
        yield f"# {self.said('规则包', 'Rule books')}\n"
        yield f"{self.words(MADE)}\n"
        yield f"{self.words(INTRODUCTION)}\n"
        yield self.said("| 规则包 | 层级 | 依据 | 条款 |", "| book | layer | source | clauses |")
        yield RULE
        for pack in self.packs:
            title, source = _cell(self.words(pack.title)), _cell(self.words(pack.source))
            layer = self.words(LAYER_TITLES[pack.layer])
            yield f"| [{title}](#{pack.name}) | {layer} | {source} | {len(pack.clauses)} |"
        yield ""
        for pack in self.packs:
            yield from self._pack(pack)
        yield f'\n<a id="{SHARED_ANCHOR}"></a>\n## {self.words(SHARED)}\n'
        yield from self._shared()

    def _pack(self, pack: Pack) -> Iterator[str]:
        tables = tables_to_read(pack, self.language)
        yield f'\n<a id="{pack.name}"></a>\n## {self.words(pack.title)}\n'
        version = self.said(f"第 {pack.version} 版", f"Version {pack.version}")
        yield f"{version} · {self.words(LAYER_TITLES[pack.layer])} · {self.words(pack.source)}\n"
        applies = self.said("一切", "everything")
        if pack.applies is not None:
            applies = condition_words(pack, pack.applies, self.language)
        yield f"- {self.said('管哪些事', 'For')}{self._colon}{applies}"
        dates = dates_words(pack, pack.in_force, self.language) or self.said("按询问之日", "by the day of asking")
        yield f"- {self.said('从何时起', 'In force')}{self._colon}{dates}\n"
        yield f"### {self.said('条款', 'Clauses')}\n"
        for clause in pack.clauses.values():
            yield self._clause(pack, clause, tables)
        yield from self._reckoned(pack)
        yield from self._questions(pack)
        for table in tables:
            yield from self._table(pack, table)
        yield from self._boundaries(pack)

    @property
    def _colon(self) -> str:
        return self.said("：", ": ")

    def _doubt(self, why: str) -> str:
        return f" **{self.said('暂定', 'provisional')}**{self._colon}{why}" if why else ""

    def _clause(self, pack: Pack, clause: Clause, tables: list[TableToRead]) -> str:
        told = f"- **{clause.name}** {self.words(clause.told)}"
        if dates := dates_words(pack, clause.in_force, self.language):
            told += self.said(f"（{dates}）", f" ({dates})")
        told += self._doubt(self.words(clause.provisional))
        if clause.overridden_by:
            above = self.said("、", ", ").join(self._cited(name) for name in clause.overridden_by)
            told += self.said(f" **列明而不适用**，因为有{above}", f" **stated, not applied**, because of {above}")
        rows = self.said("；", "; ").join(self._rows_of(pack, clause, tables))
        return told + (self.said(f"。见{rows}", f". See {rows}") if rows else "")

    def _rows_of(self, pack: Pack, clause: Clause, tables: list[TableToRead]) -> Iterator[str]:
        """Where a clause is cited or stated: `“修理”第 1、2 行`."""
        for table in tables:
            found = [
                str(number) for number, row in enumerate(pack.tables[table.name].rows, 1)
                if clause.name in (*row.clauses, *row.stated)
            ]  # fmt: skip
            if found:
                title = quoted(table.title, self.language)
                yield self.said(f"{title}第 {'、'.join(found)} 行", f"{title} {', '.join(found)}")

    def _cited(self, name: str) -> str:
        book, _dot, clause = name.partition(".")
        pack = next((one for one in self.packs if one.name == book), None)
        if pack is None:
            return clause
        return self.said(f"《{pack.title.zh}》{clause}", f"{clause} of {quoted(pack.title.en, self.language)}")

    def _reckoned(self, pack: Pack) -> Iterator[str]:
        found = reckoned(pack, self.language)
        parts = (
            (self.said("期限和条件", "Periods and conditions"), found.periods),
            (self.said("金额和日期", "Amounts and days"), found.amounts),
            (self.said("公司可以改的设置", "Settings that the company may change"), found.settings),
        )
        if not any(lines for _title, lines in parts):
            return
        yield f"\n### {self.said('期限和金额怎么算', 'How periods and amounts are reckoned')}"
        for words in found.legend:
            yield f"\n{words}"
        for title, lines in parts:
            if lines:
                yield f"\n**{title}**\n"
                yield from (self._line(one) for one in lines)

    def _line(self, line: Line) -> str:
        clauses = f" [{', '.join(line.clauses)}]" if line.clauses else ""
        return f"- {line.title}{self._colon}{line.text}{clauses}{self._doubt(line.doubt)}"

    def _questions(self, pack: Pack) -> Iterator[str]:
        found = questions(pack, self.language)
        own, shared = [one for one in found if not one.shared], [one for one in found if one.shared]
        yield f"\n### {self.said('会问什么', 'What is asked')}\n"
        if shared:
            names = self.said("、", ", ").join(one.title for one in shared)
            link = f"[{self.words(SHARED)}](#{SHARED_ANCHOR})"
            yield f"- {link}{self._colon}{names}"
        yield from (self._question(one) for one in own)

    def _question(self, one: Question) -> str:
        asked = self.said(f"；只在 {one.asked_if} 时问", f"; asked only where: {one.asked_if}") if one.asked_if else ""
        mark = "" if one.ask.endswith(("？", "?", "）")) else self.said("？", "?")
        return f"- {one.title}{self._colon}{one.ask}{mark} *{one.answers}*{asked}"

    def _shared(self) -> Iterator[str]:
        asked = (one for pack in self.packs for one in questions(pack, self.language) if one.shared)
        yield from {one.title: self._question(one) for one in asked}.values()

    def _table(self, pack: Pack, table: TableToRead) -> Iterator[str]:
        yield f"\n### {table.title}\n"
        yield f"{self.words(HITS[table.hit])}\n"
        yield self.said("| 行 | 条件 | 结论 | 条款 |", "| row | if | then | clauses |")
        yield RULE
        for number, row in enumerate(table.rows, 1):
            yield f"| {number} | {self._conditions(row)} | {self._conclusions(row)} | {self._marked(pack, row)} |"

    def _boundaries(self, pack: Pack) -> Iterator[str]:
        found = boundaries_to_read(pack, self.language)
        if not found:
            return
        yield f"\n### {self.words(BOUNDARIES)}\n"
        yield from (f"- {one.name}{self._colon}{one.because}" for one in found)

    def _conditions(self, row: RowToRead) -> str:
        return _cell(self.said("；", "; ").join(row.conditions)) or self.said("其余情况", "all else")

    def _conclusions(self, row: RowToRead) -> str:
        told = [*row.conclusions, *([row.because] if row.because else [])]
        return _cell(self.said("；", "; ").join(told)) or "–"

    def _marked(self, pack: Pack, row: RowToRead) -> str:
        """The clauses of a row; those that are not certain say so."""
        mark = self.said("（暂定）", " (provisional)")
        doubtful = {one.name for one in pack.clauses.values() if one.provisional.zh}
        return ", ".join(f"{name}{mark}" if name in doubtful else name for name in row.clauses)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
