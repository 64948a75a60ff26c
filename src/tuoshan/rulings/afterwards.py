"""What is due on a matter that is brought up one day after a last day that was told. Grounds of a book may follow each
other: a car is taken back for nothing within 60 days and afterwards, after two repairs, for a fee. Who is told the
first last day alone takes it for the end.
"""

from datetime import date, timedelta

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.days_told import day_en, day_zh
from tuoshan.core.policy.remedies_told import due
from tuoshan.core.policy.ruling import rule_all, rule_by_book
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.sums_told import chosen_from
from tuoshan.rulings import library
from tuoshan.rulings.asking import Asked

REPORTED = "reported_on"


def afterwards(asked: Asked, today: date, book: str = "") -> list[Wording]:
    """For each certain last day of a remedy what the same facts give on the day after it, where that is the remedy once
    more. Nothing while anything is asked, for then the last days are not all told."""
    ruling = asked.ruling
    if ruling is None or ruling.questions or REPORTED not in ruling.facts:
        return []
    last: dict[date, list[str]] = {}
    for right in chosen_from(ruling)[0]:
        if right.until is not None and not right.later:
            last.setdefault(right.until, []).append(right.remedy)
    found = (
        _on_the_day_after(asked, until + timedelta(days=1), remedies, today, book)
        for until, remedies in sorted(last.items())
    )  # fmt: skip
    return [told for told in found if told is not None]


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
