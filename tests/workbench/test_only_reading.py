"""Auditors look at all settings, imports, copies of rule books and leads' pages, and change none: no button, no open
field, no secret, no contact data.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk, moment
from tests.workbench.test_settings_pages import ADMINS_ONLY, CONFIGURERS

from tuoshan.intake.models import ImportRun
from tuoshan.integrations.models import SmsGateway
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.models import Absence
from tuoshan.rulings.models import BookDraft

__all__ = ["desk"]

LOOKED_AT = [one for one in [*ADMINS_ONLY, *CONFIGURERS] if not one[0].endswith(("_make", "_notice"))]


class Controls(HTMLParser):
    """What can be typed into or pressed in the page's own part, outside of forms that only search."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_main = self._posts = False
        self._sets: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self._in_main = True
        elif tag == "form" and self._in_main:
            self._posts = (given.get("method") or "get").lower() == "post"
        elif tag == "fieldset":
            self._sets.append("disabled" in given)
        elif tag in ("input", "select", "textarea", "button") and self._posts and given.get("type") != "hidden":
            closed = "disabled" in given or any(self._sets)
            self.found += [] if closed else [f"{tag} {given.get('name')}"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        elif tag == "form":
            self._posts = False
        elif tag == "fieldset" and self._sets:
            self._sets.pop()


def controls(page: str) -> list[str]:
    parser = Controls()
    parser.feed(page)
    return parser.found


def ways_to_make(page: str) -> list[str]:
    """Links of the page's own part that lead to where something is made."""
    own = page.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'href="(/settings/[^"]*/new[^"]*|/people/[^"]*leave[^"]*)"', own)


@pytest.mark.parametrize(("name", "arguments"), LOOKED_AT)
def test_a_page_of_the_settings_is_read_and_changes_nothing(desk: Any, name: str, arguments: tuple[Any, ...]) -> None:
    where = reverse(f"workbench:settings_{name}", args=arguments)
    read = desk.client("auditor").get(where)
    page = read.content.decode()
    assert read.status_code == 200 and controls(page) == [] and ways_to_make(page) == []
    assert desk.client("auditor").post(where, {}).status_code == 403


def test_one_of_each_list_is_read_and_changes_nothing(desk: Any) -> None:
    reply = QuickReply.objects.create(title="致歉", text="对不起")
    agent = desk.people["agent"]
    for name, pk in (("person", agent.pk), ("org_unit", agent.unit_id), ("role", agent.roles.get().pk),
                     ("reply", reply.pk)):  # fmt: skip
        where = reverse(f"workbench:settings_{name}", args=[pk])
        page = desk.client("auditor").get(where).content.decode()
        assert controls(page) == [] and ways_to_make(page) == [], name
        assert controls(desk.client("admin").get(where).content.decode()), f"{name}: an administrator still changes it"
        assert desk.client("auditor").post(where, {}).status_code == 403
    for step in ("link", "factor", "skill", "active"):
        where = reverse(f"workbench:settings_person_{step}", args=[agent.pk])
        assert desk.client("auditor").post(where, {}).status_code == 403


def test_the_keys_of_a_gateway_stay_with_administrators(desk: Any) -> None:
    where = reverse("workbench:settings_outgoing")
    values = {
        "which": "gateway", "g-name": "网关", "g-url": "https://sms.example.com/hook/geheim1?key=geheim2",
        "g-method": "POST", "g-format": "json", "g-headers": "Authorization: geheim3", "g-timeout_seconds": "5",
        "g-body": '{"apikey": "geheim4", "to": "{national}", "text": "{text}"}', "g-is_on": "on",
    }  # fmt: skip
    assert desk.client("admin").post(where, values).status_code == 302
    assert "geheim1" in desk.client("admin").get(where).content.decode()
    page = desk.client("auditor").get(where).content.decode()
    assert "geheim" not in page and "https://sms.example.com/••••" in page
    changes = reverse("workbench:settings_changes")
    for who in ("auditor", "manager", "admin"):
        assert "geheim" not in desk.client(who).get(changes).content.decode()
    program = Caller(desk.people["auditor"], "read")
    gateway = program.get("/settings/outgoing")["gateway"]
    assert (gateway["url"], gateway["body"], gateway["has_headers"]) == ("https://sms.example.com/••••", "••••", True)
    assert "geheim" not in str(program.get("/settings/changes"))
    assert Caller(desk.people["admin"], "read").get("/settings/outgoing")["gateway"]["url"].endswith("key=geheim2")
    kept = Caller(desk.people["admin"], "admin").send("PATCH", "/settings/outgoing/gateway", {"name": "新网关"})
    assert kept["gateway"]["name"] == "新网关" and "geheim2" in SmsGateway.objects.get().url


def brought_in(desk: Any) -> ImportRun:
    """A table of which one row is bad, put to a dry run by a supervisor."""
    text = "内容,姓名,电话,备注\n杯子碎了,王小明,13800138000,家在小街1号\n漏水,李雷雷,1391234,住大街2号\n"
    lead = Caller(desk.people["lead"], "write")
    file = SimpleUploadedFile("voices.csv", text.encode(), "text/csv")
    run = lead.client.post("/api/v1/imports", {"file": file}).json()
    columns = {"内容": "text", "姓名": "name", "电话": "phone"}
    lead.send("PUT", f"/imports/{run['id']}/columns", {"columns": columns})
    return ImportRun.objects.get()


def cells_of(sheet: bytes) -> str:
    from python_calamine import CalamineWorkbook

    return str(CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python())


def test_imports_are_read_without_contact_data_and_nothing_is_brought_in(desk: Any) -> None:
    run, auditor, lead = brought_in(desk), desk.client("auditor"), desk.client("lead")
    for name, arguments in (("import_upload", []), ("import_run", [run.pk]), ("import_mapping", [run.pk])):
        where = reverse(f"workbench:{name}", args=arguments)
        page = auditor.get(where).content.decode()
        assert controls(page) == [] and "voices.csv" in page, name
        assert "13800138000" not in page and "1391234" not in page and "小街" not in page, name
        assert controls(lead.get(where).content.decode()), f"{name}: a supervisor still goes on"
        assert auditor.post(where, {}).status_code == 403
    assert auditor.post(reverse("workbench:import_stop", args=[run.pk])).status_code == 403
    where = reverse("workbench:import_errors", args=[run.pk])
    whole, masked = (cells_of(client.get(where).getvalue()) for client in (lead, auditor))
    assert "1391234" in whole and "李雷雷" in whole and "大街" in whole
    assert "漏水" in masked and "李**" in masked
    assert not any(one in masked for one in ("1391234", "李雷雷", "大街"))


def test_a_program_of_an_auditor_reads_imports_and_starts_none(desk: Any) -> None:
    run, auditor = brought_in(desk), Caller(desk.people["auditor"], "admin")
    assert [one["id"] for one in auditor.get("/imports")["imports"]] == [str(run.pk)]
    assert "1391234" not in str(auditor.get(f"/imports/{run.pk}"))
    assert "1391234" in str(Caller(desk.people["lead"], "read").get(f"/imports/{run.pk}"))
    assert "李雷雷" not in cells_of(auditor.get(f"/imports/{run.pk}/errors.xlsx"))
    for path in ("start", "stop"):
        assert auditor.post(f"/imports/{run.pk}/{path}", expect=403)["code"] == "not_permitted"


@pytest.mark.parametrize(
    "path",
    ["changes", "accounts", "roles", "org-units", "skills", "parties", "playbooks", "categories", "causes", "reasons",
     "products", "product-lines", "shops", "calendars", "tables", "templates", "replies", "outgoing"],
)  # fmt: skip
def test_a_program_of_an_auditor_reads_all_settings(desk: Any, path: str) -> None:
    Caller(desk.people["auditor"], "read").get(f"/settings/{path}")
    assert Caller(desk.people["finance"], "read").get(f"/settings/{path}", expect=403)["code"] == "not_permitted"


def test_the_ways_there_stand_in_the_rail(desk: Any) -> None:
    page = desk.client("auditor").get("/reports/").content.decode()
    assert 'href="/settings/"' in page and 'href="/import/"' in page
    agents = desk.client("agent").get("/search").content.decode()
    assert 'href="/settings/"' not in agents and 'href="/import/"' not in agents


# -- copies of rule books, and what leads see of their people ------------------------------------------------------


def copied(desk: Any) -> None:
    """A manager has taken a copy of a book and broken a row of it."""
    manager = desk.client("manager")
    manager.get("/rule-books/mall_shoes/change")
    text = BookDraft.objects.get().text
    broken = text.replace("clause: M02", "clause: M99")
    assert manager.post("/rule-books/mall_shoes/change", {"text": broken}).status_code == 200


PARTS = ("", "/tables/repair", "/clauses/M03")


def test_a_copy_of_a_rule_book_is_read_and_stays_as_it_is(desk: Any) -> None:
    copied(desk)
    before, auditor = BookDraft.objects.values().get(), desk.client("auditor")
    assert "/rule-books/mall_shoes/change" in auditor.get("/rule-books/mall_shoes").content.decode()
    assert "没有条款 M99" in auditor.get("/rule-books/mall_shoes/change").content.decode()
    for part in PARTS:
        where = f"/rule-books/mall_shoes/change{part}"
        read = auditor.get(where)
        page = read.content.decode()
        assert read.status_code == 200 and controls(page) == [] and '/clauses/"' not in page, part
        assert controls(desk.client("manager").get(where).content.decode()), f"{part}: a manager still changes it"
        assert auditor.post(where, {"text": "x"}).status_code == 403
        assert desk.client("lead").get(where).status_code == 403
    assert auditor.get("/rule-books/mall_shoes/change/tables/repair.csv").status_code == 200
    for part in ("change/tables/repair/upload", "change/clauses/M03/drop", "change/examples/drop", "publish", "drop"):
        assert auditor.post(f"/rule-books/mall_shoes/{part}", {}).status_code == 403, part
    assert auditor.get("/rule-books/mall_shoes/change/clauses/").status_code == 403
    assert BookDraft.objects.values().get() == before


def test_who_only_reads_makes_no_copy_by_looking(desk: Any) -> None:
    auditor, program = desk.client("auditor"), Caller(desk.people["auditor"], "read")
    assert "/rule-books/mall_shoes/change" not in auditor.get("/rule-books/mall_shoes").content.decode()
    for part in (*PARTS, "/tables/repair.csv"):
        assert auditor.get(f"/rule-books/mall_shoes/change{part}").status_code == 404, part
    assert program.get("/rule-books/mall_shoes/draft")["good"]
    assert program.get("/rule-books/mall_shoes/draft/tables/repair")["rows"]
    assert program.get("/rule-books/mall_shoes/draft/effect")["open_cases"]["many"] == 0
    assert not BookDraft.objects.exists()


def test_a_program_of_an_auditor_reads_a_copy_and_changes_none(desk: Any) -> None:
    copied(desk)
    before, program = BookDraft.objects.values().get(), Caller(desk.people["auditor"], "admin")
    found = program.get("/rule-books/mall_shoes/draft")
    assert "clause: M99" in found["text"] and not found["good"]
    grid = program.get("/rule-books/mall_shoes/draft/tables/repair")
    program.get("/rule-books/mall_shoes/draft/effect", expect=409)
    assert program.get("/rule-books/mall_shoes/draft/settings")["settings"][0]["value"] == "false"
    for method, path, body in (
        ("PUT", "draft", {"text": "x"}), ("DELETE", "draft", None),
        ("PUT", "draft/tables/repair", {"rows": [], "stamp": grid["stamp"]}),
        ("PUT", "draft/settings", {"values": {"exchange_fee_on": "true"}, "reason": "乙", "stamp": "x"}),
        ("PUT", "draft/clauses/M03", {"zh": "一", "en": "One"}), ("DELETE", "draft/clauses/M03", None),
        ("POST", "publish", {"begins": "2026-03-05", "confirmed_by": "甲", "reason": "乙"}),
    ):  # fmt: skip
        refused = program.send(method, f"/rule-books/mall_shoes/{path}", body, expect=403)
        assert refused["code"] == "not_permitted", path
    Caller(desk.people["agent"], "read").get("/rule-books/mall_shoes/draft", expect=403)
    assert BookDraft.objects.values().get() == before


def test_absences_and_work_in_hand_are_read_and_nothing_is_handed_on(desk: Any) -> None:
    case, agent = desk.accepted(), desk.people["agent"]
    away = Absence.objects.create(
        person=agent, starts_at=moment(), ends_at=moment() + timedelta(days=1), delegate=desk.people["colleague"]
    )
    auditor, lead = desk.client("auditor"), desk.client("lead")
    board = auditor.get("/board").content.decode()
    for name, shown in (("absence", "由"), ("leaver", case.number)):
        where = reverse(f"workbench:{name}", args=[agent.pk])
        page = auditor.get(where).content.decode()
        assert where in board and shown in page and controls(page) == [], name
        assert controls(lead.get(where).content.decode()), f"{name}: a supervisor still decides"
        assert auditor.post(where, {"case": [case.pk], "to": "1", "reason": "x"}).status_code == 403
        for above in ("manager", "admin", "auditor"):
            other = reverse(f"workbench:{name}", args=[desk.people[above].pk])
            assert auditor.get(other).status_code == 200, "all of the staff are looked at"
            assert lead.get(other).status_code == 404, "a supervisor does not lead them"
        assert desk.client("finance").get(where).status_code == 403
    assert auditor.post(reverse("workbench:absence_end", args=[away.pk])).status_code == 403
    assert auditor.post(reverse("workbench:leave", args=[agent.pk]), {"to": "1"}).status_code == 403
    assert desk.read(case).handler_id == agent.pk and Absence.objects.get() == away


def test_a_program_of_an_auditor_reads_absences_and_work_in_hand(desk: Any) -> None:
    case, agent = desk.accepted(), desk.people["agent"]
    program, place = Caller(desk.people["auditor"], "admin"), f"/people/{agent.pk}"
    assert [one["number"] for one in program.get(f"{place}/in-hand")["cases"]] == [case.number]
    assert program.get(f"{place}/absences") == []
    when = {"starts_at": "2026-03-02T08:00:00Z", "ends_at": "2026-03-03T08:00:00Z"}
    for path, body in (("absences", when), ("hand-on", {"cases": [], "reason": "x"}), ("leave", {"to": "1"})):
        assert program.post(f"{place}/{path}", body, expect=403)["code"] == "not_permitted"
    assert Caller(desk.people["finance"], "read").get(f"{place}/in-hand", expect=403)["code"] == "not_permitted"
