"""Whoever reads English meets no Chinese sign on any screen of the workbench or of the portal, but in names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.urls import Resolver404, resolve
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk

__all__ = ["desk", "work"]

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
BEGINNINGS = (
    "/", "/queue/unassigned", "/queue/open", "/queue/mine", "/board", "/tasks", "/settings/", "/bulk", "/accounts/me",
)  # fmt: skip
ON_THE_PORTAL = ("/portal/", "/portal/submit", "/portal/track")
ELSEWHERE = ("/static", "/api", "/portal", "/accounts/sign-out", "/language")
EACH = 3
VOID = {"input", "br", "hr", "img", "meta", "link", "use", "source", "path", "circle", "rect", "line", "col", "wbr"}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-confirm", "data-label", "data-empty")
MEANT = (
    "简体中文",  # every language is called as it calls itself
    "{变量}",  # both spellings of a variable are understood
    "休", "班", "元旦", "春节", "周年庆",  # the words of the State Council's notice, as they are pasted
)  # fmt: skip


class Reader(HTMLParser):
    """The words and the ways on of a page; what says that it is Chinese, or is somebody's letter, is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ways: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        passed = (
            bool(self.open and self.open[-1][1])
            or given.get("lang", "").startswith("zh")
            or tag in ("script", "style", "textarea")
            or bool({"wrap-text", "message"} & set(given.get("class", "").split()))
        )
        if not passed:
            self.words += [given[name] for name in SPOKEN if given.get(name)]
            self.ways += [given[name] for name in ("href", "hx-get", "data-src", "data-href") if given.get(name)]
        if tag not in VOID:
            self.open.append((tag, passed))

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _ in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1][1]):
            self.words.append(data)


def _names() -> list[str]:
    """What the company itself has written: names and texts of the database, the longest first."""
    from tuoshan.knowledge.company import company

    own = company()
    found: set[str] = {*MEANT, *((own.name, own.name[0]) if own.name and not own.name_en else ())}  # and its sign
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if isinstance(one, models.CharField | models.TextField)]
        for row in model._default_manager.all() if model.__name__ != "Playbook" else ():
            for field in fields:
                value = getattr(row, field.attname)
                if isinstance(value, str) and CHINESE.search(value) and not _has_english(row, field.name):
                    found |= {" ".join(value.split()), *(" ".join(line.split()) for line in value.splitlines())}
                    found |= {value[0]} if model.__name__ in ("Person", "Customer") else set()  # the round sign
    return sorted((one for one in found if CHINESE.search(one)), key=len, reverse=True)


def _has_english(row: Any, field: str) -> bool:
    return field.endswith("_zh") and bool(getattr(row, f"{field[:-3]}_en", ""))


def _read(
    client: Any, who: str, beginnings: Iterable[str] = BEGINNINGS, elsewhere: tuple[str, ...] = ELSEWHERE
) -> Iterator[tuple[str, Reader]]:
    """Every screen that can be reached, a few of each kind."""
    waiting, seen, kinds = list(beginnings), set(), Counter[Any]()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        if address in seen or parts.netloc or parts.path.startswith(elsewhere):
            continue
        seen.add(address)
        try:
            match = resolve(parts.path)
        except Resolver404:
            continue
        kind = (match.view_name, match.kwargs.get("name") if "queue" in match.view_name else "", bool(parts.query))
        kinds[kind] += 1
        if kinds[kind] > EACH:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, (who, address)
        if answer.status_code == 302:
            waiting.append(urljoin(address, answer["Location"]))
        elif answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            reader = Reader()
            reader.feed(answer.content.decode())
            waiting += [urljoin(address, way).split("#")[0] for way in reader.ways if not way.startswith("#")]
            yield address, reader


@pytest.mark.parametrize("who", ["admin", "lead", "agent", "qa"])
def test_no_screen_mixes_chinese_into_english(desk: Any, work: Any, who: str) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.parties.models import OrgUnit

    desk.complaint()
    desk.inquiring()
    desk.proposed()
    work()
    OrgUnit.objects.filter(name_en="").update(name_en="Unit")
    Category.objects.filter(name_en="").update(name_en="Category")
    person = desk.people[who]
    type(person).objects.filter(pk=person.pk).update(language="en")
    client = desk.client(who)
    client.cookies["tuoshan_language"] = "en"
    read = dict(_read(client, who))
    assert len(read) > 12, sorted(read)
    _holds_no_chinese(read)


def _holds_no_chinese(read: dict[str, Reader]) -> None:
    """Fails on a Chinese sign outside of what the company and its customers have written themselves."""
    names = _names()
    found: dict[str, set[str]] = {}
    for address, reader in read.items():
        for phrase in reader.words:
            left = " ".join(phrase.split())
            for name in names:
                if not CHINESE.search(left):
                    break
                left = left.replace(name, "")
            if CHINESE.search(left):
                found.setdefault(" ".join(phrase.split()), set()).add(address)
    assert not found, "\n".join(f"{phrase[:120]!r} {sorted(where)[0]}" for phrase, where in sorted(found.items()))


def test_no_page_of_the_portal_mixes_chinese_into_english(desk: Any, work: Any) -> None:
    """Every step at which a customer's page asks something, and the pages by which they come to it."""
    from django.test import Client
    from tests.portal import house

    from tuoshan import clock
    from tuoshan.cases import calendars
    from tuoshan.knowledge.company import Company, set_company

    names = {"name": "云杉百货", "name_en": "Spruce Stores", "hotline": "400-820-1234"}
    hours = {"hours": "每天 9:00–18:00", "hours_en": "Daily 9:00–18:00"}
    set_company(Company(**names, **hours), valid_from=clock.now())
    calendars.forget()
    accepted, offered = house.accepted(house.begin()), house.offered()
    house.proof(offered, visible=True)
    done = house.answered(house.offered())
    client = Client()
    client.cookies["tuoshan_language"] = "en"
    cases = (accepted, offered, done)
    for case in cases:
        house.opened(case, client)
    beginnings = [*ON_THE_PORTAL, *(f"/portal/case/{case.number}" for case in cases)]
    read = dict(_read(client, "customer", beginnings, ("/static", "/api", "/language")))
    assert set(beginnings) <= set(read), sorted(read)
    assert any("Daily 9:00–18:00" in phrase for phrase in read["/portal/"].words)
    _holds_no_chinese(read)
