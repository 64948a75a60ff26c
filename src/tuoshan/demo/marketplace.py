# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""Refunds and returns of marketplace orders, whose clocks act by themselves; entered by the service desk."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tuoshan.cases import service
from tuoshan.demo import pictures
from tuoshan.demo.catalogue import Purchase
from tuoshan.demo.player import Player, Steps
from tuoshan.demo.running import Simulation
from tuoshan.demo.topics import fitting
from tuoshan.demo.world import World

REASONS = {
    "not_wanted": ("不想要了，还没拆。", "拍错款了。", "和家里的重复了。"),
    "quality": ("用两次就坏了。", "和以前买的差远了。", "有明显划痕。"),
    "not_as_described": ("颜色和图片差太多。", "和页面写的不是一回事。"),
    "wrong_goods": ("发错颜色。", "少发一件。"),
    "damaged": ("外箱压扁，东西压坏了。", "包装破了，里面受潮了。"),
    "not_received": ("物流停了五天，一直没收到。", "显示签收，但没收到。"),
}
REFUSED = (
    "商品完好，已影响二次销售，不支持退款。",
    "物流显示本人签收，请先与承运方核实。",
    "描述与实物一致，请提供问题照片。",
)


@dataclass
class Claim:
    """One request on the marketplace and what both sides do with it."""

    purchase: Purchase
    reason: str
    merchant: str
    """`agree`, `reject` or `silent`."""
    then: str = ""
    """After a refusal: `resubmit`, `escalate`, `silent` or `withdraw`."""
    platform: str = "award"
    shipped: bool = True
    special: bool = False
    sends_back: bool = True
    inspects: str = "confirm"
    """`confirm`, `dispute` or `silent`."""
    pays_late: bool = False
    reapplies: bool = False


def draw(world: World, *, goods_back: bool) -> Claim:
    """One request to come."""
    chance = world.chance
    recent = [one for one in world.purchases if one.unit_code == "webshop" and one.signed_at < world.end]
    reason = chance.pick(("not_wanted", "quality", "not_as_described", "wrong_goods", "damaged"))
    return Claim(
        chance.pick(recent), reason if goods_back else chance.pick((reason, "not_received")),
        chance.weighted({"agree": 12, "reject": 5, "silent": 2.5}),
        chance.weighted({"resubmit": 3, "escalate": 4, "silent": 2, "withdraw": 1}), chance.pick(("award", "award", "deny")),
        goods_back or not chance.happens(0.2), goods_back and chance.happens(0.06), not chance.happens(0.1),
        chance.weighted({"confirm": 9, "dispute": 2, "silent": 1.5}), chance.happens(0.1), chance.happens(0.4),
    )  # fmt: skip


class Request(Player):
    """Plays customer, merchant, platform and payer."""

    def __init__(self, world: World, simulation: Simulation, claim: Claim, *, goods_back: bool, stop: str = "") -> None:
        super().__init__(world, simulation, stop=stop)
        self.claim = claim
        self.goods_back = goods_back
        self.playbook = "pinduoduo_return" if goods_back else "pinduoduo_refund"

    def register(self) -> None:
        """The desk enters what came from the marketplace."""
        claim, now = self.claim, self.now
        purchase, said = claim.purchase, REASONS[claim.reason]
        values: dict[str, Any] = {
            "order_no": purchase.order_no, "product": str(purchase.product_id), "platform_no": f"AS{self.chance.whole(10**11, 10**12 - 1)}",
            "refund_reason": claim.reason, "explanation": fitting(self.chance.pick(said), said, purchase.product, purchase.line),
            "amount_paid": purchase.paid, "amount": purchase.paid, "shipped": claim.shipped, "window_end": now + timedelta(days=30),
        }  # fmt: skip
        if self.goods_back:
            values["special_goods"] = claim.special
        else:
            values["ship_by"] = now + timedelta(hours=40)
        self.took(
            service.register(
                playbook=self.playbook, actor=self.world.acting(self.world.an_agent(now), self.now), channel="marketplace",
                customer_id=purchase.customer_id, unit_id=self.world.units["webshop"].pk, values=values,
                title=f"{purchase.product}：{values['explanation']}".rstrip("。"),
            ),
            "register",
        )  # fmt: skip

    def proof(self, kind: str = "screenshot") -> int:
        """A screenshot or a photo by the desk."""
        return self.world.hand_in(
            pictures.picture(kind, self.chance.whole(0, 3)), kind="screenshot", now=self.now, case_id=self.case_id,
            person=self.handler, shown=True,
        )  # fmt: skip

    def in_merchant(self) -> Steps:
        """48 hours, then the clock speaks."""
        claim = self.claim
        if claim.merchant == "silent":
            yield self.now + timedelta(hours=49)
            return
        if self.chance.happens(0.6) and not self.case.handler_id:
            agent = self.world.an_agent(self.now)
            self.act("claim", agent, {"handler": str(agent.pk)})
        yield from self.desk(2, 26, weekends=True)
        if not self.stays("merchant"):
            return
        if claim.merchant == "reject" and not self.times("reject"):
            self.act("reject", self.handler, {"refuse_reason": self.chance.pick(REFUSED)}, [self.proof()])
        elif self.goods_back:
            self.act("agree", self.handler, {
                "return_address": "临澜市星河区云梯路 1 号退货仓", "return_to": "退货组 400-000-0000",
            })  # fmt: skip
        else:
            self.act("agree", self.handler)

    def in_customer_turn(self) -> Steps:
        """The customer changes the request, asks the platform, or lets it be."""
        claim = self.claim
        if claim.then == "silent":
            yield self.now + timedelta(days=7, hours=1)
            return
        yield from self.home(3, 80)
        if not self.stays("customer_turn"):
            return
        if claim.then == "resubmit":
            claim.merchant = "agree"
            self.act("resubmit", self.customer, {
                "refund_reason": claim.reason, "explanation": "补充了照片，请再看一下。", "amount": claim.purchase.paid,
            })  # fmt: skip
        elif claim.then == "withdraw":
            self.act("withdraw", self.customer, {"reason": "不退了，留着用。"})
        else:
            self.act("escalate", self.customer, {"explanation": "商家不讲理，请平台处理。"})

    def in_await_return(self) -> Steps:
        """Seven days to send it back."""
        if not self.claim.sends_back:
            yield self.now + timedelta(days=7, hours=1)
            return
        yield from self.home(6, 100)
        if self.stays("await_return"):
            self.act("sent", self.customer, {
                "carrier": self.chance.pick(("蜻蜓快运", "白鹭速递")), "tracking_no": f"MJX{self.chance.whole(10**8, 10**9 - 1)}",
            })  # fmt: skip

    def in_inspect(self) -> Steps:
        """Seven days to look at it."""
        if self.claim.inspects == "silent":
            yield self.now + timedelta(days=7, hours=1)
            return
        yield from self.desk(30, 110)
        if not self.stays("inspect"):
            return
        if self.claim.inspects == "dispute":
            self.act("dispute", self.handler, {"problem": "退回商品有使用痕迹，配件缺失。"}, [self.proof("label")])
        else:
            self.act("confirm", self.handler)

    def in_platform(self) -> Steps:
        """Proof for the platform, then its word."""
        if not self.times("supply"):
            yield from self.desk(3, 50, weekends=True)
            if not self.stays("platform"):
                return
            if self.chance.happens(0.35):
                self.act("asked_by_platform", self.handler, {"platform_due": self.now + timedelta(hours=36)})
                yield from self.desk(2, 20, weekends=True)
            if self.stays("platform"):
                self.act("supply", self.handler, {"explanation": "已提交发货记录与聊天截图。"}, [self.proof()])
        yield from self.home(20, 90)
        if not self.stays("platform"):
            return
        if self.claim.platform == "award":
            self.act(
                "award", self.handler, {"platform_says": "支持用户诉求，商家退款。", "amount": self.claim.purchase.paid}
            )
        else:
            self.act("deny", self.handler, {"platform_says": "证据不足，驳回用户申请。"})

    def in_refunding(self) -> Steps:
        """A supervisor pays, within a day as a rule."""
        if self.claim.pays_late:
            yield self.now + timedelta(hours=27)
        yield from self.desk(1, 9, weekends=True)
        if not self.stays("refunding"):
            return
        payer = self.world.a_lead()
        for run in self.opened("refund"):
            amount = Decimal(str(self.state.facts.get("amount", 0)))
            slip = self.world.voucher(self.case_id, payer, amount, self.now)
            self.finish(run, payer, {"pay_note": "原路退回"}, evidence=[slip], outcome="settled")

    def in_overdue(self) -> Steps:
        """Within the window the customer may apply again, once."""
        if not self.claim.reapplies or self.times("reapply"):
            return
        yield from self.home(20, 90)
        if self.look() == "overdue":
            self.claim.merchant, self.claim.sends_back = "agree", True
            values: dict[str, Any] = {"refund_reason": self.claim.reason, "amount": self.claim.purchase.paid}
            if not self.goods_back:
                values["shipped"] = True
            self.act("reapply", self.customer, values)
