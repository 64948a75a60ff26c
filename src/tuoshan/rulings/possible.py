"""Which remedies may still come of a matter of which not all is known: said early, long before one is certain."""

from collections.abc import Iterator

from tuoshan.core.policy.statements import Ruling


def still_possible(ruling: Ruling) -> tuple[str, ...]:
    """The remedies that are not due yet and that no answer has excluded, as the books have them in turn. Nothing where
    nothing is asked, where something is refused already, or where it is open which books speak: another remedy may
    come from one of these."""
    settled = not ruling.questions or ruling.refused or any(read.applies is None for read in ruling.reads)
    if settled:
        return ()
    due = {right.remedy for right in ruling.rights}
    return tuple(dict.fromkeys(remedy for remedy in _not_excluded(ruling) if remedy not in due))


def _not_excluded(ruling: Ruling) -> Iterator[str]:
    for read in ruling.reads:
        for opened in read.opened:
            for _place, row in opened.rows:
                yield from (finding.what for finding, _fixed in row.findings if finding.kind == "right")
