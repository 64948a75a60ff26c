"""A ruling as told to the customer, on paper or as text to be pasted into a chat: from the bench as it stands, or as it
was frozen in a case. The paper is to be kept and cites each clause; the text says what a customer reads in a chat.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.policy.as_data import plain
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.pack import LAYER_TITLES, REMEDIES, Fact, Pack
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.days_told import day_en, day_zh
from tuoshan.core.policy.words.differences_told import differing
from tuoshan.core.policy.words.sentences import capital
from tuoshan.core.policy.words.sums_told import all_pieces, chosen_from
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.documents import pdf
from tuoshan.documents.gaps import whole
from tuoshan.documents.papers import Issuer, RulingData, RulingPart, RulingTitles
from tuoshan.knowledge.company import company
from tuoshan.punctuation import in_brackets, in_turn, listed, titled
from tuoshan.rulings import for_customers, keeping, library
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.totals import LineSum, beside_each_other, extras_told, line_sum, together

PERCENT = "百分之"
"""The unit of a fact that stands before its number in Chinese, and is written as a sign."""
Language = Literal["zh-hans", "en"]
Line = tuple[str, Ruling, LineSum | None]
"""What a line is called, what is ruled on it, and what it comes to where there are several."""


def paper(matters: Sequence[Line], on: date, language: Language, *, number: str = "", digest: str = "") -> bytes:
    """The PDF of one or several rulings of one day."""
    with override(language):
        return pdf.ruling(_data(matters, on, language, number, digest), language=language)


def paper_of(row: KeptRuling, number: str, language: Language) -> bytes:
    """The PDF of a ruling as it was frozen. Raises NotWhole where any of it cannot be decrypted."""
    matter = whole(lambda: _frozen(row))
    return paper([matter], matter[1].on, language, number=number, digest=row.digest)


def text(matters: Sequence[Line], on: date, language: Language) -> str:
    """What the customer is told of it, to be pasted into a chat or read out: what is due and refused, on what it rests,
    what to do next, who says so and when. Nothing for staff, and no number of ours."""
    with override(language):
        many, house = len(matters), company()
        parts = [_text(_called(title, at, many), ruling, total) for at, (title, ruling, total) in enumerate(matters, 1)]
        if sums := _sums(matters):
            told = [titled(name, amount) for name, amount in (*sums, *_within(matters))]
            parts.append("\n".join([_titles().sums, *told]))
        named = [
            (_called(title, at, many), ruling, total.remedy if total is not None and total.chosen else "")
            for at, (title, ruling, total) in enumerate(matters, 1)
        ]  # fmt: skip
        parts += for_customers.next_steps(named, house.hotline)
        day = day_en(on) if language == "en" else day_zh(on)
        parts.append(for_customers.signature(house.named(language), house.hotline, day))
        return "\n\n".join(parts)


def text_of(row: KeptRuling, language: Language) -> str:
    """A ruling as it was frozen, as text."""
    matter = _frozen(row)
    return text([matter], matter[1].on, language)


def _frozen(row: KeptRuling) -> Line:
    ruling, total = ruled(row)
    return row.label, ruling, total


def _data(matters: Sequence[Line], on: date, language: Language, number: str = "", digest: str = "") -> RulingData:
    house = company()
    many = len(matters)
    matters = [(_called(title, at, many), ruling, total) for at, (title, ruling, total) in enumerate(matters, 1)]
    return RulingData(
        Issuer(house.named(language), house.hotline, house.address, house.website), _noon(on),
        tuple(_part(title, ruling, total) for title, ruling, total in matters), _titles(), number, _sums(matters),
        _within(matters), digest,
    )  # fmt: skip


def _titles() -> RulingTitles:
    return RulingTitles(
        choice=_("客户选择"), questions=_("还没有查明，结论可能变化"), lines=pgettext("ruling", "结论"),
        differences=_("规则之间的取舍"), provisional=_("暂定"), facts=_("依据的事实"), clauses=_("条款"),
        books=_("规则"), sums=_("合计"),
    )  # fmt: skip


def _text(title: str, ruling: Ruling, total: LineSum | None) -> str:
    """One matter."""
    titles, told = _titles(), for_customers.told(ruling)
    said = _headline(told, total)
    found = [titled(title, said) if title else said]
    if total is not None and total.chosen:
        found.append(titled(titles.choice, remedy_of(total)))
    if told.questions:
        below = [_("下面请您告诉我们的")] if for_customers.asked_of_them(told) else []
        found.append(titled(titles.questions, in_turn([*below, *_ours(told)])))
    pieces = total.several if total is not None else None
    sentences = [words(line.words) for line in for_customers.sentences_of(ruling, pieces)]
    sentences += for_customers.fees_told(ruling)
    if ruling.differences:
        sentences.append(_("几处规定不一样的地方，已经按对您更有利的办理"))
    for heading, some in (
        (titles.lines, sentences),
        (_("请您告诉我们"), for_customers.asked_of_them(ruling)),
        (titles.provisional, [capital(words(why)) for why in for_customers.doubts(ruling)]),
        (titles.facts, [" ".join(pair) for pair in _known(ruling, total)]),
        (_("依据"), for_customers.rests_on(ruling)),
    ):  # fmt: skip
        if some:
            found += ["", heading, *(f"- {one}" for one in some)]
    return "\n".join(found)


def _headline(told: Ruling, total: LineSum | None) -> str:
    """The answer in one sentence, for all pieces where there are several."""
    pieces = total.several if total is not None else None
    return words((all_pieces(pieces.parts, total.extra) if pieces and total else None) or verdict(told))


def _known(ruling: Ruling, total: LineSum | None) -> tuple[tuple[str, str], ...]:
    """What was taken as given; of several pieces how many they are, for their price is that of one."""
    found = facts_told(_facts(ruling))
    if total is None or total.quantity < 2:
        return found
    return (*found, (_("物品件数"), _("%(pieces)d 件，价款等都是一件的") % {"pieces": total.quantity}))


def _questions(told: Ruling) -> tuple[str, ...]:
    """What is still open, on paper: what the customer can tell by its question, all else as ours."""
    return (*for_customers.asked_of_them(told), *_ours(told))


def _ours(told: Ruling) -> list[str]:
    """That we find out what is not the customer's to tell; what that is are questions between ourselves."""
    if not for_customers.found_out_by_us(told):
        return []
    return [_("其余情况由我们核实") if for_customers.asked_of_them(told) else _("由我们核实")]


def _facts(ruling: Ruling) -> dict[str, object]:
    return {name: plain(value) for name, value in for_customers.facts_that_count(ruling).items()}


def ruled(row: KeptRuling) -> tuple[Ruling, LineSum]:
    """A ruling as it was frozen, and what its line comes to beside the others of its bench."""
    rows = keeping.ruled_together(row)
    found = [from_data(keeping.result_of(one)) for one in rows]
    sums = beside_each_other([
        line_sum(ruling, remedy=one.chosen, quantity=one.quantity, claim=keeping.claim_of_row(one))
        for one, ruling in zip(rows, found, strict=True)
    ])  # fmt: skip
    return next((ruling, total) for one, ruling, total in zip(rows, found, sums, strict=True) if one.pk == row.pk)


def _called(title: str, place: int, many: int) -> str:
    """Of several, one without a name goes by its place."""
    return title if title or many == 1 else _("第 %(number)d 件") % {"number": place}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(settings.TIME_ZONE))


def _part(title: str, ruling: Ruling, total: LineSum | None) -> RulingPart:
    told = ruling.for_customer()
    pieces = total.several if total is not None else None
    return RulingPart(
        title, _headline(told, total),
        (*((line.sign, words(line.words), " ".join(line.clauses)) for line in lines(told, pieces)),
         *(("cost", said, "") for said in for_customers.fees_told(ruling))),
        tuple(words(one) for one in differing(told)), tuple(capital(words(why)) for why in for_customers.doubts(told)),
        _questions(told), _known(ruling, total),
        tuple((name, words(pack.clauses[name].told)) for pack, name in _cited(told)),
        tuple(
            in_brackets(words(pack.title), listed([words(LAYER_TITLES[pack.layer]), _version(pack.version)]))
            for pack in told.packs
        ),
        remedy_of(total) if total is not None and total.chosen else "",
    )  # fmt: skip


def _cited(told: Ruling) -> list[tuple[Pack, str]]:
    """The clauses to which something on the paper refers."""
    named = {name for line in lines(told) for name in line.clauses} | {one.clause for one in told.stated}
    named |= {name for one in told.differences for by in (one.counts, one.yields) for name in by.why.clauses}
    named |= {law.clause for one in told.stated for law in one.overridden_by}
    return [(pack, name) for pack, name in told.clauses if name in named and name in pack.clauses]


def _version(number: int) -> str:
    return _("第 %(version)s 版") % {"version": number}


def facts_told(given: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Frozen facts as people read them: label and value, in the order of the matter."""
    facts = library.facts()
    names = [*(name for name in facts if name in given), *(name for name in given if name not in facts)]
    return tuple(
        (words(facts[name].field.label) if name in facts else name, fact_words(facts.get(name), given[name]))
        for name in names
    )


def fact_words(fact: Fact | None, value: object) -> str:
    """A frozen fact's value as people read it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if fact is None:
        return str(value)
    titles = {choice.value: words(choice.title) for choice in fact.field.choices}
    if fact.field.unit.zh == PERCENT:
        return f"{value}%"
    return f"{titles.get(str(value), value)} {words(fact.field.unit)}".strip()


def _sums(matters: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    """What is paid for each by the remedy that is named, where there are several, and altogether. What is exchanged or
    repaired brings no money and has no line.
    """
    sums = [(title, one) for title, _ruling, one in matters if one is not None]
    if len(sums) < 2 and not any(one.quantity > 1 for _title, one in sums):
        return ()
    told = []
    for title, one in sums:
        named = remedy_of(one)
        if one.total or one.waits:
            amount = "—" if one.waits and not one.total else format_money(one.total)
            told.append((listed([title, named]) if title else named, amount))
    if not told:
        return ()
    if any(one.waits for _title, one in sums):
        whole = _("一共（不含还不能判定的）")
    else:
        settled = all(one is None or one.chosen or len(chosen_from(ruling)[0]) < 2 for _title, ruling, one in matters)
        whole = _("一共") if settled else _("按上面列的方案一共")
    return (*told, (whole, format_money(together(one for _title, one in sums))))


def _within(matters: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    """What of the sum comes beside the remedies and on top of them."""
    if not _sums(matters):
        return ()
    found = extras_told([one for _title, _ruling, one in matters if one is not None])
    return tuple((said, format_money(amount)) for said, amount in found)


def remedy_of(one: LineSum) -> str:
    """The remedy of a line, with the number of pieces."""
    named = words(REMEDIES[one.remedy]) if one.remedy else _("还不能判定") if one.waits else _("不予支持")
    return f"{named} × {one.quantity}" if one.quantity > 1 else named
