# ruff: noqa: E501 – a Chinese sign counts as two columns
"""The demo company: whole, repeatable, and nothing in it that is real."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.demo.small import END, make


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One small demo for all tests of this file that only look; taken back at the end."""
    from django.conf import settings
    from django.db import transaction

    from tuoshan.cases import calendars

    before = settings.DATA_DIR
    settings.DATA_DIR = tmp_path_factory.mktemp("demo")
    calendars.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        yield make()
        transaction.set_rollback(True)
    settings.DATA_DIR = before
    calendars.forget()


@pytest.fixture
def small(made_once: Any, db: None) -> Any:
    return made_once


def test_a_small_demo_is_whole(small: Any) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.cases import tally_proof, verifying
    from tuoshan.cases.models import Event
    from tuoshan.insight import proving

    assert small.failures == ()
    assert small.cases >= 20
    assert list(verifying.verify()) == []
    assert list(verifying.verify_files()) == []
    assert list(map(str, tally_proof.differences(END))) == list(map(str, proving.differences())) == []
    assert not Item.objects.filter(parked_at__isnull=False).exists()
    assert not Item.objects.filter(done_at=None, ready_at__lt=END, kind="effect").exists()
    assert Event.objects.order_by("-at").values_list("at", flat=True)[0] <= END


def test_the_command_tells_of_no_step_that_went_wrong(
    small: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tuoshan.cli import demo
    from tuoshan.demo import making

    monkeypatch.setattr(making, "is_empty", lambda: True)
    monkeypatch.setattr(making, "make", lambda **_values: small)
    assert demo._make(seed=1, scale=0.05)
    told = capsys.readouterr()
    assert f"{small.cases} cases" in told.out
    assert [line for line in (told.out + told.err).splitlines() if line.lstrip().startswith("!")] == []


def test_what_is_offered_after_the_money_went_back_is_never_nothing(db: None) -> None:
    from decimal import Decimal
    from types import SimpleNamespace

    from tuoshan.demo.complaint import Complaint

    class PaidBack(Complaint):
        chance = SimpleNamespace(whole=lambda least, most: least, happens=lambda share: False)
        world = SimpleNamespace(day=lambda now, days: days)
        now = END

        def __init__(self, compensation: int) -> None:
            self.plot = SimpleNamespace(
                remedies=["return_refund"], refund=Decimal(99), compensation=Decimal(compensation), cause="goods",
                liable="product",
            )  # fmt: skip

        def times(self, action: str) -> int:
            return 0

        def paid_back(self) -> Decimal:
            return Decimal(99)

    nothing, something = PaidBack(0).proposal(), PaidBack(20).proposal()
    assert (nothing["remedies"], nothing["amount"]) == (["explanation"], Decimal(0))
    assert (something["remedies"], something["amount"]) == (["compensation"], Decimal(20))


def test_it_speaks_to_nobody_outside(small: Any) -> None:
    from tuoshan.integrations.models import OutgoingMessage

    assert OutgoingMessage.objects.exists()
    assert set(OutgoingMessage.objects.values_list("status", flat=True)) <= {"folder", "sent"}
    outside = OutgoingMessage.objects.filter(channel__in=("sms", "mail"))
    assert set(outside.values_list("status", flat=True)) == {"folder"}


def test_it_refuses_what_is_not_empty(small: Any) -> None:
    from tuoshan.cli import demo
    from tuoshan.demo import making

    with pytest.raises(making.NotEmpty):
        make()
    assert making.is_demo()
    lines = "\n".join(demo.first_steps(demo=True))
    assert "agent" in lines
    assert "客服专员" in lines


def test_every_login_works_and_has_its_role(small: Any, client: Any) -> None:
    from django.contrib.auth import authenticate
    from django.contrib.auth.password_validation import validate_password
    from django.test import RequestFactory

    from tuoshan.demo.logins import LOGINS, PASSWORD
    from tuoshan.parties.models import Person, Role

    roles = set()
    for username, _zh, _en in LOGINS:
        person = authenticate(RequestFactory().post("/"), username=username, password=PASSWORD)
        assert isinstance(person, Person)
        validate_password(PASSWORD, person)
        roles |= person.role_keys()
    assert roles == set(Role.objects.values_list("key", flat=True))


def test_texts_are_many_and_name_nothing_real() -> None:
    from tuoshan.demo import catalogue, company, people, staff_words
    from tuoshan.demo.plots import TOPICS

    texts = [text for topic in TOPICS for text in topic.texts]
    assert len(set(texts)) >= 120
    everything = json.dumps(
        [texts, [topic.findings + topic.wishes + (topic.measure,) for topic in TOPICS], catalogue.RANGE, company.UNITS,
         company.COURIERS, [one.name for one in people.STAFF],
         [value for name, value in vars(staff_words).items() if name.isupper()]],
        ensure_ascii=False,
    )  # fmt: skip
    real = ("淘宝", "天猫", "京东", "拼多多", "抖音", "顺丰", "圆通", "中通", "申通", "韵达", "美的", "海尔", "格力", "小米", "华为", "耐克",
            "阿迪", "李宁", "安踏", "优衣库", "沃尔玛", "永辉", "三只松鼠", "良品铺子", "苏泊尔", "九阳", "微信", "支付宝")  # fmt: skip
    assert [name for name in real if name in everything] == []


def test_texts_fit_their_product() -> None:
    from tuoshan.demo.catalogue import RANGE
    from tuoshan.demo.marketplace import REASONS
    from tuoshan.demo.plots import TOPICS
    from tuoshan.demo.topics import fits, fitting

    assert not fits("按尺码表买的，脚趾都顶着。", "山茶羊毛衫", "服装") and fits("脚趾都顶着。", "蹦豆童鞋", "鞋")
    assert not fits("瓶盖漏液。", "灯芯绒长裤", "服装") and not fits("轮子少了一个", "脆脆烤面包机", "小家电")
    goods = [(line, name) for line, _prefix, names in RANGE for name, _price in names]
    texts = [(topic.key, topic.lines, topic.texts) for topic in TOPICS]
    texts += [(reason, tuple(line for line, *_ in RANGE), said) for reason, said in REASONS.items()]
    unfit = [
        (key, name) for key, lines, said in texts for line, name in goods
        if line in lines and not all(fits(fitting(text, said, name, line), name, line) for text in said)
    ]  # fmt: skip
    assert unfit == [], "each product has a text of its own in every topic of its line"


def test_notices_of_what_is_settled_are_read(small: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.integrations.models import Notification

    unread = Notification.objects.filter(read_at=None)
    ended = Case.objects.filter(ended=True).values("pk")
    assert not unread.filter(case_id__in=ended).exists()
    assert Notification.objects.exclude(read_at=None).exists()


def test_every_category_and_cause_that_topics_name_exists(db: None) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.demo.facility import TROUBLES
    from tuoshan.demo.plots import CLOSER, TOPICS
    from tuoshan.quality.models import Cause, LiableParty

    known = set(Category.objects.values_list("code", flat=True))
    assert {topic.category for topic in TOPICS} | {one[0] for one in TROUBLES} <= known
    causes = {code for topic in TOPICS for first, _ in topic.causes for code in CLOSER.get(first) or (first,)}
    assert causes <= set(Cause.objects.values_list("code", flat=True))
    assert {liable for topic in TOPICS for _, liable in topic.causes} <= set(
        LiableParty.objects.values_list("key", flat=True)
    )
