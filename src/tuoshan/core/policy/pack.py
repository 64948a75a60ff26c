"""A compiled policy pack: one rule book as frozen data.

Read from YAML by `reading`, proved by `checking`, answered by `ruling`. Nothing here computes; the names follow
docs/policies.md. Every element keeps the line of the file that it came from, so that a finding can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, cast

from tuoshan.core.conditions import Expression
from tuoshan.core.playbook import NO_WORDING, Field, Wording
from tuoshan.core.policy.reading.cells import Cell, Domain

Layer = Literal["law", "national", "platform", "house"]
LAYERS: tuple[Layer, ...] = ("law", "national", "platform", "house")
"""From the highest to the lowest; `national` are the State's own three-guarantee rules for kinds of goods."""

BY_LAW: tuple[Layer, ...] = ("law", "national")
"""The layers whose rights nobody but a supervisor goes below."""

LAYER_TITLES: Mapping[Layer, Wording] = {
    "law": Wording("法律", "Law"),
    "national": Wording("国家三包规定", "National guarantee rules"),
    "platform": Wording("平台规则", "Platform rules"),
    "house": Wording("商家承诺", "House promise"),
}

Hit = Literal["first", "unique", "collect"]
OutputKind = Literal["choice", "yes_no", "number", "money", "date"]
BandUnit = Literal["days", "law_days", "months", "law_months"]
"""`law_` units move a last day that is not a working day to the next one."""
LAWFUL, MONTHS = frozenset(("law_days", "law_months")), frozenset(("months", "law_months"))

REMEDIES: Mapping[str, Wording] = {
    "refund": Wording("仅退款", "Refund without return"),
    "return": Wording("退货退款", "Return for a refund"),
    "exchange": Wording("换货", "Exchange"),
    "reissue": Wording("补发", "Send again"),
    "repair": Wording("维修", "Repair"),
    "replace_part": Wording("更换部件", "Replace the part"),
    "compensation": Wording("补偿", "Compensation"),
    "loaner": Wording("提供备用品", "Loaner"),
    "discount": Wording("优惠", "Discount"),
    "service": Wording("上门或技术服务", "Service"),
}
"""What somebody may be entitled to, in the order in which they are listed where nothing else decides."""

NEEDS: Mapping[str, Wording] = {
    "receipt": Wording("发票或小票（或双方认可购买）", "the invoice or receipt (or the purchase acknowledged)"),
    "purchase_proof": Wording("发票，或能证明购买日期的其他凭据", "the invoice, or other proof of the day of sale"),
    "card": Wording("三包卡或三包凭证", "the guarantee card"),
    "matching": Wording("商品与发票、三包卡相符", "goods that match invoice and card"),
    "test_report": Wording("检测报告", "the test report"),
    "intact": Wording("商品完好，配件、商标标识齐全", "goods intact, with accessories and labels"),
    "as_sold": Wording("保持原样", "goods as they were sold"),
    "unused": Wording("未穿用", "goods neither worn nor used"),
    "clean": Wording("没有污损或洗涤变形", "goods neither soiled, damaged nor washed out of shape"),
    "no_scratches": Wording("外观无划伤", "goods without scratches"),
    "no_data": Wording("未激活，没有使用数据", "a device neither activated nor holding data"),
    "seal": Wording("一次性密封包装完好", "the one-time seal unbroken"),
    "full_set": Wording("附件齐全", "all accessories"),
    "packing": Wording("原包装", "the original packing"),
    "gift": Wording("赠品一并退回", "the gift sent back as well"),
    "own_address": Wording("寄到卖家申报的退货地址", "sending to the address that the seller declared"),
    "unwashed": Wording("未洗过", "goods unwashed"),
    "complete_request": Wording("完整的报修申请", "a complete request"),
    "approval": Wording("领导批准", "the leader's approval"),
    "tracking": Wording("提供退货物流单号", "giving the tracking number of the return"),
    "card_untouched": Wording(
        "保修卡未填写、未刮开，机器未注册", "the guarantee card neither filled in nor scratched, no registration"
    ),
    "factory_state": Wording("软件为出厂状态", "the software in factory state"),
    "door_photo": Wording("拒收时拍下的照片", "a photo taken at the door"),
}
"""What a remedy may ask for: documents, the state of the goods, what to do on sending them back."""

SENDING_BACK = ("own_address", "tracking")
"""How goods are sent back. It takes no right away, so it is told whichever layer asks for it."""

BEARERS: Mapping[str, Wording] = {
    "seller": Wording("商家", "the seller"),
    "engineering": Wording("工程部", "engineering"),
    "carrier": Wording("快递", "the carrier"),
    "platform": Wording("平台", "the platform"),
    "supplier": Wording("厂家", "the manufacturer"),
    "at_fault": Wording("有过错的一方", "whoever is at fault"),
    "half": Wording("双方各半", "half each"),
    "damager": Wording("损坏的人", "whoever did the damage"),
    "buyer": Wording("消费者", "the consumer"),
}
"""Who may bear a cost or a risk, from what costs the consumer least to what costs most."""

LEGS = ("out", "back")
"""The ways that goods travel."""

MOVING = ("freight", "risk")
"""What is said of goods on their way."""

PUTTING_RIGHT = ("refund", "return", "exchange", "reissue", "repair", "replace_part")
"""The remedies to choose from; all others come beside them. Beside one of these a refusal, and what the consumer bears
by it, does not stand."""

PROOF_UNTIL: Mapping[str, str] = {"seller": "seller_proof_until", "buyer": "buyer_proof_until"}
"""By who has to prove, the fact that holds the last day stated to them in this matter, as a platform states it."""
PROOF_OF_EITHER = "proof_until"
"""That fact in books that were kept before each side had its own."""
PROOF_ASKED: Mapping[str, str] = {"seller": "seller_asked_on", "buyer": "buyer_asked_on"}
"""By who has to prove, the fact that holds the day on which the proof was last asked for: from it our hours run."""
SILENT = "silent"
"""The answer that a side let its time pass, where a fact asks how a proof of its stands."""
AWAITED = "awaited"
"""The answer that a side still has its time."""
PROOF_HOURS = "proof_hours"
"""The setting of a book that says how long we wait for a proof where no time was stated."""
OUR_HOURS = Decimal(48)
"""That, where the book has no such setting."""

TODAY = "today"
"""The day of asking, as conditions name it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be known of a matter: its form field, the question that asks for it, and when it exists at all."""

    field: Field
    ask: Wording
    not_before: tuple[str, ...] = ()
    """Dates that this one cannot lie before; the first is a fact of every book that asks for this one."""
    shared: bool = False
    ahead: bool = False
    """Whether this date may still lie ahead, as the end of a period does."""
    whole: bool = False
    """Whether this number counts something that has no parts: repairs, days, months."""
    called: Wording | None = None
    """What happened on this day, or on these days, in a sentence about a period; else its label says it."""
    anew: bool = False
    """Whether a period that counts from this day began again on it."""
    days_since: str = ""
    """The date since which this number counts days: there cannot have been more."""
    seen: bool = False
    """Whether it is seen on the thing itself: what it is, what is wrong with it. Asked before exclusions as weighty."""
    lengthens: bool = False
    """Whether it only lengthens a period: asked after what is as weighty."""
    proof_of: str = ""
    """Whose proof this tells the state of: `seller`, `buyer`, or the fact that says who."""

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def asked_if(self) -> Expression | None:
        return self.field.show_if


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that the company may change; it counts as part of the version."""

    name: str
    label: Wording
    value: object
    provisional: Wording = NO_WORDING
    unit: Wording = NO_WORDING
    """In what a number is counted."""
    least: Decimal | None = None
    most: Decimal | None = None
    whole: bool = False
    managers_only: bool = False
    """Whether only a manager changes it; a book in which anybody else did is not published."""
    in_examples: object = None
    """The value with which the book's examples run; None where they run with its own."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class InForce:
    """The dates between which something holds, judged by the date that the fact `by` names; `until` is out."""

    by: str
    begins: date | None = None
    until: date | None = None
    line: int = field(default=0, compare=False)

    def holds(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.until is None or day < self.until)

    def holds_for(self, given: Mapping[str, object], today: date) -> bool | None:
        """Whether it holds by its fact as that is given; None where it is not."""
        day = today if self.by == TODAY else given.get(self.by)
        return self.holds(day) if isinstance(day, date) else None


NO_ARTICLE = Wording("无", "none")
"""The article of a clause that rests on none of its own."""
NUMBER_TO_VERIFY = Wording(
    "条号还不确定，引用前请核对", "The number of the article is not certain; check it before it is cited"
)
"""Why a ruling is provisional that cites such a clause."""


@dataclass(frozen=True, slots=True)
class Clause:
    name: str
    text: Wording
    in_force: InForce | None = None
    doubt: Wording = NO_WORDING
    """Why what it says is not certain, as the book gives it."""
    overridden_by: tuple[str, ...] = ()
    """The clauses that stand above what it says, as `book.CLAUSE`: rows state it then, and never apply it."""
    line: int = 0
    article: Wording = NO_WORDING
    """The law and article that it says, as they are cited: `消法第24条 / Consumer Law 24`; NO_ARTICLE where there is
    none."""
    verify_number: bool = False
    """Whether the number under which it is cited is still to be verified: it makes a ruling provisional, and a customer
    is told no such number."""

    @property
    def provisional(self) -> Wording:
        """Why a ruling that cites it is not certain."""
        if not self.verify_number:
            return self.doubt
        if not self.doubt.zh:
            return NUMBER_TO_VERIFY
        return Wording(f"{self.doubt.zh}；{NUMBER_TO_VERIFY.zh}", f"{self.doubt.en}; {NUMBER_TO_VERIFY.en}")

    @property
    def cites(self) -> bool:
        """Whether it names a law and article."""
        return bool(self.article.zh) and self.article != NO_ARTICLE

    @property
    def told(self) -> Wording:
        """What it says, behind the article that says so."""
        if not self.cites:
            return self.text
        return Wording(f"{self.article.zh}：{self.text.zh}", f"{self.article.en}: {self.text.en}")


def clause_column(name: str) -> str:
    """The hidden column of a clause with dates of its own: rows that cite it hold only while it is in force."""
    return f"clause {name}"


# -- values worked out from facts -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression over facts and other values."""

    name: str
    expression: Expression
    line: int = 0


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Whole days between two dates, less what does not count; day 0 is the start."""

    name: str
    start: str
    to: str
    less: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    name: str
    count: int | str
    """A number, or the name of a fact or value that holds it."""
    unit: BandUnit


@dataclass(frozen=True, slots=True)
class Bands:
    """Into which band of days a date falls: the first whose last day is not before it, else `otherwise`."""

    name: str
    start: str
    to: str
    bands: tuple[Band, ...]
    otherwise: str
    less: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class EndOf:
    """The last day of a period."""

    name: str
    start: str
    plus: Band
    more: str = ""
    line: int = 0


Value = Computed | DaysBetween | Bands | EndOf


def lengths(value: Value) -> tuple[str, ...]:
    """The names that say how long the periods of a value are, and by how much they lengthen."""
    match value:
        case Bands(bands=bands, less=less):
            found = [less, *(band.count for band in bands)]
        case EndOf(plus=plus, more=more):
            found = [more, plus.count]
        case DaysBetween(less=less):
            found = [less]
        case Computed():
            found = []
    return tuple(name for name in found if isinstance(name, str) and name)


def inputs(value: DaysBetween | Bands | EndOf) -> tuple[str, ...]:
    """All names that it is made of: its days first."""
    days = (value.start,) if isinstance(value, EndOf) else (value.start, value.to)
    return (*days, *lengths(value))


# -- tables ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """An expression with bounds, rounded to the fen."""

    of: Expression
    at_least: Expression | None = None
    at_most: Expression | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a row finds: `kind` is a verb of the closed list, `what` the remedy, leg or subject it is about.

    `amounts` are worked out when the row hits (amount, fee, until, at_most …), `words` are fixed.
    """

    kind: str
    what: str = ""
    condition: Expression | None = None
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)
    line: int = 0


def needs_of(finding: Finding) -> tuple[str, ...]:
    """The conditions to meet that a finding names."""
    return cast(tuple[str, ...], finding.words.get("needs", ()))


@dataclass(frozen=True, slots=True)
class Output:
    """What a table gives to those that read it. `choices` of a choice are the texts that its rows use."""

    name: str
    kind: OutputKind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell | None, ...]
    """One for each column of the table; None holds for anything."""
    outputs: Mapping[str, object] = field(default_factory=dict)
    """Literals, or an Amount."""
    findings: tuple[Finding, ...] = ()
    clauses: tuple[str, ...] = ()
    because: Wording = NO_WORDING
    line: int = 0

    @property
    def stated(self) -> tuple[str, ...]:
        """The clauses that it states and does not apply."""
        return tuple(one.what for one in self.findings if one.kind == "stated")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    title: Wording
    hit: Hit
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    outputs: tuple[Output, ...] = ()
    never: tuple[Mapping[str, Cell], ...] = ()
    line: int = 0
    file: str = ""


def example_title(name: str) -> Wording:
    """The name of an example in both languages; of one that is named in a single one, that."""
    zh, _slash, en = name.partition(" / ")
    return Wording(zh.strip(), (en or zh).strip())


@dataclass(frozen=True, slots=True)
class Example:
    """Facts and what must be ruled on them, as data; `expect` is compared by `examples`. `because`: why that is so, by
    the source and not by the book."""

    name: str
    on: date
    facts: Mapping[str, object]
    expect: Mapping[str, object]
    line: int = 0
    because: Wording = NO_WORDING

    @property
    def title(self) -> Wording:
        """Its name in both languages."""
        return example_title(self.name)


@dataclass(frozen=True, eq=False)
class Pack:
    """One version of a rule book; loaded once, so two are the same when they are one object."""

    name: str
    version: int
    title: Wording
    source: Wording
    layer: Layer
    applies: Expression | None
    in_force: InForce | None
    facts: Mapping[str, Fact]
    settings: Mapping[str, Setting]
    values: Mapping[str, Value]
    clauses: Mapping[str, Clause]
    tables: Mapping[str, Table]
    examples: tuple[Example, ...] = ()
    labels: Mapping[str, Wording] = field(default_factory=dict)
    """What values and outputs are called where people read the tables."""
    meant: Mapping[str, Wording] = field(default_factory=dict)
    """Doubts of the check (`doubting`) that are answered: by their key, why it is meant so."""
    hash: str = ""
    file: str = ""

    @cached_property
    def key(self) -> str:
        """Name and version, as a ruling names the pack."""
        return f"{self.name}@{self.version}"

    @cached_property
    def rank(self) -> int:
        """0 for the law, larger for lower layers."""
        return LAYERS.index(self.layer)
