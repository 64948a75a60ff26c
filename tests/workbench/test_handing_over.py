"""Tasks opened from the list, handing over, absence, leaving."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from tests.workbench.deskhouse import desk, moment

__all__ = ["desk"]


@pytest.fixture
def work() -> Any:
    """Do everything that is due now."""
    from tuoshan.agenda.worker import drain

    return drain


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


def test_a_case_that_nobody_has_is_taken_with_one_press(desk: Any) -> None:
    case = desk.complaint()
    colleague = desk.people["colleague"]
    page = desk.client("colleague").get(f"/case/{case.number}").content.decode()
    button = re.search(r'name="handler" value="(\d+)"><button [^>]*data-key="c" data-command="领取"', page)
    assert button is not None and button[1] == str(colleague.pk)
    data = {"seq": case.seq, "key": "take", "handler": colleague.pk}
    assert desk.htmx("colleague", "post", f"/case/{case.number}/do/act/claim", data).status_code == 204
    assert desk.read(case).handler_id == colleague.pk
    page = desk.client("colleague").get(f"/case/{case.number}").content.decode()
    assert 'data-key="c"' not in page, "it is theirs already"


def test_a_colleagues_case_is_taken_over_with_a_reason_and_they_hear_of_it(desk: Any, work: Any) -> None:
    from tuoshan.integrations.models import Notification

    case = desk.accepted()
    agent, colleague = desk.people["agent"], desk.people["colleague"]
    page = desk.client("colleague").get(f"/case/{case.number}").content.decode()
    opener = re.search(r'data-src="([^"]+)" data-key="c" data-command="接手"', page)
    assert opener is not None and 'name="handler" value="' not in page
    form = desk.htmx("colleague", "get", opener[1]).content.decode()
    assert re.search(rf'<option value="{colleague.pk}" selected', form) and 'name="taken_because"' in form
    data = {"seq": case.seq, "key": "take", "handler": colleague.pk}
    bare = desk.htmx("colleague", "post", opener[1], data)
    assert bare.status_code == 422 and "claim-taken_because_error" in bare.content.decode()
    assert desk.read(case).handler_id == agent.pk
    done = desk.htmx("colleague", "post", opener[1], data | {"taken_because": "客户指名找我"})
    assert done.status_code == 204 and desk.read(case).handler_id == colleague.pk
    work()
    told = Notification.objects.filter(case_id=case.pk, what="passed_on")
    assert [(one.person_id, one.sentence()) for one in told] == [
        (agent.pk, f"改由马莉经办，原因见工单：{case.number} 杯子碎了")
    ]
    assert "客户指名找我" in desk.client("agent").get(f"/case/{case.number}").content.decode()


@pytest.mark.parametrize("where", ["case", "bulk"])
def test_who_takes_a_colleagues_case_over_is_offered_nobody_else(desk: Any, where: str) -> None:
    case, free = desk.accepted(), desk.complaint()
    colleague, lead = desk.people["colleague"].pk, desk.people["lead"].pk

    def offered(who: str, one: Any) -> list[str]:
        address = f"/case/{one.number}/do/act/claim" if where == "case" else f"/bulk/form?do=claim&case={one.number}"
        form = desk.client(who).get(address, headers={"HX-Request": "true"}).content.decode()
        chosen = re.search(r'<select[^>]* name="handler".*?</select>', form, re.S)
        assert chosen is not None
        return [value for value in re.findall(r'<option value="(\d*)"', chosen[0]) if value]

    assert offered("colleague", case) == [str(colleague)]
    for who, one in (("colleague", free), ("lead", case), ("agent", case)):
        assert {str(colleague), str(lead)} < set(offered(who, one)), who
    data = {"seq": case.seq, "key": "k", "handler": lead, "taken_because": "忙不过来"}
    if where == "case":
        refused = desk.htmx("colleague", "post", f"/case/{case.number}/do/act/claim", data)
        assert refused.status_code == 422 and "忙不过来" in refused.content.decode()
    else:
        batch = {"do": "claim", "case": [case.number], "batch": "7"}
        refused = desk.htmx("colleague", "post", "/bulk/run", data | batch)
    assert "您只能自己接手；要交给别人，请经办人或主管转办。" in refused.content.decode()
    assert desk.read(case).handler_id == desk.people["agent"].pk


def test_who_gives_their_own_case_away_is_not_told_that_it_is_gone(desk: Any, work: Any) -> None:
    from tuoshan.integrations.models import Notification

    case = desk.accepted()
    assert desk.house.act(case, "transfer", handler=str(desk.people["colleague"].pk), reason="排班").accepted
    work()
    assert not Notification.objects.filter(case_id=case.pk, what="passed_on").exists()
    lead = desk.house.act(case, "transfer", desk.people["lead"], handler=str(desk.people["agent"].pk), reason="换回")
    assert lead.accepted, lead.refusal
    work()
    told = Notification.objects.filter(case_id=case.pk, what="passed_on")
    assert [one.person_id for one in told] == [desk.people["colleague"].pk]


@pytest.mark.parametrize("action", ["claim", "transfer"])
def test_nobody_gives_a_case_to_who_is_away_and_they_may_take_it_themselves(desk: Any, action: str) -> None:
    from tuoshan.parties.models import Absence

    case = desk.accepted()
    away, lead = desk.people["colleague"], desk.people["lead"]
    Absence.objects.create(person=away, starts_at=moment(), ends_at=moment() + timedelta(days=1))
    why = {"taken_because" if action == "claim" else "reason": "忙不过来"}
    refused = desk.house.act(case, action, lead, handler=str(away.pk), **why).refusal
    assert refused is not None and refused.data["fields"] == {"handler": "away"}
    data = {"seq": case.seq, "key": "k", "handler": away.pk, **why}
    shown = desk.htmx("lead", "post", f"/case/{case.number}/do/act/{action}", data)
    assert shown.status_code == 422 and "这位同事现在缺勤，请选在岗的人。" in shown.content.decode()
    assert desk.read(case).handler_id == desk.people["agent"].pk
    own = desk.house.act(case, "claim", away, handler=str(away.pk), taken_because="我在线处理")
    assert own.accepted and desk.read(case).handler_id == away.pk


def test_who_is_away_is_told_so_and_is_back_with_one_press(desk: Any) -> None:
    from tuoshan.parties.models import Absence

    case = desk.accepted()
    agent, client = desk.people["agent"], desk.client("agent")
    page, address = f"/case/{case.number}", f"/case/{case.number}/do/act/propose"
    data = {"seq": case.seq, "key": "k"}
    assert "data-away" not in client.get(page).content.decode()
    away = Absence.objects.create(
        person=agent, starts_at=moment(), ends_at=moment() + timedelta(days=2), delegate=desk.people["colleague"]
    )
    for where in (page, "/queue/mine", "/tasks"):
        shown = client.get(where).content.decode()
        assert shown.count("data-away") == 1 and "这段时间由马莉代理" in shown, where
        assert f'action="/absence/{away.pk}/end"' in shown and "我回来了" in shown
    refused = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert "您登记了缺勤（到 " in refused and "您没有权限" not in refused
    batch = {"do": "transfer", "case": [case.number], "batch": "4713", "handler": str(agent.pk), "reason": "x"}
    assert "您登记了缺勤（到 " in client.post("/bulk/run", batch).content.decode()
    assert "data-away" not in desk.client("colleague").get(page).content.decode()
    back = client.post(f"/absence/{away.pk}/end", {"here": page})
    assert (back.status_code, back["Location"]) == (302, page)
    assert "data-away" not in client.get(page).content.decode()
    out = client.post(f"/absence/{away.pk}/end", {"here": "//elsewhere.example"})
    assert out.status_code == 404 or out["Location"] == "/me/absence"


def test_who_is_away_with_nobody_standing_in_goes_on_acting(desk: Any) -> None:
    from tuoshan.parties.models import Absence

    case = desk.accepted()
    Absence.objects.create(person=desk.people["agent"], starts_at=moment(), ends_at=moment() + timedelta(days=2))
    shown = desk.client("agent").get(f"/case/{case.number}").content.decode()
    assert "data-away" not in shown and "do/act/propose" in shown


def test_forms_that_stand_open_together_share_no_ids(desk: Any) -> None:
    one, other = desk.proposed("300"), desk.proposed("300")
    case = desk.accepted()
    addresses = [f"/case/{case.number}/do/act/{name}" for name in ("claim", "transfer")]
    addresses += [f"/case/{two.number}/do/act/approve?from=board" for two in (one, other)]
    seen: list[str] = []
    for address in addresses:
        text = desk.htmx("lead", "get", address).content.decode()
        ids = re.findall(r' id="([^"]+)"', text)
        assert set(re.findall(r' for="([^"]+)"', text)) <= set(ids), "each label names its own field"
        seen += ids
    assert len(seen) == len(set(seen))
