"""What is due on the same matter brought up on another day.

Afterwards: grounds of a book may follow each other. A car is taken back for nothing within 60 days and afterwards,
after two repairs, for a fee; who is told the first last day alone takes it for the end.

Beforehand: what nobody refuses and nobody gives any more. A phone is exchanged within 15 days; who wants that on the
16th is told that it is repaired, and asks why it is not exchanged.
"""

from datetime import date, timedelta

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.expiring import periods_of
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES
from tuoshan.core.policy.ruling import rule_all, rule_by_book
from tuoshan.core.policy.statements import Right, Ruling
from tuoshan.core.policy.words.days_told import day_en, day_zh
from tuoshan.core.policy.words.periods_told import counted_words
from tuoshan.core.policy.words.remedies_told import due
from tuoshan.core.policy.words.sentences import small
from tuoshan.core.policy.words.sums_told import chosen_from
from tuoshan.rulings import library
from tuoshan.rulings.asking import Asked

REPORTED, ALL = "reported_on", "all"


def afterwards(asked: Asked, today: date, book: str = "") -> list[Wording]:
    """For each certain last day of a remedy, or of its sum, what the same facts give on the day after it, where that is
    the remedy once more. Nothing while anything is asked, for then the last days are not all told."""
    ruling = asked.ruling
    if ruling is None or ruling.questions or REPORTED not in ruling.facts:
        return []
    last: dict[date, list[str]] = {}
    for right in chosen_from(ruling)[0]:
        until = right.sum_until or right.until
        if until is not None and (right.sum_until is not None or not right.later):
            last.setdefault(until, []).append(right.remedy)
    found = (
        _on_the_day_after(asked, until + timedelta(days=1), remedies, today, book)
        for until, remedies in sorted(last.items())
    )  # fmt: skip
    return [told for told in found if told is not None]


def beforehand(asked: Asked, today: date, book: str = "") -> list[Wording]:
    """The remedies that would have been due until a day that is over, each with that day, where they are neither due
    nor refused now. Nothing while anything is asked, for then they may be due yet."""
    ruling = asked.ruling
    if ruling is None or ruling.questions or not isinstance(reported := ruling.facts.get(REPORTED), date):
        return []
    refused = {one.remedy for one in ruling.refused}
    missing = [] if ALL in refused else [
        one for one in PUTTING_RIGHT if one not in refused and all(right.remedy != one for right in ruling.rights)
    ]  # fmt: skip
    desks = [read.desk for read in ruling.reads if read.desk is not None and read.applies]
    over = {one.ends for desk in desks for one in periods_of(desk) if one.ends < reported}
    found: dict[str, Wording] = {}
    for day in sorted(over, reverse=True):
        left = [one for one in missing if one not in found]
        if not left:
            break
        for right in _ruled(asked, day, today, book).rights:
            if right.remedy in left and right.until == day and not right.later:
                found[right.remedy] = _was_due(right)
    return [found[remedy] for remedy in PUTTING_RIGHT if remedy in found]


def _was_due(right: Right) -> Wording:
    remedy, counted = REMEDIES[right.remedy], counted_words(right.counted)
    if counted is None and right.until is not None:
        counted = Wording(f"到 {day_zh(right.until)}为止", f"until {day_en(right.until)}")
    how = counted or NO_WORDING
    return Wording(f"{remedy.zh}（{how.zh}）", f"{remedy.en} ({small(how.en)})")


def _on_the_day_after(asked: Asked, day: date, remedies: list[str], today: date, book: str) -> Wording | None:
    found = due(_ruled(asked, day, max(today, day), book))
    told = [found[remedy].words for remedy in remedies if remedy in found]
    if not told:
        return None
    return Wording(f"{day_zh(day)}才提出的：{'；'.join(one.zh for one in told)}",
                   f"Brought up on {day_en(day)}: {'; '.join(one.en for one in told)}")  # fmt: skip


def _ruled(asked: Asked, day: date, today: date, book: str) -> Ruling:
    """The same facts brought up on another day; what would still be asked then is no matter here, so it is ruled once
    and not once for each answer that might come."""
    facts = {**asked.given, REPORTED: day}
    return rule_by_book(library.versions(book), facts, today) if book else rule_all(library.packs(), facts, today)
