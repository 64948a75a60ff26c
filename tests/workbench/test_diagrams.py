"""A process drawn: every state in its column, none over another, and where a case stands and how it came there."""

import re
from itertools import combinations
from typing import Any

import pytest
from django.utils.translation import override
from tests.workbench.deskhouse import Desk, desk  # noqa: F401, RUF100

from tuoshan.cases import library
from tuoshan.workbench.drawing import draw, fitted
from tuoshan.workbench.routing import HEIGHT, WIDTH

BOX = re.compile(r'<rect class="dg-state ([a-z]*)"[^>]*><title>([^<]*)</title>')
ARROW = re.compile(r'<path class="dg-edge ([a-z ]*)"[^>]*><title>([^<]*)</title>')


def shown(page: str) -> dict[str, str]:
    """Title of a state → how its box looks."""
    return {title.split(" ")[0]: css for css, title in BOX.findall(page)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return"])
def test_every_state_has_its_box_and_none_lies_over_another(name: str) -> None:
    playbook = library.current(name)
    drawing = draw(playbook)
    assert {box.name for box in drawing.boxes} == set(playbook.states)
    for one, other in combinations(drawing.boxes, 2):
        apart = abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
        assert apart, (one.name, other.name)
    for box in drawing.boxes:
        assert box.x + WIDTH <= drawing.width and box.y + HEIGHT <= drawing.height, box.name


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return"])
def test_every_word_of_a_box_can_be_read(name: str, language: str) -> None:
    with override(language):
        for box in draw(library.current(name)).boxes:
            said = "".join(line.text for line in box.lines)
            assert "…" not in said and said.replace(" ", "") == f"{box.title}{box.hint}".replace(" ", ""), box.name
            assert all(box.y < line.y < box.y + HEIGHT for line in box.lines)


def test_what_is_longer_than_its_box_ends_with_an_ellipsis() -> None:
    assert fitted("待商家处理（平台时限）", 13, 2) == ["待商家处理（平台时", "限）"]
    assert fitted("The customer adds something", 13, 2) == ["The customer adds", "something"]
    assert fitted("很" * 40, 13, 2)[1].endswith("很…") and len(fitted("很" * 40, 13, 2)) == 2


def test_a_case_is_shown_where_it_stands_and_on_its_way(desk: Desk) -> None:  # noqa: F811
    case = desk.proposed("0")
    page = desk.client("agent").get(f"/playbooks/complaint?case={case.number}").content.decode()
    looks = shown(page)
    assert looks["待客户同意"] == "here"
    assert [title for title, css in looks.items() if css == "here"] == ["待客户同意"]
    assert looks["待受理"] == looks["待拟方案"] == "been"
    assert looks["申诉复核中"] == "" and looks["已结案归档"] == "end"
    taken = {title for css, title in ARROW.findall(page) if "taken" in css}
    assert any("受理，直接处理" in title for title in taken), taken
    assert not any("申诉" in title for title in taken), taken
    assert case.number in page and "深色：已经走过" in page


def test_without_a_case_nothing_is_marked(desk: Desk) -> None:  # noqa: F811
    page = desk.client("agent").get("/playbooks/complaint").content.decode()
    assert not {"here", "been"} & set(shown(page).values())
    assert not any("taken" in css for css, _title in ARROW.findall(page))


def test_the_case_of_somebody_else_is_not_drawn(desk: Desk) -> None:  # noqa: F811
    case = desk.complaint()
    answer: Any = desk.client("qa").get(f"/playbooks/complaint?case={case.number}")
    assert answer.status_code in (403, 404)


@pytest.mark.django_db
def test_a_limit_of_a_table_is_said_in_words() -> None:
    hints = {box.name: box.hint for box in draw(library.current("complaint")).boxes}
    assert hints["appealed"] == "申诉复核人 时限随“等级”而定"
    with override("en"):
        hints = {box.name: box.hint for box in draw(library.current("complaint")).boxes}
        assert hints["appealed"] == "Appeal reviewer (by Grade)"
