"""The words in which staff read the story of a case: every event, note and call, with who did it and why."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan import punctuation
from tuoshan.cases import lists, units
from tuoshan.cases.erasing import CUSTOMER_ERASED
from tuoshan.cases.forms import words
from tuoshan.cases.models import Message
from tuoshan.cases.summary import is_outside
from tuoshan.core.case import Event
from tuoshan.core.money import format_money
from tuoshan.core.playbook import BELOW_LAW, DEPARTURES, OVERRULED, Field, Playbook, Wording
from tuoshan.core.policy.pack import REMEDIES
from tuoshan.documents.models import Evidence
from tuoshan.insight.record import CHANGES
from tuoshan.insight.story import Detail, Entry, EntryKind, Story
from tuoshan.insight.values import channel_title, shown_value
from tuoshan.intake.texts import said_field
from tuoshan.knowledge.links import PLACE
from tuoshan.parties.permissions import allowed
from tuoshan.rulings import keeping, proposing, since
from tuoshan.rulings.models import KeptRuling

CUSTOMERS_LINK = re.compile(r"https?://[^\s，。；]*/portal/[^\s，。；]+")
NOT_SENT = {"portal": _lazy("已写在查询页上"), "letter": _lazy("已写成信函")}
"""Ways by which nothing is sent by itself: what is said instead of `sent`."""
OWN_MESSAGES = ("note", "call", "message", "message_received")
"""Records that are told by their message."""

RECORDS = {
    "identity_check": _lazy("核对了客户身份"),
    "evidence": _lazy("添加了凭证"),
    "evidence_removed": _lazy("移除了凭证"),
    "survey": _lazy("收到满意度评价"),
    "ruling": _lazy("作出了一份裁定"),
    OVERRULED: _lazy("没有按裁定处理"),
    BELOW_LAW: _lazy("没有按裁定处理"),
    "undelivered": _lazy("发给客户的消息最终没有送达，没有算作答复"),
    "delivered": _lazy("先前没有送达的消息已送达客户"),
    CUSTOMER_ERASED: _lazy("删除了客户的个人信息"),
    "opened_as_customer": _lazy("以客户身份打开了客户的页面（演示）"),
}


def without_links(text: str, *, written: bool = False) -> str:
    """The text without the customer's own links: who has one can answer in the customer's name.

    `written`: by one of ours, so that a link is still the variable that it was written as.
    """
    instead = punctuation.in_language_of(text, _lazy("（客户专用链接）"))
    # Chinese brackets keep themselves apart from their sentence, an address needs spaces
    link = f"(?:{CUSTOMERS_LINK.pattern}|{PLACE})" if written else CUSTOMERS_LINK.pattern
    return re.sub(f" ?{link} ?" if instead.startswith("（") else link, lambda _: instead, text)


def delivery_title(message: Message) -> str:
    """What became of a message to the customer; empty where there was nothing to deliver.

    What left the house was sent; what only stands on the page, or lies ready as a letter, was not.
    """
    if message.delivery == Message.Delivery.NONE:
        return ""
    if message.delivery == Message.Delivery.SENT and message.channel in NOT_SENT:
        return str(NOT_SENT[message.channel])
    if message.delivery == Message.Delivery.NOBODY:
        return _("客户已删除，没有发出")
    return str(message.get_delivery_display())


def whose_page(playbook: Playbook) -> str:
    """What staff call the person whose page of the case it is: the customer, or the party that the playbook names."""
    party = playbook.parties.get(playbook.portal)
    return words(party.title) if party and playbook.portal != "customer" else _("客户")


def told_by_clock(playbook: Playbook, given: Mapping[str, Any]) -> list[str]:
    """Who of ours a clock told, by the input of its event. Others hear by messages, which stand in the story."""
    told = [name for name in given.get("to", ()) if name in playbook.parties and not is_outside(playbook, name)]
    return [words(playbook.parties[name].title) for name in told]


class ToldToStaff:
    """Tells one case to a person of ours."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.case = story.case
        self.playbook = story.playbook
        self.record = story.record
        self.people = story.people
        customer = story.customer
        erased = customer is not None and customer.erased_at is not None
        known = str(customer) if erased else customer.name if customer else ""
        self.customer_name = known or whose_page(self.playbook)

    def name(self, person_id: int | str | None) -> str:
        """A person's name; of one who left, that they did."""
        return self.people.get(int(person_id or 0), _("已离职人员") if person_id else _("系统"))

    # -- entries ---------------------------------------------------------------------------------------
    def of_message(self, message: Message) -> Entry:
        """A message, a note or a call."""
        kind: EntryKind = message.direction  # type: ignore[assignment]
        who = self.customer_name if kind == "in" else self.name(message.author_id)
        return Entry(
            kind, message.at, who, self._said(message),
            title=without_links(message.subject, written=kind == "out"),
            channel=channel_title(message.channel),
            delivery=delivery_title(message) if kind == "out" else "",
            mine=message.author_id == getattr(self.story.audience.viewer, "pk", 0),
            seq=message.event_seq or 0, icon="lock" if kind == "note" else "phone" if kind == "call" else "",
        )  # fmt: skip

    def _said(self, message: Message) -> str:
        if self.case.is_erased and not message.text:
            return str(self.case.title)
        return without_links(message.text, written=message.direction == "out")

    def of_event(self, event: Event) -> Iterable[Entry]:
        """An event, unless its message tells it."""
        given = event.input
        if event.kind == "record" and event.name in OWN_MESSAGES:
            return []
        if event.kind == "start":
            return [self._start(event, given)]
        entry = Entry("event", event.at, self._who(event), self._sentence(event, given), seq=event.seq)
        entry.details = self.details(event, given)
        entry.evidence = self._evidence(given)
        entry.chips = self._chips(given, event.changes)
        action = self.playbook.actions.get(event.name) if event.kind == "act" else None
        if action is not None and action.speaks_for:
            party = self.playbook.parties.get(action.speaks_for)
            who = words(party.title) if party else whose_page(self.playbook)
            entry.chips.append(("c-plain", _("%(who)s的话，由同事记录") % {"who": who}))
        if event.actor.on_behalf_of:
            entry.for_whom = self.name(event.actor.on_behalf_of)
        return [entry]

    def _start(self, event: Event, given: Mapping[str, Any]) -> Entry:
        values = given.get("values", {})
        said = said_field(self.playbook)
        said = said if said in values and not self.case.is_erased else ""
        text = self.value(self.playbook.facts.get(said), values[said]) if said else self.case.title
        said_and_channel = {said_field(self.playbook), "channel"}
        rest = {**given, "values": {name: raw for name, raw in values.items() if name not in said_and_channel}}
        details = self.details(event, rest)
        return Entry(
            "in", event.at, self.customer_name, text, channel=channel_title(self.case.channel), details=details,
            evidence=self._evidence(given), seq=event.seq,
            for_whom=_("由%(name)s登记") % {"name": self._who(event)} if event.actor.kind == "person" else "",
        )  # fmt: skip

    def _who(self, event: Event) -> str:
        match event.actor.kind:
            case "customer":
                return self.customer_name
            case "person":
                return self.name(event.actor.id)
            case "authority":
                return _("外部机构")
        return _("系统")

    def _sentence(self, event: Event, given: Mapping[str, Any]) -> str:
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
            case "recompute":
                return self._recompute_sentence(event)
            case "migrate":
                return _("换到了流程的新版本")
            case "adopt":
                return _("并入了另一个工单的承诺")
            case "disown":
                return _("解除了并单带来的承诺")
            case "record" if event.name.startswith("ask."):
                task = playbook.tasks.get(event.name.removeprefix("ask."))
                return _("发起待办：%(task)s") % {"task": words(task.title) if task else event.name}
            case "record" if event.name == keeping.RULED and (row := self._ruling(given)) is not None:
                earlier = since.before(row, self.rulings.values())
                made = _("作出了一份裁定") if earlier is None else _("重新裁定")
                if earlier is not None and since.same_outcome(row, earlier):
                    made = _("重新裁定，结果没有变")
                return punctuation.titled(made, punctuation.in_turn(filter(None, (since.item_of(row), _said(row)))))
        return str(RECORDS.get(event.name, event.name))

    @cached_property
    def rulings(self) -> dict[str, KeptRuling]:
        """The rulings of the case by their number, read once for its whole story."""
        return {str(row.pk): row for row in keeping.of_case(self.case.pk)}

    def _ruling(self, given: Mapping[str, Any]) -> KeptRuling | None:
        """The ruling that an event names; none for who may not read rulings, and of a case whose customer is erased."""
        viewer = self.story.audience.viewer
        if self.case.is_erased or viewer is None or not allowed(viewer, "workbench.rulings"):
            return None
        told = given.get("extra", {})
        return self.rulings.get(str(told.get("ruling", ""))) if isinstance(told, Mapping) else None

    def _ruled_anew(self, given: Mapping[str, Any]) -> list[Detail]:
        """What a later ruling on the same item changed."""
        row = self._ruling(given)
        earlier = since.before(row, self.rulings.values()) if row is not None else None
        if row is None or earlier is None:
            return []
        before = [Detail(_("原来的裁定"), _said(earlier))] if _said(earlier) != _said(row) else []
        return [*before, *(Detail(label, changed) for label, changed in since.changed_facts(row, earlier))]

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
        step = str(given.get("step", ""))
        if step == "else":
            return _("“%(clock)s”到期，条件不允许自动执行，已交上级决定") % {"clock": title}
        who = _("、").join(told_by_clock(self.playbook, given))
        if step.startswith("warn"):
            plain, told = _("“%(clock)s”即将到期"), _("“%(clock)s”即将到期，已提醒%(who)s")
        else:
            plain, told = _("“%(clock)s”已超时"), _("“%(clock)s”已超时，已通知%(who)s")
        return (told if who else plain) % {"clock": title, "who": who}

    def _recompute_sentence(self, event: Event) -> str:
        moved = [change["clock"] for change in event.changes if change["op"] == "clock"]
        shown = [
            _("“%(clock)s”到期 %(due)s") % {
                "clock": self._clock_title(one["name"]), "due": shown_value(None, {"moment": one["due"]}, {}, {})
            }
            for one in moved if one.get("due")
        ]  # fmt: skip
        text = _("按现在的日历和时限重新推算")
        return punctuation.titled(text, punctuation.in_turn(shown)) if shown else text

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
        if given.get("happened"):
            at = shown_value(None, {"moment": given["happened"]}, {}, {})
            chips.append(("c-plain", _("实际发生于 %(at)s") % {"at": at}))
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
        known = self.story.files
        return [known[int(number)] for number in ids if str(number).isdigit() and int(number) in known]

    # -- values ------------------------------------------------------------------------------------------
    def details(self, event: Event, given: Mapping[str, Any]) -> list[Detail]:
        """The form of the event, filled in, in its order, as far as the record gave it to this reader."""
        form = self._form(event)
        places = {name: place for place, name in enumerate(form)}
        values = given.get("values", {})
        corrected = _corrections(given) if event.kind == "correct" else {}
        shown = [self._corrected(name, given["before"].get(name), value) for name, value in corrected.items()]
        for name, raw in sorted(values.items(), key=lambda one: places.get(one[0], len(places))):
            item = form.get(name) or self.playbook.facts.get(name)
            if item is not None and name not in corrected:
                shown.append(Detail(words(item.label), self.value(item, raw), item.supervisors_only))
        if event.kind == "record" and event.name == keeping.RULED:
            shown += self._ruled_anew(given)
        if event.name in DEPARTURES:
            shown.append(_departure(given.get("extra", {})))
        moved = units.move_of(event)
        if moved is not None:
            before, after = (self._unit(moved[at]) for at in ("before", "after"))
            shown.append(Detail(_("单位"), f"{before} → {after}"))
        return shown

    def _unit(self, number: Any) -> str:
        return lists.title("org_unit", str(number)) if number is not None else _("没有单位")

    def _corrected(self, name: str, before: Any, after: Any) -> Detail:
        item = self.playbook.facts.get(name)
        label, hidden = (words(item.label), item.supervisors_only) if item else (name, False)
        return Detail(label, f"{self.value(item, before)} → {self.value(item, after)}", hidden)

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
        return shown_value(item, raw, self.record.words, self.people)


def _said(row: KeptRuling) -> str:
    """What came out, in one sentence."""
    return proposing.said_of_all(row)


def _departure(told: Mapping[str, Any]) -> Detail:
    """What is done instead of a ruling, and that it is below the law."""
    known = REMEDIES.get(str(told.get("remedy", "")))
    done = words(known) if known is not None else _("不予支持")
    done += f" {format_money(Decimal(told['amount']))}" if told.get("amount") else ""
    return Detail(_("改为"), punctuation.in_brackets(done, _("低于法定") if told.get("below_law") else ""))


def _corrections(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts that a correction gave new values, whichever way it was sent."""
    values = given.get("values", {})
    changes = values.get(CHANGES)
    if isinstance(changes, Mapping):
        found: Mapping[str, Any] = changes.get("map", {})
        return found
    return {name: values[name] for name in given.get("before", {}) if name in values}
