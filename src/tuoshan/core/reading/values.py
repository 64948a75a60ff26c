"""Reading single values: names, wording, durations, expressions, limits. Each mistake becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from tuoshan.core.conditions import Expression, ExpressionError, compile_expression
from tuoshan.core.durations import Duration, on_working_clock, parse_duration
from tuoshan.core.playbook import NO_WORDING, Clock, FromTable, LateStep, Limit, WarnStep, Wording
from tuoshan.core.reading.findings import Notes, did_you_mean
from tuoshan.core.reading.keys import ELSEWHERE, LATER
from tuoshan.core.yaml_strict import TRAPS, Entry, Mapping, Node, Scalar, Sequence

NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
TRIGGER: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}\Z")
EVIDENCE: Final = re.compile(r"[a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*\Z")
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_LATE: Final = re.compile(r"(?P<party>[a-z][a-z0-9_]*)(\s+after\s+(?P<after>.+))?\Z")
_BEFORE: Final = re.compile(r"((?P<party>[a-z][a-z0-9_]*)\s+)?(?P<length>\d.*?)\s+before\Z")

EMPTY: Final = Mapping((), 0, 0, "")


class Values:
    """Reads values and notes what is wrong with them; gives the nearest harmless value instead."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    # -- shapes --------------------------------------------------------------------------------------
    def mapping(self, node: Node | None, where: str) -> Mapping:
        if isinstance(node, Mapping):
            return node
        if node is not None:
            hint = isinstance(node, Scalar) and "：" in node.text
            self.notes.add(
                node, where, "这里应为“键: 值”", "keys with values belong here",
                "冒号要用半角“: ”" if hint else "写成 {键: 值}，或下一行缩进写“键: 值”",
                "use a half-width colon and a space" if hint else "write {key: value}, or key: value on indented lines",
            )  # fmt: skip
        return EMPTY

    def known(self, node: Mapping, allowed: Iterable[str], where: str) -> None:
        """Unknown keys are refused, with the nearest known one."""
        names = tuple(allowed)
        for entry in node:
            key = entry.key.text
            if key in names:
                continue
            if key in LATER:
                zh, en = LATER[key].split(" / ")
                self.notes.add(
                    entry.key, where, f"“{key}”属于{zh}，尚未启用",
                    f"'{key}' belongs to {en}, which are not in use yet",
                    "成组与例行职责随第一个需要它们的流程一起启用", "they come with the first process that needs them",
                )  # fmt: skip
                continue
            meant = ELSEWHERE.get(key)
            zh, en = did_you_mean(meant if meant in names else key, names)
            self.notes.add(entry.key, where, f"不认识的键“{key}”", f"unknown key '{key}'", zh, en)

    def named(self, node: Node | None, where: str) -> list[Entry]:
        """The entries of a section whose keys are names."""
        good = []
        for entry in self.mapping(node, where):
            if NAME.match(entry.key.text):
                good.append(entry)
            else:
                self.bad_name(entry.key, where)
        return good

    def bad_name(self, node: Scalar, where: str) -> None:
        self.notes.add(
            node, where, f"“{node.text}”不能作名称", f"'{node.text}' cannot be a name",
            "名称用小写英文字母、数字和下划线，以字母开头",
            "a name has small Latin letters, digits and _, a letter first",
        )  # fmt: skip

    # -- texts ---------------------------------------------------------------------------------------
    def text(self, node: Node | None, where: str) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            if node.empty:
                self.notes.add(node, where, "这里没有写值", "there is no value here", "写上值，或删除这个键",
                               "give it a value, or remove the key")  # fmt: skip
            return node.text.strip()
        self.notes.add(node, where, "这里应为一段文字", "one text belongs here",
                       "文字含有 , : [ ] { } 时要加引号", "put a text with , : [ ] { } into quotes")  # fmt: skip
        return ""

    def name(self, node: Node | None, where: str, pattern: re.Pattern[str] = NAME) -> str:
        text = self.text(node, where)
        if isinstance(node, Scalar) and text:
            if node.plain and text.lower() in TRAPS:
                self.notes.add(node, where, f"“{text}”会被 YAML 读成是/否/空",
                               f"YAML reads '{text}' as yes, no or nothing",
                               "换一个名称或加引号", "use another name, or quotes")  # fmt: skip
            elif not pattern.match(text):
                self.bad_name(node, where)
                return ""
        return text

    def names(self, node: Node | None, where: str, pattern: re.Pattern[str] = NAME) -> tuple[str, ...]:
        """One name or a list of names."""
        if node is None:
            return ()
        if isinstance(node, Sequence):
            found = [self.name(item, where, pattern) for item in node.items]
        else:
            found = [self.name(node, where, pattern)]
        names = [name for name in found if name]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.notes.add(node, where, f"“{name}”写了两次", f"'{name}' stands here twice", "删除一个", "remove one")
        return tuple(dict.fromkeys(names))

    def yes(self, node: Node | None, where: str) -> bool:
        text = self.text(node, where)
        if node is None or text in ("true", "false"):
            return text == "true"
        self.notes.add(node, where, f"“{text}”不是 true 或 false", f"'{text}' is neither true nor false",
                       "写 true 或 false", "write true or false")  # fmt: skip
        return text.lower() in ("yes", "on")

    def wording(self, node: Node | None, where: str) -> Wording:
        """`中文 / English`, or `{zh: …, en: …}` for long ones. Missing halves are the checker's to find."""
        if node is None:
            return NO_WORDING
        if isinstance(node, Mapping):
            self.known(node, ("zh", "en"), where)
            return Wording(self.text(node.get("zh"), where), self.text(node.get("en"), where))
        text = self.text(node, where)
        zh, slash, en = text.partition(" / ")
        if slash or _CHINESE.search(text):
            return Wording(zh.strip(), en.strip())
        return Wording("", text)

    def literal(self, node: Node | None, where: str) -> object:
        """A plain number becomes a decimal, true and false yes and no; all else stays text."""
        text = self.text(node, where)
        if isinstance(node, Scalar) and node.plain:
            if NUMBER.match(text):
                return Decimal(text)
            if text in ("true", "false"):
                return text == "true"
        return text

    # -- time and conditions -------------------------------------------------------------------------
    def expression(self, node: Node | None, where: str) -> Expression | None:
        if node is None:
            return None
        text = self.text(node, where)
        if not text:
            return None
        try:
            return compile_expression(text)
        except ExpressionError as error:
            self.notes.add(
                node, where, f"条件“{text}”第 {error.column} 个字符有误：{error.message.zh}",
                f"'{text}', character {error.column}: {error.message.en}", error.mend.zh, error.mend.en,
            )  # fmt: skip
            return None

    def duration(self, node: Node | None, where: str, text: str | None = None) -> Duration | None:
        written = self.text(node, where) if text is None else text
        if node is None or not written:
            return None
        try:
            return parse_duration(written)
        except ValueError as error:
            self.notes.add(
                node, where, f"“{written}”不是时长（{error}）", f"'{written}' is no length of time: {error}",
                "写成 24 hours、30 minutes、7 days、5 working_days、3 calendar_days 或 4 working_hours",
                "write 24 hours, 30 minutes, 7 days, 5 working_days, 3 calendar_days or 4 working_hours",
            )  # fmt: skip
            return None

    def from_table(self, node: Mapping, where: str) -> FromTable:
        self.known(node, ("table", "of"), where)
        return FromTable(self.name(node.get("table"), where), self.names(node.get("of"), where))

    def limit(self, node: Mapping, where: str) -> Limit | None:
        """`within` and `at` with `clock` and `calendar`; None where neither is given."""
        within, at = node.get("within"), node.get("at")
        length: Duration | FromTable | None = None
        if isinstance(within, Mapping):
            length = self.from_table(within, f"{where}.within")
        elif within is not None:
            length = self.duration(within, f"{where}.within")
        moment = self.expression(at, f"{where}.at")
        if within is not None and at is not None:
            self.notes.add(at, where, "within 与 at 只能有一个", "either within or at, not both",
                           "删除其中一个", "remove one of them", check=3)  # fmt: skip
            moment = None
        if length is None and moment is None:
            self.lonely_clock(node, where, within is None and at is None)
            return None
        calendar = self.name(node.get("calendar"), f"{where}.calendar")
        clock = self.clock(node.get("clock"), f"{where}.clock")
        if clock == "working_time" and isinstance(length, Duration) and within is not None:
            self.whole_days(length, within, where)
        return Limit(length, moment, clock, calendar)

    def whole_days(self, length: Duration, node: Node, where: str) -> None:
        try:
            on_working_clock(length)
        except ValueError:
            self.notes.add(node, where, f"工作时间里没有“{length}”", f"'{length}' has no meaning in working time",
                           "写整天，或写 working_hours", "write whole days, or working_hours")  # fmt: skip

    def lonely_clock(self, node: Mapping, where: str, nothing: bool) -> None:
        for key in ("clock", "calendar"):
            found = node.get(key)
            if found is not None and nothing:
                self.notes.add(found, where, f"有 {key} 而没有时限", f"{key} without a limit",
                               "加上 within 或 at，或删除它", "add within or at, or remove it", check=3)  # fmt: skip

    def clock(self, node: Node | None, where: str) -> Clock:
        text = self.text(node, where)
        if text == "working_time":
            return "working_time"
        if node is not None and text != "elapsed":
            zh, en = did_you_mean(text, ("elapsed", "working_time"))
            self.notes.add(node, where, f"不认识的计时方式“{text}”", f"unknown clock '{text}'", zh, en)
        return "elapsed"

    def late(self, node: Node | None, where: str) -> tuple[LateStep, ...]:
        """`[lead, manager after 4 hours]`"""
        steps = []
        for item in self.items(node):
            text = self.text(item, where)
            found = _LATE.match(text)
            if not found:
                if text:
                    self.notes.add(item, where, f"“{text}”不是逾期通知", f"'{text}' does not say who is told",
                                   "写成 lead 或 manager after 4 hours",
                                   "write lead, or manager after 4 hours")  # fmt: skip
                continue
            after = self.duration(item, where, found["after"]) if found["after"] else None
            steps.append(LateStep(found["party"], after))
        return tuple(steps)

    def warn(self, node: Node | None, where: str) -> tuple[WarnStep, ...]:
        """`4 hours before`, `lead 4 hours before`, or a list of those."""
        steps = []
        for item in self.items(node):
            text = self.text(item, where)
            found = _BEFORE.match(text)
            if not found:
                if text:
                    self.notes.add(item, where, f"“{text}”不是提醒时间", f"'{text}' is no moment for a warning",
                                   "写成 4 hours before 或 lead 4 hours before",
                                   "write 4 hours before, or lead 4 hours before")  # fmt: skip
                continue
            length = self.duration(item, where, found["length"])
            if length is not None:
                steps.append(WarnStep(length, found["party"] or ""))
        return tuple(steps)

    @staticmethod
    def items(node: Node | None) -> tuple[Node, ...]:
        if node is None:
            return ()
        return node.items if isinstance(node, Sequence) else (node,)
