"""New keys for personal data: everything moves under them, nothing is lost, and it may be broken off at any moment."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.test import override_settings
from tests.cli.places import COUNTS, Place, seed

from tuoshan import secrets
from tuoshan.agenda import worker
from tuoshan.cli import keys, rekeying
from tuoshan.parties.models import Customer, Person

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NAMES = """
from tuoshan.cases.models import Words
from tuoshan.parties.customers import by_phone
print([by_phone('13800138001').name, sorted(words.text for words in Words.objects.all())])
"""


def _quiet(table: str, done: int, total: int) -> None:
    return None


def test_from_a_new_key_to_the_old_one_retired(tmp_path: Path) -> None:
    place = Place(tmp_path, "keys")
    seed(place)
    before, names = place.python(COUNTS), place.python(NAMES)
    file = place.data / "keys" / "fields"
    [old] = file.read_text().split()
    place.run("keys", "new", "fields")
    newest, kept = file.read_text().split()
    assert kept == old != newest
    assert file.stat().st_mode & 0o777 == 0o600
    assert place.python(NAMES) == names, "old values are read as before"
    place.run("keys", "retire", "fields", ends=1)
    assert ", 1 stood under it already" in place.run("keys", "rotate", "--batch", "2").stdout
    assert "0 values" in place.run("keys", "list").stdout
    place.run("keys", "retire", "fields")
    assert file.read_text().split() == [newest]
    assert (place.data / "keys" / "fields.retired").read_text().split() == [old]
    assert place.python(NAMES) == names
    assert place.python(COUNTS) == before
    assert "0 faults" in place.run("verify").stdout


def test_it_waits_until_all_have_read_the_new_key(
    db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(keys, "_from_outside", lambda kind: False)
    file = tmp_path / "keys" / "fields"
    file.parent.mkdir()
    file.write_text(f"{NEW}\n{OLD}\n", encoding="ascii")
    keys._refuse_before_restart()
    worker.beat(worker.Run("w1", 1), started=True)
    later = time.time() + 60
    os.utime(file, (later, later))
    with pytest.raises(typer.Exit):
        keys._refuse_before_restart()
    assert "w1" in capsys.readouterr().err


def test_links_signed_before_are_believed_until_their_key_is_retired(tmp_path: Path) -> None:
    place = Place(tmp_path, "signing")
    link = place.python("from tuoshan.secrets import sign_link; print(sign_link('a', {'case': 7}, 1))")
    read = f"from tuoshan.secrets import read_link; print(read_link('a', {link!r})['case'])"
    place.run("keys", "new", "signing")
    assert place.python(read) == "7"
    place.run("keys", "retire", "signing")
    with pytest.raises(AssertionError, match="LinkBroken"):
        place.python(read)


@pytest.fixture
def people(db: None) -> list[Customer]:
    """Customers and a second factor under the old key."""
    with override_settings(FIELD_KEYS=[OLD]):
        made = [Customer(name=f"张{number}", phone=f"1380013800{number}") for number in range(5)]
        for customer in made:
            customer.save()
        person = Person.objects.create_user("an", "x", email="an@example.com")
        data = {"secret": secrets.encrypt("JBSWY3DP"), "migrated_codes": [secrets.encrypt("12345678")], "mask": 0}
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    return made


def test_broken_off_and_begun_again_it_comes_to_the_same_end(people: list[Customer]) -> None:
    def stop(table: str, done: int, total: int) -> None:
        if table == "parties_customer" and done >= 2:
            raise KeyboardInterrupt

    with override_settings(FIELD_KEYS=[NEW, OLD]):
        with pytest.raises(KeyboardInterrupt):
            rekeying.rewrite(stop, batch=2)
        halfway = rekeying.count(_quiet)
        assert halfway.by_key[0] > 0 < halfway.by_key[1]
        rest = rekeying.rewrite(_quiet, batch=2)
        assert rest.written == halfway.by_key[1] - 1, "the factor's two secrets stand in one column"
        assert rekeying.rewrite(_quiet).written == 0
    with override_settings(FIELD_KEYS=[NEW]):
        assert rekeying.count(_quiet).unreadable == 0
        assert sorted(customer.name for customer in Customer.objects.all()) == [f"张{number}" for number in range(5)]
        data: Any = Authenticator.objects.get().data
        assert secrets.decrypt(data["secret"]) == "JBSWY3DP"
        assert [secrets.decrypt(code) for code in data["migrated_codes"]] == ["12345678"]
        assert Person.objects.get().email == "an@example.com"


def test_what_changed_meanwhile_is_left_as_it_is(people: list[Customer]) -> None:
    from django.db import connection

    [place] = [one for one in rekeying.places() if one.table == "parties_customer"]
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        changes = next(rekeying._walk(place, 100, rekeying.Tally(), _quiet))
        Customer.objects.filter(pk=people[0].pk).update(name="王五")
        with connection.cursor() as cursor:
            for key, column, old, new in changes:
                cursor.execute(rekeying._replace(place, column), [new, *key, old])
        assert {customer.name for customer in Customer.objects.all()} == {"王五", "张1", "张2", "张3", "张4"}


def test_what_no_key_reads_is_counted_and_stays(people: list[Customer]) -> None:
    with override_settings(FIELD_KEYS=[NEW]):
        tally = rekeying.rewrite(_quiet)
    assert tally.unreadable > 0 == tally.written
    with override_settings(FIELD_KEYS=[OLD]):
        assert rekeying.count(_quiet).unreadable == 0
