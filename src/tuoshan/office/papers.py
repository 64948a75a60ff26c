"""A case on paper: the record, the whole file for the archive, and the letter with the decision to the customer.

What a paper says follows whom it is for. Record and file are the house's own: findings against a person stand there
for those alone who may see them, contact data as the reader sees it. The letter is told from what the customer may
know; no note, call or finding ever reaches it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from tuoshan import clock, punctuation
from tuoshan.cases import calendars, library, meanings
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.cases.summary import is_outside
from tuoshan.catalog.models import Category, Product
from tuoshan.core.case import CaseState, Event
from tuoshan.core.facts import encode
from tuoshan.core.playbook import Playbook
from tuoshan.documents import pdf, storage
from tuoshan.documents.gaps import whole, with_gaps
from tuoshan.documents.models import Evidence
from tuoshan.documents.papers import (
    ArchiveData,
    EvidenceLine,
    Issuer,
    LetterData,
    Picture,
    RecordData,
    TimelineLine,
)
from tuoshan.documents.showing import gone_title
from tuoshan.insight.story import Audience, Entry, Story
from tuoshan.insight.values import channel_title, shown_value
from tuoshan.intake.texts import said_field
from tuoshan.integrations.recipients import language_of
from tuoshan.integrations.recipients import of_case as customer_of
from tuoshan.knowledge import links, wording
from tuoshan.knowledge.case_values import of_case
from tuoshan.knowledge.company import company
from tuoshan.office import customers
from tuoshan.parties.models import OrgUnit, Person

Kind = Literal["record", "archive", "letter"]
KINDS: tuple[Kind, ...] = ("record", "archive", "letter")
REMEDY = "remedy_steps"
REASONS = ("review_why", "why")
"""Facts that say why: the reviewer's of an appeal, and the first decision's."""
FOUND = ("cause", "root_cause", "liable", "finding_person")
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
MOST_PICTURES = 40
"""Pictures in one file; further ones are in the list of evidence."""


class NoDecision(Exception):
    """Nothing that a letter could tell: no decision has reached the customer's turn yet. Or nobody to tell it to: the
    customer was erased.
    """


@dataclass(frozen=True)
class Decision:
    """A step by which the customer was told what we do, or why not."""

    event: Event
    title: str
    with_remedy: bool
    reason: str = ""
    """The fact that says why."""


def paper(case: Case, kind: Kind, person: Any, *, language: str) -> bytes:
    """The paper as PDF, in this language. Raises NoDecision for a letter before there is one, and NotWhole for a letter
    of which something cannot be decrypted; the house's own papers say so at their head.
    """
    spoken: pdf.Language = "en" if language.startswith("en") else "zh-hans"
    with override(spoken):
        match kind:
            case "letter":
                return pdf.letter(whole(lambda: letter_data(case, spoken)), language=spoken)
            case "archive":
                file, gaps = with_gaps(lambda: archive_data(case, person, spoken))
                told = replace(file, record=replace(file.record, gaps=gaps))
                return pdf.archive(told, language=spoken)
        record, gaps = with_gaps(lambda: record_data(case, person, spoken))
        return pdf.record(replace(record, gaps=gaps), language=spoken)


def letter_language(case: Case) -> str:
    """The language of whom the letter is for."""
    return language_of(customer_of(case))


# -- for the house -------------------------------------------------------------------------------------------------


def record_data(case: Case, person: Any, language: str) -> RecordData:
    """The case with its particulars, course and evidence, without what was written back and forth."""
    return _record(Story(case, _playbook(case), Audience.staff(person)), person, language)


def archive_data(case: Case, person: Any, language: str) -> ArchiveData:
    """Everything about the case that this person may see, notes among colleagues included."""
    story = Story(case, _playbook(case), Audience.staff(person))
    pictures = [one for one in story.evidence.values() if one.content_type in PICTURES]
    return ArchiveData(
        _record(story, person, language),
        conversation=tuple(_line(one) for one in story.entries() if one.kind != "event"),
        pictures=tuple(found for one in pictures[:MOST_PICTURES] if (found := _picture(one)) is not None),
        chain_head=case.head_hash,
    )


def _record(story: Story, person: Any, language: str) -> RecordData:
    case = story.case
    said = said_field(story.playbook)
    shown = dict(_facts(story))
    return RecordData(
        _issuer(language),
        case.number,
        case.created_at,
        complaint=_complaint(case, shown.pop(said, "")),
        particulars=(*_who_and_what(story, person), *_labelled(story, (n for n in shown if n not in FOUND), shown)),
        timeline=tuple(_line(one) for one in story.entries() if one.kind == "event"),
        evidence=tuple(_evidence(story, one) for one in story.files.values()),
        findings=tuple(_labelled(story, (name for name in FOUND if name in shown), shown)),
        signatures=(_("经办人"), _("主管")),
        printed_at=clock.now(),
        printed_by=str(person),
    )


def _complaint(case: Case, said: str) -> str:
    """What was complained of, in full where it is still there."""
    return said if said and not case.is_erased else case.title


def _facts(story: Story) -> Iterable[tuple[str, str]]:
    """Every fact that has a field and that the reader may see, in the playbook's order."""
    state = _state(story.case)
    for name, known in story.playbook.facts.items():
        value = state.facts.get(name)
        if value is not None and (story.audience.findings or not known.supervisors_only):
            yield name, shown_value(known, encode(value), story.record.words, story.people)


def _labelled(story: Story, names: Iterable[str], shown: dict[str, str]) -> Iterable[tuple[str, str]]:
    return [(words(story.playbook.facts[name].label), shown[name]) for name in names if name not in ALREADY]


ALREADY = frozenset({"channel", "category", "product"})
"""Facts that stand among the particulars of the case itself."""


def _who_and_what(story: Story, person: Any) -> Iterable[tuple[str, str]]:
    case, customer = story.case, story.customer
    contact = customers.particulars(person, customer) if customer else {"phone": "", "email": ""}
    handler = Person.objects.filter(pk=case.handler_id or 0).first()
    unit = OrgUnit.objects.filter(pk=case.unit_id or 0).first()
    category = Category.objects.select_related("parent").filter(pk=case.category_id or 0).first()
    product = Product.objects.filter(pk=case.product_id or 0).first()
    state = story.playbook.states.get(case.state)
    found = [
        (_("流程"), words(story.playbook.title)),
        (_("状态"), words(state.title) if state else case.state),
        (_("客户"), customer.shown_name if customer else ""),
        (_("电话"), contact["phone"]),
        (_("邮箱"), contact["email"]),
        (_("来源"), channel_title(case.channel)),
        (_("单位"), str(unit or "")),
        (_("经办人"), str(handler or "")),
        (_("类别"), category.full_name if category else ""),
        (_("商品"), product.name if product else ""),
    ]
    return [(label, value) for label, value in found if value]


def _line(entry: Entry) -> TimelineLine:
    parts = [entry.title, entry.text, *(punctuation.titled(one.label, one.value) for one in entry.details)]
    marks = {"note": _("备注"), "call": _("通话"), "in": _("来信"), "out": _("去信")}
    said = "\n".join(part for part in parts if part)
    return TimelineLine(entry.at, f"[{marks[entry.kind]}] {said}" if entry.kind in marks else said, entry.who)


def _evidence(story: Story, row: Evidence) -> EvidenceLine:
    who = story.people.get(row.actor_id or 0, "") if row.actor_kind == "person" else ""
    if row.actor_kind == "person" and not who:
        who = str(Person.objects.filter(pk=row.actor_id or 0).first() or "")
    if row.actor_kind == "customer":
        who = (story.customer.shown_name if story.customer else "") or _("客户")
    name = gone_title(row) or row.original_name
    return EvidenceLine(name, str(row.get_kind_display()), row.at, who, row.size, row.stored_hash)


def _picture(row: Evidence) -> Picture | None:
    """The picture with its name; none where the store has lost it, which `tuoshan verify` tells."""
    try:
        return Picture(storage.path_of(row.stored_hash).read_bytes(), row.original_name)
    except (OSError, ValueError):
        return None


# -- for the customer ----------------------------------------------------------------------------------------------


def decision(story: Story) -> Decision | None:
    """The newest step by which the customer was told a decision: of the main line, into a state in which it is their
    turn, with a message that carries the reasons or the remedy. None before that, and while it is being mended.
    """
    if story.playbook.portal not in ("", "customer"):
        return None
    found: Decision | None = None
    for event in story.record.events:
        action = story.playbook.actions.get(event.name) if event.kind == "act" else None
        if action is None or not action.to:
            continue
        target = story.playbook.states.get(action.to)
        told = _told(story.playbook, action.tell)
        theirs = target is not None and target.waits is not None and _waits_for_outside(story.playbook, action.to)
        reason = next((name for name in REASONS if name in told), "")
        if theirs and (reason or REMEDY in told):
            found = Decision(event, _said_to_customer(action, REMEDY in told), REMEDY in told, reason)
        elif found is not None and reason:
            found = None  # set aside: another decision will follow
    return found


def _told(playbook: Playbook, names: Iterable[str]) -> set[str]:
    """The variables of the messages that go to the customer."""
    known = [playbook.messages[name] for name in names if name in playbook.messages]
    return {one for message in known if "customer" in message.to for one in wording.variables(message.text.zh)}


def _waits_for_outside(playbook: Playbook, state: str) -> bool:
    waits = playbook.states[state].waits
    return waits is not None and all(is_outside(playbook, party) for party in waits.parties)


def _said_to_customer(action: Any, with_remedy: bool) -> str:
    if with_remedy:
        return _("我们的处理方案")
    return words(action.customer if action.customer.zh else action.title)


def letter_data(case: Case, language: str) -> LetterData:
    """The decision with its reasons or its remedy. Raises NoDecision."""
    playbook = _playbook(case)
    story = Story(case, playbook, Audience.customer())
    made = decision(story)
    if made is None or case.is_erased:
        raise NoDecision(case.number)
    house = company()
    values = of_case(case).values(language)
    given = _given_until(story, made.event)
    remedies: list[str] = []
    if made.with_remedy:
        remedies.append(given.get(REMEDY, ""))
        remedies += [punctuation.titled(label, given[name]) for name, label in _promised(playbook) if given.get(name)]
    return LetterData(
        _issuer(language),
        case.number,
        customer=values["customer"],
        complaint=values.get(said_field(playbook), "") or case.title,
        received_at=case.created_at,
        decided_at=made.event.at,
        upheld=made.with_remedy,
        verdict=made.title,
        decision="",
        reasons=(given[made.reason],) if given.get(made.reason) else (),
        remedies=tuple(one for one in remedies if one),
        evidence=tuple(_by_kind(story.evidence.values())),
        appeal_until=_appeal_until(case, made.event.at),
        tracking_url=links.case_link(case.pk),
        handler=values["handler"],
        handler_phone=house.hotline,
    )


def _given_until(story: Story, last: Event) -> dict[str, str]:
    """What was filled in until the decision, as the customer may read it; the newest counts."""
    given: dict[str, str] = {}
    for event in story.record.events:
        if event.seq > last.seq:
            break
        for name, raw in event.input.get("values", {}).items():
            known = story.playbook.facts.get(name)
            if known is not None and not known.supervisors_only:
                given[name] = shown_value(known, raw, story.record.words, story.people)
    return given


def _promised(playbook: Playbook) -> list[tuple[str, str]]:
    names = ("amount", "refund_amount", "carry_out_by")
    return [(name, words(playbook.facts[name].label)) for name in names if name in playbook.facts]


def _by_kind(rows: Iterable[Evidence]) -> list[str]:
    counted: dict[str, int] = {}
    for row in rows:
        title = str(row.get_kind_display())
        counted[title] = counted.get(title, 0) + 1
    return [f"{title} × {n}" for title, n in counted.items()]


def _appeal_until(case: Case, decided_at: datetime) -> datetime | None:
    """Until when the customer may appeal, where they may now."""
    standing = Standing(case, ActingAs.by_customer(case.customer_id))
    found = standing.find("act", meanings.one_meant(standing.playbook, "appeal"))
    days = calendars.table(case.playbook, "appeal_days") or _playbook(case).tables.get("appeal_days")
    if found is None or found.blocked is not None or not isinstance(days, int | Decimal):
        return None
    return decided_at + timedelta(days=int(days))


# -- both ----------------------------------------------------------------------------------------------------------


def _playbook(case: Case) -> Playbook:
    return library.pinned(case.playbook, case.playbook_hash)


def _state(case: Case) -> CaseState:
    return CaseState.from_json(json.loads(case.snapshot))


def _issuer(language: str) -> Issuer:
    house = company()
    return Issuer(house.named(language), house.hotline, house.address, house.website)
