"""Questions that are worth asking: near the end of a matter some are open whose every answer leaves it as it is.

A table asks for what could make one of its rows hit; what that row says may stand already, from another row or another
book. With few questions left all their answers can be tried, and only what then differs is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from tuoshan.core.policy.comparing import outcome
from tuoshan.core.policy.pack import Fact
from tuoshan.core.policy.statements import Right, Ruling

MOST_QUESTIONS, MOST_TRIED = 4, 24
"""Beyond these nothing is tried; so a ruling never costs more than two dozen."""


def narrowed(ruling: Ruling, rule_on: Callable[[Mapping[str, object]], Ruling]) -> Ruling:
    """The ruling without questions whose every answer, whatever the others are, leaves it as it is.

    `rule_on` rules on other facts in the same way.
    """
    answers = _answers(ruling)
    if answers is None:
        return ruling
    names = [question.fact for question in ruling.questions]
    found = {
        given: decided(rule_on({**ruling.facts, **dict(zip(names, given, strict=True))})) for given in product(*answers)
    }
    kept = tuple(
        question for place, question in enumerate(ruling.questions)
        if any(
            found[given] != found[(*given[:place], other, *given[place + 1 :])]
            for given in found for other in answers[place]
        )
    )  # fmt: skip
    return ruling if len(kept) == len(names) else replace(ruling, asking=lambda: kept)


def decided(ruling: Ruling) -> tuple[object, ...]:
    """What counts, but for conditions to meet: nobody is asked for a further ground of what is due already only because
    that ground would ask for one paper less, or would name no last day where another one does."""
    return outcome(replace(ruling, rights=tuple(
        replace(one, needs=(), better_needs=(), until=one.until or _last_named(one)) for one in ruling.rights
    )))  # fmt: skip


def _last_named(right: Right) -> date | None:
    return max((one.amounts["until"] for one in right.given_by if "until" in one.amounts), default=None)


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
