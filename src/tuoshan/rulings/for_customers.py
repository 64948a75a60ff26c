"""What a customer is told of a ruling in a chat: what is due, on what it rests and what to do next; no number of ours,
nothing that only staff need. Functions answer in the language in force.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import Computed, Pack
from tuoshan.core.policy.sentences import Line
from tuoshan.core.policy.statements import Lengthening, Ruling, Statement, Why
from tuoshan.core.policy.sums_told import Pieces, chosen_from
from tuoshan.core.policy.wording import SAYS_NOTHING, lines, verdict
from tuoshan.punctuation import in_brackets, listed, titled
from tuoshan.rulings import library

OF_THE_THING = ("return", "exchange", "repair", "replace_part")
"""Remedies for which the thing itself is brought or sent."""
PERHAPS_LATER = (Lengthening("", NO_WORDING),)


def told(ruling: Ruling) -> Ruling:
    """The ruling without what is for staff, and without the names of fields that they might still ask for."""
    mine = ruling.for_customer()
    return replace(
        mine,
        rights=tuple(replace(one, later=PERHAPS_LATER) if one.later else one for one in mine.rights),
        periods=tuple(replace(one, later=PERHAPS_LATER) if one.later else one for one in mine.periods),
    )


def sentences_of(ruling: Ruling, pieces: Pieces | None = None) -> list[Line]:
    """The sentences of a ruling as the customer is told them, its sums for all pieces where there are several."""
    return list(lines(told(ruling), pieces))


def doubts(ruling: Ruling) -> tuple[Wording, ...]:
    """Why it is not certain, as far as that is more than the number of a clause."""
    cited = [pack.clauses[name] for pack, name in ruling.clauses if name in pack.clauses]
    of_numbers = {one.provisional: one.doubt for one in cited if one.verify_number}
    return tuple(dict.fromkeys(why for one in ruling.provisional if (why := of_numbers.get(one, one)).zh))


def rests_on(ruling: Ruling) -> list[str]:
    """The clauses behind what is told, each once: what it says, by which article; by which source where it names none,
    or none whose number is certain. What is stated and not applied is no ground."""
    cited = {name for line in sentences_of(ruling) for name in line.clauses} - {one.clause for one in ruling.stated}
    found = [(pack, name) for pack, name in ruling.clauses if name in cited and name in pack.clauses]
    return list(dict.fromkeys(_clause(pack, name) for pack, name in found))


def _clause(pack: Pack, name: str) -> str:
    clause = pack.clauses[name]
    if clause.cites and not clause.verify_number:
        return words(clause.told)
    return in_brackets(words(clause.text), words(pack.title))


def facts_that_count(ruling: Ruling) -> dict[str, object]:
    """What was taken as given, in the order of the matter; what was denied only where that decided something."""
    order = {name: place for place, name in enumerate(library.facts())}
    decided = set(_decided_by(ruling))
    names = sorted(ruling.facts, key=lambda name: (order.get(name, len(order)), name))
    return {name: ruling.facts[name] for name in names if name in decided or not _denied(ruling.facts[name])}


def _denied(value: object) -> bool:
    return value is False or value == Decimal(0) or value in ("0", "none")


def _decided_by(ruling: Ruling) -> Iterator[str]:
    """The facts that the rows look at which took something off or asked for a proof; of what was refused also those
    behind a value that they look at. What is due is not explained by all that the customer did not do."""
    books = {pack.hash: pack for pack in library.packs()}
    for by in (*(one.by for one in ruling.deductions.values()), *ruling.proofs):
        yield from _columns(by.why, books)
    for refused in ruling.refused:
        for by in refused.refused_by:
            yield from _behind(by, books)


def _book(why: Why, books: Mapping[str, Pack]) -> Pack:
    """The whole book: a frozen ruling knows of it no more than its name."""
    return why.pack if why.pack.tables else books.get(why.pack.hash, why.pack)


def _columns(why: Why, books: Mapping[str, Pack]) -> list[str]:
    pack = _book(why, books)
    table = pack.tables.get(why.table)
    row = next((row for row in table.rows if row.name == why.row), None) if table is not None else None
    if table is None or row is None:
        return []
    return [column.name for column, cell in zip(table.columns, row.cells, strict=True) if cell is not None]


def _behind(by: Statement, books: Mapping[str, Pack]) -> Iterator[str]:
    pack = _book(by.why, books)
    waiting, seen = _columns(by.why, books), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        if isinstance(value := pack.values.get(name), Computed):
            waiting += sorted(value.expression.reads)


def next_steps(matters: Sequence[tuple[str, Ruling]], phone: str) -> list[str]:
    """What the customer can do now, each once; where matters differ in it, with those that it is about."""
    found: dict[str, list[str]] = {}
    for title, ruling in matters:
        for step in _steps(ruling, phone):
            found.setdefault(step, []).append(title)
    return [
        titled(listed(titles), step) if len(titles) < len(matters) else step for step, titles in found.items()
    ]  # fmt: skip


def _steps(ruling: Ruling, phone: str) -> Iterable[str]:
    reach = _("回复本消息或拨打 %(phone)s") % {"phone": phone} if phone else _("回复本消息")
    to_choose, _besides = chosen_from(ruling)
    if ruling.questions:
        yield _("上面还要核实的，查明后我们就答复您；您知道的、手上有凭证的，请告诉我们：%(reach)s。") % {
            "reach": reach
        }
    elif to_choose:
        yield _to_be_done(ruling, reach)
    elif ruling.proofs and ruling.proofs[0].what == "buyer":
        yield _("请在上面的期限内把材料发给我们：%(reach)s。") % {"reach": reach}
    elif ruling.proofs:
        yield _("这一步不用您做什么，有了结果我们会告诉您。")
    elif not ruling.refused:
        if verdict(ruling) == SAYS_NOTHING:
            yield _("请和我们商量怎么办：%(reach)s。") % {"reach": reach}
        else:
            yield _("有疑问的，请联系我们：%(reach)s。") % {"reach": reach}
    if ruling.refused and not ruling.questions:
        yield _(
            "对不支持的部分有不同意见，可以补充理由和凭证向我们申诉（%(reach)s），由另外的人复核；"
            "也可以向 12315 投诉，或依法申请仲裁、提起诉讼。"
        ) % {"reach": reach}


def _to_be_done(ruling: Ruling, reach: str) -> str:
    """What to choose and to have ready: documents only where some are asked for, the thing only where it is needed."""
    to_choose, _besides = chosen_from(ruling)
    choosing, told = len(to_choose) > 1, {"reach": reach}
    if any(right.needs or right.better_needs for right in ruling.rights):
        if choosing:
            return _("请告诉我们您选哪一种，并备好上面要求的凭证和商品：%(reach)s。") % told
        return _("需要办理的，请备好上面要求的凭证和商品：%(reach)s。") % told
    if any(right.remedy in OF_THE_THING for right in to_choose):
        if choosing:
            return _("请告诉我们您选哪一种，并备好商品：%(reach)s。") % told
        return _("需要办理的，请备好商品：%(reach)s。") % told
    return (_("请告诉我们您选哪一种：%(reach)s。") if choosing else _("需要办理的，请联系我们：%(reach)s。")) % told


def signature(name: str, phone: str, day: str) -> str:
    """Who says it, how to reach them, and when it was said."""
    return " ".join(one for one in (name, phone, day) if one)

