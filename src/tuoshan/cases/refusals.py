"""Refusals in words: what happened, what was kept, what to do. The kernel gives facts; people read sentences."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tuoshan import punctuation
from tuoshan.cases import unmet
from tuoshan.cases.evidence_kinds import ANY_TITLE, TITLES
from tuoshan.cases.forms import PROBLEMS, unit_of, words
from tuoshan.core.case import Refusal
from tuoshan.core.playbook import ANY_EVIDENCE, DEPARTURES, Playbook

Data = Mapping[str, Any]
Said = Callable[[Playbook, Data], str]

_AFTER = re.compile(r"\s*times\.(?P<step>\w+)\s*>\s*0\s*")
"""The whole condition is that a step has been taken before."""


def sentence(refusal: Refusal, playbook: Playbook, *, marked: bool = False) -> str:
    """One or two sentences for the person whose command was refused; `marked`: a form below shows its wrong fields."""
    if refusal.because == "invalid_form":
        return _marked(refusal) if marked else by_field(problems(refusal, playbook), _labels(playbook))
    said = _SENTENCES.get(refusal.because)
    return said(playbook, refusal.data) if said else _("这一步没有执行（%(code)s）。") % {"code": refusal.because}


def _marked(refusal: Refusal) -> str:
    return _("有 %(count)d 处需要修改，已在下面标出；填写的内容都在。") % {"count": len(refusal.data["fields"])}


def _moved_by_system(playbook: Playbook, data: Data) -> str:
    return _("系统已于 %(at)s 自动执行“%(action)s”，现在是“%(state)s”。%(possible)s") % {
        "at": _moment(data["at"]), "action": _action(playbook, data["by_action"]),
        "state": _state(playbook, data["state"]), "possible": _possible(playbook, data),
    }  # fmt: skip


def _not_from_here(playbook: Playbook, data: Data) -> str:
    shown = {"state": _state(playbook, data.get("state", "")), "possible": _possible(playbook, data)}
    return _("这一步现在不能做：工单处于“%(state)s”。%(possible)s") % shown


def _tasks_open(playbook: Playbook, data: Data) -> str:
    return _("还有待办没有完成：%(tasks)s。完成后再做这一步。") % {"tasks": _tasks(playbook, data["tasks"])}


def _not_by_same_person(playbook: Playbook, data: Data) -> str:
    if nobody := _parties(playbook, data.get("nobody", ())):
        who = _("现在没有别的人可以处理：请管理员让另一位同事担任%(parties)s中的一种。") % {"parties": nobody}
    else:
        who = _who(playbook, data.get("instead", ()))
    did = data.get("did", ())
    if did and set(did) <= set(DEPARTURES):
        others = _parties(playbook, data.get("instead", ()) or data.get("needs", ()))
        if nobody or not others:
            return _("不按裁定处理是您决定的，这一步须由另一位同事做。") + who
        return _("不按裁定处理是您决定的，这一步须由另一位同事做，不能是您本人：%(parties)s。") % {"parties": others}
    if why := _why_not_them(playbook, str(data.get("step", ""))):
        return why + who
    return who or _("经办过“%(actions)s”的人不能再做这一步，请由其他人处理。") % {
        "actions": _join(_action(playbook, name) for name in data["actions"])
    }


def _condition_false(playbook: Playbook, data: Data) -> str:
    if earlier := _AFTER.fullmatch(str(data.get("condition", ""))):
        return _("要先有“%(step)s”，才能做这一步。") % {"step": _action(playbook, earlier["step"])}
    return unmet.sentence(data, playbook) or _("现在的条件不允许这一步。")


def _not_allowed(playbook: Playbook, data: Data) -> str:
    if data.get("by_amount"):
        return _("按金额，这一步由%(parties)s决定。") % {"parties": _parties(playbook, data["needs"])}
    return _("您没有权限做这一步。%(who)s") % {"who": _who(playbook, data.get("needs", ()))}


def customer_erased() -> str:
    """Why nothing is written to this customer, and nobody calls them."""
    return _("客户的个人信息已按其要求删除，不能再发消息或通话。")


def _about_facts(words_of: Callable[[], str]) -> Said:
    """A sentence that names the facts of the refusal and nothing else."""
    return lambda playbook, data: words_of() % {"facts": _facts(playbook, data["facts"])}


def _plain(words_of: Callable[[], str]) -> Said:
    """A sentence that stands for itself, or names the case into which another was to be merged."""
    return lambda playbook, data: words_of() % {"into": data.get("into", "")}


_SENTENCES: Final[Mapping[str, Said]] = {
    "moved_by_system": _moved_by_system,
    "not_from_here": _not_from_here,
    "ended": _not_from_here,
    "stale": lambda playbook, data: _(
        "您打开页面之后，工单已有变化：%(changes)s。您填写的内容还在，请看过变化后再提交。"
    ) % {"changes": _changes(playbook, data.get("changes", ()))},
    "on_hold": lambda playbook, data: _("工单处于中止状态（%(hold)s），解除后才能继续。") % {
        "hold": _hold(playbook, str(data["hold"]))
    },
    "blocked_by_task": _tasks_open,
    "required_tasks_open": _tasks_open,
    "not_by_same_person": _not_by_same_person,
    "need_facts": _about_facts(lambda: _("还缺少：%(facts)s。补全后再做这一步。")),
    "needs_evidence": lambda playbook, data: _("请先附上凭证：%(kinds)s。") % {
        "kinds": _join(_evidence(kind) for kind in data["kinds"])
    },
    "evidence_not_shown": _plain(lambda: _(
        "这一步会告知对方可以查看依据材料：请至少附一份对方可见的（勾选“客户可见”），内部材料另行存入。"
    )),
    "over_ceiling": lambda playbook, data: by_field(
        {data["fact"]: _bound(playbook, "over_ceiling", data)}, _labels(playbook)
    ),
    "condition_false": _condition_false,
    "effects_pending": _plain(lambda: _("款项或货物已经发出，不能撤回；请用改正或新的方案处理。")),
    "approved_fact": _about_facts(lambda: _("%(facts)s已经审批，不能直接更正，请重新提出方案。")),
    "awaits_approval": _about_facts(lambda: _("%(facts)s正在等待审批，不能直接更正；请先退回，再重新提出。")),
    "decided_fact": _about_facts(lambda: _(
        "%(facts)s属于已被申诉的决定，不能再更正；复核人另写理由，改判后重新提出。"
    )),
    "not_correctable": _about_facts(lambda: _("%(facts)s不能用更正来改；请用工单里对应的步骤。")),
    "below_ruling": lambda playbook, data: _below_ruling(data),
    "words_name_another_amount": lambda playbook, data: _words_differ(playbook, data),
    "kept_to_supervisors": _about_facts(lambda: _("%(facts)s只有主管能看到和更正。")),
    "not_backdated": lambda playbook, data: _("“%(action)s”按现在的时间记录，不能另填实际发生的时间。") % {
        "action": _action(playbook, str(data["action"]))
    },
    "moment_ahead": lambda playbook, data: _("实际发生的时间不能晚于现在（%(now)s）。") % {"now": _moment(data["now"])},
    "moment_before_case": lambda playbook, data: _("实际发生的时间不能早于工单开始的时间（%(began)s）。") % {
        "began": _moment(data["began"])
    },
    "not_allowed": _not_allowed,
    "already_registered": _plain(lambda: _("这个工单已经登记过。")),
    "key_used_otherwise": _plain(lambda: _(
        "先前用同一编号提交的内容已经办好；这次的内容不同，没有执行。要另外办理，请再提交一次。"
    )),
    "same_case": _plain(lambda: _("不能把工单并入它自己。")),
    "other_process": _plain(lambda: _("%(into)s 是另一种流程的工单，只能并入同一种流程。")),
    "main_case_ended": _plain(lambda: _("%(into)s 已经结束，不能并入。")),
    "main_case_merged": _plain(lambda: _("%(into)s 已并入别的工单，请并入那一张。")),
    "has_merged_cases": _plain(lambda: _("已有工单并入这张工单，请先撤销那次合并，或反过来合并。")),
    "customer_erased": _plain(lambda: customer_erased()),
    "unknown_case": _plain(lambda: _("没有这张工单。")),
}  # fmt: skip
"""What each reason of a refusal is in words."""


def _below_ruling(data: Data) -> str:
    """Why a proposal is too little; where the case says that less was paid than was ruled on, that these differ."""
    if "case_paid" in data:
        return _(
            "这比工单里最新的裁定少：%(said)s。裁定按实付 %(ruled_paid)s 元作出，工单里的实付是 %(case_paid)s 元："
            "请先更正工单里的实付，或按它重新裁定。"
        ) % {name: data[name] for name in ("said", "ruled_paid", "case_paid")}
    first, then = (
        (_("这比已决定的少：%(said)s。"), _("请按已决定的提出；要再改，在那份裁定里重新写明。")) if data.get("departed")
        else (_("这比工单里最新的裁定少：%(said)s。"),
              _("请按裁定提出；要另作处理，先在那份裁定里选“不按裁定处理”并写理由。"))
    )  # fmt: skip
    parts = [first % {"said": data["said"]}, str(data.get("lacking", "")), then]
    return punctuation.sentences(part for part in parts if part)


def _words_differ(playbook: Playbook, data: Data) -> str:
    """What a proposal's words name, and what its amount says."""
    labels = _labels(playbook)
    return _("“%(words)s”里写的是 %(named)s，“%(fact)s”却是 %(amount)s。请把两处改成一致。") % {
        "words": labels[data["words"]], "fact": labels[data["fact"]],
        "amount": _("%(amount)s 元") % {"amount": data["amount"]},
        "named": _join(_("%(amount)s 元") % {"amount": one} for one in data["named"]),
    }  # fmt: skip


def problems(refusal: Refusal, playbook: Playbook) -> dict[str, str]:
    """What is wrong with each field of a form, in words; empty for a refusal that names no field."""
    bounds = refusal.data.get("bounds", {})
    return {
        name: _bound(playbook, code, bounds[name]) if name in bounds else str(PROBLEMS.get(code, code))
        for name, code in refusal.data.get("fields", {}).items()
    }


def _labels(playbook: Playbook) -> dict[str, str]:
    return {name: words(known.label) for name, known in playbook.facts.items()}


def _bound(playbook: Playbook, code: str, excess: Mapping[str, Any]) -> str:
    """An amount and its ceiling: which of the two is at fault, and how far it may go."""
    other = playbook.facts[excess["other"]]
    shown = {"other": words(other.label), "bound": excess.get("bound", ""), "unit": unit_of(other)}
    match code:
        case "ceiling_unknown":
            return _("请先登记“%(other)s”，再填这一项。") % shown
        case "below_amount":
            return _("不能低于“%(other)s”的 %(bound)s %(unit)s。") % shown
    return _("最多 %(bound)s %(unit)s：不能超过“%(other)s”，已付出的计算在内。") % shown


def by_field(problems: Mapping[str, str], titles: Mapping[str, Any]) -> str:
    """What is wrong field by field, for whoever sees no form: each with its title, else its name."""
    return " ".join(
        _("“%(field)s”：%(problem)s") % {"field": titles.get(name) or name, "problem": PROBLEMS.get(problem, problem)}
        for name, problem in problems.items()
    )


def _join(items: Iterable[str]) -> str:
    return _("、").join(items)


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "Y-m-d H:i")


def _action(playbook: Playbook, name: str) -> str:
    known: Any = playbook.actions.get(name) or playbook.tasks.get(name)
    if name in DEPARTURES:
        return words(DEPARTURES[name])
    return words(known.title) if known else name


def _state(playbook: Playbook, name: str) -> str:
    known = playbook.states.get(name)
    return words(known.title) if known else name


def _hold(playbook: Playbook, name: str) -> str:
    if name == "merged":
        return _("已并入其他工单")
    known = playbook.holds.get(name)
    return words(known.title) if known else name


def _possible(playbook: Playbook, data: Mapping[str, Any]) -> str:
    names = [_action(playbook, name) for name in data.get("possible", ())]
    return _("现在可以：%(names)s。") % {"names": _join(names)} if names else ""


def _tasks(playbook: Playbook, names: Iterable[str]) -> str:
    shown = []
    for name in names:
        base = str(name).partition("#")[0].partition("[")[0]
        known = playbook.tasks.get(base)
        shown.append(words(known.title) if known else base)
    return _join(dict.fromkeys(shown))


def _facts(playbook: Playbook, names: Iterable[str]) -> str:
    return _join(words(playbook.facts[name].label) if name in playbook.facts else name for name in names)


def evidence_title(kind: str) -> str:
    """How a kind of evidence is called; `a|b` means either."""
    return _evidence(kind)


def _evidence(kind: str) -> str:
    *others, last = (_kind(one) for one in kind.split("|"))
    return _("或").join([punctuation.listed(others), last]) if others else last


def _kind(name: str) -> str:
    return str(ANY_TITLE if name == ANY_EVIDENCE else TITLES.get(name, name)).lower()


def _who(playbook: Playbook, parties: Iterable[str]) -> str:
    shown = _parties(playbook, parties)
    return _("可以处理的是：%(parties)s。") % {"parties": shown} if shown else ""


def _parties(playbook: Playbook, parties: Iterable[str]) -> str:
    return _join(words(playbook.parties[name].title) for name in parties if name in playbook.parties)


def _why_not_them(playbook: Playbook, step: str) -> str:
    """What the process itself says to whom its `not_by` keeps out of this step; empty where it says nothing."""
    known: Any = playbook.actions.get(step) or playbook.tasks.get(step)
    why = words(known.not_by_why) if known else ""
    return _("%(why)s。") % {"why": why} if why else ""


def _changes(playbook: Playbook, changes: Iterable[Any]) -> str:
    shown = []
    for item in changes:
        name = item.get("name", "") if isinstance(item, Mapping) else str(item)
        shown.append(_action(playbook, str(name)))
    return _join(dict.fromkeys(shown)) or _("有新的处理记录")
