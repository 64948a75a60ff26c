"""Import from a spreadsheet, as history and live; and proving what is stored."""

import csv
import time
from pathlib import Path
from typing import Any

from bench.raw import Bare, record_reads, record_writes
from bench.words import texts
from django.conf import settings

from tuoshan.cases import library, service, verifying
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.intake.imports import running, tables
from tuoshan.intake.imports.records import Maker
from tuoshan.parties.models import Person

MAPPING = {"text": "text", "category": "tag"}


def measure(rows: int) -> dict[str, Any]:
    """Rows a second through the import, beside the raw database sending the same statements for 200 rows."""
    found = {}
    for kind in ("history", "live"):
        path = _file(Path(settings.DATA_DIR) / f"{kind}.csv", kind, rows)
        actor = ActingAs.by_person(Person.objects.get(username="lead"))
        maker = Maker(MAPPING, library.current("complaint"), actor, f"bench-{kind}", kind == "live")
        start = time.perf_counter()
        tally = running.run(tables.rows(path), maker)
        seconds = time.perf_counter() - start
        if tally.taken != rows:
            raise RuntimeError(f"{rows - tally.taken} rows of {rows} were not taken: {tally.bad[:3]}")
        raw = _raw(maker, path.with_name(f"{kind}-raw.csv"), kind)
        found[kind] = {"per_second": rows / seconds, "rows": rows, "raw_per_second": raw, "ratio": rows / seconds / raw}
    return found


def _file(path: Path, kind: str, rows: int, first: int = 0) -> Path:
    said = texts()
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["text", "category"])
        for number in range(first, first + rows):
            table.writerow([f"{said[number % len(said)]}（{kind} {number}）", "洗发水"])
    return path


def _raw(maker: Maker, path: Path, kind: str) -> float:
    many = running.TOGETHER
    rows = list(tables.rows(_file(path, kind, many, first=1_000_000)))
    cases = [maker.make(row) for row in rows]
    recorded = record_writes(lambda _number: service.register_many(cases), 1)
    bare = Bare()
    rate = bare.write(bare.prepared(recorded.pieces)) * many
    bare.close()
    return rate


def verifying_cases(many: int) -> dict[str, Any]:
    """Cases a second of `tuoshan verify`, whose proof must be clean; raw is reading the same rows."""
    ids = list(Case.objects.order_by("?").values_list("id", flat=True)[:many])
    start = time.perf_counter()
    faults = list(verifying.verify(case_ids=sorted(ids)))
    seconds = time.perf_counter() - start
    if faults:
        raise RuntimeError(f"{len(faults)} faults, the first: {faults[0]}")
    part = sorted(ids)[: verifying.BATCH]
    bare = Bare()
    (statements,) = bare.prepared([record_reads(lambda: verifying.verify_batch(part, verifying.Tally()))])
    raw = len(part) / bare.read(statements)
    bare.close()
    return {"per_second": many / seconds, "cases": many, "faults": 0, "raw_per_second": raw}
