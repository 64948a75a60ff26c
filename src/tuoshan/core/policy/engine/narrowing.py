"""Questions that are worth asking: near the end of a matter some are open whose every answer leaves it as it is.

A table asks for what could make one of its rows hit; what that row says may stand already, from another row or another
book. With few questions left all their answers can be tried, and only what then differs is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import product

from tuoshan.core.policy.comparing import outcome
from tuoshan.core.policy.pack import Fact
from tuoshan.core.policy.statements import Ruling

MOST_QUESTIONS, MOST_TRIED = 4, 24
"""Beyond these nothing is tried; so a ruling never costs more than two dozen."""


def narrowed(ruling: Ruling, rule_on: Callable[[Mapping[str, object]], Ruling]) -> Ruling:
    """The ruling without questions whose every answer, whatever the others are, leaves it as it is; with all of them
    where every answer leads to the same, but to another than what stands.

    `rule_on` rules on other facts in the same way.
    """
    answers = _answers(ruling)
    if answers is None:
        return ruling
    names = [question.fact for question in ruling.questions]
    tried = {
        given: rule_on({**ruling.facts, **dict(zip(names, given, strict=True))}) for given in product(*answers)
    }
    no_end = endless(tried.values())
    found = {given: decided(one, no_end) for given, one in tried.items()}
    kept = tuple(
        question for place, question in enumerate(ruling.questions)
        if any(
            found[given] != found[(*given[:place], other, *given[place + 1 :])]
            for given in found for other in answers[place]
        )
    )  # fmt: skip
    narrow = replace(ruling, asking=lambda: kept)
    if len(kept) == len(names) or (not kept and decided(narrow, no_end) not in found.values()):
        return ruling
    return narrow


def endless(rulings: Iterable[Ruling]) -> frozenset[str]:
    """The remedies that one of these rulings gives without a last day."""
    return frozenset(one.remedy for ruling in rulings for one in ruling.rights if one.until is None)


def decided(ruling: Ruling, no_end: Collection[str] = ()) -> tuple[object, ...]:
    """What counts, and the facts for which amounts still wait, but for conditions to meet, and for the last day of
    remedies that may have none (`no_end`): nobody is asked for a further ground of what is due already only because
    that ground would ask for one paper less, or would name a last day where another one names none."""
    waiting = tuple(
        (one.remedy, frozenset(name for said in one.given_by if "amount" in said.open for name in said.waits))
        for one in ruling.rights if one.amount is None
    )  # fmt: skip
    return *outcome(replace(ruling, rights=tuple(
        replace(one, needs=(), better_needs=(), until=None if one.remedy in no_end else one.until)
        for one in ruling.rights
    ))), waiting  # fmt: skip


def _answers(ruling: Ruling) -> list[tuple[object, ...]] | None:
    """All that may be answered to each open question; None where these are too many, or nothing is ruled yet."""
    if not (ruling.rights or ruling.refused) or not 0 < len(ruling.questions) <= MOST_QUESTIONS:
        return None
    facts = {name: fact for read in ruling.reads for name, fact in read.pack.facts.items()}
    answers = [_values(facts[question.fact]) for question in ruling.questions]
    many = 1
    for values in answers:
        many *= len(values)
    return answers if 0 < many <= MOST_TRIED else None


def _values(fact: Fact) -> tuple[object, ...]:
    if fact.field.kind == "yes_no":
        return (True, False)
    return tuple(choice.value for choice in fact.field.choices) if fact.field.kind == "choice" else ()
