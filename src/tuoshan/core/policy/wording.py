"""A ruling in words that can be read out: Chinese and English, each sentence standing on its clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tuoshan.core.money import format_money
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import BEARERS, LAYER_TITLES, MOVING, NEEDS, REMEDIES
from tuoshan.core.policy.reckoning import Reckoning
from tuoshan.core.policy.statements import (
    Chosen,
    Difference,
    Lengthening,
    Overriding,
    Refused,
    Right,
    Ruling,
    Stated,
    Statement,
)  # fmt: skip
from tuoshan.core.policy.sums_told import (
    Pieces,
    chosen_from,
    fee_called,
    how_reckoned,
    of_all,
    on_top_for_all,
    taken_off_all,
    total_words,
)  # fmt: skip

SUBJECTS = {
    "out": Wording("发出运费", "Outbound freight"), "back": Wording("退回运费", "Return freight"),
    "test_fee": Wording("检测费", "Test fee"), "repair": Wording("修理费用", "Cost of the repair"),
    "freight": Wording("运费", "Freight"), "fraud": Wording("惩罚性赔偿", "Punitive damages"),
    "food": Wording("食品安全赔偿", "Damages for unsafe food"), "gift": Wording("赠品价款", "Value of the gift"),
    "compensation": Wording("补偿上限", "Most that may be paid as compensation"),
    "punitive_damages": Wording("惩罚性赔偿上限", "Most of punitive damages"),
    "discount": Wording("优惠上限", "Largest discount"), "deposit": Wording("定金罚则加付", "On top of the deposit"),
}  # fmt: skip
"""Known subjects of costs and sums; others go by their name."""

RISKS = {
    "out": Wording("发出途中的风险", "The risk on the way out"),
    "back": Wording("退回途中的风险", "The risk on the way back"),
}  # fmt: skip
"""Whose risk each leg is, as a subject."""

TERMS = {
    "right": Wording("是否支持", "whether it is due"), "amount": Wording("金额", "the amount"),
    "fee": Wording("费用", "the fee"), "until": Wording("期限", "the last day"),
    "freight": Wording("运费", "the freight"), "risk": Wording("风险", "the risk"),
    "pays": Wording("费用承担", "who pays"), "period": Wording("保修期", "the guarantee"),
    "extra": Wording("加付金额", "the sum on top"), "deduct": Wording("扣减", "what is taken off"),
    "limit": Wording("上限", "the limit"), "proof": Wording("举证", "the proof"),
    "needs": Wording("须满足的条件", "what is asked for"),
}  # fmt: skip


PERIODS = {
    "guarantee": Wording("保修期到", "Covered until"),
    "inquiry": Wording("调查期间到", "Suspended for the inquiry until"),
    "application": Wording("可以申请到", "May be applied for until"),
}
"""What a period is called; a guarantee where nothing else is said."""
SAYS_NOTHING = Wording("规则没有规定，由双方协商", "The rules say nothing of this; it is for both sides to agree")
ASKED = Wording("所提要求", "What is asked")
"""What is refused where nothing in particular is."""
ANSWERS = ("inquiry", "application")
"""The periods that are an answer by themselves."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a ruling: its sign (due, needed, refused, asked, cost, said), the words, the clauses behind."""

    sign: str
    words: Wording
    clauses: tuple[str, ...] = ()
    counted: Wording | None = None
    """How the period in it was counted, for who asks."""


def verdict(ruling: Ruling) -> Wording:
    """The answer in one sentence."""
    if ruling.rights:
        to_choose, besides = chosen_from(ruling)
        zh = "；".join(_right_zh(right) for right in to_choose) + "".join(f"，另外{_right_zh(one)}" for one in besides)
        en = "; ".join(_right_en(right) for right in to_choose) + "".join(
            f"; besides {_right_en(one)}" for one in besides
        )
        more, total = _more(ruling), total_words(ruling) or NO_WORDING
        return Wording(f"可以{zh}{more.zh}{total.zh}", f"Due: {en}{more.en}{total.en}")
    if ruling.proofs:
        party, late = _party(ruling.proofs[0]), _is_late(ruling.proofs[0], ruling.on)
        return Wording(
            f"先由{party.zh}举证" + ("，期限已经过了" if late else ""),
            f"First {party.en} has to give proof" + ("; its time is over" if late else ""),
        )
    if ruling.questions:
        return Wording("还不能判定，请先回答问题", "Not decided yet: please answer what is asked")
    if ruling.refused:
        because, ended = ruling.refused[0].because, _last_day_of(ruling.refused[0])
        return Wording(f"不予支持：{because.zh}{ended.zh}" if because.zh else f"不予支持{ended.zh}",
                       f"Not due: {_small(because.en)}".rstrip(": ") + ended.en)  # fmt: skip
    if ruling.limits or ruling.deadlines or ruling.extras or ruling.freight or ruling.pays or ruling.risk or any(
        one.what in ANSWERS for one in ruling.periods
    ):
        return Wording("按下列规定办理", "As follows")
    duties = [one.words["text"] for one in ruling.said if one.kind == "duty"]
    if duties:
        told: Wording = duties[0]
        return told
    return SAYS_NOTHING


def _beside_words(given: Wording, to_choose: Sequence[Right]) -> Wording:
    """What is due besides, as a sentence of its own."""
    if len(to_choose) > 1:
        return Wording(f"不论选哪样，另外{given.zh}", f"Besides, whichever is chosen: {given.en}")
    return Wording(f"另外{given.zh}", f"Besides: {given.en}")


def _more(ruling: Ruling) -> Wording:
    if ruling.extra:
        amount = format_money(ruling.extra)
        return Wording(f"，另付 {amount}", f", and {amount} on top")
    return Wording("", "")


def _right_zh(right: Right) -> str:
    words = REMEDIES[right.remedy].zh
    if right.amount is not None:
        words += f" {format_money(right.amount)}"
    return words + (f"（{fee_called(right).zh} {format_money(right.fee)}）" if right.fee else "")


def _right_en(right: Right) -> str:
    words = REMEDIES[right.remedy].en.lower()
    if right.amount is not None:
        words += f" of {format_money(right.amount)}"
    return words + (f" ({fee_called(right).en} {format_money(right.fee)})" if right.fee else "")


def right_words(right: Right, pieces: Pieces | None = None) -> Wording:
    """A remedy with its sum and its fee; of several pieces for all of them."""
    return of_all(right, pieces.parts) if pieces else Wording(_right_zh(right), _right_en(right))


def ignored(ruling: Ruling) -> dict[str, Wording]:
    """Which of the facts given were not used, for they do not exist in this matter, each with that in words."""
    facts = {name: fact for read in ruling.reads for name, fact in read.pack.facts.items()}
    labels = {name: facts[name].field.label for name in ruling.ignored}
    return {
        name: Wording(
            f"“{label.zh}”与这件事无关，没有采用", f"'{label.en}' does not belong to this matter and was not used"
        )
        for name, label in labels.items()
    }


def lines(ruling: Ruling, pieces: Pieces | None = None) -> Iterator[Line]:
    """Everything that the ruling says, sentence by sentence, for a screen, a paper or the telephone; its sums for one
    piece, or for all of `pieces`, on which this was ruled."""
    to_choose, besides = chosen_from(ruling)
    for right in (*to_choose, *besides):
        until = _until(right)
        given = right_words(right, pieces)
        told = Wording(given.zh, _capital(given.en)) if right in to_choose else _beside_words(given, to_choose)
        yield Line("due", Wording(told.zh + until.zh, told.en + until.en),
                   _cited(*right.given_by), counted_words(right.counted, right.later))  # fmt: skip
    yield from _needed(ruling.rights)
    yield from _refusals(ruling)
    for kind, chosen in (("freight", ruling.freight), ("pays", ruling.pays), ("risk", ruling.risk)):
        if kind == "freight" and (both := _carried(ruling)) is not None:
            yield both
        else:
            for what, one in chosen.items():
                yield Line("cost", _borne(kind, what, str(one.value)), one.by.why.clauses)
        if kind in MOVING:
            yield from _of_single_remedies(ruling, kind)
    for chosen in (ruling.extras, ruling.deductions, ruling.limits):
        for what, one in chosen.items():
            if isinstance(one.value, Decimal) and (one.value or chosen is ruling.limits):
                subject = SUBJECTS.get(what, Wording(what, what))
                figure = _figure(what, one.value)
                zh, en = f"{subject.zh} {figure}", f"{subject.en} {figure}"
                if chosen is ruling.deductions:
                    off = taken_off_all(what, pieces) if pieces else Wording(figure, figure)
                    zh, en = f"扣除{subject.zh} {off.zh}", f"Taken off: {_small(subject.en)} {off.en}"
                if chosen is ruling.extras and pieces and what in pieces.shares:
                    on_top = on_top_for_all(what, pieces)
                    zh, en = f"{subject.zh} {on_top.zh}", f"{subject.en} {on_top.en}"
                elif chosen is ruling.extras:
                    how = how_reckoned(one)
                    zh, en = zh + how.zh, en + how.en
                yield Line("cost", Wording(zh, en), one.by.why.clauses)
    for statement in ruling.proofs:
        told = _proof_of_customer(statement, ruling.on) if ruling.to_customer else _proof(statement, ruling.on)
        yield Line("asked", told, statement.why.clauses)
    if not ruling.to_customer:
        yield from _each_once(_late(ruling))
    yield from _each_once(line for statement in ruling.periods for line in _period(statement))
    for statement in ruling.deadlines:
        yield Line("said", _deadline(statement, ruling.on), statement.why.clauses)
    for statement in ruling.said:
        text = statement.words.get("text")
        if isinstance(text, Wording):
            yield Line("said", text, statement.why.clauses)


def _refusals(ruling: Ruling) -> Iterator[Line]:
    """What is not due, why, and until when a period ran that is over; what is refused alike in one sentence."""
    alike: dict[tuple[tuple[str, str], ...], list[Refused]] = {}
    for refused in ruling.refused:
        grounds = tuple((one.why.pack.name, f"{one.why.table}.{one.why.row}") for one in refused.refused_by)
        alike.setdefault(grounds, []).append(refused)
    for some in alike.values():
        asked = [ASKED if one.remedy == "all" else REMEDIES[one.remedy] for one in some]
        because, period = some[0].because, _expired_period(some[0])
        zh = "、".join(one.zh for one in asked)
        en = ", ".join(one.en if place == 0 else _small(one.en) for place, one in enumerate(asked))
        told = Wording(_joined(f"{zh}：不支持", because.zh) + period.zh,
                       _joined(f"{en}: not due", _small(because.en)) + period.en)  # fmt: skip
        if ruling.questions:
            told = Wording(f"按已经回答的，{told.zh}", f"By what is answered so far: {_small(told.en)}")
        yield Line("asked" if ruling.questions else "refused", told, _cited(*(
            by for one in some for by in one.refused_by
        )))  # fmt: skip


def _last_day_of(refused: Refused) -> Wording:
    """Until when it could have been asked for, in brackets; nothing where no period is over."""
    if (over := refused.expired) is None:
        return NO_WORDING
    return Wording(f"（到 {day_zh(over.last_day)}为止）", f" (until {day_en(over.last_day)})")


def _expired_period(refused: Refused) -> Wording:
    """The same with the day from which the period ran, where it was counted."""
    over = refused.expired
    counted = counted_words(over.counted) if over is not None else None
    if counted is None:
        return _last_day_of(refused)
    return Wording(f"（{counted.zh}）", f" ({_small(counted.en)})")


def _carried(ruling: Ruling) -> Line | None:
    """Who bears what is carried to and fro where the sale was face to face and nothing was sent; None where the legs
    are to be told one by one."""
    legs = ruling.freight
    bearers = {str(one.value) for one in legs.values()}
    if ruling.facts.get("sale") != "store" or set(legs) != {"out", "back"} or len(bearers) > 1:
        return None
    [by] = bearers
    bearer = BEARERS.get(by, Wording(by, by))
    told = Wording(f"需要运送的，运输等必要费用由{bearer.zh}承担",
                   f"Where it has to be carried, necessary cost of transport is borne by {bearer.en}")  # fmt: skip
    return Line("cost", told, _cited(*(one.by for one in legs.values())))


def own_legs(ruling: Ruling, right: Right, kind: str) -> dict[str, Chosen]:
    """Who bears what of a remedy that is not told of all alike."""
    alike = getattr(ruling, kind)
    return {what: one for what, one in getattr(right, kind).items() if what not in alike}


def _of_single_remedies(ruling: Ruling, kind: str) -> Iterator[Line]:
    """Who bears a leg where remedies differ, those for which it is the same party in one sentence."""
    found: dict[tuple[str, str], list[tuple[Right, Chosen]]] = {}
    for right in ruling.rights:
        for what, one in own_legs(ruling, right, kind).items():
            found.setdefault((what, str(one.value)), []).append((right, one))
    for (what, by), some in found.items():
        borne, called = _borne(kind, what, by), remedies_words(right.remedy for right, _one in some)
        yield Line("cost", Wording(f"{called.zh}：{borne.zh}", f"{_capital(called.en)}: {_small(borne.en)}"),
                   _cited(*(one.by for _right, one in some)))  # fmt: skip


def remedies_words(names: Iterable[str]) -> Wording:
    """Remedies as one list."""
    titles = [REMEDIES[name] for name in names]
    return Wording("、".join(one.zh for one in titles), ", ".join(one.en.lower() for one in titles))


def _until(right: Right) -> Wording:
    """By when a remedy is to be asked for; where facts that nobody was asked may move that day, which these are."""
    facts = _quoted(right.later)
    if right.until is None:
        if not right.later:
            return NO_WORDING
        if not facts.zh:
            return Wording("，最晚哪天提出，核对后告诉您", ", by when you will be told once it is checked")
        return Wording(f"，最晚哪天提出看{facts.zh}", f", by when depends on {facts.en}")
    zh, en = day_zh(right.until), day_en(right.until)
    if right.later:
        perhaps = _perhaps_later(facts)
        return Wording(f"，至少 {zh}以前都可提出{perhaps.zh}", f", to be asked for by {en} at least{perhaps.en}")
    return Wording(f"，最晚 {zh}提出", f", to be asked for by {en}")


def _perhaps_later(facts: Wording) -> Wording:
    """That a day may move, and by what; a customer is not told the names of our fields."""
    if not facts.zh:
        return Wording("（可能更晚）", " (perhaps later)")
    return Wording(f"（看{facts.zh}，可能更晚）", f" (perhaps later, by {facts.en})")


def _quoted(facts: Sequence[Lengthening]) -> Wording:
    """Facts by their labels."""
    named = [one.label for one in facts if one.label.zh]
    return Wording("".join(f"“{one.zh}”" for one in named), ", ".join(f"'{one.en}'" for one in named))


def needs_words(names: Iterable[str]) -> Wording:
    """Conditions to meet as one list; one that is not known any more by its name."""
    known = [NEEDS.get(name, Wording(name, name)) for name in names]
    return Wording("；".join(one.zh for one in known), "; ".join(one.en for one in known))


def _needed(rights: Sequence[Right]) -> Iterator[Line]:
    """What remedies ask for, those that ask for the same in one sentence."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Right]] = {}
    for right in rights:
        if right.needs or right.better_needs:
            alike.setdefault((right.needs, right.better_needs), []).append(right)
    for (needs, better), some in alike.items():
        called = Wording("、".join(REMEDIES[right.remedy].zh for right in some),
                         _capital(", ".join(REMEDIES[right.remedy].en.lower() for right in some)))  # fmt: skip
        words, more = needs_words(needs), needs_words(better)
        zh, en = f"{called.zh}须：{words.zh}", f"{called.en}: asks for {words.en}"
        if better and needs:
            zh, en = f"{zh}；更高的金额、更长的期限另须：{more.zh}", f"{en}; its better terms also for {more.en}"
        elif better:
            zh, en = f"{called.zh}的更高金额、更长期限须：{more.zh}", f"{called.en}: its better terms ask for {more.en}"
        yield Line("needed", Wording(zh, en), _cited(*(one for right in some for one in right.asked_by)))


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
            f"{_capital(term.en)}: {higher.title.en} ({cited_zh}) is better for the consumer than {lower.title.en}"
            f" ({cited_en}) and counts",
        )
    layer = LAYER_TITLES[higher.layer]
    return Wording(
        f"{term.zh}：{lower.title.zh}（{cited_en}）低于{layer.zh}（{cited_zh}），{layer.zh}对消费者更有利，按{layer.zh}执行",
        f"{_capital(term.en)}: {lower.title.en} ({cited_en}) falls below {layer.en.lower()} ({cited_zh}),"
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
        f"{_capital(remedy.en)}: {lower.title.en} ({_named(one.yields)}) asks the customer for more than "
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
    return [*map(difference, ruling.differences), *map(not_applied, ruling.stated)]


def _named(statement: Statement) -> str:
    return "、".join(statement.why.clauses) or statement.why.row


def _borne(kind: str, what: str, by: str) -> Wording:
    bearer = BEARERS.get(by, Wording(by, by))
    if kind == "risk":
        leg = RISKS[what]
        return Wording(f"{leg.zh}由{bearer.zh}承担", f"{leg.en} is borne by {bearer.en}")
    subject = SUBJECTS.get(what, Wording(what, what))
    return Wording(f"{subject.zh}由{bearer.zh}承担", f"{subject.en} is borne by {bearer.en}")


def _figure(what: str, value: Decimal) -> str:
    return f"{value.normalize():f}" if what == "discount" else format_money(value)


def _party(statement: Statement) -> Wording:
    return BEARERS.get(statement.what, Wording(statement.what, statement.what))


def _proof(statement: Statement, on: date) -> Wording:
    party = _party(statement)
    what = statement.words.get("what")
    words = what if isinstance(what, Wording) else Wording("", "")
    silent = statement.words.get("silent")
    after = silent if isinstance(silent, Wording) else Wording("", "")
    time = _proof_time(statement, on)
    return Wording(
        "；".join(one for one in (f"请{party.zh}提供：{words.zh}", time.zh, after.zh) if one),
        "; ".join(one for one in (f"Wanted from {party.en}: {_small(words.en)}", time.en, after.en) if one),
    )


def _proof_of_customer(statement: Statement, on: date) -> Wording:
    """The same as we say it to the customer: we show ours, and speak of no time of our own."""
    party, what = _party(statement), statement.words.get("what")
    words = what if isinstance(what, Wording) else NO_WORDING
    who = {
        "seller": Wording(f"先由我们提供：{words.zh}", f"First we show: {_small(words.en)}"),
        "buyer": Wording(f"请您提供：{words.zh}", f"Please show us: {_small(words.en)}"),
    }.get(statement.what, Wording(f"请{party.zh}提供：{words.zh}", f"Wanted from {party.en}: {_small(words.en)}"))
    ends, silent = statement.amounts.get("ends"), statement.words.get("silent")
    if statement.words.get("time") == "ours" and isinstance(ends, date):
        over = Wording("，已经过了", ", which is over") if _is_late(statement, on) else NO_WORDING
        time = Wording(f"最晚 {day_zh(ends)}{over.zh}（另有写明期限的，以写明的为准）",
                       f"by {day_en(ends)}{over.en} (a time that is stated counts before it)")  # fmt: skip
    else:
        time = _proof_time(statement, on)
    after = silent if isinstance(silent, Wording) else NO_WORDING
    return Wording(
        "；".join(one for one in (who.zh, time.zh, after.zh) if one),
        "; ".join(one for one in (who.en, time.en, after.en) if one),
    )


def _is_late(statement: Statement, on: date) -> bool:
    """Whether the last day for a proof or a duty lies before the day of asking."""
    ends = statement.amounts.get("ends")
    return isinstance(ends, date) and ends < on


TIME_IS_OVER = Wording(
    "对方没有提供的，把举证情况改为“逾期未提供”或“否”；另给期限的，填新的期限；再问一次",
    "Where nothing was shown, answer 'silent' or 'no' for how the proof stands; where more time was given, tell the new"
    " day; then ask again",
)
"""What staff do next once a side's time for a proof is over; the answer stays with them."""


def _late(ruling: Ruling) -> Iterator[Line]:
    """The next step where the time of a proof is over, but where the book itself names that time."""
    for statement in ruling.proofs:
        if statement.words.get("time") and _is_late(statement, ruling.on):
            yield Line("said", TIME_IS_OVER, statement.why.clauses)


def _proof_time(statement: Statement, on: date) -> Wording:
    """By when a proof has to be there, whose time that is, and that it is over by the day of asking; nothing of a
    ruling that was kept without."""
    ends, within = statement.amounts.get("ends"), str(statement.words.get("within") or "")
    if not isinstance(ends, date):
        return Wording(f"{length_zh(within)}内", f"within {length_en(within)}") if within else Wording("", "")
    zh, en = f"最晚 {day_zh(ends)}", f"by {day_en(ends)}"
    over = Wording("，已经过了", ", which is over") if _is_late(statement, on) else NO_WORDING
    match statement.words.get("time"):
        case "stated":
            return Wording(f"{zh}（已写明的期限{over.zh}）", f"{en} (the time that was stated{over.en})")
        case "ours":
            return _our_time(statement, Wording(zh, en), over)
    return Wording(f"{zh}（{length_zh(within)}内{over.zh}）", f"{en} (within {length_en(within)}{over.en})")


def _our_time(statement: Statement, until: Wording, over: Wording) -> Wording:
    """Our own hours, from which day they run where that is known, and that nobody is silent before they are over."""
    hours, asked = statement.words.get("hours"), statement.amounts.get("starts")
    zh, en = f"这是我们自己的 {hours} 小时", f"these are our own {hours} hours"
    if isinstance(asked, date):
        zh, en = f"{zh}，从 {day_zh(asked)}请其举证起算", f"{en} from asking for it on {day_en(asked)}"
    told = Wording(
        f"{until.zh}（没有写明期限，{zh}{over.zh}；另有写明的，以写明的为准）",
        f"{until.en} (no time was stated: {en}{over.en}; a time that is stated counts before it)",
    )
    if not statement.words.get("early"):
        return told
    return Wording(f"{told.zh}；过了这一天仍没有提供，才算逾期", f"{told.en}; only after that day has it been silent")


def _each_once(told: Iterable[Line]) -> Iterator[Line]:
    """Lines that say the same as one, with the clauses of all."""
    alike: dict[str, list[Line]] = {}
    for line in told:
        alike.setdefault(line.words.zh, []).append(line)
    for some in alike.values():
        yield replace(some[0], clauses=tuple(dict.fromkeys(name for one in some for name in one.clauses)))


def _period(statement: Statement) -> Iterator[Line]:
    ends = statement.amounts.get("ends")
    if isinstance(ends, date):
        until = PERIODS.get(statement.what, PERIODS["guarantee"])
        told = Wording(f"{until.zh} {day_zh(ends)}", f"{until.en} {day_en(ends)}")
        if statement.later:
            perhaps = _perhaps_later(_quoted(statement.later))
            told = Wording(f"至少{told.zh}{perhaps.zh}", f"{told.en} at least{perhaps.en}")
        counted = counted_words(statement.counted, statement.later)
        if counted is not None and statement.words.get("restarts"):
            counted = Wording(f"{counted.zh}；换货后重新起算", f"{counted.en}; it begins anew with a replacement")
        yield Line("said", told, statement.why.clauses, counted)


def counted_words(counted: Reckoning | None, later: Sequence[Lengthening] = ()) -> Wording | None:
    """How a period was counted, in one sentence. Where nobody gave the day that it counts from (`later` names it), it
    was counted from the earliest on which that may have been, and no event is said of that day."""
    if counted is None:
        return None
    length = f"{counted.count} {counted.unit[:-1] if counted.count == 1 else counted.unit}"
    began = Wording("重新起算", "Counted anew") if counted.anew else Wording("起算", "Counted")
    zh = f"自 {day_zh(counted.starts)}{counted.event.zh}{began.zh} {length_zh(length)}"
    en = f"{began.en} from {day_en(counted.starts)}, {counted.event.en}: {length_en(length)}"
    if any(one.fact == counted.counted_from for one in later):
        facts = _quoted([one for one in later if one.fact == counted.counted_from])
        zh = f"{facts.zh}没有填，先按最早可能的 {day_zh(counted.starts)}{began.zh} {length_zh(length)}"
        en = f"{facts.en} was not given: {_small(began.en)} from {day_en(counted.starts)}, the earliest that it can be"
        en += f", {length_en(length)}"
    if counted.left_out:
        zh += "，扣除" + "、".join(f"{one.called.zh} {one.days} 天" for one in counted.left_out)
        en += ", less " + " and ".join(
            f"{one.days} {'day' if one.days == 1 else 'days'} {one.called.en}" for one in counted.left_out
        )
    moved = Wording("（末日逢休息日，顺延）", " (moved past days off)") if counted.moved else Wording("", "")
    return Wording(f"{zh}，至 {day_zh(counted.ends)}止{moved.zh}", f"{en}, until {day_en(counted.ends)}{moved.en}")


def _deadline(statement: Statement, on: date) -> Wording:
    """Who has to do what by when, and that the day is over by the day of asking."""
    party = _party(statement)
    what, ends = statement.words.get("what"), statement.amounts.get("ends")
    words = what if isinstance(what, Wording) else Wording("", "")
    within = str(statement.words.get("within", ""))
    if isinstance(ends, date):
        over = Wording("已经过了", "which is over") if _is_late(statement, on) else NO_WORDING
        zh = "，".join(one for one in (f"{length_zh(within)}内" if within else "", over.zh) if one)
        en = ", ".join(one for one in (f"within {length_en(within)}" if within else "", over.en) if one)
        counted = Wording(f"（{zh}）", f" ({en})") if zh else NO_WORDING
        return Wording(
            f"{party.zh}最迟 {day_zh(ends)}{counted.zh}：{words.zh}",
            f"{_capital(party.en)}, by {day_en(ends)}{counted.en}: {words.en}",
        )
    return Wording(
        f"{party.zh}在 {length_zh(within)}内：{words.zh}",
        f"{_capital(party.en)}, within {length_en(within)}: {words.en}",
    )


_UNITS_ZH = {
    "minutes": "分钟", "hours": "小时", "days": "天", "law_days": "天", "working_days": "个工作日", "months": "个月",
    "law_months": "个月",
}  # fmt: skip


def length_zh(text: str) -> str:
    """A length of time such as `7 days` in Chinese."""
    count, _, unit = text.partition(" ")
    return f"{count} {_UNITS_ZH.get(unit if unit.endswith('s') else unit + 's', unit)}"


def length_en(text: str) -> str:
    """The same in English: how the law counts its days is the rule's matter, not the reader's."""
    return text.replace("law_", "").replace("_", " ")


def day_zh(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def day_en(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _cited(*statements: Statement) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in statements for name in one.why.clauses))


def _joined(first: str, second: str) -> str:
    if not second:
        return first
    return f"{first}，{second}" if any("\u3400" <= sign <= "\u9fff" for sign in first) else f"{first}; {second}"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
