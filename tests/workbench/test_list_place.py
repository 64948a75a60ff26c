"""The list beside a case keeps its length and place: of a queue and of a saved filter alike."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two rows."""
    from tuoshan.workbench import queues

    monkeypatch.setattr(queues, "PAGE", 2)


def kept_filter(desk: Any, conditions: str) -> str:
    from tuoshan import clock
    from tuoshan.cases.models import SavedFilter

    person = desk.people["agent"]
    row = SavedFilter.objects.create(person_id=person.pk, title="未结", conditions=conditions, created_at=clock.now())
    return f"filter-{row.pk}"


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="row" href="/case/([\w-]+)\?', page)


def links(page: str) -> list[str]:
    return re.findall(r'<a class="row" href="([^"]+)"', page.replace("&amp;", "&"))


def following(page: str) -> str:
    found = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("what", ["queue", '{"state": "open"}', '{"state": "open", "q": "电饭煲"}'])
def test_a_case_opened_from_a_later_page_keeps_its_list(desk: Any, few: None, what: str) -> None:
    cases = [desk.complaint() for _ in range(6)]
    if "电饭煲" in what:
        from tuoshan.agenda import worker

        what = what.replace("电饭煲", cases[0].title[:2])
        worker.drain()
    name = "unassigned" if what == "queue" else kept_filter(desk, what)
    client = desk.client("agent")
    first = client.get(reverse("workbench:queue", args=[name])).content.decode()
    assert len(rows(first)) == 2 and all("rows=" not in link for link in links(first))
    second = client.get(following(first)).content.decode()
    assert len(rows(second)) == 2 and all(link.endswith("&rows=4") for link in links(second))
    third = client.get(following(second)).content.decode()
    opened = rows(third)[0]
    page = client.get(links(third)[0]).content.decode()
    everything = rows(first) + rows(second) + rows(third)
    assert rows(page) == everything and len(set(everything)) == 6
    assert 'aria-current="true"' in page.partition(f'class="row" href="/case/{opened}?')[2][:200]

    again = client.get(reverse("workbench:case", args=[opened]) + f"?queue={name}").content.decode()
    assert rows(again) == everything, "also when the page is made again after an action"
    pk = next(case.pk for case in cases if case.number == opened)
    anew = client.get(reverse("workbench:queue", args=[name]), {"list": "", "current": pk, "rows": 5}).content.decode()
    assert rows(anew) == everything[:5], "read anew, it is as long as it was"
    client.get(reverse("workbench:queue", args=[name]))
    fresh = client.get(reverse("workbench:case", args=[opened]) + f"?queue={name}").content.decode()
    assert len(rows(fresh)) == 2, "a list that was opened anew begins anew"


def test_from_board_and_search_a_case_opens_alone_with_the_way_back(desk: Any) -> None:
    case = desk.proposed("300")
    client = desk.client("lead")
    board = client.get("/board").content.decode()
    assert f'href="/case/{case.number}?back=/board"' in board
    searched = client.get(f"/search?q={case.number}").content.decode()
    found = re.search(rf'<a class="row" href="(/case/{case.number}\?back=[^"]+)"', searched)
    assert found is not None
    for link, back in ((f"/case/{case.number}?back=/board", "/board"), (found[1], f"/search?q={case.number}")):
        page = client.get(link).content.decode()
        assert 'class="list"' not in page and f'href="{back}"' in page and "返回" in page
        opened = {"HX-Request": "true", "HX-Current-URL": f"http://desk.example{link}"}
        done = client.post(f"/case/{case.number}/note", {"text": "已看", "key": back}, headers=opened)
        assert json.loads(done["HX-Location"])["path"].partition("?")[0] == f"/case/{case.number}"
        assert f'href="{back}"' in client.get(json.loads(done["HX-Location"])["path"]).content.decode()
    for wrong in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        page = client.get(f"/case/{case.number}", {"back": wrong}).content.decode()
        assert 'class="list"' in page and wrong not in page
