"""Until when something runs, by when it is to be asked for, and how that was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.expiring import Furthest
from tuoshan.core.policy.engine.reckoning import Reckoning
from tuoshan.core.policy.statements import Lengthening, Right, Statement
from tuoshan.core.policy.words.days_told import day_en, day_zh, length_en, length_zh
from tuoshan.core.policy.words.sentences import Line, small

PERIODS = {
    "guarantee": Wording("保修期到", "Covered until"),
    "inquiry": Wording("调查期间到", "Suspended for the inquiry until"),
    "application": Wording("可以申请到", "May be applied for until"),
}
"""What a period is called; a guarantee where nothing else is said."""
ANSWERS = ("inquiry", "application")
"""The periods that are an answer by themselves."""


def until_words(right: Right) -> Wording:
    """By when a remedy is to be asked for; where facts that nobody was asked may move that day, which these are."""
    facts = quoted(right.later)
    if right.until is None:
        if right.sum_until is not None and not right.later:
            return _for_less(right, NO_WORDING)
        if not right.later:
            return NO_WORDING
        if not facts.zh:
            return Wording("，最晚哪天提出，核对后告诉您", ", by when you will be told once it is checked")
        return Wording(f"，最晚哪天提出看{facts.zh}", f", by when depends on {facts.en}")
    zh, en = day_zh(right.until), day_en(right.until)
    if right.sum_until is not None:
        return _for_less(right, perhaps_later(facts) if right.later else NO_WORDING)
    if right.later:
        perhaps = perhaps_later(facts)
        far = first_of(right.furthest)
        return Wording(f"，至少 {zh}以前都可提出{perhaps.zh}{far.zh}",
                       f", to be asked for by {en} at least{perhaps.en}{far.en}")  # fmt: skip
    far = first_of(right.furthest)
    return Wording(f"，最晚 {zh}提出{far.zh}", f", to be asked for by {en}{far.en}")


def first_of(far: Furthest | None) -> Wording:
    """That a distance ends it as well, whichever comes first."""
    if far is None:
        return NO_WORDING
    return Wording(f"，或行驶到 {far.count:,} {far.unit.zh}为止，先到为准",
                   f", or until it has run {far.count:,} {far.unit.en}, whichever comes first")  # fmt: skip


def _for_less(right: Right, perhaps: Wording) -> Wording:
    """By when the sum is to be asked for, and until when the same remedy is due for less."""
    full = Wording("", "") if right.sum_until is None else Wording(day_zh(right.sum_until), day_en(right.sum_until))
    zh, en = f"，最晚 {full.zh}提出；", f", to be asked for by {full.en}; "
    if right.until is None:
        return Wording(f"{zh}此后提出的金额较低，按提出那天算", f"{en}asked for later it is less, by that day")
    return Wording(
        f"{zh}此后到 {day_zh(right.until)}{perhaps.zh}提出的金额较低，按提出那天算",
        f"{en}asked for later, until {day_en(right.until)}{perhaps.en}, it is less, by that day",
    )


def perhaps_later(facts: Wording) -> Wording:
    """That a day may move, and by what; a customer is not told the names of our fields."""
    if not facts.zh:
        return Wording("（可能更晚）", " (perhaps later)")
    return Wording(f"（看{facts.zh}，可能更晚）", f" (perhaps later, by {facts.en})")


def quoted(facts: Sequence[Lengthening]) -> Wording:
    """Facts by their labels."""
    named = [one.label for one in facts if one.label.zh]
    return Wording("".join(f"“{one.zh}”" for one in named), ", ".join(f"'{one.en}'" for one in named))


def period_lines(statement: Statement) -> Iterator[Line]:
    ends = statement.amounts.get("ends")
    if isinstance(ends, date):
        until = PERIODS.get(statement.what, PERIODS["guarantee"])
        told = Wording(f"{until.zh} {day_zh(ends)}", f"{until.en} {day_en(ends)}")
        if statement.later:
            perhaps = perhaps_later(quoted(statement.later))
            at_least = f"{until.zh.removesuffix('到')}至少到 {day_zh(ends)}"
            told = Wording(f"{at_least}{perhaps.zh}", f"{told.en} at least{perhaps.en}")
        far = first_of(statement.furthest)
        told = Wording(told.zh + far.zh, told.en + far.en)
        counted = counted_words(statement.counted, statement.later)
        if counted is not None and statement.words.get("restarts"):
            counted = Wording(f"{counted.zh}；换货后重新起算", f"{counted.en}; it begins anew with a replacement")
        yield Line("said", told, statement.why.clauses, counted)


def counted_words(counted: Reckoning | None, later: Sequence[Lengthening] = ()) -> Wording | None:
    """How a period was counted, in one sentence. Where nobody gave the day that it counts from (`later` names it), it
    was counted from the earliest on which that may have been, and no event is said of that day."""
    if counted is None:
        return None
    length = f"{counted.count} {counted.unit[:-1] if counted.count == 1 else counted.unit}"
    began = Wording("重新起算", "Counted anew") if counted.anew else Wording("起算", "Counted")
    zh = f"自 {day_zh(counted.starts)}{counted.event.zh}{began.zh} {length_zh(length)}"
    en = f"{began.en} from {day_en(counted.starts)}, {counted.event.en}: {length_en(length)}"
    if any(one.fact == counted.counted_from for one in later):
        facts = quoted([one for one in later if one.fact == counted.counted_from])
        zh = f"{facts.zh}没有填，先按最早可能的 {day_zh(counted.starts)}{began.zh} {length_zh(length)}"
        en = f"{facts.en} was not given: {small(began.en)} from {day_en(counted.starts)}, the earliest that it can be"
        en += f", {length_en(length)}"
    until = Wording("至", "until")
    if counted.left_out:
        days = counted.days_left_out
        zh += "；" + "、".join(f"{one.called.zh} {one.days} 天" for one in counted.left_out) + "不计入"
        en += "; " + " and ".join(
            f"{one.days} {'day' if one.days == 1 else 'days'} {one.called.en}" for one in counted.left_out
        ) + (" does not count" if days == 1 else " do not count")
        until = Wording("期限延长到", "so it lasts until")
    moved = Wording("（末日逢休息日，顺延）", " (moved past days off)") if counted.moved else Wording("", "")
    return Wording(f"{zh}，{until.zh} {day_zh(counted.ends)}{'' if counted.left_out else '止'}{moved.zh}",
                   f"{en}, {until.en} {day_en(counted.ends)}{moved.en}")  # fmt: skip
