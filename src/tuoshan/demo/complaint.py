# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""A complaint from its first word to the proposal: registering, checking, inquiring."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tuoshan.cases import library, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Watch
from tuoshan.core.case import TaskRun
from tuoshan.demo import pictures, staff_words
from tuoshan.demo.complaint_later import LaterPart
from tuoshan.demo.people import DEPARTMENTS
from tuoshan.demo.player import Steps
from tuoshan.demo.plots import Plot
from tuoshan.demo.running import Simulation
from tuoshan.demo.world import World, read_case
from tuoshan.documents.drafts import new_upload_token
from tuoshan.parties.models import Person
from tuoshan.rulings.proposing import gives_money_back

STAFF_CHANNELS = frozenset({"counter", "complaint_box", "letter"})
BY_CUSTOMER = frozenset({"web", "chat"})
REPLY_WITHIN, REPLY_AT = 15, time(17, 0)
"""Days that an authority leaves for the written reply, and until what hour of the last of them."""


class Complaint(LaterPart):
    """Plays the customer, the service desk and the departments of one complaint."""

    playbook = "complaint"

    def __init__(self, world: World, simulation: Simulation, plot: Plot, *, stop: str = "") -> None:
        super().__init__(world, simulation, stop=stop)
        self.plot = plot

    # -- the first word -----------------------------------------------------------------------------
    def register(self) -> None:
        """By the customer on the web, by a clerk at the counter, else by an agent while listening."""
        plot, world, now = self.plot, self.world, self.now
        purchase = plot.purchase
        unit = world.units[plot.unit_code]
        if plot.channel in BY_CUSTOMER:
            actor = ActingAs.by_customer(purchase.customer_id)
        elif plot.channel in STAFF_CHANNELS:
            actor = self.world.acting(world.staff_of(unit.pk), self.now)
        else:
            actor = self.world.acting(world.an_agent(now), self.now)
        values: dict[str, Any] = {
            "channel": plot.channel, "what_happened": plot.text, "wish": plot.wish, "order_no": purchase.order_no,
            "product": str(purchase.product_id), "bought_on": world.day(purchase.signed_at),
            "happened_on": world.day(now, -self.chance.whole(0, 2)), "amount_paid": purchase.paid,
        }  # fmt: skip
        if plot.unit_code != "webshop":
            values["store"] = str(unit.pk)
        if plot.channel == "authority" and not plot.withdraws_in:
            values["reply_due"] = datetime.combine(world.day(now, REPLY_WITHIN), REPLY_AT, world.zone)
        if plot.channel not in BY_CUSTOMER and self.chance.happens(0.6):
            values["category"] = str(world.categories[plot.topic.category])
        token = new_upload_token() if plot.topic.picture and self.chance.happens(0.6) else ""
        if token:
            person = actor.person
            for variant in range(self.chance.whole(1, 2)):
                world.hand_in(
                    pictures.picture(plot.topic.picture, self.chance.whole(0, 3) + variant), kind="photo", now=now,
                    token=token, person=person, customer_id=purchase.customer_id, shown=True,
                )  # fmt: skip
        self.took(
            service.register(
                playbook="complaint", actor=actor, values=values, channel=plot.channel,
                customer_id=purchase.customer_id, unit_id=unit.pk, title=self.title(), upload_token=token,
            ),
            "register",
        )  # fmt: skip

    def title(self) -> str:
        """The beginning of the customer's words."""
        words = self.plot.text.replace("！", "。").split("。")[0]
        return words if len(words) <= 28 else f"{words[:27]}…"

    # -- received -----------------------------------------------------------------------------------
    def in_received(self) -> Steps:
        """Somebody of the desk looks at it, calls, asks for more, and takes it on."""
        plot = self.plot
        at_once = plot.urgency == "high" or self.case.grade == "urgent"
        if at_once:
            yield from self.desk(0.1, 0.8, weekends=True)
        else:
            yield from self.desk(*((26, 50) if plot.late else (0.2, 7 * plot.pace)), weekends=True)
        if not self.stays("received"):
            return
        agent = self.world.an_agent(self.now)
        if plot.withdraws_in == "received":
            self.act("withdraw", self.customer, {"reason": self.chance.pick(staff_words.WITHDRAW_REASONS)})
            return
        if plot.identifies and not self.times("identify"):
            self.identify(agent)
        if plot.contacts and not self.times("contact"):
            self.act("contact", agent, {
                "said": self.chance.pick(staff_words.SAID).format(brief=self.title()),
                "next_step": self.chance.pick(staff_words.NEXT_STEPS),
            })  # fmt: skip
            yield from self.desk(*((0.05, 0.2) if at_once else (0.3, 5)), weekends=True)
            if not self.stays("received"):
                return
            agent = self.world.on_duty(agent, self.now)  # their leave may have begun meanwhile
        if plot.asks_more and not self.times("ask_more"):
            self.act("ask_more", agent, {"missing": self.chance.pick(staff_words.MISSING)})
            return
        handler = ""
        if plot.claims and not self.case.handler_id:
            self.act("claim", agent, {"handler": str(agent.pk)})
            handler = str(agent.pk)
        self._accept(agent, handler)

    def identify(self, agent: Person) -> None:
        """Compare phone and order with what is known."""
        result = self.chance.weighted({"matched": 8, "partly": 1, "not_possible": 0.5})
        note = (
            staff_words.IDENTITY_NOTES[-1] if result == "partly" else self.chance.pick(staff_words.IDENTITY_NOTES[:3])
        )
        self.act("identify", agent, {"identity": result, "identity_note": note})

    def _accept(self, agent: Person, handler: str) -> None:
        plot = self.plot
        values: dict[str, Any] = {"category": str(self.world.categories[plot.topic.category])}
        if plot.unfounded and not self.times("unfounded"):
            values["why"] = self.chance.pick(staff_words.NOT_UPHELD)
            self.act("unfounded", agent, values, [self.finding_paper(agent)])
            return
        values |= {
            "impact": plot.impact, "urgency": plot.urgency, "next_step": self.chance.pick(staff_words.NEXT_STEPS),
        }  # fmt: skip
        if handler or self.case.handler_id:
            values["handler"] = handler or str(self.case.handler_id)
        if plot.simple:
            self.act("accept_simple", agent, values)
        else:
            self.act("accept", agent, {**values, "departments": plot.departments})
        if self.case.grade == "urgent":
            for name in ("lead", "manager"):
                Watch.objects.get_or_create(
                    case_id=self.case_id, person_id=self.world.people[name].pk, defaults={"since": self.now}
                )

    # -- incomplete ---------------------------------------------------------------------------------
    def in_incomplete(self) -> Steps:
        """The customer adds what is missing, or never does."""
        if self.plot.asks_more == "never":
            yield self.now + timedelta(days=15, hours=1)
            return
        yield from self.home(4, 60)
        if self.stays("incomplete"):
            photo = self.world.hand_in(
                pictures.picture(self.plot.topic.picture or "voucher", self.chance.whole(0, 3)), kind="photo",
                now=self.now, case_id=self.case_id, customer_id=self.case.customer_id,
            )  # fmt: skip
            self.act("add_more", self.customer, {"added": self.chance.pick(staff_words.ADDED)}, [photo])

    def parting(self) -> Steps:
        """Whoever is in danger is looked after at once, wherever the story stops."""
        yield from self.emergency()

    # -- investigating ------------------------------------------------------------------------------
    def in_investigating(self) -> Steps:
        """Every department asked gives its finding at its own time."""
        plot = self.plot
        yield from self.emergency()
        if not self.stays("investigating"):
            return
        if plot.clarify and not self.times("ask_customer"):
            self.act("ask_customer", self.handler, {"question": self.chance.pick(staff_words.QUESTIONS)})
            if self.stop == "clarify":
                self.done = True
                return
        urgent = self.case.grade == "urgent"
        due: list[tuple[Any, str]] = []
        for run in self.opened("inquire"):
            hours = self.chance.hours(0.5, 4) if urgent else self.chance.hours(3, 34 * plot.pace)
            due.append((self.world.office(self.now + hours, weekends=urgent or self.keeps_on), run.id))
        for moment, key in sorted(due):
            yield max(moment, self.now)
            if not self.stays("investigating"):
                return
            if plot.withdraws_in == "investigating":
                self.act("withdraw", self.customer, {"reason": self.chance.pick(staff_words.WITHDRAW_REASONS)})
                return
            yield from self.answer_question()
            run = self.state.tasks[key]
            if run.status == "open":
                self.inquire(run)
            self.chatter()

    def emergency(self) -> Steps:
        """Measures within two hours; sometimes too late."""
        for run in self.opened("emergency"):
            yield self.now + self.chance.hours(*((2.2, 5) if self.plot.late else (0.3, 1.7)))
            self.look()
            if self.state.tasks[run.id].status == "open":
                self.finish(run, self.handler, {"measures": self.chance.pick(staff_words.MEASURES)})

    def answer_question(self) -> Steps:
        """The customer answers what was asked, when they have time."""
        for run in self.opened("clarify"):
            yield from self.home(2, 40)
            self.look()
            if self.state.tasks[run.id].status == "open":
                self.finish(run, self.customer, {"answer": self.chance.pick(staff_words.CLARIFIED)})

    def inquirer(self, department: str) -> Person:
        """Who answers for a department."""
        if department == "store":
            return self.world.head_of(self.case.unit_id)
        return self.world.people[self.chance.pick(DEPARTMENTS[department])]

    def inquire(self, run: TaskRun) -> None:
        """One department's finding, with a picture now and then."""
        plot, person = self.plot, self.inquirer(run.key)
        finding = self.chance.pick(plot.topic.findings).format(courier=plot.courier)
        values: dict[str, Any] = {"cause": plot.cause, "liable": plot.liable, "finding": finding}
        if self.chance.happens(0.6) and plot.liable in staff_words.ROOTS:
            values["root_cause"] = staff_words.ROOTS[plot.liable]
        if plot.liable == "person":
            values["finding_person"] = self.person_fact()
        evidence = []
        if plot.topic.picture and self.chance.happens(0.25):
            evidence.append(self.world.hand_in(
                pictures.picture(plot.topic.picture, self.chance.whole(0, 3)), kind="photo", now=self.now,
                case_id=self.case_id, person=person, shown=False,
            ))  # fmt: skip
        self.finish(run, person, values, evidence=evidence)

    def person_fact(self) -> str:
        """A finding about somebody, which supervisors alone see."""
        who = self.chance.pick(staff_words.PERSON_NAMES)
        return self.chance.pick(staff_words.PERSON_FACTS).format(who=who)

    def finding_paper(self, person: Person) -> int:
        """What a finding rests on."""
        lines = [f"日期：{self.world.day(self.now)}", f"事项：{self.title()}", f"经办：{person.display_name}"]
        return self.world.hand_in(
            pictures.paper("核查记录", lines),
            kind="finding",
            now=self.now,
            case_id=self.case_id,
            person=person,
            shown=True,
        )

    # -- proposing ----------------------------------------------------------------------------------
    def in_proposing(self) -> Steps:
        """Tests and questions first, then what we offer, or that we cannot uphold it."""
        plot = self.plot
        yield from self.emergency()
        yield from self.answer_question()
        if plot.lab and not any(run.name == "lab_test" for run in self.state.tasks.values()):
            yield from self.laboratory()
            if self.done:
                return
        if plot.visit and not any(run.name == "site_visit" for run in self.state.tasks.values()):
            yield from self.look_on_the_spot()
        if not self.stays("proposing"):
            return
        if plot.gives_up and self.times("disagree") >= 2:
            yield from self.desk(2, 20)
            if self.stays("proposing"):
                why = "双方多次沟通未能达成一致，我们的方案继续为您保留。"
                self.act("no_agreement", self.approvers_first()[0], {"why": why})
            return
        yield from self.desk(*((40, 160) if plot.late and not self.times("propose") else (0.5, 9)))
        if not self.stays("proposing"):
            return
        yield from self.detours()
        if not self.stays("proposing"):
            return
        if plot.not_upheld and not self.times("not_upheld"):
            why = self.chance.pick(staff_words.NOT_UPHELD)
            self.act("not_upheld", self.handler, {"why": why}, [self.finding_paper(self.handler)])
            return
        self.act("propose", self.handler, self.proposal())

    def laboratory(self) -> Steps:
        """A test in the laboratory, for which our clock stands still."""
        self.took(service.ask_task(
            case_id=self.case_id, task="lab_test", actor=self.world.acting(self.handler, self.now)
        ), "lab_test")  # fmt: skip
        if self.stop == "lab":
            self.done = True
            return
        yield from self.desk(40, 130)
        self.look()
        for run in self.opened("lab_test"):
            person = self.world.people["qa2"]
            lines = [
                f"样品：{self.plot.purchase.product}",
                "项目：耐折、剥离、外观",
                f"日期：{self.world.day(self.now)}",
            ]
            report = self.world.hand_in(
                pictures.paper("检测报告", lines), kind="test_report", now=self.now, case_id=self.case_id, person=person,
                shown=True,
            )  # fmt: skip
            self.finish(run, person, {
                "test_result": self.chance.pick(self.plot.topic.findings).format(courier=self.plot.courier),
                "test_shows_fault": self.plot.liable not in ("customer", "none"),
            }, evidence=[report])  # fmt: skip

    def look_on_the_spot(self) -> Steps:
        """The handler sees for themselves."""
        self.took(service.ask_task(
            case_id=self.case_id, task="site_visit", actor=self.world.acting(self.handler, self.now)
        ), "site_visit")  # fmt: skip
        yield from self.desk(6, 40)
        self.look()
        for run in self.opened("site_visit"):
            self.finish(run, self.handler, {"finding": "到现场查看，情况与客户描述一致，已拍照留存。"})

    def detours(self) -> Steps:
        """What comes in between: another grade, another handler, a promise, an order to stand still, a withdrawal."""
        plot = self.plot
        self.chatter()
        if plot.upgrades and not self.times("upgrade") and self.case.grade == "normal":
            self.act(
                "upgrade", self.world.a_lead(), {"raised_to": "important", "reason": "客户已在社交平台发帖，提高等级处理。"}
            )
        if plot.transfers and not self.times("transfer"):
            self.act("transfer", self.handler, {
                "handler": str(self.world.people["agent5"].pk), "reason": self.chance.pick(staff_words.TRANSFER_REASONS),
            })  # fmt: skip
        if plot.promises and not self.times("promise"):
            promised = self.now + timedelta(hours=self.chance.whole(3, 7))
            what = self.chance.pick(staff_words.PROMISES)
            self.act("promise", self.handler, {"promised_at": promised, "promised_what": what})
            yield self.now + self.chance.hours(1, 8 if plot.late else 2.8)
            if self.stays("proposing"):
                self.act("keep", self.handler, {"kept_how": f"已{what}"})
        if plot.suspends and not self.state.entered.get("suspended"):
            plot.suspends = False
            self.took(service.hold(
                case_id=self.case_id, name="suspended", actor=self.world.acting(self.world.people["legal"], self.now),
                values={"hold_ground": "police", "hold_note": "临澜公（星）受字 0088 号"},
            ), "suspended")  # fmt: skip
        if plot.withdraws_in == "proposing" and self.stays("proposing"):
            self.act("withdraw", self.customer, {"reason": self.chance.pick(staff_words.WITHDRAW_REASONS)})

    def proposal(self) -> dict[str, Any]:
        """What the form of a proposal asks; after a refusal a little more is offered."""
        plot, refused = self.plot, self.times("disagree") + self.times("unsolved")
        if refused and "compensation" not in plot.remedies:
            plot.remedies.append("compensation")
        refund = plot.refund
        giving_back = gives_money_back(library.current(self.playbook).facts["refund_amount"], "remedies")
        if self.paid_back():  # the money went back already: a sum on top of it
            plot.remedies, refund = [name for name in plot.remedies if name not in giving_back], Decimal(0)
        on_top = plot.compensation + Decimal(50 * refused)
        amount = refund + on_top
        if not plot.remedies:
            plot.remedies = ["compensation"] if amount else ["explanation"]
        steps = [
            staff_words.STEPS[name].format(amount=on_top if name == "compensation" else refund)
            for name in plot.remedies
        ]  # fmt: skip
        values: dict[str, Any] = {
            "cause": plot.cause, "liable": plot.liable, "remedies": list(plot.remedies),
            "remedy_steps": "；".join(steps) + "。", "amount": amount,
            "carry_out_by": self.world.day(self.now, self.chance.whole(4, 9)),
        }  # fmt: skip
        if self.chance.happens(0.5) and plot.liable in staff_words.ROOTS:
            values["root_cause"] = staff_words.ROOTS[plot.liable]
        if plot.liable == "person":
            values["finding_person"] = self.person_fact()
        if giving_back & set(plot.remedies):
            values["refund_amount"] = refund
        return values


class Duplicate(Complaint):
    """The same customer once more about the same thing, by another way; merged with the first case."""

    def __init__(self, world: World, simulation: Simulation, plot: Plot, main: Complaint) -> None:
        super().__init__(world, simulation, plot)
        self.main = main

    def in_received(self) -> Steps:
        """Somebody notices."""
        yield from self.desk(0.2, 2, weekends=True)
        main_case, _state = read_case(self.main.case_id)
        if self.stays("received") and not main_case.ended and not main_case.held:
            agent = self.world.acting(self.world.an_agent(self.now), self.now)
            self.act("contact", agent, {
                "said": "已回电说明：您先前的投诉正在处理，两次来件合并办理。", "next_step": self.chance.pick(staff_words.NEXT_STEPS),
            })  # fmt: skip
            reason = "同一客户就同一商品再次来件，并入先前的工单。"
            self.took(
                service.merge(case_id=self.case_id, into_id=self.main.case_id, actor=agent, reason=reason), "merge"
            )
        self.done = self.case.held != ""
        if not self.done:
            yield from super().in_received()
