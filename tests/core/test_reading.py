"""Text to playbook: what is understood, what is refused, and that every refusal names its line and its mend."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuoshan.core import yaml_strict
from tuoshan.core.checker import check
from tuoshan.core.checker.given import MESSAGE_VARIABLES
from tuoshan.core.conditions.names import FUNCTIONS, HISTORY
from tuoshan.core.durations import Duration
from tuoshan.core.playbook import PHASES, VERBS, FieldKind, FromTable, Playbook, WarnStep, Wording
from tuoshan.core.reading import Finding, keys, read_playbook
from tuoshan.core.yaml_strict import Mapping, Scalar, compose

SHIPPED = Path(yaml_strict.__file__).parents[1]
SAMPLES = Path(__file__).parent / "samples"
COMPLAINT = (SAMPLES / "complaint.yaml").read_text(encoding="utf-8")
COMMON = (SAMPLES / "common.yaml").read_text(encoding="utf-8")

SMALL = """\
playbook: small
version: 1
title: 小流程 / Small
source: 流程文件
start: open
parties: {desk: {title: 客服 / Desk}, lead: {title: 主管 / Lead}}
fields: {why: 理由 / Reasons}
states:
  open:
    title: 处理中 / Open
    phase: assess
    waits: {for: desk, within: 1 day, late: [lead]}
    can:
      finish: {title: 完成 / Finish, by: desk, form: [why?], to: closed}
  closed: {title: 已关闭 / Closed, phase: close, end: true}
"""


def read(text: str, **fragments: str) -> tuple[Playbook | None, tuple[Finding, ...]]:
    return read_playbook(text, "small.yaml", fragments)


def sound(text: str, **fragments: str) -> Playbook:
    playbook, found = read(text, **fragments)
    assert playbook is not None and not found, [one.in_language("en") for one in found]
    return playbook


def told(text: str, **fragments: str) -> list[tuple[int, str]]:
    return [(one.line, f"{one.message.en}; {one.mend.en}") for one in read(text, **fragments)[1]]


@pytest.fixture(scope="module")
def complaint() -> Playbook:
    return sound(COMPLAINT, common=COMMON)


# -- what is understood ---------------------------------------------------------------------------------------


def test_states_and_their_waits(complaint: Playbook) -> None:
    received = complaint.states["received"]
    assert received.title == Wording("待受理", "Received")
    assert received.customer == Wording("我们已收到", "We have it")
    assert received.phase == "receive"
    assert received.waits is not None and received.waits.limit is not None
    assert received.waits.limit.within == Duration(24, "hours")
    assert received.waits.warn == (WarnStep(Duration(4, "hours")),)
    assert [(step.party, step.after) for step in received.waits.late] == [
        ("lead", None),
        ("manager", Duration(4, "hours")),
    ]
    assert complaint.states["withdrawn"].end == "early"
    assert complaint.states["closed"].end == "ordinary"


def test_a_list_of_departments_is_waited_for_as_their_party(complaint: Playbook) -> None:
    waits = complaint.states["investigating"].waits
    assert waits is not None and waits.parties == ("department",) and waits.promise == "solve"
    inquire = complaint.tasks["inquire"]
    assert (inquire.party, inquire.each, inquire.before) == ("department", "departments", ("propose",))
    assert inquire.limit is not None and inquire.limit.within == FromTable("inquiry_time", ("grade",))


def test_actions_keep_the_order_of_the_file_and_shared_ones_their_states(complaint: Playbook) -> None:
    names = list(complaint.actions)
    assert names[:3] == ["accept", "ask_more", "unfounded"]
    assert names[-4:] == ["note", "promise", "keep", "withdraw"]
    assert complaint.actions["appeal"].sources == ("answered", "follow_up", "closed")
    assert complaint.actions["note"].sources == ("any_open",)
    assert complaint.actions["free"].automatic and complaint.actions["free"].by == ()


def test_forms_take_their_fields_and_what_need_not_be_filled_in(complaint: Playbook) -> None:
    register = {item.name: item for item in complaint.register}
    assert register["channel"].required and not register["wish"].required
    assert register["channel"].kind == "choice"
    assert [choice.value for choice in register["channel"].choices] == ["hotline", "web"]
    assert complaint.facts["why"].kind == "text"
    assert complaint.facts["amount"].unit == Wording("元", "yuan")


AUDIENCES = """playbook: small
version: 1
title: 小事 / Small
source: 制度
start: open
portal: asker
phases: {receive: {states: [open], customer: 收到 / We have it}, learn: {states: [closed], expected: false}}
parties:
  asker: {title: 申请人 / Asker}
  desk:  {title: 窗口 / Desk, customer: 窗口同事 / Our desk}
fields:
  wish: {kind: long_text, label: 对方诉求 / Their wish, help: 按原话 / Verbatim, customer: 您的希望 / Your wish}
  code: {label: 代码 / Code, help: 内部用 / For us, customer_help: 在小票上 / On the receipt}
states:
  open:
    title: 待办 / Open
    waits: {for: desk, within: 1 day, for_customer: true, late: [lead]}
    can:
      finish: {title: 完成 / Finish, customer: 做好了 / Done, by: asker, form: [wish, "code?"], to: closed}
  closed: {title: 已完 / Closed, end: true}
tasks:
  back: {title: 归还 / Back, for: asker, opens: [start],
         outcomes: {back: {title: 已还 / Back, customer: 我已归还 / I brought it}, lost: 遗失 / Lost}}
"""


def test_what_staff_and_the_customer_read_stands_side_by_side() -> None:
    book = sound(AUDIENCES)
    assert book.portal == "asker"
    assert book.phase_words == {"receive": Wording("收到", "We have it")} and book.detours == {"learn"}
    assert book.states["open"].phase == "receive" and book.states["closed"].phase == "learn"
    assert book.parties["desk"].customer == Wording("窗口同事", "Our desk")
    waits = book.states["open"].waits
    assert waits is not None and waits.for_customer
    wish, code = book.actions["finish"].form
    assert (wish.label.zh, wish.help.zh, wish.required) == ("对方诉求", "按原话", True)
    theirs = wish.for_customer()
    assert (theirs.label, theirs.help, theirs.required) == (Wording("您的希望", "Your wish"), Wording("", ""), True)
    assert (code.for_customer().label.zh, code.for_customer().help.zh) == ("代码", "在小票上")
    task = book.tasks["back"]
    assert task.outcome_titles["back"].zh == "已还"
    assert task.outcome_customer == {"back": Wording("我已归还", "I brought it")}


@pytest.mark.parametrize(("told", "party"), [("true", "customer"), ("false", ""), ("lead", "lead")])
def test_the_page_of_a_case_is_for_the_customer_or_another_party(told: str, party: str) -> None:
    assert sound(AUDIENCES.replace("portal: asker", f"portal: {told}")).portal == party


def test_verbs(complaint: Playbook) -> None:
    [assign] = complaint.actions["accept"].do
    assert (assign.name, assign.target) == ("assign", "handler")
    put, _ = complaint.actions["unfounded"].do
    assert (put.name, dict(put.arguments)) == ("set", {"grade": "normal"})
    assert complaint.actions["approve"].by_tier is not None
    assert complaint.tasks["remedy"].outcomes == ("settled", "failed")
    assert complaint.tasks["remedy"].outcome_titles["failed"] == Wording("未完成", "Failed")


def test_verbs_with_arguments() -> None:
    text = SMALL.replace(
        "by: desk, form",
        "by: desk, do: [assign: {desk: why}, carry_out: {remedy: why}, book: {desk: why}, print: slip], form",
    )
    playbook = sound(text)
    verbs = {verb.name: verb for verb in playbook.actions["finish"].do}
    assert dict(verbs["assign"].arguments) == {"desk": "why"}
    assert (verbs["carry_out"].target, dict(verbs["carry_out"].arguments)) == ("remedy", {"amounts": ("why",)})
    assert dict(verbs["book"].arguments) == {"desk": "why"}
    assert verbs["print"].target == "slip"


def test_a_fragment_is_taken_in_with_its_parameters(complaint: Playbook) -> None:
    assert complaint.takes == ("common",)
    assert complaint.deadlines["promised"].until == ("keep", "close")
    assert complaint.origins["actions.note"] == "fragments/common.yaml"
    assert complaint.origins["states.withdrawn"] == "fragments/common.yaml"
    assert "actions.accept" not in complaint.origins
    line = COMMON.splitlines()[complaint.actions["note"].line - 1]
    assert line.lstrip().startswith("note:")


def test_a_list_given_to_a_parameter_is_spliced() -> None:
    fragment = (
        "fragment: f\nparameters: {ends: x}\n"
        "deadlines: {d: {title: 限 / D, from: start, until: [$ends, late_one], within: 1 day, late: [lead]}}\n"
    )
    playbook = sound(SMALL + "takes: {f: {ends: [finish, other]}}\n", f=fragment)
    assert playbook.deadlines["d"].until == ("finish", "other", "late_one")


def test_every_element_knows_its_line() -> None:
    playbook = sound(SMALL)
    lines = SMALL.splitlines()
    assert lines[playbook.states["open"].line - 1].strip() == "open:"
    assert lines[playbook.actions["finish"].line - 1].strip().startswith("finish:")


def test_the_hash_covers_the_process_and_leaves_out_tables_walks_and_comments() -> None:
    first = sound(COMPLAINT, common=COMMON).hash
    assert sound(COMPLAINT.replace("normal: 5 days", "normal: 6 days"), common=COMMON).hash == first
    assert sound(COMPLAINT.replace("silence: ", "quiet: "), common=COMMON).hash == first
    assert sound("# a comment\n" + COMPLAINT, common=COMMON).hash == first
    assert sound(COMPLAINT.replace("within: 4 days", "within: 5 days"), common=COMMON).hash != first
    assert sound(COMPLAINT, common=COMMON.replace("备注 / Note", "记录 / Note")).hash != first


def test_the_order_of_declaration_is_part_of_the_process() -> None:
    desk, lead = "desk: {title: 客服 / Desk}", "lead: {title: 主管 / Lead}"
    turned = SMALL.replace(f"{desk}, {lead}", f"{lead}, {desk}")
    assert turned != SMALL and sound(turned).hash != sound(SMALL).hash


# -- what is refused ------------------------------------------------------------------------------------------

WRONG = [
    ("unknown key", ", to: closed}", ", too: closed}", 14, "did you mean 'to'"),
    ("a word of older drafts", "by: desk,", "who: desk,", 14, "did you mean 'by'"),
    ("unknown field", "form: [why?]", "form: [wy?]", 14, "did you mean 'why'"),
    ("unknown verb", "by: desk,", "by: desk, do: [asign: desk],", 14, "did you mean 'assign'"),
    ("no length of time", "within: 1 day,", "within: 1 fortnight,", 12, "write 24 hours"),
    ("two limits", "within: 1 day,", "within: 1 day, at: now,", 12, "remove one"),
    ("a broken condition", "by: desk,", "by: desk, if: times.finish = 1,", 14, "write =="),
    ("an unknown kind", "why: 理由 / Reasons", "why: {kind: mony, label: 理由 / Reasons}", 7, "did you mean 'money'"),
    ("nothing to choose from", "why: 理由 / Reasons", "why: {kind: choice, label: 理由 / Reasons}", 7, "list"),
    ("an unknown clock", "within: 1 day,", "within: 1 day, clock: office_hours,", 12, "elapsed"),
    ("from under can", "by: desk,", "by: desk, from: open,", 14, "shared"),
    ("late without a party", "late: [lead]", "late: [lead in 4 hours]", 12, "manager after 4 hours"),
    ("warn without before", "late: [lead]", "late: [lead], warn: 4 hours", 12, "4 hours before"),
    ("a name in Chinese", "finish: {title", "完成: {title", 14, "small Latin letters"),
    ("a text where keys belong", "waits: {for: desk, within: 1 day, late: [lead]}", "waits: desk", 12, "key: value"),
    ("yes instead of true", "version: 1", "version: 1\nportal: yes", 3, "write true or false"),
    ("no version number", "version: 1", "version: one", 2, "version: 1"),
    ("an unknown phase", "start: open", "start: open\nphases: {middle: [open]}", 6, "there is no phase"),
    ("a phase of no state", "start: open", "start: open\nphases: {assess: [opened]}", 6, "did you mean 'open'"),
    ("groups", "start: open", "start: open\nmembers: {}", 6, "not in use yet"),
    ("a key that a phase has not", "start: open", "start: open\nphases: {assess: {state: [open]}}", 6,
     "did you mean 'states'"),
    ("a page for nobody known", "start: open", "start: open\nportal: [desk, lead]", 6, "one text"),
    ("bounds of a text", "why: 理由 / Reasons", "why: {label: 理由 / Reasons, min: 3}", 7, "number and money"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_mistakes_are_told_with_line_and_mend(old: str, new: str, line: int, says: str) -> None:
    assert old in SMALL
    found = told(SMALL.replace(old, new, 1))
    assert any(at == line and says in words for at, words in found), found


def test_all_mistakes_are_told_at_once() -> None:
    text = SMALL.replace("version: 1", "version: x").replace("to: closed", "two: closed").replace("late:", "latte:")
    assert {line for line, _ in told(text)} == {2, 12, 14}


def test_missing_keys_are_named() -> None:
    missing = {words.split(" ")[0] for _, words in told("playbook: x\n")}
    assert {"version", "title", "source", "start", "states"} <= missing


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "a: [", "\tplaybook: x", "playbook: x\n---\nb: 1"])
def test_what_is_no_playbook_is_told_and_not_raised(text: str) -> None:
    _, found = read(text)
    assert found and all(one.line >= 1 and one.message.zh and one.mend.zh for one in found)


def test_traps_of_yaml() -> None:
    tree, troubles = compose(
        "on: 1\na: {t: 一, 二 / One, b: 1}\nc: &x 1\nd: *x\ne: !f 1\na: 2\n<<: {}\nq: [one?, two?]\n", "t.yaml"
    )
    words = {trouble.line: trouble.message.en for trouble in troubles}
    assert "'on'" in words[1] and "comma in 't'" in words[2] and "anchor" in words[3]
    assert "*x" in words[4] and "tag" in words[5] and "twice" in words[6] and "<<" in words[7]
    assert isinstance(tree, Mapping)
    question = tree.get("q")
    assert [item.text for item in question.items if isinstance(item, Scalar)] == ["one?", "two?"]  # type: ignore[union-attr]


def test_a_comma_in_an_unquoted_title_is_explained() -> None:
    [found] = read(SMALL.replace("完成 / Finish,", "完成 / Finish, done,"))[1]
    assert found.line == 14 and '"完成 / Finish, done"' in found.mend.en and "逗号" in found.message.zh


def test_a_condition_with_a_comma_is_explained_too() -> None:
    found = told(SMALL.replace("by: desk,", "by: desk, if: why == table('x', why),"))
    assert any("comma in 'if'" in words for _, words in found)


def test_names_clash_between_file_and_fragment() -> None:
    fragment = (
        "fragment: f\nstates: {closed: {title: 关 / C, end: true}}\n"
        "shared: {finish: {title: 完 / F, from: any_open, by: desk}}\n"
    )
    found = told(SMALL + "takes: [f]\n", f=fragment)
    assert any("'closed' is already in the fragment fragments/f.yaml, line 2" in words for _, words in found)
    assert any("'finish' is already in small.yaml, line 14" in words for _, words in found)


def test_parameters_are_given_declared_and_used() -> None:
    fragment = (
        "fragment: f\nparameters: {party: 谁 / Who}\n"
        "shared: {note: {title: 记 / N, from: any_open, by: $party, form: [$other]}}\n"
    )
    found = told(SMALL + "takes: {f: {prty: desk}}\n", f=fragment)
    assert any("no parameter 'prty'; did you mean 'party'" in words for _, words in found)
    assert any("'party' is missing" in words for _, words in found)
    assert any("'other' is not declared" in words for _, words in found)


def test_a_key_of_another_file_is_refused() -> None:
    known = {"small": sound(SMALL)}
    assert not read_playbook(SMALL, "small.yaml", {}, known)[1]
    [found] = read_playbook(SMALL, "other.yaml", {}, known)[1]
    assert found.check == 11 and found.line == 1


def test_findings_speak_both_languages() -> None:
    [found] = read(SMALL.replace(", to: closed", ", too: closed"))[1]
    assert found.in_language("en").startswith("small.yaml:14: actions.finish: unknown key 'too' — did you mean 'to'?")
    assert "不认识的键“too”" in found.in_language("zh")


PIECES = ["", ":", ",", "{", "]", "\n", "\t", "'", '"', "? ", "&a ", "*a", "!x ", "：", "- ", "null"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_raises(data: st.DataObject) -> None:
    """Cut, doubled or garbled text gives findings or a playbook, never an exception."""
    at = data.draw(st.integers(0, len(COMPLAINT) - 1))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from(PIECES))
    text = COMPLAINT[:at] + put + COMPLAINT[at + length :]
    playbook, found = read_playbook(text, "damaged.yaml", {"common": COMMON})
    assert playbook is not None or found
    assert all(re.search(r"\w", one.message.zh) and one.mend.en for one in found)


# -- the guide ------------------------------------------------------------------------------------------------

GUIDE = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")


def test_the_first_example_of_the_guide_is_a_sound_playbook() -> None:
    found = re.search(r"```yaml\n(playbook: repair.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    playbook, mistakes = read_playbook(found[1], "repair.yaml", {})
    assert playbook is not None and not mistakes
    assert [one.in_language("en") for one in check(playbook, {})] == []


def test_the_guide_explains_every_word_of_the_grammar() -> None:
    lists = (keys.PLAYBOOK, keys.FRAGMENT, keys.FIELD, keys.STATE, keys.WAITS, keys.SHARED, keys.TASK)
    words = {word for one in (*lists, keys.DEADLINE, keys.HOLD, keys.PARTY, keys.MESSAGE) for word in one}
    words |= set(get_args(FieldKind)) | VERBS | MESSAGE_VARIABLES | set(PHASES) | set(FUNCTIONS) | set(HISTORY)
    unexplained = {word for word in words if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", GUIDE)}
    assert unexplained - {"members"} == set()


SIGNS = [
    *":,?!&*#[]{}'\"|>-%@` \n\t~=\\", "中", "\ufeff", "\x85", "\u2028", "\x07", "- ", "? ", " #",
    "---\n", "...\n", "\r\n", "<<: ",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_the_quick_parser_reads_what_the_thorough_one_reads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of the shipped files with a few signs changed: same nodes, same troubles."""
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("**/*.yaml"))]
    for _turn in range(120):
        lines = chance.choice(texts).split("\n")
        begins = chance.randrange(len(lines))
        text = "\n".join(lines[begins : begins + chance.randrange(1, 14)])
        for _change in range(chance.randrange(3)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(["", *SIGNS]) + text[at + chance.randrange(2) :]
        quick = yaml_strict.compose(text, "f.yaml")
        with monkeypatch.context() as patched:
            patched.setattr(yaml_strict, "_TAKEN_DIFFERENTLY", re.compile(""))
            assert yaml_strict.compose(text, "f.yaml") == quick, text
