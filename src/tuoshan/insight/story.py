"""The story of a case as people read it: messages, notes, calls and events, day by day."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan import clock, punctuation
from tuoshan.cases import lists
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Event, Message, Words
from tuoshan.core.playbook import Field, Playbook, Wording
from tuoshan.documents.models import Evidence
from tuoshan.parties.models import Customer, OrgUnit, Person
from tuoshan.parties.permissions import LEADS

CUSTOMERS_LINK = re.compile(r"https?://[^\s，。；]*/portal/[^\s，。；]+")

EntryKind = Literal["in", "out", "note", "call", "event"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One filled-in field of a form: its label and what was given."""

    label: str
    value: str
    supervisors_only: bool = False


@dataclass(slots=True)
class Entry:
    """One line or card of the timeline."""

    kind: EntryKind
    at: datetime
    who: str
    text: str
    title: str = ""
    channel: str = ""
    details: list[Detail] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    chips: list[tuple[str, str]] = field(default_factory=list)
    delivery: str = ""
    mine: bool = False
    for_whom: str = ""
    icon: str = ""
    seq: int = 0


def without_links(text: str) -> str:
    """The text without the customer's own links: who has one can answer in the customer's name."""
    return CUSTOMERS_LINK.sub(_("（客户专用链接）"), text)


def sees_findings(person: Any) -> bool:
    """Whether findings against a person are shown to this reader."""
    return not LEADS.isdisjoint(person.role_keys())


class Story:
    """Reads everything that the timeline of one case needs in a fixed number of queries."""

    def __init__(self, case: Case, playbook: Playbook, *, viewer: Any = None, sees_findings: bool = False) -> None:
        self.case = case
        self.playbook = playbook
        self.viewer = viewer
        self.sees_findings = sees_findings
        self.events = list(Event.objects.filter(case_id=case.pk).order_by("seq"))
        self.messages = list(Message.objects.filter(case_id=case.pk).order_by("at", "id"))
        self.words = dict(Words.objects.filter(case_id=case.pk).values_list("ref", "text"))
        self.evidence = {
            item.pk: item
            for item in Evidence.objects.filter(case_id=case.pk, removed_at=None)
            if sees_findings or not item.supervisors_only
        }
        self.people = self._people()
        customer = Customer.objects.filter(pk=case.customer_id).first() if case.customer_id else None
        self.customer_name = (customer.name if customer else "") or _("客户")

    def _people(self) -> dict[int, str]:
        ids = {event.actor_id for event in self.events if event.actor_kind == "person"}
        ids |= {event.on_behalf_of_id for event in self.events}
        ids |= {message.author_id for message in self.messages}
        for event in self.events:
            ids |= {int(found) for found in _persons_in(json.loads(event.body)) if str(found).isdigit()}
        found = Person.objects.filter(pk__in=[number for number in ids if number])
        return {person.pk: str(person) for person in found}

    def name(self, person_id: int | None) -> str:
        return self.people.get(person_id or 0, _("已离职人员") if person_id else _("系统"))

    # -- entries ---------------------------------------------------------------------------------------
    def entries(self) -> list[Entry]:
        """Oldest first. Registration is the customer's first message; a record of a message is the message."""
        told = [entry for event in self.events for entry in self._of_event(event)]
        said = [self._of_message(message) for message in self.messages]
        return sorted([*told, *said], key=lambda entry: (entry.at, entry.seq))

    def days(self) -> list[tuple[str, list[Entry]]]:
        """Entries grouped by local day, with the day's heading."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries():
            grouped.setdefault(day_heading(entry.at), []).append(entry)
        return list(grouped.items())

    def _of_message(self, message: Message) -> Entry:
        kind: EntryKind = message.direction  # type: ignore[assignment]
        who = self.customer_name if kind == "in" else self.name(message.author_id)
        delivery = message.get_delivery_display() if message.delivery in ("pending", "failed", "sent") else ""
        return Entry(
            kind, message.at, who, without_links(message.text), title=message.subject,
            channel=channel_title(message.channel),
            delivery=delivery if kind == "out" else "", mine=message.author_id == getattr(self.viewer, "pk", 0),
            seq=message.event_seq or 0, icon="lock" if kind == "note" else "phone" if kind == "call" else "",
        )  # fmt: skip

    def _of_event(self, event: Event) -> Iterable[Entry]:
        body = json.loads(event.body)
        given: Mapping[str, Any] = body.get("input", {})
        if event.kind == "record" and event.name in ("note", "call", "message", "message_received"):
            return []
        if event.kind == "start":
            return [self._start(event, given)]
        entry = Entry("event", event.at, self._who(event), "", seq=event.seq)
        entry.text = self._sentence(event, given, body.get("changes", ()))
        entry.details = self.details(event, given)
        entry.evidence = self._evidence(given)
        entry.chips = self._chips(given, body.get("changes", ()))
        if event.on_behalf_of_id:
            entry.for_whom = self.name(event.on_behalf_of_id)
        return [entry]

    def _start(self, event: Event, given: Mapping[str, Any]) -> Entry:
        values = given.get("values", {})
        said = next((n for n in ("what_happened", "description", "reason") if n in values), "")
        text = self.value(self.playbook.facts.get(said), values[said]) if said else self.case.title
        said_and_channel = {said, "channel"}
        rest = {**given, "values": {name: raw for name, raw in values.items() if name not in said_and_channel}}
        details = self.details(event, rest)
        return Entry(
            "in", event.at, self.customer_name, text, channel=channel_title(self.case.channel), details=details,
            evidence=self._evidence(given), seq=event.seq,
            for_whom=_("由%(name)s登记") % {"name": self._who(event)} if event.actor_kind == "person" else "",
        )  # fmt: skip

    def _who(self, event: Event) -> str:
        match event.actor_kind:
            case "customer":
                return self.customer_name
            case "person":
                return self.name(event.actor_id)
            case "authority":
                return _("外部机构")
        return _("系统")

    def _sentence(self, event: Event, given: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> str:
        playbook = self.playbook
        match event.kind:
            case "act":
                action = playbook.actions.get(event.name)
                title = words(action.title) if action else event.name
                return _("超时自动执行：%(action)s") % {"action": title} if given.get("clock") else title
            case "task":
                return self._task_sentence(event, given)
            case "clock":
                return self._clock_sentence(event, given)
            case "hold":
                return _("中止：%(hold)s") % {"hold": self._hold(event.name)}
            case "release":
                return _("解除中止：%(hold)s") % {"hold": self._hold(event.name)}
            case "correct":
                return _("更正了登记内容")
            case "step_back":
                return _("撤回了上一步")
            case "adopt":
                return _("并入了另一个工单的承诺")
            case "disown":
                return _("解除了并单带来的承诺")
            case "record" if event.name.startswith("ask."):
                task = playbook.tasks.get(event.name.removeprefix("ask."))
                return _("发起待办：%(task)s") % {"task": words(task.title) if task else event.name}
        return str(RECORDS.get(event.name, event.name))

    def _task_sentence(self, event: Event, given: Mapping[str, Any]) -> str:
        task = self.playbook.tasks.get(event.name)
        title = words(task.title) if task else _("上级决定")
        key = str(given.get("task", "")).partition("[")[2].partition("]")[0]
        outcome = str(given.get("outcome", ""))
        shown = task.outcome_titles.get(outcome, Wording("", "")) if task else Wording("", "")
        where = lists.title("department", key) if key else ""
        return _("完成待办：%(task)s %(outcome)s") % {
            "task": punctuation.in_brackets(title, where), "outcome": words(shown) if outcome != "done" else "",
        }  # fmt: skip

    def _clock_sentence(self, event: Event, given: Mapping[str, Any]) -> str:
        title = self._clock_title(event.name)
        parties = [words(self.playbook.parties[p].title) for p in given.get("to", ()) if p in self.playbook.parties]
        step = str(given.get("step", ""))
        if step.startswith("warn"):
            who = _("、").join(parties) or _("经办人")
            return _("“%(clock)s”即将到期，已提醒%(who)s") % {"clock": title, "who": who}
        if step == "else":
            return _("“%(clock)s”到期，条件不允许自动执行，已交上级决定") % {"clock": title}
        return _("“%(clock)s”已超时，已通知%(who)s") % {"clock": title, "who": _("、").join(parties) or _("负责人")}

    def _clock_title(self, name: str) -> str:
        for known in (self.playbook.deadlines, self.playbook.states, self.playbook.tasks, self.playbook.holds):
            if name in known:
                return words(known[name].title)
        return name

    def _hold(self, name: str) -> str:
        if name == "merged":
            return pgettext("done", "并入其他工单")
        hold = self.playbook.holds.get(name)
        return words(hold.title) if hold else name

    def _chips(self, given: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """(style, text): the state that was entered, the person assigned with the reason, lateness."""
        chips: list[tuple[str, str]] = []
        for change in changes:
            if change["op"] == "enter" and change["state"] in self.playbook.states:
                chips.append(("c-plain", words(self.playbook.states[change["state"]].title)))
            if change["op"] == "assign" and str(change["person"]).isdigit():
                party = self.playbook.parties.get(change["party"])
                title = words(party.title) if party else change["party"]
                chips.append(("c-plain", punctuation.titled(title, self.name(int(change["person"])))))
                why = self._reason(change.get("reason", {}))
                chips += [("muted", why)] if why else []
        if given.get("late"):
            chips.append(("c-late", _("超时后处理")))
        if given.get("up_the_line"):
            chips.append(("c-plain", _("由上级代办")))
        return chips

    def _reason(self, reason: Mapping[str, Any]) -> str:
        """Why the company's assignment chose this person, in the language in force."""
        language = "en" if (get_language() or "").startswith("en") else "zh"
        return str(reason.get(language, ""))

    def _evidence(self, given: Mapping[str, Any]) -> list[Evidence]:
        ids = given.get("extra", {}).get("evidence_ids", ()) if isinstance(given.get("extra"), Mapping) else ()
        return [self.evidence[int(number)] for number in ids if str(number).isdigit() and int(number) in self.evidence]

    # -- values ------------------------------------------------------------------------------------------
    def details(self, event: Event, given: Mapping[str, Any]) -> list[Detail]:
        """The form of the event, filled in; what only supervisors may see is left out for others."""
        form = self._form(event)
        shown = []
        for name, raw in given.get("values", {}).items():
            item = form.get(name) or self.playbook.facts.get(name)
            if item is None or (item.supervisors_only and not self.sees_findings):
                continue
            shown.append(Detail(words(item.label), self.value(item, raw), item.supervisors_only))
        if event.kind == "correct":
            shown = [*self._corrected(given), *shown]
        return shown

    def _corrected(self, given: Mapping[str, Any]) -> list[Detail]:
        before = given.get("before", {})
        after = given.get("values", {}).get("changes", {})
        after = after.get("map", {}) if isinstance(after, Mapping) else {}
        found = []
        for name, value in after.items():
            item = self.playbook.facts.get(name)
            label = words(item.label) if item else name
            found.append(Detail(label, f"{self.value(item, before.get(name))} → {self.value(item, value)}"))
        return found

    def _form(self, event: Event) -> dict[str, Field]:
        source: Any = None
        if event.kind == "act":
            source = self.playbook.actions.get(event.name)
        elif event.kind == "task":
            source = self.playbook.tasks.get(event.name)
        elif event.kind == "hold":
            source = self.playbook.holds.get(event.name)
        elif event.kind == "start":
            return {item.name: item for item in self.playbook.register}
        return {item.name: item for item in source.form} if source else {}

    def value(self, item: Field | None, raw: Any) -> str:
        """A stored value in words: choices by title, money with its unit, moments in local time."""
        return shown_value(item, raw, self.words, self.people)


def shown_value(item: Field | None, raw: Any, texts: Mapping[str, str], people: Mapping[int, str]) -> str:
    """See `Story.value`; `texts` maps word references to texts."""
    match raw:
        case None:
            return _("（空）")
        case {"words": ref}:
            return texts.get(ref, _("（已删除）"))
        case {"decimal": number}:
            amount = Decimal(number)
            if item is not None and item.kind == "money":
                return _("%(amount)s 元") % {"amount": f"{amount:,.2f}"}
            return f"{amount.normalize():f} {words(item.unit) if item else ''}".strip()
        case {"moment": text}:
            return date_format(timezone.localtime(datetime.fromisoformat(text)), "Y-m-d H:i")
        case {"date": text}:
            return str(text)
        case bool():
            return _("是") if raw else _("否")
        case list():
            return _("、").join(shown_value(item, one, texts, people) for one in raw)
    return _entry_title(item, str(raw), people)


def _entry_title(item: Field | None, raw: str, people: Mapping[int, str]) -> str:
    if item is None:
        return raw
    for choice in item.choices:
        if choice.value == raw:
            return words(choice.title)
    if item.kind == "person" and raw.isdigit():
        return people.get(int(raw)) or lists.title("person", raw)
    if item.kind == "org_unit" and raw.isdigit():
        unit = OrgUnit.objects.filter(pk=int(raw)).first()
        return str(unit) if unit else raw
    return lists.title(item.list or item.kind, raw)


def _persons_in(body: Mapping[str, Any]) -> Iterable[str]:
    for change in body.get("changes", ()):
        if change.get("op") == "assign":
            yield str(change["person"])
    for value in body.get("input", {}).get("values", {}).values():
        if isinstance(value, str) and value.isdigit():
            yield value


def day_heading(at: datetime) -> str:
    """`今天，11 月 22 日`, `昨天，…`, or the date."""
    day, today = timezone.localdate(at), timezone.localdate(clock.now())
    form = "n 月 j 日" if day.year == today.year else "Y 年 n 月 j 日"
    text = date_format(day, form if (get_language() or "zh").startswith("zh") else "j M Y")
    gap = (today - day).days
    if gap == 0:
        return _("今天，%(day)s") % {"day": text}
    if gap == 1:
        return _("昨天，%(day)s") % {"day": text}
    return text


CHANNELS = {
    "hotline": _lazy("热线电话"),
    "email": _lazy("电子邮件"),
    "web": _lazy("网页表单"),
    "portal": _lazy("网页表单"),
    "chat": _lazy("在线客服"),
    "fax": _lazy("传真"),
    "letter": _lazy("信函"),
    "counter": _lazy("门店柜台"),
    "box": _lazy("意见箱"),
    "marketplace": _lazy("电商平台"),
    "authority": _lazy("主管部门（12315 / 12345）"),
    "api": _lazy("接口"),
    "spreadsheet": _lazy("表格导入"),
    "phone": _lazy("电话"),
    "sms": _lazy("短信"),
    "mail": _lazy("邮件"),
    "in_app": _lazy("站内"),
}


def channel_title(channel: str) -> str:
    """How a channel is called."""
    return str(CHANNELS.get(channel, channel))


RECORDS = {
    "identity_check": _lazy("核对了客户身份"),
    "evidence": _lazy("添加了凭证"),
    "survey": _lazy("收到满意度评价"),
}
