"""The customer's page of a case, and what they do there.

Forms stand in the page itself, so that everything works without script; a refusal comes back into the open form
with what was typed. Every form carries the last event its reader saw and a key that makes a second tap act once.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock, identifiers
from tuoshan.care import survey as surveys
from tuoshan.care.forms import SurveyForm
from tuoshan.cases import meanings, service, upload_holders
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import PlaybookForm, words
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import evidence_title, problems
from tuoshan.core.case import Refusal
from tuoshan.core.playbook import ANY_OPEN
from tuoshan.core.possible import Possible, step_of_customer
from tuoshan.documents import drafts, evidence
from tuoshan.documents.access import shown_to_customer
from tuoshan.insight.told_to_customer import state_words
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.portal import access, throttle
from tuoshan.portal.forms import WriteForm
from tuoshan.portal.pages import page
from tuoshan.portal.showing import otherwise, promises, refused
from tuoshan.portal.story import CustomersCase
from tuoshan.portal.taking import has_news, photo_problems

SHOWN_AT_ONCE = 3
"""Big buttons while it is the customer's turn; what is left stands folded up below them."""
FEW_STATES, ALWAYS = 3, 3
RECENT = 8
"""Entries of the conversation that stand open."""


@dataclass(slots=True)
class Choice:
    """One thing the customer may do, with its form in place."""

    item: Possible
    title: str
    form: PlaybookForm
    token: str
    key: str
    rank: int = 0
    css: str = "btn-line"
    problem: str = ""

    @property
    def id(self) -> str:
        return f"do-{self.item.kind}-{self.item.name}"

    @property
    def wanted(self) -> list[str]:
        return [evidence_title(kind) for kind in self.item.evidence]

    @property
    def evidence_kind(self) -> str:
        first = self.item.evidence[0].split("|")[0] if self.item.evidence else ""
        return "" if first == "any" else first

    @property
    def takes_files(self) -> bool:
        told = any(field.kind == "long_text" for field in self.item.form)
        return bool(self.item.evidence) or (told and self.rank < ALWAYS)

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in; else one tap and a confirmation do."""
        return bool(self.item.form or self.item.evidence or len(self.item.outcomes) > 1)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(value, words(title)) for value, title in self.item.outcomes]


def choices(standing: Standing, failed: Choice | None = None) -> tuple[list[Choice], list[Choice]]:
    """What is offered at once, and what stands folded up: rights beside the point, steps of every open state. Where
    nobody waits for the customer, only work asked of them stands open, and nothing is filled.
    """
    found: list[Choice] = []
    asked = meanings.meant(standing.playbook, "survey")
    holder = upload_holders.of_case(standing.row.pk)
    for item in standing.possible():
        if item.kind not in ("act", "task") or item.name in asked:
            continue
        choice = _choice(standing, item, None, drafts.new_upload_token(holder), identifiers.token())
        found.append(failed if failed is not None and failed.id == choice.id else choice)
    found.sort(key=lambda choice: (not choice.item.next, choice.rank))
    their_turn = bool(found) and found[0].item.next
    if their_turn:
        found[0].css = "btn-primary"
    furthest = ALWAYS if their_turn else 1
    near = [choice for choice in found if choice.rank < furthest or choice.item.next][:SHOWN_AT_ONCE]
    folded = [choice for choice in found if choice not in near]
    if not near:
        for choice in folded:
            choice.css = "btn-ghost"
    return near, folded


def _answered(standing: Standing) -> bool:
    """Whether the case stands where it does by an answer of the customer, given here or told to us."""
    action = standing.playbook.actions.get(str(standing.state.moved.get("action")))
    return action is not None and standing.playbook.portal in action.by


def _choice(standing: Standing, item: Possible, data: Any, token: str, key: str) -> Choice:
    form = standing.form(item, data=data, prefix=item.name)
    return Choice(item, words(item.title), form, token, key, _rank(standing, item))


def _rank(standing: Standing, item: Possible) -> int:
    """Work asked of them, steps of this state, what is open in a few states, what nearly always is."""
    if item.kind == "task":
        return 0
    sources = standing.playbook.actions[item.name].sources
    if ANY_OPEN in sources or len(sources) > FEW_STATES:
        return ALWAYS
    return 1 if len(sources) == 1 else 2


def handler_of(case: Case) -> tuple[int, str] | None:
    """Who handles it, by the name that customers may know."""
    person = Person.objects.filter(pk=case.handler_id).first() if case.handler_id else None
    return (person.pk, person.display_name) if person is not None and person.display_name else None


def case_page(
    request: HttpRequest, case: Case, *, failed: Choice | None = None, writing: WriteForm | None = None,
    rating: SurveyForm | None = None, problem: str = "", token: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a case, as it stands or with a form that was refused."""
    standing = Standing(case, ActingAs.by_customer(case.customer_id))
    playbook, state = standing.playbook, standing.playbook.states[case.state]
    handler = handler_of(case)
    story = CustomersCase(case, standing, handler)
    near, folded = choices(standing, failed)
    asked = surveys.asked_of_case(case, standing.now)
    if rating is None and asked is not None and asked.is_open:
        rating = SurveyForm(asked=asked)
    lines = story.lines()
    context = {
        "case": case,
        "title": words(playbook.title),
        "state": state_words(state),
        "ended": bool(state.end),
        "held": standing.state.hold is not None,
        "promises": promises(playbook, standing.state, standing.now),
        "steps": story.steps(),
        "earlier": lines[:-RECENT],
        "recent": lines[-RECENT:],
        "told": story.told(),
        "proposal": story.proposal(),
        "otherwise": otherwise(playbook, standing.state),
        "near": near,
        "thanks": not (near or state.end or standing.state.hold)
        and (_answered(standing) or (asked is not None and asked.given is not None)),
        "folded": folded,
        "failed": failed,
        "handler": handler[1] if handler else "",
        "evidence": shown_to_customer(case.pk),
        "merged_into": _merged_into(request, case),
        "rating": rating,
        "rated": asked.given if asked is not None else None,
        # While one thing is asked of them and has a form of its own, a second box beside it would only confuse.
        "write": (writing or WriteForm()) if not state.end and not (len(near) == 1 and near[0].asks) else None,
        "write_token": drafts.usable(token, upload_holders.of_case(case.pk)),
        "key": identifiers.token(),
        "problem": problem,
    }
    return page(request, "case.html", context, status)


def _merged_into(request: HttpRequest, case: Case) -> Case | None:
    """The case that this one was merged into, opened too when it is the same customer's."""
    into = Case.objects.filter(pk=case.merged_into_id).first() if case.merged_into_id else None
    if into is None or into.customer_id is None or into.customer_id != case.customer_id or not access.has_page(into):
        return None
    if access.case_of(request, into.number) is None:
        access.open_case(request, into)
    return into


def to_track(request: HttpRequest, number: str) -> HttpResponse:
    """Not open on this device, or not there at all: the same answer for both. What was sent with a lapsed page is said
    not to have arrived.
    """
    if request.method == "POST":
        messages.warning(request, _("页面已过期，刚才的内容没有送出。请重新打开工单后再提交。"))
    return redirect(f"{reverse('portal:track')}?number={number[:60]}")


@permitted("portal.case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The customer's page of their case."""
    found = access.case_of(request, number)
    return case_page(request, found) if found is not None else to_track(request, number)


def _token(request: HttpRequest, case: Case) -> str:
    """Under which the files of the form that was sent lie."""
    return drafts.usable(request.POST.get("upload_token", ""), upload_holders.of_case(case.pk))


def _too_often(request: HttpRequest, case: Case) -> bool:
    sources = [f"case {case.pk}", throttle.address_of(request)]
    return throttle.take(throttle.WRITING, sources, clock.now()) is None


def _done_before(case: Case, key: str) -> service.Outcome | None:
    """What was taken already under this key: this is the second tap of a double one, or something else."""
    known = service.given_before(actor=ActingAs.by_customer(case.customer_id), idempotency_key=key)
    return known if known is not None and known.case_id == case.pk else None


@permitted("portal.act")
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """One step or one task of the customer."""
    found = access.case_of(request, number)
    if found is None:
        return to_track(request, number)
    key = request.POST.get("key", "")
    before = _done_before(found, key)
    if before is not None:
        return _again(request, found, before, key)
    if _too_often(request, found):
        return case_page(request, found, problem=_("提交过于频繁，请稍后再试。"), status=429)
    standing = Standing(found, ActingAs.by_customer(found.customer_id))
    item = standing.find(request.POST.get("kind", ""), request.POST.get("name", ""), request.POST.get("task", ""))
    if item is None or item.kind not in ("act", "task"):
        now = state_words(standing.playbook.states[found.state])
        problem = _("这一步已经不能做了。现在是：%(state)s。") % {"state": now}
        return case_page(request, found, problem=problem, status=409)
    choice = _choice(standing, item, request.POST, _token(request, found), key or identifiers.token())
    return _take(request, found, standing, choice)


def _again(request: HttpRequest, case: Case, before: service.Outcome, key: str) -> HttpResponse:
    """A form whose key is used up: the same again is done already; anything else is refused and given back."""
    standing = Standing(case, ActingAs.by_customer(case.customer_id))
    kind, name, task = (request.POST.get(part, "") for part in ("kind", "name", "task"))
    token = _token(request, case)
    still = standing.find(kind, name, task)
    item = still or step_of_customer(standing.playbook, kind, name, task)
    choice = _choice(standing, item, request.POST, token, key) if item is not None else None
    if choice is not None and choice.form.is_valid() and _send(request, case, choice).accepted:
        return redirect("portal:case", case.number)
    problem = _("“%(title)s”先前已经提交，以那一次为准；这次填写的不同，没有提交。要更改或补充，请给我们留言。") % {
        "title": _title_of(standing, before)
    }
    if still is not None and choice is not None:
        choice.problem, choice.key = problem, identifiers.token()
        return case_page(request, case, failed=choice, status=409)
    typed = WriteForm(initial={"text": _typed(request, item)})
    return case_page(request, case, writing=typed, token=token, problem=problem, status=409)


def _title_of(standing: Standing, before: service.Outcome) -> str:
    """What was taken, as the customer reads it."""
    playbook = standing.playbook
    found = (step_of_customer(playbook, one.kind, one.name) for one in before.events)
    return next((words(item.title) for item in found if item is not None), _("这份内容"))


def _typed(request: HttpRequest, item: Possible | None) -> str:
    """The words that were written into a form which is not there any more."""
    told = (f"{item.name}-{field.name}" for field in item.form if field.kind in ("text", "long_text")) if item else ()
    return "\n".join(text for name in told if (text := request.POST.get(name, "").strip()))


def _take(request: HttpRequest, case: Case, standing: Standing, choice: Choice) -> HttpResponse:
    refusals = photo_problems(request, choice.token, upload_holders.of_case(case.pk)) if choice.takes_files else []
    if refusals or not choice.form.is_valid():
        choice.problem = " ".join(refusals)
        return case_page(request, case, failed=choice, status=422)
    refusal = Refusal("stale") if has_news(case, request.POST.get("seq", "")) else _send(request, case, choice).refusal
    if refusal is None:
        messages.success(request, _("已提交：%(title)s") % {"title": choice.title})
        return redirect("portal:case", case.number)
    choice.form.refuse(problems(refusal, standing.playbook))
    choice.problem = refused(refusal, standing.playbook)
    choice.key = identifiers.token()
    changed = refusal.because in ("stale", "moved_by_system", "not_from_here", "ended")
    case.refresh_from_db()
    still = Standing(case, ActingAs.by_customer(case.customer_id)).find(choice.item.kind, choice.item.name)
    lost = "" if still is not None else choice.problem
    return case_page(request, case, failed=choice, problem=lost, status=409 if changed else 422)


def _send(request: HttpRequest, case: Case, choice: Choice) -> service.Outcome:
    item = choice.item
    common: dict[str, Any] = {
        "case_id": case.pk, "actor": ActingAs.by_customer(case.customer_id), "values": choice.form.values(),
        "expected_seq": case.seq, "idempotency_key": choice.key,
        "upload_token": choice.token,
    }  # fmt: skip
    if item.kind == "task":
        return service.complete_task(task_key=item.task, outcome=request.POST.get("outcome", ""), **common)
    return service.act(action=item.name, **common)


@permitted("portal.write")
@require_POST
def write(request: HttpRequest, number: str) -> HttpResponse:
    """A message to us, photos, or both."""
    found = access.case_of(request, number)
    if found is None:
        return to_track(request, number)
    key, token = request.POST.get("key", "") or identifiers.token(), _token(request, found)
    form = WriteForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    if _done_before(found, f"{key}:text"):
        if text and _say(found, text, key).refusal is not None:  # changed meanwhile: given back, not lost
            problem = _("上一次写的内容我们已经收到；这次写的不同，还没有发送。要补充，请再发送一次。")
            return case_page(request, found, writing=form, token=token, problem=problem, status=409)
        return redirect("portal:case", found.number)
    if not text and _done_before(found, f"{key}:files"):
        return redirect("portal:case", found.number)
    if _too_often(request, found):
        problem = _("提交过于频繁，请稍后再试。")
        return case_page(request, found, writing=form, token=token, problem=problem, status=429)
    holder = upload_holders.of_case(found.pk)
    for problem in photo_problems(request, token, holder):
        form.add_error(None, problem)
    has_files = bool(evidence.of_draft(token, (holder,)))
    if form.is_valid() and not text and not has_files:
        form.add_error("text", _("请写下内容，或添加照片"))
    if not form.is_valid():
        return case_page(request, found, writing=form, token=token, status=422)
    if text:
        _say(found, text, key)
    if has_files:
        actor = ActingAs.by_customer(found.customer_id)
        service.add_evidence(case_id=found.pk, actor=actor, upload_token=token, idempotency_key=f"{key}:files")
    messages.success(request, _("已收到，我们会尽快回复您。"))
    return redirect("portal:case", found.number)


def _say(case: Case, text: str, key: str) -> service.Outcome:
    """What the customer writes to us, once for a key."""
    return service.message(
        case_id=case.pk, actor=ActingAs.by_customer(case.customer_id), text=text, channel="portal", direction="in",
        idempotency_key=f"{key}:text",
    )  # fmt: skip


@permitted("portal.rate")
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """The answer to the survey."""
    found = access.case_of(request, number)
    if found is None:
        return to_track(request, number)
    asked = surveys.asked_of_case(found, clock.now())
    if asked is None:
        return redirect("portal:case", found.number)
    form = SurveyForm(request.POST, asked=asked)
    if not form.is_valid():
        return case_page(request, found, rating=form, status=422)
    try:
        form.save(via="portal")
    except surveys.SurveyClosed:
        return case_page(request, found, problem=_("评价已超过可修改的时间，仍按上次的评分。"), status=409)
    messages.success(request, _("谢谢您的评价。"))
    return redirect("portal:case", found.number)
