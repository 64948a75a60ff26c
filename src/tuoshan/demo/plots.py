# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""What will become of one complaint, drawn before it begins."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tuoshan.demo.catalogue import FAULTY_STYLE, SNACKS, Purchase
from tuoshan.demo.chance import Chance
from tuoshan.demo.company import COURIERS, STORES
from tuoshan.demo.topics import Topic, fitting
from tuoshan.demo.voices_goods import GOODS, SOLE
from tuoshan.demo.voices_service import SERVICE
from tuoshan.demo.world import World
from tuoshan.quality.seeds import CAUSES

TOPICS: tuple[Topic, ...] = (*GOODS, *SERVICE)
PARCELS = frozenset({"late", "lost", "wet", "wrong", "courier"})
BY_KEY = {topic.key: topic for topic in TOPICS}

CHANNELS_WEB = {"hotline": 34, "web": 26, "chat": 22, "marketplace": 8, "email": 7, "authority": 3}
CHANNELS_STORE = {"counter": 38, "hotline": 34, "web": 14, "complaint_box": 6, "chat": 5, "letter": 2, "fax": 1}
GRADES: dict[str, dict[tuple[str, str], float]] = {
    "low": {("low", "low"): 6, ("low", "medium"): 3, ("medium", "low"): 2, ("medium", "medium"): 1},
    "middle": {("medium", "low"): 3, ("medium", "medium"): 5, ("low", "high"): 1, ("medium", "high"): 0.4},
    "high": {("high", "medium"): 3, ("high", "high"): 2, ("medium", "high"): 2},
}
"""Impact and urgency by weight."""
CLOSER = {code: tuple(one[0] for one in below) for code, _zh, _en, below in CAUSES}
"""The causes of the second level, by their first."""


@dataclass
class Plot:
    """One complaint to come. Flags say what will happen in it; the story looks them up when it gets there."""

    topic: Topic
    purchase: Purchase
    unit_code: str
    channel: str
    text: str
    wish: str
    impact: str = "low"
    urgency: str = "low"
    cause: str = "process"
    liable: str = "process"
    remedies: list[str] = field(default_factory=list)
    refund: Decimal = Decimal(0)
    compensation: Decimal = Decimal(0)
    courier: str = COURIERS[0]
    departments: list[str] = field(default_factory=list)
    pace: float = 1.0
    late: bool = False
    simple: bool = False
    claims: bool = False
    identifies: bool = True
    contacts: bool = False
    asks_more: str = ""
    """`added` or `never`."""
    unfounded: bool = False
    not_upheld: bool = False
    refusals: int = 0
    gives_up: bool = False
    by_phone: bool = True
    no_reply: bool = False
    fails_once: bool = False
    unsolved: bool = False
    silent: bool = False
    score: int = 0
    appeal: str = ""
    """`upheld` or `overturned`."""
    outside: str = ""
    """`not_taken`, `settled` or `no_settlement`."""
    withdraws_in: str = ""
    reopens: bool = False
    resumes: bool = False
    lab: bool = False
    visit: bool = False
    clarify: bool = False
    upgrades: bool = False
    transfers: bool = False
    promises: bool = False
    suspends: bool = False
    sent_back: bool = False
    call_tries: int = 1


def draw(world: World, *, topic: Topic | None = None, moment: datetime) -> Plot:
    """A plot for a complaint that comes at this moment."""
    chance = world.chance
    topic = topic or _topic(world, moment)
    purchase = _purchase(world, topic, moment)
    if topic.where == "store":
        unit_code = purchase.unit_code if purchase.unit_code != "webshop" else chance.pick(STORES)
    else:
        unit_code = "webshop" if topic.where == "web" else purchase.unit_code
    channel = chance.weighted(CHANNELS_WEB if unit_code == "webshop" else CHANNELS_STORE)
    cause, liable = chance.pick(topic.causes)
    cause = chance.pick(CLOSER.get(cause) or (cause,))
    impact, urgency = chance.weighted(GRADES[topic.gravity])
    courier = chance.pick(COURIERS)
    plot = Plot(
        topic=topic, purchase=purchase, unit_code=unit_code, channel=channel, courier=courier,
        text=_text(world, topic, purchase, unit_code, courier, moment), wish=chance.pick(topic.wishes or ("请尽快处理。",)),
        impact=impact, urgency=urgency, cause=cause, liable=liable,
    )  # fmt: skip
    plot.remedies, plot.refund, plot.compensation = _remedies(chance, topic, purchase, impact)
    plot.departments = [name for name in topic.inquiry if name != "store" or unit_code != "webshop"][
        : chance.whole(1, 2)
    ] or ["service"]
    _fortunes(chance, plot)
    return plot


def _topic(world: World, moment: datetime) -> Topic:
    """By weight; parcels go wrong above all in the ten days after the sale, the soles in the middle of the story."""
    day = world.day(moment)
    since_sale = (day - world.promotion_day).days
    peak = 3.2 if 1 <= since_sale <= 10 else 0.8
    share = (moment - world.begin) / (world.end - world.begin)
    weights = {topic: topic.weight * (peak if topic.key in PARCELS else 1.0) for topic in TOPICS}
    weights[SOLE] = 12.0 if 0.25 < share < 0.8 else 3.0
    return world.chance.weighted(weights)


def _purchase(world: World, topic: Topic, moment: datetime) -> Purchase:
    """A thing that was in the customer's hands before they complain."""
    chance = world.chance
    suitable = [one for one in world.purchases if one.line in topic.lines and one.signed_at < moment - timedelta(days=1)]
    if topic is SOLE:
        suitable = [one for one in suitable if one.code == FAULTY_STYLE] or suitable
    if topic.where == "web":
        suitable = [one for one in suitable if one.unit_code == "webshop"] or suitable
    recent = [one for one in suitable if one.signed_at > moment - timedelta(days=45)]
    return chance.pick(recent or suitable or world.purchases)


def _text(world: World, topic: Topic, purchase: Purchase, unit_code: str, courier: str, moment: datetime) -> str:
    chance = world.chance
    days = max(2, min((moment - purchase.signed_at) // timedelta(days=1), 60))
    store = world.units[unit_code].name_zh if unit_code != "webshop" else world.units[chance.pick(STORES)].name_zh
    text = fitting(chance.pick(topic.texts), topic.texts, purchase.product, purchase.line).format(
        product=purchase.product, days=days, n=chance.whole(2, 8), store=store, courier=courier,
        price=purchase.paid, promotion=world.promotion,
    )  # fmt: skip
    tail = chance.pick(TAILS)
    return f"{text}{tail.format(order=purchase.order_no, price=purchase.paid)}"


TAILS = (
    "",
    "",
    "",
    "",
    "请尽快处理。",
    "订单号 {order}。",
    "花了 {price} 元，不值。",
    "以前一直在你们家买，这次太失望。",
    "打过一次电话，没有下文。",
    "照片我都留着。",
    "希望今天能有人联系我。",
    "不解决我就去 12315。",
    "麻烦了，谢谢。",
    "全家都在你们家买东西，别寒了老顾客的心。",
)


def _remedies(chance: Chance, topic: Topic, purchase: Purchase, impact: str) -> tuple[list[str], Decimal, Decimal]:
    """One or two remedies; how much money goes back, and how much is paid on top."""
    remedies = [chance.pick(topic.remedies)]
    if "apology" in topic.remedies and "apology" not in remedies and chance.happens(0.4):
        remedies.append("apology")
    if "compensation" in topic.remedies and "compensation" not in remedies and chance.happens(0.25):
        remedies.append("compensation")
    refund = compensation = Decimal(0)
    if "return_refund" in remedies:
        refund = purchase.paid
    elif "refund" in remedies:
        refund = purchase.paid if purchase.line == SNACKS else min(purchase.paid, Decimal(chance.whole(10, 90)))
    if "compensation" in remedies:
        compensation = Decimal(chance.whole(60, 280) * 10 if impact == "high" else chance.whole(2, 12) * 10)
    return remedies, refund, compensation


def _fortunes(chance: Chance, plot: Plot) -> None:
    """What will go well and what will not."""
    happens = chance.happens
    low = plot.topic.gravity == "low"
    plot.late = happens(0.11)
    plot.pace = 2.2 if plot.late else 1.0
    plot.simple = low and happens(0.45)
    plot.claims, plot.contacts, plot.identifies = happens(0.3), happens(0.35), happens(0.7)
    plot.asks_more = "never" if happens(0.015) else "added" if happens(0.09) else ""
    plot.unfounded = low and happens(0.03)
    plot.not_upheld = plot.liable in ("customer", "none") and happens(0.45)
    plot.refusals = 1 if happens(0.09) else 2 if happens(0.02) else 0
    plot.gives_up = plot.refusals == 2
    plot.by_phone, plot.no_reply = happens(0.55), happens(0.02)
    plot.fails_once, plot.unsolved = happens(0.02), happens(0.03)
    plot.silent = happens(0.3)
    unhappy = plot.not_upheld or plot.unfounded or plot.gives_up
    scores = {1: 5, 2: 4, 3: 2} if unhappy or plot.late else {1: 1, 2: 1.5, 3: 3, 4: 8, 5: 11}
    plot.score = chance.weighted(scores) if happens(0.55) else 0
    plot.appeal = chance.pick(("upheld", "overturned")) if happens(0.55 if unhappy else 0.012) else ""
    plot.outside = chance.pick(("not_taken", "settled", "no_settlement")) if happens(0.1 if unhappy else 0.006) else ""
    plot.withdraws_in = chance.pick(("received", "investigating", "proposing")) if happens(0.03) else ""
    plot.reopens = happens(0.3 if plot.withdraws_in else 0.02)
    plot.lab = plot.topic.gravity != "low" and happens(0.15)
    plot.visit = "technical" in plot.departments and happens(0.2)
    plot.clarify, plot.upgrades, plot.transfers = happens(0.05), happens(0.02), happens(0.04)
    plot.promises, plot.sent_back = happens(0.1), happens(0.08)
    plot.call_tries = 3 if happens(0.04) else 2 if happens(0.08) else 1


def plain(plot: Plot) -> Plot:
    """The same complaint without detours, for one that has to stand at a certain place at the end."""
    plot.late, plot.pace, plot.simple = False, 0.6, False
    plot.asks_more = plot.withdraws_in = plot.appeal = plot.outside = ""
    plot.unfounded = plot.not_upheld = plot.gives_up = plot.no_reply = plot.fails_once = plot.unsolved = False
    plot.silent = plot.lab = plot.clarify = plot.visit = plot.sent_back = plot.upgrades = plot.transfers = False
    plot.refusals = 0
    return plot
