"""Correcting what was registered: every fact that may be corrected stands in the form; only what changed is sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tuoshan.cases.models import Words as StoredWords
from tuoshan.cases.possible import Standing
from tuoshan.core import judging, mending
from tuoshan.core.facts import Words
from tuoshan.core.playbook import Field
from tuoshan.core.possible import Possible


def is_correction(standing: Standing, item: Possible) -> bool:
    """Whether this step gives facts new values."""
    action = standing.playbook.actions.get(item.name) if item.kind == "act" else None
    return action is not None and judging.corrects(action)


def with_facts(standing: Standing, item: Possible) -> Possible:
    """The step with the facts that it may correct in front of its own fields; other steps as they are.

    What is kept to supervisors stands in their form alone.
    """
    if not is_correction(standing, item):
        return item
    own = {field.name for field in item.form}
    asked = {field.name for field in standing.playbook.register}
    facts = [
        replace(field, required=False)
        for field in mending.correctable(standing.playbook)
        if field.name not in own and standing.may_read(field)
        and (field.name in asked or field.name in standing.state.facts)
    ]  # fmt: skip
    return replace(item, form=(*facts, *item.form))


def known_texts(standing: Standing, item: Possible) -> dict[str, Any]:
    """What the case now says, texts included, to be looked over and changed."""
    facts = standing.state.facts
    refs = {fact.ref for fact in facts.values() if isinstance(fact, Words)}
    texts = dict(StoredWords.objects.filter(case_id=standing.row.id, ref__in=refs).values_list("ref", "text"))
    return {
        field.name: texts.get(fact.ref, "") if isinstance(fact, Words) else fact
        for field in item.form
        if (fact := facts.get(field.name)) is not None
    }


def changed(standing: Standing, item: Possible, values: Mapping[str, Any]) -> dict[str, Any]:
    """The command's values: its own fields, and under `changes` the facts that now read otherwise."""
    before = known_texts(standing, item)
    own: tuple[Field, ...] = standing.playbook.actions[item.name].form
    kept = {field.name for field in own}
    changes = {
        name: value for name, value in values.items() if name not in kept and value not in ("", None)
        and value != _as_shown(before.get(name))
    }  # fmt: skip
    return {**{name: value for name, value in values.items() if name in kept}, "changes": changes}


def _as_shown(value: Any) -> Any:
    """A moment as its form shows it, to the minute: what was only looked at has not changed."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value
