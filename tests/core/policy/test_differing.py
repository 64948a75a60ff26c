"""Two versions of a book side by side, and past cases by each of them."""

from datetime import date
from decimal import Decimal

from tests.core.policy.sample import BOOK, book, findings

from tuoshan.core.policy.comparing import Past, effect
from tuoshan.core.policy.editing.differing import book_changes

MEND = "      - {id: mend, serious: yes, window: later, then: {right: repair, rank: 4}, clause: A2}"


def said(old: str, new: str) -> set[str]:
    return {
        " ".join(part for part in (one.how, one.kind, one.table, one.name) if part)
        for one in book_changes(book(old), book(new))
    }


def test_the_same_book_written_otherwise_has_no_differences() -> None:
    assert (
        said(BOOK, BOOK.replace("tables:\n", "\n\n# a remark\ntables:\n").replace("{id: nothing, ", "{ id: nothing,  "))
        == set()
    )


def test_what_came_went_and_changed_is_named() -> None:
    new = BOOK.replace('length_cm: "> 5"', 'length_cm: "> 4"').replace(
        "七日内可退 / Return within seven days", "七日内退 / A return in seven days"
    )
    new = new.replace(
        "      - {id: swap",
        f"{MEND}\n      - {{id: swap",
    )
    assert said(BOOK, new) == {"changed clause A1", "changed row faults long", "added row rights mend"}
    assert said(new, BOOK) == {"changed clause A1", "changed row faults long", "removed row rights mend"}


def test_the_order_of_rows_counts_where_the_first_hit_decides() -> None:
    long, short = (line for line in BOOK.splitlines() if "id: long" in line or "id: short" in line)
    swapped = BOOK.replace(f"{long}\n{short}", f"{short}\n{long}")
    read, _dead_row = findings(swapped)
    assert read is not None
    changes = book_changes(book(BOOK), read)
    assert [(one.kind, one.name) for one in changes] == [("table", "faults")]
    swap, no_fee = (line for line in BOOK.splitlines() if "id: swap" in line or "id: no_fee" in line)
    assert said(BOOK, BOOK.replace(f"{swap}\n{no_fee}", f"{no_fee}\n{swap}")) == set()


def past(key: str, **facts: object) -> Past:
    common = {"sold_on": "2026-05-01", "asked_on": "2026-05-05", "fault": "open", "paid": "100.00"}
    return Past(key, date(2026, 5, 5), {**common, **facts})


def test_past_cases_by_both_versions() -> None:
    old, new = book(BOOK), book(BOOK.replace('"> 5"', '"> 4"'))
    found = effect(
        [past("a", length_cm="4.5"), past("b", length_cm="6"), past("c", length_cm="1"), past("d", length_cm="99")],
        [old],
        [new],
    )
    assert (found.looked_at, found.unreadable, found.concerned, found.many) == (3, 1, 3, 1)
    assert [one.key for one in found.changed] == ["a"]
    assert (found.cost_before, found.cost_after, found.costs_more) == (Decimal(100), Decimal(200), Decimal(100))


def test_cases_of_which_the_changed_book_does_not_speak_are_passed_over() -> None:
    old = book(BOOK.replace("layer: house", "layer: house\napplies: fault != 'none'"))
    new = book(BOOK.replace("layer: house", "layer: house\napplies: fault != 'none'").replace('"> 5"', '"> 4"'))
    found = effect([past("a", fault="none"), past("b", length_cm="4.5")], [old], [new])
    assert (found.looked_at, found.concerned, found.many) == (2, 1, 1)


def test_a_changed_case_beyond_those_kept_is_counted() -> None:
    old, new = book(BOOK), book(BOOK.replace('"> 5"', '"> 4"'))
    found = effect([past(str(number), length_cm="4.5") for number in range(5)], [old], [new], most_changed=2)
    assert (found.many, len(found.changed), found.costs_more) == (5, 2, Decimal(500))


def test_every_piece_of_a_line_is_counted() -> None:
    """Three alike, each mended for nothing by the old book and worth 100 by the new one."""
    old, new = book(BOOK), book(BOOK.replace('"> 5"', '"> 4"'))
    line = past("a", length_cm="4.5")
    found = effect([Past(line.key, line.today, line.facts, pieces=3)], [old], [new])
    assert (found.cost_before, found.cost_after) == (Decimal(0), Decimal(300))
    assert [one.costs_more for one in found.changed] == [Decimal(300)]
