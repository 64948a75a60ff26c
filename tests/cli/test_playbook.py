"""`tuoshan playbook`: what it proves, draws and walks, in Chinese and in English."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from tuoshan.cli.main import app

CHINESE = re.compile(r"[\u3400-\u9fff]")
SHIPPED = Path(__file__).parents[2] / "src/tuoshan/playbooks"


def told(*arguments: str, ends: int = 0) -> str:
    """What the command prints, ended as it must."""
    done = CliRunner().invoke(app, ["playbook", *arguments])
    assert done.exit_code == ends, done.output
    return done.output


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The shipped complaint, with an action that leads nowhere."""
    text = (SHIPPED / "complaint.yaml").read_text(encoding="utf-8")
    assert text.count("to: proposing") > 0
    path = tmp_path / "complaint.yaml"
    path.write_text(text.replace("to: proposing", "to: nowhere", 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["--zh", "--en"])
def test_the_shipped_processes_are_in_order(language: str) -> None:
    said = told("check", language)
    for name in ("complaint", "facility_repair", "pinduoduo_refund", "pinduoduo_return"):
        assert re.search(rf"^{name}\.yaml: \d+ states, \d+ walks, in order$", said, re.M), said
    assert "error" not in said


@pytest.mark.parametrize("language", ["--zh", "--en"])
def test_a_finding_names_the_file_and_the_line_in_the_language_asked_for(broken: Path, language: str) -> None:
    said = told("check", str(broken), language, ends=1)
    assert "error:" in said and "nowhere" in said and re.search(r"complaint\.yaml:\d+", said), said
    assert "in order" not in said
    finding = next(line for line in said.splitlines() if "nowhere" in line)
    assert bool(CHINESE.search(finding)) == (language == "--zh"), finding


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert "there is no file" in re.sub(r"\s+", " ", told("check", str(tmp_path / "x.yaml"), ends=2))


def test_states_are_drawn_in_three_forms_and_two_languages() -> None:
    for form in ((), ("--mermaid",), ("--svg",)):
        chinese, english = (told("graph", "complaint", *form, language) for language in ("--zh", "--en"))
        assert "投诉" in chinese or "受理" in chinese
        assert not CHINESE.search(english), form
        assert chinese.count("\n") == english.count("\n"), "the same drawing"
    drawn = ElementTree.fromstring(told("graph", "complaint", "--svg", "--en"))
    lines = told("graph", "complaint", "--mermaid", "--en").splitlines()
    arrows = [line for line in lines if re.fullmatch(r"    \w+ --> \w+: .+", line)]
    names = {line.split(":")[0].strip() for line in lines if re.fullmatch(r"    \w+: .+", line)}
    svg = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{svg}rect")) == len(names)
    assert len(list(drawn.findall(f"{svg}path"))) == len(arrows)
    text = told("graph", "complaint", "--en")
    assert text.startswith("complaint: ") and "\n● received" in text and "\n◆ closed" in text
    assert "there is no playbook nothing" in re.sub(r"[\s│]+", " ", told("graph", "nothing", ends=2))


def test_a_walk_goes_as_told_or_says_where_it_does_not() -> None:
    assert told("simulate", "complaint", "--walk", "accept > wait 25h").strip() == "as told"
    wrong = told("simulate", "complaint", "--walk", "no_such_step", ends=1)
    assert "no_such_step" in wrong and "as told" not in wrong
    assert "give --walk or --random" in re.sub(r"[\s│]+", " ", told("simulate", "complaint", ends=2))


def test_chance_may_take_a_step_whose_approver_follows_from_its_own_form() -> None:
    """Seed 7 comes to a settlement before any amount was named."""
    assert "act reach_settlement" in told("simulate", "complaint", "--random", "40", "--seed", "7", "--en")


def test_chance_walks_the_same_way_for_the_same_seed_in_either_language() -> None:
    chinese = told("simulate", "complaint", "--random", "40", "--seed", "7", "--zh")
    english = told("simulate", "complaint", "--random", "40", "--seed", "7", "--en")
    assert chinese == told("simulate", "complaint", "--random", "40", "--seed", "7")
    assert chinese != told("simulate", "complaint", "--random", "40", "--seed", "8")

    def steps(text: str) -> list[str]:
        return re.findall(r"^\d\d-\d\d \w+ \d\d:\d\d  \w+ \w+", text, re.M)

    assert len(steps(chinese)) > 5 and steps(chinese) == steps(english)
    assert CHINESE.search(chinese) and not CHINESE.search(english)
