# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""The rest of a complaint: approval, consent, carrying out, asking, calling, closing; appeals and authorities."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tuoshan.care import follow_up, survey
from tuoshan.cases import service
from tuoshan.core.case import TaskRun
from tuoshan.demo import pictures, staff_words
from tuoshan.demo.people import LEADS
from tuoshan.demo.player import Player, Steps
from tuoshan.demo.plots import Plot
from tuoshan.parties.models import Person

LIABLE_WORDS = {
    "product": "责任在产品", "process": "责任在内部流程", "supplier": "责任在供应商", "carrier": "责任在承运方", "store": "责任在门店",
    "person": "责任在个人", "customer": "非我方责任", "none": "未发现责任方",
}  # fmt: skip
REMEDY_WORDS = {
    "apology": "致歉", "explanation": "解释", "repair": "维修", "exchange": "换货", "reissue": "补发", "return_refund": "退货退款",
    "refund": "退款", "compensation": "补偿", "redo_service": "重新服务", "retraining": "培训",
}  # fmt: skip


class LaterPart(Player):
    """The states from approval on."""

    plot: Plot

    # -- approving ----------------------------------------------------------------------------------
    def in_approving(self) -> Steps:
        """The one who may by the amount approves, or sends it back once."""
        in_time = (0.2, 1.2) if self.case.grade == "urgent" else (0.3, 6)
        yield from self.desk(*((26, 60) if self.plot.late else in_time))
        if not self.stays("approving"):
            return
        total = Decimal(str(self.state.facts.get("amount", 0))) + Decimal(self.state.settled.get("amount", "0"))
        if total > 5000:
            names = ["director"]
        elif total > 500:
            names = ["manager", "director"]
        else:
            names = [person.username for person in self.approvers_first()]
        barred = self.did("propose")
        person = next(one for name in names if str((one := self.world.people[name]).pk) not in barred)
        if self.plot.sent_back and not self.times("send_back"):
            self.act("send_back", person, {"reason": self.chance.pick(staff_words.SENT_BACK)})
        else:
            reason = self.chance.pick(staff_words.APPROVED)
            self.act("approve", person, {"approval_note": reason} if reason else {})

    def approvers_first(self) -> list[Person]:
        """The supervisors, those who have decided here already before the others: somebody new must be left to
        review it, should the customer appeal."""
        decided = self.did("approve", "send_back")
        leads = [self.world.people[name] for name in self.chance.shuffled(LEADS)]
        return sorted(leads, key=lambda person: str(person.pk) not in decided)

    # -- offered ------------------------------------------------------------------------------------
    def in_offered(self) -> Steps:
        """The customer agrees on their page or on the phone, refuses, or says nothing."""
        plot = self.plot
        if plot.no_reply and not self.times("no_reply"):
            yield self.now + timedelta(days=7, hours=2)
            return
        if plot.by_phone:
            yield from self.desk(1, 20, weekends=True)
        else:
            yield from self.home(1, 50)
        if not self.stays("offered"):
            return
        if self.times("disagree") < plot.refusals:
            words = self.chance.pick(staff_words.DISAGREE)
            self.act("disagree", self.handler if plot.by_phone else self.customer, {"wish": words})
        elif plot.by_phone:
            self.act("agree_told", self.handler, {
                "consent_by": "counter" if plot.channel == "counter" else self.chance.pick(("phone", "phone", "chat")),
                "consent_words": self.chance.pick(staff_words.CONSENT),
            })  # fmt: skip
        else:
            self.act("agree", self.customer)

    # -- carrying out -------------------------------------------------------------------------------
    def in_carrying_out(self) -> Steps:
        """What was agreed is done, with proof."""
        yield from self.emergency()
        runs = self.opened("remedy")
        if not runs:
            return
        yield from self.desk(*((130, 250) if self.plot.late else (4, 60 * self.plot.pace)))
        if not self.stays("carrying_out"):
            return
        self.chatter()
        run = self.state.tasks[runs[0].id]
        if run.status == "open":
            self.carry_out(run)

    def emergency(self) -> Steps:
        """Measures that are still owed."""
        return iter(())

    def carry_out(self, run: TaskRun) -> None:
        """Voucher, waybill or photo, and how it was done."""
        plot, person, now = self.plot, self.handler, self.now
        if plot.fails_once and run.run == 1:
            photo = self.world.hand_in(
                pictures.picture("screenshot"), kind="photo", now=now, case_id=self.case_id, person=person
            )
            self.finish(
                run, person, {"how_done": "该款已断码，无法换货，需重拟方案。"}, evidence=[photo], outcome="failed"
            )
            return
        amount = self.state.facts.get("amount", 0)
        if amount:
            proof = self.world.voucher(self.case_id, person, amount, now)
        elif {"exchange", "reissue", "repair"} & set(plot.remedies):
            proof = self.world.waybill(self.case_id, person, plot.courier, now)
        else:
            proof = self.world.hand_in(
                pictures.picture("voucher", self.chance.whole(0, 3)), kind="photo", now=now, case_id=self.case_id,
                person=person, shown=True,
            )  # fmt: skip
        done = "".join(staff_words.DONE[name] for name in plot.remedies)
        self.finish(run, person, {"how_done": done}, evidence=[proof], outcome="settled")

    def write_to_the_authority(self, state: str) -> Steps:
        """The written reply that an authority wants, once there is a result to tell."""
        for run in self.opened("reply"):
            yield from self.desk(1, 12)
            if not self.stays(state):
                return
            number = f"复〔{self.world.day(self.now).year}〕{self.chance.whole(10, 299)} 号"
            letter = self.world.hand_in(
                pictures.paper("复函", [f"文号：{number}", f"工单：{self.case.number}", staff_words.TO_THE_AUTHORITY]),
                kind="letter", now=self.now, case_id=self.case_id, person=self.handler, shown=False,
            )  # fmt: skip
            self.finish(run, self.handler, {
                "reply_no": number, "replied_on": self.world.day(self.now),
                "reply_words": staff_words.TO_THE_AUTHORITY,
            }, evidence=[letter])  # fmt: skip

    # -- answered -----------------------------------------------------------------------------------
    def in_answered(self) -> Steps:
        """The customer rates, is content, is not, appeals, goes to an authority, or keeps silent."""
        plot = self.plot
        yield from self.write_to_the_authority("answered")
        yield from self.home(2, 45)
        if not self.stays("answered"):
            return
        if plot.score and self.opened("survey"):
            self.rate()
        yield from self.lessons()
        if not self.stays("answered"):
            return
        if plot.unsolved and self.times("carried") == 1:
            self.act("unsolved", self.customer, {"wish": self.chance.pick(staff_words.UNSOLVED)})
        elif plot.appeal and not self.times("appeal"):
            reason = {"appeal_reason": self.chance.pick(staff_words.APPEALS)}
            by_phone = self.chance.happens(0.5)
            self.act("appeal", self.handler if by_phone else self.customer, reason)
        elif plot.outside and not self.times("take_outside"):
            authority = self.chance.pick(("临澜市 12315 中心", "临澜市消费者协会", "星河区市场监督管理所"))
            self.act("take_outside", self.handler, {"authority_name": authority})
        elif plot.silent:
            yield self.now + timedelta(days=7, hours=1)
        else:
            self.act("satisfied", self.customer)

    def lessons(self) -> Steps:
        """The supervisor has judged whether something is to be learned before the customer has the last word."""
        for run in self.opened("lesson"):
            yield from self.desk(1, 12 if self.brisk else 20)
            self.look()
            if self.state.tasks[run.id].status == "open":
                self.learn(run)

    def rate(self) -> None:
        """The survey by the link in the message."""
        asked = survey.asked_of_case(self.case, self.now)
        if asked is None or not asked.is_open or asked.given is not None:
            return
        score = self.plot.score
        good, bad = ("attitude", "clear", "effort"), ("speed", "result", "effort")
        survey.answer(
            asked, score=score, reasons=self.chance.some(good if score > 3 else bad, self.chance.whole(0, 2)),
            words=self.chance.pick(staff_words.SCORE_WORDS[score]), via="link",
        )  # fmt: skip
        self.look()

    # -- follow-up ----------------------------------------------------------------------------------
    def in_follow_up(self) -> Steps:
        """Report, review and lesson, then the call that closes the case."""
        plot = self.plot
        slow = 3.0 if plot.late else 1.0
        yield from self.write_to_the_authority("follow_up")
        if not self.stays("follow_up"):
            return
        if plot.score and self.opened("survey") and not plot.silent:
            self.rate()
        for run in self.opened("report"):
            yield from self.desk(1, 14 * slow)
            if not self.stays("follow_up"):
                return
            if self.state.tasks[run.id].status == "open":
                self.finish(run, self.handler, {"summary": self.report()})
        for name, finish in (("lesson", self.learn), ("review", self.review)):
            for run in self.opened(name):
                yield from self.desk(0.5, 12 * slow)
                if not self.stays("follow_up"):
                    return
                if self.state.tasks[run.id].status == "open":
                    finish(run)
        if self.times("not_added") and not plot.resumes and self.chance.happens(0.5):
            plot.resumes, plot.asks_more = True, ""
            self.act("resume", self.customer, {"reason": self.chance.pick(staff_words.ADDED)})
            return
        yield from self.call()

    def call(self) -> Steps:
        """One try, or three; the last one closes."""
        plot = self.plot
        for number in range(1, plot.call_tries + 1):
            yield from self.desk(2, 22, weekends=True)
            if not self.stays("follow_up"):
                return
            last = number == plot.call_tries
            if last and plot.call_tries < follow_up.TRIES:
                moods = {"satisfied": 8, "accepted": 2, "unsatisfied": 0.3}
                if 0 < plot.score < 3:
                    moods = {"accepted": 3, "unsatisfied": 2}
                result = self.chance.weighted(moods)
            else:
                result = "not_reached"
            outcome = follow_up.record_call(
                case_id=self.case_id, person=self.handler, result=result, now=self.now,
                words=self.chance.pick(staff_words.CALL_WORDS[result]) if last else "无人接听，稍后再拨。",
                next_at=None if last else self.now + timedelta(hours=20),
            )  # fmt: skip
            self.took(outcome, "follow-up call")

    def report(self) -> str:
        """The handler's report."""
        plot = self.plot
        score = plot.score
        mood = "客户满意" if score > 3 else "客户不满意，已告知申诉途径" if score in (1, 2) else "客户接受结果"
        return self.chance.pick(staff_words.SUMMARIES).format(
            days=self.days_since_start(), topic=self.world.units[plot.unit_code].name_zh,
            liable=LIABLE_WORDS[plot.liable], mood=mood, calls=self.chance.whole(2, 6),
            remedies="、".join(REMEDY_WORDS[name] for name in plot.remedies),
        )  # fmt: skip

    def learn(self, run: TaskRun) -> None:
        """An improvement with owner and day, or none."""
        plot, lead = self.plot, self.world.a_lead()
        if not self.chance.happens(0.22):
            self.finish(run, lead, {"lesson_needed": False, "lesson_reason": staff_words.LESSON_REASONS[3]})
            return
        department = plot.departments[0]
        owners = {"qa": "qa", "production": "production", "logistics": "logistics", "technical": "tech"}
        kinds = {"supplier": "supplier", "product": "product", "person": "training", "store": "training"}
        owner = self.world.people[owners.get(department, "lead2")]
        self.finish(run, lead, {
            "lesson_needed": True, "lesson_reason": self.chance.pick(staff_words.LESSON_REASONS[:3]),
            "measure": plot.topic.measure, "measure_kind": kinds.get(plot.liable, "process"),
            "measure_owner": str(owner.pk), "measure_due": self.world.day(self.now, self.chance.whole(10, 35)),
        })  # fmt: skip

    def review(self, run: TaskRun) -> None:
        """The supervisor's opinion; never by whoever wrote the report."""
        barred = {str(one.by) for one in self.state.tasks.values() if one.name == "report"}
        lead = next(
            one for name in self.chance.shuffled(LEADS) if str((one := self.world.people[name]).pk) not in barred
        )
        values: dict[str, Any] = {"assessment": self.chance.pick(staff_words.ASSESSMENTS)}
        if self.chance.happens(0.4):
            values["customer_called"] = self.chance.happens(0.5)
        self.finish(run, lead, values)

    # -- appeals and authorities --------------------------------------------------------------------
    def in_appealed(self) -> Steps:
        """Another reviewer decides."""
        yield from self.desk(10, 90 if not self.plot.late else 190)
        if not self.stays("appealed"):
            return
        barred = self.did("propose", "approve", "unfounded", "not_upheld", "no_agreement")
        names = LEADS
        reviewer = next((one for name in names if str((one := self.world.people[name]).pk) not in barred), None)
        if reviewer is None:
            return
        if self.plot.appeal == "overturned":
            self.plot.not_upheld = self.plot.unfounded = False
            self.plot.remedies, self.plot.liable = ["apology", "exchange"], "process"
            self.act("overturn", reviewer, {"review_why": self.chance.pick(staff_words.OVERTURNED)})
        else:
            self.act("uphold", reviewer, {"review_why": self.chance.pick(staff_words.UPHELD)})

    def in_outside(self) -> Steps:
        """The authority takes it up or not; legal affairs enter its letter."""
        yield from self.desk(40, 150)
        if not self.stays("outside"):
            return
        legal = self.world.people["legal"]
        if self.plot.outside == "not_taken":
            self.act("not_taken", legal, {"reason": "机关认为已有处理结论，不予受理。"})
        else:
            self.act("taken_up", legal, {"authority_no": f"临消调字 {self.chance.whole(100, 999)} 号"})

    def in_mediation(self) -> Steps:
        """Weeks later the two sides agree, or do not."""
        yield from self.desk(180, 500)
        if not self.stays("mediation"):
            return
        legal, plot = self.world.people["legal"], self.plot
        if plot.outside == "no_settlement":
            self.act("no_settlement", legal, {"reason": "双方对赔偿数额分歧较大"})
            return
        lines = [f"日期：{self.world.day(self.now)}", "经调解，双方自愿达成一致，款项付清后互不追究。"]
        agreement = self.world.hand_in(
            pictures.paper("调解协议", lines),
            kind="agreement",
            now=self.now,
            case_id=self.case_id,
            person=legal,
            shown=True,
        )
        back = plot.purchase.paid - self.paid_back()
        plot.remedies = ["refund", "compensation"] if back else ["compensation"]
        self.act("reach_settlement", legal, {
            "settlement": "我方退还货款并补偿，客户撤回投诉。", "cause": plot.cause, "liable": plot.liable,
            "remedies": list(plot.remedies), "remedy_steps": "五日内退还货款并一次性补偿。", "amount": back + 200,
            "carry_out_by": self.world.day(self.now, 5), **({"refund_amount": back} if back else {}),
        }, [agreement])  # fmt: skip

    def paid_back(self) -> Decimal:
        """What of the price has gone back to the customer."""
        return Decimal(self.state.settled.get("refund_amount", "0"))

    # -- withdrawn ----------------------------------------------------------------------------------
    def in_withdrawn(self) -> Steps:
        """Now and then it was not the customer, or they think better of it."""
        if not self.plot.reopens or self.times("reopen"):
            return
        yield from self.home(4, 60)
        if self.look() == "withdrawn":
            self.plot.withdraws_in = ""
            self.act("reopen", self.customer, {"reason": self.chance.pick(staff_words.AFTER_ALL_REASONS)})

    # -- closed -------------------------------------------------------------------------------------
    def in_closed(self) -> Steps:
        """The matter may come back within thirty days."""
        if not self.plot.reopens or self.times("reopen"):
            return
        yield self.world.awake(self.now + self.chance.hours(40, 300))
        if self.look() == "closed":
            self.plot.late = False
            self.act("reopen", self.customer, {"reason": self.chance.pick(staff_words.REOPEN_REASONS)})

    # -- between the steps --------------------------------------------------------------------------
    def chatter(self) -> None:
        """A note, a question of the customer's, an answer, a call."""
        if self.case.held or self.case.ended:
            return
        handler = self.world.acting(self.handler, self.now)
        if self.chance.happens(0.22):
            note = self.chance.pick(staff_words.NOTES)
            self.took(service.note(case_id=self.case_id, actor=handler, text=note), "note")
        if self.chance.happens(0.12):
            asked = self.chance.pick(staff_words.CUSTOMER_ASKS)
            self.took(service.message(
                case_id=self.case_id, actor=self.customer, text=asked, channel="portal", direction="in"
            ), "message")  # fmt: skip
            answer = self.chance.pick(staff_words.AGENT_ANSWERS)
            self.took(service.message(case_id=self.case_id, actor=handler, text=answer, channel="sms"), "message")
        if self.chance.happens(0.08):
            said = self.chance.pick(staff_words.SAID).format(brief=self.case.title)
            self.took(service.call(case_id=self.case_id, actor=handler, text=said), "call")
