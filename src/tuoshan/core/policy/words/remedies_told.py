"""Remedies in words: each with its sum and its fee, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tuoshan.core.money import format_money
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import NEEDS, REMEDIES
from tuoshan.core.policy.statements import Right, Ruling
from tuoshan.core.policy.words.periods_told import counted_words, until_words
from tuoshan.core.policy.words.sentences import Line, capital, cited
from tuoshan.core.policy.words.sums_told import Pieces, chosen_from, fee_called, of_all


def due(ruling: Ruling, pieces: Pieces | None = None) -> dict[str, Line]:
    """By remedy the sentence that gives it: those to choose from, then what is due besides, each with its last day."""
    to_choose, besides = chosen_from(ruling)
    found = {}
    for right in (*to_choose, *besides):
        given, until = right_words(right, pieces), until_words(right)
        told = Wording(given.zh, capital(given.en)) if right in to_choose else _beside(given, to_choose)
        found[right.remedy] = Line(
            "due", Wording(told.zh + until.zh, told.en + until.en), cited(*right.given_by),
            counted_words(right.counted, right.later),
        )  # fmt: skip
    return found


def _beside(given: Wording, to_choose: Sequence[Right]) -> Wording:
    """What is due besides, as a sentence of its own."""
    if len(to_choose) > 1:
        return Wording(f"不论选哪样，另外{given.zh}", f"Besides, whichever is chosen: {given.en}")
    return Wording(f"另外{given.zh}", f"Besides: {given.en}")


def right_words(right: Right, pieces: Pieces | None = None) -> Wording:
    """A remedy with its sum and its fee; of several pieces for all of them."""
    if pieces:
        return of_all(right, pieces.parts)
    zh, en = REMEDIES[right.remedy].zh, REMEDIES[right.remedy].en.lower()
    if right.amount is not None:
        zh, en = f"{zh} {format_money(right.amount)}", f"{en} of {format_money(right.amount)}"
    if right.fee:
        fee, called = format_money(right.fee), fee_called(right)
        zh, en = f"{zh}（{called.zh} {fee}）", f"{en} ({called.en} {fee})"
    return Wording(zh, en)


def remedies_words(names: Iterable[str]) -> Wording:
    """Remedies as one list."""
    titles = [REMEDIES[name] for name in names]
    return Wording("、".join(one.zh for one in titles), ", ".join(one.en.lower() for one in titles))


def needs_words(names: Iterable[str]) -> Wording:
    """Conditions to meet as one list; one that is not known any more by its name."""
    known = [NEEDS.get(name, Wording(name, name)) for name in names]
    return Wording("；".join(one.zh for one in known), "; ".join(one.en for one in known))


def needed(rights: Sequence[Right]) -> Iterator[Line]:
    """What remedies ask for, those that ask for the same in one sentence."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...], bool], list[Right]] = {}
    for right in rights:
        if right.needs or right.better_needs:
            higher = "amount" in right.better_terms and right.amount is not None
            alike.setdefault((right.needs, right.better_needs, bool(right.better_needs) and higher), []).append(right)
    for (needs, better, higher), some in alike.items():
        called = Wording("、".join(REMEDIES[right.remedy].zh for right in some),
                         capital(", ".join(REMEDIES[right.remedy].en.lower() for right in some)))  # fmt: skip
        words, more = needs_words(needs), needs_words(better)
        longer = any("until" in right.better_terms for right in some)
        terms = "、".join([*(["更高金额"] if higher else []), *(["更长期限"] if longer else [])])
        zh, en = f"{called.zh}须：{words.zh}", f"{called.en}: asks for {words.en}"
        if better and needs:
            zh, en = f"{zh}；{terms}另须：{more.zh}", f"{en}; its better terms also for {more.en}"
        elif better:
            zh, en = f"{called.zh}的{terms}须：{more.zh}", f"{called.en}: its better terms ask for {more.en}"
        yield Line("needed", Wording(zh, en), cited(*(one for right in some for one in right.asked_by)))
