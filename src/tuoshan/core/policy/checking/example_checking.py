"""What is proved of examples: each comes out as it is told, or the finding says what came, and why it was told so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.examples import Unmet, run_examples
from tuoshan.core.policy.checking.examples_told import mend_words, unmet_words
from tuoshan.core.policy.checking.pack_findings import EXAMPLES, Found
from tuoshan.core.policy.pack import Example, Pack
from tuoshan.core.policy.reading.cells import Between
from tuoshan.core.policy.words.naming import named


def check_examples(found: Found) -> None:
    for example, wrong in _run(found):
        why = example.because
        zh, en = (f"（例子的理由：{why.zh}）", f" (why it is so: {why.en})") if why.zh else ("", "")
        for elsewhere in _bounds_apart(found.pack, example):
            zh, en = f"{zh}（{elsewhere.zh}）", f"{en} ({elsewhere.en})"
        for one in wrong:
            told, mend = unmet_words(found.pack, one), mend_words(one)
            found.note(EXAMPLES, example.line, f"examples.{example.name}", f"例子不成立：{told.zh}{zh}",
                       f"the example fails: {told.en}{en}", mend.zh, mend.en)  # fmt: skip


def _bounds_apart(pack: Pack, example: Example) -> Iterator[Wording]:
    """Tables that cut a number of the example at different bounds, with that number between them: whoever moves a
    bound that stands in two tables is told of the other."""
    for name, given in example.facts.items():
        try:
            value = Decimal(str(given))
        except ArithmeticError:
            continue
        bounds: dict[str, set[Decimal]] = {}
        for table in pack.tables.values():
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
        what = named(pack, name)
        said = [(pack.tables[table].title, ", ".join(number_text(end) for end in sorted(ends)))
                for table, ends in apart.items()]  # fmt: skip
        yield Wording(
            f"{what.zh}的界限各表不同：" + "，".join(f"《{title.zh}》{ends}" for title, ends in said),
            f"{what.en} is cut differently: " + ", ".join(f"'{title.en}' at {ends}" for title, ends in said),
        )  # fmt: skip


def _run(found: Found) -> Iterator[tuple[Example, list[Unmet]]]:
    """What comes of the examples. Where the book cannot be ruled by in one of them, that is found of this one."""
    try:
        yield from list(run_examples(found.pack))
    except Exception:
        for example in found.pack.examples:
            try:
                yield from list(run_examples(replace(found.pack, examples=(example,))))
            except Exception as error:
                found.note(EXAMPLES, example.line, f"examples.{example.name}",
                           f"按本规则包算不出这个例子（{error}）",
                           f"this book cannot be ruled by in the example ({error})",
                           "改正规则里的数字或算式", "mend the figure or the expression in the rules")  # fmt: skip
