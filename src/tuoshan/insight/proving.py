"""Whether figures and search index say what the cases say, and bringing to that what does not.

What is on its way is no difference: a case whose event the worker has still to follow, history that is still to be
swept up, an answer or a customer's change that is still to be taken in. Cases are compared a few hundred at a time,
each part in one moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from django.db.models import Exists, Max, OuterRef, QuerySet

from tuoshan import clock
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases.models import Case
from tuoshan.cases.verifying import batches, one_moment
from tuoshan.insight import figures, index, indexing
from tuoshan.insight.content import Content, contents
from tuoshan.insight.following import CUSTOMER_JOB
from tuoshan.insight.models import CaseFigures, Entry, Progress
from tuoshan.secrets import Unreadable, strictly

InIndex = Literal["", "missing", "other", "unfound", "without_case"]
_INDEX = {
    "missing": ("不在查找索引里", "is not in the search index"),
    "other": ("查找索引里的内容不是工单现在的", "stands in the search index with what it is no longer"),
    "unfound": ("按查找索引里记的内容找不到", "is not found by what the search index has of it"),
    "without_case": ("统计或查找索引里有，工单却没有", "has figures or an entry of the search index, and is no case"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A case that figures or index tell otherwise. `columns` of its figures: (stored, right); `error`: why it cannot be
    told at all."""

    case_id: int
    number: str
    columns: Mapping[str, tuple[Any, Any]] = field(default_factory=lambda: MappingProxyType({}))
    in_index: InIndex = ""
    error: str = ""

    @property
    def needs_all_anew(self) -> bool:
        """Whether one case alone cannot be mended: entries stand in the order of their cases."""
        return self.in_index in ("missing", "without_case")

    def __str__(self) -> str:
        told = []
        if self.error:
            told.append((f"算不出来：{self.error}", f"cannot be worked out: {self.error}"))
        if self.in_index:
            told.append(_INDEX[self.in_index])
        if "id" in self.columns:
            told.append(("没有统计数字", "has no figures"))
        elif self.columns:
            wrong = [(name, *pair) for name, pair in self.columns.items()]
            told.append((
                "统计数字不对：" + "，".join(f"{name} 记着 {have!r}，应为 {want!r}" for name, have, want in wrong),
                "has other figures: " + ", ".join(f"{name} is {have!r}, not {want!r}" for name, have, want in wrong),
            ))  # fmt: skip
        zh, en = "；".join(one for one, _ in told), "; ".join(one for _, one in told)
        return f"{self.number} ({self.case_id}): {zh} / {en}"


def differences(
    case_ids: Sequence[int] | None = None, progress: Callable[[int], None] | None = None
) -> Iterator[Difference]:
    """Of these cases, or of all. `progress(done)` is told on the way."""
    done = 0
    for ids in batches(case_ids):
        yield from _of_batch(ids)
        done += len(ids)
        if progress is not None:
            progress(done)
    if case_ids is None:
        yield from _without_case()


def _without_case() -> Iterator[Difference]:
    with one_moment():
        lost = {*_lone(CaseFigures.objects.all(), "id"), *_lone(Entry.objects.all(), "case_id")}
    yield from (Difference(number, "?", in_index="without_case") for number in sorted(lost))


def _lone(rows: "QuerySet[Any]", name: str) -> Iterator[int]:
    return rows.filter(~Exists(Case.objects.filter(pk=OuterRef(name)))).values_list(name, flat=True).iterator()


def _of_batch(ids: Sequence[int]) -> list[Difference]:
    with one_moment() as cursor:
        cases = list(Case.objects.filter(id__in=ids).order_by("id"))
        entries = {entry.case_id: entry for entry in Entry.objects.filter(case_id__in=ids)}
        coming = _on_the_way(cases, entries)
        cases = [case for case in cases if case.pk not in coming]
        kept = CaseFigures.objects.in_bulk(list(ids))
        given = figures.answers(ids)
        right, errors = _contents(cases)
        unfound = _unfound(cursor, [entries[case.pk] for case in cases if case.pk in entries])
    found = []
    for case in cases:
        error = errors.get(case.pk, "")
        columns: Mapping[str, tuple[Any, Any]] = {}
        try:
            columns = figures.different(kept.get(case.pk), figures.figures_of(case, given.get(case.pk)))
        except Exception as why:
            error = f"{type(why).__name__}: {why}"
        stands = "" if error else _in_index(case, entries.get(case.pk), right[case.pk], unfound)
        if columns or stands or error:
            found.append(Difference(case.pk, case.number, columns, stands, error))
    return found


def _contents(cases: Sequence[Case]) -> tuple[dict[int, Content], dict[int, str]]:
    """What is to stand in the index, and why it cannot be told."""
    try:
        with strictly():
            return contents(cases), {}
    except Exception:
        found: dict[int, Content] = {}
        errors: dict[int, str] = {}
        for case in cases:
            try:
                with strictly():
                    found |= contents([case])
            except Exception as why:
                errors[case.pk] = f"{type(why).__name__}: {why}"
        return found, errors


def _in_index(case: Case, entry: Entry | None, right: Content, unfound: set[int]) -> InIndex:
    if entry is None or isinstance(entry.content, Unreadable):
        return "missing"
    if entry.pk in unfound:
        return "unfound"
    return "other" if entry.seq != case.seq or entry.content != right.to_text() else ""


def _unfound(cursor: Any, entries: Sequence[Entry]) -> set[int]:
    """The entries that the index does not find as they say."""
    told = {entry.pk: Content.from_text(entry.content) for entry in entries}
    return index.lacking(cursor, [(number, one.tokens, one.keys[0]) for number, one in told.items() if one.keys])


def _on_the_way(cases: Sequence[Case], entries: Mapping[int, Entry]) -> set[int]:
    """Cases that the worker has still to take in."""
    ids = [case.pk for case in cases]
    open_items = Item.objects.filter(done_at=None, parked_at=None)
    followed = open_items.filter(case_id__in=ids, kind="effect", name=indexing.EFFECT)
    found = {number for number in followed.values_list("case_id", flat=True) if number is not None}
    changed = {int(item.data["customer"]) for item in open_items.filter(kind="job", name=CUSTOMER_JOB)}
    swept = {row.name: row for row in Progress.objects.all()}
    after = swept[indexing.SWEEP].case_id if indexing.SWEEP in swept else 0
    again = swept[indexing.AGAIN].case_id if indexing.AGAIN in swept else None
    for case in cases:
        is_history = case.pk not in entries and case.pk > after
        if is_history or case.customer_id in changed or (again is not None and case.pk > again):
            found.add(case.pk)
    return found | _answered_late(ids, swept.get(indexing.ANSWERS))


def _answered_late(ids: Sequence[int], swept: Progress | None) -> set[int]:
    until = swept.at if swept is not None and swept.at is not None else clock.now() - indexing.ANSWERS_FIRST
    newest = SurveyAnswer.objects.filter(case_id__in=ids).order_by().values("case_id").annotate(at=Max("changed_at"))
    return {row["case_id"] for row in newest if row["at"] > until}


def mend(found: Sequence[Difference]) -> None:
    """Index these cases anew and work out their figures. Those that `needs_all_anew` want `reindex` instead."""
    told = [one for one in found if not one.error and not one.needs_all_anew]
    for start in range(0, len(told), indexing.AT_ONCE):
        part = told[start : start + indexing.AT_ONCE]
        unfound = [one.case_id for one in part if one.in_index == "unfound"]
        with write_transaction() as cursor:
            entries = list(Entry.objects.filter(case_id__in=unfound))
            index.write(cursor, [(one.pk, None, Content.from_text(one.content).tokens()) for one in entries])
            indexing.index_cases((one.case_id for one in part), anew=True)
