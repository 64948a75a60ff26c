"""Small wordings of the customer's page: moments, promises, phases, refusals. Never a word meant for colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.cases.refusals import evidence_title
from tuoshan.core import timing
from tuoshan.core.case import CaseState, Clock, Refusal
from tuoshan.core.page import is_announced, is_promise, is_told, members
from tuoshan.core.playbook import PHASES, Playbook
from tuoshan.insight.told_to_customer import state_words
from tuoshan.knowledge import sooner
from tuoshan.knowledge.showing import MIDNIGHT, end_of_day, until_text

PHASE_TITLES = {
    "receive": gettext_lazy("收到您的问题"),
    "acknowledge": gettext_lazy("确认受理"),
    "assess": gettext_lazy("核对材料"),
    "investigate": gettext_lazy("调查核实"),
    "decide": gettext_lazy("商定处理方案"),
    "remedy": gettext_lazy("落实处理"),
    "close": gettext_lazy("回访确认"),
    "learn": gettext_lazy("结案"),
}


def language() -> str:
    """The language in force."""
    return get_language() or "zh-hans"


def when(at: datetime) -> str:
    """Until when: `今天 17:30`, `明天 24:00`, else day and time."""
    last = end_of_day(at)
    local, today = last or timezone.localtime(at), timezone.localdate(clock.now())
    hour = MIDNIGHT if last else f"{local:%H:%M}"
    if local.date() == today:
        return _("今天 %(hour)s") % {"hour": hour}
    if local.date() == today + timedelta(days=1):
        return _("明天 %(hour)s") % {"hour": hour}
    return until_text(at, language())


# -- promises --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """A chip: by when somebody answers. `css` and `icon` are those of the design system's clocks; `sooner` is what is
    said below it where nobody works at that moment.
    """

    kind: Literal["you", "we", "late", "paused"]
    text: str
    due: datetime | None = None
    sooner: str = ""

    @property
    def css(self) -> str:
        return {"you": "c-warn", "we": "c-ok", "late": "c-late", "paused": "c-paused"}[self.kind]

    @property
    def icon(self) -> str:
        return {"you": "clock", "we": "clock", "late": "alert", "paused": "pause"}[self.kind]


def promises(playbook: Playbook, case: CaseState, now: datetime) -> list[Promise]:
    """What the customer owes us first, then what we have promised them. Internal limits are nobody's promise; an
    accepted proposal's date takes the place of the general promise.
    """
    running = [one for one in case.clocks.values() if one.ended is None]
    yours = sorted(one.due for one in running if one.due is not None and _is_theirs(playbook, one))
    ours = [one for one in running if is_promise(playbook, one)]
    first = min((one for one in ours if one.due is not None), key=lambda one: one.due or now, default=None)
    found = [Promise("you", _("请您在 %(when)s 前答复") % {"when": when(yours[0])}, yours[0])] if yours else []
    agreed = _agreed(playbook, case)
    if agreed is not None:
        late, text = agreed < now, _("最迟 %(when)s 前为您办好")
        if late:
            text = _("原定 %(when)s 前办好，已经晚了，我们正在加急处理")
        found.append(Promise("late" if late else "we", text % {"when": when(agreed)}, agreed))
    elif first is not None:
        found.append(_promised(playbook, first, now))
    elif ours:
        waits = case.hold is None and bool(yours)
        found.append(Promise("paused", _("计时已暂停，等您答复") if waits else _("计时已暂停")))
    return found + _awaited(playbook, case, now)


def _promised(playbook: Playbook, one: Clock, now: datetime) -> Promise:
    """What comes by then: an answer first, later the result, unless the playbook says what it is."""
    assert one.due is not None
    what, late = playbook.deadlines[one.name].customer, one.due < now
    if what.zh:
        kept, broken = _("%(what)s最迟 %(when)s 前完成"), _("%(what)s原定 %(when)s 前完成，已经晚了，我们正在加急处理")
    elif one.name in playbook.first_answer:
        kept, broken = _("最迟 %(when)s 前给您答复"), _("原定 %(when)s 前给您答复，已经晚了，我们正在加急处理")
    else:
        kept, broken = _("最迟 %(when)s 前给您处理结果"), _("原定 %(when)s 前给您处理结果，已经晚了，我们正在加急处理")
    text = (broken if late else kept) % {"when": when(one.due), "what": words(what)}
    earlier = "" if late or what.zh else sooner.sentence(playbook, one.due, now)
    return Promise("late" if late else "we", text, one.due, earlier)


def _awaited(playbook: Playbook, case: CaseState, now: datetime) -> list[Promise]:
    """Who has to act next and until when, where the process says that the page tells it."""
    state = playbook.states.get(case.state)
    own = (one for one in case.running_clocks() if one.kind == "state" and is_told(playbook, one))
    due = next((one.due for one in own if one.due is not None), None)
    if state is None or state.waits is None or due is None:
        return []
    known = [playbook.parties[name] for name in state.waits.parties if name in playbook.parties]
    who = _("、").join(words(one.customer if one.customer.zh else one.title) for one in known)
    if due < now:
        text = _("%(who)s原定 %(when)s 前处理，已经晚了，正在催办") % {"who": who, "when": when(due)}
        return [Promise("late", text, due)]
    return [Promise("we", _("%(who)s须在 %(when)s 前处理") % {"who": who, "when": when(due)}, due)]


def _agreed(playbook: Playbook, case: CaseState) -> datetime | None:
    """Until when what was agreed is carried out: the clock of an open task of ours whose moment is a date that the
    customer was told, while the case waits for whoever has it.
    """
    if case.hold is not None:
        return None
    found, awaited = [], timing.awaited(playbook, case)
    for one in case.running_clocks():
        task = playbook.tasks.get(one.name) if one.kind == "task" else None
        if task is None or task.limit is None or task.limit.at is None or one.due is None:
            continue
        told = any(playbook.facts[name].customer.zh for name in task.limit.at.reads if name in playbook.facts)
        if told and playbook.portal not in one.parties and not awaited.isdisjoint(one.parties):
            found.append(one.due)
    return max(found, default=None)


def _is_theirs(playbook: Playbook, one: Clock) -> bool:
    """Whether the customer must act by it: what they may leave alone, such as a rating, is never their turn."""
    task = playbook.tasks.get(one.name) if one.kind == "task" else None
    return one.kind in ("state", "task") and playbook.portal in one.parties and not (task and task.optional)


def otherwise(playbook: Playbook, case: CaseState) -> str:
    """What happens when the customer does not answer in this state; empty where nobody waits for them."""
    state = playbook.states.get(case.state)
    if state is None or state.waits is None or not state.waits.otherwise or playbook.portal not in state.waits.parties:
        return ""
    action = playbook.actions.get(state.waits.otherwise)
    target = playbook.states.get(action.to) if action is not None else None
    return state_words(target) if target is not None else ""


# -- phases ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One phase on the way: done, now or still to come; `at`: when it was done."""

    title: str
    standing: Literal["done", "now", "todo"]
    at: datetime | None = None

    @property
    def icon(self) -> str:
        return {"done": "check", "now": "clock", "todo": "dot"}[self.standing]


def steps(playbook: Playbook, state: str, entered: Sequence[tuple[str, datetime]]) -> list[Step]:
    """The way of a case by phases. `entered`: the phases in the order in which it came to them, each with its moment.

    A phase that was skipped is not shown; one that only asks the customer for more is no step to look forward to.
    """
    here = playbook.states[state]
    order = [phase for phase in PHASES if any(one.phase == phase for one in playbook.states.values())]
    current = order.index(here.phase) if here.phase in order else 0
    done = {phase: left for (phase, _at), (_next, left) in pairwise(entered)}
    reached = dict(entered)
    if order[0] in done:  # the first says that the problem came to us
        done[order[0]] = entered[0][1]
    found: list[Step] = []
    for place, phase in enumerate(order):
        title = _phase_title(playbook, phase)
        if place < current and phase in done:
            found.append(Step(title, "done", done[phase]))
        elif place == current:
            found.append(Step(state_words(here), "done" if here.end else "now", reached.get(phase)))
        elif place > current and not here.end and is_announced(playbook, phase):
            found.append(Step(title, "todo"))
    return found


def _phase_title(playbook: Playbook, phase: str) -> str:
    if phase in playbook.phase_words:
        return words(playbook.phase_words[phase])
    states = members(playbook, phase)
    return _("处理完成") if states and all(one.end for one in states) else str(PHASE_TITLES[phase])


# -- refusals --------------------------------------------------------------------------------------------------


def refused(refusal: Refusal, playbook: Playbook) -> str:
    """Why something was not done, for the customer: what happened, that nothing is lost, what to do now."""
    data = refusal.data
    match refusal.because:
        case "stale":
            return _("您打开页面之后，处理有了新进展。填写的内容还在，请看过下面的进展后再提交。")
        case "moved_by_system" | "not_from_here" | "ended":
            state = playbook.states.get(str(data.get("state", "")))
            now = _("现在是：%(state)s。") % {"state": state_words(state)} if state is not None else ""
            return _("这一步已经不能做了。%(now)s") % {"now": now}
        case "on_hold":
            return _("处理暂时中止，恢复后才能继续；需要帮助请联系我们。")
        case "blocked_by_task" | "required_tasks_open":
            return _("还有一步没有完成，完成后就可以继续。")
        case "needs_evidence":
            kinds = _("、").join(evidence_title(str(kind)) for kind in data.get("kinds", ()))
            return _("请先附上：%(kinds)s。") % {"kinds": kinds}
        case "invalid_form":
            return _("有几处需要修改，已在下面标出；填写的内容都还在。")
        case "condition_false" | "need_facts":
            return _("现在不能做这一步，可能是超过了期限。需要帮助请联系我们。")
        case "key_used_otherwise":
            return _("这份内容已经提交过，请核对下面的进展。")
    return _("这一步没有成功。填写的内容还在，请刷新页面再试，或联系我们。")
