"""Queue and case pages, whole over HTTP and as their queries alone; registration over HTTP; search."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.company import Player
from bench.raw import Bare, record_reads
from bench.web import Client, Running, at_once, percentiles
from bench.words import COMMON, RARE
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import writing
from tuoshan.cases import queries
from tuoshan.cases.models import SavedFilter
from tuoshan.insight import search
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports import pages as reports
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.period import Period
from tuoshan.office import filters
from tuoshan.parties import tokens
from tuoshan.parties.models import Person

QUEUES = ("open", "unassigned", "overdue", "due_today", "urgent", "mine")
FILTERS = {
    "grade": Conditions(state="open", grade="normal"), "channel": Conditions(state="open", channel="chat"),
    "word": Conditions(state="open", q=RARE),
}  # fmt: skip
"""What people keep as filters: a grade, a way in, a word."""
PEOPLE = {"lead": "lead", "agent": "desk001", "store": "store"}


def session_of(person: Person) -> dict[str, str]:
    """The cookie of somebody who is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    with writing():
        store.save()
    return {"Cookie": f"tuoshan_session={store.session_key}"}


def people() -> dict[str, Person]:
    return {name: Person.objects.get(username=username) for name, username in PEOPLE.items()}


def whole(server: Running, turns: int) -> dict[str, Any]:
    """p50 and p95 of whole pages, one client, for who sees everything and who sees one store."""
    found: dict[str, Any] = {}
    for name, person in people().items():
        client = Client(server.port, session_of(person))
        for queue in QUEUES:
            client.get(f"/queue/{queue}")
        before = server.cpu_seconds()
        times = [client.get(f"/queue/{queue}")[0] for _ in range(turns) for queue in QUEUES]
        queue_cpu = (server.cpu_seconds() - before) / len(times) * 1000
        numbers = list(
            queries.queue("open", person).values_list("number", flat=True)[: 400 : 400 // 40 or 1]
        )
        client.get(f"/case/{numbers[0]}")
        before = server.cpu_seconds()
        cases = [client.get(f"/case/{number}")[0] for _ in range(max(turns // 4, 1)) for number in numbers]
        case_cpu = (server.cpu_seconds() - before) / len(cases) * 1000
        found[name] = {
            "queue": {**percentiles(times), "cpu_ms": queue_cpu}, "case": {**percentiles(cases), "cpu_ms": case_cpu},
        }  # fmt: skip
    return found


def _timed(bare: Bare, ask: Callable[[Person], Any], person: Person, turns: int) -> tuple[list[float], list[float]]:
    """Seconds of each turn, through the product and the same statements by the bare driver, turn by turn."""
    (statements,) = bare.prepared([record_reads(lambda: ask(person))])
    ours, raw = [], []
    for _ in range(turns):
        fresh = Person.objects.get(pk=person.pk)  # about whom nothing is remembered
        start = time.perf_counter()
        ask(fresh)
        ours.append(time.perf_counter() - start)
        raw.append(bare.read(statements))
    return ours, raw


def query_time(turns: int) -> dict[str, Any]:
    """What a queue's page asks of the database, through the ORM and by the bare driver."""
    found: dict[str, Any] = {}
    bare = Bare()
    for name, person in people().items():
        ours: list[float] = []
        raw: list[float] = []
        count: list[float] = []
        for queue in QUEUES:

            def ask(person: Person, queue: str = queue) -> None:
                queries.page(queries.queue(queue, person), "", 40)

            times, bare_times = _timed(bare, ask, person, turns)
            ours += times
            raw += bare_times
        for _ in range(turns):
            start = time.perf_counter()
            queries.counts(person)
            count.append(time.perf_counter() - start)
        each = {}
        for queue in queries.QUEUES:
            start = time.perf_counter()
            size = queries.count(queue, person)
            each[queue] = [size, round((time.perf_counter() - start) * 1000, 2)]
        found[name] = {
            "page": percentiles(ours), "page_raw": percentiles(raw), "counts": percentiles(count), "each_count": each,
            "ratio": statistics.median(raw) / statistics.median(ours),
        }  # fmt: skip
    bare.close()
    return found


def searching(turns: int) -> dict[str, Any]:
    """Newest fifty of two-character words, within reach: through the product and by the bare driver."""
    found: dict[str, Any] = {}
    bare = Bare()
    for who, person in people().items():
        for kind, word in (("rare", RARE), ("common", COMMON)):

            def ask(person: Person, word: str = word) -> int:
                return len(search.find(person, Conditions(q=word)).hits)

            hits = ask(person)
            ours, raw = _timed(bare, ask, person, turns)
            found[f"{who}_{kind}"] = {
                "hits": hits, **percentiles(ours), "raw_p95_ms": percentiles(raw)["p95_ms"],
                "ratio": statistics.median(raw) / statistics.median(ours),
            }  # fmt: skip
    bare.close()
    return found


def filtering(turns: int) -> dict[str, Any]:
    """A filter of one's own as the rail and its list ask for it: how many there are up to 999, and the first forty."""
    found: dict[str, Any] = {}
    bare = Bare()
    for who, person in people().items():
        for kind, kept in FILTERS.items():

            def ask(person: Person, conditions: Conditions = kept) -> tuple[int, bool]:
                counted = filters.counted(person, conditions)
                filters.found(person, SavedFilter(conditions=conditions.to_text()), "", 40)
                return counted

            many, more = ask(person)
            ours, raw = _timed(bare, ask, person, turns)
            found[f"{who}_{kind}"] = {
                "counted": f"{many}+" if more else str(many), **percentiles(ours),
                "raw_p95_ms": percentiles(raw)["p95_ms"],
            }  # fmt: skip
    bare.close()
    return found


def reporting(turns: int) -> dict[str, Any]:
    """The month's overview, for who sees everything and who sees one store."""
    found: dict[str, Any] = {}
    month = Period.read({"period": "30"})
    for name in ("lead", "store"):
        person = people()[name]
        reports.make("overview", Counting(person, Conditions(), month))
        times: list[float] = []
        worked = time.process_time()
        for _ in range(turns):
            start = time.perf_counter()
            reports.make("overview", Counting(person, Conditions(), month))
            times.append(time.perf_counter() - start)
        found[name] = {**percentiles(times), "cpu_ms": (time.process_time() - worked) / turns * 1000}
    return found


def registering(server: Running, many: int) -> dict[str, Any]:
    """POST /api/v1/cases with token and Idempotency-Key, by 4 and by 16 clients at once."""
    person = Person.objects.get(username="desk000")
    with writing():
        _, secret = tokens.make(person=person, name="bench", scopes=["read", "write"], expires_at=None, now=clock.now())
    player = Player(clock.now())
    found: dict[str, Any] = {}
    for count in (4, 16):
        clients = [Client(server.port, {"Authorization": f"Bearer {secret}"}) for _ in range(count)]

        def ask(client: Client, number: int) -> float:
            body = {
                "playbook": "complaint", "title": "", "values": player.values(number),
                "customer_phone": f"+86199{number % 500:08d}", "customer_name": "",
            }  # fmt: skip
            return client.post("/api/v1/cases", body, **{"Idempotency-Key": identifiers.token()})

        ask(clients[0], 0)
        before = server.cpu_seconds()
        measured = at_once(clients, many, ask)
        found[f"clients_{count}"] = {**measured, "cpu_ms": (server.cpu_seconds() - before) / many * 1000}
    return found
