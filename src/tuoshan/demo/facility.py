# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""Repairs in the shops: asked for by the shop, approved by its head, done by the engineers, accepted by the shop."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tuoshan.cases import service
from tuoshan.demo import pictures, staff_words
from tuoshan.demo.player import Player, Steps
from tuoshan.demo.running import Simulation
from tuoshan.demo.world import World

TROUBLES: tuple[tuple[str, str, str, str], ...] = (
    ("facility-lighting", "收银台上方射灯有三盏不亮，晚上顾客看不清价签。", "simple", "更换灯珠 3 只，检查线路正常。"),
    ("facility-lighting", "试衣间灯一直闪，顾客说头晕。", "simple", "更换镇流器，试亮 2 小时正常。"),
    ("facility-lighting", "鞋区轨道灯整条跳闸，合上又跳。", "complex", "排查发现轨道接头进水短路，更换整条轨道。"),
    ("facility-aircon", "空调不制冷，店里 29 度，衣服都试不下去。", "complex", "补充制冷剂并更换电容，出风温度正常。"),
    ("facility-aircon", "出风口滴水，滴在货架的羊毛衫上。", "simple", "清理冷凝水管堵塞，观察一天不再滴水。"),
    ("facility-aircon", "空调声音很大，像有东西在里面打。", "simple", "风机叶片松动，紧固并加油。"),
    ("facility-water", "仓库天花板漏水，已用桶接，纸箱淋湿两个。", "complex", "屋面防水破口修补，更换吊顶两块。"),
    ("facility-water", "洗手池下面渗水，地面总是湿的。", "simple", "更换角阀和软管。"),
    ("facility-props", "中岛货架一条腿松动，一碰就晃，怕砸到小孩。", "simple", "更换地脚螺栓并加固。"),
    ("facility-props", "挂衣杆脱落一根，已先撤下。", "simple", "重新打孔固定，承重测试通过。"),
    ("facility-props", "鞋架层板开裂，边角扎手。", "complex", "工厂重做层板 4 块并安装。"),
    ("facility-door", "玻璃门地弹簧坏了，关不严，风一吹就响。", "simple", "更换地弹簧。"),
    ("facility-door", "门头招牌“鲸”字不亮。", "complex", "更换发光字模组与电源。"),
    ("facility-door", "卷帘门卡在一半，今天没法关店。", "simple", "校正导轨，加装限位。"),
    ("facility-network", "二号收银机频繁掉线，要重启才好。", "simple", "更换网线与交换机端口。"),
    ("facility-network", "扫码枪扫不出条码，排队很长。", "simple", "更换扫码头。"),
)
WINDOWS = ("橱窗背景板翘边，从外面看很明显。", "橱窗模特手臂断裂。", "橱窗贴膜起泡，新品海报贴不平。")
REFUSALS = {"beyond_standard": "改造超出商场装修标准，请先走装修报批。", "incomplete": "请补充损坏位置照片和尺寸。"}


@dataclass
class Trouble:
    """What is broken and how the repair goes."""

    category: str
    words: str
    kind: str
    done: str
    unit_code: str
    window: bool = False
    fate: str = ""
    """`beyond_standard`, `incomplete`, `deliberate` or `withdrawn`; empty: it is repaired."""
    redo: bool = False
    silent: bool = False
    extends: bool = False
    broken_by_customer: bool = False
    dirty: bool = False
    late: bool = False


def draw(world: World, *, unit_code: str, window: bool = False) -> Trouble:
    """One repair to come."""
    chance = world.chance
    category, words, kind, done = chance.pick(TROUBLES)
    if window:
        category, words, done = "facility-props", chance.pick(WINDOWS), "重新制作并安装，远近观察平整。"
    fate = chance.weighted({"": 20, "beyond_standard": 1, "incomplete": 1.4, "deliberate": 0.6, "withdrawn": 0.8})
    return Trouble(
        category, words, kind, done, unit_code, window, "" if window else fate, chance.happens(0.12),
        chance.happens(0.25), chance.happens(0.12), chance.happens(0.1), kind == "complex" and chance.happens(0.6),
        chance.happens(0.15),
    )  # fmt: skip


class Repair(Player):
    """Plays the shop, its head and the engineers."""

    playbook = "facility_repair"

    def __init__(self, world: World, simulation: Simulation, trouble: Trouble, *, stop: str = "") -> None:
        super().__init__(world, simulation, stop=stop)
        self.trouble = trouble

    def register(self) -> None:
        """The shop writes down what is broken, with a photo as a rule."""
        trouble, world = self.trouble, self.world
        unit = world.units[trouble.unit_code]
        person = world.staff_of(unit.pk)
        outcome = service.register(
            playbook=self.playbook, actor=self.world.acting(person, self.now), channel="counter", customer_id=None, unit_id=unit.pk,
            title=trouble.words.split("，")[0].rstrip("。"),
            values={
                "category": str(world.categories[trouble.category]), "what_broken": trouble.words,
                "place": "window" if trouble.window else "inside",
                "store_type": "standalone" if trouble.unit_code == "store-belltower" else "mall",
                "out_of_town": trouble.unit_code == "store-crescent", "store": str(unit.pk), "happened_on": world.day(self.now),
            },
        )  # fmt: skip
        self.took(outcome, "register")
        if self.chance.happens(0.7):
            world.hand_in(
                pictures.picture("damage", self.chance.whole(0, 3)), kind="photo", now=self.now, case_id=self.case_id,
                person=person, shown=False,
            )  # fmt: skip

    def in_requested(self) -> Steps:
        """The head of the shop decides."""
        trouble = self.trouble
        yield from self.desk(*((30, 50) if trouble.late else (0.5, 7)))
        if not self.stays("requested"):
            return
        head = self.world.head_of(self.case.unit_id)
        if trouble.fate == "withdrawn":
            self.act("withdraw", self.world.staff_of(self.case.unit_id), {"reason": "自己拧紧螺丝就好了。"})
        elif trouble.fate == "deliberate":
            photo = self.photo("damage", head.username)
            self.act("deliberate", head, {"reason": "监控显示有人故意踢踹。"}, [photo])
        elif trouble.window:
            self.act("to_image", head, {"scope": "按原样修复橱窗"})
        else:
            by_customer = trouble.broken_by_customer
            values: dict[str, Any] = {
                "scope": "按原样修复", "kind": trouble.kind,
                "damage_by": "customer" if by_customer else self.chance.pick(("wear", "unknown")),
            }  # fmt: skip
            if by_customer:
                values["original_price"] = Decimal(self.chance.whole(8, 60) * 10)
            self.act("approve", head, values)

    def photo(self, kind: str, username: str) -> int:
        """A photo by somebody of ours."""
        return self.world.hand_in(
            pictures.picture(kind, self.chance.whole(0, 3)), kind="photo", now=self.now, case_id=self.case_id,
            person=self.world.people[username], shown=False,
        )  # fmt: skip

    def in_routed(self) -> Steps:
        """Engineering receives or refuses it."""
        yield from self.desk(*((28, 44) if self.trouble.late else (0.5, 6)))
        if not self.stays("routed"):
            return
        tech = self.world.people["tech"]
        if self.trouble.fate == "beyond_standard":
            self.act("beyond_standard", tech, {"reason": REFUSALS["beyond_standard"]})
        elif self.trouble.fate == "incomplete":
            self.act("incomplete", tech, {"missing": REFUSALS["incomplete"]})
        else:
            self.act("receive", tech, {"received_on": "已接单，安排备件"})

    def in_planning(self) -> Steps:
        """A day and a worker; far shops are repaired by a local firm."""
        yield from self.desk(1, 8)
        if not self.stays("planning"):
            return
        tech = self.world.people[self.chance.pick(("tech", "tech2"))]
        if self.trouble.extends and not self.times("extend"):
            days = Decimal(self.chance.whole(2, 4))
            self.act("extend", self.world.people["tech"], {
                "extra_days": days, "reason": self.chance.pick(staff_words.EXTEND_REASONS),
            })  # fmt: skip
        visit = self.world.day(self.world.office(self.now + timedelta(days=1)))
        values: dict[str, Any] = {"visit_on": visit, "dirty_work": self.trouble.dirty, "mall_allows": True}
        if self.state.facts.get("out_of_town"):
            self.act(
                "local",
                tech,
                {**values, "local_firm": "月牙桥便民维修", "quote": Decimal(self.chance.whole(12, 60) * 10)},
            )
        else:
            self.act("plan", tech, {**values, "worker": self.chance.pick(("扳手师傅", "老钳师傅", "小锤师傅"))})

    def in_working(self) -> Steps:
        """The goods are covered, the price collected, the work done."""
        for run in (*self.opened("protect"), *self.opened("collect")):
            yield from self.desk(2, 12)
            if not self.stays("working"):
                return
            if run.name == "protect":
                self.finish(run, self.world.staff_of(self.case.unit_id), {})
            else:
                head = self.world.head_of(self.case.unit_id)
                price = Decimal(str(self.state.facts.get("original_price", 0)))
                slip = self.world.voucher(self.case_id, head, price, self.now)
                self.finish(run, head, {"collected": price}, evidence=[slip])
        yield from self.desk(*((110, 170) if self.trouble.late else (8, 40)))
        if self.stays("working"):
            self.act("complete", self.world.people["tech2"], self.work(), [self.photo("repaired", "tech2")])

    def work(self) -> dict[str, Any]:
        """What was done and what it cost."""
        return {"work_done": self.trouble.done, "cost": Decimal(self.chance.whole(4, 90) * 10)}

    def in_checking(self) -> Steps:
        """The shop accepts, sends it back, or forgets to say."""
        if self.trouble.silent:
            yield self.now + timedelta(days=6)
            return
        yield from self.desk(2, 12)
        if not self.stays("checking"):
            return
        clerk = self.world.staff_of(self.case.unit_id)
        if self.trouble.redo and not self.times("redo"):
            self.act("redo", clerk, {"what_wrong": "修好半天又出现同样问题，请再来看看。"})
        else:
            self.act("accept", clerk)

    def in_reworking(self) -> Steps:
        """Put right at the second go."""
        yield from self.desk(6, 40)
        if self.stays("reworking"):
            self.act("completed_again", self.world.people["tech2"], self.work(), [self.photo("repaired", "tech2")])

    def in_at_image(self) -> Steps:
        """The image department does the windows."""
        yield from self.desk(8, 50)
        if self.stays("at_image"):
            self.act("window_done", self.world.people["image"], self.work(), [self.photo("repaired", "image")])
