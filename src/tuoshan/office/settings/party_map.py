"""Who each party of the playbooks is in this company, and which of them nobody is."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.checker import check
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import Finding
from tuoshan.office.settings import recording
from tuoshan.office.settings.people import UnitChoice
from tuoshan.office.settings.recording import both
from tuoshan.parties.models import OrgUnit, PartyMap, Person
from tuoshan.parties.naming import in_language
from tuoshan.parties.seeds import party_title

Target = PartyMap.Target
BY_CASE = frozenset({Target.HANDLER, Target.REGISTRANT, Target.OUTSIDE, Target.STAFF})
GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Way:
    """One row of the map in words; `nobody` where it names people and there are none."""

    row: PartyMap
    text: str
    nobody: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One party: its title, who it is, and for which playbooks it is somebody else."""

    party: str
    title: str
    ways: list[Way]
    special: list[tuple[str, str, list[Way]]]
    nobody: bool


class PartyForm(forms.ModelForm):  # type: ignore[type-arg]
    """One more way of being a party."""

    unit = UnitChoice(label=gettext_lazy("单位"), queryset=OrgUnit.objects.filter(is_active=True), required=False)

    class Meta:
        model = PartyMap
        fields = ["target", "role", "unit", "person", "department", "same_as"]

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = Person.objects.filter(is_active=True)
        self.fields["same_as"] = forms.ChoiceField(
            label=_("同哪一方"), required=False, choices=[("", "---------"), *parties]
        )
        self.fields["department"].help_text = _("留空表示任何职能部门")

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        wanted = {"role": "role", "unit": "unit", "person": "person", "party": "same_as"}.get(values.get("target", ""))
        if wanted and not values.get(wanted):
            self.add_error(wanted, _("请选择是谁。"))
        kept = wanted or ("department" if values.get("target") == Target.DEPARTMENT else "")
        for name in ("role", "unit", "person", "department", "same_as"):
            if name != kept:
                values[name] = None if name in ("role", "unit", "person") else ""
        if values.get("same_as") and values["same_as"] == self.instance.party:
            self.add_error("same_as", _("不能同自己。"))
        return values


def text_of(row: PartyMap, titles: Mapping[str, str]) -> str:
    """A row of the map in words."""
    match row.target:
        case Target.ROLE:
            return _("角色：%(what)s") % {"what": row.role}
        case Target.UNIT:
            return _("单位：%(what)s") % {"what": row.unit}
        case Target.PERSON:
            return _("人员：%(what)s") % {"what": row.person}
        case Target.DEPARTMENT:
            what = row.get_department_display() if row.department else _("任何职能部门")
            return _("职能部门的人员：%(what)s") % {"what": what}
        case Target.PARTY:
            return _("同“%(what)s”") % {"what": title_of(row.same_as, titles)}
    return str(row.get_target_display())


def is_nobody(row: PartyMap) -> bool:
    """Whether a row that names people names none who work here and may do more than read."""
    people = Person.objects.filter(is_active=True, roles__reads_only=False)
    match row.target:
        case Target.ROLE:
            return not people.filter(roles=row.role).exists()
        case Target.UNIT:
            assert row.unit is not None
            return not people.filter(unit__path__startswith=row.unit.path).exists()
        case Target.PERSON:
            return not people.filter(pk=row.person_id or 0).exists()
        case Target.DEPARTMENT:
            inside = Q(unit__department=row.department) if row.department else ~Q(unit__department="")
            return not people.filter(inside, unit__isnull=False).exists()
    return False


def party_titles(books: Iterable[Playbook]) -> dict[str, str]:
    """Party → its wording, for every party of the playbooks in use."""
    return {name: words(party.title) for book in books for name, party in book.parties.items()}


def title_of(party: str, titles: Mapping[str, str]) -> str:
    """What a party is called: by the playbooks in use, else as a department, else as the company's first map says; the
    bare key only of a party of which nothing of that is known.
    """
    departments = dict(OrgUnit.Department.choices)
    return titles.get(party) or str(departments.get(party, "")) or in_language(*party_title(party)) or party


def entries() -> list[Entry]:
    """Every party that a playbook names or the map knows."""
    books = library.everything()
    titles = party_titles(books.values())
    rows = list(PartyMap.objects.select_related("role", "unit", "person"))
    ways = {row.pk: Way(row, text_of(row, titles), is_nobody(row)) for row in rows}
    found: list[Entry] = []
    for party in sorted({*titles, *(row.party for row in rows)}, key=lambda name: (name not in titles, name)):
        general = [ways[row.pk] for row in rows if row.party == party and not row.playbook]
        special = [
            (key, words(book.title), own)
            for key, book in books.items()
            if (own := [ways[row.pk] for row in rows if row.party == party and row.playbook == key])
        ]
        used = party in titles
        found.append(Entry(party, title_of(party, titles), general, special, used and _all_nobody(general, special)))
    return found


def _all_nobody(general: list[Way], special: list[tuple[str, str, list[Way]]]) -> bool:
    every = [*general, *(way for _, _, ways in special for way in ways)]
    return all(way.nobody for way in every)


def warnings() -> list[Finding]:
    """The checker's own warnings about parties that are mapped to nobody."""
    books = library.everything()
    found: list[Finding] = []
    for key, book in books.items():
        rows = PartyMap.objects.filter(playbook__in=("", key)).values_list("party", flat=True)
        others = {name: other for name, other in books.items() if name != key}
        mapped: dict[str, object] = dict.fromkeys(rows, True)
        found += [
            one for one in check(book, others, party_map=mapped, walks=False)
            if one.severity == "warning" and one.where.startswith("parties.")
        ]  # fmt: skip
    return found


def ways_of(name: str, key: str) -> list[PartyMap]:
    """The rows of one party, for all playbooks (empty key) or for one."""
    return list(PartyMap.objects.filter(party=name, playbook=key).select_related("role", "unit", "person"))


@contextmanager
def changing(request: HttpRequest, name: str, key: str) -> Iterator[None]:
    """What is done to the ways of a party inside the block is one transaction with its record."""
    books = library.everything()

    def titles() -> dict[str, str]:
        return party_titles(books.values())

    def who() -> dict[str, str]:
        return {"who": punctuation.in_turn(text_of(row, titles()) for row in ways_of(name, key))}

    def title() -> str:
        return punctuation.in_brackets(title_of(name, titles()), key and words(books[key].title))

    with write_transaction():
        before = both(who)
        yield
        recording.record(
            request, "party_map", f"{key or GENERAL}/{name}", both(title), before=before, after=both(who),
            labels=both(lambda: {"who": _("是谁")}), action="changed",
        )  # fmt: skip
