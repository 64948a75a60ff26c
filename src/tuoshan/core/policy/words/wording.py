"""A ruling in words that can be read out: Chinese and English, each sentence standing on its clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tuoshan.core.money import format_money
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.statements import Ruling, Statement
from tuoshan.core.policy.words.costs_told import costs
from tuoshan.core.policy.words.periods_told import ANSWERS, period_lines
from tuoshan.core.policy.words.proofs_told import deadlines, proof_first, proofs
from tuoshan.core.policy.words.refusals_told import last_day_of, refusals
from tuoshan.core.policy.words.remedies_told import due, needed, right_words
from tuoshan.core.policy.words.sentences import Line, each_once, once_each, small
from tuoshan.core.policy.words.sums_told import Pieces, chosen_from, total_words

SAYS_NOTHING = Wording(
    "没有规定必须怎么办，由双方协商", "No rule asks for anything here; it is for both sides to agree"
)
"""The answer where there is none."""
TO_BE_CHECKED = Wording(
    "还不能给您最后的答复", "We cannot give you our final answer yet"
)
"""What a customer is told while the answer is open; what staff ask each other is no question to them."""


def _as_far(periods: Sequence[Statement]) -> Iterator[Statement]:
    """Of the same period to the same day each with the distance that one of them knows: it is one period."""
    far = {(one.what, one.amounts.get("ends")): one.reaching for one in periods if one.furthest is not None}
    for one in periods:
        yield replace(one, reaching=far.get((one.what, one.amounts.get("ends")), one.reaching))


def verdict(ruling: Ruling) -> Wording:
    """The answer in one sentence."""
    if ruling.rights:
        to_choose, besides = (list(map(right_words, some)) for some in chosen_from(ruling))
        zh = "；".join(one.zh for one in to_choose) + "".join(f"，另外{one.zh}" for one in besides)
        en = "; ".join(one.en for one in to_choose) + "".join(f"; besides {one.en}" for one in besides)
        more, total = _more(ruling), total_words(ruling) or NO_WORDING
        return Wording(f"可以{zh}{more.zh}{total.zh}", f"Due: {en}{more.en}{total.en}")
    if ruling.proofs:
        return proof_first(ruling)
    if ruling.questions and ruling.to_customer:
        return TO_BE_CHECKED
    if ruling.questions:
        return Wording("还不能判定，请先回答问题", "Not decided yet: please answer what is asked")
    if ruling.refused:
        return _refusal(ruling)
    if ruling.limits or ruling.deadlines or ruling.extras or ruling.freight or ruling.pays or ruling.risk or any(
        one.what in ANSWERS for one in ruling.periods
    ):
        return Wording("按下列规定办理", "As follows")
    duties = [one.words["text"] for one in ruling.said if one.kind == "duty"]
    if duties:
        told: Wording = duties[0]
        return told
    return SAYS_NOTHING


def _refusal(ruling: Ruling) -> Wording:
    because, ended = ruling.refused[0].because, last_day_of(ruling.refused[0])
    return Wording(f"不予支持：{because.zh}{ended.zh}" if because.zh else f"不予支持{ended.zh}",
                   f"Not due: {small(because.en)}".rstrip(": ") + ended.en)  # fmt: skip


def _more(ruling: Ruling) -> Wording:
    if ruling.extra:
        amount = format_money(ruling.extra)
        return Wording(f"，另付 {amount}", f", and {amount} on top")
    return Wording("", "")


def ignored(ruling: Ruling) -> dict[str, Wording]:
    """Which of the facts given were not used, for they do not exist in this matter, each with that in words."""
    facts = {name: fact for read in ruling.reads for name, fact in read.pack.facts.items()}
    labels = {name: facts[name].field.label for name in ruling.ignored}
    return {
        name: Wording(
            f"“{label.zh}”与这件事无关，没有采用", f"'{label.en}' does not belong to this matter and was not used"
        )
        for name, label in labels.items()
    }


def lines(ruling: Ruling, pieces: Pieces | None = None) -> Iterator[Line]:
    """Everything that the ruling says, sentence by sentence, for a screen, a paper or the telephone; its sums for one
    piece, or for all of `pieces`, on which this was ruled."""
    yield from once_each(_lines(ruling, pieces))


def _lines(ruling: Ruling, pieces: Pieces | None) -> Iterator[Line]:
    yield from due(ruling, pieces).values()
    yield from needed(ruling.rights)
    yield from refusals(ruling)
    yield from costs(ruling, pieces)
    yield from proofs(ruling)
    told_over = {refused.expired.last_day for refused in ruling.refused if refused.expired is not None}
    running = (one for one in ruling.periods if one.amounts.get("ends") not in told_over)
    yield from each_once(line for statement in _as_far(list(running)) for line in period_lines(statement))
    yield from deadlines(ruling)
    for statement in ruling.said:
        text = statement.words.get("text")
        if isinstance(text, Wording):
            yield Line("said", text, statement.why.clauses)
