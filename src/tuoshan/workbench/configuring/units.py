"""Org units: the tree of the company, in which reach, departments and stores are found."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.identifiers import id_in
from tuoshan.office.settings.units import UnitForm, in_tree_order
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.configuring.listing import Area, Cell, form_page, list_page, on_off


def _cells(unit: Any) -> list[Cell]:
    department = str(unit.get_department_display()) if unit.department else ""
    return [
        Cell(unit.name, depth=unit.path.count("/") - 1), Cell(unit.code), Cell(str(unit.get_kind_display())),
        Cell(department), Cell(str(unit.people)), on_off(unit.is_active),
    ]  # fmt: skip


AREA = Area(
    "units", "org_units", "org_unit", OrgUnit, UnitForm,
    (
        gettext_lazy("名称"), gettext_lazy("代码"), gettext_lazy("类型"), gettext_lazy("职能"), gettext_lazy("人数"),
        gettext_lazy("状态"),
    ),
    _cells, ("name_zh", "name_en", "code"), tuple(UnitForm.Meta.fields), order=("path",), make="org_unit_make",
    make_text=gettext_lazy("新建单位"), arrange=in_tree_order,
    filters=lambda rows, chosen: rows.annotate(people=Count("persons", filter=Q(persons__is_active=True))),
    intro=gettext_lazy("能看到哪些工单、待办派到哪个部门，都按这棵树。"),
)  # fmt: skip


@permitted("workbench.settings_org_units")
@require_safe
def org_units(request: HttpRequest) -> HttpResponse:
    """The tree."""
    return list_page(request, AREA)


@permitted("workbench.settings_org_unit_make")
@require_http_methods(["GET", "HEAD", "POST"])
def org_unit_make(request: HttpRequest) -> HttpResponse:
    """A new unit, below the one it was asked for from."""
    parent = OrgUnit.objects.filter(pk=id_in(request.GET.get("below"))).first()
    return form_page(request, AREA, OrgUnit(parent=parent))


@permitted("workbench.settings_org_unit")
@require_http_methods(["GET", "HEAD", "POST"])
def org_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: what it is, what is below it, who is in it."""
    unit = get_object_or_404(OrgUnit, pk=pk)
    below = in_tree_order(OrgUnit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk))[:60]
    people = unit.persons.filter(is_active=True)[:60]
    return form_page(
        request, AREA, unit, template="workbench/settings/unit.html", unit=unit, below=below, people=people
    )


urlpatterns: list[URLPattern] = [
    path("settings/org-units/", org_units, name="settings_org_units"),
    path("settings/org-units/new", org_unit_make, name="settings_org_unit_make"),
    path("settings/org-units/<int:pk>", org_unit, name="settings_org_unit"),
]
