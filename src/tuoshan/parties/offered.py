"""What other modules add to the page of one's account; nothing heavy is loaded before the page is asked for."""

from collections.abc import Callable
from typing import Any

MoreForm = Callable[[Any, Any], Any]
"""Makes a model form from the person and what was posted (or None)."""
_forms: list[MoreForm] = []


def offer(make: MoreForm) -> MoreForm:
    """Register a form that stands below the notifications and is saved with them."""
    if make not in _forms:
        _forms.append(make)
    return make


def forms() -> list[MoreForm]:
    """Every such form, in the order of their registration."""
    return list(_forms)
