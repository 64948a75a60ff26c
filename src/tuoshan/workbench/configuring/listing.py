"""Settings that are lists of rows: one way to show, search, make and change them.

An area describes its list by an `Area`; `area_views` makes its three views (list, new, change) from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.office import saving
from tuoshan.office.settings import recording
from tuoshan.parties.permissions import allowed, name_of, permitted

PAGE = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: its text, a chip's class when it is one, how far it is indented, whether always Chinese."""

    text: str
    css: str = ""
    icon: str = ""
    depth: int = 0
    is_chinese: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it leads, its cells in the order of the columns."""

    href: str
    cells: list[Cell]
    key: Any = None


@dataclass(frozen=True)
class Area:
    """A list of settings. `search` are the look-ups that a typed text is looked for in."""

    key: str
    many: str
    one: str
    model: type[Model]
    form: Callable[..., forms.ModelForm]  # type: ignore[type-arg]
    columns: tuple[Any, ...]
    cells: Callable[[Any], list[Cell]]
    search: tuple[str, ...]
    names: tuple[str, ...]
    intro: Any = ""
    order: tuple[str, ...] = ()
    make: str = ""
    make_text: Any = field(default=gettext_lazy("新建"))
    filters: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    choices: tuple[tuple[str, Any], ...] = ()
    arrange: Callable[[Iterable[Any]], list[Any]] | None = None
    related: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return str(recording.AREAS[self.key])


def on_off(is_on: bool) -> Cell:
    """Whether something is in use, in words."""
    return Cell(_("启用"), "c-ok", "check") if is_on else Cell(pgettext("status", "停用"), "c-plain", "pause")


def list_page(request: HttpRequest, area: Area, **more: Any) -> HttpResponse:
    """The list, searched and in pages."""
    query, chosen = request.GET.get("q", "").strip(), request.GET.get("show", "")
    rows = area.model._default_manager.select_related(*area.related)
    if area.order:
        rows = rows.order_by(*area.order)
    for word in query.split():
        where = Q()
        for name in area.search:
            where |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(where)
    if area.filters is not None:
        rows = area.filters(rows, chosen)
    found: Any = area.arrange(rows) if area.arrange is not None and not query else rows
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [Line(reverse(f"workbench:settings_{area.one}", args=[row.pk]), area.cells(row), row.pk) for row in page]
    return render(
        request,
        "workbench/settings/list.html",
        {
            "area": area,
            "lines": lines,
            "page": page,
            "query": query,
            "chosen": chosen,
            "make_href": _make_href(request, area),
            "previous_url": _page_url(request, page.previous_page_number() if page.has_previous() else 0),
            "next_url": _page_url(request, page.next_page_number() if page.has_next() else 0),
            "changes": recording.changes(area.key),
            **more,
        },
    )


def _make_href(request: HttpRequest, area: Area) -> str:
    name = f"workbench:settings_{area.make}"
    return reverse(name) if area.make and allowed(request.user, name_of(name)) else ""


def _page_url(request: HttpRequest, number: int) -> str:
    if not number:
        return ""
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"


def form_page(
    request: HttpRequest, area: Area, instance: Any, *, template: str = "workbench/settings/form.html", **more: Any
) -> HttpResponse:  # fmt: skip
    """Make or change one row: what was typed stays when it is refused."""
    form = area.form(request.POST or None, instance=instance)

    def store() -> None:
        with recording.recorded(request, area.key, form.instance, area.names):
            form.save()

    is_new = instance.pk is None
    if request.method == "POST" and form.is_valid() and saving.kept(form, store):
        messages.success(request, _("已新建。") if is_new else _("已保存。"))
        return redirect(f"workbench:settings_{area.one}", form.instance.pk)
    context = {
        "area": area,
        "form": form,
        "instance": instance if instance.pk else None,
        "back": reverse(f"workbench:settings_{area.many}"),
        "changes": recording.changes(area.key, instance.pk) if instance.pk else [],
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def area_views(area: Area) -> list[URLPattern]:
    """The addresses of a plain area: `/settings/MANY`, `/settings/MANY/new`, `/settings/MANY/ID`."""

    @permitted(f"workbench.settings_{area.many}")
    @require_safe
    def show_list(request: HttpRequest) -> HttpResponseBase:
        return list_page(request, area)

    @permitted(f"workbench.settings_{area.one}")
    @require_http_methods(["GET", "HEAD", "POST"])
    def change(request: HttpRequest, pk: int) -> HttpResponseBase:
        return form_page(request, area, get_object_or_404(area.model, pk=pk))

    many = area.many.replace("_", "-")
    found = [
        path(f"settings/{many}/", show_list, name=f"settings_{area.many}"),
        path(f"settings/{many}/<int:pk>", change, name=f"settings_{area.one}"),
    ]
    if area.make:

        @permitted(f"workbench.settings_{area.make}")
        @require_http_methods(["GET", "HEAD", "POST"])
        def make(request: HttpRequest) -> HttpResponseBase:
            return form_page(request, area, area.model())

        found.append(path(f"settings/{many}/new", make, name=f"settings_{area.make}"))
    return found
