"""What a changed copy of a rule book would do to cases: every ruling of an open case and of the last quarter, and open
cases that have none, ruled on as if the newest version had been in force on their own dates, and as if the copy had.

What was asked on the bench and never became a case does not count: one matter may have been asked there many times. So
a change back shows the same amounts the other way. Which of the open cases a version really touches depends on the
day from which it counts: those whose own day, such as that of the sale, lies on it or later (`touching`).

It goes some at a time: the first at once, so that a small house sees the whole, the rest by a job. Every step commits
together with how far it has come, so that a kill anywhere loses and counts nothing twice. Where the copy or another
book changes meanwhile it stops: what it found is of a copy that is no more.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tuoshan import clock
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library as playbooks
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.core.case import CaseState
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import plain
from tuoshan.core.policy.comparing import Compared, Comparing, Past
from tuoshan.core.policy.editing.changes import changes
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import verdict
from tuoshan.parties.models import Person
from tuoshan.rulings import claims, keeping, library
from tuoshan.rulings.from_cases import is_told_of
from tuoshan.rulings.known import bought, known_of
from tuoshan.rulings.models import BookDraft, BookEffect, BookEffectLine, KeptRuling
from tuoshan.rulings.past_cases import QUARTER
from tuoshan.rulings.publishing import copy_of_newest, forget_effect, open_draft, tables_of
from tuoshan.rulings.surroundings import Surroundings
from tuoshan.rulings.touching import goes_by, supposed

JOB = "rule_book_effect"
GROUPS = ("open", "quarter")
IN_KIND = ("exchange", "reissue", "repair", "replace_part")
COUNTED_BY = "cases"
"""What was found by another way of counting is looked for anew."""
RULINGS_AT_ONCE = 500
CASES_AT_ONCE = 100
FORGOTTEN_AT_ONCE = 5000
AT_FIRST = 2
"""Steps of a run that whoever asked for it waits for."""
STEPS_AT_ONCE = 5
"""Of a worker, before it looks for what else is due."""
TAKEN_UP_AFTER = timedelta(seconds=3)


@dataclass(slots=True)
class Counted:
    """What was looked at in one of the groups. Costs are of all pieces of which the book speaks."""

    looked_at: int = 0
    unreadable: int = 0
    concerned: int = 0
    many: int = 0
    cost_before: Decimal = Decimal("0.00")
    cost_after: Decimal = Decimal("0.00")
    changed_before: Decimal = Decimal("0.00")
    changed_after: Decimal = Decimal("0.00")
    """Of those that change alone."""
    on_bench: int = 0
    """Rulings of the bench that never became a case; they are not looked at."""

    @property
    def costs_more(self) -> Decimal:
        return self.cost_after - self.cost_before

    @property
    def changed_more(self) -> Decimal:
        return self.changed_after - self.changed_before

    def speaks(self, costs: tuple[Decimal, Decimal], *, changed: bool) -> None:
        """One more of which the book speaks."""
        self.concerned += 1
        self.cost_before += costs[0]
        self.cost_after += costs[1]
        if changed:
            self.many += 1
            self.changed_before += costs[0]
            self.changed_after += costs[1]


@dataclass(slots=True)
class Unruled:
    """Open cases on which nobody has ruled, by what is known of them. They count in the open group where the book is
    certain to speak."""

    looked_at: int = 0
    concerned: int = 0
    many: int = 0
    asks: int = 0
    """Of those concerned, the ones in which something is to be asked first."""
    unsure: int = 0
    """Too little is known to say whether the book speaks."""
    closed: int = 0
    """Cases of the last quarter that ended without a ruling; they are not looked at."""


@dataclass(slots=True)
class Counts:
    """What came of a run so far."""

    open: Counted = field(default_factory=Counted)
    quarter: Counted = field(default_factory=Counted)
    unruled: Unruled = field(default_factory=Unruled)


def counts_of(run: BookEffect) -> Counts:
    """What came of it so far."""
    kept: dict[str, dict[str, Any]] = json.loads(run.counts)
    found = Counts()
    for name, values in kept.items():
        part = getattr(found, name)
        for key, value in values.items():
            setattr(part, key, Decimal(value) if isinstance(value, str) else value)
    return found


def _as_text(counts: Counts) -> str:
    parts: dict[str, Counted | Unruled] = {"open": counts.open, "quarter": counts.quarter, "unruled": counts.unruled}
    return json.dumps({
        name: {one.name: _plain(getattr(part, one.name)) for one in fields(part)} for name, part in parts.items()
    })  # fmt: skip


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


# -- a run --------------------------------------------------------------------------------------------------------


def key_of(draft: BookDraft) -> str:
    """Of which copy, beside which books."""
    said = [draft.name, draft.text, tables_of(draft), [pack.hash for pack in library.packs()],
            [str(pack.in_force) for pack in library.packs()], COUNTED_BY]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def found_for(draft: BookDraft) -> BookEffect | None:
    """What was found, or is being found, for the copy as it is now."""
    return BookEffect.objects.filter(name=draft.name, key=key_of(draft)).first()


def begin(draft: BookDraft, person_id: int, *, again: bool = False) -> BookEffect:
    """Look at everything, from the beginning where `again` asks for that; what is found or going on already counts."""
    found = found_for(draft)
    if found is not None and not (again and found.ended_at):
        return found
    key, told = key_of(draft), _told_of()
    total = KeptRuling.objects.count() + Case.objects.filter(ended=False, playbook__in=told).count()
    try:
        with write_transaction():
            forget_effect(draft.name)
            run = BookEffect.objects.create(
                name=draft.name, key=key, person_id=person_id, begun_at=clock.now(), counts=_as_text(Counts()),
                total=total,
            )  # fmt: skip
            _hand_over(run)
    except IntegrityError:
        other = BookEffect.objects.filter(name=draft.name).first()
        if other is None:
            raise
        return other
    for _step in range(AT_FIRST):
        if not take_some(run):
            break
    return run


def _hand_over(run: BookEffect) -> None:
    """A worker goes on a little later, also where what is done at once fails."""
    claiming.put(
        kind="job", name=JOB, key=f"{JOB}:{run.pk}", due_at=clock.now() + TAKEN_UP_AFTER,
        payload={"effect": str(run.pk)},
    )  # fmt: skip


def go_on(item: Item, now: datetime) -> datetime | None:
    """Some steps of a run; the moment of the next ones, None at the end."""
    run = BookEffect.objects.filter(pk=int(item.data["effect"]), ended_at=None).first()
    if run is None:
        return None
    return now if all(take_some(run) for _step in range(STEPS_AT_ONCE)) else None


def take_some(run: BookEffect) -> bool:
    """Look at some more; whether anything is left. Rulings first, the newest first, then cases without any."""
    draft = open_draft(run.name) or copy_of_newest(run.name)
    pack = _pack(draft, run.key)
    if pack is None:
        return False
    newest = library.newest(run.name)
    comparing = Comparing(supposed(newest), supposed(pack))
    counts = counts_of(run)
    if run.after_case is None:
        return _keep(run, counts, _rulings(run, comparing, counts))
    return _keep(run, counts, _cases(run, comparing, counts))


_read: dict[str, Pack] = {}
"""The copy that was read last, by its key: a run reads the same one at every step."""


def _pack(draft: BookDraft, key: str) -> Pack | None:
    """The copy that the run is about; None where it is another one by now."""
    if key_of(draft) != key:
        return None
    if key not in _read:
        pack = library.read_version(draft.name, draft.text, tables_of(draft)).pack
        _read.clear()
        if pack is None:
            return None
        _read[key] = pack
    return _read[key]


@dataclass(slots=True)
class _Step:
    """What a step has seen: where the next one begins, and the lines that change."""

    looked: int
    before_ruling: int | None
    after_case: int | None
    ended: bool
    lines: list[BookEffectLine]


def _keep(run: BookEffect, counts: Counts, step: _Step) -> bool:
    """Write down a step; another worker that took the same one is the one that counts."""
    row = BookEffect.objects.filter(pk=run.pk, before_ruling=run.before_ruling, after_case=run.after_case)
    text, ended_at = _as_text(counts), clock.now() if step.ended else None
    with write_transaction():
        kept = row.filter(ended_at=None).update(
            before_ruling=step.before_ruling, after_case=step.after_case, looked=run.looked + step.looked,
            counts=text, ended_at=ended_at,
        )  # fmt: skip
        if kept:
            BookEffectLine.objects.bulk_create(step.lines)
    run.refresh_from_db()
    return bool(kept) and not step.ended


def forget_lines() -> bool:
    """Take away lines of runs that are no more; whether there may be others."""
    gone = BookEffectLine.objects.exclude(effect_id__in=BookEffect.objects.values("pk"))
    ids = list(gone.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    BookEffectLine.objects.filter(pk__in=ids).delete()
    return len(ids) == FORGOTTEN_AT_ONCE


# -- rulings that were kept ---------------------------------------------------------------------------------------


def _rulings(run: BookEffect, comparing: Comparing, counts: Counts) -> _Step:
    kept = KeptRuling.objects.order_by("-id")
    if run.before_ruling is not None:
        kept = kept.filter(pk__lt=run.before_ruling)
    rows = list(kept.values_list("pk", "case_id", "session", "kept_at")[:RULINGS_AT_ONCE])
    cases = {case_id for _pk, case_id, _session, _at in rows if case_id is not None}
    going = set(Case.objects.filter(pk__in=cases, ended=False).values_list("pk", flat=True))
    counting, since = keeping.counting(cases), run.begun_at - QUARTER
    wanted: dict[int, tuple[int, bool, bool]] = {}
    for pk, case_id, session, kept_at in rows:
        newest = counting.get(case_id) if case_id is not None else None
        if newest is not None and pk != newest[0] and (not session or session != newest[1]):
            continue
        is_open, in_quarter = case_id in going, kept_at >= since
        if case_id is None:
            counts.quarter.on_bench += in_quarter
        elif is_open or in_quarter:
            wanted[pk] = (case_id, is_open, in_quarter)
    lines = list(_held_against(run, comparing, counts, wanted))
    last = len(rows) < RULINGS_AT_ONCE
    return _Step(len(rows), rows[-1][0] if rows else run.before_ruling, 0 if last else None, False, lines)


def _held_against(
    run: BookEffect, comparing: Comparing, counts: Counts, wanted: Mapping[int, tuple[int, bool, bool]]
) -> Iterator[BookEffectLine]:
    rows = list(KeptRuling.objects.filter(pk__in=wanted).only(*claims.COMPARED).order_by("-id"))
    past = {row.pk: claims.past(row) for row in rows}
    compared = {pk: comparing.of(one) for pk, one in past.items()}
    costs = claims.costs_of_each(rows, compared, comparing)
    for row in rows:
        case_id, is_open, in_quarter = wanted[row.pk]
        groups = [one for one, there in ((counts.open, is_open), (counts.quarter, in_quarter)) if there]
        both = compared[row.pk]
        for group in groups:
            group.unreadable += both is None
            group.looked_at += both is not None
        if both is None or not both.concerned:
            continue
        line = _line(run, both, costs[row.pk], _day_of(run, past[row.pk].facts))
        for group in groups:
            group.speaks(costs[row.pk], changed=line is not None)
        if line is not None:
            line.ruling_id, line.case_id, line.is_open, line.in_quarter = row.pk, case_id, is_open, in_quarter
            yield line


def _day_of(run: BookEffect, facts: Mapping[str, object]) -> date | None:
    try:
        return date.fromisoformat(str(facts.get(goes_by(run.name), "")))
    except ValueError:
        return None


def _line(run: BookEffect, both: Compared, costs: claims.Costs, day: date | None) -> BookEffectLine | None:
    """What changes, in words; None where nothing does."""
    if both.before is None or both.after is None:
        return None
    said = changes(both.before, both.after)
    if not said:
        return None
    told = {
        "changes": [_both(one) for one in said], "before": _both(verdict(both.before)),
        "after": _both(verdict(both.after)), "in_kind": [_in_kind(both.before), _in_kind(both.after)],
    }  # fmt: skip
    return BookEffectLine(
        effect_id=run.pk, is_open=True, in_quarter=False, goes_by=day, told=json.dumps(told, ensure_ascii=False),
        cost_before=costs[0], cost_after=costs[1],
    )  # fmt: skip


def _in_kind(ruling: Ruling) -> list[str]:
    """The remedies that cost goods, work or freight and no money to the customer."""
    return [one.remedy for one in ruling.rights if one.remedy in IN_KIND]


def _both(words: Wording) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


# -- open cases without a ruling ----------------------------------------------------------------------------------


def _told_of() -> list[str]:
    """The processes of which the rule books are told anything."""
    return [key for key in playbooks.everything() if is_told_of(key)]


def _cases(run: BookEffect, comparing: Comparing, counts: Counts) -> _Step:
    found = Case.objects.filter(ended=False, playbook__in=_told_of(), pk__gt=run.after_case or 0).order_by("pk")
    cases: Sequence[Case] = list(found[:CASES_AT_ONCE])
    ids = [case.pk for case in cases]
    ruled = set(KeptRuling.objects.filter(case_id__in=ids).values_list("case_id", flat=True))
    viewer = Person.objects.get(pk=run.person_id)
    today, lines = timezone.localdate(run.begun_at), []
    unruled = [(case, Row.of(case).state) for case in cases if case.pk not in ruled]
    around = Surroundings.of(unruled, viewer)
    for case, state in unruled:
        line = _unruled(run, comparing, counts, _Open(case, state, around, viewer), today)
        lines += [line] if line is not None else []
    last = len(cases) < CASES_AT_ONCE
    if last:
        counts.unruled.closed = _closed_unruled(run.begun_at)
    return _Step(len(cases), run.before_ruling, ids[-1] if ids else run.after_case, last, lines)


def _closed_unruled(now: datetime) -> int:
    ended = Case.objects.filter(ended=True, is_history=False, closed_at__gte=now - QUARTER, playbook__in=_told_of())
    return ended.exclude(Exists(KeptRuling.objects.filter(case_id=OuterRef("pk")))).count()


@dataclass(frozen=True, slots=True)
class _Open:
    """An open case on which nobody has ruled, and what it stands on."""

    case: Case
    state: CaseState
    around: Surroundings
    viewer: Person


def _unruled(
    run: BookEffect, comparing: Comparing, counts: Counts, one: _Open, today: date
) -> BookEffectLine | None:
    """A case by what is known of it; only what the book is certain to speak of counts."""
    counts.unruled.looked_at += 1
    case = one.case
    try:
        known = known_of(case, one.state, library.facts(), one.viewer, None, one.around)
        line_of_order = bought(case, one.state, one.around)
    except playbooks.PlaybookUnknown:  # it can only be finished; nothing is known by its facts
        counts.unruled.unsure += 1
        return None
    facts = {name: plain(told.value) for name, told in known.items()}
    both = comparing.of(Past(case.number, today, facts))
    if both is None or (both.concerned and not both.certain):
        counts.unruled.unsure += 1
        return None
    if not both.concerned:
        return None
    pieces = line_of_order.pieces if line_of_order is not None else 1
    costs = claims.costs(both, pieces)
    line = _line(run, both, costs, _day_of(run, facts))
    counts.unruled.concerned += 1
    counts.unruled.many += line is not None
    counts.unruled.asks += both.after is not None and bool(both.after.questions)
    counts.open.speaks(costs, changed=line is not None)
    if line is not None:
        line.case_id = case.pk
    return line
