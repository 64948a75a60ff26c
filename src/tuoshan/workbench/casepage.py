"""The page of one case: who it is about, what happened, what is due, what can be done next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan import identifiers, punctuation
from tuoshan.cases import lists, queries, same_subject
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.clock_views import ClockView, clock_views
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Event, Task, Watch
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import customer_erased, sentence
from tuoshan.cases.summary import is_outside
from tuoshan.catalog.models import Category, Product
from tuoshan.core import timing
from tuoshan.core.case import Refusal
from tuoshan.core.facts import encode
from tuoshan.core.money import format_money
from tuoshan.core.playbook import Playbook
from tuoshan.core.possible import Possible
from tuoshan.core.work import Work
from tuoshan.documents.gaps import NotWhole
from tuoshan.insight.story import Audience, Story
from tuoshan.insight.told_to_staff import whose_page
from tuoshan.insight.values import channel_title, shown_value
from tuoshan.integrations import replied
from tuoshan.office import beside, customers, papers, subjects
from tuoshan.office.taking_over import CLAIM
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import allowed, permitted, sees_removed
from tuoshan.workbench import queues
from tuoshan.workbench.cards import graded, state_title
from tuoshan.workbench.panels import panels_for

EARLIER_SHOWN = 5
SHOWN_ELSEWHERE = frozenset({"what_happened", "channel", "category", "product", "grade"})
KEYS = ("a", "s", "d", "f", "g")
"""Keys of the leading buttons, under the left hand; the first is the next step's alone."""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to do: its form opens in place; what stands in its way is said beside it."""

    item: Possible
    id: str
    title: str
    src: str
    why_not: str
    key: str = ""
    first: bool = False
    wanted: bool = False


def find_case(request: HttpRequest, number: str, *, whole: bool = False) -> Case:
    """The case of this number within the person's reach, `whole` with its snapshot at once. Raises Http404 for others:
    no stranger learns which exist."""
    cases = queries.reachable(request.user)
    case = (cases.defer(None) if whole else cases).filter(number=number).first()
    if case is None:
        raise Http404
    return case


def person_id(request: HttpRequest) -> int:
    """The signed-in person's id, for tables that keep plain numbers."""
    number = request.user.pk
    assert number is not None, "the permission table lets nobody in who is not signed in"
    return number


def standing_of(request: HttpRequest, case: Case) -> Standing:
    """The case as the signed-in person sees it now."""
    return Standing(case, ActingAs.by_person(request.user))


def buttons(standing: Standing, case: Case, wanted: tuple[str, str] = ("", "")) -> list[Button]:
    """The next step first, then main-line steps and own tasks, with keys; then the rest. `wanted` (`task-inquire` and
    the task's run, or empty) is the one that opens at once.
    """
    made: list[Button] = []
    main = 1
    for item in sorted(standing.possible(), key=lambda item: not item.next):
        title = words(item.title)
        if item.kind == "hold":
            title = _("中止：%(title)s") % {"title": title}
        elif item.kind == "release":
            title = _("解除：%(title)s") % {"title": title}
        elif item.kind == "ask":
            title = _("发起：%(title)s") % {"title": title}
        leading = item.main or item.kind == "task"
        key = KEYS[0] if item.next else ""
        if leading and item.blocked is None and not item.next and main < len(KEYS):
            key, main = KEYS[main], main + 1
        identity = f"do-{item.kind}-{item.name}" + (f"-{item.key}" if item.key else "")
        src = reverse("workbench:act", args=[case.number, item.kind, item.name])
        made.append(
            Button(
                item,
                identity,
                title,
                f"{src}?{urlencode({'task': item.task})}" if item.task else src,
                _why_not(standing, item.blocked) if item.blocked else "",
                key,
                item.next,
                f"{item.kind}-{item.name}" == wanted[0] and wanted[1] in ("", item.task),
            )
        )
    return made


def _why_not(standing: Standing, refusal: Refusal) -> str:
    """What stands in the way; for a condition also whose turn it is instead, and with what."""
    said = sentence(refusal, standing.playbook)
    awaited = timing.awaited(standing.playbook, standing.state)
    if refusal.because != "condition_false" or not awaited or awaited & standing.actor.parties:
        return said
    return _("%(said)s%(turn)s") % {"said": said, "turn": _turn(standing, awaited)}


def whose_turn(standing: Standing, leading: list[Button]) -> str:
    """Whose turn it is, for a person who has no step to take in a case that goes on; empty for others."""
    awaited = timing.awaited(standing.playbook, standing.state)
    if leading or not awaited or awaited & standing.actor.parties:
        return ""
    return _turn(standing, awaited)


def _turn(standing: Standing, awaited: frozenset[str]) -> str:
    known = standing.playbook.parties
    who = punctuation.listed(sorted(words(known[name].title) if name in known else name for name in awaited))
    step = _awaited_step(standing, awaited)
    if step and not all(is_outside(standing.playbook, party) for party in awaited):
        return _("接下来由%(who)s办理“%(step)s”。") % {"who": who, "step": step}
    return _("现在等%(who)s。") % {"who": who}


def _awaited_step(standing: Standing, awaited: frozenset[str]) -> str:
    """The title of the open task that holds the way, else of the first step of whom the case waits for."""
    playbook = standing.playbook
    ahead = [action for action in playbook.actions_from(standing.state.state) if action.moves]
    open_tasks = [playbook.tasks[run.name] for run in standing.state.open_tasks() if run.name in playbook.tasks]
    holding = [task.title for task in open_tasks if any(timing.gates(task, action) for action in ahead)]
    theirs = [action.title for action in ahead if not awaited.isdisjoint(action.by)]
    return next((words(title) for title in (*holding, *theirs)), "")


def barred(leading: list[Button]) -> list[tuple[str, str]]:
    """Titles of buttons that cannot be pressed now, with their reason; the same reason is said once."""
    by_reason: dict[str, list[str]] = {}
    for button in leading:
        if button.why_not:
            by_reason.setdefault(button.why_not, []).append(button.title)
    return [(punctuation.listed(titles), why) for why, titles in by_reason.items()]


@lists.remembered()
def case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything that the page shows."""
    standing = standing_of(request, case)
    playbook, state = standing.playbook, standing.state
    work = Work(playbook, state, standing.now, standing.around)
    clocks = clock_views(playbook, state, work)
    story = Story(case, playbook, Audience.staff(request.user))
    all_buttons = buttons(standing, case, (request.GET.get("do", ""), request.GET.get("task", "")))
    leading = [b for b in all_buttons if b.item.main or b.item.kind == "task"]
    earlier = earlier_cases(request, case)
    return {
        "case": case,
        "standing": standing,
        "state_title": words(playbook.states[case.state].title),
        "playbook_title": words(playbook.title),
        "hold_title": hold_title(standing),
        "waits_for": _parties(standing),
        "clocks": [view for view in clocks if view.open],
        "ended_clocks": [view for view in clocks if not view.open][:8],
        "leading_clock": next((view for view in clocks if view.open and view.ours), None),
        "leading": leading,
        "barred": [*barred(leading), *_nobody_left(case, playbook)],
        "whose_turn": "" if case.ended else whose_turn(standing, leading),
        "nobody_left": customer_erased() if case.is_erased else "",
        "others": [b for b in all_buttons if b not in leading],
        "claimable": _claimable(request, case, all_buttons),
        "days": story.days(),
        "counterpart": whose_page(playbook), "graded": graded(case), "has_customer": "customer" in playbook.parties,
        "reply_title": reply_title(playbook),
        "files": list(story.files.values()), "files_count": len(story.evidence),
        "opens_removed": sees_removed(request.user), "take_away": _take_away(request, case, story.evidence),
        "facts": facts_shown(standing, story),
        "tasks": tasks_of(case, standing, clocks),
        "people": {"handler": Person.objects.filter(pk=case.handler_id).first() if case.handler_id else None},
        "unit": OrgUnit.objects.filter(pk=case.unit_id).first() if case.unit_id else None,
        "customer": story.customer,
        "erasure": story.customer is not None and customers.erased(request.user, story.customer.pk) is not None
        if case.is_erased
        else False,
        "contact": customers.particulars(request.user, story.customer) if story.customer else {},
        "product": Product.objects.filter(pk=case.product_id).first() if case.product_id else None,
        "category": Category.objects.select_related("parent").filter(pk=case.category_id).first()
        if case.category_id
        else None,
        "channel": channel_title(case.channel),
        "earlier": earlier, "same_subject": _same_subject(request, case, standing, {row["case"].pk for row in earlier}),
        "questions": [
            words(playbook.facts[name].label) for name in standing.open_questions() if name in playbook.facts
        ],
        "watching": Watch.objects.filter(case_id=case.pk, person_id=person_id(request)).exists(),
        "may_write": allowed(request.user, "workbench.note"),
        "may_learn": allowed(request.user, "workbench.lesson_link"),
        "has_decision": not case.is_erased and papers.decision(story) is not None,
        "panels": panels_for(standing, case, request.user),
        "merged_into": Case.objects.filter(pk=case.merged_into_id).first() if case.merged_into_id else None,
        "idempotency_key": identifiers.token(),
    }


def _nobody_left(case: Case, playbook: Playbook) -> list[tuple[str, str]]:
    """Why the customer is neither written to nor called, where they were erased."""
    titles = [reply_title(playbook), _("通话")]
    return [(punctuation.listed(titles), customer_erased())] if case.is_erased else []


def _take_away(request: HttpRequest, case: Case, evidence: Iterable[int]) -> dict[int, str]:
    """Where each file can be taken out of the case, for who may."""
    if not allowed(request.user, "workbench.evidence_remove"):
        return {}
    return {number: reverse("workbench:evidence_remove", args=[case.number, number]) for number in evidence}


def _claimable(request: HttpRequest, case: Case, all_buttons: list[Button]) -> Button | None:
    """The button by which the reader takes the case: a press while nobody has it, a form that asks why once somebody
    else does; None where it is theirs already.
    """
    mine = case.handler_id == person_id(request)
    steps = [one for one in all_buttons if one.item.kind == "act" and one.item.name == CLAIM and not one.why_not]
    return None if mine else next(iter(steps), None)


def reply_title(playbook: Playbook) -> str:
    """The button that writes to whoever asked."""
    if playbook.portal in ("", "customer"):
        return _("回复客户")
    return _("回复：%(who)s") % {"who": whose_page(playbook)}


def hold_title(standing: Standing) -> str:
    """What the case is frozen by, in words; empty when it is not."""
    if standing.state.hold is None:
        return ""
    hold = standing.playbook.holds.get(standing.state.hold.name)
    return words(hold.title) if hold else _("已并入其他工单")


def _parties(standing: Standing) -> str:
    state = standing.playbook.states[standing.state.state]
    if state.waits is None:
        return ""
    known = standing.playbook.parties
    return _("、").join(words(known[party].title) if party in known else party for party in state.waits.parties)


def facts_shown(standing: Standing, story: Story) -> list[tuple[str, str]]:
    """Label and value of every fact that has a field, in the playbook's order."""
    found = []
    for name, field in standing.playbook.facts.items():
        value = standing.state.facts.get(name)
        if value is None or (field.supervisors_only and not story.audience.findings) or name in SHOWN_ELSEWHERE:
            continue
        found.append((words(field.label), shown_value(field, encode(value), story.record.words, story.people)))
    return found


def tasks_of(case: Case, standing: Standing, clocks: Sequence[ClockView]) -> list[dict[str, Any]]:
    """Open tasks first, then done ones, with who has them and until when."""
    warn_at = {view.key: view.warn_at for view in clocks}
    rows = Task.objects.filter(case_id=case.pk).order_by("completed_at", "opened_at")
    shown = []
    for row in sorted(rows, key=lambda task: (task.status != "open", task.opened_at)):
        task = standing.playbook.tasks.get(row.name)
        party = standing.playbook.parties.get(row.party)
        shown.append(
            {
                "row": row,
                "warn_at": warn_at.get(f"task:{row.key}"),
                "title": words(task.title) if task else _("上级决定"),
                "optional": bool(task and task.optional),
                "who": lists.title("department", row.department)
                if row.department
                else words(party.title)
                if party
                else row.party,
                "outcome": words(task.outcome_titles[row.outcome])
                if task and row.outcome in task.outcome_titles
                else "",
            }
        )
    return shown


def earlier_cases(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """The customer's other cases, newest first, each with the title of its state."""
    if not case.customer_id:
        return []
    found = queries.reachable(request.user).filter(customer_id=case.customer_id).exclude(pk=case.pk).order_by("-id")
    shown = found.defer(None).only("number", "title", "state", "playbook", "playbook_hash")[:EARLIER_SHOWN]
    return [{"case": row, "state": state_title(row)} for row in shown]


def _same_subject(
    request: HttpRequest, case: Case, standing: Standing, shown: set[int]
) -> dict[str, Any] | None:
    """Cases about the same order or shop that are not `shown` already among the customer's own, and what all of them
    have paid or offered: it may be why this one's amount needs an approval.
    """
    found = [other for other in subjects.others(request.user, case) if other.pk not in shown]
    money = money_of_others(standing, case)
    return {
        "title": subjects.title(case), "rows": [{"case": row, "state": state_title(row)} for row in found],
        "money": money,
    } if found or money else None  # fmt: skip


def money_of_others(standing: Standing, case: Case) -> dict[str, str]:
    """What other cases about the same order or shop have paid and offer, in words; without what comes to nothing."""
    money = same_subject.money_of_others(standing.playbook, standing.state, case.pk)
    return {query: format_money(sum) for query, sum in money.items() if sum}


@permitted("workbench.case")
@require_safe
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """The case beside the list that the person came from; alone, with the way back (`back`), from board and search."""
    case = find_case(request, number, whole=True)
    name, back = queues.remembered(request), way_back(request)
    request.queue_name = "" if back else name  # type: ignore[attr-defined]
    context = {**case_context(request, case), "back": back, "queue": name}
    if "handler" in context["standing"].actor.parties or (case.handler_id is None and context["may_write"]):
        replied.read(case, person_id(request), context["standing"].now)
    if not request.headers.get("HX-Request") and not back:
        size = queues.remembered_rows(request, name)
        context["pane"] = queues.pane(request, name, current=case, size=size)
    template = "workbench/case/case.html" if request.headers.get("HX-Request") else "workbench/case/page.html"
    response = render(request, template, context)
    queues.remember_rows(request, response, name)
    return response


def way_back(request: HttpRequest) -> str:
    """The address within the desk from which the case was opened alone, of this request or of the page that sent it;
    empty where it stands beside a list.
    """
    page = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    given = request.GET.get("back") or page.get("back", [""])[0]
    return given if given.startswith("/") and url_has_allowed_host_and_scheme(given, None) else ""


@permitted("workbench.paper")
@require_safe
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The case on paper: its record, the whole of it for the archive, or the letter in the customer's language."""
    case = find_case(request, number, whole=True)
    if kind not in papers.KINDS:
        raise Http404
    language = papers.letter_language(case) if kind == "letter" else str(get_language())
    try:
        content = papers.paper(case, kind, request.user, language=request.GET.get("language", language)[:8])
    except papers.NoDecision:
        raise Http404 from None
    except NotWhole as gap:
        return not_printed(request, gap)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}-{kind}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def not_printed(request: HttpRequest, gap: NotWhole) -> HttpResponse:
    """In the place of a paper that goes to a customer: why it was not printed, and who does what about it."""
    return render(request, "workbench/case/not_printed.html", {"why": str(gap)}, status=409)


@permitted("workbench.presence")
@require_safe
def presence(request: HttpRequest, number: str) -> JsonResponse:
    """Who else has this case open, and whether it changed since the page was made."""
    case = find_case(request, number)
    names = beside.here(case, person_id(request))
    return JsonResponse({"seq": case.seq, "here": names, "changed": _last_change(case)})


def _last_change(case: Case) -> str:
    event = Event.objects.filter(case_id=case.pk).order_by("-seq").first()
    if event is None:
        return ""
    who = str(Person.objects.filter(pk=event.actor_id).first() or _("系统")) if event.actor_id else _("系统")
    return _("%(who)s 刚刚更新了这个工单") % {"who": who}


urlpatterns = [
    path("case/<str:number>", case_page, name="case"),
    path("case/<str:number>/paper/<slug:kind>", paper, name="paper"),
    path("case/<str:number>/presence", presence, name="presence"),
]
