"""How a rule book reckons, in words: its periods, its amounts, its settings, what it asks, and from when it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Fact as Named
from tuoshan.core.conditions.syntax import Literal
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import (
    REMEDIES,
    Amount,
    Band,
    Bands,
    Computed,
    DaysBetween,
    EndOf,
    Fact,
    Pack,
    Row,
    Setting,
    Value,
)
from tuoshan.core.policy.reading.value_reading import is_condition, names_read
from tuoshan.core.policy.ruling import LAST_DAYS
from tuoshan.core.policy.words.costs_told import SUBJECTS
from tuoshan.rulings.expressions_in_words import (
    called,
    condition_words,
    formula_words,
    is_english,
    listed,
    quoted,
    with_unit,
    within_sentence,
    yes_no,
)
from tuoshan.rulings.reading_aloud import TERMS, amount_words, conditions_of, output_words

BY_THE_LAW = Wording(
    "依法计算的期限：起算当天不计入；最后一天是休假日（周末或国务院公布的节假日，调休上班日除外）的，顺延到下一个工作日。"
    "放假安排尚未公布的年份，临近期限的结果是暂定的。",
    "A period counted by the law: the day it runs from is not counted; a last day that is a day off (a weekend or a "
    "holiday of the State Council's notice, save for its weekend workdays) moves to the next working day. For a year "
    "whose notice is not published yet, what lies near such an end is provisional.",
)
BY_THE_CALENDAR = Wording(
    "按日历计算的期限：起算当天为第 0 天，最后一天遇休假日不顺延。",
    "A period counted by the calendar: the day it runs from is day 0, and a last day that is a day off does not move.",
)
LAW = Wording("依法计算", "counted by the law")
CALENDAR = Wording("按日历计算", "counted by the calendar")
MIXED = Wording(
    "标“依法”的依法计算，其余按日历计算", "what is marked 'by law' counted by the law, else by the calendar"
)
BY_LAW = Wording("（依法）", " (by law)")


@dataclass(frozen=True)
class Line:
    """What something is called, how it is reckoned, why that is provisional, on which clauses it rests."""

    title: str
    text: str
    doubt: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A fact: what it is called, the question, what may be answered, when it is asked at all."""

    title: str
    ask: str
    answers: str
    asked_if: str
    shared: bool


@dataclass(frozen=True)
class Reckoned:
    """All of it, and the legend that its periods ask for."""

    periods: list[Line]
    amounts: list[Line]
    settings: list[Line]
    legend: list[str]


def reckoned(pack: Pack, language: str) -> Reckoned:
    """How periods and amounts of a pack are reckoned."""
    settings = [
        Line(one.label.in_language(language), setting_value(one, language), one.provisional.in_language(language))
        for one in pack.settings.values()
    ]
    return Reckoned(
        [_period(pack, one, language) for one in pack.values.values()],
        [*_outputs(pack, language), *_sums(pack, language)], settings,
        [words.in_language(language) for words in _legend(pack)],
    )  # fmt: skip


def setting_value(setting: Setting, language: str) -> str:
    """是, `12 个月`, or the text itself."""
    if isinstance(setting.value, bool):
        return yes_no(setting.value, language)
    number = number_text(setting.value) if isinstance(setting.value, Decimal) else str(setting.value)
    return with_unit(number, setting.unit.in_language(language), language)


# -- periods -------------------------------------------------------------------------------------------------------


def _legend(pack: Pack) -> Iterator[Wording]:
    units = {band.unit for value in pack.values.values() for band in _lengths(value)}
    if any(unit.startswith("law_") for unit in units):
        yield BY_THE_LAW
    if any(not unit.startswith("law_") for unit in units):
        yield BY_THE_CALENDAR


def _lengths(value: Value) -> tuple[Band, ...]:
    match value:
        case Bands(_, _, _, bands):
            return bands
        case EndOf(_, _, plus):
            return (plus,)
    return ()


def _period(pack: Pack, value: Value, language: str) -> Line:
    title = called(pack, value.name, language)
    match value:
        case Computed(_, expression):
            text = _computed(pack, expression, language)
        case DaysBetween(_, start, to, less):
            first, last = _day(pack, start, language), _day(pack, to, language)
            text = Wording(
                f"从{first}到{last}的天数，起始当天为 0", f"days from {first} to {last}, the first day being 0"
            ).in_language(language)
            text += _left_out(pack, less, language)
        case Bands():
            text = _bands(pack, value, language)
        case EndOf(_, start, plus, more):
            first, length = _day(pack, start, language), _length(pack, plus, language)
            text = Wording(f"从{first}起{length}的最后一天", f"the last day of {length}, counted from {first}"
                           ).in_language(language)  # fmt: skip
            text += _counted((plus,), language) + _left_out(pack, more, language)
    return Line(title, text, _doubt(pack, value.name, language))


def _computed(pack: Pack, expression: Expression, language: str) -> str:
    if is_condition(expression):
        return condition_words(pack, expression, language)
    return formula_words(pack, expression, language)


def _bands(pack: Pack, value: Bands, language: str) -> str:
    first, last = _day(pack, value.start, language), _day(pack, value.to, language)
    told = []
    laws = {band.unit.startswith("law_") for band in value.bands}
    for band in value.bands:
        length = _length(pack, band, language)
        name = quoted(called(pack, band.name, language), language)
        if len(laws) > 1 and band.unit.startswith("law_"):
            length += BY_LAW.in_language(language)
        told.append(Wording(f"{length}以内为{name}", f"up to {length} is {name}").in_language(language))
    other = quoted(called(pack, value.otherwise, language), language)
    told.append(Wording(f"再晚为{other}", f"later is {other}").in_language(language))
    head = Wording(f"从{first}起算，看{last}：", f"{last}, counted from {first}: ").in_language(language)
    text = head + listed((one.strip() for one in told), language, Wording("，", ", "))
    return text + _counted(value.bands, language) + _left_out(pack, value.less, language)


def _day(pack: Pack, name: str, language: str) -> str:
    """A date by its label; one that a table gives names the table."""
    label = quoted(called(pack, name, language), language)
    table = next((one for one in pack.tables.values() if name in {output.name for output in one.outputs}), None)
    if table is None:
        return label
    title = quoted(table.title.in_language(language), language)
    return Wording(f"{label}（见表{title}）", f"{label} (see the table {title})").in_language(language)


def _length(pack: Pack, band: Band, language: str) -> str:
    months = band.unit.endswith("months")
    zh, en = ("个月", "months") if months else ("天", "days")
    if isinstance(band.count, int):
        words = with_unit(str(band.count), Wording(zh, en).in_language(language), language)
        return words if is_english(language) else f" {words}"
    name = quoted(called(pack, band.count, language), language)
    return Wording(f"{name}所定的{zh[-1]}数", f"as many {en} as {name} says").in_language(language)


def _counted(bands: tuple[Band, ...], language: str) -> str:
    laws = [band.unit.startswith("law_") for band in bands]
    words = (LAW if all(laws) else CALENDAR if not any(laws) else MIXED).in_language(language)
    return Wording(f"；{words}，最后一天在内", f"; {words}, the last day included").in_language(language)


def _left_out(pack: Pack, name: str, language: str) -> str:
    """Which days do not count, so that the end moves by them."""
    if not name:
        return ""
    value = pack.values.get(name)
    if isinstance(value, Computed):
        days = formula_words(pack, value.expression, language)
    else:
        days = within_sentence(called(pack, name, language), language)
    return Wording(f"；不计入：{days}", f"; not counted: {days}").in_language(language)


def _doubt(pack: Pack, name: str, language: str) -> str:
    """Why a value is provisional: because of a setting on which it rests."""
    seen: set[str] = set()
    waiting, found = [name], []
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if (setting := pack.settings.get(one)) is not None and setting.provisional.zh:
            found.append(setting.provisional.in_language(language))
        if (value := pack.values.get(one)) is not None:
            waiting += names_read(value)
    return listed(dict.fromkeys(found), language, Wording("；", "; "))


# -- amounts -------------------------------------------------------------------------------------------------------


def _outputs(pack: Pack, language: str) -> Iterator[Line]:
    """What tables give as a sum, a number or a day: row by row, where it is more than a word."""
    for table in pack.tables.values():
        for output in table.outputs:
            rows = [row for row in table.rows if output.name in row.outputs]
            if output.kind in ("choice", "yes_no") or not any(_is_formula(row.outputs[output.name]) for row in rows):
                continue
            told: list[tuple[str, list[str]]] = []
            for row in rows:
                words = output_words(pack, row.outputs[output.name], language, days=output.kind == "date")
                when = listed(conditions_of(pack, table, row, language), language, Wording("，", ", "))
                if told and told[-1][0] == words:
                    told[-1][1].append(when)
                else:
                    told.append((words, [when]))
            clauses = tuple(dict.fromkeys(name for row in rows for name in row.clauses))
            yield Line(called(pack, output.name, language), _cases(told, language), "", clauses)


def _is_formula(value: object) -> bool:
    return isinstance(value, Amount) and not isinstance(value.of.tree, Literal)


def _cases(told: list[tuple[str, list[str]]], language: str) -> str:
    """`甲 → 丙；其余 → 丁`; the words alone where nothing is asked."""
    if len(told) == 1 and told[0][1] == [""]:
        return told[0][0]
    other = Wording("其余", "else").in_language(language)
    return listed(
        (f"{listed((one or other for one in when), language, Wording('；或 ', '; or '))} → {words}"
         for words, when in told), language, Wording("；", "; "),
    )  # fmt: skip


def _sums(pack: Pack, language: str) -> Iterator[Line]:
    """Sums that a row works out: more than a name or a number, or with a floor or a cap. The same one is told once."""
    found: dict[tuple[str, str], list[str]] = {}
    for table in pack.tables.values():
        for row in table.rows:
            for title, words in _sums_of(pack, row, language):
                found.setdefault((title, words), []).extend(row.clauses)
    for (title, words), clauses in found.items():
        yield Line(title, words, "", tuple(dict.fromkeys(clauses)))


def _sums_of(pack: Pack, row: Row, language: str) -> Iterator[tuple[str, str]]:
    for finding in row.findings:
        known = REMEDIES.get(finding.what) or SUBJECTS.get(finding.what)
        for name, amount in finding.amounts.items():
            bounded = amount.at_least is not None or amount.at_most is not None
            if name in LAST_DAYS or known is None or (isinstance(amount.of.tree, Literal | Named) and not bounded):
                continue
            term = TERMS[name].in_language(language).rstrip("：: ") if name in ("amount", "fee") else ""
            title = known.in_language(language)
            if term:
                title = Wording(f"{title}的{term}", f"{title}, {term}").in_language(language)
            yield title, amount_words(pack, amount, language)


# -- questions -----------------------------------------------------------------------------------------------------


def questions(pack: Pack, language: str) -> list[Question]:
    """Every fact that a pack may ask for, in the order of its form."""
    return [_question(pack, one, language) for one in pack.facts.values()]


def _question(pack: Pack, fact: Fact, language: str) -> Question:
    asked_if = condition_words(pack, fact.asked_if, language) if fact.asked_if is not None else ""
    return Question(
        fact.field.label.in_language(language), fact.ask.in_language(language), _answers(pack, fact, language),
        asked_if, fact.shared,
    )  # fmt: skip


def _answers(pack: Pack, fact: Fact, language: str) -> str:
    field = fact.field
    if field.kind == "choice":
        return listed((one.title.in_language(language) for one in field.choices), language, Wording(" / ", " / "))
    if field.kind == "yes_no":
        return Wording("是 / 否", "yes / no").in_language(language)
    if field.kind == "date":
        told = [Wording("日期", "a date").in_language(language)]
        for name in (one for one in fact.not_before if one in pack.facts):
            before = within_sentence(called(pack, name, language), language)
            told.append(Wording(f"不早于{before}", f"not before the {before}").in_language(language))
        if not fact.ahead:
            told.append(Wording("不晚于今天", "not after today").in_language(language))
        return listed(told, language, Wording("，", ", "))
    unit = field.unit.in_language(language)
    kind = Wording("整数", "a whole number") if fact.whole else Wording("数", "a number")
    told = [f"{kind.in_language(language)}{_of_unit(unit, language)}"]
    if field.maximum.isdigit():
        most = with_unit(field.maximum, unit, language)
        told.append(Wording(f"最多 {most}", f"at most {most}").in_language(language))
    return listed(told, language, Wording("，", ", "))


def _of_unit(unit: str, language: str) -> str:
    return Wording(f"（{unit}）", f" of {unit}").in_language(language) if unit else ""
