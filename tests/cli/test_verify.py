"""`tuoshan verify` finds what is kept beside the cases and differs; `--mend` and `reindex` make it anew."""

from pathlib import Path

import pytest
from tests.cli.places import Place, seed

from tuoshan.core.numbering import format_number

HARM = """
from tuoshan.cases.models import Case, Tally
from tuoshan.insight.models import CaseFigures
Tally.objects.all().delete()
CaseFigures.objects.filter(pk=Case.objects.order_by('id').first().pk).update(cause='elsewhere')
"""
MANY = """
from tuoshan.cases.models import Tally
for number in range(30):
    Tally.objects.create(kind=0, scope='0', what='state%d ' % number, part=number, n=1)
"""
NUMBERS = "from tuoshan.cases.models import Case; print(*Case.objects.order_by('id').values_list('number', flat=True))"
COUNTED = "from tuoshan.cases.models import Tally; print(sum(Tally.objects.values_list('n', flat=True)))"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path, "verified")
    seed(made)
    made.run("worker", "--until-idle")
    return made


def test_what_differs_is_told_and_mended_on_request(place: Place) -> None:
    clean = place.run("verify")
    assert "3 cases" in clean.stdout and "0 faults" in clean.stdout
    assert "0 处不符 / counts, figures and search: 0 differences" in clean.stdout
    counted = place.python(COUNTED)
    first, second, _third = place.python(NUMBERS).split()
    place.python(HARM)
    found = place.run("verify", ends=1)
    assert "计数：" in found.stdout and "tally: " in found.stdout
    assert f"{first} (" in found.stdout and "cause 记着 'elsewhere'" in found.stdout
    assert "verify --mend" in found.stderr
    one = place.run("verify", second).stdout
    assert "工单 1 件" in one and "这些工单的统计数字和查找：0 处不符 / figures and search of these cases" in one
    assert "计数、" not in one and "counts" not in one, "what was not looked at is not told"
    assert "cause is 'elsewhere'" in place.run("verify", first, ends=1).stdout
    assert "cause is 'elsewhere'" in place.run("verify", "--sample", "3", ends=1).stdout
    mended = place.run("verify", "--mend")
    assert "改正之后：0 处不符 / mended: 0 differences are left" in mended.stdout
    assert "0 differences" in place.run("verify").stdout
    assert place.python(COUNTED) == counted


def test_many_differences_are_told_by_the_first_and_their_number(place: Place) -> None:
    place.python(MANY)
    told = place.run("verify", ends=1).stdout
    assert told.count("计数：") == 20 and "还有 10 处 / … and 10 more" in told


def test_all_is_made_anew_by_a_command_of_its_own(place: Place) -> None:
    counted = place.python(COUNTED)
    place.python(HARM)
    assert "3 件工单已重新计数和索引 / 3 cases counted and indexed anew" in place.run("reindex").stdout
    assert "0 differences" in place.run("verify").stdout and place.python(COUNTED) == counted


def test_what_is_wrong_with_a_case_is_never_mended(place: Place) -> None:
    number = place.python(NUMBERS).split()[0]
    place.python(f"from tuoshan.cases.models import Case; Case.objects.filter(number={number!r}).update(head_hash='x')")
    assert "1 faults" in place.run("verify", "--mend", ends=1).stderr
    assert "1 faults" in place.run("verify", ends=1).stderr


def test_every_line_is_in_both_languages(place: Place) -> None:
    number = place.python(NUMBERS).split()[0]
    misheard = place.run("verify", "TS2611", ends=2).stderr
    assert "编号少了数字" in misheard and " / The number is missing digits" in misheard
    nowhere = format_number(2001, 1, 1)
    assert f"没有工单 {nowhere} / There is no case {nowhere}" in place.run("verify", nowhere, ends=2).stderr
    place.python(f"from tuoshan.cases.models import Case; Case.objects.filter(number={number!r}).update(head_hash='x')")
    told = place.run("verify", ends=1)
    assert "事件链：" in told.stdout and "/ chain: the case's head is not" in told.stdout
    assert "3 cases, 6 events, 1 faults" in told.stderr and "1 处有误" in told.stderr
