"""The database's own part of the tally: what it does when a case or a task is written.

A case stands in cells of its unit (`kind` 0 to 2, scope the unit's number, `0` for none) and of every department
that it has or had a task for (`kind` 10 to 12, scope the department): an open one by its sort (`AS`: state and
flags) and by the hour at which it is due (`DUE`), a closed one by the day of its closing (`CLOSED`), in UTC.
Cases and tasks are never deleted, a case is written before its tasks and a task keeps its department, so nothing has
to be taken back for those. A `part` that is already there, should the sequence ever begin anew, is added to.
"""

# ruff: noqa: S608  (nothing but this file's own words goes into the statements)

from typing import Any

AS, DUE, CLOSED = 0, 1, 2
BY_DEPARTMENT = 10
"""Added to a kind for the cells of departments."""
FLAGS = {
    "n": "{row}.handler_id IS NULL",
    "c": "{row}.waits_for = 'customer'",
    "p": "{row}.paused",
    "h": "{row}.held <> ''",
    "u": "{row}.grade = 'urgent'",
}
"""What is told of an open case beside its state: nobody has it, the customer is awaited, paused, held, urgent."""


def sort(row: str) -> str:
    """The cell of an open case: its state, a blank, and its flags."""
    flags = " || ".join(f"CASE WHEN {test.format(row=row)} THEN '{flag}' ELSE '' END" for flag, test in FLAGS.items())
    return f"{row}.state || ' ' || {flags}"


def _what(vendor: str, row: str) -> dict[int, tuple[str, str]]:
    """Of each kind: when a case stands in such a cell, and in which."""
    if vendor == "postgresql":
        hour = f"to_char({row}.queue_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
        day = f"to_char({row}.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    else:
        hour, day = f"substr({row}.queue_at, 1, 13)", f"substr({row}.closed_at, 1, 10)"
    return {
        AS: (f"NOT {row}.ended", sort(row)),
        DUE: (f"NOT {row}.ended", hour),
        CLOSED: (f"{row}.ended AND {row}.closed_at IS NOT NULL", day),
    }


def _unit(row: str) -> str:
    return f"CAST(coalesce({row}.unit_id, 0) AS text)"


# -- SQLite ------------------------------------------------------------------------------------------------------

_INTO = "INSERT INTO cases_tally (kind, scope, what, part, n)"
_ADD = " ON CONFLICT (kind, scope, what, part) DO UPDATE SET n = n + excluded.n;"


def _sqlite_cells(kind: int, row: str, n: int, *, is_new: bool = False) -> str:
    """Add `n` to the cells of one kind in which the row stands; a new one has no tasks yet."""
    when, what = _what("sqlite", row)[kind]
    tasks = f"FROM cases_task WHERE case_id = {row}.id AND department <> ''"
    of_unit = f"{_INTO} SELECT {kind}, {_unit(row)}, {what}, 0, {n} WHERE {when}{_ADD}\n"
    if is_new:
        return of_unit
    cells = f"{kind + BY_DEPARTMENT}, department, {what}, 0, {n}"
    return f"{of_unit}{_INTO} SELECT DISTINCT {cells} {tasks} AND {when}{_ADD}\n"


def _sqlite() -> dict[str, str]:
    differ = {
        AS: ("state", "handler_id", "waits_for", "paused", "held", "grade", "ended", "unit_id"),
        DUE: ("ended", "unit_id"),
        CLOSED: ("closed_at", "ended", "unit_id"),
    }
    found = {
        "cases_tally_new": "AFTER INSERT ON cases_case BEGIN\n"
        + "".join(_sqlite_cells(kind, "NEW", 1, is_new=True) for kind in differ) + "END"
    }  # fmt: skip
    for kind, columns in differ.items():
        tests = [f"OLD.{name} IS NOT NEW.{name}" for name in columns]
        if kind == DUE:
            tests.append("substr(OLD.queue_at, 1, 13) <> substr(NEW.queue_at, 1, 13)")
        body = _sqlite_cells(kind, "OLD", -1) + _sqlite_cells(kind, "NEW", 1)
        found[f"cases_tally_changed_{kind}"] = (
            f"AFTER UPDATE ON cases_case WHEN {' OR '.join(tests)} BEGIN\n{body}END"
        )
    cells = "".join(
        f"{_INTO} SELECT {kind + BY_DEPARTMENT}, NEW.department, {what}, 0, 1 "
        f"FROM cases_case found WHERE found.id = NEW.case_id AND {when}{_ADD}\n"
        for kind, (when, what) in _what("sqlite", "found").items()
    )
    found["cases_tally_task"] = (
        "AFTER INSERT ON cases_task WHEN NEW.department <> '' AND NOT EXISTS (SELECT 1 FROM cases_task other "
        "WHERE other.case_id = NEW.case_id AND other.department = NEW.department AND other.key <> NEW.key) "
        f"BEGIN\n{cells}END"
    )
    return found


# -- PostgreSQL --------------------------------------------------------------------------------------------------


def _postgresql_case() -> str:
    before, after = _what("postgresql", "OLD"), _what("postgresql", "NEW")
    names = {AS: "sort", DUE: "due", CLOSED: "closed"}
    declared = " ".join(f"{name}_before text; {name}_after text;" for name in names.values())
    old = "\n".join(f"IF {before[k][0]} THEN {name}_before := {before[k][1]}; END IF;" for k, name in names.items())
    new = "\n".join(f"IF {after[k][0]} THEN {name}_after := {after[k][1]}; END IF;" for k, name in names.items())
    same = "\n".join(
        f"IF {name}_before = {name}_after THEN {name}_before := NULL; {name}_after := NULL; END IF;"
        for name in names.values()
    )
    none = " AND ".join(f"{name}_before IS NULL AND {name}_after IS NULL" for name in names.values())
    cells = ", ".join(f"({k}, {name}_before, -1, false), ({k}, {name}_after, 1, true)" for k, name in names.items())
    return f"""
CREATE OR REPLACE FUNCTION cases_tally_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {declared}
BEGIN
IF TG_OP = 'UPDATE' THEN
{old}
END IF;
{new}
IF TG_OP = 'UPDATE' AND OLD.unit_id IS NOT DISTINCT FROM NEW.unit_id THEN
{same}
IF {none} THEN RETURN NULL; END IF;
END IF;
INSERT INTO cases_tally (kind, scope, what, part, n)
SELECT cell.kind + place.more, place.scope, cell.what, nextval('cases_tally_part'), cell.n
FROM (VALUES {cells}) cell (kind, what, n, is_new)
CROSS JOIN LATERAL (
SELECT 0, CASE WHEN cell.is_new THEN {_unit("NEW")} ELSE {_unit("OLD")} END
UNION ALL
SELECT DISTINCT {BY_DEPARTMENT}, department::text FROM cases_task WHERE case_id = NEW.id AND department <> ''
) place (more, scope)
WHERE cell.what IS NOT NULL
ON CONFLICT (kind, scope, what, part) DO UPDATE SET n = cases_tally.n + excluded.n;
RETURN NULL;
END $$"""


def _postgresql_task() -> str:
    cells = " UNION ALL ".join(
        f"SELECT {kind + BY_DEPARTMENT}, pair.department::text, {what}, nextval('cases_tally_part'), 1 "
        f"FROM pair JOIN cases_case found ON found.id = pair.case_id WHERE {when}"
        for kind, (when, what) in _what("postgresql", "found").items()
    )
    return f"""
CREATE OR REPLACE FUNCTION cases_tally_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF NOT EXISTS (SELECT 1 FROM fresh WHERE department <> '') THEN RETURN NULL; END IF;
WITH pair AS MATERIALIZED (
SELECT DISTINCT fresh.case_id, fresh.department FROM fresh WHERE fresh.department <> '' AND NOT EXISTS (
SELECT 1 FROM cases_task other WHERE other.case_id = fresh.case_id AND other.department = fresh.department
AND NOT EXISTS (SELECT 1 FROM fresh own WHERE own.case_id = other.case_id AND own.key = other.key)))
INSERT INTO cases_tally (kind, scope, what, part, n) {cells}
ON CONFLICT (kind, scope, what, part) DO UPDATE SET n = cases_tally.n + excluded.n;
RETURN NULL;
END $$"""


def arm(cursor: Any, vendor: str) -> None:
    """Put the triggers in place, over older ones."""
    if vendor == "postgresql":
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS cases_tally_part CACHE 50")
        cursor.execute(_postgresql_case())
        cursor.execute(_postgresql_task())
        cursor.execute(
            "CREATE OR REPLACE TRIGGER cases_tally_case AFTER INSERT OR UPDATE ON cases_case "
            "FOR EACH ROW EXECUTE FUNCTION cases_tally_case()"
        )
        cursor.execute(
            "CREATE OR REPLACE TRIGGER cases_tally_task AFTER INSERT ON cases_task REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION cases_tally_task()"
        )
        # Rows come and go at the rate at which cases are written: tidied by number, not by share.
        cursor.execute(
            "ALTER TABLE cases_tally SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)"
        )
        return
    for name, body in _sqlite().items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {body}")


def is_armed(cursor: Any, vendor: str) -> bool:
    """Whether every trigger is there. SQLite drops them with a table that a migration builds anew."""
    if vendor == "postgresql":
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname IN ('cases_tally_case', 'cases_tally_task')")
        return int(cursor.fetchone()[0]) >= 2
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return {name for (name,) in cursor.fetchall()} >= set(_sqlite())


def disarm(cursor: Any, vendor: str) -> None:
    """Take the triggers away, to go back behind the migration that brought them."""
    if vendor == "postgresql":
        cursor.execute("DROP FUNCTION IF EXISTS cases_tally_case() CASCADE")
        cursor.execute("DROP FUNCTION IF EXISTS cases_tally_task() CASCADE")
        cursor.execute("DROP SEQUENCE IF EXISTS cases_tally_part")
        return
    for name in _sqlite():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def counting(vendor: str) -> list[str]:
    """Statements that count every case, each cell once: kind, scope, what, n."""
    found = []
    for kind, (when, what) in _what(vendor, "one").items():
        found.append(
            f"SELECT {kind} AS kind, {_unit('one')} AS scope, {what} AS what, count(*) AS n "
            f"FROM cases_case one WHERE {when} GROUP BY 2, 3"
        )
        found.append(
            f"SELECT {kind + BY_DEPARTMENT} AS kind, pair.department AS scope, {what} AS what, count(*) AS n FROM "
            "(SELECT DISTINCT case_id, department FROM cases_task WHERE department <> '') AS pair "
            f"JOIN cases_case one ON one.id = pair.case_id WHERE {when} GROUP BY 2, 3"
        )
    return found


def count_anew(cursor: Any, vendor: str) -> None:
    """Empty the tally and count every case. The caller keeps writers out meanwhile."""
    part = "nextval('cases_tally_part')" if vendor == "postgresql" else "0"
    cursor.execute("DELETE FROM cases_tally")
    for statement in counting(vendor):
        cursor.execute(
            f"INSERT INTO cases_tally (kind, scope, what, part, n) SELECT kind, scope, what, {part}, n "
            f"FROM ({statement}) AS found"
        )
