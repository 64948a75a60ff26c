"""What a playbook says that its parts mean: what does not hold is found, with its line and what to write instead."""

from pathlib import Path

import pytest

from tuoshan.core.checker import check
from tuoshan.core.reading import Finding, read_playbook

PLAYBOOKS = Path(__file__).resolve().parents[2] / "src/tuoshan/playbooks"
COMPLAINT = (PLAYBOOKS / "complaint.yaml").read_text(encoding="utf-8")
COMMON = (PLAYBOOKS / "fragments/common.yaml").read_text(encoding="utf-8")


def findings(text: str) -> list[Finding]:
    playbook, found = read_playbook(text, "complaint.yaml", {"common": COMMON})
    assert playbook is not None
    return [*found, *check(playbook, {}, walks=False)]


def test_the_shipped_complaint_has_no_finding() -> None:
    assert [one.where for one in findings(COMPLAINT) if one.where.startswith("means")] == []


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("appeal:        appeal\n", "appeal:        apeal\n", "means.appeal", "there is no action 'apeal'"),
        ("reopening:     reopen\n", "reopening:     closed\n", "means.reopening", "there is no action 'closed'"),
        ("solved:        solve\n", "solved:        solving\n", "means.solved", "there is no clock 'solving'"),
        ("call_due:      follow_up\n", "call_due:      calling\n", "means.call_due", "there is no state 'calling'"),
        ("called:        close\n", "called:        satisfied\n", "means.called",
         "'satisfied' is not possible in the state 'follow_up'"),
        ("call_words:    customer_words\n", "call_words:    reason\n", "means.call_words",
         "the form of 'close' does not ask 'reason'"),
        ("  call_words:    customer_words\n", "", "means.call_due", "call_due says nothing without call_words"),
        ("remedies:      remedies\n", "remedies:      cause\n", "means.remedies",
         "'cause' is a choice; this has to be a choices"),
        ("  cause:         cause\n", "  cause:         [cause, liable]\n", "means.cause", "this is one field alone"),
        ("survey:        survey\n", "survey:        surveys\n", "means.survey", "there is no task 'surveys'"),
        ("approval:      approve\n", "approval:      approved\n", "means.approval", "there is no action 'approved'"),
        ("  cause:         cause\n", "  causes:        cause\n", "means", "unknown key 'causes'"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_found(old: str, new: str, where: str, said: str) -> None:
    assert old in COMPLAINT
    text = COMPLAINT.replace(old, new, 1)
    (found,) = [one for one in findings(text) if one.where.startswith("means")]
    assert (found.where, found.severity) == (where, "error")
    assert said in found.in_language("en")
    line = text.splitlines()[found.line - 1]
    assert new.split(":")[0].strip() in line or where.removeprefix("means.") in line


def test_a_renamed_state_is_found() -> None:
    """The list of calls that are due would be empty, and nobody would know why."""
    renamed = COMPLAINT.replace("\n  follow_up:\n", "\n  call_back:\n").replace("to: follow_up", "to: call_back")
    found = [one for one in findings(renamed) if one.where == "means.call_due"]
    line = COMPLAINT[: COMPLAINT.index("call_due:")].count("\n") + 1
    assert [(one.line, one.severity) for one in found] == [(line, "error")]
