"""The variables that a text may use, as they are offered beside it: the general ones first, then those of a process."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tuoshan import punctuation
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Playbook
from tuoshan.integrations import recipients
from tuoshan.knowledge import case_values
from tuoshan.knowledge.case_values import GENERAL, WRITER, known_variables, reply_variables
from tuoshan.office.settings.table_shapes import shape_of


@dataclass(frozen=True, slots=True)
class Group:
    """Variables with what they stand for; the general ones have no title. `folded` until somebody looks for them."""

    title: str
    rows: tuple[tuple[str, str], ...]
    folded: bool = False


def of_case(case: Any, person: Any) -> list[Group]:
    """Those that have something to say in this case, for the person who writes to its customer."""
    texts = case_values.of_case(case, me=person, for_staff=True)
    known = reply_variables(texts.playbook)
    values = texts.values(recipients.language_of(recipients.of_case(case)), known)
    return _groups(texts.playbook, {name for name in known if values.get(name)}, folded=False)


def of_messages(playbook: Playbook) -> list[Group]:
    """Those of a message that the process sends by itself."""
    return _groups(playbook, known_variables(playbook), folded=True)


def of_replies() -> list[Group]:
    """Those of a quick reply, which belongs to no process: each with those that it has besides."""
    books = library.everything().values()
    used = {name for book in books for name in reply_variables(book)}
    return [_general(used), *(_own(book, known_variables(book), folded=True) for book in books)]


def _groups(playbook: Playbook, names: Collection[str], *, folded: bool) -> list[Group]:
    found = [_general(names), _own(playbook, names, folded=folded)]
    return [group for group in found if group.rows]


def _general(names: Collection[str]) -> Group:
    return Group("", tuple((name, str(title)) for name, title in (GENERAL | WRITER).items() if name in names))


def _own(playbook: Playbook, names: Collection[str], *, folded: bool) -> Group:
    """What the process has of its own, in its own words; where two of its fields are called alike, also by where they
    are filled in.
    """
    known = {name: title for name, title in known_variables(playbook).items() if name in names and name not in GENERAL}
    titles = {name: _title(playbook, name, title) for name, title in known.items()}
    alike = Counter(titles.values())
    where = {name: place for name, place in _filled_in(playbook).items() if alike[titles.get(name, "")] > 1}
    rows = ((name, punctuation.in_brackets(title, where.get(name, ""))) for name, title in titles.items())
    return Group(words(playbook.title), tuple(rows), folded)


def _title(playbook: Playbook, name: str, title: str) -> str:
    if name not in playbook.numbers() or name in playbook.facts:
        return title
    said = shape_of(playbook, name).title
    return title if said == name else _("设置：%(what)s") % {"what": said}


def _filled_in(playbook: Playbook) -> dict[str, str]:
    """The title of the first step or task that asks for a field."""
    forms = [(one.form, one.title) for one in playbook.actions.values()]
    forms += [(one.form, one.title) for one in playbook.tasks.values()]
    forms += [(one.form, one.title) for one in playbook.holds.values()]
    found: dict[str, str] = {}
    for form, title in forms:
        for item in form:
            found.setdefault(item.name, words(title))
    return found
