"""The company that is measured, and the patterns from which its cases are copied.

Patterns are real cases: played through the write path with a moved clock, in the states in which cases lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.words import RARE, texts

from tuoshan import clock
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category, Product
from tuoshan.demo import catalogue, company, people
from tuoshan.parties.models import Customer, OrgUnit, Person, Role

AGENTS, CUSTOMERS, DAYS = 40, 500, 14
STORES = ("webshop", *company.STORES)
OPEN_PLOTS = ("received", "received", "inquiring", "inquiring", "incomplete", "proposing", "offered", "urgent")


@dataclass(frozen=True)
class Patterns:
    """Ids of the cases that are copied: open ones, the one with the rare word, closed ones."""

    open: list[int]
    rare: int
    closed: list[int]


def found() -> None:
    """Units, people, goods and customers of an empty, migrated database."""
    units = company.make_units()
    now = clock.now()
    with write_transaction():
        staff = people.make_people(units, now)
        company.set_up(now, staff["admin"])
        company.map_parties(units, staff)
        catalogue.make_products(units)
        agent = Role.objects.get(key="agent")
        for number in range(AGENTS):
            person = Person(
                username=f"desk{number:03d}", display_name=f"席位{number:03d}", unit=units["service"], capacity=10_000,
                email=f"desk{number:03d}@maijing.example", date_joined=now,
            )  # fmt: skip
            person.set_unusable_password()
            person.save()
            person.roles.set([agent])
        for number in range(CUSTOMERS):
            Customer(name=f"顾客{number:04d}", phone=f"+86199{number:08d}").save()


class Player:
    """Plays patterns; `begin` is the wall clock's moment at which all of them stand."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.said = texts()
        self.agents = list(Person.objects.filter(username__startswith="desk").order_by("pk"))
        self.stores = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=STORES)}
        self.customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:CUSTOMERS])
        lower = Category.objects.filter(parent__isnull=False)
        self.categories = list(lower.order_by("pk").values_list("pk", flat=True))
        self.products = list(Product.objects.order_by("pk").values_list("pk", flat=True))

    def values(self, number: int, text: str = "") -> dict[str, Any]:
        """A filled registration form."""
        return {
            "channel": ("hotline", "web", "chat", "email")[number % 4], "what_happened": text or self._text(number),
            "product": str(self.products[number % len(self.products)]), "wish": "希望尽快处理。",
        }  # fmt: skip

    def _text(self, number: int) -> str:
        return self.said[number % len(self.said)]

    def register(
        self, number: int, *, text: str = "", history: bool = False, key: str | None = None
    ) -> service.Outcome:
        """One registration by an agent, as the desk does it."""
        values = self.values(number, text)
        outcome = service.register(
            playbook="complaint", actor=ActingAs.by_person(self.agents[number % len(self.agents)]), values=values,
            channel=values["channel"], customer_id=self.customers[number % len(self.customers)],
            unit_id=self.stores[STORES[number * 5 // 8 % len(STORES)]].pk, title=values["what_happened"][:40],
            history=history, received_at=clock.now() if history else None, idempotency_key=key,
        )  # fmt: skip
        _insist(outcome)
        return outcome

    def pattern(self, plot: str, number: int, *, text: str = "") -> int:
        """Play one case up to the state that the plot names; its id."""
        case_id = self.register(number, text=text).case_id
        if plot == "received":
            return case_id
        agent = self.agents[number % len(self.agents)]
        actor = ActingAs.by_person(agent)
        if plot == "incomplete":
            missing = {"missing": "请补充订单截图。"}
            _insist(service.act(case_id=case_id, action="ask_more", actor=actor, values=missing))
            return case_id
        level = "high" if plot == "urgent" else "low"
        values: dict[str, Any] = {
            "category": str(self.categories[number % len(self.categories)]), "impact": level, "urgency": level,
            "next_step": "三天内再与您联系", "handler": str(agent.pk),
        }  # fmt: skip
        if plot in ("inquiring", "urgent"):
            values["departments"] = ["qa", "logistics"] if number % 2 else ["qa"]
            _insist(service.act(case_id=case_id, action="accept", actor=actor, values=values))
            return case_id
        _insist(service.act(case_id=case_id, action="accept_simple", actor=actor, values=values))
        if plot == "offered":
            proposal = {
                "cause": "material", "liable": "product", "remedies": ["apology"], "remedy_steps": "致歉并说明。",
                "amount": 0, "carry_out_by": (clock.now() + timedelta(days=5)).date(),
            }  # fmt: skip
            _insist(service.act(case_id=case_id, action="propose", actor=actor, values=proposal))
        return case_id


def _insist(outcome: service.Outcome) -> None:
    if outcome.refusal is not None:
        raise RuntimeError(f"the company's rules have changed under the measurement: {outcome.refusal}")


def play(many: int) -> Patterns:
    """Play `many` open patterns over the last two weeks, with what has fallen due in them gone off."""
    begin = clock.now()
    player = Player(begin)
    made: list[int] = []
    moved = clock.MovedClock(begin - timedelta(days=DAYS))
    with clock.use(moved):
        for number in range(many):
            moved.move_to(begin - timedelta(days=DAYS) * (1 - number / many))
            made.append(player.pattern(OPEN_PLOTS[number % len(OPEN_PLOTS)], number))
        rare = player.pattern("received", many, text=f"洗衣机一用就{RARE}，地板都泡坏了，请尽快派人来看。")
        closed = [player.register(many + number, history=True).case_id for number in range(8)]
    _settle(made)
    return Patterns(made, rare, closed)


def _settle(ids: Sequence[int]) -> None:
    """Let go off what is due; messages are not sent, as no customer is to hear of a measurement."""
    for _ in range(20):
        wakes = Item.objects.filter(kind="wake", done_at=None, due_at__lt=clock.now())
        due = list(wakes.values_list("case_id", flat=True))
        if not due:
            break
        service.wake_many(due)
    Item.objects.filter(kind="effect", done_at=None).update(done_at=clock.now())


def still_open(ids: Sequence[int]) -> list[int]:
    """Those of the cases that have not ended by themselves meanwhile."""
    return list(Case.objects.filter(id__in=ids, ended=False).order_by("id").values_list("id", flat=True))
