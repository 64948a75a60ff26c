"""The panel with the decision that an appeal is about."""

from typing import Any

from django.urls import URLPattern

from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.insight import reviewed
from tuoshan.insight.story import Audience, Story
from tuoshan.workbench.panels import Shown, panel


@panel("reviewed", order=10)
def reviewed_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """The first decision, for everybody who may read the case; findings against a person for supervisors alone."""
    if not reviewed.under_review(standing.playbook, standing.state):
        return None
    story = Story(case, standing.playbook, Audience.staff(person))
    steps = reviewed.first_decision(story, standing.state)
    given = {"steps": steps, "appeal": reviewed.appeal(story, standing.state)}
    return Shown("workbench/reviewed/panel.html", given) if steps else None


urlpatterns: list[URLPattern] = []
"""The panel stands on the page of the case and has no address of its own."""
