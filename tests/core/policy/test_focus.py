"""What the choices of a matter settle once for all facts is what all columns of the tables say."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from tests.core.policy.worked import all_of, known

from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.rows import compiled
from tuoshan.core.policy.ruling import read
from tuoshan.rulings import files


def matters(pack: Pack) -> Iterator[tuple[Mapping[str, object], date]]:
    """The cases worked out by hand and the examples, whole, and each without one of its facts."""
    for number, case in enumerate(all_of(pack.name)):
        today = case.get("on", case.get(True))
        facts, _problems = read_given(known(), case["facts"], today)
        yield facts, today
        left_out = sorted(facts)[number % len(facts)]
        yield {name: value for name, value in facts.items() if name != left_out}, today


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_tables_begun_by_choices_say_what_all_their_columns_say(pack: Pack) -> None:
    for facts, today in matters(pack):
        desk = read(pack, facts, today, choosing=False).desk
        assert desk is not None
        for name, table in compiled(pack).tables.items():
            found, whole = desk.look(name), table.look(desk.known, desk.value)
            assert (found.hits, found.decided, found.unknown) == (whole.hits, whole.decided, whole.unknown), name
            assert (found.weights, found.given) == (whole.weights, whole.given), name


def test_tables_of_other_matters_are_settled_before_any_of_their_questions() -> None:
    law = next(pack for pack in files.packaged() if pack.name == "consumer_law")
    desk = read(law, {"problem": "late", "goods": "phone"}, date(2026, 6, 1), choosing=False).desk
    assert desk is not None
    assert {"quality", "counterfeit", "without_reason"} <= desk.focus.looked.keys()
