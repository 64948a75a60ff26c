"""Whatever the checker lets a message name is filled in when the message is made."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tuoshan
from tuoshan.core.checker.given import MESSAGE_VARIABLES, message_variables
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.reading import read_playbook

pytestmark = pytest.mark.django_db

PLAYBOOKS = Path(tuoshan.__file__).parent / "playbooks"
SHIPPED = sorted(path.stem for path in PLAYBOOKS.glob("*.yaml"))
NEVER_SAID_ALONE = {"sooner"}
"""Half a sentence, where a promise ends outside of working hours."""


def shipped(name: str) -> Playbook:
    fragments = {path.stem: path.read_text(encoding="utf-8") for path in (PLAYBOOKS / "fragments").glob("*.yaml")}
    path = PLAYBOOKS / f"{name}.yaml"
    playbook, findings = read_playbook(path.read_text(encoding="utf-8"), path.name, fragments)
    assert playbook is not None, findings
    return playbook


def sample(field: Field, now: datetime) -> Any:
    """Something that a form may have brought."""
    if field.choices:
        return [field.choices[0].value] if field.kind == "choices" else field.choices[0].value
    known: dict[str, Any] = {
        "yes_no": True, "money": Decimal("12.50"), "number": Decimal(3), "date": date(2026, 3, 9), "datetime": now,
        "choices": ["1"],
    }  # fmt: skip
    return known.get(field.kind, "1")


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_variable_that_the_checker_lets_pass_is_filled_in(
    house: Any, clock: Any, name: str, language: str
) -> None:
    from tuoshan.knowledge import wording
    from tuoshan.knowledge.case_values import CaseTexts, of_case
    from tuoshan.knowledge.company import Company

    book, texts = shipped(name), of_case(house.complaint())
    facts = {field.name: sample(field, clock()) for field in book.facts.values()}
    facts |= {"remedy_steps": "全额退款", "amount": Decimal("12.50"), "how_done": "已退款"}
    state = replace(texts.state, facts=facts, state=book.start, assigned={"handler": str(house.agent.pk)})
    filled = CaseTexts(texts.case, book, state, Company(hotline="400", hours="9:00-18:00"))
    allowed = sorted(message_variables(book) - NEVER_SAID_ALONE)
    at_once = filled.values(language, allowed)
    for variable in allowed:
        assert wording.fill(f"{{{variable}}}", at_once), variable
        assert wording.fill(f"{{{variable}}}", filled.values(language, [variable])), f"{variable} alone"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_settings_offer_what_the_checker_lets_pass(name: str) -> None:
    from tuoshan.knowledge.case_values import GENERAL, known_variables

    book = shipped(name)
    assert GENERAL.keys() == MESSAGE_VARIABLES
    assert known_variables(book).keys() == message_variables(book)


def test_a_deadline_is_told_by_its_end_and_the_day_by_its_name(house: Any, clock: Any) -> None:
    from tuoshan.knowledge.case_values import of_case
    from tuoshan.knowledge.showing import until_text

    case = house.complaint()
    assert house.act(case, "accept_simple", category="1", impact="low", urgency="low", next_step="明天回电",
                     handler=str(house.agent.pk)).accepted  # fmt: skip
    case.refresh_from_db()
    texts = of_case(case)
    end = next(one.due for one in texts.state.running_clocks() if one.name == "solve")
    assert end is not None and end > clock() + timedelta(days=1)
    said = texts.values("zh-hans", ["due.solve", "due.appeal_review", "today", "unit", "playbook"])
    assert said["due.solve"] == until_text(end, "zh-hans")
    assert said["today"] == "2026年3月2日" and (said["unit"], said["playbook"]) == ("客服中心", "客户投诉")
    not_running = next(name for name in texts.playbook.deadlines if said.get(f"due.{name}") != said["due.solve"])
    assert texts.values("zh-hans")[f"due.{not_running}"] == "约定时间"


def test_who_writes_is_named_by_a_quick_reply_and_never_by_a_message(house: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.knowledge import templates
    from tuoshan.knowledge.case_values import reply_variables

    book = library.current("complaint")
    assert [one.what for one in templates.problems(book, "", "{number} {me}")] == ["me"]
    assert "me" in reply_variables(book)


def test_hours_of_service_are_said_in_the_language_of_the_message(house: Any) -> None:
    from tuoshan.knowledge.case_values import CaseTexts, of_case
    from tuoshan.knowledge.company import Company

    texts = of_case(house.complaint())
    ours = Company(hours="每天 9:00–18:00", hours_en="Daily 9:00–18:00")
    filled = CaseTexts(texts.case, texts.playbook, texts.state, ours)
    assert filled.values("zh-hans", ["hours"])["hours"] == "每天 9:00–18:00"
    assert filled.values("en", ["hours"])["hours"] == "Daily 9:00–18:00"
