"""What the shape of a matter settles once for all such matters is what this matter by itself says."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.core.policy.worked import all_of, known

from tuoshan.core.policy.engine.compiled import UNKNOWN
from tuoshan.core.policy.engine.focusing import desk_for
from tuoshan.core.policy.engine.ready import USUAL, Focus
from tuoshan.core.policy.engine.rows import compiled
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import read, rule_all
from tuoshan.core.worktime import standard_cn
from tuoshan.rulings import files


def matters(pack: Pack) -> Iterator[tuple[Mapping[str, object], date]]:
    """The cases worked out by hand and the examples, whole, and each without one of its facts."""
    for number, case in enumerate(all_of(pack.name)):
        today = case.get("on", case.get(True))
        facts, _problems = read_given(known(), case["facts"], today)
        yield facts, today
        left_out = sorted(facts)[number % len(facts)]
        yield {name: value for name, value in facts.items() if name != left_out}, today


def alone(pack: Pack, facts: Mapping[str, object], today: date) -> Desk:
    """A desk at which nothing was settled before."""
    ready = compiled(pack).ready
    begun = {name: table.begun(ready.settings) for name, table in ready.tables.items()}
    focus = Focus({**ready.settings}, {}, (), {}, begun, tuple(begun), {}, None, None)
    desk = Desk(ready, focus, facts, today, standard_cn())
    for clause in pack.clauses.values():
        if clause.in_force is not None:
            desk.judge(clause)
    return desk


def told(desk: Desk) -> dict[str, object]:
    """All that a desk says of a matter: what each name is or waits for, and each table."""
    names = (*desk.pack.facts, *desk.pack.values, *desk.ready.outputs)
    found: dict[str, object] = {}
    for name in names:
        value = desk.value(name)
        found[name] = value, set(desk.missing[name]) if value is UNKNOWN else ()
    for name in desk.ready.tables:
        looked = desk.look(name)
        unknown = tuple(zip(looked.unknown, looked.weights, strict=True))
        found[f"table {name}"] = looked.hits, looked.decided, unknown, looked.given
    return found


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_the_shape_settles_what_the_matter_by_itself_says(pack: Pack) -> None:
    for facts, today in matters(pack):
        focused, by_itself = (
            desk for desk in (desk_for(compiled(pack).ready, facts, today, standard_cn()), alone(pack, facts, today))
        )
        assert told(focused) == told(by_itself)
        # what choices alone settle rests on no holiday, though its formula names a day as well
        assert all(set(whys) <= set(by_itself.unsure[name]) for name, whys in focused.unsure.items())


def moved(value: object) -> object:
    """Another answer of the same shape, where it is a day or a number."""
    if isinstance(value, date):
        return value - timedelta(days=400)
    return value + 41 if isinstance(value, Decimal) and value not in USUAL else value


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_a_matter_settles_nothing_by_its_days_and_numbers(pack: Pack) -> None:
    ready, compared = compiled(pack).ready, 0
    for facts, today in matters(pack):
        other, before = {name: moved(value) for name, value in facts.items()}, today - timedelta(days=500)
        if any(dates.holds_for(facts, today) is not dates.holds_for(other, before) for dates in ready.dates):
            continue
        compared += 1
        ready.focuses.clear()
        first = desk_for(ready, other, before, standard_cn()).focus
        ready.focuses.clear()
        second = desk_for(ready, facts, today, standard_cn()).focus
        assert (first.known, first.missing, first.told) == (second.known, second.missing, second.told)
        assert (first.looked, first.begun, first.speaking) == (second.looked, second.begun, second.speaking)
        assert (first.bounds, first.applies, first.in_force) == (second.bounds, second.applies, second.in_force)
    assert compared


def test_tables_of_other_matters_are_settled_before_any_of_their_questions() -> None:
    law = next(pack for pack in files.packaged() if pack.name == "consumer_law")
    desk = read(law, {"problem": "late", "goods": "phone"}, date(2026, 6, 1), choosing=False).desk
    assert desk is not None
    assert {"quality", "counterfeit", "without_reason"} <= desk.focus.looked.keys()


@pytest.mark.parametrize(("months", "other"), [(0, None), (1, 5), (0, 1), (3, 6)])
def test_usual_counts_are_not_taken_for_each_other(months: int, other: int | None) -> None:
    """None of them is the same as no answer, or as an unusual one."""
    law = next(pack for pack in files.packaged() if pack.name == "consumer_law")
    day = date(2026, 6, 1)
    facts = {
        "problem": "quality", "goods": "shoes", "sold_on": day, "state_months": Decimal(0), "repair_days": Decimal(0),
    }  # fmt: skip
    asked = [facts if told is None else {**facts, "agreed_months": Decimal(told)} for told in (months, other)]
    first, second = (desk_for(compiled(law).ready, one, day, standard_cn()) for one in asked)
    assert first.value("agreed_months") == months
    assert second.value("agreed_months") == (UNKNOWN if other is None else other)
    assert first.value("months_told") is (months > 0)


def test_a_clause_is_judged_where_its_date_alone_is_missing() -> None:
    """An air conditioner, installed and reported, of which only the day of sale is not told: that asks, and no more."""
    facts = {
        "goods": "appliance", "appliance_kind": "air_conditioner", "problem": "quality", "fault_kind": "functional",
        "fault_confirmed": True, "user_caused": False, "has_receipt": True, "sale": "distance", "wants": "exchange",
        "signed_on": date(2026, 5, 6), "installation": "done", "installed_on": date(2026, 5, 10),
        "reported_on": date(2026, 5, 24), "paid": Decimal("3999.00"), "agreed_months": Decimal(12),
        "is_replacement": False, "repair_days": Decimal(0), "repairs_same_fault": Decimal(0),
        "parts_wait_days": Decimal(0), "repairer_days": Decimal(0), "same_model": True,
    }  # fmt: skip
    ruling = rule_all(files.packaged(), facts, date(2026, 5, 24))
    assert {right.remedy for right in ruling.rights} >= {"repair"}
    assert all(right.counted is None or right.until is not None for right in ruling.rights)
