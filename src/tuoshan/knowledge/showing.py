"""Facts of a case as words in a language: what stands for `{reason}` or `{amount}` in a text."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.cases import lists
from tuoshan.cases.models import Words as StoredWords
from tuoshan.core.facts import Words
from tuoshan.core.playbook import Field
from tuoshan.identifiers import is_id
from tuoshan.parties.models import Person

Show = Callable[[Field, object], str]
MIDNIGHT = "24:00"


def moment_text(at: datetime, language: str) -> str:
    """A moment in the house's zone to the minute; the year only where it is another one."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    year = local.year != clock.now().astimezone(local.tzinfo).year
    if language.startswith("en"):
        return f"{local.day} {local:%B}{f' {local.year}' if year else ''}, {local:%H:%M}"
    return f"{f'{local.year}年' if year else ''}{local.month}月{local.day}日 {local:%H:%M}"


def until_text(at: datetime, language: str) -> str:
    """A moment until which something is due; midnight is the end of the day before, `24:00`."""
    if (last := end_of_day(at)) is None:
        return moment_text(at, language)
    return moment_text(last, language).removesuffix(f"{last:%H:%M}") + MIDNIGHT


def end_of_day(at: datetime) -> datetime | None:
    """The last minute of the day that ends at this moment, in the house's zone; None where none does."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local - timedelta(minutes=1) if local.time() == time() else None


def day_text(day: date, language: str) -> str:
    """A day with its year."""
    if language.startswith("en"):
        return f"{day.day} {day:%B} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def words_of(case_id: int, values: Iterable[object]) -> dict[str, str]:
    """The texts behind references, with one query; erased ones are missing."""
    refs = {value.ref for value in values if isinstance(value, Words)}
    if not refs:
        return {}
    rows = StoredWords.objects.filter(case_id=case_id, ref__in=refs, erased_at__isnull=True)
    return {row.ref: row.text for row in rows}


def fact_text(field: Field, value: object, language: str, words: Mapping[str, str]) -> str:
    """One fact as a reader sees it; empty for what has no words (files) and for what is not given."""
    match value:
        case Words():
            return words.get(value.ref, "")
        case None:
            return ""
        case list() | tuple():
            shown = [fact_text(field, one, language, words) for one in value]
            return (", " if language.startswith("en") else "、").join(text for text in shown if text)
        case bool():
            return _("是") if value else _("否")
        case datetime():
            return moment_text(value, language)
        case date():
            return day_text(value, language)
    if field.kind in ("photo", "file"):
        return ""
    if field.kind == "money":
        return f"{Decimal(str(value)):.2f}"
    return _named(field, str(value), language)


def _named(field: Field, value: str, language: str) -> str:
    for choice in field.choices:
        if choice.value == value:
            return choice.title.in_language(language)
    if field.kind == "person":
        return _name_alone(value)
    if field.list or field.kind in ("choice", "choices", "org_unit", "product"):
        return lists.title(field.list or field.kind, value)
    return value


def _name_alone(person: str) -> str:
    """Of one of ours, without the unit that stands beside the name for colleagues."""
    row = Person.objects.filter(pk=person).first() if is_id(person) else None
    return str(row) if row is not None else person
