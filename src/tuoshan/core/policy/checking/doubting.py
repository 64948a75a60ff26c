"""What a book says twice over: rows that exclude each other in one and the same matter, and words beside other numbers;
and what it leaves out: a row for all the rest that gives nothing, examples.

Both may be meant, so a doubt keeps no book from loading. It is shown before publishing and answered there, in the book
itself (`meant:`, by the doubt's key, with the reason). Of rows `rows_apart` speaks, of numbers `clause_numbers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.clause_numbers import unused
from tuoshan.core.policy.checking.pack_findings import LEFT_WITHOUT, MISSING, UNPROVED, WORDS_APART, Doubt, doubt
from tuoshan.core.policy.checking.rows_apart import rows_apart
from tuoshan.core.policy.checking.trying import Trial
from tuoshan.core.policy.engine.compiled import CompiledTable
from tuoshan.core.policy.pack import Example, Pack
from tuoshan.core.policy.reading.value_reading import names_read
from tuoshan.core.policy.words.naming import named
from tuoshan.core.reading.findings import in_order


def doubts(pack: Pack, examples: Iterable[Example] = ()) -> tuple[Doubt, ...]:
    """All doubts of a book that its `meant` does not answer. `examples`: further matters on which rows are tried."""
    found = {one.key: one for one in [
        *rows_apart(pack, examples), *_words_apart(pack), *_left_without(pack), *_unproved(pack)
    ]}  # fmt: skip
    open_ones = {one.finding: one for key, one in found.items() if key not in pack.meant}
    return tuple(open_ones[finding] for finding in in_order(open_ones))


# -- words and numbers ------------------------------------------------------------------------------------------


def _words_apart(pack: Pack) -> Iterator[Doubt]:
    for clause, said in unused(pack):
        yield doubt(
            pack, WORDS_APART, clause.line, f"clauses.{clause.name}", f"{clause.name}: {said.text}", Wording(
                f"条款{'英文' if said.english else ''}写着“{said.text}”，引用它的行里却没有这个数",
                f"the clause says '{said.text}', a number on which no row that cites it turns",
            ),
        )  # fmt: skip


# -- what is missing --------------------------------------------------------------------------------------------


def _left_without(pack: Pack) -> Iterator[Doubt]:
    """A row for all the rest that leaves out what the book works out other things by, as the length of a guarantee."""
    read = {name for value in pack.values.values() for name in names_read(value)}
    for table in pack.tables.values():
        wanted = [one.name for one in table.outputs if one.name in read]
        for number, row in enumerate(table.rows):
            if not wanted or row.outputs or row.findings or any(cell is not None for cell in row.cells):
                continue
            case = Trial(pack, CompiledTable(table)).reached(number)
            if case is None:
                continue
            what, met = [named(pack, name) for name in wanted], case.told(pack)
            yield doubt(
                pack, LEFT_WITHOUT, row.line, f"tables.{table.name}.rows.{row.name}",
                f"{table.name}.{row.name}: no {', '.join(wanted)}", Wording(
                    f"这一行没有条件，也没有给{'、'.join(one.zh for one in what)}：{met.zh}的就没有，也算不出来",
                    f"this row has no cells and gives no {', '.join(one.en for one in what)}: {met.en} goes without,"
                    " and nothing is worked out by it",
                ), MISSING,
            )  # fmt: skip


def _unproved(pack: Pack) -> Iterator[Doubt]:
    if not pack.examples:
        said = Wording("没有一个例子：没有什么证明它判得对", "there is no example: nothing proves what it rules")
        mend = Wording("在 examples 里写上例子，界限两边都写；确实不要的，写明理由",
                       "write examples, on both sides of each bound; where none is wanted, say why")  # fmt: skip
        yield doubt(pack, UNPROVED, 1, "", "no examples", said, mend)
