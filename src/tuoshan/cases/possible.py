"""What somebody may do with a case now, asked of the kernel with what surrounds it here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.datastructures import MultiValueDict

from tuoshan import clock
from tuoshan.cases import library, lists
from tuoshan.cases.acting import ActingAs, actor_in
from tuoshan.cases.around import CaseAround
from tuoshan.cases.forms import PlaybookForm, build_form
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.core import possible as kernel
from tuoshan.core.case import CaseState, Refusal
from tuoshan.core.playbook import DEPARTURES, Field, Playbook
from tuoshan.core.possible import Possible
from tuoshan.core.scope import CaseScope


def row_of(case: Case) -> Row:
    """The row of a case that has been read through the model."""
    state = CaseState.from_json(json.loads(case.snapshot))
    row = Row(
        case.pk, case.number, case.playbook, case.playbook_hash, case.title, case.channel, case.customer_id,
        case.unit_id, case.registrant_id, case.is_history, case.created_at, case.head_hash, case.snapshot, case.seq,
        state,
    )  # fmt: skip
    row.handler_id, row.grade = case.handler_id, case.grade
    row.category_id, row.product_id = case.category_id, case.product_id
    return row


class Standing:
    """A case as one actor sees it now: its playbook, its state and what is possible. One per request."""

    def __init__(self, case: Case, acting: ActingAs) -> None:
        self.acting = acting
        self.row: Row = row_of(case)
        self.playbook: Playbook = library.pinned(case.playbook, case.playbook_hash)
        self.state: CaseState = self.row.state
        self.now = clock.now()
        self.around = CaseAround(self.playbook, self.row, self.now)
        everyone = tuple(self.playbook.parties)
        self.actor = actor_in(acting, self.row.seen_as(self.playbook, self.state), self.playbook, self.state, everyone)

    def possible(self) -> list[Possible]:
        """Buttons in order: main-line steps, own tasks, what is possible in every open state. A step for a departure
        from a ruling is none where nobody departed: no reader misses it."""
        give = kernel.for_customer if self.actor.kind == "customer" else kernel.possible
        found = give(self.playbook, self.state, self.actor, self.now, self.around)
        return [item for item in found if item.blocked is None or not self._for_a_departure(item.name, item.blocked)]

    def _for_a_departure(self, name: str, blocked: Refusal) -> bool:
        action = self.playbook.actions.get(name)
        if action is None or action.condition is None or blocked.because != "condition_false":
            return False
        read = {one for namespace, one in action.condition.namespaces if namespace == "times"} & DEPARTURES.keys()
        return bool(read) and read.isdisjoint(self.state.actions)

    def find(self, kind: str, name: str, task: str = "") -> Possible | None:
        """The possible thing of this kind and name, or None when this actor cannot do it now."""
        for item in self.possible():
            if item.kind == kind and item.name == name and (not task or item.task == task):
                return item
        return None

    def may_read(self, field: Field) -> bool:
        """Whether what this field says is shown to the actor: what is kept to supervisors only to them."""
        return not field.supervisors_only or self.acting.sees_findings

    def open_questions(self) -> tuple[str, ...]:
        """Facts that the automatic steps of this state still wait for."""
        return kernel.open_questions(self.playbook, self.state, self.now, self.around)

    def scope(self, values: Mapping[str, Any] | None = None) -> CaseScope:
        """What expressions see, with form values laid over the facts."""
        return CaseScope(self.playbook, self.state, self.now, self.around, values or {})

    def form(
        self, item: Possible, *, data: Any = None, files: Any = None, prefix: str = "",
        initial: Mapping[str, Any] | None = None,
    ) -> PlaybookForm:  # fmt: skip
        """The form of a possible thing, filled with what the case already knows and the actor may read; `initial` adds
        texts.
        """
        known = {
            field.name: self.state.facts.get(field.name) for field in item.form
            if not field.personal and self.may_read(field)
        } | dict(initial or {})  # fmt: skip
        scope = self.scope(typed(item.form, data) if isinstance(data, dict) else None)
        with lists.about(self.playbook.key):
            return build_form(item.form, data=data, files=files, initial=known, prefix=prefix, scope=scope)


def typed(fields: Sequence[Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as conditions read it: "no" is not true, of several choices there is a list, and what was left
    empty is not there.
    """
    given = {
        field.name: _several(data, field.name) if field.kind == "choices" else data.get(field.name) for field in fields
    }  # fmt: skip
    yes_no = {field.name for field in fields if field.kind == "yes_no"}
    return {
        name: value in (True, "yes", "true") if name in yes_no else value
        for name, value in given.items() if value not in (None, "", [])
    }  # fmt: skip


def _several(data: Mapping[str, Any], name: str) -> list[Any]:
    if isinstance(data, MultiValueDict):
        return list(data.getlist(name))
    return list(data.get(name) or ())
