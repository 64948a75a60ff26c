"""What a notification says, put into words when it is read, so that it stands in the reader's language."""

import json
from datetime import datetime
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tuoshan.cases import library
from tuoshan.core.playbook import Playbook, Wording
from tuoshan.knowledge.showing import until_text
from tuoshan.parties.models import Person


def case_of(note: Any) -> Any:
    """The case, kept with the notification once read."""
    if "_case" not in note.__dict__:
        model: Any = apps.get_model("cases", "Case")
        note._case = model._default_manager.filter(id=note.case_id or 0).first()
    return note._case


def with_cases(notes: list[Any]) -> list[Any]:
    """The same notifications with their cases, read by one query."""
    model: Any = apps.get_model("cases", "Case")
    found = model._default_manager.in_bulk([note.case_id for note in notes if note.case_id])
    for note in notes:
        note._case = found.get(note.case_id)
    return notes


def address(note: Any) -> str:
    """Where a click leads: the case, or the place that the notification names."""
    case = case_of(note)
    if case is None:
        return str(note.data.get("address", ""))
    try:
        return reverse("workbench:case", args=[case.number])
    except NoReverseMatch:
        return f"/case/{case.number}"


def sentence(note: Any) -> str:
    """One line: what happened in which case, and how often when more than once."""
    case = case_of(note)
    playbook = _playbook(case)
    values = {
        "case": f"{case.number} {case.title}".strip() if case is not None else str(note.data.get("subject", "")),
        "task": _task_title(note, playbook), "clock": _clock_title(note, playbook), "due": _due(note),
        "party": _party_title(note, playbook), "to": _taker(note), "given": str(note.data.get("given", "")),
    }  # fmt: skip
    said = _template(note.what, values) % values
    if note.count > 1:
        said += ngettext("（共 %(n)s 次）", "（共 %(n)s 次）", note.count) % {"n": note.count}
    return said


def _template(what: str, values: dict[str, str]) -> str:
    match what:
        case "approval" if values["party"]:
            return _("等您审批，%(party)s都已参与前面的步骤，须回避：%(case)s")
        case "assigned" | "escalated" if values["party"] and values["task"]:
            return _("待办“%(task)s”请您完成，%(party)s都已参与前面的步骤，须回避：%(case)s")
        case "assigned" | "escalated" if values["party"]:
            return _("请您处理，%(party)s都已参与前面的步骤，须回避：%(case)s")
        case "assigned":
            return _("新待办“%(task)s”：%(case)s") if values["task"] else _("派给您：%(case)s")
        case "passed_on":
            return _("改由%(to)s经办，原因见工单：%(case)s")
        case "due_soon":
            return _("“%(clock)s”将在 %(due)s 到期：%(case)s")
        case "overdue":
            return _("“%(clock)s”已超时：%(case)s")
        case "escalated":
            return _("升级给您，“%(clock)s”已超时：%(case)s") if values["clock"] else _("升级给您：%(case)s")
        case "customer_replied":
            return _("客户有新的回应：%(case)s")
        case "approval":
            return _("等您审批：%(case)s")
        case "watched":
            return _("您关注的工单有变化：%(case)s")
        case "mentioned":
            return _("备注里提到了您：%(case)s")
        case "undelivered":
            return _("给客户的消息没有送达：%(case)s")
        case "lesson" if values["given"] == "owner":
            return _("派给您一项整改：%(case)s")
        case "lesson" if values["given"]:
            return _("有一项整改还没有负责人：%(case)s")
        case "lesson":
            return _("整改到期提醒：%(case)s")
    return _("有变化：%(case)s")


def _playbook(case: Any) -> Playbook | None:
    if case is None:
        return None
    try:
        return library.pinned(case.playbook, case.playbook_hash)
    except (LookupError, json.JSONDecodeError):
        return None


def _words(wording: Wording | None) -> str:
    return wording.in_language(get_language() or "zh-hans") if wording and wording.zh else ""


def _task_title(note: Any, playbook: Playbook | None) -> str:
    name = str(note.data.get("task", "")).partition("#")[0].partition("[")[0]
    task = playbook.tasks.get(name) if playbook else None
    return _words(task.title if task else None)


def _party_title(note: Any, playbook: Playbook | None) -> str:
    """The party in whose stead the reader is asked, as nobody of it may act; empty where it is the reader's own."""
    party = playbook.parties.get(str(note.data.get("instead_of", ""))) if playbook else None
    return _words(party.title if party else None)


def _taker(note: Any) -> str:
    """Who has the case now, by name, where the notification says so."""
    to = str(note.data.get("to", ""))
    return str(Person.objects.filter(pk=int(to)).first() or _("已离职人员")) if to.isdigit() else ""


def _clock_title(note: Any, playbook: Playbook | None) -> str:
    """`state:approving#2`, `task:inquire[qa]#1`, `deadline:solve#1` → the title of what has the limit."""
    kind, _sign, rest = str(note.data.get("clock", "")).partition(":")
    name = rest.partition("#")[0].partition("[")[0] or kind.partition("#")[0]
    if playbook is None:
        return ""
    known: Any = (
        playbook.deadlines.get(name)
        or playbook.tasks.get(name)
        or playbook.states.get(name)
        or playbook.holds.get(name)
    )
    return _words(known.title if known else None)


def _due(note: Any) -> str:
    due = note.data.get("due")
    return until_text(datetime.fromisoformat(due), get_language() or "zh-hans") if due else ""
