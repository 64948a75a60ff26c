"""A web process that is asked to stop leaves when nothing is under way, not before and not long after."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from tuoshan.cli import answering
from tuoshan.cli.answering import UnderWay


class Said:
    """An answer in pieces that remembers whether it was closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"one", b"two"])

    def close(self) -> None:
        self.closed = True


def under_way(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Iterable[bytes]]) -> tuple[UnderWay, list[float]]:
    """An application that gives this answer, and the moment that its clock shows."""
    moment = [100.0]
    monkeypatch.setattr(answering.time, "monotonic", lambda: moment[0])
    return UnderWay(lambda environ, start_response: answer()), moment


def start(*_given: Any) -> None:
    """The server's part, which nothing here asks for."""


def test_an_answer_is_under_way_until_it_has_been_read_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said()
    asked, moment = under_way(monkeypatch, lambda: said)
    moment[0] += 5
    assert asked.quiet_for() == 5
    answer: Any = asked({}, start)
    assert asked.quiet_for() == 0
    assert list(answer) == [b"one", b"two"]
    moment[0] += 5
    assert asked.quiet_for() == 0
    answer.close()
    moment[0] += 1
    assert said.closed and asked.quiet_for() == 1
    answer.close()
    second = asked({}, start)
    assert asked.quiet_for() == 0, "closing twice counts once"
    del second
    assert asked.quiet_for() == 0
    moment[0] += 2
    assert asked.quiet_for() == 2, "who has left without reading it out keeps nobody"


def test_a_request_that_fails_is_under_way_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Iterable[bytes]:
        raise RuntimeError("no answer")

    asked, moment = under_way(monkeypatch, fail)
    with pytest.raises(RuntimeError):
        asked({}, start)
    moment[0] += 1
    assert asked.quiet_for() == 1
