"""What the agenda asks of care."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.care import survey
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases import meanings, units
from tuoshan.cases.hooks import follow
from tuoshan.cases.models import Case
from tuoshan.cases.models import Event as StoredEvent
from tuoshan.cases.orders import Order
from tuoshan.core.case import Event
from tuoshan.core.facts import Words, decode
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge.showing import words_of


def _is_survey(event: Event, order: Order, playbook: Playbook) -> bool:
    """The customer's own answer, or a rating that they told a colleague on the telephone."""
    word = {"task": "survey", "act": "rated"}.get(event.kind, "")
    return bool(word) and event.name in meanings.meant(playbook, word)


def _moves(event: Event, order: Order, playbook: Playbook) -> bool:
    return units.move_of(event) is not None


follow("survey_answered", _is_survey)
follow("survey_moved", _moves)


@handler("effect", "survey_answered")
def survey_answered(item: Item, now: datetime) -> None:
    """A survey's task was completed, by whichever way: its answer is kept where figures are made of it."""
    case = Case.objects.filter(id=item.case_id or 0).first()
    event = StoredEvent.objects.filter(case_id=item.case_id or 0, seq=item.data["seq"]).first()
    if case is None or event is None:
        return
    body = json.loads(event.body)
    given = body["input"]
    facts = {name: decode(value) for name, value in given.get("values", {}).items()}
    texts = words_of(case.pk, facts.values())
    plain = {name: texts.get(value.ref, "") if isinstance(value, Words) else value for name, value in facts.items()}
    via = "portal" if event.actor_kind == "customer" else "staff"
    task = str(given.get("task", "")) or _answered_by(body.get("changes", ()))
    survey.keep_completed(case, task, plain, event.at, via)


@handler("effect", "survey_moved")
def survey_moved(item: Item, now: datetime) -> None:
    """A correction has moved the case to another unit: what its customer answered counts there."""
    case = Case.objects.filter(id=item.case_id or 0).only("unit_id").first()
    if case is not None:
        SurveyAnswer.objects.filter(case_id=case.pk).update(unit_id=case.unit_id)


def _answered_by(changes: Iterable[Mapping[str, Any]]) -> str:
    """The survey's run that a rating told on the telephone has called off."""
    runs = (change["task"] for change in changes if change["op"] == "task")
    return next((str(run["id"]) for run in runs if run["name"] in meanings.every("survey")), "")
