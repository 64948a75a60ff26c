"""What a process's facts are to the rule books: names that do not exist, answers not told, values that do not fit."""

import pytest

from tuoshan.core.playbook import Playbook
from tuoshan.core.policy.from_case import FromCase, read_from_case
from tuoshan.core.policy.given import facts_of
from tuoshan.core.reading import read_playbook
from tuoshan.rulings import files

PLAYBOOKS = files.PACKAGED.parent / "playbooks"
GOOD = """
for: pinduoduo_refund
order: order_no
holds: {platform: pinduoduo}
facts:
  window_end: valid_until
  shipped: {is: used, answers: {'yes': no, 'no': asked}}
"""


@pytest.fixture(scope="module")
def books() -> dict[str, Playbook]:
    fragments = {path.stem: path.read_text(encoding="utf-8") for path in (PLAYBOOKS / "fragments").glob("*.yaml")}
    found = {}
    for name in ("pinduoduo_refund", "complaint"):
        playbook, _findings = read_playbook((PLAYBOOKS / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml", fragments)
        assert playbook is not None
        found[name] = playbook
    return found


def read(text: str, books: dict[str, Playbook], file: str = "") -> tuple[FromCase | None, list[str]]:
    name = file or text.partition("for: ")[2].split()[0] + ".yaml"
    found, findings = read_from_case(text, name, books, {**files.shared_facts(), **facts_of(files.packaged())})
    return found, [one.in_language("en") for one in findings]


def test_a_good_file_says_what_each_answer_is(books: dict[str, Playbook]) -> None:
    found, findings = read(GOOD, books)
    assert findings == [] and found is not None
    window, shipped = found.means
    assert found.holds == {"platform": "pinduoduo"} and found.order == "order_no"
    assert window.fact == "valid_until" and window.value("2026-05-20") == "2026-05-20"
    assert shipped.value(True) is False and shipped.value(False) is None


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("for: pinduoduo_refund", "for: pinduoduo_refunds", "there is no 'pinduoduo_refunds' — did you mean"),
        ("order: order_no", "order: order_number", "order: there is no 'order_number' — did you mean 'order_no'?"),
        ("platform: pinduoduo", "platfrom: pinduoduo", "holds.platfrom: there is no 'platfrom' — did you mean"),
        ("platform: pinduoduo", "platform: pdd", "'Platform' has no 'pdd'; use one of none, taobao"),
        ("window_end: valid_until", "window: valid_until", "facts.window: there is no 'window'"),
        ("window_end: valid_until", "window_end: valid_till", "there is no 'valid_till' — did you mean 'valid_until'?"),
        ("window_end: valid_until", "window_end: has_card", "what window_end says is not what has_card takes"),
        ("window_end: valid_until", "amount: {is: paid, of: ordr}", "there is no 'ordr' — did you mean 'order'?"),
        ("window_end: valid_until", "window_end: {is: paid, of: order}", "what window_end says is not what paid takes"),
        ("window_end: valid_until", "refund_reason: problem", "write {is: …, answers: {…}}"),
        ("window_end: valid_until", "amount: {is: used, answers: {many: yes}}", "this field has no choices of its own"),
        ("'no': asked", "maybe: asked", "there is no 'maybe'"),
        (", 'no': asked", "", "does not say what 'no' is — write no: with its value, or no: asked"),
        ("'yes': no", "'yes': perhaps", "facts.shipped.answers.yes:"),
        ("order: order_no", "order: order_no\nhold: {}", "unknown key 'hold'"),
        ("order: order_no", "order: order_no\ncarried_out: {task: remedy, outcome: settled, field: amount}",
         "carried_out.task: there is no 'remedy'"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_with_its_mend_and_the_file_is_not_used(
    books: dict[str, Playbook], was: str, becomes: str, says: str
) -> None:
    assert was in GOOD
    found, findings = read(GOOD.replace(was, becomes), books, "pinduoduo_refund.yaml")
    assert found is None
    assert any(says in one and one.startswith("pinduoduo_refund.yaml:") for one in findings), findings


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("outcome: done, field: remedies, repair: repair", "carried_out.outcome: there is no 'done'"),
        ("outcome: settled, field: remedys, repair: repair", "did you mean 'remedies'?"),
        ("outcome: settled, field: remedies, repair: mending", "carried_out.repair: there is no 'mending'"),
    ],
)
def test_what_was_carried_out_is_told_by_names_of_the_process(
    books: dict[str, Playbook], said: str, says: str
) -> None:
    found, findings = read(f"for: complaint\ncarried_out: {{task: remedy, {said}}}", books)
    assert found is None and any(says in one for one in findings), findings


def test_a_file_is_called_as_its_process(books: dict[str, Playbook]) -> None:
    assert "is to be called complaint.yaml" in read("for: complaint", books, "complaints.yaml")[1][0]
