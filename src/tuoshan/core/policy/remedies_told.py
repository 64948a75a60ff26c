"""Remedies in words: each with its sum and its fee, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tuoshan.core.money import format_money
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import NEEDS, REMEDIES
from tuoshan.core.policy.sentences import Line, capital, cited
from tuoshan.core.policy.statements import Right
from tuoshan.core.policy.sums_told import Pieces, fee_called, of_all


def beside_words(given: Wording, to_choose: Sequence[Right]) -> Wording:
    """What is due besides, as a sentence of its own."""
    if len(to_choose) > 1:
        return Wording(f"不论选哪样，另外{given.zh}", f"Besides, whichever is chosen: {given.en}")
    return Wording(f"另外{given.zh}", f"Besides: {given.en}")


def right_zh(right: Right) -> str:
    words = REMEDIES[right.remedy].zh
    if right.amount is not None:
        words += f" {format_money(right.amount)}"
    return words + (f"（{fee_called(right).zh} {format_money(right.fee)}）" if right.fee else "")


def right_en(right: Right) -> str:
    words = REMEDIES[right.remedy].en.lower()
    if right.amount is not None:
        words += f" of {format_money(right.amount)}"
    return words + (f" ({fee_called(right).en} {format_money(right.fee)})" if right.fee else "")


def right_words(right: Right, pieces: Pieces | None = None) -> Wording:
    """A remedy with its sum and its fee; of several pieces for all of them."""
    return of_all(right, pieces.parts) if pieces else Wording(right_zh(right), right_en(right))


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
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Right]] = {}
    for right in rights:
        if right.needs or right.better_needs:
            alike.setdefault((right.needs, right.better_needs), []).append(right)
    for (needs, better), some in alike.items():
        called = Wording("、".join(REMEDIES[right.remedy].zh for right in some),
                         capital(", ".join(REMEDIES[right.remedy].en.lower() for right in some)))  # fmt: skip
        words, more = needs_words(needs), needs_words(better)
        zh, en = f"{called.zh}须：{words.zh}", f"{called.en}: asks for {words.en}"
        if better and needs:
            zh, en = f"{zh}；更高的金额、更长的期限另须：{more.zh}", f"{en}; its better terms also for {more.en}"
        elif better:
            zh, en = f"{called.zh}的更高金额、更长期限须：{more.zh}", f"{called.en}: its better terms ask for {more.en}"
        yield Line("needed", Wording(zh, en), cited(*(one for right in some for one in right.asked_by)))
