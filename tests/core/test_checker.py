"""The fourteen checks on a whole sample process, on its mutants, and at their finer edges."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tuoshan.core.checker import check
from tuoshan.core.checker.flow import Flow
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import Finding, read_playbook
from tuoshan.core.yaml_strict import Entry, Mapping, Node, Scalar, Sequence, compose

SAMPLES = Path(__file__).parent / "samples"
COMPLAINT = (SAMPLES / "complaint.yaml").read_text(encoding="utf-8")
COMMON = (SAMPLES / "common.yaml").read_text(encoding="utf-8")


def findings(text: str, *, walks: bool = True, common: str = COMMON) -> tuple[Finding, ...]:
    playbook, found = read_playbook(text, "complaint.yaml", {"common": common})
    return found if playbook is None else (*found, *check(playbook, {}, walks=walks))


def changed(*pairs: tuple[str, str]) -> str:
    text = COMPLAINT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def told(*pairs: tuple[str, str]) -> list[tuple[int, str, str]]:
    """Check, place and words of the errors after these changes, walks left out."""
    return [
        (one.check, one.where, one.message.en)
        for one in findings(changed(*pairs), walks=False)
        if one.severity == "error"
    ]


@cache
def sample() -> Playbook:
    playbook, _ = read_playbook(COMPLAINT, "complaint.yaml", {"common": COMMON})
    assert playbook is not None
    return playbook


# -- the whole ------------------------------------------------------------------------------------------------


def test_the_sample_passes_all_fourteen_checks() -> None:
    assert [one.in_language("en") for one in findings(COMPLAINT)] == []


def test_an_appeal_needs_what_the_overturned_decision_needs() -> None:
    """A complaint found unfounded has no grade; overturned on appeal, its time to solve could not start."""
    found = told(("do: [set: {grade: normal}, assign: handler]", "do: [assign: handler]"))
    assert (4, "states.proposing.waits.promise") in [one[:2] for one in found]
    assert (7, "actions.free.as_soon_as") in [one[:2] for one in found]
    assert any("'overturn'" in words and "grade may be unknown" in words for _, _, words in found)
    assert not any("'disagree'" in words for _, _, words in found), "told once, where it gets lost"


def test_a_party_that_is_nobody_is_a_warning() -> None:
    filled = {name: "someone" for name in sample().parties if name != "lab"}
    [found] = check(sample(), {}, party_map=filled, walks=False)
    assert (found.check, found.severity, found.where) == (1, "warning", "parties.lab")
    assert not check(sample(), {}, walks=False)


def test_findings_of_a_fragment_name_its_file() -> None:
    [found] = findings(changed(("{finish: close}", "{finish: accept}")), walks=False)
    assert (found.check, found.file) == (5, "fragments/common.yaml")
    assert COMMON.splitlines()[found.line - 1].lstrip().startswith("promised:")


# -- finer edges of single checks -----------------------------------------------------------------------------

EDGES: list[tuple[str, int, str, list[tuple[str, str]]]] = [
    ("1 evidence of a kind that does not exist", 1, "actions.settle.evidence", [
        ("evidence: [agreement]", "evidence: [agrement]"),
    ]),
    ("2 a state that only its own withdrawal leaves", 2, "states.follow_up", [
        ("      close: {title: 回访并关闭 / Called and closed, by: handler, form: [why], to: closed}",
         "      close: {title: 回访并关闭 / Called and closed, by: handler, form: [why]}"),
        ("from: [answered, appealed, closed]", "from: [appealed, closed]"),
        ("from: [answered, follow_up, closed]", "from: [answered, closed]"),
    ]),
    ("3 an else that stays leaves nobody with a clock", 3, "states.incomplete.waits", [
        ("do: [set: {grade: normal}], to: answered}", "do: [set: {grade: normal}]}"),
    ]),
    ("3 a table read by a clock before its fact is known", 3, "states.received.waits", [
        ("within: 24 hours", "within: {table: solve_time, of: grade}"),
    ]),
    ("3 a hold that nobody can end", 3, "holds.frozen", [
        ("messages:", "holds: {frozen: {title: 中止 / Frozen, by: lead, stops: all}}\nmessages:"),
    ]),
    ("3 an owed task without a limit", 3, "tasks.emergency", [("within: 2 hours, late: [manager]", "owed: true")]),
    ("4 an action that ends the promise and stays", 4, "states.proposing.waits.promise", [
        ("until: [carried,", "until: [note, carried,"),
    ]),
    ("5 a deadline that a task's outcome alone ends", 5, "deadlines.solve.until", [
        ("until: [carried, unfounded, no_reply, satisfied]", "until: [task.survey.done]"),
    ]),
    ("6 an else that an open task holds back", 6, "states.answered.waits.else", [
        ("within: 3 days, late: [manager]}", "within: 3 days, late: [manager]}\n"
         "  ask:       {title: 问 / Ask, for: lead, opens: [appeal], before: silent}"),
    ]),
    ("6 an else with a condition that is over", 6, "states.answered.waits.else", [
        ("silent:    {title: 未回复 / No answer, by: handler,",
         "silent:    {title: 未回复 / No answer, by: handler, if: entered.answered == null,"),
    ]),
    ("6 an else that reads what may be unknown", 6, "states.incomplete.waits.else", [
        ("not_added: {title: 逾期未补充 / Not added, by: service_desk,",
         "not_added: {title: 逾期未补充 / Not added, by: service_desk, if: amount > 0,"),
    ]),
    ("7 an automatic action that would repeat", 7, "actions.found", [
        ("as_soon_as: task.inquire.open == 0, to: proposing", "as_soon_as: task.inquire.open == 0"),
    ]),
    ("7 an automatic action that reads a moment not yet passed", 7, "actions.found", [
        ("as_soon_as: task.inquire.open == 0", "as_soon_as: now > on.propose && task.inquire.open == 0"),
    ]),
    ("9 a party that would pause its own clock for ever", 9, "states.offered.waits.pauses", [
        ("waits: {for: customer, within: 7 days, else: no_reply}",
         "waits: {for: customer, within: 7 days, else: no_reply, pauses: [customer]}"),
    ]),
    ("9 a pause for a task that holds nothing back", 9, "deadlines.solve.pauses", [
        ("while: [investigating, mediation], before: [propose, settle]", "while: [investigating, mediation]"),
    ]),
    ("10 a required task that opens with the end", 10, "tasks.report.opens", [
        ("opens: [satisfied, silent], before: close", "opens: [satisfied, silent, close]"),
    ]),
    ("10 a gate that lies behind", 10, "tasks.report.before", [("before: close", "before: accept")]),
    ("12 a table set from that gives no choice of the fact", 12, "actions.not_added.do", [
        ("[set: {grade: normal}], to: answered}", "[{set: {grade: {table: by_channel, of: channel}}}], to: answered}"),
        ("  free_limit:", "  by_channel: {hotline: normal, web: severe}\n  free_limit:"),
    ]),
    ("12 tiers that fall", 12, "tables.approver", [("[[2000, lead],", "[[2000, lead], [200, lead],")]),
    ("13 the amount is changed after the approval", 13, "actions.agree.do", [
        ("agree:    {title: 同意 / I agree, by: customer,",
         "agree:    {title: 同意 / I agree, by: customer, form: [amount],"),
    ]),
    ("13 the amount can be changed while the customer thinks", 13, "actions.agree.do", [
        ("shared:\n", "shared:\n  haggle:  {title: 议价 / Haggle, from: offered, by: handler, form: [amount]}\n"),
    ]),
    ("13 a settlement recorded without proof", 13, "actions.settle.do", [("evidence: [agreement], ", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "where", "pairs"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_edges(number: int, where: str, pairs: list[tuple[str, str]]) -> None:
    found = told(*pairs)
    assert any(one[0] == number and (one[1] == where or one[1].startswith(where + ".")) for one in found), found


SOUND: list[tuple[str, list[tuple[str, str]]]] = [
    ("a guarded fact may be missing", [
        ("as_soon_as: task.inquire.open == 0", "as_soon_as: task.inquire.open == 0 && (!has(amount) || amount > 0)"),
    ]),
    ("a deemed consent that names its source", [
        ("no_reply: {title: 未答复 / No reply, by: handler, to: answered}",
         "no_reply: {title: 未答复 / No reply, by: handler, to: carrying_out, do: [carry_out: remedy], "
         "source: 平台规则 2}"),
        ("until: [carried, unfounded, no_reply, satisfied]", "until: [carried, unfounded, satisfied]"),
    ]),
    ("an else whose condition may hold", [
        ("silent:    {title: 未回复 / No answer, by: handler,",
         "silent:    {title: 未回复 / No answer, by: handler, if: has(on.appeal) || times.satisfied == 0,"),
    ]),
    ("a fact that an import gives", [
        ("fields:\n", "fields:\n  given_at: {kind: datetime, label: 平台时限 / Platform's time, imported: true}\n"),
        ("waits: {for: authority, within: 60 days,", "waits: {for: authority, at: given_at,"),
    ]),
    ("an optional task may open with the end", [
        ("opens: [satisfied, silent], within: 7 days", "opens: [satisfied, silent, close], within: 7 days"),
    ]),
    ("a deadline that the task opened with it ends", [
        ("messages:", "  reporting: {title: 呈报 / Reporting, from: [satisfied, silent], until: [task.report.done], "
         "within: 5 days, late: [manager]}\nmessages:"),
    ]),
    ("a form filled by a task that gates the way", [
        ("before: close, within: 3 days, late: [manager]}",
         "before: close, within: 3 days, late: [manager], form: [score]}"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("pairs", [one[1] for one in SOUND], ids=[one[0] for one in SOUND])
def test_what_is_allowed(pairs: list[tuple[str, str]]) -> None:
    assert told(*pairs) == []


def test_wording_must_stand_in_both_languages() -> None:
    found = told(("title: 待受理 / Received", "title: 待受理"), ("subject: 已受理 / Accepted", "subject: Accepted"))
    assert {(one[0], one[1]) for one in found} == {(14, "states.received.title"), (14, "messages.accepted.subject")}


def test_an_unknown_variable_in_a_message_is_told() -> None:
    [found] = told(("{due.solve} 前答复", "{due.sole} 前答复"))
    assert found[:2] == (1, "messages.accepted") and "due.sole" in found[2]


@pytest.mark.parametrize("name", ["handler_phone", "company_phone", "next_step", "reply", "remedy", "me", "nobody"])
def test_a_message_names_nothing_that_nobody_fills_in(name: str) -> None:
    [found] = told(("{due.solve} 前答复", f"{{{name}}} 前答复"))
    assert found[:2] == (1, "messages.accepted") and name in found[2]


@pytest.mark.parametrize(
    ("old", "action"),
    [
        ("by: customer, form: [wish], to: proposing}", "disagree"),
        ("by: customer, evidence: [any], to: received}", "add_more"),
    ],
    ids=["a wait for somebody else", "from a wait for somebody else"],
)
def test_only_a_wait_for_the_same_party_is_timed_anew(old: str, action: str) -> None:
    assert told((old, old.replace(", to:", ", retimes: false, to:"))) == []
    [found] = told((old, old.replace(", to:", ", retimes: true, to:")))
    assert found[:2] == (3, f"actions.{action}") and "same party" in found[2]


def test_a_walk_that_goes_otherwise_and_an_action_no_walk_takes() -> None:
    found = findings(changed(("> expect withdrawn", "> expect closed"), ("> keep >", ">")))
    assert {(one.check, one.where) for one in found} == {(14, "walks.withdrawn"), (14, "actions.keep")}


# -- the graph ------------------------------------------------------------------------------------------------


def test_where_tasks_can_be_open() -> None:
    flow = Flow(sample())
    assert flow.may_open["inquire"] == {"investigating"}
    assert flow.may_open["remedy"] == {"carrying_out"}, "its answer is what leads on"
    assert "closed" not in flow.may_open["report"] and "follow_up" in flow.may_open["report"]
    assert {"investigating", "mediation", "proposing"} <= flow.may_open["test"]


def test_where_a_deadline_can_run() -> None:
    runs = Flow(sample()).may_run["solve"]
    assert {"investigating", "proposing", "approving", "offered", "carrying_out"} <= runs
    assert not runs & {"received", "closed", "withdrawn"}


def test_what_holds_on_every_path() -> None:
    flow = Flow(sample())
    assert ("fact", "grade") in flow.must["proposing"]
    assert ("fact", "amount") in flow.must["approving"]
    assert ("fact", "amount") not in flow.must["answered"], "an unfounded complaint has none"
    assert ("did", "accept") in flow.must["investigating"]
    assert ("fact", "wish") not in flow.must["received"], "optional at registration"


# -- mutants --------------------------------------------------------------------------------------------------

STRUCTURE = {
    "within", "else", "until", "from", "promise", "opens", "to", "as_soon_as", "for", "waits", "can", "end", "of",
    "outcomes", "late", "start",
}  # fmt: skip
"""What holds a process up: deleting any of these must be noticed."""

HARMLESS = {
    ".tasks.survey.within": "an optional task may be without a limit",
    ".states.incomplete.can.not_added.by": "only the system does it",
}


def written(node: Node) -> str:
    if isinstance(node, Scalar):
        simple = node.plain and re.fullmatch(r"[A-Za-z0-9_.]+", node.text)
        return node.text if simple else json.dumps(node.text, ensure_ascii=False)
    if isinstance(node, Sequence):
        return "[" + ", ".join(written(item) for item in node.items) + "]"
    return "{" + ", ".join(f"{written(entry.key)}: {written(entry.value)}" for entry in node) + "}"


def mutants(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """The tree with one structural key deleted, for every one of them."""
    if not isinstance(node, Mapping):
        return
    for index, entry in enumerate(node.entries):
        here = f"{path}.{entry.key.text}"
        before, after = node.entries[:index], node.entries[index + 1 :]
        if entry.key.text in STRUCTURE and not path.startswith((".takes", ".parties", ".fields")):
            yield here, replace(node, entries=before + after)
        if here not in (".walks", ".messages", ".phases", ".takes"):
            for deeper, mutant in mutants(entry.value, here):
                yield deeper, replace(node, entries=(*before, Entry(entry.key, mutant), *after))


def all_mutants() -> list[tuple[str, str]]:
    tree, _ = compose(COMPLAINT, "complaint.yaml")
    assert tree is not None
    return [(path, written(mutant)) for path, mutant in mutants(tree)]


def test_writing_the_tree_changes_nothing() -> None:
    tree, _ = compose(COMPLAINT, "complaint.yaml")
    assert tree is not None
    again, found = read_playbook(written(tree), "complaint.yaml", {"common": COMMON})
    assert again is not None and not found and again.hash == sample().hash


@pytest.mark.parametrize(("path", "text"), all_mutants(), ids=[path for path, _ in all_mutants()])
def test_every_structural_deletion_is_noticed(path: str, text: str) -> None:
    noticed = any(one.severity == "error" for one in findings(text))
    assert noticed != (path in HARMLESS)
