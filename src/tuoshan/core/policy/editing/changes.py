"""What is otherwise in a second ruling on the same facts, in words: each difference a sentence of its own.

Every part that `comparing.outcome` looks at has its sentence, so that two differences never read the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tuoshan.core.money import format_money
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.comparing import outcome
from tuoshan.core.policy.pack import BEARERS, LEGS, MOVING, REMEDIES
from tuoshan.core.policy.statements import Right, Ruling
from tuoshan.core.policy.words.costs_told import RISKS, SUBJECTS, own_legs, subject
from tuoshan.core.policy.words.days_told import day_en, day_zh
from tuoshan.core.policy.words.differences_told import TERMS
from tuoshan.core.policy.words.remedies_told import needs_words
from tuoshan.core.policy.words.sentences import capital, small
from tuoshan.core.policy.words.wording import lines

NOT_SAID = Wording("没有写明", "not said")
NOTHING: dict[str, Any] = {
    "rights": (), "refused": (), "freight": {}, "risk": {}, "pays": {}, "extras": {}, "deductions": {}, "limits": {},
    "proofs": (), "periods": (), "deadlines": (), "said": (),
}  # fmt: skip
CHOSEN = {
    "freight": TERMS["freight"], "risk": TERMS["risk"], "pays": TERMS["pays"], "extras": TERMS["extra"],
    "deductions": TERMS["deduct"], "limits": TERMS["limit"],
}  # fmt: skip
LISTED = {
    "proofs": (Wording("新增举证", "Proof now asked for"), Wording("不再要求举证", "Proof no longer asked for")),
    "deadlines": (Wording("新增限期", "New duty"), Wording("不再有限期", "No longer a duty")),
    "periods": (Wording("新的期间", "New period"), Wording("不再有期间", "No longer a period")),
}


def changes(before: Ruling, after: Ruling) -> list[Wording]:
    """What the second ruling says otherwise; nothing where both come to the same."""
    if outcome(before) == outcome(after):
        return []
    found = [
        *_remedies(before, after), *_refused(before, after),
        *(one for part in MOVING for one in _borne(part, before, after)),
        *(one for part in CHOSEN if part not in MOVING for one in _chosen(part, before, after)),
        *(one for part in LISTED for one in _listed(part, before, after)), *_asked(before, after),
    ]  # fmt: skip
    return found or [Wording("裁定的写法不同", "The ruling is put otherwise")]


# -- remedies ---------------------------------------------------------------------------------------------------


def _remedies(before: Ruling, after: Ruling) -> Iterator[Wording]:
    old, new = ({right.remedy: right for right in ruling.rights} for ruling in (before, after))
    for remedy, right in new.items():
        if remedy not in old:
            whole = _whole(right)
            yield Wording(f"新增{whole.zh}", f"Now due: {whole.en}")
    for remedy, right in old.items():
        if remedy not in new:
            whole = _whole(right)
            yield Wording(f"不再有{whole.zh}", f"No longer due: {whole.en}")
    for remedy, right in old.items():
        if remedy in new:
            yield from _terms(right, new[remedy])
    kept, kept_now = [one for one in old if one in new], [one for one in new if one in old]
    if kept != kept_now:
        was, becomes = _called(kept), _called(kept_now)
        yield Wording(f"先后次序：{was.zh} → {becomes.zh}", f"Order: {was.en} → {becomes.en}")


def _called(remedies: list[str]) -> Wording:
    titles = [REMEDIES[one] for one in remedies]
    return Wording("、".join(one.zh for one in titles), ", ".join(one.en.lower() for one in titles))


def _whole(right: Right) -> Wording:
    """A remedy with all its terms."""
    title = REMEDIES[right.remedy]
    zh, en = title.zh, title.en.lower()
    if right.amount is not None:
        zh, en = f"{zh} {format_money(right.amount)}", f"{en} of {format_money(right.amount)}"
    terms = []
    if right.fee is not None:
        fee = format_money(right.fee)
        terms.append(Wording(f"收费 {fee}", f"fee {fee}") if right.fee else Wording("不收费", "no fee"))
    if right.until is not None:
        terms.append(Wording(f"最晚 {day_zh(right.until)}提出", f"to be asked for by {day_en(right.until)}"))
    if right.needs:
        needs = needs_words(right.needs)
        terms.append(Wording(f"须：{needs.zh}", f"asks for {needs.en}"))
    if right.better_needs:
        needs = needs_words(right.better_needs)
        terms.append(Wording(f"更高金额、更长期限另须：{needs.zh}", f"better terms ask for {needs.en}"))
    if terms:
        zh, en = f"{zh}（{'；'.join(one.zh for one in terms)}）", f"{en} ({'; '.join(one.en for one in terms)})"
    return Wording(zh, en)


def _terms(old: Right, new: Right) -> Iterator[Wording]:
    """Each term of a remedy that is due by both."""
    title = REMEDIES[old.remedy]
    for term, was, becomes in (
        (Wording("金额", "amount"), old.amount, new.amount), (Wording("收费", "fee"), old.fee, new.fee),
    ):  # fmt: skip
        if was != becomes:
            a, b = (NOT_SAID if one is None else _money(one) for one in (was, becomes))
            yield _became(title, term, a, b)
    if old.until != new.until:
        first, second = (
            Wording("没有最后一天", "no last day") if day is None else Wording(day_zh(day), day_en(day))
            for day in (old.until, new.until)
        )
        yield _became(title, Wording("最晚提出", "last day"), first, second)
    for term, needs, needs_now in (
        (Wording("须满足的条件", "conditions"), old.needs, new.needs),
        (Wording("更高金额、更长期限另须", "conditions of its better terms"), old.better_needs, new.better_needs),
    ):
        if needs != needs_now:
            a, b = (needs_words(one) if one else Wording("没有", "none") for one in (needs, needs_now))
            yield _became(title, term, a, b)


def _money(amount: Decimal) -> Wording:
    return Wording(format_money(amount), format_money(amount))


def _became(title: Wording, term: Wording, was: Wording, becomes: Wording) -> Wording:
    return Wording(f"{title.zh}的{term.zh}：{was.zh} → {becomes.zh}", f"{title.en}, {term.en}: {was.en} → {becomes.en}")


def _refused(before: Ruling, after: Ruling) -> Iterator[Wording]:
    old, new = (Counter(one.remedy for one in ruling.refused) for ruling in (before, after))
    for remedies, said in (
        (new - old, Wording("写明不支持：", "Now refused: ")),
        (old - new, Wording("不再写明不支持：", "No longer refused: ")),
    ):  # fmt: skip
        for remedy in sorted(remedies):
            title = REMEDIES.get(remedy, Wording("所提要求", "What is asked"))
            yield Wording(f"{said.zh}{title.zh}", f"{said.en}{title.en.lower()}")


# -- who bears what, sums, proofs, days -------------------------------------------------------------------------


def _only(ruling: Ruling, part: str, value: object) -> list[Wording]:
    """One part of a ruling in the words in which the ruling says it."""
    return [one.words for one in lines(replace(ruling, **{**NOTHING, part: value}))]


def _borne(part: str, before: Ruling, after: Ruling) -> Iterator[Wording]:
    """Who bears each leg: once where both tell it of all remedies alike, else remedy by remedy."""
    old, new = ({right.remedy: right for right in ruling.rights} for ruling in (before, after))
    both = [remedy for remedy in old if remedy in new]
    for what in LEGS:
        values = {
            remedy: tuple(getattr(rights[remedy], part).get(what) for rights in (old, new)) for remedy in both
        }  # fmt: skip
        by = {remedy: tuple(None if one is None else str(one.value) for one in pair) for remedy, pair in values.items()}
        if both and all(was == becomes for was, becomes in by.values()):
            continue
        if not any(what in own_legs(ruling, right, part) for ruling in (before, after) for right in ruling.rights):
            yield from _chosen(part, before, after, what)
            continue
        for remedy, (was, becomes) in by.items():
            if was != becomes:
                first, second = (NOT_SAID if one is None else _by(one) for one in (was, becomes))
                leg = SUBJECTS[what] if part == "freight" else RISKS[what]
                yield _became(REMEDIES[remedy], Wording(leg.zh, small(leg.en)), first, second)


def _by(name: str) -> Wording:
    bearer = BEARERS.get(name, Wording(name, name))
    return Wording(f"由{bearer.zh}承担", f"borne by {bearer.en}")


def _chosen(part: str, before: Ruling, after: Ruling, *only: str) -> Iterator[Wording]:
    old, new, term = getattr(before, part), getattr(after, part), CHOSEN[part]
    for what in only or dict.fromkeys([*old, *new]):
        values = [chosen[what].value if what in chosen else None for chosen in (old, new)]
        if values[0] == values[1]:
            continue
        was, becomes = (
            _said(ruling, part, what, chosen) for ruling, chosen in ((before, old), (after, new))
        )  # fmt: skip
        yield Wording(f"{term.zh}：{was.zh} → {becomes.zh}", f"{capital(term.en)}: {was.en} → {becomes.en}")


def _said(ruling: Ruling, part: str, what: str, chosen: Any) -> Wording:
    called = subject(what)
    if what not in chosen:
        return Wording(f"{called.zh}没有规定", f"nothing about {small(called.en)}")
    told = _only(ruling, part, {what: chosen[what]})
    value = chosen[what].value
    return told[0] if told else Wording(f"{called.zh} {value}", f"{called.en} {value}")


def _listed(part: str, before: Ruling, after: Ruling) -> Iterator[Wording]:
    if not _differ(part, before, after):
        return
    old, new = (Counter(_only(ruling, part, getattr(ruling, part))) for ruling in (before, after))
    for one in (old - new).elements():
        yield Wording(f"{LISTED[part][1].zh}：{one.zh}", f"{LISTED[part][1].en}: {one.en}")
    for one in (new - old).elements():
        yield Wording(f"{LISTED[part][0].zh}：{one.zh}", f"{LISTED[part][0].en}: {one.en}")
    if part == "periods":
        was, becomes = (
            sum("ends" not in one.amounts or one.amounts["ends"] is None for one in ruling.periods)
            for ruling in (before, after)
        )
        if was != becomes:
            yield Wording(
                f"还算不出截止日的期间：{was} 个 → {becomes} 个", f"Periods without a known end: {was} → {becomes}"
            )


def _differ(part: str, before: Ruling, after: Ruling) -> bool:
    """Whether that part alone makes another outcome."""
    alone = (replace(ruling, **{**NOTHING, part: getattr(ruling, part)}, asking=tuple) for ruling in (before, after))
    return len({outcome(one) for one in alone}) > 1


def _asked(before: Ruling, after: Ruling) -> Iterator[Wording]:
    if bool(before.questions) == bool(after.questions):
        return
    for ruling, said in (
        (before, Wording("不必再问：", "No longer asked: ")), (after, Wording("还要先问：", "Still to be asked: ")),
    ):  # fmt: skip
        if ruling.questions:
            labels = {name: fact.field.label for pack in ruling.packs for name, fact in pack.facts.items()}
            asked = [labels.get(one.fact, Wording(one.fact, one.fact)) for one in ruling.questions]
            zh, en = "、".join(one.zh for one in asked), ", ".join(one.en for one in asked)
            yield Wording(f"{said.zh}{zh}", f"{said.en}{en}")
