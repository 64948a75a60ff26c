"""Facts as somebody gives them: texts and numbers into exact values, or a clear word about which is wrong and why."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tuoshan.core.money import LARGEST, MoneyError, format_money, yuan
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Field, Wording
from tuoshan.core.policy.pack import AWAITED, PROOF_UNTIL, SILENT, TODAY, Fact, Pack
from tuoshan.core.policy.reading.cells import YES_OR_NO
from tuoshan.core.policy.reading.measures import MOST_DIGITS, NUMBER, UNIT, day_of, is_unit, number_of, plain

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""Between these every date lies."""
_NUMBER = re.compile(rf"({NUMBER})\s*(.*)\Z", re.DOTALL)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{1,2}:")
_LONGEST_READ = 600
"""So many characters of a number are read."""
_LONGEST = 60
"""So many characters of what was given are shown again."""
_BOUNDS = re.compile("[<>≤≥≦≧~～]|以[内上下]|不[超少]")


@dataclass(frozen=True, slots=True)
class FactProblem:
    """A fact that cannot be taken: its name, a code for programs, and what is wrong with it in both languages."""

    fact: str
    code: str
    message: Wording


class _Wrong(ValueError):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.message = code, Wording(zh, en)


def facts_of(packs: Iterable[Pack]) -> dict[str, Fact]:
    """All facts that these packs may read, shared ones first."""
    found = {name: fact for pack in packs for name, fact in pack.facts.items()}
    return dict(sorted(found.items(), key=lambda item: not item[1].shared))


def bounds(fact: Fact) -> tuple[str, str]:
    """The least and the most that is taken; empty where there is no bound."""
    least, most = {"date": (str(EARLIEST), str(LATEST)), "money": (f"-{LARGEST}", str(LARGEST))}.get(
        fact.field.kind, ("", "")
    )
    return fact.field.minimum or least, fact.field.maximum or most


def not_after(fact: Fact) -> str:
    """`today` for a date that may not lie after the day of asking; else empty."""
    return TODAY if fact.field.kind == "date" and not fact.ahead else ""


def read_given(
    known: Mapping[str, Fact], given: Mapping[str, object], today: date
) -> tuple[dict[str, object], tuple[FactProblem, ...]]:
    """Exact values of what was given, and every problem. Nothing (`None`, an empty text) is not given."""
    values: dict[str, object] = {}
    problems = []
    for name, raw in given.items():
        if raw is None or (isinstance(raw, str) and (not raw or raw.isspace())):
            continue
        fact = known.get(name) if isinstance(name, str) else None
        if fact is None:
            problems.append(_unknown(_short(name), known))
            continue
        try:
            values[name] = _whole(fact, _READERS[fact.field.kind](fact.field, raw))
        except _Wrong as wrong:
            problems.append(FactProblem(name, wrong.code, wrong.message))
    for name in list(values):
        fact = known[name]
        problem = (
            _date_problem(fact, values, known, today) or _too_many_days(fact, values, known, today)
            or _silent_too_soon(fact, values, known, today)
        )  # fmt: skip
        if problem is not None:
            problems.append(problem)
    return values, tuple(problems)


def _unknown(name: str, known: Mapping[str, Fact]) -> FactProblem:
    near = difflib.get_close_matches(name, known, n=1)
    zh, en = (f"，是否应为“{near[0]}”？", f"; did you mean '{near[0]}'?") if near else ("", "")
    return FactProblem(name, "unknown_fact", Wording(f"没有事实“{name}”{zh}", f"there is no fact '{name}'{en}"))


def _date_problem(
    fact: Fact, values: Mapping[str, object], known: Mapping[str, Fact], today: date
) -> FactProblem | None:
    """A date before the one that it must follow, or one that has not come yet and cannot lie ahead."""
    value = values[fact.name]
    if not isinstance(value, date):
        return None
    label = fact.field.label
    if value > today and not fact.ahead:
        return FactProblem(fact.name, "in_the_future", Wording(
            f"“{label.zh}”{value} 晚于今天 {today}", f"'{label.en}' {value} lies after today, {today}"))  # fmt: skip
    for name in fact.not_before:
        earlier = values.get(name)
        if isinstance(earlier, date) and value < earlier:
            other = known[name].field.label
            return FactProblem(fact.name, "before", Wording(
                f"“{label.zh}”{value} 早于“{other.zh}”{earlier}",
                f"'{label.en}' {value} lies before '{other.en}' {earlier}"
            ))  # fmt: skip
    return None


def _too_many_days(
    fact: Fact, values: Mapping[str, object], known: Mapping[str, Fact], today: date
) -> FactProblem | None:
    """More days than there have been since the date from which they count."""
    value, start = values[fact.name], values.get(fact.days_since)
    if not isinstance(value, Decimal) or not isinstance(start, date) or value <= (most := (today - start).days):
        return None
    if start > today:
        return None  # that date is refused itself
    label, other = fact.field.label, known[fact.days_since].field.label
    return FactProblem(fact.name, "too_many_days", Wording(
        f"“{label.zh}”{value:f} 天太多：从“{other.zh}”{start} 到今天 {today} 只有 {most} 天",
        f"'{label.en}' {value:f} days are too many: from '{other.en}' {start} until today, {today}, there are {most}"
    ))  # fmt: skip


def _silent_too_soon(
    fact: Fact, values: Mapping[str, object], known: Mapping[str, Fact], today: date
) -> FactProblem | None:
    """A side that is said to have let its time pass while the day stated to it has not passed yet."""
    side = str(values.get(fact.proof_of, fact.proof_of))
    until = PROOF_UNTIL.get(side, "")
    ends = values.get(until)
    if values[fact.name] != SILENT or not isinstance(ends, date) or ends < today:
        return None
    answers = {choice.value: choice.title for choice in fact.field.choices}
    label, other = fact.field.label, known[until].field.label
    silent, awaited = answers[SILENT], answers.get(AWAITED, Wording("", ""))
    return FactProblem(fact.name, "not_over", Wording(
        f"“{label.zh}”不能是“{silent.zh}”：“{other.zh}”{ends} 在今天 {today} 还没有过；"
        f"现在选“{awaited.zh}”，期限填错的先改期限",
        f"'{label.en}' cannot be '{silent.en}': '{other.en}' {ends} is not over today, {today}; "
        f"answer '{awaited.en}', or put the day right"
    ))  # fmt: skip


def _short(raw: object) -> str:
    """What was given, as far as it can be shown: on one line, without control characters, not too long."""
    if isinstance(raw, list | tuple | set):
        return "[…]"
    if isinstance(raw, Mapping):
        return "{…}"
    text = str(raw)[:_LONGEST_READ]
    shown = "".join(sign if sign.isprintable() else "�" for sign in text.strip())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


# -- kinds ----------------------------------------------------------------------------------------------------


def _choice(field: Field, raw: object) -> str:
    if isinstance(raw, str) and any(raw == choice.value for choice in field.choices):
        return raw
    text = _short(raw)
    for choice in field.choices:
        if isinstance(raw, str) and plain(raw).lower() in (
            choice.value.lower(), plain(choice.title.zh).lower(), choice.title.en.lower()
        ):  # fmt: skip
            return choice.value
    listed = "、".join(f"{choice.value}（{choice.title.zh}）" for choice in field.choices)
    raise _Wrong("not_a_choice", f"“{field.label.zh}”没有“{text}”这一项，可用：{listed}",
                 f"'{field.label.en}' has no '{text}'; use one of {', '.join(one.value for one in field.choices)}",
                 )  # fmt: skip


def _yes_no(field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    found = YES_OR_NO.get(raw) if isinstance(raw, str) else None
    if found is not None:
        return found
    text = _short(raw)
    found = YES_OR_NO.get(plain(text).lower())
    if found is None:
        raise _Wrong("not_yes_or_no", f"“{field.label.zh}”要回答 yes 或 no（是、否），不能是“{text}”；还不知道就不填",
                     f"'{field.label.en}' is yes or no, not '{text}'; leave it out while it is not known")  # fmt: skip
    return found


def _day(field: Field, raw: object) -> date:
    found = raw if isinstance(raw, date) and not isinstance(raw, datetime) else None
    if found is None and isinstance(raw, str):
        found = day_of(raw) or day_of(plain(raw))
    text = _short(raw) if found is None else ""
    if found is None and _MOMENT.match(text):
        raise _Wrong("not_a_date", f"“{field.label.zh}”只要日期，不要时刻和时区：写成 {text[:10]}，不能是“{text}”",
                     f"'{field.label.en}' is a date without time and zone, like {text[:10]}, not '{text}'",
                     )  # fmt: skip
    if found is None:
        raise _Wrong("not_a_date", f"“{field.label.zh}”要写成 2026-05-20 这样的日期，不能是“{text}”",
                     f"'{field.label.en}' is a date like 2026-05-20, not '{text}'")  # fmt: skip
    if not EARLIEST <= found <= LATEST:
        raise _Wrong("not_a_date", f"“{field.label.zh}”{found} 不合理", f"'{field.label.en}' {found} makes no sense")
    return found


def _number(field: Field, raw: object) -> Decimal:
    return _bounded(field, _exact(field, raw), str)


def _whole(fact: Fact, value: object) -> object:
    """What counts something without parts is refused with a fraction, never rounded."""
    if fact.whole and isinstance(value, Decimal) and value != value.to_integral_value():
        label = fact.field.label
        raise _Wrong("not_whole", f"“{label.zh}”要填整数，不能是 {number_text(value)}",
                     f"'{label.en}' is a whole number, not {number_text(value)}")  # fmt: skip
    return value


def _exact(field: Field, raw: object) -> Decimal:
    """A number as people type it, alone or with the very unit of the fact; another unit is refused, never converted.
    """
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        return _finite(field, Decimal(str(raw)) if isinstance(raw, float) else Decimal(raw))
    said = plain(str(raw)[:_LONGEST_READ])
    found = _NUMBER.match(said) if isinstance(raw, str) else None
    unit = found[2].strip() if found else ""
    if found is not None and (not unit or is_unit(unit, field.unit)):
        return _finite(field, number_of(found[1]))
    text = _short(raw)
    if _BOUNDS.search(said):
        raise _Wrong("not_a_number", f"“{field.label.zh}”要填量出来的一个数，不能是范围“{text}”",
                     f"'{field.label.en}' is one number as it was measured, not a range such as '{text}'")  # fmt: skip
    if found is not None and UNIT.fullmatch(unit):
        raise _Wrong("wrong_unit", f"“{field.label.zh}”的单位是{field.unit.zh or '（无）'}，不能用“{unit}”",
                     f"'{field.label.en}' is measured in {field.unit.en or 'plain numbers'}, not '{unit}'")  # fmt: skip
    raise _Wrong("not_a_number", f"“{field.label.zh}”要填数字，不能是“{text}”",
                 f"'{field.label.en}' is a number, not '{text}'")  # fmt: skip


def _finite(field: Field, number: Decimal) -> Decimal:
    if not number.is_finite():
        raise _Wrong("not_a_number", f"“{field.label.zh}”要填数字，不能是“{number}”",
                     f"'{field.label.en}' is a number, not '{number}'")  # fmt: skip
    if number and number.adjusted() >= MOST_DIGITS:
        raise _Wrong("too_large", f"“{field.label.zh}”太大：整数部分最多 {MOST_DIGITS} 位",
                     f"'{field.label.en}' is too large: at most {MOST_DIGITS} digits before the point")  # fmt: skip
    return number


def _money(field: Field, raw: object) -> Decimal:
    if not isinstance(raw, str | int | float | Decimal) or isinstance(raw, bool):
        text = _short(raw)
        raise _Wrong("not_money", f"“{field.label.zh}”要填金额，不能是“{text}”",
                     f"'{field.label.en}' is an amount, not '{text}'")  # fmt: skip
    try:
        amount = yuan(raw if isinstance(raw, str) else _finite(field, Decimal(str(raw))))
    except MoneyError as error:
        told = MoneyError(_short(raw), error.code)
        raise _Wrong(error.code, f"“{field.label.zh}”：{told.reason_zh}",
                     f"'{field.label.en}': {told.reason_en}") from None  # fmt: skip
    return _bounded(field, amount, format_money)


def _bounded(field: Field, number: Decimal, shown: Callable[[Decimal], str]) -> Decimal:
    low, high = field.minimum, field.maximum
    if low and number < Decimal(low):
        raise _Wrong("too_small", f"“{field.label.zh}”不能小于 {low}，给的是 {shown(number)}",
                     f"'{field.label.en}' cannot be below {low}, and {shown(number)} was given")  # fmt: skip
    if high and number > Decimal(high):
        raise _Wrong("too_large", f"“{field.label.zh}”不能大于 {high}，给的是 {shown(number)}",
                     f"'{field.label.en}' cannot be above {high}, and {shown(number)} was given")  # fmt: skip
    return number


_READERS: Mapping[str, Callable[[Field, object], object]] = {
    "choice": _choice, "yes_no": _yes_no, "number": _number, "money": _money, "date": _day,
}  # fmt: skip
