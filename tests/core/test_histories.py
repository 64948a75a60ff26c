"""The hand-worked histories of `histories/` against the kernel: events in, clocks and state out.

Each file holds one small playbook and stories told step by step, with what must be true after each; they
were worked out by hand from the rules of docs/playbooks.md (format in histories/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.core.expectations import check, final
from tests.core.telling import Company, Teller, local

from tuoshan.core.case import Actor, CaseState, Clock, Command
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import read_playbook

HISTORIES = Path(__file__).parent / "histories"


@cache
def load(path: Path) -> tuple[Playbook, Mapping[str, Any], list[Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    written = dict(content["playbook"])
    written["fields"] = {name: long_form(name, kind) for name, kind in written.pop("facts", {}).items()}
    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
    playbook, findings = read_playbook(text, path.name, {})
    assert playbook is not None, [str(finding) for finding in findings]
    return playbook, content.get("calendars", {}), content["histories"]


def long_form(name: str, kind: Any) -> dict[str, object]:
    """The histories write `grade: [normal, urgent]` and `known: yes/no`; a playbook spells its fields out."""
    label = f"{name} / {name}"
    if isinstance(kind, list):
        return {"kind": "choice", "label": label, "choices": {value: f"{value} / {value}" for value in kind}}
    if isinstance(kind, dict) and "kind" in kind:
        return kind
    if isinstance(kind, dict):
        return {"kind": "choices", "label": label, "choices": {value: f"{value} / {value}" for value in kind["list"]}}
    spelled = {"yes/no": "yes_no", "date and time": "datetime", "changes": "long_text"}
    return {"kind": spelled.get(kind, kind), "label": label}


def all_histories() -> Iterator[Any]:
    for path in sorted(HISTORIES.glob("*.yaml")):
        for number, history in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["histories"]):
            yield pytest.param(path, number, id=f"{path.stem}: {history['name']}")


@pytest.mark.parametrize(("path", "number"), list(all_histories()))
def test_history(path: Path, number: int) -> None:
    playbook, calendars, histories = load(path)
    history = histories[number]
    start = history["start"]
    if start.get("superior"):
        parties = {name: replace(party, superior=start["superior"].get(name, party.superior))
                   for name, party in playbook.parties.items()}  # fmt: skip
        playbook = replace(playbook, parties=parties)
    company = Company(
        dict(start.get("tables", {})), start.get("people"), start.get("choose", {}), others=start.get("about", {}),
    )  # fmt: skip
    company.set_calendars({**calendars, **history.get("calendars", {})})
    given = [replace(playbook.facts[name], required=False) for name in start.get("facts", {})
             if name not in {item.name for item in playbook.register}]  # fmt: skip
    asked = [replace(item, required=False) for item in playbook.register]
    playbook = replace(playbook, register=(*asked, *given))
    teller = Teller(playbook, company, CaseState(playbook.key))
    facts = teller.typed(playbook.facts, start.get("facts", {}))
    actor = Actor("customer", "customer", frozenset({"customer"}))
    first = teller.send(Command("start", actor=actor, values=facts), local(start["at"]))
    if "expect" in start:
        check(teller, first, start["expect"], 0, local(start["at"]))
    else:
        assert first.refusal is None, first.refusal
    for step in history.get("steps", ()):
        take(teller, step)
    final(teller, history.get("finally", {}), local(_last_moment(history)))


def _last_moment(history: Any) -> object:
    moments = [
        step.get("at") or step.get("wake") for step in history.get("steps", ()) if "at" in step or "wake" in step
    ]
    return moments[-1] if moments else history["start"]["at"]


def take(teller: Teller, step: Any) -> None:
    if "set_table" in step:
        teller.company.tables.update(step["set_table"])
        return
    if "set_about" in step:
        teller.company.others = {**teller.company.others, **step["set_about"]}
        return
    if "set_calendar" in step:
        teller.company.set_calendars(step["set_calendar"])
        return
    at = local(step.get("wake") or step["at"])
    seq = teller.case.seq
    repeated = step.get("idempotency") in teller.keys
    if "wake" in step:
        decision = teller.send(Command("wake"), at)
    elif step.get("idempotency") in teller.keys:
        decision = teller.keys[step["idempotency"]]
    else:
        decision = teller.send(command(teller, step), at)
        if "idempotency" in step:
            teller.keys[step["idempotency"]] = decision
    expected = dict(step.get("expect", {}))
    assert expected.pop("repeated", repeated) == repeated
    if "wake" not in step and "refused" not in expected:
        assert decision.refusal is None, f"{step}: {decision.refusal}"
    check(teller, decision, expected, seq, at)


def command(teller: Teller, step: Any) -> Command:
    playbook = teller.playbook
    word, _, name = step["do"].partition(" ")
    parties = frozenset(step.get("as", ()))
    by_system = "system" in parties or step.get("by") == "system"
    kind = "customer" if parties == {"customer"} else "system" if by_system else "person"
    actor = Actor(kind, step.get("by", "someone"), parties, step.get("for", ""))  # type: ignore[arg-type]
    fields = dict(playbook.facts)
    values = teller.typed(fields, step.get("values", {}))
    if isinstance(values.get("changes"), dict):
        values["changes"] = teller.typed(fields, values["changes"])
    evidence = tuple(step.get("evidence", ()))
    backdated = local(step["happened"]) if "happened" in step else None
    common = {"actor": actor, "values": values, "evidence": evidence, "at": backdated, "extra": step.get("extra", {}),
              "events": tuple(teller.events)}  # fmt: skip
    if word in playbook.actions and not name:
        return Command("act", word, **common)
    match word:
        case "task":
            name, _, key = name.partition("[")
            key = step.get("key", key.rstrip("]"))
            return Command("task", name, outcome=step.get("outcome", ""), key=key, **common)
        case "settle" | "fail":
            outcome = "settled" if word == "settle" else "failed"
            run = next(run for run in teller.case.open_tasks() if run.name == name)
            holder = replace(actor, parties=actor.parties | {run.party})
            return Command("task", name, outcome=outcome, **{**common, "actor": holder})
        case "ask" | "hold" | "release":
            return Command(word, name, **common)  # type: ignore[arg-type]
        case "correct" if "correct" not in playbook.actions:
            return Command("correct", "correct", **common)
        case "undelivered" | "delivered":
            sent = [event.seq for event in teller.events if event.kind == "record" and event.name == "message"]
            return Command("record", word, **{**common, "extra": {"message": sent[step["message"] - 1]}})
        case "message" | "note":
            return Command("record", word, **common)
        case "recompute":
            return Command("recompute", "recompute", **common)
        case "adopt":
            extra = {"from": step["from_case"], "clocks": [promise(*one) for one in step["promises"].items()]}
            return Command("adopt", "adopt", **{**common, "extra": extra})
        case "step_back" if "step_back" not in playbook.actions:
            return Command("step_back", **common)
    return Command("act", word, **common)


def promise(name: str, told: Mapping[str, Any]) -> object:
    """A clock as the merged case had it. `told`: the steps given there, as `late PARTY`."""
    amount, unit = told["within"].split(" ")
    fired = tuple(STEPS[one] for one in told.get("told", ()))
    clock = Clock(
        f"deadline:{name}#1", name, "deadline", 1, local(told["start"]), local(told["due"]), amount, unit, fired=fired
    )
    return clock.to_json()


STEPS = {"late lead": "late0"}
