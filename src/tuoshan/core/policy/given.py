"""Facts as somebody gives them: texts and numbers into exact values, or a clear word about which is wrong and why."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from tuoshan.core.money import LARGEST, MoneyError, format_money, yuan
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Field, Wording
from tuoshan.core.policy.pack import AWAITED, PROOF_UNTIL, SILENT, TODAY, Fact, Pack

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""Between these every date lies."""
_YES = {"yes": True, "true": True, "是": True, "有": True, "no": False, "false": False, "否": False, "没有": False}
_NUMBER = re.compile(r"(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(.*)\Z", re.DOTALL)
_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_ALSO_CALLED = {"percent": ("%",), "cm": ("公分",), "km": ("千米",), "months": ("月",)}
"""How people also write a unit, by its English name; the very same unit each, for nothing is converted."""
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
        if raw is None or raw == "":
            continue
        fact = known.get(name)
        if fact is None:
            problems.append(_unknown(name, known))
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


# -- kinds ----------------------------------------------------------------------------------------------------


def _choice(field: Field, raw: object) -> str:
    allowed = [choice.value for choice in field.choices]
    text = str(raw).strip()
    for choice in field.choices:
        if text in (choice.value, choice.title.zh, choice.title.en):
            return choice.value
    listed = "、".join(f"{choice.value}（{choice.title.zh}）" for choice in field.choices)
    raise _Wrong("not_a_choice", f"“{field.label.zh}”没有“{text}”这一项，可用：{listed}",
                 f"'{field.label.en}' has no '{text}'; use one of {', '.join(allowed)}")  # fmt: skip


def _yes_no(field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    found = _YES.get(str(raw).strip().lower())
    if found is None:
        raise _Wrong("not_yes_or_no", f"“{field.label.zh}”要回答 yes 或 no，不能是“{raw}”；还不知道就不填",
                     f"'{field.label.en}' is yes or no, not '{raw}'; leave it out while it is not known")  # fmt: skip
    return found


def _day(field: Field, raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        found = raw
    else:
        try:
            parts = _DAY.fullmatch(str(raw).strip())
            if parts is None:
                raise ValueError(raw)
            found = date(int(parts[1]), int(parts[3]), int(parts[4]))
        except ValueError:
            raise _Wrong("not_a_date", f"“{field.label.zh}”要写成 2026-05-20 这样的日期，不能是“{raw}”",
                         f"'{field.label.en}' is a date like 2026-05-20, not '{raw}'") from None  # fmt: skip
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
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float):
        return Decimal(str(raw))
    text = unicodedata.normalize("NFKC", str(raw)[:100]).strip()
    if _BOUNDS.search(text):
        raise _Wrong("not_a_number", f"“{field.label.zh}”要填量出来的一个数，不能是范围“{raw}”",
                     f"'{field.label.en}' is one number as it was measured, not a range such as '{raw}'")  # fmt: skip
    found = _NUMBER.match(text)
    unit = found[2].strip() if found else ""
    if found is not None and unit in ("", field.unit.zh, field.unit.en, *_ALSO_CALLED.get(field.unit.en, ())):
        try:
            return Decimal(found[1].replace(",", ""))
        except InvalidOperation:
            pass
    if found is not None and unit and unit[0] not in ",.0123456789":
        raise _Wrong("wrong_unit", f"“{field.label.zh}”的单位是{field.unit.zh or '（无）'}，不能用“{unit}”",
                     f"'{field.label.en}' is measured in {field.unit.en or 'plain numbers'}, not '{unit}'")  # fmt: skip
    raise _Wrong("not_a_number", f"“{field.label.zh}”要填数字，不能是“{raw}”",
                 f"'{field.label.en}' is a number, not '{raw}'")  # fmt: skip


def _money(field: Field, raw: object) -> Decimal:
    try:
        amount = yuan(Decimal(str(raw)) if isinstance(raw, float) else raw)  # type: ignore[arg-type]
    except MoneyError as error:
        raise _Wrong(error.code, f"“{field.label.zh}”：{error.reason_zh}",
                     f"'{field.label.en}': {error.reason_en}") from None  # fmt: skip
    except TypeError:
        raise _Wrong("not_money", f"“{field.label.zh}”要填金额，不能是“{raw}”",
                     f"'{field.label.en}' is an amount, not '{raw}'") from None  # fmt: skip
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
