"""The parts of a rule book's copy in words: its tables, clauses, settings, periods, what is wrong with each, what was
taken out, and what was said to be meant."""

from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing import clause_editing, length_editing, table_editing
from tuoshan.core.policy.pack import Clause, InForce, Pack, example_title
from tuoshan.core.reading.findings import Finding
from tuoshan.office import rulebooks as office
from tuoshan.punctuation import listed, titled
from tuoshan.rulings import copying, lengths_in_words, library, publishing, taken_out
from tuoshan.rulings.cells_in_words import heading_words
from tuoshan.rulings.differences import Difference
from tuoshan.rulings.expressions_in_words import called, dates_words
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.reckoned_in_words import setting_value
from tuoshan.workbench.bookrescue import finding_told


def findings_shown(draft: BookDraft, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """All findings, each part of the book as `finding_shown` has it; an example stands once with all that is wrong."""
    found: list[dict[str, Any]] = []
    examples: dict[str, list[Finding]] = {}
    for one in findings:
        part, _dot, example = one.where.partition(".")
        if part != "examples":
            found.append(finding_shown(draft, one))
            continue
        if example not in examples:
            found.append(finding_shown(draft, one))
        examples.setdefault(example, []).append(one)
    for shown in found:
        if shown["example"]:
            shown["text"], shown["wrong"] = shown["place"], _wrong_in_example(examples[shown["example"]])
            shown["href"] = example_address(draft.name, shown["example"])
    return found


FAILS = ("例子不成立：", "the example fails: ")


def _wrong_in_example(findings: Sequence[Finding]) -> list[str]:
    """What is wrong in an example, without what every one of the sentences ends in; that stands once behind them."""
    told = [words(one.message) for one in findings]
    for prefix in FAILS:
        told = [one.removeprefix(prefix) for one in told]
    told = list(dict.fromkeys(told))
    end = _common_end(told) if len(told) > 1 else ""
    opens, closes = (" (", ")") if (get_language() or "").startswith("en") else ("（", "）")
    if opens not in end or not end.endswith(closes):
        return told
    end = end[end.index(opens) :]
    return [*(one.removesuffix(end) for one in told), end.strip()]


def _common_end(told: Sequence[str]) -> str:
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*(reversed(one) for one in told), strict=False))
    return "".join(signs[0] for signs in alike)[::-1]


def example_address(name: str, example: str) -> str:
    """Where an example of the copy stands by itself."""
    return f"{reverse('workbench:rule_example', args=[name])}?{urlencode({'example': example})}"


def elsewhere(draft: BookDraft, findings: Sequence[Finding], *, table: str, row: int) -> dict[str, Any]:
    """What is wrong besides one row of a table: examples that fail, each once, and how many other things."""
    grid = copying.table_of(draft, table)
    here = [one for _heading, one in copying.placed(findings, grid).by_row.get(row, ())]
    others = findings_shown(draft, [one for one in findings if one not in here])
    return {"examples": [one for one in others if one["example"]], "others": sum(not one["example"] for one in others)}


def say_saved(request: HttpRequest, name: str) -> None:
    """That what was typed is saved, and whether the copy is in order with it."""
    draft = publishing.open_draft(name)
    findings = publishing.prove_copy(draft).findings if draft is not None else ()
    if draft is None or not findings:
        messages.success(request, _("已保存并检查。"))
        return
    count = len(findings_shown(draft, findings))
    messages.warning(request, _("已保存。检查没有通过，规则包还有 %(count)d 处要改。") % {"count": count})


def finding_shown(draft: BookDraft, one: Finding) -> dict[str, Any]:
    """A finding in words, by the part of the book that it is about, with the way to the form that mends it."""
    part, _dot, rest = one.where.partition(".")
    href, example, place = "", "", ""
    if part == "tables":
        place, href = _place_in_table(draft, one, rest.partition(".")[0])
    elif part == "settings":
        known = library.newest(draft.name).settings.get(rest.partition(".")[0])
        place, href = words(known.label) if known else rest, reverse("workbench:rule_settings", args=[draft.name])
    elif part == "clauses":
        place = _("条款 %(name)s") % {"name": rest}
        if rest in _clauses_of(draft):
            href = reverse("workbench:rule_clause", args=[draft.name, rest])
    elif part == "values":
        place, href = _place_in_values(draft, rest.partition(".")[0])
    elif part == "examples":
        example, place = rest, _("例子“%(name)s”") % {"name": words(example_title(rest))}
    else:
        place = _("全文第 %(line)d 行") % {"line": one.line}
    missed = taken_out.clause_missed(draft.name, draft.text, one)
    return {"text": titled(place, finding_told(one)), "place": place, "href": href, "example": example,
            "missed": missed}  # fmt: skip


def _place_in_table(draft: BookDraft, one: Finding, table: str) -> tuple[str, str]:
    """The table's title with row and column, and where that row is changed."""
    title = _table_title(draft.name, table)
    try:
        grid = copying.table_of(draft, table)
        href = reverse("workbench:rule_table", args=[draft.name, table])
    except (copying.NotEditable, NoReverseMatch):
        return title, ""
    found = copying.placed([one], grid).by_row
    if not found:
        return title, href
    number, [(heading, _finding)] = next(iter(found.items()))
    row = _("《%(table)s》第 %(number)d 行") % {"table": title, "number": number + 1}
    language = get_language() or "zh-hans"
    column = heading_words(library.newest(draft.name), heading, language) if heading else ""
    return listed([row, column] if column else [row]), f"{href}#row-{number}"


def _place_in_values(draft: BookDraft, value: str) -> tuple[str, str]:
    """What the value is called; to the form, where it has a length that can be changed there."""
    try:
        known = {one.value for one in length_editing.lengths(draft.text).values()}
    except copying.NotEditable:
        known = set()
    href = reverse("workbench:rule_periods", args=[draft.name]) if value in known else ""
    return called(library.newest(draft.name), value, get_language() or "zh-hans"), href


def _table_title(name: str, table: str) -> str:
    known = library.newest(name).tables.get(table)
    return words(known.title) if known else table


def _clauses_of(draft: BookDraft) -> dict[str, copying.ClauseText]:
    try:
        return clause_editing.clauses(draft.text)
    except copying.NotEditable:
        return {}


def tables_and_clauses(
    draft: BookDraft, proved: publishing.Proved
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The tables and clauses of a copy: what each is called, whether it was changed, how many findings it has."""
    newest = library.newest(draft.name)
    text, files = library.text_of(newest)
    counts = copying.of_parts(proved.findings)
    tables = []
    for name in table_editing.table_names(draft.text):
        known = (proved.pack.tables if proved.pack else {}).get(name) or newest.tables.get(name)
        try:
            grid = copying.table_of(draft, name)
            same = name in newest.tables and copying.stamp(grid) == copying.stamp(table_editing.grid(text, files, name))
        except copying.NotEditable:
            continue
        tables.append({
            "name": name, "title": words(known.title) if known else name, "rows": len(grid.rows), "changed": not same,
            "wrong": counts.get(f"tables.{name}", 0),
        })  # fmt: skip
    before = clause_editing.clauses(text)
    clauses = [
        {"name": name, "zh": one.zh, "en": one.en, "text": _clause_text(one), "clause": one,
         "doubt": one.verify_number or one.provisional_zh,
         "dates": _clause_dates(proved.pack or newest, one),
         "changed": before.get(name) != one, "wrong": counts.get(f"clauses.{name}", 0)}
        for name, one in _clauses_of(draft).items()
    ]  # fmt: skip
    return tables, clauses


def settings_shown(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """The settings of a copy: what each is called and is, whether it was changed, who may change it."""
    language, before = get_language() or "zh-hans", library.newest(draft.name).settings
    counts = copying.of_parts(proved.findings)
    return [
        {"label": words(one.label), "value": setting_value(one, language), "doubt": words(one.provisional),
         "changed": name not in before or before[name].value != one.value,
         "managers": office.kept_to_managers(draft.name, one), "wrong": counts.get(f"settings.{name}", 0)}
        for name, one in office.settings_of(draft, proved.pack).items()
    ]  # fmt: skip


def periods_shown(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """The lengths of a copy's periods: what each is called and is, whether it was changed."""
    language, newest = get_language() or "zh-hans", library.newest(draft.name)
    try:
        known, before = (length_editing.lengths(text) for text in (draft.text, library.text_of(newest)[0]))
    except copying.NotEditable:
        return []
    counts = copying.of_parts(proved.findings)
    return [
        {"label": lengths_in_words.title(proved.pack or newest, one, language),
         "value": lengths_in_words.length_words(one, language), "changed": before.get(key) != one,
         "wrong": counts.get(f"values.{one.value}", 0)}
        for key, one in known.items()
    ]  # fmt: skip


def _clause_dates(pack: Pack, one: copying.ClauseText) -> str:
    """The dates of a clause as its form has them; as they were typed where they are none."""
    try:
        begins, until = (date.fromisoformat(day) if day else None for day in (one.begins, one.until))
    except ValueError:
        return f"{one.begins} → {one.until}"
    if not one.begins and not one.until:
        return ""
    return dates_words(pack, InForce(one.by, begins, until), get_language() or "zh-hans")


def _clause_text(one: copying.ClauseText) -> str:
    """What a clause of a copy says, behind its article."""
    typed = Clause("", Wording(one.zh, one.en), article=Wording(one.article_zh, one.article_en))
    return words(typed.told)


def meant_shown(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """What was said to be meant: of what, why; and whether there is still anything that asks."""
    if proved.pack is None:
        return []
    return [
        {"key": key, "because": words(proved.pack.meant[key]), "asks": finding is not None or not proved.good,
         "about": titled(finding_shown(draft, finding)["place"], words(finding.message)) if finding is not None else ""}
        for key, finding in proved.answered.items()
    ]  # fmt: skip


def edit_shown(one: Difference) -> dict[str, str]:
    """One thing that a copy says otherwise than the newest version."""
    return {"label": words(one.label), "before": words(one.before), "after": words(one.after)}


def gone_shown(draft: BookDraft) -> list[dict[str, Any]]:
    """What was taken out of the copy, in words."""
    found = taken_out.taken_out(draft.name, (draft.text, publishing.tables_of(draft)))
    return [{"gone": one, "label": words(one.label), "said": words(one.said)} for one in found]
