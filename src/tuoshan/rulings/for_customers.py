"""What a customer is told of a ruling in a chat: what is due, on what it rests and what to do next; no number of ours,
nothing that only staff need. Functions answer in the language in force.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import REMEDIES, Computed, Pack
from tuoshan.core.policy.statements import Lengthening, Ruling, Statement, Why
from tuoshan.core.policy.words.sentences import Line
from tuoshan.core.policy.words.sums_told import Pieces, chosen_from
from tuoshan.core.policy.words.wording import SAYS_NOTHING, lines, verdict
from tuoshan.punctuation import in_brackets, in_turn, listed, titled
from tuoshan.rulings import library

OF_THE_THING = ("return", "exchange", "repair", "replace_part")
"""Remedies for which the thing itself is brought or sent."""
PERHAPS_LATER = (Lengthening("", NO_WORDING),)
THEIRS_TO_TELL = frozenset((
    "platform", "sale", "goods", "problem", "province",
    "sold_on", "signed_on", "delivered_on", "installation", "installed_on", "found_on", "repaired_on", "replaced_on",
    "promise_ends", "valid_until",
    "paid", "loss", "faulty_paid", "missing_paid", "accessory_price",
    "used", "intact", "activated", "proxy_agreed", "own_carrier", "refused_at_door", "refusal_ground",
    "has_receipt", "has_card", "purchase_provable", "agreed_months", "agreed_km", "exchange_months", "exchange_km",
    "use_coefficient", "mileage_km", "is_replacement", "repairs_same_fault", "repair_days", "repair_days_now",
    "parts_wait_days", "set_kind", "wants", "accepts_other_model", "photo_taken", "buyer_test_report",
))  # fmt: skip
"""What a customer knows of the purchase, or can show; with it whatever is seen on the thing itself. All else is ours to
find out: whether we deceived them, who caused the fault, what the other side's proof is worth, what is in stock."""
TO_THEM = {
    "problem": Wording("您反映的是什么问题", "What is the problem"),
    "wants": Wording("您想要什么", "What would you like"),
    "accepts_other_model": Wording("是否愿意换其他型号", "Would you take another model"),
    "installation": Wording("要不要另行安装，装好了没有", "Is it to be installed, and is that done"),
    "proxy_agreed": Wording("放驿站、代收或代签，您是否同意过", "Did you agree that others take it"),
    "own_carrier": Wording("快递是不是您自己另外选的", "Did you choose another carrier yourself"),
    "buyer_test_report": Wording("有没有检测报告", "Do you have a test report"),
}
"""Questions that speak of the customer to staff, as they are put to the customer."""
ASIDE = re.compile(r"（[^（）]*）| ?\([^()]*\)")
"""What a question says in brackets is how staff enter the answer."""
FEES = {"折旧费": Wording("折旧费", "the fee for use"), "补偿费": Wording("补偿费", "the compensation for use")}
"""What clauses call a fee for use."""
FEE = re.compile("|".join(FEES))
TO_STAFF = re.compile(r"(，请核对|[:,;] verify( it)?)$")
"""What a doubt ends with where it is for staff to look after."""


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


def asked_of_them(ruling: Ruling) -> list[str]:
    """Of what is open, the questions that the customer can answer or bring a paper for, in the language in force."""
    facts = library.facts()
    mine = (one.fact for one in ruling.questions if one.fact in facts)
    return [
        ASIDE.sub("", words(TO_THEM.get(name, facts[name].ask))).rstrip("?？ ") for name in mine
        if name in THEIRS_TO_TELL or facts[name].seen
    ]  # fmt: skip


def found_out_by_us(ruling: Ruling) -> bool:
    """Whether anything is open that is not the customer's to answer."""
    return len(asked_of_them(ruling)) < len(ruling.questions)


def doubts(ruling: Ruling) -> tuple[Wording, ...]:
    """Why it is not certain, as far as that is more than the number of a clause."""
    cited = [pack.clauses[name] for pack, name in ruling.clauses if name in pack.clauses]
    of_numbers = {one.provisional: one.doubt for one in cited if one.verify_number}
    return tuple(dict.fromkeys(
        Wording(TO_STAFF.sub("", why.zh), TO_STAFF.sub("", why.en))
        for one in ruling.provisional if (why := of_numbers.get(one, one)).zh
    ))  # fmt: skip


def fees_told(ruling: Ruling) -> list[str]:
    """Where a clause that is quoted names a fee, plainly whether one is taken; where one is, by which clause."""
    quoted = [(pack, name) for pack, name in _quoted(ruling) if FEE.search(pack.clauses[name].told.zh)]
    taken = [right for right in ruling.rights if right.fee]
    if not ruling.rights or not quoted:
        return []
    if not taken:
        named = {fee for pack, name in quoted for fee in FEE.findall(pack.clauses[name].told.zh)}
        return [_("下面引用的规定里提到的%(fees)s，这次不收") % {
            "fees": listed(words(called) for fee, called in FEES.items() if fee in named)
        }]  # fmt: skip
    at_once = any("一次退清" in pack.clauses[name].told.zh for pack, name in _quoted(ruling))
    told = []
    for right in taken:
        cited = {(by.why.pack.name, name) for by in right.given_by for name in by.why.clauses}
        by_rule = [_named(pack, name) for pack, name in quoted if (pack.name, name) in cited]
        said = {"remedy": words(REMEDIES[right.remedy]), "fee": format_money(right.fee or Decimal(0)),
                "rule": listed(by_rule)}  # fmt: skip
        if by_rule and right.amount is not None:
            off = _("%(remedy)s扣除的 %(fee)s，依据%(rule)s") % said
            told.append(in_turn([off, _("扣除后的余额一次退清")]) if at_once else off)
        elif by_rule:
            told.append(_("%(remedy)s另收的 %(fee)s，依据%(rule)s") % said)
    return told


def _named(pack: Pack, name: str) -> str:
    """By what a clause is called where it is not quoted: its article, else its book."""
    clause = pack.clauses[name]
    return words(clause.article) if clause.cites and not clause.verify_number else words(pack.title)


def rests_on(ruling: Ruling) -> list[str]:
    """The clauses behind what is told, each once: what it says, by which article; by which source where it names none,
    or none whose number is certain. What is stated and not applied is no ground."""
    return list(dict.fromkeys(_clause(pack, name) for pack, name in _quoted(ruling)))


def _quoted(ruling: Ruling) -> list[tuple[Pack, str]]:
    cited = {name for line in sentences_of(ruling) for name in line.clauses} - {one.clause for one in ruling.stated}
    return [(pack, name) for pack, name in ruling.clauses if name in cited and name in pack.clauses]


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


def next_steps(matters: Sequence[tuple[str, Ruling, str]], phone: str) -> list[str]:
    """What the customer can do now, each once; where matters differ in it, with those that it is about. Each matter
    with its title and the remedy that the customer chose already; empty where none was chosen."""
    found: dict[str, list[str]] = {}
    for title, ruling, chosen in matters:
        for step in _steps(ruling, phone, chosen):
            found.setdefault(step, []).append(title)
    return [
        titled(listed(titles), step) if len(titles) < len(matters) else step for step, titles in found.items()
    ]  # fmt: skip


def _steps(ruling: Ruling, phone: str, chosen: str) -> Iterable[str]:
    reach = _("回复本消息或拨打 %(phone)s") % {"phone": phone} if phone else _("回复本消息")
    to_choose, _besides = chosen_from(ruling)
    if ruling.questions:
        yield _still_open(ruling, reach)
    elif to_choose:
        yield _to_be_done(ruling, reach, chosen)
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


def _still_open(ruling: Ruling, reach: str) -> str:
    """Who finds out what is open: of the customer only what is theirs to tell."""
    if not asked_of_them(ruling):
        return _("还要核实的情况由我们查，查明后答复您；这一步不用您做什么，有疑问的请联系我们：%(reach)s。") % {
            "reach": reach
        }
    if found_out_by_us(ruling):
        return _("请回答上面请您告诉我们的，手上有凭证的一并发来：%(reach)s。其余情况由我们核实，查明后答复您。") % {
            "reach": reach
        }
    return _("请回答上面请您告诉我们的，手上有凭证的一并发来：%(reach)s。我们收到后答复您。") % {"reach": reach}


def _to_be_done(ruling: Ruling, reach: str, chosen: str) -> str:
    """What to choose and to have ready: documents only where some are asked for, the thing only where it is needed. Who
    has chosen is not asked to, and is told of that remedy alone."""
    to_choose, besides = chosen_from(ruling)
    if named := [right for right in to_choose if right.remedy == chosen]:
        to_choose = tuple(named)
    choosing = len(to_choose) > 1
    told = {"reach": reach, "remedy": words(REMEDIES[chosen]) if named else ""}
    if any(right.needs or right.better_needs for right in (*to_choose, *besides)):
        if named:
            return _("我们按您选的“%(remedy)s”办理，请备好上面要求的凭证和商品：%(reach)s。") % told
        if choosing:
            return _("请告诉我们您选哪一种，并备好上面要求的凭证和商品：%(reach)s。") % told
        return _("需要办理的，请备好上面要求的凭证和商品：%(reach)s。") % told
    if any(right.remedy in OF_THE_THING for right in to_choose):
        if named:
            return _("我们按您选的“%(remedy)s”办理，请备好商品：%(reach)s。") % told
        if choosing:
            return _("请告诉我们您选哪一种，并备好商品：%(reach)s。") % told
        return _("需要办理的，请备好商品：%(reach)s。") % told
    if named:
        return _("我们按您选的“%(remedy)s”办理；有疑问的，请联系我们：%(reach)s。") % told
    return (_("请告诉我们您选哪一种：%(reach)s。") if choosing else _("需要办理的，请联系我们：%(reach)s。")) % told


def signature(name: str, phone: str, day: str) -> str:
    """Who says it, how to reach them, and when it was said."""
    return " ".join(one for one in (name, phone, day) if one)

