"""Facts as a form for strangers: what each is, when it is asked at all, and all that input is judged by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tuoshan.core.conditions import Expression
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.given import EARLIEST, LATEST, bounds, not_after
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.rulings.expressions_in_words import condition_words

HEAD = (
    Wording("知道的就填，其余留空；还需要什么会接着问。",
            "Fill in what you know and leave the rest empty: what is needed is asked."),
    Wording(f"日期写成 2026-05-20，在 {EARLIEST} 与 {LATEST} 之间；除非写明可以晚于，都不能晚于 --on 的那一天。",
            f"Dates like 2026-05-20, between {EARLIEST} and {LATEST}; none after the day of --on, unless it says so."),
    Wording("几项里选一项的，填前面的代码或后面的名称；yes / no 也可以填 是 / 否。",
            "Of several choices write the word in front or the title behind it."),
    Wording("金额最多两位小数；数字可以带上所列的单位，别的单位不收。",
            "Amounts have two decimals at most; a number may carry the unit given here and no other."),
    Wording("写着“仅当”的，别的情况下不用填，填了也不采用。",
            "What says 'only if' need not be filled in otherwise; it would not be used."),
)  # fmt: skip
FOR = Wording("这本规则包只管：{}", "This book is for: {}")
ALONE = Wording(
    "这里只有这一本要问的；法律和别的规则要问的也在内：tuoshan policy facts all，再用 tuoshan policy rule all。",
    "This is what this book alone asks; with the law and all other books: tuoshan policy facts all, then rule all.",
)
KINDS = {
    "yes_no": Wording("yes | no", "yes | no"), "date": Wording("日期", "date"), "money": Wording("金额", "amount"),
    "number": Wording("数字", "number"), "whole": Wording("整数", "whole number"),
}  # fmt: skip
ONLY_IF = Wording("仅当 {}", "only if {}")
AHEAD = Wording("可以晚于 --on", "may lie after --on")
NOT_AFTER_ASKING = Wording("不晚于 --on", "not after --on")
NOT_BEFORE = Wording("不早于 {name}（{label}）", "not before {name} ({label})")
LIMITS = {
    (True, True): Wording("{least} 至 {most}", "{least} to {most}"), (False, False): Wording("", ""),
    (True, False): Wording("不小于 {least}", "not below {least}"),
    (False, True): Wording("不大于 {most}", "not above {most}"),
}  # fmt: skip
"""By whether there is a least and a most."""


def form(name: str, known: Mapping[str, Fact], packs: Sequence[Pack], language: str) -> Iterator[str]:
    """A file of facts with nothing filled in. `known` is what is asked, `packs` the books that ask it."""
    yield f"# tuoshan policy rule {name} --facts FILE --on YYYY-MM-DD"
    for one in HEAD:
        yield f"# {one.in_language(language)}"
    if len({pack.name for pack in packs}) == 1:
        if (condition := packs[-1].applies) is not None:
            yield f"# {FOR.in_language(language).format(_with_code(packs[-1], condition, language))}"
        yield f"# {ALONE.in_language(language)}"
    for fact in known.values():
        yield f"\n# {fact.field.label.in_language(language)}: {fact.ask.in_language(language)}"
        yield f"# {kind_words(fact, known, language)}"
        if fact.asked_if is not None:
            asking = next(pack for pack in packs if fact.name in pack.facts)
            yield f"# {ONLY_IF.in_language(language).format(_with_code(asking, fact.asked_if, language))}"
        yield f"{fact.name}:"


def fact_data(fact: Fact) -> dict[str, Any]:
    """A fact as a program reads it; `not_after` is `today` for a date that may not lie after the day of asking."""
    field = fact.field
    least, most = bounds(fact)
    return {
        "kind": field.kind, "label": {"zh": field.label.zh, "en": field.label.en},
        "ask": {"zh": fact.ask.zh, "en": fact.ask.en}, "unit": {"zh": field.unit.zh, "en": field.unit.en},
        "choices": {choice.value: {"zh": choice.title.zh, "en": choice.title.en} for choice in field.choices},
        "min": least or None, "max": most or None, "not_before": ", ".join(fact.not_before) or None,
        "not_after": not_after(fact) or None,
        "only_if": fact.asked_if.text if fact.asked_if else None, "whole": fact.whole,
        "days_since": fact.days_since or None,
    }  # fmt: skip


def kind_words(fact: Fact, known: Mapping[str, Fact], language: str) -> str:
    """What may be written for a fact: its kind, its unit, its bounds."""
    field = fact.field
    if field.kind == "choice":
        return " | ".join(f"{one.value} {one.title.in_language(language)}" for one in field.choices)
    if field.kind == "date":
        said = [NOT_AFTER_ASKING if not_after(fact) else AHEAD]
        parts = [KINDS["date"].in_language(language) + " YYYY-MM-DD", *(one.in_language(language) for one in said)]
        for name in fact.not_before:
            if (other := known.get(name)) is not None:
                label = other.field.label.in_language(language)
                parts.append(NOT_BEFORE.in_language(language).format(name=name, label=label))
        return ("，" if language.startswith("zh") else ", ").join(parts)
    kind = KINDS["whole" if fact.whole else field.kind].in_language(language)
    limits = LIMITS[bool(field.minimum), bool(field.maximum)].in_language(language)
    limits = limits.format(least=field.minimum, most=field.maximum)
    return " ".join(part for part in (kind, field.unit.in_language(language), limits) if part)


def _with_code(pack: Pack, condition: Expression, language: str) -> str:
    """A condition in words, and as the names in the file say it."""
    return f"{condition_words(pack, condition, language)}  [{condition.text}]"
