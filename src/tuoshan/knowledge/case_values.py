"""The variables that a text may use, with what they stand for in a case."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tuoshan import clock as moment
from tuoshan.cases import calendars, library, meanings
from tuoshan.cases.summary import is_outside
from tuoshan.cases.writing import events_of
from tuoshan.core import evolve
from tuoshan.core.case import CaseState, Clock
from tuoshan.core.checker.given import STANDS_FOR, message_variables, told_facts
from tuoshan.core.page import is_promise
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge import links, sooner
from tuoshan.knowledge.company import Company, company
from tuoshan.knowledge.showing import day_text, fact_text, until_text, words_of
from tuoshan.secrets import legible

GENERAL = {
    "number": gettext_lazy("工单编号"),
    "title": gettext_lazy("工单标题"),
    "customer": gettext_lazy("客户姓名"),
    "handler": gettext_lazy("经办人"),
    "contact": gettext_lazy("联系方式"),
    "due": gettext_lazy("客户最迟何时得到消息，或须在何时前答复"),
    "sooner": gettext_lazy("承诺时间不在工作时间内时，说明会争取提前答复的半句话；否则为空"),
    "link": gettext_lazy("客户查看工单的链接"),
    "survey_link": gettext_lazy("满意度评价链接"),
    "state": gettext_lazy("客户看到的状态"),
    "playbook": gettext_lazy("流程名称"),
    "unit": gettext_lazy("负责的门店或部门"),
    "today": gettext_lazy("发出的日期"),
    "remedy": gettext_lazy("处理方案"),
    "amount_words": gettext_lazy("退款与补偿合计的一句话；没有金额时为空"),
    "result": gettext_lazy("处理结果"),
    "company": gettext_lazy("公司名称"),
    "hours": gettext_lazy("服务时间"),
}
"""Variables that every playbook has (`core.checker.given.MESSAGE_VARIABLES`), with what they stand for; each fact, each
number and the end of each deadline is one more."""
WRITER = {"me": gettext_lazy("正在书写的人")}
"""What a quick reply may name besides: a message that the system sends is written by nobody."""
DUE = "due."
MAY_BE_EMPTY = frozenset({"sooner", "amount_words"})
"""Parts of a sentence that are left out where there is nothing to say."""


@dataclass(frozen=True)
class CaseTexts:
    """A case, read once, that answers for its variables.

    `for_staff`: the customer's links stay the variables that they are. Who has one can act in the customer's name, so
    that our people write, see and keep the variable; `links` are put in when the message leaves.
    """

    case: Any
    playbook: Playbook
    state: CaseState
    company: Company
    task: str = ""
    me: Any = None
    for_staff: bool = False

    def values(self, language: str, only: Collection[str] | None = None) -> dict[str, str]:
        """Every variable, filled in; one without a value has words that still make a sentence, or none.

        With `only`, what these names do not need is left out, as each may cost a query.
        """
        wanted = None if only is None else {*only, *(fact for name in only for fact in STANDS_FOR.get(name, ()))}
        with override(language):
            facts = self._facts(language, wanted)
            general = self._general(language, facts, names_page=only is None or bool({"link", "survey_link"} & {*only}))
            said = {name: say() for name, say in general.items() if only is None or name in only}
            return {**self._numbers(), **facts, **self._dues(language), **said}

    def _numbers(self) -> dict[str, str]:
        """The company's numbers for this process, as they are in force."""
        own = self.playbook.numbers()
        found = {name: calendars.table(self.playbook.key, name) for name in own}
        return {name: str(own[name] if value is None else value) for name, value in found.items()}

    def _dues(self, language: str) -> dict[str, str]:
        """By when each deadline ends, the pauses so far counted in."""
        ends = {clock.name: clock.due for clock in self.state.running_clocks() if clock.kind == "deadline"}
        return {
            f"{DUE}{name}": until_text(due, language) if (due := ends.get(name)) else _("约定时间")
            for name in self.playbook.deadlines
        }

    def _facts(self, language: str, wanted: Collection[str] | None) -> dict[str, str]:
        """Facts by name. What only supervisors may see is never among them."""
        given = {
            name: (known, value)
            for name, known in self.playbook.facts.items()
            if not known.supervisors_only and (wanted is None or name in wanted)
            and (value := self.state.facts.get(name)) is not None
        }  # fmt: skip
        flat = [one for _, value in given.values() for one in (value if isinstance(value, list | tuple) else [value])]
        words = words_of(self.case.pk, flat)
        return {name: fact_text(known, value, language, words) for name, (known, value) in given.items()}

    def _general(self, language: str, facts: dict[str, str], *, names_page: bool) -> dict[str, Callable[[], str]]:
        """What says each general variable; said only when it is asked for, as names and links cost their time.

        A text that names the customer's page already (`names_page`) gives no second link for a company that can be
        reached in no other way.
        """
        state = self.playbook.states.get(self.state.state)
        due = due_for_customer(self.playbook, self.state, self.task)
        shown = None if state is None else state.customer if state.customer.zh else state.title

        def link() -> str:
            return "{link}" if self.for_staff else links.case_link(self.case.pk)

        def survey() -> str:
            return "{survey_link}" if self.for_staff else links.survey_link(self.case.pk, self._survey_task())

        return {
            "number": lambda: self.case.number,
            "title": lambda: self.case.title,
            "customer": lambda: _customer_name(self.case.customer_id),
            "handler": lambda: _person_name(self.state.assigned.get("handler")) or _("客服中心"),
            "contact": lambda: self.company.contact or (_("客服中心（可在查询页面留言）") if names_page else link()),
            "playbook": lambda: self.playbook.title.in_language(language),
            "unit": lambda: _unit_name(self.case.unit_id) or self.company.named(language),
            "today": lambda: day_text(timezone.localdate(moment.now()), language),
            "due": lambda: until_text(due, language) if due else _("约定时间"),
            "sooner": lambda: sooner.part(
                self.playbook, promised_to_customer(self.playbook, self.state, self.task)
            ),
            "link": survey if self._is_survey(self.task) else link,
            "survey_link": survey,
            "state": lambda: shown.in_language(language) if shown is not None else "",
            "remedy": lambda: _first_of(facts, STANDS_FOR["remedy"]),
            "amount_words": lambda: _amount_words(facts.get("amount", "")),
            "result": lambda: _first_of(facts, STANDS_FOR["result"]),
            "company": lambda: self.company.named(language),
            "hours": lambda: self.company.opening_hours(language),
            "me": lambda: str(self.me) if self.me is not None else "",
        }

    def _is_survey(self, task: str) -> bool:
        return task.partition("#")[0] in meanings.meant(self.playbook, "survey")

    def _survey_task(self) -> str:
        if self._is_survey(self.task):
            return self.task
        runs = [run for run in self.state.tasks.values() if self._is_survey(run.id)]
        return max(runs, key=lambda run: run.run).id if runs else ""


def of_case(case: Any, *, task: str = "", me: Any = None, seq: int = 0, for_staff: bool = False) -> CaseTexts:
    """What answers for a case (a `cases.models.Case`), as it stands or, with `seq`, as that event left it.

    Whom to turn to is said as it is now, also then: the handler is chosen a moment after a case came in, and whoever
    had it earlier helps nobody.
    """
    playbook = library.pinned(case.playbook, case.playbook_hash)
    state = CaseState.from_json(json.loads(case.snapshot))
    if 0 < seq < state.seq:
        with connection.cursor() as cursor:
            then = evolve.replay(case.playbook, events_of(cursor, case.pk, 0, seq))
        state = replace(then, assigned=state.assigned)
    return CaseTexts(case, playbook, state, company(), task, me, for_staff)


def due_for_customer(playbook: Playbook, state: CaseState, task: str = "") -> datetime | None:
    """By when the customer must answer, where they are awaited; else by when they will hear from us.

    The clock of the task that is spoken of comes first, then the state's own clock while it waits for someone
    outside, then the earliest running promise to the customer, then whatever limit the state has.
    """
    own = state.clocks.get(f"task:{task}") if task else None
    if own is not None and own.ended is None and own.due is not None:
        return own.due
    current = [clock for clock in state.running_clocks() if clock.kind == "state" and clock.due is not None]
    if any(is_outside(playbook, party) for clock in current for party in clock.parties):
        return _earliest(current)
    promises = [clock for clock in state.running_clocks() if _is_promise(playbook, clock)]
    return _earliest(promises) or _earliest(current)


def promised_to_customer(playbook: Playbook, state: CaseState, task: str = "") -> datetime | None:
    """By when the customer hears from us; None while it is the customer, or somebody else outside, who must act."""
    due = due_for_customer(playbook, state, task)
    promises = [clock for clock in state.running_clocks() if _is_promise(playbook, clock)]
    return due if due is not None and due == _earliest(promises) else None


def _is_promise(playbook: Playbook, clock: Clock) -> bool:
    return clock.due is not None and is_promise(playbook, clock)


def _earliest(clocks: list[Clock]) -> datetime | None:
    return min((clock.due for clock in clocks if clock.due is not None), default=None)


def _first_of(facts: Mapping[str, str], names: Collection[str]) -> str:
    return next((said for name in names if (said := facts.get(name))), "")


def _amount_words(amount: str) -> str:
    """What a customer gets, as part of a sentence; nothing where they get no money."""
    return _("退款与补偿合计 %(amount)s 元，") % {"amount": amount} if amount.strip("0.") else ""


def _person_name(number: str | None) -> str:
    if not number or not number.isdigit():
        return ""
    people: Any = apps.get_model("parties", "Person")._default_manager
    names = people.filter(pk=int(number)).values_list("display_name", "username")[:1]
    return next((str(shown or login) for shown, login in names), "")


def _customer_name(customer_id: int | None) -> str:
    customers: Any = apps.get_model("parties", "Customer")._default_manager
    names = customers.filter(pk=customer_id or 0, erased_at__isnull=True).values_list("name", flat=True)[:1]
    return next((str(legible(name)) for name in names), "")


def _unit_name(unit_id: int | None) -> str:
    units: Any = apps.get_model("parties", "OrgUnit")._default_manager
    return next((one.name for one in units.filter(pk=unit_id or 0)), "")


def known_variables(playbook: Playbook) -> dict[str, str]:
    """Every variable that a message of this playbook may use, with what it stands for in the language in force."""
    from tuoshan.cases.forms import words

    numbers = {name: _("设置中的“%(name)s”") % {"name": name} for name in playbook.numbers()}
    told = told_facts(playbook)
    facts = {name: words(known.label) for name, known in playbook.facts.items() if name in told}
    dues = {
        f"{DUE}{name}": _("“%(title)s”的到期时间") % {"title": words(one.title)}
        for name, one in playbook.deadlines.items()
    }
    general = {name: str(title) for name, title in GENERAL.items() if name in message_variables(playbook)}
    return {**numbers, **facts, **dues, **general}


def reply_variables(playbook: Playbook) -> dict[str, str]:
    """The same for a quick reply, which somebody sends."""
    return known_variables(playbook) | {name: str(title) for name, title in WRITER.items()}


def all_reply_variables() -> dict[str, str]:
    """Those of any process: a quick reply belongs to none."""
    found: dict[str, str] = {}
    for playbook in library.everything().values():
        found |= reply_variables(playbook)
    return found
