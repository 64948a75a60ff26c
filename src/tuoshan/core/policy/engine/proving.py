"""By when a proof has to be there, and from when a side that shows nothing has been silent.

The day stated to a side in this matter counts, as a platform states it; else so many hours of ours from the day on
which the proof was asked for, which only who asked knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from tuoshan.core.policy.engine.compiled import UNKNOWN
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import (
    AWAITED,
    OUR_HOURS,
    PROOF_ASKED,
    PROOF_HOURS,
    PROOF_OF_EITHER,
    PROOF_UNTIL,
    SILENT,
    Finding,
    Pack,
)


@lru_cache(maxsize=256)
def proofs_of(pack: Pack) -> tuple[tuple[str, str], ...]:
    """The facts that tell how a proof stands, each with the side, or with the fact that says which side it is."""
    return tuple((name, fact.proof_of) for name, fact in pack.facts.items() if fact.proof_of)


def judge_silence(desk: Desk) -> set[str]:
    """Take a side that is said to be silent for what it is: while its time is not over the proof is awaited, and where
    nothing is known of that time the day on which it was asked for is missing. Gives the facts by which somebody may
    tell the stated day instead."""
    may_tell: set[str] = set()
    for name, of in proofs_of(desk.pack):
        if desk.given.get(name) != SILENT or desk.value(name) != SILENT:
            continue
        side = str(desk.value(of)) if of in desk.facts else of
        if side not in PROOF_ASKED:
            continue
        ends = _ends(desk, side)
        if ends is None:
            desk.known[name], desk.missing[name] = UNKNOWN, (PROOF_ASKED[side],)
            may_tell.add(PROOF_UNTIL[side])
        elif desk.today <= ends:
            desk.known[name] = AWAITED
    return may_tell


def _ends(desk: Desk, side: str) -> date | None:
    """The last day of a side's time; None where neither that day nor the day of asking is known."""
    stated, asked = _given_day(desk, PROOF_UNTIL[side]), _given_day(desk, PROOF_ASKED[side])
    if stated is not None:
        return stated
    return None if asked is None else asked + timedelta(days=_our_days(desk))


def _given_day(desk: Desk, name: str | None) -> date | None:
    day = desk.given.get(name) if name is not None else None
    return day if isinstance(day, date) else None


def _our_hours(desk: Desk) -> int:
    setting = desk.pack.settings.get(PROOF_HOURS)
    return int(setting.value if setting is not None and isinstance(setting.value, int | Decimal) else OUR_HOURS)


def _our_days(desk: Desk) -> int:
    return -(-_our_hours(desk) // 24)


def proof_time(
    desk: Desk, finding: Finding, optional: set[str]
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """By when, where the book says nothing: the day stated in this matter to the side that has to prove, else so many
    hours of ours from the day of asking for it, today where that is not known. The stated day is told by who knows it
    and holds nothing up."""
    words = finding.words
    name = next((one for one in (PROOF_UNTIL.get(finding.what), PROOF_OF_EITHER) if one in desk.facts), None)
    if _early(desk, finding.what):
        words = {**words, "early": True}
    stated = _given_day(desk, name)
    if stated is not None:
        return {"ends": stated}, {**words, "time": "stated"}
    if name is not None:
        optional.add(name)
    asked = _given_day(desk, PROOF_ASKED.get(finding.what))
    ends = (asked or desk.today) + timedelta(days=_our_days(desk))
    begun = {} if asked is None else {"starts": asked}
    return {**begun, "ends": ends}, {**words, "time": "ours", "hours": _our_hours(desk)}


def _early(desk: Desk, side: str) -> bool:
    """Whether that side was said to be silent and still has its time."""
    return any(
        desk.given.get(name) == SILENT and desk.known.get(name) == AWAITED and side in (of, desk.known.get(of))
        for name, of in proofs_of(desk.pack)
    )
