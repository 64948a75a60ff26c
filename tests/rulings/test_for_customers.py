"""What a customer reads of the clauses behind a ruling: by which article, and no number that is not certain."""

from dataclasses import replace
from datetime import date

from django.utils import translation

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import NUMBER_TO_VERIFY, Pack
from tuoshan.core.policy.ruling import rule
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files, for_customers

PACKS = {pack.name: pack for pack in files.packaged()}
REFUSED = {"platform": "taobao", "special": "address", "address_fault": "change_ignored", "paid": "100.00"}
NO_REASON = {
    "sale": "distance", "goods": "clothes", "problem": "dislike", "sold_on": "2026-05-10", "signed_on": "2026-05-13",
    "reported_on": "2026-05-15", "paid": "129.00", "intact": "yes", "no_return_confirmed": "no", "gift_back": "none",
    "breaks_threshold": "no", "return_freight_promised": "no", "goods_back": "no",
}  # fmt: skip


def ruled(pack: Pack, given: dict[str, str]) -> Ruling:
    on = date(2026, 5, 22)
    facts, problems = read_given(pack.facts, given, on)
    assert not problems, problems
    return rule(pack, facts, on)


def grounds(ruling: Ruling) -> list[str]:
    with translation.override("zh-hans"):
        return for_customers.rests_on(ruling)


def test_a_law_is_cited_by_its_article_also_once_the_ruling_is_frozen() -> None:
    ruling = ruled(PACKS["consumer_law"], NO_REASON)
    for one in (ruling, from_data(as_data(ruling))):
        assert "七日办法第10条：自签收次日起七日内提出" in grounds(one)
        assert not any(line.startswith("无") or "（消费者权益保护法律底线）" in line for line in grounds(one))


def test_a_number_that_is_not_certain_is_told_to_nobody_outside() -> None:
    """TB-35 has its number by order: staff are told that it is to be checked, the customer reads the rule alone."""
    ruling = ruled(PACKS["taobao_disputes"], REFUSED)
    assert NUMBER_TO_VERIFY in ruling.provisional
    for one in (ruling, from_data(as_data(ruling))):
        assert grounds(one) == ["约定变更未执行：卖家承担（淘宝天猫争议处理规则）"] and for_customers.doubts(one) == ()


def test_another_doubt_of_such_a_clause_is_told() -> None:
    """What the rule itself leaves uncertain is the customer's to know; a cited article waits until it is certain."""
    book = PACKS["taobao_disputes"]
    clause = replace(
        book.clauses["TB-35"], doubt=Wording("约定须有记录", "the deal must be on record"),
        article=Wording("规则第35条", "Rules 35"),
    )  # fmt: skip
    ruling = ruled(replace(book, clauses={**book.clauses, "TB-35": clause}), REFUSED)
    for one in (ruling, from_data(as_data(ruling))):
        assert [why.en for why in for_customers.doubts(one)] == ["the deal must be on record"]
        assert grounds(one) == ["约定变更未执行：卖家承担（淘宝天猫争议处理规则）"]
