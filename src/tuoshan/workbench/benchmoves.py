"""Where one goes from a bench: its items in the address, one more, one fewer, all anew; and its text as a letter."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tuoshan.identifiers import is_id

MOST_LINES = 20
OF_THE_ORDER = ("house", "sale", "platform", "sold_on", "signed_on", "delivered_on", "reported_on", "has_receipt")
"""What one order has in common: a further line begins with it."""


def address(query: QueryDict) -> str:
    """Of a bench on which this stands."""
    return reverse("workbench:rulings") + (f"?{query.urlencode()}" if query else "")


def line_numbers(query: QueryDict) -> list[int]:
    """The lines of a bench, in order; there is always one."""
    found = {int(head[1:]) for name in query if (head := name.partition("-")[0])[:1] == "f" and is_id(head[1:])}
    if is_id(line := str(query.get("line", ""))):
        found.add(int(line))
    return sorted(number for number in found if 0 < number <= MOST_LINES) or [1]


def further_line(query: QueryDict, after: int) -> str:
    """The address of a bench with one more line, which begins with what the order has in common."""
    changed = query.copy()
    number = max(line_numbers(query)) + 1
    for name in OF_THE_ORDER:
        if value := query.get(f"f{after}-{name}"):
            changed[f"f{number}-{name}"] = value
    changed["line"] = str(number)
    changed.pop("add", None)
    return address(changed)


def taken_away(query: QueryDict) -> tuple[QueryDict, dict[str, str] | None]:
    """The bench without the item, or without all that was filled in, where that was asked for; and what is said of it,
    with the address by which it is there again."""
    kept = query.copy()
    number, clear = (str((kept.pop(name, None) or [""])[-1]) for name in ("drop", "clear"))
    lines = line_numbers(kept)
    gone = int(number) if is_id(number) else 0
    if clear:
        said, changed = _("已清空。"), QueryDict(mutable=True)
        if kept.get("case"):
            changed["case"] = str(kept["case"])
    elif gone in lines and len(lines) > 1:
        title = str(kept.get(f"f{gone}-label", "")).strip()[:60] or _("第 %(number)d 件") % {"number": gone}
        said, changed = _("已去掉“%(item)s”。") % {"item": title}, kept.copy()
        for name in [name for name in changed if name.partition("-")[0] == f"f{gone}"]:
            del changed[name]
        rest = [one for one in lines if one != gone]
        changed["line"] = str(max([one for one in rest if one < gone], default=rest[0]))
    else:
        return query, None
    return changed, {"said": said, "address": address(kept)}


def letter(text: str) -> list[dict[str, Any]]:
    """The customer's text in its parts as they stand on paper; of the last, who says so and when."""
    found = []
    for block in text.split("\n\n") if text else []:
        rows = block.split("\n")
        said = [row for row in rows if not row.startswith("- ")]
        items = [row.removeprefix("- ") for row in rows if row.startswith("- ")]
        title = said.pop() if items and said else ""
        found.append({"title": title, "lines": said, "items": items})
    return found
