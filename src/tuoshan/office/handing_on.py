"""Somebody hands their work on: cases go to others in a batch, then, when they leave, the account is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.cases import batches, library
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Task
from tuoshan.cases.refusals import sentence
from tuoshan.office.assignable import Assignable, assignables
from tuoshan.parties import leaving
from tuoshan.parties.models import Person

MOST = 500
ACTION = "transfer"


class NotHandedOn(ValueError):
    """Nothing was done; the text says why. `because` is no_cases, no_reason, nobody, oneself, in_hand or cannot."""

    def __init__(self, because: str, sentence: str) -> None:
        super().__init__(sentence)
        self.because = because


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that stayed, and why."""

    case: Case
    why: str


@dataclass(frozen=True, slots=True)
class InHand:
    """What a person has: open cases, the most pressing first, and open tasks in cases of others."""

    cases: list[Case]
    count: int
    tasks: list[Task]


def in_hand(person: Person) -> InHand:
    """What would have to go to somebody else, up to 500 of each."""
    over = leaving.belongings(person)
    cases = list(Case.objects.filter(pk__in=over.case_ids[:MOST]).order_by("queue_at", "id"))
    wanted = {(case_id, key) for case_id, key in over.tasks if case_id not in over.case_ids}
    rows = Task.objects.filter(person_id=person.pk, status="open").order_by("due_at")[:MOST]
    return InHand(cases, len(over.case_ids), [row for row in rows if (row.case_id, row.key) in wanted])


def takers(person: Person) -> list[Assignable]:
    """Who could take the person's cases."""
    return [one for one in assignables(clock.now()) if one.person.pk != person.pk]


def hand_on(viewer: Any, person: Person, chosen: Mapping[int, int | None], reason: str) -> tuple[int, list[Refused]]:
    """Give each chosen case of the person to whom it says: how many went, and which stayed.

    Cases that are not the person's are left out. Raises NotHandedOn before anything is done.
    """
    mine = set(leaving.belongings(person).case_ids)
    given = {case_id: to for case_id, to in chosen.items() if case_id in mine}
    plain = reason.strip()
    if not given:
        raise NotHandedOn("no_cases", _("请选择要交接的工单。"))
    if not plain:
        raise NotHandedOn("no_reason", _("请写明交接原因。"))
    able = {one.person.pk for one in takers(person)}
    groups: dict[int, list[int]] = {}
    for case_id, to in sorted(given.items()):
        if to is None or to not in able:
            raise NotHandedOn("nobody", _("请为每件工单选择接手的人。"))
        groups.setdefault(to, []).append(case_id)
    refused: list[Refused] = []
    done = 0
    for to, case_ids in groups.items():
        outcome = batches.act_many(
            case_ids=case_ids, action=ACTION, actor=ActingAs.by_person(viewer),
            values={"handler": str(to), "reason": plain},
        )  # fmt: skip
        done += outcome.done
        refused += _named(outcome)
    return done, refused


def _named(outcome: batches.BatchOutcome) -> list[Refused]:
    cases = Case.objects.in_bulk(list(outcome.refused))
    return [
        Refused(
            cases[pk], sentence(refusal, library.pinned(cases[pk].playbook, cases[pk].playbook_hash))
        )
        for pk, refusal in outcome.refused.items()
        if pk in cases
    ]  # fmt: skip


def close_account(viewer: Any, person: Person, to: Person | None) -> None:
    """Close the account, once no open case is left with the person; what else names them passes to `to`.

    Raises NotHandedOn.
    """
    if person.pk == viewer.pk:
        raise NotHandedOn("oneself", _("不能停用自己的账号。"))
    if leaving.belongings(person).case_ids:
        raise NotHandedOn("in_hand", _("还有未结工单在此人手上，请先交接。"))
    if to is None:
        raise NotHandedOn("nobody", _("请选择接替的人。"))
    try:
        leaving.leave(person, to=to, now=clock.now())
    except leaving.CannotHandOn:
        raise NotHandedOn("cannot", _("此人不能接替：已离职、只有查看权限，或就是同一个人。")) from None
