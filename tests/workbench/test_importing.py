"""The screens of an import: a file, its columns and rows chosen, a dry run, progress, bad rows; in both languages."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.workbench.deskhouse import desk
from tests.workbench.test_searching import titles

__all__ = ["desk"]
TABLE = "编号,内容,情感\n1,洗衣机漏水,差评\n2,客服很好,好评\n3,,差评\n"
CHINESE_DATA = re.compile("|".join(("编号", "内容", "情感", "洗衣机漏水", "客服很好", "差评", "好评", "待修改")))


def uploaded(client: Any) -> str:
    """The address of the mapping screen of a new import."""
    answer = client.post("/import/", {"file": SimpleUploadedFile("voices.csv", TABLE.encode())})
    assert answer.status_code == 302
    return str(answer.url)


def chosen(*pairs: tuple[str, str]) -> dict[str, Any]:
    """The form of the mapping screen: columns as they are guessed, and column = value for the rows."""
    return {
        "column-0": "key", "column-1": "text", "playbook": "complaint", "mode": "history",
        "only-column": [name for name, _value in pairs], "only-value": [value for _name, value in pairs],
    }  # fmt: skip


def test_earlier_imports_say_by_whom_and_are_turned_to_the_last(desk: Any, monkeypatch: Any) -> None:
    from tuoshan import clock
    from tuoshan.intake.models import ImportRun
    from tuoshan.workbench import importing

    monkeypatch.setattr(importing, "RUNS_PAGE", 2)
    lead, client = desk.people["lead"], desk.client("lead")
    for name, person in (("first.csv", 0), ("second.csv", lead.pk), ("third.csv", lead.pk)):
        ImportRun.objects.create(file_name=name, person_id=person, created_at=clock.now(), status="done")
    text = client.get("/import/").content.decode()
    assert "first.csv" not in text and text.count(f">{lead}</td>") == 2 and "命令行" not in text
    (turned,) = re.findall(r'rel="next" href="([^"]+)"', text)
    text = client.get(f"/import/{turned}").content.decode()
    assert "first.csv" in text and "命令行" in text and "second.csv" not in text and 'rel="prev"' in text
    assert client.get("/import/?cursor=nonsense").status_code == 404
    one = ImportRun.objects.get(file_name="third.csv")
    text = client.get(f"/import/{one.pk}").content.decode()
    assert f"<dd>{lead}</dd>" in text and "客户投诉（历史工单，已结案）" in text
    ImportRun.objects.filter(pk=one.pk).update(person_id=0, live=True)
    text = client.get(f"/import/{one.pk}").content.decode()
    assert "<dd>命令行</dd>" in text and "客户投诉（新工单，开始计时）" in text


def test_what_the_command_line_broke_off_is_not_gone_on_with_here(desk: Any) -> None:
    from tuoshan import clock
    from tuoshan.intake.models import ImportRun

    run = ImportRun.objects.create(file_name="a.csv", person_id=0, created_at=clock.now(), status="stopped", rows=200)
    client = desk.client("lead")
    text = client.get(f"/import/{run.pk}").content.decode()
    assert "再运行一次同样的命令" in text and "继续导入" not in text
    assert client.post(f"/import/{run.pk}").status_code == 200, "shown again"
    run.refresh_from_db()
    assert run.status == "stopped"


@pytest.mark.parametrize(
    ("language", "asks", "outside"),
    [("zh-hans", "只导入这一列", "不在所选之内"), ("en", "Only rows where", "Not chosen")],
)
def test_rows_are_chosen_by_a_column_and_its_value(desk: Any, language: str, asks: str, outside: str) -> None:
    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Case
    from tuoshan.intake.imports import desk as imports
    from tuoshan.intake.models import ImportRun

    client = desk.client("lead")
    client.cookies["tuoshan_language"] = language
    address = uploaded(client)
    page = client.get(address).content.decode()
    assert asks in page and page.count('name="only-column"') == 2
    answer = client.post(address, chosen(("情感", "差评"), ("", "")))
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.get()
    assert (run.only, run.taken, len(run.refused), run.passed_over) == ({"情感": "差评"}, 1, 1, 1)
    tried = client.get(answer.url).content.decode()
    assert outside in tried and "情感 = 差评" in tried and not Case.objects.exists()
    assert client.post(answer.url).status_code == 302
    imports.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    done = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert outside in done and Case.objects.get().title == "洗衣机漏水"
    why = "没有投诉内容" if language == "zh-hans" else "The complaint has no text"
    assert why in done, "the worker that found it speaks no language of its own"
    sheet = client.get(f"{answer.url}/errors.xlsx")
    assert sheet.getvalue()[:2] == b"PK"
    again = client.get(address).content.decode()
    assert 'value="差评"' in again and re.search(r'<option value="情感" selected>', again)


def test_a_value_that_no_row_has_takes_nothing_and_a_column_that_is_not_there_is_refused(desk: Any) -> None:
    from tuoshan.intake.models import ImportRun

    client = desk.client("lead")
    address = uploaded(client)
    wrong = client.post(address, chosen(("心情", "差评")))
    assert wrong.status_code == 422 and "表格里没有“心情”这一列。" in wrong.content.decode()
    assert client.post(address, chosen(("情感", "中评"))).status_code == 302
    run = ImportRun.objects.get()
    assert (run.taken, run.passed_over, run.refused) == (0, 3, [])
    assert client.post(address, chosen(("情感", "差评"), ("编号", "1"))).status_code == 302
    run.refresh_from_db()
    assert (run.taken, run.passed_over) == (1, 2)


def test_whoever_reads_english_meets_no_chinese_but_in_the_table(desk: Any) -> None:
    client = desk.client("lead")
    client.cookies["tuoshan_language"] = "en"
    address = uploaded(client)
    answer = client.post(address, chosen(("情感", "差评")))
    for page in (address, answer.url):
        text = client.get(page).content.decode()
        main = re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main>")])
        left = CHINESE_DATA.sub("", main.replace(str(desk.people["lead"]), ""))
        assert not re.findall(r"[\u3400-\u9fff]+", left), page


def test_what_of_a_row_is_not_taken_over_is_said_before_and_after(desk: Any) -> None:
    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.intake.imports import desk as imports

    client = desk.client("lead")
    client.cookies["tuoshan_language"] = "en"
    table = "No,Content,Product,Priority\n1,漏水,珐琅锅X9,important\n2,没电,,normal\n"
    address = client.post("/import/", {"file": SimpleUploadedFile("new.csv", table.encode())}).url
    form = {"column-0": "key", "column-1": "text", "column-2": "product", "column-3": "grade", "mode": "live"}
    tried = client.post(address, form | {"playbook": "complaint"})
    page = client.get(tried.url).content.decode()
    assert "Rows to note" in page and "no product “珐琅锅X9”" in page and "“important” was not taken over" in page
    client.post(tried.url)
    imports.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    assert "no product “珐琅锅X9”" in client.get(tried.url, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(("language", "told"), [("zh-hans", "不会建工单"), ("en", "no case is made")])
def test_a_table_is_read_as_orders_where_that_is_chosen(desk: Any, language: str, told: str) -> None:
    from tuoshan.catalog.models import OrderRef
    from tuoshan.intake.imports import desk as imports
    from tuoshan.intake.models import ImportRun

    client = desk.client("lead")
    client.cookies["tuoshan_language"] = language
    table = "编号,内容,电话\nDD1,水壶,13800138000\nDD2,,13\n"
    address = client.post("/import/", {"file": SimpleUploadedFile("some.csv", table.encode())}).url
    assert told not in client.get(address).content.decode()
    page = client.get(f"{address}?rows=orders").content.decode()
    assert told in page and 'name="playbook"' not in page and 'value="signed_at"' in page
    columns = {"column-0": "order_no", "column-1": "name", "column-2": "phone"}
    assert client.post(address, columns | {"rows": "orders", "column-0": ""}).status_code == 422
    answer = client.post(address, columns | {"rows": "orders"})
    run = ImportRun.objects.get()
    assert run.of_orders and (run.taken, len(run.bad)) == (1, 1) and not OrderRef.objects.exists()
    tried = client.get(answer.url).content.decode()
    assert ("可以写入" if language == "zh-hans" else "Would be written") in tried
    client.post(answer.url)
    from tuoshan import clock
    from tuoshan.agenda.models import Item

    imports.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    assert OrderRef.objects.get().lines == [{"name": "水壶"}]
    assert told in client.get(address).content.decode(), "and is remembered as one of orders"


def test_the_record_of_an_import_leads_to_the_cases_that_it_made(desk: Any) -> None:
    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.intake.imports import desk as imports
    from tuoshan.intake.models import ImportRun

    client, more = desk.client("lead"), "查看建成的工单"

    def imported(rows: str) -> str:
        """The address to which the record leads; empty while it leads nowhere."""
        file = SimpleUploadedFile("voices.csv", f"编号,内容\n{rows}".encode())
        tried = client.post(client.post("/import/", {"file": file}).url, chosen())
        assert tried.status_code == 302 and more not in client.get(tried.url).content.decode(), "nothing is made yet"
        client.post(tried.url)
        imports.work_off(Item.objects.get(kind="job", name="import", done_at=None), clock.now())
        Item.objects.filter(kind="job", name="import").delete()
        page = client.get(tried.url).content.decode()
        found = re.search(rf'href="(/search\?[^"]+)"[^>]*>(?:<svg.*?</svg>)?{more}', page)
        return unescape(found[1]) if found else ""

    desk.complaint()
    first = imported("".join(f"{number},第{number}件漏水\n" for number in range(52)))
    again = imported("51,第51件漏水\n60,没电\n")
    assert imported("60,没电\n") == "", "all that it says was known"
    page = client.get(again).content.decode()
    assert titles(page) == ["没电"] and "导入：2026-03-02 09:00" in page
    kept = ImportRun.objects.order_by("pk")[1].pk
    assert f'<input type="hidden" name="imported" value="{kept}">' in page, "and stays when the search is narrowed"
    page = client.get(first).content.decode()
    assert len(titles(page)) == 50
    following = re.search(r'hx-get="(/search[^"]+)"', page)
    assert following is not None
    page += client.get(unescape(following[1])).content.decode()
    assert sorted(titles(page)) == sorted(f"第{number}件漏水" for number in range(52)), "to the last, each once"
    assert titles(client.get(f"{first}&q=编号").content.decode()) == []
    assert titles(desk.client("qa").get(first).content.decode()) == [], "within reach alone"
    assert titles(client.get("/search?imported=7").content.decode()) == []


def test_what_was_not_made_by_an_import_on_record_leads_nowhere(desk: Any) -> None:
    from tuoshan import clock
    from tuoshan.intake.models import ImportRun

    run = ImportRun.objects.create(file_name="a.csv", person_id=0, created_at=clock.now(), status="done", taken=3)
    assert "查看建成的工单" not in desk.client("lead").get(f"/import/{run.pk}").content.decode()
