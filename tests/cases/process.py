"""A small process that has everything a case's rows can hold: a promise, a pause, tasks, an `else`, an end."""

from tuoshan.cases.acting import ActingAs
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import read_playbook

REPAIR = """
playbook: repair
version: 1
title: 报修 / Repair
source: 测试 / test
start: received
calendar: round_the_clock
register: [what_happened, "grade?", "category?", "phone?"]
phases: {receive: [received], remedy: [working, waiting], close: [done, gone]}
parties:
  desk:     {title: 前台 / Desk, superior: lead}
  handler:  {title: 经办人 / Handler, superior: lead}
  lead:     {title: 主管 / Lead}
  shop:     {title: 车间 / Workshop, superior: lead}
  customer: {title: 客户 / Customer, outside: true, superior: handler}
fields:
  what_happened: {kind: long_text, label: 经过 / What happened}
  phone:    {kind: phone, label: 电话 / Phone}
  grade:    {kind: choice, label: 等级 / Grade, choices: {normal: 一般 / Normal, urgent: 紧急 / Urgent}}
  category: {kind: number, label: 类别 / Category}
  handler:  {kind: person, label: 经办人 / Handler}
  amount:   {kind: money, label: 金额 / Amount}
  question: {kind: long_text, label: 问题 / Question}
  answer:   {kind: long_text, label: 回答 / Answer}
states:
  received:
    title: 待受理 / Received
    waits: {for: desk, within: 2 hours, warn: 30 minutes before, late: [lead]}
    can:
      accept:
        title: 受理 / Accept
        by: desk
        form: [handler, "amount?"]
        do: [{assign: handler}]
        to: working
        tell: [accepted]
  working:
    title: 处理中 / Working
    waits: {for: handler, promise: solve}
    can:
      ask:    {title: 询问 / Ask, by: handler, form: [question], to: waiting}
      finish: {title: 完成 / Finish, by: handler, to: done}
  waiting:
    title: 待客户 / Waiting
    waits: {for: customer, within: 3 days, else: lapse}
    can:
      reply: {title: 回复 / Reply, by: customer, form: [answer], to: working}
      lapse: {title: 逾期 / Lapsed, by: system, to: done}
  done: {title: 完成 / Done, end: true}
  gone: {title: 撤回 / Withdrawn, end: early}
shared:
  withdraw: {title: 撤回 / Withdraw, from: any_open, by: [customer, desk], to: gone}
  undo:     {title: 撤销 / Take back, from: any_open, by: lead, to: previous}
tasks:
  check:
    title: 检查 / Check
    for: shop
    opens: [accept]
    before: [finish]
    within: 1 day
    late: [lead]
    form: [answer]
deadlines:
  solve:
    title: 解决 / Solved
    from: start
    until: [finish, lapse, withdraw]
    within: 5 days
    pauses: [customer]
    late: [lead]
holds:
  court: {title: 诉讼 / Court, by: lead, stops: [solve]}
messages:
  accepted: {to: customer, subject: 已受理 / Accepted, text: 已受理 / Accepted}
"""


def compiled(text: str = REPAIR) -> Playbook:
    """The playbook of a text. Fails the test with its findings when it cannot be read."""
    playbook, findings = read_playbook(text, "repair.yaml", {})
    wrong = [finding.in_language("en") for finding in findings if finding.severity == "error"]
    assert playbook is not None and not wrong, wrong
    return playbook


def person(number: int, *parties: str) -> ActingAs:
    """Somebody who holds these parties in every case."""
    return ActingAs("person", number, parties=frozenset(parties))


DESK, HANDLER, LEAD, SHOP = person(1, "desk"), person(2, "handler"), person(3, "lead"), person(4, "shop")
CUSTOMER = ActingAs.by_customer(77)
