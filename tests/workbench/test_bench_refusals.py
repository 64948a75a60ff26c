"""The ruling bench where something typed cannot be taken, where questions are open, and where a last day is open.

What is refused is said beside its field, and nothing of the bench is told, printed or kept meanwhile.
"""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import SHOES, address, bench, books_as_shipped  # noqa: F401

from tuoshan.core.policy.pack import REMEDIES
from tuoshan.knowledge.company import company
from tuoshan.rulings import printing
from tuoshan.rulings.asking import ask
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.totals import line_sum, together

pytestmark = pytest.mark.django_db
SETTLED = {**SHOES, "deceived": "no", "used": "yes"}
"""Nothing is open any more for the shoes."""


def of_the_field(page: str, name: str) -> str:
    """The field for a fact, from its control to the end of what is said about it."""
    return page.partition(f'name="f1-{name}"')[2].partition("</div>")[0]


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("opening_cm", "600", "“开胶长度”不能大于 100"), ("opening_cm", "-1", "“开胶长度”不能小于 0"),
        ("opening_cm", "6 mm", "不能用“mm”"), ("paid", "-5", "“实付价款”"), ("repairs_same_fault", "1.5", "要填整数"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_beside_its_field_and_there_is_no_ruling(
    desk: Any,  # noqa: F811
    name: str,
    typed: str,
    said: str,
) -> None:
    page = bench(desk, {**SETTLED, name: typed})
    assert said in unescape(of_the_field(page, name)) and 'aria-invalid="true"' in page
    assert f'value="{typed}"' in page, "what was typed stays to be corrected"
    assert "请先改正" in page and "明确" not in page and "可以退货退款" not in page
    assert "data-copy" not in page and "data-print" not in page and "keep-form" not in page.partition("bench-form")[0]
    query = address({**SETTLED, name: typed}).partition("?")[2]
    assert desk.client("agent").get(f"/rulings/paper?{query}").status_code == 404
    desk.client("agent").post("/rulings/keep", {"query": query})
    assert not KeptRuling.objects.exists()


@pytest.mark.parametrize("typed", ["0", "-3", "1.5", "1000", "100000", "many"])
def test_pieces_that_cannot_be_are_refused_and_not_changed(desk: Any, typed: str) -> None:  # noqa: F811
    page = bench(desk, {**SETTLED, "quantity": typed})
    told = page.partition('id="bench-quantity"')[2].partition("</div>")[0]
    assert f'value="{typed}"' in told and f"不能是“{typed}”" in unescape(told)
    assert "可以退货退款" not in page and "data-copy" not in page
    query = address({**SETTLED, "quantity": typed}).partition("?")[2]
    desk.client("agent").post("/rulings/keep", {"query": query})
    assert not KeptRuling.objects.exists()


def test_pieces_up_to_the_most_are_taken(desk: Any) -> None:  # noqa: F811
    assert "¥398,601.00" in bench(desk, {**SETTLED, "quantity": "999"})
    assert "可以退货退款 ¥399.00" in bench(desk, {**SETTLED, "quantity": ""})


def test_one_item_that_is_refused_holds_back_the_others(desk: Any) -> None:  # noqa: F811
    """The first item is in order and shown; its text would leave out the second."""
    lines = (SETTLED, {**SETTLED, "opening_cm": "600", "label": "凉鞋"})
    page = bench(desk, *lines, line="1")
    assert "可以退货退款 ¥399.00" in page and "凉鞋有填写错误" in page
    assert "data-copy" not in page and "data-print" not in page
    assert desk.client("agent").get(address(*lines).replace("/?", "/paper?")).status_code == 404


def test_no_browser_keeps_a_refused_answer_from_being_sent(desk: Any) -> None:  # noqa: F811
    """htmx sends nothing, and says nothing, where the browser's own bounds refuse."""
    page = bench(desk, SETTLED)
    assert re.search(r'<form id="bench-form"[^>]* novalidate', page)
    assert not re.search(r'<input[^>]*type="number"', page)


def test_an_item_that_is_not_decided_is_no_refusal_in_the_total(desk: Any) -> None:  # noqa: F811
    known = {"goods": "shoes", "paid": "100", "label": "凉鞋"}
    page = bench(desk, {**SETTLED, "label": "皮鞋"}, known)
    totals = page.partition('id="sums-h"')[2].partition("</section>")[0]
    assert "还不能判定" in totals and "不予支持" not in totals and "¥0.00" not in totals
    assert "不含还不能判定的：凉鞋" in totals and "¥399.00" in totals
    text = unescape(re.findall(r'data-copy="([^"]*)"', page)[0]).partition("\n合计\n")[2]
    assert "凉鞋、还不能判定：—" in text and "一共（不含还不能判定的）：¥399.00" in text and "不予支持" not in text


def test_a_refusal_stays_a_refusal_in_the_total(desk: Any) -> None:  # noqa: F811
    page = bench(desk, {**SETTLED, "user_caused": "yes", "quantity": "2"})
    totals = page.partition('id="sums-h"')[2].partition("</section>")[0]
    assert "不予支持" in totals and "不含" not in totals


def test_a_line_waits_while_nothing_can_be_said_of_it() -> None:
    today = date(2026, 3, 2)
    decided, open_ = ask(SETTLED, today).ruling, ask({"goods": "shoes"}, today).ruling
    assert decided is not None and open_ is not None
    sums = [line_sum(decided), line_sum(open_)]
    assert [one.waits for one in sums] == [False, True]
    assert printing.remedy_of(sums[0]) == REMEDIES["return"].zh and printing.remedy_of(sums[1]) == "还不能判定"
    assert together(sums) == sums[0].total


def test_words_beside_an_open_question_do_not_promise_what_may_change(desk: Any) -> None:  # noqa: F811
    page = bench(desk, SHOES)
    assert "只是按已经回答的情况" in page and "已经能确定" not in page
    assert "还没答的问题可能改变方案、金额和运费由谁承担" in page
    assert "只是按已经回答的情况" not in bench(desk, SETTLED)


def test_a_last_day_that_may_be_later_can_be_settled_on_the_screen(desk: Any) -> None:  # noqa: F811
    """Whether the shoes came in exchange moves the day on which their guarantee ends: not asked, for nothing else turns
    on it, but there to be told."""
    known = {name: value for name, value in SETTLED.items() if name not in ("is_replacement", "agreed_months")}
    page = bench(desk, known)
    assert "可能更晚" in page and "结论已定，最晚日期还可能更晚" in page and "最晚日期未定" in page
    assert "情况已经清楚" not in page and "结论不再取决于别的情况" not in page and "明确<" not in page
    offered = page.partition("填了可以定下最晚日期")[2]
    assert 'name="f1-is_replacement"' in offered and 'name="f1-agreed_months"' in offered
    settled = bench(desk, SETTLED)
    assert "可能更晚" not in settled and "填了可以定下最晚日期" not in settled and "最晚日期未定" not in settled
    assert "情况已经清楚" in settled and "明确<" in settled


def test_a_bench_begun_by_hand_begins_with_today(desk: Any) -> None:  # noqa: F811
    """The day stands in its field, is sent with every answer, and one that was emptied is asked for again."""
    page = desk.client("agent").get("/rulings/").content.decode()
    assert 'value="2026-03-02"' in of_the_field(page, "reported_on") and "不是今天提出的请改" in page
    assert "不是今天提出的请改" not in bench(desk, {**SHOES, "reported_on": "2026-03-01"})
    emptied = bench(desk, {"house": "mall", "sale": "store", "reported_on": ""}, line="1")
    assert 'value="2026-03-02"' not in emptied and "不是今天提出的请改" not in emptied
    case = desk.accepted()
    assert "不是今天提出的请改" not in desk.client("agent").get(f"/rulings/?case={case.number}").content.decode()


def test_the_browsers_print_is_what_the_customer_is_told(desk: Any) -> None:  # noqa: F811
    """Form, buttons and notes for staff stay off the paper; what is printed as a letter is, line by line, the text that
    is copied, below the shop's name and a heading."""
    page = bench(desk, SETTLED)
    before, _here, paper = page.partition('class="only-print letter"')
    name, title, *printed = [
        unescape(one) for one in re.findall(r"<(?:p|h1|h2|li)(?: [^>]*)?>([^<]*)</", paper.partition("</article>")[0])
    ]
    copied = unescape(re.findall(r'data-copy="([^"]*)"', page)[0])
    assert printed == [line.removeprefix("- ") for line in copied.split("\n") if line]
    assert printed[0].startswith("可以退货退款 ¥399.00")
    assert (name, title) == (company().named("zh-hans"), "售后答复")
    assert re.search(r'class="page-head no-print"', before) and re.search(r'class="grid [^"]*no-print"', before)


def test_a_fact_that_no_book_knows_is_named_and_dropped_and_the_rest_is_ruled_on(desk: Any) -> None:  # noqa: F811
    """An old link, made when a book still asked for the colour."""
    lines = ({**SETTLED, "colour": "red"}, {**SETTLED, "label": "凉鞋", "heel": "9"})
    page = bench(desk, *lines, line="1")
    assert "没有采用：colour=red、heel=9。其余的都在。" in unescape(page) and "请先改正" not in page
    assert "可以退货退款 ¥399.00" in page and "keep-form" in page
    assert 'name="f2-heel"' not in page and 'name="f2-label" value="凉鞋"' in page, "the next answer is without it"
    agent = desk.client("agent")
    assert agent.get(address(*lines).replace("/?", "/paper?")).status_code == 200
    agent.post("/rulings/keep", {"query": address(*lines).partition("?")[2]})
    assert KeptRuling.objects.count() == 2 and "colour" not in KeptRuling.objects.order_by("line")[0].facts
    assert "没有采用：" not in bench(desk, SETTLED)
