"""Amounts of money that a text names, held against the sum that stands beside it.

They are read as people write them: `¥399.00`, `３００元`, `三百元`, `叁佰圆整`, `1千5百元`, `1.5万元`, `300块`,
`三块五`. Exact amounts alone: `几十元`, `三百多元` and `百元以上` name none, and neither does what is no money
(七日, 三包, 三块皮, 元旦, numbers of orders and telephones). Libraries that convert Chinese numerals (cn2an) do so for
what is a number already, in floats; which part of a sentence is one, and one of money, is the whole question here.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

_DIGITS = {sign: value for value, signs in enumerate(
    ("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for sign in signs}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_NUMERALS = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_ONE_DIGIT = f"[1-9{''.join(sign for sign, value in _DIGITS.items() if value)}]"

_WIDE = str.maketrans("０１２３４５６７８９．￥", "0123456789.¥")
_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_PART = re.compile(
    rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d{{1,2}}(?!\d))?|\d+(?:\.\d{{1,2}}(?!\d))?|[{_NUMERALS}]"
)
_END = r"(?=$|[\s，。；、！？）)」”,.;!?])"
_AMOUNT = re.compile(
    rf"(?P<sign>[¥]|人民币|(?<![A-Za-z])(?:RMB|CNY))?\s*"
    rf"(?<![第点\d{_NUMERALS}])(?P<number>[\d{_NUMERALS}][\d,.{_NUMERALS}]{{0,30}})"
    rf"(?:\s*(?P<unit>[元圆](?![旦素件宵月器化老牛])|块钱|块(?!儿)|(?:yuan|RMB|CNY)(?![A-Za-z]))"
    rf"(?:零?(?P<tenth>{_ONE_DIGIT})(?:[角毛](?:(?P<fen>{_ONE_DIGIT})分)?|{_END}))?)?",
    re.IGNORECASE,
)
_PAYS = re.compile(r"[退补赔付还返给减加收共计价][您你了足回]?\s*$")
_FEW = re.compile(rf"{_END}|[整给]")
_MANY = re.compile(rf"{_FEW.pattern}|[的和或及了吧并作做为以左退补赔]|[\d{_NUMERALS}]+\s*(?:个?工作)?[日天]")
"""What may follow `块` where it is yuan and no piece of something."""
MOST_JUDGED = 6
"""A text with more different amounts than these is left to its reader."""


def named(text: str) -> list[Decimal]:
    """The different amounts that a text names in yuan, in its order."""
    return list(dict.fromkeys(_named(_WIDE_COMMA.sub(",", text).translate(_WIDE))))


def _named(text: str) -> Iterator[Decimal]:
    for found in _AMOUNT.finditer(text):
        value = _value(found["number"])
        if value is None or not (found["sign"] or found["unit"]) or _is_about(text, found):
            continue
        tenth = found["tenth"]
        if found["unit"] == "块" and not (found["sign"] or tenth or _is_money(text, found, value)):
            continue
        more = (_DIGITS.get(one or "零", one) for one in (tenth, found["fen"]))
        yield value + sum(Decimal(one or 0) / part for one, part in zip(more, (10, 100), strict=True))


def _is_about(text: str, found: re.Match[str]) -> bool:
    """`几十元`, `数十元`."""
    at = found.start("number")
    return text[at] in "十拾" and text[max(0, at - 1):at] in ("几", "数")


def _is_money(text: str, found: re.Match[str], value: Decimal) -> bool:
    """Whether `块` is yuan and no piece of something: of few of them only where they are paid."""
    if value >= 10:
        return bool(_MANY.match(text, found.end()))
    return bool(_FEW.match(text, found.end()) and _PAYS.search(text, max(0, found.start() - 4), found.start()))


def _value(number: str) -> Decimal | None:
    """`1,478.5`, `三百零五`, `1千5百`, `三百五` (350), `三〇〇`, `1.5万`. None: no number that begins with a figure."""
    parts: list[str] = []
    end = 0
    for found in _PART.finditer(number):
        parts = [*(parts if found.start() == end else []), found[0]]
        end = found.end()
    if end != len(number.rstrip(",.")) or not parts or parts[0] in {*_MYRIADS, *_TENS} - {"十", "拾"}:
        return None
    whole = section = Decimal(0)
    last: Decimal | None = None
    below = 1
    for part in parts:
        if part in _TENS:
            section += (1 if last is None else last) * _TENS[part]
            last, below = None, _TENS[part] // 10
        elif part in _MYRIADS:
            whole = (whole + section + (last or 0)) * _MYRIADS[part]
            section, last, below = Decimal(0), None, _MYRIADS[part] // 10
        elif part in _DIGITS:
            last = _DIGITS[part] + (Decimal(0) if last is None else last * 10)
            below = 1 if part in "零〇" else below
        else:
            last, below = Decimal(part.replace(",", "")), below if len(part) == 1 else 1
    return whole + section + (last or 0) * below


def others(text: str, amount: Decimal, pieces: Iterable[int]) -> list[Decimal]:
    """The amounts of a text that have nothing to do with this sum; none where it is one of them, or made of them.

    `399.00 × 2`, `price 399 less 99`, `200 back and 50 on top` make 798, 300 and 250; so each amount may count not at
    all, once, as often as there are `pieces`, or be taken off.
    """
    known = named(text)
    if not known or len(known) > MOST_JUDGED:
        return []
    often = {-1, 0, 1, *pieces}
    sums = {Decimal(0)}
    for one in known:
        sums = {made + one * times for made in sums for times in often}
    return [] if amount in sums else known
