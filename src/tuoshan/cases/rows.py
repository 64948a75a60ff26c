"""A case as the write path holds it: its row, and the state read from the snapshot."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tuoshan.cases.models.titles import is_erased
from tuoshan.cases.sql import LOADED_COLUMNS, moment
from tuoshan.cases.summary import number_fact, person_number, text_fact
from tuoshan.core.case import CaseState
from tuoshan.core.playbook import Playbook


@dataclass(slots=True)
class Row:
    """What deciding and assigning look at; has the attributes of the `Case` model that they use."""

    id: int
    number: str
    playbook: str
    playbook_hash: str
    title: str
    channel: str
    customer_id: int | None
    unit_id: int | None
    registrant_id: int | None
    is_history: bool
    created_at: datetime
    head_hash: str
    snapshot: str
    seq: int
    state: CaseState
    handler_id: int | None = None
    grade: str = ""
    category_id: int | None = None
    product_id: int | None = None

    @property
    def pk(self) -> int:
        return self.id

    @property
    def is_erased(self) -> bool:
        """Whether the customer was erased."""
        return is_erased(self.title)

    @staticmethod
    def loaded(values: tuple[Any, ...]) -> "Row":
        """From the columns that the write path selects."""
        columns: dict[str, Any] = dict(zip(LOADED_COLUMNS, values, strict=True))
        columns["is_history"] = bool(columns["is_history"])
        columns["created_at"] = moment(columns["created_at"])
        state = CaseState.from_json(json.loads(columns["snapshot"]))
        row = Row(**columns, state=state)
        row._see(state)
        return row

    @staticmethod
    def of(case: Any) -> "Row":
        """From a case that was read through the model."""
        state = CaseState.from_json(json.loads(case.snapshot))
        row = Row(**{name: getattr(case, name) for name in LOADED_COLUMNS}, state=state)
        row._see(state)
        return row

    def seen_as(self, playbook: Playbook, state: CaseState) -> "Row":
        """The same case with the state that a decision has reached; its snapshot is written when it is stored."""
        seen = replace(self, state=state, snapshot="", seq=state.seq)
        seen._see(state)
        return seen

    def _see(self, state: CaseState) -> None:
        self.handler_id = person_number(state.assigned.get("handler"))
        self.grade = text_fact(state, "grade")
        self.category_id = number_fact(state, "category")
        self.product_id = number_fact(state, "product")
