"""`python -m bench voices FILE`: a real table brought in whole, as history and live, and how the desk feels with it.

Each way runs on an empty company with a SQLite of its own, through what the desk itself calls: the file taken in, the
dry run, the pieces that a worker does, the index; then the same table again, four searches, queue pages, the month's
report, and the proof of every case.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.places import ROOT, place

WORDS = ("退货", "客服", "假货", "漏水")
TURNS = 5
QUEUES = ("open", "unassigned", "overdue", "urgent")


def main(arguments: list[str]) -> int:
    """Measure both ways and print what came of it as Markdown; 0 when every row was taken or refused for a reason."""
    parser = argparse.ArgumentParser(prog="python -m bench voices", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", action="append", default=[], help="COLUMN=VALUE; default: sentiment=negative")
    parser.add_argument("--way", choices=("history", "live"), action="append", default=[])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    only = options.only or ["sentiment=negative"]
    if options.inside:
        print(json.dumps(measure(options.file, dict(item.split("=", 1) for item in only), options.way[0] == "live")))
        return 0
    found = {}
    for way in options.way or ("history", "live"):
        with place("sqlite") as here:
            command = [sys.executable, "-m", "bench", "voices", str(options.file.resolve()), "--way", way, "--inside"]
            command += [part for item in only for part in ("--only", item)]
            done = subprocess.run(command, cwd=ROOT, env=here.environment, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                return done.returncode
            found[way] = json.loads(done.stdout.splitlines()[-1])
    print(told(found))
    return 0 if all(one["faults"] == 0 for one in found.values()) else 1


def say(text: str) -> None:
    """Progress, where a person sees it."""
    print(f"  {text}", file=sys.stderr, flush=True)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure(file: Path, only: dict[str, str], live: bool) -> dict[str, Any]:
    """One way, in a process of its own whose settings name an empty database."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    lead = found_company()
    found: dict[str, Any] = {}
    seconds, run = timed(lambda: taken_in(file, lead))
    found |= {"rows": run.rows, "columns": run.mapping, "take_in": seconds}
    say(f"{run.rows:,} rows taken in, {seconds:.1f} s")
    found["dry_run"], _none = timed(lambda: confirmed(run, only, live))
    found["run"], pieces = timed(lambda: worked_off(run))
    found |= {"taken": run.taken, "known": run.known, "refused": reasons(run), "pieces": pieces}
    found["passed_over"] = run.passed_over
    say(f"{run.taken:,} taken, {run.taken / found['run']:,.0f} a second; pieces {pieces[0]:.2f} … {pieces[-1]:.2f} s")
    from tuoshan.agenda.models import Item
    from tuoshan.insight import indexing

    found["index"], _none = timed(indexing.reindex)
    say(f"indexed, {found['index']:.1f} s")
    second = taken_in(file, lead)
    confirmed(second, only, live)
    found["again"], _none = timed(lambda: worked_off(second))
    found["again_taken"], found["again_known"] = second.taken, second.known
    found["due"] = Item.objects.filter(done_at=None, case_id__isnull=False).count()
    found |= looked_at(lead)
    found["holding"] = holding(file, only)
    from tuoshan.cases import verifying

    found["verify"], faults = timed(lambda: list(verifying.verify()))
    found["faults"] = len(faults)
    return found


def found_company() -> Any:
    """A company with one desk and its lead; what else a new installation plants is there by its migrations."""
    from tuoshan.catalog import seeds as categories
    from tuoshan.parties import seeds
    from tuoshan.parties.models import OrgUnit, Person

    seeds.plant()
    categories.plant()
    company = OrgUnit.objects.create(code="hq", name_zh="公司", kind="company")
    unit = OrgUnit.objects.create(code="desk", name_zh="客服", kind="department", department="service", parent=company)
    Person.objects.create_user("agent", "x", roles=("agent",), unit=unit, display_name="客服")
    return Person.objects.create_user("lead", "x", roles=("supervisor", "manager"), unit=unit, display_name="主管")


def taken_in(file: Path, person: Any) -> Any:
    """The upload."""
    from django.core.files import File
    from django.core.files.uploadedfile import UploadedFile

    from tuoshan.intake.imports import desk

    with file.open("rb") as opened:
        size = file.stat().st_size
        return desk.take_in(UploadedFile(File(opened), file.name, "text/csv", size), person)


def confirmed(run: Any, only: dict[str, str], live: bool) -> None:
    """The columns as guessed, and the dry run."""
    from tuoshan.intake.imports import desk

    problems = desk.confirm(run, run.mapping, "complaint", live=live, only=only)
    if problems:
        raise SystemExit(" ".join(problems))


def worked_off(run: Any) -> list[float]:
    """The import as a worker does it; seconds of each piece."""
    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.intake.imports import desk

    desk.start(run)
    item = Item.objects.get(kind="job", name="import", key=f"import:{run.pk}")
    pieces, more = [], True
    while more:
        seconds, again = timed(lambda: desk.work_off(item, clock.now()))
        pieces.append(seconds)
        more = again is not None
    run.refresh_from_db()
    return pieces


def reasons(run: Any) -> dict[str, int]:
    """How often each reason stands."""
    from tuoshan.intake.imports import desk

    return dict(Counter(why for _number, why in desk.bad_rows(run, len(run.bad))))


def holding(file: Path, only: dict[str, str]) -> dict[str, int]:
    """How many of the chosen rows hold each word, by reading the table: what a search must find."""
    from tuoshan.intake.imports import tables

    chosen = [row.cells for row in tables.rows(file) if all(row.cells[name] == value for name, value in only.items())]
    return {word: sum(any(word in cell for cell in cells.values()) for cells in chosen) for word in WORDS}


def looked_at(person: Any) -> dict[str, Any]:
    """Searches, pages and counts, the best of five turns each; pages whole, with all that stands around the list."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    from tuoshan.cases import queries
    from tuoshan.insight import search, wording
    from tuoshan.insight.conditions import Conditions

    client = Client()
    client.force_login(person)
    found: dict[str, Any] = {"search": {}, "page": {}}
    for word in WORDS:
        hits = search.matching(person, Conditions(q=word), wording.read(word)).count()
        page = best(lambda word=word: ok(client.get("/search", {"q": word})))  # type: ignore[misc]
        found["search"][word] = {"hits": hits, "find": best(lambda word=word: search.find(person, Conditions(q=word))),
                                 "page": page}  # fmt: skip
        say(f"{word}: {hits:,} hits, page {page * 1000:.0f} ms")
    found["queues"] = {name: queries.queue(name, person).count() for name in QUEUES}
    for name, address in (
        ("queue", "/queue/unassigned"),
        ("report", "/reports/overview?period=30"),
        ("board", "/board"),
    ):
        found["page"][name] = best(lambda address=address: ok(client.get(address)))  # type: ignore[misc]
        say(f"{address}: {found['page'][name] * 1000:.0f} ms")
    return found


def ok(answer: Any) -> None:
    """A page that is one."""
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request['PATH_INFO']}: {answer.status_code}")


def best(work: Callable[[], Any]) -> float:
    """Seconds of the best of five turns: other programs count little."""
    return min(timed(work)[0] for _ in range(TURNS))


def told(found: dict[str, Any]) -> str:
    """Both ways beside each other, as a table."""
    lines = ["| | " + " | ".join(found) + " |", "| --- |" + " ---: |" * len(found)]

    def line(title: str, value: Callable[[dict[str, Any]], str]) -> None:
        lines.append(f"| {title} | " + " | ".join(value(one) for one in found.values()) + " |")

    line("rows of the table", lambda one: f"{one['rows']:,}")
    line("not chosen", lambda one: f"{one['passed_over']:,}")
    line("cases made", lambda one: f"{one['taken']:,}")
    line("known already (the same row twice)", lambda one: f"{one['known']:,}")
    line("refused", lambda one: "; ".join(f"{many:,}: {why}" for why, many in one["refused"].items()) or "0")
    line("taking the file in", lambda one: f"{one['take_in']:.1f} s")
    line("dry run", lambda one: f"{one['dry_run']:.1f} s")
    line("import", lambda one: f"{one['run']:.1f} s")
    line("cases a second", lambda one: f"{one['taken'] / one['run']:,.0f}")
    line("first full piece, last full piece", lambda one: f"{one['pieces'][0]:.2f} s, {one['pieces'][-2]:.2f} s")
    line("index of all", lambda one: f"{one['index']:.1f} s")
    line("the same table again: made, known", lambda one: f"{one['again_taken']:,}, {one['again_known']:,}")
    line("the same table again", lambda one: f"{one['again']:.1f} s")
    line("due or to be sent afterwards", lambda one: f"{one['due']:,}")
    for word in WORDS:
        line(f"search {word}: hits (rows that hold it), page", lambda one, word=word: (  # type: ignore[misc]
            f"{one['search'][word]['hits']:,} ({one['holding'][word]:,}), "
            f"{one['search'][word]['page'] * 1000:.0f} ms"))  # fmt: skip
    for name in QUEUES:
        line(f"queue {name}", lambda one, name=name: f"{one['queues'][name]:,}")  # type: ignore[misc]
    line("queue page", lambda one: f"{one['page']['queue'] * 1000:.0f} ms")
    line("board", lambda one: f"{one['page']['board'] * 1000:.0f} ms")
    line("month's report", lambda one: f"{one['page']['report'] * 1000:.0f} ms")
    line("proof of all cases: faults, time", lambda one: f"{one['faults']}, {one['verify']:.1f} s")
    return "\n".join(lines)
