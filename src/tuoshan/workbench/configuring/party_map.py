"""Who each party of the playbooks is in this company, and which of them nobody is."""


from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.identifiers import id_in
from tuoshan.office.settings import recording
from tuoshan.office.settings.party_map import (
    GENERAL,
    PartyForm,
    Way,
    changing,
    entries,
    is_nobody,
    party_titles,
    text_of,
    title_of,
    warnings,
    ways_of,
)
from tuoshan.parties.models import PartyMap
from tuoshan.parties.permissions import permitted


@permitted("workbench.settings_party_map")
@require_safe
def party_map(request: HttpRequest) -> HttpResponse:
    """The whole map, with what nobody is at the top."""
    query = request.GET.get("q", "").strip().casefold()
    known = [entry for entry in entries() if query in f"{entry.party} {entry.title}".casefold()]
    context = {
        "entries": sorted(known, key=lambda entry: not entry.nobody), "query": query, "warnings": warnings(),
        "changes": recording.changes("party_map"),
    }  # fmt: skip
    return render(request, "workbench/settings/party_map.html", context)


@permitted("workbench.settings_party")
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: HttpRequest, playbook: str, name: str) -> HttpResponse:
    """One party, for all playbooks or for one: the ways of being it, one more, or one less."""
    books = library.everything()
    key = "" if playbook == GENERAL else playbook
    titles = party_titles(books.values())
    rows = ways_of(name, key)
    if (key and key not in books) or (name not in titles and not rows):
        raise Http404
    form = PartyForm(
        request.POST if request.method == "POST" and "remove" not in request.POST else None,
        instance=PartyMap(party=name, playbook=key), parties=[one for one in titles.items() if one[0] != name],
    )  # fmt: skip
    if request.method == "POST" and ("remove" in request.POST or form.is_valid()):
        with changing(request, name, key):
            if "remove" in request.POST:
                get_object_or_404(PartyMap, pk=id_in(request.POST["remove"]), party=name, playbook=key).delete()
            else:
                form.save()
        messages.success(request, _("已保存。"))
        return redirect("workbench:settings_party", playbook, name)
    context = {
        "form": form, "party": name, "title": title_of(name, titles), "playbook": playbook,
        "playbook_title": words(books[key].title) if key else _("所有流程"),
        "ways": [Way(row, text_of(row, titles), is_nobody(row)) for row in rows],
        "others": [
            (GENERAL, _("所有流程")),
            *((one, words(book.title)) for one, book in books.items() if name in book.parties),
        ],
        "back": reverse("workbench:settings_party_map"),
        "changes": recording.changes("party_map", f"{playbook}/{name}"),
    }  # fmt: skip
    return render(request, "workbench/settings/party.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("settings/party-map/", party_map, name="settings_party_map"),
    path("settings/party-map/<slug:playbook>/<slug:name>", party, name="settings_party"),
]
