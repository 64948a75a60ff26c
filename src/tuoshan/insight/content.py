"""What of a case is searched: its title, the words of its forms and its conversation, who it is from, its particulars.

Left out: what only supervisors see, and what the house itself sent by template.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from tuoshan.cases import library
from tuoshan.cases.models import Case, Event, Message, Task, Words
from tuoshan.core.numbering import MisheardNumber, parse_number
from tuoshan.insight import tokens
from tuoshan.intake.arrivals import particulars as particulars_of_arrival
from tuoshan.intake.channels import PRODUCT_SAID
from tuoshan.intake.models import Arrival
from tuoshan.parties.models import Customer
from tuoshan.secrets import Unreadable, legible, phone_e164

MOST_LETTERS = 12_000
"""So much of one case is indexed; a position in PostgreSQL's index cannot be higher than 16,383."""
TAIL = 4


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the index for one case. `unshown` is found and never quoted: the customer, the order,
    and whence it came."""

    fields: tuple[str, ...] = ()
    unshown: str = ""
    keys: tuple[str, ...] = ()

    def tokens(self) -> list[str]:
        """Every token in its order."""
        return [*tokens.of_fields([*self.fields, self.unshown]), *self.keys]

    def to_text(self) -> str:
        return json.dumps([self.fields, self.unshown, self.keys], ensure_ascii=False)

    @staticmethod
    def from_text(text: str) -> "Content":
        if isinstance(text, Unreadable):
            return Content((text,))
        if not text:
            return Content()
        fields, unshown, keys = json.loads(text)
        return Content(tuple(fields), unshown, tuple(keys))


@dataclass(slots=True)
class _Read:
    words: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    hidden: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    order: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    messages: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    came: dict[int, dict[str, str]] = field(default_factory=dict)


def contents(cases: Sequence[Case], *, without_customer: int | None = None) -> dict[int, Content]:
    """The content of each case, in a fixed number of queries. `without_customer` is just being erased."""
    ids = [case.pk for case in cases]
    read = _Read()
    for case_id, ref, text in Words.objects.filter(case_id__in=ids, erased_at=None).values_list(
        "case_id", "ref", "text"
    ):
        read.words[case_id].append((ref, legible(text)))
    _read_events(cases, read)
    for arrival in Arrival.objects.filter(case_id__in=ids).exclude(particulars=""):
        read.came[arrival.pk] = particulars_of_arrival(arrival)
    written = Message.objects.filter(case_id__in=ids).exclude(direction="out", author_id=None).order_by("id")
    for case_id, subject, text in written.values_list("case_id", "subject", "text"):
        read.messages[case_id] += [legible(subject), legible(text)]
    for case_id, unit, person, done_by, department in Task.objects.filter(case_id__in=ids).values_list(
        "case_id", "unit_id", "person_id", "completed_by_id", "department"
    ):
        read.tasks[case_id] |= {tokens.key("i", unit)} if unit else set()
        read.tasks[case_id] |= {tokens.key("d", department)} if department else set()
        read.tasks[case_id] |= {tokens.key("p", one) for one in (person, done_by) if one}
    customers = Customer.objects.in_bulk({case.customer_id for case in cases if case.customer_id})
    found = {}
    for case in cases:
        erasing = without_customer is not None and case.customer_id == without_customer
        found[case.pk] = _content(case, read, customers.get(case.customer_id or 0), erasing)
    return found


def _read_events(cases: Sequence[Case], read: _Read) -> None:
    """Which words stand in fields that only supervisors see, and in which order words were given."""
    with_words = [case.pk for case in cases if read.words.get(case.pk)]
    playbooks = {case.pk: library.pinned(case.playbook, case.playbook_hash) for case in cases}
    events = Event.objects.filter(case_id__in=with_words, body__contains='"words"').order_by("case_id", "seq")
    for case_id, body in events.values_list("case_id", "body"):
        facts = playbooks[case_id].facts
        for name, ref in _references(json.loads(body).get("input", {})):
            known = facts.get(name)
            if known is not None and known.supervisors_only:
                read.hidden[case_id].add(ref)
            read.order[case_id].append(ref)


def _references(given: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Every field name and reference of an event's input."""
    if isinstance(given, Mapping):
        if set(given) == {"words"} and isinstance(given["words"], str):
            yield name, given["words"]
            return
        for inner, value in given.items():
            yield from _references(value, inner)
    elif isinstance(given, list):
        for value in given:
            yield from _references(value, name)


def _content(case: Case, read: _Read, customer: Customer | None, erasing: bool) -> Content:
    keys = [*particulars(case), *sorted(read.tasks.get(case.pk, ()))]
    if erasing:
        return Content((), "", tuple(keys))
    if customer is not None and customer.erased_at is not None:
        return Content((), "", tuple(keys))
    places = {ref: place for place, ref in reversed(list(enumerate(read.order.get(case.pk, ()))))}
    hidden = read.hidden.get(case.pk, set())
    said = sorted((places.get(ref, 0), text) for ref, text in read.words.get(case.pk, ()) if ref not in hidden)
    came = dict(read.came.get(case.pk, {}))
    fields = [case.title, *(text for _, text in said), came.pop(PRODUCT_SAID, ""), *read.messages.get(case.pk, ())]
    kept = tuple(_within([text for text in dict.fromkeys(fields) if text]))
    unshown = [text for text in (customer.name if customer is not None else "", about(case)) if text]
    if customer is not None:
        keys += phone_keys(customer.phone)
    for value in came.values():
        if phone_e164(value):
            keys += phone_keys(value)
        else:
            unshown.append(value)
    return Content(kept, "\n".join(unshown), tuple(dict.fromkeys(keys)))


def about(case: Case) -> str:
    """The number of the order that the case is about, where its playbook names one."""
    known = library.pinned(case.playbook, case.playbook_hash).facts.get(case.about_kind)
    return case.about_key if known is not None and known.kind == "order_line" else ""


def _within(fields: Sequence[str]) -> Iterable[str]:
    left = MOST_LETTERS
    for text in fields:
        if left <= 0:
            return
        yield text[:left]
        left -= len(text) + 1


def particulars(case: Case) -> list[str]:
    """The keys that narrow a search: number, unit, handler, playbook, category, channel, month."""
    found = [tokens.key("n", case.number), tokens.key("k", case.playbook), month_key(case.created_at)]
    digits = "".join(sign for sign in case.number.partition("-")[2] if sign.isdigit())
    found.append(tokens.key("r", digits))
    if case.channel:
        found.append(tokens.key("c", case.channel))
    for kind, value in (("u", case.unit_id), ("p", case.handler_id), ("g", case.category_id)):
        if value:
            found.append(tokens.key(kind, value))
    return found


def month_key(at: datetime) -> str:
    """The key of the month in which the house's zone lay at that moment."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return tokens.key("m", local.year * 100 + local.month)


def phone_keys(phone: str) -> list[str]:
    """The keys of a whole phone number and of its last four digits."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) < TAIL:
        return []
    return [tokens.key("f", phone_e164(phone) or digits), tokens.key("t", digits[-TAIL:])]


def number_key(text: str) -> str:
    """The key of a case number as somebody writes or says it; empty when it is none."""
    try:
        return tokens.key("n", parse_number(text))
    except MisheardNumber:
        return ""
