"""Who sees what is attached: whose page it is, or supervisors alone, where a person can be named in the case."""

from typing import Any

from tuoshan.cases.possible import Standing
from tuoshan.core import judging, mending
from tuoshan.core.playbook import Action, Playbook
from tuoshan.core.possible import Possible
from tuoshan.parties.permissions import sees_findings


def names_a_person(item: Possible) -> bool:
    """Whether the form of this step has a field that supervisors alone read."""
    return any(field.supervisors_only for field in item.form)


def shown_by_itself(playbook: Playbook, action: Action | None) -> bool:
    """Whether what is attached to this step stands on the page of the case unless said otherwise: the step writes to
    whoever's page it is.
    """
    told = [playbook.messages[name].to for name in action.tell if name in playbook.messages] if action else []
    return any(playbook.portal in to for to in told)


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
