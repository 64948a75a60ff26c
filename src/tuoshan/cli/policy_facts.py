"""Facts as a form for strangers: what each is, when it is asked at all, and all that input is judged by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.given import EARLIEST, LATEST, bounds, not_after
from tuoshan.core.policy.pack import Fact, Pack

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
JOINTS = {
    "==": Wording("是", " is "), "!=": Wording("不是", " is not "), "in": Wording("属于", " is one of "),
    ">": Wording("大于", " is more than "), ">=": Wording("至少", " is at least "),
    "<": Wording("小于", " is less than "), "<=": Wording("至多", " is at most "),
    "&&": Wording("，并且", ", and "), "||": Wording("，或者", ", or "), "!": Wording("并非", "not "),
    "(": Wording("（", "("), ")": Wording("）", ")"), "[": Wording("", ""), "]": Wording("", ""),
    ",": Wording("、", ", "),
}  # fmt: skip
IS, IS_NOT, TOLD = Wording("{}：是", "{}: yes"), Wording("{}：否", "{}: no"), Wording("已填{}", "{} is filled in")
_TOKEN = re.compile(r"'([^']*)'|has\(([a-z0-9_]+)\)|(!?)([a-z][a-z0-9_]*)|(==|!=|>=|<=|&&|\|\||[><!()\[\],])|([0-9.]+)")
_COMPARED = re.compile(r"\s*(?:==|!=|>=|<=|>|<|in\b)")


def form(name: str, known: Mapping[str, Fact], packs: Sequence[Pack], language: str) -> Iterator[str]:
    """A file of facts with nothing filled in. `known` is what is asked, `packs` the books that ask it."""
    yield f"# tuoshan policy rule {name} --facts FILE --on YYYY-MM-DD"
    for one in HEAD:
        yield f"# {one.in_language(language)}"
    if len({pack.name for pack in packs}) == 1:
        if (condition := packs[-1].applies) is not None:
            yield f"# {FOR.in_language(language).format(_with_code(condition.text, packs[-1].facts, language))}"
        yield f"# {ALONE.in_language(language)}"
    for fact in known.values():
        yield f"\n# {fact.field.label.in_language(language)}: {fact.ask.in_language(language)}"
        yield f"# {kind_words(fact, known, language)}"
        if fact.asked_if is not None:
            yield f"# {ONLY_IF.in_language(language).format(_with_code(fact.asked_if.text, known, language))}"
        yield f"{fact.name}:"


def fact_data(fact: Fact) -> dict[str, Any]:
    """A fact as a program reads it; `not_after` is `today` for a date that may not lie after the day of asking."""
    field = fact.field
    least, most = bounds(fact)
    return {
        "kind": field.kind, "label": {"zh": field.label.zh, "en": field.label.en},
        "ask": {"zh": fact.ask.zh, "en": fact.ask.en}, "unit": {"zh": field.unit.zh, "en": field.unit.en},
        "choices": {choice.value: {"zh": choice.title.zh, "en": choice.title.en} for choice in field.choices},
        "min": least or None, "max": most or None, "not_before": fact.not_before or None,
        "not_after": not_after(fact) or None,
        "only_if": fact.asked_if.text if fact.asked_if else None, "whole": fact.whole,
    }  # fmt: skip


def kind_words(fact: Fact, known: Mapping[str, Fact], language: str) -> str:
    """What may be written for a fact: its kind, its unit, its bounds."""
    field = fact.field
    if field.kind == "choice":
        return " | ".join(f"{one.value} {one.title.in_language(language)}" for one in field.choices)
    if field.kind == "date":
        said = [NOT_AFTER_ASKING if not_after(fact) else AHEAD]
        parts = [KINDS["date"].in_language(language) + " YYYY-MM-DD", *(one.in_language(language) for one in said)]
        if fact.not_before:
            other = known.get(fact.not_before)
            label = other.field.label.in_language(language) if other is not None else fact.not_before
            parts.append(NOT_BEFORE.in_language(language).format(name=fact.not_before, label=label))
        return ("，" if language.startswith("zh") else ", ").join(parts)
    kind = KINDS["whole" if fact.whole else field.kind].in_language(language)
    limits = LIMITS[bool(field.minimum), bool(field.maximum)].in_language(language)
    limits = limits.format(least=field.minimum, most=field.maximum)
    return " ".join(part for part in (kind, field.unit.in_language(language), limits) if part)


def _with_code(text: str, known: Mapping[str, Fact], language: str) -> str:
    """A condition in words, and as the names in the file say it."""
    return f"{condition_words(text, known, language)}  [{text}]"


def condition_words(text: str, known: Mapping[str, Fact], language: str) -> str:
    """A condition by the labels of its facts and the titles of their choices."""
    found: list[str] = []
    subject = ""
    for token in _TOKEN.finditer(text):
        quoted, told, negated, name, joint, number = token.groups()
        if quoted is not None:
            title = _title(known.get(subject), quoted, language)
            found.append(f"“{title}”" if language.startswith("zh") else f"'{title}'")
        elif told:
            found.append(TOLD.in_language(language).format(_label(known, told, language)))
        elif name and name in JOINTS:
            found.append(JOINTS[name].in_language(language))
        elif name:
            subject, label = name, _label(known, name, language)
            compared = _COMPARED.match(text, token.end()) is not None
            found.append(label if compared else (IS_NOT if negated else IS).in_language(language).format(label))
        else:
            found.append(JOINTS[joint].in_language(language) if joint else number)
    return "".join(found)


def _label(known: Mapping[str, Fact], name: str, language: str) -> str:
    return known[name].field.label.in_language(language) if name in known else name


def _title(fact: Fact | None, value: str, language: str) -> str:
    titles = {one.value: one.title.in_language(language) for one in fact.field.choices} if fact is not None else {}
    return titles.get(value, value)
