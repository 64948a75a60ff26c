"""Reading what a row finds: the closed list of verbs under `then:`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import BEARERS, LEGS, NEEDS, REMEDIES, TODAY, Amount, Finding
from tuoshan.core.policy.reading.value_reading import CLAUSE, read_length
from tuoshan.core.reading.findings import did_you_mean
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Mapping as MappingNode
from tuoshan.core.yaml_strict import Node, Scalar, Sequence

VERBS = (
    "stated",
    "right", "floor", "no_right", "outside", "governs", "bars", "extra", "deduct", "freight", "risk", "proof", "period",
    "deadline", "limit", "pays", "duty", "note", "for",
)  # fmt: skip
TERMS = ("if", "amount", "fee", "until", "needs", "rank", "where_none_governs", "where_upheld", "after")
AFTERWARDS = "governs_after"
"""What `governs` finds that names a day: until then it takes nothing away, says how long others' rights last, and
upholds those that a shorter agreement would end."""
TIME_UNITS = ("minutes", "hours", "days", "law_days", "working_days", "months")


def read_findings(node: Node | None, where: str, values: Values) -> tuple[Finding, ...]:
    """The list under `then:`; a single mapping is a list of one."""
    found: list[Finding] = []
    for item in values.items(node):
        body = values.mapping(item, where)
        verbs = [entry.key.text for entry in body if entry.key.text in VERBS]
        values.known(body, (*VERBS, *TERMS), where)
        if len(verbs) != 1:
            values.notes.add(item, where, "每条写一个结论", "each line says one thing",
                             "可用：" + ", ".join(VERBS), "use one of " + ", ".join(VERBS))  # fmt: skip
            continue
        found += _finding(verbs[0], body, where, values)
    return tuple(found)


def _finding(verb: str, body: MappingNode, where: str, values: Values) -> Iterator[Finding]:
    node, where = body.get(verb), f"{where}.{verb}"
    condition = values.expression(body.get("if"), where)
    line = node.line if node is not None else body.line
    for what, amounts, words in _READERS[verb](node, body, where, values):
        yield Finding(AFTERWARDS if "after" in amounts else verb, what, condition, amounts, words, line)


Parts = tuple[str, Mapping[str, Amount], Mapping[str, object]]


def read_amount(node: Node | None, where: str, values: Values, *beside: str) -> Amount | None:
    """An expression, or `{of: …, at_least: …, at_most: …}`; `beside`: what else may stand there."""
    if node is None:
        return None
    if isinstance(node, MappingNode):
        values.known(node, (*beside, "of", "at_least", "at_most"), where)
        of = values.expression(node.get("of"), where)
        if of is None:
            values.notes.add(
                node, where, "没有 of", "there is no of", "写 of: 金额的算式", "write of: and an expression"
            )
            return None
        at_least, at_most = (values.expression(node.get(key), where) for key in ("at_least", "at_most"))
        return Amount(of, at_least, at_most)
    expression = values.expression(node, where)
    return Amount(expression) if expression is not None else None


def _terms(body: MappingNode, where: str, values: Values) -> tuple[dict[str, Amount], dict[str, object]]:
    amounts = {}
    for name in ("amount", "fee", "until"):
        amount = read_amount(body.get(name), f"{where}.{name}", values)
        if amount is not None:
            amounts[name] = amount
    words: dict[str, object] = {}
    if body.get("needs") is not None:
        words["needs"] = _needs(body, where, values)
    if body.get("rank") is not None:
        rank = values.literal(body.get("rank"), where)
        words["rank"] = int(rank) if isinstance(rank, Decimal) else 0
    for name in ("where_none_governs", "where_upheld"):
        if values.yes(body.get(name), where):
            words[name] = True
    return amounts, words


def _listed(node: Node | None, where: str, values: Values, known: Mapping[str, Wording]) -> tuple[str, ...]:
    """Names of a closed list."""
    items = node.items if isinstance(node, Sequence) else (node,)
    told = [_told_by_title(item, where, values, known) for item in items]
    return () if any(told) else values.names(node, where)


def _told_by_title(node: Node | None, where: str, values: Values, known: Mapping[str, Wording]) -> bool:
    """Whether something of a closed list is told by what it is called, or by a part of that; its name is noted."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if not isinstance(node, Scalar) or not text or text in known:
        return False
    titles = [name for name, title in known.items() if text.lower() in (title.zh, title.en.lower())]
    if not titles and not text.isascii():
        titles = [name for name, title in known.items() if text in title.zh]
    if not titles:
        return False
    zh, en = " 或 ".join(titles), " or ".join(titles)
    said = Wording(f"“{text}”要写成名称", f"'{text}' is written by its name") if len(titles) == 1 else Wording(
        f"“{text}”可能指几项", f"'{text}' may be one of several")  # fmt: skip
    values.notes.add(node, where, said.zh, said.en, f"写 {zh}", f"write {en}")
    return True


def _needs(body: MappingNode, where: str, values: Values) -> tuple[str, ...]:
    node = body.get("needs")
    names = _listed(node, f"{where}.needs", values, NEEDS)
    for name in names:
        if name not in NEEDS and node is not None:
            zh, en = did_you_mean(name, NEEDS)
            values.notes.add(node, f"{where}.needs", f"没有条件“{name}”", f"there is no condition '{name}'", zh, en)
    return tuple(name for name in names if name in NEEDS)


def _condition(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """What this book asks for wherever it gives these remedies; `all`: whichever it gives."""
    if body.get("needs") is None:
        values.notes.add(body, where, "没有写须满足什么", "does not say what is needed",
                         "写上 needs: [receipt, …]", "write needs: [receipt, …]")  # fmt: skip
    for remedy in _remedies(node, where, values, "all"):
        yield remedy, {}, {"needs": _needs(body, where, values)}


def _remedies(node: Node | None, where: str, values: Values, *also: str) -> tuple[str, ...]:
    known = (*REMEDIES, *also)
    names = _listed(node, where, values, REMEDIES)
    for name in names:
        if name not in known and node is not None:
            zh, en = did_you_mean(name, known)
            values.notes.add(node, where, f"没有处理方案“{name}”", f"there is no remedy '{name}'", zh, en)
    return tuple(name for name in names if name in known)


def _right(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    amounts, words = _terms(body, where, values)
    for remedy in _remedies(node, where, values):
        yield remedy, amounts, words


def _refusal(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    for remedy in _remedies(node, where, values, "all"):
        yield remedy, {}, {}


def _stated(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """Clauses that the source states and that are not applied."""
    for name in values.names(node, where, CLAUSE):
        yield name, {}, {}


def _governed(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """The remedies that this book governs; with `after: day`, once that day is over."""
    after = read_amount(body.get("after"), f"{where}.after", values)
    for remedy in _remedies(node, where, values):
        yield remedy, {"after": after} if after is not None else {}, {}


def _sum(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """`{what: fraud, of: paid * 3, at_least: 500}`, or an expression alone."""
    what = where.rpartition(".")[2]
    if isinstance(node, MappingNode):
        what = values.name(node.get("what"), where) or what
    amount = read_amount(node, where, values, "what")
    if amount is not None:
        yield what, {"of": amount}, {}


def _legs(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """Who bears which leg; `for`: of which remedies alone, where the row itself gives none or several."""
    legs = values.mapping(node, where)
    values.known(legs, (*LEGS, "in_itself", "for"), where)
    more: dict[str, object] = {"in_itself": True} if values.yes(legs.get("in_itself"), where) else {}
    if (remedies := legs.get("for")) is not None:
        more["for"] = _remedies(remedies, f"{where}.for", values)
    for entry in legs:
        if entry.key.text in LEGS:
            yield entry.key.text, {}, {"by": _bearer(entry.value, where, values), **more}


def _bearer(node: Node | None, where: str, values: Values) -> str:
    if _told_by_title(node, where, values, BEARERS):
        return "seller"
    name = values.name(node, where)
    if name not in BEARERS and node is not None:
        zh, en = did_you_mean(name, BEARERS)
        values.notes.add(node, where, f"没有承担方“{name}”", f"nobody called '{name}' bears costs", zh, en)
        return "seller"
    return name


def _proof(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """Who must show what next; `within`, from the day of asking or of `counted_from`: by when, where the book says it.
    Else the time that was stated for the matter counts, or our own."""
    given = values.mapping(node, where)
    values.known(given, ("from", "what", "within", "counted_from", "silent"), where)
    within, start = _within(given, where, values), values.name(given.get("counted_from"), where) or TODAY
    yield values.name(given.get("from"), where), {}, {
        "what": values.wording(given.get("what"), where), "within": within,
        "silent": values.wording(given.get("silent"), where),
        **(_counted(given, within, start, where, values) if within else {}),
    }  # fmt: skip


def _period(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    given = values.mapping(node, where)
    values.known(given, ("what", "starts", "ends", "restarts"), where)
    amounts = {name: read_amount(given.get(name), where, values) for name in ("starts", "ends")}
    what = values.name(given.get("what"), where) or "guarantee"
    yield (
        what,
        {name: one for name, one in amounts.items() if one},
        {"restarts": values.yes(given.get("restarts"), where)},
    )


def _deadline(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    """A duty with its time; counted from a date where one is named and the length is in days."""
    given = values.mapping(node, where)
    values.known(given, ("who", "what", "within", "from"), where)
    within = _within(given, where, values)
    words: dict[str, object] = {"within": within, "what": values.wording(given.get("what"), where)}
    if start := values.name(given.get("from"), where):
        words |= _counted(given, within, start, where, values)
    yield values.name(given.get("who"), where), {}, words


def _within(given: MappingNode, where: str, values: Values) -> str:
    """A length of time, as it is told."""
    within = values.text(given.get("within"), where)
    unit = within.rpartition(" ")[2]
    if unit not in TIME_UNITS and unit + "s" not in TIME_UNITS and given.get("within") is not None:
        values.notes.add(given, where, f"“{within}”不是时长", f"'{within}' is no length of time",
                         "写成 48 hours、7 days、15 law_days、7 working_days",
                         "write 48 hours, 7 days, 15 law_days or 7 working_days")  # fmt: skip
    return within


def _counted(given: MappingNode, within: str, start: str, where: str, values: Values) -> dict[str, object]:
    """From which day a length in days is counted; nothing where it is counted otherwise."""
    unit = within.rpartition(" ")[2].rstrip("s")
    if unit in ("day", "law_day", "month"):
        return {"from": start, "length": read_length(given.get("within"), "within", where, values)}
    if unit == "working_day":
        return {"from": start, "working_days": int(within.split()[0]) if within.split()[0].isdigit() else 0}
    return {}


def _limit(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    given = values.mapping(node, where)
    values.known(given, ("what", "at_most"), where)
    amount = read_amount(given.get("at_most"), where, values)
    if amount is not None:
        yield values.name(given.get("what"), where), {"of": amount}, {}


def _pays(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    given = values.mapping(node, where)
    values.known(given, ("what", "by"), where)
    yield values.name(given.get("what"), where), {}, {"by": _bearer(given.get("by"), where, values)}


def _words(node: Node | None, body: MappingNode, where: str, values: Values) -> Iterator[Parts]:
    yield "", {}, {"text": values.wording(node, where)}


_READERS: Mapping[str, Callable[[Node | None, MappingNode, str, Values], Iterator[Parts]]] = {
    "stated": _stated,
    "right": _right, "floor": _right, "no_right": _refusal, "outside": _refusal, "governs": _governed,
    "bars": _refusal, "extra": _sum, "deduct": _sum, "freight": _legs, "risk": _legs, "proof": _proof,
    "period": _period, "deadline": _deadline, "limit": _limit,
    "pays": _pays, "duty": _words, "note": _words, "for": _condition,
}  # fmt: skip
