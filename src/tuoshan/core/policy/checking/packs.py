"""What is proved of one version of a rule book before it may rule, subject by subject."""

from __future__ import annotations

from tuoshan.core.policy.checking.clause_checking import check_clauses
from tuoshan.core.policy.checking.example_checking import check_examples
from tuoshan.core.policy.checking.expression_checking import check_circles, check_expressions
from tuoshan.core.policy.checking.pack_findings import WORDING, Found
from tuoshan.core.policy.checking.table_checking import check_tables
from tuoshan.core.policy.pack import Pack
from tuoshan.core.reading.findings import Finding, in_order


def check_pack(pack: Pack) -> tuple[Finding, ...]:
    """Everything that is wrong with one version of a rule book. Its examples run once nothing else is wrong."""
    found = Found(pack)
    check_circles(found)
    check_tables(found)
    check_clauses(found)
    _wording(found)
    check_expressions(found)
    if not found.wrong:
        check_examples(found)
    return in_order(found.findings)


def _wording(found: Found) -> None:
    pack = found.pack
    texts = [("title", 1, pack.title), ("source", 1, pack.source)]
    texts += [
        (f"clauses.{one.name}", one.line, said) for one in pack.clauses.values()
        for said in (one.text, *(more for more in (one.article, one.doubt) if more.zh or more.en))
    ]  # fmt: skip
    texts += [(f"tables.{one.name}", one.line, one.title) for one in pack.tables.values()]
    texts += [(f"labels.{name}", 1, label) for name, label in pack.labels.items()]
    for fact in pack.facts.values():
        if not fact.shared:
            texts.append((f"facts.{fact.name}", fact.field.line, fact.field.label))
            texts += [(f"facts.{fact.name}.{c.value}", fact.field.line, c.title) for c in fact.field.choices]
    for setting in pack.settings.values():
        said = [setting.label, *(one for one in (setting.unit, setting.provisional) if one.zh or one.en)]
        texts += [(f"settings.{setting.name}", setting.line, one) for one in said]
    texts += [
        (f"examples.{one.name}", one.line, one.because)
        for one in pack.examples if one.because.zh or one.because.en
    ]  # fmt: skip
    for where, line, words in texts:
        if not (words.zh and words.en):
            found.note(WORDING, line, where, "缺少中文或英文", "Chinese or English is missing",
                      "写成 中文 / English", "write 中文 / English")  # fmt: skip
