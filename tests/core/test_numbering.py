"""Case numbers: dictated, misheard, mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.core.numbering import MisheardNumber, completed_number, format_number, parse_number, read_number

parts = st.tuples(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 10**8))


@pytest.mark.parametrize(
    ("year", "month", "sequence", "number"),
    [
        (2026, 11, 42, "TS2611-00042-7"),
        (2026, 11, 99999, "TS2611-99999-9"),
        (2026, 11, 100000, "TS2611-100000-2"),
    ],
)
def test_numbers_are_grouped_for_reading(year: int, month: int, sequence: int, number: str) -> None:
    assert format_number(year, month, sequence) == number
    assert read_number(number) == (year, month, sequence)


@pytest.mark.parametrize(
    "text",
    [
        "TS2611-00042-7", "ts2611-00042-7", "TS2611000427", "2611000427", "2611 00042 7", " ts 2611 — 00042 — 7 ",
        "ＴＳ２６１１－０００４２－７", "#TS2611-00042-7", "二六一一零零零四二七", "TS 二六幺幺，〇〇〇四两，七",
        "两六幺幺 000 四二 7", "二六一一杠零零零四二杠七", "TS2611.00042.7", "t s 2 6 1 1 0 0 0 4 2 7",
        "二六幺幺洞洞洞四二拐",
    ],
)  # fmt: skip
def test_a_number_is_understood_however_it_is_written_or_said(text: str) -> None:
    assert parse_number(text) == "TS2611-00042-7"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("TS", "empty"),
        ("TS-", "empty"),
        ("TSTS2611000427", "letters"),
        ("TS2611-0OO42-7", "letters"),
        ("二六一一四十二七", "letters"),
        ("٢٦١١٠٠٠٤٢٧", "letters"),
        ("TS2611-0042-7", "too_short"),
        ("TS2611-00042", "too_short"),
        ("TS2611-00042-8", "check_digit"),
        ("TS2611-00024-7", "check_digit"),
        ("9" * 18, "too_long"),
        ("9" * 100_000, "too_long"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(text: str, code: str) -> None:
    with pytest.raises(MisheardNumber) as misheard:
        parse_number(text)
    assert misheard.value.code == code
    assert misheard.value.reason("zh") == misheard.value.reason_zh != ""
    assert misheard.value.reason("en") == misheard.value.reason_en != ""


def test_a_valid_check_digit_does_not_excuse_a_senseless_number() -> None:
    from stdnum import damm

    for digits, code in (("261300042", "month"), ("260000042", "month"), ("261100000", "running_number"),
                         ("2611000042", "running_number")):  # fmt: skip
        with pytest.raises(MisheardNumber) as misheard:
            parse_number(digits + damm.calc_check_digit(digits))
        assert misheard.value.code == code


@pytest.mark.parametrize(("year", "month", "sequence"), [(1999, 1, 1), (2100, 1, 1), (2026, 0, 1), (2026, 13, 1),
                                                         (2026, 1, 0), (2026, 1, -5), (2026, 1, 10**12)])  # fmt: skip
def test_senseless_parts_make_no_number(year: int, month: int, sequence: int) -> None:
    with pytest.raises(ValueError):
        format_number(year, month, sequence)


@given(parts)
def test_every_number_is_read_back(given_parts: tuple[int, int, int]) -> None:
    number = format_number(*given_parts)
    assert parse_number(number) == number
    assert read_number(number.replace("-", "").lower()) == given_parts


@given(parts)
def test_every_single_wrong_digit_is_caught(given_parts: tuple[int, int, int]) -> None:
    digits = format_number(*given_parts).removeprefix("TS").replace("-", "")
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            with pytest.raises(MisheardNumber):
                parse_number(digits[:place] + wrong + digits[place + 1 :])


@given(parts)
def test_every_swap_of_neighbours_is_caught(given_parts: tuple[int, int, int]) -> None:
    digits = format_number(*given_parts).removeprefix("TS").replace("-", "")
    for place, (left, right) in enumerate(zip(digits, digits[1:], strict=False)):
        if left != right:
            with pytest.raises(MisheardNumber):
                parse_number(digits[:place] + right + left + digits[place + 2 :])


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_misheard(text: str) -> None:
    try:
        number = parse_number(text)
    except MisheardNumber:
        return
    assert parse_number(number) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TS2611-00042", format_number(2026, 11, 42)), ("2611-00042", format_number(2026, 11, 42)),
        ("ts 2611 00042", format_number(2026, 11, 42)), ("261100042", format_number(2026, 11, 42)),
        ("2611-123456", format_number(2026, 11, 123456)), ("2613-00042", ""), ("2611-00000", ""), ("00042", ""),
        ("2611-00042-7", ""), ("13800138000", ""), ("", ""),
    ],
    ids=["whole", "no prefix", "spaces", "bare", "long", "no month", "none", "running alone", "checked",
         "phone", "nothing"],  # fmt: skip
)
def test_a_number_that_lacks_only_its_check_digit_is_completed(text: str, number: str) -> None:
    assert completed_number(text) == number
