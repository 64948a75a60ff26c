"""The slip carries the customer's signed link: beyond one's reach it opens only while the customer stands there."""

from datetime import timedelta
from typing import Any

from tests.workbench.storehouse import desk, stores

__all__ = ["desk", "stores"]


def test_slip_and_receipt_of_another_stores_case_open_for_a_quarter_of_an_hour(stores: Any, clock: Any) -> None:
    case = stores.register("first", store=str(stores.two.pk))
    clerk, program = stores.client("first"), stores.program("first")
    assert clerk.get(f"/case/{case.number}").status_code == 404
    page = clerk.get(f"/registered/{case.number}").content.decode()
    assert case.number in page and "到 09:15 为止" in page and "请服务台或所属单位补打" in page
    clock.advance(timedelta(minutes=14))
    assert clerk.get(f"/registered/{case.number}").status_code == 200
    assert clerk.get(f"/case/{case.number}/slip").content.startswith(b"%PDF")
    assert program.get(f"/cases/{case.number}/slip").startswith(b"%PDF")
    clock.advance(timedelta(minutes=1))
    for address in (f"/registered/{case.number}", f"/case/{case.number}/slip"):
        assert clerk.get(address).status_code == 404, address
    program.get(f"/cases/{case.number}/slip", expect=404)
    form = clerk.get(f"/register/complaint?after={case.number}").content.decode()
    assert "王芳" not in form, "nor does it fill in the next form"
    assert stores.client("second").get(f"/case/{case.number}/slip").content.startswith(b"%PDF")
    assert stores.program("agent").get(f"/cases/{case.number}/slip").startswith(b"%PDF")


def test_nobody_else_gets_the_slip_and_within_reach_it_stays(stores: Any, clock: Any) -> None:
    case = stores.register("second")
    assert stores.client("first").get(f"/case/{case.number}/slip").status_code == 404
    stores.program("first").get(f"/cases/{case.number}/slip", expect=404)
    clock.advance(timedelta(days=3))
    clerk = stores.client("second")
    assert clerk.get(f"/case/{case.number}/slip").content.startswith(b"%PDF")
    assert "为止" not in clerk.get(f"/registered/{case.number}").content.decode()
