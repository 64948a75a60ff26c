"""What an example of a rule book expects and what is ruled, in words instead of the names of the files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking import example_terms
from tuoshan.core.policy.checking.examples import SUBJECTS, Unmet
from tuoshan.core.policy.pack import BEARERS, NEEDS, REMEDIES, Pack
from tuoshan.core.policy.words import costs_told
from tuoshan.core.policy.words.days_told import length_en, length_zh

NOTHING = Wording("没有", "nothing")
YES, NO = Wording("是", "yes"), Wording("否", "no")
EVERYTHING = Wording("全部要求", "everything")
TERMS: Mapping[str, Wording] = {
    name: term.called
    for terms in (example_terms.PROOF, example_terms.DEADLINE, example_terms.PERIOD, example_terms.RIGHT)
    for name, term in terms.items()
}  # fmt: skip
"""What of a remedy, a period, a proof or a time limit an example speaks of."""
TIMES: Mapping[str, Wording] = {
    "stated": Wording("写明的", "stated"), "ours": Wording("我们自己的", "ours"),
}  # fmt: skip
LEGS: Mapping[str, Wording] = {"out": Wording("发出", "out"), "back": Wording("退回", "back")}


def unmet_words(pack: Pack, one: Unmet) -> Wording:
    """One thing that an example of this pack expects and that did not come."""
    if one.how == "refused" and isinstance(one.came, Wording):
        return one.came
    if one.how == "no_such_key":
        return Wording(f"例子不能要“{one.where[0]}”", f"'{one.where[0]}' is nothing that an example may expect")
    if one.how == "no_such_clause":
        return Wording(f"没有条款“{one.expected}”，“without”总是成立",
                       f"there is no clause '{one.expected}', so that 'without' always holds")  # fmt: skip
    if one.how == "misshapen":
        where, stands = ".".join(one.where), _shown(one.expected)
        return Wording(f"“{where}”不能这样写：{stands}", f"'{where}' cannot be written so: {stands}")
    head, names = _head(pack, one.where), _names_in(pack, one.where)
    came, expected = _value(one.came, names), _value(one.expected, names)
    wanted = f"“{expected.zh}”" if isinstance(one.expected, bool) else expected.zh
    zh, en = {
        "same": (f"例子要的是{wanted}", f"the example expects {expected.en}"),
        "among": (f"例子还要有{expected.zh}", f"the example expects {expected.en} too"),
        "without": (f"例子要的是没有{expected.zh}", f"the example expects none of {expected.en}"),
    }[one.how]
    return Wording(f"{head.zh}：{came.zh}；{zh}", f"{head.en}: {came.en}; {en}")


def mend_words(one: Unmet) -> Wording:
    """What to do about it."""
    match one.how:
        case "misshapen":
            return Wording(f"写成 {one.came}", f"write {one.came}")
        case "no_such_clause":
            return Wording("写本规则有的条款号，或删去", "name a clause of this book, or leave it out")
    return Wording("改正规则或例子", "mend the rule, or the example")


def _shown(value: object) -> str:
    """A value as an example has it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return f"[{', '.join(_shown(one) for one in value)}]"
        case Mapping():
            return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _head(pack: Pack, where: tuple[str, ...]) -> Wording:
    """`退货退款 收费`: what is spoken of."""
    key, *rest = where
    if key in ("freight", "limit", "pays", "risk"):
        return (costs_told.RISKS if key == "risk" else costs_told.SUBJECTS).get(rest[0], Wording(rest[0], rest[0]))
    known = {**REMEDIES, **BEARERS, **TERMS}
    parts = [known.get(name, Wording(name, name)) for name in rest]
    if key != "rights" or not rest:
        parts.insert(0, SUBJECTS[key].called)
    return Wording(" ".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _names_in(pack: Pack, where: tuple[str, ...]) -> Mapping[str, Wording]:
    """What the names mean that may stand there."""
    key, last = where[0], where[-1]
    facts = {name: fact.field.label for name, fact in pack.facts.items()}
    if last in ("needs", "better_needs"):
        return NEEDS
    if key == "asks" or last in ("later", "from"):
        return facts
    if key in ("rights", "refused") and len(where) == 1:
        return {**REMEDIES, "all": EVERYTHING}
    if key == "deadlines" or (key == "period" and len(where) == 1):
        return TERMS
    return {**LEGS, **BEARERS, **TIMES}


def _value(value: object, names: Mapping[str, Wording]) -> Wording:
    """A value, the names in it by what they are called."""
    match value:
        case None:
            return NOTHING
        case bool():
            return YES if value else NO
        case Decimal():
            return Wording(f"{value:f}", f"{value:f}")
        case list() | tuple() | set() | frozenset():
            parts = [_value(item, names) for item in value]
            return _listed(parts) if parts else NOTHING
        case Mapping():
            parts = [_pair(str(name), item, names) for name, item in value.items() if item is not None]
            return _listed(parts) if parts else NOTHING
    return names.get(str(value), Wording(str(value), str(value)))


def _pair(name: str, value: object, names: Mapping[str, Wording]) -> Wording:
    called = names.get(name, Wording(name, name))
    said = Wording(length_zh(str(value)), length_en(str(value))) if name == "within" else _value(value, names)
    return Wording(f"{called.zh} {said.zh}", f"{called.en} {said.en}")


def _listed(parts: list[Wording]) -> Wording:
    return Wording("、".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def expected_words(pack: Pack, expect: Mapping[str, object]) -> list[Wording]:
    """All that an example expects, one thing in each sentence: `退货退款 金额：399.00`."""
    found = []
    for key, wanted in expect.items():
        if key == "rights":
            found.append(_expected(pack, (key,), list(wanted) if isinstance(wanted, Mapping) else wanted))
        terms = wanted if isinstance(wanted, Mapping) else {}
        for name, value in terms.items():
            if key != "rights":
                found.append(_expected(pack, (key, str(name)), value))
            else:
                found += [_expected(pack, (key, str(name), str(term)), one)
                          for term, one in (value.items() if isinstance(value, Mapping) else ())]  # fmt: skip
        if key != "rights" and not terms:
            found.append(_expected(pack, (key,), wanted))
    return found


SHOULD: Mapping[str, Wording] = {
    "rights": Wording("可以", "due"), "refused": Wording("不支持", "not due"),
    "without": Wording("不依据条款", "without the clauses"),
    "risk_back": Wording("退回途中的风险", "risk on the way back"),
}  # fmt: skip


def _expected(pack: Pack, where: tuple[str, ...], value: object) -> Wording:
    own = SHOULD.get(where[0]) if len(where) == 1 else None
    try:
        head = own or _head(pack, where)
    except (KeyError, IndexError):  # nothing of that name can be expected
        head = Wording(where[0], where[0])
    said = _value(value, _names_in(pack, where))
    return Wording(f"{head.zh}：{said.zh}", f"{head.en}: {said.en}")
