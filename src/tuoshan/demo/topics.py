"""What a complaint can be about: the shape that the texts are poured into."""

from collections.abc import Sequence
from dataclasses import dataclass

_SLEEVES = "羽绒服 羊毛衫 速干衣 衬衫 睡衣 卫衣 冲锋衣 棉服 连衣裙"
_HEATS = "热水壶 炸锅 豆浆机 烤面包机 养生壶 电暖器 挂烫机 电饭煲 干衣机 电吹风"
FITS: dict[str, str] = {
    "鞋": "鞋", "脚趾": "鞋", "脚胖": "鞋", "一双": "鞋", "38 发了 41": "鞋", "头层皮": "皮鞋 短靴 豆豆鞋 包",
    "尺码": "鞋 服装", "标的黑色": "鞋 服装", "同一个码": "鞋 服装", "尺寸": "鞋 包 服装",
    "肩宽": _SLEEVES, "袖": _SLEEVES, "后背": _SLEEVES, "扣子": "衬衫 睡衣 棉服 羊毛衫", "裤线": "长裤 牛仔裤",
    "跑绒": "羽绒服", "洗标": "服装", "机洗": "服装", "米白色": "鞋 包 服装", "线头": "鞋 包 服装", "拉链": "短靴 包",
    "背带": "双肩包 书包 斜挎包", "轮子": "拉杆箱", "容量": "包 热水壶 炸锅 豆浆机 养生壶 净水壶 电饭煲 果汁杯",
    "漏水": "热水壶 加湿器 豆浆机 养生壶 净水壶 挂烫机 电饭煲 果汁杯", "加热": _HEATS, "温度": _HEATS,
    "充满电": "手持吸尘器 果汁杯", "充电器": "手持吸尘器 果汁杯", "白醋": "热水壶 养生壶 净水壶",
    "内胆": "热水壶 养生壶", "蒸汽": "热水壶 豆浆机 养生壶 电饭煲",
    "拖拉机": "加湿器 电吹风 豆浆机 电风扇 吸尘器 干衣机 果汁杯",
    "五个档": "小家电", "说明书": "小家电", "合不上盖": "小家电 礼盒", "已经裂": "包 小家电", "磕掉": "小家电 拉杆箱",
    "碎的": "小家电 零食", "里面碎了": "小家电 零食", "净含量": "零食", "两颗": "坚果 核桃 软糖",
    "碎成渣": "虾片 饼干 绿豆糕", "瓶盖": "果汁杯", "用两次": "鞋 包 小家电 服装", "划痕": "鞋 包 小家电",
    "颜色": "鞋 包 小家电 服装",
    "保修": "鞋 包 小家电", "送礼盒": "鞋 包 小家电 服装",
}  # fmt: skip
"""Words that only some goods can bring about: lines, or parts of names of two signs and more."""


def fitting(drawn: str, texts: Sequence[str], product: str, line: str) -> str:
    """The text that was drawn, else the next one that can be said of the product; chance is not asked again."""
    at = texts.index(drawn)
    return next((text for text in (*texts[at:], *texts[:at]) if fits(text, product, line)), drawn)


def fits(text: str, product: str, line: str) -> bool:
    """Whether every word in it that belongs to certain goods belongs to this one."""
    return all(
        any(part == line or (len(part) > 1 and part in product) for part in goods.split())
        for word, goods in FITS.items() if word in text
    )  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """One kind of trouble: what customers say of it, who looks into it, what is found, what is done.

    Texts may name {product} {days} {n} {store} {courier} {price} {order} {promotion}. `causes` are pairs of cause and
    responsible party; `gravity` is low, middle or high; `inquiry` the departments that are asked.
    """

    key: str
    category: str
    lines: tuple[str, ...]
    weight: float
    inquiry: tuple[str, ...]
    causes: tuple[tuple[str, str], ...]
    remedies: tuple[str, ...]
    texts: tuple[str, ...]
    findings: tuple[str, ...]
    measure: str
    gravity: str = "low"
    wishes: tuple[str, ...] = ()
    picture: str = ""
    where: str = ""
    """`store` or `web` where the trouble only happens in one of them."""
