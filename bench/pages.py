"""Queue and case pages, whole over HTTP and as their queries alone; registration over HTTP; search."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bench.company import Player
from bench.raw import Bare, record_reads
from bench.web import Client, Running, at_once, percentiles
from bench.words import COMMON, RARE
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser

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


def numbers_of(person: Person) -> list[str]:
    """Forty open cases, from here and there among the first four hundred."""
    return list(queries.queue("open", person).values_list("number", flat=True)[:400:10])


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
        numbers = numbers_of(person)
        client.get(f"/case/{numbers[0]}")
        before = server.cpu_seconds()
        cases = [client.get(f"/case/{number}")[0] for _ in range(max(turns // 4, 1)) for number in numbers]
        case_cpu = (server.cpu_seconds() - before) / len(cases) * 1000
        searched = f"/search?q={quote(COMMON)}"
        client.get(searched)
        searches = [client.get(searched)[0] for _ in range(turns)]
        found[name] = {
            "queue": {**percentiles(times), "cpu_ms": queue_cpu}, "case": {**percentiles(cases), "cpu_ms": case_cpu},
            "search": percentiles(searches),
        }  # fmt: skip
    return found


@dataclass
class Timed:
    """Seconds of each turn: through the product, of its processor, and the same statements by the bare driver."""

    ours: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)

    def add(self, other: "Timed") -> None:
        self.ours += other.ours
        self.cpu += other.cpu
        self.raw += other.raw

    @property
    def ratio(self) -> float:
        """The speed of the product as a part of that of the raw database."""
        return statistics.median(self.raw) / statistics.median(self.ours)

    def beside(self) -> dict[str, Any]:
        """Both, with the ratio and the processor's part."""
        return {
            **percentiles(self.ours), "cpu_ms": statistics.mean(self.cpu) * 1000,
            "raw_p50_ms": percentiles(self.raw)["p50_ms"], "raw_p95_ms": percentiles(self.raw)["p95_ms"],
            "ratio": self.ratio,
        }  # fmt: skip


def _timed(bare: Bare, ask: Callable[[Person], Any], person: Person, turns: int) -> Timed:
    """Each turn through the product and by the bare driver, turn by turn; what is kept in the process is kept."""
    ask(Person.objects.get(pk=person.pk))
    fresh = Person.objects.get(pk=person.pk)  # about whom nothing is remembered
    (statements,) = bare.prepared([record_reads(lambda: ask(fresh))])
    timed = Timed()
    for _ in range(turns):
        fresh = Person.objects.get(pk=person.pk)
        start, worked = time.perf_counter(), time.process_time()
        ask(fresh)
        timed.cpu.append(time.process_time() - worked)
        timed.ours.append(time.perf_counter() - start)
        timed.raw.append(bare.read(statements))
    return timed


def _case_pages(bare: Bare, person: Person, turns: int) -> Timed:
    """Whole case pages in this process, from the address to the page, beside the statements that they ask."""
    browser = Browser(headers={"host": "127.0.0.1"})
    name, _sign, key = session_of(person)["Cookie"].partition("=")
    browser.cookies[name] = key
    timed = Timed()
    for number in numbers_of(person)[::5]:

        def ask(_person: Person, number: str = number) -> None:
            answer = browser.get(f"/case/{number}")
            if answer.status_code != 200:
                raise RuntimeError(f"/case/{number}: {answer.status_code}")

        timed.add(_timed(bare, ask, person, max(turns // 4, 1)))
    return timed


def query_time(turns: int) -> dict[str, Any]:
    """What a queue's page, the counts of the rail and a case's page ask of the database, through the product and by
    the bare driver.
    """
    found: dict[str, Any] = {}
    bare = Bare()
    for name, person in people().items():
        rows = Timed()
        for queue in QUEUES:

            def ask(person: Person, queue: str = queue) -> None:
                queries.page(queries.queue(queue, person), "", 40)

            rows.add(_timed(bare, ask, person, turns))
        each = {}
        for queue in queries.QUEUES:
            start = time.perf_counter()
            size = queries.count(queue, person)
            each[queue] = [size, round((time.perf_counter() - start) * 1000, 2)]
        found[name] = {
            "page": percentiles(rows.ours), "page_raw": percentiles(rows.raw), "ratio": rows.ratio,
            "counts": _timed(bare, queries.counts, person, turns).beside(), "each_count": each,
            "case": _case_pages(bare, person, turns).beside(),
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

            found[f"{who}_{kind}"] = {"hits": ask(person), **_timed(bare, ask, person, turns).beside()}
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
            counted = f"{many}+" if more else str(many)
            found[f"{who}_{kind}"] = {"counted": counted, **_timed(bare, ask, person, turns).beside()}
    bare.close()
    return found


def reporting(turns: int) -> dict[str, Any]:
    """The month's overview, for who sees everything and who sees one store."""
    found: dict[str, Any] = {}
    bare = Bare()
    month = Period.read({"period": "30"})

    def ask(person: Person) -> None:
        reports.make("overview", Counting(person, Conditions(), month))

    for name in ("lead", "store"):
        found[name] = _timed(bare, ask, people()[name], turns).beside()
    bare.close()
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
