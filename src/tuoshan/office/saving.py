"""A form that was found right is stored, or says what another has stored meanwhile."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError


def kept(form: Any, store: Callable[[], object]) -> bool:
    """Store what a valid form says. False where somebody else stored the like after it was judged: it is judged anew,
    says so, and keeps what was typed. `store` is one transaction.
    """
    try:
        store()
    except IntegrityError:
        form.full_clean()
        if form.is_valid():
            raise
        return False
    return True
