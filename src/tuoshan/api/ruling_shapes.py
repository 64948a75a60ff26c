"""What is sent for a ruling over the API and what comes back. Of many, each is read by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, Discriminator, Tag, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from tuoshan.api import problems
from tuoshan.rulings.totals import MOST_PIECES

MOST_AT_ONCE = 10_000
MOST_ON_PAPER = 20
LONGEST = 200
Name = Annotated[str, Field(max_length=60)]


def _as_told(value: Any) -> Any:
    """A fact as it may be sent; a number with a fraction is no exact amount and is told so."""
    match value:
        case str() if len(value) > LONGEST:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": LONGEST})
        case str() | bool() | int() | None:
            return value
        case float():
            raise PydanticCustomError("number_as_text", "write it as text")
    raise PydanticCustomError("fact_kind", "text, whole number, true, false or null")


Told = Annotated[Annotated[str, Field(max_length=LONGEST)] | bool | int | None, BeforeValidator(_as_told)]
Facts = dict[Name, Told]


@dataclass(frozen=True)
class Unread:
    """One of many that is not shaped as the schema says: what is wrong, by name."""

    wrong: dict[str, str]


def _by_itself(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """What is wrong with one of many is told of that one, and the rest is taken."""
    try:
        return read(value)
    except ValidationError as error:
        return Unread(_wrong(error.errors()))


def _wrong(errors: Sequence[Any]) -> dict[str, str]:
    """What is wrong, by fact, or by what else stands in the item; `item`: the whole of it."""
    told: dict[str, str] = {}
    for one in errors:
        where = [str(part) for part in one["loc"] if part != "facts"]
        told.setdefault(where[0] if where else "facts" if one["loc"] else "item", problems.located(one)["message"])
    return told


BY_ITSELF = WrapValidator(_by_itself)


class Strict(Schema):
    """What is sent for a ruling: what is not known is refused, so that nothing is passed over in silence."""

    model_config = ConfigDict(extra="forbid")


class BookOut(Schema):
    """A rule book: its newest version."""

    name: str
    version: int
    title: str
    source: str
    layer: str
    clauses: dict[str, str]
    hash: str


class FactOut(Schema):
    """A fact that a book may ask for: the question, what it may be, and when it exists at all. Input is judged by
    `least` and `most` (of dates as well), `not_before` (facts, divided by commas), `not_after` (`today`: the day of
    asking), `whole` and `days_since` (a fact: no more days than since then); an amount has two decimals at most, a
    number may carry its own `unit` and no other."""

    name: str
    kind: str
    label: str
    ask: str
    unit: str
    choices: dict[str, str]
    least: str
    most: str
    not_before: str
    not_after: str
    days_since: str
    only_if: str
    whole: bool
    """Whether it counts something without parts: a fraction is refused."""


class AskIn(Strict):
    """Facts by name; amounts and dates as texts. `book`: by this book alone; none: by all that apply."""

    facts: Facts
    today: date | None = None
    book: Name = ""
    trace: bool = False


class ChoiceIn(Strict):
    """Of one item: the remedy chosen (none: the dearest that is due), and how many pieces are alike. `claim`: items
    with the same one are one purchase with one complaint, so that the least of what comes on top (500, 1,000) counts
    once for all of them; none: the item by itself."""

    remedy: Name = ""
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1
    claim: Annotated[str, Field(max_length=80)] = ""


class RulingBatchIn(Strict):
    """Many at once, each with a key of the caller's; `choices` by key for the sums."""

    items: Annotated[
        dict[Annotated[str, Field(max_length=80)], Annotated[Facts, BY_ITSELF]], Field(max_length=MOST_AT_ONCE)
    ]
    today: date | None = None
    book: Name = ""
    choices: dict[str, Annotated[ChoiceIn, BY_ITSELF]] = {}


class MatterIn(ChoiceIn):
    """One of a list: its facts, the day of asking, by which book, the remedy chosen, how many pieces are alike."""

    facts: Facts
    today: date | None = None
    book: Name = ""


OneOrMany = Annotated[
    Annotated[AskIn, Tag("one")]
    | Annotated[list[Annotated[MatterIn, BY_ITSELF]], Field(max_length=MOST_AT_ONCE), Tag("many")],
    Discriminator(lambda body: "many" if isinstance(body, list) else "one"),
]
"""One matter, or a list of them."""


class PaperLineIn(ChoiceIn):
    """One matter on the paper: its facts, what it is called there, the remedy chosen, how many pieces."""

    facts: Facts
    label: Annotated[str, Field(max_length=60)] = ""


class RulingPaperIn(Strict):
    """What to rule on, line by line."""

    lines: Annotated[list[PaperLineIn], Field(min_length=1, max_length=MOST_ON_PAPER)]
    today: date | None = None
    book: Name = ""


class RulingOut(Schema):
    """A ruling: what is due and refused, who bears what, what is still to be asked, each with its clauses. By one book
    alone, `applies` says whether it speaks in this matter at all (null: not known yet), `also` which others do.
    `text`: what the customer is told, to be pasted into a chat."""

    ruling: dict[str, Any]
    text: str = ""
    applies: bool | None = True
    also: list[str] = []


class BatchOut(Schema):
    """By key (of a list by place, `0` first): a ruling, or what could not be taken, by fact or by what else is wrong in
    it (`today`, `book`, `remedy`, `quantity`; `choices`: for a key that is not among the items). `told`: what was ruled
    on otherwise than asked for, as a remedy that is not due here."""

    rulings: dict[str, dict[str, Any]]
    refused: dict[str, dict[str, str]]
    told: dict[str, dict[str, str]] = {}
    sums: dict[str, str]
    total: str
    """By key, and altogether: what is paid out at most by the remedies chosen, with sums on top."""


class KeepIn(Strict):
    """Facts to rule on and to freeze in the case."""

    facts: Facts
    label: Annotated[str, Field(max_length=60)] = ""
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES)] = 1
    chosen: Name = ""


class KeptOut(Schema):
    """A ruling as it was frozen; `text` is what the customer is told in a chat."""

    id: str
    label: str
    quantity: int
    chosen: str
    verdict: str
    """The answer in one sentence, of several pieces for all of them, as `text` begins."""
    text: str
    open_questions: int
    provisional: bool
    unchanged: bool
    digest: str
    result: dict[str, Any]
    on_top: str
    """What comes on top for all pieces; of a minimum that counts once for several lines, this line's part."""
    overrides: list[dict[str, Any]]
    """What was decided instead; of several the last `holds`."""


class TraceOut(Schema):
    """Each table that was read: its rows, which of them hit, and what did not hold in the others."""

    trace: list[dict[str, Any]]


class RulingMade(Schema):
    """The number of what was made."""

    id: str


class OverrideIn(Strict):
    """What is done instead, and why; `none`: nothing."""

    remedy: Name
    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
