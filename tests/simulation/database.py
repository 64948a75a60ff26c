"""The same random walks through the real write path: every command twice at once, crashes between statements."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, connections
from tests.simulation.company import Company
from tests.simulation.walker import Walker
from tests.simulation.world import Step

from tuoshan import clock
from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.cases import library, service, writing
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Event
from tuoshan.cases.orders import Order, Outcome
from tuoshan.core.case import Actor, Command
from tuoshan.core.facts import encode
from tuoshan.core.walker import BEGIN

CUSTOMER = 77
MOST_HOURS = 12


class Crash(Exception):
    """The process dies here: not an error of the database, so nothing is tried again by itself."""


class CrashBefore:
    """Dies before the statement of this number; the transaction goes with it."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Crash
        return execute(sql, parameters, many, context)


class DatabaseWalk:
    """Makes a walk with the in-memory walker and sends every command of it through `cases.service`.

    The two need not agree on each refusal (people come from the walk, not from the company's rows); both must
    keep the case whole.
    """

    def __init__(self, playbook: Any, seed: int) -> None:
        self.walker = Walker(playbook, seed)
        self.chance = random.Random(seed)
        self.playbook = playbook
        self.ids: dict[int, int] = {}
        self.moment = BEGIN
        self.number = 0
        self.seed = seed
        self.crashes = 0
        self.twice = 0

    def walk(self, length: int) -> list[int]:
        """The whole walk; the ids of its cases."""
        steps = self.walker.walk(length)
        for step in steps:
            self.take(step)
        ids = list(self.ids.values())
        for _ in range(MOST_HOURS):  # what has failed once comes back later
            with clock.use(self.moment):
                worker.drain()
            if not Item.objects.filter(case_id__in=ids, kind="effect", done_at=None, parked_at=None).exists():
                break
            self.moment += timedelta(hours=1)
        return ids

    def take(self, step: Step) -> None:
        """The worker at its moments, then the command; the machine's clock may have gone back."""
        for moment in step.wakes:
            self.run_worker(moment)
        self.moment = max(self.moment, step.at)
        with clock.use(step.at):
            if step.kind == "deliver":
                self.run_worker(step.at)
            elif step.kind == "command" and step.command is not None:
                self.send(step.case, step.command, step.at)

    def run_worker(self, moment: datetime) -> None:
        """Work off what is due; now and then the worker dies in the middle and another takes over."""
        with clock.use(moment):
            if self.chance.random() < 0.25:
                try:
                    with connection.execute_wrapper(CrashBefore(self.chance.randrange(60))):
                        worker.drain()
                except Crash:
                    self.crashes += 1
                    # its leases run out after a minute: here they run out at once
                    Item.objects.filter(done_at=None).exclude(lease_by="").update(ready_at=moment, lease_by="")
            worker.drain()

    # -- commands -------------------------------------------------------------------------------------------
    def send(self, case: int, command: Command, at: datetime) -> None:
        self.number += 1
        key = f"w{self.seed}-{self.number}"
        call = self.call(case, command, key)
        if call is None:
            return
        if self.chance.random() < 0.15:
            try:
                with connection.execute_wrapper(CrashBefore(self.chance.randrange(14))):
                    call()
            except Crash:
                self.crashes += 1
        if self.chance.random() < 0.1:
            self.twice += 1
            outcomes = self.at_once(call, at)
            taken = [outcome for outcome in outcomes if outcome.accepted]
            assert len({outcome.seq for outcome in taken}) <= 1, f"{key} acted twice: {outcomes}"
        outcome = call()
        if command.kind == "start" and outcome.accepted:
            self.ids[case] = outcome.case_id
        again = call()
        if outcome.accepted:
            assert again.replayed and (again.seq, again.case_id) == (outcome.seq, outcome.case_id), f"{key} acted again"

    def at_once(self, call: Callable[[], Outcome], at: datetime) -> list[Outcome]:
        """Two senders with the same key at the same moment, each on a connection of its own."""
        outcomes: list[Outcome] = []
        errors: list[BaseException] = []
        books = library._library

        def run() -> None:
            try:
                library._library = books
                with clock.use(at):
                    outcomes.append(call())
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return outcomes

    def call(self, case: int, command: Command, key: str) -> Callable[[], Outcome] | None:
        """The call of the public face that this command is; None where the case does not exist."""
        acting = acting_as(command.actor)
        values = plain(command.values, self.walker.company)
        if command.kind == "start":
            return lambda: service.register(
                playbook=self.playbook.key, actor=acting, values=values, channel="web", customer_id=CUSTOMER,
                unit_id=None, idempotency_key=key,
            )  # fmt: skip
        case_id = self.ids.get(case)
        if case_id is None or command.actor.kind == "system":
            return None
        if command.extra.get("into") is not None:
            into = self.ids.get(int(command.extra["into"]))
            if into is None:
                return None
            return lambda: service.merge(case_id=case_id, into_id=into, actor=acting, idempotency_key=key)
        name = "correct" if command.kind == "correct" else command.name
        if command.kind == "act" and "changes" in values:
            values = {**values, "changes": plain(values["changes"], self.walker.company)}
        seq = self.stale(case_id)
        order = Order(
            command.kind, acting, name, values, task=command.task, outcome=command.outcome, key=command.key,
            expected_seq=seq, idempotency_key=key,
        )  # fmt: skip
        return lambda: writing.execute(case_id, order)

    def stale(self, case_id: int) -> int | None:
        """Mostly no page, sometimes a fresh one, sometimes one that is behind."""
        draw = self.chance.random()
        if draw < 0.6:
            return None
        last = Event.objects.filter(case_id=case_id).count()
        return last if draw < 0.85 else max(1, last - 2)


def acting_as(actor: Actor) -> ActingAs:
    """The walk's actor at the public face, with its parties."""
    number = CUSTOMER if actor.kind == "customer" else int(actor.id[1:]) if actor.id[1:].isdigit() else None
    return ActingAs(actor.kind, number, parties=actor.parties)


def plain(values: Mapping[str, Any], company: Company) -> dict[str, Any]:
    """Values as a form gives them: what no fact can hold is left out; people are their numbers."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, str) and value in company.persons:
            value = value[1:]
        try:
            encode(value)
        except (TypeError, ValueError, OverflowError):
            continue
        found[name] = value
    return found
