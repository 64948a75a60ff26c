"""Panels of the case page's side column that other areas and modules add.

@panel("satisfaction", order=60)
def satisfaction(standing, case, person) -> Shown | None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel to show: its template and what the template needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


PanelFunction = Callable[[Standing, Case, Any], Shown | None]
_panels: dict[str, tuple[int, PanelFunction]] = {}


def panel(name: str, order: int) -> Callable[[PanelFunction], PanelFunction]:
    """Register a panel; a lower order stands higher. The function gives None where it has nothing to show."""

    def keep(function: PanelFunction) -> PanelFunction:
        _panels[name] = (order, function)
        return function

    return keep


def panels_for(standing: Standing, case: Case, person: Any) -> list[Shown]:
    """Every panel that has something to show for this case and person, in order."""
    found = [function(standing, case, person) for _, function in sorted(_panels.values(), key=lambda item: item[0])]
    return [shown for shown in found if shown is not None]
