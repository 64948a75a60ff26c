"""Secrets at rest, blind indexes, masks, links."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldError
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tuoshan import clock, secrets
from tuoshan.parties.models import Customer

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.text())
def test_text_comes_back_as_it_went_in(text: str) -> None:
    assert secrets.decrypt(secrets.encrypt(text)) == text


def test_the_same_text_is_never_encrypted_alike() -> None:
    assert secrets.encrypt("王小明") != secrets.encrypt("王小明")


def test_keys_rotate_and_old_rows_stay_readable() -> None:
    with override_settings(FIELD_KEYS=[OLD]):
        token = secrets.encrypt("13800138000")
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert secrets.decrypt(token) == "13800138000"
        rotated = secrets.rotate(token)
    with override_settings(FIELD_KEYS=[NEW]):
        assert secrets.decrypt(rotated) == "13800138000"
        with pytest.raises(InvalidToken):
            secrets.decrypt(token)


@pytest.mark.django_db
def test_the_database_never_sees_who_a_customer_is() -> None:
    Customer(name="欧阳小明", phone="138 0013 8000", email="ming@example.com", address="幸福路 5 号").save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM parties_customer")
        row = repr(cursor.fetchall())
        cursor.execute("SELECT * FROM parties_customernamegram")
        row += repr(cursor.fetchall())
    for plain in ("欧阳", "小明", "0013 8000", "00138000", "ming@", "幸福路"):
        assert plain not in row


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["icontains", "startswith", "gt", "in"])
def test_searching_an_encrypted_column_is_an_error_not_a_silence(lookup: str) -> None:
    with pytest.raises(FieldError):
        Customer.objects.filter(**{f"name__{lookup}": "王"}).exists()


@pytest.mark.parametrize(
    "other", ["138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００", "0086 13800138000", " 13800138000 "]
)
def test_one_phone_has_one_index_however_it_is_written(other: str) -> None:
    assert secrets.blind_index(other, "phone") == secrets.blind_index("13800138000", "phone")


def test_indexes_of_different_purposes_never_match() -> None:
    assert secrets.blind_index("13800138000", "phone") != secrets.blind_index("13800138000", "phone-order")
    assert secrets.blind_index("", "phone") == ""
    assert secrets.blind_index("Ｗａｎｇ  Li", "name") == secrets.blind_index("wang li", "name")


@pytest.mark.parametrize(
    ("plain", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("010-62345678", "010****5678"),
        ("+861062345678", "010****5678"),
        ("400-800-1234", "400****1234"),
        ("95588", "****88"),
        ("", ""),
    ],
)
def test_phones_are_masked(plain: str, masked: str) -> None:
    assert secrets.mask_phone(plain) == masked


def test_names_and_addresses_are_masked() -> None:
    assert [secrets.mask_name(name) for name in ("王小明", "王", "John Smith", "")] == ["王**", "王*", "J*** S****", ""]
    assert secrets.mask_email("wang@example.com") == "w***@example.com"
    assert secrets.mask_email("nonsense") == "***"
    assert secrets.mask_email("") == ""


@given(st.text(alphabet=st.characters(categories=["Nd", "Lo", "P", "Zs"]), max_size=30))
def test_masking_never_fails_and_never_shows_a_whole_number(text: str) -> None:
    masked = secrets.mask_phone(text)
    digits = "".join(sign for sign in masked if sign.isdigit())
    assert len(digits) <= 7


def test_a_link_opens_for_its_purpose_and_its_time_only() -> None:
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with clock.use(start):
        token = secrets.sign_link("track", {"case": 7}, days=30)
        for_ever = secrets.sign_link("track", {"case": 7}, days=None)
        assert secrets.read_link("track", token) == {"case": 7}
        with pytest.raises(secrets.LinkBroken):
            secrets.read_link("survey", token)
        with pytest.raises(secrets.LinkBroken):
            secrets.read_link("track", token[:-2] + ("aa" if token[-2:] != "aa" else "bb"))
        with pytest.raises(secrets.LinkBroken):
            secrets.read_link("track", "")
    with clock.use(start + timedelta(days=30)):
        assert secrets.read_link("track", token) == {"case": 7}
    with clock.use(start + timedelta(days=30, seconds=1)):
        with pytest.raises(secrets.LinkExpired):
            secrets.read_link("track", token)
        assert secrets.read_link("track", for_ever) == {"case": 7}
