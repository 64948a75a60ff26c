"""The ruling bench, rulings frozen in a case, deciding otherwise, and rule books changed and published."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.workbench.deskhouse import desk  # noqa: F401

from tuoshan import clock
from tuoshan.cases.models import Case, Event
from tuoshan.core.policy import editing
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.tracing import trace
from tuoshan.rulings import copying, keeping, library, printing, publishing, retracing
from tuoshan.rulings.asking import ask
from tuoshan.rulings.models import KeptRuling, Override, PublishedBook

pytestmark = pytest.mark.django_db

SHOES = {
    "house": "mall", "sale": "store", "goods": "shoes", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "opening_cm": "6", "agreed_months": "0", "state_months": "0", "is_replacement": "no",
    "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes", "clearance": "no",
    "matches_invoice": "yes", "repairs_same_fault": "0", "repair_days": "0", "sold_on": "2026-01-20",
    "delivered_on": "2026-01-20", "reported_on": "2026-03-02", "paid": "399", "purpose_defeated": "no",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _books_as_shipped() -> Any:
    library.look_again()
    yield
    library.look_again()


def address(*lines: dict[str, str], **more: str) -> str:
    query = {f"f{number}-{name}": value for number, line in enumerate(lines, 1) for name, value in line.items()}
    return f"/rulings/?{urlencode({**query, **more})}"


def bench(desk: Any, *lines: dict[str, str], who: str = "agent", **more: str) -> str:  # noqa: F811
    answer = desk.client(who).get(address(*lines, **more))
    assert answer.status_code == 200
    return str(answer.content.decode())


def kept(desk: Any, case: Any, **facts: str) -> KeptRuling:  # noqa: F811
    ruling = ask({**SHOES, **facts}, date(2026, 3, 2)).ruling
    assert ruling is not None
    return keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk)


# -- the bench -------------------------------------------------------------------------------------------------


def test_a_shop_assistants_question_is_answered_with_its_clauses(desk: Any) -> None:  # noqa: F811
    """Leather shoes, 41 days old, the sole came off 6 cm, receipt here."""
    page = bench(desk, SHOES)
    assert "可以退货退款 ¥399.00；换货；维修" in page
    assert "M03" in page and "CPL24" in page
    asked = "退货退款须：发票或小票（或双方认可购买）；商品与发票、三包卡相符"
    assert page.count(asked) == 2, "on the screen, and in the text to copy"
    assert "自 2026 年 1 月 20 日购买起算 3 个月，至 2026 年 4 月 20 日止；换货后重新起算" in page


def test_what_is_not_known_is_asked_and_what_cannot_matter_is_not(desk: Any) -> None:  # noqa: F811
    known = {name: value for name, value in SHOES.items() if name != "opening_cm"}
    page = bench(desk, known)
    assert "开胶有多长（厘米）" in page and "商品类别" in page
    assert "行驶里程" not in page


def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(desk: Any) -> None:  # noqa: F811
    page = bench(desk, {**SHOES, "opening_cm": "60 mm", "reported_on": "2026-01-01"})
    assert "不能用“mm”" in page and "早于" in page
    assert 'value="399"' in page


def test_a_further_item_begins_with_what_the_order_has_in_common(desk: Any) -> None:  # noqa: F811
    answer = desk.client("agent").get(address(SHOES, add="1"))
    assert answer.status_code == 302
    page = desk.client("agent").get(answer.headers["Location"]).content.decode()
    assert "第 2 件" in page and 'name="f1-defect" value="glue"' in page
    assert "f2-house" in page and "f2-defect" not in page.replace('name="f2-defect"', "")


def test_the_trace_is_there_on_demand(desk: Any) -> None:  # noqa: F811
    page = desk.client("agent").get(address(SHOES).replace("/rulings/?", "/rulings/trace?")).content.decode()
    assert "glue_large" in page and "前面的一行已经适用" in page
    assert "三包期止：自 2026 年 1 月 20 日购买起算 3 个月" in page
    text = re.sub(r"<[^>]+>|title=\"[^\"]*\"", " ", page)
    assert "毛病：开胶；开胶长度 超过 5" in text and "实际是" in text
    assert not re.search(r"(?<![\w-])(?:store|distance|mall|leather|quality|yes|no)(?![\w-])", text), text


def test_an_interim_ruling_says_that_more_may_follow(desk: Any) -> None:  # noqa: F811
    client = desk.client("agent")
    page = client.get(address(SHOES)).content.decode()
    assert "还有问题未答" in page and "请先不要答复客户" in page
    rest = {"sale": "store", "deceived": "no", "purpose_defeated": "no", "repairs_same_fault": "0", "repair_days": "0",
            "used": "yes", "delivered_on": SHOES["sold_on"]}  # fmt: skip
    page = client.get(address({**SHOES, **rest})).content.decode()
    assert "还有问题未答" not in page and "请先不要答复客户" not in page


def test_a_fact_of_another_matter_is_said_to_be_unused(desk: Any) -> None:  # noqa: F811
    assert "“外埠顾客”与这件事无关，没有采用" in bench(desk, {**SHOES, "out_of_town": "yes"})
    assert "没有采用" not in bench(desk, SHOES)


# -- in a case -------------------------------------------------------------------------------------------------


def test_one_book_chosen_alone_says_what_else_speaks(desk: Any) -> None:  # noqa: F811
    alone = bench(desk, SHOES, book="mall_shoes")
    assert "这件事还适用：消费者权益保护法律底线，它们可能优先" in alone and "不管这件事" not in alone
    assert "选定的这本规则包不管这件事" in bench(desk, {**SHOES, "goods": "phone"}, book="mall_shoes")
    assert "这件事还适用" not in bench(desk, SHOES)


def test_a_bench_is_put_into_its_case_frozen(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    query = address(SHOES, case=case.number).partition("?")[2]
    answer = desk.client("agent").post("/rulings/keep", {"query": query})
    assert answer.headers["Location"] == f"/case/{case.number}"
    [row] = keeping.of_case(case.pk)
    assert keeping.unchanged(row) and row.verdict_zh.startswith("可以退货退款 ¥399.00")
    assert Event.objects.filter(case_id=case.pk, name="ruling").count() == 1
    page = desk.client("agent").get(f"/case/{case.number}").content.decode()
    assert row.verdict_zh in page and "冻结了一份裁定" in page
    assert "自 2026 年 1 月 20 日购买起算 3 个月，至 2026 年 4 月 20 日止" in page, "on demand in the panel"
    assert "¥399.00" in desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk}").content.decode()


def test_a_frozen_ruling_shows_when_it_was_changed_afterwards(desk: Any) -> None:  # noqa: F811
    row = kept(desk, desk.accepted())
    KeptRuling.objects.filter(pk=row.pk).update(result=row.result.replace("399.00", "199.00"))
    row.refresh_from_db()
    assert not keeping.unchanged(row)


def test_the_proposal_is_filled_in_from_the_ruling(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    kept(desk, case)
    page = desk.client("agent").get(f"/case/{case.number}/do/act/propose").content.decode()
    assert 'value="399.00"' in page
    assert "checked" in page.partition('value="return_refund"')[2][:200]


def test_a_bench_becomes_a_case_with_its_rulings(desk: Any) -> None:  # noqa: F811
    agent = desk.client("agent")
    answer = agent.post("/rulings/keep", {"query": address(SHOES).partition("?")[2]})
    session = answer.headers["Location"].partition("ruling=")[2]
    assert session and 'value="399.00"' in agent.get(answer.headers["Location"]).content.decode()
    sent = {
        "channel": "hotline", "what_happened": "鞋底开胶六厘米", "ruling": session, "key": "k1",
        "customer-phone": "13800138000",
    }  # fmt: skip
    done = agent.post("/register/complaint", sent)
    assert done.status_code == 302, done.content.decode()[:2000]
    case = Case.objects.order_by("-id").first()
    assert case is not None and len(keeping.of_case(case.pk)) == 1


# -- how a kept ruling came about --------------------------------------------------------------------------------


def test_a_kept_ruling_is_traced_by_the_versions_that_ruled(desk: Any) -> None:  # noqa: F811
    """A version published afterwards for the same days of sale changes nothing of how the old ruling came about."""
    case = desk.accepted()
    asked = ask(SHOES, date(2026, 3, 2)).ruling
    row = kept(desk, case)
    pack, text = changed_text()
    PublishedBook.objects.create(
        name=pack.name, version=2, begins=date(2026, 1, 1), text=text, tables="{}", hash="x", reason="新办法",
        confirmed_by="法务", published_by_id=1,
    )  # fmt: skip
    library.look_again()
    anew = ask(SHOES, date(2026, 3, 2)).ruling
    assert asked is not None and anew is not None and as_data(anew) != as_data(asked)
    found = retracing.worked_out_again(row)
    assert found is not None and as_data(found, with_trace=True) == as_data(asked, with_trace=True)
    path = f"/case/{case.number}/ruling/{row.pk}/trace"
    page = desk.client("auditor").get(path).content.decode()
    assert "glue_large" in page and "开胶长度 超过 5" in re.sub(r"<[^>]+>", " ", page)
    assert path in desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk}").content.decode()
    other = desk.accepted()
    assert desk.client("agent").get(f"/case/{other.number}/ruling/{row.pk}/trace").status_code == 404


def test_a_ruling_by_one_book_alone_is_traced_by_that_book(desk: Any) -> None:  # noqa: F811
    asked = ask(SHOES, date(2026, 3, 2), book="mall_shoes").ruling
    assert asked is not None
    row = keeping.keep(asked, person_id=1, now=clock.now())
    found = retracing.worked_out_again(row)
    assert found is not None and {table.pack.name for table in trace(found)} == {"mall_shoes"}


def test_no_trace_is_shown_that_explains_another_ruling(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case)
    KeptRuling.objects.filter(pk=row.pk).update(packs=row.packs.replace(library.newest("mall_shoes").hash, "gone"))
    page = desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk}/trace").content.decode()
    assert "今天推不出同样的结果" in page and "glue_large" not in page


# -- deciding otherwise ----------------------------------------------------------------------------------------


def test_less_than_the_law_gives_is_for_a_supervisor_to_decide(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case, reported_on="2026-01-25")
    said = {"remedy": "compensation", "amount": "50", "reason": "客户同意"}
    refused = desk.client("agent").post(f"/case/{case.number}/ruling/{row.pk}/override", said)
    assert refused.status_code == 422 and "客户同意" in refused.content.decode() and not Override.objects.exists()
    assert desk.client("lead").post(f"/case/{case.number}/ruling/{row.pk}/override", said).status_code == 302
    made = Override.objects.get()
    assert made.below_law and made.amount == Decimal("50.00")
    assert Event.objects.filter(case_id=case.pk, name="ruling_overridden").count() == 1


def test_at_least_what_the_law_gives_needs_only_a_reason(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case, reported_on="2026-01-25")
    path = f"/case/{case.number}/ruling/{row.pk}/override"
    assert desk.client("agent").post(path, {"remedy": "return", "amount": "399", "reason": ""}).status_code == 422
    given = {"remedy": "return", "amount": "399", "reason": "按客户选择"}
    assert desk.client("agent").post(path, given).status_code == 302
    assert not Override.objects.get().below_law


def propose(desk: Any, case: Any, who: str, amount: str, *remedies: str) -> Any:  # noqa: F811
    """Send the form of a proposal."""
    given = {"cause": "material-faulty", "liable": "product", "remedies": list(remedies), "remedy_steps": "按方案办理",
             "amount": amount, "carry_out_by": "2026-03-20"}  # fmt: skip
    if {"refund", "return_refund"} & set(remedies):
        given |= {"refund_amount": amount, "amount_paid": "2000"}
    return desk.client(who).post(f"/case/{case.number}/do/act/propose", given)


def test_punitive_damages_are_part_of_what_the_law_gives(desk: Any) -> None:  # noqa: F811
    """Bought for 100 and deceived: 100 back and three times the price, at least 500, on top; for two pairs 1,200."""
    case = desk.accepted()
    deceived = {"deceived": "yes", "staged_claim": "no", "label_flaw_only": "no"}
    row = kept(desk, case, reported_on="2026-01-25", paid="100", **deceived)
    assert Decimal(keeping.result_of(row)["extras"]["fraud"]["value"]) == 500
    KeptRuling.objects.filter(pk=row.pk).update(quantity=2)
    path = f"/case/{case.number}/ruling/{row.pk}/override"
    for amount in ("100", "600", "1199.99"):
        given = {"remedy": "return", "amount": amount, "reason": "客户同意"}
        assert desk.client("agent").post(path, given).status_code == 422, amount
    exchanged = {"remedy": "exchange", "amount": "999.99", "reason": "客户要换货"}
    assert desk.client("agent").post(path, exchanged).status_code == 422
    assert desk.client("agent").post(path, {**exchanged, "amount": "1000"}).status_code == 302
    assert desk.client("agent").post(path, {"remedy": "return", "amount": "1200", "reason": "两双"}).status_code == 302
    assert not Override.objects.filter(below_law=True).exists()
    assert desk.client("lead").post(path, {"remedy": "return", "amount": "600", "reason": "和解"}).status_code == 302
    assert Override.objects.filter(below_law=True).count() == 1


def test_a_proposal_gives_no_less_than_the_newest_ruling(desk: Any) -> None:  # noqa: F811
    """An older ruling of 100 does not cover a proposal once a newer one says 399."""
    case = desk.accepted()
    old = kept(desk, case, reported_on="2026-01-25", paid="100")
    kept(desk, case, reported_on="2026-01-25")
    answer = propose(desk, case, "agent", "100", "return_refund")
    told = answer.content.decode()
    assert answer.status_code == 422 and "¥399.00" in told and "不按裁定处理" in told
    assert propose(desk, case, "agent", "0", "apology").status_code == 422
    assert propose(desk, case, "agent", "0", "return_refund", "exchange").status_code == 422
    outdated = {"remedy": "return", "amount": "100", "reason": "客户同意"}
    page = desk.client("lead").post(f"/case/{case.number}/ruling/{old.pk}/override", outdated)
    assert page.status_code == 422 and "已有更新的裁定" in page.content.decode() and not Override.objects.exists()
    assert propose(desk, case, "agent", "399", "return_refund").status_code == 302


def test_any_remedy_that_is_due_may_be_proposed(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    kept(desk, case, reported_on="2026-01-25")
    assert propose(desk, case, "agent", "20", "exchange", "compensation").status_code == 302


def test_less_is_proposed_once_a_supervisor_has_overridden_the_ruling(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case, reported_on="2026-01-25")
    assert propose(desk, case, "agent", "50", "compensation").status_code == 422
    said = {"remedy": "compensation", "amount": "50", "reason": "客户要留下商品"}
    desk.client("lead").post(f"/case/{case.number}/ruling/{row.pk}/override", said)
    assert propose(desk, case, "agent", "49.99", "compensation").status_code == 422
    assert propose(desk, case, "agent", "50", "compensation").status_code == 302


def test_lines_of_one_bench_are_proposed_together(desk: Any) -> None:  # noqa: F811
    """Two lines, 399 and twice 100: a return of all is 599, exchanges are nothing, one of each is at least 200."""
    case = desk.accepted()
    for paid, pieces in (("399", 1), ("100", 2)):
        ruling = ask({**SHOES, "reported_on": "2026-01-25", "paid": paid}, date(2026, 3, 2)).ruling
        assert ruling is not None
        keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk, session="s",
                     line=pieces, quantity=pieces)  # fmt: skip
    assert propose(desk, case, "agent", "598.99", "return_refund").status_code == 422
    assert propose(desk, case, "agent", "199.99", "return_refund", "exchange").status_code == 422
    assert propose(desk, case, "agent", "200", "return_refund", "exchange").status_code == 302


# -- rule books ------------------------------------------------------------------------------------------------


def changed_text() -> tuple[Pack, str]:
    pack = library.newest("mall_shoes")
    text, _tables = library.text_of(pack)
    text = text.partition("\nexamples:")[0] + "\n"  # they hold the book to its five centimetres
    changed = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 7"').replace('opening_cm: "> 5"', 'opening_cm: "> 7"')
    assert changed != text
    return pack, changed


def test_a_copy_is_checked_and_held_against_past_rulings_before_it_is_published(desk: Any) -> None:  # noqa: F811
    kept(desk, desk.accepted())
    _pack, text = changed_text()
    manager = desk.client("manager")
    page = manager.post("/rule-books/mall_shoes/change", {"text": text}).content.decode()
    assert "看了 1 份裁定，本规则包涉及其中 1 份，1 份会变" in page
    assert '<dd class="num">399.00</dd>' in page and "发布新版本" in page


def test_a_published_version_counts_from_its_day_and_the_one_before_until_then(desk: Any) -> None:  # noqa: F811
    _pack, text = changed_text()
    manager = desk.client("manager")
    manager.post("/rule-books/mall_shoes/change", {"text": text})
    given = {"begins": "2026-03-01", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    row = PublishedBook.objects.get()
    assert (row.version, row.confirmed_by, row.published_by_id) == (2, "法务部", desk.people["manager"].pk)
    before, after = (
        ask({**SHOES, "sold_on": day, "delivered_on": day, "reported_on": "2026-03-02"}, date(2026, 3, 2),
            book="mall_shoes").ruling
        for day in ("2026-02-28", "2026-03-01")
    )  # fmt: skip
    assert before is not None and after is not None
    assert {right.remedy for right in before.rights} == {"exchange", "return"}
    assert {right.remedy for right in after.rights} >= {"repair"}
    assert [pack.version for pack in (*before.packs, *after.packs)] == [1, 2]


def test_a_book_with_a_finding_never_replaces_the_one_that_works(desk: Any) -> None:  # noqa: F811
    _pack, text = changed_text()
    manager = desk.client("manager")
    broken = text.replace("clause: M02", "clause: M99")
    page = manager.post("/rule-books/mall_shoes/change", {"text": broken}).content.decode()
    assert "没有条款 M99" in page and "发布新版本" not in page
    given = {"begins": "2026-03-01", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 422
    assert not PublishedBook.objects.exists() and "M99" in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_books_can_be_read_by_everybody_and_changed_by_managers_alone(desk: Any) -> None:  # noqa: F811
    assert "三包期" in desk.client("auditor").get("/rule-books/mall_shoes").content.decode()
    assert desk.client("agent").get("/rule-books/mall_shoes/change").status_code == 403
    assert desk.client("agent").get("/rule-books/nothing").status_code == 404


# -- a book changed by its tables ------------------------------------------------------------------------------


def typed(desk: Any, table: str, **changed: str) -> dict[str, str]:  # noqa: F811
    """What the form of a table sends when nothing, or only this, was changed."""
    draft = publishing.draft_of("mall_shoes", desk.people["manager"].pk, clock.now())
    grid = copying.table_of(draft, table)
    sent = {"seen": copying.stamp(grid), "rows": str(len(grid.rows)), "do": "save"}
    for number, row in enumerate(grid.rows):
        sent[f"r{number}-of"] = str(row.of)
        sent |= {f"r{number}-{name}": row.cells.get(name, "") for name in grid.names}
    return {**sent, **{name.replace("__", "-"): value for name, value in changed.items()}}


TABLE = "/rule-books/mall_shoes/change/tables/repair"


def test_a_cell_is_changed_in_the_grid_and_the_rest_of_the_text_stays(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    text, _files = library.text_of(library.newest("mall_shoes"))
    page = manager.get(TABLE).content.decode()
    assert "开胶长度" in page and 'value="&lt;= 5"' in page and "可以 维修" in page
    assert manager.post(TABLE, typed(desk, "repair", r1__opening_cm="<= 7")).status_code == 302
    draft = publishing.draft_of("mall_shoes", 1, clock.now())
    before, after = text.splitlines(), draft.text.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(changed[0][0], changed[0][0].replace('"<= 5"', '"<= 7"'))] and "glue_small" in changed[0][0]
    overview = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert "已改" in overview and "修理" in overview


def test_rows_are_moved_copied_added_and_removed_by_plain_buttons(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")

    def ids(table: str) -> list[str]:
        draft = publishing.draft_of("mall_shoes", 1, clock.now())
        return [row.cells["id"] for row in copying.table_of(draft, table).rows]

    path = "/rule-books/mall_shoes/change/tables/guarantee"
    for do, after in (
        ("up-1", ["sports", "leather", "others"]), ("down-0", ["leather", "sports", "others"]),
        ("copy-1", ["leather", "sports", "sports_2", "others"]), ("drop-2", ["leather", "sports", "others"]),
        ("add", ["leather", "sports", "new", "others"]), ("up-0", ["leather", "sports", "new", "others"]),
        ("drop-99", ["leather", "sports", "new", "others"]),
    ):  # fmt: skip
        answer = manager.post(path, {**typed(desk, "guarantee"), "do": do})
        assert answer.status_code == 302 and ids("guarantee") == after, do
        assert manager.get(answer.headers["Location"]).status_code == 200


def test_findings_stand_beside_their_row_and_cell(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    manager.post(TABLE, typed(desk, "repair", r1__opening_cm="five", r0__clause="M99", r0__then="{right: fly}"))
    page = manager.get(TABLE).content.decode()
    assert "“five”不是数字" in page.partition('id="r1-opening_cm_error"')[2][:200]
    assert "没有条款 M99" in page and "没有处理方案“fly”" in page.partition('id="r0-then_error"')[2][:200]
    overview = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert f"{TABLE}#row-1" in overview and "发布新版本" not in overview


def test_two_people_do_not_lose_each_others_rows(desk: Any) -> None:  # noqa: F811
    mine = typed(desk, "repair", r1__opening_cm="<= 7")
    assert desk.client("admin").post(TABLE, typed(desk, "repair", r1__opening_cm="<= 6")).status_code == 302
    answer = desk.client("manager").post(TABLE, mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "刚被别人改过" in page and 'value="&lt;= 7"' in page
    assert '"<= 6"' in publishing.draft_of("mall_shoes", 1, clock.now()).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert desk.client("manager").post(TABLE, {**mine, "seen": seen}).status_code == 302
    assert '"<= 7"' in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_a_table_goes_to_a_spreadsheet_and_back(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    answer = manager.get(f"{TABLE}.csv")
    sheet = answer.content
    assert sheet.startswith(b"\xef\xbb\xbf") and "开胶长度 opening_cm".encode() in sheet
    assert "repair.csv" in answer["Content-Disposition"]
    changed = sheet.decode("utf-8-sig").replace("<= 5", "<= 7").encode("gb18030")
    file = SimpleUploadedFile("t.csv", changed)
    assert manager.post(f"{TABLE}/upload", {"sheet": file}).status_code == 302
    assert 'opening_cm: "<= 7"' in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_a_spreadsheet_with_mistakes_is_refused_by_row_and_column(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    sheet = manager.get(f"{TABLE}.csv").content.decode("utf-8-sig")
    for old, new, said in (
        ("<= 5", "short", "第 3 行，“开胶长度 opening_cm”列：“short”不是数字"),
        ("opening_cm", "colour", "没有“开胶长度 colour”这一列"),
        (",M02", ",M77", "没有条款 M77"),
    ):
        answer = manager.post(
            f"{TABLE}/upload", {"sheet": SimpleUploadedFile("t.csv", sheet.replace(old, new).encode())}
        )
        assert answer.status_code == 422 and said in answer.content.decode(), said
    assert manager.post(f"{TABLE}/upload", {}).status_code == 422
    assert publishing.draft_of("mall_shoes", 1, clock.now()).text == library.text_of(library.newest("mall_shoes"))[0]


def test_a_clause_is_changed_in_a_form(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    path = "/rule-books/mall_shoes/change/clauses/M08"
    page = manager.get(path).content.decode()
    assert "没有质量问题：协商解决" in page and "引用这一条的行" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    given = {
        "zh": "没有质量问题：不退不换", "en": "No quality fault: nothing", "begins": "2026-01-01", "by": "sold_on",
        "provisional_zh": "待法务确认", "provisional_en": "", "seen": seen,
    }  # fmt: skip
    assert "中文和英文都要写" in manager.post(path, given).content.decode()
    given["provisional_en"] = "Counsel is asked"
    assert manager.post(path, given).status_code == 302
    assert (
        "  M08: {text: 没有质量问题：不退不换 / No quality fault: nothing, "
        not in publishing.draft_of("mall_shoes", 1, clock.now()).text
    )  # the colon asks for quotes
    proved = publishing.draft_of("mall_shoes", 1, clock.now()).text
    read = library.read_version("mall_shoes", proved, {}).pack
    assert read is not None and read.clauses["M08"].text.en == "No quality fault: nothing"
    assert read.clauses["M08"].in_force is not None and read.clauses["M08"].provisional.zh == "待法务确认"
    assert manager.post(path, given).status_code == 409
    new = "/rule-books/mall_shoes/change/clauses/"
    said = {"name": "M11", "zh": "新", "en": "New", "seen": copying.stamp(None)}
    assert manager.get(new).status_code == 200 and manager.post(new, said).status_code == 302
    assert "没有任何行引用它" in manager.get(f"{new}M11").content.decode()
    clause = editing.clauses(publishing.draft_of("mall_shoes", 1, clock.now()).text)["M11"]
    manager.post(f"{new}M11/drop", {"seen": copying.stamp(clause)})
    assert manager.get(f"{new}M11").status_code == 404


def test_what_is_stated_and_not_applied_is_shown_with_the_clause_above_it(desk: Any) -> None:  # noqa: F811
    """On the bench, on the book's screen, and in the form of the clause, which asks for a clause that is there."""
    said = bench(desk, SHOES)
    assert "商场三包：鞋 M04 写着“折旧费：" in said and "不适用，因为：[REG18] 实施条例第18条" in said
    assert "M04 写着" not in bench(desk, {**SHOES, "sold_on": "2024-06-20", "delivered_on": "2024-06-20"})
    manager = desk.client("manager")
    book = manager.get("/rule-books/mall_shoes").content.decode()
    assert "低于《消费者权益保护法律底线》REG18，只列明、不适用" in book
    path = "/rule-books/mall_shoes/change/clauses/M04"
    page = manager.get(path).content.decode()
    assert 'value="consumer_law.REG18"' in page and "return_in_full" in page
    given = {"zh": "折旧费", "en": "Fee", "overridden_by": "consumer_law.REG19, consumer_law.REG99"}
    given["seen"] = page.partition('name="seen" value="')[2].partition('"')[0]
    assert manager.post(path, given).status_code == 302
    assert "没有“consumer_law.REG99”" in manager.get(path).content.decode()


def test_a_whole_change_needs_no_yaml(desk: Any) -> None:  # noqa: F811
    """Five centimetres become seven: two tables, the example that held to five is taken out, and it is published."""
    manager = desk.client("manager")
    manager.post(TABLE, typed(desk, "repair", r1__opening_cm="<= 7"))
    manager.post(TABLE.replace("repair", "replace"), typed(desk, "replace", r3__opening_cm="> 7"))
    page = manager.get("/rule-books/mall_shoes/change").content.decode()
    while "例子不成立" in page:
        example = page.partition('name="example" value="')[2].partition('"')[0]
        manager.post("/rule-books/mall_shoes/change/examples/drop", {"example": example})
        page = manager.get("/rule-books/mall_shoes/change").content.decode()
    given = {"begins": "2026-03-01", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    assert PublishedBook.objects.get().version == 2


@pytest.mark.parametrize("who", ["agent", "lead", "finance"])
def test_the_parts_of_a_copy_are_for_managers_alone(desk: Any, who: str) -> None:  # noqa: F811
    client = desk.client(who)
    for path in (TABLE, f"{TABLE}.csv", "/rule-books/mall_shoes/change/clauses/M08",
                 "/rule-books/mall_shoes/change/clauses/"):  # fmt: skip
        assert client.get(path).status_code == 403, path
    for path in (TABLE, f"{TABLE}/upload", "/rule-books/mall_shoes/change/clauses/M08/drop",
                 "/rule-books/mall_shoes/change/examples/drop"):  # fmt: skip
        assert client.post(path).status_code == 403, path
    assert desk.client("manager").get(TABLE.replace("repair", "nothing")).status_code == 404


# -- several lines, and papers ---------------------------------------------------------------------------------


def test_lines_are_added_up_to_the_fen_by_the_remedy_chosen(desk: Any) -> None:  # noqa: F811
    """Two pairs returned at 399.90, one exchanged: 799.80, and nothing for the exchange."""
    page = bench(desk, {**SHOES, "paid": "399.90", "quantity": "2"}, {**SHOES, "choice": "exchange"})
    assert "¥799.80" in page.partition("合计最多付出")[2][:200]
    assert "未选，按最贵的" in page and "退货退款 × 2" in page
    both = bench(desk, {**SHOES, "paid": "399.90", "quantity": "2"}, {**SHOES, "choice": "return"})
    assert "¥1,198.80" in both.partition("合计最多付出")[2][:200]
    assert "合计最多付出" not in bench(desk, SHOES)
    assert 'value="1"' in bench(desk, {**SHOES, "quantity": "many"})


def test_what_was_ruled_together_is_proposed_together(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    lines = ({**SHOES, "quantity": "2", "label": "皮鞋"}, {**SHOES, "choice": "exchange"})
    query = address(*lines, case=case.number).partition("?")[2]
    desk.client("agent").post("/rulings/keep", {"query": query})
    rows = keeping.of_case(case.pk)
    assert sorted((row.quantity, row.chosen) for row in rows) == [(1, "exchange"), (2, "")]
    page = desk.client("agent").get(f"/case/{case.number}/do/act/propose").content.decode()
    assert 'value="798.00"' in page and "皮鞋 × 2：可以退货退款" in page
    assert "checked" in page.partition('value="exchange"')[2][:200]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_bench_and_a_kept_ruling_are_set_on_paper(desk: Any, language: str) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case)
    for who, path in (
        ("agent", address(SHOES, {**SHOES, "quantity": "3"}).replace("/rulings/?", "/rulings/paper?")),
        ("auditor", f"/case/{case.number}/ruling/{row.pk}/paper"),
    ):
        client = desk.client(who)
        client.cookies["tuoshan_language"] = language
        answer = client.get(path)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
    assert desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk + 1}/paper").status_code == 404
    broken = address({**SHOES, "paid": "x"}).replace("/rulings/?", "/rulings/paper?")
    assert desk.client("agent").get(broken).status_code == 404


def test_a_paper_says_to_the_customer_what_the_ruling_says_and_nothing_for_staff(
    desk: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    row = kept(desk, desk.accepted())
    printing.paper_of(row, "TS2603-00001-1", "en")
    [data] = seen
    [part] = data.parts
    assert part.verdict.startswith("Due: return for a refund of ¥399.00") and data.digest == row.digest
    assert data.number == "TS2603-00001-1" and data.asked_on.date() == date(2026, 3, 2)
    needed = "Return for a refund: asks for the invoice or receipt (or the purchase acknowledged);"
    assert any(sign == "needed" and words.startswith(needed) for sign, words, _clauses in part.lines)
    assert ("Opening", "6 cm") in part.facts and any(name == "M03" for name, _text in part.clauses)
    assert not any("it is not taken" in words for _sign, words, _clauses in part.lines)  # a note for staff
    assert any("version" in book.lower() for book in part.books)


def test_a_kept_paper_names_the_choice_and_all_pieces(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    row = kept(desk, desk.accepted())
    KeptRuling.objects.filter(pk=row.pk).update(quantity=2, chosen="return", label="皮鞋")
    row.refresh_from_db()
    printing.paper_of(row, "TS2603-00001-1", "zh-hans")
    [data] = seen
    assert data.parts[0].choice == "退货退款 × 2"
    assert [text for _name, text in data.sums] == ["¥798.00", "¥798.00"]
    monkeypatch.undo()
    assert printing.paper_of(row, "TS2603-00001-1", "en").startswith(b"%PDF-")


# -- the report of overrides -----------------------------------------------------------------------------------


def overridden(desk: Any) -> tuple[Any, Any]:  # noqa: F811
    """Two cases: 399 ruled and 50 given, below the law; 399 ruled and 450 given."""
    first, second = desk.accepted(), desk.accepted()
    for case, who, amount in ((first, "lead", "50"), (second, "agent", "450")):
        row = kept(desk, case, reported_on="2026-01-25")
        given = {"remedy": "compensation" if who == "lead" else "return", "amount": amount, "reason": "客户同意"}
        assert desk.client(who).post(f"/case/{case.number}/ruling/{row.pk}/override", given).status_code == 302
    from tuoshan.agenda import worker

    worker.drain()
    return first, second


def test_overrides_are_reported_with_what_they_cost(desk: Any) -> None:  # noqa: F811
    first, second = overridden(desk)
    page = desk.client("lead").get("/reports/overrides?period=90").content.decode()
    assert first.number in page and second.number in page and "客户同意" in page
    for said in ("¥399.00", "¥50.00", "-¥349.00", "¥51.00", "M03", "商场三包：鞋"):
        assert said in page, said
    links = re.findall(r'<a class="link" href="(/search[^"]+)">(\d+)</a>', page)
    assert len(links) >= 6
    for href, number in links:
        found = desk.client("lead").get(unescape(href)).content.decode()
        assert sum(case.number in found for case in (first, second)) == int(number), href
    for client, status in (("manager", 200), ("auditor", 200), ("finance", 403), ("agent", 403)):
        assert desk.client(client).get("/reports/overrides").status_code == status, client
        assert desk.client(client).get("/reports/overrides.xlsx").status_code == status, client
    assert "/reports/overrides" not in desk.client("finance").get("/reports/").content.decode()
    english = desk.client("lead")
    english.cookies["tuoshan_language"] = "en"
    assert "Departures from rulings" in english.get("/reports/overrides?period=90").content.decode()


def test_all_lines_and_pieces_of_a_case_count_where_a_book_changes(desk: Any) -> None:  # noqa: F811
    """One bench with 399 and twice 100 in a case, 599 altogether; an earlier ruling of 399 counts no more."""
    pack, text = changed_text()
    changed = publishing.prove(pack.name, text, library.text_of(pack)[1]).pack
    assert changed is not None
    case = desk.accepted()
    kept(desk, case)
    for line, (paid, pieces) in enumerate((("399", 1), ("100", 2)), 1):
        ruling = ask({**SHOES, "paid": paid}, date(2026, 3, 2)).ruling
        assert ruling is not None
        keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk, session="s",
                     line=line, quantity=pieces)  # fmt: skip
    found, _quarter = publishing.effect_of(changed, clock.now())
    assert (found.looked_at, found.cost_before) == (2, Decimal("599.00"))
    alone = desk.accepted()
    kept(desk, alone)
    kept(desk, alone, paid="100")
    found, _quarter = publishing.effect_of(changed, clock.now())
    assert (found.looked_at, found.cost_before) == (3, Decimal("699.00"))
