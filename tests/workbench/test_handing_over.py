"""Tasks opened from the list, handing over, absence, leaving."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from tests.workbench.deskhouse import desk, moment

__all__ = ["desk"]


def test_a_task_opens_with_its_form(desk: Any) -> None:
    case = desk.inquiring()
    client = desk.client("qa")
    found = re.search(r'href="(/case/[^"]+do=task-inquire[^"]*)"', client.get("/tasks").content.decode())
    assert found is not None
    page = client.get(unescape(found[1])).content.decode()
    opener = re.search(r'data-src="([^"]+)" data-open-now', page)
    assert opener is not None
    form = client.get(unescape(opener[1])).content.decode()
    assert 'name="finding"' in form
    data = {
        "seq": desk.read(case).seq, "key": "k", "task": "inquire[qa]#1", "finding": "批次有裂纹", "cause": cause(form),
        "liable": "product",
    }  # fmt: skip
    answer = client.post(unescape(opener[1]), data, headers={"HX-Request": "true"})
    assert answer.status_code == 204, answer.content.decode()
    assert "没有等您完成的待办" in client.get("/tasks").content.decode()
    assert "部门调查" in client.get("/tasks?done").content.decode()


def cause(form: str) -> str:
    found = re.search(r'name="cause".*?<option value="([^"]+)"', form.replace('<option value=""', "<option"), re.S)
    return found[1] if found else "goods"


def test_colleagues_tasks_are_not_mine(desk: Any) -> None:
    desk.inquiring()
    assert "部门调查" not in desk.client("agent").get("/tasks").content.decode()


def test_who_is_away_is_greyed_where_a_case_is_handed_over(desk: Any) -> None:
    from tuoshan.parties.models import Absence

    case = desk.accepted()
    away = desk.people["colleague"]
    Absence.objects.create(person=away, starts_at=moment(), ends_at=moment() + timedelta(days=1))
    form = desk.client("lead").get(f"/case/{case.number}/do/act/transfer").content.decode()
    assert re.search(rf'<option value="{away.pk}" disabled', form)
    assert "林悦（客服中心） 在办 1/20" in form


def test_an_absence_is_registered_with_a_delegate_and_ended(desk: Any) -> None:
    from tuoshan.parties.models import Absence

    client = desk.client("agent")
    data = {
        "starts_at_0": "2026-03-02", "starts_at_1": "08:00", "ends_at_0": "2026-03-05", "ends_at_1": "18:00",
        "delegate": str(desk.people["colleague"].pk), "note": "年假",
    }  # fmt: skip
    assert client.post("/me/absence", data).status_code == 302
    row = Absence.objects.get()
    assert row.person_id == desk.people["agent"].pk
    assert "由 马莉 代理" in client.get("/me/absence").content.decode()
    wrong = client.post("/me/absence", data | {"ends_at_0": "2026-03-01"})
    assert wrong.status_code == 422
    assert "结束要晚于开始" in wrong.content.decode()
    assert desk.client("colleague").post(f"/absence/{row.pk}/end").status_code == 404
    assert client.post(f"/absence/{row.pk}/end").status_code == 302
    assert Absence.objects.get().ends_at == moment()


def test_a_leavers_cases_go_on_before_the_account_closes(desk: Any) -> None:
    cases = [desk.accepted(), desk.accepted(), desk.accepted()]
    agent, colleague, lead = desk.people["agent"], desk.people["colleague"], desk.people["lead"]
    client = desk.client("lead")
    address = f"/people/{agent.pk}/handover"
    assert "3</span>" in client.get(address).content.decode()
    early = client.post(f"/people/{agent.pk}/leave", {"to": colleague.pk})
    assert early.status_code == 409
    data = {
        "case": [case.pk for case in cases], "to": colleague.pk, f"to-{cases[2].pk}": lead.pk, "reason": "离职交接",
    }  # fmt: skip
    assert client.post(address, {**data, "reason": ""}).status_code == 422
    assert client.post(address, data).status_code == 302
    assert [desk.read(case).handler_id for case in cases] == [colleague.pk, colleague.pk, lead.pk]
    assert client.post(f"/people/{agent.pk}/leave", {"to": colleague.pk}).status_code == 302
    agent.refresh_from_db()
    assert not agent.is_active


def test_nobody_closes_their_own_account(desk: Any) -> None:
    lead = desk.people["lead"]
    answer = desk.client("manager").post(f"/people/{desk.people['manager'].pk}/leave", {"to": lead.pk})
    assert answer.status_code == 422


def test_a_case_is_taken_with_one_press(desk: Any) -> None:
    case = desk.accepted()
    page = desk.client("colleague").get(f"/case/{case.number}").content.decode()
    assert 'name="handler" value="' in page
    data = {"seq": case.seq, "key": "take", "handler": desk.people["colleague"].pk}
    assert desk.htmx("colleague", "post", f"/case/{case.number}/do/act/claim", data).status_code == 204
    assert desk.read(case).handler_id == desk.people["colleague"].pk
    page = desk.client("colleague").get(f"/case/{case.number}").content.decode()
    assert 'name="handler" value="' not in page
