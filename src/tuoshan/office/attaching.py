"""Who may keep a file for supervisors alone: whoever can name a person in the case, as a finding's text is kept."""

from typing import Any

from tuoshan.cases.possible import Standing
from tuoshan.core import judging, mending
from tuoshan.core.playbook import Action
from tuoshan.core.possible import Possible
from tuoshan.parties.permissions import sees_findings


def names_a_person(item: Possible) -> bool:
    """Whether the form of this step has a field that supervisors alone read."""
    return any(field.supervisors_only for field in item.form)


def may_keep_for_supervisors(standing: Standing, person: Any) -> bool:
    """Whether some step that the person can take now names a person; for supervisors, a correction does too."""
    items = standing.possible()
    if any(names_a_person(item) for item in items):
        return True
    corrects = any(judging.corrects(action) for item in items if (action := _action(standing, item)) is not None)
    findings = any(field.supervisors_only for field in mending.correctable(standing.playbook))
    return corrects and findings and sees_findings(person)


def _action(standing: Standing, item: Possible) -> Action | None:
    return standing.playbook.actions.get(item.name) if item.kind == "act" else None
