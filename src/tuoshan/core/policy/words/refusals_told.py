"""What is not due, why, and until when it could have been asked for."""

from __future__ import annotations

from collections.abc import Iterator

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.expiring import Expired
from tuoshan.core.policy.pack import REMEDIES
from tuoshan.core.policy.statements import Refused, Ruling
from tuoshan.core.policy.words.days_told import day_en, day_zh
from tuoshan.core.policy.words.periods_told import counted_words
from tuoshan.core.policy.words.sentences import Line, cited, joined, small

ASKED = Wording("所提要求", "What is asked")
"""What is refused where nothing in particular is."""


def refusals(ruling: Ruling) -> Iterator[Line]:
    """What is not due, why, and until when a period ran that is over; what is refused alike in one sentence."""
    alike: dict[tuple[str, str, str], list[Refused]] = {}
    for refused in ruling.refused:
        why = refused.ground.why
        alike.setdefault((why.pack.name, why.table, why.row), []).append(refused)
    told_already: set[Expired] = set()
    for some in alike.values():
        asked = [ASKED if one.remedy == "all" else REMEDIES[one.remedy] for one in some]
        because, over = some[0].because, some[0].expired
        period = last_day_of(some[0]) if over in told_already else _expired_period(some[0])
        if over is not None:
            told_already.add(over)
        zh = "、".join(one.zh for one in asked)
        en = ", ".join(one.en if place == 0 else small(one.en) for place, one in enumerate(asked))
        told = Wording(joined(f"{zh}：不支持", because.zh) + period.zh,
                       joined(f"{en}: not due", small(because.en)) + period.en)  # fmt: skip
        if ruling.questions:
            told = Wording(f"按已经回答的，{told.zh}", f"By what is answered so far: {small(told.en)}")
        yield Line("asked" if ruling.questions else "refused", told, cited(*(
            by for one in some for by in one.refused_by
        )))  # fmt: skip


def last_day_of(refused: Refused) -> Wording:
    """Until when it could have been asked for, in brackets; nothing where no period is over."""
    if (over := refused.expired) is None:
        return NO_WORDING
    return Wording(f"（到 {day_zh(over.last_day)}为止）", f" (it ran until {day_en(over.last_day)})")


def _expired_period(refused: Refused) -> Wording:
    """The same with the day from which the period ran, where it was counted."""
    over = refused.expired
    counted = counted_words(over.counted) if over is not None else None
    if counted is None:
        return last_day_of(refused)
    return Wording(f"（{counted.zh}）", f" ({small(counted.en)})")
