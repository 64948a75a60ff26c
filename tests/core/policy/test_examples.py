"""What an example expects and what came: as data, and in words that name nothing of the files."""

import pytest
from tests.core.policy.sample import BOOK, findings

from tuoshan.core.policy.checking import example_shapes, example_terms
from tuoshan.core.policy.checking.examples import SUBJECTS, Unmet, run_examples
from tuoshan.core.policy.checking.examples_told import unmet_words

EXAMPLE = """
examples:
  - {id: one / one, today: 2026-06-03,
     facts: {sold_on: 2026-06-01, asked_on: 2026-06-03, paid: 99, fault: open, length_cm: 8},
     expect: {EXPECT}}
"""
"""Open by eight centimetres on day 2: by A1 the return of the 99 that were paid, by A2 the exchange."""


def unmet(expect: str) -> list[tuple[Unmet, str, str]]:
    pack, _found = findings(BOOK + EXAMPLE.replace("{EXPECT}", expect))
    assert pack is not None
    [(_example, wrong)] = run_examples(pack)
    told = [unmet_words(pack, one) for one in wrong]
    return [(one, words.zh, words.en) for one, words in zip(wrong, told, strict=True)]


@pytest.mark.parametrize(
    ("expect", "where", "came", "expected", "zh", "en"),
    [
        ("{rights: [return]}", ("rights",), ["exchange", "return"], ["return"],
         "现在算出可以：换货、退货退款；例子要的是退货退款",
         "now due: Exchange, Return for a refund; the example expects Return for a refund"),
        ("{rights: {return: {amount: 98}, exchange: {}}}", ("rights", "return", "amount"), "99.00", "98",
         "退货退款 金额：99.00；例子要的是98", "Return for a refund, amount: 99.00; the example expects 98"),
        ("{rights: {return: {needs: [receipt]}, exchange: {}}}", ("rights", "return", "needs"), [], ["receipt"],
         "退货退款 须满足：没有；例子要的是发票或小票（或双方认可购买）",
         "Return for a refund, asks for: nothing; the example expects the invoice or receipt (or the purchase "
         "acknowledged)"),
        ("{refused: [repair]}", ("refused",), [], ["repair"], "现在算出不支持：没有；例子还要有维修",
         "now not due: nothing; the example expects Repair too"),
        ("{outside: true}", ("outside",), False, True, "不涉及这件事：否；例子要的是“是”",
         "says nothing of the matter: no; the example expects yes"),
        ("{freight: {back: seller}}", ("freight", "back"), None, "seller", "退回运费：没有；例子要的是商家",
         "Return freight: nothing; the example expects the seller"),
        ("{proof: {from: buyer}}", ("proof",), [], "buyer", "举证：没有；例子要的是消费者",
         "proof: nothing; the example expects the consumer"),
        ("{deadlines: [{who: seller, within: 7 working_days}]}", ("deadlines", "seller"), [],
         {"within": "7 working_days"}, "时限 商家：没有；例子要的是期限 7 个工作日",
         "time limit, the seller: nothing; the example expects within 7 working days"),
        ("{asks: [paid]}", ("asks",), [], ["paid"], "要问：没有；例子还要有实付",
         "asks: nothing; the example expects Paid too"),
        ("{clauses: [A5]}", ("clauses",), ["A1", "A2"], ["A5"], "条款：A1、A2；例子还要有A5",
         "clauses: A1, A2; the example expects A5 too"),
        ("{without: [A1]}", ("clauses",), ["A1", "A2"], ["A1"], "条款：A1、A2；例子要的是没有A1",
         "clauses: A1, A2; the example expects none of A1"),
        ("{colour: red}", ("colour",), None, "red", "例子不能要“colour”",
         "'colour' is nothing that an example may expect"),
    ],
)  # fmt: skip
def test_what_does_not_come_out_is_data_and_is_told_in_words(
    expect: str, where: tuple[str, ...], came: object, expected: object, zh: str, en: str
) -> None:
    [(one, *told)] = unmet(expect)
    came_out = str(one.came) if isinstance(came, str) else one.came
    wanted = str(one.expected) if isinstance(expected, str) else one.expected
    assert (one.where, came_out, wanted) == (where, came, expected)
    assert told == [zh, en]


def test_several_things_at_once_are_several() -> None:
    assert [one.where for one, *_told in unmet("{refused: [repair], provisional: false, extra: 5}")] == [
        ("refused",), ("provisional",), ("extra",)
    ]  # fmt: skip
    assert not unmet("{rights: {return: {amount: 99}, exchange: {}}, provisional: true, extra: 0, asks: []}")


def test_a_fact_that_cannot_be_taken_says_why_in_both_languages() -> None:
    pack, _found = findings(BOOK + EXAMPLE.replace("{EXPECT}", "{}").replace("length_cm: 8", "length_cm: 51"))
    assert pack is not None
    [(_example, [one])] = run_examples(pack)
    told = unmet_words(pack, one)
    assert one.where == ("facts", "length_cm") and "不能大于 50" in told.zh and "cannot be above 50" in told.en


@pytest.mark.parametrize(
    ("expect", "where", "written"),
    [
        ("{clauses: A5}", "clauses", "clauses: [A5]"),
        ("{without: A1}", "without", "without: [A1]"),
        ("{asks: length_cm}", "asks", "asks: [length_cm]"),
        ("{refused: return}", "refused", "refused: [return]"),
        ("{stated: A1}", "stated", "stated: [A1]"),
        ("{without: [{A1: yes}]}", "without", "without: […]"),
        ("{freight: seller}", "freight", "freight: {back: seller}"),
        ("{freight: {bakc: seller}}", "freight.bakc", "freight: {out | back: …}"),
        ("{risk: buyer}", "risk", "risk: {back: buyer}"),
        ("{risk_back: {back: buyer}}", "risk_back", "risk_back: seller"),
        ("{period: 2027-01-01}", "period", "period: {ends: 2027-01-01}"),
        ("{limit: 5}", "limit", "limit: {compensation: 5}"),
        ("{pays: seller}", "pays", "pays: {test_fee: seller}"),
        ("{proof: seller}", "proof", "proof: {from: seller}"),
        ("{deadlines: 7 working_days}", "deadlines", "deadlines: [{who: seller, within: 7 working_days}]"),
        ("{rights: return}", "rights", "rights: {return: {}}"),
        ("{rights: {return: 98, exchange: {}}}", "rights.return", "return: {amount: 98}"),
        ("{rights: {return: {needs: receipt}, exchange: {}}}", "rights.return.needs", "needs: [receipt]"),
        ("{rights: {return: {freight: seller}, exchange: {}}}", "rights.return.freight", "freight: {back: seller}"),
        ("{outside: 0}", "outside", "outside: yes | no"),
        ("{provisional: 1}", "provisional", "provisional: yes | no"),
        ("{extra: no}", "extra", "extra: 99.00"),
        ("{deduct: {gift: 5}}", "deduct", "deduct: 99.00"),
    ],
)  # fmt: skip
def test_an_expectation_of_another_shape_is_refused_and_does_not_hold(expect: str, where: str, written: str) -> None:
    """It would compare nothing. The finding names the file, the example, and how it is written."""
    pack, found = findings(BOOK + EXAMPLE.replace("{EXPECT}", expect))
    assert pack is not None
    [one] = found
    zh, en = one.in_language("zh-hans"), one.in_language("en")
    assert one.severity == "error" and one.file == "sample.yaml" and one.where == "examples.one / one"
    assert f"'{where}' cannot be written so" in en and f"write {written}" in en
    assert f"“{where}”不能这样写" in zh and f"写成 {written}" in zh


def test_a_term_that_a_right_does_not_have_is_refused() -> None:
    [(one, zh, en)] = unmet("{rights: {return: {amuont: 98}, exchange: {}}}")
    assert one.how == "misshapen" and one.where == ("rights", "return", "amuont") and "amuont" in zh and "amuont" in en


def test_to_be_without_a_clause_that_there_is_not_proves_nothing() -> None:
    _rests_on_a1, (one, zh, en) = unmet("{without: [A1, A77]}")
    assert one.how == "no_such_clause" and "A77" in zh and "there is no clause 'A77'" in en
    assert unmet("{without: [A5]}") == []


@pytest.mark.parametrize("term", sorted(example_terms.RIGHT))
def test_whatever_of_a_remedy_may_be_expected_is_compared_and_told(term: str) -> None:
    """A term that is taken and not compared would hold whatever is ruled."""
    shape = example_terms.RIGHT[term].shape
    never = {example_shapes.names: "[warranty_card]", example_terms.moving: "{back: carrier}"}.get(shape, "1999-01-01")
    [(one, zh, en)] = unmet(f"{{rights: {{return: {{{term}: {never}}}, exchange: {{}}}}}}")
    called = example_terms.RIGHT[term].called
    assert one.how == "same" and one.where == ("rights", "return", term)
    assert f"退货退款 {called.zh}：" in zh and f"Return for a refund, {called.en}: " in en


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_whatever_of_a_ruling_may_be_expected_has_a_shape(subject: str) -> None:
    [(one, *_told), *_more] = unmet(f"{{{subject}: sideways}}")
    assert one.how in ("misshapen", "same") and one.where[0] in (subject, "risk")
