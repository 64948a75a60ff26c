"""The clock and the identifiers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tuoshan import clock as product_clock
from tuoshan import identifiers

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_inside_use_time_stands_still_and_the_wall_clock_comes_back_after() -> None:
    with product_clock.use(MONDAY):
        assert product_clock.now() == MONDAY
    assert product_clock.now() > MONDAY


def test_the_process_clock_is_seen_by_other_threads(clock: product_clock.MovedClock) -> None:
    seen: list[datetime] = []
    clock.advance(timedelta(hours=1))
    thread = threading.Thread(target=lambda: seen.append(product_clock.now()))
    thread.start()
    thread.join()
    assert seen == [MONDAY + timedelta(hours=1)]


def test_a_clock_never_goes_back() -> None:
    moved = product_clock.MovedClock(MONDAY)
    with pytest.raises(ValueError, match="back"):
        moved.move_to(MONDAY - timedelta(seconds=1))


def test_ids_rise_even_while_time_stands_still() -> None:
    with product_clock.use(datetime(2030, 1, 1, tzinfo=UTC)), identifiers.seeded(1):
        made = [identifiers.next_id() for _ in range(1000)]
    assert made == sorted(set(made))
    assert made[-1] < 2**63
    assert abs(identifiers.moment_of(made[0]) - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=1)


def test_the_same_seed_gives_the_same_values() -> None:
    def draw() -> tuple[int, str, str]:
        with product_clock.use(MONDAY), identifiers.seeded(42):
            return identifiers.next_id(), identifiers.token(), identifiers.digits(6)

    assert draw() == draw()


def test_without_a_seed_tokens_differ() -> None:
    assert identifiers.token() != identifiers.token()


def test_ids_of_every_year_are_known_as_ids() -> None:
    """From November 2027 on they have a digit more."""
    for year in (2026, 2028, 2055):
        with product_clock.use(datetime(year, 6, 1, tzinfo=UTC)):
            assert identifiers.is_id(str(identifiers.next_id())), year
    assert identifiers.is_id(str(2**63 - 1))
    for text in (str(2**63), "9" * 19, "9" * 40, "", "-1", "1.0", "²", "１２", " 1"):
        assert not identifiers.is_id(text), text
