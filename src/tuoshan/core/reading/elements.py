"""Reading states, actions, tasks, deadlines, holds, parties and messages."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from types import MappingProxyType

from tuoshan.core.playbook import (
    ANY_OPEN,
    GIVING,
    NO_WORDING,
    VERBS,
    Action,
    Deadline,
    EndKind,
    Field,
    Hold,
    Limit,
    Message,
    Party,
    State,
    Task,
    TierBy,
    Verb,
    Waits,
    Wording,
)
from tuoshan.core.reading import keys
from tuoshan.core.reading.fields import read_form
from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.values import EVIDENCE, TRIGGER, Values
from tuoshan.core.yaml_strict import Entry, Mapping, Node, Scalar, Sequence

PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Elements:
    """Reads elements against the fields of the playbook."""

    values: Values
    facts: Map[str, Field]

    # -- states --------------------------------------------------------------------------------------
    def states(self, section: Mapping, phases: Map[str, str]) -> tuple[dict[str, State], list[Action]]:
        """The states and, in order of declaration, the actions that stand under `can`."""
        states: dict[str, State] = {}
        actions: list[Action] = []
        for entry in self.values.named(section, "states"):
            name = entry.key.text
            where = f"states.{name}"
            body = self.values.mapping(entry.value, where)
            self.values.known(body, keys.STATE, where)
            waits = body.get("waits")
            phase = self.values.name(body.get("phase"), where) or phases.get(name, "")
            states[name] = State(
                name=name,
                title=self.values.wording(body.get("title"), where),
                phase=phase,
                waits=self.waits(waits, f"{where}.waits") if waits is not None else None,
                end=self.end(body.get("end"), where),
                reviews=self.values.names(body.get("reviews"), f"{where}.reviews"),
                customer=self.values.wording(body.get("customer"), f"{where}.customer"),
                line=entry.key.line,
            )
            for action in self.values.named(body.get("can"), f"{where}.can"):
                actions.append(self.action(action, (name,), keys.ACTION))
        return states, actions

    def end(self, node: Node | None, where: str) -> EndKind:
        text = self.values.text(node, where)
        if text == "early":
            return "early"
        if text not in ("", "true", "false") and node is not None:
            self.values.notes.add(node, where, f"end 不能是“{text}”", f"end cannot be '{text}'",
                                  "写 true（正常结束）或 early（撤回、并单）",
                                  "write true, or early for withdrawn and merged")  # fmt: skip
        return "ordinary" if text == "true" else ""

    def waits(self, node: Node, where: str) -> Waits:
        v = self.values
        body = v.mapping(node, where)
        v.known(body, keys.WAITS, where)
        reason = body.get("no_promise")
        return Waits(
            parties=v.names(body.get("for"), where),
            limit=v.limit(body, where),
            promise=v.name(body.get("promise"), f"{where}.promise"),
            no_promise=v.wording(reason, f"{where}.no_promise") if reason is not None else None,
            otherwise=v.name(body.get("else"), f"{where}.else"),
            late=v.late(body.get("late"), f"{where}.late"),
            warn=v.warn(body.get("warn"), f"{where}.warn"),
            pauses=v.names(body.get("pauses"), f"{where}.pauses"),
            for_customer=v.yes(body.get("for_customer"), f"{where}.for_customer"),
            remind=v.name(body.get("remind"), f"{where}.remind"),
            line=node.line,
        )

    # -- actions -------------------------------------------------------------------------------------
    def shared(self, section: Mapping) -> list[Action]:
        actions = []
        for entry in self.values.named(section, "shared"):
            where = f"shared.{entry.key.text}"
            body = self.values.mapping(entry.value, where)
            sources = self.values.names(body.get("from"), f"{where}.from")
            if not sources:
                self.values.notes.add(entry.key, where, "没有写 from", "from is missing",
                                      f"写 from: [状态, …] 或 from: {ANY_OPEN}",
                                      f"write from: [state, …] or from: {ANY_OPEN}")  # fmt: skip
            actions.append(self.action(entry, sources, keys.SHARED))
        return actions

    def action(self, entry: Entry, sources: tuple[str, ...], allowed: tuple[str, ...]) -> Action:
        v = self.values
        where = f"actions.{entry.key.text}"
        body = v.mapping(entry.value, where)
        self.misplaced_from(body, allowed, where)
        v.known(body, (*allowed, "from"), where)
        to = v.name(body.get("to"), f"{where}.to")
        by, tier = self.by(body.get("by"), f"{where}.by")
        return Action(
            name=entry.key.text,
            title=v.wording(body.get("title"), where),
            sources=sources,
            to="" if to == PREVIOUS else to,
            by=by,
            by_tier=tier,
            backdate=v.yes(body.get("backdate"), where),
            not_by=v.names(body.get("not_by"), f"{where}.not_by"),
            not_by_why=v.wording(body.get("not_by_why"), f"{where}.not_by_why"),
            form=read_form(body.get("form"), self.facts, f"{where}.form", v),
            evidence=v.names(body.get("evidence"), f"{where}.evidence", EVIDENCE),
            evidence_shown=v.yes(body.get("evidence_shown"), f"{where}.evidence_shown"),
            condition=v.expression(body.get("if"), f"{where}.if"),
            as_soon_as=v.expression(body.get("as_soon_as"), f"{where}.as_soon_as"),
            do=self.verbs(body.get("do"), f"{where}.do"),
            tell=v.names(body.get("tell"), f"{where}.tell"),
            rule=v.name(body.get("rule"), f"{where}.rule"),
            source=v.text(body.get("source"), f"{where}.source"),
            back=to == PREVIOUS,
            retimes=v.yes(body.get("retimes"), f"{where}.retimes"),
            speaks_for=v.name(body.get("speaks_for"), f"{where}.speaks_for"),
            customer=v.wording(body.get("customer"), f"{where}.customer"),
            line=entry.key.line,
        )

    def misplaced_from(self, body: Mapping, allowed: tuple[str, ...], where: str) -> None:
        node = body.get("from")
        if node is not None and "from" not in allowed:
            self.values.notes.add(node, where, "can 里的操作不写 from", "an action under can has no from",
                                  "多个状态共用的操作写在 shared 下",
                                  "an action of several states stands under shared")  # fmt: skip

    def by(self, node: Node | None, where: str) -> tuple[tuple[str, ...], TierBy | None]:
        if not isinstance(node, Mapping):
            return self.values.names(node, where), None
        found = self.values.from_table(node, where)
        if not found.table or len(found.of) != 1:
            self.values.notes.add(node, where, "分级审批要写明表和金额", "tiers need a table and an amount",
                                  "写成 by: {table: approver, of: amount}",
                                  "write by: {table: approver, of: amount}")  # fmt: skip
            return (), None
        return (), TierBy(found.table, found.of[0])

    # -- verbs ---------------------------------------------------------------------------------------
    def verbs(self, node: Node | None, where: str) -> tuple[Verb, ...]:
        """`[assign: handler, book: liable]`, done in that order."""
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.values.notes.add(node, where, "do 是一个列表", "do is a list",
                                  "写成 do: [assign: handler]", "write do: [assign: handler]")  # fmt: skip
            return ()
        found: list[Verb] = []
        for item in node.items:
            if not isinstance(item, Mapping):
                self.values.notes.add(item, where, "动词后面要有对象", "a verb needs what it acts upon",
                                      "写成 - assign: handler", "write - assign: handler")  # fmt: skip
                continue
            for entry in item:
                found.extend(self.verb(entry, where))
        return tuple(found)

    def verb(self, entry: Entry, where: str) -> list[Verb]:
        name, v = entry.key.text, self.values
        if name not in VERBS:
            zh, en = did_you_mean(name, VERBS)
            v.notes.add(entry.key, where, f"不认识的动词“{name}”", f"unknown verb '{name}'", zh, en)
            return []
        spot = f"{where}.{name}"
        if isinstance(entry.value, Mapping):
            if name in GIVING:
                pairs = {e.key.text: self.value(e.value, spot) for e in v.named(entry.value, spot)}
                return [Verb(name, MappingProxyType(pairs), line=entry.key.line)]
            if name in ("assign", "book", "carry_out"):
                return self.pairs(name, entry, spot)
        if name in GIVING or isinstance(entry.value, Mapping):
            wanted = f"{name}: {{fact: value}}" if name in GIVING else f"{name}: name"
            v.notes.add(entry.key, where, f"“{name}”写法有误", f"'{name}' is written otherwise", f"写成 {wanted}",
                        f"write {wanted}")  # fmt: skip
            return []
        targets = v.names(entry.value, spot)
        return [Verb(name, target=target, line=entry.key.line) for target in targets]

    def value(self, node: Node, where: str) -> object:
        """A literal, or `{table: grade_matrix, of: [impact, urgency]}`: looked up in a table of the company."""
        if not isinstance(node, Mapping):
            return self.values.literal(node, where)
        found = self.values.from_table(node, where)
        return {"table": found.table, "of": list(found.of)}

    def pairs(self, name: str, entry: Entry, where: str) -> list[Verb]:
        """`assign: {handler: to_whom}`, `book: {store: freight}`, `carry_out: {remedy: [amount, refund_amount]}`."""
        named = self.values.named(entry.value, where)
        if name == "carry_out":
            given = {e.key.text: self.values.names(e.value, where) for e in named}
            return [
                Verb(name, MappingProxyType({"amounts": facts}), target=task, line=entry.key.line)
                for task, facts in given.items()
            ]
        pairs = {e.key.text: self.values.name(e.value, where) for e in named}
        return [Verb(name, MappingProxyType(pairs), line=entry.key.line)]

    # -- tasks ---------------------------------------------------------------------------------------
    def tasks(self, section: Mapping) -> dict[str, Task]:
        return {e.key.text: self.task(e) for e in self.values.named(section, "tasks")}

    def task(self, entry: Entry) -> Task:
        v = self.values
        where = f"tasks.{entry.key.text}"
        body = v.mapping(entry.value, where)
        v.known(body, keys.TASK, where)
        party, each = self.for_whom(body, where)
        titles, to_customer = self.outcomes(body.get("outcomes"), f"{where}.outcomes")
        return Task(
            name=entry.key.text,
            title=v.wording(body.get("title"), where),
            party=party,
            each=each,
            opens=v.names(body.get("opens"), f"{where}.opens", TRIGGER),
            asked_by=v.names(body.get("asked_by"), f"{where}.asked_by"),
            during=v.names(body.get("while"), f"{where}.while"),
            before=v.names(body.get("before"), f"{where}.before"),
            optional=v.yes(body.get("optional"), where),
            owed=v.yes(body.get("owed"), where),
            until=v.names(body.get("until"), f"{where}.until", TRIGGER),
            condition=v.expression(body.get("if"), f"{where}.if"),
            limit=v.limit(body, where),
            late=v.late(body.get("late"), f"{where}.late"),
            warn=v.warn(body.get("warn"), f"{where}.warn"),
            pauses=v.names(body.get("pauses"), f"{where}.pauses"),
            form=read_form(body.get("form"), self.facts, f"{where}.form", v),
            evidence=v.names(body.get("evidence"), f"{where}.evidence", EVIDENCE),
            outcomes=tuple(titles) or ("done",),
            outcome_titles=MappingProxyType({name: title for name, title in titles.items() if title != NO_WORDING}),
            outcome_customer=MappingProxyType(to_customer),
            outcome_evidence=MappingProxyType(self.outcome_evidence(body.get("outcomes"), f"{where}.outcomes")),
            not_by=v.names(body.get("not_by"), f"{where}.not_by"),
            not_by_why=v.wording(body.get("not_by_why"), f"{where}.not_by_why"),
            do=MappingProxyType(self.task_verbs(body.get("do"), where)),
            tell=v.names(body.get("tell"), f"{where}.tell"),
            customer=v.wording(body.get("customer"), f"{where}.customer"),
            line=entry.key.line,
        )

    def for_whom(self, body: Mapping, where: str) -> tuple[str, str]:
        """`handler`, or `each department`: one run per entry of the list fact `departments`."""
        node = body.get("for")
        text = self.values.text(node, f"{where}.for")
        each = self.values.name(body.get("each"), f"{where}.each")
        head, _, rest = text.partition(" ")
        if head == "each" and rest.strip():
            party = rest.strip()
            return party, each or (party if party in self.facts else f"{party}s")
        if isinstance(node, Scalar):
            text = self.values.name(node, f"{where}.for")
        return text, each

    def outcomes(self, node: Node | None, where: str) -> tuple[dict[str, Wording], dict[str, Wording]]:
        """Titles by outcome, and those that the customer reads otherwise: `{back: {title: …, customer: …}}`."""
        if not isinstance(node, Mapping):
            return dict.fromkeys(self.values.names(node, where), NO_WORDING), {}
        titles, to_customer = {}, {}
        for entry in self.values.named(node, where):
            name, spot = entry.key.text, f"{where}.{entry.key.text}"
            given = entry.value
            if isinstance(given, Mapping) and any(given.get(key) for key in keys.OUTCOME):
                self.values.known(given, keys.OUTCOME, spot)
                titles[name] = self.values.wording(given.get("title"), spot)
                if given.get("customer") is not None:
                    to_customer[name] = self.values.wording(given.get("customer"), f"{spot}.customer")
            else:
                titles[name] = self.values.wording(given, spot)
        return titles, to_customer

    def outcome_evidence(self, node: Node | None, where: str) -> dict[str, tuple[str, ...]]:
        """Evidence of its own, `[]` included, by outcome: `{failed: {title: …, evidence: []}}`."""
        if not isinstance(node, Mapping):
            return {}
        found = {}
        for entry in self.values.named(node, where):
            own = entry.value.get("evidence") if isinstance(entry.value, Mapping) else None
            if own is not None:
                name = entry.key.text
                found[name] = self.values.names(own, f"{where}.{name}.evidence", EVIDENCE)
        return found

    def task_verbs(self, node: Node | None, where: str) -> dict[str, tuple[Verb, ...]]:
        if isinstance(node, Sequence):
            self.values.notes.add(node, where, "待办的 do 要按结果写", "the do of a task goes by its outcome",
                                  "写成 do: {done: [book: customer]}",
                                  "write do: {done: [book: customer]}")  # fmt: skip
            return {}
        spot = f"{where}.do"
        entries = self.values.named(node, spot) if node is not None else []
        return {e.key.text: self.verbs(e.value, f"{spot}.{e.key.text}") for e in entries}

    # -- deadlines, holds ----------------------------------------------------------------------------
    def deadlines(self, section: Mapping) -> dict[str, Deadline]:
        return {e.key.text: self.deadline(e) for e in self.values.named(section, "deadlines")}

    def deadline(self, entry: Entry) -> Deadline:
        v = self.values
        where = f"deadlines.{entry.key.text}"
        body = v.mapping(entry.value, where)
        v.known(body, keys.DEADLINE, where)
        again = v.text(body.get("again"), f"{where}.again")
        node = body.get("again")
        if node is not None and again != "restart":
            v.notes.add(node, where, f"again 不能是“{again}”", f"again cannot be '{again}'", "写 again: restart",
                        "write again: restart")  # fmt: skip
        limit = v.limit(body, where)
        if limit is None and body.get("within") is None and body.get("at") is None:
            v.notes.add(entry.key, where, "没有写时限", "there is no limit", "加上 within 或 at",
                        "add within or at", check=3)  # fmt: skip
        return Deadline(
            name=entry.key.text,
            title=v.wording(body.get("title"), where),
            starts=v.names(body.get("from"), f"{where}.from", TRIGGER),
            until=v.names(body.get("until"), f"{where}.until", TRIGGER),
            limit=limit or Limit(),
            pauses=v.names(body.get("pauses"), f"{where}.pauses"),
            runs_while=v.names(body.get("runs_while"), f"{where}.runs_while"),
            warn=v.warn(body.get("warn"), f"{where}.warn"),
            late=v.late(body.get("late"), f"{where}.late"),
            otherwise=v.name(body.get("else"), f"{where}.else"),
            restarts=again == "restart",
            for_customer=v.yes(body.get("for_customer"), where),
            customer=v.wording(body.get("customer"), f"{where}.customer"),
            line=entry.key.line,
        )

    def holds(self, section: Mapping) -> dict[str, Hold]:
        found = {}
        for entry in self.values.named(section, "holds"):
            v = self.values
            where = f"holds.{entry.key.text}"
            body = v.mapping(entry.value, where)
            v.known(body, keys.HOLD, where)
            stops = v.names(body.get("stops"), f"{where}.stops")
            found[entry.key.text] = Hold(
                name=entry.key.text,
                title=v.wording(body.get("title"), where),
                by=v.names(body.get("by"), f"{where}.by"),
                form=read_form(body.get("form"), self.facts, f"{where}.form", v),
                stops=() if stops == ("all",) else stops,
                stops_all=stops == ("all",),
                limit=v.duration(body.get("limit"), f"{where}.limit"),
                release_by=v.names(body.get("release_by"), f"{where}.release_by"),
                line=entry.key.line,
            )
        return found

    # -- parties, messages ---------------------------------------------------------------------------
    def parties(self, section: Mapping) -> dict[str, Party]:
        found = {}
        for entry in self.values.named(section, "parties"):
            v, where = self.values, f"parties.{entry.key.text}"
            if isinstance(entry.value, Scalar):
                found[entry.key.text] = Party(entry.key.text, v.wording(entry.value, where), line=entry.key.line)
                continue
            body = v.mapping(entry.value, where)
            v.known(body, keys.PARTY, where)
            found[entry.key.text] = Party(
                name=entry.key.text,
                title=v.wording(body.get("title"), where),
                superior=v.name(body.get("superior"), f"{where}.superior"),
                outside=v.yes(body.get("outside"), where),
                customer=v.wording(body.get("customer"), f"{where}.customer"),
                line=entry.key.line,
            )
        return found

    def messages(self, section: Mapping) -> dict[str, Message]:
        found = {}
        for entry in self.values.named(section, "messages"):
            v, where = self.values, f"messages.{entry.key.text}"
            body = v.mapping(entry.value, where)
            v.known(body, keys.MESSAGE, where)
            found[entry.key.text] = Message(
                name=entry.key.text,
                to=v.names(body.get("to"), f"{where}.to"),
                subject=v.wording(body.get("subject"), f"{where}.subject"),
                text=v.wording(body.get("text"), f"{where}.text"),
                line=entry.key.line,
            )
        return found
