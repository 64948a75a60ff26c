"""The expression language of playbooks: what it reads, what it answers, what it refuses."""

from __future__ import annotations

import contextlib
import pickle
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuoshan.core.conditions import (
    MISSING,
    RESERVED_NAMES,
    EvaluationError,
    ExpressionError,
    Missing,
    MissingFact,
    TableError,
    TypeMismatch,
    Value,
    WorkingDays,
    check,
    compile_expression,
    unmet,
)

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 6, 10, 0, tzinfo=SHANGHAI)


class Case:
    """A scope over plain dictionaries; its calendar knows weekends only and closes at 18:00."""

    def __init__(
        self,
        facts: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        totals: Mapping[str, Decimal] | None = None,
        now: datetime = NOW,
    ) -> None:
        self.now = now
        self.facts = dict(facts or {})
        self.past = dict(history or {})
        self.totals = dict(totals or {})
        self.tables: dict[str, dict[tuple[Any, ...], Any]] = {
            "free_limit": {("normal",): Decimal("50.00"), ("urgent",): Decimal("0")},
            "recall_threshold": {(): 3},
        }

    def fact(self, name: str) -> Value | Missing:
        return self.facts.get(name, MISSING)

    def history(self, namespace: str, name: str) -> Value | Missing:
        return self.past.get(f"{namespace}:{name}", MISSING)

    def table(self, name: str, keys: tuple[Value, ...]) -> Value:
        try:
            return self.tables[name][keys]
        except KeyError:
            raise TableError(f"{name} has no row for {keys}") from None

    def total(self, name: str) -> Decimal:
        return self.totals[name]

    def is_holiday(self, day: date) -> bool:
        return day.weekday() >= 5

    def add_working_days(self, at: datetime, n: int) -> datetime:
        day = at.astimezone(SHANGHAI).date()
        while n:
            day += timedelta(days=1)
            n -= not self.is_holiday(day)
        return datetime(day.year, day.month, day.day, 18, tzinfo=SHANGHAI)


def evaluate(text: str, facts: Mapping[str, Any] | None = None, **rest: Any) -> Value:
    return compile_expression(text).evaluate(Case(facts, **rest))


FACTS: dict[str, Any] = {
    "amount": Decimal("49.90"),
    "count": 3,
    "grade": "normal",
    "paid": True,
    "departments": ["qa", "store"],
    "tags": frozenset({"b", "a"}),
    "return_by": date(2026, 3, 6),
    "visit_on": date(2026, 3, 7),
    "start": datetime(2026, 3, 6, 8, 0, tzinfo=SHANGHAI),
    "end": datetime(2026, 3, 6, 2, 0, tzinfo=UTC),
    "nothing": None,
}
HISTORY: dict[str, Any] = {
    "times:appeal": 0,
    "entered:answered": NOW - timedelta(days=30),
    "on:accept": NOW - timedelta(days=2),
    "first:accept": NOW - timedelta(days=5),
    "late:solve": False,
    "task:inquire.open": 0,
    "ruling:kind": "outcome",
    "ruling:remedies": ["repair", "exchange"],
    "members:stores.open": 0,
    "effect:remedy.settled": True,
    "effect:refund.failed": False,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount <= 50 && grade == 'normal'", True),
        ("amount <= table('free_limit', grade)", True),
        ("count >= table('recall_threshold')", True),
        ("times.appeal == 0 && now <= entered.answered + days(30)", True),
        ("times.appeal == 0 && now < entered.answered + days(30)", False),
        ("task.inquire.open == 0", True),
        ("members.stores.open == 0", True),
        ("remedy.settled && !refund.failed", True),
        ("'repair' in ruling.remedies", True),
        ("ruling.remedies == []", False),
        ("!(grade in ['important', 'urgent'])", True),
        ("late.solve || paid", True),
        ("!is_holiday(visit_on) || grade == 'urgent'", False),
        ("start + 0.75 * (end - start)", datetime(2026, 3, 6, 9, 30, tzinfo=SHANGHAI)),
        ("on.accept - first.accept == days(3)", True),
        ("(on.accept - first.accept) / hours(1)", Decimal(72)),
        ("on.accept - return_by <= days(15)", True),
        ("1 + 2 * 3 - 4 / 2", Decimal(5)),
        ("-count + 5", Decimal(2)),
        ("-(1 - 3)", Decimal(2)),
        ("10 - 4 - 3", Decimal(3)),
        ("true || false && false", True),
        ("size(departments) == 2 && size(tags) == 2", True),
        ("tags == ['a', 'b']", True),
        ("minutes(90) == hours(1.5)", True),
        ("days(1) / 2 == hours(12)", True),
        ("\"it's\" == 'it\\'s'", True),
        ("'退货' in ['退货', '换货']", True),
        ("count == 3.00", True),
        ("has(amount) && !has(nothing) && !has(unheard_of)", True),
        ("amount != null && nothing == null && null == on.reject", True),
        ("has(on.accept) && !has(on.reject)", True),
        ("working_days(2) == working_days(2)", True),
        ("(paid) == true", True),
        ("[1, amount, grade]", (Decimal(1), Decimal("49.90"), "normal")),
    ],
)
def test_answers(text: str, expected: object) -> None:
    answer = evaluate(text, FACTS, history=HISTORY)
    assert answer == expected
    assert type(answer) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a date beside a moment makes the moment its calendar day: the day lasts until 24:00
        ("now <= return_by", True),
        ("now == return_by", True),
        ("now < visit_on", True),
        ("now <= return_by - days(1)", False),
        ("return_by + days(1) == visit_on", True),
        ("visit_on - return_by", timedelta(days=1)),
        # Friday; the second working day after it is Tuesday
        ("now + working_days(2)", datetime(2026, 3, 10, 18, tzinfo=SHANGHAI)),
        ("working_days(1) + return_by", date(2026, 3, 9)),
        ("is_holiday(now + days(1))", True),
    ],
)
def test_time(text: str, expected: object) -> None:
    assert evaluate(text, FACTS) == expected


def test_the_day_of_a_moment_is_that_of_the_zone_of_now() -> None:
    late_evening = {"at": datetime(2026, 3, 6, 16, 30, tzinfo=UTC), "day": date(2026, 3, 7)}
    assert evaluate("at == day", late_evening) is True
    assert evaluate("at == day", late_evening, now=NOW.astimezone(UTC)) is False


def test_decimals_are_exact() -> None:
    assert evaluate("0.1 + 0.2 == 0.3") is True
    assert evaluate("amount * 3 == 0.3", {"amount": Decimal("0.1")}) is True
    assert evaluate("99999999999999999999999999999 + 0.01") == Decimal("99999999999999999999999999999.01")
    assert evaluate("1 / 3") == Decimal("0.3333333333333333333333333333")
    assert evaluate("2 / 3") == Decimal("0.6666666666666666666666666667")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("amount / (count - 3)", "divided by zero"),
        ("amount * tiny", "more than 100 digits"),
        ("now + days(count * 10000000)", "out of range"),
        ("return_by + hours(count)", "whole days"),
        ("working_days(amount)", "whole number"),
        ("broken > 1", "NaN"),
        ("inexact > 1", "floating point"),
        ("naive < now", "time zone"),
        ("odd == 1", "complex"),
    ],
)
def test_no_answer(text: str, words: str) -> None:
    odd = {
        "tiny": Decimal("1E-120") / 3,
        "broken": Decimal("NaN"),
        "inexact": 0.5,
        "naive": datetime(2026, 3, 6),
        "odd": 1j,
    }
    if text == "amount * tiny":
        odd["tiny"] = Decimal("1." + "3" * 110)
    with pytest.raises(EvaluationError, match=words):
        evaluate(text, FACTS | odd)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("grade > 50", "grade (text)", "50 (number)"),
        ("grade == 50", "grade (text)", "50 (number)"),
        ("amount == grade", "amount (number)", "grade (text)"),
        ("grade < 'urgent'", "grade (text)", "'urgent' (text)"),
        ("paid == 1", "paid (yes or no)", "1 (number)"),
        ("now + 3", "now (moment)", "3 (number)"),
        ("now - working_days(3)", "now (moment)", "working_days(…) (working days)"),
        ("grade in amount", "grade (text)", "amount (number)"),
        ("count in ['a']", "count (number)", "a list holding text"),
        ("count && paid", "count (number)", ""),
        ("paid && grade", "grade (text)", ""),
        ("!(count)", "count (number)", ""),
        ("-grade", "grade (text)", ""),
        ("size(grade)", "grade (text)", ""),
        ("days(grade)", "grade (text)", ""),
        ("is_holiday(grade)", "grade (text)", ""),
        ("amount + grade", "amount (number)", "grade (text)"),
        ("tags == [1, 2]", "tags (list)", "list"),
    ],
)
def test_mismatch_names_both(text: str, left: str, right: str) -> None:
    with pytest.raises(TypeMismatch) as caught:
        evaluate(text, FACTS)
    assert (caught.value.left.en, caught.value.right.en) == (left, right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no && lost", False),
        ("lost && no", False),
        ("yes || lost", True),
        ("lost || yes", True),
        ("lost > 3 && no", False),
        ("!(lost || yes)", False),
        ("lost && gone && no", False),
        ("yes && lost", ("lost",)),
        ("no || lost", ("lost",)),
        ("lost && gone", ("lost", "gone")),
        ("lost || gone || no", ("lost", "gone")),
        ("!lost", ("lost",)),
        ("lost + gone > other", ("lost", "gone", "other")),
        ("lost == lost", ("lost",)),
        ("[lost, yes, gone] == []", ("lost", "gone")),
        ("table('free_limit', lost, gone)", ("lost", "gone")),
        ("on.accept == now", ("on.accept",)),
        ("remedy.settled && yes", ("remedy.settled",)),
        ("has(lost) && lost > 3", False),
        ("lost > 3 && lost != null", False),
        ("lost == null || lost > 3", True),
        ("total(lost) <= 200", ("lost",)),
    ],
)
def test_undecided(text: str, expected: bool | tuple[str, ...]) -> None:
    facts = {"yes": True, "no": False, "gone": None}
    if isinstance(expected, bool):
        assert evaluate(text, facts) is expected
        return
    with pytest.raises(MissingFact) as caught:
        evaluate(text, facts, totals={"lost": Decimal(0)})
    assert caught.value.names == expected
    assert str(caught.value) == "need: " + ", ".join(expected)


def test_total_is_that_of_the_whole_case() -> None:
    facts, totals = {"amount": Decimal("50")}, {"amount": Decimal("250")}
    assert evaluate("total(amount) > 200 && amount < 200", facts, totals=totals) is True


def test_table_error_passes_through() -> None:
    with pytest.raises(TableError):
        evaluate("amount <= table('free_limit', 'unknown')", FACTS)


def test_what_is_read_is_known_before() -> None:
    expression = compile_expression(
        "amount <= table('free_limit', grade) && now <= entered.answered + days(30)"
        " && task.inquire.open == 0 && remedy.settled && (!has(wish) || wish != 'refund') && total(cost) < 9"
    )
    assert expression.reads == {"amount", "grade", "wish", "cost"}
    assert expression.guarded == {"wish"}
    assert expression.tables == {"free_limit"}
    assert expression.uses_now
    assert expression.namespaces == {
        ("entered", "answered"),
        ("task", "inquire.open"),
        ("effect", "remedy.settled"),
    }
    assert not compile_expression("amount > 1").uses_now


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("has(a) && a > 1", {"a"}),
        ("a > 1 && has(a)", {"a"}),
        ("has(a)", {"a"}),
        ("a > 1 || has(a)", set()),
        ("!has(a) || a > 1", {"a"}),
        ("a == null || a > b", {"a"}),
        ("has(a) && a > 1 || a < 0", set()),
        ("(has(a) && has(b)) && a > b", {"a", "b"}),
        ("(has(a) || has(b)) && a > b", set()),
        ("!(!has(a) || !has(b)) && a > b", {"a", "b"}),
        ("has(a) == true && a > 1", set()),
    ],
)
def test_guarded(text: str, guarded: set[str]) -> None:
    assert compile_expression(text).guarded == guarded


def test_expression_is_a_value() -> None:
    one = compile_expression("amount > 1")
    assert one is compile_expression("amount > 1")
    assert one == pickle.loads(pickle.dumps(one))
    assert len({one, compile_expression("amount > 2")}) == 2
    with pytest.raises(AttributeError):
        one.text = "amount > 3"  # type: ignore[misc]
    assert one.holds(Case(FACTS)) is True
    with pytest.raises(TypeMismatch):
        compile_expression("amount").holds(Case(FACTS))
    assert evaluate("working_days(3)") == WorkingDays(3)


@pytest.mark.parametrize(
    ("text", "column", "mend"),
    [
        ("", 1, "amount <= 200"),
        ("  ", 3, "amount <= 200"),
        ("amount <", 9, "write a fact"),
        ("amount = 1", 8, "write =="),
        ("a & b", 3, "write &&"),
        ("a and b", 3, "write &&"),
        ("a or b", 3, "write ||"),
        ("not a", 1, "write !"),
        ("0 < a < 9", 7, "&&"),
        ("!a == 1", 1, "!(… == …)"),
        ("!a in [1]", 1, "!(… in …)"),
        ("days > 3", 1, "days(3)"),
        ("on == 3", 1, "on.accept"),
        ("times > 3", 1, "times.appeal"),
        ("now.hour > 3", 1, "write now alone"),
        ("now() > on.accept", 1, "without parentheses"),
        ("true() ", 1, "write true alone"),
        ("len(a) > 1", 1, "size(list)"),
        ("dayz(3)", 1, "days(3)"),
        ("fetch(3)", 1, "use one of"),
        ("a.b(3)", 1, "named query"),
        ("days()", 1, "days(3)"),
        ("days(1, 2)", 1, "days(3)"),
        ("table()", 1, "table('free_limit', grade)"),
        ("table(grade)", 1, "table('free_limit', grade)"),
        ("has('amount')", 1, "has(amount)"),
        ("total(1)", 1, "total(amount)"),
        ("a > 5%", 6, "0.05"),
        ("a > .5", 5, "before the point"),
        ("a > 5.", 6, "at most one point"),
        ("a > 3days", 6, "days(3)"),
        ("a > 1e5", 6, "digits"),
        ("a <= （3)", 6, "write ("),
        ("金额 > 3", 1, "Latin letters"),
        ("a == 'open", 6, "close it"),
        ("a == 'x\\n'", 6, "backslash"),
        ("(a > 1", 7, "column 1"),
        ("[1, 2", 6, "column 1"),
        ("a > 1)", 6, "remove it"),
        ("a, b", 2, "[ ]"),
        ("a b", 3, "&&"),
        ("a > null", 3, "has(amount)"),
        ("[null]", 2, "has(amount)"),
        ("1 == null", 3, "has(amount)"),
        ("in > 3", 1, "left of 'in'"),
        ("'a' > 1", 5, "never give an answer"),
        ("a > 1 / 0", 7, "never give an answer"),
        ("a == " + "9" * 40, 6, "smaller"),
        ("a == " + "'" + "x" * 3000 + "'", 2001, "table"),
    ],
)
def test_refused_with_column_and_mend(text: str, column: int, mend: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert caught.value.column == column
    assert mend in caught.value.mend.en
    assert caught.value.text == text
    assert pickle.loads(pickle.dumps(caught.value)).column == column


@pytest.mark.parametrize(
    "text", ["(" * 900, "!" * 1900, "a" + "+a" * 900, "-" * 1000 + "1", "[" * 500, "a=="]
)
def test_deep_text_is_refused_not_crashed(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text)


def test_long_choices_are_fine() -> None:
    text = " || ".join(f"a == {number}" for number in range(150))
    assert evaluate(text, {"a": 149}) is True


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_reserved_names_are_no_facts(name: str) -> None:
    try:
        assert compile_expression(name).reads == frozenset()
    except ExpressionError as error:
        assert error.mend.en


def test_not_text_is_refused() -> None:
    with pytest.raises(ExpressionError, match="is text"):
        compile_expression(True)  # type: ignore[arg-type]


# ---- properties

WORDS = "a amount on.x task.a.b x.settled now true false null and"
CALLS = "days( hours( table('t' has( size( total( is_holiday( working_days("
SIGNS = "( ) [ ] , && || ! == != < <= > >= in + - * / 1 0.5 'text' \"q\" . ' \\ 。 % 1e5"
PIECES = st.sampled_from(f"{WORDS} {CALLS} {SIGNS}".split())


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join)))
@example("a" * 2001)
@example("-1" * 900)
def test_any_text_compiles_or_is_refused(text: str) -> None:
    limit = sys.getrecursionlimit()
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message.zh and error.message.en
        assert error.mend.zh and error.mend.en
        return
    finally:
        assert sys.getrecursionlimit() == limit
    with contextlib.suppress(EvaluationError):
        expression.evaluate(Case({"a": 1, "amount": Decimal(2)}, HISTORY, {"a": Decimal(1)}))
    check(expression, {"a": "number", "amount": "money"})


NUMBERS = st.integers(0, 10**6).map(lambda fen: Decimal(fen).scaleb(-2))


def _sums(children: st.SearchStrategy[tuple[str, Fraction]]) -> st.SearchStrategy[tuple[str, Fraction]]:
    signs = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__}
    return st.tuples(children, st.sampled_from(sorted(signs)), children).map(
        lambda parts: (
            f"({parts[0][0]} {parts[1]} {parts[2][0]})",
            signs[parts[1]](parts[0][1], parts[2][1]),
        )
    )


@given(st.recursive(NUMBERS.map(lambda number: (f"{number:f}", Fraction(number))), _sums, max_leaves=8))
def test_sums_and_products_are_exact(sum_and_answer: tuple[str, Fraction]) -> None:
    text, answer = sum_and_answer
    computed = evaluate(text)
    assert isinstance(computed, Decimal)
    assert Fraction(computed) == answer


@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 99)), max_size=8), st.integers(0, 99))
def test_precedence_is_that_of_school(rest: list[tuple[str, int]], first: int) -> None:
    text = str(first) + "".join(f" {sign} {number}" for sign, number in rest)
    assert evaluate(text) == eval(text)


NAMES = ("p", "q", "r")
Formula = tuple[Any, ...]
FORMULAS = st.recursive(
    st.one_of(
        st.sampled_from(NAMES).map(lambda name: ("fact", name)),
        st.sampled_from(NAMES).map(lambda name: ("has", name)),
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: ("!", one)),
        st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
    ),
    max_leaves=10,
)


def _spell(formula: Formula) -> str:
    match formula:
        case ("fact", name):
            return str(name)
        case ("has", name):
            return f"has({name})"
        case ("!", one):
            return f"!({_spell(one)})"
        case (sign, one, other):
            return f"({_spell(one)}) {sign} ({_spell(other)})"
    raise AssertionError(formula)


def _kleene(formula: Formula, facts: Mapping[str, bool]) -> bool | None:
    match formula:
        case ("fact", name):
            return facts.get(name)
        case ("has", name):
            return name in facts
        case ("!", one):
            inner = _kleene(one, facts)
            return None if inner is None else not inner
        case (sign, one, other):
            answers = {_kleene(one, facts), _kleene(other, facts)}
            decisive = sign == "||"
            if decisive in answers:
                return decisive
            return None if None in answers else not decisive
    raise AssertionError(formula)


GIVEN_FACTS = st.dictionaries(st.sampled_from(NAMES), st.booleans())


@settings(max_examples=300)
@given(FORMULAS, GIVEN_FACTS)
def test_undecided_is_kleenes_third_value(formula: Formula, facts: dict[str, bool]) -> None:
    expected = _kleene(formula, facts)
    try:
        assert evaluate(_spell(formula), facts) is expected
    except MissingFact as missing:
        assert expected is None
        assert not set(missing.names) & set(facts)


@settings(max_examples=300)
@given(FORMULAS, st.fixed_dictionaries({name: st.booleans() for name in NAMES}))
def test_absence_of_guarded_facts_never_leaves_it_undecided(formula: Formula, facts: dict[str, bool]) -> None:
    expression = compile_expression(_spell(formula))
    present = {name: value for name, value in facts.items() if name not in expression.guarded}
    assert expression.holds(Case(present)) is _kleene(formula, present)


def test_what_does_not_hold_is_told_part_by_part() -> None:
    text = "!out && (grade == 'urgent' || has(why)) && now <= opened + days(2) && now <= gone"
    case = Case({"out": False, "grade": "normal", "opened": NOW - timedelta(days=3)})
    found = unmet(compile_expression(text), case)
    parts = [text.index(part) + 1 for part in ("out", "==", "has", "<= opened", "<= gone")]
    assert list(found.false) == parts
    assert found.moments == {parts[3]: NOW - timedelta(days=1)}


def test_a_part_that_holds_is_not_among_what_does_not() -> None:
    found = unmet(compile_expression("a == 1 && b == 2"), Case({"a": 1, "b": 3}))
    assert list(found.false) == [13]
