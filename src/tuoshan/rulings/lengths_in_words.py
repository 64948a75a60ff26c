"""The lengths of a rule book's periods in words: what each is of, how long it is, and what else is as long."""

import re
from collections.abc import Iterable

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing.length_editing import Length
from tuoshan.core.policy.pack import Bands, EndOf, Pack
from tuoshan.rulings.expressions_in_words import called, listed, quoted, with_unit

UNITS = {
    "days": Wording("天", "days"), "law_days": Wording("天（依法计算）", "days (counted by the law)"),
    "months": Wording("个月", "months"), "law_months": Wording("个月（依法计算）", "months (counted by the law)"),
}  # fmt: skip
_TOLD = re.compile(r"[0-9〇零一二两三四五六七八九十百半]+\s*(个)?(天|日|周|星期|月|年|小时)")


def title(pack: Pack, length: Length, language: str) -> str:
    """`已过时间：七日内`, `七日止`."""
    whole = called(pack, length.value, language)
    return listed([whole, called(pack, length.band, language)], language, Wording("：", ": ")) if length.band else whole


def length_words(length: Length, language: str) -> str:
    """`7 天`, `6 个月（依法计算）`."""
    unit = UNITS.get(length.unit)
    return with_unit(length.count, unit.in_language(language) if unit is not None else "", language)


def counted_words(pack: Pack, length: Length, language: str) -> str:
    """From when it is counted, and what is looked at; nothing for a plain number."""
    value = pack.values.get(length.value)
    if isinstance(value, Bands):
        first, last = (quoted(called(pack, name, language), language) for name in (value.start, value.to))
        return Wording(f"从{first}起算，看{last}", f"{last}, counted from {first}").in_language(language)
    if isinstance(value, EndOf):
        first = quoted(called(pack, value.start, language), language)
        said = Wording(f"从{first}起算，到它的最后一天", f"up to its last day, counted from {first}")
        return said.in_language(language)
    return ""


def start_of(pack: Pack, length: Length) -> str:
    """The date that it is counted from."""
    value = pack.values.get(length.value)
    return value.start if isinstance(value, Bands | EndOf) else ""


def as_long(pack: Pack, length: Length, others: Iterable[Length]) -> list[Length]:
    """What is as long and counts from the same day: whoever changes one mostly means all of them."""
    start = start_of(pack, length)
    return [
        one for one in others
        if one.key != length.key and start and start_of(pack, one) == start and one.written == length.written
    ]  # fmt: skip


def tells_length(name: Wording) -> bool:
    """Whether what something is called says how long it is: 七日内."""
    return _TOLD.search(name.zh) is not None
