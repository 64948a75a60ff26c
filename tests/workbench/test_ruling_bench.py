"""The ruling bench: one line or several, what is asked, totals, and papers."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import SHOES, address, bench, books_as_shipped, kept  # noqa: F401

from tuoshan.rulings import keeping, printing
from tuoshan.rulings.models import KeptRuling

pytestmark = pytest.mark.django_db


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


DISPUTE = {
    "house": "other", "sale": "distance", "platform": "taobao", "special": "none", "goods": "clothes",
    "problem": "not_received", "signed_by": "self", "signing_proof": "awaited", "paid": "100",
    "sold_on": "2026-02-10", "reported_on": "2026-02-20", "staged_claim": "no", "deceived": "no",
}  # fmt: skip


def test_the_time_for_a_proof_is_asked_last_and_keeps_nothing_open(desk: Any) -> None:  # noqa: F811
    page = bench(desk, DISPUTE)
    assert 'name="f1-seller_proof_until"' in page and "还有问题未答" not in page
    assert page.count("没有写明期限，这是我们自己的 48 小时") == 2, "on the screen, and in the text to copy"
    page = bench(desk, {**DISPUTE, "seller_proof_until": "2026-03-02"})
    assert page.count("最晚 2026 年 3 月 2 日（已写明的期限）") == 2, "today is its last day"
    page = bench(desk, {**DISPUTE, "seller_proof_until": "2026-03-01"})
    assert page.count("最晚 2026 年 3 月 1 日（已写明的期限，已经过了）") == 2
    assert page.count("先由商家举证，期限已经过了") >= 2, "in the headline of both"


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


REST = {"deceived": "no", "used": "yes"}
"""What is still open for the shoes."""


def copied(page: str) -> str:
    """The text that the page's button copies."""
    found = re.search(r'data-copy="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_the_copied_text_of_an_interim_ruling_says_that_it_may_change(desk: Any) -> None:  # noqa: F811
    """Nobody has said yet whether the customer was deceived: the text names that question before anything else."""
    text = copied(bench(desk, SHOES))
    first, second, *_rest = text.split("\n")
    assert first.startswith("可以") and second.startswith("还没有回答，结论可能变化：") and "经营者欺诈" in second
    assert "还没有回答" not in copied(bench(desk, {**SHOES, **REST}))


def test_the_copied_text_says_what_is_provisional(desk: Any) -> None:  # noqa: F811
    """A computer that waited 61 days for a part is exchanged by a period that nobody has verified yet."""
    known = {"sale": "store", "goods": "computer", "problem": "quality", "computer_part": "host",
             "fault_kind": "functional", "sold_on": "2025-11-03", "delivered_on": "2025-11-03",
             "reported_on": "2026-03-02", "paid": "5999", "fault_confirmed": "yes", "user_caused": "no",
             "has_receipt": "yes", "parts_wait_days": "61", "repairs_same_fault": "0", "repair_days": "0",
             "repairer_days": "0", "same_model": "yes", "agreed_months": "0", "is_replacement": "no"}  # fmt: skip
    page = bench(desk, known)
    told = re.findall(r"<p>暂定：([^<]+)</p>", page)
    text = copied(page)
    assert told and "\n暂定\n" in text
    for one in told:
        assert f"- {unescape(one)}" in text


def test_the_copied_text_says_why_a_clause_of_the_house_does_not_count_and_what_each_says(
    desk: Any,  # noqa: F811
) -> None:
    """The mall's card takes a fee for the exchange; the regulations of 2024 take none."""
    text = copied(bench(desk, {**SHOES, **REST}))
    differs = text.partition("\n规则之间的取舍\n")[2].partition("\n\n")[0]
    assert "M04" in differs and "REG18" in differs
    clauses = text.partition("\n条款\n")[2].partition("\n\n")[0].split("\n")
    assert {"M03", "CPL24"} <= {one.partition(" ")[0] for one in clauses}
    assert all(one.partition(" ")[2] for one in clauses)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_paper_and_text_say_the_same_in_the_same_words(
    desk: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    language: Any,
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(printing.pdf, "ruling", lambda data, language: seen.append(data) or b"%PDF-")
    row = kept(desk, desk.accepted())
    KeptRuling.objects.filter(pk=row.pk).update(quantity=2, chosen="return", label="皮鞋")
    row.refresh_from_db()
    printing.paper_of(row, "TS2603-00001-1", language)
    text = printing.text_of(row, language)
    [data] = seen
    [part] = data.parts
    said = [
        part.verdict, part.choice, *part.questions, *(words for _sign, words, _clauses in part.lines),
        *part.differences, *part.provisional, *(word for pair in part.facts for word in pair),
        *(word for pair in part.clauses for word in pair), *part.books, *(word for pair in data.sums for word in pair),
        data.titles.choice, data.titles.questions, data.titles.lines, data.titles.differences, data.titles.facts,
        data.titles.clauses, data.titles.books, data.titles.sums,
    ]  # fmt: skip
    assert part.questions and part.differences and [one for one in said if one not in text] == []


def test_a_kept_ruling_is_copied_as_it_was_frozen(desk: Any) -> None:  # noqa: F811
    case = desk.accepted()
    row = kept(desk, case)
    page = desk.client("agent").get(f"/case/{case.number}/ruling/{row.pk}").content.decode()
    assert copied(page) == printing.text_of(row, "zh-hans")
    assert "还没有回答，结论可能变化" in copied(page)
