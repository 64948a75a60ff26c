"""What the shape of a matter settles once for all such matters is what this matter by itself says."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.core.policy.worked import all_of, known

from tuoshan.core.policy.compiled import UNKNOWN
from tuoshan.core.policy.focusing import desk_for
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ready import Focus
from tuoshan.core.policy.rows import compiled
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.valuing import Desk
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
    focus = Focus({**ready.settings}, {}, (), {}, begun, tuple(begun), {}, None)
    return Desk(ready, focus, facts, today, standard_cn())


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
        for desk in (focused, by_itself):
            for clause in compiled(pack).dated:
                desk.known[f"clause {clause.name}"] = True
        assert told(focused) == told(by_itself)
        # what choices alone settle rests on no holiday, though its formula names a day as well
        assert all(set(whys) <= set(by_itself.unsure[name]) for name, whys in focused.unsure.items())


def moved(value: object) -> object:
    """Another answer of the same kind, where it is a day or a number."""
    if isinstance(value, date):
        return value - timedelta(days=400)
    return value + 7 if isinstance(value, Decimal) else value


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_a_matter_settles_nothing_by_its_days_and_numbers(pack: Pack) -> None:
    for facts, today in matters(pack):
        other = {name: moved(value) for name, value in facts.items()}
        ready = compiled(pack).ready
        ready.focuses.clear()
        first = desk_for(ready, other, today - timedelta(days=500), standard_cn()).focus
        ready.focuses.clear()
        second = desk_for(ready, facts, today, standard_cn()).focus
        assert (first.known, first.missing, first.told) == (second.known, second.missing, second.told)
        assert (first.looked, first.begun, first.speaking) == (second.looked, second.begun, second.speaking)
        assert (first.bounds, first.applies) == (second.bounds, second.applies)


def test_tables_of_other_matters_are_settled_before_any_of_their_questions() -> None:
    law = next(pack for pack in files.packaged() if pack.name == "consumer_law")
    desk = read(law, {"problem": "late", "goods": "phone"}, date(2026, 6, 1), choosing=False).desk
    assert desk is not None
    assert {"quality", "counterfeit", "without_reason"} <= desk.focus.looked.keys()
