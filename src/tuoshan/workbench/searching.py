"""Search: words, names, phones and numbers with conditions; the palette's results; filters that are kept."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuoshan.cases import library
from tuoshan.catalog.models import Category, Product
from tuoshan.identifiers import is_id
from tuoshan.insight import names, overrides, search, snippets
from tuoshan.insight.conditions import NONE, Conditions
from tuoshan.insight.measures import MEASURES
from tuoshan.insight.reports import pages_of
from tuoshan.office import filters
from tuoshan.parties import reach as reaching
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.name_order import name_order
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench.cards import Card, cards, state_title

PALETTE_ROWS = 8
MORE_THAN_TITLE = 6
MOST_SUGGESTED = 500
NARROWING = (
    "state", "playbook", "category", "line", "product", "grade", "channel", "unit", "handler", "history", "imported",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A found case as a row: its title with what was found marked, and the place in its text."""

    card: Card
    title: tuple[snippets.Piece, ...]
    pieces: tuple[snippets.Piece, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in force and the address without it."""

    title: str
    without: str


@dataclass(frozen=True, slots=True)
class Select:
    """One condition as a field of the form: value and title of each entry. Where entries are `suggested`, one types,
    and `value` is what stands in the field."""

    name: str
    title: str
    value: str
    entries: list[tuple[str, str]]
    suggested: bool = False


@permitted("workbench.search")
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """The search with its results; asked for with a cursor, the rows that follow."""
    conditions = Conditions.read(request.GET.dict())
    cursor = request.GET.get("cursor", "")
    try:
        found = search.find(request.user, conditions, cursor)
    except search.CursorBroken as error:
        raise Http404 from error
    shown = {
        "conditions": conditions,
        "results": _results(found, request.user),
        "back": reverse("workbench:search") + conditions.address(),
        "next": f"{reverse('workbench:search')}{_with(conditions, cursor=found.next)}" if found.next else "",
    }
    if cursor:
        return render(request, "workbench/searching/rows.html", shown)
    chips = chips_of(conditions)
    shown |= {
        "selects": selects(request.user, conditions),
        "chips": chips,
        "title": figure_title(conditions),
        "count": filters.count_text(filters.counted(request.user, conditions)) if found.hits else "0",
        "filters": filters.listed(request.user),
        "may_save": allowed(request.user, "workbench.saved_filter") and not conditions.is_empty,
        "may_share": filters.may_share(request.user),
        "may_export": allowed(request.user, "workbench.report_export"),
        "export_href": reverse("workbench:report_export", args=["cases"]) + conditions.address(),
        "suggested": _("、").join(chip.title for chip in chips)[: filters.TITLE_LENGTH] or conditions.q,
        "understood": not conditions.q or bool(found.wanted),
        "misheard": found.wanted.misheard and not found.hits,
    }
    return render(request, "workbench/searching/page.html", shown)


def _with(conditions: Conditions, **more: str) -> str:
    address = conditions.address()
    extra = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{address}&{extra}" if address else f"?{extra}"


def _results(found: search.Found, person: Any) -> list[Result]:
    shown = cards([hit.case for hit in found.hits], person)
    return [
        Result(card, snippets.marked(hit.case.title, found.wanted), _beyond_title(hit))
        for hit, card in zip(found.hits, shown, strict=True)
    ]


def _beyond_title(hit: search.Hit) -> tuple[snippets.Piece, ...]:
    """The place in the text, unless it says little more than the title above it."""
    text, title = "".join(piece.text for piece in hit.pieces), hit.case.title.rstrip("…")
    says_more = len(text) > len(title) + MORE_THAN_TITLE or not text.startswith(title)
    return hit.pieces if says_more else ()


# -- the conditions as people see them ------------------------------------------------------------------------


def selects(person: Any, conditions: Conditions) -> list[Select]:
    """The form's fields; a value that stands in no list is kept as an entry of its own."""
    found = [
        Select("state", _("状态"), conditions.state, [("open", _("未结")), ("closed", _("已结"))]),
        Select("playbook", _("流程"), conditions.playbook, [(k, names.playbook(k)) for k in library.everything()]),
        Select("category", _("类别"), conditions.category, [*category_entries(), (NONE, _("未分类"))]),
        Select("line", _("品类"), conditions.line, [*((name, name) for name in names.lines()), (NONE, _("没有品类"))]),
        _product_field(conditions.product),
        Select("grade", _("等级"), conditions.grade, [(value, names.grade(value)) for value in names.GRADES]),
        Select("channel", _("来源"), conditions.channel, names.choices("channel")),
        Select("unit", _("单位"), conditions.unit, unit_entries(person)),
        Select("handler", _("经办人"), conditions.handler, [*handler_entries(), (NONE, _("未分派"))]),
        Select("history", _("历史工单"), conditions.history, [("no", _("不含")), ("only", _("只看"))]),
    ]
    for one in found:
        if one.value and not one.suggested and one.value not in {value for value, _title in one.entries}:
            one.entries.append((one.value, _value_title(one.name, one.value)))
    return found


def _product_field(value: str) -> Select:
    """A product is typed, by its code or by what is suggested: there may be thousands."""
    chosen = names.products([int(value[1:])]).get(int(value[1:]), "") if value.startswith("=") else value
    rows = Product.objects.filter(is_active=True).order_by("name")[:MOST_SUGGESTED]
    entries = [*((str(row), row.name) for row in rows), (NONE, _("没有填商品"))]
    return Select("product", _("商品"), chosen, entries, suggested=True)


def category_entries() -> list[tuple[str, str]]:
    """Both levels, the lower ones under theirs."""
    found: list[tuple[str, str]] = []
    for top in Category.objects.filter(parent=None, is_active=True).prefetch_related("children"):
        found.append((str(top.pk), top.name))
        found += [(str(one.pk), f"{top.name} / {one.name}") for one in top.children.all() if one.is_active]
    return found


def unit_entries(person: Any) -> list[tuple[str, str]]:
    """Units within reach, each under its own."""
    seen = reaching.units_within(person)
    rows = OrgUnit.objects.filter(pk__in=seen, is_active=True).order_by("path")
    return [(str(row.pk), "　" * max(row.path.count("/") - 1, 0) + row.name) for row in rows]


def handler_entries() -> list[tuple[str, str]]:
    """Whoever may have a case, by name."""
    rows = sorted(Person.objects.filter(is_active=True), key=lambda row: name_order(str(row)))
    return [(str(row.pk), str(row)) for row in rows]


def _value_title(name: str, value: str) -> str:
    if value == NONE:
        return {
            "category": _("未分类"), "unit": _("没有单位"), "handler": _("未分派"), "product": _("没有填商品"),
            "line": _("没有品类"),
        }.get(name, _("未填"))  # fmt: skip
    number = int(value.removeprefix("=")) if is_id(value.removeprefix("=")) else 0
    match name:
        case "category":
            return names.categories().get(number, value)
        case "product":
            return names.products([number]).get(number, value)
        case "unit":
            return names.units().get(number, value)
        case "handler":
            return names.people().get(number, value)
        case "playbook":
            return names.playbook(value)
        case "grade":
            return names.grade(value)
        case "channel":
            return names.channel(value)
        case "imported":
            return names.imported(number)
        case "history":
            return {"no": _("不含历史工单"), "only": _("只看历史工单")}[value]
        case "state":
            return {"open": _("未结"), "closed": _("已结")}[value]
    return value


def figure_title(conditions: Conditions) -> str:
    """What a report's number says, in words; empty for a plain search."""
    name, _colon, value = conditions.figure.partition(":")
    if name not in MEASURES:
        return ""
    title = str(MEASURES[name][0])
    if value:
        shown = {"cause": names.cause, "liable": names.liable, "late": names.clock, "kept": names.clock,
                 "overridden": overrides.value_title, "reason": names.reason, "reason_good": names.reason,
                 "reason_poor": names.reason}.get(name)  # fmt: skip
        title += _("：") + (shown(value) if shown else _("%(score)s 分") % {"score": value})
    elif name in ("cause", "liable"):
        title += _("：") + _("未填")
    since, until = conditions.figure_from, conditions.figure_to
    if name != "running_late" and since and until:
        title += _("，%(since)s 至 %(until)s") % {"since": since, "until": until}
    return title


def chips_of(conditions: Conditions) -> list[Chip]:
    """Every condition but the words, each with the address that drops it."""
    here = reverse("workbench:search")
    found = []
    for name in NARROWING:
        value = getattr(conditions, name)
        if value:
            found.append(Chip(_value_title(name, value), here + conditions.address(**{name: ""})))
    if conditions.since:
        found.append(Chip(_("%(day)s 起登记") % {"day": conditions.since}, here + conditions.address(since=None)))
    if conditions.until:
        found.append(Chip(_("%(day)s 止登记") % {"day": conditions.until}, here + conditions.address(until=None)))
    if title := figure_title(conditions):
        without = conditions.address(figure="", figure_from=None, figure_to=None)
        found.append(Chip(title, here + without))
    return found


# -- the palette ------------------------------------------------------------------------------------------------


@permitted("workbench.palette")
@require_safe
def palette(request: HttpRequest) -> JsonResponse:
    """Cases by number, phone, name or text, then the search itself, for the command palette."""
    text = request.GET.get("q", "").strip()
    if not text:
        return JsonResponse({"results": []})
    found = search.find(request.user, Conditions(q=text[:200]), size=PALETTE_ROWS)
    results = [
        {
            "title": f"{hit.case.number} {hit.case.title}".strip(),
            "hint": state_title(hit.case),
            "href": reverse("workbench:case", args=[hit.case.number]),
            "icon": "check" if hit.case.ended else "clip",
        }
        for hit in found.hits
    ]
    if found.wanted.misheard and not found.hits:
        results.append({"title": _("编号的末位校验数字不对"), "hint": _("去掉末位可照样查找"), "icon": "alert",
                        "href": reverse("workbench:search") + Conditions(q=text[:200]).address()})  # fmt: skip
    results += _screens(request, text)
    results.append(
        {
            "title": _("查找“%(text)s”") % {"text": text[:40]}, "hint": "",
            "href": reverse("workbench:search") + Conditions(q=text[:200]).address(), "icon": "search",
        }
    )  # fmt: skip
    return JsonResponse({"results": results})


def _screens(request: HttpRequest, text: str) -> list[dict[str, str]]:
    """Reports and saved filters whose name has the text; other screens stand in the rail, which the palette reads."""
    plain = text.casefold()
    found = []
    if allowed(request.user, "workbench.report"):
        for name, title in pages_of(request.user).items():
            if plain in str(title).casefold():
                href = reverse("workbench:report", args=[name])
                found.append({"title": str(title), "hint": _("报表"), "href": href, "icon": "chart"})
    return found


# -- filters that are kept -----------------------------------------------------------------------------------------


@permitted("workbench.saved_filter")
@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the conditions of this search under a name; shared with everybody by supervisors only."""
    conditions = Conditions.read(request.POST.dict())
    shared = request.POST.get("shared") == "1"
    try:
        kept = filters.keep(request.user, request.POST.dict(), request.POST.get("title", ""), shared=shared)
    except filters.NotKept as problem:
        messages.error(request, str(problem))
        return redirect(reverse("workbench:search") + conditions.address())
    messages.success(request, _("已保存筛选“%(title)s”，在左侧可以随时打开。") % {"title": kept.title})
    return redirect("workbench:queue", f"{filters.PREFIX}{kept.pk}")


@permitted("workbench.saved_filter")
@require_POST
def change_filter(request: HttpRequest, number: int) -> HttpResponse:
    """Rename, share, stop sharing, or delete. A filter that is another's is not there."""
    kept = filters.changeable(request.user, f"{filters.PREFIX}{number}")
    if request.POST.get("do") == "delete":
        filters.remove(kept)
        messages.success(request, _("已删除筛选“%(title)s”。") % {"title": kept.title})
        return redirect("workbench:search")
    filters.change(request.user, kept, request.POST.get("title", ""), shared=request.POST.get("shared") == "1")
    messages.success(request, _("已更新筛选“%(title)s”。") % {"title": kept.title})
    return redirect("workbench:queue", f"{filters.PREFIX}{kept.pk}")


urlpatterns = [
    path("search", search_page, name="search"),
    path("palette", palette, name="palette"),
    path("search/filters", save_filter, name="saved_filter"),
    path("search/filters/<int:number>", change_filter, name="saved_filter"),
]
