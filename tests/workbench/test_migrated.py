"""A case that was brought over to another version, with names that are new, is read as before."""

from typing import Any

import pytest
from tests.integrations.house import complaint_playbook
from tests.portal.house import page_of
from tests.workbench.deskhouse import desk  # noqa: F401
from typer.testing import CliRunner

from tuoshan import clock
from tuoshan.agenda.models import Item
from tuoshan.cases import library, migrating
from tuoshan.cases.models import Case
from tuoshan.cli.main import app
from tuoshan.core.migrating import Names
from tuoshan.core.reading import read_playbook

pytestmark = pytest.mark.django_db
NEWER = Names({"investigating": "looking_into"}, {"inquire": "ask_around"})


@pytest.fixture
def newer() -> Any:
    """The complaint with a state and a task of other names."""
    shipped, fragments = complaint_playbook()
    text = shipped.text.replace("investigating", "looking_into").replace("inquire", "ask_around")
    playbook, findings = read_playbook(text.replace("version: 2", "version: 3", 1), "complaint.yaml", fragments)
    assert playbook is not None, findings
    return playbook, fragments


def inquiring(desk: Any) -> Case:  # noqa: F811
    """An open inquiry; what was to leave the house has left it."""
    case: Case = desk.inquiring()
    Item.objects.filter(kind="effect", done_at=None).update(done_at=clock.now())
    return case


def test_its_page_its_story_and_the_customers_page_open(desk: Any, newer: Any) -> None:  # noqa: F811
    case = inquiring(desk)
    playbook, fragments = newer
    with library.using(playbook, fragments=fragments):
        (brought,) = [*migrating.run(migrating.Way(playbook, NEWER), desk.people["admin"].pk)][-1:]
        assert brought.stayed == {} and brought.moved == 1
        page = desk.client("lead").get(f"/case/{case.number}").content.decode()
        assert "换到了流程的新版本" in page and "调查中" in page and "部门调查" in page
        assert case.number in page_of(Case.objects.get(pk=case.pk))
        assert case.number in desk.client("qa").get("/tasks").content.decode()


def test_the_command_says_what_stays_and_what_would_come_of_it(desk: Any, newer: Any) -> None:  # noqa: F811
    case = inquiring(desk)
    playbook, fragments = newer
    with library.using(playbook, fragments=fragments):
        refused = CliRunner().invoke(app, ["playbook", "migrate", "complaint", "--dry-run"])
        assert refused.exit_code == 1 and "! investigating has no place" in refused.output
        assert f"1 stay, unmapped: investigating, inquire: {case.number}" in refused.output
        names = ["--state", "investigating=looking_into", "--task", "inquire=ask_around"]
        tried = CliRunner().invoke(app, ["playbook", "migrate", "complaint", *names, "--dry-run"])
        assert tried.exit_code == 0 and "1 would be brought over" in tried.output
        agent = desk.people["agent"].username
        stranger = CliRunner().invoke(app, ["playbook", "migrate", "complaint", *names, "--by", agent])
        assert stranger.exit_code == 2 and "there is no administrator" in stranger.output
        done = CliRunner().invoke(app, ["playbook", "migrate", "complaint", *names, "--by", "guanli"])
        assert done.exit_code == 0 and "1 brought over" in done.output
        again = CliRunner().invoke(app, ["playbook", "migrate", "complaint", *names])
        assert again.exit_code == 0 and "0 open cases on others" in again.output
