"""Settings: people's accounts, what they are good at, the ways back in; who each party of the playbooks is."""

from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan import punctuation
from tuoshan.api.application import Id, gives
from tuoshan.api.formwork import as_stored, changed, judged, posted
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem
from tuoshan.api.repeating import repeatable
from tuoshan.api.settings_rows import found
from tuoshan.api.shapes import Limit
from tuoshan.cases import library
from tuoshan.catalog.models import Category
from tuoshan.office.settings import party_map
from tuoshan.office.settings import people as accounts
from tuoshan.office.settings.party_map import GENERAL, PartyForm
from tuoshan.office.settings.people import PersonForm
from tuoshan.parties.models import PartyMap, Person, Role
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["settings"])


class AccountIn(Schema):
    """An account. The password is set by the person, by a link that works once. `roles` are keys."""

    username: str = ""
    display_name: str = ""
    unit: Id | None = None
    phone: str = ""
    email: str = ""
    language: str = ""
    roles: list[str] = []
    regions: list[Id] = []
    capacity: int = 20
    takes_cases: bool = True


class SkillOut(Schema):
    """What somebody is good at: 1 can, 2 well, 3 expert."""

    category_id: int
    level: int
    is_active: bool


class AccountOut(Schema):
    """An account."""

    id: int
    username: str
    display_name: str
    unit_id: int | None
    phone: str
    email: str
    language: str
    roles: list[str]
    regions: list[int]
    capacity: int
    takes_cases: bool
    is_active: bool
    skills: list[SkillOut]


class AccountPage(Schema):
    """One page of accounts; hand `next` back as `cursor`."""

    accounts: list[AccountOut]
    next: str


class MadeOut(Schema):
    """A new account with the link by which its person sets a password (empty when the request is a repeat)."""

    account: AccountOut
    link: str


class LinkOut(Schema):
    """A link by which a new password is set, once, within so many days."""

    link: str
    days: int


class SkillIn(Schema):
    """A category and how good: 0 takes it away."""

    category_id: Id
    level: Literal[0, 1, 2, 3]


class ActiveIn(Schema):
    """Whether the account is open."""

    is_active: bool


class WayIn(Schema):
    """One more way of being a party: `target` is role, unit, person, department, party, handler …"""

    target: str
    role: str = ""
    unit: Id | None = None
    person: Id | None = None
    department: str = ""
    same_as: str = ""


class WayOut(Schema):
    """One way of being a party; `nobody`: it names people and there are none."""

    id: int
    target: str
    text: str
    nobody: bool


class PartyOut(Schema):
    """A party: who it is for every playbook, and for which playbooks it is somebody else."""

    party: str
    title: str
    ways: list[WayOut]
    special: dict[str, list[WayOut]]
    nobody: bool


def _account(row: Person) -> dict[str, Any]:
    plain = "username display_name unit_id phone email language capacity takes_cases is_active"
    return {name: getattr(row, name) for name in plain.split()} | {
        "id": row.pk, "roles": sorted(role.key for role in row.roles.all()),
        "regions": sorted(unit.pk for unit in row.regions.all()),
        "skills": [
            {"category_id": one.category_id, "level": one.level, "is_active": one.is_active}
            for one in row.skill_rows.all()
        ],
    }  # fmt: skip


def _values(body: AccountIn) -> dict[str, Any]:
    """What the body names, its roles by their ids."""
    given = body.dict(exclude_unset=True)
    if "roles" in given:
        known = dict(Role.objects.values_list("key", "pk"))
        unknown = [key for key in given["roles"] if key not in known]
        if unknown:
            said = _("没有这个角色：%(roles)s") % {"roles": punctuation.listed(unknown)}
            raise Problem(422, "unknown_role", said, facts={"roles": sorted(known)})
        given["roles"] = [known[key] for key in given["roles"]]
    return given


@router.get("/accounts", response=gives(AccountPage), url_name="person_list", summary="Accounts")
@api_permitted("api.person_list")
def person_list(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Everybody who works here, or did, by name."""
    rows = Person.objects.prefetch_related("roles", "regions", "skill_rows").order_by("display_name", "id")
    page = page_of(rows, cursor, limit)
    return {"accounts": [_account(row) for row in page.rows], "next": page.next}


@router.post("/accounts", response=gives(MadeOut, 201), url_name="person_make", summary="A new account")
@api_permitted("api.person_make")
@repeatable
def person_make(request: HttpRequest, body: AccountIn) -> tuple[int, dict[str, Any]]:
    """The link to set a password is shown in this one answer."""
    fresh = as_stored(PersonForm(instance=Person()))
    form = judged(PersonForm(posted(fresh | _values(body)), instance=Person()))
    link = accounts.make(request, form)
    return 201, {"account": _account(found(Person, form.instance.pk)), "link": link}


@router.get("/accounts/{pk}", response=gives(AccountOut), url_name="person_read", summary="One account")
@api_permitted("api.person_read")
def person_read(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """With skills."""
    return _account(found(Person, pk))


@router.patch("/accounts/{pk}", response=gives(AccountOut), url_name="person_change", summary="Change an account")
@api_permitted("api.person_change")
def person_change(request: HttpRequest, pk: Id, body: AccountIn) -> dict[str, Any]:
    """The last administrator keeps the role."""
    changed(request, "people", PersonForm, found(Person, pk), _values(body), tuple(PersonForm.Meta.fields))
    return _account(found(Person, pk))


@router.post("/accounts/{pk}/link", response=gives(LinkOut), url_name="person_link", summary="A link to set a password")
@api_permitted("api.person_link")
@repeatable
def person_link(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """A link by which the person sets a new password; also forgives failed tries."""
    row = found(Person, pk)
    if not row.is_active:
        raise Http404
    link, days = accounts.new_link(request, row)
    return {"link": link, "days": days}


@router.delete(
    "/accounts/{pk}/factor", response=gives(None, 204), url_name="person_factor", summary="Remove the second factor"
)
@api_permitted("api.person_factor")
def person_factor(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """Remove the second factor of someone who lost the telephone."""
    accounts.reset_factor(request, found(Person, pk))
    return 204, None


@router.put("/accounts/{pk}/skills", response=gives(AccountOut), url_name="person_skill", summary="Set a skill")
@api_permitted("api.person_skill")
def person_skill(request: HttpRequest, pk: Id, body: SkillIn) -> dict[str, Any]:
    """Add a skill, change its level, or take it away (level 0)."""
    row = found(Person, pk)
    accounts.set_skill(request, row, found(Category, body.category_id), body.level)
    return _account(row)


@router.put(
    "/accounts/{pk}/active", response=gives(AccountOut), url_name="person_active", summary="Open or close an account"
)
@api_permitted("api.person_active")
def person_active(request: HttpRequest, pk: Id, body: ActiveIn) -> dict[str, Any]:
    """Let someone back in, or close the account of someone who has nothing in hand."""
    row = found(Person, pk)
    problem = accounts.open_or_close(request, row) if row.is_active != body.is_active else ""
    if problem:
        raise Problem(409, "cannot_close", problem)
    return _account(found(Person, pk))


# -- who each party is ---------------------------------------------------------------------------------------------


def _way(way: party_map.Way) -> dict[str, Any]:
    return {"id": way.row.pk, "target": way.row.target, "text": way.text, "nobody": way.nobody}


def _party(entry: party_map.Entry) -> dict[str, Any]:
    return {
        "party": entry.party, "title": entry.title, "ways": [_way(one) for one in entry.ways], "nobody": entry.nobody,
        "special": {key: [_way(one) for one in ways] for key, _title, ways in entry.special},
    }  # fmt: skip


def _entry(name: str) -> dict[str, Any]:
    for entry in party_map.entries():
        if entry.party == name:
            return _party(entry)
    raise Http404


def _key(playbook: str, name: str) -> str:
    """The playbook's key, empty for all of them. Raises Http404 for what there is not."""
    _entry(name)
    key = "" if playbook == GENERAL else playbook
    if key and key not in library.everything():
        raise Http404
    return key


@router.get("/parties", response=gives(list[PartyOut]), url_name="party_list", summary="Who each party is")
@api_permitted("api.party_list")
def party_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every party that a playbook names or the map knows."""
    return [_party(entry) for entry in party_map.entries()]


@router.get("/parties/{name}", response=gives(PartyOut), url_name="party_read", summary="One party")
@api_permitted("api.party_read")
def party_read(request: HttpRequest, name: str) -> dict[str, Any]:
    """The ways of being it."""
    return _entry(name)


@router.post(
    "/parties/{name}/{playbook}",
    response=gives(PartyOut, 201),
    url_name="party_add",
    summary="One more way of being it",
)
@api_permitted("api.party_add")
@repeatable
def party_add(request: HttpRequest, name: str, playbook: str, body: WayIn) -> tuple[int, dict[str, Any]]:
    """One more way of being a party, in one playbook or in all (`general`)."""
    key = _key(playbook, name)
    role = Role.objects.filter(key=body.role).first() if body.role else None
    titles = party_map.party_titles(library.everything().values())
    others = [one for one in titles.items() if one[0] != name]
    form = judged(
        PartyForm(
            posted(body.dict() | {"role": role.pk if role else None}),
            instance=PartyMap(party=name, playbook=key), parties=others,
        )
    )  # fmt: skip
    with party_map.changing(request, name, key):
        form.save()
    return 201, _entry(name)


@router.delete(
    "/parties/{name}/{playbook}/{pk}", response=gives(None, 204), url_name="party_remove", summary="One way less"
)
@api_permitted("api.party_remove")
def party_remove(request: HttpRequest, name: str, playbook: str, pk: Id) -> tuple[int, None]:
    """One way less of being a party."""
    key = _key(playbook, name)
    row = PartyMap.objects.filter(pk=pk, party=name, playbook=key).first()
    if row is None:
        raise Http404
    with party_map.changing(request, name, key):
        row.delete()
    return 204, None
