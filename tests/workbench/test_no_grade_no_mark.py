"""What a row says of a case whose process gives no grade, and how kinds of evidence are named."""

from typing import Any

from django.urls import reverse
from django.utils.translation import override
from tests.workbench.deskhouse import desk

from tuoshan.cases import library
from tuoshan.cases.models import Case
from tuoshan.core.reading import read_playbook
from tuoshan.workbench.templatetags.desk import grade_of

__all__ = ["desk"]


def test_a_process_without_grades_shows_none(desk: Any) -> None:  # noqa: F811
    places = (library.PACKAGED / library.FRAGMENTS).glob("*.yaml")
    fragments = {path.stem: path.read_text(encoding="utf-8") for path in places}
    text = (library.PACKAGED / "facility_repair.yaml").read_text(encoding="utf-8")
    repair, findings = read_playbook(text, "facility_repair.yaml", fragments)
    assert repair is not None, findings
    with library.using(repair, fragments=fragments), override("zh-hans"):
        assert grade_of(Case(playbook="facility_repair", grade="")) == ""
        assert "未定" in grade_of(Case(playbook="complaint", grade=""))
        assert "紧急" in grade_of(Case(playbook="complaint", grade="urgent"))


def test_the_lists_say_of_a_complaint_that_its_grade_is_open(desk: Any) -> None:  # noqa: F811
    desk.complaint()
    page = desk.client("agent").get(reverse("workbench:search")).content.decode()
    assert 'class="grade g-low"' in page and "未定" in page


def test_kinds_of_evidence_are_one_list() -> None:
    from tuoshan.cases.refusals import evidence_title

    with override("zh-hans"):
        assert evidence_title("voucher|photo|waybill") == "付款凭证、照片或运单"
        assert evidence_title("voucher|photo") == "付款凭证或照片"
        assert evidence_title("photo") == "照片"
    with override("en"):
        assert evidence_title("voucher|photo|waybill").count(" or ") == 1
        assert evidence_title("voucher|photo|waybill").count(", ") == 1
