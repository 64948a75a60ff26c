# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""When what comes in: three months by day and hour, and the cases that stand where a newcomer will look."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tuoshan.demo import facility, marketplace, plots
from tuoshan.demo.company import STORES
from tuoshan.demo.complaint import Complaint, Duplicate
from tuoshan.demo.facility import Repair
from tuoshan.demo.marketplace import Request
from tuoshan.demo.running import Simulation
from tuoshan.demo.world import World

PROMOTIONS = (
    (1, 8, "年货节"), (3, 8, "春日焕新"), (5, 20, "甜蜜季"), (6, 18, "年中大促"), (8, 18, "开学季"), (9, 25, "金秋节"),
    (11, 11, "双十一"), (12, 12, "年终盛典"),
)  # fmt: skip
COMPLAINTS, REPAIRS, REQUESTS = 420, 40, 40
BRISK_DAYS = 24
QUIET_DAYS = 7
"""Within the last days most of what comes in is placed, so that every queue has something to show."""


@dataclass(frozen=True)
class Placed:
    """A complaint that stands in `stop` at the end. Hours are counted back from the end; `gates` likewise."""

    stop: str
    came: float
    gates: Mapping[str, float] = field(default_factory=dict)
    topic: str = ""
    store: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


IMPORTANT = {"impact": "medium", "urgency": "medium"}
PLACED = (
    Placed("received", 0.3), Placed("received", 1.4), Placed("received", 7, topic="wet"),
    Placed("received", 21), Placed("received", 33, topic="slow"),
    Placed("incomplete", 60, changes={"asks_more": "added"}),
    Placed("investigating", 50, topic="sole"), Placed("investigating", 30, topic="wet"),
    Placed("investigating", 40, topic="rude", store="store-galaxy", changes={"departments": ["store"]}),
    Placed("investigating", 190, topic="late", changes={"departments": ["logistics"]}),
    Placed("investigating", 1.2, topic="danger"), Placed("investigating", 44, topic="danger"),
    Placed("proposing", 80, topic="bags"), Placed("proposing", 110, topic="price"), Placed("proposing", 420, topic="differs"),
    Placed("lab", 150, topic="sole", changes={"lab": True}), Placed("clarify", 60, topic="clothes", changes={"clarify": True}),
    Placed("approving", 100, {"proposing": 20}, "sole", changes=IMPORTANT),
    Placed("approving", 110, {"proposing": 19}, "danger", changes={**IMPORTANT, "compensation": Decimal(1800)}),
    Placed("approving", 120, {"proposing": 21}, "danger", changes={**IMPORTANT, "compensation": Decimal(6200)}),
    Placed("approving", 150, {"proposing": 70}, "wet", changes=IMPORTANT),
    Placed("offered", 170, {"proposing": 60, "approving": 50}, "shoes"),
    Placed("offered", 190, {"proposing": 130, "approving": 120}, "refund"),
    Placed("carrying_out", 180, {"proposing": 90, "offered": 50}, "sole"), Placed("carrying_out", 210, {"proposing": 95, "offered": 60}, "size"),
    Placed("carrying_out", 640, {"proposing": 430}, "again"),
    Placed("answered", 260, {"carrying_out": 60}, "wrong"), Placed("answered", 270, {"carrying_out": 90}, "promise"),
    Placed("follow_up", 330, {"carrying_out": 110, "answered": 40}, "late"), Placed("follow_up", 340, {"carrying_out": 90, "answered": 50}, "rude", "store-galaxy"),
    Placed("appealed", 330, {"proposing": 120, "answered": 50}, "shoes", changes={"not_upheld": True, "appeal": "upheld"}),
    Placed("appealed", 340, {"proposing": 150, "answered": 75}, "warranty", changes={"not_upheld": True, "appeal": "overturned"}),
    Placed("outside", 430, {"proposing": 180, "answered": 50}, "danger", changes={"outside": "settled"}),
    Placed("mediation", 800, {}, "snacks", changes={"outside": "settled"}),
    Placed("held", 150, topic="privacy", changes={**IMPORTANT, "suspends": True}),
)  # fmt: skip
"""About forty open complaints with those that chance leaves over: most in time, some due today, a few late."""
DUPLICATES = 2
PLACED_REPAIRS = (
    ("requested", 3.0), ("routed", 40.0), ("working", 80.0), ("checking", 110.0), ("reworking", 200.0), ("at_image", 60.0),
)  # fmt: skip
PLACED_REQUESTS = (
    (False, "merchant", 5.0), (True, "customer_turn", 70.0), (True, "await_return", 80.0), (True, "inspect", 150.0),
    (True, "platform", 160.0), (False, "refunding", 36.0),
)  # fmt: skip


def promotion_in(begin: datetime, end: datetime) -> tuple[str, date]:
    """The sale whose peak of parcels this demo tells of: the one nearest to the last third of its months."""
    wanted = (begin + (end - begin) * 0.66).date()
    days = [
        (date(year, month, day), name)
        for year in (begin.year, end.year)
        for month, day, name in PROMOTIONS
        if begin.date() < date(year, month, day) < end.date() - timedelta(days=3)
    ]
    day, name = min(days, key=lambda one: abs((one[0] - wanted).days), default=(wanted, "会员节"))
    return name, day


def plan(world: World, simulation: Simulation, scale: float) -> None:
    """Let everything begin at its time."""
    _placed(world, simulation, scale)
    ordinary = round(COMPLAINTS * scale) - _share(len(PLACED), scale) - DUPLICATES
    last = world.end - timedelta(days=QUIET_DAYS)
    for number in range(max(ordinary, 1)):
        moment = _moment(world, world.end if number % 50 == 0 else last)
        plot = plots.draw(world, moment=moment)
        if number % 40 == 7:
            plot.withdraws_in, plot.simple, plot.reopens = "investigating", False, False
        player = Complaint(world, simulation, plot)
        if moment > world.end - timedelta(days=BRISK_DAYS) and not world.chance.happens(0.08):
            player.brisk, plot.late, plot.pace, plot.silent = True, False, 0.5, False
        simulation.begin(moment, player.play())
    for number in range(max(round(REPAIRS * scale) - _share(len(PLACED_REPAIRS), scale), 1)):
        trouble = facility.draw(world, unit_code=world.chance.pick(STORES), window=number % 9 == 4)
        simulation.begin(world.office(_moment(world, last)), Repair(world, simulation, trouble).play())
    for number in range(max(round(REQUESTS * scale) - _share(len(PLACED_REQUESTS), scale), 1)):
        goods_back = number % 2 == 0
        claim = marketplace.draw(world, goods_back=goods_back)
        simulation.begin(_moment(world, last), Request(world, simulation, claim, goods_back=goods_back).play())


def _share(count: int, scale: float) -> int:
    return count if scale >= 0.3 else max(1, round(count * scale))


def _moment(world: World, last: datetime) -> datetime:
    """Workdays more than weekends, the days after the sale more than others; in the hours when people are up."""
    chance = world.chance
    days = (last - world.begin).days
    while True:
        day = world.day(world.begin) + timedelta(days=chance.whole(0, max(days, 1)))
        weight = 0.55 if day.weekday() >= 5 else 0.75
        if 1 <= (day - world.promotion_day).days <= 10:
            weight = 1.0
        if chance.happens(weight):
            break
    hour = chance.weighted(
        {8: 2, 9: 6, 10: 9, 11: 8, 12: 4, 13: 5, 14: 8, 15: 8, 16: 7, 17: 5, 18: 3, 19: 4, 20: 5, 21: 4, 22: 2}
    )
    moment = datetime.combine(day, time(hour, chance.whole(0, 59), chance.whole(0, 59)), world.zone)
    return min(max(moment, world.begin), world.end - timedelta(minutes=20))


# -- what stands somewhere at the end ----------------------------------------------------------------------------------


def _placed(world: World, simulation: Simulation, scale: float) -> None:
    chosen = PLACED if scale >= 0.3 else PLACED[:: max(1, len(PLACED) // _share(len(PLACED), scale))]
    mains: list[tuple[datetime, Complaint]] = []
    for one in chosen:
        moment = world.end - timedelta(hours=one.came)
        player = Complaint(world, simulation, _plot(world, one, moment), stop=one.stop)
        player.gates = {state: world.end - timedelta(hours=hours) for state, hours in one.gates.items()}
        simulation.begin(moment, player.play())
        if one.topic in ("sole", "wet") and one.stop in ("investigating", "carrying_out", "approving"):
            mains.append((moment, player))
    for moment, main in mains[:DUPLICATES]:
        again = replace(
            main.plot, channel="chat", text=f"前天反映过：{main.plot.text}怎么还没有人处理？", wish="请马上处理。"
        )
        later = moment + timedelta(hours=world.chance.whole(9, 20))
        simulation.begin(min(later, world.end - timedelta(hours=8)), Duplicate(world, simulation, again, main).play())
    for stop, came in PLACED_REPAIRS[: _share(len(PLACED_REPAIRS), scale)]:
        trouble = facility.draw(
            world, unit_code="store-galaxy" if came < 100 else world.chance.pick(STORES[:5]), window=stop == "at_image"
        )
        trouble = replace(trouble, fate="", late=False, silent=False, extends=False, redo=stop == "reworking")
        simulation.begin(world.end - timedelta(hours=came), Repair(world, simulation, trouble, stop=stop).play())
    for goods_back, stop, came in PLACED_REQUESTS[: _share(len(PLACED_REQUESTS), scale)]:
        claim = marketplace.draw(world, goods_back=goods_back)
        claim = replace(
            claim, merchant="reject" if stop in ("customer_turn", "platform") and not (goods_back and stop == "platform") else "agree",
            then="escalate", shipped=True, special=False, sends_back=True, inspects="dispute",
        )  # fmt: skip
        player_of_request = Request(world, simulation, claim, goods_back=goods_back, stop=stop)
        simulation.begin(world.end - timedelta(hours=came), player_of_request.play())


def _plot(world: World, one: Placed, moment: datetime) -> plots.Plot:
    topic = plots.BY_KEY.get(one.topic)
    plot = plots.plain(plots.draw(world, topic=topic, moment=moment))
    if one.store:
        plot.unit_code, plot.channel = one.store, "counter"
    if one.topic != "slow" and plot.topic.key == "idea":
        plot.score = 5
    for name, value in one.changes.items():
        setattr(plot, name, value)
    if one.stop in ("proposing", "lab", "clarify") and one.came > 300:
        plot.pace = 1.0
    return plot
