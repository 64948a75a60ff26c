"""Company tables: times by grade, free limits, tiers of approval, the grade matrix, each version kept."""


from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan import clock
from tuoshan.cases import calendars as stored
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Playbook
from tuoshan.office.settings import recording, table_shapes
from tuoshan.office.settings.moved_clocks import Moved
from tuoshan.office.settings.table_shapes import Shape
from tuoshan.office.settings.tables import TableForm, moved_by, store, value_of, versions
from tuoshan.parties.permissions import permitted


def _book(key: str) -> Playbook:
    try:
        return library.current(key)
    except library.PlaybookUnknown as error:
        raise Http404 from error


@permitted("workbench.settings_tables")
@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """Every table of every playbook with the values in force."""
    query = request.GET.get("q", "").strip().casefold()
    language = get_language() or "zh"
    groups = []
    for key, book in library.everything().items():
        rows = [
            (shape, list(table_shapes.as_read(shape, book, value_of(book, shape.name), language).items()),
             stored.table(key, shape.name) is not None)
            for shape in table_shapes.shapes(book)
            if query in f"{shape.name} {shape.title} {words(book.title)}".casefold()
        ]  # fmt: skip
        if rows:
            groups.append((key, words(book.title), rows))
    context = {"groups": groups, "query": query, "changes": recording.changes("tables")}
    return render(request, "workbench/settings/tables.html", context)


@permitted("workbench.settings_table")
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, playbook: str, name: str) -> HttpResponse:
    """One table: change its cells, see what a restart would move, store a version."""
    book = _book(playbook)
    if name not in book.tables:
        raise Http404
    shape = table_shapes.shape_of(book, name)
    value = value_of(book, name)
    back_to_own = request.method == "POST" and "own" in request.POST
    form = TableForm(
        request.POST if request.method == "POST" and not back_to_own else None, playbook=book, shape=shape, value=value
    )
    moved: tuple[list[Moved], int] = ([], 0)
    tried = False
    if back_to_own:
        store(request, book, shape, book.tables[name])
        messages.success(request, _("已恢复为流程自带的值。"))
        return redirect("workbench:settings_table", playbook, name)
    if request.method == "POST" and form.is_valid():
        if "store" in request.POST:
            return _stored(request, book, shape, form)
        tried = True
        moved = moved_by(book, shape, form.value)
    context = {
        "form": form, "shape": shape, "playbook": book, "yuan": _("元"),
        "key_titles": [words(key.label) for key in shape.keys], "title": words(book.title), "tried": tried,
        "moved": moved[0], "more": moved[1], "is_own": stored.table(playbook, name) is None,
        "versions": versions(book, shape),
        "own": list(table_shapes.as_read(shape, book, book.tables[name], get_language() or "zh").items()),
        "back": reverse("workbench:settings_tables"), "changes": recording.changes("tables", f"{playbook}/{name}"),
        "running_clocks": reverse("workbench:settings_recompute", args=[f"table/{playbook}/{name}"]),
    }  # fmt: skip
    return render(request, "workbench/settings/table.html", context, status=422 if form.errors else 200)


def _stored(request: HttpRequest, book: Playbook, shape: Shape, form: TableForm) -> HttpResponse:
    day = form.cleaned_data.get("valid_from")
    start = store(request, book, shape, form.value, day)
    messages.success(
        request, _("已保存，从 %(day)s 起生效。") % {"day": day} if day and start > clock.now()
        else _("已保存，从现在起开始的时限按新的值计算。"),
    )  # fmt: skip
    return redirect("workbench:settings_table", book.key, shape.name)


urlpatterns: list[URLPattern] = [
    path("settings/tables/", tables, name="settings_tables"),
    path("settings/tables/<slug:playbook>/<slug:name>", table, name="settings_table"),
]
