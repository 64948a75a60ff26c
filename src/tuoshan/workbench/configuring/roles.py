"""Roles: their titles and how far they reach. Which screens a role opens stands in the permission table."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.office.settings import recording
from tuoshan.office.settings.roles import RoleForm
from tuoshan.parties.models import Role
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.configuring.listing import Area, Cell, form_page

AREA = Area(
    "roles", "roles", "role", Role, RoleForm, (), lambda row: [Cell(row.title)], ("key", "title_zh", "title_en"),
    tuple(RoleForm.Meta.fields),
)  # fmt: skip


@permitted("workbench.settings_roles")
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """All roles with their reach and how many people have them."""
    rows = Role.objects.annotate(people=Count("persons", filter=Q(persons__is_active=True))).order_by("position", "key")
    context = {"area": AREA, "roles": rows, "changes": recording.changes("roles")}
    return render(request, "workbench/settings/roles.html", context)


@permitted("workbench.settings_role")
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """One role and who has it."""
    found = get_object_or_404(Role, pk=pk)
    people = found.persons.filter(is_active=True).select_related("unit")[:60]
    note = gettext_lazy("能打开哪些页面由系统的权限表规定；这里定的是能看到哪些工单。改动立即生效。")
    return form_page(
        request, AREA, found, template="workbench/settings/role.html", people=people, note=note, role=found
    )


urlpatterns: list[URLPattern] = [
    path("settings/roles/", roles, name="settings_roles"),
    path("settings/roles/<int:pk>", role, name="settings_role"),
]
