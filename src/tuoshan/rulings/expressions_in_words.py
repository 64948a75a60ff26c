"""Conditions and formulas of a rule book as people say them, in either language: read from the tree, never typed twice.

`paid * 0.005 * age` is 实付价款 × 0.5% × 已过天数; `has(house) && house == 'dealer'` is 销售单位：经销商供货.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tuoshan.core.conditions.expression import Expression
from tuoshan.core.conditions.syntax import (
    Arithmetic,
    Both,
    Call,
    Compare,
    Either,
    Fact,
    Given,
    ListOf,
    Literal,
    Negative,
    Node,
    Not,
    walk,
)
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import TODAY, DaysBetween, EndOf, InForce, Pack

COMPARED = {
    "<=": Wording("不超过 {}", "at most {}"), "<": Wording("少于 {}", "less than {}"),
    ">=": Wording("至少 {}", "at least {}"), ">": Wording("超过 {}", "more than {}"),
    "==": Wording("等于 {}", "exactly {}"), "!=": Wording("不等于 {}", "not {}"),
}  # fmt: skip
DATED = {
    "<=": Wording("不晚于 {}", "not after {}"), "<": Wording("早于 {}", "before {}"),
    ">=": Wording("自 {} 起", "from {} on"), ">": Wording("晚于 {}", "after {}"),
    "==": Wording("正是 {}", "on {}"), "!=": Wording("不是 {}", "not on {}"),
}  # fmt: skip
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_CALLED = {
    "days": Wording("{} 天", "{} days"), "hours": Wording("{} 小时", "{} hours"),
    "minutes": Wording("{} 分钟", "{} minutes"), "working_days": Wording("{} 个工作日", "{} working days"),
    "is_holiday": Wording("{}是休假日", "{} is a day off"), "size": Wording("{}的个数", "the number of {}"),
}  # fmt: skip
DAY_OF_ASKING = Wording("询问之日", "Day of asking")
DAYS, COMMA = Wording("天", "days"), Wording("、", ", ")


def is_english(language: str) -> bool:
    return language.startswith("en")


def colon(language: str) -> str:
    return ": " if is_english(language) else "："


def yes_no(value: bool, language: str) -> str:
    return Wording("是" if value else "否", "yes" if value else "no").in_language(language)


def within_sentence(text: str, language: str) -> str:
    """A label as it stands within a sentence: English begins it small, save for abbreviations."""
    if not is_english(language) or len(text) < 2 or not (text[1].islower() or text[1] == " "):
        return text
    return text[0].lower() + text[1:]


def quoted(text: str, language: str) -> str:
    """A name or a phrase set apart; English takes the plain sign, which Chinese fonts do not widen."""
    return f'"{text}"' if is_english(language) else f"“{text}”"


def listed(parts: Iterable[str], language: str, between: Wording = COMMA) -> str:
    return between.in_language(language).join(parts)


def called(pack: Pack, name: str, language: str) -> str:
    """What a fact, setting, value or output is called; its name where the book has no label for it."""
    label = DAY_OF_ASKING if name == TODAY else label_of(pack, name)
    return label.in_language(language) or name


def titles_of(pack: Pack, name: str, language: str) -> dict[str, str]:
    """What the values of a fact are called; those of anything else go by the pack's labels."""
    fact = pack.facts.get(name)
    named = {one.value: one.title for one in fact.field.choices} if fact else pack.labels
    return {value: title.in_language(language) for value, title in named.items()}


def is_day(pack: Pack, name: str) -> bool:
    """Whether a name holds a date."""
    fact = pack.facts.get(name)
    if name == TODAY or (fact is not None and fact.field.kind == "date"):
        return True
    if isinstance(pack.values.get(name), EndOf):
        return True
    return any(one.name == name and one.kind == "date" for table in pack.tables.values() for one in table.outputs)


def unit_of(pack: Pack, name: str, language: str) -> str:
    """The unit in which a name is counted; nothing where there is none."""
    fact, setting = pack.facts.get(name), pack.settings.get(name)
    if fact is not None:
        return fact.field.unit.in_language(language)
    if setting is not None:
        return setting.unit.in_language(language)
    return DAYS.in_language(language) if isinstance(pack.values.get(name), DaysBetween) else ""


def with_unit(number: str, unit: str, language: str) -> str:
    """`30 天` / `30 days`, `1 day`; a percentage without a space."""
    if unit == "%":
        return f"{number}%"
    if is_english(language) and number == "1" and unit.endswith("s"):
        unit = unit[:-1]
    return f"{number} {unit}" if unit else number


def compared(pack: Pack, name: str, operator: str, other: str, language: str) -> str:
    """`opening_cm <= 5` without its name: 不超过 5 厘米."""
    if is_day(pack, name):
        return DATED[operator].in_language(language).format(other)
    return COMPARED[operator].in_language(language).format(with_unit(other, unit_of(pack, name, language), language))


def dates_words(pack: Pack, dates: InForce | None, language: str) -> str:
    """`按购买日期，2024-07-01 起`; nothing where no dates are told."""
    if dates is None:
        return ""
    day = within_sentence(called(pack, dates.by, language), language)
    told = [Wording(f"按{day}", f"by {day}").in_language(language)]
    if dates.begins:
        told.append(Wording(f"{dates.begins} 起", f"from {dates.begins} on").in_language(language))
    if dates.until:
        told.append(Wording(f"到 {dates.until} 前", f"until before {dates.until}").in_language(language))
    return listed(told, language, Wording("，", ", "))


def condition_words(pack: Pack, expression: Expression, language: str) -> str:
    """A condition as a sentence reads."""
    return _Words(pack, language).condition(expression.tree)


def formula_words(pack: Pack, expression: Expression, language: str) -> str:
    """A formula with what stands in it by its label; a sum alone with its unit."""
    words, tree = _Words(pack, language), expression.tree
    if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
        return with_unit(number_text(tree.value), Wording("元", "yuan").in_language(language), language)
    if isinstance(tree, Compare | Both | Either | Not | Given):
        return words.condition(tree)
    return words.formula(tree)


class _Words:
    """One reading of a tree. A condition that holds parts of another kind puts them in brackets."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language = pack, language

    def said(self, zh: str, en: str) -> str:
        return en if is_english(self.language) else zh

    def label(self, name: str) -> str:
        return called(self.pack, name, self.language)

    def quoted(self, node: Fact) -> str:
        return quoted(self.label(node.name), self.language)

    # -- conditions --------------------------------------------------------------------------------------------
    def condition(self, node: Node) -> str:
        match node:
            case Both():
                parts = _without_given(_flat(node))
                if len(parts) == 1:
                    return self.condition(parts[0])
                return self.said(" 且 ", " and ").join(self._bracketed(one) for one in parts)
            case Either(parts):
                return self._either(parts)
            case Not(operand):
                return self._denied(operand)
            case Given(source):
                return f"{self.label(_name(source))}{colon(self.language)}{self.said('已知', 'known')}"
            case Fact(name):
                return f"{self.label(name)}{colon(self.language)}{yes_no(True, self.language)}"
            case Literal(bool() as value):
                return yes_no(value, self.language)
            case Compare():
                return self._compared(node, node.operator)
        return self.formula(node)

    def _bracketed(self, node: Node) -> str:
        words = self.condition(node)
        if isinstance(node, Either) or (isinstance(node, Both) and len(_without_given(_flat(node))) > 1):
            return self.said(f"（{words}）", f"({words})")
        return words

    def _either(self, parts: tuple[Node, ...]) -> str:
        """`!has(x) || x == 'awaited'`: 尚待举证，或尚不知道."""
        unknown = {
            _name(one.operand.source) for one in parts if isinstance(one, Not) and isinstance(one.operand, Given)
        }
        told = [one for one in parts if not (isinstance(one, Not) and isinstance(one.operand, Given))]
        held = {name for one in told for name in _names(one)}
        words = [self._bracketed(one) for one in told]
        if unknown & held:
            words[-1] += self.said("，或尚不知道", ", or not known")
        words += [f"{self.label(name)}{colon(self.language)}{self.said('尚不知道', 'not known')}"
                  for name in sorted(unknown - held)]  # fmt: skip
        return self.said(" 或 ", " or ").join(words)

    def _denied(self, node: Node) -> str:
        match node:
            case Fact(name):
                return f"{self.label(name)}{colon(self.language)}{yes_no(False, self.language)}"
            case Given(source):
                return f"{self.label(_name(source))}{colon(self.language)}{self.said('尚不知道', 'not known')}"
            case Compare(operator) if operator in _OPPOSITE:
                return self._compared(node, _OPPOSITE[operator])
            case Compare():
                return self._compared(node, "not in")
            case Not(operand):
                return self.condition(operand)
        words = self.condition(node)
        return f"{self.said('不是', 'not ')}{quoted(words, self.language)}"

    def _compared(self, node: Compare, operator: str) -> str:
        left, right = node.left, node.right
        if not isinstance(left, Fact):
            return f"{self.formula(left)} {self._plainly(operator, self.formula(right))}"
        label = self.label(left.name)
        if isinstance(right, ListOf) or (isinstance(right, Literal) and isinstance(right.value, str | bool)):
            titles = titles_of(self.pack, left.name, self.language)
            items = right.items if isinstance(right, ListOf) else (right,)
            words = listed([self._choice(one, titles) for one in items], self.language, Wording("、", " / "))
            without = self.said("非", "not ") if operator in ("!=", "not in") else ""
            return f"{label}{colon(self.language)}{without}{words}"
        if isinstance(right, Literal):
            number = right.value
            other = number_text(number) if isinstance(number, Decimal) else str(number)
            return f"{label} {compared(self.pack, left.name, operator, other, self.language)}"
        other = self.quoted(right) if isinstance(right, Fact) else self.formula(right)
        signs = DATED if is_day(self.pack, left.name) else COMPARED
        return f"{label} {signs[operator].in_language(self.language).format(other)}"

    def _plainly(self, operator: str, other: str) -> str:
        known = COMPARED.get(operator)
        return known.in_language(self.language).format(other) if known else f"{self.said('属于', 'among')} {other}"

    def _choice(self, node: Node, titles: dict[str, str]) -> str:
        if isinstance(node, Literal):
            if isinstance(node.value, bool):
                return yes_no(node.value, self.language)
            return titles.get(str(node.value), str(node.value))
        return self.formula(node)

    # -- formulas ----------------------------------------------------------------------------------------------
    def formula(self, node: Node) -> str:
        match node:
            case Fact(name):
                return within_sentence(self.label(name), self.language)
            case Literal(Decimal() as value):
                return number_text(value)
            case Literal(bool() as value):
                return yes_no(value, self.language)
            case Literal(date() as value):
                return value.isoformat()
            case Literal(value):
                return str(value)
            case Negative(operand):
                return f"−{self.formula(operand)}"
            case Arithmetic():
                return self._worked_out(node)
            case Call(function, arguments) if function in _CALLED:
                told = listed((self.formula(one) for one in arguments), self.language)
                return _CALLED[function].in_language(self.language).format(told)
            case ListOf(items):
                return listed((self.formula(one) for one in items), self.language)
        return self.condition(node)

    def _worked_out(self, node: Arithmetic) -> str:
        if node.operator == "/" and _is(node.right, Decimal(100)):
            return self._percent(node.left)
        return (f"{self._part(node.left, node.operator)} {_SIGNS[node.operator]} "
                f"{self._part(node.right, node.operator, last=True)}")  # fmt: skip

    def _percent(self, node: Node) -> str:
        """What is divided by a hundred: its last factor is a percentage."""
        match node:
            case Literal(Decimal() as value):
                return f"{number_text(value)}%"
            case Arithmetic("*", left, right):
                return f"{self._part(left, '*')} × {self._percent(right)}"
        words = self._part(node, "/")
        return self.said(f"{words}（%）", f"{words} (%)")

    def _part(self, node: Node, beside: str, *, last: bool = False) -> str:
        if isinstance(node, Literal) and beside == "*" and isinstance(node.value, Decimal) and 0 < node.value < 1:
            return f"{number_text(node.value * 100)}%"
        words = self.formula(node)
        loose = isinstance(node, Arithmetic) and (
            (beside in "*/" and node.operator in "+-") or (last and beside in "-/" and node.operator in "+-*/")
        )
        return self.said(f"（{words}）", f"({words})") if loose else words


def _is(node: Node, number: Decimal) -> bool:
    return isinstance(node, Literal) and node.value == number


def _name(source: Node) -> str:
    return source.name if isinstance(source, Fact) else ""


def _flat(node: Both) -> tuple[Node, ...]:
    """`(a && b) && c` as three parts: they are of one kind."""
    return tuple(part for one in node.parts for part in (_flat(one) if isinstance(one, Both) else (one,)))


def _names(node: Node) -> set[str]:
    return {one.name for one, _depth in walk(node) if isinstance(one, Fact)}


def _without_given(parts: tuple[Node, ...]) -> list[Node]:
    """`has(x) && x > 2` says no more than `x > 2`: what is compared is known."""
    kept = []
    for place, one in enumerate(parts):
        others = {name for at, other in enumerate(parts) if at != place and not isinstance(other, Given | Either)
                  for name in _names(other)}  # fmt: skip
        if not (isinstance(one, Given) and _name(one.source) in others):
            kept.append(one)
    return kept
