"""Yuan to the fen: reading, showing and splitting exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.core.money import (
    MoneyError,
    format_money,
    from_fen,
    parse_money,
    round_to_fen,
    split,
    to_fen,
    yuan,
)

fens = st.integers(-(10**13), 10**13)
weights = st.lists(
    st.one_of(
        st.integers(0, 10**6),
        st.decimals(0, 10**6, places=3),
        st.fractions(0, 1000, max_denominator=97),
    ),
    min_size=1,
    max_size=12,
).filter(any)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12.00"), ("¥1,234.50", "1234.50"), ("￥1,234.5", "1234.50"), ("１２．５０元", "12.50"),
        (" 1 234.50 ", "1234.50"), ("0.01", "0.01"), ("-3.20", "-3.20"), ("-¥3.20", "-3.20"), ("¥-3.20", "-3.20"),
        ("￥１，２３４．５０", "1234.50"), ("12.5 rmb", "12.50"), ("-0", "0.00"), ("007", "7.00"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert str(parse_money(text)) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_money"), ("abc", "not_money"), ("1,23", "not_money"), ("12,34.50", "not_money"),
        ("1e3", "not_money"), ("1.", "not_money"), (".5", "not_money"), ("--1", "not_money"), ("-¥-1", "not_money"),
        ("NaN", "not_money"), ("1.2万", "not_money"), ("$5", "not_money"), ("12.345", "finer_than_fen"),
        ("12.340", "finer_than_fen"), ("1000000000000", "too_large"), ("9" * 99, "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_money(text)
    assert refusal.value.code == code
    assert text in refusal.value.reason_zh and text in refusal.value.reason_en


@pytest.mark.parametrize("value", [1.5, 0.1, True, None, float("nan")])
def test_floats_are_never_money(value: object) -> None:
    for use in (yuan, to_fen, format_money, round_to_fen, from_fen):
        with pytest.raises(TypeError):
            use(value)  # type: ignore[operator]
    with pytest.raises(TypeError):
        split(1, [value])  # type: ignore[list-item]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "0.001", "1E-30", "1E+999999", "-1000000000000"])
def test_decimals_that_are_no_exact_fen_are_refused(value: str) -> None:
    with pytest.raises(MoneyError):
        yuan(Decimal(value))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1234.5", "¥1,234.50"), ("-1234567.89", "-¥1,234,567.89"), ("0", "¥0.00"), ("-0.00", "¥0.00")],
)
def test_amounts_are_shown_with_their_fen(amount: str, shown: str) -> None:
    assert format_money(amount) == shown
    assert format_money(amount, symbol=False) == shown.replace("¥", "")


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("12", "12.00")],
)
def test_rounding_is_half_up_to_the_fen(exact: str, rounded: str) -> None:
    assert str(round_to_fen(Decimal(exact))) == rounded
    assert str(round_to_fen(Fraction(exact))) == rounded


@pytest.mark.parametrize(
    ("total", "shares", "expected"),
    [
        ("100", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.05", [1, 1], ["0.03", "0.02"]),
        ("-0.05", [1, 1], ["-0.03", "-0.02"]),
        ("0.01", [0, 1, 1], ["0.00", "0.01", "0.00"]),
        ("10", [Decimal("0.5"), Fraction(1, 3)], ["6.00", "4.00"]),
        ("99.99", [199, 59, 1], ["76.83", "22.78", "0.38"]),
        ("0", [3, 4], ["0.00", "0.00"]),
    ],
)
def test_splitting_by_largest_remainder(
    total: str, shares: list[Decimal | int | Fraction], expected: list[str]
) -> None:
    assert [str(share) for share in split(total, shares)] == expected


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [Decimal("NaN")], [Decimal("Infinity")]])
def test_senseless_weights_are_refused(shares: list[Decimal | int]) -> None:
    with pytest.raises(ValueError):
        split("10", shares)


@given(fens, weights)
def test_shares_add_up_and_stay_within_a_fen(fen: int, shares: list[Decimal | int | Fraction]) -> None:
    parts = split(from_fen(fen), shares)
    assert sum(map(to_fen, parts)) == fen
    whole = sum(map(Fraction, shares))
    for part, weight in zip(parts, shares, strict=True):
        assert abs(to_fen(part) - fen * Fraction(weight) / whole) < 1
        assert weight or part == 0
    assert split(from_fen(-fen), shares) == tuple(-part for part in parts)


@given(fens)
def test_what_is_shown_is_read_back(fen: int) -> None:
    amount = from_fen(fen)
    assert parse_money(format_money(amount)) == amount
    assert to_fen(amount) == fen
    assert amount.as_tuple().exponent == -2
