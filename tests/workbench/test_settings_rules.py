"""Settings that decide: calendars, company tables, parties, playbook files; nothing broken gets through."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk, moment

__all__ = ["desk"]

WEEK = {
    "title_zh": "标准工作时间", "title_en": "Standard working hours", "holidays": "on",
    **{f"day{number}": "09:00-12:00, 13:30-18:00" for number in range(5)},
}  # fmt: skip


def address(name: str, *arguments: Any) -> str:
    return reverse(f"workbench:settings_{name}", args=arguments)


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    from tuoshan.cases import calendars

    calendars.forget()
    yield
    calendars.forget()


# -- calendars ---------------------------------------------------------------------------------------------


def test_a_lunch_break_is_tried_first_and_stored_as_a_version(desk: Any, clock: Any) -> None:
    from tuoshan.cases import calendars
    from tuoshan.cases.models import Calendar

    client, where = desk.client("manager"), address("calendar", "standard")
    tried = client.post(where, WEEK | {"day0": "10:00-11:00", "try": "1"})
    assert tried.status_code == 200
    assert "改了会怎样" in tried.content.decode()
    assert not Calendar.objects.exists(), "looking changes nothing"
    assert client.post(where, WEEK | {"day0": "10:00-11:00", "store": "1"}).status_code == 302
    due = calendars.calendar("standard").add_work(clock(), timedelta(minutes=90))
    assert due.at == datetime(2026, 3, 3, 1, 30, tzinfo=UTC), "one hour on Monday, the rest on Tuesday from nine"


@pytest.mark.parametrize("hours", ["12:00-09:00", "09:00-12:00, 11:00-13:00", "上午", "25:00-26:00"])
def test_shifts_that_make_no_sense_are_refused_beside_their_field(desk: Any, hours: str) -> None:
    from tuoshan.cases.models import Calendar

    page = desk.client("manager").post(address("calendar", "standard"), WEEK | {"day2": hours, "store": "1"})
    assert page.status_code == 422
    assert hours in page.content.decode(), "what was typed is still there"
    assert not Calendar.objects.exists()


def test_a_week_without_work_is_refused(desk: Any) -> None:
    page = desk.client("manager").post(address("calendar", "standard"), {"title_zh": "空", "store": "1"})
    assert page.status_code == 422
    assert "一周里至少要有一天上班" in page.content.decode()


def test_a_calendar_is_called_what_the_company_calls_it_wherever_it_is_named(desk: Any, clock: Any) -> None:
    from django.utils.translation import override

    from tuoshan.cases import calendars
    from tuoshan.office.settings.calendars import title_of
    from tuoshan.parties.models import SettingChange

    client, where = desk.client("manager"), address("calendar", "shops")
    calendars.set_calendar(name="shops", content={"weekly": ["10:00-21:00"] * 7, "holidays": False}, valid_from=clock())
    assert title_of("shops") == "shops", "nobody has called it anything yet"
    unchanged = {f"day{number}": "10:00-21:00" for number in range(7)}
    unnamed = client.post(where, unchanged | {"title_en": "Stores", "store": "1"})
    assert unnamed.status_code == 422 and title_of("shops") == "shops", "a name in English alone is none"
    before = calendars.calendar("shops")
    called = {"title_zh": "门店时间", "title_en": "Store hours"}
    assert client.post(where, unchanged | called | {"store": "1"}).status_code == 302
    for page in (where, address("calendars"), address("recompute", "calendar/shops"), address("changes")):
        assert "门店时间" in client.get(page).content.decode(), page
    with override("en"):
        assert title_of("shops") == "Store hours"
    change = SettingChange.objects.get(area="calendars", key="shops")
    assert (change.title, change.title_en) == ("门店时间", "Store hours")
    assert {field["name"] for field in change.fields} == {"title_zh", "title_en"}
    now = calendars.calendar("shops")
    assert now.weekly == before.weekly, "a name moves no clock"
    client.post(address("calendar_notice", "shops"), {"year": "2027", "notice": "2027-01-01 休", "store": "1"})
    assert title_of("shops") == "门店时间", "a notice of holidays leaves the name"


def test_a_shipped_calendar_keeps_its_name_in_both_languages_when_its_hours_change(desk: Any) -> None:
    from django.utils.translation import override

    from tuoshan.office.settings.calendars import title_of

    page = desk.client("manager").get(address("calendar", "standard")).content.decode()
    assert 'value="标准工作时间"' in page and 'value="Standard working hours"' in page
    assert desk.client("manager").post(address("calendar", "standard"), WEEK | {"store": "1"}).status_code == 302
    assert title_of("standard") == "标准工作时间"
    with override("en"):
        assert title_of("standard") == "Standard working hours"


def test_a_years_notice_makes_the_year_official(desk: Any, clock: Any) -> None:
    from tuoshan.cases import calendars

    far = datetime(2027, 6, 1, 1, tzinfo=UTC)
    assert calendars.calendar("standard").add_work(far, timedelta(hours=1)).provisional
    notice = "date,kind\n2027-01-01~2027-01-03 休 元旦\n2027-02-14 班\n2027/6/1\t休\t公司日"
    client, where = desk.client("manager"), address("calendar_notice", "standard")
    assert client.post(where, {"year": "2027", "notice": notice, "store": "1"}).status_code == 302
    made = calendars.calendar("standard")
    after = made.add_work(far, timedelta(hours=1))
    assert not after.provisional
    assert after.at == datetime(2027, 6, 2, 2, tzinfo=UTC), "the first of June is off"
    assert made.is_working_day(datetime(2027, 2, 14).date())
    assert "元旦" in client.get(address("calendar", "standard")).content.decode()


@pytest.mark.parametrize(
    "notice", ["2027-13-01 休", "改天休息", "2027-01-01", "2027-01-01 休\n2027-01-01 班", "2026-06-01 休"]
)
def test_a_notice_that_cannot_be_read_names_its_line(desk: Any, notice: str) -> None:
    from tuoshan.cases.models import Calendar

    page = desk.client("manager").post(
        address("calendar_notice", "standard"), {"year": "2027", "notice": notice, "store": "1"}
    )
    assert page.status_code == 422
    assert not Calendar.objects.exists()


# -- company tables ----------------------------------------------------------------------------------------


def times(normal: str, important: str = "5", urgent: str = "2") -> dict[str, str]:
    made = {}
    for grade, amount in (("normal", normal), ("important", important), ("urgent", urgent)):
        made |= {f"cell-{grade}_0": amount, f"cell-{grade}_1": "working_days"}
    return made


def test_a_changed_time_shows_what_a_restart_would_move_and_moves_nothing(desk: Any) -> None:
    from tuoshan.cases import calendars
    from tuoshan.cases.models import Deadline

    case = desk.accepted()
    running = Deadline.objects.get(case_id=case.pk, name="solve", ended_at=None)
    client, where = desk.client("manager"), address("table", "complaint", "solve_time")
    page = client.post(where, times("3") | {"try": "1"}).content.decode()
    assert case.number in page
    assert "提前" in page
    assert calendars.table("complaint", "solve_time") is None
    assert client.post(where, times("3") | {"store": "1"}).status_code == 302
    assert calendars.table("complaint", "solve_time")["normal"] == "3 working_days"
    assert Deadline.objects.get(pk=running.pk).due_at == running.due_at
    later = desk.accepted()
    assert Deadline.objects.get(case_id=later.pk, name="solve", ended_at=None).due_at < running.due_at
    assert client.post(where, {"own": "1"}).status_code == 302
    assert calendars.table("complaint", "solve_time")["normal"] == "10 working_days"


def test_half_a_working_day_is_refused(desk: Any) -> None:
    page = desk.client("manager").post(address("table", "complaint", "solve_time"), times("2.5") | {"store": "1"})
    assert page.status_code == 422
    assert "2.5" in page.content.decode()


def tiers(*rows: tuple[str, str], more: str = "director") -> dict[str, str]:
    made = {"party-more": more}
    for number, (limit, party) in enumerate(rows):
        made |= {f"limit-{number}": limit, f"party-{number}": party}
    return made


def test_tiers_rise_without_gap_or_overlap(desk: Any) -> None:
    from tuoshan.cases import calendars

    client, where = desk.client("manager"), address("table", "complaint", "approver")
    for bad in (
        tiers(("5000", "lead"), ("500", "manager")), tiers(("500", "lead"), ("500", "manager")), tiers(("500", "")),
        tiers(("", "lead")), tiers(("500", "nobody")),
    ):  # fmt: skip
        assert client.post(where, bad | {"store": "1"}).status_code == 422, bad
    assert calendars.table("complaint", "approver") is None
    assert client.post(where, tiers(("800.50", "lead"), ("9000", "manager")) | {"store": "1"}).status_code == 302
    kept = calendars.table("complaint", "approver")
    assert kept == {"tiers": [[Decimal("800.5"), "lead"], [Decimal("9000"), "manager"], ["more", "director"]]}
    assert isinstance(kept["tiers"][0][0], Decimal), "money stays exact"


def test_the_grade_matrix_takes_only_grades(desk: Any) -> None:
    client, where = desk.client("manager"), address("table", "complaint", "grade_matrix")
    cells = {f"cell-{one}-{two}": "normal" for one in ("low", "medium", "high") for two in ("low", "medium", "high")}
    assert client.post(where, cells | {"cell-high-high": "enormous", "store": "1"}).status_code == 422
    assert client.post(where, cells | {"cell-high-high": "urgent", "store": "1"}).status_code == 302


# -- parties, people, units --------------------------------------------------------------------------------


def test_a_party_that_nobody_is_is_shown(desk: Any) -> None:
    from tuoshan.parties.models import PartyMap, SettingChange

    client = desk.client("admin")
    row = PartyMap.objects.get(party="lab", playbook="")
    where = address("party", "general", "lab")
    assert client.post(where, {"remove": row.pk}).status_code == 302
    page = client.get(address("party_map")).content.decode()
    assert "没有对应任何人" in page
    assert "现在没有人" in page
    assert client.post(where, {"target": "role"}).status_code == 422, "which role?"
    assert client.post(where, {"target": "party", "same_as": "handler"}).status_code in (302, 422)
    assert SettingChange.objects.filter(area="party_map", key="general/lab").exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_party_that_a_company_begins_with_is_called_something(desk: Any, language: str) -> None:
    from django.utils.translation import override

    from tuoshan.cases import library
    from tuoshan.office.settings.party_map import entries
    from tuoshan.parties.seeds import PARTIES

    with library.using():
        library.load_all()
        with override(language):
            titles = {entry.party: entry.title for entry in entries()}
    assert {seed.party for seed in PARTIES} <= titles.keys()
    assert not [party for party, title in titles.items() if party == title]


def test_a_party_that_no_process_names_shows_its_title_and_not_its_key(desk: Any) -> None:
    from tuoshan.parties.models import PartyMap, SettingChange

    client, where = desk.client("admin"), address("party", "general", "departments")
    PartyMap.objects.create(party="lab", target="party", same_as="departments")
    assert "<h1>参与调查的部门</h1>" in client.get(where).content.decode()
    shown = client.get(address("party_map")).content.decode()
    assert ">参与调查的部门</a>" in shown and "同“参与调查的部门”" in shown
    row = PartyMap.objects.get(party="departments", playbook="")
    assert client.post(where, {"remove": row.pk}).status_code == 302
    change = SettingChange.objects.get(area="party_map", key="general/departments")
    assert (change.title, change.title_en) == ("参与调查的部门", "Departments that inquire")


def test_a_new_person_sets_the_password_by_a_link_that_works_once(desk: Any) -> None:
    import re

    from django.test import Client

    from tuoshan.parties.models import Person, Role

    page = desk.client("admin").post(address("person_make"), {
        "username": "Xiaoli", "display_name": "小李", "roles": [Role.objects.get(key="agent").pk], "capacity": "12",
    })  # fmt: skip
    text = page.content.decode()
    found = re.search(r'value="https?://[^/"]+(/[^"]+)"', text)
    assert found is not None
    person = Person.objects.get(username="xiaoli")
    assert not person.has_usable_password()
    stranger = Client()
    given = {"password1": "Neues-Pferd-9-Batterie", "password2": "Neues-Pferd-9-Batterie"}
    assert stranger.get(found[1]).status_code == 200
    assert stranger.post(found[1], given).status_code == 302
    assert stranger.get(found[1]).status_code == 410
    again = desk.client("admin").get(address("person", person.pk)).content.decode()
    assert found[1] not in again, "shown once"


def test_the_last_administrator_stays(desk: Any) -> None:
    from tuoshan.parties.models import Person, Role

    admin = desk.people["admin"]
    client = desk.client("admin")
    roles = [Role.objects.get(key="agent").pk]
    values = {"username": admin.username, "display_name": "管理员", "roles": roles, "capacity": "5"}
    assert client.post(address("person", admin.pk), values).status_code == 422
    client.post(address("person_active", admin.pk))
    assert Person.objects.get(pk=admin.pk).is_active


def test_a_unit_moves_with_everything_below_and_never_below_itself(desk: Any) -> None:
    from tuoshan.parties.models import OrgUnit

    root = OrgUnit.objects.get(code="hq")
    east = OrgUnit.objects.create(code="east", name_zh="东区", kind="region", parent=root)
    shop = OrgUnit.objects.create(code="shop9", name_zh="九店", kind="store", parent=root)
    client = desk.client("admin")
    values = {"code": "shop9", "name_zh": "九店", "kind": "store", "department": "store", "is_active": "on"}
    assert client.post(address("org_unit", shop.pk), values | {"parent": east.pk}).status_code == 302
    assert OrgUnit.objects.get(pk=shop.pk).path == "hq/east/shop9/"
    values = {"code": "east", "name_zh": "东区", "kind": "region", "is_active": "on", "parent": shop.pk}
    assert client.post(address("org_unit", east.pk), values).status_code == 422


# -- playbook files ----------------------------------------------------------------------------------------

SMALL = """playbook: shop_repair
version: 1
title: 门店报修 / Shop repair
source: 店铺维修须知
register: [what_broken]
start: reported
parties:
  engineer: {title: 工程部 / Engineering, superior: manager}
  manager:  {title: 经理 / Manager}
fields:
  what_broken: {kind: long_text, label: 哪里坏了 / What is broken}
states:
  reported:
    title: 待派工 / Reported
    phase: receive
    waits: {for: engineer, within: 2 working_days, late: [manager]}
    can:
      done: {title: 修好 / Repaired, by: engineer, to: closed}
  closed: {title: 已完成 / Done, phase: close, end: true}
walks:
  repaired: done > expect closed
"""


@pytest.fixture
def own_folder() -> Any:
    import shutil

    from tuoshan.cases import library

    library.forget()
    yield library.own_folder()
    shutil.rmtree(library.own_folder(), ignore_errors=True)
    library.forget()


def test_a_broken_file_is_refused_with_its_findings_and_a_good_one_is_used(desk: Any, own_folder: Path) -> None:
    from tuoshan.cases import library

    client, where = desk.client("admin"), address("playbook_check")
    broken = SMALL.replace("to: closed", "to: nowhere")
    page = client.post(where, {"name": "shop_repair.yaml", "text": broken, "use": "1"})
    assert page.status_code == 422
    assert "shop_repair.yaml:" in page.content.decode()
    assert not (own_folder / "shop_repair.yaml").exists()
    assert "shop_repair" not in library.everything()
    checked = client.post(where, {"name": "shop_repair.yaml", "text": SMALL, "check": "1"})
    assert checked.status_code == 200, checked.content.decode()
    assert not (own_folder / "shop_repair.yaml").exists(), "checking writes nothing"
    assert client.post(where, {"name": "shop_repair.yaml", "text": SMALL, "use": "1"}).status_code == 302
    assert library.current("shop_repair").title.en == "Shop repair"


def test_no_name_leaves_the_folder_and_no_key_is_taken_twice(desk: Any, own_folder: Path) -> None:
    client, where = desk.client("admin"), address("playbook_check")
    for name in ("../evil.yaml", "a/b.yaml", "Groß.yaml", "x.txt"):
        assert client.post(where, {"name": name, "text": SMALL, "use": "1"}).status_code == 422
    own = SMALL.replace("playbook: shop_repair", "playbook: complaint")
    assert client.post(where, {"name": "mine.yaml", "text": own, "use": "1"}).status_code == 422
    assert not list(own_folder.glob("**/*.yaml"))


# -- wording and ports -------------------------------------------------------------------------------------


def test_an_unknown_variable_is_refused_and_a_known_one_previewed(desk: Any) -> None:
    from tuoshan.knowledge.models import MessageTemplate

    client = desk.client("manager")
    where = address("template", "complaint", "registered") + "?language=zh-hans&channel=sms"
    assert client.post(where, {"subject": "", "body": "您好 {nonsense}", "store": "1"}).status_code == 422
    page = client.post(where, {"subject": "", "body": "编号 {number}", "try": "1"})
    assert "TS-2026" in page.content.decode()
    assert not MessageTemplate.objects.exists()
    assert client.post(where, {"subject": "", "body": "编号 {number}", "store": "1"}).status_code == 302
    assert MessageTemplate.objects.get().channel == "sms"


def test_the_gateways_secret_is_never_shown_or_recorded(desk: Any) -> None:
    from tuoshan.integrations.models import SmsGateway
    from tuoshan.parties.models import SettingChange

    client, where = desk.client("admin"), address("outgoing")
    values = {
        "which": "gateway", "g-name": "网关", "g-url": "https://sms.example.com/send", "g-method": "POST",
        "g-format": "json", "g-body": '{"to": "{national}", "text": "{text}"}', "g-headers": "Authorization: geheim",
        "g-timeout_seconds": "5", "g-is_on": "on",
    }  # fmt: skip
    assert client.post(where, values).status_code == 302
    assert SmsGateway.objects.get().headers == "Authorization: geheim"
    assert "geheim" not in client.get(where).content.decode()
    assert "geheim" not in str(list(SettingChange.objects.values_list("fields", flat=True)))
    assert client.post(where, values | {"g-headers": "", "g-name": "新网关"}).status_code == 302
    assert SmsGateway.objects.get().headers == "Authorization: geheim", "an empty field keeps it"


def test_a_test_mail_goes_to_the_folder_without_a_server(desk: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    page = desk.client("admin").post(address("outgoing_test"), {"channel": "mail", "to": "a@example.com"}, follow=True)
    assert "测试邮件已放进外发信箱" in page.content.decode()
    assert list((tmp_path / "mail").glob("*.eml"))
    page = desk.client("admin").post(address("outgoing_test"), {"channel": "mail", "to": "nobody"}, follow=True)
    assert "n-late" in page.content.decode()


def test_the_companys_name_is_used_at_once(desk: Any) -> None:
    from tuoshan.knowledge.company import company

    values = {"which": "company", "c-name": "新华百货", "c-hotline": "400-800-1234"}
    hours = {"c-hours": "每天 9:00–21:00", "c-hours_en": "Daily 9:00–21:00"}
    assert desk.client("admin").post(address("outgoing"), values | hours).status_code == 302
    assert company().name == "新华百货"
    assert company().opening_hours("zh-hans") == "每天 9:00–21:00"
    assert company().opening_hours("en") == "Daily 9:00–21:00"
    assert desk.client("admin").post(address("outgoing"), values | {"c-hours": "9:00–21:00"}).status_code == 302
    assert company().opening_hours("en") == "9:00–21:00", "hours in one language alone stand for both"


def test_how_customers_are_told_is_set_recorded_and_only_for_administrators(desk: Any) -> None:
    from tuoshan.knowledge.company import company
    from tuoshan.office.customers import house_way
    from tuoshan.parties.models import SettingChange

    values = {"which": "company", "c-name": "新华百货", "c-way": "mail"}
    assert '<option value="sms" selected>' in desk.client("admin").get(address("outgoing")).content.decode()
    for who in ("auditor", "manager", "agent"):
        assert desk.client(who).post(address("outgoing"), values).status_code == 403
    assert (company().way, house_way()) == ("sms", "短信")
    assert desk.client("admin").post(address("outgoing"), values).status_code == 302
    assert (company().way, house_way()) == ("mail", "邮件")
    shown = SettingChange.objects.get(area="outgoing").shown_fields
    assert ("消息怎样发给客户", "短信", "邮件") in [(one["label"], one["before"], one["after"]) for one in shown]
    desk.client("admin").post(address("outgoing"), {"which": "company", "c-name": "新华百货"})
    assert company().way == "mail", "what is left out stays"
    assert desk.client("admin").post(address("outgoing"), values | {"c-way": "none"}).status_code == 422


@pytest.mark.parametrize(
    ("playbook", "name", "title", "values"),
    [
        ("complaint", "appeal_days", "“申诉”的期限", ["30 天"]),
        ("complaint", "free_limit", "额度内免批", ["200 元"]),
        ("facility_repair", "facility_days", "完工时限", ["3 个工作日", "7 个工作日"]),
        ("pinduoduo_return", "inspection_missed", "视情况：转平台处理、按设置直接退款", ["转平台处理"]),
    ],
    ids=["days", "money", "working days", "words"],
)
def test_every_value_has_its_unit_or_its_meaning(db: None, playbook: str, name: str, title: str, values: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.office.settings import table_shapes

    book = library.current(playbook)
    shape = table_shapes.shape_of(book, name)
    assert shape.title == title
    assert list(table_shapes.as_read(shape, book, book.tables[name], "zh").values()) == values


def test_a_calendar_is_made_named_by_a_process_and_taken_away_only_while_nothing_uses_it(desk: Any) -> None:
    from tuoshan.cases import calendars
    from tuoshan.cases.models import Calendar, StoredPlaybook
    from tuoshan.office.settings import calendar_use
    from tuoshan.office.settings.playbook_files import checked
    from tuoshan.parties.models import SettingChange

    admin, made = desk.client("admin"), address("calendar_make")
    week = {f"day{number}": "10:00-14:00, 15:00-21:00" for number in range(7)}
    given = {"key": "store_hours", "title_zh": "门店时间", "title_en": "Store hours", **week}
    text = (library_text("complaint.yaml")).replace("\nversion:", "\ncalendar: store_hours\nversion:", 1)
    _book, found = checked("complaint.yaml", text)
    assert [one.where for one in found if "store_hours" in one.message.zh] == ["calendar"]
    assert admin.post(made, given | {"key": "standard"}).status_code == 422
    assert admin.post(made, given | {"key": "Store hours"}).status_code == 422
    assert desk.client("manager").get(made).status_code == 403
    assert admin.post(made, given).status_code == 302
    assert calendars.calendar("store_hours").official_years is None
    assert [str(one) for one in calendars.calendar("store_hours").weekly[6][0]] == ["10:00:00", "14:00:00"]
    assert not [one for one in checked("complaint.yaml", text)[1] if "store_hours" in one.message.zh]
    where = address("calendar", "store_hours")
    assert "还没有流程用它" in admin.get(where).content.decode()
    assert "删除这个日历" in admin.get(where).content.decode()
    assert "删除这个日历" not in desk.client("manager").get(where).content.decode()
    assert "下班后暂缓到早上的员工邮件" in admin.get(address("calendar", "standard")).content.decode()
    assert "客户投诉" in " ".join(calendar_use.uses("standard"))
    row = StoredPlaybook.objects.create(
        id=7, key="old", hash="h", version=1, file="old.yaml", text="calendar: store_hours\n", fragments="{}",
        stored_at=moment(),
    )  # fmt: skip
    gone = address("calendar_remove", "store_hours")
    assert admin.post(gone).status_code == 302 and Calendar.objects.filter(name="store_hours").exists()
    row.delete()
    assert desk.client("manager").post(gone).status_code == 403
    assert admin.post(gone).status_code == 302 and not Calendar.objects.filter(name="store_hours").exists()
    assert admin.post(address("calendar_remove", "standard")).status_code == 302
    assert list(SettingChange.objects.filter(key="store_hours").order_by("pk").values_list("action", flat=True)) == [
        "made", "removed",
    ]  # fmt: skip


def library_text(name: str) -> str:
    from tuoshan.cases import library

    return (library.PACKAGED / name).read_text(encoding="utf-8")
