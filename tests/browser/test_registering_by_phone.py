"""Somebody is on the phone: what the record knows stands in the form while the next field is already in hand."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.staffed import Staffed, ready

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_known_callers_name_is_filled_in_and_goes_with_another_phone(open_page: Any, company: Staffed) -> None:
    from tuoshan.catalog.models import OrderRef

    case = company.complaint("电饭煲煮不熟")
    customer = company.house.customer
    OrderRef.objects.create(order_no="MJ26080900149", customer=customer, shop="")
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/register/complaint")
    ready(page)
    phone, name = page.locator("#id_customer-phone"), page.locator("#id_customer-name")
    phone.press_sequentially(customer.phone.removeprefix("+86"))
    phone.press("Tab")
    expect(name).to_be_focused()
    expect(page.locator("#beside")).to_contain_text(case.title)
    expect(name).to_have_value(customer.name)
    expect(page.locator(".field", has=name)).to_contain_text("姓名取自客户档案")
    name.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#id_order_no")).to_have_value("MJ26080900149")
    phone.fill("13912345678")
    expect(page.locator("#beside")).to_contain_text("第一次联系我们")
    expect(name).to_have_value("")
    name.fill("赵敏")
    phone.fill(customer.phone.removeprefix("+86"))
    expect(page.locator("#beside")).to_contain_text(case.title)
    expect(name).to_have_value("赵敏")
