"""People: their accounts, roles and units, what they are good at, and the ways back in."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import punctuation
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category
from tuoshan.identifiers import id_in
from tuoshan.office.settings import people as accounts
from tuoshan.office.settings.categories import in_tree
from tuoshan.office.settings.people import LEVELS, NEW_LINK_DAYS, PersonForm
from tuoshan.parties.models import Person, Role
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.configuring.listing import Area, Cell, form_page, list_page


def _cells(person: Person) -> list[Cell]:
    state = Cell(_("在职"), "c-ok", "check") if person.is_active else Cell(_("已离职"), "c-plain", "logout")
    return [
        Cell(person.display_name), Cell(person.username),
        Cell(punctuation.listed(role.title for role in person.roles.all())),
        Cell(person.unit.name if person.unit else ""),
        Cell(str(person.capacity)), state,
    ]  # fmt: skip


def _filtered(rows: QuerySet[Any], chosen: str) -> QuerySet[Any]:
    rows = rows.prefetch_related(Prefetch("roles", Role.objects.order_by("position"))).distinct()
    if chosen == "left":
        return rows.filter(is_active=False)
    return rows if chosen == "all" else rows.filter(is_active=True)


AREA = Area(
    "people", "people", "person", Person, PersonForm,
    (
        gettext_lazy("姓名"), gettext_lazy("用户名"), gettext_lazy("角色"), gettext_lazy("单位"),
        gettext_lazy("上限"), gettext_lazy("状态"),
    ),
    _cells, ("display_name", "username", "unit__name_zh", "roles__title_zh", "roles__title_en"),
    tuple(PersonForm.Meta.fields), order=("display_name", "pk"), make="person_make",
    make_text=gettext_lazy("新建人员"), filters=_filtered, related=("unit",),
    choices=(("", gettext_lazy("在职")), ("left", gettext_lazy("已离职")), ("all", gettext_lazy("全部"))),
)  # fmt: skip


@permitted("workbench.settings_people")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, or did."""
    return list_page(request, AREA)


@never_cache
@permitted("workbench.settings_person_make")
@require_http_methods(["GET", "HEAD", "POST"])
def person_make(request: HttpRequest) -> HttpResponse:
    """A new account; the page then shows the link by which the person sets a password."""
    form = PersonForm(request.POST or None, instance=Person())
    if request.method == "POST" and form.is_valid():
        link = accounts.make(request, form)
        return _person_page(request, form.instance, link=link, days=NEW_LINK_DAYS, is_new=True)
    context = {"area": AREA, "form": form, "back": reverse("workbench:settings_people"), "changes": []}
    return render(request, "workbench/settings/form.html", context, status=422 if form.errors else 200)


@never_cache
@permitted("workbench.settings_person")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account."""
    return _person_page(request, get_object_or_404(Person, pk=pk))


def _person_page(request: HttpRequest, found: Person, **more: Any) -> HttpResponse:
    shown = request if not more else _as_get(request)
    return form_page(
        shown, AREA, found, template="workbench/settings/person.html", person=found,
        skills=list(found.skill_rows.select_related("category__parent").order_by("category__position", "pk")),
        levels=LEVELS, categories=in_tree(Category.objects.filter(is_active=True)),
        factors=Authenticator.objects.filter(user=found).exists(), leave_href=_leave_href(found),
        in_hand=Case.objects.filter(handler_id=found.pk, ended=False).count(), **more,
    )  # fmt: skip


def _as_get(request: HttpRequest) -> HttpRequest:
    """After another form was posted, the account's own form is shown as it is stored."""
    request.method = "GET"
    request.POST = type(request.POST)("", mutable=False)
    return request


def _leave_href(found: Person) -> str:
    for name in ("workbench:leaver", "workbench:leave"):
        try:
            return reverse(name, args=[found.pk])
        except NoReverseMatch:
            continue
    return ""


@never_cache
@permitted("workbench.settings_person_link")
@require_POST
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link by which the person sets a new password; also forgives failed tries."""
    found = get_object_or_404(Person, pk=pk, is_active=True)
    link, days = accounts.new_link(request, found)
    return _person_page(request, found, link=link, days=days)


@permitted("workbench.settings_person_factor")
@require_POST
def person_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor of someone who lost the telephone; they may set it up again."""
    found = get_object_or_404(Person, pk=pk)
    accounts.reset_factor(request, found)
    messages.success(request, _("两步验证已重置，下次登录只要密码。"))
    return redirect("workbench:settings_person", pk)


@permitted("workbench.settings_person_skill")
@require_POST
def person_skill(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a skill, change its level, or take it away (level 0)."""
    found = get_object_or_404(Person, pk=pk)
    category = get_object_or_404(Category, pk=id_in(request.POST.get("category")))
    level = int(request.POST["level"]) if request.POST.get("level") in {"0", "1", "2", "3"} else 1
    accounts.set_skill(request, found, category, level)
    messages.success(request, _("技能已更新。"))
    return redirect(f"{reverse('workbench:settings_person', args=[pk])}#skills")


@permitted("workbench.settings_person_active")
@require_POST
def person_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Let someone back in, or close the account of someone who has nothing in hand."""
    found = get_object_or_404(Person, pk=pk)
    problem = accounts.open_or_close(request, found)
    if problem:
        messages.error(request, problem)
        return redirect("workbench:settings_person", pk)
    messages.success(request, _("账号已恢复。") if found.is_active else _("账号已停用。"))
    return redirect("workbench:settings_person", pk)


urlpatterns: list[URLPattern] = [
    path("settings/people/", people, name="settings_people"),
    path("settings/people/new", person_make, name="settings_person_make"),
    path("settings/people/<int:pk>", person, name="settings_person"),
    path("settings/people/<int:pk>/link", person_link, name="settings_person_link"),
    path("settings/people/<int:pk>/factor", person_factor, name="settings_person_factor"),
    path("settings/people/<int:pk>/skill", person_skill, name="settings_person_skill"),
    path("settings/people/<int:pk>/active", person_active, name="settings_person_active"),
]
