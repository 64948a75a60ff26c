"""What many cases allow at once."""

from collections.abc import Sequence

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Watch
from tuoshan.cases.orders import MessageDraft, Order
from tuoshan.cases.possible import Standing
from tuoshan.core.possible import Possible

MOST = 50
"""So many cases at once: each is asked what it allows, and each is a transaction of its own."""
LEFT_OUT = frozenset({"step_back", "correct"})
"""Steps that mean something else in every case."""
FIRST = ("claim", "transfer", "upgrade")


def shared(standings: Sequence[Standing]) -> dict[str, Possible]:
    """Steps that every case allows now, with the same form and no evidence; by name, in the first case's order."""
    common: dict[str, Possible] | None = None
    for standing in standings:
        mine = {
            item.name: item
            for item in standing.possible()
            if item.kind == "act" and item.blocked is None and not item.evidence and item.name not in LEFT_OUT
        }
        if common is None:
            common = mine
            continue
        common = {name: item for name, item in common.items() if name in mine and _alike(item, mine[name])}
    found = common or {}
    return {name: found[name] for name in sorted(found, key=lambda name: FIRST.index(name) if name in FIRST else 9)}


def _alike(one: Possible, other: Possible) -> bool:
    return [(field.name, field.kind) for field in one.form] == [(field.name, field.kind) for field in other.form]


def note(actor: ActingAs, text: str) -> Order:
    """A note for each of many cases."""
    return Order("record", actor, "note", message=MessageDraft("note", text, author_id=actor.id))


def asking_most(standings: Sequence[Standing], item: Possible) -> Standing:
    """The case in which the step asks most: a form filled in for it is enough for the others."""
    return max(standings, key=lambda standing: len(standing.form(item).fields))


def fitting(acting: ActingAs, cases: Sequence[Case], name: str) -> tuple[Possible, Standing] | None:
    """The step as the cases that still allow it have it, in the one that asks most: each answers for itself.

    After a double press none may allow it any more; the batch then gives its first outcomes again.
    """
    standings = [Standing(case, acting) for case in cases]
    found = [(item, standing) for standing in standings if (item := standing.find("act", name)) is not None]
    if found:
        item = found[0][0]
        return item, asking_most([standing for _item, standing in found], item)
    for standing in standings:
        action = standing.playbook.actions.get(name)
        if action is not None and not action.automatic:
            return Possible("act", name, action.title, action.form, action.evidence), standing
    return None


def watch(person_id: int, cases: Sequence[Case]) -> None:
    """Follow them all; those followed already stay so."""
    now = clock.now()
    with write_transaction():
        Watch.objects.bulk_create(
            [Watch(case_id=case.pk, person_id=person_id, since=now) for case in cases], ignore_conflicts=True
        )
