"""Causes and responsible parties as lists for form fields: `list: causes`, `list: liable`."""

from collections.abc import Sequence

from tuoshan.cases.lists import Entries, listed, named
from tuoshan.quality.models import Cause, LiableParty


@listed("causes")
def causes() -> Entries:
    """Both levels, the lower ones under their parent's title; a cause without lower ones stands by itself."""
    rows = list(Cause.objects.filter(is_active=True).select_related("parent"))
    found: list[tuple[str, object]] = []
    for row in rows:
        if row.parent_id is not None:
            continue
        below: Sequence[tuple[str, str]] = [(one.code, one.name) for one in rows if one.parent_id == row.pk]
        found.append((row.name, below) if below else (row.code, row.name))
    return found


@named("causes")
def cause_name(value: str) -> str:
    """Both levels."""
    row = Cause.objects.select_related("parent").filter(code=value).first()
    return row.full_name if row else ""


@listed("liable")
def liable() -> Entries:
    """Who can be responsible."""
    return [(row.key, str(row)) for row in LiableParty.objects.filter(is_active=True)]


@named("liable")
def liable_name(value: str) -> str:
    """Also of a party that is used no more."""
    row = LiableParty.objects.filter(key=value).first()
    return str(row) if row else ""
