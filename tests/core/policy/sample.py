"""A small rule book for the tests of the engine, and how to read and vary it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tuoshan.core.policy.checking.packs import check_pack
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.reading.packs import read_facts_file, read_pack
from tuoshan.core.policy.ruling import rule
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.reading.findings import Finding

SHARED = """
facts:
  sold_on: {kind: date, label: 购买日 / Day of sale, ask: 哪天买的 / When was it bought}
  asked_on: {kind: date, label: 提出日 / Day of asking, ask: 哪天提出的 / When was it asked, not_before: sold_on}
  paid: {kind: money, label: 实付 / Paid, ask: 付了多少 / How much was paid, min: 0}
  fault:
    kind: choice
    label: 毛病 / Fault
    ask: 什么毛病 / Which fault
    choices: {open: 开胶 / Open, worn: 磨损 / Worn, none: 无 / None}
"""

BOOK = """
policy: sample
version: 1
title: 样书 / Sample
source: 测试 / Tests
layer: house
in_force: {by: sold_on, from: 2020-01-01}
facts:
  length_cm: {kind: number, label: 长度 / Length, ask: 多长 / How long, unit: 厘米 / cm, min: 0, max: 50, asked_if: fault == 'open'}
values:
  age: {days_from: sold_on, to: asked_on}
  window: {from: sold_on, to: asked_on, bands: {in_7: 7 law_days, in_15: 15 days}, else: later}
  fee: paid * 0.005 * age
clauses:
  A1: 七日内可退 / Return within seven days
  A2: {text: 十五日内可换 / Exchange within fifteen days, provisional: 待核实 / to be verified}
  A3: {text: 收折旧费 / A fee is taken, in_force: {by: sold_on, until: 2024-07-01}}
  A4: {text: 不收折旧费 / No fee is taken, in_force: {by: sold_on, from: 2024-07-01}}
  A5: 磨损不在此列 / Wear is not covered
tables:
  faults:
    title: 毛病 / Faults
    hit: first
    when: [fault, length_cm]
    gives: {serious: yes_no}
    rows:
      - {id: long, fault: open, length_cm: "> 5", serious: yes, clause: A1}
      - {id: short, fault: open, serious: no, clause: A1}
      - {id: wear, fault: worn, serious: no, then: {no_right: all}, clause: A5, because: 正常磨损 / Ordinary wear}
      - {id: nothing, serious: no}
  rights:
    title: 权利 / Rights
    hit: collect
    when: [serious, window]
    rows:
      - {id: early, serious: yes, window: in_7, then: {right: return, amount: paid, rank: 1}, clause: A1}
      - {id: with_fee, serious: yes, window: in_15, then: {right: return, amount: paid - fee, fee: fee, rank: 2}, clause: A3}
      - {id: no_fee, serious: yes, window: in_15, then: {right: return, amount: paid, rank: 2}, clause: A4}
      - {id: swap, serious: yes, window: "in_7, in_15", then: {right: exchange, rank: 3}, clause: A2}
"""  # noqa: E501


def book(text: str = BOOK, *, beside: Mapping[str, str] | None = None) -> Pack:
    """The book of a text that must be in order."""
    pack, found = findings(text, beside=beside)
    assert pack is not None and not found, [one.in_language("en") for one in found]
    return pack


def findings(text: str, *, beside: Mapping[str, str] | None = None) -> tuple[Pack | None, tuple[Finding, ...]]:
    """A text read and checked."""
    shared, wrong = read_facts_file(SHARED, "facts.yaml")
    assert not wrong
    read = read_pack(text, "sample.yaml", shared, lambda name: (beside or {}).get(name))
    if read.pack is None or read.findings:
        return read.pack, read.findings
    return read.pack, check_pack(read.pack)


def ruled(pack: Pack, on: date = date(2026, 6, 1), **facts: object) -> Ruling:
    """A ruling on facts as somebody would type them."""
    given, problems = read_given(pack.facts, facts, on)
    assert not problems, problems
    return rule(pack, given, on)


def due(ruling: Ruling) -> dict[str, Decimal | None]:
    """The remedies that are due with their amounts."""
    return {right.remedy: right.amount for right in ruling.rights}
