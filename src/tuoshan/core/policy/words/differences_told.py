"""Where rule books differ, which of them counts, and what one states that is not applied."""

from __future__ import annotations

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import LAYER_TITLES, REMEDIES
from tuoshan.core.policy.statements import Difference, Overriding, Ruling, Stated, Statement
from tuoshan.core.policy.words.remedies_told import needs_words
from tuoshan.core.policy.words.sentences import capital

TERMS = {
    "right": Wording("是否支持", "whether it is due"), "amount": Wording("金额", "the amount"),
    "fee": Wording("费用", "the fee"), "until": Wording("期限", "the last day"),
    "freight": Wording("运费", "the freight"), "risk": Wording("风险", "the risk"),
    "pays": Wording("费用承担", "who pays"), "period": Wording("保修期", "the guarantee"),
    "extra": Wording("加付金额", "the sum on top"), "deduct": Wording("扣减", "what is taken off"),
    "limit": Wording("上限", "the limit"), "proof": Wording("举证", "the proof"),
    "needs": Wording("须满足的条件", "what is asked for"),
}  # fmt: skip


def difference(one: Difference) -> Wording:
    """Why one layer's answer counts and another's does not."""
    higher, lower = one.counts.why.pack, one.yields.why.pack
    term = TERMS.get(one.subject, Wording(one.subject, one.subject))
    cited_zh, cited_en = _named(one.counts), _named(one.yields)
    if one.subject == "needs" and not one.better_for_consumer:
        return _asks_for_more(one)
    if one.better_for_consumer:
        return Wording(
            f"{term.zh}：{higher.title.zh}（{cited_zh}）比{lower.title.zh}（{cited_en}）对消费者更有利，按前者",
            f"{capital(term.en)}: {higher.title.en} ({cited_zh}) is better for the consumer than {lower.title.en}"
            f" ({cited_en}) and counts",
        )
    layer = LAYER_TITLES[higher.layer]
    return Wording(
        f"{term.zh}：{lower.title.zh}（{cited_en}）低于{layer.zh}（{cited_zh}），{layer.zh}对消费者更有利，按{layer.zh}执行",
        f"{capital(term.en)}: {lower.title.en} ({cited_en}) falls below {layer.en.lower()} ({cited_zh}),"
        " which is better for the consumer and counts",
    )


def more_asked(one: Difference) -> tuple[str, ...]:
    """What the side that yields asks for beyond the other, where that is in what they differ."""
    if one.subject != "needs":
        return ()
    kept = one.counts.words.get("needs", ())
    return tuple(name for name in one.yields.words.get("needs", ()) if name not in kept)


def _asks_for_more(one: Difference) -> Wording:
    """For which remedy a lower layer asks for more, and for what, as far as its own row says it."""
    higher, lower = one.counts.why.pack, one.yields.why.pack
    remedy, layer = REMEDIES.get(one.what, TERMS["needs"]), LAYER_TITLES[higher.layer]
    more = needs_words(more_asked(one))
    zh, en = (f"：{more.zh}", f": {more.en}") if more.zh else ("", "")
    return Wording(
        f"{remedy.zh}要客户满足的条件，{lower.title.zh}（{_named(one.yields)}）比{layer.zh}（{_named(one.counts)}）多{zh}；"
        f"按{layer.zh}，不用满足多出来的",
        f"{capital(remedy.en)}: {lower.title.en} ({_named(one.yields)}) asks the customer for more than "
        f"{layer.en.lower()} ({_named(one.counts)}){en}; what it asks for beyond that is not needed",
    )


def not_applied(one: Stated) -> Wording:
    """What a book states, and what stands above it."""
    zh, en = ([_above(law, law.says.in_language(language)) for law in one.overridden_by] for language in ("zh", "en"))
    return Wording(
        f"{one.title.zh} {one.clause} 写着“{one.says.zh}”，不适用，因为：{'；'.join(zh)}",
        f"{one.title.en} {one.clause} states \u201c{one.says.en}\u201d; it is not applied, because of {'; '.join(en)}",
    )


def _above(law: Overriding, says: str) -> str:
    return f"[{law.clause}] {says}" if says else f"{law.pack}.{law.clause}"


def differing(ruling: Ruling) -> list[Wording]:
    """Where books differ and which counts; what a book states that is not applied, and why."""
    return list(dict.fromkeys([*map(difference, ruling.differences), *map(not_applied, ruling.stated)]))


def _named(statement: Statement) -> str:
    return "、".join(statement.why.clauses) or statement.why.row
