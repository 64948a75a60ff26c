"""Settings that are rows: people, roles, org units, categories, causes, reasons of the survey, quick replies.

A change names what is to be otherwise; the rest stays. Every change stands in the record of the settings.
"""

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan.api.application import Id, gives
from tuoshan.api.formwork import changed, made
from tuoshan.api.repeating import repeatable
from tuoshan.care.models import SurveyReason
from tuoshan.catalog.models import Category
from tuoshan.office.settings.categories import CategoryForm, CauseForm, ReasonForm
from tuoshan.office.settings.roles import RoleForm
from tuoshan.office.settings.units import UnitForm
from tuoshan.parties.models import OrgUnit, Role
from tuoshan.parties.permissions import api_permitted
from tuoshan.quality.models import Cause

router = Router(tags=["settings"])


class RoleIn(Schema):
    """Titles and how far the role reaches; which operations it opens stands in the permission table."""

    title_zh: str = ""
    title_en: str = ""
    reach: str = ""


class RoleOut(Schema):
    """A role."""

    id: int
    key: str
    title_zh: str
    title_en: str
    reach: str
    reads_only: bool


class UnitIn(Schema):
    """An org unit; a new parent moves it with everything below it."""

    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    kind: str = ""
    department: str = ""
    parent: Id | None = None
    is_active: bool = True


class UnitOut(Schema):
    """An org unit; `path` are the ids above it and its own."""

    id: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    department: str
    parent_id: int | None
    path: str
    is_active: bool


class CategoryIn(Schema):
    """A category of the first level (no parent) or of the second. The code stays once it is there.

    `problem` is the problem of the rule books that it names; empty, a ruling asks.
    """

    code: str = ""
    parent: Id | None = None
    name_zh: str = ""
    name_en: str = ""
    position: int = 0
    playbooks: list[str] = []
    problem: str = ""
    is_active: bool = True


class CategoryOut(Schema):
    """A category; without playbooks it is for all of them."""

    id: int
    code: str
    parent_id: int | None
    name_zh: str
    name_en: str
    position: int
    playbooks: list[str]
    problem: str
    is_active: bool


class CauseIn(Schema):
    """A cause, in two levels."""

    code: str = ""
    parent: Id | None = None
    name_zh: str = ""
    name_en: str = ""
    position: int = 0
    is_active: bool = True


class CauseOut(Schema):
    """A cause."""

    id: int
    code: str
    parent_id: int | None
    name_zh: str
    name_en: str
    position: int
    is_active: bool


class SurveyReasonIn(Schema):
    """A reason that the survey offers."""

    key: str = ""
    title_zh: str = ""
    title_en: str = ""
    position: int = 0
    is_active: bool = True


class SurveyReasonOut(Schema):
    """A reason of the survey."""

    id: int
    key: str
    title_zh: str
    title_en: str
    position: int
    is_active: bool


def found(model: type[Model], pk: int) -> Any:
    """The row of this id. Raises Http404."""
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def rows(
    router: Router, where: str, one: str, area: str, model: type[Model], form: Any, given: type[Schema],
    shown: type[Schema], order: tuple[str, ...], *, all_name: str = "", makes: bool = True, pages: bool = False,
) -> None:  # fmt: skip
    """The operations of one kind of row: all of them (but where they come in pages), one, a new one, a change."""
    names = tuple(form.Meta.fields)
    title = where.strip("/").replace("-", " ").capitalize()
    listing = all_name or f"{one}_list"

    if not pages:

        @router.get(where, response=gives(list[shown]), url_name=listing, summary=title)  # type: ignore[valid-type]
        @api_permitted(f"api.{listing}")
        def every(request: HttpRequest) -> Any:
            return list(model._default_manager.order_by(*order))

    @router.get(f"{where}/{{pk}}", response=gives(shown), url_name=f"{one}_read", summary=f"{title}: one")
    @api_permitted(f"api.{one}_read")
    def read(request: HttpRequest, pk: Id) -> Any:
        return found(model, pk)

    @router.patch(f"{where}/{{pk}}", response=gives(shown), url_name=f"{one}_change", summary=f"{title}: change")
    @api_permitted(f"api.{one}_change")
    def change(request: HttpRequest, pk: Id, body: given) -> Any:  # type: ignore[valid-type]
        changed(request, area, form, found(model, pk), body, names)
        return found(model, pk)

    if makes:

        @router.post(where, response=gives(shown, 201), url_name=f"{one}_make", summary=f"{title}: new")
        @api_permitted(f"api.{one}_make")
        @repeatable
        def make(request: HttpRequest, body: given) -> Any:  # type: ignore[valid-type]
            return 201, found(model, made(request, area, form, model(), body, names))


BY_POSITION = ("position", "code")
rows(router, "/roles", "role", "roles", Role, RoleForm, RoleIn, RoleOut, ("position", "key"), makes=False)
rows(router, "/org-units", "unit", "units", OrgUnit, UnitForm, UnitIn, UnitOut, ("path",))
rows(
    router, "/categories", "category", "categories", Category, CategoryForm, CategoryIn, CategoryOut, BY_POSITION,
    all_name="category_all",
)  # fmt: skip
rows(router, "/causes", "cause", "causes", Cause, CauseForm, CauseIn, CauseOut, BY_POSITION)
rows(
    router, "/reasons", "reason", "reasons", SurveyReason, ReasonForm, SurveyReasonIn, SurveyReasonOut,
    ("position", "key"),
)  # fmt: skip
