"""A POST sent again with its `Idempotency-Key` acts once and gives the same answer.

Commands about a case keep their outcome with the case's own writing; every other POST that writes keeps its whole
answer, encrypted, among the commands. They are forgotten together (`forget_old_commands`). A refused request is not
kept: it may be sent again with its key.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.operation import Operation

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction, writing
from tuoshan.api import problems
from tuoshan.api.application import api, me
from tuoshan.api.describing import REPEATED
from tuoshan.cases.models import Command
from tuoshan.secrets import Unreadable

AT_WORK = timedelta(minutes=2)
"""After so long without an answer a request counts as broken off: sent again with its key, it is begun anew."""

View = Callable[..., Any]
Act = Callable[[], HttpResponse]
Keep = Callable[[str, int, str, Act], HttpResponse]


def idempotency_key(request: HttpRequest) -> str | None:
    """The caller's key, so that sending again acts once."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 120:
        raise problems.Problem(400, "bad_key", _("Idempotency-Key 最多 120 个字符"))
    return key or None


def kept_with_the_case(view: View) -> View:
    """The operation hands the key on with its command about a case; here it is only described so."""
    return _described(view, lambda operation: None)


def repeatable(view: View) -> View:
    """What the operation writes and its answer are kept in one transaction: both or neither."""
    return _answered(view, _in_one)


def repeatable_step_by_step(view: View) -> View:
    """For an operation that must not hold a transaction: it sends something out, or each of its cases has its own.

    The key is taken first, the answer kept afterwards. Meanwhile the same request is told 409 `being_done`; broken
    off between the two, it acts anew when it is sent again after `AT_WORK`.
    """
    return _answered(view, _step_by_step)


def _described(view: View, bind: Callable[[Operation], None]) -> View:
    def contribute(operation: Operation) -> None:
        REPEATED.add(str(operation.url_name))
        bind(operation)

    view._ninja_contribute_to_operation = [contribute]  # type: ignore[attr-defined]
    return view


def _answered(view: View, keep: Keep) -> View:
    bound: list[Operation] = []

    def bind(operation: Operation) -> None:
        own = copy.copy(operation)
        own.api = api
        bound.append(own)

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = idempotency_key(request)
        if key is None:
            return view(request, *args, **kwargs)

        def act() -> HttpResponse:
            given = view(request, *args, **kwargs)
            answer: Any = bound[0]._result_to_response(request, given, api.create_temporal_response(request))
            return answer  # type: ignore[no-any-return]

        caller = int(me(request).pk)
        return keep(f"api:{caller}:{key}", caller, _said(request), act)

    return _described(answering, bind)


def _said(request: HttpRequest) -> str:
    """Tells whether a key is used again for the same request."""
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + _sent(request)).hexdigest()


def _sent(request: HttpRequest) -> bytes:
    """The body, or of an upload, which has been read already, its fields and the digest of each file."""
    if not request.FILES:
        return request.body
    told = [json.dumps(sorted(request.POST.lists()))]
    for name in sorted(request.FILES):
        file: Any = request.FILES[name]
        told.append(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}")
        file.seek(0)
    return "\n".join(told).encode()


def _in_one(mark: str, caller: int, said: str, act: Act) -> HttpResponse:
    try:
        with write_transaction():
            known = Command.objects.filter(key=mark).first()
            if known is None:
                _take(mark, caller, said)  # of two at the same moment the other one waits here
                return _keep(mark, act())
    except IntegrityError:
        known = Command.objects.filter(key=mark).first()
        if known is None:
            raise
    return _again(known, said)


def _step_by_step(mark: str, caller: int, said: str, act: Act) -> HttpResponse:
    known = _taken_before(mark, caller, said)
    if known is not None:
        return _again(known, said)
    try:
        answer = act()
    except BaseException:
        with writing():
            Command.objects.filter(key=mark, reply="").delete()
        raise
    with writing():
        return _keep(mark, answer)


def _taken_before(mark: str, caller: int, said: str) -> Command | None:
    """What is known of the key; None where this request has now taken it."""
    try:
        with write_transaction():
            known = Command.objects.filter(key=mark).first()
            if known is None:
                _take(mark, caller, said)
                return None
            if known.reply or known.fingerprint != said or known.at > clock.now() - AT_WORK:
                return known
            broken_off = Command.objects.filter(key=mark, reply="", at=known.at)
            return None if broken_off.update(at=clock.now()) else known
    except IntegrityError:
        return Command.objects.get(key=mark)


def _take(mark: str, caller: int, said: str) -> None:
    Command.objects.create(key=mark, case_id=0, actor_id=caller, fingerprint=said, reply="", at=clock.now())


def _keep(mark: str, answer: HttpResponse) -> HttpResponse:
    reply = json.dumps([answer.status_code, answer.headers.get("Content-Type", "")])
    Command.objects.filter(key=mark).update(reply=reply, answer=answer.content.decode())
    return answer


def _again(known: Command, said: str) -> HttpResponse:
    """The answer that was given. Raises Problem 409 where the key was used for something else, or there is none."""
    if known.fingerprint != said:
        raise problems.key_used_otherwise()
    if not known.reply:
        raise problems.being_done()
    if known.answer is None or isinstance(known.answer, Unreadable):
        raise problems.answer_gone()
    status, kind = json.loads(known.reply)
    return HttpResponse(known.answer, status=status, content_type=kind or None)
