"""What rulings cost by the books as they are and by changed ones, where several lines of a bench are one claim: a
minimum of what comes on top counts once for all of them, as it does in a proposal.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from tuoshan.core.policy.comparing import Compared, Comparing, Past, cost
from tuoshan.core.policy.engine.on_top import Claimed, Share, claim_of, on_top, shares
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings.models import KeptRuling

COMPARED = ("pk", "case_id", "session", "line", "facts", "asked_on", "kept_at", "quantity")
"""What is read of a kept ruling to be ruled on again."""
Costs = tuple[Decimal, Decimal]
"""Before and after the change."""
Shares = tuple[Mapping[str, Share], Mapping[str, Share]]
NOTHING = Decimal("0.00")


def past(row: KeptRuling) -> Past:
    """A kept ruling as facts to be ruled on again, with the claim that its line is of."""
    facts, day = json.loads(row.facts), row.asked_on or timezone.localdate(row.kept_at)
    claim = (row.case_id, row.session, claim_of(facts, row.line)) if row.session else None
    return Past(str(row.pk), day, facts, row.quantity, claim)


def costs_of_each(
    rows: Sequence[KeptRuling], compared: Mapping[int, Compared | None], comparing: Comparing
) -> dict[int, Costs]:
    """Of each row of which the changed books speak."""
    found = _shares(rows, compared, comparing)
    return {
        row.pk: costs(both, row.quantity, found.get(row.pk)) for row in rows if (both := compared[row.pk]) is not None
    }


def costs(both: Compared, pieces: int, of_claim: Shares | None = None) -> Costs:
    """Of a line of so many pieces; `of_claim` is what falls to it of what comes on top of several."""
    before, after = (
        cost(ruling, pieces, of_claim[place] if of_claim is not None else None) if ruling is not None else NOTHING
        for place, ruling in enumerate((both.before, both.after))
    )
    return before, after


def _shares(
    rows: Sequence[KeptRuling], compared: Mapping[int, Compared | None], comparing: Comparing
) -> dict[int, Shares]:
    """Of the lines that were ruled on together, also of those that are not among the rows."""
    benches = {(row.session, row.case_id) for row in rows if row.session and _has_on_top(compared[row.pk])}
    lines = list(_ruled_together(benches))
    asked = [past(row) for row in lines]
    both = [compared[row.pk] if row.pk in compared else comparing.of(one)
            for row, one in zip(lines, asked, strict=True)]  # fmt: skip
    before = shares([_claimed(one, two.before if two else None) for one, two in zip(asked, both, strict=True)])
    after = shares([_claimed(one, two.after if two else None) for one, two in zip(asked, both, strict=True)])
    return {row.pk: (old, new) for row, old, new in zip(lines, before, after, strict=True)}


def _ruled_together(benches: Iterable[tuple[str, int | None]]) -> Iterator[KeptRuling]:
    """All lines of these benches, in order; those of cases and those of none, each by an index of their own."""
    wanted = set(benches)
    if not wanted:
        return
    sessions = {session for session, _case_id in wanted}
    kept = KeptRuling.objects.filter(session__in=sessions).exclude(session="").only(*COMPARED).order_by("id")
    of_cases = kept.filter(case_id__in={case_id for _session, case_id in wanted if case_id is not None})
    for row in (*of_cases, *kept.filter(case_id=None)):
        if (row.session, row.case_id) in wanted:
            yield row


def _has_on_top(both: Compared | None) -> bool:
    return both is not None and any(one is not None and one.extras for one in (both.before, both.after))


def _claimed(asked: Past, ruling: Ruling | None) -> Claimed:
    return Claimed(asked.pieces, on_top(ruling.extras) if ruling is not None else {}, asked.claim)
