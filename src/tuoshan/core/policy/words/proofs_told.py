"""Who has to show or to do what, by when, and what follows where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import BEARERS
from tuoshan.core.policy.statements import Ruling, Statement
from tuoshan.core.policy.words.days_told import day_en, day_zh, length_en, length_zh
from tuoshan.core.policy.words.sentences import OURSELVES, Line, capital, each_once, party_named, small


def proofs(ruling: Ruling) -> Iterator[Line]:
    """Whom a proof is asked of, as staff or as the customer are told; to staff what they do once its time is over."""
    for statement in ruling.proofs:
        told = _for_customer(statement, ruling.on) if ruling.to_customer else _for_staff(statement, ruling.on)
        yield Line("asked", told, statement.why.clauses)
    if not ruling.to_customer:
        yield from each_once(_late(ruling))


def proof_first(ruling: Ruling) -> Wording:
    """The answer where nothing is due before somebody has shown something."""
    first = ruling.proofs[0]
    over = Wording("，期限已经过了", "; its time is over") if _is_late(first, ruling.on) else NO_WORDING
    party = _party_called(first)
    said = Wording(f"先由{party.zh}举证", f"First {party.en} has to give proof")
    if ruling.to_customer:
        said = {
            "seller": Wording("先由我们举证", "First we have to give proof"),
            "buyer": Wording("先请您举证", "First we ask you for proof"),
        }.get(first.what, said)
    return Wording(f"{said.zh}{over.zh}", f"{said.en}{over.en}")


def deadlines(ruling: Ruling) -> Iterator[Line]:
    """Who has to do what by when."""
    for statement in ruling.deadlines:
        told = _deadline(statement, ruling.on, to_customer=ruling.to_customer)
        yield Line("said", told, statement.why.clauses)


def _party_called(statement: Statement) -> Wording:
    """The side that a proof or a duty is asked of."""
    return BEARERS.get(statement.what, Wording(statement.what, statement.what))


def _for_staff(statement: Statement, on: date) -> Wording:
    party = _party_called(statement)
    what = statement.words.get("what")
    words = what if isinstance(what, Wording) else Wording("", "")
    silent = statement.words.get("silent")
    after = silent if isinstance(silent, Wording) else Wording("", "")
    time = _proof_time(statement, on)
    return Wording(
        "；".join(one for one in (f"请{party.zh}提供：{words.zh}", time.zh, after.zh) if one),
        "; ".join(one for one in (f"Wanted from {party.en}: {small(words.en)}", time.en, after.en) if one),
    )


def _for_customer(statement: Statement, on: date) -> Wording:
    """The same as we say it to the customer: we show ours, and speak of no time of our own."""
    party, what = _party_called(statement), statement.words.get("what")
    words = what if isinstance(what, Wording) else NO_WORDING
    who = {
        "seller": Wording(f"先由我们提供：{words.zh}", f"First we show: {small(words.en)}"),
        "buyer": Wording(f"请您提供：{words.zh}", f"Please show us: {small(words.en)}"),
    }.get(statement.what, Wording(f"请{party.zh}提供：{words.zh}", f"Wanted from {party.en}: {small(words.en)}"))
    ends, silent = statement.amounts.get("ends"), statement.words.get("silent")
    if statement.words.get("time") == "ours" and isinstance(ends, date):
        over = Wording("，已经过了", ", which is over") if _is_late(statement, on) else NO_WORDING
        time = Wording(f"最晚 {day_zh(ends)}{over.zh}（另有写明期限的，以写明的为准）",
                       f"by {day_en(ends)}{over.en} (a time that is stated counts before it)")  # fmt: skip
    else:
        time = _proof_time(statement, on)
    after = silent if isinstance(silent, Wording) else NO_WORDING
    return Wording(
        "；".join(one for one in (who.zh, time.zh, after.zh) if one),
        "; ".join(one for one in (who.en, time.en, after.en) if one),
    )


def _is_late(statement: Statement, on: date) -> bool:
    """Whether the last day for a proof or a duty lies before the day of asking."""
    ends = statement.amounts.get("ends")
    return isinstance(ends, date) and ends < on
TIME_IS_OVER = Wording(
    "对方没有提供的，把举证情况改为“逾期未提供”或“否”；另给期限的，填新的期限；再问一次",
    "Where nothing was shown, answer 'silent' or 'no' for how the proof stands; where more time was given, tell the new"
    " day; then ask again",
)
"""What staff do next once a side's time for a proof is over; the answer stays with them."""


def _late(ruling: Ruling) -> Iterator[Line]:
    """The next step where the time of a proof is over, but where the book itself names that time."""
    for statement in ruling.proofs:
        if statement.words.get("time") and _is_late(statement, ruling.on):
            yield Line("said", TIME_IS_OVER, statement.why.clauses)


def _proof_time(statement: Statement, on: date) -> Wording:
    """By when a proof has to be there, whose time that is, and that it is over by the day of asking; nothing of a
    ruling that was kept without."""
    ends, within = statement.amounts.get("ends"), str(statement.words.get("within") or "")
    if not isinstance(ends, date):
        return Wording(f"{length_zh(within)}内", f"within {length_en(within)}") if within else Wording("", "")
    zh, en = f"最晚 {day_zh(ends)}", f"by {day_en(ends)}"
    over = Wording("，已经过了", ", which is over") if _is_late(statement, on) else NO_WORDING
    match statement.words.get("time"):
        case "stated":
            return Wording(f"{zh}（已写明的期限{over.zh}）", f"{en} (the time that was stated{over.en})")
        case "ours":
            return _our_time(statement, Wording(zh, en), over)
    return Wording(f"{zh}（{length_zh(within)}内{over.zh}）", f"{en} (within {length_en(within)}{over.en})")


def _our_time(statement: Statement, until: Wording, over: Wording) -> Wording:
    """Our own hours, from which day they run where that is known, and that nobody is silent before they are over."""
    hours, asked = statement.words.get("hours"), statement.amounts.get("starts")
    zh, en = f"这是我们自己的 {hours} 小时", f"these are our own {hours} hours"
    if isinstance(asked, date):
        zh, en = f"{zh}，从 {day_zh(asked)}请其举证起算", f"{en} from asking for it on {day_en(asked)}"
    told = Wording(
        f"{until.zh}（没有写明期限，{zh}{over.zh}；另有写明的，以写明的为准）",
        f"{until.en} (no time was stated: {en}{over.en}; a time that is stated counts before it)",
    )
    if not statement.words.get("early"):
        return told
    return Wording(f"{told.zh}；过了这一天仍没有提供，才算逾期", f"{told.en}; only after that day has it been silent")


def _deadline(statement: Statement, on: date, *, to_customer: bool) -> Wording:
    """Who has to do what by when, and that the day is over by the day of asking."""
    party = party_named(statement.what, to_customer=to_customer)
    if party == OURSELVES["seller"]:
        party = Wording(party.zh, "we")
    what, ends = statement.words.get("what"), statement.amounts.get("ends")
    words = what if isinstance(what, Wording) else Wording("", "")
    within = str(statement.words.get("within", ""))
    if isinstance(ends, date):
        over = Wording("已经过了", "which is over") if _is_late(statement, on) else NO_WORDING
        zh = "，".join(one for one in (f"{length_zh(within)}内" if within else "", over.zh) if one)
        en = ", ".join(one for one in (f"within {length_en(within)}" if within else "", over.en) if one)
        counted = Wording(f"（{zh}）", f" ({en})") if zh else NO_WORDING
        return Wording(
            f"{party.zh}最迟 {day_zh(ends)}{counted.zh}：{words.zh}",
            f"{capital(party.en)}, by {day_en(ends)}{counted.en}: {words.en}",
        )
    return Wording(
        f"{party.zh}在 {length_zh(within)}内：{words.zh}",
        f"{capital(party.en)}, within {length_en(within)}: {words.en}",
    )
