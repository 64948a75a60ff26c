"""The registration screen over HTTP: everything that an agent does while somebody is on the telephone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.intake.conftest import Shop, shop  # noqa: F401, RUF100

SAID = "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕"
FORM = "/register/complaint"


@pytest.fixture
def sign_in(client: Any, shop: Shop) -> Callable[..., Any]:  # noqa: F811
    def enter(name: str = "agent") -> Any:
        client.force_login(shop.people[name])
        return client

    return enter


def data(**values: Any) -> dict[str, Any]:
    return {"customer-phone": "13800138000", "channel": "hotline", "what_happened": SAID, "key": "k1"} | values


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_from_the_empty_form_to_the_number(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    client = sign_in()
    assert client.get("/register/").url == FORM
    assert "前得到答复" in text_of(client.get(FORM))
    sent = client.post(FORM, data(order_no="DD20261101001", product="K-01 静音破壁机"))
    case = Case.objects.get()
    assert sent.status_code == 302 and sent["Location"] == f"/registered/{case.number}"
    page = text_of(client.get(sent["Location"]))
    assert case.number in page and "400-820-1234" in page and "前</strong>" in page
    assert "<dt>商品</dt><dd>静音破壁机</dd>" in page
    assert case.product_id and case.channel == "hotline"
    assert client.post(FORM, data(order_no="DD20261101001", product="K-01 静音破壁机"))["Location"] == sent["Location"]
    assert Case.objects.count() == 1


def test_a_half_filled_form_keeps_what_was_typed(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    wrong = {"what_happened": "", "wish": "我要退货<b>", "customer-phone": "12345", "product": "没有的东西"}
    answer = sign_in().post(FORM, data(**wrong))
    page = text_of(answer)
    assert answer.status_code == 422 and Case.objects.count() == 0
    assert "我要退货&lt;b&gt;" in page and 'value="12345"' in page and "没有的东西" in page
    assert "不是可以拨打的电话" in page and "目录里没有；可照样登记" in page and page.count('aria-invalid="true"') == 2


@pytest.mark.parametrize("name", ["bought_on", "happened_on"])
def test_what_has_been_does_not_lie_ahead(sign_in: Callable[..., Any], name: str) -> None:
    """The bench would refuse such a day of a case that has it."""
    from tuoshan import clock
    from tuoshan.cases.models import Case

    client, today = sign_in(), timezone.localdate(clock.now())
    refused = client.post(FORM, data(**{name: (today + timedelta(days=1)).isoformat()}))
    assert refused.status_code == 422 and Case.objects.count() == 0
    found = re.search(rf'id="id_{name}_error"[^>]*>(.*?)</span></span>', text_of(refused), re.DOTALL)
    assert found and "已经发生的事，不能晚于今天" in found[1]
    assert client.post(FORM, data(**{name: today.isoformat()}, key="k2")).status_code == 302


def test_a_number_that_cannot_be_is_refused_in_plain_words(sign_in: Callable[..., Any]) -> None:
    client = sign_in()
    assert "不能是负数。" in text_of(client.post(FORM, data(amount_paid="-1")))
    assert "小数点前最多 10 位" in text_of(client.post(FORM, data(amount_paid="99999999999")))
    assert "请填写数字" in text_of(client.post(FORM, data(amount_paid="很多")))


def test_a_product_the_catalogue_does_not_know_is_said_at_once_and_kept(
    sign_in: Callable[..., Any], shop: Shop  # noqa: F811
) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.insight import search
    from tuoshan.insight.conditions import Conditions
    from tuoshan.intake import arrivals

    client = sign_in()
    for typed, said in (("空气炸锅", "目录里没有；可照样登记"), ("K-01", ""), ("", "")):
        answer = text_of(client.get("/register/products", {"product": typed}))
        assert 'id="product-known"' in answer and (said in answer if said else "登记" not in answer), typed
    assert "静音破壁机" in text_of(client.get("/register/products", {"product": "破壁"}))
    assert client.post(FORM, data(product="空气炸锅 X9")).status_code == 302
    case = Case.objects.get()
    kept = arrivals.of_case(case.pk)
    assert case.product_id is None and kept is not None
    assert arrivals.particulars(kept) == {"product_said": "空气炸锅 X9"}
    page = text_of(client.get(f"/case/{case.number}"))
    assert "商品（客户所说）" in page and "空气炸锅 X9" in page
    search.reindex()
    assert [hit.case.pk for hit in search.find(shop.people["lead"], Conditions(q="空气炸锅")).hits] == [case.pk]


def test_a_piece_of_a_products_name_chooses_none(sign_in: Callable[..., Any]) -> None:
    """What the customer said would become another thing."""
    from tuoshan.cases.models import Case
    from tuoshan.intake import arrivals

    client = sign_in()
    assert "请从建议中选一个" in text_of(client.get("/register/products", {"product": "破壁机"}))
    client.post(FORM, data(product="破壁机"))
    case = Case.objects.get()
    kept = arrivals.of_case(case.pk)
    assert case.product_id is None and kept is not None and arrivals.particulars(kept) == {"product_said": "破壁机"}
    assert "<dt>商品</dt><dd>破壁机</dd>" in text_of(client.get(f"/registered/{case.number}"))


def test_somebody_must_be_reachable_unless_they_do_not_wish(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    client = sign_in()
    nobody = data(**{"customer-phone": ""}, channel="complaint_box")
    assert client.post(FORM, nobody).status_code == 422
    assert client.post(FORM, nobody | {"customer-anonymous": "on"}).status_code == 302
    assert Case.objects.get().customer_id is None


def test_beside_the_form_stands_what_is_known(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    client = sign_in()
    client.post(FORM, data(order_no="DD20261101001"))
    number = Case.objects.get().number
    page = text_of(client.post(f"{FORM}/beside", data(what_happened="破壁机三天就冒烟，有焦糊味，家里有孩子很害怕")))
    assert "老客户" in page and "王芳" in page and "138****8000" in page and "13800138000" not in page
    assert number in page and "同一客户" in page and "内容相近" in page and "填入" in page
    fresh = text_of(client.post(f"{FORM}/beside", data(**{"customer-phone": "139 0013 9000"}, what_happened="")))
    assert "第一次联系" in fresh and number not in fresh


def test_strangers_cases_are_not_shown_and_the_name_is_masked(sign_in: Callable[..., Any], shop: Shop) -> None:  # noqa: F811
    from tuoshan.cases.models import Case

    sign_in().post(FORM, data(store=str(shop.units["east"].pk)))
    page = text_of(sign_in("westclerk").post(f"{FORM}/beside", data()))
    assert "王芳" not in page and "王*" in page and Case.objects.get().number not in page


def test_an_order_fills_what_is_empty_and_only_that(sign_in: Callable[..., Any], shop: Shop) -> None:  # noqa: F811
    client = sign_in()
    page = text_of(client.post(f"{FORM}/beside", data(order_no="DD20261101001")))
    assert 'id="order-facts"' in page and "K-01 静音破壁机" in page and 'value="399.00"' in page
    typed = client.post(f"{FORM}/beside", data(order_no="DD20261101001", amount_paid="1"))
    assert 'id="order-facts"' not in text_of(typed)
    block = text_of(client.post(f"{FORM}/order/{shop.order.pk}", data()))
    assert "DD20261101001" in block and 'value="399.00"' in block and "aria-invalid" not in block


def test_an_order_is_filled_in_where_it_was_offered_or_lies_within_reach_and_no_other_is_read(
    sign_in: Callable[..., Any], shop: Shop  # noqa: F811
) -> None:
    """Counting up the orders gives a clerk nothing: neither those of other stores nor those of no store."""
    from tuoshan.catalog.models import OrderRef

    web = OrderRef.objects.create(order_no="WEB-900001", paid="88.00")
    address, nobody = f"{FORM}/order/{shop.order.pk}", {"customer-phone": "13900139000"}
    clerk = sign_in("westclerk")
    assert clerk.post(address, data(**nobody)).status_code == 404
    assert clerk.post(address, data()).status_code == 404, "the caller's, but of another store: it was not offered"
    assert clerk.post(f"{FORM}/order/{web.pk}", data(order_no="WEB-900002")).status_code == 404
    told = clerk.post(f"{FORM}/order/{web.pk}", data(order_no="WEB-900001", **nobody))
    assert told.status_code == 200 and 'value="88.00"' in text_of(told), "the customer told its number"
    assert clerk.post(f"{FORM}/order/{web.pk + 1}", data()).status_code == 404
    assert 'value="399.00"' in text_of(sign_in("clerk").post(address, data(**nobody))), "of the clerk's own store"
    agent = sign_in("agent")
    assert all(agent.post(f"{FORM}/order/{one}", data(**nobody)).status_code == 200 for one in (shop.order.pk, web.pk))


def test_orders_of_a_phone_stand_beside_the_form_before_anybody_knows_the_caller(
    sign_in: Callable[..., Any], shop: Shop  # noqa: F811
) -> None:
    from tuoshan.catalog.orders import OrderTold, record_orders

    unit = shop.units["west"].pk
    record_orders([OrderTold(order_no="DD-777001", phone="13700137000", unit_id=unit)])
    caller = data(**{"customer-phone": "13700137000"})
    beside = f"{FORM}/beside"
    assert "DD-777001" in text_of(sign_in().post(beside, caller))
    assert "DD-777001" in text_of(sign_in("westclerk").post(beside, caller))
    assert "DD-777001" not in text_of(sign_in("clerk").post(beside, caller))


def test_the_identity_check_is_recorded_as_compared_or_as_decided(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.cases.possible import row_of

    client = sign_in()
    client.post(FORM, data(order_no="DD20261101001"))
    client.post(FORM, data(key="k2", **{"check-result": "not_matched", "check-note": "说不出购买门店"}))
    client.post(FORM, data(key="k3", **{"customer-phone": "13900139000"}))
    found = [row_of(case).state.facts.get("identity") for case in Case.objects.order_by("id")]
    assert found == ["matched", "not_matched", None]


def test_what_was_said_goes_into_the_case_that_is_there(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case, Event, Message

    client = sign_in()
    client.post(FORM, data())
    case = Case.objects.get()
    answer = client.post(f"{FORM}/add/{case.number}", data(key="k2", what_happened="又响了一声", wish="上门看看"))
    assert answer.status_code == 302 and answer["Location"] == f"/case/{case.number}"
    message = Message.objects.get(case_id=case.pk, direction="in")
    assert "又响了一声" in message.text and "上门看看" in message.text and Case.objects.count() == 1
    assert Event.objects.filter(case_id=case.pk, name="message_received").exists()
    assert client.post(f"{FORM}/add/{case.number}", data(what_happened=" ")).status_code == 422
    assert client.post(f"{FORM}/add/TS-0000", data()).status_code == 404


def test_the_particulars_of_each_channel(sign_in: Callable[..., Any], clock: Any) -> None:
    from tuoshan import clock as time
    from tuoshan.cases.models import Case
    from tuoshan.cases.possible import row_of
    from tuoshan.intake.arrivals import of_case, particulars

    client = sign_in()
    assert client.post(FORM, data(channel="authority")).status_code == 422
    told = {
        "came-document_no": "浦市监〔2026〕18 号", "came-authority_name": "12315", "came-reply_due": "2030-01-02T10:00",
        "came-caller_number": "不相干",
    }  # fmt: skip
    assert client.post(FORM, data(channel="authority", **told)).status_code == 302
    kept = of_case(Case.objects.get().pk)
    assert kept is not None and row_of(Case.objects.get()).state.facts["reply_due"].isoformat()[:10] == "2030-01-02"
    assert particulars(kept) == {"document_no": "浦市监〔2026〕18 号", "authority_name": "12315"}
    later = (time.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(FORM, data(key="k2", channel="email", **{"came-received_at": later}))
    assert refused.status_code == 422 and "不能晚于现在" in text_of(refused)
    assert client.post(FORM, data(key="k3", channel="api")).status_code == 422


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("hotline", {"caller_number": "021-55550000"}),
        ("email", {"sender": "wang@example.cn", "subject": "破壁机冒烟"}),
        ("chat", {"platform": "官方小程序", "account": "小王不吃糖"}),
        ("fax", {"sender": "浦江物业", "pages": "3"}),
        ("letter", {"sender": "王芳", "pages": "2"}),
        ("counter", {"clerk": "早班柜台"}),
        ("complaint_box", {"box": "一楼服务台"}),
        ("marketplace", {"platform": "某平台", "shop": "迈景旗舰店", "account": "tb_0001"}),
    ],
)
def test_what_a_channel_tells_is_asked_kept_shown_and_found(
    sign_in: Callable[..., Any], shop: Shop, channel: str, told: dict[str, str]  # noqa: F811
) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.insight import search
    from tuoshan.insight.conditions import Conditions
    from tuoshan.intake.arrivals import of_case, particulars

    client = sign_in()
    form = text_of(client.get(f"{FORM}?channel={channel}"))
    answer = client.post(FORM, data(channel=channel, **{f"came-{name}": value for name, value in told.items()}))
    assert answer.status_code == 302, text_of(answer)[:400]
    case = Case.objects.get()
    kept = of_case(case.pk)
    assert kept is not None and kept.channel == channel and particulars(kept) == told
    page = text_of(client.get(f"/case/{case.number}"))
    for name, value in told.items():
        assert f'name="came-{name}"' in form, name
        assert value in page, name
    search.reindex()
    word = max(told.values(), key=len)
    assert [hit.case.pk for hit in search.find(shop.people["lead"], Conditions(q=word)).hits] == [case.pk]


def test_an_email_of_last_night_says_by_when_it_should_be_answered(sign_in: Callable[..., Any]) -> None:
    from django.utils import timezone

    from tuoshan import clock as time

    last_night = timezone.localtime(time.now() - timedelta(hours=14)).strftime("%Y-%m-%dT%H:%M")
    page = text_of(sign_in().post(f"{FORM}/beside", data(channel="email", **{"came-received_at": last_night})))
    assert "按到达时间应在" in page and "前得到答复" in page


def test_a_pasted_email_fills_the_form(sign_in: Callable[..., Any]) -> None:
    mail = "发件人: 王芳 <wang@example.cn>\n发送时间: 2026年11月20日 21:35\n主题: 投诉\n\n杯子碎了，电话 13911112222"
    answer = sign_in().post(f"{FORM}/email", {"channel": "email", "pasted": mail, "wish": "已经填的"})
    page = text_of(answer)
    assert answer.status_code == 200 and "aria-invalid" not in page
    assert "杯子碎了" in page and "wang@example.cn" in page and "13911112222" in page and "已经填的" in page


def test_the_slip_in_both_sizes_and_languages(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    client = sign_in()
    client.post(FORM, data(channel="counter"))
    number = Case.objects.get().number
    for size in ("80mm", "a5"):
        answer = client.get(f"/case/{number}/slip?size={size}")
        assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert client.get(f"/case/{number}/slip?size=a0").status_code == 404
    assert sign_in("westclerk").get(f"/case/{number}/slip").status_code == 404


def test_who_registers_a_case_beyond_their_reach_still_gets_the_number(sign_in: Callable[..., Any], shop: Shop) -> None:  # noqa: F811
    client = sign_in("westclerk")
    sent = client.post(FORM, data(store=str(shop.units["east"].pk)))
    page = client.get(sent["Location"])
    assert page.status_code == 200 and "打印小票" in text_of(page)
    assert sign_in("clerk").get(sent["Location"]).status_code == 200


@pytest.mark.parametrize("playbook", ["facility_repair", "pinduoduo_refund", "pinduoduo_return"])
def test_every_playbook_has_its_form(sign_in: Callable[..., Any], playbook: str) -> None:
    page = sign_in().get(f"/register/{playbook}")
    assert page.status_code == 200 and 'id="register"' in text_of(page)


def test_another_one_for_the_same_customer(sign_in: Callable[..., Any]) -> None:
    from tuoshan.cases.models import Case

    client = sign_in()
    client.post(FORM, data())
    assert 'value="+8613800138000"' in text_of(client.get(f"{FORM}?after={Case.objects.get().number}"))


@pytest.mark.parametrize("name", ["auditor"])
def test_who_may_not(sign_in: Callable[..., Any], name: str) -> None:
    client = sign_in(name)
    assert client.get("/register/").status_code == 403
    assert client.post(FORM, data()).status_code == 403
    assert client.post(f"{FORM}/beside", data()).status_code == 403


def test_the_case_page_tells_how_it_came(sign_in: Callable[..., Any]) -> None:
    from django.utils import timezone

    from tuoshan import clock as time
    from tuoshan.cases.models import Case

    last_night = timezone.localtime(time.now() - timedelta(hours=14)).strftime("%Y-%m-%dT%H:%M")
    client = sign_in()
    client.post(FORM, data(channel="email", **{"came-received_at": last_night, "came-subject": "投诉破壁机"}))
    page = text_of(client.get(f"/case/{Case.objects.get().number}"))
    assert "投诉破壁机" in page and "登记前已等待 14 小时" in page


def test_in_english(sign_in: Callable[..., Any]) -> None:
    client = sign_in()
    client.cookies["tuoshan_language"] = "en"
    page = text_of(client.get(FORM))
    assert "Customer complaint" in page and "Register:" in page


def test_at_the_counter_the_source_is_the_counter(sign_in: Callable[..., Any], shop: Shop, client: Any) -> None:  # noqa: F811
    """By the role of who registers, until they have chosen another one."""
    from tuoshan.parties.models import Person

    def chosen(page: str) -> list[str]:
        select = page.partition('name="channel"')[2].partition("</select>")[0]
        return [one.partition('"')[2].partition('"')[0] for one in select.split("<option ")[1:] if " selected" in one]

    assert chosen(text_of(sign_in("agent").get(FORM))) == ["hotline"]
    clerk = Person.objects.create_user("clerk1", "x", roles=("store_clerk",), unit=shop.people["agent"].unit)
    client.force_login(clerk)
    assert chosen(text_of(client.get(FORM))) == ["counter"]
    client.post(FORM, data(channel="letter"))
    assert chosen(text_of(client.get(FORM))) == ["letter"]
