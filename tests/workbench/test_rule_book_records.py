"""What a change of a rule book writes down is worked out before the transaction that holds up everybody else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped, changed_text
from tests.workbench.test_rule_books import typed

from tuoshan import clock
from tuoshan.office import rulebooks as office
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.models import BookDraft, PublishedBook

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["books_as_shipped", "desk"]
BOOK = "/rule-books/mall_shoes"
TABLE = f"{BOOK}/change/tables/repair"


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was reckoned, by its name: read, proved, compared; fails for what is within a transaction."""
    done: list[str] = []

    def watched(module: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(module, name)

        def outside(*arguments: Any, **more: Any) -> Any:
            assert not connection.in_atomic_block, f"{name} within the transaction"
            done.append(name)
            return real(*arguments, **more)

        monkeypatch.setattr(module, name, outside)

    for module, name in ((office, "differences"), (library, "read_version"), (publishing, "check_pack"),
                         (publishing, "doubts")):  # fmt: skip
        watched(module, name)
    yield done


def test_every_change_is_reckoned_before_it_is_written(desk: Any, reckoned: list[str]) -> None:
    manager = desk.client("manager")
    text = changed_text()[1]
    known = publishing.copy_of_newest("mall_shoes")
    clause = copying.clause_editing.clauses(known.text)["M08"]
    steps = (
        (f"{BOOK}/change", {"text": text}),
        (TABLE, lambda: typed(desk, "repair", r0__because_zh="小毛病", r0__because_en="A small fault")),
        (f"{BOOK}/change/clauses/M08", {
            **{one: getattr(clause, one) for one in type(clause).__slots__}, "zh": f"{clause.zh}。",
            "seen": copying.stamp(clause)}),
        (f"{BOOK}/publish", {"begins": "2026-06-01", "confirmed_by": "法务部", "reason": "新办法"}),
        (f"{BOOK}/versions/2/withdraw", {"reason": "写错了"}),
        (f"{BOOK}/versions/2/copy", {}),
        (f"{BOOK}/drop", {}),
    )  # fmt: skip
    for number, (path, sent) in enumerate(steps, 1):
        reckoned.clear()
        answer = manager.post(path, sent() if callable(sent) else sent)
        assert answer.status_code in (200, 302), path
        assert SettingChange.objects.count() == number, path
        assert "differences" in reckoned or "withdraw" in path, path
    assert PublishedBook.objects.get().withdrawn_at is not None and not BookDraft.objects.exists()


def test_what_others_change_while_it_is_reckoned_is_neither_lost_nor_told_as_ours(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While our row is reckoned somebody changes another table: both stand, and our entry tells our row alone."""
    person = desk.people["manager"]
    draft = publishing.draft_of("mall_shoes", person.pk, clock.now())
    grid = copying.table_of(draft, "repair")
    first, *others = grid.rows
    rows = [copying.GridRow({**first.cells, "because_zh": "小毛病", "because_en": "Small"}, first.of), *others]
    real, calls = office.differences, []

    def meanwhile(before: Any, after: Any) -> Any:
        if not calls:
            other = BookDraft.objects.get()
            other.text = other.text.replace('paid: ">= 210"', 'paid: ">= 220"')
            other.save()
        calls.append(after.text)
        return real(before, after)

    monkeypatch.setattr(office, "differences", meanwhile)
    copying.save_rows(draft, "repair", rows, copying.stamp(grid), person_id=person.pk, now=clock.now(),
                      record=office.noting(person, "mall_shoes"))  # fmt: skip
    text = BookDraft.objects.get().text
    assert "小毛病 / Small" in text and 'paid: ">= 220"' in text and len(calls) == 2
    told = str(SettingChange.objects.get().fields)
    assert "小毛病" in told and "220" not in told


def test_a_copy_that_changes_while_it_is_proved_is_proved_anew(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published is what was proved, never what somebody typed in between."""
    person, text = desk.people["manager"], changed_text()[1]
    publishing.save_draft("mall_shoes", text, {}, person_id=person.pk, now=clock.now())
    real, calls = publishing.prove_copy, []

    def meanwhile(draft: BookDraft) -> Any:
        found = real(draft)
        if not calls:
            BookDraft.objects.update(text=text.replace("clause: M02", "clause: M99"))
        calls.append(draft.text)
        return found

    monkeypatch.setattr(publishing, "prove_copy", meanwhile)
    with pytest.raises(publishing.NotInOrder):
        publishing.publish("mall_shoes", begins=clock.now().date(), reason="新", confirmed_by="法务部",
                           person_id=person.pk, now=clock.now())  # fmt: skip
    assert len(calls) == 2 and not PublishedBook.objects.exists()
