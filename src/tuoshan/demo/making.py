"""Making the demo: the company first, then its three months, on an empty database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category
from tuoshan.clock import MovedClock
from tuoshan.demo import catalogue, company, noticed, people, schedule, staff_words
from tuoshan.demo.chance import Chance
from tuoshan.demo.lessons import keep_promises
from tuoshan.demo.running import Simulation, hurry, hushed, rarely_swept, settle, unfollowed
from tuoshan.demo.world import World
from tuoshan.insight import indexing
from tuoshan.integrations.models import CustomerReply
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.models import Person

DAYS = 91
TOLD_DAYS = 14
"""So many days back staff have notices; what was told earlier has long been read and would only fill their lists."""
UNREAD = timedelta(days=3)
"""What customers answered before that, their handlers have seen."""
SEED = 20
CUSTOMERS, ORDERS = 250, 400
TABLE = "demo"
"""Company table that marks a database as a demo's."""


class NotEmpty(RuntimeError):
    """The database holds cases or people already; a demo would mix with them."""


@dataclass(frozen=True)
class Made:
    """What a demo consists of. `failures` are story steps that were refused; there should be none."""

    cases: int
    open_cases: int
    failures: tuple[str, ...]


def is_demo() -> bool:
    """Whether this database was filled by a demo."""
    return calendars.table("", TABLE) is not None


def is_unfinished() -> bool:
    """Whether the making of this demo was broken off; it can only be made anew."""
    known = calendars.table("", TABLE)
    return known is not None and not known.get("whole", True)


def is_empty() -> bool:
    """Whether nobody has begun to work here."""
    return not Person.objects.exists() and not Case.objects.exists()


def make(
    *,
    seed: int = SEED,
    scale: float = 1.0,
    end: datetime | None = None,
    seen: Callable[[float], None] = lambda share: None,
) -> Made:
    """Fill an empty database; `seen` hears how far it is, from 0 to 1. Raises NotEmpty.

    The same seed and end give the same company and the same cases.
    """
    if not is_empty():
        raise NotEmpty
    end = (end or clock.now()).replace(microsecond=0)
    begin = end - timedelta(days=DAYS)
    before = hurry()
    try:
        with rarely_swept(), identifiers.seeded(seed), clock.use(MovedClock(begin - timedelta(days=1))) as moved:
            assert isinstance(moved, MovedClock)
            simulation = Simulation(moved, lambda moment: seen(max(0.0, (moment - begin) / (end - begin))))
            with write_transaction():
                world = _found(begin, end)
                mark = {"seed": seed, "scale": scale}
                calendars.set_table(playbook="", name=TABLE, value={**mark, "whole": False}, valid_from=moved())
            schedule.plan(world, simulation, scale)
            simulation.begin(begin + timedelta(days=8), keep_promises(world, simulation))
            moved.move_to(begin)
            claiming.put(kind="job", name="remind_lessons", key="job:remind_lessons", due_at=begin)
            with unfollowed("insight"):
                with hushed():
                    simulation.run(end - timedelta(days=TOLD_DAYS))
                simulation.run(end)
            with write_transaction():
                indexing.reindex()
                CustomerReply.objects.filter(since__lt=end - UNREAD).delete()
                noticed.read_what_is_settled(end)
                calendars.set_table(playbook="", name=TABLE, value={**mark, "whole": True}, valid_from=end)
    finally:
        settle(before)
        calendars.forget()
    return Made(Case.objects.count(), Case.objects.filter(ended=False).count(), tuple(simulation.failures))


def _found(begin: datetime, end: datetime) -> World:
    """Everything but the cases."""
    chance, now = Chance(), clock.now()
    units = company.make_units()
    staff = people.make_people(units, now)
    people.give_leave(staff, end)
    company.set_up(now, staff["admin"])
    company.map_parties(units, staff)
    products = catalogue.make_products(units)
    buyers = catalogue.make_customers(CUSTOMERS, chance)
    purchases = catalogue.make_orders(ORDERS, products, buyers, units, begin, end, chance)
    QuickReply.objects.bulk_create(
        QuickReply(title=title, shortcut=shortcut, category=group, text=text, position=number)
        for number, (title, shortcut, group, text) in enumerate(staff_words.QUICK_REPLIES)
    )
    promotion, day = schedule.promotion_in(begin, end)
    categories = dict(Category.objects.values_list("code", "pk"))
    return World(begin, end, chance, units, staff, purchases, categories, promotion, day)
