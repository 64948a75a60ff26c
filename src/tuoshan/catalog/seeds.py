"""The lists that a company begins with: categories, lines of products, shops; all of it can be changed."""

from typing import Any, NamedTuple

from django.apps import apps


class CategorySeed(NamedTuple):
    """One category; ``below`` are its second level. An empty ``playbooks`` means every playbook."""

    code: str
    name_zh: str
    name_en: str
    below: tuple[tuple[str, str, str], ...] = ()
    playbooks: tuple[str, ...] = ()


CATEGORIES = (
    CategorySeed("quality", "产品质量", "Product quality", (
        ("quality-broken", "破损", "Damaged"),
        ("quality-fault", "功能故障", "Does not work"),
        ("quality-durability", "不耐用", "Wears out early"),
        ("quality-workmanship", "做工瑕疵", "Poor workmanship"),
        ("quality-safety", "安全隐患", "Safety hazard"),
        ("quality-spoiled", "变质或过期", "Spoiled or expired"),
        ("quality-counterfeit", "疑似假货", "Suspected counterfeit"),
    )),
    CategorySeed("attitude", "服务态度", "Service attitude", (
        ("attitude-rude", "言语不当", "Rude words"),
        ("attitude-slow", "回复慢或无人理", "Slow or no answer"),
        ("attitude-refused", "推诿拒办", "Passed on or refused"),
        ("attitude-promise", "承诺未兑现", "Promise not kept"),
    )),
    CategorySeed("delivery", "配送物流", "Delivery and logistics", (
        ("delivery-late", "配送延误", "Late"),
        ("delivery-lost", "丢件", "Lost"),
        ("delivery-damaged", "运输破损", "Damaged on the way"),
        ("delivery-wrong", "错发漏发", "Wrong or missing items"),
        ("delivery-courier", "快递员服务", "Courier's service"),
    )),
    CategorySeed("description", "描述与价格", "Description or price", (
        ("description-differs", "与描述不符", "Not as described"),
        ("description-size", "尺码颜色不符", "Size or colour differs"),
        ("description-price", "价格争议", "Price dispute"),
        ("description-promotion", "优惠未兑现", "Promotion not honoured"),
        ("description-invoice", "发票问题", "Invoice"),
    )),
    CategorySeed("installation", "安装维修", "Installation and repair", (
        ("installation-late", "上门不准时", "Visit late or missed"),
        ("installation-poor", "安装不当", "Poorly installed"),
        ("installation-fee", "收费争议", "Fee dispute"),
        ("installation-repeat", "修后复发", "Fault came back"),
    )),
    CategorySeed("aftersales", "售后处理", "After-sales handling", (
        ("aftersales-return", "退货受阻", "Return refused"),
        ("aftersales-refund", "退款慢或少", "Refund late or short"),
        ("aftersales-exchange", "换货问题", "Exchange"),
        ("aftersales-warranty", "保修争议", "Warranty dispute"),
    )),
    CategorySeed("other", "其他", "Other", (
        ("other-privacy", "个人信息", "Personal data"),
        ("other-suggestion", "意见建议", "Suggestion"),
        ("other-unclear", "暂不明确", "Not clear yet"),
    )),
    CategorySeed("facility", "门店设施", "Store facility", (
        ("facility-lighting", "灯光电路", "Lighting and wiring"),
        ("facility-aircon", "空调暖通", "Air conditioning"),
        ("facility-water", "给排水漏水", "Water and leaks"),
        ("facility-props", "货架道具", "Shelves and props"),
        ("facility-door", "门窗招牌", "Doors, windows, signs"),
        ("facility-network", "网络收银", "Network and tills"),
    ), ("facility_repair",)),
)  # fmt: skip


PROBLEMS = {
    "quality-fault": "quality", "quality-durability": "quality", "quality-workmanship": "quality",
    "quality-safety": "quality", "quality-spoiled": "quality", "quality-counterfeit": "counterfeit",
    "installation-repeat": "quality", "delivery-late": "late", "delivery-lost": "not_received",
    "delivery-damaged": "damaged", "description-differs": "misdescribed", "description-price": "price",
    "description-promotion": "price",
}  # fmt: skip
"""Categories that name a problem of the rule books; the others leave it open."""

LINES = {
    "鞋": "shoes", "鞋靴": "shoes", "鞋类": "shoes", "服装": "clothes", "包": "textiles", "箱包": "textiles",
    "玩具": "textiles", "家纺": "textiles", "珠宝": "textiles", "家居": "textiles", "家具": "furniture",
    "电脑": "computer", "笔记本": "computer", "手机": "phone", "汽车": "car", "家用汽车": "car", "家电": "appliance",
    "小家电": "appliance", "家用电器": "appliance", "零食": "food", "食品": "food", "生鲜": "fresh",
    "化妆品": "cosmetics", "洗涤用品": "washing", "装修": "decoration", "装饰装修": "decoration",
}  # fmt: skip
"""Lines of products as shops often call them, and the kind of goods that each is to the rule books."""

INSTALLED = ("appliance", "furniture", "decoration")
"""Goods and services that a company begins with as installed or finished after they are signed for."""

SHOPS = {"淘宝": "taobao", "天猫": "taobao", "拼多多": "pinduoduo", "微信": "wechat"}


def plant_meanings(registry: Any = apps) -> None:
    """What categories, lines of products and shops are to the rule books, where nothing is told of them yet.

    Lines that products already carry are listed too, so that somebody can say what they are.
    """
    category, product, line, shop = (
        registry.get_model("catalog", name) for name in ("Category", "Product", "ProductLine", "Shop")
    )
    for code, problem in PROBLEMS.items():
        category.objects.filter(code=code, problem="").update(problem=problem)
    carried = (name.strip() for name in product.objects.values_list("line", flat=True).distinct())
    for name in dict.fromkeys((*LINES, *(one for one in carried if one))):
        goods = LINES.get(name, "")
        line.objects.get_or_create(name=name, defaults={"goods": goods, "is_installed": goods in INSTALLED})
    for name, platform in SHOPS.items():
        shop.objects.get_or_create(name=name, defaults={"platform": platform})


def plant(registry: Any = apps) -> None:
    """Put in what is missing and leave alone what the company has changed; safe to run any number of times."""
    model = registry.get_model("catalog", "Category")
    for position, seed in enumerate(CATEGORIES):
        common = {"playbooks": list(seed.playbooks)}
        parent, _ = model.objects.get_or_create(
            code=seed.code,
            defaults={"name_zh": seed.name_zh, "name_en": seed.name_en, "position": position, **common},
        )
        for place, (code, name_zh, name_en) in enumerate(seed.below):
            model.objects.get_or_create(
                code=code,
                defaults={"parent": parent, "name_zh": name_zh, "name_en": name_en, "position": place, **common},
            )
