"""How the values that cases are counted by are called: in the words of the playbooks, lists and units."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tuoshan.care.models import SurveyReason
from tuoshan.cases import library, meanings
from tuoshan.catalog.models import Category, Product
from tuoshan.core.playbook import Wording
from tuoshan.intake.models import ImportRun
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.name_order import name_order
from tuoshan.quality.models import Cause, LiableParty

GRADES = ("normal", "important", "urgent")


def words(wording: Wording) -> str:
    """A wording in the language in force."""
    return wording.en if (get_language() or "zh").startswith("en") else wording.zh


def grade(value: str) -> str:
    known = {"normal": pgettext("grade", "一般"), "important": pgettext("grade", "重要")}
    return known.get(value) or (pgettext("grade", "紧急") if value == "urgent" else value or _("未定"))


def playbook(key: str) -> str:
    book = library.everything().get(key)
    return words(book.title) if book else key


def choice(fact: str, value: str) -> str:
    """The title of a choice of the fact `fact` in whichever playbook knows it."""
    return _chosen((fact,), value)


def _chosen(facts: Iterable[str], value: str) -> str:
    known = [book.facts[fact] for fact in facts for book in library.everything().values() if fact in book.facts]
    found = (one for field in known for one in field.choices if one.value == value)
    return next((words(one.title) for one in found), value or _("未填"))


def choices(fact: str) -> list[tuple[str, str]]:
    """Every choice of a fact over all playbooks."""
    found: dict[str, str] = {}
    for book in library.everything().values():
        field = book.facts.get(fact)
        for one in field.choices if field else ():
            found.setdefault(one.value, words(one.title))
    return list(found.items())


def clock(name: str) -> str:
    """The title of a clock: a promise across states, a state's own, a task's."""
    for book in library.everything().values():
        for known in (book.deadlines, book.states, book.tasks):
            if name in known:
                return words(known[name].title)
    return name


def categories() -> dict[int, str]:
    """Both levels of every category, by id."""
    return {row.pk: row.full_name for row in Category.objects.select_related("parent")}


def products(ids: Iterable[int | None]) -> dict[int, str]:
    """Code and name of these products, by id."""
    return {row.pk: str(row) for row in Product.objects.filter(pk__in={pk for pk in ids if pk})}


def lines() -> list[str]:
    """Every line that a product of the catalogue carries, in use or not. What the settings say besides of how a line
    may be called, for the rule books, has no product and therefore no case.
    """
    carried = Product.objects.exclude(line="").order_by().values_list("line", flat=True).distinct()
    return sorted(carried, key=name_order)


def units() -> dict[int, str]:
    return {row.pk: row.name for row in OrgUnit.objects.all()}


def people() -> dict[int, str]:
    return {row.pk: str(row) for row in Person.objects.all()}


def cause(value: str) -> str:
    """A cause: of the company's list, else of the playbooks."""
    found = Cause.objects.select_related("parent").filter(code=value).first() if value else None
    return found.full_name if found else _chosen(meanings.every("cause"), value)


def liable(value: str) -> str:
    found = LiableParty.objects.filter(key=value).first() if value else None
    return str(found) if found else choice("liable", value)


def imported(number: int) -> str:
    """An import, by when it was begun: whose file it was is for who may see imports."""
    found = ImportRun.objects.filter(pk=number).values_list("created_at", flat=True).first()
    at = timezone.localtime(found).strftime("%Y-%m-%d %H:%M") if found else ""
    return _("导入：%(at)s") % {"at": at} if at else _("一次导入")


def reasons() -> dict[str, str]:
    """What the survey offers and has offered, by key."""
    return {row.key: row.title for row in SurveyReason.objects.all()}


def reason(value: str) -> str:
    return reasons().get(value, value)


def channel(value: str) -> str:
    return choice("channel", value)
