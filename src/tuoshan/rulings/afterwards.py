"""What is due on a matter that is brought up one day after a last day that was told. Grounds of a book may follow each
other: a car is taken back for nothing within 60 days and afterwards, after two repairs, for a fee. Who is told the
first last day alone takes it for the end.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.days_told import day_en, day_zh
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.sums_told import chosen_from
from tuoshan.core.policy.wording import lines
from tuoshan.rulings.asking import Asked, ask

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
    return [told for until, remedies in sorted(last.items()) for told in _on_the_day_after(
        asked, until + timedelta(days=1), remedies, today, book
    )]  # fmt: skip


def _on_the_day_after(asked: Asked, day: date, remedies: list[str], today: date, book: str) -> Iterator[Wording]:
    later = ask({**asked.given, REPORTED: day}, max(today, day), book=book).ruling
    if later is None:
        return
    found = _told(later)
    for remedy in remedies:
        if (said := found.get(remedy)) is not None:
            yield Wording(f"{day_zh(day)}才提出的：{said.zh}", f"Brought up on {day_en(day)}: {said.en}")


def _told(ruling: Ruling) -> dict[str, Wording]:
    """Each remedy as a ruling tells it, with its last day."""
    to_choose, besides = chosen_from(ruling)
    due = [line.words for line in lines(ruling) if line.sign == "due"]
    return dict(zip([right.remedy for right in (*to_choose, *besides)], due, strict=False))
