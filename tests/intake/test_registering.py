"""The one way in: customer, case, arrival and identity check come together or not at all."""

from datetime import timedelta
from typing import Any

import pytest


def register(shop: Any, **given: Any) -> Any:
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact, register_complaint

    values = {"what_happened": "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕", **given.pop("values", {})}
    contact = given.pop("contact", Contact(phone="138 0013 8000", name="王芳"))
    return register_complaint(
        values=values, contact=contact, came=given.pop("came", Came("hotline")), actor=given.pop("actor", shop.actor()),
        **given,
    )  # fmt: skip


def test_the_customer_is_found_and_the_case_belongs_to_the_unit_of_the_order(shop: Any, clock: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.models import Arrival

    done = register(shop, values={"order_no": "DD20261101001"})
    case = Case.objects.get(pk=done.outcome.case_id)
    assert done.outcome.accepted and not done.customer_made and done.customer.pk == shop.customer.pk
    assert case.unit_id == shop.units["east"].pk and case.channel == "hotline"
    assert case.title == "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕"
    assert done.promise.due == case.created_at + timedelta(hours=24)
    assert Arrival.objects.get(pk=case.pk).order_no == "DD20261101001"


def test_a_case_that_nothing_gives_a_unit_is_that_of_the_default_else_of_the_root(shop: Any, clock: Any) -> None:
    from tuoshan.cases import calendars, library
    from tuoshan.cases.models import Case
    from tuoshan.intake.imports.records import Maker, forget
    from tuoshan.intake.imports.tables import Row
    from tuoshan.knowledge.company import Company, set_company
    from tuoshan.parties.models import OrgUnit

    def unit(**given: Any) -> int | None:
        outcome = register(shop, actor=None, **given).outcome
        return Case.objects.get(pk=outcome.case_id).unit_id

    assert unit() == shop.units["hq"].pk
    set_company(Company(unit="west"), valid_from=clock())
    calendars.forget()
    assert unit() == shop.units["west"].pk
    assert unit(values={"order_no": shop.order.order_no}) == shop.units["east"].pk
    assert unit(values={"store": str(shop.units["east"].pk)}) == shop.units["east"].pk

    def of_a_row(default_unit: int | None = None, **cells: str) -> int | None:
        mapping = {name: name for name in ("text", "order_no", "unit")}
        maker = Maker(mapping, library.current("complaint"), shop.actor(), "rows", True, default_unit)
        return maker.make(Row(2, {"text": "漏水", **cells})).unit_id

    forget()
    assert of_a_row() == shop.units["west"].pk
    assert of_a_row(order_no=shop.order.order_no) == shop.units["east"].pk
    assert of_a_row(7, order_no=shop.order.order_no) == 7, "a unit that was said for the table goes before the order's"
    assert of_a_row(7, unit="east") == shop.units["east"].pk
    OrgUnit.objects.filter(code="west").update(is_active=False)
    assert unit() == shop.units["hq"].pk, "a unit that is no more is nobody's"


def test_an_unknown_phone_makes_a_customer_and_the_same_key_makes_nothing_twice(shop: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.models import Customer

    contact = Contact(phone="13900139000", name="李雷")
    first = register(shop, contact=contact, idempotency_key="k1")
    again = register(shop, contact=contact, idempotency_key="k1")
    assert first.customer_made and again.outcome.replayed and not again.customer_made
    assert again.outcome.number == first.outcome.number and Case.objects.count() == 1
    nobody = Contact(name="不留电话")
    register(shop, contact=nobody, idempotency_key="k2")
    register(shop, contact=nobody, idempotency_key="k2")
    assert Customer.objects.count() == 3


def test_a_refusal_leaves_nothing_behind_not_even_the_customer(shop: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.models import Customer

    before = Customer.objects.count()
    done = register(shop, contact=Contact(phone="13900139000"), values={"what_happened": ""})
    assert done.outcome.refusal.because == "invalid_form" and done.outcome.refusal.data["fields"]
    assert (Case.objects.count(), Customer.objects.count()) == (0, before)


def test_a_phone_that_is_none_is_said_so(shop: Any) -> None:
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.customers import PhoneRefused

    with pytest.raises(PhoneRefused):
        register(shop, contact=Contact(phone="12345"))


def test_a_name_that_differs_is_reported_and_the_record_stays(shop: Any) -> None:
    from tuoshan.intake.registering import Contact

    done = register(shop, contact=Contact(phone="13800138000", name="王方"))
    shop.customer.refresh_from_db()
    assert done.differs == ("name",) and shop.customer.name == "王芳"


def test_the_identity_check_is_a_fact_of_the_case(shop: Any) -> None:
    from tuoshan.cases.models import Case, Event, Words
    from tuoshan.cases.possible import row_of
    from tuoshan.cases.verifying import faults_of
    from tuoshan.intake.registering import IdentityCheck

    done = register(shop, identity=IdentityCheck("matched", "电话与订单一致"), actor=shop.actor("clerk"))
    case = Case.objects.get(pk=done.outcome.case_id)
    assert row_of(case).state.facts["identity"] == "matched"
    assert Event.objects.get(case_id=case.pk, name="identity_check").kind == "record"
    assert "电话与订单一致" in [row.text for row in Words.objects.filter(case_id=case.pk)]
    assert faults_of([case.pk]) == []


def test_an_email_of_last_night_keeps_its_arrival_and_the_clock_keeps_server_time(shop: Any, clock: Any) -> None:
    from tuoshan import clock as time
    from tuoshan.cases import library
    from tuoshan.cases.models import Event
    from tuoshan.intake.arrivals import Came, of_case, particulars
    from tuoshan.intake.promise import promise

    arrived = time.now() - timedelta(hours=14)
    asked = promise(library.current("complaint"), {}, actor=shop.actor(), received_at=arrived)
    came = Came("email", arrived, particulars={"sender": "wang@example.cn", "subject": "投诉"})
    done = register(shop, came=came)
    kept = of_case(done.outcome.case_id)
    assert kept is not None and kept.received_at == arrived and particulars(kept)["sender"] == "wang@example.cn"
    assert asked.due == done.promise.due == time.now() + timedelta(hours=24)
    assert asked.from_arrival == arrived + timedelta(hours=24)
    event = Event.objects.get(case_id=done.outcome.case_id, seq=1)
    assert arrived.isoformat() in event.body and "wang@example.cn" not in event.body


def test_erasing_the_customer_empties_the_particulars(shop: Any) -> None:
    from tuoshan.intake.arrivals import Came, of_case
    from tuoshan.parties import customers

    done = register(shop, came=Came("hotline", particulars={"caller_number": "13800138000"}))
    customers.erase(shop.customer)
    kept = of_case(done.outcome.case_id)
    assert kept is not None and (kept.particulars, kept.text_key, kept.channel) == ("", "", "hotline")


def test_customers_register_for_themselves(shop: Any) -> None:
    from tuoshan.cases.models import Event
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact

    done = register(shop, actor=None, came=Came("web"), contact=Contact(phone="13700137000", name="赵云"))
    event = Event.objects.get(case_id=done.outcome.case_id, seq=1)
    assert (event.actor_kind, event.actor_id) == ("customer", done.customer.pk)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("你好，我买的鞋子开胶了。要求退货", "我买的鞋子开胶了"),
        ("您好！", "您好"),
        (
            "快递员把包裹直接扔在楼道里，打电话也不接，后来发现里面的玻璃杯全部碎了，客服又说让我自己去找快递公司处理",
            "快递员把包裹直接扔在楼道里，打电话也不接，后来发现里面的玻璃杯全部碎了…",
        ),
        ("The blender started to smoke after three days and nobody answers", "The blender started to smoke after…"),
        ("没有标点的一大段话" * 10, ("没有标点的一大段话" * 10)[:39] + "…"),
        ("3.5 mm 接口坏了", "3.5 mm 接口坏了"),
    ],
)  # fmt: skip
def test_titles_are_cut_where_a_reader_would_pause(text: str, title: str) -> None:
    from tuoshan.intake.texts import title_of

    assert title_of(text) == title and len(title_of(text)) <= 40


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("客服垃圾", "客服垃圾"),
        ("客服的态度非常差。。", "客服的态度非常差"),
        ("客服让我很无语！智商高的人能看的懂截图", "客服让我很无语"),
        ("客服不理人，要分开发货没理我", "客服不理人，要分开发货没理我"),
        ("客服真的差 尺码不对 客服鸟都不鸟你", "客服真的差 尺码不对 客服鸟都不鸟你"),
        (
            "客服和旗舰店客服态度太差，出了问题都是踢皮球，都说不是找他们，果断差评",
            "客服和旗舰店客服态度太差，出了问题都是踢皮球，都说不是找他们，果断差评",
        ),
        ("客服极差！！差得我不想说。", "客服极差"),
        (
            "客服小姐，连在哪个位置上车都说错，搞得大半夜等了一个小时才上车 还一再确认了",
            "连在哪个位置上车都说错，搞得大半夜等了一个小时才上车 还一再确认了",
        ),
        ("老板乱发货，更换的直筒修身，小腿和大腿一样粗", "老板乱发货，更换的直筒修身，小腿和大腿一样粗"),
        (
            "老板怎么搞的，我要的夏季薄款裤子，我收到的都是冬季的",
            "老板怎么搞的，我要的夏季薄款裤子，我收到的都是冬季的",
        ),
        (
            "老板你看看你们衣服质量，客服没在线，我希望给一个解释",
            "老板你看看你们衣服质量，客服没在线，我希望给一个解释",
        ),
        ("老板，你也太没有良心了吧。这样的苹果都敢卖", "你也太没有良心了吧"),
        (
            "亲身感受：在携程定房的时候，看清楚了148元的房间是有单早的",
            "亲身感受：在携程定房的时候，看清楚了148元的房间是有单早的",
        ),
        ("亲子班发的牛奶，可能知道自己名声臭吧", "亲子班发的牛奶，可能知道自己名声臭吧"),
        ("亲戚送了一箱饮料，这是挺让人高兴的一件事", "亲戚送了一箱饮料，这是挺让人高兴的一件事"),
        ("亲们，这款手机千万别买，就是一垃圾", "这款手机千万别买，就是一垃圾"),
        ("在吗是快捷快递送的货，不是京东快递吗", "在吗是快捷快递送的货，不是京东快递吗"),
        ("请问这种火龙果是吃皮的吗？因为没有中间的果实部分。", "请问这种火龙果是吃皮的吗"),
        (
            "请问5月27号的订单已付款为何现在还没收到呢你们的快递公司是怎么发货的啊？",
            "请问5月27号的订单已付款为何现在还没收到呢你们的快递公司是怎么发货的啊",
        ),
        ("请问代表，蒙牛伊利没任何毛病，有毛病的是谁?", "请问代表，蒙牛伊利没任何毛病，有毛病的是谁"),
        ("请问。还想让我说什么。我真的一星都不想给。", "还想让我说什么"),
        ("请问，赠送的吹风筒呢？就这么欺骗消费者？", "赠送的吹风筒呢"),
        ("你好你给我的充电器是不是原装的怎么老是充不满电", "你给我的充电器是不是原装的怎么老是充不满电"),
        ("你好!我想问一下我在12月4日订的<别笑！我是英文单词书>为什么还没到?", "我想问一下我在12月4日订的<别笑"),
        (
            "客服服务差，机子买回来用两天有问题咨询，客服直接是哑巴",
            "客服服务差，机子买回来用两天有问题咨询，客服直接是哑巴",
        ),
        (
            "客服给解决退了钱到账户，但真心建议不要购买，上霉不说",
            "客服给解决退了钱到账户，但真心建议不要购买，上霉不说",
        ),
        ("客服太差，这个活动很坑，果然网上无好货。", "客服太差，这个活动很坑，果然网上无好货"),
    ],
)  # fmt: skip
def test_titles_of_real_complaints_keep_whom_they_speak_of(text: str, title: str) -> None:
    from tuoshan.intake.texts import title_of

    assert title_of(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("客服您好，鞋子开胶了", "鞋子开胶了"),
        ("尊敬的领导：门店漏水三天了", "门店漏水三天了"),
        ("您好 亲 在吗？裙子掉色", "裙子掉色"),
        ("你好老板，发错颜色了", "发错颜色了"),
        ("客服", "客服"),
        ("客服、物流都差", "客服、物流都差"),
        ("你好意思卖这种东西吗", "你好意思卖这种东西吗"),
        ("您好像没看我的留言", "您好像没看我的留言"),
        ("喂奶器漏水", "喂奶器漏水"),
        ("领导力课程的书缺页", "领导力课程的书缺页"),
        ("Hello, my blender smokes", "my blender smokes"),
        ("Hi my blender smokes", "my blender smokes"),
        ("Dear Sir or Madam,\nthe cup is broken", "the cup is broken"),
        ("Hello Kitty cup came broken", "Hello Kitty cup came broken"),
        ("History books with missing pages", "History books with missing pages"),
    ],
)
def test_a_greeting_is_no_title_and_what_only_looks_like_one_stays(text: str, title: str) -> None:
    from tuoshan.intake.texts import title_of

    assert title_of(text) == title


@pytest.mark.parametrize(
    ("phone", "name", "known", "with_order", "result"),
    [
        ("13800138000", "王芳", True, True, "matched"),
        ("13800138000", "李四", True, True, "partly"),
        ("13900139000", "", False, True, "not_matched"),
        ("13800138000", "王芳", True, False, "partly"),
        ("13900139000", "某人", False, False, "not_possible"),
        ("", "", False, True, "partly"),
    ],
)
def test_identity_is_compared_with_order_and_record(
    shop: Any, phone: str, name: str, known: bool, with_order: bool, result: str
) -> None:
    from tuoshan.intake.identity import compare

    order, customer = shop.order if with_order else None, shop.customer if known else None
    assert compare(phone=phone, name=name, order=order, customer=customer).result == result
